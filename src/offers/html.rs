//! The report as a page without script, and as JSON.

use std::borrow::Borrow;

use askama::Template;
use serde::{Deserialize, Serialize};

use super::compare::Comparison;
use crate::matching::report::{Prospect, ProspectsLine, Report, per_thousand};

/// Who asked what of which publication: what makes the report again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Version of the publication.
    pub version: String,
    /// When it was computed.
    pub creee_le: String,
    /// SHA-256 over its rows.
    pub empreinte: String,
    /// Whether its figures are fictitious.
    pub fictive: bool,
    /// Version of the program.
    pub programme: String,
    /// The command that makes the report again.
    pub commande: String,
}

/// A report with its provenance.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FullReport {
    /// Of what.
    pub publication: Provenance,
    /// Its numbers.
    #[serde(flatten)]
    pub rapport: Report,
    /// 9: what changed since an earlier one.
    #[serde(default)]
    pub avant: Option<Comparison>,
}

#[derive(Template)]
#[template(path = "rapport.html")]
struct Page<'a> {
    full: &'a FullReport,
    rapport: &'a Report,
}

impl FullReport {
    /// The page.
    ///
    /// # Errors
    /// None that a text in memory can have.
    pub fn html(&self) -> Result<String, askama::Error> {
        Page { full: self, rapport: &self.rapport }.render()
    }
}

impl Page<'_> {
    fn weighted(&self) -> bool {
        self.rapport.ensemble.poids > 0
    }

    fn shares(line: &ProspectsLine) -> [String; 3] {
        Self::shares_of(&line.poids)
    }

    fn shares_of(sums: &Prospect) -> [String; 3] {
        [sums.sans, sums.avec, sums.inconnu].map(|part| percent(per_thousand(part, sums.total())))
    }

    fn prospects(&self) -> [(&'static str, &[ProspectsLine]); 3] {
        let prospects = &self.rapport.perspectives;
        [("Type de diplôme", &prospects.types_diplome), ("Voie", &prospects.voies), ("Région", &prospects.regions)]
    }
}

/// Tenths of a percent as French writes them: `39,7 %`.
#[must_use]
pub fn percent(tenths: impl Borrow<Option<u64>>) -> String {
    tenths.borrow().map_or_else(|| "–".to_owned(), |tenths| format!("{},{}\u{a0}%", tenths / 10, tenths % 10))
}

/// A number with spaces between its thousands.
#[must_use]
pub fn number(number: impl Borrow<u64>) -> String {
    let digits = number.borrow().to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{202F}');
        }
        out.push(digit);
    }
    out
}
