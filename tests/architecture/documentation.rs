//! The documentation names what there is, and nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use exposition::config::{Config, Setting, Standard};

use super::source::{files, root};

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The names in backticks that rows of tables begin with.
fn rows(document: &str) -> impl Iterator<Item = &str> {
    document.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(name, _)| name))
}

/// The table of settings, from their declarations.
fn settings() -> String {
    let row = |setting: Setting| {
        let Setting { name, default, meaning, .. } = setting;
        let default = match default {
            Standard::Text(text) => format!("`{text}`"),
            Standard::Unset(what) => what.to_owned(),
        };
        format!("| `{name}` | {default} | {} | {meaning} |\n", setting.accepted())
    };
    let rows: String = Config::described().into_iter().map(row).collect();
    format!("| variable | default | takes | meaning |\n|---|---|---|---|\n{rows}")
}

/// A document with the table that begins with `head` replaced.
fn with_table(document: &str, head: &str, table: &str) -> String {
    let start = document.find(head).expect("the document has no such table");
    let (before, rest) = document.split_at(start);
    let length: usize = rest.split_inclusive('\n').take_while(|line| line.starts_with('|')).map(str::len).sum();
    format!("{before}{table}{}", &rest[length..])
}

#[test]
fn the_readme_has_the_table_of_settings_that_the_program_declares() {
    let readme = read("README.md");
    let expected = with_table(&readme, "| variable | default |", &settings());
    if std::env::var_os("REGENERATE").is_some() {
        fs::write(root().join("README.md"), &expected).unwrap();
    } else {
        assert!(readme == expected, "the table of settings in README.md is stale: .ci/regenerate");
    }
}

#[test]
fn a_table_is_replaced_from_its_head_to_its_last_row() {
    let document = "a\n| x |\n|---|\n| 1 |\n\n| x2 |\nb\n";
    assert_eq!(with_table(document, "| x |", "| x |\n|---|\n| 2 |\n"), document.replace('1', "2"));
}

#[test]
fn the_design_of_the_api_names_every_route() {
    let document: serde_json::Value = serde_json::from_str(&exposition::http::openapi::json()).unwrap();
    let paths = document["paths"].as_object().unwrap().iter().filter(|(path, _)| {
        // A CSV twin is described with its list.
        Path::new(path).extension().is_none_or(|extension| extension != "csv")
    });
    let routed = paths.flat_map(|(path, item)| {
        item.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    let design = read("docs/API-DESIGN.md");
    let is_route = |row: &&str| ["GET ", "POST "].iter().any(|method| row.starts_with(method));
    let named: BTreeSet<String> = rows(&design).filter(is_route).map(str::to_owned).collect();
    assert_eq!(named, routed.collect());
}

#[test]
fn every_section_that_a_comment_cites_exists() {
    let mut cited = 0;
    let sources = ["src", "tests", "docs"].map(|folder| root().join(folder));
    let texts = files(&sources[0], "rs").into_iter().chain(files(&sources[2], "md"));
    for file in texts {
        for document in ["DATA.md", "API-DESIGN.md"] {
            let headings: Vec<String> = read(Path::new("docs").join(document))
                .lines()
                .filter(|line| line.starts_with('#'))
                .map(str::to_owned)
                .collect();
            for section in citations(&fs::read_to_string(&file).unwrap(), document) {
                let exists = headings.iter().any(|heading| {
                    let title = heading.trim_start_matches(['#', ' ']);
                    title.starts_with(&format!("{section}. ")) || title.starts_with(&format!("{section} "))
                });
                assert!(exists, "{}: {document} §{section} does not exist", file.display());
                cited += 1;
            }
        }
    }
    assert!(cited >= 4, "only {cited} citations found");
}

/// `DATA.md §3.6` gives `3.6`; of `DATA.md §3 to §5` both.
fn citations(text: &str, document: &str) -> Vec<String> {
    let mut found = Vec::new();
    for after in text.split(&format!("{document} §")).skip(1) {
        for part in after.split('§') {
            let after_number = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
            let number = part.strip_suffix(after_number).unwrap_or_default();
            found.push(number.trim_end_matches('.').to_owned());
            if after_number.trim() != "to" {
                break;
            }
        }
    }
    found
}

#[test]
fn citations_are_found_one_by_one_and_in_ranges() {
    assert_eq!(citations("(DATA.md §3.6). See DATA.md §3 to §5, not §9.", "DATA.md"), ["3.6", "3", "5"]);
}

#[test]
fn every_test_that_the_threat_model_names_exists() {
    let sources: String = ["src", "tests"]
        .iter()
        .flat_map(|folder| files(&root().join(folder), "rs"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let document = read("SECURITY.md");
    let rows: Vec<&str> = document.lines().filter(|line| line.starts_with("| API")).collect();
    assert_eq!(rows.len(), 10);
    for row in rows {
        let shown = row.trim_end_matches(" |").rsplit("| ").next().unwrap();
        let names: Vec<&str> = shown.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "{row}");
        for name in names {
            assert!(sources.contains(&format!("fn {name}(")), "SECURITY.md names {name}, which is no test");
        }
    }
}
