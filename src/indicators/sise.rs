//! Diplomas of higher education (DATA.md §6): N_DIPLOME_SISE names them, N_TYPE_DIPLOME_SISE says
//! their level and kind.
//!
//! InserSup uses three codes of BUT that are in no nomenclature; they are added here, with the
//! labels and the opening day that its producer gives.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::certifications::{blank, niveau};
use super::continuum::Continuum;
use crate::domain::sources::{DiplomeSiseRow, Sources, TypeDiplomeSiseRow};
use crate::domain::{Certification, CodeCertification, Diplome};

/// The codes that InserSup made up for BUT, and their labels.
const BUT: [(&str, &str); 3] =
    [("0000001", "CARRIERES SOCIALES"), ("0000002", "INFORMATION-COMMUNICATION"), ("0000003", "GENIE BIOLOGIQUE")];

/// Adds the diplomas of higher education, if any nomenclature of them is in.
pub fn add(sources: &Sources, certifications: &mut BTreeMap<CodeCertification, Certification>) {
    let types: HashMap<&str, &TypeDiplomeSiseRow> =
        sources.types_sise.iter().map(|row| (row.type_diplome.as_str(), row)).collect();
    if sources.diplomes_sise.is_empty() && types.is_empty() {
        return;
    }
    for row in BUT.into_iter().filter_map(but).chain(sources.diplomes_sise.iter().cloned()) {
        let diplome = row.type_diplome.as_deref().and_then(|kind| types.get(kind)).and_then(|kind| diplome(kind));
        let certification = Certification {
            libelle: row.libelle.unwrap_or_default(),
            diplome,
            date_ouverture: row.date_ouverture,
            date_fermeture: row.date_fermeture,
            ..blank(row.code, None, &Continuum::default())
        };
        certifications.insert(row.code, certification);
    }
}

fn but((code, libelle): (&str, &str)) -> Option<DiplomeSiseRow> {
    Some(DiplomeSiseRow {
        code: CodeCertification::from_stored(code)?,
        type_diplome: Some("DR".to_owned()),
        libelle: Some(libelle.to_owned()),
        date_ouverture: NaiveDate::from_ymd_opt(2021, 9, 1),
        date_fermeture: None,
    })
}

fn diplome(kind: &TypeDiplomeSiseRow) -> Option<Diplome> {
    let code = niveau(kind.niveau_interministeriel.as_deref()?)?;
    Some(Diplome { code: code.to_owned(), libelle: kind.libelle_court.clone()? })
}

#[cfg(test)]
mod tests {
    use super::super::tests::code;
    use super::*;

    #[test]
    fn a_diploma_takes_level_and_kind_from_its_type_and_the_codes_of_but_exist() {
        let sources = Sources {
            diplomes_sise: vec![DiplomeSiseRow {
                code: code("2500001"),
                type_diplome: Some("XA".to_owned()),
                libelle: Some("MASTER INVENTE".to_owned()),
                date_ouverture: None,
                date_fermeture: NaiveDate::from_ymd_opt(2024, 10, 31),
            }],
            types_sise: vec![
                TypeDiplomeSiseRow {
                    type_diplome: "XA".to_owned(),
                    niveau_interministeriel: Some("1".to_owned()),
                    libelle_court: Some("MASTER LMD".to_owned()),
                },
                TypeDiplomeSiseRow {
                    type_diplome: "DR".to_owned(),
                    niveau_interministeriel: Some("2".to_owned()),
                    libelle_court: Some("BUT".to_owned()),
                },
            ],
            ..Sources::default()
        };
        let mut found = BTreeMap::new();
        add(&sources, &mut found);
        let shown: Vec<_> = found
            .values()
            .map(|c| {
                let diplome = c.diplome.as_ref().unwrap();
                format!("{} {} {} {}", c.code, c.libelle, diplome.code, diplome.libelle)
            })
            .collect();
        let expected = [
            "0000001 CARRIERES SOCIALES 6 BUT",
            "0000002 INFORMATION-COMMUNICATION 6 BUT",
            "0000003 GENIE BIOLOGIQUE 6 BUT",
            "2500001 MASTER INVENTE 7 MASTER LMD",
        ];
        assert_eq!(shown, expected);
        let mut none = BTreeMap::new();
        add(&Sources::default(), &mut none);
        assert!(none.is_empty(), "without any nomenclature of higher education");
    }
}
