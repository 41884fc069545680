//! Small worlds for the tests of the steps.

use crate::domain::sources::{DiplomeRow, MefRow, TableDiplomes};
use crate::domain::{CodeCertification, Uai};

pub(super) fn code(text: &str) -> CodeCertification {
    CodeCertification::from_stored(text).unwrap()
}

pub(super) fn uai(text: &str) -> Uai {
    Uai::from_stored(text).unwrap()
}

/// A diploma and those that replaced it.
pub(super) fn diplome(cfd: &str, nouveaux: &[&str]) -> DiplomeRow {
    DiplomeRow {
        table: TableDiplomes::N,
        cfd: code(cfd),
        niveau: None,
        groupe_specialite: None,
        lettre_specialite: None,
        libelle_court: None,
        libelle_stat_33: None,
        libelle_long: Some(format!("DIPLOME {cfd}")),
        date_ouverture: None,
        date_fermeture: None,
        premiere_session: None,
        derniere_session: None,
        anciens: vec![],
        nouveaux: nouveaux.iter().map(|c| code(c)).collect(),
    }
}

/// A MEFSTAT11 of a diploma and its year within the course.
pub(super) fn mef(text: &str, cfd: &str, annee: i16) -> MefRow {
    MefRow {
        code: code(text),
        cfd: code(cfd),
        dispositif: text.get(..3).map(str::to_owned),
        duration: None,
        annee: Some(annee),
        libelle_long: None,
        date_ouverture: None,
        date_fermeture: None,
    }
}
