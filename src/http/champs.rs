//! Champs: `champs=` keeps only some of the fields of a JSON answer.
//!
//! What may be asked for is read from the documented schema of the answer, so that no second
//! list of names can fall behind it. Without `champs=` the answer is serialised straight to
//! bytes; the detour through a JSON tree is paid only by those who ask.

use serde::Serialize;
use serde_json::Value;
use utoipa::PartialSchema;
use utoipa::openapi::{RefOr, Schema};

use super::probleme::Probleme;
use crate::domain::Invalide;

/// A selection of top-level fields; the default keeps all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Champs(Option<Vec<String>>);

impl Champs {
    pub(super) fn tous() -> Self {
        Self(None)
    }

    pub(super) fn seulement(champs: Vec<String>) -> Self {
        Self(Some(champs))
    }

    /// The fields that the schema of `T` documents.
    pub(super) fn de_schema<T: PartialSchema>() -> Self {
        match T::schema() {
            RefOr::T(Schema::Object(object)) => Self(Some(object.properties.keys().cloned().collect())),
            _ => Self(Some(Vec::new())),
        }
    }

    pub(super) fn trouver(&self, mot: &str) -> Result<String, Invalide> {
        let permis = self.0.as_deref().unwrap_or_default();
        permis.iter().find(|champ| *champ == mot).cloned().ok_or_else(|| {
            Invalide(format!("champ inconnu ; permis, séparés par des virgules : {}", permis.join(", ")))
        })
    }

    /// Whether everything is kept, and a value can be serialised as it is.
    pub(super) fn est_tout(&self) -> bool {
        self.0.is_none()
    }

    /// One value as JSON bytes, the selection applied.
    ///
    /// # Errors
    /// 500 for a value that JSON cannot hold.
    pub(super) fn en_octets<T: Serialize>(&self, valeur: &T) -> Result<Vec<u8>, Probleme> {
        if self.est_tout() {
            return serde_json::to_vec(valeur).map_err(Probleme::interne);
        }
        serde_json::to_vec(&self.choisir(valeur)?).map_err(Probleme::interne)
    }

    /// One value as a JSON tree, the selection applied.
    ///
    /// # Errors
    /// 500 for a value that JSON cannot hold.
    pub(super) fn choisir<T: Serialize>(&self, valeur: &T) -> Result<Value, Probleme> {
        let mut tree = serde_json::to_value(valeur).map_err(Probleme::interne)?;
        if let (Some(choisis), Value::Object(object)) = (&self.0, &mut tree) {
            object.retain(|champ, _| choisis.contains(champ));
        }
        Ok(tree)
    }
}
