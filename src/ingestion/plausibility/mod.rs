//! What a file says that can be read and yet is not believed, or not as it stands: a file per
//! rule, each a pure function or counter.
//!
//! Two outcomes. A file is *refused* where its figures cannot be what they claim to be; what an
//! operator may let in all the same is a closed list ([`Acceptance`]). A *finding* is reported and
//! counted by rule, with examples, and the row goes in: as it is, or put right as the rule says.
//!
//! Rules see what is read and becomes a statistic, nothing else: a column that nobody reads cannot
//! mislead anybody. They count and keep no row, so that memory does not grow with the file.

mod columns;
mod contradictions;
mod dates;
mod fractions;
mod horizons;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};

pub(super) use self::columns::Columns;
pub(super) use self::contradictions::{Contradiction, Contradictions, Published};
pub(super) use self::dates::{Day, day, is_year};
pub(super) use self::fractions::Fractions;
pub(super) use self::horizons::{NotElapsed, not_elapsed};
use super::refusal::FileRefusal;
use super::report::{Example, Report};
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
        /// A rate and a part that are one figure.
        FurtherStudy = "taux_et_part_poursuite",
        /// A part in employment that is not the rate of those who left.
        EmploymentPart = "part_et_taux_emploi",
        /// An added value that is not the rate minus the expected one.
        AddedValue = "valeur_ajoutee",
        /// A région that is not the one of the UAI.
        RegionAgainstUai = "region_et_uai",
        /// A value between 0 and 1 among percents.
        FractionAmongPercents = "fraction_parmi_pourcents",
        /// Zeros of a horizon that has not elapsed.
        HorizonNotElapsed = "horizon_non_echu",
        /// Latitude and longitude that had changed places.
        SwappedPosition = "position_inversee",
        /// A position outside the territory.
        PositionOutside = "position_hors_territoire",
        /// A text that is no address of the web.
        NoWebSite = "site_web_invalide",
        /// A day that stands for «no end».
        EndlessDate = "date_sans_fin",
        /// More persons than the group that they are of.
        LargerThanWhole = "effectif_superieur",
        /// Persons who are part of a group that the row does not count; their number is left out.
        WithoutWhole = "effectif_sans_ensemble",
        /// A word that is in no list; the field stays empty.
        UnknownWord = "valeur_inconnue",
        /// A text that had been read in the wrong encoding; it is put right.
        MisreadText = "texte_mal_decode",
        /// A text of which characters were lost; it was accepted.
        LostText = "texte_abime",
        /// A code with characters that nobody sees; they are taken out.
        HiddenCharacters = "caracteres_invisibles",
        /// A row that holds nothing but separators.
        EmptyRow = "ligne_vide",
        /// A note below the table.
        Note = "note_sous_le_tableau",
        /// A first line that tells spreadsheets the separator.
        SeparatorLine = "ligne_sep",
        /// A mark of the end of the text.
        MarkedEnd = "fin_de_texte_0x1a",
        /// A separator too many at the end of the header or of every row.
        FinalSeparator = "separateur_final",
    }
}

impl Rule {
    /// The sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::RateAgainstCounts => "Un taux publié s'écarte de plus d'un point de celui des effectifs.",
            Self::SumOfParts => "Les parts publiées ne font pas 100 %.",
            Self::FurtherStudy => "Le taux de poursuite d'études et la part en poursuite d'études diffèrent.",
            Self::EmploymentPart => {
                "La part en emploi n'est pas le taux d'emploi appliqué à la part de ceux qui sont sortis."
            }
            Self::RegionAgainstUai => "La région n'est pas celle de l'UAI, qui est retenue.",
            Self::FractionAmongPercents => "Une valeur entre 0 et 1 parmi des pourcentages est lue en %.",
            Self::HorizonNotElapsed => "Des zéros d'un horizon qui n'est pas échu ne sont pas retenus.",
            Self::SwappedPosition => "Latitude et longitude étaient inversées ; elles sont remises à leur place.",
            Self::PositionOutside => "Une position hors du territoire n'est pas retenue.",
            Self::NoWebSite => "Un texte qui n'est pas une adresse du web n'est pas retenu.",
            Self::EndlessDate => "Une date qui veut dire « sans fin » est laissée vide.",
            Self::AddedValue => "La valeur ajoutée publiée n'est pas le taux moins le taux attendu.",
            Self::LargerThanWhole => "Un effectif dépasse celui dont il fait partie.",
            Self::WithoutWhole => {
                "Un effectif fait partie d'un ensemble que la ligne ne compte pas ; il n'est pas retenu."
            }
            Self::UnknownWord => "Une valeur n'est pas dans la liste connue ; elle est laissée vide.",
            Self::MisreadText => "Un texte avait été lu dans un autre encodage ; il est rétabli.",
            Self::LostText => "Un texte a perdu des caractères ; il a été accepté tel quel.",
            Self::HiddenCharacters => "Un code contient des caractères invisibles ; ils sont retirés.",
            Self::EmptyRow => "Une ligne ne contient que des séparateurs ; elle est passée.",
            Self::Note => "Une note suit le tableau ; elle est passée.",
            Self::SeparatorLine => "La première ligne indique le séparateur ; elle est passée.",
            Self::MarkedEnd => "Un octet 0x1A marque la fin du texte ; il est passé.",
            Self::FinalSeparator => "L'en-tête ou chaque ligne finit par un séparateur de trop ; il est sans effet.",
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

    /// The first example of a rule.
    pub(super) fn first(&self, rule: Rule) -> Option<&Example> {
        self.0.iter().find(|found| found.rule == rule).and_then(|found| found.examples.first())
    }

    /// How many findings there are in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().map(|found| found.count).sum()
    }
}

/// What the rules saw of a file while it was read.
#[derive(Debug, Default)]
pub(super) struct Watch {
    pub(super) fractions: Fractions,
    pub(super) contradictions: Contradictions,
    /// The measures that the file has a column for, or in the long form a line, one bit each.
    pub(super) present: u32,
    /// In the long form: how the file writes each measure.
    pub(super) spellings: BTreeMap<&'static str, String>,
}

impl Watch {
    /// Judges a file that was read to its end.
    ///
    /// # Errors
    /// A rule refuses it, and the operator has not accepted that.
    pub(super) fn judge(self, report: &mut Report) -> Result<(), FileRefusal> {
        self.fractions.judge(&mut report.findings)?;
        self.contradictions.judge(&report.findings).or_else(|refusal| report.acceptances.pass(refusal))
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
        let lost =
            || FileRefusal::VanishedColumn { mesures: String::new(), millesime: String::new(), similar: String::new() };
        assert!(acceptances.pass(lost()).is_err(), "not accepted");
        assert!(acceptances.used().is_empty());
        let contradictions =
            FileRefusal::Contradictions { sentence: "", contradicting: 3, compared: 3, example: String::new() };
        assert!(acceptances.pass(contradictions).is_ok());
        assert_eq!(acceptances.used(), ["contradictions"]);
    }
}
