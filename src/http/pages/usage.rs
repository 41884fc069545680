//! `/statistiques`: how often the service is used, as its predecessor published it.
//!
//! Days that are over for every server alone: what the page says of a day does not change, so that
//! it may be kept until the next one. Small counts are not told ([`public_count`]).

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use chrono::Days;

use super::answer::page;
use super::layout::Layout;
use super::request::PageRequest;
use crate::domain::usage::{Usage, public_count};
use crate::http::problem::Problem;

/// How many days are shown.
const DAYS: u64 = 30;

/// Something and how often it was called.
struct Line {
    name: String,
    told: Option<i64>,
}

#[derive(Template)]
#[template(path = "usage.html")]
struct UsagePage {
    layout: Layout,
    total: Option<i64>,
    days: Vec<Line>,
    routes: Vec<Line>,
    statuses: Vec<Line>,
    platforms: Vec<Line>,
    seuil: i32,
}

/// The page.
///
/// # Errors
/// Those of the database.
pub(super) async fn show(request: PageRequest) -> Result<Response, Problem> {
    let request = request.0;
    let last = request.today().checked_sub_days(Days::new(2)).unwrap_or(request.today());
    let first = last.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(last);
    let usage = request.state().db.usage(first, last, None).await?;
    let sort = |mut lines: Vec<Line>| {
        lines.sort_by_key(|line| std::cmp::Reverse(line.told));
        lines
    };
    page(&UsagePage {
        layout: Layout::new(&request, "Fréquentation", "Combien de fois ce service est utilisé.")
            .link("canonical", "/statistiques"),
        total: public_count(usage.iter().map(|one| one.appels).sum()),
        days: lines(&usage, |one| one.groupe.jour.format("%d/%m/%Y").to_string()),
        routes: sort(lines(&usage, |one| one.groupe.route.clone())),
        statuses: lines(&usage, |one| one.groupe.statut.to_string()),
        platforms: sort(lines(&usage, platform)),
        seuil: crate::domain::SEUIL,
    })
}

fn platform(one: &Usage) -> String {
    let unnamed = if one.groupe.cle == 0 { "Sans clé" } else { "Clé supprimée" };
    one.platform.clone().unwrap_or_else(|| unnamed.to_owned())
}

/// Sums by what `name` says.
fn lines(usage: &[Usage], name: impl Fn(&Usage) -> String) -> Vec<Line> {
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for one in usage {
        *sums.entry(name(one)).or_default() += one.appels;
    }
    sums.into_iter().map(|(name, appels)| Line { name, told: public_count(appels) }).collect()
}
