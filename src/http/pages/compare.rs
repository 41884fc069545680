//! `/comparer?f=uai:code&f=…`: up to four courses side by side. Everything is in the address, so that
//! it can be sent to somebody.

use askama::Template;
use axum::response::Response;
use futures_util::future::try_join_all;

use super::answer::page;
use super::cohort::{Cell, Cohort};
use super::finder::{self, Hit};
use super::formation::{Found, find};
use super::layout::Layout;
use super::request::{PageRequest, code_in_address, encoded, formation_address};
use super::words;
use crate::domain::choice::Wanted;
use crate::domain::{CodeCertification, Indicateur, Lieu, Uai};
use crate::http::drawing::outcome::who;
use crate::http::problem::Problem;
use crate::http::request::DataRequest;

/// Courses side by side, at most: five do not fit on a sheet, nor in a head.
const MOST: usize = 4;

/// What is compared, with the name of each line.
const LINES: [(Indicateur, &str); 9] = [
    (Indicateur::PartEnEmploi6Mois, "En emploi 6 mois après, sur 100"),
    (Indicateur::PartPoursuiteEtudes, "En études, sur 100"),
    (Indicateur::PartAutresSituations6Mois, "Autre situation, sur 100"),
    (Indicateur::PartEnEmploi12Mois, "En emploi 12 mois après, sur 100"),
    (Indicateur::PartEnEmploi18Mois, "En emploi 18 mois après, sur 100"),
    (Indicateur::PartEnEmploi24Mois, "En emploi 24 mois après, sur 100"),
    (Indicateur::TauxEmploi6Mois, "En emploi, parmi ceux qui ont quitté les études"),
    (Indicateur::TauxRuptureContrats, "Contrats rompus avant la fin"),
    (Indicateur::NbAnneeTerm, "Jeunes comptés"),
];

/// One course of the comparison.
struct Side {
    name: String,
    place: String,
    href: String,
    /// The address without it.
    without: String,
    cohort: Cohort,
    taught: &'static str,
}

struct Line {
    name: &'static str,
    code: &'static str,
    cells: Vec<Cell>,
}

#[derive(Template)]
#[template(path = "compare.html")]
struct ComparePage {
    layout: Layout,
    sides: Vec<Side>,
    lines: Vec<Line>,
    /// What was asked for and is not there, or is no course.
    refused: Vec<String>,
    warnings: Vec<&'static str>,
    /// `uai:code` of those that are shown, for the form.
    pairs: Vec<String>,
    q: String,
    location: String,
    hits: Vec<(Hit, String)>,
    searched: bool,
    room: bool,
}

type Pair = (Uai, CodeCertification);

/// The page.
///
/// # Errors
/// Those of the database.
pub(super) async fn show(request: PageRequest) -> Result<Response, Problem> {
    let (q, location) = (request.text("q"), request.text("ou"));
    let (pairs, mut refused) = pairs(&request.all("f"));
    let request = request.0;
    let lookups = pairs.iter().map(|(uai, code)| find(&request, Lieu::Etablissement(*uai), *code, Wanted::default()));
    let found = try_join_all(lookups).await?;
    let mut courses: Vec<(Pair, Found)> = Vec::new();
    for (pair, found) in pairs.into_iter().zip(found) {
        match found {
            Some(found) => courses.push((pair, found)),
            None => refused.push(format!("Pas de chiffres pour {}.", text(pair))),
        }
    }
    let location = if location.is_empty() { commune(&courses).unwrap_or_default() } else { location };
    let shown: Vec<Pair> = courses.iter().map(|(pair, _)| *pair).collect();
    let room = shown.len() < MOST;
    let hits = if room && !q.is_empty() { hits(&request, &q, &location, &shown).await? } else { Vec::new() };
    page(&ComparePage {
        layout: Layout::new(&request, title(&courses), "Comparer des formations côte à côte.").at("/comparer"),
        lines: lines(&courses),
        warnings: warnings(&courses),
        sides: sides(&courses),
        pairs: shown.into_iter().map(text).collect(),
        refused,
        searched: !q.is_empty(),
        q,
        location,
        hits,
        room,
    })
}

fn text((uai, code): Pair) -> String {
    format!("{uai}:{}", code_in_address(code))
}

fn address(pairs: &[Pair]) -> String {
    let fields: Vec<String> = pairs.iter().map(|pair| format!("f={}", encoded(&text(*pair)))).collect();
    format!("/comparer?{}", fields.join("&"))
}

/// The courses that were asked for, once each, and what is none.
fn pairs(texts: &[&str]) -> (Vec<Pair>, Vec<String>) {
    let (mut pairs, mut refused) = (Vec::new(), Vec::new());
    for text in texts.iter().filter(|text| !text.trim().is_empty()) {
        let read = text
            .split_once(':')
            .and_then(|(uai, code)| Some((Uai::parse(uai).ok()?, CodeCertification::parse(code).ok()?)));
        match read {
            Some(pair) if pairs.contains(&pair) => {}
            Some(pair) if pairs.len() < MOST => pairs.push(pair),
            Some(_) => refused.push(format!("Quatre formations au plus : « {} » est laissée de côté.", short(text))),
            None => refused.push(format!("« {} » n'est pas une formation.", short(text))),
        }
    }
    refused.truncate(MOST);
    (pairs, refused)
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

fn commune(courses: &[(Pair, Found)]) -> Option<String> {
    courses.first()?.1.resolved.named.etablissement.as_ref()?.commune.clone()
}

fn title(courses: &[(Pair, Found)]) -> String {
    let names: Vec<String> =
        courses.iter().map(|(_, found)| words::label(&found.resolved.named.certification.libelle)).collect();
    if names.is_empty() { "Comparer des formations".to_owned() } else { format!("Comparer : {}", names.join(" et ")) }
}

fn sides(courses: &[(Pair, Found)]) -> Vec<Side> {
    let all: Vec<Pair> = courses.iter().map(|(pair, _)| *pair).collect();
    let side = |(index, (pair, found)): (usize, &(Pair, Found))| {
        let named = &found.resolved.named;
        let place = named.etablissement.as_ref();
        let nom = place.and_then(|e| e.nom.clone()).unwrap_or_else(|| pair.0.to_string());
        let commune = place.and_then(|e| e.commune.clone()).map_or_else(String::new, |commune| format!(", {commune}"));
        let others: Vec<Pair> = all.iter().copied().filter(|other| other != pair).collect();
        Side {
            name: words::label(&named.certification.libelle),
            place: format!("{nom}{commune}"),
            href: formation_address(pair.0, pair.1),
            without: address(&others),
            cohort: Cohort::new(&named.statistique, &format!("image{index}")),
            taught: words::taught(named.statistique.filiere),
        }
    };
    courses.iter().enumerate().map(side).collect()
}

fn lines(courses: &[(Pair, Found)]) -> Vec<Line> {
    let line = |(indicateur, name): (Indicateur, &'static str)| Line {
        name,
        code: indicateur.as_str(),
        cells: courses.iter().map(|(_, found)| Cell::new(&found.resolved.statistique().figures, indicateur)).collect(),
    };
    LINES.into_iter().map(line).collect()
}

/// What must be known before anything is concluded.
fn warnings(courses: &[(Pair, Found)]) -> Vec<&'static str> {
    let all = || courses.iter().map(|(_, found)| found.resolved.statistique());
    let Some(first) = all().next() else { return Vec::new() };
    let differ = |of: fn(&crate::domain::Statistique) -> String| all().any(|statistique| of(statistique) != of(first));
    let mut warnings = Vec::new();
    if differ(|statistique| statistique.champ_emploi().to_string()) {
        warnings.push("L'emploi n'est pas compté pareil dans ces formations. Ne comparez pas l'emploi.");
    } else if differ(|statistique| statistique.millesime.to_string()) {
        warnings.push("Ces jeunes ne sont pas tous sortis la même année.");
    }
    if differ(|statistique| who(statistique.filiere).to_owned()) {
        warnings
            .push("Les apprentis travaillent déjà pendant leur formation. Ils trouvent souvent plus vite un emploi.");
    }
    if courses.len() > 1 {
        warnings.push("Quelques points d'écart ne veulent rien dire : le hasard suffit.");
    }
    warnings
}

/// Courses that could be added, each with the address that adds it.
async fn hits(request: &DataRequest, q: &str, location: &str, shown: &[Pair]) -> Result<Vec<(Hit, String)>, Problem> {
    let found = finder::find(request, q, location, None).await?;
    let shown_texts: Vec<String> = shown.iter().copied().map(text).collect();
    let base = address(shown);
    let others = found.formations.into_iter().filter(|hit| !shown_texts.contains(&hit.pair)).take(8);
    let with = |hit: Hit| {
        let and = if shown.is_empty() { "" } else { "&" };
        let href = format!("{base}{and}f={}", encoded(&hit.pair));
        (hit, href)
    };
    Ok(others.map(with).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_course_is_said_and_four_are_taken_at_most() {
        let (found, refused) = pairs(&["0350017D:32020008", "0350017d:32020008", "x", "", "<b>:1"]);
        assert_eq!(found.len(), 1);
        assert_eq!(refused.len(), 2);
        let five = ["32020001", "32020002", "32020003", "32020004", "32020005"].map(|code| format!("0350017D:{code}"));
        let (found, refused) = pairs(&five.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!((found.len(), refused.len()), (4, 1));
        assert_eq!(address(&found[..1]), "/comparer?f=0350017D%3A32020001");
    }
}
