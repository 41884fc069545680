use super::*;

fn with(name: &str, value: &str) -> Result<Config, ConfigError> {
    Config::from_lookup(&|asked| (asked == name).then(|| value.to_owned()))
}

#[test]
fn nothing_set_is_a_working_configuration() {
    let config = Config::from_lookup(&|_| None).unwrap();
    assert!(config.database.url.is_none());
    assert!(config.http.bind.is_loopback());
}

#[test]
fn every_setting_is_declared_once_and_says_what_it_takes_and_means() {
    let described = Config::described();
    let mut names: Vec<_> = described.iter().map(|setting| setting.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), described.len(), "a name is declared twice");
    for setting in described {
        let sentence = setting.meaning.ends_with('.') && setting.meaning.starts_with(char::is_uppercase);
        assert!(sentence && !setting.takes.is_empty() && !setting.default.to_string().is_empty(), "{setting:?}");
    }
}

#[test]
fn every_variable_that_is_read_is_declared_and_every_declared_one_is_read() {
    let asked = std::cell::RefCell::new(Vec::new());
    Config::from_lookup(&|name| {
        asked.borrow_mut().push(name.to_owned());
        None
    })
    .unwrap();
    let variables = |Setting { name, secret, .. }: Setting| {
        [Some(name.to_owned()), secret.then(|| format!("{name}_FILE"))].into_iter().flatten()
    };
    let declared: Vec<_> = Config::described().into_iter().flat_map(variables).collect();
    assert_eq!(asked.into_inner(), declared);
}

#[test]
fn a_secret_may_stand_in_a_file_and_nothing_else_may() {
    let secret = "s".repeat(32);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{secret}\n")).unwrap();
    let path = file.path().to_str().unwrap();
    let config = with("EXPOSITION_JWT_SECRET_FILE", path).unwrap();
    assert_eq!(config.http.access.jwt_secret.unwrap().expose(), secret);
    assert_eq!(with("EXPOSITION_PORT_FILE", path).unwrap().http.port, 8080);

    std::fs::write(file.path(), "postgres://service@db/exposition").unwrap();
    let config = with("DATABASE_URL_FILE", path).unwrap();
    assert_eq!(config.database.url.unwrap().expose(), "postgres://service@db/exposition");
}

#[test]
fn a_secret_in_a_file_that_is_missing_or_empty_or_given_twice_is_refused_and_not_shown() {
    let message = with("DATABASE_URL_FILE", "/nowhere/url").unwrap_err().to_string();
    assert!(message.starts_with("DATABASE_URL_FILE=\"/nowhere/url\": No such file"), "{message}");

    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap().to_owned();
    for wrong in ["", "\n", "a short secret"] {
        std::fs::write(&path, wrong).unwrap();
        let message = with("EXPOSITION_JWT_SECRET_FILE", &path).unwrap_err().to_string();
        assert_eq!(message, "EXPOSITION_JWT_SECRET_FILE=\"***\": expected a random text of at least 32 bytes");
    }

    std::fs::write(&path, "\n").unwrap();
    let message = with("DATABASE_URL_FILE", &path).unwrap_err().to_string();
    assert_eq!(message, "DATABASE_URL_FILE=\"***\": expected an address, `postgres://user:password@host/base`");

    std::fs::write(&path, "s".repeat(32)).unwrap();
    let both = |asked: &str| match asked {
        "EXPOSITION_JWT_SECRET" => Some("t".repeat(32)),
        "EXPOSITION_JWT_SECRET_FILE" => Some(path.clone()),
        _ => None,
    };
    let message = Config::from_lookup(&both).unwrap_err().to_string();
    assert_eq!(message, "EXPOSITION_JWT_SECRET and EXPOSITION_JWT_SECRET_FILE are both set: keep one of them");
}

#[test]
fn a_default_that_is_typed_gives_the_default() {
    let unset = Config::from_lookup(&|_| None).unwrap();
    for (setting, shown) in unset.effective() {
        if let Standard::Text(text) = setting.default {
            let typed = with(setting.name, text).unwrap();
            assert_eq!(format!("{:?}", value(&typed, setting.name)), format!("{shown:?}"), "{}", setting.name);
        }
    }
}

fn value(config: &Config, name: &str) -> Shown {
    config.effective().find(|(setting, _)| setting.name == name).unwrap().1
}

#[test]
fn what_is_typed_is_what_is_in_effect_for_each_setting() {
    for (name, typed, shown) in [
        ("EXPOSITION_DB_CONNECTIONS", "3", "3"),
        ("EXPOSITION_DB_ACQUIRE_TIMEOUT_S", "0.5", "0.5"),
        ("EXPOSITION_PG_BIN", " /opt/pg/bin ", "/opt/pg/bin"),
        ("EXPOSITION_MAX_REJECTED_PERCENT", "2.5", "2.5"),
        ("EXPOSITION_DOWNLOAD_HOSTS", "Data.Example.org depot.example:8443", "data.example.org,depot.example:8443"),
        ("EXPOSITION_DOWNLOAD_MAX_BYTES", "1", "1"),
        ("EXPOSITION_SANS_PERSPECTIVES_EMPLOI", "100", "100"),
        ("EXPOSITION_SANS_PERSPECTIVES_POURSUITE", "0", "0"),
        ("EXPOSITION_BIND", "::1", "::1"),
        ("EXPOSITION_PORT", "0", "0"),
        ("EXPOSITION_CACHE_BYTES", "0", "0"),
        ("EXPOSITION_KEY_CACHE_S", "10", "10"),
        ("EXPOSITION_LOG", "debug", "debug"),
        ("EXPOSITION_LOG_FORMAT", "json", "json"),
        ("EXPOSITION_TODAY", "2026-01-31", "2026-01-31"),
        ("EXPOSITION_DATA_DIR", "/srv/exposition", "/srv/exposition"),
    ] {
        let Shown::Text(text) = value(&with(name, typed).unwrap(), name) else { panic!("{name} is not shown") };
        assert_eq!(text, shown, "{name}");
    }
}

#[test]
fn a_wrong_value_names_the_variable_and_what_is_expected() {
    for (name, value) in [
        ("EXPOSITION_PORT", "80800"),
        ("EXPOSITION_BIND", "localhost"),
        ("EXPOSITION_MAX_REJECTED_PERCENT", "120"),
        ("EXPOSITION_POLL_S", "-1"),
        ("EXPOSITION_POLL_S", "0"),
        ("EXPOSITION_POLL_S", "inf"),
        ("EXPOSITION_POLL_S", "NaN"),
        ("EXPOSITION_POLL_S", "1e300"),
        ("EXPOSITION_TODAY", "23/11/2026"),
        ("EXPOSITION_LOG_FORMAT", "xml"),
        ("EXPOSITION_KEY_CACHE_S", "60"),
        ("EXPOSITION_PUBLICATIONS_KEPT", "0"),
        ("EXPOSITION_DOWNLOAD_ATTEMPTS", "0"),
        ("EXPOSITION_DOWNLOAD_MAX_BYTES", "0"),
        ("EXPOSITION_MAX_LOSS_PERCENT", "101"),
    ] {
        let message = with(name, value).unwrap_err().to_string();
        let takes = Config::described().into_iter().find(|setting| setting.name == name).unwrap().takes;
        assert_eq!(message, format!("{name}={value:?}: expected {takes}"));
    }
}

#[test]
fn an_empty_variable_counts_as_unset() {
    assert_eq!(with("EXPOSITION_PORT", " ").unwrap().http.port, 8080);
    assert!(with("EXPOSITION_DOWNLOAD_HOSTS", "").unwrap().download.hosts.contains(&"www.data.gouv.fr".to_owned()));
}

#[test]
fn what_can_be_no_host_is_refused() {
    for wrong in ["https://data.example.org", "a/b", "*.gouv.fr", ","] {
        let message = with("EXPOSITION_DOWNLOAD_HOSTS", wrong).unwrap_err().to_string();
        assert!(message.contains("without https://"), "{wrong}: {message}");
    }
}

#[test]
fn no_variable_exempts_an_address() {
    let config = with("EXPOSITION_DOWNLOAD_HOSTS", "127.0.0.1").unwrap();
    assert!(config.download.exempt.is_empty());
}

#[test]
fn a_secret_is_never_printed() {
    let config = with("DATABASE_URL", "postgres://u:motdepasse@h/d").unwrap();
    assert!(!format!("{config:?}").contains("motdepasse"));
    assert!(!config.effective().any(|(_, shown)| format!("{shown:?}").contains("motdepasse")));
}

#[test]
fn a_secret_is_never_printed_not_even_when_it_is_refused() {
    let config = with("EXPOSITION_JWT_SECRET", "un-secret-assez-long-pour-signer-des-jetons").unwrap();
    assert!(!format!("{config:?}").contains("un-secret"), "{config:?}");
    assert!(matches!(value(&config, "EXPOSITION_JWT_SECRET"), Shown::Hidden));
    let message = with("EXPOSITION_JWT_SECRET", "un-secret-court").unwrap_err().to_string();
    assert!(message.contains("EXPOSITION_JWT_SECRET") && !message.contains("un-secret"), "{message}");
}
