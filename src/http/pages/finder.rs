//! Finding what somebody means: the one function behind the search of the pages.
//!
//! It stands on the lists of the API. A place is a région, a département, a postal code or a
//! commune; around a commune the nearest come first, for a circle says more about a journey than
//! the border of a territory.

use futures_util::future::try_join_all;

use super::formation::find as find_formation;
use super::request::{certification_address, formation_address};
use super::words;
use crate::db::lists::{
    After, CertificationList, EtablissementList, FoundCertification, FoundEtablissement, Page, Proximity, Scope, Sort,
    StatistiqueList, Zone,
};
use crate::db::statistiques::NamedStatistique;
use crate::domain::choice::Wanted;
use crate::domain::recherche::{FoundFormations, Question};
use crate::domain::territoire::Departement;
use crate::domain::text::fold;
use crate::domain::{CodeCertification, CodeRegion, Etablissement, Maille, Statistique, Uai};
use crate::http::drawing::outcome::Outcome;
use crate::http::problem::Problem;
use crate::http::request::DataRequest;
use crate::http::v1::statistique::slices;

/// Kilometres around a commune.
const AROUND: u16 = 60;
/// Results of one page.
pub(super) const PAGE: i64 = 20;
/// Établissements that are shown beside courses.
const BESIDE: i64 = 8;

/// A place that was understood.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// How it is said: «à moins de 60 km de Rennes».
    pub(super) label: String,
    zone: Zone,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Results {
    /// The place, if one was asked for and understood.
    pub(super) place: Option<Place>,
    /// Courses at établissements, when a place was understood.
    pub(super) formations: Vec<Hit>,
    /// Certifications, when no place was asked for.
    pub(super) certifications: Vec<Hit>,
    /// Établissements.
    pub(super) etablissements: Vec<Hit>,
    /// After what the next page begins.
    pub(super) next: Option<After>,
}

impl Results {
    pub(super) fn is_empty(&self) -> bool {
        self.formations.is_empty() && self.certifications.is_empty() && self.etablissements.is_empty()
    }
}

/// One line of the results.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub(super) href: String,
    pub(super) title: String,
    /// Where, and how it is taught.
    pub(super) detail: String,
    /// What became of those before, or why nothing is shown.
    pub(super) outcome: String,
    pub(super) closed: bool,
    /// `uai:code` of a course, by which it is compared.
    pub(super) pair: String,
}

/// Finds what `q` and `ou` mean, both possibly empty.
///
/// # Errors
/// Those of the database.
pub(super) async fn find(
    request: &DataRequest,
    q: &str,
    location: &str,
    after: Option<After>,
) -> Result<Results, Problem> {
    let place = if location.is_empty() { None } else { place(request, location).await? };
    let mut results = Results { place, ..Results::default() };
    if fold(q).is_empty() && results.place.is_none() {
        return Ok(results);
    }
    let first = after.is_none();
    let zone = results.place.as_ref().map_or_else(Zone::default, |place| place.zone);
    if results.place.is_some() {
        (results.formations, results.next) = formations(request, q, zone, after).await?;
    } else {
        (results.certifications, results.next) = certifications(request, q, after).await?;
    }
    if first {
        results.etablissements = etablissements(request, q, &zone).await?;
    }
    Ok(results)
}

/// Who teaches a certification, the nearest first where a place is asked for.
///
/// # Errors
/// Those of the database.
pub(super) async fn teaching(
    request: &DataRequest,
    code: CodeCertification,
    location: &str,
) -> Result<(Option<Place>, Vec<Hit>), Problem> {
    let place = if location.is_empty() { None } else { place(request, location).await? };
    let zone = place.as_ref().map_or_else(Zone::default, |place| place.zone);
    let (hits, _) = formations(request, "", Zone { code: Some(code), ..zone }, None).await?;
    Ok((place, hits))
}

/// What is taught at an établissement, and whether there is more than one page of it.
///
/// # Errors
/// Those of the database.
pub(super) async fn taught_at(request: &DataRequest, uai: Uai) -> Result<(Vec<Hit>, bool), Problem> {
    let (hits, next) = formations(request, "", Zone { uai: Some(uai), ..Zone::default() }, None).await?;
    Ok((hits, next.is_some()))
}

/// Understands the name or the number of a place.
async fn place(request: &DataRequest, location: &str) -> Result<Option<Place>, Problem> {
    let folded = fold(location);
    if let Some(departement) = departement(&folded) {
        let zone = Zone { departement: Some(departement), ..Zone::default() };
        return Ok(Some(Place {
            label: format!("dans le département {} ({})", departement.nom, departement.code),
            zone,
        }));
    }
    if let Some(region) = CodeRegion::from_name(&folded) {
        let zone = Zone { region: Some(region), ..Zone::default() };
        return Ok(Some(Place { label: format!("en région {}", region.region().nom), zone }));
    }
    Ok(around(request, &folded)
        .await?
        .map(|(commune, zone)| Place { label: format!("à moins de {AROUND} km de {commune}"), zone }))
}

/// The département of a name, a number or a postal code.
fn departement(folded: &str) -> Option<&'static Departement> {
    let upper = folded.replace(' ', "").to_ascii_uppercase();
    let by_name = Departement::all().iter().find(|departement| fold(departement.nom) == folded);
    let postal = upper.len() == 5 && upper.bytes().all(|byte| byte.is_ascii_digit());
    let start = match upper.get(..2).filter(|_| postal) {
        Some("97" | "98") => upper.get(..3),
        Some("20") if upper.as_str() < "20200" => Some("2A"),
        Some("20") => Some("2B"),
        start => start,
    };
    by_name.or_else(|| Departement::from_code(&upper)).or_else(|| Departement::from_code(start?))
}

/// A circle around the établissements of a commune.
async fn around(request: &DataRequest, folded: &str) -> Result<Option<(String, Zone)>, Problem> {
    let (state, id) = (request.state(), request.publication().id);
    let found = state.publications.etablissements(id).await?.find(folded);
    let list = EtablissementList { found, ..nowhere() };
    let found = state.db.list_etablissements(id, &list, &Page { after: None, limite: 50 }).await?;
    let there = |e: &Etablissement| e.commune.as_deref().is_some_and(|commune| is_part_of(folded, &fold(commune)));
    let found = found.into_iter().map(|found| found.etablissement).find(|e| there(e) && e.position.is_some());
    Ok(found.and_then(|etablissement| {
        let proximity = Some(Proximity { centre: etablissement.position?, rayon_km: AROUND });
        Some((etablissement.commune?, Zone { proximity, ..Zone::default() }))
    }))
}

/// «paris» names «paris 13e arrondissement» too.
fn is_part_of(asked: &str, commune: &str) -> bool {
    commune == asked || commune.strip_prefix(asked).is_some_and(|rest| rest.starts_with(' '))
}

fn nowhere() -> EtablissementList {
    EtablissementList { found: None, region: None, academie: None, departement: None, proximity: None }
}

async fn formations(
    request: &DataRequest,
    q: &str,
    zone: Zone,
    after: Option<After>,
) -> Result<(Vec<Hit>, Option<After>), Problem> {
    let found = meant(request, q, false).await?.map(|codes| FoundFormations { codes, uais: None });
    let tri = match (&zone.proximity, &found) {
        (Some(_), _) => Sort::Distance,
        (None, Some(_)) => Sort::Relevance,
        (None, None) => Sort::default(),
    };
    let list = StatistiqueList {
        scope: Scope::Formations(zone),
        slices: slices(request, Maille::Etablissement, Wanted::default())?,
        filters: Vec::new(),
        tri,
        q: None,
        found,
        niveau: None,
    };
    let (state, id) = (request.state(), request.publication().id);
    let mut found = state.db.list_statistiques(id, &list, &Page { after, limite: PAGE + 1 }).await?;
    let more = cut(&mut found);
    let next = found.last().filter(|_| more).map(|named| list.after(named));
    let shown = try_join_all(found.iter().map(|named| answering(request, named))).await?;
    Ok((open_first(shown.iter().filter_map(|named| formation(request, named)).collect()), next))
}

/// The cohort that the page of a course shows: a list is made of one millésime, and where that is
/// hidden two pooled years may not be. The lookups of one moment are asked together.
async fn answering(request: &DataRequest, named: &NamedStatistique) -> Result<NamedStatistique, Problem> {
    let Statistique { lieu, code, filiere, .. } = named.statistique;
    let wanted = Wanted { filiere: Some(filiere), millesime: None };
    let found = find_formation(request, lieu, code, wanted).await?;
    let shown = found.map_or_else(|| named.clone(), |found| found.resolved.named);
    // Only a list knows how far it is.
    Ok(NamedStatistique { etablissement: named.etablissement.clone(), ..shown })
}

fn formation(request: &DataRequest, named: &NamedStatistique) -> Option<Hit> {
    let NamedStatistique { statistique, certification, etablissement } = named;
    let etablissement = etablissement.as_ref()?;
    let (uai, code) = (etablissement.uai, certification.code);
    let name = etablissement.nom.clone().unwrap_or_else(|| uai.to_string());
    let commune = etablissement.commune.as_ref().map_or_else(String::new, |commune| format!(", {commune}"));
    let far = etablissement.distance_m.map_or_else(String::new, |metres| format!(", à {} km", (metres + 500) / 1000));
    Some(Hit {
        href: format!("{}?filiere={}", formation_address(uai, code), statistique.filiere),
        title: words::label(&certification.libelle),
        detail: format!("{name}{commune}{far}, {}", words::taught(statistique.filiere)),
        outcome: outcome(&Outcome::of_statistique(statistique)),
        closed: certification.date_fermeture.is_some_and(|day| day < request.today()),
        pair: format!("{uai}:{}", super::request::code_in_address(code)),
    })
}

/// What became of a hundred in one short line.
fn outcome(outcome: &Outcome) -> String {
    match outcome.complete() {
        Some([emploi, studies, _]) => format!("Sur 100 : {emploi} en emploi à 6 mois, {studies} en études."),
        None => outcome.why().unwrap_or_default(),
    }
}

/// The codes that a text means, the best first: the search of the API, which forgives typing errors
/// and knows everyday words. `None` for a text without any letter or digit.
async fn meant(request: &DataRequest, q: &str, grouped: bool) -> Result<Option<Vec<CodeCertification>>, Problem> {
    let index = request.state().publications.index(request.publication().id).await?;
    Ok(index.find(Question { text: q, grouped, today: request.today() }))
}

async fn certifications(
    request: &DataRequest,
    q: &str,
    after: Option<After>,
) -> Result<(Vec<Hit>, Option<After>), Problem> {
    let found = meant(request, q, true).await?;
    let list = CertificationList {
        tri: if found.is_none() { Sort::default() } else { Sort::Relevance },
        found,
        slices: slices(request, Maille::Nationale, Wanted::default())?,
        ..CertificationList::default()
    };
    let (state, id) = (request.state(), request.publication().id);
    let mut found = state.db.list_certifications(id, &list, &Page { after, limite: PAGE + 1 }).await?;
    let more = cut(&mut found);
    let key = |found: &FoundCertification| After {
        rang: list.tri.rang(|_| None, found.ordre),
        keys: vec![found.certification.code.to_string()],
    };
    let next = found.last().filter(|_| more).map(key);
    Ok((open_first(found.iter().map(|found| certification(request, found)).collect()), next))
}

fn certification(request: &DataRequest, found: &FoundCertification) -> Hit {
    let FoundCertification { certification, statistique, .. } = found;
    let taught = statistique.as_ref().map(|statistique| words::taught(statistique.filiere));
    let kind = certification.diplome.as_ref().map(|diplome| diplome.libelle.as_str());
    Hit {
        href: certification_address(certification.code),
        title: words::label(&certification.libelle),
        detail: [kind, taught, Some("toute la France")].into_iter().flatten().collect::<Vec<_>>().join(", "),
        outcome: statistique.as_ref().map_or_else(String::new, |s| outcome(&Outcome::of_statistique(s))),
        closed: certification.date_fermeture.is_some_and(|day| day < request.today()),
        pair: String::new(),
    }
}

async fn etablissements(request: &DataRequest, q: &str, zone: &Zone) -> Result<Vec<Hit>, Problem> {
    let (state, id) = (request.state(), request.publication().id);
    if let Some(uai) = Uai::typed(q) {
        // One that only a directory knows has a page too.
        let found = state.db.etablissement(id, uai).await?;
        return Ok(found.map(|etablissement| hit(&etablissement, None)).into_iter().collect());
    }
    let found = state.publications.etablissements(id).await?.find(q);
    let Zone { region, departement, proximity, .. } = *zone;
    let list = EtablissementList { found, region, departement, proximity, ..nowhere() };
    let found = state.db.list_etablissements(id, &list, &Page { after: None, limite: BESIDE }).await?;
    let hits = found.iter().map(|FoundEtablissement { etablissement, distance_m, .. }| hit(etablissement, *distance_m));
    Ok(hits.collect())
}

fn hit(etablissement: &Etablissement, distance_m: Option<i32>) -> Hit {
    let commune = etablissement.commune.clone().unwrap_or_default();
    let far = distance_m.map_or_else(String::new, |metres| format!(", à {} km", (metres + 500) / 1000));
    Hit {
        href: format!("/etablissements/{}", etablissement.uai),
        title: etablissement.nom.clone().unwrap_or_else(|| etablissement.uai.to_string()),
        detail: format!("{commune}{far}"),
        outcome: String::new(),
        closed: false,
        pair: String::new(),
    }
}

/// Whether there was one row more than a page holds, which goes.
fn cut<T>(found: &mut Vec<T>) -> bool {
    let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = found.len() > page;
    found.truncate(page);
    more
}

fn open_first(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| hit.closed);
    hits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_departement_is_found_by_name_number_and_postal_code() {
        for (text, code) in [
            ("Ille-et-Vilaine", "35"),
            ("35", "35"),
            ("35000", "35"),
            ("2a", "2A"),
            ("20090", "2A"),
            ("20200", "2B"),
            ("97400", "974"),
            ("974", "974"),
        ] {
            assert_eq!(departement(&fold(text)).map(|found| found.code), Some(code), "{text}");
        }
        for text in ["", "00000", "rennes", "9", "99999"] {
            assert!(departement(text).is_none(), "{text}");
        }
    }
}
