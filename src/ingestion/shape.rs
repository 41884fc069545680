//! Whether the rows are as long as the header, and which lines are none.
//!
//! A separator too many at the end of every row, or of the header alone, is a habit of some
//! programs and moves nothing. Anything else that makes all rows longer or shorter than the header
//! moves their fields under other names: names of rows that stand before the first column, a column
//! that was left out.

use std::io;

use csv::ByteRecord;

use super::header::Header;
use super::records::Records;
use super::refusal::FileRefusal;

/// How the rows' length relates to the header's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// The same. A row that is not is a bad row.
    Exact,
    /// Every row is one field shorter: the header ends with a separator.
    Shorter,
    /// Every row ends with a separator that the header does not have.
    Longer,
}

impl Shape {
    /// How many fields a row has under a header of so many names.
    pub(super) fn fields(self, header: usize) -> usize {
        match self {
            Self::Exact => header,
            Self::Shorter => header.saturating_sub(1),
            Self::Longer => header + 1,
        }
    }

    /// Looks at the first row, and at all of them where that one is not as long as the header:
    /// `again` opens the file a second time, at its first row.
    ///
    /// # Errors
    /// All rows are longer or shorter than the header, and fields are moved.
    pub(super) fn find(
        records: &mut Records,
        header: &Header,
        again: impl FnOnce() -> io::Result<Records>,
    ) -> Result<Self, FileRefusal> {
        match records.peek()? {
            Some(_) if records.record().len() != header.len() => Lengths::of(again()?, header.len())?.shape(header),
            _ => Ok(Self::Exact),
        }
    }
}

/// The lengths of all rows of a file.
#[derive(Debug, Default)]
struct Lengths {
    rows: u64,
    /// Line and length of the first row.
    first: Option<(u64, usize)>,
    differ: bool,
    /// Whether the last field of a row holds something.
    filled: bool,
}

impl Lengths {
    /// # Errors
    /// A row that is several, set apart by CR alone.
    fn of(mut records: Records, names: usize) -> Result<Self, FileRefusal> {
        let mut found = Self::default();
        while let Some(line) = records.advance()? {
            let record = records.record();
            if is_blank(record) || note(record).is_some() {
                continue;
            }
            if record.len() != names && has_return(record) {
                return Err(FileRefusal::BareReturns { line });
            }
            let (_, length) = *found.first.get_or_insert((line, record.len()));
            found.rows += 1;
            found.differ |= record.len() != length;
            found.filled |= record.iter().next_back().is_some_and(|field| !field.trim_ascii().is_empty());
        }
        Ok(found)
    }

    fn shape(self, header: &Header) -> Result<Shape, FileRefusal> {
        let names = header.len();
        let Some((line, fields)) = self.first.filter(|(_, fields)| *fields != names && !self.differ) else {
            return Ok(Shape::Exact);
        };
        match fields {
            fields if fields + 1 == names && header.unnamed().last() == Some(&fields) => Ok(Shape::Shorter),
            fields if fields == names + 1 && !self.filled => Ok(Shape::Longer),
            // One field is another separator; one short row is a file that was cut.
            1 => Ok(Shape::Exact),
            fields if fields < names && self.rows == 1 => Ok(Shape::Exact),
            fields => Err(FileRefusal::Shifted { line, champs: fields, names }),
        }
    }
}

/// Whether a row holds nothing but separators.
pub(super) fn is_blank(record: &ByteRecord) -> bool {
    let bytes = record.as_slice().trim_ascii_start();
    match bytes.first() {
        None => true,
        // A space that does not break is one of these.
        Some(0xC2 | 0xE2) => std::str::from_utf8(bytes).is_ok_and(|text| text.trim().is_empty()),
        Some(_) => false,
    }
}

/// Whether CR stands in a row: where its length is wrong, it is several rows.
pub(super) fn has_return(record: &ByteRecord) -> bool {
    memchr::memchr(b'\r', record.as_slice()).is_some()
}

/// What the producers write below a table.
const NOTES: [&str; 4] = ["champ", "source", "note", "lecture"];

/// The text of a note below the table, if this row may be one: a single field that begins as notes
/// do, or the beginning of a sentence that has a separator in it.
pub(super) fn note(record: &ByteRecord) -> Option<&str> {
    let mut fields = record.iter();
    let text = std::str::from_utf8(fields.next()?).ok()?.trim();
    let alone = fields.all(|field| field.trim_ascii().is_empty());
    let word = NOTES.iter().find(|word| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)));
    let sentence = word.is_some_and(|word| {
        let rest = text.get(word.len()..).unwrap_or_default();
        rest.trim_start_matches(['s', 'S']).trim_start().starts_with(':')
    });
    ((alone && (word.is_some() || text.starts_with(['(', '*']))) || sentence).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_separators_holds_nothing() {
        for fields in [&["", "", ""][..], &[" ", "\t"], &["\u{A0}", " "], &[""]] {
            assert!(is_blank(&ByteRecord::from(fields.to_vec())), "{fields:?}");
        }
        for fields in [&["", "0"][..], &["é"], &["\u{A0}", "x"], &["«"]] {
            assert!(!is_blank(&ByteRecord::from(fields.to_vec())), "{fields:?}");
        }
    }

    #[test]
    fn a_note_begins_as_notes_do_and_stands_alone_or_is_a_sentence() {
        for fields in [
            &["Champ : France"][..],
            &["CHAMP : France", "", ""],
            &["Source : DEPP", " DARES"],
            &["Sources: DEPP", " DARES"],
            &["Note de lecture"],
            &["Lecture : 58 % des élèves", " dont…", ""],
            &["(1) hors Mayotte"],
            &["* données provisoires"],
            &["  ** pooling"],
        ] {
            assert!(note(&ByteRecord::from(fields.to_vec())).is_some(), "{fields:?}");
        }
        for fields in [
            &["0750100B", "CFA"][..],
            &["cumul 2022-2023"],
            &["Champagne-Ardenne", "21"],
            &["Source", "DEPP"],
            &["(1)", "2"],
            &["", "Note"],
        ] {
            assert!(note(&ByteRecord::from(fields.to_vec())).is_none(), "{fields:?}");
        }
    }
}
