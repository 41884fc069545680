//! What the name of a file says: the dataset, the years, the voie, where the rows do not.
//!
//! The names are those of the producers' sites, kept or changed by whoever fetched the file: the
//! years may stand in any order (`2020-2019`), a copy be numbered (` (1)`), the voie be any word
//! of the name. A word that may mean either of two things is never chosen between.

use super::refusal::FileRefusal;
use super::source::Source;
use super::sources::Dataset;
use crate::domain::text::fold;
use crate::domain::{Filiere, Millesime};

/// Words of a name that say the voie.
const VOIES: [(&str, Filiere); 5] = [
    ("apprentissage", Filiere::Apprentissage),
    ("apprentis", Filiere::Apprentissage),
    ("cfa", Filiere::Apprentissage),
    ("pro", Filiere::Pro),
    ("scolaire", Filiere::Pro),
];

/// The dataset whose identifier stands in the file's name; of two, the longer one.
pub(super) fn dataset(source: &Source) -> Option<Dataset> {
    first(source, |name| {
        let name = name.to_lowercase();
        Dataset::ALL.iter().copied().filter(|dataset| name.contains(dataset.as_str())).max_by_key(|d| d.as_str().len())
    })
}

/// The millésime of a file that has none in its rows: from its name or `--millesime`.
///
/// # Errors
/// Neither says it, they contradict each other, or the name says two and the option none of them.
pub(super) fn millesime(source: &Source, option: Option<Millesime>) -> Result<Millesime, FileRefusal> {
    let named = first(source, |name| Some(years(name)).filter(|years| !years.is_empty())).unwrap_or_default();
    match (named.as_slice(), option) {
        ([], None) => Err(FileRefusal::MillesimeAbsent),
        ([], Some(option)) => Ok(option),
        (named, Some(option)) if named.contains(&option) => Ok(option),
        ([nom, ..], Some(option)) => {
            Err(FileRefusal::ContradictoryMillesime { nom: nom.to_string(), option: option.to_string() })
        }
        ([one], None) => Ok(*one),
        ([one, other, ..], None) => Err(FileRefusal::TwoMillesimes(one.to_string(), other.to_string())),
    }
}

/// The voie of a file that has none in its rows: from its name or `--voie`.
///
/// # Errors
/// As [`millesime`].
pub(super) fn voie(source: &Source, option: Option<Filiere>) -> Result<Filiere, FileRefusal> {
    let named = first(source, |name| Some(voies(name)).filter(|voies| !voies.is_empty())).unwrap_or_default();
    match (named.as_slice(), option) {
        ([], None) => Err(FileRefusal::MissingVoie),
        ([], Some(option)) => Ok(option),
        (named, Some(option)) if named.contains(&option) => Ok(option),
        ([nom, ..], Some(option)) => Err(FileRefusal::ContradictoryVoie { nom: nom.as_str(), option: option.as_str() }),
        ([one], None) => Ok(*one),
        (_, None) => Err(FileRefusal::TwoVoies),
    }
}

/// What the nearest of a file's names says that says something.
pub(super) fn first<T>(source: &Source, says: impl Fn(&str) -> Option<T>) -> Option<T> {
    source.names().find_map(|name| says(&name))
}

/// The pairs of consecutive years that stand together in a name, in either order, each once.
fn years(name: &str) -> Vec<Millesime> {
    let digits: Vec<char> = name.chars().collect();
    let mut found = Vec::new();
    for start in 0..digits.len() {
        let Some(part) = digits.get(start..start + 9) else { break };
        let before = start.checked_sub(1).and_then(|at| digits.get(at));
        let alone = [before, digits.get(start + 9)].iter().flatten().all(|c| !c.is_ascii_digit());
        let (Some(one), Some(other)) = (year(part.get(..4)), year(part.get(5..))) else { continue };
        if alone && matches!(part.get(4), Some('-' | '_')) && one.abs_diff(other) == 1 {
            let text = format!("{}_{}", one.min(other), one.max(other));
            found.extend(Millesime::parse(&text).ok().filter(|millesime| !found.contains(millesime)));
        }
    }
    found
}

fn year(digits: Option<&[char]>) -> Option<u16> {
    let digits = digits.filter(|digits| digits.iter().all(char::is_ascii_digit))?;
    digits.iter().collect::<String>().parse().ok()
}

/// The voies that words of a name say, each once.
fn voies(name: &str) -> Vec<Filiere> {
    let mut found = Vec::new();
    for word in fold(name).split(' ') {
        let voie = VOIES.iter().find(|(known, _)| *known == word).map(|(_, voie)| *voie);
        found.extend(voie.filter(|voie| !found.contains(voie)));
    }
    found
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn named(name: &str) -> Source {
        Source::plain(Path::new(name))
    }

    #[test]
    fn the_years_are_read_in_either_order_and_only_where_they_stand_together() {
        for (name, expected) in [
            ("depp-2022-etablissements-2021_2022-pro.csv", Some("2021_2022")),
            ("depp-2022-etablissement-voie-pro-sco-2020-2019-maj2-102525.csv", Some("2019_2020")),
            ("depp-2021_2022-apprentissage (1).csv", Some("2021_2022")),
            ("depp-2022-2021_2022-pro.csv", Some("2021_2022")),
            ("2021-2022_pro_2021_2022.csv", Some("2021_2022")),
            ("depp-2022-etablissements-pro.csv", None),
            ("depp-2019_2021-pro.csv", None),
            ("depp-12021-2022-pro.csv", None),
            ("depp-2021-20225-pro.csv", None),
            ("dépp-20-pro.csv", None),
        ] {
            assert_eq!(millesime(&named(name), None).ok().map(|m| m.to_string()).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn two_pairs_of_years_are_not_chosen_between() {
        let source = named("depp-2019_2020-2021_2022-pro.csv");
        let message = millesime(&source, None).unwrap_err().to_string();
        assert!(message.contains("2019_2020 and "), "{message}");
        let option = Millesime::parse("2021_2022").ok();
        assert_eq!(millesime(&source, option).ok(), option);
        assert!(millesime(&source, Millesime::parse("2018_2019").ok()).is_err());
    }

    #[test]
    fn the_voie_is_a_word_of_the_name() {
        for (name, expected) in [
            ("depp-2021_2022-pro.csv", Filiere::Pro),
            ("depp-2021_2022-pro (1).csv", Filiere::Pro),
            ("depp-2022-etablissement-voie-pro-sco-2020-2019-maj2-102525.csv", Filiere::Pro),
            ("lycee_pro_2021_2022.csv", Filiere::Pro),
            ("depp-2021_2022-Apprentissage.csv.gz", Filiere::Apprentissage),
            ("CFA 2021-2022.csv", Filiere::Apprentissage),
        ] {
            assert_eq!(voie(&named(name), None).ok(), Some(expected), "{name}");
        }
        for name in ["depp-2021_2022.csv", "produits-2021_2022.csv", "apprentissages_2021_2022.csv"] {
            assert!(matches!(voie(&named(name), None), Err(FileRefusal::MissingVoie)), "{name}");
            assert_eq!(voie(&named(name), Some(Filiere::Pro)).ok(), Some(Filiere::Pro), "{name}");
        }
        let both = named("depp-2021_2022-pro-et-apprentissage.csv");
        assert!(matches!(voie(&both, None), Err(FileRefusal::TwoVoies)));
        assert_eq!(voie(&both, Some(Filiere::Pro)).ok(), Some(Filiere::Pro));
        assert!(matches!(voie(&named("cfa.csv"), Some(Filiere::Pro)), Err(FileRefusal::ContradictoryVoie { .. })));
    }
}
