//! `champs=` keeps only some of the fields of a JSON answer.
//!
//! What may be asked for is read from the documented schema of the answer, so that no second
//! list of names can fall behind it. Without `champs=` the answer is serialised straight to
//! bytes; the detour through a JSON tree is paid only by those who ask.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
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

    /// The fields that the schema of `T` documents, those of flattened parts included.
    pub(super) fn of_schema<T: ToSchema>() -> Self {
        let mut parts = Vec::new();
        T::schemas(&mut parts);
        let mut names = Vec::new();
        collect(&T::schema(), &parts, &mut names);
        Self(Some(names))
    }

    /// The names that are kept; none of them when all are.
    pub(super) fn names(&self) -> &[String] {
        self.0.as_deref().unwrap_or_default()
    }

    pub(super) fn find(&self, word: &str) -> Result<String, Invalid> {
        self.names().iter().find(|field| *field == word).cloned().ok_or_else(|| {
            let allowed = self.names().join(", ");
            Invalid(format!("champ inconnu ; permis, séparés par des virgules : {allowed}"))
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

/// The properties of a schema. A flattened part makes it an `allOf`, whose items may refer to
/// schemas among `parts`.
fn collect(schema: &RefOr<Schema>, parts: &[(String, RefOr<Schema>)], names: &mut Vec<String>) {
    match schema {
        RefOr::T(Schema::Object(object)) => names.extend(object.properties.keys().cloned()),
        RefOr::T(Schema::AllOf(all)) => all.items.iter().for_each(|item| collect(item, parts, names)),
        RefOr::Ref(reference) => {
            let name = reference.ref_location.rsplit('/').next().unwrap_or_default();
            if let Some((_, part)) = parts.iter().find(|(known, _)| known == name) {
                collect(part, parts, names);
            }
        }
        RefOr::T(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(utoipa::ToSchema, serde::Serialize)]
    struct Inner {
        b: i32,
        c: i32,
    }

    #[derive(utoipa::ToSchema, serde::Serialize)]
    struct Outer {
        a: i32,
        #[serde(flatten)]
        inner: Inner,
    }

    #[test]
    fn the_fields_of_a_flattened_part_are_fields() {
        let known = Fields::of_schema::<Outer>();
        assert!(["a", "b", "c"].iter().all(|field| known.find(field).is_ok()), "{known:?}");
        assert!(known.find("inner").is_err());
        let chosen = Fields::only(vec!["a".to_owned(), "c".to_owned()]);
        let value = Outer { a: 1, inner: Inner { b: 2, c: 3 } };
        assert_eq!(chosen.choose(&value).ok(), Some(serde_json::json!({"a": 1, "c": 3})));
    }
}
