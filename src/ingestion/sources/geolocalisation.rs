//! `fr-en-adresse-et-geolocalisation-etablissements-premier-et-second-degre`: addresses and
//! coordinates of schools.
//!
//! The portal exports it with labels (`Code établissement`, `Commune`, `Etat établissement`) or
//! technical names (`numero_uai`, `libelle_commune`, `etat_etablissement`), and the last of these
//! is a word under its label and a code under its technical name: what it is shows in the field.
//! `Coordonnee X` and `Y` are metres in the projection that `EPSG` names; `Latitude` and
//! `Longitude` say the same in degrees and are what is taken.

use super::super::header::Column;
use super::super::records::Quotes;
use super::annuaires::open;
use super::{Dataset, Definition};

/// The directory.
pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::AdresseGeolocalisation,
    columns: &[
        Column::new("uai", &["Code établissement", "numero_uai"]),
        Column::new("nom", &["Appellation officielle"]),
        Column::new("denomination_principale", &["Dénomination principale"]),
        Column::new("adresse", &["adresse_uai"]),
        Column::new("code_postal", &["Code postal", "code_postal_uai"]),
        Column::new("code_commune", &[]),
        Column::new("nom_commune", &["Commune", "libelle_commune"]),
        Column::new("code_departement", &["Code département"]),
        Column::new("code_academie", &["Code académie"]),
        Column::new("code_region", &["Code région"]),
        Column::new("epsg", &[]),
        Column::new("appariement", &["Qualité d'appariement"]),
        Column::new("latitude", &[]),
        Column::new("longitude", &[]),
        Column::new("secteur", &["Secteur Public/Privé", "secteur_public_prive_libe"]),
        Column::new("etat", &["Etat établissement"]),
        Column::new("etat_libelle", &["etat_etablissement_libe"]),
    ],
    required: &[
        &["uai"],
        &["epsg"],
        &["appariement"],
        &["nom_commune"],
        &["code_departement"],
        &["latitude"],
        &["longitude"],
    ],
    excluded: &["departement_insee_3"],
    attend_millesime: false,
    attend_voie: false,
    quotes: Quotes::Csv,
    open: |opening| Ok(open(opening)),
};
