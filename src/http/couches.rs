//! Couches: what surrounds every route. The order is argued in [`super`].

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::error_handling::HandleErrorLayer;
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;
use tower::{BoxError, ServiceBuilder};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};
use tower_http::cors::{Any as AnyOrigin, CorsLayer};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use super::conditionnel::{DONNEES_FICTIVES, PUBLICATION, coder_etag, tete};
use super::journal::{X_REQUEST_ID, identifier, journaliser};
use super::probleme::{CodeProbleme, Probleme, finir};
use crate::config::HttpConfig;

/// Under this, headers weigh as much as what compression saves.
const COMPRESSION_MIN: u64 = 1024;

/// What only the routes that do work need: limits. `places` are shared by all of them.
pub(super) fn limiter(router: Router, config: &HttpConfig, places: &Arc<Semaphore>) -> Router {
    router.layer(
        ServiceBuilder::new()
            .layer(HandleErrorLayer::new(|_: BoxError| async { Probleme::de(CodeProbleme::Surcharge) }))
            .layer(LoadShedLayer::new())
            .layer(GlobalConcurrencyLimitLayer::with_semaphore(Arc::clone(places)))
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, config.request_timeout))
            .layer(RequestBodyLimitLayer::new(config.max_body_bytes)),
    )
}

/// What every route needs; who may call it from a page is the contract's to say.
pub(super) fn entourer(router: Router, cors: CorsLayer) -> Router {
    let compressible = SizeAbove::new(COMPRESSION_MIN).and(NotForContentType::IMAGES);
    router.layer(
        ServiceBuilder::new()
            .layer(from_fn(identifier))
            .layer(from_fn(journaliser))
            .layer(cors)
            .layer(from_fn(tete))
            .layer(from_fn(coder_etag))
            .layer(CompressionLayer::new().compress_when(compressible))
            .layer(from_fn(finir))
            .layer(CatchPanicLayer::custom(panique)),
    )
}

/// Reading is open to every site; what a page may read of an answer is named.
pub(super) fn cors() -> CorsLayer {
    let exposed: [HeaderName; 6] =
        [header::ETAG, header::LINK, header::RETRY_AFTER, PUBLICATION, DONNEES_FICTIVES, X_REQUEST_ID];
    CorsLayer::new()
        .allow_origin(AnyOrigin)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers([header::ACCEPT, header::IF_NONE_MATCH, X_REQUEST_ID])
        .expose_headers(exposed)
        .max_age(std::time::Duration::from_hours(24))
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that the layer calls")]
fn panique(payload: Box<dyn Any + Send + 'static>) -> Response {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
    Probleme::interne(format!("panic: {text}")).into_response()
}
