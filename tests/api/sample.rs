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
