//! Finding the établissement that is meant: its UAI, its name, where it is.

use std::collections::{BTreeMap, BTreeSet};

use super::postings::{Beginnings, Postings};
use super::stems;
use super::words::{Alternative, PLACES, groups};
use crate::domain::territoire::Departement;
use crate::domain::text::fold;
use crate::domain::{CodeCertification, CodeRegion, Uai};

/// What is searched of an établissement with published statistics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EtablissementEntry {
    /// Its identifier.
    pub uai: Uai,
    /// Its name.
    pub nom: Option<String>,
    /// Its commune.
    pub commune: Option<String>,
    /// Its postal code.
    pub code_postal: Option<String>,
    /// Its département.
    pub departement: Option<&'static Departement>,
    /// Its région.
    pub region: Option<CodeRegion>,
    /// The certifications of which it has a statistic, hidden or not.
    pub codes: Vec<CodeCertification>,
}

/// What the order of the answers needs of an établissement.
#[derive(Debug)]
struct Document {
    uai: Uai,
    /// The words of its name.
    name: Vec<String>,
    /// The words of its commune.
    commune: BTreeSet<String>,
    code_postal: Option<String>,
    codes: BTreeSet<CodeCertification>,
}

/// The établissements of a publication, by the words of their names and places.
#[derive(Debug, Default)]
pub struct EtablissementIndex {
    /// In the order of their UAIs.
    documents: Vec<Document>,
    words: Postings,
    by_uai: BTreeMap<Uai, u32>,
    /// Every certification of which some établissement has a statistic.
    codes: BTreeSet<CodeCertification>,
}

/// Where an établissement stands, the best least.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    nearness: Nearness,
    /// Words of the name that were not asked for, when some were.
    others: usize,
    /// Its number: by UAI.
    document: u32,
}

/// How near a name is to what was asked, the nearest least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    WholeName,
    BeginningOfName,
    WordsOfName,
    /// Words of the name and of the commune, or of the commune alone.
    Commune,
    /// A word of the département or the région, or the beginning of any word.
    Rest,
}

impl EtablissementIndex {
    /// Indexes the établissements of a publication.
    #[must_use]
    pub fn new(mut entries: Vec<EtablissementEntry>) -> Self {
        entries.sort_by_key(|entry| entry.uai);
        let mut index = Self::default();
        for entry in entries {
            index.push(entry);
        }
        index
    }

    fn push(&mut self, entry: EtablissementEntry) {
        let Ok(number) = u32::try_from(self.documents.len()) else { return };
        let EtablissementEntry { uai, nom, commune, code_postal, departement, region, codes } = entry;
        let name = nom.as_deref().map(stems).unwrap_or_default();
        let commune: BTreeSet<String> = commune.as_deref().into_iter().flat_map(stems).collect();
        let territoires = [departement.map(|departement| departement.nom), region.map(|region| region.region().nom)];
        let around = territoires.into_iter().flatten().flat_map(stems);
        self.words.insert(number, name.iter().chain(&commune).cloned().chain(around).collect());
        self.by_uai.insert(uai, number);
        self.codes.extend(&codes);
        self.documents.push(Document { uai, name, commune, code_postal, codes: codes.into_iter().collect() });
    }

    /// The UAIs that a text finds, the best first; `None` when it has no letter and no digit, so that
    /// there is nothing to find by.
    ///
    /// A UAI finds that établissement alone, a postal code those that have it. Words are all required,
    /// the last as a beginning; when that finds nothing, each word that no name and no place has is
    /// read as the word next to it, and at last every word as a beginning.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Vec<Uai>> {
        let folded = fold(text);
        if folded.is_empty() {
            return None;
        }
        let found = self.by_number(text).unwrap_or_else(|| {
            let found = self.matching(&folded, Beginnings::Last);
            if !found.is_empty() {
                return found;
            }
            let corrected = self.words.corrected(&folded);
            let found = self.matching(&corrected, Beginnings::Last);
            if found.is_empty() { self.matching(&corrected, Beginnings::All) } else { found }
        });
        Some(self.uais(&found))
    }

    /// What a UAI or a postal code finds; `None` for a text that is neither.
    pub(super) fn by_number(&self, text: &str) -> Option<Vec<u32>> {
        if let Some(uai) = Uai::typed(text) {
            return Some(self.by_uai.get(&uai).copied().into_iter().collect());
        }
        let text = text.trim();
        let postal = text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit());
        postal.then(|| {
            let numbered = (0..).zip(&self.documents);
            let there = numbered.filter(|(_, document)| document.code_postal.as_deref() == Some(text));
            there.map(|(number, _)| number).collect()
        })
    }

    /// The établissements that have the words of a folded text, the best first.
    pub(super) fn matching(&self, text: &str, beginnings: Beginnings) -> Vec<u32> {
        let groups = groups(text, PLACES);
        let found = self.words.matching(&groups, beginnings).into_iter();
        let mut ranks: Vec<Rank> =
            found.filter_map(|(document, alternatives)| self.rank(document, &alternatives)).collect();
        ranks.sort_unstable();
        ranks.into_iter().map(|rank| rank.document).collect()
    }

    fn rank(&self, number: u32, alternatives: &[&Alternative]) -> Option<Rank> {
        let Document { name, commune, .. } = self.documents.get(number as usize)?;
        let asked: Vec<&String> = alternatives.iter().flat_map(|words| words.iter()).collect();
        let of_name = asked.iter().filter(|word| name.contains(word)).count();
        let nearness = if name.iter().eq(asked.iter().copied()) {
            Nearness::WholeName
        } else if name.iter().zip(&asked).filter(|(a, b)| a == *b).count() == asked.len() {
            Nearness::BeginningOfName
        } else if of_name == asked.len() {
            Nearness::WordsOfName
        } else if asked.iter().all(|word| name.contains(word) || commune.contains(*word)) {
            Nearness::Commune
        } else {
            Nearness::Rest
        };
        let others = if of_name == 0 { 0 } else { name.len().saturating_sub(of_name) };
        Some(Rank { nearness, others, document: number })
    }

    /// A folded text as its words are spelt in names and places.
    pub(super) fn corrected(&self, text: &str) -> String {
        self.words.corrected(text)
    }

    /// The UAIs of some documents, in their order.
    pub(super) fn uais(&self, documents: &[u32]) -> Vec<Uai> {
        documents.iter().filter_map(|number| Some(self.documents.get(*number as usize)?.uai)).collect()
    }

    /// The certifications of a document.
    pub(super) fn codes_of(&self, document: u32) -> Option<&BTreeSet<CodeCertification>> {
        self.documents.get(document as usize).map(|document| &document.codes)
    }

    /// The certifications of all of them.
    pub(super) fn codes(&self) -> &BTreeSet<CodeCertification> {
        &self.codes
    }
}
