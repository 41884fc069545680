//! `/couverture`: of how many courses something can be said, and why not of the others.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;

use super::answer::page;
use super::layout::Layout;
use super::request::PageRequest;
use super::words;
use crate::domain::choice::Wanted;
use crate::domain::couverture::{Couverture, EntryCounts};
use crate::domain::{Filiere, Maille, Millesime};
use crate::http::problem::Problem;
use crate::http::v1::statistique::slices;

/// The courses that are counted together.
struct Row {
    name: String,
    total: i64,
    shown: i64,
    percent: i64,
    hidden: i64,
    empty: i64,
    /// Whose figures are those of another diploma or établissement.
    borrowed: i64,
}

impl Row {
    fn new(name: String, counts: &EntryCounts) -> Self {
        let total = counts.figures();
        let shown = total - counts.masquees - counts.vides;
        Self {
            name,
            total,
            shown,
            percent: if total == 0 { 0 } else { (200 * shown + total) / (2 * total) },
            hidden: counts.masquees,
            empty: counts.vides,
            borrowed: counts.diplome_ancien + counts.diplome_nouveau + counts.autre_uai,
        }
    }
}

#[derive(Template)]
#[template(path = "coverage.html")]
struct CoveragePage {
    layout: Layout,
    whole: Row,
    filieres: Vec<Row>,
    regions: Vec<Row>,
    threshold: String,
}

/// The page.
///
/// # Errors
/// Those of the database.
pub(super) async fn show(request: PageRequest) -> Result<Response, Problem> {
    let request = request.0;
    let lines = request.state().db.couverture(request.publication().id).await?;
    let shown = slices(&request, Maille::Etablissement, Wanted::default())?;
    let lines: Vec<&Couverture> = lines.iter().filter(|line| is_of(line, &shown)).collect();
    let filieres = sums(&lines, |line| Some(line.groupe.filiere));
    let regions = sums(&lines, |line| line.groupe.region);
    let all = sums(&lines, |_| Some(())).remove(&()).unwrap_or_default();
    let year = |filiere: Filiere| shown.iter().find(|(found, _)| *found == filiere).map(|(_, millesime)| *millesime);
    let named = |(filiere, counts): (&Filiere, &EntryCounts)| {
        let left = year(*filiere).map(words::left).unwrap_or_default();
        Row::new(format!("{} ({left})", words::taught(*filiere)), counts)
    };
    page(&CoveragePage {
        layout: Layout::new(
            &request,
            "Ce qu'on sait, et ce qu'on ne sait pas",
            "Pour combien de formations il y a des chiffres.",
        )
        .at("/couverture")
        .json("/api/v1/couverture?maille=etablissement")
        .csv("/api/v1/couverture.csv?maille=etablissement")
        .link("canonical", "/couverture"),
        whole: Row::new(String::new(), &all),
        filieres: filieres.iter().map(named).collect(),
        regions: regions.iter().map(|(region, counts)| Row::new(region.region().nom.to_owned(), counts)).collect(),
        threshold: words::threshold(),
    })
}

/// Whether a line is about courses at établissements, of the millésime that lists show.
fn is_of(line: &Couverture, shown: &[(Filiere, Millesime)]) -> bool {
    line.groupe.maille == Maille::Etablissement && shown.contains(&(line.groupe.filiere, line.groupe.millesime))
}

fn sums<K: Ord>(lines: &[&Couverture], key: impl Fn(&Couverture) -> Option<K>) -> BTreeMap<K, EntryCounts> {
    let mut sums = BTreeMap::new();
    for line in lines {
        if let Some(key) = key(line) {
            *sums.entry(key).or_default() += line.comptes;
        }
    }
    sums
}
