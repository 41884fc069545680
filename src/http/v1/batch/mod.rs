//! `/api/v1/formations/lot` and `/api/v1/regions/lot`: many lookups in one call.
//!
//! A platform that shows a list of courses asks for each of them what
//! `/api/v1/formations/{uai}/{code}` says. Here it asks for all at once and gets, in the same order,
//! the same statistics, with at most three statements of SQL for each thousand ([`answer`]). What is
//! wrong with one element is told of that element alone ([`element`]); what is wrong with the body as
//! a whole refuses it, with everything that was found ([`body`]).
//!
//! A question in a body has no address that a cache could keep its answer under, so these are POST
//! without ETag. They change nothing all the same: a request may be sent again.

use std::future::Future;

use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::response::Response;
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder};
use utoipa::openapi::{ContentBuilder, Paths, Ref, RefOr, Required};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use self::answer::{Batch, BatchAnswers};
use self::body::Body;
use self::element::PairKind;
use self::limits::{CHUNK, WITH_KEY};
use super::parameters::{CODE, FILIERE, MILLESIME, REGION, UAI};
use super::statistique::StatistiqueResponse;
use crate::domain::access::AccessScope;
use crate::http::fields::Fields;
use crate::http::openapi;
use crate::http::parameters::{Asked, Description, Parameters, Reader, described};
use crate::http::problem::Problem;
use crate::http::request::{DataRequest, Format};
use crate::http::state::AppState;

mod answer;
mod body;
mod element;
mod limits;

/// The routes of this folder.
pub(in crate::http) fn routes() -> OpenApiRouter<AppState> {
    let formations = batch(formations, PairKind::Formation, utoipa_axum::routes!(formations));
    formations.merge(batch(regions, PairKind::Region, utoipa_axum::routes!(regions)))
}

/// What a batch takes beside its body.
#[derive(Debug)]
struct BatchParameters {
    champs: Fields,
}

impl Parameters for BatchParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self { champs: reader.fields::<StatistiqueResponse>() })
    }
}

/// A request with its body, both read: everything that is wrong with either is refused at once.
struct AskedBatch {
    request: DataRequest,
    wanted: BatchParameters,
    body: Body,
}

impl<S: Send + Sync> FromRequest<S> for AskedBatch {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let asked = Asked::from_request_parts(&mut parts, state).await;
        let services = DataRequest::from_request_parts(&mut parts, state).await?;
        let most = match services.state().access.caller(&parts.headers, &[AccessScope::V1]).await? {
            Some(_) => WITH_KEY,
            None => CHUNK,
        };
        match (asked, Body::read(&parts.headers, body, most).await) {
            (Ok(Asked { request, wanted }), Ok(body)) => Ok(Self { request, wanted, body }),
            (Err(problem), Err(other)) => Err(problem.together(other)),
            (Err(problem), Ok(_)) | (Ok(_), Err(problem)) => Err(problem),
        }
    }
}

impl AskedBatch {
    async fn answer(self, kind: PairKind) -> Result<Response, Problem> {
        let Self { request, wanted: BatchParameters { champs }, body: Body { elements, written } } = self;
        let asked = elements.iter().map(|element| element.read(kind)).collect();
        Batch::new(request, champs, kind, asked).answer(written).await
    }
}

/// Plusieurs formations à la fois
///
/// Jusqu'à 1 000 couples (UAI, code) en un appel, 10 000 avec une clé (en-tête `x-api-key` ou
/// `Authorization: Bearer`). La réponse a un élément par couple, dans le même ordre, avec son `statut` et la même
/// `statistique` que `GET /api/v1/formations/{uai}/{code}`. Un couple mal formé a le statut `invalide` et dit tout ce qui
/// ne va pas ; les autres ont leur réponse. `millesime` et `filiere` sont facultatifs, `null` vaut absent.
///
/// Le corps peut aussi être du NDJSON, un objet par ligne (`Content-Type: application/x-ndjson`). La réponse est alors du
/// NDJSON, un élément par ligne ; l'en-tête `Accept` choisit autrement.
#[utoipa::path(
    post, path = "/formations/lot", tag = "formations", operation_id = "lire_formations",
    responses((status = 200, description = "Un élément par couple demandé, dans le même ordre.", body = BatchAnswers))
)]
async fn formations(asked: AskedBatch) -> Result<Response, Problem> {
    asked.answer(PairKind::Formation).await
}

/// Plusieurs certifications dans des régions, à la fois
///
/// Jusqu'à 1 000 couples (région, code) en un appel, 10 000 avec une clé (en-tête `x-api-key` ou
/// `Authorization: Bearer`). La réponse a un élément par couple, dans le même ordre, avec son `statut` et la même
/// `statistique` que `GET /api/v1/regions/{region}/certifications/{code}`. Un couple mal formé a le statut `invalide` et
/// dit tout ce qui ne va pas ; les autres ont leur réponse. `millesime` et `filiere` sont facultatifs, `null` vaut absent.
///
/// Le corps peut aussi être du NDJSON, un objet par ligne (`Content-Type: application/x-ndjson`). La réponse est alors du
/// NDJSON, un élément par ligne ; l'en-tête `Accept` choisit autrement.
#[utoipa::path(
    post, path = "/regions/lot", tag = "régions", operation_id = "lire_certifications_regions",
    responses((status = 200, description = "Un élément par couple demandé, dans le même ordre.", body = BatchAnswers))
)]
async fn regions(asked: AskedBatch) -> Result<Response, Problem> {
    asked.answer(PairKind::Region).await
}

/// A batch, documented with what is read of its address and of each element.
fn batch<F: Future>(
    _: fn(AskedBatch) -> F,
    kind: PairKind,
    (mut schemas, paths, handler): UtoipaMethodRouter<AppState>,
) -> OpenApiRouter<AppState> {
    let mut paths = openapi::with_parameters(paths, &described::<BatchParameters>(Format::Json));
    describe(&mut paths, kind);
    schemas.push((kind.schema_name().to_owned(), element_schema(kind).into()));
    OpenApiRouter::new().routes((schemas, paths, handler))
}

/// Gives the operations of some paths their body.
fn describe(paths: &mut Paths, kind: PairKind) {
    let elements = ArrayBuilder::new()
        .items(Ref::from_schema_name(kind.schema_name()))
        .min_items(Some(1))
        .max_items(Some(WITH_KEY))
        .description(Some("Les couples demandés."));
    let content = ContentBuilder::new().schema(Some(elements)).example(Some(serde_json::json!([example(kind)])));
    let body = RequestBodyBuilder::new()
        .description(Some("Les couples demandés : 1 000 au plus, 10 000 avec une clé."))
        .required(Some(Required::True))
        .content("application/json", content.build())
        .build();
    for operation in paths.paths.values_mut().filter_map(|item| item.post.as_mut()) {
        operation.request_body = Some(RefOr::T(body.clone()));
    }
}

/// What is read of an element, as parameters of addresses are described.
fn fields(kind: PairKind) -> [Description; 4] {
    let place = match kind {
        PairKind::Formation => UAI.description,
        PairKind::Region => REGION.description,
    };
    [place, CODE.description, MILLESIME.description, FILIERE.description]
}

fn element_schema(kind: PairKind) -> ObjectBuilder {
    let [place, code, ..] = fields(kind);
    let object = ObjectBuilder::new()
        .description(Some("Un couple demandé."))
        .required(place.name)
        .required(code.name)
        .additional_properties(Some(AdditionalProperties::FreeForm(false)));
    fields(kind).iter().fold(object, |object, field| object.property(field.name, field.described()))
}

/// An element that is answered: the examples of its fields, but for the cohort.
fn example(kind: PairKind) -> serde_json::Value {
    let [place, code, ..] = fields(kind);
    let valued = |field: Description| Some((field.name.to_owned(), field.shape.value(field.example?)));
    serde_json::Value::Object([place, code].into_iter().filter_map(valued).collect())
}
