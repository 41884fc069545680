//! Champs: `champs=` keeps only some of the fields of a JSON answer.
//!
//! What may be asked for is read from the documented schema of the answer, so that no second
//! list of names can fall behind it. Without `champs=` the answer is serialised straight to
//! bytes; the detour through a JSON tree is paid only by those who ask.

use serde::Serialize;
use serde_json::Value;
use utoipa::PartialSchema;
use utoipa::openapi::{RefOr, Schema};

use super::problem::Problem;
use crate::domain::Invalid;

/// A selection of top-level fields; the default keeps all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Option<Vec<String>>);

impl Fields {
    pub(super) fn all() -> Self {
        Self(None)
    }

    pub(super) fn only(champs: Vec<String>) -> Self {
        Self(Some(champs))
    }

    /// The fields that the schema of `T` documents.
    pub(super) fn of_schema<T: PartialSchema>() -> Self {
        match T::schema() {
            RefOr::T(Schema::Object(object)) => Self(Some(object.properties.keys().cloned().collect())),
            _ => Self(Some(Vec::new())),
        }
    }

    pub(super) fn find(&self, word: &str) -> Result<String, Invalid> {
        let allowed = self.0.as_deref().unwrap_or_default();
        allowed.iter().find(|field| *field == word).cloned().ok_or_else(|| {
            Invalid(format!("champ inconnu ; permis, séparés par des virgules : {}", allowed.join(", ")))
        })
    }

    /// Whether everything is kept, and a value can be serialised as it is.
    pub(super) fn is_everything(&self) -> bool {
        self.0.is_none()
    }

    /// One value as JSON bytes, the selection applied.
    ///
    /// # Errors
    /// 500 for a value that JSON cannot hold.
    pub(super) fn to_bytes<T: Serialize>(&self, valeur: &T) -> Result<Vec<u8>, Problem> {
        if self.is_everything() {
            return serde_json::to_vec(valeur).map_err(Problem::internal);
        }
        serde_json::to_vec(&self.choose(valeur)?).map_err(Problem::internal)
    }

    /// One value as a JSON tree, the selection applied.
    ///
    /// # Errors
    /// 500 for a value that JSON cannot hold.
    pub(super) fn choose<T: Serialize>(&self, valeur: &T) -> Result<Value, Problem> {
        let mut tree = serde_json::to_value(valeur).map_err(Problem::internal)?;
        if let (Some(chosen), Value::Object(object)) = (&self.0, &mut tree) {
            object.retain(|field, _| chosen.contains(field));
        }
        Ok(tree)
    }
}
