//! Comparaison: what of an answer differs from the recording, beyond what its tags allow.
//!
//! Numbers are compared as numbers, keys in any order; `null`, absent and 0 are three things.
//! Every tag allows exactly one kind of difference, at any depth, and is worth nothing elsewhere.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::case::{Answer, Case, Compared};
use super::chiffres::{horizon, is_a_half, is_figure, number, taux};

/// The message of hidden figures.
const SOUS_SEUIL: &str = "Les taux ne peuvent pas être affichés car il n'y a pas assez d'élèves pour fournir une \
                          information fiable.";

/// The arrays that are sets.
const WHOLES: [&str; 8] = [
    "uai_lieu_formation",
    "uai_formateur",
    "uai_gestionnaire",
    "codes_certifications",
    "codes_formation_diplome",
    "ancien_diplome",
    "nouveau_diplome",
    "messages",
];

/// The names of lists.
const LISTS: [&str; 4] = ["formations", "certifications", "regionales", "bcn"];

/// Compares; the differences in words, none when the answer is as recorded.
pub fn compare(case: &Case, answer: &Answer) -> Vec<String> {
    let mut differences = Vec::new();
    let mut same = |nom: &str, expected: &str, actual: &str| {
        if expected != actual {
            differences.push(format!("{nom}: recorded {expected:?}, ours {actual:?}"));
        }
    };
    same("status", &case.status.to_string(), &answer.status.to_string());
    same("content type", &case.content_type, &answer.content_type);
    if let Some(expected) = &case.content_disposition {
        same("disposition", expected, &sans_date(answer.content_disposition.as_deref().unwrap_or_default()));
    }
    if !differences.is_empty() || case.compare == Some(Compared::Statut) {
        return differences;
    }
    let mut comparison = Comparison { case, differences };
    match (&case.body, &answer.body) {
        (Value::String(expected), Value::String(actual)) => comparison.table(expected, actual),
        (expected, actual) if case.compare == Some(Compared::Pagination) && case.status == 200 => {
            comparison.pagination(expected, actual);
        }
        (expected, actual) => comparison.valeur("", expected, actual),
    }
    comparison.differences
}

/// `export-2031-01-31.csv` → `export-<date>.csv`
fn sans_date(text: &str) -> String {
    let Some((before, after)) = text.split_once("export-") else { return text.to_owned() };
    match after.split_at_checked(10) {
        Some((day, after)) if chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").is_ok() => {
            format!("{before}export-<date>{after}")
        }
        _ => text.to_owned(),
    }
}

struct Comparison<'a> {
    case: &'a Case,
    differences: Vec<String>,
}

impl Comparison<'_> {
    fn differs(&mut self, path: &str, expected: Option<&Value>, actual: Option<&Value>) {
        let text = |valeur: Option<&Value>| valeur.map_or_else(|| "absent".to_owned(), ToString::to_string);
        self.differences.push(format!("{path}: recorded {}, ours {}", text(expected), text(actual)));
    }

    /// CSV: the header, then a set of lines.
    fn table(&mut self, expected: &str, actual: &str) {
        let lines = |text: &str| {
            let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
            let rest = lines.len().min(1);
            lines[rest..].sort();
            lines
        };
        let (expected_lines, actual_lines) = (lines(expected), lines(actual));
        if expected_lines != actual_lines {
            let missing: Vec<_> = expected_lines.iter().filter(|line| !actual_lines.contains(line)).take(2).collect();
            let excess: Vec<_> = actual_lines.iter().filter(|line| !expected_lines.contains(line)).take(2).collect();
            self.differences.push(format!("csv: missing {missing:?}, too many {excess:?}"));
        }
    }

    fn pagination(&mut self, expected: &Value, actual: &Value) {
        self.valeur("pagination", &expected["pagination"], &actual["pagination"]);
        let items = LISTS.iter().find_map(|nom| actual[nom].as_array()).map(Vec::len);
        if items != self.case.count {
            self.differences.push(format!("items: recorded {:?}, ours {items:?}", self.case.count));
        }
    }

    fn valeur(&mut self, path: &str, expected: &Value, actual: &Value) {
        match (expected, actual) {
            (Value::Object(expected), Value::Object(actual)) => self.object_answer(path, expected, actual),
            (Value::Array(expected), Value::Array(actual)) => self.list_answer(path, expected, actual),
            (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => {}
            (a, b) if a == b => {}
            (a, b) => self.differs(path, Some(a), Some(b)),
        }
    }

    fn object_answer(&mut self, path: &str, expected: &Map<String, Value>, actual: &Map<String, Value>) {
        let keys: BTreeSet<&String> = expected.keys().chain(actual.keys()).collect();
        for key in keys {
            let here = format!("{path}.{key}");
            match (expected.get(key), actual.get(key)) {
                _ if key == "_meta" => self.meta(&here, expected, actual),
                (a, b) if is_figure(key) => {
                    if !same(a, b) && !self.figure_allowed(key, expected, actual) {
                        self.differs(&here, a, b);
                    }
                }
                (Some(a), Some(b)) => self.valeur(&here, a, b),
                (a, b) => self.differs(&here, a, b),
            }
        }
        if self.is_a_sum(expected) {
            self.sum(path, expected, actual);
        }
    }

    fn list_answer(&mut self, path: &str, expected: &[Value], actual: &[Value]) {
        let nom = path.rsplit('.').next().unwrap_or_default();
        let whole = WHOLES.contains(&nom)
            || (self.case.unordered && (LISTS.contains(&nom) || nom == "certificationsTerminales"));
        let (expected, actual) = if whole { (tries(expected), tries(actual)) } else { (refs(expected), refs(actual)) };
        let keys = |list: &[&Value]| list.iter().map(|valeur| key(valeur)).collect::<Vec<_>>();
        if keys(&expected) == keys(&actual) {
            for (a, b) in expected.iter().zip(&actual) {
                self.valeur(&format!("{path}[{}]", key(a)), a, b);
            }
            return;
        }
        let missing = expected.iter().find(|a| !actual.iter().any(|b| key(a) == key(b)));
        let excess = actual.iter().find(|b| !expected.iter().any(|a| key(a) == key(b)));
        self.differences.push(format!(
            "{path}: recorded {} items, ours {}; missing {missing:?}, too many {excess:?}",
            expected.len(),
            actual.len()
        ));
    }

    /// `_meta`: title and description as recorded; messages as recorded, or one more.
    fn meta(&mut self, path: &str, expected: &Map<String, Value>, actual: &Map<String, Value>) {
        let of = |object: &Map<String, Value>| object.get("_meta").cloned().unwrap_or(Value::Null);
        let (expected_meta, actual_meta) = (of(expected), of(actual));
        for key in ["titre", "details"] {
            self.valeur(&format!("{path}.{key}"), &expected_meta[key], &actual_meta[key]);
        }
        let messages = |meta: &Value| -> BTreeSet<String> {
            let list = meta["messages"].as_array().cloned().unwrap_or_default();
            list.iter().map(|message| message.as_str().unwrap().to_owned()).collect()
        };
        let (mut expected_messages, actual_messages) = (messages(&expected_meta), messages(&actual_meta));
        if self.is_a_sum(expected) {
            // According to the figures that are shown.
            expected_messages.remove(SOUS_SEUIL);
            expected_messages.extend(is_hidden(actual).then(|| SOUS_SEUIL.to_owned()));
        } else if (self.case.tag("deux_messages") && number(expected, "nb_annee_term").is_some_and(|e| e < 20))
            || self.unknown_effectif(expected)
        {
            expected_messages.insert(SOUS_SEUIL.to_owned());
        }
        if expected_messages != actual_messages {
            self.differences.push(format!("{path}.messages: recorded {expected_messages:?}, ours {actual_messages:?}"));
        }
    }

    /// Whether a difference of figures is one that a tag of the case allows.
    fn figure_allowed(&self, key: &str, expected: &Map<String, Value>, actual: &Map<String, Value>) -> bool {
        let (before, after) = (expected.get(key), actual.get(key));
        let recomputed =
            key == "taux_en_formation" || key == "taux_en_emploi_6_mois" || key.starts_with("taux_autres_");
        let devenir_absent = self.case.tag("difference_connue:devenir_absent")
            && recomputed
            && before.is_none()
            && number(actual, "nb_annee_term").is_some_and(|effectif| effectif >= 20)
            && number(actual, key).is_some()
            && number(actual, key) == taux(actual, key);
        let mixture = self.case.tag("difference_connue:melange_ancien_nouveau")
            && before.is_some()
            && after.is_none()
            && key != "nb_annee_term";
        let others_without_emploi = self.case.tag("autres_sans_emploi")
            && after == Some(&Value::Null)
            && horizon(key, "taux_autres_")
                .is_some_and(|months| actual.get(&format!("taux_en_emploi_{months}_mois")) == Some(&Value::Null));
        let unknown = self.unknown_effectif(expected) && matches!(after, None | Some(Value::Null));
        let rounded = self.case.tag("arrondi_binaire")
            && is_a_half(actual, key)
            && number(expected, key).zip(number(actual, key)).is_some_and(|(a, b)| (a - b).abs() == 1);
        // The figures of a sum are checked together.
        let sum = self.is_a_sum(expected) && before.is_some() && after.is_some();
        devenir_absent
            || mixture
            || others_without_emploi
            || unknown
            || rounded
            || sum
            || self.chosen(key, expected, actual)
    }

    /// The difference that `docs/LEGACY.md` argues for beside those of the tags: that everybody of
    /// a hidden cohort goes on studying is not told by `null` under the keys of employment.
    fn chosen(&self, key: &str, expected: &Map<String, Value>, actual: &Map<String, Value>) -> bool {
        self.case.tag("P=E")
            && key.contains("en_emploi_")
            && number(expected, "nb_annee_term").is_some_and(|effectif| effectif < 20)
            && expected.get(key) == Some(&Value::Null)
            && !actual.contains_key(key)
    }

    fn unknown_effectif(&self, expected: &Map<String, Value>) -> bool {
        self.case.tag("effectif_inconnu_non_masque")
            && !expected.contains_key("nb_annee_term")
            && number(expected, "nb_sortant").is_some_and(|sortants| sortants < 20)
    }

    /// A sum over several cells, some of which ours leaves out.
    fn is_a_sum(&self, expected: &Map<String, Value>) -> bool {
        expected.contains_key("codes_certifications")
            && (self.case.tag("somme_avec_cellule_cachee") || self.case.tag("double_compte"))
    }

    /// Whether the figures of a sum are consistent: fewer pupils at most, rates from its own
    /// counts, or nothing but the number of pupils.
    fn sum(&mut self, path: &str, expected: &Map<String, Value>, actual: &Map<String, Value>) {
        let effectif = |object| number(object, "nb_annee_term").unwrap_or(0);
        if effectif(actual) > effectif(expected) {
            self.differences.push(format!("{path}: more pupils than recorded"));
        }
        if is_hidden(actual) {
            return;
        }
        for (key, valeur) in actual.iter().filter(|(key, _)| key.starts_with("taux_")) {
            let own = taux(actual, key).map_or(Value::Null, Value::from);
            if *valeur != own {
                self.differs(&format!("{path}.{key} by its own counts"), Some(&own), Some(valeur));
            }
        }
    }
}

/// Whether a sum shows nothing but its number of pupils.
fn is_hidden(object: &Map<String, Value>) -> bool {
    let figures = object.iter().filter(|(key, _)| is_figure(key) && *key != "nb_annee_term");
    figures.map(|(_, valeur)| valeur).all(Value::is_null)
}

fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(Value::Number(a)), Some(Value::Number(b))) => a.as_f64() == b.as_f64(),
        (a, b) => a == b,
    }
}

fn refs(list: &[Value]) -> Vec<&Value> {
    list.iter().collect()
}

fn tries(list: &[Value]) -> Vec<&Value> {
    let mut tries = refs(list);
    tries.sort_by_key(|valeur| key(valeur));
    tries
}

/// What identifies an element: place, code, millésime, filière; other values are their own key.
fn key(valeur: &Value) -> String {
    if !valeur.is_object() {
        return valeur.to_string();
    }
    let text = |valeur: &Value| valeur.as_str().unwrap_or_default().to_owned();
    ["uai", "region", "code_certification", "millesime", "filiere"]
        .map(|nom| if nom == "region" { text(&valeur[nom]["code"]) } else { text(&valeur[nom]) })
        .join("/")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn differences(tags: &[&str], expected: &Value, actual: &Value) -> Vec<String> {
        let case = json!({
            "id": "x", "route": "x", "method": "GET", "path": "/", "status": 200, "content_type": "", "body": expected,
            "unordered": true, "tags": tags,
        });
        let answer =
            Answer { status: 200, content_type: String::new(), content_disposition: None, body: actual.clone() };
        compare(&serde_json::from_value(case).unwrap(), &answer)
    }

    #[test]
    fn null_absent_and_zero_are_three_things() {
        let three = [json!({"nb_sortant": null}), json!({}), json!({"nb_sortant": 0})];
        for (i, a) in three.iter().enumerate() {
            for (j, b) in three.iter().enumerate() {
                assert_eq!(differences(&[], a, b).is_empty(), i == j, "{a} {b}");
            }
        }
    }

    #[test]
    fn sets_have_no_order_and_other_arrays_do() {
        let set = |a: &str, b: &str| json!({"uai_formateur": [a, b]});
        assert!(differences(&[], &set("a", "b"), &set("b", "a")).is_empty());
        let list = |a: &str, b: &str| json!({"millesimesDisponible": [a, b]});
        assert!(!differences(&[], &list("a", "b"), &list("b", "a")).is_empty());
    }

    #[test]
    fn a_computed_part_is_allowed_by_its_tag_alone_and_only_with_the_right_value() {
        let before = json!({"nb_annee_term": 40, "nb_poursuite_etudes": 10});
        let after = |taux: i32| json!({"nb_annee_term": 40, "nb_poursuite_etudes": 10, "taux_en_formation": taux});
        let tag = ["difference_connue:devenir_absent"];
        assert!(differences(&tag, &before, &after(25)).is_empty());
        assert!(!differences(&tag, &before, &after(26)).is_empty());
        assert!(!differences(&[], &before, &after(25)).is_empty());
    }

    #[test]
    fn a_second_message_is_allowed_under_the_threshold_only() {
        let entry =
            |effectif: i32, messages: &[&str]| json!({"nb_annee_term": effectif, "_meta": {"messages": messages}});
        let tag = ["deux_messages"];
        assert!(differences(&tag, &entry(19, &["a"]), &entry(19, &["a", SOUS_SEUIL])).is_empty());
        assert!(!differences(&tag, &entry(19, &["a"]), &entry(19, &["a"])).is_empty());
        assert!(!differences(&tag, &entry(20, &["a"]), &entry(20, &["a", SOUS_SEUIL])).is_empty());
    }

    #[test]
    fn a_sum_may_be_smaller_if_its_rates_follow_its_counts() {
        let sum = |effectif: i32, account: i32, taux: i32| json!({"codes_certifications": ["a"], "nb_annee_term": effectif, "nb_poursuite_etudes": account, "taux_en_formation": taux});
        let tag = ["somme_avec_cellule_cachee"];
        assert!(differences(&tag, &sum(100, 50, 50), &sum(80, 20, 25)).is_empty());
        assert!(!differences(&tag, &sum(100, 50, 50), &sum(80, 20, 26)).is_empty());
        assert!(!differences(&tag, &sum(100, 50, 50), &sum(120, 30, 25)).is_empty());
        assert!(!differences(&[], &sum(100, 50, 50), &sum(80, 20, 25)).is_empty());
    }
}
