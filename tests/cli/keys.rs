//! `exposition keys` and `exposition accounts`.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use exposition::domain::access::{AccessScope, KeyText};

use crate::common::{PROGRAM, TODAY, TestDb, database};

fn run(test: &TestDb, args: &[&str], input: &str) -> Output {
    let mut child = Command::new(PROGRAM)
        .args(args)
        .env("DATABASE_URL", &test.url)
        .env("EXPOSITION_TODAY", TODAY)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The outcome and the output of a command without input.
fn done(test: &TestDb, args: &[&str]) -> (Option<i32>, String) {
    let output = run(test, args, "");
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

#[tokio::test]
async fn a_key_is_shown_once_listed_without_its_text_and_revoked_by_name() {
    let test = database().await;
    let create = ["keys", "create", "--name", "Onisep", "--contact", "a@example.org", "--scope", "legacy"];
    let made = run(&test, &[&create[..], &["--quota", "600", "--expires", "2027-08-31"]].concat(), "");
    let key = text(&made.stdout).trim().to_owned();
    assert!(!text(&made.stderr).contains(&key), "on stdout and nowhere else");
    let stored = test.db.key_by_hash(&KeyText::parse(&key).unwrap().hash()).await.unwrap().unwrap();
    assert_eq!((stored.nom.as_str(), stored.contact.as_deref()), ("Onisep", Some("a@example.org")));
    assert_eq!((stored.droits, stored.quota), (vec![AccessScope::Legacy], Some(600)));
    assert_eq!(stored.expire_le.unwrap().to_string(), "2027-08-31");

    let (code, list) = done(&test, &["keys", "list"]);
    assert_eq!(code, Some(0));
    assert!(list.contains("Onisep") && list.contains("active") && !list.contains(&key), "{list}");
    assert_eq!(done(&test, &["keys", "revoke", "Onisep"]).0, Some(0));
    assert_eq!(done(&test, &["keys", "revoke", "Onisep"]).0, Some(0), "once more is no error");
    assert!(done(&test, &["keys"]).1.contains("revoked"));
}

#[tokio::test]
async fn json_is_the_key_and_nothing_else_and_it_opens_both_contracts() {
    let test = database().await;
    let made = run(&test, &["keys", "create", "--name", "test", "--json"], "");
    let json: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    assert_eq!(json.as_object().unwrap().keys().collect::<Vec<_>>(), ["key"]);
    assert_eq!(text(&made.stderr), "");
    let key = KeyText::parse(json["key"].as_str().unwrap()).unwrap();
    let stored = test.db.key_by_hash(&key.hash()).await.unwrap().unwrap();
    assert_eq!((stored.droits, stored.quota, stored.expire_le), (AccessScope::ALL.to_vec(), None, None));
}

#[tokio::test]
async fn of_two_keys_of_one_name_one_is_revoked_by_its_number() {
    let test = database().await;
    for _ in 0..2 {
        assert_eq!(done(&test, &["keys", "create", "--name", "Double"]).0, Some(0));
    }
    let ids: Vec<i32> = test.db.keys().await.unwrap().iter().map(|key| key.id).collect();
    let (code, said) = done(&test, &["keys", "revoke", "Double"]);
    assert_eq!(code, Some(2));
    assert!(ids.iter().all(|id| said.contains(&id.to_string())), "{said}");
    assert_eq!(done(&test, &["keys", "revoke", &ids[0].to_string()]).0, Some(0));
    assert_eq!(done(&test, &["keys", "revoke", "Double"]).0, Some(0), "only one is left");
    assert!(test.db.keys().await.unwrap().iter().all(|key| key.revoquee_le.is_some()));
    assert_eq!(done(&test, &["keys", "revoke", "Personne"]).0, Some(2));
}

#[tokio::test]
async fn what_makes_no_key_is_wrong_usage_and_a_past_day_is_said() {
    let test = database().await;
    for wrong in [
        &["--name", "12"][..],
        &["--name", ""],
        &[],
        &["--name", "a", "--scope", "tout"],
        &["--name", "a", "--quota", "0"],
        &["--name", "a", "--expires", "31/08/2027"],
    ] {
        assert_eq!(done(&test, &[&["keys", "create"], wrong].concat()).0, Some(64), "{wrong:?}");
    }
    assert!(test.db.keys().await.unwrap().is_empty());
    let (code, said) = done(&test, &["keys", "create", "--name", "a", "--expires", "2026-11-22"]);
    assert_eq!(code, Some(0));
    assert!(said.contains("last day has passed"), "{said}");
}

#[tokio::test]
async fn an_account_is_made_from_standard_input_and_its_name_is_free_again_once_removed() {
    let test = database().await;
    let create = |input: &str| run(&test, &["accounts", "create", "utilisateur"], input);
    assert_eq!(create("court\n").status.code(), Some(2));
    assert_eq!(create("Mot2passe!\nautre ligne\n").status.code(), Some(2));
    assert_eq!(create("").status.code(), Some(2));
    assert!(test.db.accounts().await.unwrap().is_empty());
    let made = create("Mot2passe!\n");
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    assert_eq!(create("Mot2passe!\n").status.code(), Some(2), "there is one of this name");
    assert!(done(&test, &["accounts", "list"]).1.contains("utilisateur"));
    assert_eq!(done(&test, &["accounts", "remove", "utilisateur"]).0, Some(0));
    assert_eq!(done(&test, &["accounts", "remove", "utilisateur"]).0, Some(2));
    assert_eq!(create("Mot2passe!").status.code(), Some(0));
    assert_eq!(done(&test, &["accounts", "create", "a", "motdepasse"]).0, Some(64), "never an argument");
}
