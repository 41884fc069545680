//! What pupils type, against the real nomenclature of diplomas.

use std::time::{Duration, Instant};

use chrono::NaiveDate;
use exposition::domain::CodeCertification;
use exposition::domain::recherche::{Entry, Index, Question};

use super::{folder, published, rows};
use crate::common::{TestServer, ingest};

/// What is typed, and the code that must come first on a day of 2024-2025: read in the nomenclature
/// among the diplomas that are open then.
const QUESTIONS: [(&str, &str); 60] = [
    ("boulanger", "50022137"),
    ("boulangère", "50022137"),
    ("cap boulanger", "50022137"),
    ("CAP Boulangerie", "50022137"),
    ("boulangre", "50022137"),
    ("boulnger", "50022137"),
    ("50022137", "50022137"),
    ("cfd:50022137", "50022137"),
    ("pâtissier", "50022141"),
    ("patissiere", "50022141"),
    ("cap pâtisserie", "50022141"),
    ("cap patissier", "50022141"),
    ("cuisine", "50022146"),
    ("cuisinier", "50022146"),
    ("cap cuisine", "50022146"),
    ("cap cuisinière", "50022146"),
    ("coiffure", "50033616"),
    ("coiffeuse", "50033616"),
    ("coiffeur", "50033616"),
    ("métiers de la coiffure", "50033616"),
    ("cap coiffure", "50033616"),
    ("bac pro coiffure", "40033604"),
    ("bts coiffure", "32033607"),
    ("coifure", "50033616"),
    ("petite enfance", "50033205"),
    ("cap petite enfance", "50033205"),
    ("accompagnant éducatif petite enfance", "50033205"),
    ("cap aepe petite enfance", "50033205"),
    ("infirmière", "26033101"),
    ("infirmier", "26033101"),
    ("infirmières", "26033101"),
    ("aide soignante", "46033104"),
    ("aide-soignant", "46033104"),
    ("ASSP", "40033007"),
    ("bac pro assp", "40033007"),
    ("accompagnement soins et services à la personne", "40033007"),
    ("bts compta", "32031408"),
    ("bts comptabilité", "32031408"),
    ("comptabilité et gestion", "32031408"),
    ("bts comptable", "32031408"),
    ("MCO", "32031213"),
    ("bts mco", "32031213"),
    ("management commercial", "32031213"),
    ("ndrc", "32031212"),
    ("bts ndrc", "32031212"),
    ("agora", "40030004"),
    ("bac pro agora", "40030004"),
    ("bts sam", "32032409"),
    ("bts esf", "32033206"),
    ("bts économie sociale et familiale", "32033206"),
    ("melec", "40025520"),
    ("bac pro melec", "40025520"),
    ("bac pro électricien", "40025520"),
    ("bac pro ciel", "40025519"),
    ("maçon", "50023224"),
    ("cap maçon", "50023224"),
    ("cap maconnerie", "50023224"),
    ("cap esthétique", "50033615"),
    ("esthéticienne cap", "50033615"),
    ("bts mécanique auto voiture", "32025215"),
];

/// A day on which the newest diplomas are open and older forms are closed.
const TODAY: &str = "2025-11-26";

fn index() -> Index {
    let text = std::fs::read_to_string(folder().join("bcn/v_formation_diplome.csv")).unwrap();
    let day = |text: &String| NaiveDate::parse_from_str(text, "%d/%m/%Y").ok();
    let entry = |row: std::collections::HashMap<String, String>| {
        let code = CodeCertification::from_stored(&row["FORMATION_DIPLOME"])?;
        Some(Entry {
            code,
            cfd: Some(code),
            libelle: row["LIBELLE_LONG_200"].clone(),
            libelle_ancien: None,
            diplome: None,
            date_fermeture: day(&row["DATE_FERMETURE"]),
        })
    };
    let entries: Vec<Entry> = rows(text.trim_start_matches('\u{feff}'), b';').into_iter().filter_map(entry).collect();
    assert!(entries.len() > 11_000);
    Index::new(&entries)
}

#[test]
#[ignore = "needs published files: EXPOSITION_TEST_FILES"]
fn pupils_find_first_what_they_mean_in_the_real_nomenclature() {
    let index = index();
    let today = TODAY.parse().unwrap();
    let first = |text| {
        let found = index.find(Question { text, grouped: true, today }).unwrap();
        found.first().map(ToString::to_string).unwrap_or_default()
    };
    let wrong: Vec<_> = QUESTIONS
        .iter()
        .map(|(typed, expected)| (*typed, *expected, first(typed)))
        .filter(|(_, expected, found)| expected != found)
        .collect();
    assert!(wrong.is_empty(), "typed, expected, found: {wrong:#?}");
}

/// Prints the time that 95 searches of 100 stay under; the limit is that of an optimised build.
#[test]
#[ignore = "needs published files: EXPOSITION_TEST_FILES"]
fn a_search_of_the_real_nomenclature_is_quick() {
    let index = index();
    let today = TODAY.parse().unwrap();
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..5 {
        for (text, _) in QUESTIONS {
            let start = Instant::now();
            assert!(index.find(Question { text, grouped: true, today }).is_some());
            times.push(start.elapsed());
        }
    }
    times.sort_unstable();
    let p95 = times[times.len() * 95 / 100];
    println!("p95 of {} searches: {p95:?}", times.len());
    assert!(cfg!(debug_assertions) || p95 < Duration::from_millis(15), "{p95:?}");
}

/// Twenty courses for each établissement of the files, invented among the real diplomas: no published file
/// says which it has.
fn courses(folder: &std::path::Path) -> String {
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let diplomas = rows(text("bcn/v_formation_diplome.csv").trim_start_matches('\u{feff}'), b';');
    let usual = |code: &String| ["500", "400", "320"].iter().any(|start| code.starts_with(start));
    let codes: &Vec<String> = &diplomas.into_iter().map(|row| row["FORMATION_DIPLOME"].clone()).filter(usual).collect();
    let uai = |field: &str| exposition::domain::Uai::parse(field).ok();
    let files = [text(DEPP), text(ANNUAIRE)];
    let uais: std::collections::BTreeSet<_> =
        files.iter().flat_map(|file| file.split([';', ',', '\n', '"'])).filter_map(uai).collect();
    let header = "millesime;uai;filiere;cfd;mefstat11;nb_annee_term;nb_poursuite_etudes;nb_sortant;\
                  nb_en_emploi_6_mois;nb_en_emploi_12_mois";
    let lines = uais.iter().enumerate().flat_map(|(index, uai)| {
        let code = move |course: usize| &codes[(index * 7 + course * 53) % codes.len()];
        (0..20).map(move |course| format!("2021_2022;{uai};apprentissage;{};;60;20;40;20;24", code(course)))
    });
    std::iter::once(header.to_owned()).chain(lines).collect::<Vec<_>>().join("\n") + "\n"
}

const DEPP: &str = "depp/depp-2022-etablissements-2021_2022-pro.csv";
const ANNUAIRE: &str = "annuaire/fr-en-annuaire-education_2023-06_dep35.csv";

/// Prints how long 95 searches of 100 among real établissements and diplomas take, HTTP and the database
/// included, and which find nothing. No answer is one that the server has kept: each question is asked once.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs published files: EXPOSITION_TEST_FILES"]
async fn formations_are_searched_among_real_names() {
    let folder = folder();
    let test = published(&folder).await;
    let written = tempfile::tempdir().unwrap();
    let invented = written.path().join("inserjeunes-mesures-etablissement.csv");
    std::fs::write(&invented, courses(&folder)).unwrap();
    for file in [folder.join(DEPP), folder.join(ANNUAIRE), invented] {
        ingest(&test.db, &file).await;
    }
    exposition::publication::publish(&test.db, &super::config().publication).await.unwrap();
    let server = TestServer::start(test.db).await;
    let total = server.json("/api/v1/formations?total=true&limite=1").await["pagination"]["total"].clone();
    let (mut times, mut without) = (Vec::new(), Vec::new());
    for (course, _) in QUESTIONS {
        for place in ["", " rennes", " bretagne", " lycée", " saint malo", " 35000"] {
            let start = Instant::now();
            let found = server.json(&format!("/api/v1/formations?q={course}{place}")).await;
            times.push(start.elapsed());
            if found["donnees"].as_array().unwrap().is_empty() {
                without.push(format!("{course}{place}"));
            }
        }
    }
    times.sort_unstable();
    let p95 = times[times.len() * 95 / 100];
    let (median, most) = (times[times.len() / 2], times[times.len() - 1]);
    println!("{} searches among {total} formations: p50 {median:?}, p95 {p95:?}, at most {most:?}", times.len());
    println!("{} found nothing: {without:?}", without.len());
    assert!(without.len() < times.len() / 2, "most courses are taught somewhere");
}
