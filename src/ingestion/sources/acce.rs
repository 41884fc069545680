//! `acce_etablissements`: the ministry's own directory, the most complete one, of which the name
//! served is `appellation_officielle`.
//!
//! `commune` and `academie` are codes here, and `commune_libe` the name. Its `coordonnee_x` and
//! `coordonnee_y` are not taken: they are metres, of Lambert-93 in metropolitan France and of other
//! projections overseas, and no column says which. The other two directories give degrees.

use super::super::header::Colonne;
use super::annuaires::ouvrir;
use super::{Dataset, Definition};

/// The directory.
pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::AcceEtablissements,
    colonnes: &[
        Colonne::new("uai", &["numero_uai"]),
        Colonne::new("nature_uai", &[]),
        Colonne::new("nom", &["appellation_officielle"]),
        Colonne::new("denomination_principale", &[]),
        Colonne::new("adresse", &["adresse_uai"]),
        Colonne::new("code_postal", &["code_postal_uai"]),
        Colonne::new("code_commune", &["commune"]),
        Colonne::new("nom_commune", &["commune_libe"]),
        Colonne::new("code_departement", &["departement_insee_3"]),
        Colonne::new("code_academie", &["academie"]),
        Colonne::new("secteur", &["secteur_public_prive"]),
        Colonne::new("site_web", &[]),
        Colonne::new("etat", &["etat_etablissement"]),
        Colonne::new("etat_libelle", &["etat_etablissement_libe"]),
    ],
    requises: &[
        &["uai"],
        &["nature_uai"],
        &["nom"],
        &["denomination_principale"],
        &["nom_commune"],
        &["code_departement"],
        &["code_academie"],
        &["secteur"],
        &["etat", "etat_libelle"],
    ],
    exclues: &["epsg", "latitude", "longitude"],
    attend_millesime: false,
    ouvrir: |ouverture| Ok(ouvrir(ouverture)),
};
