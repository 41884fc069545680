//! The fictitious data set, through the whole path.

use serde_json::json;

use crate::common::TestServer;

#[tokio::test]
async fn the_sample_is_served_and_marked_as_fictitious() {
    let server = TestServer::sample().await;
    let response = server.get("/api/v1/regions/32/certifications/50033616").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["donnees-fictives"], "oui");
    let publications = server.json("/api/v1/publications").await;
    assert_eq!(publications["donnees"][0]["donnees_fictives"], json!(true));
    let certifications = server.json("/api/v1/certifications?total=true&filiere=apprentissage").await;
    assert!(certifications["pagination"]["total"].as_u64().unwrap() >= 30);
    let etablissements = server.json("/api/v1/etablissements?total=true").await;
    assert!(etablissements["pagination"]["total"].as_u64().unwrap() >= 60);
}

#[tokio::test]
async fn an_agricultural_course_is_summed_from_its_schools_to_its_region() {
    let server = TestServer::sample().await;
    let body = server.json("/api/v1/certifications?filiere=agricole&limite=1").await;
    let code = body["donnees"][0]["code"].as_str().unwrap();
    let regions = server.json(&format!("/api/v1/certifications/{code}/regions?filiere=agricole")).await;
    for region in regions["donnees"].as_array().unwrap() {
        assert_eq!(region["origine"]["type"], "agregee");
    }
}

#[tokio::test]
async fn the_nearest_etablissement_of_a_town_is_the_one_in_it() {
    let server = TestServer::sample().await;
    // Quimper: the next town of the sample is 140 km away.
    let body = server.json("/api/v1/etablissements?proche=48.0,-4.1&rayon_km=100").await;
    let found = body["donnees"].as_array().unwrap();
    assert_eq!(found.len(), 2, "{body}");
    for etablissement in found {
        assert_eq!((&etablissement["commune"], &etablissement["region"]["code"]), (&json!("Quimper"), &json!("53")));
        assert!(etablissement["distance_km"].as_f64().unwrap() < 3.0);
    }
}

#[tokio::test]
async fn a_place_without_figures_shows_those_of_its_trainer_and_says_so() {
    let server = TestServer::sample().await;
    let body = server.json("/api/v1/formations?filiere=apprentissage&limite=1000").await;
    let formations = body["donnees"].as_array().unwrap();
    let copied: Vec<_> = formations.iter().filter(|one| one["origine"]["type"] == "autre_uai").collect();
    assert!(copied.len() >= 10, "{} of {}", copied.len(), formations.len());
    for formation in copied {
        let trainer = formation["origine"]["uai"].as_str().unwrap();
        assert_eq!(
            (&formation["origine"]["role_uai"], &formation["roles"]["role"]),
            (&json!("formateur"), &json!("lieu_formation"))
        );
        assert_eq!(formation["roles"]["formateurs"], json!([trainer]));
        let code = formation["certification"]["code"].as_str().unwrap();
        let own = server.json(&format!("/api/v1/formations/{trainer}/{code}")).await;
        assert_eq!((&own["effectifs"], &own["roles"]["role"]), (&formation["effectifs"], &json!("formateur")));
    }
}

#[tokio::test]
async fn a_seconde_commune_leads_to_its_three_specialities() {
    let server = TestServer::sample().await;
    let codes = server.json("/api/v1/correspondances/23810030003").await;
    let terminal: Vec<_> = codes["annees_terminales"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
    for speciality in ["23830030004", "23830031106", "23830031114"] {
        assert!(terminal.contains(&speciality), "{speciality}: {terminal:?}");
    }
    assert_eq!(codes["famille_metier"]["code"], "G0004");
}

#[tokio::test]
async fn the_salaries_of_dares_and_the_figures_of_higher_education_are_served() {
    let server = TestServer::sample().await;
    let salaries = server.json("/api/v1/certifications/50033616/historique?champs=millesime,salaire_12_mois").await;
    for millesime in ["2022", "2023"] {
        let one = salaries["donnees"].as_array().unwrap().iter().find(|one| one["millesime"] == millesime).unwrap();
        assert!(one["salaire_12_mois"]["q2"].is_u64(), "{one}");
    }
    let higher = server.json("/api/v1/formations?filiere=superieur&total=true&limite=1").await;
    assert!(higher["pagination"]["total"].as_u64().unwrap() >= 20, "{higher}");
    let national = server.json("/api/v1/certifications/SISE:9800001").await;
    assert!(national["statistique"]["part_en_emploi"]["6_mois"].is_u64(), "{national}");
}
