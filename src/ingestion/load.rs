//! Second pass: a thread reads, checks and encodes rows; batches go through a bounded channel to
//! the task that feeds `COPY`. Memory is a few batches, whatever the size of the file, and
//! neither side waits for the other longer than it must.

use std::sync::Arc;

use csv::ByteRecord;
use tokio::sync::mpsc::Sender;

use super::detect::FirstPass;
use super::fields::Line;
use super::plausibility::{Rule, Watch};
use super::preamble::other_separator;
use super::records::Records;
use super::refusal::FileRefusal;
use super::rejections::{Rejection, RejectionReason};
use super::report::Report;
use super::shape::{has_return, is_blank, note};
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

/// Why a line is no row.
const EMPTY_ROW: &str = "ligne vide (des séparateurs seuls)";
const NOTE: &str = "note sous le tableau";

/// Notes below a table that are remembered.
const MOST_NOTES: usize = 100;

/// What may be the end of the file; the next line tells.
enum End {
    /// Notes below the table, or rows that begin as they do.
    Notes(Vec<(u64, ByteRecord)>),
    /// A line with too few fields: a bad row, or one that was cut.
    Short(u64, usize),
}

impl Default for End {
    fn default() -> Self {
        Self::Notes(Vec::new())
    }
}

impl End {
    fn is_long(&self) -> bool {
        matches!(self, Self::Notes(notes) if notes.len() >= MOST_NOTES)
    }

    fn add(&mut self, number: u64, record: ByteRecord) {
        if let Self::Notes(notes) = self {
            notes.push((number, record));
        }
    }
}

/// Everything the reading thread needs, and the report it fills.
pub(super) struct Load {
    pub(super) finding: FirstPass,
    pub(super) records: Records,
    /// Fields of a row.
    pub(super) fields: usize,
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
        let mut end = End::default();
        while let Some(number) = self.records.advance()? {
            self.report.lines.lues += 1;
            let record = self.records.record();
            if is_blank(record) {
                self.pass_over(EMPTY_ROW, Rule::EmptyRow, number, "");
            } else if note(record).is_some() {
                let record = record.clone();
                if matches!(end, End::Short(..)) || end.is_long() {
                    self.not_the_end(std::mem::take(&mut end))?;
                }
                end.add(number, record);
            } else {
                let champs = record.len();
                self.not_the_end(std::mem::take(&mut end))?;
                match champs {
                    champs if champs == self.fields => self.read_line(number, batches)?,
                    champs => {
                        self.check_length(number, champs)?;
                        if champs < self.fields {
                            end = End::Short(number, champs);
                        } else {
                            self.reject_length(number, champs);
                        }
                    }
                }
            }
        }
        match end {
            End::Short(line, found) => Err(FileRefusal::Truncated { line, found, expected: self.fields }.into()),
            End::Notes(notes) => {
                for (number, record) in notes {
                    self.pass_over(NOTE, Rule::Note, number, note(&record).unwrap_or_default());
                }
                Ok(())
            }
        }
    }

    /// A line that is no row: counted, and neither kept nor rejected.
    fn pass_over(&mut self, raison: &'static str, rule: Rule, number: u64, text: &str) {
        *self.output.hors_perimetre.entry(raison).or_default() += 1;
        self.output.find(rule, number, None, text, || rule.sentence().to_owned());
    }

    /// What might have been the end of the file was not: rows follow.
    fn not_the_end(&mut self, end: End) -> Result<(), FileRefusal> {
        match end {
            End::Short(line, champs) => self.reject_length(line, champs),
            End::Notes(notes) => {
                for (number, record) in notes {
                    if record.len() == self.fields {
                        adapter(&mut *self.adapter, &mut self.output, &mut self.report, &Line::new(&record, number))?;
                    } else {
                        self.reject_length(number, record.len());
                    }
                }
            }
        }
        Ok(())
    }

    fn read_line(&mut self, number: u64, batches: &Sender<Batch>) -> Result<(), ReadingStopped> {
        let hidden = self.records.clean();
        let line = Line::new(self.records.record(), number);
        if hidden.is_some() {
            let raison = || Rule::HiddenCharacters.sentence().to_owned();
            self.output.find(Rule::HiddenCharacters, number, hidden, line.field(hidden), raison);
        }
        adapter(&mut *self.adapter, &mut self.output, &mut self.report, &line)?;
        if self.output.copy.is_full() {
            self.send(batches)?;
        }
        if self.report.lines.lues.is_multiple_of(STEP) {
            self.announce();
        }
        Ok(())
    }

    fn reject_length(&mut self, line: u64, champs: usize) {
        let rejection = Rejection::line(RejectionReason::NombreDeChamps, format!("{champs} champs"))
            .expected(format!("attendu : {} champs", self.fields));
        self.report.reject(line, &rejection, &self.output.header);
    }

    /// A line with CR within it that is not as long as a row is several rows.
    fn check_length(&self, line: u64, champs: usize) -> Result<(), FileRefusal> {
        if has_return(self.records.record()) {
            return Err(FileRefusal::BareReturns { line });
        }
        self.check_separator(line, champs)
    }

    /// A first row that is one field, but would be whole with another separator, is no bad row:
    /// the file was put together from two.
    fn check_separator(&self, line: u64, champs: usize) -> Result<(), FileRefusal> {
        if champs != 1 || self.report.lines.lues != 1 {
            return Ok(());
        }
        let header = self.finding.start.separateur;
        match other_separator(self.records.record().as_slice(), header, self.output.header.len()) {
            Some(lines) => Err(FileRefusal::Separators { header: char::from(header), lines: char::from(lines), line }),
            None => Ok(()),
        }
    }

    fn finish(&mut self, batches: &Sender<Batch>) -> Result<(), ReadingStopped> {
        let passed = |reason| self.output.hors_perimetre.get(reason).copied().unwrap_or(0);
        if self.report.lines.lues == passed(EMPTY_ROW) + passed(NOTE) {
            return Err(FileRefusal::NoRow.into());
        }
        if self.records.consumed() != self.finding.taille {
            return Err(FileRefusal::Modified.into());
        }
        if let Some(sha256) = self.records.sha256() {
            self.report.sha256 = Some(sha256.to_owned());
        }
        if self.records.marked_end() {
            let raison = || Rule::MarkedEnd.sentence().to_owned();
            self.output.find(Rule::MarkedEnd, self.report.lines.lues + 1, None, "0x1A", raison);
        }
        self.adapter.finish()?;
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

/// Reads one row; a text of which characters were lost refuses the file, or is accepted and
/// reported.
fn adapter(
    adapter: &mut dyn Adapter,
    output: &mut Output,
    report: &mut Report,
    line: &Line<'_>,
) -> Result<(), FileRefusal> {
    let read = adapter.line(line, output);
    let lost = output.lost.take();
    if let Err(rejection) = read {
        report.reject(line.number, &rejection, &output.header);
    } else if let Some(lost) = lost {
        let said = lost.to_string();
        report.acceptances.pass(lost)?;
        output.find(Rule::LostText, line.number, None, &said, || Rule::LostText.sentence().to_owned());
    }
    Ok(())
}
