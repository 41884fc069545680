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
