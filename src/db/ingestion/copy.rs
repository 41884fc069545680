//! The binary form of `COPY … FROM STDIN`, as far as the tables of the sources need it.
//!
//! Binary, because the server then parses nothing: a row is its columns, each with a length. One
//! growing buffer per batch and no allocation per row. Every table of the sources begins with
//! the file and the line and ends with a hash of what stands between: the hash is taken from the
//! bytes that are sent anyway.

use std::hash::{Hash, Hasher};

use bytes::BufMut;
use chrono::NaiveDate;

use super::ReplacementScope;
use super::seen::Seen;

/// What opens a binary copy: signature, no flags, no extension.
pub(super) const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What closes it: a row of −1 columns.
pub(super) const TRAILER: &[u8] = &(-1i16).to_be_bytes();

/// Size at which a batch is sent: large enough for few messages, small enough for a flat memory.
const BATCH: usize = 256 * 1024;

/// One row of a table, without its file, line and hash.
pub trait CopyRow {
    /// How many columns [`CopyRow::write`] writes.
    const COLUMNS: i16;

    /// What tells two rows of one file apart: the same as [`super::tables::Table::key`].
    fn key(&self) -> impl Hash;

    /// Maille, filière and millésime, as [`super::tables::Table::scope`] has them.
    fn scope(&self) -> [&str; 3];

    /// Writes the columns in the order of the table.
    fn write(&self, out: &mut Tuple<'_>);

    /// Notes the measures that it has a value of, where it becomes a statistic.
    fn tally(&self, _tally: &mut Tally) {}
}

/// Most measures that a row can have.
pub const MEASURES: usize = 32;

/// A scope on its way to the server, with how many values it has of each measure.
#[derive(Debug, Clone)]
pub struct Tally {
    /// The scope.
    pub scope: ReplacementScope,
    /// Values of each measure, by the number of its bit.
    pub values: [u64; MEASURES],
    /// The measures of which one value at least is above 0, one bit each.
    pub above_zero: u32,
}

impl Tally {
    /// A scope of which nothing was noted yet.
    #[must_use]
    pub fn new(scope: ReplacementScope) -> Self {
        Self { scope, values: [0; MEASURES], above_zero: 0 }
    }

    /// Notes a value of the measure of this bit.
    pub fn note(&mut self, bit: usize, value: i32) {
        if let Some(count) = self.values.get_mut(bit) {
            *count += 1;
            self.above_zero |= u32::from(value > 0) << bit;
        }
    }

    /// The measures that have any value, one bit each.
    #[must_use]
    pub fn measures(&self) -> u32 {
        self.values.iter().enumerate().fold(0, |bits, (bit, count)| bits | (u32::from(*count > 0) << bit))
    }
}

/// The columns of one row, in the order of the table.
#[derive(Debug)]
pub struct Tuple<'a>(&'a mut Vec<u8>);

impl Tuple<'_> {
    fn sized(&mut self, bytes: &[u8]) {
        // A field is a part of a line of the file, and those are at most a few megabytes long.
        self.0.put_i32(i32::try_from(bytes.len()).unwrap_or(0));
        self.0.put_slice(bytes);
    }

    /// A `text` column.
    pub fn text(&mut self, text: &str) {
        self.sized(text.as_bytes());
    }

    /// A nullable `text` column.
    pub fn optional_text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.null(),
        }
    }

    /// A `NULL` of any type.
    pub fn null(&mut self) {
        self.0.put_i32(-1);
    }

    /// An `integer` column.
    pub fn int(&mut self, value: i32) {
        self.sized(&value.to_be_bytes());
    }

    /// A nullable `integer` column.
    pub fn optional_int(&mut self, value: Option<i32>) {
        match value {
            Some(value) => self.int(value),
            None => self.null(),
        }
    }

    /// A nullable `smallint` column.
    pub fn optional_smallint(&mut self, value: Option<i16>) {
        match value {
            Some(value) => self.sized(&value.to_be_bytes()),
            None => self.null(),
        }
    }

    /// A `boolean` column.
    pub fn boolean(&mut self, value: bool) {
        self.sized(&[u8::from(value)]);
    }

    fn bigint(&mut self, value: i64) {
        self.sized(&value.to_be_bytes());
    }

    /// A nullable `boolean` column.
    pub fn optional_boolean(&mut self, value: Option<bool>) {
        match value {
            Some(value) => self.sized(&[u8::from(value)]),
            None => self.null(),
        }
    }

    /// A nullable `double precision` column.
    pub fn optional_double(&mut self, value: Option<f64>) {
        match value {
            Some(value) => self.sized(&value.to_be_bytes()),
            None => self.null(),
        }
    }

    /// A nullable `date` column: days since the first of January 2000.
    pub fn optional_date(&mut self, day: Option<NaiveDate>) {
        let epoch = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default();
        let days = day.and_then(|day| i32::try_from(day.signed_duration_since(epoch).num_days()).ok());
        self.optional_int(days);
    }

    /// A `text[]` column without nulls.
    pub fn texts<'t>(&mut self, texts: impl Iterator<Item = &'t str>) {
        /// The type of the elements, as `pg_type` numbers `text`.
        const TEXT_OID: u32 = 25;
        let start = self.0.len();
        self.0.put_i32(0);
        self.0.put_i32(1);
        self.0.put_i32(0);
        self.0.put_u32(TEXT_OID);
        self.0.put_i32(0);
        self.0.put_i32(1);
        let mut count = 0i32;
        for text in texts {
            self.text(text);
            count += 1;
        }
        self.patch(start + 16, count);
        if count == 0 {
            // An empty array has no dimension at all.
            self.patch(start + 4, 0);
            self.0.truncate(start + 16);
        }
        let length = self.0.len() - start - 4;
        self.patch(start, i32::try_from(length).unwrap_or(0));
    }

    fn patch(&mut self, at: usize, value: i32) {
        if let Some(slot) = self.0.get_mut(at..at + 4) {
            slot.copy_from_slice(&value.to_be_bytes());
        }
    }
}

/// Rows of one file on their way to the server.
#[derive(Debug)]
pub struct CopyBuffer {
    bytes: Vec<u8>,
    fichier_id: i64,
    seen: Seen,
    /// A dozen or two: looked through, not hashed.
    tallies: Vec<Tally>,
}

/// What was noticed of the rows on their way: it may spare the server a search through them.
#[derive(Debug)]
pub struct Pass {
    /// Whether two rows may have one key; `false` is certain.
    pub repeated_keys: bool,
    /// The scopes, with all rows that were sent.
    pub tallies: Vec<Tally>,
}

impl CopyBuffer {
    /// An empty buffer for the rows of this file.
    #[must_use]
    pub fn new(fichier_id: i64) -> Self {
        let bytes = Vec::with_capacity(BATCH + BATCH / 8);
        Self { bytes, fichier_id, seen: Seen::default(), tallies: Vec::new() }
    }

    /// Adds a row that stands at this line of the file.
    pub fn push<R: CopyRow>(&mut self, line: i32, row: &R) {
        self.seen.insert(&row.key());
        row.tally(self.scope(row.scope()));
        self.bytes.put_i16(R::COLUMNS + 3);
        let mut tuple = Tuple(&mut self.bytes);
        tuple.bigint(self.fichier_id);
        tuple.int(line);
        let content = tuple.0.len();
        row.write(&mut tuple);
        let empreinte = hash(tuple.0.get(content..).unwrap_or_default());
        tuple.bigint(empreinte);
    }

    /// The scope of a row, which is counted there.
    fn scope(&mut self, [maille, filiere, millesime]: [&str; 3]) -> &mut Tally {
        let same = |tally: &Tally| {
            let scope = &tally.scope;
            scope.millesime == millesime && scope.filiere == filiere && scope.maille == maille
        };
        let at = self.tallies.iter().position(same).unwrap_or_else(|| {
            let [maille, filiere, millesime] = [maille, filiere, millesime].map(str::to_owned);
            self.tallies.push(Tally::new(ReplacementScope { maille, filiere, millesime, lines: 0, mesures: 0 }));
            self.tallies.len() - 1
        });
        // `at` was found or just pushed.
        #[expect(clippy::indexing_slicing, reason = "found or pushed on the line above")]
        let tally = &mut self.tallies[at];
        tally.scope.lines += 1;
        tally
    }

    /// What was noticed of all rows pushed.
    #[must_use]
    pub fn pass(mut self) -> Pass {
        for tally in &mut self.tallies {
            tally.scope.mesures = tally.measures();
        }
        let key = |tally: &Tally| {
            let ReplacementScope { maille, filiere, millesime, .. } = &tally.scope;
            (maille.clone(), filiere.clone(), millesime.clone())
        };
        self.tallies.sort_by_cached_key(key);
        Pass { repeated_keys: self.seen.maybe_repeated(), tallies: self.tallies }
    }

    /// Whether it is time to send the batch.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.bytes.len() >= BATCH
    }

    /// Takes the batch and starts the next one; `None` when there is nothing to send.
    pub fn take(&mut self) -> Option<Vec<u8>> {
        let next = Vec::with_capacity(self.bytes.capacity());
        Some(std::mem::replace(&mut self.bytes, next)).filter(|bytes| !bytes.is_empty())
    }
}

/// Hash of a row's content. It is compared within one import only, so it need not be the same in
/// every version of the program.
fn hash(content: &[u8]) -> i64 {
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(content);
    hasher.finish().cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Two<'a>(&'a str, Option<i32>);

    impl CopyRow for Two<'_> {
        const COLUMNS: i16 = 2;

        fn key(&self) -> impl Hash {
            self.0
        }

        fn scope(&self) -> [&str; 3] {
            ["", "", self.0]
        }

        fn write(&self, out: &mut Tuple<'_>) {
            out.text(self.0);
            out.optional_int(self.1);
        }
    }

    #[test]
    fn a_row_is_written_as_the_protocol_says() {
        let mut buffer = CopyBuffer::new(7);
        buffer.push(3, &Two("ab", None));
        let bytes = buffer.take().unwrap();
        let expected: Vec<u8> = [
            &5i16.to_be_bytes()[..],
            &8i32.to_be_bytes(),
            &7i64.to_be_bytes(),
            &4i32.to_be_bytes(),
            &3i32.to_be_bytes(),
            &2i32.to_be_bytes(),
            b"ab",
            &(-1i32).to_be_bytes(),
            &8i32.to_be_bytes(),
        ]
        .concat();
        assert_eq!(bytes[..expected.len()], expected);
        assert_eq!(bytes.len(), expected.len() + 8);
        assert!(buffer.take().is_none());
    }

    #[test]
    fn scopes_are_counted_and_repeated_keys_noticed_on_the_way() {
        let mut buffer = CopyBuffer::new(7);
        for (line, text) in [(1, "b"), (2, "a"), (3, "b")] {
            buffer.push(line, &Two(text, None));
        }
        let pass = buffer.pass();
        assert!(pass.repeated_keys);
        let counted: Vec<_> = pass.tallies.iter().map(|t| (t.scope.millesime.as_str(), t.scope.lines)).collect();
        assert_eq!(counted, [("a", 1), ("b", 2)]);
    }

    #[test]
    fn the_hash_tells_contents_apart_but_not_lines() {
        let hash = |line, row: &Two<'_>| {
            let mut buffer = CopyBuffer::new(7);
            buffer.push(line, row);
            let bytes = buffer.take().unwrap();
            bytes[bytes.len() - 8..].to_vec()
        };
        assert_eq!(hash(1, &Two("a", Some(1))), hash(2, &Two("a", Some(1))));
        assert_ne!(hash(1, &Two("a", Some(1))), hash(1, &Two("a", Some(2))));
        assert_ne!(hash(1, &Two("a", Some(0))), hash(1, &Two("a", None)));
    }
}
