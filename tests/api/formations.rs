//! What is answered about a certification in an établissement, and how the answer is found.

use serde_json::{Value, json};

use super::derived::{ANNUAIRE_ONLY, QUIMPER, RENNES, SAINT_MALO, server};
use crate::common::TestServer;

async fn rows(server: &TestServer, path: &str) -> Vec<Value> {
    server.json(path).await["donnees"].as_array().unwrap().clone()
}

/// The établissements of a list, in its order.
async fn uais(server: &TestServer, path: &str) -> Vec<String> {
    let uai = |row: &Value| row["etablissement"]["uai"].as_str().unwrap().to_owned();
    rows(server, path).await.iter().map(uai).collect()
}

/// The codes of a list, in its order.
async fn codes(server: &TestServer, path: &str) -> Vec<String> {
    let code = |row: &Value| row["certification"]["code"].as_str().unwrap().to_owned();
    rows(server, path).await.iter().map(code).collect()
}

#[tokio::test]
async fn a_formation_is_answered_with_what_is_around_it() {
    let body = server().await.json(&format!("/api/v1/formations/{RENNES}/32099908")).await;
    assert_eq!((&body["maille"], &body["millesime"]), (&json!("etablissement"), &json!("2022_2023")));
    assert_eq!(
        body["etablissement"],
        json!({"uai": RENNES, "nom": "CFA des Embruns (fictif)", "commune": "Rennes",
            "region": {"code": "53", "nom": "Bretagne"}, "academie": {"code": "14", "nom": "Rennes"},
            "distance_km": null})
    );
    // 30 / 100 here, 50 / 200 in the région, 350 / 1000 in France, 14 / 50 a year before, of which half
    // counts another employment; 40 / 100 go on studying, 20 / 50 a year before.
    assert_eq!(body["part_en_emploi"]["6_mois"], 30);
    assert_eq!(
        body["contexte"],
        json!({"region": {"part_en_emploi_6_mois": 25, "ecart": 5}, "france": {"part_en_emploi_6_mois": 35, "ecart": -5},
            "evolution": {"part_en_emploi_6_mois": null, "part_poursuite_etudes":
                {"millesime": "2021_2022", "ecart": 0, "recouvrement": true, "net": false}},
            "rang_region": null, "reperes": null, "quart": null, "quadrant": null,
            "absences": {"evolution_part_en_emploi_6_mois": "rupture_de_serie", "rang_region": "trop_peu",
                "reperes": "trop_peu", "quart": "trop_peu", "quadrant": "trop_peu"}})
    );
    assert_eq!(
        body["roles"],
        json!({"role": "formateur", "lieux_formation": [RENNES, SAINT_MALO], "formateurs": [RENNES],
            "gestionnaires": [RENNES]})
    );
    let lecture: Vec<&str> = body["lecture"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
    assert_eq!(
        lecture[0],
        "Sur 100 apprentis, 30 sont en emploi salarié 6 mois après leur sortie, 40 poursuivent des études, 30 sont dans \
         une autre situation."
    );
    assert!(
        lecture
            .contains(&"En emploi 6 mois après la même formation : 30 sur 100 ici, 25 dans la région, 35 en France.")
    );
}

#[tokio::test]
async fn a_place_of_teaching_shows_the_figures_of_its_trainer_and_says_so() {
    let body = server().await.json(&format!("/api/v1/formations/{}/32099908", SAINT_MALO.to_lowercase())).await;
    assert_eq!(body["part_en_emploi"]["6_mois"], 30);
    let origine = &body["origine"];
    assert_eq!((&origine["type"], &origine["code_certification"]), (&json!("autre_uai"), &json!("32099908")));
    assert_eq!((&origine["uai"], &origine["role_uai"]), (&json!(RENNES), &json!("formateur")));
    assert_eq!(body["roles"]["role"], "lieu_formation");
    let last = body["lecture"].as_array().unwrap().last().unwrap();
    assert_eq!(last, "Ces chiffres sont ceux de l'organisme formateur 0350017D, tous lieux de formation réunis.");
}

#[tokio::test]
async fn what_is_measured_here_names_its_own_role_and_another_maille_has_none() {
    let server = server().await;
    let lycee = server.json(&format!("/api/v1/formations/{QUIMPER}/24730099911")).await;
    assert_eq!(
        (&lycee["origine"]["type"], &lycee["origine"]["uai"], &lycee["origine"]["role_uai"]),
        (&json!("propre"), &json!(QUIMPER), &json!("lieu_formation"))
    );
    assert_eq!(lycee["etablissement"]["nom"], json!(null), "no directory and no file names it");
    assert_eq!(lycee["etablissement"]["region"]["code"], "53");
    let region = server.json("/api/v1/regions/53/certifications/32099908").await;
    for key in ["etablissement", "roles"] {
        assert_eq!(region[key], json!(null), "{key}");
    }
    let contexte = &region["contexte"];
    assert_eq!(
        (&contexte["region"], &contexte["rang_region"]),
        (&json!(null), &json!(null)),
        "they make no sense here"
    );
    assert_eq!(contexte["france"], json!({"part_en_emploi_6_mois": 35, "ecart": -10}));
    assert_eq!(region["origine"]["role_uai"], json!(null));
}

#[tokio::test]
async fn an_earlier_year_is_answered_by_the_last_one() {
    let server = server().await;
    let body = server.json(&format!("/api/v1/formations/{QUIMPER}/24720099911")).await;
    assert_eq!(body["certification"]["code"], "24720099911");
    assert_eq!(body["part_en_emploi"]["6_mois"], 20, "8 / 40, those of the last year");
    assert_eq!(body["origine"]["type"], "annee_terminale");
    assert_eq!(body["origine"]["code_certification"], "24730099911");
    assert_eq!((&body["annees_terminales"], &body["specialites"]), (&json!(["24730099911"]), &json!([])));
    let last = body["lecture"].as_array().unwrap().last().unwrap();
    assert_eq!(last, "Ces chiffres sont ceux de la dernière année de la formation.");
    let before = server.json(&format!("/api/v1/formations/{QUIMPER}/24720099911?millesime=2021_2022")).await;
    assert_eq!(before["part_en_emploi"]["6_mois"], 30, "15 / 50, inherited by the last year");
    assert_eq!(before["origine"]["code_certification"], "24730099901", "whose figures they are");
}

#[tokio::test]
async fn a_common_year_is_answered_with_each_specialty_the_hidden_one_included() {
    let body = server().await.json(&format!("/api/v1/formations/{QUIMPER}/24710099903")).await;
    assert_eq!(body["part_en_emploi"]["6_mois"], json!(null));
    assert_eq!((&body["origine"]["type"], &body["origine"]["source"]), (&json!("annee_terminale"), &json!(null)));
    assert_eq!(body["annees_terminales"], json!(["24730099911", "24730099912"]));
    let of = |key: &str| {
        let specialites = body["specialites"].as_array().unwrap();
        specialites.iter().map(|s| s["part_en_emploi"][key].clone()).collect::<Vec<_>>()
    };
    assert_eq!(of("6_mois"), [json!(20), json!(null)]);
    assert_eq!(body["specialites"][0]["certification"]["libelle"], "ENGINS (BAC PRO)");
    assert_eq!(body["specialites"][0]["etablissement"]["uai"], QUIMPER);
    assert_eq!(body["specialites"][1]["absences"]["part_en_emploi_6_mois"], "sous_seuil");
    assert!(body["lecture"][0].as_str().unwrap().contains("commune à plusieurs formations"));
}

#[tokio::test]
async fn the_history_of_a_renovated_diploma_says_where_each_year_comes_from() {
    let server = server().await;
    let of = async |code: &str| {
        let rows = rows(&server, &format!("/api/v1/certifications/{code}/historique?uai={QUIMPER}")).await;
        let told = |row: &Value| {
            let origine = &row["origine"];
            format!("{} {} {}", row["millesime"], origine["type"], origine["code_certification"]).replace('"', "")
        };
        rows.iter().map(told).collect::<Vec<_>>()
    };
    assert_eq!(of("24730099911").await, ["2021_2022 diplome_ancien 24730099901", "2022_2023 propre 24730099911"]);
    assert_eq!(of("24730099901").await, ["2021_2022 propre 24730099901", "2022_2023 diplome_nouveau 24730099911"]);
    assert_eq!(
        of("24720099911").await,
        ["2021_2022 annee_terminale 24730099901", "2022_2023 annee_terminale 24730099911"]
    );
}

#[tokio::test]
async fn a_missing_statistic_says_which_half_of_the_pair_is_unknown_or_where_there_is_one() {
    let server = server().await;
    for (path, code, word) in [
        (format!("{RENNES}/99999999"), "ressource_inconnue", "99999999"),
        ("0750001U/32099908".to_owned(), "ressource_inconnue", "0750001U"),
        (
            format!("{ANNUAIRE_ONLY}/32099908"),
            "statistique_absente",
            "France 2023 (apprentissage), région 53 2022_2023",
        ),
        (format!("{RENNES}/40099912"), "statistique_absente", "aucune statistique"),
        (format!("{RENNES}/24120099921"), "statistique_absente", "région 53 2022_2023 (pro)"),
        (format!("{RENNES}/32099908?millesime=2019"), "statistique_absente", "2022_2023"),
    ] {
        let (status, problem) = server.problem(&format!("/api/v1/formations/{path}")).await;
        assert_eq!((status, &problem["code"]), (404, &json!(code)), "{path}");
        assert!(problem["detail"].as_str().unwrap().contains(word), "{path}: {problem}");
    }
    let (status, problem) = server.problem("/api/v1/formations/0350017X/bad").await;
    assert_eq!((status, problem["errors"].as_array().unwrap().len()), (400, 2));
}

#[tokio::test]
async fn the_list_of_formations_goes_by_uai_and_code_without_pointing_entries() {
    let server = server().await;
    let whole = uais(&server, "/api/v1/formations").await;
    assert_eq!(whole, [QUIMPER, QUIMPER, QUIMPER, QUIMPER, RENNES, SAINT_MALO]);
    let expected = ["24120099921", "24730099901", "24730099911", "24730099912"];
    assert_eq!(codes(&server, &format!("/api/v1/etablissements/{QUIMPER}/formations")).await, expected);
    assert_eq!(codes(&server, "/api/v1/formations?filiere=pro").await, expected);
    let (mut next, mut walked) = ("/api/v1/formations?limite=1".to_owned(), Vec::new());
    loop {
        let body = server.json(&next).await;
        walked.push(body["donnees"][0]["etablissement"]["uai"].as_str().unwrap().to_owned());
        let Some(curseur) = body["pagination"]["suivant"].as_str() else { break };
        next = format!("/api/v1/formations?limite=1&curseur={curseur}");
    }
    assert_eq!(walked, whole);
    assert_eq!(server.json("/api/v1/formations?total=true&limite=1").await["pagination"]["total"], 6);
}

#[tokio::test]
async fn formations_are_filtered_by_place_code_label_and_figure() {
    let server = server().await;
    let count = async |query: &str| rows(&server, &format!("/api/v1/formations?{query}")).await.len();
    for (query, expected) in [
        ("region=53", 6),
        ("region=29000", 6),
        ("region=11", 0),
        ("departement=29", 4),
        ("academie=14&filiere=apprentissage", 2),
        ("code=32099908", 2),
        ("uai=0350018e", 1),
        ("q=engins", 2),
        ("niveau=3", 1),
        ("millesime=2021_2022", 4),
        ("part_en_emploi_6_mois[gte]=30", 3),
        ("code=32099908&part_en_emploi_6_mois[lt]=30", 0),
    ] {
        assert_eq!(count(query).await, expected, "{query}");
    }
    let by_figure = codes(&server, "/api/v1/formations?departement=29&tri=-part_en_emploi_6_mois").await;
    assert_eq!(by_figure, ["24120099921", "24730099901", "24730099911", "24730099912"], "40, 20, 20, hidden");
    let up = codes(&server, &format!("/api/v1/etablissements/{QUIMPER}/formations?tri=-code")).await;
    assert_eq!(up, ["24730099912", "24730099911", "24730099901", "24120099921"]);
}

#[tokio::test]
async fn a_sort_that_would_read_everything_is_refused_with_what_to_add() {
    let server = server().await;
    let (status, problem) = server.problem("/api/v1/formations?tri=part_en_emploi_6_mois").await;
    assert_eq!((status, &problem["errors"][0]["parametre"]), (400, &json!("tri")));
    assert!(problem["detail"].as_str().unwrap().contains("region"), "{problem}");
}

#[tokio::test]
async fn around_a_point_the_nearest_comes_first_and_the_radius_holds() {
    let server = server().await;
    let list = "/api/v1/certifications/32099908/etablissements";
    assert_eq!(uais(&server, list).await, [RENNES, SAINT_MALO]);
    // From Saint-Malo to Rennes: 0.533° of latitude are 59.3 km, 0.348° of longitude there 25.7 km.
    let near = format!("{list}?proche=48.65,-2.026&rayon_km=70");
    assert_eq!(uais(&server, &near).await, [SAINT_MALO, RENNES]);
    let distances: Vec<Value> =
        rows(&server, &near).await.iter().map(|row| row["etablissement"]["distance_km"].clone()).collect();
    assert_eq!(distances, [json!(0.0), json!(64.6)]);
    assert_eq!(uais(&server, &format!("{list}?proche=48.65,-2.026&rayon_km=64")).await, [SAINT_MALO]);
    let first = server.json(&format!("{near}&limite=1")).await;
    let curseur = first["pagination"]["suivant"].as_str().unwrap();
    assert_eq!(uais(&server, &format!("{near}&limite=1&curseur={curseur}")).await, [RENNES]);
    assert_eq!(uais(&server, &format!("{near}&tri=uai")).await, [RENNES, SAINT_MALO]);
    assert_eq!(server.json(&format!("{near}&total=true")).await["pagination"]["total"], 2);
}

#[tokio::test]
async fn a_point_or_radius_that_is_none_is_refused() {
    let server = server().await;
    for (query, parameter) in [
        ("proche=48.65", "proche"),
        ("proche=148.65,2", "proche"),
        ("proche=48.65,-2.026&rayon_km=0", "rayon_km"),
        ("rayon_km=10", "rayon_km"),
        ("tri=distance", "tri"),
        ("proche=48.65,-2.026&tri=-distance", "tri"),
    ] {
        let (status, problem) = server.problem(&format!("/api/v1/formations?{query}")).await;
        assert_eq!((status, &problem["errors"][0]["parametre"]), (400, &json!(parameter)), "{query}");
    }
}

#[tokio::test]
async fn an_etablissement_is_found_by_distance_and_described_by_its_directory() {
    let server = server().await;
    let found = rows(&server, "/api/v1/etablissements?proche=48.63,-2.06&rayon_km=10").await;
    assert_eq!(found.len(), 1, "the one in a directory only has no figure to show");
    assert_eq!((&found[0]["uai"], &found[0]["distance_km"]), (&json!(SAINT_MALO), &json!(3.3)));
    let body = server.json(&format!("/api/v1/etablissements/{RENNES}")).await;
    assert_eq!(body["adresse"], "1 rue de la Criée");
    assert_eq!((&body["code_postal"], &body["commune"]), (&json!("35000"), &json!("Rennes")));
    assert_eq!(body["position"], json!({"latitude": 48.117, "longitude": -1.678}));
    assert_eq!((&body["secteur"], &body["origine_lieu"]), (&json!("prive"), &json!("annuaire")));
    assert_eq!(body["site_web"], "http://embruns.example");
    let quimper = server.json(&format!("/api/v1/etablissements/{QUIMPER}")).await;
    assert_eq!((&quimper["dans_annuaire"], &quimper["origine_lieu"]), (&json!(false), &json!("uai")));
    assert_eq!(quimper["departement"]["code"], "29");
}

#[tokio::test]
async fn an_etablissement_without_any_figure_is_known_all_the_same() {
    let server = server().await;
    let body = server.json(&format!("/api/v1/etablissements/{ANNUAIRE_ONLY}")).await;
    assert_eq!((&body["nom"], &body["statistiques"]), (&json!("Lycée des Dunes (fictif)"), &json!([])));
    let formations = server.json(&format!("/api/v1/etablissements/{ANNUAIRE_ONLY}/formations")).await;
    assert_eq!(formations["donnees"], json!([]));
    for path in ["etablissements/0750001U", "etablissements/0750001U/formations"] {
        let (status, problem) = server.problem(&format!("/api/v1/{path}")).await;
        assert_eq!((status, &problem["code"]), (404, &json!("ressource_inconnue")), "{path}");
    }
}

#[tokio::test]
async fn any_code_finds_all_the_codes_of_its_training() {
    let server = server().await;
    let old = json!({"cfd": "40099901", "libelle": "ENGINS A VAPEUR (BAC PRO)", "formation_fermee": true,
        "mefstat11": [{"code": "24730099901", "annee": 3, "formation_fermee": false}]});
    let diplome = json!({"cfd": "40099911", "libelle": "ENGINS (BAC PRO)", "formation_fermee": false,
        "mefstat11": [{"code": "24720099911", "annee": 2, "formation_fermee": false},
            {"code": "24730099911", "annee": 3, "formation_fermee": false}]});
    let famille = json!({"code": "G9902", "libelle": "Métiers des machines", "annees_communes": ["24710099903", "40099903"],
        "certifications": 9});
    let body = server.json("/api/v1/correspondances/24720099911").await;
    assert_eq!((&body["type"], &body["diplome"]), (&json!("mef11"), &diplome));
    assert_eq!((&body["anciens"], &body["nouveaux"]), (&json!([old]), &json!([])));
    assert_eq!((&body["famille_metier"], &body["annees_terminales"]), (&famille, &json!(["24730099911"])));
    let by_cfd = server.json("/api/v1/correspondances/40099901").await;
    assert_eq!((&by_cfd["diplome"], &by_cfd["nouveaux"]), (&old, &json!([diplome])));
    let sise = server.json("/api/v1/correspondances/SISE:0000001").await;
    assert_eq!((&sise["diplome"], &sise["famille_metier"]), (&json!(null), &json!(null)));
    assert_eq!(server.problem("/api/v1/correspondances/99999999").await.0, 404);
}

#[tokio::test]
async fn familles_de_metiers_are_listed_and_filter_certifications() {
    let server = server().await;
    let familles = rows(&server, "/api/v1/referentiels/familles-metiers").await;
    assert_eq!((familles.len(), &familles[0]["code"]), (1, &json!("G9902")));
    let found = rows(&server, "/api/v1/certifications?famille_metier=g9902").await;
    // Four diplomas, the old one through its chain, and their five years.
    assert_eq!(found.len(), 9);
    let commune = server.json("/api/v1/certifications/24710099903").await;
    assert_eq!(
        commune["famille_metier"],
        json!({"code": "G9902", "libelle": "Métiers des machines", "annee_commune": true})
    );
    assert_eq!(server.json("/api/v1/certifications/50099921").await["famille_metier"], json!(null));
    assert_eq!(server.problem("/api/v1/certifications?famille_metier=G-1").await.0, 400);
}

#[tokio::test]
async fn the_csv_twin_of_formations_has_a_flat_column_for_everything() {
    let text = server().await.get("/api/v1/formations.csv").await.text().await.unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 6);
    let cell = |row: &[&str], name: &str| row[header.iter().position(|column| *column == name).unwrap()].to_owned();
    let last = rows.last().unwrap();
    for (column, expected) in [
        ("uai", SAINT_MALO),
        ("commune", "Saint-Malo"),
        ("part_en_emploi_6_mois", "30"),
        ("contexte_region", "25"),
        ("champ_emploi", "prive_et_public"),
        ("evolution_part_en_emploi_6_mois_ecart", ""),
        ("evolution_part_poursuite_etudes_millesime", "2021_2022"),
        ("evolution_part_poursuite_etudes_recouvrement", "true"),
        ("evolution_part_poursuite_etudes_net", "false"),
        ("role_uai", "lieu_formation"),
        ("origine", "autre_uai"),
        ("origine_uai", RENNES),
    ] {
        assert_eq!(cell(last, column), expected, "{column}");
    }
}
