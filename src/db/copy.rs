//! Binary `COPY`: rows encoded as PostgreSQL receives them, so that no text is parsed twice.
//!
//! The format (PostgreSQL manual, «COPY», binary format): a header, then per row the number of
//! fields, per field its length (−1 for NULL) and its bytes in network order, at last −1.

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

/// Rows on their way to the server.
#[derive(Debug)]
pub struct Tuples {
    bytes: Vec<u8>,
}

impl Default for Tuples {
    fn default() -> Self {
        Self { bytes: HEADER.to_vec() }
    }
}

impl Tuples {
    /// Starts a row of `fields` fields, to be written in the order of the columns.
    pub fn row(&mut self, fields: i16) {
        self.bytes.extend_from_slice(&fields.to_be_bytes());
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
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        self.bytes.extend_from_slice(&END);
        self.bytes
    }

    fn field(&mut self, bytes: Option<&[u8]>) {
        match bytes {
            None => self.bytes.extend_from_slice(&NULL),
            Some(bytes) => {
                self.length(bytes.len());
                self.bytes.extend_from_slice(bytes);
            }
        }
    }

    fn length(&mut self, length: usize) {
        self.bytes.extend_from_slice(&i32::try_from(length).unwrap_or(i32::MAX).to_be_bytes());
    }

    /// A `text` field.
    pub fn text(&mut self, value: &str) {
        self.field(Some(value.as_bytes()));
    }

    /// A `text` field that may be NULL.
    pub fn text_opt(&mut self, value: Option<&str>) {
        self.field(value.map(str::as_bytes));
    }

    /// A `smallint` field that may be NULL.
    pub fn int2_opt(&mut self, value: Option<i16>) {
        self.field(value.map(i16::to_be_bytes).as_ref().map(<[u8; 2]>::as_slice));
    }

    /// An `integer` field.
    pub fn int4(&mut self, value: i32) {
        self.field(Some(&value.to_be_bytes()));
    }

    /// An `integer` field that may be NULL.
    pub fn int4_opt(&mut self, value: Option<i32>) {
        self.field(value.map(i32::to_be_bytes).as_ref().map(<[u8; 4]>::as_slice));
    }

    /// A `bigint` field.
    pub fn int8(&mut self, value: i64) {
        self.field(Some(&value.to_be_bytes()));
    }

    /// A `bigint` field that may be NULL.
    pub fn int8_opt(&mut self, value: Option<i64>) {
        self.field(value.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
    }

    /// A `double precision` field that may be NULL.
    pub fn float8_opt(&mut self, value: Option<f64>) {
        self.field(value.map(f64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
    }

    /// A field that is NULL.
    pub fn null(&mut self) {
        self.field(None);
    }

    /// A `boolean` field.
    pub fn bool(&mut self, value: bool) {
        self.field(Some(&[u8::from(value)]));
    }

    /// A `boolean` field that may be NULL.
    pub fn bool_opt(&mut self, value: Option<bool>) {
        self.field(value.map(|value| [u8::from(value)]).as_ref().map(<[u8; 1]>::as_slice));
    }

    /// A `date` field that may be NULL: days since 2000-01-01.
    pub fn date_opt(&mut self, value: Option<NaiveDate>) {
        let epoch = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default();
        let days = value.map(|day| i32::try_from((day - epoch).num_days()).unwrap_or(i32::MAX));
        self.int4_opt(days);
    }

    /// A `text[]` field of one dimension.
    pub fn text_array<'a>(&mut self, values: impl ExactSizeIterator<Item = &'a str>) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        let count = i32::try_from(values.len()).unwrap_or(i32::MAX);
        // Dimensions, «has NULLs», element type; then size and lower bound of the dimension.
        let head = [i32::from(count > 0), 0, TEXT_OID];
        let dimension = [count, 1];
        let dimension = if count > 0 { dimension.as_slice() } else { &[] };
        for number in head.iter().chain(dimension) {
            self.bytes.extend_from_slice(&number.to_be_bytes());
        }
        for value in values {
            self.text(value);
        }
        self.patch_length(start);
    }

    /// A `tsvector` field of words without positions.
    pub fn tsvector(&mut self, words: &BTreeSet<String>) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        self.length(words.len());
        for word in words {
            self.bytes.extend_from_slice(word.as_bytes());
            // The word's end, and no position.
            self.bytes.extend_from_slice(&[0, 0, 0]);
        }
        self.patch_length(start);
    }

    /// Writes the length of a field that was begun at `start` with four bytes for it.
    fn patch_length(&mut self, start: usize) {
        let length = i32::try_from(self.bytes.len() - start - 4).unwrap_or(i32::MAX);
        if let Some(slot) = self.bytes.get_mut(start..start + 4) {
            slot.copy_from_slice(&length.to_be_bytes());
        }
    }
}
