//! Codes and words of closed lists in SQL: each is its text there, and is read and written as
//! what it is, so that no statement handles the text.
//!
//! What is stored was checked before. A text that can be read no more comes from a database that
//! something else wrote to, or from another version of the program: that is an error which names
//! it ([`DbError::Corrupt`]), never a value that is left out.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef};
use sqlx::{Decode, Encode, Postgres, Type};

use super::DbError;
use super::copy::{Field, Rows};
use crate::domain::crosswalk::Relation;
use crate::domain::territoire::{Academie, Departement};
use crate::domain::{
    CodeCertification, CodeRegion, Dataset, Filiere, Lieu, Maille, Millesime, OrigineLieu, PlatformCode, Population,
    RoleUai, Secteur, TypeOrigine, Uai,
};

/// A value that the database holds as a text.
pub(in crate::db) trait Stored: Sized {
    /// What it is, for whoever has to find the text that is none.
    const WHAT: &'static str;

    /// Reads the text.
    fn from_text(text: &str) -> Option<Self>;
}

/// A text that is not what its column holds.
#[derive(Debug, thiserror::Error)]
#[error("«{text}» is no {what}")]
struct Unreadable {
    what: &'static str,
    text: String,
}

fn parse<T: Stored>(text: &str) -> Result<T, Unreadable> {
    T::from_text(text).ok_or_else(|| Unreadable { what: T::WHAT, text: text.to_owned() })
}

/// Reads a stored text where a row is read as it is: what cannot be read shall be the fault of its
/// row alone.
///
/// # Errors
/// [`DbError::Corrupt`], with the text.
pub(in crate::db) fn read<T: Stored>(text: &str) -> Result<T, DbError> {
    parse(text).map_err(|error| DbError::Corrupt(error.to_string()))
}

/// The same of a column that may be NULL.
pub(in crate::db) fn read_opt<T: Stored>(text: Option<&str>) -> Result<Option<T>, DbError> {
    text.map(read).transpose()
}

/// The same of a column of several.
pub(in crate::db) fn read_all<T: Stored>(texts: &[String]) -> Result<Vec<T>, DbError> {
    texts.iter().map(|text| read(text)).collect()
}

macro_rules! stored {
    ($($type:ty: $what:literal, $read:expr;)+) => { $(
        impl Stored for $type {
            const WHAT: &'static str = $what;

            fn from_text(text: &str) -> Option<Self> {
                $read(text)
            }
        }

        impl<'r> Decode<'r, Postgres> for $type {
            fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
                Ok(parse(<&str as Decode<Postgres>>::decode(value)?)?)
            }
        }
    )+ };
}

macro_rules! text {
    ($($type:ty: |$value:ident| $text:expr;)+) => { $(
        impl Type<Postgres> for $type {
            fn type_info() -> PgTypeInfo {
                <str as Type<Postgres>>::type_info()
            }

            fn compatible(found: &PgTypeInfo) -> bool {
                <str as Type<Postgres>>::compatible(found)
            }
        }

        impl PgHasArrayType for $type {
            fn array_type_info() -> PgTypeInfo {
                <&str as PgHasArrayType>::array_type_info()
            }

            fn array_compatible(found: &PgTypeInfo) -> bool {
                <&str as PgHasArrayType>::array_compatible(found)
            }
        }

        impl Encode<'_, Postgres> for $type {
            fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
                let $value = self;
                <&str as Encode<Postgres>>::encode($text, buffer)
            }
        }

        impl Field for &$type {
            fn put(self, rows: &mut Rows) {
                let $value = self;
                <&str as Field>::put($text, rows);
            }
        }

        impl Field for $type {
            fn put(self, rows: &mut Rows) {
                (&self).put(rows);
            }
        }
    )+ };
}

stored! {
    CodeCertification: "code of a certification", Self::from_stored;
    CodeRegion: "code of a région", Self::from_stored;
    Uai: "UAI", Self::from_stored;
    Lieu: "place", Self::from_stored;
    Millesime: "millésime", |text| Self::parse(text).ok();
    Filiere: "filière", |text| Self::parse(text).ok();
    Maille: "maille", |text| Self::parse(text).ok();
    Population: "population", |text| Self::parse(text).ok();
    Dataset: "dataset", |text| Self::parse(text).ok();
    TypeOrigine: "origin of figures", |text| Self::parse(text).ok();
    RoleUai: "role of an établissement", |text| Self::parse(text).ok();
    OrigineLieu: "origin of a place", |text| Self::parse(text).ok();
    Secteur: "sector", |text| Self::parse(text).ok();
    Relation: "relation of two codes", |text| Self::parse(text).ok();
    PlatformCode: "code of a platform", |text| Self::parse(text).ok();
    &'static Academie: "académie", Academie::from_code;
    &'static Departement: "département", Departement::from_code;
}

text! {
    CodeCertification: |code| code.as_str();
    CodeRegion: |region| region.as_str();
    Uai: |uai| uai.as_str();
    Lieu: |lieu| lieu.as_str();
    Millesime: |millesime| &millesime.to_string();
    Filiere: |filiere| filiere.as_str();
    Maille: |maille| maille.as_str();
    Population: |population| population.as_str();
    Dataset: |dataset| dataset.as_str();
    TypeOrigine: |origine| origine.as_str();
    RoleUai: |role| role.as_str();
    OrigineLieu: |origine| origine.as_str();
    Secteur: |secteur| secteur.as_str();
    Relation: |relation| relation.as_str();
    PlatformCode: |code| &code.to_string();
    Academie: |academie| academie.code;
    Departement: |departement| departement.code;
}
