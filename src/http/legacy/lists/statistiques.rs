//! `formations`, `certifications`, `regionales`: one machinery, three filters.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::legacy::{LegacyList, Period};
use crate::db::publications::Publication;
use crate::domain::Maille;
use crate::http::legacy::answers::entry::LegacyEntry;
use crate::http::legacy::answers::json;
use crate::http::legacy::answers::millesimes;
use crate::http::legacy::error::{LegacyError, unknown_address};
use crate::http::legacy::lists::bcn;
use crate::http::legacy::lists::table;
use crate::http::legacy::lists::totals::Totals;
use crate::http::legacy::parameters::{Filters, ListFormat, ListParameters, Pages, separate};
use crate::http::legacy::request::LegacyRequest;
use crate::http::state::AppState;

/// Où l'on en est dans une liste.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http::legacy) struct Pagination {
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
    pub(in crate::http::legacy) fn new(pages: Pages, total: u64) -> Self {
        Self { page: pages.page, items_par_page: pages.items, nombre_de_page: pages.number(total), total }
    }
}

/// Une page de formations.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::legacy) struct PageFormations {
    /// Pagination.
    pagination: Pagination,
    /// Les formations.
    formations: Vec<LegacyEntry>,
}

/// Une page de certifications.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::legacy) struct PageCertifications {
    /// Pagination.
    pagination: Pagination,
    /// Les certifications.
    certifications: Vec<LegacyEntry>,
}

/// Une page de statistiques régionales.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::legacy) struct PageRegionales {
    /// Pagination.
    pagination: Pagination,
    /// Les statistiques.
    regionales: Vec<LegacyEntry>,
}

/// Les statistiques des établissements.
#[utoipa::path(
    get, path = "/formations", tag = "listes", operation_id = "legacy_formations",
    responses((status = 200, description = "Une page.", body = PageFormations))
)]
pub(in crate::http::legacy) async fn formations(
    State(state): State<AppState>,
    request: LegacyRequest,
) -> Result<Response, LegacyError> {
    answer(&state, &request, Filters::Formations, None, None).await
}

/// Les statistiques nationales.
#[utoipa::path(
    get, path = "/certifications", tag = "listes", operation_id = "legacy_certifications",
    responses((status = 200, description = "Une page.", body = PageCertifications))
)]
pub(in crate::http::legacy) async fn certifications(
    State(state): State<AppState>,
    request: LegacyRequest,
) -> Result<Response, LegacyError> {
    answer(&state, &request, Filters::Certifications, None, None).await
}

/// Les statistiques régionales.
#[utoipa::path(
    get, path = "/regionales", tag = "listes", operation_id = "legacy_regionales",
    responses((status = 200, description = "Une page.", body = PageRegionales))
)]
pub(in crate::http::legacy) async fn regionales(
    State(state): State<AppState>,
    request: LegacyRequest,
) -> Result<Response, LegacyError> {
    answer(&state, &request, Filters::Regionales, None, None).await
}

/// Les statistiques d'une région.
#[utoipa::path(
    get, path = "/regionales/{region}", tag = "listes", operation_id = "legacy_regionale",
    params(
        ("region" = String, Path, description = "Code INSEE de la région ou code postal, puis `.json` ou `.csv`.", example = "53"),
    ),
    responses((status = 200, description = "Une page.", body = PageRegionales))
)]
pub(in crate::http::legacy) async fn regionale(
    State(state): State<AppState>,
    request: LegacyRequest,
) -> Result<Response, LegacyError> {
    let (region, ext) = separate(request.segment("region"));
    answer(&state, &request, Filters::Regionale, Some(region), ext).await
}

/// The lists, by name; the nomenclature has no filters of statistics.
fn named(nom: &str) -> Option<Filters> {
    let lists = [
        ("formations", Filters::Formations),
        ("certifications", Filters::Certifications),
        ("regionales", Filters::Regionales),
        ("bcn", Filters::Bcn),
    ];
    lists.into_iter().find(|(known, _)| *known == nom).map(|(_, filters)| filters)
}

/// Lets pass what names a list with an extension.
pub(in crate::http::legacy) async fn known(request: Request, next: Next) -> Response {
    let segment = request.uri().path().rsplit('/').next().unwrap_or_default();
    let (nom, ext) = separate(segment);
    if ext.is_some() && named(nom).is_some() { next.run(request).await } else { unknown_address() }
}

/// A list whose name has an extension: `formations.csv`.
pub(in crate::http::legacy) async fn with_extension(
    State(state): State<AppState>,
    request: LegacyRequest,
) -> Result<Response, LegacyError> {
    let (nom, ext) = separate(request.segment("liste"));
    match named(nom) {
        Some(Filters::Bcn) => bcn::answer(&state, &request, ext).await,
        Some(filters) => answer(&state, &request, filters, None, ext).await,
        None => Ok(unknown_address()),
    }
}

async fn answer(
    state: &AppState,
    request: &LegacyRequest,
    filters: Filters,
    region: Option<&str>,
    ext: Option<&str>,
) -> Result<Response, LegacyError> {
    let read = ListParameters::read(request, filters, region, ext)?;
    let (pages, csv) = (read.pages, read.format == ListFormat::Csv);
    let publication = request.publication()?;
    let list = list(publication, filters, read);
    let total = Totals::total(state, publication.id, &list).await?;
    pages.verify(total)?;
    let (offset, limite) = pages.window();
    let beyond = u64::try_from(offset).unwrap_or(u64::MAX) >= total;
    let records = if beyond { Vec::new() } else { state.db.list_legacy(publication.id, &list, offset, limite).await? };
    let today = request.today();
    let entries: Vec<_> = records.iter().map(|record| LegacyEntry::for_list(record, today)).collect();
    if csv {
        return table::statistiques(&entries, list.maille, today);
    }
    let pagination = Pagination::new(pages, total);
    match list.maille {
        Maille::Nationale => json::list(&PageCertifications { pagination, certifications: entries }),
        Maille::Regionale => json::list(&PageRegionales { pagination, regionales: entries }),
        Maille::Etablissement => json::list(&PageFormations { pagination, formations: entries }),
    }
}

/// What the database is asked for. Formations are found under both forms of a millésime.
fn list(publication: &Publication, filters: Filters, read: ListParameters) -> LegacyList {
    let maille = match filters {
        Filters::Formations => Maille::Etablissement,
        Filters::Certifications | Filters::Bcn => Maille::Nationale,
        Filters::Regionales | Filters::Regionale => Maille::Regionale,
    };
    let forms = |millesimes: Vec<crate::http::legacy::rules::WantedMillesime>| -> Vec<String> {
        let exacts = millesimes.iter().map(|millesime| vec![millesime.as_str().to_owned()]);
        let two = millesimes.iter().map(|millesime| millesime.forms().to_vec());
        if maille == Maille::Etablissement { two.flatten().collect() } else { exacts.flatten().collect() }
    };
    let period = read.millesimes.map(|millesimes| Period::Millesimes(forms(millesimes)));
    LegacyList {
        maille,
        uais: read.uais,
        regions: read.regions,
        academies: read.academies,
        codes: read.codes,
        period: period.unwrap_or_else(|| millesimes::default_of_list(publication, maille)),
    }
}
