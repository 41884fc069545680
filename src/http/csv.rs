//! The CSV twin of every list, for spreadsheets and data tools.
//!
//! RFC 4180 (`\r\n`, quotes doubled), always with a header, UTF-8. A text that a spreadsheet
//! would run as a formula gets an apostrophe in front; numbers never do. The rows are written
//! page by page as the client takes them: memory stays flat, and no database connection waits
//! for a slow reader. An error in the middle breaks the connection off, so that half a file
//! cannot pass for a whole one.
//!
//! The legacy contract writes its files with the same [`write()`], in its own [`Dialect`].

use ::csv::{QuoteStyle, Terminator, WriterBuilder};
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::Stream;

use super::problem::Problem;
pub use crate::domain::flat::Cell as CsvCell;

/// U+FEFF in UTF-8.
const BOM: &[u8] = "\u{feff}".as_bytes();

/// Between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Separator {
    /// `,`
    #[default]
    Comma,
    /// `;`, which French spreadsheets expect.
    Semicolon,
}

/// How a file of v1 is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CsvFile {
    pub(super) separator: Separator,
    /// Whether it begins with U+FEFF, by which spreadsheets know UTF-8.
    pub(super) bom: bool,
}

impl CsvFile {
    /// Without `bom`, what is meant for spreadsheets has one.
    #[must_use]
    pub fn new(separator: Separator, bom: Option<bool>) -> Self {
        Self { separator, bom: bom.unwrap_or(separator == Separator::Semicolon) }
    }
}

/// How the rows of a file are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect {
    pub(super) separator: Separator,
    /// After each row.
    pub(super) end: Terminator,
    /// Whether a text that a spreadsheet would run gets an apostrophe in front.
    pub(super) disarm: bool,
}

impl From<Separator> for Dialect {
    /// That of v1.
    fn from(separator: Separator) -> Self {
        Self { separator, end: Terminator::CRLF, disarm: true }
    }
}

/// What can be a row of a CSV file. The names are flat: `part_en_emploi_6_mois`.
pub trait CsvRow {
    /// Names of the columns.
    fn columns() -> Vec<&'static str>;
    /// One cell per column, in the same order.
    fn cells(&self) -> Vec<CsvCell<'_>>;
}

/// The header line, and what comes before it.
pub(super) fn header<T: CsvRow>(file: CsvFile) -> Result<Bytes, Problem> {
    let line = write(file.separator.into(), std::iter::once(T::columns().into_iter().map(CsvCell::from).collect()))?;
    Ok(if file.bom { [BOM, &line].concat().into() } else { line })
}

/// Some rows.
pub(super) fn lines<T: CsvRow>(separator: Separator, lines: &[T]) -> Result<Bytes, Problem> {
    write(separator.into(), lines.iter().map(CsvRow::cells))
}

/// Rows of cells in a dialect; quotes only where they are needed.
///
/// # Errors
/// 500 for rows of different lengths.
pub(super) fn write<'a>(dialect: Dialect, rows: impl IntoIterator<Item = Vec<CsvCell<'a>>>) -> Result<Bytes, Problem> {
    let delimiter = match dialect.separator {
        Separator::Comma => b',',
        Separator::Semicolon => b';',
    };
    let mut writer = WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(dialect.end)
        .quote_style(QuoteStyle::Necessary)
        .from_writer(Vec::new());
    for row in rows {
        let cells = row.iter().map(|cell| cell.written(dialect.disarm).into_owned());
        writer.write_record(cells).map_err(Problem::internal)?;
    }
    writer.into_inner().map(Bytes::from).map_err(|error| Problem::internal(error.to_string()))
}

/// A CSV answer named `nom.csv`, from chunks of it. An error of the stream breaks the connection
/// off.
pub(super) fn answer<S, E>(nom: &str, chunks: S) -> Response
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
{
    let mut response = Response::new(Body::from_stream(chunks));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{nom}.csv\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    struct TestRow(&'static str, Option<i32>);

    impl CsvRow for TestRow {
        fn columns() -> Vec<&'static str> {
            vec!["libelle", "ecart"]
        }

        fn cells(&self) -> Vec<CsvCell<'_>> {
            vec![self.0.into(), self.1.into()]
        }
    }

    #[test]
    fn formulas_are_disarmed_and_negative_numbers_are_not() {
        let rows =
            [TestRow("=SOMME(A1)", Some(-3)), TestRow("-1+1", None), TestRow("@x", Some(0)), TestRow("a=b", Some(1))];
        let text = lines(Separator::Semicolon, &rows).unwrap();
        assert_eq!(text, "'=SOMME(A1);-3\r\n'-1+1;\r\n'@x;0\r\na=b;1\r\n");
    }

    #[test]
    fn what_is_meant_for_spreadsheets_begins_with_a_mark_unless_it_is_not_wanted() {
        use Separator::{Comma, Semicolon};
        for (separator, bom, expected) in [
            (Comma, None, "libelle,ecart\r\n"),
            (Comma, Some(true), "\u{feff}libelle,ecart\r\n"),
            (Semicolon, None, "\u{feff}libelle;ecart\r\n"),
            (Semicolon, Some(false), "libelle;ecart\r\n"),
        ] {
            assert_eq!(header::<TestRow>(CsvFile::new(separator, bom)).unwrap(), expected);
        }
    }

    #[test]
    fn quotes_and_separators_are_quoted() {
        assert_eq!(header::<TestRow>(CsvFile::default()).unwrap(), "libelle,ecart\r\n");
        let text = lines(Separator::Comma, &[TestRow("Métiers \"bois\", ameublement", None)]).unwrap();
        assert_eq!(text, "\"Métiers \"\"bois\"\", ameublement\",\r\n");
    }
}
