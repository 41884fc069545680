//! Which folder may use which: the rules of docs/ARCHITECTURE.md.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use exposition::domain::Dataset;

use super::source::{Source, files, module, root};

/// A module of the crate, the modules and the crates it may use.
type Rule = (&'static str, &'static [&'static str], &'static [&'static str]);

/// In the order of the flow of data. `domain` and `indicators` know neither files, nor SQL, nor
/// HTTP, nor configuration: what they say can be tested with nothing but values.
const RULES: [Rule; 18] = [
    ("domain", &[], &[]),
    ("clock", &[], &[]),
    ("config", &["clock"], &[]),
    ("telemetry", &["config"], &[]),
    ("sample", &["domain"], &[]),
    ("db", &["domain", "config", "clock", "telemetry"], &["sqlx", "tokio"]),
    ("download", &["domain", "config"], &["tokio", "reqwest", "rustls"]),
    ("ingestion", &["domain", "db", "config", "clock", "telemetry"], &["tokio"]),
    ("indicators", &["domain"], &[]),
    ("matching", &["domain"], &[]),
    ("offers", &["domain", "db", "ingestion", "matching"], &["tokio"]),
    ("publication", &["domain", "db", "indicators", "sample", "config", "clock", "telemetry"], &["tokio"]),
    ("refresh", &["domain", "db", "download", "ingestion", "publication", "config"], &[]),
    ("exports", &["domain", "db", "config", "clock", "telemetry"], &["tokio"]),
    (
        "http",
        &["domain", "db", "exports", "matching", "offers", "config", "clock", "telemetry"],
        &["tokio", "axum", "tower", "utoipa"],
    ),
    ("embedded", &["db", "config", "clock", "telemetry"], &["tokio"]),
    (
        "cli",
        &[
            "domain",
            "db",
            "download",
            "exports",
            "ingestion",
            "matching",
            "offers",
            "publication",
            "refresh",
            "http",
            "embedded",
            "sample",
            "config",
            "clock",
            "telemetry",
        ],
        &["tokio", "axum", "tower"],
    ),
    ("", &[], &[]),
];

/// Crates that belong to a layer; the others may be used anywhere.
const CRATES: [&str; 7] = ["sqlx", "tokio", "axum", "tower", "utoipa", "reqwest", "rustls"];

/// What the private PostgreSQL may know of `db`: how to make its database, not what is in it.
const OF_EMBEDDED: [&str; 3] = ["creation", "DbError", "OLDEST_POSTGRESQL"];

/// Beginnings of statements and clauses, as they are written in this project.
const SQL: [&str; 13] = [
    "SELECT ",
    "INSERT INTO ",
    "UPDATE ",
    "DELETE FROM ",
    "CREATE ",
    "ALTER ",
    "DROP ",
    "TRUNCATE ",
    "COPY ",
    "LISTEN ",
    "NOTIFY ",
    "WHERE ",
    "ORDER BY ",
];

/// What a file of the module does that its layer may not.
fn violations(module: &[&str], text: &str) -> Vec<String> {
    let source = Source::parse(text, module);
    let layer = module.first().copied().unwrap_or_default();
    let Some((_, modules, crates)) = RULES.iter().find(|(name, ..)| *name == layer) else {
        return vec![format!("{layer} is in no rule: say in tests/architecture/layers.rs what it may use")];
    };
    let mut found = Vec::new();
    for path in source.inner.iter().filter(|path| path[0] != layer && !layer.is_empty()) {
        let name = path.join("::");
        if !modules.contains(&path[0].as_str()) {
            found.push(format!("{layer} uses {name}"));
        } else if layer == "embedded"
            && path[0] == "db"
            && !path.get(1).is_some_and(|own| OF_EMBEDDED.contains(&own.as_str()))
        {
            found.push(format!("embedded uses {name}"));
        }
    }
    for name in &source.outer {
        if CRATES.contains(&name.as_str()) && !crates.contains(&name.as_str()) {
            found.push(format!("{layer} uses the crate {name}"));
        }
    }
    if layer != "db" {
        let sql = source.texts.iter().filter(|text| SQL.iter().any(|word| text.contains(word)));
        found.extend(sql.map(|text| format!("{layer} holds SQL: {text}")));
    }
    found
}

#[test]
fn no_dataset_is_named_but_where_it_is_declared() {
    let found_in = |file: &Path| {
        let module = module(file);
        let names: Vec<&str> = module.iter().map(String::as_str).collect();
        let texts = Source::parse(&fs::read_to_string(file).unwrap(), &names).own_texts;
        // What follows an identifier may belong to a file's name, unless it makes another identifier.
        let is_one = |text: &str| {
            let rest = |dataset: &Dataset| text.trim_matches('"').strip_prefix(dataset.as_str());
            let ends = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || "-_".contains(next));
            Dataset::ALL.iter().filter_map(rest).any(ends)
        };
        texts.into_iter().filter(|text| is_one(text)).collect::<Vec<_>>()
    };
    let declared = root().join("src/domain/dataset.rs");
    assert_eq!(found_in(&declared).len(), Dataset::ALL.len());
    for file in files(&root().join("src"), "rs").iter().filter(|file| **file != declared) {
        assert_eq!(found_in(file), [] as [&str; 0], "{}: say Dataset::…", file.display());
    }
}

#[test]
fn every_layer_uses_only_what_is_below_it_and_sql_stays_in_db() {
    let mut found = BTreeMap::new();
    let sources = files(&root().join("src"), "rs");
    assert!(sources.len() > 80, "only {} files found", sources.len());
    for file in sources {
        let module = module(&file);
        let names: Vec<&str> = module.iter().map(String::as_str).collect();
        let wrong = violations(&names, &fs::read_to_string(&file).unwrap());
        if !wrong.is_empty() {
            found.insert(file, wrong);
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// What a module takes from those that it stands in: not from the modules beside it, which it may,
/// but what `mod.rs` of a folder above says itself.
fn upward(module: &[String], text: &str, modules: &BTreeSet<Vec<String>>) -> Vec<String> {
    let names: Vec<&str> = module.iter().map(String::as_str).collect();
    let taken = Source::parse(text, &names).inner.into_iter().filter(|path| {
        let owner = (0..path.len()).rev().map(|end| &path[..end]).find(|path| modules.contains(*path));
        let is_item = !modules.contains(path);
        is_item
            && owner.is_some_and(|owner| owner.len() < module.len() && module.starts_with(owner) && !owner.is_empty())
    });
    taken.map(|path| path.join("::")).collect()
}

#[test]
fn nothing_in_http_is_taken_from_the_folder_it_stands_in() {
    let sources = files(&root().join("src"), "rs");
    let modules: BTreeSet<Vec<String>> = sources.iter().map(|file| module(file)).collect();
    let mut found = BTreeMap::new();
    for file in files(&root().join("src/http"), "rs").into_iter().filter(|file| !file.ends_with("tests.rs")) {
        let arrows = upward(&module(&file), &fs::read_to_string(&file).unwrap(), &modules);
        if !arrows.is_empty() {
            found.insert(file, arrows);
        }
    }
    assert!(found.is_empty(), "what several modules share stands in a module of its own (http/state.rs): {found:#?}");
}

#[test]
fn an_arrow_upward_is_found_however_it_is_written_and_one_to_the_side_is_none() {
    let path = |text: &str| text.split("::").map(str::to_owned).collect::<Vec<_>>();
    let modules: BTreeSet<_> = ["http", "http::state", "http::v1", "http::v1::regions"].map(path).into();
    for (text, expected) in [
        ("use super::super::AppState;", &["http::AppState"][..]),
        ("fn f() -> crate::http::AppState { super::shared() }", &["http::AppState", "http::v1::shared"]),
        ("use crate::http::state::AppState; use super::regions::Region; use super::regions;", &[]),
        ("pub(in crate::http) struct A; mod tests { use super::*; }", &[]),
    ] {
        assert_eq!(upward(&path("http::v1::regions"), text, &modules), expected, "{text}");
    }
}

#[test]
fn the_root_of_the_crate_gives_nothing_another_name() {
    // `crate::Db` would hide from the rules that it is `crate::db`.
    let text = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let declared: Vec<_> = text.lines().filter(|line| !line.starts_with("//!") && !line.is_empty()).collect();
    assert!(declared.iter().all(|line| line.starts_with("pub mod ") && line.ends_with(';')), "{declared:#?}");
}

#[test]
fn a_broken_rule_is_found_however_it_is_written() {
    for (module, text, expected) in [
        (&["domain", "uai"][..], "use crate::db::Db;", &["domain uses db::Db"][..]),
        (
            &["domain", "uai"],
            "fn f() { let x = crate::config::Config::from_env(); }",
            &["domain uses config::Config::from_env"],
        ),
        (
            &["indicators"],
            "use crate::{domain::Uai, db::{Db, load::Ligne}};",
            &["indicators uses db::Db", "indicators uses db::load::Ligne"],
        ),
        (&["indicators", "taux"], "use super::super::http;", &["indicators uses http"]),
        (&["indicators"], "mod tests { use super::super::http::page; }", &["indicators uses http::page"]),
        (&["http", "v1", "regions"], "use crate::publication::publish;", &["http uses publication::publish"]),
        (&["ingestion"], "use crate::telechargement::Adresse;", &["ingestion uses telechargement::Adresse"]),
        (&["ingestion"], "use reqwest::Url;", &["ingestion uses the crate reqwest"]),
        (&["http"], "struct A(sqlx::PgPool);", &["http uses the crate sqlx"]),
        (&["domain"], "#[derive(sqlx::FromRow)] struct A;", &["domain uses the crate sqlx"]),
        (&["http"], "const Q: &str = r#\"SELECT 1 FROM t\"#;", &["http holds SQL: r#\"SELECT 1 FROM t\"#"]),
        (&["embedded"], "use crate::db::{creation, DbError, publications};", &["embedded uses db::publications"]),
        (&["outils"], "", &["outils is in no rule: say in tests/architecture/layers.rs what it may use"]),
    ] {
        assert_eq!(violations(module, text), expected, "{text}");
    }
}

#[test]
fn what_is_allowed_is_not_reported() {
    for (module, text) in [
        (&["http", "v1", "regions"][..], "use super::super::page; use crate::db::Db; use axum::Json;"),
        (&["domain", "uai"], "//! As [`crate::db::Db`] stores it: SELECT 1.\n/// [`crate::http`]\npub struct Uai;"),
        (&["domain", "uai"], "mod tests { use super::super::Millesime; use super::*; fn f() { sqlx::query(Q) } }"),
        (&["db", "load"], "const Q: &str = \"SELECT 1\"; use sqlx::PgConnection;"),
        (&["ingestion", "sources"], "pub(in crate::ingestion) struct A; use super::header::Header;"),
    ] {
        assert_eq!(violations(module, text), Vec::<String>::new(), "{text}");
    }
}
