//! Images of a sum: a block for each voie, on the sample.

use serde_json::json;

use crate::common::TestServer;

/// CAP Métiers de la coiffure and CAP Maintenance des véhicules, taught in both voies; an
/// apprenticeship only; a région where the first is hidden.
const BOTH: &str = "50033616";
const OTHER: &str = "50025218";
const APPRENTICES: &str = "50022135";

async fn image(server: &TestServer, path: &str) -> String {
    let response = server.get(&format!("/api/inserjeunes/{path}")).await;
    assert_eq!(response.status(), 200, "{path}");
    assert_eq!(response.headers()["content-type"], "image/svg+xml; charset=utf-8", "{path}");
    response.text().await.unwrap()
}

/// How many figures are written out.
fn figures(image: &str) -> usize {
    image.matches("font-size=\"28\"").count()
}

#[tokio::test]
async fn a_sum_is_shown_as_one_image_of_both_voies() {
    let server = TestServer::sample().await;
    for path in [
        format!("certifications/{BOTH}.svg?vue=filieres"),
        format!("certifications/{BOTH},{OTHER}.svg"),
        format!("certifications/{BOTH}%7C{OTHER}.svg?theme=lba&direction=vertical"),
    ] {
        let image = image(&server, &path).await;
        assert!(image.contains(">Voie scolaire</text>") && image.contains(">Apprentissage</text>"), "{path}: {image}");
        assert_eq!(figures(&image), 6, "{path}: {image}");
    }
}

#[tokio::test]
async fn the_figures_of_the_image_are_those_of_the_sums() {
    let server = TestServer::sample().await;
    let sums = server.json(&format!("/api/inserjeunes/certifications/{BOTH}?vue=filieres")).await;
    let image = image(&server, &format!("certifications/{BOTH}.svg?vue=filieres")).await;
    for voie in ["pro", "apprentissage"] {
        for key in ["taux_en_emploi_6_mois", "taux_en_formation", "taux_autres_6_mois"] {
            let figure = sums[voie][key].as_i64().unwrap();
            assert!(image.contains(&format!(">{figure}\u{a0}%</text>")), "{voie} {key} {figure}: {image}");
        }
    }
}

#[tokio::test]
async fn a_voie_without_figures_says_so_beside_the_other() {
    let server = TestServer::sample().await;
    let image = image(&server, &format!("certifications/{APPRENTICES}.svg?vue=filieres")).await;
    assert_eq!(figures(&image), 3, "{image}");
    assert_eq!(image.matches(">Données non disponibles</text>").count(), 1, "{image}");
}

#[tokio::test]
async fn the_regional_image_names_its_region() {
    let server = TestServer::sample().await;
    let image = image(&server, &format!("regionales/32/certifications/{BOTH}.svg?vue=filieres")).await;
    assert!(image.contains("Hauts-de-France</text>"), "{image}");
}

#[tokio::test]
async fn with_nothing_at_all_a_sum_is_answered_as_a_single_code() {
    let server = TestServer::sample().await;
    let path = "/api/inserjeunes/certifications/99999999.svg?vue=filieres";
    let response = server.get(path).await;
    assert_eq!(response.status(), 404);
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!(body["message"], json!("Certifications inconnues"));
    for (on_error, text) in [("true", true), ("empty", false)] {
        let image = image(&server, &format!("certifications/99999999.svg?vue=filieres&imageOnError={on_error}")).await;
        assert_eq!(image.contains("<text"), text, "{image}");
    }
}
