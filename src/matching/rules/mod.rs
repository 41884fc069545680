//! The rules, in order. A later one runs only while no earlier one has found a statistic.

use std::fmt;

use chrono::NaiveDate;

use super::correction::Corrections;
use super::index::Index;
use super::row::Offer;
use super::search::{Finding, Search, Step};
use super::verdict::Verdict;
use crate::domain::Invalid;
use crate::domain::filiere::closed_list;

mod certif_info;
mod cle_ministere;
mod continuum;
mod direct;
mod fallback;
mod keyed;
mod onisep;
mod other_voie;
mod rncp;
mod terminal_year;
mod uai;

pub use fallback::Fallback;

closed_list! {
    /// The name of a rule in the output.
    RuleName {
        /// What a platform's team corrected by hand.
        Correction = "correction",
        /// The row's own codes.
        Direct = "direct",
        /// Its RNCP numbers.
        Rncp = "rncp",
        /// Its Onisep identifiers.
        Onisep = "onisep",
        /// Its Certif-Info numbers.
        CertifInfo = "certif_info",
        /// Its key of the ministry.
        MinistryKey = "cle_ministere",
        /// The diploma before or after.
        Continuum = "continuum",
        /// Another UAI of the same course.
        Uai = "uai",
        /// The terminal year of an earlier one.
        TerminalYear = "annee_terminale",
        /// The other voie.
        OtherVoie = "voie_inverse",
    }
}

/// When a rule runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// While there is no statistic: it may also settle between several.
    NoStatistic,
    /// While there is neither a statistic nor several.
    Nothing,
}

/// A rule of the table.
struct Rule {
    name: RuleName,
    when: When,
    apply: fn(&Search<'_>) -> Step,
}

/// The table. Rule 0 (`nettoyage`) is the reading of the row, the correction comes before all, and
/// rule 10 (`repli`) after them, in columns of its own.
const RULES: [Rule; 9] = [
    Rule { name: RuleName::Direct, when: When::NoStatistic, apply: direct::apply },
    Rule { name: RuleName::Rncp, when: When::NoStatistic, apply: rncp::apply },
    Rule { name: RuleName::Onisep, when: When::NoStatistic, apply: onisep::apply },
    Rule { name: RuleName::CertifInfo, when: When::NoStatistic, apply: certif_info::apply },
    Rule { name: RuleName::MinistryKey, when: When::NoStatistic, apply: cle_ministere::apply },
    Rule { name: RuleName::Continuum, when: When::Nothing, apply: continuum::apply },
    Rule { name: RuleName::Uai, when: When::Nothing, apply: uai::apply },
    Rule { name: RuleName::TerminalYear, when: When::Nothing, apply: terminal_year::apply },
    Rule { name: RuleName::OtherVoie, when: When::Nothing, apply: other_voie::apply },
];

/// What decides beside the row and the publication.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// The day.
    pub today: NaiveDate,
    /// What was corrected by hand.
    pub corrections: &'a Corrections,
}

/// The verdict on a row.
#[must_use]
pub fn judge(index: &Index, offer: &Offer, circumstances: Circumstances<'_>) -> Verdict {
    let Circumstances { today, corrections } = circumstances;
    let Some(correction) = corrections.of(&offer.id) else { return Verdict::of(search(index, offer, today)) };
    // A correction stands in the place of the row's codes: whoever made it knows that these are wrong.
    let corrected = Offer {
        uais: correction.uai.map_or_else(|| offer.uais.clone(), |uai| vec![uai]),
        has_uai: offer.has_uai || correction.uai.is_some(),
        keys: correction.keys.clone(),
        has_code: true,
        ..offer.clone()
    };
    let mut found = search(index, &corrected, today);
    if let Some((rule, ..)) = &mut found.hit {
        *rule = RuleName::Correction;
    }
    if let Some((rule, _)) = &mut found.several {
        *rule = RuleName::Correction;
    }
    let without = search(index, offer, today);
    let place = |search: &Search<'_>| search.hit.as_ref().map(|(_, hit, _)| (hit.uai, hit.code));
    let useless = place(&found).is_some() && place(&found) == place(&without);
    let closed = correction.code.certification().is_some_and(|code| index.is_closed(code, today));
    Verdict::of(found).corrected(correction, useless, closed)
}

/// Applies the rules until one has found a statistic.
fn search<'a>(index: &'a Index, offer: &'a Offer, today: NaiveDate) -> Search<'a> {
    let mut search = Search::new(index, offer, today);
    for rule in RULES {
        let runs = match rule.when {
            When::NoStatistic => search.hit.is_none(),
            When::Nothing => search.hit.is_none() && search.several.is_none(),
        };
        if !runs {
            continue;
        }
        let Step { finding, tried, sources, notes } = (rule.apply)(&search);
        // The first rule that knows one diploma says what the row stands for.
        if let Some(tried) = tried.filter(|tried| !tried.codes.is_empty())
            && (search.tried.codes.is_empty() || (search.tried.diplomas > 1 && tried.diplomas == 1))
        {
            search.tried = tried;
        }
        search.notes.extend(notes);
        match finding {
            Finding::One(hit) => search.hit = Some((rule.name, hit, sources)),
            Finding::Several(several) if search.several.is_none() => search.several = Some((rule.name, several)),
            Finding::Nothing | Finding::Several(_) => {}
        }
    }
    if search.hit.is_some() {
        search.several = None;
    }
    search
}
