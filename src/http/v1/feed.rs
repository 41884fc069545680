//! `/api/v1/publications.atom`: to be told of new publications.

use std::fmt::Write as _;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use sha2::{Digest, Sha256};
use utoipa_axum::router::OpenApiRouter;

use crate::db::publications::Publication;
use crate::domain::couverture::Changes;
use crate::http::drawing::svg::escape;
use crate::http::parameters::{Asked, Parameters, Reader};
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Entries at most, the newest first.
const MOST: usize = 50;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    object!(feed)
}

/// Nothing.
struct NoParameters;

impl Parameters for NoParameters {
    fn read(_: &mut Reader<'_>) -> Option<Self> {
        Some(Self)
    }
}

/// Le flux des publications
///
/// Flux Atom (RFC 4287) : une entrée par publication, la plus récente d'abord, avec ce qu'elle a changé.
#[utoipa::path(
    get, path = "/publications.atom", tag = "données", operation_id = "suivre_publications",
    responses((status = 200, description = "Le flux.", body = String, content_type = "application/atom+xml"))
)]
async fn feed(asked: Asked<NoParameters>) -> Result<Response, Problem> {
    let state = asked.request.state();
    let known = state.publications.known();
    let changes = state.db.changes_of_publications().await?;
    let origin = escape(&state.config.origin());
    let first = known.all.last().map_or("", |publication| publication.empreinte.as_str());
    let updated = known.all.iter().map(|publication| publication.creee_le).max().unwrap_or_default();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"fr\">\n\
         <id>{}</id>\n<title>Publications des statistiques d'insertion</title>\n<updated>{}</updated>\n\
         <author><name>exposition</name></author>\n\
         <link rel=\"self\" type=\"application/atom+xml\" href=\"{origin}/api/v1/publications.atom\"/>\n\
         <link rel=\"alternate\" type=\"application/json\" href=\"{origin}/api/v1/publications\"/>\n",
        urn(&["flux", first]),
        updated.to_rfc3339_opts(SecondsFormat::Secs, true)
    );
    for publication in known.all.iter().take(MOST) {
        let changes = changes.get(&publication.id).copied().unwrap_or_default();
        entry(&mut xml, &origin, publication, changes);
    }
    xml.push_str("</feed>\n");
    let kind = HeaderValue::from_static("application/atom+xml; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], xml).into_response())
}

fn entry(xml: &mut String, origin: &str, publication: &Publication, changes: Changes) {
    let (version, empreinte) = (escape(&publication.version), publication.empreinte.as_str());
    let date = publication.creee_le.to_rfc3339_opts(SecondsFormat::Secs, true);
    let address = format!("{origin}/api/v1/publications/{version}");
    let Changes { ajoutees, retirees, modifiees } = changes;
    let fictive = if publication.fictive { " Données fictives." } else { "" };
    let gone = if publication.purgee { " Cette publication n'est plus disponible." } else { "" };
    let _ = write!(
        xml,
        "<entry>\n<id>{}</id>\n<title>Publication {version}</title>\n<published>{date}</published>\n\
         <updated>{date}</updated>\n<link rel=\"alternate\" type=\"application/json\" href=\"{address}\"/>\n",
        urn(&["publication", &publication.version, empreinte])
    );
    if !publication.purgee {
        let _ = write!(
            xml,
            "<link rel=\"related\" type=\"application/json\" href=\"{address}/changements\"/>\n\
             <link rel=\"related\" type=\"text/csv\" href=\"{address}/changements.csv\"/>\n"
        );
    }
    let _ = write!(
        xml,
        "<summary>Statistiques ajoutées : {ajoutees} ; retirées : {retirees} ; modifiées : {modifiees}.{fictive}{gone}\
         </summary>\n</entry>\n"
    );
}

/// A name that is the same wherever the service is served from: a UUID (RFC 9562, version 8) made of
/// what it names.
fn urn(parts: &[&str]) -> String {
    let mut hash = Sha256::new_with_prefix(b"exposition atom\0");
    for part in parts {
        hash.update(part);
        hash.update([0]);
    }
    let digits = hex::encode(hash.finalize());
    let piece = |from, to| digits.get(from..to).unwrap_or_default();
    format!("urn:uuid:{}-{}-8{}-8{}-{}", piece(0, 8), piece(8, 12), piece(12, 15), piece(15, 18), piece(18, 30))
}
