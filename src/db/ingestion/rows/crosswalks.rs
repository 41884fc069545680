//! The rows of the crosswalks and of the attachments between établissements.

use std::hash::Hash;

use super::super::super::copy::copy_row;
use super::super::copy::ImportedRow;
use crate::domain::crosswalk::Relation;
use crate::domain::{Dataset, PlatformCode, Uai};

/// One record of a crosswalk.
#[derive(Debug)]
pub struct CrosswalkRow<'a> {
    /// The dataset.
    pub dataset: Dataset,
    /// What it says of its codes.
    pub relation: Relation,
    /// The codes, two or more, in the order of the columns.
    pub codes: &'a [PlatformCode],
    /// Years that the training takes.
    pub duration: Option<i16>,
}

impl ImportedRow for CrosswalkRow<'_> {
    fn key(&self) -> impl Hash {
        (self.codes, self.duration)
    }
}

copy_row!(CrosswalkRow<'_>, |row| {
    "dataset" => row.dataset,
    "relation" => row.relation,
    "codes" => row.codes,
    "duree" => row.duration,
});

/// The établissement that another one belongs to.
#[derive(Debug)]
pub struct AttachmentRow {
    /// The dataset.
    pub dataset: Dataset,
    /// The daughter.
    pub uai: Uai,
    /// The mother.
    pub mother: Uai,
}

impl ImportedRow for AttachmentRow {
    fn key(&self) -> impl Hash {
        (self.uai, self.mother)
    }
}

copy_row!(AttachmentRow, |row| {
    "dataset" => row.dataset,
    "uai" => row.uai,
    "uai_mere" => row.mother,
});
