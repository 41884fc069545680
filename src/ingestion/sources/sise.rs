//! `n_diplome_sise` and `n_type_diplome_sise`: the diplomas of higher education and their kinds.
//!
//! The first has the kind of each diploma, the second the level of each kind; a kind that the
//! second does not list leaves the diploma without a level, not without a name.

use super::super::fields::{self, Line};
use super::super::header::Column;
use super::super::records::Quotes;
use super::super::rejections::{Rejection, RejectionReason};
use super::familles::identifier;
use super::{Adapter, Dataset, Definition, OpenedSource, Opening, Output, line_number};
use crate::db::ingestion::rows::{DiplomeSiseRow, TypeDiplomeSiseRow};
use crate::db::ingestion::tables::Table;
use crate::domain::code::TypeCode;

/// Length of TYPE_DIPLOME_SISE (`DJ`).
const TYPE_LENGTH: usize = 2;

/// The diplomas.
pub(in crate::ingestion) const DIPLOMES: Definition = Definition {
    dataset: Dataset::NDiplomeSise,
    columns: &[
        Column::new("diplome_sise", &[]),
        Column::new("type_diplome_sise", &[]),
        Column::new("libelle_intitule_1", &[]),
        Column::new("libelle_intitule_2", &[]),
        Column::new("date_ouverture", &[]),
        Column::new("date_fermeture", &[]),
    ],
    required: &[
        &["diplome_sise"],
        &["type_diplome_sise"],
        &["libelle_intitule_1"],
        &["date_ouverture"],
        &["date_fermeture"],
    ],
    excluded: &[],
    attend_millesime: false,
    attend_voie: false,
    quotes: Quotes::Literal,
    open: |opening| Ok(open_diplomes(opening)),
};

/// Their kinds.
pub(in crate::ingestion) const TYPES: Definition = Definition {
    dataset: Dataset::NTypeDiplomeSise,
    columns: &[
        Column::new("type_diplome_sise", &[]),
        Column::new("niveau_interministeriel", &[]),
        Column::new("libelle_court", &[]),
        Column::new("libelle_long", &[]),
    ],
    required: &[&["type_diplome_sise"], &["niveau_interministeriel"], &["libelle_court"]],
    excluded: &["diplome_sise"],
    attend_millesime: false,
    attend_voie: false,
    quotes: Quotes::Literal,
    open: |opening| Ok(open_types(opening)),
};

fn open_diplomes(opening: &Opening<'_>) -> OpenedSource {
    let at = |nom| opening.layout.at(nom);
    let adapter = Diplomes {
        code: at("diplome_sise"),
        type_diplome: at("type_diplome_sise"),
        libelle_1: at("libelle_intitule_1"),
        libelle_2: at("libelle_intitule_2"),
        opening: at("date_ouverture"),
        closing: at("date_fermeture"),
    };
    OpenedSource::new(Table::DiplomesSise, adapter)
}

fn open_types(opening: &Opening<'_>) -> OpenedSource {
    let at = |nom| opening.layout.at(nom);
    let adapter = Types {
        type_diplome: at("type_diplome_sise"),
        niveau: at("niveau_interministeriel"),
        short: at("libelle_court"),
        long: at("libelle_long"),
    };
    OpenedSource::new(Table::TypesDiplomeSise, adapter)
}

struct Diplomes {
    code: Option<usize>,
    type_diplome: Option<usize>,
    libelle_1: Option<usize>,
    libelle_2: Option<usize>,
    opening: Option<usize>,
    closing: Option<usize>,
}

impl Adapter for Diplomes {
    fn line(&mut self, line: &Line<'_>, output: &mut Output) -> Result<(), Rejection> {
        let (index, text) = (self.code.unwrap_or_default(), line.field(self.code));
        if text.is_empty() {
            return Err(Rejection::field(RejectionReason::CodeManquant, index, text));
        }
        let code = fields::code(text).filter(|code| code.type_code() == TypeCode::Sise).ok_or_else(|| {
            Rejection::field(RejectionReason::CodeInvalide, index, text)
                .expected("attendu : un code SISE, 7 caractères")
        })?;
        let [libelle_1, libelle_2] = [self.libelle_1, self.libelle_2].map(|column| output.label(line, column));
        let row = DiplomeSiseRow {
            dataset: Dataset::NDiplomeSise,
            code,
            type_diplome: line.filled(self.type_diplome),
            libelle_1: libelle_1.as_deref(),
            libelle_2: libelle_2.as_deref(),
            date_ouverture: output.date(line, self.opening)?,
            date_fermeture: output.date(line, self.closing)?,
        };
        output.copy.push(line_number(line), &row);
        Ok(())
    }
}

struct Types {
    type_diplome: Option<usize>,
    niveau: Option<usize>,
    short: Option<usize>,
    long: Option<usize>,
}

impl Adapter for Types {
    fn line(&mut self, line: &Line<'_>, output: &mut Output) -> Result<(), Rejection> {
        let [short, long] = [self.short, self.long].map(|column| output.label(line, column));
        let row = TypeDiplomeSiseRow {
            dataset: Dataset::NTypeDiplomeSise,
            type_diplome: identifier(line, self.type_diplome, TYPE_LENGTH)?,
            niveau_interministeriel: line.filled(self.niveau),
            libelle_court: short.as_deref(),
            libelle_long: long.as_deref(),
        };
        output.copy.push(line_number(line), &row);
        Ok(())
    }
}
