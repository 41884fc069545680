//! Which of the two encodings of French public files a file is in, decided on all of its bytes.
//!
//! Nearly every byte sequence is *possible* Windows-1252, so validity proves little. What tells:
//! valid UTF-8 with accents is UTF-8; no valid accent at all is Windows-1252; both in one file is
//! a mixture that no decoder can read, and is refused. In Windows-1252 two letters can look like
//! one UTF-8 sequence by accident (`É»`); those do not decode to letters of French, so only
//! sequences that do are counted.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;
use serde::Serialize;

/// Encoding of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum FileEncoding {
    /// UTF-8 (ASCII included).
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-8 that begins with a byte order mark.
    #[serde(rename = "utf-8 with BOM")]
    Utf8Bom,
    /// Windows-1252.
    #[serde(rename = "windows-1252")]
    Windows1252,
    /// ISO-8859-1: Windows-1252 without any of its own characters.
    #[serde(rename = "iso-8859-1")]
    Latin1,
}

impl FileEncoding {
    /// Its name, as reports write it.
    #[must_use]
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf8Bom => "utf-8 with BOM",
            Self::Windows1252 => "windows-1252",
            Self::Latin1 => "iso-8859-1",
        }
    }

    /// The text of some bytes.
    pub(super) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 | Self::Utf8Bom => String::from_utf8_lossy(bytes),
            Self::Windows1252 | Self::Latin1 => WINDOWS_1252.decode_without_bom_handling(bytes).0,
        }
    }
}

/// Where and why no encoding fits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable {
    /// Offset of the first byte that does not fit.
    pub(super) at: u64,
    /// What was found.
    pub(super) finding: &'static str,
}

const MIXTURE: &str = "most of the file is UTF-8, this byte is not";

pub(super) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Bytes without a character in Windows-1252.
const UNDEFINED: [u8; 5] = [0x81, 0x8D, 0x8F, 0x90, 0x9D];
/// Characters that French text written on Windows really has: € … Š Œ ‘ ’ “ ” • – — ™ š œ Ÿ.
const TYPOGRAPHY: [u8; 15] = [0x80, 0x85, 0x8A, 0x8C, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x99, 0x9A, 0x9C, 0x9F];

/// Counts, chunk by chunk, what speaks for which encoding.
#[derive(Debug, Default)]
pub(super) struct EncodingScan {
    offset: u64,
    bom: bool,
    /// The beginning of a sequence that the chunk's end cut.
    cut: Vec<u8>,
    french: u64,
    invalid: u64,
    first_invalid: Option<u64>,
    first_undefined: Option<u64>,
    c1: u64,
    unusual: u64,
    letters: u64,
}

impl EncodingScan {
    /// Starts with the file's first bytes, which may be a byte order mark.
    pub(super) fn new(head: &[u8]) -> Self {
        Self { bom: head.starts_with(BOM), ..Self::default() }
    }

    pub(super) fn feed(&mut self, chunk: &[u8]) {
        if self.cut.is_empty() && chunk.is_ascii() {
            self.offset += chunk.len() as u64;
            return;
        }
        let start = self.offset - self.cut.len() as u64;
        let joined;
        let bytes = if self.cut.is_empty() {
            chunk
        } else {
            joined = [std::mem::take(&mut self.cut).as_slice(), chunk].concat();
            &joined
        };
        self.offset += chunk.len() as u64;
        let kept = bytes.len() - incomplete(bytes);
        let (bytes, rest) = bytes.split_at(kept);
        rest.clone_into(&mut self.cut);
        self.count(bytes, start);
    }

    fn count(&mut self, bytes: &[u8], start: u64) {
        match std::str::from_utf8(bytes) {
            // The usual case, once a file has shown that it is UTF-8: nothing more to learn.
            Ok(_) if self.french > 0 => {}
            _ => {
                let mut at = start;
                for chunk in bytes.utf8_chunks() {
                    self.french += chunk.valid().chars().filter(|c| is_french(*c)).count() as u64;
                    at += chunk.valid().len() as u64;
                    if !chunk.invalid().is_empty() {
                        self.invalid += 1;
                        self.first_invalid.get_or_insert(at);
                    }
                    at += chunk.invalid().len() as u64;
                }
                self.count_windows(bytes, start);
            }
        }
    }

    fn count_windows(&mut self, bytes: &[u8], start: u64) {
        for (at, byte) in (start..).zip(bytes) {
            match byte {
                0xC0.. => self.letters += 1,
                0x80..=0x9F => {
                    self.c1 += 1;
                    self.unusual += u64::from(!TYPOGRAPHY.contains(byte));
                    if UNDEFINED.contains(byte) {
                        self.first_undefined.get_or_insert(at);
                    }
                }
                _ => {}
            }
        }
    }

    /// What contradicts the byte order mark, as soon as it was seen.
    pub(super) fn contradiction(&self) -> Option<Unreadable> {
        self.first_invalid.filter(|_| self.bom).map(|at| Unreadable { at, finding: MIXTURE })
    }

    pub(super) fn finish(mut self) -> Result<FileEncoding, Unreadable> {
        let (cut, start) = (std::mem::take(&mut self.cut), self.offset);
        self.count(&cut, start - cut.len() as u64);
        let Some(at) = self.first_invalid else {
            return Ok(if self.bom { FileEncoding::Utf8Bom } else { FileEncoding::Utf8 });
        };
        if self.bom || self.french > 0 {
            return Err(Unreadable { at, finding: MIXTURE });
        }
        if let Some(at) = self.first_undefined {
            return Err(Unreadable { at, finding: "this byte is neither UTF-8 nor Windows-1252" });
        }
        if self.unusual > self.letters {
            return Err(Unreadable { at, finding: "the accents look like an old DOS or Macintosh encoding" });
        }
        Ok(if self.c1 > 0 { FileEncoding::Windows1252 } else { FileEncoding::Latin1 })
    }
}

/// How many bytes at the end are the beginning of a sequence that continues in the next chunk.
fn incomplete(bytes: &[u8]) -> usize {
    let needed = |lead: u8| match lead {
        0xF0.. => 4,
        0xE0.. => 3,
        _ => 2,
    };
    let last = bytes.iter().rev().take(3).zip(1..).find(|(byte, _)| **byte >= 0xC0);
    last.filter(|(lead, back)| *back < needed(**lead)).map_or(0, |(_, back)| back)
}

/// Whether UTF-8 text of French services has this character beyond ASCII: the accented letters
/// and signs of Latin-1, œ, and the typographic signs.
pub(super) fn is_french(c: char) -> bool {
    matches!(c, '\u{A0}'..='\u{FF}' | 'Œ' | 'œ' | 'Ÿ' | '\u{2010}'..='\u{2030}' | '€' | '™')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(bytes: &[u8], chunk: usize) -> Result<FileEncoding, Unreadable> {
        let mut scan = EncodingScan::new(bytes);
        bytes.chunks(chunk).for_each(|chunk| scan.feed(chunk));
        scan.finish()
    }

    #[test]
    fn each_encoding_is_told_whatever_the_chunks() {
        let cases: [(&[u8], FileEncoding); 6] = [
            (b"code;libelle", FileEncoding::Utf8),
            ("élève œuvre – l’été".as_bytes(), FileEncoding::Utf8),
            (b"\xEF\xBB\xBFa;b", FileEncoding::Utf8Bom),
            (b"\xE9l\xE8ve", FileEncoding::Latin1),
            (b"l\x92\xE9l\xE8ve \x9Cuvre", FileEncoding::Windows1252),
            // «LYCÉE» closed by a guillemet: É» is also a valid sequence of UTF-8.
            (b"\xAB LYC\xC9\xBB \xE9l\xE8ve", FileEncoding::Latin1),
        ];
        for (bytes, expected) in cases {
            for chunk in [1, 2, 3, 5, 1000] {
                assert_eq!(scan(bytes, chunk), Ok(expected), "{bytes:?} by {chunk}");
            }
        }
    }

    #[test]
    fn a_mixture_is_refused_where_it_begins() {
        let mixed = [&b"abc;"[..], "élève".as_bytes(), b";\xE9tude"].concat();
        for chunk in [1, 3, 1000] {
            assert_eq!(scan(&mixed, chunk).unwrap_err().at, 4 + 7 + 1);
        }
    }

    #[test]
    fn an_old_encoding_is_not_taken_for_windows() {
        // «élève à l'été» in code page 850, and in Mac Roman.
        assert!(scan(b"\x82l\x8Ave \x85 l'\x82t\x82", 1000).is_err());
        assert!(scan(b"\x8El\x8Fve \x88 l'\x8Et\x8E", 1000).is_err());
    }

    #[test]
    fn a_sequence_cut_by_the_end_of_the_file_is_seen() {
        assert!(scan(b"\xC3\xA9l\xC3", 2).is_err());
    }
}
