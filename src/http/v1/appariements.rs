//! `POST /api/v1/appariements`: a platform's catalogue against a publication, a verdict for a row.
//!
//! The body is held in memory while it is answered and nowhere else; it must be whole before the first
//! verdict, because its encoding and its faults show on all of its bytes. The answer is a stream. How many
//! rows are taken depends on a key, and how many catalogues are in memory at once is bounded.

use std::io::{self, Write};
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::{StreamExt as _, stream};
use tokio::sync::mpsc;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use crate::domain::Invalid;
use crate::domain::access::AccessScope;
use crate::http::openapi;
use crate::http::parameters::{Asked, Description, Param, Parameters, Reader, Shape, described};
use crate::http::problem::{Problem, ProblemCode};
use crate::http::request::Format as Representation;
use crate::http::state::AppState;
use crate::matching::columns::{Field, Profile, Wanted, parse_named};
use crate::matching::rules::{Circumstances, judge};
use crate::matching::{Corrections, Index};
use crate::offers::{Catalogue, Format, Limits, OffersRefusal, Output, Source, Writer, corrections};

/// Rows that are taken without a key, and with one.
const ROWS: [u64; 2] = [2_000, 100_000];
/// Bytes of the body, likewise: some hundreds for a row.
const BYTES: [usize; 2] = [4 << 20, 64 << 20];
/// Bytes of the answer that are sent at once.
const CHUNK: usize = 64 * 1024;
/// Chunks that may wait for a client that reads slowly.
const CHUNKS_AHEAD: usize = 4;

/// The fields that were recognised, each with its column, as a form writes it.
const RECOGNISED: HeaderName = HeaderName::from_static("colonnes-reconnues");

const PROFIL: Param<Profile> = Param::new(
    Description::new(
        "profil",
        Shape::Words(|| Profile::ALL.iter().map(ToString::to_string).collect()),
        "Plateforme dont ce sont les colonnes. Sans ce paramètre, les colonnes sont reconnues par leur nom, et deux\n\
         colonnes pour un même champ sont refusées.",
    ),
    Profile::parse,
);

const COLONNE: Param<Vec<(Field, String)>> = Param::new(
    Description::new(
        "colonne",
        Shape::Text(NAMED, (4, 1000)),
        "Colonnes par leur nom, entre virgules (`uai=MON_UAI,poids=VOEUX`) ; elles l'emportent sur le profil. Champs :\n\
         `id`, `uai`, `uai_formateur`, `uai_gestionnaire`, `voie`, `mefstat11`, `mef`, `cfd`, `sise`, `rncp`, `onisep`,\n\
         `duree`, `certif_info`, `cle_ministere`, `type_diplome`, `perimetre`, `poids`, `libelle`.",
    ),
    named,
);

/// The pattern of `colonne`.
const NAMED: &str = "(?:id|uai|uai_formateur|uai_gestionnaire|voie|mefstat11|mef|cfd|sise|rncp|onisep|duree|certif_info|\
    cle_ministere|type_diplome|perimetre|poids|libelle)=[^,=]*[^,= ][^,=]*(?:,(?:id|uai|uai_formateur|uai_gestionnaire|\
    voie|mefstat11|mef|cfd|sise|rncp|onisep|duree|certif_info|cle_ministere|type_diplome|perimetre|poids|libelle)=\
    [^,=]*[^,= ][^,=]*)*";

fn named(text: &str) -> Result<Vec<(Field, String)>, Invalid> {
    text.split(',').map(parse_named).collect()
}

/// The routes of this file.
pub(in crate::http) fn routes() -> OpenApiRouter<AppState> {
    posted(judge_catalogue, routes!(judge_catalogue))
}

/// A route that takes a body, documented with what its handler asks of a request.
fn posted<P: Parameters, F>(
    _: fn(Asked<P>, Request) -> F,
    (schemas, paths, handler): UtoipaMethodRouter<AppState>,
) -> OpenApiRouter<AppState> {
    let paths = openapi::with_parameters(paths, &described::<P>(Representation::Json));
    OpenApiRouter::new().routes((schemas, paths, handler))
}

/// What [`judge_catalogue`] takes beside its body.
struct CatalogueParameters(Wanted);

impl Parameters for CatalogueParameters {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (profile, named) = (reader.ask(&PROFIL), reader.ask(&COLONNE));
        Some(Self(Wanted { profile, named: named.unwrap_or_default() }))
    }
}

/// Apparier un catalogue
///
/// Pour chaque ligne du catalogue d'une plateforme, dans l'ordre : le couple (UAI, code) qui a des chiffres, ou pourquoi
/// il n'y en a pas et qui peut le réparer. Colonnes reconnues par leur nom (`Colonnes-Reconnues` les redit), cellules
/// telles que les tableurs les laissent, corrections en deuxième partie d'un `multipart/form-data`. 2 000 lignes sans
/// clé, 100 000 avec (`x-api-key` ou `Authorization: Bearer`). Rien de ce qui est envoyé n'est gardé.
#[utoipa::path(
    post, path = "/appariements", tag = "appariement", operation_id = "apparier_catalogue",
    request_body(
        description = "Le catalogue : CSV avec un en-tête, ou NDJSON (un objet par ligne). En multipart, d'abord le \
                       catalogue, ensuite les corrections (CSV : id,type,code,motif[,uai]).",
        content(
            (String = "text/csv", example = "id;uai;voie;cfd\n1;0759800D;Scolaire;40025214\n"),
            (String = "application/x-ndjson", example = "{\"id\": 1, \"uai\": \"0759800D\", \"cfd\": \"40025214\"}\n"),
            (CatalogueForm = "multipart/form-data")
        )
    ),
    responses(
        (status = 200, description = "Un verdict par ligne, dans l'ordre et sous la forme de ce qui a été envoyé.", content(
            (String = "text/csv"),
            (String = "application/x-ndjson")
        )),
        (status = 401, description = "La clé n'est pas acceptée.", content_type = "application/problem+json",
            body = crate::http::problem::ProblemBody),
        (status = 413, description = "Trop d'octets ou de lignes.", content_type = "application/problem+json",
            body = crate::http::problem::ProblemBody),
        (status = 415, description = "Ni CSV, ni NDJSON, ni multipart.", content_type = "application/problem+json",
            body = crate::http::problem::ProblemBody),
        (status = 422, description = "Le catalogue ou les corrections ne peuvent pas être lus sans risque d'erreur.",
            content_type = "application/problem+json", body = crate::http::problem::ProblemBody)
    )
)]
async fn judge_catalogue(asked: Asked<CatalogueParameters>, body: Request) -> Result<Response, Problem> {
    let Asked { request, wanted: CatalogueParameters(wanted) } = asked;
    let state = request.state().clone();
    let place = Arc::clone(&state.catalogues).try_acquire_owned();
    let place = place.map_err(|_| Problem::of(ProblemCode::Overload))?;
    let with_key = usize::from(state.access.caller(body.headers(), &[AccessScope::V1]).await?.is_some());
    let sent = Sent::read(body, BYTES.get(with_key).copied().unwrap_or_default()).await?;
    let index = state.published.index(&state.db, request.publication().id).await?;
    let limits = Limits {
        rows: ROWS.get(with_key).copied().unwrap_or_default(),
        advice: "envoyez le catalogue en plusieurs fois, ou demandez une clé (100 000 lignes) ; la commande \
                 `exposition appariement` n'a pas de limite",
    };
    let opened = tokio::task::spawn_blocking({
        let index = Arc::clone(&index);
        move || sent.open(&index, &wanted, limits)
    });
    let (catalogue, corrections) = opened.await.map_err(Problem::internal)?.map_err(|refusal| refused(&refusal))?;
    let headers = headers(&catalogue);
    let (sender, chunks) = mpsc::channel(CHUNKS_AHEAD);
    let today = request.today();
    tokio::task::spawn_blocking(move || {
        // Held until the last verdict is sent.
        let _place = place;
        let mut output = Chunks { send: sender, bytes: Vec::with_capacity(CHUNK) };
        let circumstances = Circumstances { today, corrections: &corrections };
        if let Err(error) = answer(&catalogue, &index, circumstances, &mut output) {
            output.fail(error);
        }
    });
    let chunks = stream::unfold(chunks, async |mut chunks| chunks.recv().await.map(|chunk| (chunk, chunks)));
    // Compression asks once more after the end.
    Ok((headers, Body::from_stream(chunks.fuse())).into_response())
}

/// Un catalogue et ses corrections.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it describes the parts of the form")]
struct CatalogueForm {
    /// Le catalogue, CSV ou NDJSON (le type de la partie ou la fin de son nom le disent).
    catalogue: String,
    /// Les corrections, CSV.
    corrections: Option<String>,
}

/// What was sent.
struct Sent {
    catalogue: Bytes,
    format: Format,
    corrections: Option<Bytes>,
}

impl Sent {
    async fn read(request: Request, most: usize) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.unwrap_or_default().to_ascii_lowercase();
        let (parts, body) = request.into_parts();
        let too_large = |_| {
            let bytes = most >> 20;
            Problem::new(ProblemCode::BodyTooLarge, format!("Le corps dépasse {bytes} Mio, ou s'est interrompu."))
        };
        let bytes = to_bytes(body, most).await.map_err(too_large)?;
        match kind.split(';').next().unwrap_or_default().trim() {
            "text/csv" => Ok(Self { catalogue: bytes, format: Format::Csv, corrections: None }),
            "application/x-ndjson" | "application/ndjson" | "application/jsonl" => {
                Ok(Self { catalogue: bytes, format: Format::Ndjson, corrections: None })
            }
            "multipart/form-data" => Self::parts(Request::from_parts(parts, Body::from(bytes)), most).await,
            _ => Err(Problem::new(
                ProblemCode::MediaTypeRefused,
                "Envoyez `text/csv`, `application/x-ndjson` ou `multipart/form-data`, et dites lequel dans Content-Type.",
            )),
        }
    }

    /// The catalogue, then the corrections.
    async fn parts(mut request: Request, most: usize) -> Result<Self, Problem> {
        axum::extract::DefaultBodyLimit::max(most).apply(&mut request);
        let unreadable = || Problem::new(ProblemCode::CatalogueRefused, "Le multipart/form-data ne peut pas être lu.");
        let mut parts = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
        let mut found = Vec::new();
        while let Some(part) = parts.next_field().await.map_err(|_| unreadable())? {
            let json = |text: &str| text.contains("ndjson") || text.contains("jsonl");
            let is_json = part.content_type().is_some_and(json) || part.file_name().is_some_and(json);
            let bytes = part.bytes().await.map_err(|_| unreadable())?;
            found.push((bytes, if is_json { Format::Ndjson } else { Format::Csv }));
        }
        let mut found = found.into_iter();
        match (found.next(), found.next(), found.next()) {
            (Some((catalogue, format)), corrections, None) => {
                Ok(Self { catalogue, format, corrections: corrections.map(|(bytes, _)| bytes) })
            }
            _ => Err(Problem::new(
                ProblemCode::CatalogueRefused,
                "Attendu : une partie pour le catalogue, et au plus une autre pour les corrections.",
            )),
        }
    }

    fn open(self, index: &Index, wanted: &Wanted, limits: Limits) -> Result<(Catalogue, Corrections), OffersRefusal> {
        let corrections = match self.corrections {
            Some(bytes) => corrections(&Source::memory("corrections.csv", bytes.as_ref()), index)?,
            None => Corrections::default(),
        };
        let source = Source::memory("catalogue", self.catalogue.as_ref());
        Ok((Catalogue::open(source, self.format, wanted, limits)?, corrections))
    }
}

fn refused(refusal: &OffersRefusal) -> Problem {
    let code = match refusal {
        OffersRefusal::TooManyRows { .. } => ProblemCode::BodyTooLarge,
        _ => ProblemCode::CatalogueRefused,
    };
    Problem::new(code, format!("Catalogue refusé : {refusal}."))
}

fn headers(catalogue: &Catalogue) -> HeaderMap {
    let mut told = form_urlencoded::Serializer::new(String::new());
    for (field, column) in catalogue.columns().told() {
        told.append_pair(field.as_str(), column);
    }
    let kind = match catalogue.format() {
        Format::Csv => "text/csv; charset=utf-8",
        Format::Ndjson => "application/x-ndjson",
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(told) = HeaderValue::from_str(&told.finish()) {
        headers.insert(RECOGNISED, told);
    }
    headers
}

fn answer(
    catalogue: &Catalogue,
    index: &Index,
    circumstances: Circumstances<'_>,
    output: &mut Chunks,
) -> io::Result<()> {
    let failed = |refusal: OffersRefusal| io::Error::other(refusal.to_string());
    let mut writer = Writer::new(Output::of(catalogue), &mut *output)?;
    let mut offers = catalogue.offers(index).map_err(failed)?;
    while let Some(offer) = offers.advance().map_err(failed)? {
        writer.write(&judge(index, &offer, circumstances))?;
    }
    writer.finish()?.flush()
}

/// Sends what is written to it, piece by piece.
struct Chunks {
    send: mpsc::Sender<io::Result<Bytes>>,
    bytes: Vec<u8>,
}

impl Chunks {
    /// Cuts the answer off: its end says that it is not whole.
    fn fail(self, error: io::Error) {
        // Nobody reads any more: nothing is left to say.
        let _ = self.send.blocking_send(Err(error));
    }
}

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() >= CHUNK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let chunk = std::mem::replace(&mut self.bytes, Vec::with_capacity(CHUNK));
        if chunk.is_empty() {
            return Ok(());
        }
        self.send.blocking_send(Ok(chunk.into())).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contract_names_every_field_in_their_order_and_no_other() {
        let fields: Vec<_> = Field::ALL.iter().map(Field::to_string).collect();
        let pattern = NAMED.strip_prefix("(?:").and_then(|rest| rest.split(')').next());
        assert_eq!(pattern, Some(fields.join("|").as_str()));
        let one = format!("(?:{})=[^,=]*[^,= ][^,=]*", fields.join("|"));
        assert_eq!(NAMED, format!("{one}(?:,{one})*"));
        let told: Vec<_> = COLONNE.description.meaning.rsplit("Champs :").next().unwrap().split('`').collect();
        let told: Vec<_> = told.into_iter().skip(1).step_by(2).collect();
        assert_eq!(told, fields);
    }
}
