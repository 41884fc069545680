//! `fr-en-adresse-et-geolocalisation-etablissements-premier-et-second-degre`: addresses and
//! coordinates of schools.
//!
//! The portal exports it with labels (`Code établissement`, `Commune`, `Etat établissement`) or
//! technical names (`numero_uai`, `libelle_commune`, `etat_etablissement`), and the last of these
//! is a word under its label and a code under its technical name: what it is shows in the field.
//! `Coordonnee X` and `Y` are metres in the projection that `EPSG` names; `Latitude` and
//! `Longitude` say the same in degrees and are what is taken.

use super::super::header::Colonne;
use super::annuaires::ouvrir;
use super::{Dataset, Definition};

/// The directory.
pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::AdresseGeolocalisation,
    colonnes: &[
        Colonne::new("uai", &["Code établissement", "numero_uai"]),
        Colonne::new("nom", &["Appellation officielle"]),
        Colonne::new("denomination_principale", &["Dénomination principale"]),
        Colonne::new("adresse", &["adresse_uai"]),
        Colonne::new("code_postal", &["Code postal", "code_postal_uai"]),
        Colonne::new("code_commune", &[]),
        Colonne::new("nom_commune", &["Commune", "libelle_commune"]),
        Colonne::new("code_departement", &["Code département"]),
        Colonne::new("code_academie", &["Code académie"]),
        Colonne::new("code_region", &["Code région"]),
        Colonne::new("epsg", &[]),
        Colonne::new("appariement", &["Qualité d'appariement"]),
        Colonne::new("latitude", &[]),
        Colonne::new("longitude", &[]),
        Colonne::new("secteur", &["Secteur Public/Privé", "secteur_public_prive_libe"]),
        Colonne::new("etat", &["Etat établissement"]),
        Colonne::new("etat_libelle", &["etat_etablissement_libe"]),
    ],
    requises: &[
        &["uai"],
        &["epsg"],
        &["appariement"],
        &["nom_commune"],
        &["code_departement"],
        &["latitude"],
        &["longitude"],
    ],
    exclues: &["departement_insee_3"],
    attend_millesime: false,
    ouvrir: |ouverture| Ok(ouvrir(ouverture)),
};
