//! `acce-rattachements`: which établissement another one belongs to, by their UAIs.
//!
//! No raw file was seen: the two columns are those that public documentation shows. A row without a
//! mother, or that is its own mother, says nothing and is out of scope.

use super::super::fields::{self, Line};
use super::super::header::Column;
use super::super::records::Quotes;
use super::super::rejections::Rejection;
use super::{Adapter, Dataset, Definition, OpenedSource, Opening, Output, line_number};
use crate::db::ingestion::rows::AttachmentRow;
use crate::db::ingestion::tables::Table;

const NO_MOTHER: &str = "établissement sans autre établissement mère";

/// The attachments.
pub(in crate::ingestion) const DEFINITION: Definition = Definition {
    dataset: Dataset::AcceRattachements,
    columns: &[Column::new("uai", &["numero_uai_trouve"]), Column::new("uai_mere", &["numero_uai_mere"])],
    required: &[&["uai"], &["uai_mere"]],
    excluded: &["denomination_principale", "appellation_officielle"],
    attend_millesime: false,
    attend_voie: false,
    quotes: Quotes::Csv,
    open: |opening| Ok(open(opening)),
};

fn open(opening: &Opening<'_>) -> OpenedSource {
    let at = |nom| opening.layout.at(nom);
    OpenedSource::new(Table::Rattachements, Attachments { uai: at("uai"), mother: at("uai_mere") })
}

struct Attachments {
    uai: Option<usize>,
    mother: Option<usize>,
}

impl Adapter for Attachments {
    fn line(&mut self, line: &Line<'_>, output: &mut Output) -> Result<(), Rejection> {
        let uai = fields::uai(line, self.uai)?;
        let mother = if line.filled(self.mother).is_some() { Some(fields::uai(line, self.mother)?) } else { None };
        let Some(mother) = mother.filter(|mother| *mother != uai) else {
            *output.hors_perimetre.entry(NO_MOTHER).or_default() += 1;
            return Ok(());
        };
        output.copy.push(line_number(line), &AttachmentRow { dataset: Dataset::AcceRattachements, uai, mother });
        Ok(())
    }
}
