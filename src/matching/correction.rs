//! Corrections: what a platform's team has found out by hand, row by row.

use std::collections::HashMap;

use super::cells::{self, Piece};
use super::columns::Field;
use super::index::Index;
use super::row::Keys;
use crate::domain::{CodeSystem, PlatformCode, Uai};

/// A correction as it was read, its code as a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CorrectionRow {
    /// The offer that it corrects.
    pub id: String,
    /// Which field it gives.
    pub kind: String,
    /// The code.
    pub code: String,
    /// Why.
    pub motif: String,
    /// Another UAI.
    pub uai: String,
}

/// A correction of one offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Its codes instead.
    pub keys: Keys,
    /// Its code, as it is shown.
    pub code: PlatformCode,
    /// Why.
    pub motif: String,
    /// Its UAI instead.
    pub uai: Option<Uai>,
}

/// Corrections by the identifier of their offer.
#[derive(Debug, Clone, Default)]
pub struct Corrections(HashMap<String, Correction>);

impl Corrections {
    /// Reads corrections.
    ///
    /// # Errors
    /// The first row that is none, in a sentence: a correction that is silently left out would be
    /// taken for one that was made.
    pub fn read(index: &Index, rows: impl IntoIterator<Item = CorrectionRow>) -> Result<Self, String> {
        let mut found = HashMap::new();
        for (number, row) in (1..).zip(rows) {
            let correction =
                read(index, &row).map_err(|why| format!("correction n° {number} (id « {} ») : {why}", row.id))?;
            if found.insert(row.id.clone(), correction).is_some() {
                return Err(format!("correction n° {number} : l'id « {} » est corrigé deux fois", row.id));
            }
        }
        Ok(Self(found))
    }

    /// The correction of an offer.
    #[must_use]
    pub fn of(&self, id: &str) -> Option<&Correction> {
        self.0.get(id)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn read(index: &Index, row: &CorrectionRow) -> Result<Correction, String> {
    let field = Field::parse(row.kind.trim()).ok().and_then(|field| Some((field, system(field)?)));
    let (_, system) = field.ok_or_else(|| {
        format!("type « {} » ; attendu : mefstat11, mef, cfd, sise, rncp, onisep ou certif_info", row.kind)
    })?;
    let code = match cells::codes(index, system, &row.code).as_slice() {
        [Piece::Known(code) | Piece::Mended(code, _)] => *code,
        _ => return Err(format!("le code « {} » n'est dans aucune table", row.code)),
    };
    let uai = match row.uai.trim() {
        "" => None,
        text => Some(cells::uai(text).ok_or_else(|| format!("UAI « {text} » illisible"))?.0),
    };
    Ok(Correction { keys: Keys::of(code), code, motif: row.motif.trim().to_owned(), uai })
}

fn system(field: Field) -> Option<CodeSystem> {
    Some(match field {
        Field::Mef11 => CodeSystem::Mef11,
        Field::Mef => CodeSystem::Mef,
        Field::Cfd => CodeSystem::Cfd,
        Field::Sise => CodeSystem::Sise,
        Field::Rncp => CodeSystem::Rncp,
        Field::Onisep => CodeSystem::Onisep,
        Field::CertifInfo => CodeSystem::CertifInfo,
        _ => return None,
    })
}
