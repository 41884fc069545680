//! Batches: what single lookups say, of many at once.

use exposition::db::access::NewApiKey;
use exposition::domain::access::{AccessScope, KeyText};
use exposition::http::access::random_bytes;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row as _;

use super::derived::{self, QUIMPER, RENNES};
use super::world;
use crate::common::statements::StatementCounter;
use crate::common::{TestDb, TestServer, sample_database};

const FORMATIONS: &str = "/api/v1/formations/lot";
const REGIONS: &str = "/api/v1/regions/lot";

async fn post(server: &TestServer, path: &str, body: &Value) -> reqwest::Response {
    server.request(Method::POST, path).json(body).send().await.unwrap()
}

/// The answer to a batch, which must be a good one.
async fn lot(server: &TestServer, path: &str, body: &Value) -> Value {
    let response = post(server, path, body).await;
    let (status, text) = (response.status(), response.text().await.unwrap());
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

fn statuts(answer: &Value) -> Vec<&str> {
    answer["donnees"].as_array().unwrap().iter().map(|element| element["statut"].as_str().unwrap()).collect()
}

/// Every pair of a place of so many characters and a code, with a millésime, of the database.
async fn stored(test: &TestDb, length: i32) -> Vec<(String, String, String)> {
    let rows = "SELECT lieu, code_certification, min(millesime) FROM statistiques
                WHERE length(lieu) = $1 GROUP BY 1, 2 ORDER BY md5(lieu || code_certification)";
    let rows = sqlx::query(rows).bind(length).fetch_all(&mut test.connection().await).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

fn written(code: &str) -> String {
    if code.len() == 7 { format!("SISE:{code}") } else { code.to_owned() }
}

/// What is asked of a pair, in turn: nothing more, a millésime that there is, one that there is in
/// another form, one that there is not, a filière.
fn questions(number: usize, millesime: &str) -> Vec<(&'static str, String)> {
    let last = millesime.rsplit('_').next().unwrap();
    let other =
        if millesime.contains('_') { last.to_owned() } else { format!("{}_{last}", last.parse::<u16>().unwrap() - 1) };
    match number % 6 {
        0 => vec![("millesime", millesime.to_owned())],
        1 => vec![("millesime", other)],
        2 => vec![("millesime", "1995".to_owned())],
        3 => vec![("filiere", "apprentissage".to_owned())],
        _ => Vec::new(),
    }
}

/// What an element of a batch must be when the single address answers this.
fn agrees(single: u16, body: &Value, element: &Value) -> bool {
    let statut = element["statut"].as_str().unwrap();
    match single {
        200 => ["trouvee", "autre_millesime", "masquee"].contains(&statut) && element["statistique"] == *body,
        404 if body["code"] == "statistique_absente" => statut == "sans_statistique",
        404 => {
            let detail = element["detail"] == body["detail"];
            detail && ["code_inconnu", "uai_inconnu"].contains(&statut) && element["statistique"].is_null()
        }
        _ => false,
    }
}

/// Asks for every pair of the sample at places of one kind, and for some that are not there, in a batch
/// and one by one.
async fn compare(length: i32, field: &str, path: &str, single: impl Fn(&str, &str) -> String, wrong_places: &[&str]) {
    let test = sample_database().await;
    let server = TestServer::start(test.db.clone()).await;
    let mut pairs = stored(&test, length).await;
    pairs.truncate(700);
    let known = pairs.clone();
    let crossed = known.iter().zip(known.iter().skip(1)).step_by(5);
    pairs.extend(crossed.map(|((lieu, ..), (_, code, millesime))| (lieu.clone(), code.clone(), millesime.clone())));
    pairs.extend(known.iter().step_by(50).map(|(lieu, _, year)| (lieu.clone(), "00000000".to_owned(), year.clone())));
    let strange = wrong_places.iter().map(|lieu| ((*lieu).to_owned(), known[0].1.clone(), known[0].2.clone()));
    pairs.extend(strange);
    assert!(pairs.len() > 300, "{} pairs", pairs.len());
    let mut elements = Vec::new();
    let mut addresses = Vec::new();
    for (number, (lieu, code, millesime)) in pairs.iter().enumerate() {
        let (code, questions) = (written(code), questions(number, millesime));
        let mut element = json!({field: lieu, "code": code});
        for (name, value) in &questions {
            element[*name] = json!(value);
        }
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&questions).finish();
        addresses.push(format!("{}?{query}", single(lieu, &code)));
        elements.push(element);
    }
    let answer = lot(&server, path, &json!(elements)).await;
    let found = answer["donnees"].as_array().unwrap();
    assert_eq!(found.len(), elements.len());
    for (number, (address, element)) in addresses.iter().zip(found).enumerate() {
        let response = server.get(address).await;
        let (status, body): (_, Value) = (response.status().as_u16(), response.json().await.unwrap());
        assert_eq!(element["indice"], number);
        assert!(agrees(status, &body, element), "{address}: {status} {body}\n{element}");
    }
    let mut seen = statuts(&answer);
    seen.sort_unstable();
    seen.dedup();
    assert!(seen.len() >= 5, "only {seen:?} were met");
    let counted: u64 = answer["statuts"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(usize::try_from(counted).unwrap(), elements.len());
}

#[tokio::test]
async fn an_element_of_a_batch_of_formations_is_what_the_single_address_says() {
    let single = |uai: &str, code: &str| format!("/api/v1/formations/{uai}/{code}");
    compare(8, "uai", FORMATIONS, single, &["0350999W"]).await;
}

#[tokio::test]
async fn an_element_of_a_batch_of_regions_is_what_the_single_address_says() {
    let single = |region: &str, code: &str| format!("/api/v1/regions/{region}/certifications/{code}");
    compare(2, "region", REGIONS, single, &[]).await;
}

#[tokio::test]
async fn each_element_has_its_status_in_its_place() {
    let server = world::server().await;
    let asked = json!([
        {"region": "53", "code": "32020008", "millesime": "2019_2020"},
        {"region": "53", "code": "32020008"},
        {"region": "11", "code": "32020008", "millesime": "2021"},
        {"region": "11", "code": "32020008", "millesime": "1999"},
        {"region": "11", "code": "50022137"},
        {"region": "11", "code": "00000000"},
        {"region": "99", "code": "32020008"},
        {"region": 11, "code": "32020008", "milesime": "2021"},
        [],
    ]);
    let answer = lot(&server, REGIONS, &asked).await;
    let expected = [
        "trouvee",
        "masquee",
        "autre_millesime",
        "sans_statistique",
        "sans_statistique",
        "code_inconnu",
        "region_inconnue",
        "invalide",
        "invalide",
    ];
    assert_eq!(statuts(&answer), expected);
    let of = |number: usize| &answer["donnees"][number];
    // 20 / 60, rounded half to even.
    assert_eq!(of(0)["statistique"]["part_en_emploi"]["6_mois"], 33);
    assert_eq!((&of(0)["detail"], &of(0)["erreurs"]), (&json!(null), &json!([])));
    assert_eq!(of(1)["statistique"]["part_en_emploi"]["6_mois"], json!(null), "19 pupils");
    assert_eq!(of(1)["statistique"]["absences"]["part_en_emploi_6_mois"], "sous_seuil");
    assert_eq!(of(2)["statistique"]["millesime"], "2020_2021");
    assert!(of(3)["detail"].as_str().unwrap().contains("2020_2021 (apprentissage), 2019_2020 (apprentissage)"));
    assert!(of(4)["detail"].as_str().unwrap().contains("/api/v1/regions/11/certifications/50022137"));
    let named = |number: usize| {
        let errors = of(number)["erreurs"].as_array().unwrap().iter();
        errors.map(|error| error["parametre"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((named(6), named(7), named(8)), (vec!["region"], vec!["region", "milesime"], vec!["element"]));
    assert_eq!(answer["statuts"]["sans_statistique"], 2);
    assert_eq!(answer["publication"], "1.0.0");
}

#[tokio::test]
async fn years_that_lead_to_other_years_are_told_as_a_single_address_tells_them() {
    let server = derived::server().await;
    let asked = ["24720099911", "24710099903", "24730099911"].map(|code| json!({"uai": QUIMPER, "code": code}));
    let answer = lot(&server, FORMATIONS, &json!(asked)).await;
    assert_eq!(statuts(&answer), ["trouvee"; 3]);
    let earlier = &answer["donnees"][0]["statistique"];
    assert_eq!(
        (&earlier["origine"]["type"], &earlier["part_en_emploi"]["6_mois"]),
        (&json!("annee_terminale"), &json!(20))
    );
    let specialites = answer["donnees"][1]["statistique"]["specialites"].as_array().unwrap();
    assert_eq!(specialites.len(), 2, "the common year of two courses, of which one is shown");
    let unknown = lot(&server, FORMATIONS, &json!([{"uai": "0350999W", "code": "24730099911"}])).await;
    assert_eq!(statuts(&unknown), ["uai_inconnu"]);
    assert_eq!(statuts(&lot(&server, FORMATIONS, &json!([{"uai": RENNES, "code": "1"}])).await), ["invalide"]);
}

#[tokio::test]
async fn lines_are_answered_by_lines() {
    let server = world::server().await;
    let body = "{\"region\":\"53\",\"code\":\"32020008\"}\n\n3\n{\"region\":\"11\",\"code\":\"32020008\"}\n";
    let send = async |accept: &str| {
        let request = server.request(Method::POST, &format!("{REGIONS}?champs=millesime"));
        let request = request.header("content-type", "application/x-ndjson").header("accept", accept);
        request.body(body).send().await.unwrap()
    };
    let response = send("*/*").await;
    assert_eq!(response.headers()["content-type"], "application/x-ndjson");
    assert_eq!(
        (&response.headers()["publication"], &response.headers()["cache-control"]),
        (&"1.0.0".parse().unwrap(), &"no-store".parse().unwrap())
    );
    let text = response.text().await.unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> =
        lines.iter().map(|line| (line["indice"].as_u64().unwrap(), line["statut"].as_str().unwrap())).collect();
    assert_eq!(told, [(0, "masquee"), (1, "invalide"), (2, "trouvee")]);
    assert_eq!(lines[2]["statistique"], json!({"millesime": "2020_2021"}), "champs keeps what it names");
    let json: Value = send("application/json").await.json().await.unwrap();
    assert_eq!(json["donnees"], json!(lines));
}

#[tokio::test]
async fn a_thousand_elements_need_three_statements_at_most_and_one_where_all_are_found() {
    let test = sample_database().await;
    let server = TestServer::start(test.db.clone()).await;
    let pairs = stored(&test, 8).await;
    let elements: Vec<Value> =
        pairs.iter().cycle().take(1000).map(|(uai, code, _)| json!({"uai": uai, "code": written(code)})).collect();
    let unknown = json!({"uai": pairs[0].0, "code": "00000000"});
    // The reference points of a publication are read once.
    lot(&server, FORMATIONS, &json!([unknown])).await;
    let counter = StatementCounter::start();
    let answer = lot(&server, FORMATIONS, &json!(elements)).await;
    assert_eq!(answer["donnees"].as_array().unwrap().len(), 1000);
    let pointing = answer["donnees"].as_array().unwrap().iter();
    let pointing = pointing.filter(|element| element["statistique"]["origine"]["type"] == "annee_terminale").count();
    assert!(pointing > 0, "some lead to terminal years");
    let said = counter.take();
    assert_eq!(said.len(), 2, "{said:#?}");
    let mixed: Vec<Value> = elements.iter().take(999).cloned().chain([unknown]).collect();
    assert_eq!(statuts(&lot(&server, FORMATIONS, &json!(mixed)).await).last(), Some(&"code_inconnu"));
    let said = counter.take();
    assert_eq!(said.len(), 3, "{said:#?}");
    let own: Vec<Value> = elements
        .iter()
        .zip(answer["donnees"].as_array().unwrap())
        .filter(|(_, answer)| answer["statistique"]["origine"]["type"] != "annee_terminale")
        .map(|(element, _)| element.clone())
        .collect();
    lot(&server, FORMATIONS, &json!(own)).await;
    let said = counter.take();
    assert_eq!(said.len(), 1, "{said:#?}");
    lot(&server, FORMATIONS, &json!([1, 2, 3])).await;
    assert_eq!(counter.take(), [""; 0], "there is nothing to ask");
}

/// A key that opens these contracts.
async fn key(test: &TestDb, droits: &[AccessScope]) -> String {
    let shown = KeyText::from_bytes(random_bytes().unwrap());
    let empreinte = shown.hash();
    let key =
        NewApiKey { empreinte: &empreinte, nom: "plateforme", contact: None, droits, quota: None, expire_le: None };
    test.db.create_key(key).await.unwrap();
    shown.expose().to_owned()
}

#[tokio::test]
async fn a_key_raises_a_thousand_elements_to_ten_thousand() {
    let test = world::published().await;
    let server = TestServer::start(test.db.clone()).await;
    let (good, other) = (key(&test, &[AccessScope::V1]).await, key(&test, &[AccessScope::Legacy]).await);
    let many = |count: usize| json!(vec![json!({"region": "11", "code": "32020008"}); count]);
    let send = async |count: usize, header: &str, value: &str| {
        server.request(Method::POST, REGIONS).header(header, value).json(&many(count)).send().await.unwrap()
    };
    assert_eq!(post(&server, REGIONS, &many(1000)).await.status(), 200);
    let refused = post(&server, REGIONS, &many(1001)).await;
    assert_eq!(refused.status(), 413);
    let detail = refused.json::<Value>().await.unwrap()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("1001 éléments, 1000 au plus") && detail.contains("10000"), "{detail}");
    let counter = StatementCounter::start();
    let answer: Value = send(10_000, "x-api-key", &good).await.json().await.unwrap();
    assert_eq!(
        (&answer["statuts"], answer["donnees"].as_array().unwrap().len()),
        (&json!({"trouvee": 10_000}), 10_000)
    );
    // One for each thousand; the key, its use and the reference points are asked for once.
    let said = counter.take();
    assert!((10..=13).contains(&said.len()), "{said:#?}");
    assert_eq!(send(10_001, "authorization", &format!("Bearer {good}")).await.status(), 413);
    for wrong in [other.as_str(), "inconnue"] {
        let refused = send(1, "x-api-key", wrong).await;
        assert_eq!(refused.status(), 401);
        assert_eq!(refused.json::<Value>().await.unwrap()["code"], "cle_refusee");
    }
}

#[tokio::test]
async fn the_documented_body_of_every_batch_is_answered_and_fits_what_is_documented() {
    let server = TestServer::sample().await;
    let document: Value = serde_json::from_str(&exposition::http::openapi::json()).unwrap();
    let mut batches = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let body = &item["post"]["requestBody"]["content"]["application/json"];
        if body.is_null() {
            continue;
        }
        batches += 1;
        let answer = lot(&server, path, &body["example"]).await;
        assert_eq!(statuts(&answer), ["trouvee"], "{path}");
        let place = body["schema"]["items"]["$ref"].as_str().unwrap().trim_start_matches('#');
        let element = document.pointer(place).unwrap();
        // What is documented is what is read: each field is taken, another is refused with their names.
        let fields: Vec<&String> = element["properties"].as_object().unwrap().keys().collect();
        let answer = lot(&server, path, &json!([{"inconnu": 1}])).await;
        let errors = answer["donnees"][0]["erreurs"].as_array().unwrap();
        let allowed = errors.iter().find(|error| error["parametre"] == "inconnu").unwrap()["detail"].as_str().unwrap();
        let mut allowed: Vec<&str> = allowed.split_once(" : ").unwrap().1.split(", ").collect();
        allowed.sort_unstable();
        assert_eq!(allowed, fields, "{path}");
        let missing: Vec<&Value> =
            errors.iter().filter(|error| error["detail"] == "obligatoire").map(|error| &error["parametre"]).collect();
        assert_eq!(json!(missing), element["required"], "{path}");
    }
    assert_eq!(batches, 2);
}
