//! A certification is a diploma, or one year of it.

use chrono::NaiveDate;

use super::CodeCertification;

/// The kind of diploma and its level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diplome {
    /// Level in the European classification, as one digit: `3` CAP, `4` bac, `5` BTS, `0`
    /// mention complémentaire.
    pub code: String,
    /// Short label: `BAC PRO`.
    pub libelle: String,
}

/// The famille de métiers of a certification: a group of bacs pro that share their first year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Famille {
    /// GROUPE_FORMATION (`G0012`).
    pub code: String,
    /// LIBELLE_EDITION.
    pub libelle: String,
    /// Whether this certification is the common first year itself (seconde commune).
    pub annee_commune: bool,
}

/// What BCN says of a code beyond its label, as it is written there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Nomenclature {
    /// LIBELLE_COURT and LIBELLE_STAT_33 of a CFD, LIBELLE_LONG of a MEF.
    pub libelle: Option<String>,
    /// NIVEAU_FORMATION_DIPLOME of a CFD.
    pub niveau: Option<String>,
    /// GROUPE_SPECIALITE of a CFD.
    pub groupe_specialite: Option<String>,
    /// LETTRE_SPECIALITE of a CFD.
    pub lettre_specialite: Option<String>,
}

/// What the nomenclatures say of one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certification {
    /// Its code.
    pub code: CodeCertification,
    /// The CFD it belongs to: itself for a CFD, none for higher education.
    pub cfd: Option<CodeCertification>,
    /// Long label.
    pub libelle: String,
    /// The label of the diploma it replaced, when that says something else.
    pub libelle_ancien: Option<String>,
    /// Kind and level; `None` when either is unknown.
    pub diplome: Option<Diplome>,
    /// Opening day.
    pub date_ouverture: Option<NaiveDate>,
    /// Closing day.
    pub date_fermeture: Option<NaiveDate>,
    /// Year of the first session.
    pub premiere_session: Option<i16>,
    /// Year of the last session.
    pub derniere_session: Option<i16>,
    /// Of a year of a school-based course: how many years the course takes; 9 says that nobody knows.
    pub duration: Option<i16>,
    /// Which of them it is.
    pub annee: Option<i16>,
    /// What BCN says besides.
    pub nomenclature: Nomenclature,
    /// Its famille de métiers.
    pub famille: Option<Famille>,
    /// The older codes that it replaces.
    pub anciens: Vec<CodeCertification>,
    /// The newer codes that replace it.
    pub nouveaux: Vec<CodeCertification>,
}

impl Certification {
    /// Whether its closing day is in the past, seen from `today` (a day in Europe/Paris).
    #[must_use]
    pub fn is_closed(&self, today: NaiveDate) -> bool {
        self.date_fermeture.is_some_and(|day| day < today)
    }
}
