//! The rows of the familles de métiers and of the diplomas of higher education.

use std::hash::Hash;

use chrono::NaiveDate;

use super::super::super::copy::copy_row;
use super::super::copy::ImportedRow;
use crate::domain::{CodeCertification, Dataset};

/// One famille de métiers, or another group of CFDs.
#[derive(Debug)]
pub struct GroupeRow<'a> {
    /// The dataset.
    pub dataset: Dataset,
    /// GROUPE_FORMATION, 5 characters.
    pub groupe: &'a str,
    /// TYPE_GROUPE_FORMATION.
    pub type_groupe: Option<&'a str>,
    /// LIBELLE_COURT.
    pub libelle_court: Option<&'a str>,
    /// LIBELLE_LONG.
    pub libelle_long: Option<&'a str>,
    /// LIBELLE_EDITION, the one served.
    pub libelle_edition: Option<&'a str>,
    /// DATE_OUVERTURE.
    pub date_ouverture: Option<NaiveDate>,
    /// DATE_FERMETURE.
    pub date_fermeture: Option<NaiveDate>,
}

impl ImportedRow for GroupeRow<'_> {
    fn key(&self) -> impl Hash {
        self.groupe
    }
}

copy_row!(GroupeRow<'_>, |row| {
    "dataset" => row.dataset,
    "groupe_formation" => row.groupe,
    "type_groupe" => row.type_groupe,
    "libelle_court" => row.libelle_court,
    "libelle_long" => row.libelle_long,
    "libelle_edition" => row.libelle_edition,
    "date_ouverture" => row.date_ouverture,
    "date_fermeture" => row.date_fermeture,
});

/// One CFD of a group.
#[derive(Debug)]
pub struct LienRow<'a> {
    /// The dataset.
    pub dataset: Dataset,
    /// GROUPE_FORMATION.
    pub groupe: &'a str,
    /// FORMATION_DIPLOME.
    pub cfd: CodeCertification,
    /// DATE_OUVERTURE.
    pub date_ouverture: Option<NaiveDate>,
    /// DATE_FERMETURE.
    pub date_fermeture: Option<NaiveDate>,
}

impl ImportedRow for LienRow<'_> {
    fn key(&self) -> impl Hash {
        (self.groupe, self.cfd)
    }
}

copy_row!(LienRow<'_>, |row| {
    "dataset" => row.dataset,
    "groupe_formation" => row.groupe,
    "formation_diplome" => row.cfd,
    "date_ouverture" => row.date_ouverture,
    "date_fermeture" => row.date_fermeture,
});

/// One diploma of higher education.
#[derive(Debug)]
pub struct DiplomeSiseRow<'a> {
    /// The dataset.
    pub dataset: Dataset,
    /// DIPLOME_SISE.
    pub code: CodeCertification,
    /// TYPE_DIPLOME_SISE.
    pub type_diplome: Option<&'a str>,
    /// LIBELLE_INTITULE_1.
    pub libelle_1: Option<&'a str>,
    /// LIBELLE_INTITULE_2.
    pub libelle_2: Option<&'a str>,
    /// DATE_OUVERTURE.
    pub date_ouverture: Option<NaiveDate>,
    /// DATE_FERMETURE.
    pub date_fermeture: Option<NaiveDate>,
}

impl ImportedRow for DiplomeSiseRow<'_> {
    fn key(&self) -> impl Hash {
        self.code
    }
}

copy_row!(DiplomeSiseRow<'_>, |row| {
    "dataset" => row.dataset,
    "diplome_sise" => row.code,
    "type_diplome_sise" => row.type_diplome,
    "libelle_intitule_1" => row.libelle_1,
    "libelle_intitule_2" => row.libelle_2,
    "date_ouverture" => row.date_ouverture,
    "date_fermeture" => row.date_fermeture,
});

/// One kind of diploma of higher education.
#[derive(Debug)]
pub struct TypeDiplomeSiseRow<'a> {
    /// The dataset.
    pub dataset: Dataset,
    /// TYPE_DIPLOME_SISE, 2 characters.
    pub type_diplome: &'a str,
    /// NIVEAU_INTERMINISTERIEL.
    pub niveau_interministeriel: Option<&'a str>,
    /// LIBELLE_COURT.
    pub libelle_court: Option<&'a str>,
    /// LIBELLE_LONG.
    pub libelle_long: Option<&'a str>,
}

impl ImportedRow for TypeDiplomeSiseRow<'_> {
    fn key(&self) -> impl Hash {
        self.type_diplome
    }
}

copy_row!(TypeDiplomeSiseRow<'_>, |row| {
    "dataset" => row.dataset,
    "type_diplome_sise" => row.type_diplome,
    "niveau_interministeriel" => row.niveau_interministeriel,
    "libelle_court" => row.libelle_court,
    "libelle_long" => row.libelle_long,
});
