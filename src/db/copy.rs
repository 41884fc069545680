//! Binary `COPY`: rows encoded as PostgreSQL receives them, so that no text is parsed twice.
//!
//! The format (PostgreSQL manual, «COPY», binary format): a header, then per row the number of
//! fields, per field its length (−1 for NULL) and its bytes in network order, at last −1.
//!
//! A row says its columns and their values side by side, once ([`copy_row!`]): the statement that
//! takes the rows, the number of fields that each begins with and the fields themselves follow.
//!
//! ## To add a table
//!
//! 1. `migrations/000N_….sql`: `CREATE TABLE`, with `fichier_id`, `ligne` and `empreinte` for rows
//!    of files, partitioned by `publication_id` for rows of publications; every index says in a
//!    comment which question it answers.
//! 2. The row and its columns: in `db/ingestion/rows/` for files (with its key and its scope, and a
//!    member of `db/ingestion/tables.rs`), in `db/encode.rs` for publications (and a line in
//!    `Drafting::write`, `db/write.rs`). A test holds the columns against a migrated database:
//!    one that is not written, or not there, is named.
//! 3. Reading it back: `db/load.rs` for files, a file of its own in `db/` for what is served, by
//!    `query_as!` with the types of the domain (`AS "uai: Uai"`, see `db/codes.rs`).
//! 4. `.ci/sqlx`, which checks every statement against the migrated schema.

use std::collections::BTreeSet;

use chrono::NaiveDate;

/// Signature, flags and length of the header's extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// The number of fields that says «no more rows».
const END: [u8; 2] = (-1i16).to_be_bytes();
/// The length that says «NULL».
const NULL: [u8; 4] = (-1i32).to_be_bytes();
/// The type number of `text`, which arrays carry.
const TEXT_OID: i32 = 25;
/// The same of `integer`.
const INT4_OID: i32 = 23;

/// A row of a table that is filled by `COPY`.
pub trait CopyRow {
    /// The columns that [`CopyRow::write`] fills, in its order.
    fn columns() -> Vec<&'static str>;

    /// Writes the fields.
    fn write(&self, rows: &mut Rows);
}

/// Implements [`CopyRow`]: `"column" => value`, and `Several(names) => Several(values)` for a
/// series of columns.
macro_rules! copy_row {
    ($type:ty, |$row:ident| { $($name:expr => $value:expr,)+ }) => {
        impl $crate::db::copy::CopyRow for $type {
            fn columns() -> Vec<&'static str> {
                let mut columns = Vec::new();
                $($crate::db::copy::Columns::add($name, &mut columns);)+
                columns
            }

            fn write(&self, rows: &mut $crate::db::copy::Rows) {
                let $row = self;
                $($crate::db::copy::Field::put($value, rows);)+
            }
        }
    };
}
pub(in crate::db) use copy_row;

/// The name of a column, or of several.
pub trait Columns {
    /// Adds it.
    fn add(self, columns: &mut Vec<&'static str>);
}

impl Columns for &'static str {
    fn add(self, columns: &mut Vec<&'static str>) {
        columns.push(self);
    }
}

/// A series of columns, or of their values.
#[derive(Debug)]
pub struct Several<I>(pub I);

impl<I: Iterator<Item = &'static str>> Columns for Several<I> {
    fn add(self, columns: &mut Vec<&'static str>) {
        columns.extend(self.0);
    }
}

/// The value of a column, or the values of several.
pub trait Field {
    /// Writes it.
    fn put(self, rows: &mut Rows);
}

/// The statement that takes rows with these columns, and how many fields each of them has.
#[derive(Debug, Clone)]
pub struct CopyIn {
    columns: Vec<&'static str>,
}

impl CopyIn {
    /// The columns of a row, between those that whoever sends the rows adds.
    #[must_use]
    pub fn of<R: CopyRow>(before: &[&'static str], after: &[&'static str]) -> Self {
        Self { columns: [before, &R::columns(), after].concat() }
    }

    /// The columns, in the order of the fields.
    #[must_use]
    pub fn columns(&self) -> &[&'static str] {
        &self.columns
    }

    /// The statement.
    #[must_use]
    pub fn statement(&self, table: &str, options: &str) -> String {
        format!("COPY {table} ({}) FROM STDIN (FORMAT binary{options})", self.columns.join(", "))
    }

    /// The beginning of what is sent.
    #[must_use]
    pub fn rows(&self) -> Rows {
        Rows { bytes: HEADER.to_vec(), fields: i16::try_from(self.columns.len()).unwrap_or(i16::MAX) }
    }
}

/// Rows on their way to the server. A length or a number of fields that the format cannot hold
/// makes the server refuse all of them.
#[derive(Debug)]
pub struct Rows {
    bytes: Vec<u8>,
    fields: i16,
}

impl Rows {
    /// Begins a row; each of its fields follows, in the order of the columns.
    pub fn begin(&mut self) {
        self.bytes.extend_from_slice(&self.fields.to_be_bytes());
    }

    /// How many bytes wait to be sent.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing waits to be sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes from `start` on, for hashing what a row says.
    #[must_use]
    pub fn written_since(&self, start: usize) -> &[u8] {
        self.bytes.get(start..).unwrap_or_default()
    }

    /// Takes what waits to be sent.
    pub fn take(&mut self) -> Vec<u8> {
        let capacity = self.bytes.capacity();
        std::mem::replace(&mut self.bytes, Vec::with_capacity(capacity))
    }

    /// Ends the rows and takes what is left.
    pub fn finish(&mut self) -> Vec<u8> {
        self.bytes.extend_from_slice(&END);
        self.take()
    }

    fn number(&mut self, number: i32) {
        self.bytes.extend_from_slice(&number.to_be_bytes());
    }

    fn field(&mut self, bytes: &[u8]) {
        self.number(length(bytes.len()));
        self.bytes.extend_from_slice(bytes);
    }

    /// A field of unknown length: it is written once the field is.
    fn measured(&mut self, write: impl FnOnce(&mut Self)) {
        let start = self.bytes.len();
        self.number(0);
        write(self);
        let length = length(self.bytes.len() - start - 4);
        if let Some(slot) = self.bytes.get_mut(start..start + 4) {
            slot.copy_from_slice(&length.to_be_bytes());
        }
    }
}

fn length(length: usize) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}

impl Field for &str {
    fn put(self, rows: &mut Rows) {
        rows.field(self.as_bytes());
    }
}

impl Field for &String {
    fn put(self, rows: &mut Rows) {
        self.as_str().put(rows);
    }
}

impl Field for bool {
    fn put(self, rows: &mut Rows) {
        rows.field(&[u8::from(self)]);
    }
}

macro_rules! numbers {
    ($($type:ty),+) => { $(
        impl Field for $type {
            fn put(self, rows: &mut Rows) {
                rows.field(&self.to_be_bytes());
            }
        }
    )+ };
}

numbers!(i16, i32, i64, f64);

/// A `date`: days since the first of January 2000.
impl Field for NaiveDate {
    fn put(self, rows: &mut Rows) {
        let epoch = Self::from_ymd_opt(2000, 1, 1).unwrap_or_default();
        // Every day that the type can hold is one that PostgreSQL can.
        i32::try_from(self.signed_duration_since(epoch).num_days()).unwrap_or(i32::MAX).put(rows);
    }
}

/// `None` is NULL.
impl<T: Field> Field for Option<T> {
    fn put(self, rows: &mut Rows) {
        match self {
            Some(value) => value.put(rows),
            None => rows.bytes.extend_from_slice(&NULL),
        }
    }
}

impl<I: Iterator<Item: Field>> Field for Several<I> {
    fn put(self, rows: &mut Rows) {
        for value in self.0 {
            value.put(rows);
        }
    }
}

/// A `text[]` of codes.
impl<T: Field + Copy> Field for &[T] {
    fn put(self, rows: &mut Rows) {
        rows.measured(|rows| {
            let count = length(self.len());
            // Dimensions, «has NULLs», element type; then size and lower bound of the dimension.
            for number in [i32::from(count > 0), 0, TEXT_OID] {
                rows.number(number);
            }
            if count > 0 {
                rows.number(count);
                rows.number(1);
            }
            for value in self {
                value.put(rows);
            }
        });
    }
}

/// An `integer[]` of which numbers may be NULL.
#[derive(Debug, Clone, Copy)]
pub struct Ints<'a>(pub &'a [Option<i32>]);

impl Field for Ints<'_> {
    fn put(self, rows: &mut Rows) {
        rows.measured(|rows| {
            // One dimension, «has NULLs», element type; then its size and lower bound.
            let has_nulls = i32::from(self.0.iter().any(Option::is_none));
            for number in [1, has_nulls, INT4_OID, length(self.0.len()), 1] {
                rows.number(number);
            }
            for number in self.0 {
                number.put(rows);
            }
        });
    }
}

/// A `tsvector` of words without positions.
impl Field for &BTreeSet<String> {
    fn put(self, rows: &mut Rows) {
        rows.measured(|rows| {
            rows.number(length(self.len()));
            for word in self {
                rows.bytes.extend_from_slice(word.as_bytes());
                // The word's end, and no position.
                rows.bytes.extend_from_slice(&[0, 0, 0]);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Uai;

    struct One<'a>(&'a str, Option<i32>, &'a [Uai]);

    copy_row!(One<'_>, |row| {
        "a" => row.0,
        Several(["b", "c"].into_iter()) => Several([row.1, None].into_iter()),
        "d" => row.2,
    });

    #[test]
    fn a_row_is_written_as_the_protocol_says() {
        let copy = CopyIn::of::<One<'_>>(&["n"], &[]);
        assert_eq!(copy.statement("t", ", FREEZE"), "COPY t (n, a, b, c, d) FROM STDIN (FORMAT binary, FREEZE)");
        let mut rows = copy.rows();
        rows.begin();
        7i64.put(&mut rows);
        One("ab", Some(3), &[]).write(&mut rows);
        let expected: Vec<u8> = [
            HEADER,
            &5i16.to_be_bytes(),
            &8i32.to_be_bytes(),
            &7i64.to_be_bytes(),
            &2i32.to_be_bytes(),
            b"ab",
            &4i32.to_be_bytes(),
            &3i32.to_be_bytes(),
            &(-1i32).to_be_bytes(),
            // An array of no dimension, without NULLs, of texts.
            &12i32.to_be_bytes(),
            &0i32.to_be_bytes(),
            &0i32.to_be_bytes(),
            &25i32.to_be_bytes(),
            &(-1i16).to_be_bytes(),
        ]
        .concat();
        assert_eq!(rows.finish(), expected);
    }
}
