//! Every figure of a page is the API's, and every picture says what it shows.

use serde_json::Value;

use super::html::{self, Shown, attribute, shown, text};
use crate::common::TestServer;
use crate::legacy::{folder, recorded_database};

/// What a page shows of an indicator of an answer: the figure, else why there is none.
fn expected(answer: &Value, code: &str) -> String {
    let value = match code {
        "nb_annee_term" => &answer["effectifs"]["annee_terminale"],
        "nb_poursuite_etudes" => &answer["effectifs"]["poursuite_etudes"],
        "nb_sortant" => &answer["effectifs"]["sortants"],
        "part_poursuite_etudes" | "taux_rupture_contrats" => &answer[code],
        "contexte.region" | "contexte.france" => {
            &answer["contexte"][code.split_once('.').unwrap().1]["part_en_emploi_6_mois"]
        }
        _ => {
            let (family, horizon) = ["6_mois", "12_mois", "18_mois", "24_mois"]
                .into_iter()
                .find_map(|horizon| Some((code.strip_suffix(horizon)?.trim_end_matches('_'), horizon)))
                .expect("the name of an indicator ends with its horizon");
            &answer[family][horizon]
        }
    };
    match value.as_i64() {
        Some(number) => number.to_string(),
        None => word(answer["absences"][code].as_str().unwrap_or_default()).to_owned(),
    }
}

fn word(reason: &str) -> &'static str {
    match reason {
        "sous_seuil" => "non montré",
        "non_diffuse" => "non publié",
        "pas_encore_disponible" => "pas encore connu",
        "non_couvert" => "non mesuré",
        other => unreachable!("{other}"),
    }
}

/// A figure without its unit.
fn bare(text: &str) -> &str {
    text.trim_end_matches(['%', '\u{a0}']).trim_start_matches('+')
}

fn compare(path: &str, figures: &[Shown], answer: &Value, history: &[Value]) {
    for (millesime, code, text) in figures {
        let answer = match millesime {
            None => answer,
            Some(millesime) => history.iter().find(|one| one["millesime"] == *millesime.as_str()).unwrap(),
        };
        assert_eq!(bare(text), expected(answer, code), "{path} {millesime:?} {code}");
    }
}

/// How many dots of each shape the first picture of a page has.
fn dots(page: &str) -> [usize; 3] {
    let picture = page.split("<svg class=\"points\"").nth(1).unwrap().split("</svg>").next().unwrap();
    ["g1", "g2", "g3"].map(|class| {
        let paths = picture.split("<path ").skip(1);
        let found = paths.filter(|path| attribute(path, "class").unwrap().split(' ').next() == Some(class));
        found.map(|path| attribute(path, " d").unwrap().matches('M').count()).sum()
    })
}

/// The picture of an answer, from the three parts alone.
fn check_picture(path: &str, page: &str, answer: &Value) {
    let title = page.split("<title id=\"image\">").nth(1).unwrap().split('<').next().unwrap();
    let parts = [
        &answer["part_en_emploi"]["6_mois"],
        &answer["part_poursuite_etudes"],
        &answer["part_autres_situations"]["6_mois"],
    ]
    .map(Value::as_i64);
    let words = ["en emploi salarié", "études", "autre situation"];
    for (part, word) in parts.into_iter().zip(words) {
        if let Some(number) = part {
            let said = title
                .split([':', ',', '.'])
                .any(|piece| piece.trim().split(' ').next() == Some(&number.to_string()) && piece.contains(word));
            assert!(said, "{path}: {number} {word} in «{title}»");
        }
    }
    let drawn = dots(page);
    if let [Some(a), Some(b), Some(c)] = parts {
        assert_eq!(drawn.map(|n| i64::try_from(n).unwrap()), [a, b, c], "{path}");
        assert_eq!(a + b + c, 100, "{path}");
    } else {
        assert_eq!(drawn, [0, 0, 0], "{path}: no dot without all three parts");
        assert!(page.contains("stroke-dasharray"), "{path}: hatched");
    }
}

async fn donnees(server: &TestServer, path: &str) -> Vec<Value> {
    let mut body = server.json(path).await;
    let mut all: Vec<Value> = body["donnees"].as_array().unwrap().clone();
    while let Some(cursor) = body["pagination"]["suivant"].as_str().map(str::to_owned) {
        body = server.json(&format!("{path}&curseur={cursor}")).await;
        all.extend(body["donnees"].as_array().unwrap().clone());
    }
    all
}

fn code_of(one: &Value) -> String {
    let code = one["certification"]["code"].as_str().unwrap();
    if one["certification"]["type"] == "sise" { format!("SISE:{code}") } else { code.to_owned() }
}

/// Compares every `step`th course with its page: how many courses, figures and hidden ones there were.
async fn check_courses(server: &TestServer, step: usize) -> (usize, usize, usize) {
    let mut counted = (0, 0, 0);
    for one in donnees(server, "/api/v1/formations?limite=1000").await.iter().step_by(step) {
        let (uai, code, filiere) =
            (one["etablissement"]["uai"].as_str().unwrap(), code_of(one), one["filiere"].as_str().unwrap());
        let path = format!("/formations/{uai}/{code}?filiere={filiere}");
        let answer = server.json(&format!("/api/v1{path}")).await;
        let history =
            donnees(server, &format!("/api/v1/certifications/{code}/historique?uai={uai}&filiere={filiere}")).await;
        let page = text(server, &path).await;
        let figures = shown(&page);
        assert!(figures.len() >= 15, "{path}: {figures:?}");
        compare(&path, &figures, &answer, &history);
        check_picture(&path, &page, &answer);
        counted.0 += 1;
        counted.1 += figures.len();
        counted.2 += usize::from(answer["absences"]["part_en_emploi_6_mois"] == "sous_seuil");
    }
    counted
}

#[tokio::test]
async fn every_figure_of_every_course_is_the_api_s_and_its_picture_says_it() {
    let counted = check_courses(&TestServer::sample().await, 1).await;
    assert!(counted.0 > 400 && counted.1 > 8000 && counted.2 > 50, "{counted:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs recordings: EXPOSITION_TEST_FILES"]
async fn so_is_every_figure_of_the_data_set_of_the_recordings() {
    let server = TestServer::start(recorded_database(&folder()).await.db).await;
    let courses = check_courses(&server, 7).await;
    let certifications = check_certifications(&server, 7).await;
    println!("courses, figures, hidden: {courses:?}; figures of certifications: {certifications}");
    assert!(courses.0 > 100 && courses.2 > 20 && certifications > 500, "{courses:?} {certifications}");
}

#[tokio::test]
async fn every_figure_of_every_certification_and_region_is_the_api_s() {
    let compared = check_certifications(&TestServer::sample().await, 1).await;
    assert!(compared > 1500, "{compared}");
}

/// Compares every `step`th certification with its page, its régions included: how many figures there were.
async fn check_certifications(server: &TestServer, step: usize) -> usize {
    let mut compared = 0;
    for one in donnees(server, "/api/v1/certifications?limite=1000").await.iter().step_by(step) {
        let (code, kind) = (one["code"].as_str().unwrap(), &one["type"]);
        let code = if kind == "sise" { format!("SISE:{code}") } else { code.to_owned() };
        let path = format!("/certifications/{code}");
        let answer = server.json(&format!("/api/v1{path}")).await["statistique"].clone();
        let page = text(server, &path).await;
        let figures = shown(&page);
        if answer.is_null() || answer["specialites"].as_array().is_some_and(|all| !all.is_empty()) {
            continue;
        }
        let filiere = answer["filiere"].as_str().unwrap();
        let history = donnees(server, &format!("/api/v1/certifications/{code}/historique?filiere={filiere}")).await;
        let millesime = answer["millesime"].as_str().unwrap();
        let regions =
            donnees(server, &format!("/api/v1/certifications/{code}/regions?filiere={filiere}&millesime={millesime}"))
                .await;
        // A row of a région names it before its figure.
        let (of_regions, others): (Vec<_>, Vec<_>) = page.lines().partition(|line| line.contains("class=\"barre\""));
        compare(&path, &shown(&others.join("\n")), &answer, &history);
        for line in of_regions {
            let name = html::plain(line.split("scope=\"row\">").nth(1).unwrap().split("<svg").next().unwrap());
            let region = regions.iter().find(|one| one["region"]["nom"] == name.trim());
            assert!(region.is_some(), "{path} {name}");
            compare(&path, &shown(line), region.unwrap(), &[]);
            compared += 1;
        }
        compared += figures.len();
    }
    compared
}

#[tokio::test]
async fn a_comparison_shows_the_figures_of_each_of_its_courses() {
    let server = TestServer::sample().await;
    let formations = donnees(&server, "/api/v1/formations?limite=1000").await;
    for four in formations.chunks(4).step_by(9) {
        let pairs: Vec<String> = four
            .iter()
            .map(|one| format!("{}:{}", one["etablissement"]["uai"].as_str().unwrap(), code_of(one)))
            .collect();
        let path = format!("/comparer?f={}", pairs.join("&f="));
        let page = text(&server, &path).await;
        let mut distinct = pairs.clone();
        distinct.dedup();
        let mut answers = Vec::new();
        for pair in &distinct {
            let (uai, code) = pair.split_once(':').unwrap();
            answers.push(server.json(&format!("/api/v1/formations/{uai}/{code}")).await);
        }
        let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("<tr><th scope=\"row\">")).collect();
        assert_eq!(rows.len(), 9, "{path}");
        for row in rows {
            let figures = shown(row);
            assert_eq!(figures.len(), answers.len(), "{path}");
            for ((_, code, text), answer) in figures.iter().zip(&answers) {
                assert_eq!(bare(text), expected(answer, code), "{path} {code}");
            }
        }
    }
}

#[tokio::test]
async fn an_etablissement_shows_the_figures_of_the_whole() {
    let server = TestServer::sample().await;
    let mut compared = 0;
    for one in donnees(&server, "/api/v1/etablissements?limite=1000").await {
        let uai = one["uai"].as_str().unwrap();
        let answer = server.json(&format!("/api/v1/etablissements/{uai}")).await;
        let page = text(&server, &format!("/etablissements/{uai}")).await;
        let mut figures = shown(&page).into_iter();
        for whole in answer["statistiques"].as_array().unwrap() {
            let indicateurs = whole["indicateurs"].as_object().unwrap();
            for (_, code, text) in figures.by_ref().take(indicateurs.len()) {
                let expected = match indicateurs[&code].as_i64() {
                    Some(number) => number.to_string(),
                    None => word(whole["absences"][&code].as_str().unwrap()).to_owned(),
                };
                assert_eq!(bare(&text), expected, "{uai} {code}");
                compared += 1;
            }
        }
        assert_eq!(figures.next(), None, "{uai}");
    }
    assert!(compared > 300, "{compared}");
}

#[tokio::test]
async fn the_picture_alone_shows_and_says_the_same_figures() {
    let server = TestServer::sample().await;
    for one in donnees(&server, "/api/v1/formations?limite=1000").await.iter().step_by(7) {
        let (uai, code) = (one["etablissement"]["uai"].as_str().unwrap(), code_of(one));
        let answer = server.json(&format!("/api/v1/formations/{uai}/{code}")).await;
        let response = server.get(&format!("/integrer/formations/{uai}/{code}.svg")).await;
        assert_eq!(response.headers()["content-type"], "image/svg+xml; charset=utf-8");
        let image = response.text().await.unwrap();
        assert!(image.len() < 6000, "{uai} {code}: {}", image.len());
        let said = image.split("<desc id=\"description\">").nth(1).unwrap().split('<').next().unwrap();
        for part in [
            &answer["part_en_emploi"]["6_mois"],
            &answer["part_poursuite_etudes"],
            &answer["part_autres_situations"]["6_mois"],
        ] {
            if let Some(number) = part.as_i64() {
                assert!(
                    image.contains(&format!(">{number}</text>")) && said.contains(&format!("{number} ")),
                    "{image}"
                );
            }
        }
        if answer["absences"]["part_en_emploi_6_mois"] == "sous_seuil" {
            assert!(said.starts_with("Moins de 20") && image.contains("stroke-dasharray"), "{said}");
        }
    }
}
