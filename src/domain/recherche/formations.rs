//! Finding the formation that is meant: words of a certification, of an établissement or its place,
//! or both, the one behind the other: « coiffure rennes ».
//!
//! Nothing in a text says where the course ends and the place begins. Each reading that cuts it in two
//! is tried against what is taught where, whether its figures are hidden or not: the first that finds
//! a formation is meant. Words as they are typed go before beginnings of words, these before other
//! spellings; words of the course alone before course and place, as many words of the course as
//! possible.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::postings::Beginnings;
use super::{EtablissementIndex, Index, Question, Rank};
use crate::domain::text::fold;
use crate::domain::{CodeCertification, Uai};

/// What a search among formations finds: the pairs of one of the certifications and one of the
/// établissements that have a statistic.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundFormations {
    /// The certifications, the best first: open ones before closed ones.
    pub codes: Vec<CodeCertification>,
    /// The établissements, the best first; `None` when the text says nothing of them.
    pub uais: Option<Vec<Uai>>,
}

impl FoundFormations {
    /// How far one certification stands behind the one before it.
    #[must_use]
    pub fn stride(&self) -> i32 {
        self.uais.as_ref().map_or(1, |uais| i32::try_from(uais.len().max(1)).unwrap_or(i32::MAX))
    }

    /// The place of a pair in the order, the best least: by certification, then by établissement; those
    /// of one certification are equals when the text says nothing of the établissement.
    #[must_use]
    pub fn ordre(&self, code: CodeCertification, uai: Option<Uai>) -> Option<i32> {
        let place = |found: Option<usize>| found.and_then(|place| i32::try_from(place).ok());
        let of_code = place(self.codes.iter().position(|found| *found == code))?;
        let of_uai = match &self.uais {
            Some(uais) => place(uais.iter().position(|found| Some(*found) == uai))?,
            None => 0,
        };
        Some(of_code.saturating_mul(self.stride()).saturating_add(of_uai))
    }
}

/// How freely a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Freedom {
    /// Every word as it is typed.
    AsTyped,
    /// The last word as a beginning.
    Unfinished,
    /// Words that nothing has as those that are spelt most alike.
    Corrected,
    /// The same, and every word as a beginning.
    Shortened,
}

impl Freedom {
    const ALL: [Self; 4] = [Self::AsTyped, Self::Unfinished, Self::Corrected, Self::Shortened];

    /// Of a part of a text, which may be its end.
    fn beginnings(self, at_end: bool) -> Beginnings {
        match self {
            Self::Shortened => Beginnings::All,
            Self::Unfinished | Self::Corrected if at_end => Beginnings::Last,
            _ => Beginnings::None,
        }
    }
}

/// The words of a text, as they are typed and as each index spells them.
struct Words {
    typed: Vec<String>,
    of_course: Vec<String>,
    of_place: Vec<String>,
}

/// A way to cut a text: so many words of the course, of the place, and which comes first.
#[derive(Debug, Clone, Copy)]
struct Cut {
    at: usize,
    course_first: bool,
}

/// The search among the formations of one publication, on one day.
struct Search<'a> {
    certifications: &'a Index,
    etablissements: &'a EtablissementIndex,
    today: NaiveDate,
}

/// The formations that a text means; `None` when it has no letter and no digit, so that there is
/// nothing to find by.
#[must_use]
pub fn formations(
    certifications: &Index,
    etablissements: &EtablissementIndex,
    text: &str,
    today: NaiveDate,
) -> Option<FoundFormations> {
    let between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '/' | '(' | ')');
    let typed: Vec<String> = text.split(between).filter(|word| !fold(word).is_empty()).map(ToOwned::to_owned).collect();
    if typed.is_empty() {
        return None;
    }
    let search = Search { certifications, etablissements, today };
    let spelt = |spelling: &dyn Fn(&str) -> String| typed.iter().map(|word| spelling(&fold(word))).collect();
    let of_course = spelt(&|word| certifications.words.corrected(word));
    let of_place = spelt(&|word| etablissements.corrected(word));
    let words = Words { typed, of_course, of_place };
    Some(Freedom::ALL.iter().find_map(|freedom| search.read(&words, *freedom)).unwrap_or_default())
}

impl Search<'_> {
    /// The first way to cut the words that finds a formation.
    fn read(&self, words: &Words, freedom: Freedom) -> Option<FoundFormations> {
        let count = words.typed.len();
        let course_first = (1..=count).rev().map(|at| Cut { at, course_first: true });
        let place_first = (1..=count).map(|at| Cut { at, course_first: false });
        course_first.chain(place_first).find_map(|cut| self.read_cut(words, freedom, cut))
    }

    fn read_cut(&self, words: &Words, freedom: Freedom, Cut { at, course_first }: Cut) -> Option<FoundFormations> {
        let spelt = |typed: bool, spelt: &[String]| if typed { words.typed.clone() } else { spelt.to_vec() };
        let typed = matches!(freedom, Freedom::AsTyped | Freedom::Unfinished);
        let (of_course, of_place) = (spelt(typed, &words.of_course), spelt(typed, &words.of_place));
        let half = |words: &[String], first: bool| {
            let (before, after) = words.split_at_checked(at).unwrap_or((words, &[]));
            if first { before } else { after }.join(" ")
        };
        let (course, place) = (half(&of_course, course_first), half(&of_place, !course_first));
        let course_at_end = !course_first || place.is_empty();
        let uais =
            if place.is_empty() { None } else { Some(self.places(&place, freedom, course_first || course.is_empty())) };
        if uais.as_ref().is_some_and(Vec::is_empty) {
            return None;
        }
        let taught = self.taught(uais.as_deref());
        let courses = |beginnings| self.courses(&course, beginnings, &taught);
        let mut codes = courses(freedom.beginnings(course_at_end));
        if codes.is_empty() {
            return None;
        }
        if freedom == Freedom::AsTyped && course_at_end {
            // The reading is certain; what only begins so is found behind the rest.
            codes = courses(Beginnings::Last);
        }
        Some(self.found(codes, uais))
    }

    /// Where a part of the text may be.
    fn places(&self, place: &str, freedom: Freedom, at_end: bool) -> Vec<u32> {
        let by_number = self.etablissements.by_number(place);
        by_number.unwrap_or_else(|| self.etablissements.matching(&fold(place), freedom.beginnings(at_end)))
    }

    /// What is taught at some établissements, or anywhere.
    fn taught(&self, documents: Option<&[u32]>) -> BTreeSet<CodeCertification> {
        match documents {
            None => self.etablissements.codes().clone(),
            Some(documents) => {
                let codes = documents.iter().filter_map(|document| self.etablissements.codes_of(*document));
                codes.flatten().copied().collect()
            }
        }
    }

    /// The certifications of a part of the text among those that are taught, the best first; all of
    /// them when the text says nothing of the course.
    fn courses(
        &self,
        course: &str,
        beginnings: Beginnings,
        taught: &BTreeSet<CodeCertification>,
    ) -> Vec<CodeCertification> {
        let question = Question { text: course, grouped: false, today: self.today };
        let mut ranks: Vec<Rank> = if course.is_empty() {
            self.certifications.all(question)
        } else if let Some(code) = self.certifications.code(course) {
            return Some(code).filter(|code| taught.contains(code)).into_iter().collect();
        } else {
            self.certifications.matching(&fold(course), beginnings, question)
        };
        ranks.retain(|rank| taught.contains(&rank.code));
        ranks.sort_unstable();
        ranks.into_iter().map(|rank| rank.code).collect()
    }

    /// Without the établissements that teach none of the certifications.
    fn found(&self, codes: Vec<CodeCertification>, documents: Option<Vec<u32>>) -> FoundFormations {
        let wanted: BTreeSet<_> = codes.iter().copied().collect();
        let uais = documents.map(|mut documents| {
            let teaches =
                |document: u32| self.etablissements.codes_of(document).is_some_and(|codes| !codes.is_disjoint(&wanted));
            documents.retain(|document| teaches(*document));
            self.etablissements.uais(&documents)
        });
        FoundFormations { codes, uais }
    }
}
