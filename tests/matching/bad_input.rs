//! What cannot be read rightly is refused with a message, and nothing of what was sent stays.

use std::process::Command;

use exposition::db::access::NewApiKey;
use exposition::domain::access::{AccessScope, KeyText};
use exposition::offers::{Format, published};
use sqlx::{AssertSqlSafe, Row as _};

use super::super::common::{self, PROGRAM, TestServer};
use super::{platform, verdicts};

async fn problem(server: &TestServer, query: &str, kind: &str, body: Vec<u8>) -> (u16, String) {
    let address = format!("/api/v1/appariements{query}");
    let request = server.request(reqwest::Method::POST, &address).header("content-type", kind).body(body);
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body: serde_json::Value = response.json().await.unwrap();
    (status, body["detail"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn each_fault_of_a_catalogue_has_its_message() {
    let server = TestServer::sample().await;
    let row = |row: u32| format!("{row};0750001U;40025214{}\n", if row % 100 == 50 { ";trop" } else { "" });
    let broken: String = std::iter::once("id;uai;cfd\n".to_owned()).chain((0..200).map(row)).collect();
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain("uai;cfd\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let long = ["uai;cfd\n0750001U;".as_bytes(), &vec![b'4'; 2 << 20]].concat();
    for (query, kind, body, status, words) in [
        ("", "text/csv", b"a;b\n1;2\n".to_vec(), 422, "aucune colonne de code n'est reconnue parmi : a, b"),
        ("", "text/csv", b"uai;cfd;CODECFD\n1;2;3\n".to_vec(), 422, "\u{ab} cfd \u{bb} et \u{ab} CODECFD \u{bb}"),
        (
            "?profil=affelnet",
            "text/csv",
            platform().into_bytes(),
            422,
            "le profil \u{ab} affelnet \u{bb} attend ID_ETAB",
        ),
        ("?colonne=uai=X", "text/csv", platform().into_bytes(), 422, "\u{ab} X \u{bb}"),
        ("", "text/csv", broken.into_bytes(), 422, "2 lignes sur 200"),
        ("", "text/csv", long, 422, "ligne 2 d\u{e9}passe 1048576 octets"),
        ("", "text/csv", utf16, 422, "UTF-16"),
        ("", "text/csv", b"".to_vec(), 422, "vide"),
        ("", "text/csv", b"uai;cfd\n0750001U;\x0040025214\n".to_vec(), 422, "octet 0x00, ligne 2"),
        ("", "text/csv", b"uai;cfd\r0750001U;40025214\r0750001U;40025215\r".to_vec(), 422, "CR seul"),
        (
            "",
            "text/csv",
            b"uai;libelle;cfd\n1;\xC3\xA9t\xE9\x81;2\n".to_vec(),
            422,
            "codage illisible \u{e0} la ligne 2",
        ),
        ("", "text/csv", b"uai;cfd;uai\n1;2;3\n".to_vec(), 422, "deux fois dans l'en-t\u{ea}te (1e et 3e)"),
        ("", "text/csv", b"uai;cfd\n1;2;3\n4;5;6\n7;8;9\n".to_vec(), 422, "2 noms dans l'en-t\u{ea}te, 3 champs"),
        ("", "text/csv", b"uai;cfd\n".to_vec(), 422, "n'a pas de ligne d'offre"),
        ("", "text/csv", b"uai;cfd\n\"0750001U;2\n3;4\n".to_vec(), 422, "guillemet"),
        (
            "",
            "application/x-ndjson",
            b"{\"uai\": 1, \"cfd\": 2}\n[1]\n".to_vec(),
            422,
            "ligne 2 : ce n'est pas un objet",
        ),
        ("", "application/x-ndjson", b"{\"uai\": \n".to_vec(), 422, "ligne 1 : ce n'est pas du JSON"),
        ("", "application/pdf", b"%PDF".to_vec(), 415, "text/csv"),
        ("?couleur=bleu", "text/csv", b"uai;cfd\n1;2\n".to_vec(), 400, "couleur"),
        ("?profil=facebook", "text/csv", b"uai;cfd\n1;2\n".to_vec(), 400, "parcoursup"),
    ] {
        let (found, detail) = problem(&server, query, kind, body).await;
        assert_eq!(found, status, "{words}: {detail}");
        assert!(detail.contains(words), "{words:?} is not in {detail:?}");
    }
}

#[tokio::test]
async fn another_encoding_is_read_and_says_the_same() {
    let database = common::sample_database().await;
    let publication = database.db.current_publication().await.unwrap().unwrap();
    let index = published::load(&database.db, publication.id).await.unwrap();
    let text = "sep=;\nid;uai;cfd;libellé\n1;0750001U;40025214;Réparation « à façon »\n2;0750001U;32025520;Électro\n";
    let plain = verdicts(&index, text, Format::Csv).unwrap();
    assert_eq!(plain.len(), 2);
    let bytes = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let server = TestServer::start(database.db.clone()).await;
    let request = server.request(reqwest::Method::POST, "/api/v1/appariements").header("content-type", "text/csv");
    let answer = request.body(bytes).send().await.unwrap().text().await.unwrap();
    let statuts: Vec<&str> = answer.lines().skip(1).map(|line| line.split(';').nth(1).unwrap()).collect();
    assert_eq!(statuts, plain.iter().map(|verdict| verdict.statut.as_str()).collect::<Vec<_>>());
}

#[tokio::test]
async fn without_a_key_two_thousand_rows_are_taken_and_a_wrong_key_is_refused() {
    let database = common::sample_database().await;
    let key = KeyText::from_bytes([7; 32]);
    let server = TestServer::start(database.db.clone()).await;
    let rows = |count: usize| format!("uai;cfd\n{}", "0750001U;40025214\n".repeat(count)).into_bytes();
    let (status, detail) = problem(&server, "", "text/csv", rows(2_001)).await;
    assert_eq!(status, 413, "{detail}");
    assert!(detail.contains("plus de 2000 lignes"), "{detail}");
    let send = async |key: &str, count| {
        let request = server.request(reqwest::Method::POST, "/api/v1/appariements");
        let request = request.header("content-type", "text/csv").header("x-api-key", key).body(rows(count));
        request.send().await.unwrap()
    };
    assert_eq!(send(key.expose(), 1).await.status(), 401, "nobody has it yet");
    let other = KeyText::from_bytes([8; 32]);
    let empreinte = other.hash();
    let droits = &[AccessScope::V1];
    let key = NewApiKey { empreinte: &empreinte, nom: "essai", contact: None, droits, quota: None, expire_le: None };
    database.db.create_key(key).await.unwrap();
    let answer = send(other.expose(), 2_001).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.text().await.unwrap().lines().count(), 2_002);
}

/// A word that stands nowhere but in what is sent.
const MARK: &str = "zyxwvut9876";

#[tokio::test]
async fn nothing_of_what_was_sent_is_in_the_database_on_the_disk_or_in_the_logs() {
    let database = common::sample_database().await;
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = folder.path().join("catalogue.csv");
    std::fs::write(&file, format!("id;uai;cfd;libelle\n{MARK};0750001U;40025214;{MARK}\n")).unwrap();
    let run = Command::new(PROGRAM)
        .args(["appariement", file.to_str().unwrap()])
        .env("DATABASE_URL", &database.url)
        .env("EXPOSITION_LOG", "trace")
        .env("TMPDIR", home.path())
        .env("HOME", home.path())
        .current_dir(home.path())
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert!(!String::from_utf8_lossy(&run.stderr).contains(MARK), "in the logs");

    let mut server = Command::new(PROGRAM)
        .args(["serve", "--port", "0"])
        .env("DATABASE_URL", &database.url)
        .env("EXPOSITION_LOG", "trace")
        .env("TMPDIR", home.path())
        .env("HOME", home.path())
        .current_dir(home.path())
        .stdout(std::fs::File::create(folder.path().join("out")).unwrap())
        .stderr(std::fs::File::create(folder.path().join("err")).unwrap())
        .spawn()
        .unwrap();
    let address = loop {
        let out = ["out", "err"].map(|name| std::fs::read_to_string(folder.path().join(name)).unwrap()).concat();
        let found = out
            .split("127.0.0.1:")
            .nth(1)
            .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
        match found {
            Some(port) if !port.is_empty() => break format!("http://127.0.0.1:{port}"),
            _ => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    };
    let client = common::client().build().unwrap();
    let mut answer = None;
    for _ in 0..200 {
        let request = client.post(format!("{address}/api/v1/appariements")).header("content-type", "text/csv");
        match request.body(std::fs::read(&file).unwrap()).send().await {
            Ok(response) if response.status() == 200 => {
                answer = Some(response.text().await.unwrap());
                break;
            }
            _ => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    }
    assert!(answer.unwrap().contains(MARK), "the identifier is repeated");
    // What is wrong is said to whoever sent it, not to the log.
    let request = client.post(format!("{address}/api/v1/appariements")).header("content-type", "text/csv");
    assert_eq!(request.body(format!("{MARK};b\n1;2\n")).send().await.unwrap().status(), 422);
    server.kill().unwrap();
    server.wait().unwrap();
    for name in ["out", "err"] {
        assert!(
            !std::fs::read_to_string(folder.path().join(name)).unwrap().contains(MARK),
            "in the logs of the server"
        );
    }
    let mut found = Vec::new();
    let mut folders = vec![home.path().to_owned()];
    while let Some(dir) = folders.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read(&path)
                .is_ok_and(|bytes| bytes.windows(MARK.len()).any(|window| window == MARK.as_bytes()))
            {
                found.push(path);
            }
        }
    }
    assert!(found.is_empty(), "{found:?}");
    let mut connection = database.connection().await;
    let tables = "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace";
    for table in sqlx::query(tables).fetch_all(&mut connection).await.unwrap() {
        let table: String = table.get(0);
        let count = format!("SELECT count(*) FROM {table} t WHERE t::text LIKE '%{MARK}%'");
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut connection).await.unwrap();
        assert_eq!(count, 0, "in table {table}");
    }
}
