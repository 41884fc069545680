//! Finding what is meant: codes first, then words, then what typing errors hide. Certifications here,
//! établissements and their formations below.
//!
//! An [`Index`] holds the labels of one publication, which never change: a word leads to the
//! certifications that have it. Nothing of it depends on a figure, so neither the order of what is
//! found nor its number can tell anything about one.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use self::postings::{Beginnings, Postings};
use self::words::{Alternative, TRADES, groups, stem};
use super::text::fold;
use super::{CodeCertification, TypeCode};

mod etablissements;
mod formations;
mod postings;
mod spelling;
#[cfg(test)]
mod tests;
mod words;

pub use etablissements::{EtablissementEntry, EtablissementIndex};
pub use formations::{FoundFormations, formations};

/// What is searched of a certification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its code.
    pub code: CodeCertification,
    /// The CFD that it belongs to; its own for a CFD.
    pub cfd: Option<CodeCertification>,
    /// Its label, with the kind of diploma in parentheses: `BOULANGER (CAP)`.
    pub libelle: String,
    /// What it was called before.
    pub libelle_ancien: Option<String>,
    /// The label of its kind of diploma.
    pub diplome: Option<String>,
    /// The day on which it closes.
    pub date_fermeture: Option<NaiveDate>,
}

/// What the order of the answers needs of a certification.
#[derive(Debug)]
struct Document {
    code: CodeCertification,
    /// A CFD of the same publication stands for it.
    grouped: bool,
    /// The words of the label without the kind of diploma.
    subject: Vec<String>,
    date_fermeture: Option<NaiveDate>,
}

/// « Métiers de la coiffure » is about « coiffure »: the word is found, but nothing is nearer for it.
const TRADE: &str = "metier";

/// How codes begin of the diplomas that pupils choose among, in the order in which they do: CAP,
/// baccalauréat professionnel, BTS, each with its agricultural form.
const USUAL: [&str; 6] = ["500", "503", "400", "403", "320", "323"];

/// The labels of a publication, by word.
#[derive(Debug, Default)]
pub struct Index {
    documents: Vec<Document>,
    words: Postings,
    /// The words of the kinds of diplomas: they say nothing about the subject.
    kinds: BTreeSet<String>,
}

/// How a search is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// What was typed.
    pub text: &'a str,
    /// Whether a CFD stands for its MEFSTAT11s.
    pub grouped: bool,
    /// The day that tells open from closed.
    pub today: NaiveDate,
}

/// Where a certification stands, the best least.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    closed: bool,
    nearness: Nearness,
    /// Place in [`USUAL`], or after it.
    kind: usize,
    /// Words of the label that were not asked for.
    others: usize,
    code: CodeCertification,
}

/// How near a label is to what was asked, the nearest least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    Whole,
    Beginning,
    Words,
    BeginningsOfWords,
}

impl Index {
    /// Indexes the certifications of a publication.
    #[must_use]
    pub fn new(entries: &[Entry]) -> Self {
        let cfds: BTreeSet<_> = entries.iter().map(|entry| entry.code).collect();
        let mut index = Self::default();
        for entry in entries {
            index.push(entry, &cfds);
        }
        index
    }

    fn push(&mut self, entry: &Entry, codes: &BTreeSet<CodeCertification>) {
        let Ok(number) = u32::try_from(self.documents.len()) else { return };
        let (subject, kind) = entry.libelle.rsplit_once('(').unwrap_or((&entry.libelle, ""));
        let whole = stems(subject);
        let kind: Vec<String> =
            stems(kind).into_iter().chain(entry.diplome.as_deref().into_iter().flat_map(stems)).collect();
        let older = entry.libelle_ancien.as_deref().into_iter().flat_map(stems);
        let all: BTreeSet<String> = whole.iter().chain(&kind).cloned().chain(older).collect();
        self.words.insert(number, all);
        self.kinds.extend(kind);
        let mut subject = whole;
        subject.retain(|word| word != TRADE);
        // « Infirmier ou infirmière » is one word twice.
        subject.dedup();
        let stood_for = entry.cfd.is_some_and(|cfd| cfd != entry.code && codes.contains(&cfd));
        let grouped = entry.code.type_code() == TypeCode::Mef11 && stood_for;
        self.documents.push(Document { code: entry.code, grouped, subject, date_fermeture: entry.date_fermeture });
    }

    /// The codes that a question finds, the best first; `None` when it has no letter and no digit,
    /// so that there is nothing to find by.
    ///
    /// A code finds that certification alone. Words are all required, the last as a beginning; when
    /// that finds nothing, each word that no label has is read as the word next to it, and at last
    /// every word as a beginning.
    #[must_use]
    pub fn find(&self, question: Question<'_>) -> Option<Vec<CodeCertification>> {
        let text = fold(question.text);
        if text.is_empty() {
            return None;
        }
        if let Some(code) = self.code(question.text) {
            return Some(vec![code]);
        }
        let mut found = self.matching(&text, Beginnings::Last, question);
        if found.is_empty() {
            let corrected = self.words.corrected(&text);
            found = self.matching(&corrected, Beginnings::Last, question);
            if found.is_empty() {
                found = self.matching(&corrected, Beginnings::All, question);
            }
        }
        found.sort_unstable();
        Some(found.into_iter().map(|rank| rank.code).collect())
    }

    /// The certification whose code the text is: in any case, with or without its prefix, and
    /// without the leading zero that a spreadsheet took, where no other code is spelt so.
    fn code(&self, text: &str) -> Option<CodeCertification> {
        let text = text.trim().to_ascii_uppercase();
        let known = |code: &CodeCertification| self.documents.iter().any(|document| document.code == *code);
        let written = CodeCertification::parse(&text).ok().or_else(|| CodeCertification::from_stored(&text));
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let with_zero = || CodeCertification::from_stored(&format!("0{text}")).filter(|_| digits);
        written.filter(known).or_else(|| with_zero().filter(known))
    }

    /// The certifications that have the words of a folded text, in no order.
    fn matching(&self, text: &str, beginnings: Beginnings, question: Question<'_>) -> Vec<Rank> {
        let groups = groups(text, TRADES);
        let found = self.words.matching(&groups, beginnings).into_iter();
        found.filter_map(|(document, alternatives)| self.rank(document, &alternatives, question)).collect()
    }

    /// All certifications: none is nearer than another.
    fn all(&self, question: Question<'_>) -> Vec<Rank> {
        (0..).zip(&self.documents).filter_map(|(document, _)| self.rank(document, &[], question)).collect()
    }

    fn rank(&self, document: u32, alternatives: &[&Alternative], question: Question<'_>) -> Option<Rank> {
        let document = self.documents.get(document as usize)?;
        if question.grouped && document.grouped {
            return None;
        }
        let subject = &document.subject;
        let of_subject = |word: &&String| subject.contains(word) || (*word != TRADE && !self.kinds.contains(*word));
        let asked: Vec<&String> = alternatives.iter().flat_map(|words| words.iter()).filter(of_subject).collect();
        let nearness = if subject.iter().eq(asked.iter().copied()) {
            Nearness::Whole
        } else if !asked.is_empty() && subject.iter().zip(&asked).filter(|(a, b)| a == *b).count() == asked.len() {
            Nearness::Beginning
        } else if asked.iter().all(|word| subject.contains(word)) {
            Nearness::Words
        } else {
            Nearness::BeginningsOfWords
        };
        let closed = document.date_fermeture.is_some_and(|date| date < question.today);
        let others = subject.len().saturating_sub(asked.len());
        let code = document.code;
        let kind = USUAL.iter().position(|start| code.as_str().starts_with(start)).unwrap_or(USUAL.len());
        Some(Rank { closed, nearness, kind, others, code })
    }
}

/// The words of a label, stemmed, without those that carry no meaning.
fn stems(text: &str) -> Vec<String> {
    fold(text).split(' ').filter(|word| !word.is_empty() && !words::is_empty_word(word)).map(stem).collect()
}
