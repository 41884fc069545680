//! Parameters: described once, read and documented from there.
//!
//! A route has one type that says what it takes ([`Parameters`]). Its `read` asks a [`Reader`] for
//! each parameter by its description ([`Param`]). Asked with a request, it reads; asked without
//! one, the questions themselves become the contract. A parameter that is read without being
//! documented, or documented without being read, cannot be written down.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::Parameter;

use super::problem::Problem;
use super::request::{DataRequest, Format};

pub(super) mod conditions;
pub(super) mod page;
pub mod param;
pub mod reader;

pub use param::{Description, Param, Shape};
pub use reader::{Reader, Several};

/// What a route takes.
pub trait Parameters: Sized {
    /// Asks for every parameter, whatever was found of others, then puts together what was read.
    /// `None` only when a problem was recorded.
    fn read(reader: &mut Reader<'_>) -> Option<Self>;
}

/// What the contract says of the parameters of `P` for a format.
#[must_use]
pub(super) fn described<P: Parameters>(format: Format) -> Vec<RefOr<Parameter>> {
    let mut reader = Reader::contract(format);
    let _ = P::read(&mut reader);
    reader.described()
}

/// A request whose parameters have been read: the only argument of a handler.
#[derive(Debug)]
pub struct Asked<P> {
    /// The request.
    pub request: DataRequest,
    /// Its parameters.
    pub wanted: P,
}

impl<S: Send + Sync, P: Parameters> FromRequestParts<S> for Asked<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let request = DataRequest::from_request_parts(parts, state).await?;
        let mut reader = Reader::new(&request);
        let read = P::read(&mut reader);
        let wanted = reader.end(read)?;
        Ok(Self { request, wanted })
    }
}
