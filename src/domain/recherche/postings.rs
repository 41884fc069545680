//! Which documents have a word: what the searches of certifications and of établissements share.

use std::collections::{BTreeMap, BTreeSet};

use super::spelling;
use super::words::{Alternative, Group, stem};

/// Which words of a question may be the beginning of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginnings {
    /// None: every word is typed to its end.
    None,
    /// The last, which may still be being typed.
    Last,
    /// Every one.
    All,
}

/// Stemmed words, and the documents that have them in ascending order.
#[derive(Debug, Default)]
pub(super) struct Postings(BTreeMap<String, Vec<u32>>);

impl Postings {
    /// Remembers the words of a document; documents come in ascending order.
    pub(super) fn insert(&mut self, document: u32, words: BTreeSet<String>) {
        for word in words {
            self.0.entry(word).or_default().push(document);
        }
    }

    /// The documents that have every group, and the alternative of each by which they have it.
    pub(super) fn matching<'a>(
        &self,
        groups: &'a [Group],
        beginnings: Beginnings,
    ) -> BTreeMap<u32, Vec<&'a Alternative>> {
        let mut found: Option<BTreeMap<u32, Vec<&'a Alternative>>> = None;
        for (index, group) in groups.iter().enumerate() {
            let prefix = match beginnings {
                Beginnings::None => false,
                Beginnings::Last => index + 1 == groups.len(),
                Beginnings::All => true,
            };
            let of_group = self.of_group(group, prefix);
            let both = match found {
                None => of_group.into_iter().map(|(document, alternative)| (document, vec![alternative])).collect(),
                Some(mut found) => {
                    found.retain(|document, alternatives| {
                        of_group.get(document).map(|alternative| alternatives.push(alternative)).is_some()
                    });
                    found
                }
            };
            if both.is_empty() {
                return both;
            }
            found = Some(both);
        }
        found.unwrap_or_default()
    }

    /// The documents that have all words of one of the alternatives, with the first such one.
    fn of_group<'a>(&self, group: &'a Group, prefix: bool) -> BTreeMap<u32, &'a Alternative> {
        let mut found = BTreeMap::new();
        for alternative in &group.0 {
            let last = alternative.len();
            let sets =
                alternative.iter().enumerate().map(|(index, word)| self.having(word, prefix && index + 1 == last));
            let common = sets.reduce(|left, right| left.intersection(&right).copied().collect()).unwrap_or_default();
            for document in common {
                found.entry(document).or_insert(alternative);
            }
        }
        found
    }

    /// The documents that have a word, or one that begins so.
    fn having(&self, word: &str, prefix: bool) -> BTreeSet<u32> {
        if prefix {
            let beginning = self.0.range(word.to_owned()..).take_while(|(known, _)| known.starts_with(word));
            beginning.flat_map(|(_, documents)| documents.iter().copied()).collect()
        } else {
            self.0.get(word).into_iter().flatten().copied().collect()
        }
    }

    /// A folded text with each word that no document has replaced by the one that is spelt most alike.
    pub(super) fn corrected(&self, text: &str) -> String {
        let word = |word: &str| {
            let stem = stem(word);
            let known = self.0.range(stem.clone()..).next().is_some_and(|(known, _)| known.starts_with(&stem));
            if known { None } else { spelling::nearest(&stem, &self.0) }.unwrap_or_else(|| word.to_owned())
        };
        text.split(' ').map(word).collect::<Vec<_>>().join(" ")
    }
}
