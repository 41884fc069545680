//! `/certifications/{code}`: what became of those who took this course anywhere in France, and where
//! it is taught.

use askama::Template;
use axum::response::Response;

use super::answer::page;
use super::cohort::{Bar, Cell, Cohort};
use super::finder::{self, Hit};
use super::formation::{Found, Way, Years, find};
use super::layout::Layout;
use super::request::{PageRequest, certification_address, code_in_address, encoded};
use super::words;
use crate::db::lists::{Page, Scope, Sort, StatistiqueList};
use crate::domain::{Certification, CodeCertification, Indicateur, Lieu, Statistique};
use crate::http::problem::Problem;
use crate::http::request::DataRequest;

/// Bars that are shown at once; the others are asked for.
const BARS: usize = 8;

/// The picture of one filière in the whole country, and its régions.
struct National {
    cohort: Cohort,
    taught: &'static str,
    years: Years,
    salaries: Vec<(&'static str, String)>,
    specialities: Vec<Way>,
    first: Vec<Bar>,
    others: Vec<Bar>,
    ways: Vec<Way>,
}

#[derive(Template)]
#[template(path = "certification.html")]
struct CertificationPage {
    layout: Layout,
    name: String,
    kind: Option<String>,
    code: String,
    address: String,
    closed: bool,
    former: Option<String>,
    family: Option<String>,
    newer: Vec<Way>,
    national: Option<National>,
    location: String,
    place: Option<String>,
    hits: Vec<Hit>,
    threshold: String,
}

/// The page.
///
/// # Errors
/// 400 for an address that is none, 404 for an unknown code, 503 without a database.
pub(super) async fn show(request: PageRequest) -> Result<Response, Problem> {
    let (code, wanted, location) = (request.code()?, request.wanted()?, request.text("ou"));
    let request = request.0;
    let (state, id) = (request.state(), request.publication().id);
    let unknown = || Problem::unknown(format!("Aucune formation n'a le code {code}. Cherchez-la par son nom."));
    let certification = state.db.certification(id, code).await?.ok_or_else(unknown)?;
    let (found, (place, hits)) =
        tokio::try_join!(find(&request, Lieu::France, code, wanted), finder::teaching(&request, code, &location))?;
    let national = match found {
        Some(found) => Some(national(&request, code, found).await?),
        None => None,
    };
    let name = words::label(&certification.libelle);
    page(&CertificationPage {
        layout: layout(&request, code, &name),
        kind: certification.diplome.as_ref().map(|diplome| diplome.libelle.clone()),
        code: code.to_string(),
        address: certification_address(code),
        closed: certification.is_closed(request.today()),
        former: certification.libelle_ancien.as_deref().map(words::label),
        family: certification.famille.as_ref().map(|famille| famille.libelle.clone()),
        newer: newer(&certification),
        national,
        location,
        place: place.map(|place| place.label),
        hits,
        threshold: words::threshold(),
        name,
    })
}

fn newer(certification: &Certification) -> Vec<Way> {
    let way = |code: &CodeCertification| Way { href: certification_address(*code), label: code.to_string() };
    certification.nouveaux.iter().map(way).collect()
}

fn layout(request: &DataRequest, code: CodeCertification, name: &str) -> Layout {
    let code = code_in_address(code);
    let facts = serde_json::json!({
        "@context": "https://schema.org", "@type": "EducationalOccupationalCredential", "name": name, "identifier": code,
    });
    Layout::new(request, format!("{name}, en France"), format!("Que deviennent les jeunes après : {name} ?"))
        .json(format!("/api/v1/certifications/{code}"))
        .csv(format!("/api/v1/certifications/{code}/regions.csv"))
        .link("canonical", format!("/certifications/{code}"))
        .facts(&facts)
}

async fn national(request: &DataRequest, code: CodeCertification, found: Found) -> Result<National, Problem> {
    let Found { resolved, others, history } = found;
    let statistique = resolved.statistique();
    let address = certification_address(code);
    let mut bars = regions(request, code, statistique).await?;
    let way = |filiere: &crate::domain::Filiere| Way {
        href: format!("{address}?filiere={filiere}"),
        label: format!("La même formation {}", words::taught(*filiere)),
    };
    let rest = bars.split_off(bars.len().min(BARS));
    let salaries = words::salaries(statistique);
    let speciality = |resolved: &crate::http::v1::statistique::Resolved| Way {
        href: certification_address(resolved.statistique().code),
        label: words::label(&resolved.named.certification.libelle),
    };
    Ok(National {
        cohort: Cohort::new(statistique, "image"),
        taught: words::taught(statistique.filiere),
        years: Years::new(&history, statistique, &address),
        salaries: salaries.into_iter().map(|(indicateur, text)| (indicateur.as_str(), text)).collect(),
        specialities: resolved.specialites.iter().map(speciality).collect(),
        first: bars,
        others: rest,
        ways: others.iter().map(way).collect(),
    })
}

/// The régions of the same filière and millésime, the highest first; those without a figure last.
async fn regions(request: &DataRequest, code: CodeCertification, national: &Statistique) -> Result<Vec<Bar>, Problem> {
    let (state, id) = (request.state(), request.publication().id);
    let indicateur = Indicateur::PartEnEmploi6Mois;
    let list = StatistiqueList {
        scope: Scope::Regions(code),
        slices: vec![(national.filiere, national.millesime)],
        filters: Vec::new(),
        tri: Sort::Figure { indicateur, descending: true },
        q: None,
        found: None,
        niveau: None,
    };
    let found = state.db.list_statistiques(id, &list, &Page { after: None, limite: 30 }).await?;
    let mark = national.figures.get(indicateur).known();
    let bar = |statistique: &Statistique| {
        let Lieu::Region(region) = statistique.lieu else { return None };
        let value = statistique.figures.get(indicateur).known();
        Some(Bar::new(region.region().nom, Cell::new(&statistique.figures, indicateur), value, mark))
    };
    Ok(found.iter().filter_map(|named| bar(&named.statistique)).collect())
}

/// The address of the same page with a place.
impl CertificationPage {
    fn compare_address(&self, hit: &Hit) -> String {
        format!("/comparer?f={}&q={}", encoded(&hit.pair), encoded(&self.name))
    }
}
