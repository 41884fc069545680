//! Names are English, or nouns of the field, or words of an interface: docs/ARCHITECTURE.md, «Language».

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use super::names::{declared, serialised};
use super::source::{files, module, root};

/// The words that names may be made of.
struct Words {
    english: BTreeSet<String>,
    glossary: BTreeSet<String>,
    interfaces: BTreeSet<String>,
}

impl Words {
    fn read() -> Self {
        let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
        let english = read("tests/architecture/english.txt").split_whitespace().map(str::to_owned).collect();
        let terms = glossary(&read("docs/DATA.md"));
        let (whole, glossary) = terms.into_iter().partition(|term| term.contains('_'));
        Self { english, glossary, interfaces: &interfaces() | &whole }
    }

    /// The words of `name` that are in no list.
    fn unknown(&self, name: &str) -> Vec<String> {
        let words = split(name);
        if self.interfaces.contains(&words.join("_")) || self.interfaces.contains(name) {
            return Vec::new();
        }
        words.into_iter().filter(|word| !self.is_of_the_field(word) && !self.is_english(word)).collect()
    }

    /// Whether the glossary has the word or its singular.
    fn is_of_the_field(&self, word: &str) -> bool {
        let singular = word.strip_suffix(['s', 'x']).unwrap_or(word);
        self.glossary.contains(word) || self.glossary.contains(singular)
    }

    /// Whether the list has the word, or the word without endings: it holds `read` for `reads` and
    /// `readers`.
    fn is_english(&self, word: &str) -> bool {
        let ends = ["s", "es", "d", "ed", "r", "er", "ing", "ly"];
        let mut stems = ends.iter().filter_map(|end| word.strip_suffix(end)).filter(|stem| stem.len() > 2);
        self.english.contains(word)
            || word.bytes().all(|byte| byte.is_ascii_digit())
            || stems.any(|stem| self.is_english(stem) || self.english.contains(&format!("{stem}e")))
    }
}

/// `HTTPRequest2` and `http_request_2` are `http`, `request`, `2`.
fn split(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let characters: Vec<char> = name.trim_start_matches("r#").chars().collect();
    for (at, &character) in characters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| characters[at]);
        let lower_next = characters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let begins = before.is_none_or(|before| {
            let capital = character.is_uppercase() && (!before.is_uppercase() || lower_next);
            before == '_' || capital || character.is_ascii_digit() != before.is_ascii_digit()
        });
        match words.last_mut() {
            _ if character == '_' => {}
            Some(word) if !begins => word.extend(character.to_lowercase()),
            _ => words.push(character.to_lowercase().collect()),
        }
    }
    words
}

/// The terms in backticks in the first column of the table of DATA.md §2.2; one of several words is
/// allowed whole.
fn glossary(document: &str) -> BTreeSet<String> {
    let (_, section) = document.split_once("### 2.2 ").expect("DATA.md §2.2 holds the French nouns of names");
    let (section, _) = section.split_once("\n## ").unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" |"));
    rows.flat_map(|(terms, _)| terms.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// Whole names that are words of the JSON, the addresses or the SQL.
fn interfaces() -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for document in [exposition::http::openapi::json(), exposition::http::legacy::documentation::json()] {
        collect(&serde_json::from_str(&document).unwrap(), &mut words);
    }
    for file in files(&root().join("src"), "rs") {
        let text = fs::read_to_string(file).unwrap();
        words.extend(serialised(&text).iter().map(|name| split(name).join("_")));
        // Columns of a statement that have a name of their own.
        let aliases = text.split(" AS \"").skip(1).filter_map(|rest| rest.split(['"', '!', '?', ':']).next());
        words.extend(aliases.map(str::to_owned));
    }
    for file in files(&root().join("migrations"), "sql") {
        let text = fs::read_to_string(file).unwrap();
        let statements = text.lines().map(|line| line.split("--").next().unwrap_or_default());
        let identifiers = |line: &str| {
            let names = line.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
            names.map(str::to_owned).collect::<Vec<_>>()
        };
        words.extend(statements.flat_map(identifiers));
    }
    words
}

/// The names of properties and parameters, and the texts of closed lists, of an OpenAPI document.
fn collect(value: &Value, words: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            let properties = object.get("properties").and_then(Value::as_object);
            words.extend(properties.into_iter().flat_map(|properties| properties.keys().cloned()));
            words.extend(object.get("in").and(object.get("name")).and_then(Value::as_str).map(str::to_owned));
            let closed = object.get("enum").and_then(Value::as_array).into_iter().flatten();
            words.extend(closed.filter_map(Value::as_str).map(str::to_owned));
            object.values().for_each(|value| collect(value, words));
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, words)),
        _ => {}
    }
}

#[test]
fn every_name_is_english_or_in_the_glossary_or_a_word_of_an_interface() {
    let words = Words::read();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut names = 0;
    for file in files(&root().join("src"), "rs") {
        let text = fs::read_to_string(&file).unwrap();
        if file.ends_with("tests.rs") {
            continue;
        }
        for name in module(&file).into_iter().chain(declared(&text)) {
            names += 1;
            for word in words.unknown(&name) {
                let place = format!("{name} in {}", file.strip_prefix(root()).unwrap().display());
                found.entry(word).or_default().insert(place);
            }
        }
    }
    assert!(names > 5000, "only {names} names found");
    assert!(
        found.is_empty(),
        "{found:#?}\nA word of these names is neither in tests/architecture/english.txt nor in the table of docs/DATA.md \
         §2.2. An English word goes into the first, a noun of the field into the second; anything else finds another name."
    );
}

#[test]
fn the_english_list_holds_each_word_once_in_order_and_none_of_the_glossary() {
    let text = fs::read_to_string(root().join("tests/architecture/english.txt")).unwrap();
    let listed: Vec<&str> = text.split_whitespace().collect();
    assert!(listed.is_sorted_by(|a, b| a < b), "tests/architecture/english.txt is sorted, and says nothing twice");
    let words = Words::read();
    let both: Vec<_> = words.english.intersection(&words.glossary).collect();
    assert!(both.is_empty(), "English and a noun of the field at once: {both:?}");
}

#[test]
fn a_french_name_is_found_and_a_noun_of_the_field_or_a_word_of_the_json_is_not() {
    let words = Words::read();
    assert_eq!(words.unknown("lire_ligne_csv"), ["lire", "ligne"]);
    assert_eq!(words.unknown("LecteurHTTP"), ["lecteur"]);
    for name in ["millesime_of_name", "EtablissementRow", "PartEnEmploi6Mois", "dans_annuaire", "sous_seuil", "r#type"]
    {
        assert_eq!(words.unknown(name), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn a_name_is_split_where_its_words_meet() {
    for (name, expected) in [
        ("HTTPRequest2", &["http", "request", "2"][..]),
        ("taux_emploi_6_mois", &["taux", "emploi", "6", "mois"]),
        ("OLDEST_POSTGRESQL", &["oldest", "postgresql"]),
        ("r#type", &["type"]),
    ] {
        assert_eq!(split(name), expected, "{name}");
    }
}
