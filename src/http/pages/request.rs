//! What a page is asked for.
//!
//! Where the API refuses what it does not know, a page goes on: addresses of pages are typed, cut by
//! mail programs, and get parameters of others' («fbclid») on their way. What a page reads it reads
//! strictly, with the parsers of the domain.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::domain::choice::Wanted;
use crate::domain::{CodeCertification, Filiere, Millesime, TypeCode, Uai};
use crate::http::problem::{ParameterError, Problem};
use crate::http::request::DataRequest;

/// The longest text that is read of a field.
pub(super) const LONGEST: usize = 200;

/// A request for a page.
#[derive(Debug, Clone)]
pub(super) struct PageRequest(pub(super) DataRequest);

impl PageRequest {
    /// The text of a field: trimmed, and cut where it is too long to be meant.
    pub(super) fn text(&self, name: &str) -> String {
        let text = self.0.contexte().query.valeur(name).unwrap_or_default();
        text.trim().chars().take(LONGEST).collect()
    }

    /// The whole text of a field, which the reader of it bounds.
    pub(super) fn whole(&self, name: &str) -> String {
        self.0.contexte().query.valeur(name).unwrap_or_default().to_owned()
    }

    /// Every value of a field.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        let pairs = &self.0.contexte().query.pairs;
        pairs.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The UAI in the address.
    pub(super) fn uai(&self) -> Result<Uai, Problem> {
        let text = self.0.segment("uai");
        Uai::parse(text).map_err(|invalid| Problem::parameters(vec![ParameterError::new("uai", text, invalid.0)]))
    }

    /// The code in the address.
    pub(super) fn code(&self) -> Result<CodeCertification, Problem> {
        let text = self.0.segment("code");
        let parsed = CodeCertification::parse(text);
        parsed.map_err(|invalid| Problem::parameters(vec![ParameterError::new("code", text, invalid.0)]))
    }

    /// Which statistic is asked for; what cannot be read is refused, because another one would be
    /// shown instead.
    pub(super) fn wanted(&self) -> Result<Wanted, Problem> {
        let (millesime, filiere) = (self.text("millesime"), self.text("filiere"));
        let mut errors = Vec::new();
        let mut refuse = |name: &str, text: &str, detail: String| errors.push(ParameterError::new(name, text, detail));
        let read = Wanted {
            millesime: some(&millesime)
                .and_then(|text| Millesime::parse(text).map_err(|invalid| refuse("millesime", text, invalid.0)).ok()),
            filiere: some(&filiere)
                .and_then(|text| Filiere::parse(text).map_err(|invalid| refuse("filiere", text, invalid.0)).ok()),
        };
        if errors.is_empty() { Ok(read) } else { Err(Problem::parameters(errors)) }
    }
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

impl<S: Send + Sync> FromRequestParts<S> for PageRequest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let request = DataRequest::from_request_parts(parts, state).await?;
        let errors = &request.contexte().errors;
        if errors.is_empty() { Ok(Self(request)) } else { Err(Problem::parameters(errors.clone())) }
    }
}

/// A code as an address writes it.
pub(super) fn code_in_address(code: CodeCertification) -> String {
    if code.type_code() == TypeCode::Sise { format!("SISE:{code}") } else { code.to_string() }
}

/// The address of the page of a course.
pub(super) fn formation_address(uai: Uai, code: CodeCertification) -> String {
    format!("/formations/{uai}/{}", code_in_address(code))
}

/// The address of the page of a certification.
pub(super) fn certification_address(code: CodeCertification) -> String {
    format!("/certifications/{}", code_in_address(code))
}

/// A text inside the query of an address.
pub(super) fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
