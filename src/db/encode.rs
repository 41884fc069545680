//! How the rows of a publication are encoded for `COPY`, one impl per table.

use std::collections::BTreeSet;

use super::copy::Tuples;
use crate::domain::text::fold;
use crate::domain::valeur::pack_absences;
use crate::domain::{
    Certification, CodeCertification, CodeRegion, Contexte, Dataset, Etablissement, FileId, Indicateur,
    MesureEtablissement, MesuresEtablissement, Nomenclature, Roles, Secteur, Statistique, Uai,
};

/// A row of one of the tables of a publication. `publication_id`, and `fichier_id` where there is
/// one, are written by the caller.
pub trait Line: Send + Sync + 'static {
    /// The partitioned table.
    const TABLE: &'static str;
    /// Whether its rows name the file they come from.
    const HAS_FILE: bool;
    /// The columns that [`Line::encode`] writes, in its order.
    fn columns() -> Vec<&'static str>;
    /// Whether its rows carry the beginning of their hash.
    const HAS_HASH: bool = false;
    /// Writes the fields of one row.
    fn encode(&self, tuples: &mut Tuples);
    /// The file the row comes from.
    fn file(&self) -> Option<FileId> {
        None
    }
}

impl Line for Statistique {
    const TABLE: &'static str = "statistiques";
    const HAS_FILE: bool = true;
    const HAS_HASH: bool = true;

    fn columns() -> Vec<&'static str> {
        let mut columns = vec!["lieu", "code_certification", "filiere", "millesime", "maille"];
        columns.extend(Indicateur::ALL.iter().map(|indicateur| indicateur.as_str()));
        columns.extend(["absences", "presentes", "sans_perspectives", "origine", "code_origine", "uai_origine"]);
        columns.extend(["role_origine", "source", "cellules_incluses", "cellules_total", "role_uai"]);
        columns.extend(["lieux_formation", "formateurs", "gestionnaires", "certifications_terminales"]);
        columns.extend(["contexte_region", "contexte_france", "evolution_millesime", "evolution_ecart"]);
        columns.extend(["rang_region", "rang_region_sur"]);
        columns
    }

    fn encode(&self, tuples: &mut Tuples) {
        tuples.text(self.lieu.as_str());
        tuples.text(self.code.as_str());
        tuples.text(self.filiere.as_str());
        tuples.text(&self.millesime.to_string());
        tuples.text(self.lieu.maille().as_str());
        for indicateur in Indicateur::ALL {
            tuples.int4_opt(self.figures.get(*indicateur).known());
        }
        tuples.int8(self.figures.pack_absences());
        tuples.int4(self.presentes);
        tuples.bool_opt(self.sans_perspectives);
        origine(self, tuples);
        roles(self.roles.as_ref(), tuples);
        match self.terminales.as_slice() {
            [] => tuples.null(),
            codes => tuples.text_array(codes.iter().map(CodeCertification::as_str)),
        }
        contexte(&self.contexte, tuples);
    }

    fn file(&self) -> Option<FileId> {
        self.origine.fichier
    }
}

fn origine(entry: &Statistique, tuples: &mut Tuples) {
    let origine = &entry.origine;
    tuples.text(origine.type_origine.as_str());
    tuples.text_opt((origine.code != entry.code).then(|| origine.code.as_str()));
    tuples.text_opt(origine.uai.as_ref().map(|(uai, _)| uai.as_str()));
    tuples.text_opt(origine.uai.map(|(_, role)| role.as_str()));
    tuples.text(origine.source.map_or("", Dataset::as_str));
    tuples.int4_opt(origine.cellules.map(|cellules| cellules.0));
    tuples.int4_opt(origine.cellules.map(|cellules| cellules.1));
}

fn roles(roles: Option<&Roles>, tuples: &mut Tuples) {
    tuples.text_opt(roles.map(|roles| roles.role.as_str()));
    let lists = |list: fn(&Roles) -> &Option<Vec<Uai>>| roles.and_then(|roles| list(roles).as_ref());
    for list in [lists(|r| &r.lieux_formation), lists(|r| &r.formateurs), lists(|r| &r.gestionnaires)] {
        match list {
            None => tuples.null(),
            Some(uais) => tuples.text_array(uais.iter().map(Uai::as_str)),
        }
    }
}

fn contexte(contexte: &Contexte, tuples: &mut Tuples) {
    tuples.int4_opt(contexte.region);
    tuples.int4_opt(contexte.france);
    tuples.text_opt(contexte.evolution.map(|(millesime, _)| millesime.to_string()).as_deref());
    tuples.int4_opt(contexte.evolution.map(|(_, ecart)| ecart));
    tuples.int4_opt(contexte.rang.map(|rang| rang.0));
    tuples.int4_opt(contexte.rang.map(|rang| rang.1));
}

impl Line for Certification {
    const TABLE: &'static str = "certifications";
    const HAS_FILE: bool = false;

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
            "libelle_nomenclature",
            "niveau_formation_diplome",
            "groupe_specialite",
            "lettre_specialite",
            "famille_code",
            "famille_libelle",
            "annee_commune",
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
        let Nomenclature { libelle, niveau, groupe_specialite, lettre_specialite } = &self.nomenclature;
        for text in [libelle, niveau, groupe_specialite, lettre_specialite] {
            tuples.text_opt(text.as_deref());
        }
        let famille = self.famille.as_ref();
        tuples.text_opt(famille.map(|famille| famille.code.as_str()));
        tuples.text_opt(famille.map(|famille| famille.libelle.as_str()));
        tuples.bool(famille.is_some_and(|famille| famille.annee_commune));
        tuples.text_array(self.anciens.iter().map(CodeCertification::as_str));
        tuples.text_array(self.nouveaux.iter().map(CodeCertification::as_str));
        let diplome = self.diplome.as_ref().map_or("", |diplome| &diplome.libelle);
        tuples.tsvector(&words(&[&self.libelle, self.libelle_ancien.as_deref().unwrap_or(""), diplome]));
    }
}

impl Line for Etablissement {
    const TABLE: &'static str = "etablissements";
    const HAS_FILE: bool = false;

    fn columns() -> Vec<&'static str> {
        vec![
            "uai",
            "nom",
            "adresse",
            "code_postal",
            "commune",
            "region",
            "academie",
            "departement",
            "latitude",
            "longitude",
            "secteur",
            "site_web",
            "origine_lieu",
            "dans_annuaire",
            "avec_statistiques",
            "recherche",
        ]
    }

    fn encode(&self, tuples: &mut Tuples) {
        tuples.text(self.uai.as_str());
        for text in [&self.nom, &self.adresse, &self.code_postal, &self.commune] {
            tuples.text_opt(text.as_deref());
        }
        tuples.text_opt(self.region.as_ref().map(CodeRegion::as_str));
        tuples.text_opt(self.academie.map(|academie| academie.code));
        tuples.text_opt(self.departement.map(|departement| departement.code));
        tuples.float8_opt(self.position.map(|position| position.latitude));
        tuples.float8_opt(self.position.map(|position| position.longitude));
        tuples.text_opt(self.secteur.map(Secteur::as_str));
        tuples.text_opt(self.site_web.as_deref());
        tuples.text(self.origine_lieu.as_str());
        tuples.bool(self.is_in_annuaire());
        tuples.bool(self.avec_statistiques);
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let departement = self.departement.map_or("", |departement| departement.nom);
        tuples.tsvector(&words(&[&text(&self.nom), &text(&self.commune), departement]));
    }
}

impl Line for MesuresEtablissement {
    const TABLE: &'static str = "statistiques_etablissement";
    const HAS_FILE: bool = true;

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
            tuples.int4_opt(valeur.known());
        }
        tuples.int8(pack_absences(&self.valeurs));
        tuples.text(self.source.as_str());
    }

    fn file(&self) -> Option<FileId> {
        Some(self.fichier)
    }
}

/// The distinct words of some labels, as search compares them.
fn words(labels: &[&str]) -> BTreeSet<String> {
    labels
        .iter()
        .flat_map(|label| fold(label).split(' ').map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| !word.is_empty())
        .collect()
}
