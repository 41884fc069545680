use super::*;

fn config(variables: &[(&str, &str)]) -> Config {
    let lookup = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Config::from_lookup(&lookup).unwrap()
}

#[test]
fn values_are_printed_without_their_secrets() {
    let config = config(&[("DATABASE_URL", "postgres://u:motdepasse@base.example/d")]);
    let mut out = Vec::new();
    print(&mut out, &config, Path::new("/data"), &[configuration(&config)]).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("DATABASE_URL=u@base.example:5432/d") && text.contains("OK    configuration: "), "{text}");
    assert!(text.contains("EXPOSITION_PORT=8080") && !text.contains("motdepasse"), "{text}");
}

#[test]
fn an_address_that_is_none_fails_and_is_not_printed() {
    let config = config(&[("DATABASE_URL", "motdepasse sans forme")]);
    let check = configuration(&config);
    assert_eq!(check.verdict, Verdict::Fail);
    assert!(check.text.contains("DATABASE_URL"), "{}", check.text);
    assert!(effective(&config, Path::new("/")).iter().all(|(_, value)| !value.contains("motdepasse")));
}

#[test]
fn a_disk_that_fills_up_warns_before_it_fails() {
    for (megabytes, expected) in
        [(199, Verdict::Fail), (200, Verdict::Warn), (2047, Verdict::Warn), (2048, Verdict::Ok)]
    {
        assert_eq!(free_space(Path::new("/"), megabytes << 20).verdict, expected, "{megabytes} MB");
    }
}

#[test]
fn a_schema_is_judged_by_its_worst_difference() {
    let pending = vec!["0002 publications".to_owned()];
    for (state, expected, part) in [
        (SchemaState { applied: 2, ..SchemaState::default() }, Verdict::Ok, "up to date"),
        (SchemaState { applied: 1, pending, ..SchemaState::default() }, Verdict::Warn, "0002 publications"),
        (SchemaState { unknown: vec![9], ..SchemaState::default() }, Verdict::Warn, "newer program"),
        (SchemaState { different: vec![1], unknown: vec![9], ..SchemaState::default() }, Verdict::Fail, "new one"),
    ] {
        let check = schema(&state);
        assert_eq!(check.verdict, expected);
        assert!(check.text.contains(part), "{}", check.text);
    }
}

#[tokio::test]
async fn without_data_nothing_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("absent");
    let checks = check_all(&config(&[]), &data_dir).await;
    let last = checks.last().unwrap();
    assert_eq!((last.verdict, last.subject), (Verdict::Warn, "database"));
    assert!(!data_dir.exists());
}

#[tokio::test]
async fn a_server_that_does_not_answer_fails_with_advice() {
    let config = config(&[("DATABASE_URL", "postgres://u:p@127.0.0.1:1/d"), ("EXPOSITION_DB_ACQUIRE_TIMEOUT_S", "1")]);
    let checks = check_all(&config, Path::new("/")).await;
    assert_eq!(checks.len(), 3);
    assert_eq!((checks[2].verdict, checks[2].subject), (Verdict::Fail, "database"));
    assert!(checks[2].text.contains("check that the server runs"), "{}", checks[2].text);
}
