//! The files of one table, written together: each cell is made once.

use std::io;
use std::path::Path;

use super::csv::CsvFile;
use super::file::{ExportFile, Hashed};
use super::parquet::ParquetFile;
use super::table::{ExportTable, Form};
use crate::domain::flat::FlatRow;

/// The files of a table that are being written.
pub struct Sink {
    table: ExportTable,
    parquet: Option<ParquetFile>,
    csv: Option<CsvFile>,
}

impl Sink {
    /// Begins the files of a table in a folder, in these forms; `about` goes into those that can hold it.
    ///
    /// # Errors
    /// Those of the system.
    pub fn new(folder: &Path, table: ExportTable, forms: &[Form], about: &[(&str, String)]) -> io::Result<Self> {
        let columns = table.columns();
        let file = |form: Form| Hashed::create(&folder.join(name(table, form)));
        let mut sink = Self { table, parquet: None, csv: None };
        for form in forms {
            match form {
                Form::Parquet => sink.parquet = Some(ParquetFile::new(file(*form)?, &columns, about)?),
                Form::Csv => sink.csv = Some(CsvFile::new(file(*form)?, &columns)?),
            }
        }
        Ok(sink)
    }

    /// Writes a row.
    ///
    /// # Errors
    /// Those of the system.
    pub fn push<R: FlatRow>(&mut self, row: &R) -> io::Result<()> {
        for column in R::stored_columns() {
            let cell = column.cell(row);
            if let Some(parquet) = &mut self.parquet {
                parquet.push(&cell)?;
            }
            if let Some(csv) = &mut self.csv {
                csv.push(&cell)?;
            }
        }
        if let Some(parquet) = &mut self.parquet {
            parquet.end_row()?;
        }
        if let Some(csv) = &mut self.csv {
            csv.end_row()?;
        }
        Ok(())
    }

    /// Ends the files and says what they are.
    ///
    /// # Errors
    /// Those of the system.
    pub fn finish(self) -> io::Result<Vec<ExportFile>> {
        let parquet = self.parquet.map(|file| file.finish(name(self.table, Form::Parquet)));
        let csv = self.csv.map(|file| file.finish(name(self.table, Form::Csv)));
        parquet.into_iter().chain(csv).collect()
    }
}

/// The name of a file.
#[must_use]
pub fn name(table: ExportTable, form: Form) -> String {
    format!("{table}{}", form.suffix())
}
