//! `fr-en-annuaire-education`: the public directory, with coordinates and web sites.
//!
//! Two generations are known: 69 columns with `Code postal`, `coordonnee_X` and `epsg`, and 71
//! with `Code_postal`, `coordX_origine` and `epsg_origine`. Those coordinates are metres of a
//! projection and are not taken; `latitude` and `longitude` are degrees (WGS 84) in both. A third
//! generation is accepted only if it has the columns that count under names seen before.
//!
//! A school with several courses may stand on several lines (`etablissement_multi_lignes`), each
//! with a name of its own: the first one counts.

use super::super::header::Colonne;
use super::annuaires::ouvrir;
use super::{Dataset, Definition};

/// The directory.
pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::AnnuaireEducation,
    colonnes: &[
        Colonne::new("uai", &["Identifiant_de_l_etablissement"]),
        Colonne::new("nom", &["Nom_etablissement"]),
        Colonne::new("adresse", &["Adresse_1"]),
        Colonne::new("code_postal", &["Code postal"]),
        Colonne::new("code_commune", &[]),
        Colonne::new("nom_commune", &[]),
        Colonne::new("code_departement", &[]),
        Colonne::new("code_academie", &[]),
        Colonne::new("code_region", &[]),
        Colonne::new("latitude", &[]),
        Colonne::new("longitude", &[]),
        Colonne::new("secteur", &["Statut_public_prive"]),
        Colonne::new("site_web", &["Web"]),
        Colonne::new("etat", &[]),
    ],
    requises: &[
        &["uai"],
        &["nom"],
        &["code_postal"],
        &["nom_commune"],
        &["code_departement"],
        &["code_academie"],
        &["code_region"],
        &["secteur"],
        &["latitude"],
        &["longitude"],
        &["etat"],
    ],
    exclues: &["numero_uai", "Code établissement", "nature_uai"],
    attend_millesime: false,
    ouvrir: |ouverture| Ok(ouvrir(ouverture)),
};
