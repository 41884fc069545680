//! What may be compared, as it is served: trends on either side of the break of 2022, ranks within
//! and beyond chance, reference points. Every expected figure is computed by hand.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::common::{TestServer, config, database, ingest};

const SCHOOLS: [&str; 5] = ["0350017D", "0350018E", "0350019F", "0350020G", "0350021H"];

const NIVEAUX: &str = "\
NIVEAU_FORMATION_DIPLOME;NIVEAU_INTERMINISTERIEL;LIBELLE_COURT;LIBELLE_100
320;3;BTS;BREVET DE TECHNICIEN SUPERIEUR
500;5;CAP;CERTIFICAT D'APTITUDE PROFESSIONNELLE
510;5;BEP;BREVET D'ETUDES PROFESSIONNELLES
";

/// A BTS, twenty CAP, a BEP.
fn diplomes() -> String {
    let mut text = "FORMATION_DIPLOME;NIVEAU_FORMATION_DIPLOME;GROUPE_SPECIALITE;LETTRE_SPECIALITE;LIBELLE_COURT;\
                    LIBELLE_STAT_33;LIBELLE_LONG_200;DATE_OUVERTURE;DATE_FERMETURE;DATE_PREMIERE_SESSION;\
                    DATE_DERNIERE_SESSION\n32020008;320;343;P;BTS;EAU;METIERS DE L'EAU (BTS);;;;\n\
                    51022101;510;221;S;BEP;X;ALIMENTATION (BEP);;;;\n"
        .to_owned();
    for n in 1..=20 {
        writeln!(text, "500221{n:02};500;221;S;CAP;X;METIER {n} (CAP);;;;").unwrap();
    }
    text
}

/// E, P, J6 of a school and its millésime: S = E − P.
fn etablissements() -> String {
    let mut text = "millesime;uai;filiere;cfd;mefstat11;nb_annee_term;nb_poursuite_etudes;nb_sortant;\
                    nb_en_emploi_6_mois\n"
        .to_owned();
    let mut row = |millesime: &str, school: usize, e: i32, p: i32, j: i32| {
        let uai = SCHOOLS[school];
        writeln!(text, "{millesime};{uai};apprentissage;32020008;;{e};{p};{};{j}", e - p).unwrap();
    };
    // Newcombe's own examples: 56/70 − 48/80 lies between 0.0524 and 0.3339, 5/56 − 0/29 between
    // -0.0381 and 0.1926.
    row("2018_2019", 0, 80, 16, 48);
    row("2020_2021", 0, 70, 14, 56);
    row("2021_2022", 0, 100, 20, 40);
    row("2019_2020", 1, 29, 9, 0);
    row("2020_2021", 1, 56, 20, 5);
    // Across 2022 further study rises from 14/70 to 45/100.
    row("2022_2023", 0, 100, 45, 50);
    for (school, j) in [(1, 48), (2, 48), (3, 90), (4, 10)] {
        row("2022_2023", school, 100, 0, j);
    }
    text
}

/// Twenty CAP of a hundred pupils of whom 50 study and 2, 4, … 40 work; a BEP with 50 and 42; a BTS.
fn regions() -> String {
    let mut text = "millesime;code_region;filiere;cfd;mefstat11;nb_annee_term;nb_poursuite_etudes;nb_sortant;\
                    nb_en_emploi_6_mois\n"
        .to_owned();
    let cap = (1..=20).map(|n| (format!("500221{n:02}"), 2 * n));
    for (code, j) in cap.chain([("51022101".to_owned(), 42), ("32020008".to_owned(), 30)]) {
        writeln!(text, "2022_2023;53;apprentissage;{code};;100;50;50;{j}").unwrap();
    }
    // Hidden, so that it counts nowhere.
    text.push_str("2022_2023;11;apprentissage;50022101;;19;2;17;9\n");
    text
}

async fn server() -> TestServer {
    let test = database().await;
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("v_formation_diplome.csv", diplomes()),
        ("n_niveau_formation_diplome.csv", NIVEAUX.to_owned()),
        ("inserjeunes-mesures-etablissement.csv", etablissements()),
        ("inserjeunes-mesures-regional.csv", regions()),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        ingest(&test.db, &path).await;
    }
    exposition::publication::publish(&test.db, &config().publication).await.unwrap();
    TestServer::start(test.db).await
}

/// The answer for a school and millésime, and its row in the CSV of the history of the school.
async fn answered(server: &TestServer, school: usize, millesime: &str) -> (Value, HashMap<String, String>) {
    let uai = SCHOOLS[school];
    let body = server.json(&format!("/api/v1/formations/{uai}/32020008?millesime={millesime}")).await;
    let path = format!("/api/v1/certifications/32020008/historique.csv?uai={uai}");
    let text = server.get(&path).await.text().await.unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut rows = reader.deserialize().map(Result::<HashMap<String, String>, _>::unwrap);
    (body, rows.find(|row| row["millesime"] == millesime).unwrap())
}

fn sentences(body: &Value) -> Vec<&str> {
    body["lecture"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

fn cells<'a>(row: &'a HashMap<String, String>, prefix: &str) -> [&'a str; 4] {
    ["millesime", "ecart", "recouvrement", "net"].map(|what| row[&format!("{prefix}_{what}")].as_str())
}

const EMPLOI: &str = "evolution_part_en_emploi_6_mois";
const POURSUITE: &str = "evolution_part_poursuite_etudes";

#[tokio::test]
async fn a_trend_is_served_net_not_net_overlapping_and_not_at_all_across_the_break() {
    let server = server().await;
    let (net, row) = answered(&server, 0, "2020_2021").await;
    assert_eq!(net["champ_emploi"], "prive");
    assert_eq!(
        net["contexte"]["evolution"]["part_en_emploi_6_mois"],
        json!({"millesime": "2018_2019", "ecart": 20, "recouvrement": false, "net": true})
    );
    assert_eq!(cells(&row, EMPLOI), ["2018_2019", "20", "false", "true"]);
    let rise =
        "En emploi 6 mois après : en hausse, 60 sur 100 parmi les sortants de 2018-2019, 80 parmi ceux de 2020-2021.";
    assert!(sentences(&net).contains(&rise), "{net}");
    assert!(sentences(&net).contains(&"Seul l'emploi dans le privé est compté."), "{net}");

    let (overlapping, row) = answered(&server, 1, "2020_2021").await;
    assert_eq!(
        overlapping["contexte"]["evolution"]["part_en_emploi_6_mois"],
        json!({"millesime": "2019_2020", "ecart": 9, "recouvrement": true, "net": false})
    );
    assert_eq!(cells(&row, EMPLOI), ["2019_2020", "9", "true", "false"]);
    let stable = "En emploi 6 mois après : stable, 0 sur 100 parmi les sortants de 2019-2020, 9 parmi ceux de 2020-2021 \
                  (une année est commune aux deux).";
    assert!(sentences(&overlapping).contains(&stable), "{overlapping}");

    for (millesime, field) in [("2021_2022", "mixte"), ("2022_2023", "prive_et_public")] {
        let (broken, row) = answered(&server, 0, millesime).await;
        assert_eq!((&broken["champ_emploi"], row["champ_emploi"].as_str()), (&json!(field), field));
        assert_eq!(broken["contexte"]["evolution"]["part_en_emploi_6_mois"], json!(null), "{millesime}");
        assert_eq!(broken["contexte"]["absences"][EMPLOI], "rupture_de_serie", "{millesime}");
        assert_eq!(cells(&row, EMPLOI), [""; 4], "{millesime}");
        assert!(row["contexte_absences"].contains("evolution_part_en_emploi_6_mois=rupture_de_serie"), "{row:?}");
        let told = sentences(&broken).join(" ");
        assert!(told.contains("L'emploi ne se compare pas") && !told.contains("En emploi 6 mois après :"), "{told}");
    }
}

#[tokio::test]
async fn further_study_has_a_trend_of_its_own_across_2022() {
    let server = server().await;
    let (body, row) = answered(&server, 0, "2022_2023").await;
    // 45/100 − 14/70: 25 points, far beyond chance.
    assert_eq!(
        body["contexte"]["evolution"]["part_poursuite_etudes"],
        json!({"millesime": "2020_2021", "ecart": 25, "recouvrement": false, "net": true})
    );
    assert_eq!(cells(&row, POURSUITE), ["2020_2021", "25", "false", "true"]);
    let rise =
        "Poursuite d'études : en hausse, 20 sur 100 parmi les sortants de 2020-2021, 45 parmi ceux de 2022-2023.";
    assert!(sentences(&body).contains(&rise), "{body}");
    let (first, _) = answered(&server, 0, "2018_2019").await;
    assert_eq!(first["contexte"]["absences"][POURSUITE], "sans_precedent");
}

#[tokio::test]
async fn a_rank_is_served_with_the_neighbours_beyond_chance() {
    let server = server().await;
    let (body, row) = answered(&server, 0, "2022_2023").await;
    assert_eq!(
        body["contexte"]["rang_region"],
        json!({"rang": 2, "sur": 5, "nettement_mieux": 1, "nettement_moins_bien": 1})
    );
    let columns = ["rang_region", "rang_region_sur", "rang_region_nettement_mieux", "rang_region_nettement_moins_bien"];
    assert_eq!(columns.map(|column| row[column].as_str()), ["2", "5", "1", "1"]);
    let told = sentences(&body).join(" ");
    let neighbours = "Parmi 5 établissements, 1 fait nettement mieux, 1 nettement moins bien, les autres sont proches";
    assert!(told.contains(neighbours) && !told.contains("2e"), "{told}");
    let (alone, row) = answered(&server, 0, "2020_2021").await;
    assert_eq!(alone["contexte"]["absences"]["rang_region"], "trop_peu", "two are too few");
    assert_eq!(row["rang_region"], "");
}

#[tokio::test]
async fn parts_are_served_with_the_limits_of_chance() {
    let server = server().await;
    let (body, row) = answered(&server, 0, "2020_2021").await;
    // Wilson: 56/70 between 0.6918 and 0.8770, 14/70 between 0.1230 and 0.3082, 0/70 up to 0.0520.
    let expected = json!({"part_en_emploi_6_mois": [69, 88], "part_poursuite_etudes": [12, 31],
        "part_autres_situations_6_mois": [0, 5]});
    assert_eq!(body["intervalle_95"], expected);
    assert_eq!(row["intervalle_95_part_en_emploi_6_mois_bas"], "69");
    assert_eq!(row["intervalle_95_part_en_emploi_6_mois_haut"], "88");
    let hidden = server.json("/api/v1/regions/11/certifications/50022101").await;
    assert_eq!(hidden["intervalle_95"]["part_en_emploi_6_mois"], json!(null));
    let contexte = &hidden["contexte"];
    assert_eq!(contexte["absences"][EMPLOI], "sans_effectif");
    assert_eq!((&contexte["reperes"], &contexte["absences"]["reperes"]), (&json!(null), &json!("trop_peu")));
}

/// Of 2, 4, … 40: the quartiles stand at the places 4.75, 9.5 and 14.25 from 0.
fn cap() -> Value {
    json!({"q1": 11.5, "mediane": 21.0, "q3": 30.5, "moyenne": 21.0})
}

#[tokio::test]
async fn reference_points_are_listed_by_territory_and_kind_and_fall_back_to_the_level() {
    let server = server().await;
    let list = "/api/v1/reperes?region=53&maille=regionale&millesime=2022_2023";
    let rows = server.json(list).await["donnees"].as_array().unwrap().clone();
    let of = |kind: &str| rows.iter().find(|row| row["niveau"]["libelle"] == kind).unwrap().clone();
    assert_eq!(rows.len(), 3);
    let found = of("CAP");
    assert_eq!((&found["groupe"], &found["nombre"]), (&json!("type"), &json!(20)));
    assert_eq!(found["part_en_emploi_6_mois"], cap());
    assert_eq!(found["part_poursuite_etudes"], json!({"q1": 50.0, "mediane": 50.0, "q3": 50.0, "moyenne": 50.0}));
    assert_eq!(found["devenir_favorable"], json!({"q1": 61.5, "mediane": 71.0, "q3": 80.5, "moyenne": 71.0}));
    assert_eq!((&found["region"]["code"], &found["absences"]), (&json!("53"), &json!({})));
    let bep = of("BEP");
    assert_eq!((&bep["groupe"], &bep["nombre"]), (&json!("niveau"), &json!(21)), "one BEP, so all of level 3");
    // Of 2, 4, … 42: places 5, 10 and 15.
    assert_eq!(bep["part_en_emploi_6_mois"], json!({"q1": 12.0, "mediane": 22.0, "q3": 32.0, "moyenne": 22.0}));
    let bts = of("BTS");
    assert_eq!((&bts["groupe"], &bts["nombre"]), (&json!(null), &json!(1)));
    assert_eq!(bts["part_en_emploi_6_mois"], json!(null));
    assert_eq!(bts["absences"]["devenir_favorable"], "trop_peu");

    let france = server.json("/api/v1/reperes?region=france&maille=regionale&niveau=3").await;
    assert_eq!(france["donnees"][1]["nombre"], 20, "the hidden one of the other région counts nowhere");
    assert_eq!(france["donnees"][1]["region"], json!(null));
    let page = server.json(&format!("{list}&limite=2")).await;
    let curseur = page["pagination"]["suivant"].as_str().unwrap();
    let rest = server.json(&format!("{list}&limite=2&curseur={curseur}")).await;
    assert_eq!((page["donnees"].as_array().unwrap().len(), &rest["donnees"][0]), (2, &rows[2]));
    let text = server.get("/api/v1/reperes.csv?region=53&maille=regionale").await.text().await.unwrap();
    assert!(text.contains("53,regionale,apprentissage,2022_2023,3,CAP,type,20,11.5,21,30.5,21,50,"), "{text}");
    let (status, problem) = server.problem("/api/v1/reperes?region=99&maille=ville").await;
    assert_eq!((status, problem["errors"].as_array().unwrap().len()), (400, 2));
}

#[tokio::test]
async fn each_statistic_says_in_which_quarter_and_on_which_side_of_the_means_it_stands() {
    let server = server().await;
    // 10, 12, 22, 24 and 32 of a hundred in employment, 50 study: the mean of further study is 50 too.
    for (n, quart, quadrant) in [
        (5, 1, "emploi_bas_poursuite_basse"),
        (6, 2, "emploi_bas_poursuite_basse"),
        (11, 3, "emploi_haut_poursuite_basse"),
        (16, 4, "emploi_haut_poursuite_basse"),
    ] {
        let body = server.json(&format!("/api/v1/regions/53/certifications/500221{n:02}")).await;
        let contexte = &body["contexte"];
        assert_eq!((&contexte["reperes"]["groupe"], &contexte["reperes"]["nombre"]), (&json!("type"), &json!(20)));
        assert_eq!(contexte["reperes"]["part_en_emploi_6_mois"], cap());
        let expected = json!({"part_en_emploi_6_mois": quart, "part_poursuite_etudes": 1, "devenir_favorable": quart});
        assert_eq!((&contexte["quart"], &contexte["quadrant"]), (&expected, &json!(quadrant)), "{n}");
    }
    let text = server.get("/api/v1/regions/53/certifications.csv").await.text().await.unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<HashMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let row = rows.iter().find(|row| row["code_certification"] == "50022116").unwrap();
    let columns = ["repere_groupe", "repere_nombre", "quart_part_en_emploi_6_mois", "quadrant"];
    assert_eq!(columns.map(|column| row[column].as_str()), ["type", "20", "4", "emploi_haut_poursuite_basse"]);
}
