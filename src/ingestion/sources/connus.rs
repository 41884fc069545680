//! Datasets that are recognised but not imported yet: a folder downloaded from the portals holds
//! them too, and «known, not yet supported» says more than «unknown».

use super::super::header::Colonne;
use super::{Dataset, Definition};

const fn connu(
    dataset: Dataset,
    colonnes: &'static [Colonne],
    requises: &'static [&'static [&'static str]],
    exclues: &'static [&'static str],
) -> Definition {
    Definition { dataset, colonnes, requises, exclues, attend_millesime: false, ouvrir: None }
}

pub(in crate::ingestion) const LYCEE_PRO_FORMATION_FINE: Definition = connu(
    Dataset::InserjeunesLyceeProFormationFine,
    &[
        Colonne::new("annee", &["Année"]),
        Colonne::new("uai", &["n°UAI de l'établissement"]),
        Colonne::new("code", &["Code formation mefstat11", "code_formation_mefstat11"]),
    ],
    &[&["uai"], &["code"]],
    &[],
);

pub(in crate::ingestion) const CFA_FORMATION_FINE: Definition = connu(
    Dataset::InserjeunesCfaFormationFine,
    &[
        Colonne::new("annee", &["Année"]),
        Colonne::new("uai", &["n°UAI de l'établissement"]),
        Colonne::new("code", &["Code formation apprentissage"]),
    ],
    &[&["uai"], &["code"]],
    &[],
);

pub(in crate::ingestion) const DARES_REMUNERATIONS: Definition = connu(
    Dataset::DaresRemunerations,
    &[
        Colonne::new("millesime", &["Millésime"]),
        Colonne::new("filiere", &["Filière", "Voie"]),
        Colonne::new("code", &["Code formation"]),
        Colonne::new("q2", &["Salaire net mensuel médian", "médian", "salaire_12_mois_q2"]),
    ],
    &[&["millesime"], &["filiere"], &["code"], &["q2"]],
    &["nb_annee_term"],
);

pub(in crate::ingestion) const INSERSUP: Definition = connu(
    Dataset::EsrInsersup,
    &[
        Colonne::new("date_jeu", &[]),
        Colonne::new("etablissement", &[]),
        Colonne::new("uo_lib", &[]),
        Colonne::new("promo", &[]),
    ],
    &[&["date_jeu"], &["etablissement"], &["uo_lib"], &["promo"]],
    &[],
);

pub(in crate::ingestion) const GROUPE_FORMATION: Definition = connu(
    Dataset::NGroupeFormation,
    &[Colonne::new("groupe_formation", &[]), Colonne::new("type_groupe_formation", &[])],
    &[&["groupe_formation"], &["type_groupe_formation"]],
    &[],
);

pub(in crate::ingestion) const LIEN_FORMATION_GROUPE: Definition = connu(
    Dataset::NLienFormationGroupe,
    &[Colonne::new("groupe_formation", &[]), Colonne::new("formation_diplome", &[])],
    &[&["groupe_formation"], &["formation_diplome"]],
    &["type_groupe_formation"],
);

pub(in crate::ingestion) const DIPLOME_SISE: Definition = connu(
    Dataset::NDiplomeSise,
    &[Colonne::new("diplome_sise", &[]), Colonne::new("type_diplome_sise", &[])],
    &[&["diplome_sise"], &["type_diplome_sise"]],
    &[],
);

pub(in crate::ingestion) const TYPE_DIPLOME_SISE: Definition = connu(
    Dataset::NTypeDiplomeSise,
    &[Colonne::new("type_diplome_sise", &[]), Colonne::new("niveau_interministeriel", &[])],
    &[&["type_diplome_sise"], &["niveau_interministeriel"]],
    &["diplome_sise"],
);

pub(in crate::ingestion) const ACCE: Definition = connu(
    Dataset::AcceEtablissements,
    &[Colonne::new("numero_uai", &[]), Colonne::new("nature_uai", &[]), Colonne::new("appellation_officielle", &[])],
    &[&["numero_uai"], &["nature_uai"], &["appellation_officielle"]],
    &[],
);

pub(in crate::ingestion) const ANNUAIRE: Definition = connu(
    Dataset::AnnuaireEducation,
    &[Colonne::new("identifiant_de_l_etablissement", &[]), Colonne::new("nom_etablissement", &[])],
    &[&["identifiant_de_l_etablissement"], &["nom_etablissement"]],
    &[],
);

pub(in crate::ingestion) const GEOLOCALISATION: Definition = connu(
    Dataset::AdresseGeolocalisation,
    &[
        Colonne::new("code_etablissement", &["Code établissement", "numero_uai"]),
        Colonne::new("appariement", &["Qualité d'appariement"]),
        Colonne::new("epsg", &[]),
    ],
    &[&["code_etablissement"], &["appariement"], &["epsg"]],
    &["nature_uai"],
);

pub(in crate::ingestion) const CATALOGUE: Definition = connu(
    Dataset::CatalogueApprentissage,
    &[
        Colonne::new("cfd", &[]),
        Colonne::new("uai_formation", &[]),
        Colonne::new("etablissement_formateur_uai", &[]),
        Colonne::new("etablissement_gestionnaire_uai", &[]),
    ],
    &[&["cfd"], &["uai_formation"], &["etablissement_formateur_uai"], &["etablissement_gestionnaire_uai"]],
    &[],
);
