//! `acce_etablissements`: the ministry's own directory, the most complete one, of which the name
//! served is `appellation_officielle`.
//!
//! `commune` and `academie` are codes here, and `commune_libe` the name. Its `coordonnee_x` and
//! `coordonnee_y` are not taken: they are metres, of Lambert-93 in metropolitan France and of other
//! projections overseas, and no column says which. The other two directories give degrees.

use super::super::header::Column;
use super::super::records::Quotes;
use super::annuaires::open;
use super::{Dataset, Definition};

/// The directory.
pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::AcceEtablissements,
    columns: &[
        Column::new("uai", &["numero_uai"]),
        Column::new("nature_uai", &[]),
        Column::new("nom", &["appellation_officielle"]),
        Column::new("denomination_principale", &[]),
        Column::new("adresse", &["adresse_uai"]),
        Column::new("code_postal", &["code_postal_uai"]),
        Column::new("code_commune", &["commune"]),
        Column::new("nom_commune", &["commune_libe"]),
        Column::new("code_departement", &["departement_insee_3"]),
        Column::new("code_academie", &["academie"]),
        Column::new("secteur", &["secteur_public_prive"]),
        Column::new("site_web", &[]),
        Column::new("etat", &["etat_etablissement"]),
        Column::new("etat_libelle", &["etat_etablissement_libe"]),
    ],
    required: &[
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
    excluded: &["epsg", "latitude", "longitude"],
    attend_millesime: false,
    attend_voie: false,
    quotes: Quotes::Csv,
    open: |opening| Ok(open(opening)),
};
