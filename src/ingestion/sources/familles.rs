//! `n_groupe_formation` and `n_lien_formation_groupe`: the familles de métiers and their CFDs.
//!
//! Where two families reach one diploma, the order of the file decides: the lines keep their
//! numbers. A link to a CFD that is in no table is data: whether it serves is asked of the
//! nomenclatures when a publication is computed.

use super::super::fields::Line;
use super::super::header::Column;
use super::super::records::Quotes;
use super::super::rejections::{Rejection, RejectionReason};
use super::formation_diplome::cfd;
use super::{Adapter, Dataset, Definition, OpenedSource, Opening, Output, line_number};
use crate::db::ingestion::rows::{GroupeRow, LienRow};
use crate::db::ingestion::tables::Table;

/// Length of GROUPE_FORMATION (`G0003`).
const GROUPE_LENGTH: usize = 5;

/// The groups.
pub(in crate::ingestion) const GROUPES: Definition = Definition {
    dataset: Dataset::NGroupeFormation,
    columns: &[
        Column::new("groupe_formation", &[]),
        Column::new("type_groupe_formation", &[]),
        Column::new("libelle_court", &[]),
        Column::new("libelle_long", &[]),
        Column::new("libelle_edition", &[]),
        Column::new("date_ouverture", &[]),
        Column::new("date_fermeture", &[]),
    ],
    required: &[&["groupe_formation"], &["type_groupe_formation"], &["libelle_edition"]],
    excluded: &["formation_diplome"],
    attend_millesime: false,
    attend_voie: false,
    quotes: Quotes::Literal,
    open: |opening| Ok(open_groupes(opening)),
};

/// Their CFDs.
pub(in crate::ingestion) const LIENS: Definition = Definition {
    dataset: Dataset::NLienFormationGroupe,
    columns: &[
        Column::new("groupe_formation", &[]),
        Column::new("formation_diplome", &[]),
        Column::new("date_ouverture", &[]),
        Column::new("date_fermeture", &[]),
    ],
    required: &[&["groupe_formation"], &["formation_diplome"]],
    excluded: &["type_groupe_formation"],
    attend_millesime: false,
    attend_voie: false,
    quotes: Quotes::Literal,
    open: |opening| Ok(open_liens(opening)),
};

fn open_groupes(opening: &Opening<'_>) -> OpenedSource {
    let at = |nom| opening.layout.at(nom);
    let adapter = Groupes {
        groupe: at("groupe_formation"),
        type_groupe: at("type_groupe_formation"),
        short: at("libelle_court"),
        long: at("libelle_long"),
        edition: at("libelle_edition"),
        opening: at("date_ouverture"),
        closing: at("date_fermeture"),
    };
    OpenedSource::new(Table::GroupesFormation, adapter)
}

fn open_liens(opening: &Opening<'_>) -> OpenedSource {
    let at = |nom| opening.layout.at(nom);
    let adapter = Liens {
        groupe: at("groupe_formation"),
        formation_diplome: at("formation_diplome"),
        opening: at("date_ouverture"),
        closing: at("date_fermeture"),
    };
    OpenedSource::new(Table::LiensFormationGroupe, adapter)
}

struct Groupes {
    groupe: Option<usize>,
    type_groupe: Option<usize>,
    short: Option<usize>,
    long: Option<usize>,
    edition: Option<usize>,
    opening: Option<usize>,
    closing: Option<usize>,
}

impl Adapter for Groupes {
    fn line(&mut self, line: &Line<'_>, output: &mut Output) -> Result<(), Rejection> {
        let [short, long, edition] = [self.short, self.long, self.edition].map(|column| output.label(line, column));
        let row = GroupeRow {
            dataset: Dataset::NGroupeFormation,
            groupe: identifier(line, self.groupe, GROUPE_LENGTH)?,
            type_groupe: line.filled(self.type_groupe),
            libelle_court: short.as_deref(),
            libelle_long: long.as_deref(),
            libelle_edition: edition.as_deref(),
            date_ouverture: output.date(line, self.opening)?,
            date_fermeture: output.date(line, self.closing)?,
        };
        output.copy.push(line_number(line), &row);
        Ok(())
    }
}

struct Liens {
    groupe: Option<usize>,
    formation_diplome: Option<usize>,
    opening: Option<usize>,
    closing: Option<usize>,
}

impl Adapter for Liens {
    fn line(&mut self, line: &Line<'_>, output: &mut Output) -> Result<(), Rejection> {
        let row = LienRow {
            dataset: Dataset::NLienFormationGroupe,
            groupe: identifier(line, self.groupe, GROUPE_LENGTH)?,
            cfd: cfd(line, self.formation_diplome)?,
            date_ouverture: output.date(line, self.opening)?,
            date_fermeture: output.date(line, self.closing)?,
        };
        output.copy.push(line_number(line), &row);
        Ok(())
    }
}

/// Reads the identifier of a row of a nomenclature: so many digits or letters.
pub(super) fn identifier<'a>(line: &Line<'a>, column: Option<usize>, length: usize) -> Result<&'a str, Rejection> {
    let text = line.field(column);
    if text.len() == length && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(text);
    }
    let motif = if text.is_empty() { RejectionReason::CodeManquant } else { RejectionReason::CodeInvalide };
    Err(Rejection::field(motif, column.unwrap_or_default(), text)
        .expected(format!("attendu : {length} chiffres ou lettres")))
}
