//! Second pass: a thread reads, checks and encodes rows; batches go through a bounded channel to
//! the task that feeds `COPY`. Memory is a few batches, whatever the size of the file, and
//! neither side waits for the other longer than it must.

use std::sync::Arc;

use tokio::sync::mpsc::Sender;

use super::detect::{FirstPass, other_separator};
use super::fields::Line;
use super::plausibility::Watch;
use super::records::Records;
use super::refusal::FileRefusal;
use super::rejections::{Rejection, RejectionReason};
use super::report::Report;
use super::sources::{Adapter, Output};
use crate::db::ingestion::Batch;
use crate::db::ingestion::copy::Pass;

/// How far an import has come.
#[derive(Debug, Clone, Copy)]
pub struct Advance {
    /// Lines read.
    pub lines: u64,
    /// Bytes of the file read.
    pub bytes: u64,
    /// Bytes of the whole file.
    pub taille: u64,
}

/// Who wants to know how far an import has come.
pub type Progress = Arc<dyn Fn(Advance) + Send + Sync>;

/// Lines between two announcements of the progress.
const STEP: u64 = 8192;

/// Why the reading stopped before the end of the file.
#[derive(Debug)]
pub(super) enum ReadingStopped {
    /// The file is bad.
    Refused(FileRefusal),
    /// Nobody takes the rows any more: the server failed, and says why itself.
    Abandon,
}

impl From<std::io::Error> for ReadingStopped {
    fn from(error: std::io::Error) -> Self {
        Self::Refused(error.into())
    }
}

impl From<FileRefusal> for ReadingStopped {
    fn from(refusal: FileRefusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Everything the reading thread needs, and the report it fills.
pub(super) struct Load {
    pub(super) finding: FirstPass,
    pub(super) records: Records,
    pub(super) adapter: Box<dyn Adapter>,
    pub(super) output: Output,
    pub(super) report: Report,
    pub(super) progress: Option<Progress>,
}

impl Load {
    /// Reads the file to its end. The report comes back in any case: it says what was found
    /// until then.
    pub(super) fn read(mut self, batches: &Sender<Batch>) -> (Report, (Pass, Watch), Result<(), ReadingStopped>) {
        let result = self.read_lines(batches).and_then(|()| self.finish(batches));
        self.report.findings = self.output.findings;
        self.report.lines.ignorees =
            self.output.mesures_ignorees.values().chain(self.output.hors_perimetre.values()).sum();
        self.report.mesures_ignorees = self.output.mesures_ignorees;
        self.report.hors_perimetre = self.output.hors_perimetre;
        (self.report, (self.output.copy.pass(), self.output.watch), result)
    }

    fn read_lines(&mut self, batches: &Sender<Batch>) -> Result<(), ReadingStopped> {
        let expected = self.output.header.len();
        // A line with too few fields: a bad row, or the file's cut end. The next line tells.
        let mut short: Option<(u64, usize)> = None;
        while let Some(number) = self.records.advance()? {
            if let Some((line, champs)) = short.take() {
                self.reject_length(line, champs);
            }
            self.report.lines.lues += 1;
            match self.records.record().len() {
                champs if champs == expected => self.read_line(number, batches)?,
                champs => {
                    self.check_separator(number, champs)?;
                    if champs < expected {
                        short = Some((number, champs));
                    } else {
                        self.reject_length(number, champs);
                    }
                }
            }
        }
        match short {
            Some((line, found)) => Err(FileRefusal::Truncated { line, found, expected }.into()),
            None => Ok(()),
        }
    }

    fn read_line(&mut self, number: u64, batches: &Sender<Batch>) -> Result<(), ReadingStopped> {
        let line = Line::new(self.records.record(), number);
        if let Err(rejection) = self.adapter.line(&line, &mut self.output) {
            self.report.reject(number, &rejection, &self.output.header);
        }
        if self.output.copy.is_full() {
            self.send(batches)?;
        }
        if self.report.lines.lues.is_multiple_of(STEP) {
            self.announce();
        }
        Ok(())
    }

    fn reject_length(&mut self, line: u64, champs: usize) {
        let expected = self.output.header.len();
        let rejection = Rejection::line(RejectionReason::NombreDeChamps, format!("{champs} champs"))
            .expected(format!("attendu : {expected} champs"));
        self.report.reject(line, &rejection, &self.output.header);
    }

    /// A first row that is one field, but would be whole with another separator, is no bad row:
    /// the file was put together from two.
    fn check_separator(&self, line: u64, champs: usize) -> Result<(), FileRefusal> {
        if champs != 1 || self.report.lines.lues != 1 {
            return Ok(());
        }
        let header = self.finding.separateur;
        match other_separator(self.records.record().as_slice(), header, self.output.header.len()) {
            Some(lines) => Err(FileRefusal::Separators { header: char::from(header), lines: char::from(lines), line }),
            None => Ok(()),
        }
    }

    fn finish(&mut self, batches: &Sender<Batch>) -> Result<(), ReadingStopped> {
        if self.report.lines.lues == 0 {
            return Err(FileRefusal::NoRow.into());
        }
        if self.records.consumed() != self.finding.taille {
            return Err(FileRefusal::Modified.into());
        }
        if let Some(sha256) = self.records.sha256() {
            self.report.sha256 = Some(sha256.to_owned());
        }
        self.announce();
        batches.blocking_send(Batch::Last(self.output.copy.finish())).map_err(|_| ReadingStopped::Abandon)
    }

    fn send(&mut self, batches: &Sender<Batch>) -> Result<(), ReadingStopped> {
        batches.blocking_send(Batch::Rows(self.output.copy.take())).map_err(|_| ReadingStopped::Abandon)
    }

    fn announce(&self) {
        if let Some(progress) = &self.progress {
            progress(Advance {
                lines: self.report.lines.lues,
                bytes: self.records.consumed(),
                taille: self.finding.taille,
            });
        }
    }
}
