//! What a file says that can be read and yet is not believed, or not as it stands: a file per
//! rule, each a pure function or counter.
//!
//! Two outcomes. A file is *refused* where its figures cannot be what they claim to be; what an
//! operator may let in all the same is a closed list ([`Acceptance`]). A *finding* is reported and
//! counted by rule, with examples, and the row goes in: as it is, or put right as the rule says.
//!
//! Rules see what is read and becomes a statistic, nothing else: a column that nobody reads cannot
//! mislead anybody. They count and keep no row, so that memory does not grow with the file.

use std::collections::BTreeSet;

use serde::{Serialize, Serializer};

use super::refusal::FileRefusal;
use super::report::Example;
use crate::domain::filiere::closed_list;
use crate::domain::{Acceptance, Invalid};
use std::fmt;

/// How many examples of each finding a report shows.
const EXAMPLES: usize = 10;

closed_list! {
    /// What is reported of rows that are kept.
    Rule {
        /// A published rate and the counts beside it.
        RateAgainstCounts = "taux_et_effectifs",
        /// Parts that do not make up everybody.
        SumOfParts = "somme_des_parts",
        /// An added value that is not the rate minus the expected one.
        AddedValue = "valeur_ajoutee",
        /// More persons than the group that they are of.
        LargerThanWhole = "effectif_superieur",
        /// A word that is in no list; the field stays empty.
        UnknownWord = "valeur_inconnue",
    }
}

impl Rule {
    /// The sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::RateAgainstCounts => "Un taux publié s'écarte de plus d'un point de celui des effectifs.",
            Self::SumOfParts => "Les parts publiées ne font pas 100 %.",
            Self::AddedValue => "La valeur ajoutée publiée n'est pas le taux moins le taux attendu.",
            Self::LargerThanWhole => "Un effectif dépasse celui dont il fait partie.",
            Self::UnknownWord => "Une valeur n'est pas dans la liste connue ; elle est laissée vide.",
        }
    }
}

/// What one rule found in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleFindings {
    /// The rule.
    #[serde(rename = "regle")]
    pub rule: Rule,
    /// It as a sentence.
    #[serde(rename = "phrase")]
    pub sentence: &'static str,
    /// How many.
    #[serde(rename = "nombre")]
    pub count: u64,
    /// The first ones.
    #[serde(rename = "exemples")]
    pub examples: Vec<Example>,
}

/// What all rules found in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Findings(Vec<RuleFindings>);

impl Findings {
    /// Adds one; the example is only made while examples are wanted.
    pub(super) fn add(&mut self, rule: Rule, example: impl FnOnce() -> Example) {
        self.count(rule, 1, example);
    }

    /// Adds so many of one kind, with one example of them.
    pub(super) fn count(&mut self, rule: Rule, count: u64, example: impl FnOnce() -> Example) {
        let at = self.0.iter().position(|found| found.rule == rule).unwrap_or_else(|| {
            self.0.push(RuleFindings { rule, sentence: rule.sentence(), count: 0, examples: Vec::new() });
            self.0.len() - 1
        });
        if let Some(found) = self.0.get_mut(at) {
            found.count += count;
            if found.examples.len() < EXAMPLES {
                found.examples.push(example());
            }
        }
    }

    /// What each rule that found anything found.
    #[must_use]
    pub fn by_rule(&self) -> &[RuleFindings] {
        &self.0
    }

    /// How many times a rule found something.
    #[must_use]
    pub fn of(&self, rule: Rule) -> u64 {
        self.0.iter().find(|found| found.rule == rule).map_or(0, |found| found.count)
    }

    /// How many findings there are in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().map(|found| found.count).sum()
    }
}

/// What the operator accepts of a file, and what of it was needed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acceptances {
    given: BTreeSet<Acceptance>,
    used: BTreeSet<Acceptance>,
}

impl Acceptances {
    /// Those of the command line.
    #[must_use]
    pub fn new(given: impl IntoIterator<Item = Acceptance>) -> Self {
        Self { given: given.into_iter().collect(), used: BTreeSet::new() }
    }

    /// Lets a refusal pass that the operator accepts, and remembers it.
    ///
    /// # Errors
    /// The refusal, where it is not of a kind that was accepted.
    #[cfg_attr(not(test), expect(dead_code, reason = "the rules that refuse come next"))]
    pub(super) fn pass(&mut self, refusal: FileRefusal) -> Result<(), FileRefusal> {
        match refusal.acceptance().filter(|acceptance| self.given.contains(acceptance)) {
            Some(acceptance) => {
                self.used.insert(acceptance);
                Ok(())
            }
            None => Err(refusal),
        }
    }

    /// What was let in that would have been refused.
    #[must_use]
    pub fn used(&self) -> Vec<&'static str> {
        self.used.iter().map(|acceptance| acceptance.as_str()).collect()
    }
}

impl Serialize for Acceptances {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.used().serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(line: u64) -> Example {
        Example { line, column: None, valeur: String::new(), raison: String::new() }
    }

    #[test]
    fn findings_are_counted_by_rule_and_only_the_first_are_shown() {
        let mut findings = Findings::default();
        for line in 0..12 {
            findings.add(Rule::SumOfParts, || example(line));
        }
        findings.add(Rule::UnknownWord, || example(99));
        assert_eq!((findings.of(Rule::SumOfParts), findings.of(Rule::AddedValue), findings.total()), (12, 0, 13));
        let lines: Vec<_> = findings.by_rule()[0].examples.iter().map(|example| example.line).collect();
        assert_eq!(lines, (0..10).collect::<Vec<_>>());
    }

    #[test]
    fn only_what_was_accepted_passes_and_only_what_was_needed_is_kept() {
        let mut acceptances = Acceptances::new([Acceptance::Text, Acceptance::Contradictions]);
        assert!(acceptances.pass(FileRefusal::Empty).is_err(), "nothing else can be accepted");
        assert!(acceptances.used().is_empty());
    }
}
