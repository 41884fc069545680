//! What is answered about a certification at a place.

use serde_json::json;

use super::world::server;

#[tokio::test]
async fn the_worked_example_of_the_documentation_is_answered() {
    let body = server().await.json("/api/v1/regions/11/certifications/32020008?millesime=2019_2020").await;
    assert_eq!(
        body["effectifs"],
        json!({"annee_terminale": 162, "poursuite_etudes": 73, "sortants": 89,
            "en_emploi": {"6_mois": 57, "12_mois": 67, "18_mois": 65, "24_mois": 71}})
    );
    assert_eq!(body["part_poursuite_etudes"], 45);
    assert_eq!(body["part_en_emploi"], json!({"6_mois": 35, "12_mois": 41, "18_mois": 40, "24_mois": 44}));
    assert_eq!(body["part_autres_situations"], json!({"6_mois": 20, "12_mois": 14, "18_mois": 15, "24_mois": 11}));
    assert_eq!(body["taux_emploi"], json!({"6_mois": 64, "12_mois": 75, "18_mois": 73, "24_mois": 80}));
    assert_eq!(body["sans_perspectives"], false);
    assert_eq!(body["absences"], json!({"salaire_12_mois": "non_couvert", "taux_rupture_contrats": "non_couvert"}));
    assert_eq!(
        body["lecture"][0],
        "Sur 100 apprentis, 35 sont en emploi salarié 6 mois après leur sortie, 45 poursuivent des études, 20 sont \
         dans une autre situation."
    );
    assert_eq!(body["certification"]["libelle"], "MÉTIERS DE L'EAU (BTS)");
    assert_eq!(body["certification"]["niveau"], json!({"code": "5", "libelle": "BTS"}));
    assert_eq!(body["region"], json!({"code": "11", "nom": "Île-de-France"}));
    assert_eq!(body["origine"]["type"], "propre");
    assert_eq!(body["origine"]["source"], "inserjeunes-mesures");
    assert_eq!(body["origine"]["fichier"].as_str().unwrap().len(), "sha256:".len() + 64);
}

#[tokio::test]
async fn without_a_millesime_the_latest_answers_and_a_year_finds_its_pooled_one() {
    let server = server().await;
    let latest = server.json("/api/v1/regions/11/certifications/32020008").await;
    assert_eq!(latest["millesime"], "2020_2021");
    assert_eq!(latest["taux_emploi"], json!({"6_mois": 50, "12_mois": 55, "18_mois": null, "24_mois": null}));
    assert_eq!(latest["absences"]["taux_emploi_18_mois"], "pas_encore_disponible");
    let by_year = server.json("/api/v1/regions/75001/certifications/cfd:32020008?millesime=2020").await;
    assert_eq!(by_year["millesime"], "2019_2020");
}

#[tokio::test]
async fn a_hidden_statistic_is_answered_with_its_reasons_and_no_figure() {
    let body = server().await.json("/api/v1/regions/53/certifications/32020008").await;
    assert_eq!(body["effectifs"]["annee_terminale"], 19);
    assert_eq!(body["effectifs"]["sortants"], json!(null));
    assert_eq!(body["part_en_emploi"]["6_mois"], json!(null));
    assert_eq!(body["absences"]["nb_sortant"], "sous_seuil");
    assert_eq!(body["absences"]["part_en_emploi_6_mois"], "sous_seuil");
    assert_eq!(body["absences"]["taux_emploi_24_mois"], "pas_encore_disponible");
    assert_eq!(body["sans_perspectives"], json!(null));
}

#[tokio::test]
async fn of_two_filieres_the_larger_answers_and_names_the_other() {
    let server = server().await;
    let larger = server.json("/api/v1/regions/53/certifications/24730025214").await;
    assert_eq!((&larger["filiere"], &larger["autres_filieres"]), (&json!("agricole"), &json!(["pro"])));
    // 15 / 80 = 18.75 → 19 and 20 / 80 = 25: under 30 and under 50.
    assert_eq!(larger["part_en_emploi"]["6_mois"], 19);
    assert_eq!(larger["sans_perspectives"], true);
    let pro = server.json("/api/v1/regions/53/certifications/24730025214?filiere=pro").await;
    // 5 / 30 = 16.67 → 17; S = 20 is no longer under the threshold: 5 / 20 = 25.
    assert_eq!((&pro["part_en_emploi"]["6_mois"], &pro["taux_emploi"]["6_mois"]), (&json!(17), &json!(25)));
}

#[tokio::test]
async fn france_is_the_sum_of_the_visible_regions_and_says_so() {
    let server = server().await;
    let body = server.json("/api/v1/certifications/32020008?millesime=2020").await;
    let france = &body["statistique"];
    // 162 + 60 = 222; (73 + 20) / 222 = 41.9; (57 + 20) / 222 = 34.7.
    assert_eq!(france["effectifs"]["annee_terminale"], 222);
    assert_eq!((&france["part_poursuite_etudes"], &france["part_en_emploi"]["6_mois"]), (&json!(42), &json!(35)));
    assert_eq!(france["origine"]["type"], "agregee");
    assert_eq!(france["origine"]["cellules"], json!({"incluses": 2, "total": 2}));
    let latest = server.json("/api/v1/certifications/32020008").await;
    assert_eq!(latest["statistique"]["effectifs"]["annee_terminale"], 100, "the hidden région is left out");
    assert_eq!(latest["statistique"]["origine"]["cellules"], json!({"incluses": 1, "total": 2}));
}

#[tokio::test]
async fn a_known_code_without_statistic_is_itself_and_its_statistic_is_not_found() {
    let server = server().await;
    let body = server.json("/api/v1/certifications/50022137").await;
    assert_eq!((&body["libelle"], &body["statistique"]), (&json!("BOULANGER (CAP)"), &json!(null)));
    let (status, problem) = server.problem("/api/v1/regions/11/certifications/50022137").await;
    assert_eq!(status, 404);
    assert!(problem["detail"].as_str().unwrap().contains("aucune statistique"), "{problem}");
    let (status, problem) = server.problem("/api/v1/regions/94/certifications/32020008").await;
    assert_eq!(status, 404);
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("région 11 2020_2021 (apprentissage)"), "it says where and when: {detail}");
    let (status, problem) = server.problem("/api/v1/regions/11/certifications/32020008?millesime=2012").await;
    assert_eq!(status, 404);
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("2020_2021") && detail.contains("2019_2020"), "it lists the millésimes: {detail}");
    let (status, _) = server.problem("/api/v1/certifications/99999999").await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_closed_certification_says_so_from_the_day_after() {
    let server = server().await;
    let body = server.json("/api/v1/certifications/40025214").await;
    assert_eq!((&body["formation_fermee"], &body["date_fermeture"]), (&json!(true), &json!("2020-08-31")));
    assert_eq!(server.json("/api/v1/certifications/24730025214").await["formation_fermee"], false, "its own dates");
}

#[tokio::test]
async fn the_history_goes_from_the_oldest_to_the_latest() {
    let server = server().await;
    let body = server.json("/api/v1/certifications/32020008/historique?region=53").await;
    let millesimes: Vec<_> = body["donnees"].as_array().unwrap().iter().map(|s| s["millesime"].clone()).collect();
    assert_eq!(millesimes, ["2019_2020", "2020_2021"]);
    let (status, problem) = server.problem("/api/v1/certifications/32020008/historique?region=53&uai=0350017D").await;
    assert_eq!((status, &problem["errors"][0]["parametre"]), (400, &json!("uai")));
}

#[tokio::test]
async fn an_etablissement_has_its_figures_as_a_whole_with_added_value() {
    let server = server().await;
    let body = server.json("/api/v1/etablissements/0350017d").await;
    assert_eq!(body["nom"], "CFA des Embruns (fictif)");
    assert_eq!(body["region"], json!({"code": "53", "nom": "Bretagne"}));
    assert_eq!(body["millesimes"], json!(["2021_2022", "2020_2021"]));
    let whole = &body["statistiques"][0];
    assert_eq!((&whole["millesime"], &whole["dont_apprentis_eple"]), (&json!("2021_2022"), &json!("ensemble")));
    assert_eq!(whole["indicateurs"]["valeur_ajoutee_emploi_6_mois"], -3);
    assert_eq!(whole["indicateurs"]["taux_emploi_6_mois_attendu"], 60);
    assert_eq!(whole["absences"]["taux_emploi_18_mois"], "pas_encore_disponible");
    let before = server.json("/api/v1/etablissements/0350017D?millesime=2021").await;
    assert_eq!(before["statistiques"][0]["indicateurs"]["taux_emploi_18_mois"], 66);
    assert_eq!(server.problem("/api/v1/etablissements/0350002A").await.0, 400, "wrong check letter");
    assert_eq!(server.problem("/api/v1/etablissements/0750001U").await.0, 404);
}
