//! What the rules share: the codes that are looked for, and how a choice is made among the UAIs of a
//! row.
//!
//! Rule first, then UAI; among the codes at one UAI nothing is chosen silently. A statistic that is
//! hidden at a place is never replaced by that of another place.

use chrono::NaiveDate;

use super::index::Index;
use super::row::{Keys, Offer, Voie};
use super::rules::RuleName;
use crate::domain::matching::PairFigures;
use crate::domain::{CodeCertification, Dataset, Lieu, RoleUai, TypeCode, Uai};

/// A statistic that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Where.
    pub uai: Uai,
    /// Of which code.
    pub code: CodeCertification,
    /// Its figures.
    pub figures: PairFigures,
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Finding {
    /// Nothing.
    #[default]
    Nothing,
    /// The statistic of the row.
    One(Hit),
    /// Several that it may be.
    Several(Several),
}

/// Statistics between which nothing decides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Several {
    /// Where, and of which code.
    pub candidates: Vec<(Uai, CodeCertification)>,
    /// Whether they are the specialities of a common year.
    pub commune: bool,
}

/// The codes that a row stands for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tried {
    /// Those with statistics of the row's voie.
    pub codes: Vec<CodeCertification>,
    /// Of how many diplomas.
    pub diplomas: usize,
    /// Whether these are those of one famille de métiers.
    pub famille: bool,
}

/// What a rule says: what it found, the codes that it looked for, who linked them to those of the
/// row, and what is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Step {
    /// What it found.
    pub finding: Finding,
    /// What it looked for.
    pub tried: Option<Tried>,
    /// Whose links it used.
    pub sources: Vec<Dataset>,
    /// What is to be told.
    pub notes: Vec<String>,
}

impl Step {
    /// A rule that needs nothing told.
    #[must_use]
    pub fn of(finding: Finding) -> Self {
        Self { finding, ..Self::default() }
    }
}

/// The search for one row.
#[derive(Debug, Clone)]
pub struct Search<'a> {
    /// The publication.
    pub index: &'a Index,
    /// The row.
    pub offer: &'a Offer,
    /// The day on which codes are open or closed.
    pub today: NaiveDate,
    /// The codes that it stands for, once a rule knows them.
    pub tried: Tried,
    /// What was found, by which rule and by whose links.
    pub hit: Option<(RuleName, Hit, Vec<Dataset>)>,
    /// Between what nothing decided, and at which rule.
    pub several: Option<(RuleName, Several)>,
    /// What is to be told.
    pub notes: Vec<String>,
}

impl<'a> Search<'a> {
    /// Before the first rule.
    #[must_use]
    pub fn new(index: &'a Index, offer: &'a Offer, today: NaiveDate) -> Self {
        Self { index, offer, today, tried: Tried::default(), hit: None, several: None, notes: Vec::new() }
    }

    /// The MEFSTAT11s that the row names, itself or by a MEF.
    #[must_use]
    pub fn known_years(&self) -> Vec<CodeCertification> {
        known_years(self.index, &self.offer.keys)
    }

    /// The diplomas that the row names, itself or by one of their years.
    #[must_use]
    pub fn anchors(&self) -> Vec<CodeCertification> {
        let years = self.known_years().into_iter().filter_map(|code| self.index.training(code)?.cfd);
        distinct(self.offer.keys.cfd.iter().copied().chain(years))
    }

    /// The codes with statistics of the row's voie, of some diplomas: the last years of the school-based
    /// course, the diploma itself in apprenticeship. Where the row names a year, the others of its diploma
    /// are not meant.
    #[must_use]
    pub fn codes_of(&self, diplomas: &[CodeCertification], duration: Option<i16>) -> Vec<CodeCertification> {
        let named = self.known_years();
        let mut codes = Vec::new();
        for diploma in diplomas {
            match diploma.type_code() {
                TypeCode::Sise => codes.push(*diploma),
                TypeCode::Mef11 => {}
                TypeCode::Cfd => {
                    if self.offer.voie != Some(Voie::Apprentissage) {
                        let years = self.school_codes(*diploma, &named);
                        codes.extend(self.of_duration(years, duration));
                    }
                    if self.offer.voie != Some(Voie::Scolaire) {
                        codes.push(*diploma);
                    }
                }
            }
        }
        distinct(codes)
    }

    fn school_codes(&self, cfd: CodeCertification, named: &[CodeCertification]) -> Vec<CodeCertification> {
        if !named.is_empty() {
            let chains = named.iter().flat_map(|code| self.index.chain(*code));
            return distinct(chains).into_iter().filter(|code| self.index.diploma(*code) == cfd).collect();
        }
        let last: Vec<_> = self.index.last_years(cfd).collect();
        let commune = self.index.training(cfd).is_some_and(|training| training.commune);
        if last.is_empty() && commune {
            return self.index.years(cfd).iter().copied().chain([cfd]).collect();
        }
        last
    }

    /// Those of courses that take so long, if any do.
    fn of_duration(&self, codes: Vec<CodeCertification>, duration: Option<i16>) -> Vec<CodeCertification> {
        let fits = |code: &CodeCertification| {
            duration.is_some() && self.index.training(*code).and_then(|training| training.duration) == duration
        };
        let fitting: Vec<_> = codes.iter().copied().filter(fits).collect();
        if fitting.is_empty() { codes } else { fitting }
    }

    /// What the first of some UAIs has that has a statistic of any of the codes. Where an earlier UAI is
    /// a place of the diploma, a later one counts only as its trainer or manager.
    #[must_use]
    pub fn at_uais(&self, uais: &[Uai], tried: &Tried) -> Finding {
        let chains: Vec<_> =
            tried.codes.iter().map(|code| (*code, self.index.chain(self.index.diploma(*code)))).collect();
        for (rank, uai) in uais.iter().enumerate() {
            let earlier = uais.get(..rank).unwrap_or_default();
            let found = chains.iter().filter_map(|(code, chain)| {
                let hit = self.hit(*uai, *code)?;
                let taught_before = code.type_code() == TypeCode::Cfd
                    && earlier.iter().any(|earlier| self.index.is_place(chain, *earlier));
                let above = matches!(hit.figures.role, Some(RoleUai::Formateur | RoleUai::Gestionnaire));
                (!taught_before || above).then_some(hit)
            });
            let found: Vec<_> = found.collect();
            if !found.is_empty() {
                return self.settle(found, tried);
            }
        }
        Finding::Nothing
    }

    /// The statistic of a code at a UAI.
    #[must_use]
    pub fn hit(&self, uai: Uai, code: CodeCertification) -> Option<Hit> {
        let figures = self.index.statistic(Lieu::Etablissement(uai), code)?;
        Some(Hit { uai, code, figures: *figures })
    }

    /// One of the statistics that several codes have, if only one is meant: a closed year of a diploma
    /// does not count beside an open one, and those of one cohort are one.
    #[must_use]
    pub fn settle(&self, mut found: Vec<Hit>, tried: &Tried) -> Finding {
        let candidates = found.iter().map(|hit| (hit.uai, hit.code)).collect();
        if tried.diplomas > 1 {
            return Finding::Several(Several { candidates, commune: tried.famille });
        }
        let year = |hit: &Hit| hit.code.type_code() == TypeCode::Mef11;
        let open: Vec<_> = found
            .iter()
            .filter(|hit| year(hit) && !self.index.is_closed(hit.code, self.today))
            .map(|hit| (hit.uai, self.index.diploma(hit.code)))
            .collect();
        found.retain(|hit| {
            let beside_open = open.contains(&(hit.uai, self.index.diploma(hit.code)));
            !(year(hit) && self.index.is_closed(hit.code, self.today) && beside_open)
        });
        found.sort_by_key(|hit| (self.index.is_closed(hit.code, self.today), hit.code));
        let cohort = |hit: &Hit| {
            let uai = hit.figures.uai_origine.map_or(hit.uai, |(uai, _)| uai);
            (uai, hit.figures.code_origine, hit.figures.millesime, hit.figures.filiere)
        };
        match found.as_slice() {
            [] => Finding::Nothing,
            [first, rest @ ..] if rest.iter().all(|hit| cohort(hit) == cohort(first)) => Finding::One(*first),
            several => {
                let candidates = several.iter().map(|hit| (hit.uai, hit.code)).collect();
                Finding::Several(Several { candidates, commune: false })
            }
        }
    }

    /// Of how many diplomas some codes are: codes of one simple chain are of one.
    #[must_use]
    pub fn count_diplomas(&self, codes: &[CodeCertification]) -> usize {
        let mut groups: Vec<Vec<CodeCertification>> = Vec::new();
        for code in codes.iter().map(|code| self.index.diploma(*code)) {
            let same = |group: &&mut Vec<CodeCertification>| {
                group.iter().all(|member| self.index.is_same_diploma(*member, code))
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.push(code),
                None => groups.push(vec![code]),
            }
        }
        groups.len()
    }
}

/// The MEFSTAT11s that some keys name, themselves or by a MEF.
#[must_use]
pub fn known_years(index: &Index, keys: &Keys) -> Vec<CodeCertification> {
    let of_mef = keys.mef.iter().flat_map(|mef| index.links(*mef)).filter_map(|link| link.to.certification());
    let years = of_mef.filter(|code| code.type_code() == TypeCode::Mef11 && index.training(*code).is_some());
    distinct(keys.mef11.iter().copied().chain(years))
}

/// Each value once, in the order in which they come.
pub fn distinct<T: PartialEq>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut found = Vec::new();
    for value in values {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}
