//! How the rows of a publication are encoded for `COPY`, one impl per table.

use std::collections::BTreeSet;

use super::copy::Tuples;
use crate::domain::texte::fold;
use crate::domain::valeur::pack_absences;
use crate::domain::{
    Certification, CodeCertification, Etablissement, FichierId, Indicateur, MesureEtablissement, MesuresEtablissement,
    Statistique,
};

/// A row of one of the tables of a publication. `publication_id`, and `fichier_id` where there is
/// one, are written by the caller.
pub trait Ligne {
    /// The partitioned table.
    const TABLE: &'static str;
    /// Whether its rows name the file they come from.
    const HAS_FICHIER: bool;
    /// The columns that [`Ligne::encode`] writes, in its order.
    fn columns() -> Vec<&'static str>;
    /// Writes the fields of one row.
    fn encode(&self, tuples: &mut Tuples);
    /// The file the row comes from.
    fn fichier(&self) -> Option<FichierId> {
        None
    }
}

impl Ligne for Statistique {
    const TABLE: &'static str = "statistiques";
    const HAS_FICHIER: bool = true;

    fn columns() -> Vec<&'static str> {
        let mut columns = vec!["lieu", "code_certification", "filiere", "millesime", "maille"];
        columns.extend(Indicateur::ALL.iter().map(|indicateur| indicateur.as_str()));
        columns.extend(["absences", "sans_perspectives", "origine", "source", "cellules_incluses", "cellules_total"]);
        columns
    }

    fn encode(&self, tuples: &mut Tuples) {
        tuples.text(self.lieu.as_str());
        tuples.text(self.code.as_str());
        tuples.text(self.filiere.as_str());
        tuples.text(&self.millesime.to_string());
        tuples.text(self.lieu.maille().as_str());
        for indicateur in Indicateur::ALL {
            tuples.int4_opt(self.figures.get(*indicateur).connue());
        }
        tuples.int8(self.figures.pack_absences());
        tuples.bool_opt(self.sans_perspectives);
        tuples.text(self.origine.type_origine.as_str());
        tuples.text(&self.origine.source);
        tuples.int4_opt(self.origine.cellules_incluses);
        tuples.int4_opt(self.origine.cellules_total);
    }

    fn fichier(&self) -> Option<FichierId> {
        self.origine.fichier
    }
}

impl Ligne for Certification {
    const TABLE: &'static str = "certifications";
    const HAS_FICHIER: bool = false;

    fn columns() -> Vec<&'static str> {
        vec![
            "code_certification",
            "type",
            "cfd",
            "libelle",
            "libelle_ancien",
            "diplome_code",
            "diplome_libelle",
            "date_ouverture",
            "date_fermeture",
            "premiere_session",
            "derniere_session",
            "anciens",
            "nouveaux",
            "recherche",
        ]
    }

    fn encode(&self, tuples: &mut Tuples) {
        tuples.text(self.code.as_str());
        tuples.text(self.code.type_code().as_str());
        tuples.text_opt(self.cfd.as_ref().map(CodeCertification::as_str));
        tuples.text(&self.libelle);
        tuples.text_opt(self.libelle_ancien.as_deref());
        tuples.text_opt(self.diplome.as_ref().map(|diplome| diplome.code.as_str()));
        tuples.text_opt(self.diplome.as_ref().map(|diplome| diplome.libelle.as_str()));
        tuples.date_opt(self.date_ouverture);
        tuples.date_opt(self.date_fermeture);
        tuples.int2_opt(self.premiere_session);
        tuples.int2_opt(self.derniere_session);
        tuples.text_array(self.anciens.iter().map(CodeCertification::as_str));
        tuples.text_array(self.nouveaux.iter().map(CodeCertification::as_str));
        let diplome = self.diplome.as_ref().map_or("", |diplome| &diplome.libelle);
        tuples.tsvector(&words(&[&self.libelle, self.libelle_ancien.as_deref().unwrap_or(""), diplome]));
    }
}

impl Ligne for Etablissement {
    const TABLE: &'static str = "etablissements";
    const HAS_FICHIER: bool = false;

    fn columns() -> Vec<&'static str> {
        vec!["uai", "nom", "region", "departement", "dans_annuaire", "recherche"]
    }

    fn encode(&self, tuples: &mut Tuples) {
        tuples.text(self.uai.as_str());
        tuples.text_opt(self.nom.as_deref());
        tuples.text_opt(self.region.map(|region| region.as_str()));
        tuples.text_opt(self.departement.map(|departement| departement.code));
        tuples.bool(self.dans_annuaire);
        let departement = self.departement.map_or("", |departement| departement.nom);
        tuples.tsvector(&words(&[self.nom.as_deref().unwrap_or(""), departement]));
    }
}

impl Ligne for MesuresEtablissement {
    const TABLE: &'static str = "statistiques_etablissement";
    const HAS_FICHIER: bool = true;

    fn columns() -> Vec<&'static str> {
        let mut columns = vec!["uai", "filiere", "millesime", "dont_apprentis_eple"];
        columns.extend(MesureEtablissement::ALL.iter().map(|mesure| mesure.as_str()));
        columns.extend(["absences", "source"]);
        columns
    }

    fn encode(&self, tuples: &mut Tuples) {
        tuples.text(self.uai.as_str());
        tuples.text(self.filiere.as_str());
        tuples.text(&self.millesime.to_string());
        tuples.text(self.population.as_str());
        for valeur in &self.valeurs {
            tuples.int4_opt(valeur.connue());
        }
        tuples.int8(pack_absences(&self.valeurs));
        tuples.text(&self.source);
    }

    fn fichier(&self) -> Option<FichierId> {
        Some(self.fichier)
    }
}

/// The distinct words of some labels, as search compares them.
fn words(labels: &[&str]) -> BTreeSet<String> {
    labels.iter().flat_map(|label| fold(label).split(' ').map(str::to_owned).collect::<Vec<_>>()).filter(|word| !word.is_empty()).collect()
}
