//! A CSV file of no dataset, read as honestly as those of datasets: encoding, separator, quotes, lines
//! that are none. What its columns mean is for the caller to say.

use std::io;

use csv::ByteRecord;

use super::detect;
use super::header::Header;
use super::plausibility::Findings;
use super::prepare::open_rows;
use super::records::{Quotes, Records};
use super::refusal::FileRefusal;
use super::source::Source;

/// A CSV file at one of its rows.
pub struct Table {
    names: Vec<String>,
    separator: u8,
    encoding: &'static str,
    fields: usize,
    records: Records,
}

/// Where a row is, and whether it has as many fields as the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableRow {
    /// Its line.
    pub line: u64,
    /// How many fields it has, and how many it should have.
    pub broken: Option<(usize, usize)>,
}

impl Table {
    /// Examines a file from end to end, and opens it before its first row.
    ///
    /// # Errors
    /// Whatever makes it unreadable as a whole.
    pub fn open(source: &Source) -> Result<Self, FileRefusal> {
        let finding = detect::inspect(source)?;
        let names = finding.start.names(finding.encodage)?;
        let header = Header::parse(&names)?;
        let names = (0..header.len()).map(|index| header.label(index)).collect();
        let (records, fields) = open_rows(source, &finding, &header, Quotes::Csv, &mut Findings::default())?;
        let (separator, encoding) = (finding.start.separateur, finding.encodage.as_str());
        Ok(Self { names, separator, encoding, fields, records })
    }

    /// The names of its columns.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What stands between its fields.
    #[must_use]
    pub fn separator(&self) -> u8 {
        self.separator
    }

    /// Its encoding, as it is told.
    #[must_use]
    pub fn encoding(&self) -> &'static str {
        self.encoding
    }

    /// Reads the next row; blank lines are none.
    ///
    /// # Errors
    /// The file cannot be read any further.
    pub fn advance(&mut self) -> io::Result<Option<TableRow>> {
        let Some(line) = self.records.advance()? else { return Ok(None) };
        self.records.clean();
        let found = self.records.record().len();
        Ok(Some(TableRow { line, broken: (found != self.fields).then_some((found, self.fields)) }))
    }

    /// The row that was read last. Its fields are UTF-8.
    #[must_use]
    pub fn record(&self) -> &ByteRecord {
        self.records.record()
    }
}
