//! One file per dataset: its columns, its spellings, its rules. Nothing else knows a column name.
//!
//! ## To add a dataset
//!
//! Take [`sise`] as the model of a nomenclature, [`dares`] of statistics.
//!
//! 1. `domain/dataset.rs`: a member, spelt as its producer spells it, what its rows are about and
//!    which portal publishes it. The compiler names every place that has to know it.
//! 2. A file here with a [`Definition`]: each column with every spelling that was seen, the groups of
//!    columns without which a file is not of this dataset, the columns that show that it is another
//!    one; and an [`Adapter`] that turns a line into one row of [`crate::db::ingestion::rows`].
//!    Wrong values are a [`Rejection`] of the line, doubtful ones go to [`Output`] and the line is kept.
//! 3. One line in [`DEFINITIONS`], which recognises files by their header.
//! 4. `tests/ingestion/`: a header of the real file with invented rows, and for each rule one row
//!    that breaks it. `docs/DATA.md` §7.1 names the dataset.
//!
//! Rows that fit no table need one first: see [`crate::db::copy`]. What a publication makes of
//! them is decided in `indicators/`, by the kind of rows, not by the dataset.

pub(in crate::ingestion) mod acce;
pub(in crate::ingestion) mod annuaire_education;
pub(in crate::ingestion) mod annuaires;
pub(in crate::ingestion) mod attachments;
pub(in crate::ingestion) mod catalogue;
pub(in crate::ingestion) mod crosswalks;
pub(in crate::ingestion) mod dares;
pub(in crate::ingestion) mod depp_etablissements;
pub(in crate::ingestion) mod etablissement;
pub(in crate::ingestion) mod familles;
pub(in crate::ingestion) mod formation_diplome;
pub(in crate::ingestion) mod formation_fine;
pub(in crate::ingestion) mod geolocalisation;
pub(in crate::ingestion) mod insersup;
pub(in crate::ingestion) mod long_mesures;
pub(in crate::ingestion) mod mef;
pub(in crate::ingestion) mod mesures;
pub(in crate::ingestion) mod niveau_formation_diplome;
pub(in crate::ingestion) mod portail_etablissements;
pub(in crate::ingestion) mod sise;

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::detect::FirstPass;
use super::fields::{self, Chiffre, FigureKind, Line};
use super::header::{Column, ColumnLabels, Header, Layout};
use super::labels::{Label, label, visible};
use super::plausibility::{Contradiction, Day, Findings, Rule, Watch, day};
use super::records::Quotes;
use super::refusal::FileRefusal;
use super::rejections::{Rejection, RejectionReason};
use super::report::{Example, Form};
use super::source::Source;
use crate::db::ingestion::copy::CopyBuffer;
use crate::db::ingestion::tables::Table;
pub use crate::domain::Dataset;
use crate::domain::territoire::Departement;
use crate::domain::{CodeRegion, Filiere, Mesure, Millesime, Uai};

/// How the files of a dataset are opened.
pub(super) type Open = fn(&Opening<'_>) -> Result<OpenedSource, FileRefusal>;

/// What the framework knows of a dataset.
#[derive(Debug)]
pub(super) struct Definition {
    /// Which one.
    pub(super) dataset: Dataset,
    /// Its columns.
    pub(super) columns: &'static [Column],
    /// The columns without which a file is not of this dataset: one of each group, by name.
    pub(super) required: &'static [&'static [&'static str]],
    /// Columns, in any spelling, that show that a file is of another dataset.
    pub(super) excluded: &'static [&'static str],
    /// Whether `--millesime` makes sense for it.
    pub(super) attend_millesime: bool,
    /// Whether `--voie` makes sense for it.
    pub(super) attend_voie: bool,
    /// What quotes are in its files.
    pub(super) quotes: Quotes,
    /// How to read it.
    pub(super) open: Open,
}

impl Definition {
    /// The groups of required columns of which the header has none.
    pub(super) fn missing(&self, header: &Header) -> Vec<&'static [&'static str]> {
        self.required.iter().copied().filter(|group| !self.has(header, group)).collect()
    }

    /// Whether the header has one of these columns.
    pub(super) fn has(&self, header: &Header, names: &[&str]) -> bool {
        let has = |column: &Column| names.contains(&column.nom) && header.find(column).is_some();
        self.columns.iter().any(has)
    }

    /// Whether the header is one of this dataset.
    pub(super) fn fits(&self, header: &Header) -> bool {
        self.missing(header).is_empty() && !self.excluded.iter().any(|spelling| header.has(spelling))
    }
}

/// Every dataset that a file can be of; one with two forms stands twice.
pub(super) const DEFINITIONS: &[&Definition] = &[
    &mesures::DEFINITION,
    &long_mesures::DEFINITION,
    &portail_etablissements::CFA,
    &portail_etablissements::LYCEE_PRO,
    &depp_etablissements::DEFINITION,
    &formation_diplome::N_FORMATION_DIPLOME,
    &formation_diplome::V_FORMATION_DIPLOME,
    &formation_diplome::N_FORMATION_DIPLOME_ENQUETE_51,
    &mef::DEFINITION,
    &niveau_formation_diplome::DEFINITION,
    &formation_fine::LYCEE_PRO,
    &formation_fine::CFA,
    &dares::DEFINITION,
    &insersup::DEFINITION,
    &familles::GROUPES,
    &familles::LIENS,
    &sise::DIPLOMES,
    &sise::TYPES,
    &acce::DEFINITION,
    &annuaire_education::DEFINITION,
    &geolocalisation::DEFINITION,
    &catalogue::DEFINITION,
    &crosswalks::ONISEP_IDEO,
    &crosswalks::ONISEP_TABLE_PASSAGE,
    &crosswalks::CERTIF_INFO,
    &crosswalks::RNCP_CFD,
    &crosswalks::RNCP_HISTORIQUE,
    &crosswalks::SISE_CORRESPONDANCES,
    &attachments::DEFINITION,
];

/// What an adapter is given to open a file.
#[derive(Debug)]
pub(super) struct Opening<'a> {
    /// The dataset it was recognised as.
    pub(super) dataset: Dataset,
    /// Where the columns stand.
    pub(super) layout: Layout,
    /// The header.
    pub(super) header: &'a Header,
    /// The file.
    pub(super) source: &'a Source,
    /// What the first pass found.
    pub(super) finding: &'a FirstPass,
    /// `--millesime`.
    pub(super) millesime: Option<Millesime>,
    /// `--voie`.
    pub(super) voie: Option<Filiere>,
}

/// A file ready to be read.
pub(super) struct OpenedSource {
    /// Reads its rows.
    pub(super) adapter: Box<dyn Adapter>,
    /// Where they go.
    pub(super) table: Table,
    /// The form, for `inserjeunes-mesures`.
    pub(super) forme: Option<Form>,
    /// The millésime, for a file that carries none in its rows.
    pub(super) millesime: Option<Millesime>,
    /// The filière, for a file that carries none in its rows.
    pub(super) filiere: Option<Filiere>,
    /// Columns without a name that were put to use.
    pub(super) unnamed_read: Vec<usize>,
    /// The measures that it has a column for, one bit each.
    pub(super) present: u32,
    /// Columns of the table that are called otherwise in the dataset, and how the file calls them.
    pub(super) stored: ColumnLabels,
}

impl OpenedSource {
    /// A file whose rows say everything.
    fn new(table: Table, adapter: impl Adapter + 'static) -> Self {
        Self {
            adapter: Box::new(adapter),
            table,
            forme: None,
            millesime: None,
            filiere: None,
            unnamed_read: Vec::new(),
            present: 0,
            stored: ColumnLabels::new(),
        }
    }
}

/// Turns the rows of one dataset into rows of one table.
pub(super) trait Adapter: Send {
    /// Checks one row and writes it.
    fn line(&mut self, line: &Line<'_>, output: &mut Output) -> Result<(), Rejection>;

    /// Looks back at the whole file.
    ///
    /// # Errors
    /// What only all rows together show.
    fn finish(&self) -> Result<(), FileRefusal> {
        Ok(())
    }
}

/// Where an adapter puts what it reads.
pub(super) struct Output {
    /// Rows for the database.
    pub(super) copy: CopyBuffer,
    /// What was noticed of lines that are kept.
    pub(super) findings: Findings,
    /// What the rules saw.
    pub(super) watch: Watch,
    /// Measures of the long form that the service does not have.
    pub(super) mesures_ignorees: BTreeMap<String, u64>,
    /// Lines that the dataset has and the service does not use, by the reason.
    pub(super) hors_perimetre: BTreeMap<&'static str, u64>,
    /// A text of the current line of which characters were lost.
    pub(super) lost: Option<FileRefusal>,
    /// The header, for naming columns.
    pub(super) header: Header,
}

impl Output {
    /// Reads a name or a label of a line that is kept, put right and if it is filled.
    pub(super) fn label<'a>(&mut self, line: &Line<'a>, column: Option<usize>) -> Option<Cow<'a, str>> {
        let field = line.raw(column);
        let Label { text, repaired, lost } = label(field);
        if repaired {
            self.find(Rule::MisreadText, line.number, column, field, || format!("Lu comme «{text}»."));
        }
        if lost {
            let column = self.header.label(column.unwrap_or_default());
            self.lost.get_or_insert(FileRefusal::LostText {
                line: line.number,
                column,
                valeur: text.clone().into_owned(),
            });
        }
        Some(text).filter(|text| !text.is_empty())
    }

    /// Reports what a rule found in a field of a line that is kept.
    pub(super) fn find(
        &mut self,
        rule: Rule,
        line: u64,
        column: Option<usize>,
        valeur: &str,
        raison: impl FnOnce() -> String,
    ) {
        let header = &self.header;
        self.findings.add(rule, || Example {
            line,
            column: column.map(|index| header.label(index)),
            valeur: visible(valeur),
            raison: raison(),
        });
    }

    /// Reports a contradiction between figures of a line, as the line writes them; `at` knows where
    /// a figure stands.
    pub(super) fn contradict(
        &mut self,
        rule: Rule,
        line: &Line<'_>,
        found: Contradiction,
        at: impl FnOnce(&str) -> Option<usize>,
    ) {
        let column = at(found.figure);
        self.find(rule, line.number, column, line.field(column), || found.reason());
    }

    /// Reads a figure. Those of a rate are watched for fractions.
    ///
    /// # Errors
    /// As [`fields::chiffre`].
    pub(super) fn chiffre(
        &mut self,
        line: &Line<'_>,
        column: Option<usize>,
        kind: FigureKind,
    ) -> Result<Chiffre, Rejection> {
        let Some(index) = column else { return Ok(Chiffre::Absent) };
        let text = line.field(column);
        let chiffre = fields::chiffre(text, kind).map_err(|motif| Rejection::field(motif, index, text))?;
        if let (Chiffre::Valeur(valeur), FigureKind::Pourcent) = (chiffre, kind) {
            let header = &self.header;
            self.watch.fractions.see(index, valeur, text, || (line.number, header.label(index)));
        }
        Ok(chiffre)
    }

    /// Compares the région of a line with that of its UAI, if that names one, and reports where they
    /// differ. The row keeps what the file says; a publication serves the région of the UAI.
    pub(super) fn region(
        &mut self,
        line: &Line<'_>,
        column: Option<usize>,
        said: CodeRegion,
        uai: Uai,
    ) -> Option<bool> {
        let own = Departement::from_uai(uai).and_then(Departement::region)?;
        if said != own {
            let reason = || format!("L'UAI {uai} est de la région {own} ; elle est retenue.");
            self.find(Rule::RegionAgainstUai, line.number, column, line.field(column), reason);
        }
        Some(said == own)
    }

    /// Reads a day: `31/08/2025` or `2025-08-31`. One that means «no end» is none, and is reported.
    ///
    /// # Errors
    /// No day, or none of this age.
    pub(super) fn date(&mut self, line: &Line<'_>, column: Option<usize>) -> Result<Option<NaiveDate>, Rejection> {
        let (Some(index), Some(text)) = (column, line.filled(column)) else { return Ok(None) };
        match day(text) {
            Day::On(day) => Ok(Some(day)),
            Day::Endless => {
                let sentence = || Rule::EndlessDate.sentence().to_owned();
                self.find(Rule::EndlessDate, line.number, column, text, sentence);
                Ok(None)
            }
            Day::Invalid => Err(Rejection::field(RejectionReason::DateInvalide, index, text)
                .expected("attendu : 31/08/2025 ou 2025-08-31, de 1900 à 2100")),
        }
    }
}

/// The measures that a layout has a column for, one bit each.
pub(super) fn present(layout: &Layout) -> u32 {
    bits(Mesure::ALL.iter().map(|mesure| layout.at(mesure.as_str()).is_some()))
}

/// What holds, one bit each.
pub(super) fn bits(holds: impl Iterator<Item = bool>) -> u32 {
    holds.enumerate().fold(0, |bits, (bit, holds)| bits | (u32::from(holds) << bit))
}

/// Number of a physical line, as the tables keep it.
pub(super) fn line_number(line: &Line<'_>) -> i32 {
    i32::try_from(line.number).unwrap_or(i32::MAX)
}
