//! Listes: `formations`, `certifications`, `regionales`: one machinery, three filters.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::demande::Demande;
use super::documentation::{ParamsCertificationsListe, ParamsFormationsListe, ParamsRegionalesListe};
use super::entree::Entree;
use super::erreur::{Erreur, adresse_inconnue};
use super::parametres::{Filtres, FormatListe, Pages, ParametresListe, separer};
use super::totaux::Totaux;
use super::{bcn, millesimes, reponse, tableau};
use crate::db::legacy::{ListeLegacy, Periode};
use crate::db::publications::Publication;
use crate::domain::Maille;
use crate::http::Etat;

/// Où l'on en est dans une liste.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Pagination {
    /// Page demandée, la première est 1.
    #[schema(example = 1)]
    page: u64,
    /// Nombre d'éléments par page.
    #[schema(example = 10)]
    items_par_page: u64,
    /// Nombre de pages, au moins 1.
    #[schema(example = 997)]
    nombre_de_page: u64,
    /// Nombre d'éléments en tout.
    #[schema(example = 9966)]
    total: u64,
}

impl Pagination {
    pub(super) fn new(pages: Pages, total: u64) -> Self {
        Self { page: pages.page, items_par_page: pages.items, nombre_de_page: pages.nombre(total), total }
    }
}

/// Une page de formations.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PageFormations {
    /// Pagination.
    pagination: Pagination,
    /// Les formations.
    formations: Vec<Entree>,
}

/// Une page de certifications.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PageCertifications {
    /// Pagination.
    pagination: Pagination,
    /// Les certifications.
    certifications: Vec<Entree>,
}

/// Une page de statistiques régionales.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PageRegionales {
    /// Pagination.
    pagination: Pagination,
    /// Les statistiques.
    regionales: Vec<Entree>,
}

/// Les statistiques des établissements.
#[utoipa::path(
    get, path = "/formations", tag = "listes", operation_id = "legacy_formations",
    params(ParamsFormationsListe),
    responses((status = 200, description = "Une page.", body = PageFormations))
)]
pub(super) async fn formations(State(etat): State<Etat>, demande: Demande) -> Result<Response, Erreur> {
    repondre(&etat, &demande, Filtres::Formations, None, None).await
}

/// Les statistiques nationales.
#[utoipa::path(
    get, path = "/certifications", tag = "listes", operation_id = "legacy_certifications",
    params(ParamsCertificationsListe),
    responses((status = 200, description = "Une page.", body = PageCertifications))
)]
pub(super) async fn certifications(State(etat): State<Etat>, demande: Demande) -> Result<Response, Erreur> {
    repondre(&etat, &demande, Filtres::Certifications, None, None).await
}

/// Les statistiques régionales.
#[utoipa::path(
    get, path = "/regionales", tag = "listes", operation_id = "legacy_regionales",
    params(ParamsRegionalesListe),
    responses((status = 200, description = "Une page.", body = PageRegionales))
)]
pub(super) async fn regionales(State(etat): State<Etat>, demande: Demande) -> Result<Response, Erreur> {
    repondre(&etat, &demande, Filtres::Regionales, None, None).await
}

/// Les statistiques d'une région.
#[utoipa::path(
    get, path = "/regionales/{region}", tag = "listes", operation_id = "legacy_regionale",
    params(
        ("region" = String, Path, description = "Code INSEE de la région ou code postal, puis `.json` ou `.csv`.", example = "53"),
        ParamsCertificationsListe,
    ),
    responses((status = 200, description = "Une page.", body = PageRegionales))
)]
pub(super) async fn regionale(State(etat): State<Etat>, demande: Demande) -> Result<Response, Erreur> {
    let (region, ext) = separer(demande.segment("region"));
    repondre(&etat, &demande, Filtres::Regionale, Some(region), ext).await
}

/// The lists, by name; the nomenclature has no filters of statistics.
fn nommee(nom: &str) -> Option<Filtres> {
    let listes = [
        ("formations", Filtres::Formations),
        ("certifications", Filtres::Certifications),
        ("regionales", Filtres::Regionales),
        ("bcn", Filtres::Bcn),
    ];
    listes.into_iter().find(|(connu, _)| *connu == nom).map(|(_, filtres)| filtres)
}

/// Lets pass what names a list with an extension.
pub(super) async fn connue(request: Request, next: Next) -> Response {
    let segment = request.uri().path().rsplit('/').next().unwrap_or_default();
    let (nom, ext) = separer(segment);
    if ext.is_some() && nommee(nom).is_some() { next.run(request).await } else { adresse_inconnue() }
}

/// A list whose name has an extension: `formations.csv`.
pub(super) async fn avec_extension(State(etat): State<Etat>, demande: Demande) -> Result<Response, Erreur> {
    let (nom, ext) = separer(demande.segment("liste"));
    match nommee(nom) {
        Some(Filtres::Bcn) => bcn::repondre(&etat, &demande, ext).await,
        Some(filtres) => repondre(&etat, &demande, filtres, None, ext).await,
        None => Ok(adresse_inconnue()),
    }
}

async fn repondre(
    etat: &Etat,
    demande: &Demande,
    filtres: Filtres,
    region: Option<&str>,
    ext: Option<&str>,
) -> Result<Response, Erreur> {
    let lus = ParametresListe::lire(demande, filtres, region, ext)?;
    let (pages, csv) = (lus.pages, lus.format == FormatListe::Csv);
    let publication = demande.publication()?;
    let liste = liste(publication, filtres, lus);
    let total = Totaux::total(etat, publication.id, &liste).await?;
    pages.verifier(total)?;
    let (offset, limite) = pages.fenetre();
    let beyond = u64::try_from(offset).unwrap_or(u64::MAX) >= total;
    let fiches = if beyond { Vec::new() } else { etat.db.liste_legacy(publication.id, &liste, offset, limite).await? };
    let today = demande.today();
    let entrees: Vec<_> = fiches.iter().map(|fiche| Entree::de_liste(fiche, today)).collect();
    if csv {
        return tableau::statistiques(&entrees, liste.maille, today);
    }
    let pagination = Pagination::new(pages, total);
    match liste.maille {
        Maille::Nationale => reponse::liste(&PageCertifications { pagination, certifications: entrees }),
        Maille::Regionale => reponse::liste(&PageRegionales { pagination, regionales: entrees }),
        Maille::Etablissement => reponse::liste(&PageFormations { pagination, formations: entrees }),
    }
}

/// What the database is asked for. Formations are found under both forms of a millésime.
fn liste(publication: &Publication, filtres: Filtres, lus: ParametresListe) -> ListeLegacy {
    let maille = match filtres {
        Filtres::Formations => Maille::Etablissement,
        Filtres::Certifications | Filtres::Bcn => Maille::Nationale,
        Filtres::Regionales | Filtres::Regionale => Maille::Regionale,
    };
    let formes = |millesimes: Vec<super::regles::MillesimeDemande>| -> Vec<String> {
        let exacts = millesimes.iter().map(|millesime| vec![millesime.as_str().to_owned()]);
        let deux = millesimes.iter().map(|millesime| millesime.formes().to_vec());
        if maille == Maille::Etablissement { deux.flatten().collect() } else { exacts.flatten().collect() }
    };
    let periode = lus.millesimes.map(|millesimes| Periode::Millesimes(formes(millesimes)));
    ListeLegacy {
        maille,
        uais: lus.uais,
        regions: lus.regions,
        academies: lus.academies,
        codes: lus.codes,
        periode: periode.unwrap_or_else(|| millesimes::defaut_liste(publication, maille)),
    }
}
