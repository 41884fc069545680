//! `/formations/{uai}/{code}`: what became of those who took this course here before.
//!
//! The answer to the question first, as a picture and a sentence. What is around it (région and
//! France, the years, salaries) comes after, the comparison on demand; last, who was counted and
//! where it comes from.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::answer::{page, with_status};
use super::cohort::{Bar, Cell, Cohort};
use super::layout::Layout;
use super::request::{PageRequest, certification_address, code_in_address, encoded, formation_address};
use super::words;
use crate::db::statistiques::NamedStatistique;
use crate::domain::choice::Wanted;
use crate::domain::contexte::Relative;
use crate::domain::{CodeCertification, Figures, Filiere, Indicateur, Lieu, Millesime, Statistique, Uai, Unit, Valeur};
use crate::http::drawing::years::{Point, Series, years};
use crate::http::problem::Problem;
use crate::http::request::DataRequest;
use crate::http::v1::statistique::{Resolved, chosen, resolved};

/// A statistic and everything that its page shows with it.
pub(super) struct Found {
    /// The statistic that answers.
    pub(super) resolved: Resolved,
    /// Other filières at this place.
    pub(super) others: Vec<Filiere>,
    /// Every cohort of the same filière here, the oldest first.
    pub(super) history: Vec<Resolved>,
}

/// What there is of a course at a place; `None` where there is nothing.
///
/// # Errors
/// 404 when there is nothing of the millésime or the filière that is asked for, 503 without a database.
pub(super) async fn find(
    request: &DataRequest,
    lieu: Lieu,
    code: CodeCertification,
    wanted: Wanted,
) -> Result<Option<Found>, Problem> {
    let (state, id) = (request.state(), request.publication().id);
    let stored = state.db.statistiques_at_lieu(id, lieu, code).await?;
    if stored.is_empty() {
        return Ok(None);
    }
    let choice = chosen(state, id, stored.clone(), wanted).await?;
    let filiere = choice.statistique.statistique().filiere;
    let same = |named: &NamedStatistique| named.statistique.filiere == filiere;
    let mut history = resolved(state, id, stored.into_iter().filter(same).collect()).await?;
    history.sort_by_key(|resolved| resolved.statistique().millesime);
    Ok(Some(Found { resolved: choice.statistique, others: choice.autres_filieres, history }))
}

/// Every statistic of the country, of whatever filière, the oldest first: there may be none of the one that is
/// taught here.
async fn national(request: &DataRequest, code: CodeCertification) -> Result<Vec<Resolved>, Problem> {
    let (state, id) = (request.state(), request.publication().id);
    let stored = state.db.statistiques_at_lieu(id, Lieu::France, code).await?;
    let mut history = resolved(state, id, stored).await?;
    history.sort_by_key(|resolved| resolved.statistique().millesime);
    Ok(history)
}

/// A year of the table under the line.
pub(super) struct Year {
    /// `2022-2023`.
    pub(super) years: String,
    /// As the API writes it.
    pub(super) millesime: String,
    pub(super) pooled: bool,
    /// Whether it is the one that the page shows.
    pub(super) here: bool,
    /// Its address.
    pub(super) href: String,
    pub(super) emploi: Cell,
    pub(super) studies: Cell,
}

/// The years: a picture where there is more than one, and the table.
pub(super) struct Years {
    pub(super) picture: Option<String>,
    pub(super) rupture: Option<u16>,
    /// How the shown one changed, a sentence each.
    pub(super) changes: Vec<String>,
    pub(super) rows: Vec<Year>,
}

impl Years {
    /// Those of a history; `here` is the one that the page at `address` shows.
    pub(super) fn new(history: &[Resolved], here: &Statistique, address: &str) -> Self {
        let points = history.iter().map(|resolved| {
            let statistique = resolved.statistique();
            let valeur = statistique.figures.get(Indicateur::PartEnEmploi6Mois);
            Point { millesime: statistique.millesime, valeur, scope: statistique.champ_emploi() }
        });
        let series = Series { filiere: here.filiere, points: points.collect() };
        let row = |resolved: &Resolved| {
            let statistique = resolved.statistique();
            let millesime = statistique.millesime;
            Year {
                years: years(millesime),
                millesime: millesime.to_string(),
                pooled: millesime.is_pooled(),
                here: millesime == here.millesime,
                href: format!("{address}?millesime={millesime}&filiere={}", here.filiere),
                emploi: Cell::new(&statistique.figures, Indicateur::PartEnEmploi6Mois),
                studies: Cell::new(&statistique.figures, Indicateur::PartPoursuiteEtudes),
            }
        };
        Self {
            picture: (history.len() > 1).then(|| series.draw("annees")),
            rupture: series.rupture(),
            changes: words::changes(here),
            rows: history.iter().map(row).collect(),
        }
    }
}

/// What a link leads to.
pub(super) struct Way {
    pub(super) href: String,
    pub(super) label: String,
}

#[derive(Template)]
#[template(path = "formation.html")]
struct FormationPage {
    layout: Layout,
    name: String,
    taught: &'static str,
    etablissement: String,
    etablissement_href: String,
    commune: Option<String>,
    certification_href: String,
    closed: bool,
    cohort: Cohort,
    /// Each speciality, where this year has no figures of its own.
    specialities: Vec<Way>,
    beside: Vec<Bar>,
    beside_missing: Vec<String>,
    neighbours: Option<String>,
    years: Years,
    salaries: Vec<(&'static str, String)>,
    salary_cohort: String,
    others: Vec<Way>,
    compare: String,
    /// What else is taught around.
    around: String,
    embed: String,
    source: Option<&'static str>,
    threshold: String,
}

/// The page.
///
/// # Errors
/// 400 for an address that is none, 404 where there is nothing, 503 without a database.
pub(super) async fn show(request: PageRequest) -> Result<Response, Problem> {
    let (uai, code, wanted) = (request.uai()?, request.code()?, request.wanted()?);
    let request = request.0;
    let (found, national) =
        tokio::try_join!(find(&request, Lieu::Etablissement(uai), code, wanted), national(&request, code),)?;
    match found {
        Some(found) => page(&FormationPage::new(&request, (uai, code), found, &national)),
        None => missing(&request, uai, code).await,
    }
}

impl FormationPage {
    fn new(
        request: &DataRequest,
        (uai, code): (Uai, CodeCertification),
        Found { resolved, others, history }: Found,
        national: &[Resolved],
    ) -> Self {
        let NamedStatistique { statistique, certification, etablissement } = &resolved.named;
        let name = words::label(&certification.libelle);
        let place = etablissement.as_ref().and_then(|e| e.nom.clone()).unwrap_or_else(|| uai.to_string());
        let commune = etablissement.as_ref().and_then(|e| e.commune.clone());
        let address = formation_address(uai, code);
        let (beside, beside_missing) =
            beside(statistique, etablissement.as_ref().and_then(|e| e.region).map(|r| r.region().nom));
        let (salary_cohort, salaries) = salaries(national, statistique.filiere).unwrap_or_default();
        let way = |filiere: &Filiere| Way {
            href: format!("{address}?filiere={filiere}"),
            label: format!("La même formation {}", words::taught(*filiere)),
        };
        Self {
            layout: layout(request, &name, &place, (uai, code), statistique),
            taught: words::taught(statistique.filiere),
            etablissement: place,
            etablissement_href: format!("/etablissements/{uai}"),
            commune,
            certification_href: certification_address(code),
            closed: certification.date_fermeture.is_some_and(|day| day < request.today()),
            cohort: Cohort::new(statistique, "image"),
            specialities: specialities(&resolved, uai),
            beside,
            beside_missing,
            neighbours: statistique.contexte.rang.known().and_then(words::neighbours),
            years: Years::new(&history, statistique, &address),
            salaries,
            salary_cohort,
            others: others.iter().map(way).collect(),
            compare: format!(
                "/comparer?f={}&q={}",
                encoded(&format!("{uai}:{}", code_in_address(code))),
                encoded(&name)
            ),
            around: format!("{address}/autour?filiere={}", statistique.filiere),
            embed: format!("/integrer/formations/{uai}/{}", code_in_address(code)),
            source: statistique.origine.source.map(crate::domain::Dataset::as_str),
            threshold: words::threshold(),
            name,
        }
    }
}

fn layout(
    request: &DataRequest,
    name: &str,
    place: &str,
    (uai, code): (Uai, CodeCertification),
    statistique: &Statistique,
) -> Layout {
    let title = format!("{name}, {place}");
    let description = crate::http::drawing::outcome::Outcome::of_statistique(statistique).alternative();
    let code = code_in_address(code);
    let (filiere, millesime) = (statistique.filiere, statistique.millesime);
    let api = format!("/api/v1/formations/{uai}/{code}?filiere={filiere}&millesime={millesime}");
    let picture = format!("/integrer/formations/{uai}/{code}.svg?filiere={filiere}&millesime={millesime}");
    let page = format!("/formations/{uai}/{code}");
    let facts = serde_json::json!({
        "@context": "https://schema.org", "@type": "Course", "name": name,
        "courseCode": statistique.code.to_string(),
        "provider": {"@type": "EducationalOrganization", "name": place, "identifier": uai.to_string()},
    });
    Layout::new(request, title, description)
        .json(api)
        .csv(format!("/api/v1/certifications/{code}/historique.csv?uai={uai}"))
        .twin("image SVG", "image/svg+xml", picture)
        .twin("fragment à intégrer", "text/html", format!("/integrer/formations/{uai}/{code}"))
        .link("canonical", page.clone())
        .twin("oEmbed", "application/json+oembed", format!("/oembed?url={}", encoded(&page)))
        .facts(&facts)
}

/// Région and France beside the course, and why one of them is missing.
fn beside(statistique: &Statistique, region: Option<&str>) -> (Vec<Bar>, Vec<String>) {
    let figures: &Figures = &statistique.figures;
    let Some(own) = figures.get(Indicateur::PartEnEmploi6Mois).known() else { return (Vec::new(), Vec::new()) };
    let contexte = &statistique.contexte;
    let mark = contexte.region.known();
    let cell = |code, value| Cell::of(code, Unit::Pourcent, Valeur::Connue(value));
    let here = cell(Indicateur::PartEnEmploi6Mois.as_str(), own);
    let mut bars = vec![Bar::new("Ici", here, Some(own), mark).here()];
    let mut missing = Vec::new();
    let region = region.map_or_else(|| "La région".to_owned(), |nom| format!("Région {nom}"));
    let places =
        [("contexte.region", region, contexte.region), ("contexte.france", "France".to_owned(), contexte.france)];
    for (code, name, part) in places {
        match part {
            Relative::Known(value) => bars.push(Bar::new(name, cell(code, value), Some(value), mark)),
            Relative::Absent(raison) => missing.push(format!("{name} : {}", words::no_comparison(raison))),
            Relative::Meaningless => {}
        }
    }
    (bars, missing)
}

/// The newest salaries of the country for this filière, and whose they are.
pub(super) fn salaries(history: &[Resolved], filiere: Filiere) -> Option<(String, Vec<(&'static str, String)>)> {
    history.iter().rev().map(Resolved::statistique).filter(|statistique| statistique.filiere == filiere).find_map(
        |statistique| {
            let said = words::salaries(statistique);
            let said: Vec<_> = said.into_iter().map(|(indicateur, text)| (indicateur.as_str(), text)).collect();
            (!said.is_empty()).then(|| (words::cohort(statistique), said))
        },
    )
}

fn specialities(resolved: &Resolved, uai: Uai) -> Vec<Way> {
    let way = |resolved: &Resolved| Way {
        href: formation_address(uai, resolved.statistique().code),
        label: words::label(&resolved.named.certification.libelle),
    };
    resolved.specialites.iter().map(way).collect()
}

#[derive(Template)]
#[template(path = "missing.html")]
struct MissingPage {
    layout: Layout,
    name: String,
    place: String,
    ways: Vec<Way>,
    search: String,
}

/// Says that there are no figures here, and where there are.
///
/// # Errors
/// 404 for an unknown code or UAI, 503 without a database.
pub(super) async fn missing(request: &DataRequest, uai: Uai, code: CodeCertification) -> Result<Response, Problem> {
    let (state, id) = (request.state(), request.publication().id);
    let (certification, etablissement) =
        tokio::try_join!(state.db.certification(id, code), state.db.etablissement(id, uai))?;
    let certification = certification
        .ok_or_else(|| Problem::unknown(format!("Aucune formation n'a le code {code}. Cherchez-la par son nom.")))?;
    let etablissement = etablissement.ok_or_else(|| {
        Problem::unknown(format!("Aucun établissement n'a le numéro {uai}. Cherchez-le par son nom."))
    })?;
    let places = state.db.where_and_when(id, code, etablissement.region, 5).await?;
    let ways = places.iter().map(|place| elsewhere(place, code)).collect();
    let name = words::label(&certification.libelle);
    let place = etablissement.nom.unwrap_or_else(|| uai.to_string());
    let page = MissingPage {
        layout: Layout::new(request, format!("Pas de chiffres : {name}, {place}"), "Où trouver d'autres chiffres."),
        search: format!(
            "/recherche?q={}&ou={}",
            encoded(&name),
            encoded(etablissement.commune.as_deref().unwrap_or_default())
        ),
        name,
        place,
        ways,
    };
    with_status(StatusCode::NOT_FOUND, &page)
}

fn elsewhere((lieu, filiere, millesime): &(Lieu, Filiere, Millesime), code: CodeCertification) -> Way {
    let (href, place) = match lieu {
        Lieu::France => (certification_address(code), "dans toute la France".to_owned()),
        Lieu::Region(region) => (certification_address(code), format!("en région {}", region.region().nom)),
        Lieu::Etablissement(uai) => (formation_address(*uai, code), format!("dans l'établissement {uai}")),
    };
    Way {
        href,
        label: format!("Cette formation {place}, {} ({})", words::taught(*filiere), words::last_year(*millesime)),
    }
}
