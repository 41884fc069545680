//! The rows of one file on their way to their table.
//!
//! One growing buffer per batch and no allocation per row. Every table of the sources begins with
//! the file and the line and ends with a hash of what stands between: the hash is taken from the
//! bytes that are sent anyway.

use std::hash::{Hash, Hasher};

use super::super::copy::{CopyIn, CopyRow, Field as _, Rows};
use super::ReplacementScope;
use super::seen::Seen;
use super::tables::Table;

/// Size at which a batch is sent: large enough for few messages, small enough for a flat memory.
const BATCH: usize = 256 * 1024;

/// A row of a file, without its file, line and hash.
pub trait ImportedRow: CopyRow {
    /// What tells two rows of one file apart: the same as [`Table::key`].
    fn key(&self) -> impl Hash;

    /// Maille, filière and millésime, as [`Table::scope`] has them; empty for nomenclatures, which
    /// are one unit.
    fn scope(&self) -> [&str; 3] {
        [""; 3]
    }

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

/// The columns of a table of the sources: those of its rows, between what every such table has.
pub(super) fn copy_in<R: CopyRow>() -> CopyIn {
    CopyIn::of::<R>(&["fichier_id", "ligne"], &["empreinte"])
}

/// Rows of one file on their way to the server.
#[derive(Debug)]
pub struct CopyBuffer {
    rows: Rows,
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
    /// An empty buffer for the rows of this file, which go to this table.
    #[must_use]
    pub fn new(fichier_id: i64, table: Table) -> Self {
        Self { rows: table.copy_in().rows(), fichier_id, seen: Seen::default(), tallies: Vec::new() }
    }

    /// Adds a row that stands at this line of the file.
    pub fn push<R: ImportedRow>(&mut self, line: i32, row: &R) {
        self.seen.insert(&row.key());
        row.tally(self.scope(row.scope()));
        self.rows.begin();
        self.fichier_id.put(&mut self.rows);
        line.put(&mut self.rows);
        let content = self.rows.len();
        row.write(&mut self.rows);
        hash(self.rows.written_since(content)).put(&mut self.rows);
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
        self.rows.len() >= BATCH
    }

    /// Takes the batch and starts the next one.
    pub fn take(&mut self) -> Vec<u8> {
        self.rows.take()
    }

    /// Takes the last batch, with what ends the rows.
    pub fn finish(&mut self) -> Vec<u8> {
        self.rows.finish()
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
    use super::super::super::copy::copy_row;
    use super::*;

    struct Two<'a>(&'a str, Option<i32>);

    copy_row!(Two<'_>, |row| {
        "a" => row.0,
        "b" => row.1,
    });

    impl ImportedRow for Two<'_> {
        fn key(&self) -> impl Hash {
            self.0
        }

        fn scope(&self) -> [&str; 3] {
            ["", "", self.0]
        }
    }

    fn buffer() -> CopyBuffer {
        CopyBuffer { rows: copy_in::<Two<'_>>().rows(), ..CopyBuffer::new(7, Table::Mesures) }
    }

    #[test]
    fn a_row_stands_between_its_file_and_line_and_its_hash() {
        let mut buffer = buffer();
        let header = buffer.take().len();
        buffer.push(3, &Two("ab", None));
        let bytes = buffer.take();
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
        assert_eq!((header, buffer.finish()), (19, (-1i16).to_be_bytes().to_vec()));
    }

    #[test]
    fn scopes_are_counted_and_repeated_keys_noticed_on_the_way() {
        let mut buffer = buffer();
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
            let mut buffer = buffer();
            buffer.push(line, row);
            let bytes = buffer.take();
            bytes[bytes.len() - 8..].to_vec()
        };
        assert_eq!(hash(1, &Two("a", Some(1))), hash(2, &Two("a", Some(1))));
        assert_ne!(hash(1, &Two("a", Some(1))), hash(1, &Two("a", Some(2))));
        assert_ne!(hash(1, &Two("a", Some(0))), hash(1, &Two("a", None)));
    }
}
