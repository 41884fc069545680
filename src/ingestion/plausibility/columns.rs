//! Less than before: a measure that the file replaced, or the year before, had and this one has no
//! column for. A column that was renamed is read as a measure that nobody publishes any more; the
//! memory of what was held tells the two apart.
//!
//! Compared are measures, not columns: a generation of files that spells them otherwise loses none.
//! Never with a later millésime: older generations of files have fewer measures, and are loaded
//! after newer ones when an archive is filled up.

use std::collections::BTreeSet;

use crate::db::ingestion::ReplacementScope;
use crate::domain::Millesime;
use crate::domain::text::fold;
use crate::ingestion::header::Column;
use crate::ingestion::refusal::FileRefusal;

/// Likeness of two names, 0 to 1, from which one may be the other.
const ALIKE: f64 = 0.6;

/// A measure that a file lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Lost {
    measure: &'static str,
    millesime: String,
}

/// What a file has of the measures of its dataset.
#[derive(Debug)]
pub(in crate::ingestion) struct Columns<'a> {
    /// The measures of the dataset, by the number of their bit.
    pub(in crate::ingestion) measures: Vec<&'static str>,
    /// Those that the file has a column, or in the long form a row, for.
    pub(in crate::ingestion) present: u32,
    /// What it has that nobody knows: columns, or in the long form measures.
    pub(in crate::ingestion) unknown: Vec<&'a str>,
    /// The columns of the dataset, with their spellings.
    pub(in crate::ingestion) known: &'static [Column],
}

impl Columns<'_> {
    /// Compares the scopes of the file with those held until now.
    ///
    /// # Errors
    /// A measure that was there is gone.
    pub(in crate::ingestion) fn judge(
        &self,
        scopes: &[ReplacementScope],
        held: &[ReplacementScope],
    ) -> Result<(), FileRefusal> {
        let mut lost: Vec<Lost> = Vec::new();
        for before in scopes.iter().filter_map(|scope| predecessor(scope, held)) {
            for (bit, measure) in self.measures.iter().enumerate() {
                let gone = before.mesures & (1 << bit) != 0 && self.present & (1 << bit) == 0;
                if gone && lost.iter().all(|lost| lost.measure != *measure) {
                    lost.push(Lost { measure, millesime: before.millesime.clone() });
                }
            }
        }
        let Some(first) = lost.first() else { return Ok(()) };
        Err(FileRefusal::VanishedColumn {
            mesures: lost.iter().map(|lost| lost.measure).collect::<Vec<_>>().join(", "),
            millesime: first.millesime.clone(),
            similar: self.resembling(&lost),
        })
    }

    /// The unknown names that resemble what is missing, as a part of the sentence.
    fn resembling(&self, lost: &[Lost]) -> String {
        let alike: BTreeSet<String> = lost
            .iter()
            .filter_map(|lost| Some(format!("«{}» for {}", self.most_alike(lost.measure)?, lost.measure)))
            .collect();
        match alike.len() {
            0 => "no unknown column resembles it".to_owned(),
            _ => format!("renamed? {}", alike.into_iter().collect::<Vec<_>>().join(", ")),
        }
    }

    fn most_alike(&self, measure: &str) -> Option<&str> {
        let column = self.known.iter().find(|column| column.nom == measure)?;
        let spellings = || std::iter::once(&column.nom).chain(column.spellings);
        let scored = self
            .unknown
            .iter()
            .map(|name| (spellings().map(|spelling| alike(name, spelling)).fold(0.0, f64::max), *name));
        scored.filter(|(score, _)| *score >= ALIKE).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
    }
}

/// How much two names resemble each other; not at all when their numbers differ, since a horizon
/// is not another one.
fn alike(one: &str, other: &str) -> f64 {
    let (one, other) = (fold(one), fold(other));
    let numbers = |text: &str| -> BTreeSet<String> {
        text.split(' ').filter(|word| word.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned).collect()
    };
    if numbers(&one) == numbers(&other) { strsim::sorensen_dice(&one, &other) } else { 0.0 }
}

/// What a scope is compared with: what it replaces, else the nearest earlier millésime.
fn predecessor<'a>(scope: &ReplacementScope, held: &'a [ReplacementScope]) -> Option<&'a ReplacementScope> {
    let year = |scope: &ReplacementScope| Millesime::parse(&scope.millesime).ok();
    let own = year(scope)?;
    held.iter()
        .filter(|other| other.maille == scope.maille && other.filiere == scope.filiere)
        .filter_map(|other| Some((year(other)?, other)))
        .filter(|(millesime, _)| *millesime <= own)
        .max_by_key(|(millesime, _)| *millesime)
        .map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(filiere: &str, millesime: &str, mesures: u32) -> ReplacementScope {
        ReplacementScope {
            maille: "regionale".to_owned(),
            filiere: filiere.to_owned(),
            millesime: millesime.to_owned(),
            lines: 1,
            mesures,
        }
    }

    const COLUMNS: &[Column] = &[
        Column::new("taux_emploi_6_mois", &[]),
        Column::new("taux_emploi_12_mois", &["Taux d'emploi 12 mois après la sortie"]),
    ];

    fn judged(
        present: u32,
        unknown: &[&str],
        scopes: &[ReplacementScope],
        held: &[ReplacementScope],
    ) -> Option<String> {
        let columns = Columns {
            measures: vec!["taux_emploi_6_mois", "taux_emploi_12_mois"],
            present,
            unknown: unknown.to_vec(),
            known: COLUMNS,
        };
        columns.judge(scopes, held).err().map(|refusal| refusal.to_string())
    }

    #[test]
    fn a_measure_that_was_there_is_missed_and_the_column_that_resembles_it_is_named() {
        let held = [scope("pro", "2021_2022", 0b11)];
        let unknown = ["Taux emploi salarié 18 mois", "Taux emploi salarié 12 mois", "Remarque"];
        for millesime in ["2021_2022", "2022_2023"] {
            let message = judged(0b01, &unknown, &[scope("pro", millesime, 0b01)], &held).unwrap();
            assert!(message.contains("«Taux emploi salarié 12 mois» for taux_emploi_12_mois"), "{message}");
        }
    }

    #[test]
    fn a_later_millesime_another_filiere_and_a_measure_without_values_are_no_predecessors() {
        let file = [scope("pro", "2018_2019", 0b01)];
        assert_eq!(judged(0b01, &[], &file, &[scope("pro", "2021_2022", 0b11)]), None, "later");
        assert_eq!(judged(0b01, &[], &file, &[scope("apprentissage", "2017_2018", 0b11)]), None, "another filière");
        assert_eq!(judged(0b01, &[], &file, &[scope("pro", "2017_2018", 0b01)]), None, "no values there either");
        assert_eq!(judged(0b11, &[], &file, &[scope("pro", "2017_2018", 0b11)]), None, "the column is there, empty");
    }

    #[test]
    fn the_nearest_earlier_millesime_counts_and_what_is_replaced_before_it() {
        let held = [scope("pro", "2019_2020", 0b11), scope("pro", "2020_2021", 0b01)];
        assert_eq!(judged(0b01, &[], &[scope("pro", "2021_2022", 0b01)], &held), None);
        assert!(judged(0b01, &[], &[scope("pro", "2019_2020", 0b01)], &held).is_some());
    }
}
