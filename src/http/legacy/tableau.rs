//! Tableau: the CSV of the lists: `;`, `\n`, no quotes unless needed, and an empty body for an
//! empty list. A hidden figure is the text `null`, one that the source does not have is empty.

use ::csv::{QuoteStyle, Terminator, WriterBuilder};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::{NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Europe::Paris;

use super::chiffres::Chiffre;
use super::entree::Entree;
use super::erreur::Erreur;
use crate::domain::{Certification, Maille};
use crate::http::probleme::Probleme;

/// The figures of a list of formations or régions.
const MESURES: [&str; 17] = [
    "nb_annee_term",
    "nb_en_emploi_12_mois",
    "nb_en_emploi_18_mois",
    "nb_en_emploi_24_mois",
    "nb_en_emploi_6_mois",
    "nb_poursuite_etudes",
    "nb_sortant",
    "taux_autres_12_mois",
    "taux_autres_18_mois",
    "taux_autres_24_mois",
    "taux_autres_6_mois",
    "taux_en_emploi_12_mois",
    "taux_en_emploi_18_mois",
    "taux_en_emploi_24_mois",
    "taux_en_emploi_6_mois",
    "taux_en_formation",
    "taux_rupture_contrats",
];

/// After these the national list has the salaries.
const AVANT_SALAIRES: usize = 7;
const SALAIRES: [&str; 3] = ["salaire_12_mois_q1", "salaire_12_mois_q2", "salaire_12_mois_q3"];

fn mesures(maille: Maille) -> Vec<&'static str> {
    let (nombres, taux) = MESURES.split_at(AVANT_SALAIRES);
    let salaires = if maille == Maille::Nationale { &SALAIRES[..] } else { &[] };
    [nombres, salaires, taux].concat()
}

/// The columns that come before the figures, with the text of each.
fn identite(entree: &Entree, maille: Maille) -> Vec<(&'static str, String)> {
    let texte = |texte: &Option<String>| texte.clone().unwrap_or_default();
    let mot = |mot: Option<&'static str>| mot.unwrap_or_default().to_owned();
    let mut colonnes = Vec::new();
    if let (Maille::Etablissement, Some(etablissement)) = (maille, &entree.etablissement) {
        colonnes.push(("uai", etablissement.uai.clone()));
        colonnes.push(("uai_type", mot(etablissement.uai_type)));
        colonnes.push(("uai_donnee", texte(&etablissement.uai_donnee)));
        colonnes.push(("uai_donnee_type", mot(etablissement.uai_donnee_type)));
    }
    if maille == Maille::Regionale {
        colonnes.push(("region", mot(entree.region.as_ref().map(|region| region.nom))));
    }
    let source = entree.donnee_source.as_ref();
    colonnes.push(("code_certification", entree.code_certification.clone()));
    colonnes.push(("code_formation_diplome", texte(&entree.code_formation_diplome)));
    colonnes.push(("filiere", entree.filiere.to_owned()));
    colonnes.push(("millesime", entree.millesime.clone()));
    colonnes.push(("donnee_source_type", mot(source.map(|source| source.kind))));
    let code = source.map(|source| source.code_certification.clone());
    colonnes.push(("donnee_source_code_certification", code.unwrap_or_default()));
    colonnes
}

/// A list of statistics.
///
/// # Errors
/// 500 when it cannot be written.
pub(super) fn statistiques(entrees: &[Entree], maille: Maille, today: NaiveDate) -> Result<Response, Erreur> {
    let mesures = mesures(maille);
    let lignes = entrees.iter().map(|entree| {
        let chiffre = |nom: &&str| match entree.chiffres.get(nom) {
            Chiffre::Absent => String::new(),
            Chiffre::Nul => "null".to_owned(),
            Chiffre::Connu(valeur) => valeur.to_string(),
        };
        let identite = identite(entree, maille).into_iter().map(|(_, texte)| texte);
        identite.chain(mesures.iter().map(chiffre)).collect()
    });
    let noms = entrees.first().map(|premiere| {
        let identite = identite(premiere, maille).into_iter().map(|(nom, _)| nom);
        identite.chain(mesures.iter().copied()).collect()
    });
    reponse(noms, lignes, today)
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
pub(super) fn bcn(certifications: &[Certification], today: NaiveDate) -> Result<Response, Erreur> {
    let lignes = certifications.iter().map(|certification| {
        let session = |annee: Option<i16>| annee.map(|annee| annee.to_string()).unwrap_or_default();
        vec![
            certification.code.to_string(),
            super::bcn::kind(certification).to_owned(),
            certification.cfd.map(|cfd| cfd.to_string()).unwrap_or_default(),
            certification.nomenclature.libelle.clone().unwrap_or_default(),
            certification.libelle.clone(),
            certification.diplome.as_ref().map(|diplome| diplome.libelle.clone()).unwrap_or_default(),
            certification.date_ouverture.map(a_paris).unwrap_or_default(),
            String::new(),
            session(certification.premiere_session),
            session(certification.derniere_session),
        ]
    });
    reponse((!certifications.is_empty()).then(|| BCN.to_vec()), lignes, today)
}

/// The first instant of a day in UTC, as the clocks of Paris showed it.
fn a_paris(day: NaiveDate) -> String {
    Utc.from_utc_datetime(&day.and_time(NaiveTime::MIN))
        .with_timezone(&Paris)
        .format("%Y-%m-%dT%H:%M:%S%:z")
        .to_string()
}

fn reponse(
    noms: Option<Vec<&'static str>>,
    lignes: impl Iterator<Item = Vec<String>>,
    today: NaiveDate,
) -> Result<Response, Erreur> {
    let mut writer = WriterBuilder::new()
        .delimiter(b';')
        .terminator(Terminator::Any(b'\n'))
        .quote_style(QuoteStyle::Necessary)
        .from_writer(Vec::new());
    if let Some(noms) = noms {
        writer.write_record(noms).map_err(Probleme::interne)?;
    }
    for ligne in lignes {
        writer.write_record(ligne).map_err(Probleme::interne)?;
    }
    let corps = writer.into_inner().map_err(|error| Probleme::interne(error.to_string()))?;
    let mut response =
        ([(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=UTF-8"))], corps).into_response();
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
            assert_eq!(a_paris(day), expected);
        }
    }

    #[test]
    fn only_the_national_list_has_salaries_between_counts_and_rates() {
        assert_eq!(mesures(Maille::Regionale), MESURES);
        assert_eq!(
            mesures(Maille::Nationale).get(6..11).unwrap(),
            ["nb_sortant", SALAIRES[0], SALAIRES[1], SALAIRES[2], "taux_autres_12_mois"]
        );
    }
}
