//! The CSV of the lists: `;`, `\n`, no quotes unless needed, and an empty body for an
//! empty list. A hidden figure is the text `null`, one that the source does not have is empty.

use ::csv::Terminator;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::{NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Europe::Paris;

use crate::domain::{Certification, Indicateur, Maille};
use crate::http::csv::{self, CsvCell, Dialect, Separator};
use crate::http::legacy::answers::chiffres::{Chiffre, keys};
use crate::http::legacy::answers::entry::LegacyEntry;
use crate::http::legacy::error::LegacyError;

/// As clients of this contract read it: nothing is disarmed, they would show the apostrophe.
const DIALECT: Dialect = Dialect { separator: Separator::Semicolon, end: Terminator::Any(b'\n'), disarm: false };

/// The figures of a list: only the national one has salaries.
fn mesures(maille: Maille) -> impl Iterator<Item = &'static (&'static str, Indicateur)> {
    keys().iter().filter(move |(_, i)| maille == Maille::Nationale || !Indicateur::SALAIRE_12_MOIS.contains(i))
}

/// The columns that come before the figures, with the cell of each.
fn identity(entry: &LegacyEntry, maille: Maille) -> Vec<(&'static str, CsvCell<'_>)> {
    let mut columns: Vec<(&'static str, CsvCell<'_>)> = Vec::new();
    if let (Maille::Etablissement, Some(etablissement)) = (maille, &entry.etablissement) {
        columns.push(("uai", (&etablissement.uai).into()));
        columns.push(("uai_type", etablissement.uai_type.into()));
        columns.push(("uai_donnee", etablissement.uai_donnee.as_ref().into()));
        columns.push(("uai_donnee_type", etablissement.uai_donnee_type.into()));
    }
    if maille == Maille::Regionale {
        columns.push(("region", entry.region.as_ref().map(|region| region.nom).into()));
    }
    let source = entry.donnee_source.as_ref();
    columns.push(("code_certification", (&entry.code_certification).into()));
    columns.push(("code_formation_diplome", entry.code_formation_diplome.as_ref().into()));
    columns.push(("filiere", entry.filiere.into()));
    columns.push(("millesime", (&entry.millesime).into()));
    columns.push(("donnee_source_type", source.map(|source| source.kind).into()));
    let code = source.map(|source| &source.code_certification);
    columns.push(("donnee_source_code_certification", code.into()));
    columns
}

/// A list of statistics.
///
/// # Errors
/// 500 when it cannot be written.
pub(in crate::http::legacy) fn statistiques(
    entries: &[LegacyEntry],
    maille: Maille,
    today: NaiveDate,
) -> Result<Response, LegacyError> {
    let rows = entries.iter().map(|entry| {
        let figure = |(_, indicateur): &(_, Indicateur)| match entry.chiffres.get(*indicateur) {
            Chiffre::Absent => CsvCell::Empty,
            Chiffre::Null => "null".into(),
            Chiffre::Known(valeur) => valeur.into(),
        };
        let identity = identity(entry, maille).into_iter().map(|(_, cell)| cell);
        identity.chain(mesures(maille).map(figure)).collect()
    });
    let names = entries.first().map(|first| {
        let identity = identity(first, maille).into_iter().map(|(nom, _)| nom);
        identity.chain(mesures(maille).map(|(nom, _)| *nom)).collect()
    });
    answer(names, rows, today)
}

/// The columns of the nomenclature; the misspelt one is always empty, and clients read it so.
const BCN: [&str; 10] = [
    "code_certification",
    "type",
    "code_formation_diplome",
    "libelle",
    "libelle_long",
    "diplome_libelle",
    "date_ouverture",
    "date_fermerture",
    "date_premiere_session",
    "date_derniere_session",
];

/// The list of the nomenclature.
///
/// # Errors
/// 500 when it cannot be written.
pub(in crate::http::legacy) fn bcn(
    certifications: &[Certification],
    today: NaiveDate,
) -> Result<Response, LegacyError> {
    let rows = certifications.iter().map(|certification| {
        let session = |annee: Option<i16>| annee.map(i32::from).into();
        vec![
            certification.code.to_string().into(),
            crate::http::legacy::lists::bcn::kind(certification).into(),
            certification.cfd.map(|cfd| cfd.to_string()).into(),
            certification.nomenclature.libelle.as_ref().into(),
            (&certification.libelle).into(),
            certification.diplome.as_ref().map(|diplome| &diplome.libelle).into(),
            certification.date_ouverture.map(in_paris).into(),
            CsvCell::Empty,
            session(certification.premiere_session),
            session(certification.derniere_session),
        ]
    });
    answer((!certifications.is_empty()).then(|| BCN.to_vec()), rows, today)
}

/// The first instant of a day in UTC, as the clocks of Paris showed it.
fn in_paris(day: NaiveDate) -> String {
    Utc.from_utc_datetime(&day.and_time(NaiveTime::MIN))
        .with_timezone(&Paris)
        .format("%Y-%m-%dT%H:%M:%S%:z")
        .to_string()
}

/// The file, without a header line when there are no rows.
fn answer<'a>(
    names: Option<Vec<&'static str>>,
    rows: impl Iterator<Item = Vec<CsvCell<'a>>>,
    today: NaiveDate,
) -> Result<Response, LegacyError> {
    let header = names.map(|names| names.into_iter().map(CsvCell::from).collect());
    let body = csv::write(DIALECT, header.into_iter().chain(rows))?;
    let mut response =
        ([(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=UTF-8"))], body).into_response();
    if let Ok(nom) = HeaderValue::from_str(&format!("attachment; filename=export-{today}.csv")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, nom);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_as_paris_saw_its_first_instant_in_utc() {
        for (day, expected) in [
            ((1994, 9, 1), "1994-09-01T02:00:00+02:00"),
            ((2020, 1, 31), "2020-01-31T01:00:00+01:00"),
            // Mean solar time, 9 minutes and 21 seconds ahead; an offset has no seconds.
            ((1901, 1, 1), "1901-01-01T00:09:21+00:09"),
        ] {
            let day = NaiveDate::from_ymd_opt(day.0, day.1, day.2).unwrap();
            assert_eq!(in_paris(day), expected);
        }
    }

    #[test]
    fn only_the_national_list_has_salaries_between_counts_and_rates() {
        const SALAIRES: [&str; 3] = ["salaire_12_mois_q1", "salaire_12_mois_q2", "salaire_12_mois_q3"];
        let names = |maille| mesures(maille).map(|(nom, _)| *nom).collect::<Vec<_>>();
        let mut nationale = names(Maille::Nationale);
        assert_eq!(nationale.drain(7..10).collect::<Vec<_>>(), SALAIRES);
        assert_eq!(names(Maille::Regionale), nationale);
        let expected = "nb_annee_term nb_en_emploi_12_mois nb_en_emploi_18_mois nb_en_emploi_24_mois \
                        nb_en_emploi_6_mois nb_poursuite_etudes nb_sortant taux_autres_12_mois taux_autres_18_mois \
                        taux_autres_24_mois taux_autres_6_mois taux_en_emploi_12_mois taux_en_emploi_18_mois \
                        taux_en_emploi_24_mois taux_en_emploi_6_mois taux_en_formation taux_rupture_contrats";
        assert_eq!(nationale, expected.split(' ').collect::<Vec<_>>());
    }
}
