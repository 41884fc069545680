//! Reading a catalogue, CSV or NDJSON, as the same rows.

use std::io::{BufRead as _, BufReader, Read};

use serde_json::Value;

use super::refusal::OffersRefusal;
use crate::domain::text::fold;
use crate::ingestion::Source;
use crate::ingestion::table::Table;
use crate::matching::columns::{Columns, Wanted};
use crate::matching::correction::{CorrectionRow, Corrections};
use crate::matching::{Index, Offer};

/// The form of a catalogue, and of what answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A header and rows.
    Csv,
    /// An object per line.
    Ndjson,
}

/// How much is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Rows.
    pub rows: u64,
    /// What to do about more.
    pub advice: &'static str,
}

impl Limits {
    /// Of the command, which nobody else waits for.
    pub const NONE: Self = Self { rows: u64::MAX, advice: "" };
}

/// Broken rows that are named.
const EXAMPLES: usize = 3;
/// Longest line of NDJSON, as for CSV.
const LONGEST: u64 = 1 << 20;
/// Most columns that the objects of NDJSON may have together.
const COLUMNS_MAX: usize = 500;

/// A catalogue that was found sound.
pub struct Catalogue {
    source: Source,
    format: Format,
    columns: Columns,
    names: Vec<String>,
    rows: u64,
    separator: u8,
    encoding: &'static str,
}

impl Catalogue {
    /// Looks at a catalogue from end to end.
    ///
    /// # Errors
    /// Whatever keeps it from being read rightly.
    pub fn open(source: Source, format: Format, wanted: &Wanted, limits: Limits) -> Result<Self, OffersRefusal> {
        let (names, rows, separator, encoding) = match format {
            Format::Csv => counted(&source, limits)?,
            Format::Ndjson => {
                let (names, rows) = keys(&source, limits)?;
                (names, rows, b';', "utf-8")
            }
        };
        if rows == 0 {
            return Err(OffersRefusal::NoRow);
        }
        let columns = Columns::find(&names, wanted)?;
        Ok(Self { source, format, columns, names, rows, separator, encoding })
    }

    /// What was recognised.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Its form.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
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

    /// Reads it again, row by row, as offers.
    ///
    /// # Errors
    /// It changed since it was looked at, or can no longer be read.
    pub fn offers<'a>(&'a self, index: &'a Index) -> Result<Offers<'a>, OffersRefusal> {
        let rows = match self.format {
            Format::Csv => Rows::Csv(Box::new(Table::open(&self.source)?)),
            Format::Ndjson => Rows::Ndjson(Lines::open(&self.source)?),
        };
        Ok(Offers { catalogue: self, index, rows })
    }
}

/// The offers of a catalogue, in its order.
pub struct Offers<'a> {
    catalogue: &'a Catalogue,
    index: &'a Index,
    rows: Rows,
}

enum Rows {
    Csv(Box<Table>),
    Ndjson(Lines),
}

impl Offers<'_> {
    /// The next one. Its line is its identifier where it has none.
    ///
    /// # Errors
    /// It can no longer be read.
    pub fn advance(&mut self) -> Result<Option<Offer>, OffersRefusal> {
        let Catalogue { columns, names, .. } = self.catalogue;
        match &mut self.rows {
            Rows::Csv(table) => {
                let Some(row) = table.advance()? else { return Ok(None) };
                let record = table.record();
                let cell = |at: usize| std::str::from_utf8(record.get(at).unwrap_or_default()).unwrap_or_default();
                Ok(Some(Offer::read(self.index, columns, row.line, cell)))
            }
            Rows::Ndjson(lines) => {
                let Some(object) = lines.object()? else { return Ok(None) };
                let cells: Vec<String> =
                    names.iter().map(|name| object.get(name).map(text).unwrap_or_default()).collect();
                let cell = |at: usize| cells.get(at).map(String::as_str).unwrap_or_default();
                Ok(Some(Offer::read(self.index, columns, lines.number, cell)))
            }
        }
    }
}

/// The columns of a CSV catalogue, how many rows it has, and its separator and encoding.
fn counted(source: &Source, limits: Limits) -> Result<(Vec<String>, u64, u8, &'static str), OffersRefusal> {
    let mut table = Table::open(source)?;
    let (mut rows, mut broken, mut examples) = (0u64, 0u64, Vec::new());
    while let Some(row) = table.advance()? {
        rows += 1;
        check_limit(rows, limits)?;
        if let Some((found, expected)) = row.broken {
            broken += 1;
            if examples.len() < EXAMPLES {
                examples.push(format!("ligne {} : {found} champs au lieu de {expected}", row.line));
            }
        }
    }
    if broken > 0 {
        return Err(OffersRefusal::Broken { broken, rows, examples: examples.join(", ") });
    }
    Ok((table.names().to_vec(), rows, table.separator(), table.encoding()))
}

fn check_limit(rows: u64, limits: Limits) -> Result<(), OffersRefusal> {
    if rows > limits.rows {
        return Err(OffersRefusal::TooManyRows { limit: limits.rows, advice: limits.advice });
    }
    Ok(())
}

/// The names of the fields of all objects, in the order in which they come, and how many objects there
/// are.
fn keys(source: &Source, limits: Limits) -> Result<(Vec<String>, u64), OffersRefusal> {
    let mut lines = Lines::open(source)?;
    let (mut names, mut rows): (Vec<String>, u64) = (Vec::new(), 0);
    while let Some(object) = lines.object()? {
        rows += 1;
        check_limit(rows, limits)?;
        for name in object.keys() {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        if names.len() > COLUMNS_MAX {
            let why = format!("plus de {COLUMNS_MAX} noms de champs différents");
            return Err(OffersRefusal::Json { line: lines.number, why });
        }
    }
    Ok((names, rows))
}

/// The objects of NDJSON.
struct Lines {
    reader: BufReader<Box<dyn Read + Send>>,
    line: Vec<u8>,
    number: u64,
}

impl Lines {
    fn open(source: &Source) -> Result<Self, OffersRefusal> {
        Ok(Self { reader: BufReader::new(source.open()?), line: Vec::new(), number: 0 })
    }

    fn object(&mut self) -> Result<Option<serde_json::Map<String, Value>>, OffersRefusal> {
        loop {
            self.line.clear();
            self.number += 1;
            let read = (&mut self.reader).take(LONGEST + 1).read_until(b'\n', &mut self.line)?;
            let refused = |why: &str| OffersRefusal::Json { line: self.number, why: why.to_owned() };
            if read as u64 > LONGEST {
                return Err(refused(&format!("plus de {LONGEST} octets")));
            }
            if read == 0 {
                return Ok(None);
            }
            let text = self.line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.line).trim_ascii();
            if text.is_empty() {
                continue;
            }
            let value = serde_json::from_slice(text).map_err(|_| refused("ce n'est pas du JSON en UTF-8"))?;
            let Value::Object(object) = value else { return Err(refused("ce n'est pas un objet")) };
            return Ok(Some(object));
        }
    }
}

/// A value of JSON as a cell: lists with `;` between them.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    }
}

/// Reads corrections: `id,type,code,motif[,uai]`.
///
/// # Errors
/// The file cannot be read, a column is missing, or a correction cannot be made.
pub fn corrections(source: &Source, index: &Index) -> Result<Corrections, OffersRefusal> {
    let mut table =
        Table::open(source).map_err(|error| OffersRefusal::Corrections(OffersRefusal::from(error).to_string()))?;
    let at = |name: &str| table.names().iter().position(|column| fold(column) == name);
    let (id, kind, code, motif, uai) = (at("id"), at("type"), at("code"), at("motif"), at("uai"));
    if let Some((name, _)) = [("id", id), ("type", kind), ("code", code)].iter().find(|(_, at)| at.is_none()) {
        let found = table.names().join(", ");
        return Err(OffersRefusal::Corrections(format!("la colonne « {name} » manque parmi : {found}")));
    }
    let mut rows = Vec::new();
    while let Some(row) = table.advance()? {
        if let Some((found, expected)) = row.broken {
            let why = format!("ligne {} : {found} champs au lieu de {expected}", row.line);
            return Err(OffersRefusal::Corrections(why));
        }
        let record = table.record();
        let cell = |at: Option<usize>| {
            let bytes = at.and_then(|at| record.get(at)).unwrap_or_default();
            std::str::from_utf8(bytes).unwrap_or_default().trim().to_owned()
        };
        rows.push(CorrectionRow {
            id: cell(id),
            kind: cell(kind),
            code: cell(code),
            motif: cell(motif),
            uai: cell(uai),
        });
    }
    Corrections::read(index, rows).map_err(OffersRefusal::Corrections)
}
