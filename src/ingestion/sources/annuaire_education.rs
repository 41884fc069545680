//! `fr-en-annuaire-education`: the public directory, with coordinates and web sites.
//!
//! Two generations are known: 69 columns with `Code postal`, `coordonnee_X` and `epsg`, and 71
//! with `Code_postal`, `coordX_origine` and `epsg_origine`. Those coordinates are metres of a
//! projection and are not taken; `latitude` and `longitude` are degrees (WGS 84) in both. A third
//! generation is accepted only if it has the columns that count under names seen before.
//!
//! A school with several courses may stand on several lines (`etablissement_multi_lignes`), each
//! with a name of its own: the first one counts.

use super::super::header::Column;
use super::super::records::Quotes;
use super::annuaires::open;
use super::{Dataset, Definition};

/// The directory.
pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::AnnuaireEducation,
    columns: &[
        Column::new("uai", &["Identifiant_de_l_etablissement"]),
        Column::new("nom", &["Nom_etablissement"]),
        Column::new("adresse", &["Adresse_1"]),
        Column::new("code_postal", &["Code postal"]),
        Column::new("code_commune", &[]),
        Column::new("nom_commune", &[]),
        Column::new("code_departement", &[]),
        Column::new("code_academie", &[]),
        Column::new("code_region", &[]),
        Column::new("latitude", &[]),
        Column::new("longitude", &[]),
        Column::new("secteur", &["Statut_public_prive"]),
        Column::new("site_web", &["Web"]),
        Column::new("etat", &[]),
    ],
    required: &[
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
    excluded: &["numero_uai", "Code établissement", "nature_uai"],
    attend_millesime: false,
    attend_voie: false,
    quotes: Quotes::Csv,
    open: |opening| Ok(open(opening)),
};
