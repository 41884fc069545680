//! Verdicts as they are sent back: a row for a row, in order, in the form of what was sent.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::read::{Catalogue, Format};
use crate::matching::Verdict;
use crate::matching::verdict::COLUMNS;

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    /// CSV or NDJSON.
    pub format: Format,
    /// What stands between the fields of CSV.
    pub separator: u8,
}

impl Output {
    /// That of a catalogue.
    #[must_use]
    pub fn of(catalogue: &Catalogue) -> Self {
        Self { format: catalogue.format(), separator: catalogue.separator() }
    }
}

/// Columns whose values are numbers in JSON.
const NUMBERS: [&str; 5] = [
    "effectif",
    "part_en_emploi_6_mois",
    "part_poursuite_etudes",
    "repli_part_en_emploi_6_mois",
    "repli_part_poursuite_etudes",
];

/// Writes verdicts.
pub enum Writer<W: Write> {
    /// As CSV.
    Csv(Box<csv::Writer<W>>),
    /// As NDJSON.
    Ndjson(W),
}

impl<W: Write> Writer<W> {
    /// Begins, with the names of the columns where the form has a header.
    ///
    /// # Errors
    /// What it writes to fails.
    pub fn new(output: Output, to: W) -> io::Result<Self> {
        match output.format {
            Format::Ndjson => Ok(Self::Ndjson(to)),
            Format::Csv => {
                let mut writer = csv::WriterBuilder::new().delimiter(output.separator).from_writer(to);
                writer.write_record(COLUMNS)?;
                Ok(Self::Csv(Box::new(writer)))
            }
        }
    }

    /// Writes one verdict.
    ///
    /// # Errors
    /// What it writes to fails.
    pub fn write(&mut self, verdict: &Verdict) -> io::Result<()> {
        match self {
            Self::Csv(writer) => Ok(writer.write_record(verdict.fields())?),
            Self::Ndjson(to) => {
                serde_json::to_writer(&mut *to, &object(verdict))?;
                to.write_all(b"\n")
            }
        }
    }

    /// Ends, and gives back what was written to.
    ///
    /// # Errors
    /// What it writes to fails.
    pub fn finish(self) -> io::Result<W> {
        match self {
            Self::Csv(writer) => writer.into_inner().map_err(|error| io::Error::other(error.to_string())),
            Self::Ndjson(to) => Ok(to),
        }
    }
}

/// A verdict as an object: numbers are numbers, what is not there is null.
fn object(verdict: &Verdict) -> Map<String, Value> {
    let value = |(name, field): (&&str, String)| {
        let value = match field.as_str() {
            "" => Value::Null,
            number if NUMBERS.contains(name) => number.parse::<i64>().map_or(Value::Null, Value::from),
            "oui" if *name == "sans_perspectives" => Value::Bool(true),
            "non" if *name == "sans_perspectives" => Value::Bool(false),
            _ => Value::String(field),
        };
        ((*name).to_owned(), value)
    };
    COLUMNS.iter().zip(verdict.fields()).map(value).collect()
}
