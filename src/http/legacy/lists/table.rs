//! The CSV of the lists: `;`, `\n`, no quotes unless needed, and an empty body for an
//! empty list. A hidden figure is the text `null`, one that the source does not have is empty.

use ::csv::{QuoteStyle, Terminator, WriterBuilder};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::{NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Europe::Paris;

use crate::domain::{Certification, Indicateur, Maille};
use crate::http::legacy::answers::chiffres::{Chiffre, keys};
use crate::http::legacy::answers::entry::LegacyEntry;
use crate::http::legacy::error::LegacyError;
use crate::http::problem::Problem;

/// The figures of a list: only the national one has salaries.
fn mesures(maille: Maille) -> impl Iterator<Item = &'static (&'static str, Indicateur)> {
    keys().iter().filter(move |(_, i)| maille == Maille::Nationale || !Indicateur::SALAIRE_12_MOIS.contains(i))
}

/// The columns that come before the figures, with the text of each.
fn identity(entry: &LegacyEntry, maille: Maille) -> Vec<(&'static str, String)> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let word = |word: Option<&'static str>| word.unwrap_or_default().to_owned();
    let mut columns = Vec::new();
    if let (Maille::Etablissement, Some(etablissement)) = (maille, &entry.etablissement) {
        columns.push(("uai", etablissement.uai.clone()));
        columns.push(("uai_type", word(etablissement.uai_type)));
        columns.push(("uai_donnee", text(&etablissement.uai_donnee)));
        columns.push(("uai_donnee_type", word(etablissement.uai_donnee_type)));
    }
    if maille == Maille::Regionale {
        columns.push(("region", word(entry.region.as_ref().map(|region| region.nom))));
    }
    let source = entry.donnee_source.as_ref();
    columns.push(("code_certification", entry.code_certification.clone()));
    columns.push(("code_formation_diplome", text(&entry.code_formation_diplome)));
    columns.push(("filiere", entry.filiere.to_owned()));
    columns.push(("millesime", entry.millesime.clone()));
    columns.push(("donnee_source_type", word(source.map(|source| source.kind))));
    let code = source.map(|source| source.code_certification.clone());
    columns.push(("donnee_source_code_certification", code.unwrap_or_default()));
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
    let lines = entries.iter().map(|entry| {
        let chiffre = |(_, indicateur): &(_, Indicateur)| match entry.chiffres.get(*indicateur) {
            Chiffre::Absent => String::new(),
            Chiffre::Null => "null".to_owned(),
            Chiffre::Known(valeur) => valeur.to_string(),
        };
        let identity = identity(entry, maille).into_iter().map(|(_, text)| text);
        identity.chain(mesures(maille).map(chiffre)).collect()
    });
    let names = entries.first().map(|first| {
        let identity = identity(first, maille).into_iter().map(|(nom, _)| nom);
        identity.chain(mesures(maille).map(|(nom, _)| *nom)).collect()
    });
    answer(names, lines, today)
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
    let lines = certifications.iter().map(|certification| {
        let session = |annee: Option<i16>| annee.map(|annee| annee.to_string()).unwrap_or_default();
        vec![
            certification.code.to_string(),
            crate::http::legacy::lists::bcn::kind(certification).to_owned(),
            certification.cfd.map(|cfd| cfd.to_string()).unwrap_or_default(),
            certification.nomenclature.libelle.clone().unwrap_or_default(),
            certification.libelle.clone(),
            certification.diplome.as_ref().map(|diplome| diplome.libelle.clone()).unwrap_or_default(),
            certification.date_ouverture.map(in_paris).unwrap_or_default(),
            String::new(),
            session(certification.premiere_session),
            session(certification.derniere_session),
        ]
    });
    answer((!certifications.is_empty()).then(|| BCN.to_vec()), lines, today)
}

/// The first instant of a day in UTC, as the clocks of Paris showed it.
fn in_paris(day: NaiveDate) -> String {
    Utc.from_utc_datetime(&day.and_time(NaiveTime::MIN))
        .with_timezone(&Paris)
        .format("%Y-%m-%dT%H:%M:%S%:z")
        .to_string()
}

fn answer(
    names: Option<Vec<&'static str>>,
    lines: impl Iterator<Item = Vec<String>>,
    today: NaiveDate,
) -> Result<Response, LegacyError> {
    let mut writer = WriterBuilder::new()
        .delimiter(b';')
        .terminator(Terminator::Any(b'\n'))
        .quote_style(QuoteStyle::Necessary)
        .from_writer(Vec::new());
    if let Some(names) = names {
        writer.write_record(names).map_err(Problem::internal)?;
    }
    for line in lines {
        writer.write_record(line).map_err(Problem::internal)?;
    }
    let body = writer.into_inner().map_err(|error| Problem::internal(error.to_string()))?;
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
