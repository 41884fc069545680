//! A table as Apache Parquet, compressed with zstd.
//!
//! Columns are gathered for one group of rows and written one after the other; a group is of bounded size,
//! so that memory does not grow with the table. Nothing of the moment or the machine is written.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{Datelike as _, NaiveDate};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};

use super::file::{ExportFile, Hashed};
use crate::domain::flat::{Cell, Description, Kind};

/// Rows of one group: some tens of megabytes for the widest table.
const GROUP: usize = 32_768;

/// A file that is being written.
pub(super) struct ParquetFile {
    writer: SerializedFileWriter<Hashed>,
    columns: Vec<Gathered>,
    at: usize,
    gathered: usize,
    rows: u64,
}

/// The cells of one column of a group.
struct Gathered {
    values: Values,
    /// For each cell 1, or 0 where it is empty.
    levels: Vec<i16>,
}

enum Values {
    /// All texts in one piece, and where each ends.
    Text(Vec<u8>, Vec<usize>),
    Integer(Vec<i32>),
    Decimal(Vec<f64>),
    Boolean(Vec<bool>),
}

fn failed(error: ParquetError) -> io::Error {
    match error {
        // A full disk stays one.
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(inner) => *inner,
            Err(inner) => io::Error::other(inner.to_string()),
        },
        other => io::Error::other(other),
    }
}

/// The schema of a table: every column may be empty.
fn schema(columns: &[&Description]) -> Result<TypePtr, ParquetError> {
    let field = |column: &&Description| {
        let (physical, logical) = match column.kind {
            Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Integer => (Physical::INT32, None),
            Kind::Decimal => (Physical::DOUBLE, None),
            Kind::Boolean => (Physical::BOOLEAN, None),
            Kind::Day => (Physical::INT32, Some(LogicalType::Date)),
        };
        let field = Type::primitive_type_builder(column.name, physical).with_repetition(Repetition::OPTIONAL);
        field.with_logical_type(logical).build().map(Arc::new)
    };
    let fields = columns.iter().map(field).collect::<Result<Vec<_>, _>>()?;
    Ok(Arc::new(Type::group_type_builder("exposition").with_fields(fields).build()?))
}

fn properties(about: &[(&str, String)]) -> Result<WriterProperties, ParquetError> {
    let about = about.iter().map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone())).collect();
    Ok(WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_created_by("exposition".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_key_value_metadata(Some(about))
        .build())
}

impl Gathered {
    fn new(kind: Kind) -> Self {
        let values = match kind {
            Kind::Text => Values::Text(Vec::new(), Vec::new()),
            Kind::Integer | Kind::Day => Values::Integer(Vec::new()),
            Kind::Decimal => Values::Decimal(Vec::new()),
            Kind::Boolean => Values::Boolean(Vec::new()),
        };
        Self { values, levels: Vec::new() }
    }

    /// # Errors
    /// A cell that is not what its column says: a fault of the description.
    fn push(&mut self, cell: &Cell<'_>) -> io::Result<()> {
        let unfit = || io::Error::other(format!("a cell does not fit its column: {cell:?}"));
        match (&mut self.values, cell) {
            (_, Cell::Empty) => {
                self.levels.push(0);
                return Ok(());
            }
            // What is empty in CSV is empty here too: both files say the same.
            (Values::Text(..), Cell::Text(text)) if text.is_empty() => {
                self.levels.push(0);
                return Ok(());
            }
            (Values::Text(bytes, ends), Cell::Text(text)) => {
                bytes.extend_from_slice(text.as_bytes());
                ends.push(bytes.len());
            }
            (Values::Integer(numbers), Cell::Number(number)) => {
                numbers.push(i32::try_from(*number).map_err(|_| unfit())?);
            }
            (Values::Integer(days), Cell::Day(day)) => days.push(days_since_1970(*day)),
            (Values::Decimal(numbers), Cell::Decimal(number)) => numbers.push(*number),
            (Values::Boolean(values), Cell::Boolean(value)) => values.push(*value),
            _ => return Err(unfit()),
        }
        self.levels.push(1);
        Ok(())
    }

    fn write(&mut self, column: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let levels = std::mem::take(&mut self.levels);
        match &mut self.values {
            Values::Text(bytes, ends) => {
                let bytes = Bytes::from(std::mem::take(bytes));
                let ends = std::mem::take(ends);
                let begins = std::iter::once(0).chain(ends.iter().copied());
                let texts: Vec<_> =
                    begins.zip(&ends).map(|(from, to)| ByteArray::from(bytes.slice(from..*to))).collect();
                put::<ByteArrayType>(column, &texts, &levels)
            }
            Values::Integer(numbers) => put::<Int32Type>(column, &std::mem::take(numbers), &levels),
            Values::Decimal(numbers) => put::<DoubleType>(column, &std::mem::take(numbers), &levels),
            Values::Boolean(values) => put::<BoolType>(column, &std::mem::take(values), &levels),
        }
    }
}

fn days_since_1970(day: NaiveDate) -> i32 {
    day.num_days_from_ce() - NaiveDate::default().num_days_from_ce()
}

fn put<T: DataType>(
    column: &mut SerializedColumnWriter<'_>,
    values: &[T::T],
    levels: &[i16],
) -> Result<(), ParquetError> {
    column.typed::<T>().write_batch(values, Some(levels), None).map(drop)
}

impl ParquetFile {
    pub(super) fn new(file: Hashed, columns: &[&Description], about: &[(&str, String)]) -> io::Result<Self> {
        let (schema, properties) = (schema(columns).map_err(failed)?, properties(about).map_err(failed)?);
        let writer = SerializedFileWriter::new(file, schema, Arc::new(properties)).map_err(failed)?;
        let columns = columns.iter().map(|column| Gathered::new(column.kind)).collect();
        Ok(Self { writer, columns, at: 0, gathered: 0, rows: 0 })
    }

    pub(super) fn push(&mut self, cell: &Cell<'_>) -> io::Result<()> {
        let column = self.columns.get_mut(self.at).ok_or_else(|| io::Error::other("a row has too many cells"))?;
        self.at += 1;
        column.push(cell)
    }

    pub(super) fn end_row(&mut self) -> io::Result<()> {
        (self.at, self.gathered, self.rows) = (0, self.gathered + 1, self.rows + 1);
        if self.gathered == GROUP { self.write_group().map_err(failed) } else { Ok(()) }
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        for gathered in &mut self.columns {
            if let Some(mut column) = group.next_column()? {
                gathered.write(&mut column)?;
                column.close()?;
            }
        }
        group.close()?;
        self.gathered = 0;
        Ok(())
    }

    pub(super) fn finish(mut self, name: String) -> io::Result<ExportFile> {
        if self.gathered > 0 {
            self.write_group().map_err(failed)?;
        }
        self.writer.into_inner().map_err(failed)?.finish(name, Some(self.rows))
    }
}
