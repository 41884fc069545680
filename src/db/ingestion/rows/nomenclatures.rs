//! The rows of the familles de métiers and of the diplomas of higher education.

use std::hash::Hash;

use chrono::NaiveDate;

use super::super::copy::{CopyRow, Tuple};
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

impl CopyRow for GroupeRow<'_> {
    const COLUMNS: i16 = 8;

    fn key(&self) -> impl Hash {
        self.groupe
    }

    fn scope(&self) -> [&str; 3] {
        [""; 3]
    }

    fn write(&self, out: &mut Tuple<'_>) {
        out.text(self.dataset.as_str());
        out.text(self.groupe);
        out.optional_text(self.type_groupe);
        out.optional_text(self.libelle_court);
        out.optional_text(self.libelle_long);
        out.optional_text(self.libelle_edition);
        out.optional_date(self.date_ouverture);
        out.optional_date(self.date_fermeture);
    }
}

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

impl CopyRow for LienRow<'_> {
    const COLUMNS: i16 = 5;

    fn key(&self) -> impl Hash {
        (self.groupe, self.cfd)
    }

    fn scope(&self) -> [&str; 3] {
        [""; 3]
    }

    fn write(&self, out: &mut Tuple<'_>) {
        out.text(self.dataset.as_str());
        out.text(self.groupe);
        out.text(self.cfd.as_str());
        out.optional_date(self.date_ouverture);
        out.optional_date(self.date_fermeture);
    }
}

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

impl CopyRow for DiplomeSiseRow<'_> {
    const COLUMNS: i16 = 7;

    fn key(&self) -> impl Hash {
        self.code
    }

    fn scope(&self) -> [&str; 3] {
        [""; 3]
    }

    fn write(&self, out: &mut Tuple<'_>) {
        out.text(self.dataset.as_str());
        out.text(self.code.as_str());
        out.optional_text(self.type_diplome);
        out.optional_text(self.libelle_1);
        out.optional_text(self.libelle_2);
        out.optional_date(self.date_ouverture);
        out.optional_date(self.date_fermeture);
    }
}

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

impl CopyRow for TypeDiplomeSiseRow<'_> {
    const COLUMNS: i16 = 5;

    fn key(&self) -> impl Hash {
        self.type_diplome
    }

    fn scope(&self) -> [&str; 3] {
        [""; 3]
    }

    fn write(&self, out: &mut Tuple<'_>) {
        out.text(self.dataset.as_str());
        out.text(self.type_diplome);
        out.optional_text(self.niveau_interministeriel);
        out.optional_text(self.libelle_court);
        out.optional_text(self.libelle_long);
    }
}
