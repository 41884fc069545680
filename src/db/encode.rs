//! The rows of a publication: their tables and columns.

use std::collections::BTreeSet;

use super::copy::{CopyRow, Several, copy_row};
use crate::domain::crosswalk::CodeLink;
use crate::domain::mesures::LATER;
use crate::domain::reperes::{FigureRepere, Repartition, Repere};
use crate::domain::sources::{AttachmentRow, CatalogueRow};
use crate::domain::text::fold;
use crate::domain::valeur::pack_absences;
use crate::domain::{
    Certification, Dataset, Etablissement, FileId, Indicateur, MesureEtablissement, MesuresEtablissement, Roles,
    Statistique, Uai,
};

/// A row of one of the tables of a publication. `publication_id`, and what
/// [`PublishedRow::HAS_FILE`] and [`PublishedRow::HAS_HASH`] name, are written by the caller.
pub trait PublishedRow: CopyRow + Send + Sync + 'static {
    /// The partitioned table.
    const TABLE: &'static str;
    /// Whether its rows name the file they come from.
    const HAS_FILE: bool;
    /// Whether its rows carry the beginning of their hash.
    const HAS_HASH: bool = false;
    /// The file the row comes from.
    fn file(&self) -> Option<FileId> {
        None
    }
}

impl PublishedRow for Statistique {
    const TABLE: &'static str = "statistiques";
    const HAS_FILE: bool = true;
    const HAS_HASH: bool = true;

    fn file(&self) -> Option<FileId> {
        self.origine.fichier
    }
}

copy_row!(Statistique, |row| {
    "lieu" => row.lieu,
    "code_certification" => row.code,
    "filiere" => row.filiere,
    "millesime" => row.millesime,
    "maille" => row.lieu.maille(),
    Several(Indicateur::ALL.iter().map(|i| i.as_str())) => Several(Indicateur::ALL.iter().map(|i| row.figures.get(*i).known())),
    "absences" => row.figures.pack_absences(),
    "presentes" => row.presentes,
    "sans_perspectives" => row.sans_perspectives,
    "origine" => row.origine.type_origine,
    "code_origine" => Some(row.origine.code).filter(|code| *code != row.code),
    "uai_origine" => row.origine.uai.map(|(uai, _)| uai),
    "role_origine" => row.origine.uai.map(|(_, role)| role),
    "source" => row.origine.source.map_or("", Dataset::as_str),
    "cellules_incluses" => row.origine.cellules.map(|cellules| cellules.0),
    "cellules_total" => row.origine.cellules.map(|cellules| cellules.1),
    "role_uai" => row.roles.as_ref().map(|roles| roles.role),
    "lieux_formation" => uais(row, |roles| &roles.lieux_formation),
    "formateurs" => uais(row, |roles| &roles.formateurs),
    "gestionnaires" => uais(row, |roles| &roles.gestionnaires),
    "certifications_terminales" => Some(row.terminales.as_slice()).filter(|codes| !codes.is_empty()),
    "contexte_region" => row.contexte.region.known(),
    "contexte_france" => row.contexte.france.known(),
    "evolution_emploi_millesime" => row.contexte.emploi.known().map(|evolution| evolution.millesime),
    "evolution_emploi_ecart" => row.contexte.emploi.known().map(|evolution| evolution.ecart),
    "evolution_emploi_net" => row.contexte.emploi.known().and_then(|evolution| evolution.net),
    "evolution_poursuite_millesime" => row.contexte.poursuite.known().map(|evolution| evolution.millesime),
    "evolution_poursuite_ecart" => row.contexte.poursuite.known().map(|evolution| evolution.ecart),
    "evolution_poursuite_net" => row.contexte.poursuite.known().and_then(|evolution| evolution.net),
    "rang_region" => row.contexte.rang.known().map(|rang| rang.rang),
    "rang_region_sur" => row.contexte.rang.known().map(|rang| rang.sur),
    "rang_region_mieux" => row.contexte.rang.known().and_then(|rang| Some(rang.beyond_chance?.better)),
    "rang_region_moins_bien" => row.contexte.rang.known().and_then(|rang| Some(rang.beyond_chance?.worse)),
    "contexte_absences" => row.contexte.pack_absences(),
    "part_autres_situations_6_mois_publiee" => row.figures.published_others(),
    Several(LATER_SIZES.into_iter()) => Several(row.figures.later().unwrap_or_default().as_flattened().iter().copied()),
});

/// E and S of the later horizons, in turn.
const LATER_SIZES: [&str; 2 * LATER] = [
    "nb_annee_term_12_mois",
    "nb_sortant_12_mois",
    "nb_annee_term_18_mois",
    "nb_sortant_18_mois",
    "nb_annee_term_24_mois",
    "nb_sortant_24_mois",
];

fn uais(row: &Statistique, list: fn(&Roles) -> &Option<Vec<Uai>>) -> Option<&[Uai]> {
    row.roles.as_ref().and_then(|roles| list(roles).as_deref())
}

impl PublishedRow for Certification {
    const TABLE: &'static str = "certifications";
    const HAS_FILE: bool = false;
}

copy_row!(Certification, |row| {
    "code_certification" => row.code,
    "type" => row.code.type_code().as_str(),
    "cfd" => row.cfd,
    "libelle" => &row.libelle,
    "libelle_ancien" => row.libelle_ancien.as_ref(),
    "diplome_code" => row.diplome.as_ref().map(|diplome| &diplome.code),
    "diplome_libelle" => row.diplome.as_ref().map(|diplome| &diplome.libelle),
    "date_ouverture" => row.date_ouverture,
    "date_fermeture" => row.date_fermeture,
    "premiere_session" => row.premiere_session,
    "derniere_session" => row.derniere_session,
    "duree_dispositif" => row.duration,
    "annee_dispositif" => row.annee,
    "libelle_nomenclature" => row.nomenclature.libelle.as_ref(),
    "niveau_formation_diplome" => row.nomenclature.niveau.as_ref(),
    "groupe_specialite" => row.nomenclature.groupe_specialite.as_ref(),
    "lettre_specialite" => row.nomenclature.lettre_specialite.as_ref(),
    "famille_code" => row.famille.as_ref().map(|famille| &famille.code),
    "famille_libelle" => row.famille.as_ref().map(|famille| &famille.libelle),
    "annee_commune" => row.famille.as_ref().is_some_and(|famille| famille.annee_commune),
    "anciens" => row.anciens.as_slice(),
    "nouveaux" => row.nouveaux.as_slice(),
    "recherche" => &words([
        Some(row.libelle.as_str()),
        row.libelle_ancien.as_deref(),
        row.diplome.as_ref().map(|diplome| diplome.libelle.as_str()),
    ]),
});

impl PublishedRow for Etablissement {
    const TABLE: &'static str = "etablissements";
    const HAS_FILE: bool = false;
}

copy_row!(Etablissement, |row| {
    "uai" => row.uai,
    "nom" => row.nom.as_ref(),
    "adresse" => row.adresse.as_ref(),
    "code_postal" => row.code_postal.as_ref(),
    "commune" => row.commune.as_ref(),
    "region" => row.region,
    "academie" => row.academie,
    "departement" => row.departement,
    "latitude" => row.position.map(|position| position.latitude),
    "longitude" => row.position.map(|position| position.longitude),
    "secteur" => row.secteur,
    "site_web" => row.site_web.as_ref(),
    "origine_lieu" => row.origine_lieu,
    "dans_annuaire" => row.is_in_annuaire(),
    "avec_statistiques" => row.avec_statistiques,
    "recherche" => &words([
        row.nom.as_deref(),
        row.commune.as_deref(),
        row.departement.map(|departement| departement.nom),
    ]),
});

impl PublishedRow for MesuresEtablissement {
    const TABLE: &'static str = "statistiques_etablissement";
    const HAS_FILE: bool = true;

    fn file(&self) -> Option<FileId> {
        Some(self.fichier)
    }
}

copy_row!(MesuresEtablissement, |row| {
    "uai" => row.uai,
    "filiere" => row.filiere,
    "millesime" => row.millesime,
    "dont_apprentis_eple" => row.population,
    Several(MesureEtablissement::ALL.iter().map(|mesure| mesure.as_str())) => Several(row.valeurs.iter().map(|valeur| valeur.known())),
    "absences" => pack_absences(&row.valeurs),
    "source" => row.source,
});

impl PublishedRow for CodeLink {
    const TABLE: &'static str = "liens_codes";
    const HAS_FILE: bool = true;

    fn file(&self) -> Option<FileId> {
        Some(self.fichier)
    }
}

copy_row!(CodeLink, |row| {
    "code" => row.from,
    "code_lie" => row.to,
    "relation" => row.relation,
    "duree" => row.duration,
    "source" => row.source,
    "ligne" => row.line,
});

impl PublishedRow for AttachmentRow {
    const TABLE: &'static str = "liens_uai";
    const HAS_FILE: bool = false;
}

copy_row!(AttachmentRow, |row| {
    "uai" => row.uai,
    "uai_mere" => row.mother,
});

impl PublishedRow for CatalogueRow {
    const TABLE: &'static str = "lieux_apprentissage";
    const HAS_FILE: bool = false;
}

copy_row!(CatalogueRow, |row| {
    "cfd" => row.cfd,
    "uai_formation" => row.lieu,
    "uai_formateur" => row.formateur,
    "uai_gestionnaire" => row.gestionnaire,
    "cle_ministere" => row.ministry_key.as_ref(),
});

impl PublishedRow for Repere {
    const TABLE: &'static str = "reperes";
    const HAS_FILE: bool = false;
}

copy_row!(Repere, |row| {
    "lieu" => row.key.lieu,
    "maille" => row.key.maille,
    "filiere" => row.key.filiere,
    "millesime" => row.key.millesime,
    "niveau" => &row.key.niveau,
    "type_diplome" => &row.key.type_diplome,
    "nombre" => row.nombre,
    "groupe" => row.points.map(|points| points.groupe.as_str()),
    Several(SPREADS.into_iter()) => Several(spreads(row).into_iter().flatten()),
});

/// The four points of each figure.
const SPREADS: [&str; 4 * FigureRepere::COUNT] = [
    "part_en_emploi_6_mois_q1",
    "part_en_emploi_6_mois_mediane",
    "part_en_emploi_6_mois_q3",
    "part_en_emploi_6_mois_moyenne",
    "part_poursuite_etudes_q1",
    "part_poursuite_etudes_mediane",
    "part_poursuite_etudes_q3",
    "part_poursuite_etudes_moyenne",
    "devenir_favorable_q1",
    "devenir_favorable_mediane",
    "devenir_favorable_q3",
    "devenir_favorable_moyenne",
];

fn spreads(repere: &Repere) -> [[Option<i32>; 4]; FigureRepere::COUNT] {
    let four = |spread: Repartition| [spread.q1, spread.mediane, spread.q3, spread.moyenne].map(Some);
    repere.points.map_or_else(Default::default, |points| points.repartitions.map(four))
}

/// The distinct words of some labels, as search compares them.
fn words(labels: [Option<&str>; 3]) -> BTreeSet<String> {
    labels
        .into_iter()
        .flatten()
        .flat_map(|label| fold(label).split(' ').map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| !word.is_empty())
        .collect()
}
