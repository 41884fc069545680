//! `/etablissements/{uai}`: who it is, what is measured of it as a whole, its courses.

use askama::Template;
use axum::response::Response;

use super::answer::page;
use super::cohort::Cell;
use super::finder::{self, Hit};
use super::layout::Layout;
use super::request::PageRequest;
use super::words;
use crate::domain::choice::Wanted;
use crate::domain::{Etablissement, MesureEtablissement, MesuresEtablissement, Population, Secteur};
use crate::http::problem::Problem;
use crate::http::request::DataRequest;
use crate::http::v1::etablissements::shown;

/// A figure of the établissement as a whole.
struct Line {
    name: &'static str,
    cell: Cell,
}

/// The figures of one filière.
struct Whole {
    /// «en apprentissage, sortis en 2023».
    who: String,
    lines: Vec<Line>,
    /// The added value, in a sentence.
    added: Option<String>,
}

#[derive(Template)]
#[template(path = "etablissement.html")]
struct EtablissementPage {
    layout: Layout,
    name: String,
    etablissement: Etablissement,
    secteur: Option<&'static str>,
    wholes: Vec<Whole>,
    hits: Vec<Hit>,
    more: bool,
}

/// The page.
///
/// # Errors
/// 400 for an address that is none, 404 for an unknown UAI, 503 without a database.
pub(super) async fn show(request: PageRequest) -> Result<Response, Problem> {
    let uai = request.uai()?;
    let request = request.0;
    let (state, id) = (request.state(), request.publication().id);
    let unknown = || Problem::unknown(format!("Aucun établissement n'a le numéro {uai}. Cherchez-le par son nom."));
    let (found, mut stored) =
        tokio::try_join!(state.db.etablissement(id, uai), state.db.statistiques_etablissement(id, uai))?;
    let etablissement = found.ok_or_else(unknown)?;
    stored.retain(|mesures| mesures.population == Population::Whole);
    let wholes = shown(&stored, Wanted::default()).into_iter().map(whole).collect();
    let (hits, more) = finder::taught_at(&request, uai).await?;
    let name = etablissement.nom.clone().unwrap_or_else(|| uai.to_string());
    page(&EtablissementPage {
        layout: layout(&request, &etablissement, &name),
        secteur: etablissement.secteur.map(|secteur| match secteur {
            Secteur::Public => "Établissement public",
            Secteur::Prive => "Établissement privé",
        }),
        name,
        etablissement,
        wholes,
        hits,
        more,
    })
}

fn layout(request: &DataRequest, etablissement: &Etablissement, name: &str) -> Layout {
    let uai = etablissement.uai;
    let mut facts = serde_json::json!({
        "@context": "https://schema.org", "@type": "EducationalOrganization", "name": name, "identifier": uai.to_string(),
    });
    if let (Some(commune), Some(facts)) = (&etablissement.commune, facts.as_object_mut()) {
        let postal = etablissement.code_postal.as_deref();
        facts.insert("address".to_owned(), serde_json::json!({"@type": "PostalAddress", "addressLocality": commune, "postalCode": postal, "addressCountry": "FR"}));
    }
    Layout::new(request, name, format!("Les formations de {name}, et ce que deviennent ses élèves."))
        .json(format!("/api/v1/etablissements/{uai}"))
        .csv(format!("/api/v1/etablissements/{uai}/formations.csv"))
        .link("canonical", format!("/etablissements/{uai}"))
        .facts(&facts)
}

fn whole(mesures: &MesuresEtablissement) -> Whole {
    let named = || MesureEtablissement::ALL.iter().zip(mesures.valeurs);
    let line = |(mesure, valeur): (&MesureEtablissement, crate::domain::Valeur)| {
        let definition = mesure.definition();
        Line { name: definition.nom, cell: Cell::of(mesure.as_str(), definition.unite, valeur) }
    };
    let value = named().find(|(mesure, _)| **mesure == MesureEtablissement::ValeurAjouteeEmploi6Mois);
    Whole {
        who: format!("{}, jeunes {}", words::taught(mesures.filiere), words::left(mesures.millesime)),
        lines: named().map(line).collect(),
        added: value.and_then(|(_, valeur)| valeur.known()).map(added),
    }
}

/// The added value in words.
fn added(points: i32) -> String {
    match points {
        0 => "Les jeunes y trouvent un emploi autant que dans des établissements qui lui ressemblent.".to_owned(),
        n if n > 0 => format!("Sur 100 sortants, {n} de plus qu'attendu ont un emploi après 6 mois."),
        n => format!("Sur 100 sortants, {} de moins qu'attendu ont un emploi après 6 mois.", -n),
    }
}
