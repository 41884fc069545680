//! A file as UTF-8 with `\n` line ends, whatever it is on disk.
//!
//! Everything after this reads one encoding and one line end: line numbers are then simply the
//! number of `\n` passed.

use std::io::{self, Read};

use encoding_rs::{Decoder, UTF_8, WINDOWS_1252};

use super::detect::{Examination, FirstPass, SUBSTITUTE};
use super::encoding::FileEncoding;
use super::records::Quotes;
use super::source::Source;

const CHUNK: usize = 64 * 1024;

/// Reads a file of a known encoding from its header on. Memory: two buffers of fixed size.
pub(super) struct Text {
    bytes: Box<dyn Read + Send>,
    /// `None` where the bytes are UTF-8 already: they were all checked.
    decoder: Option<Decoder>,
    /// For a file that is read once: what checks every chunk before it is passed on.
    examination: Option<Examination>,
    /// What its quotes are: whether a fault of them is one.
    quotes: Quotes,
    sha256: Option<String>,
    raw: Vec<u8>,
    ready: Vec<u8>,
    given: usize,
    /// Whether the last byte was a `\r`, whose line end may only begin with it.
    pending_return: bool,
    /// Bytes before the header that are still to be passed over.
    skip: usize,
    /// Whether the end of the text is marked by a 0x1A.
    marked_end: bool,
    done: bool,
    consumed: u64,
}

impl Text {
    /// Opens a file; `quotes` says whether a fault of them is one.
    pub(super) fn open(source: &Source, finding: &FirstPass, quotes: Quotes) -> io::Result<Self> {
        // Only a file that begins with a byte order mark is read once.
        let examination = || Examination::new(source, &finding.start, true);
        let decoder = match finding.encodage {
            FileEncoding::Utf8 | FileEncoding::Utf8Bom => None,
            // ISO-8859-1 differs only in control characters, which the first pass refuses.
            FileEncoding::Windows1252 | FileEncoding::Latin1 => Some(WINDOWS_1252.new_decoder_without_bom_handling()),
        };
        Ok(Self {
            bytes: source.open()?,
            decoder,
            examination: finding.sha256.is_none().then(examination),
            quotes,
            sha256: None,
            raw: vec![0; CHUNK],
            ready: Vec::with_capacity(CHUNK * 3),
            given: 0,
            pending_return: false,
            skip: finding.start.skip,
            marked_end: false,
            done: false,
            consumed: 0,
        })
    }

    /// Whether the end of the text is marked by a 0x1A, once it was reached.
    pub(super) fn marked_end(&self) -> bool {
        self.marked_end
    }

    /// Bytes of the file read so far.
    pub(super) fn consumed(&self) -> u64 {
        self.consumed
    }

    /// The sum of a file that is read once, at its end.
    pub(super) fn sha256(&self) -> Option<&str> {
        self.sha256.as_deref()
    }

    /// Whether the reader has asked for more and found the end of the file.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    fn refill(&mut self) -> io::Result<()> {
        let read = self.bytes.read(&mut self.raw)?;
        self.consumed += read as u64;
        self.done = read == 0;
        self.ready.clear();
        self.given = 0;
        if self.done && self.pending_return {
            self.ready.push(b'\r');
        }
        let raw = self.raw.get(..read).unwrap_or_default();
        if let Some(examination) = &mut self.examination
            && !self.done
        {
            examination.feed(raw).map_err(io::Error::other)?;
            if self.quotes == Quotes::Csv {
                examination.check_quotes().map_err(io::Error::other)?;
            }
        } else if let Some(examination) = self.examination.take() {
            self.sha256 = Some(examination.finish(self.quotes == Quotes::Csv).map_err(io::Error::other)?.sha256);
        }
        let skipped = self.skip.min(raw.len());
        self.skip -= skipped;
        let mut raw = raw.get(skipped..).unwrap_or_default();
        // The examination has seen that nothing but line ends follows it.
        if let Some(end) = memchr::memchr(SUBSTITUTE, raw) {
            self.marked_end = true;
            raw = raw.get(..end).unwrap_or_default();
        } else if self.marked_end {
            raw = &[];
        }
        match &mut self.decoder {
            None => append(&mut self.ready, raw, &mut self.pending_return),
            Some(decoder) => {
                let text = decode(decoder, raw);
                append(&mut self.ready, text.as_bytes(), &mut self.pending_return);
            }
        }
        Ok(())
    }
}

fn decode(decoder: &mut Decoder, raw: &[u8]) -> String {
    debug_assert_ne!(decoder.encoding(), UTF_8);
    let mut text = String::with_capacity(raw.len() * 3);
    // One byte of Windows-1252 is at most three of UTF-8: the capacity always suffices.
    let _ = decoder.decode_to_string(raw, &mut text, false);
    text
}

/// How often a byte occurs.
#[expect(clippy::naive_bytecount, reason = "only short or refused texts are counted: not worth a dependency")]
pub(super) fn count(bytes: &[u8], wanted: u8) -> u64 {
    bytes.iter().filter(|byte| **byte == wanted).count() as u64
}

/// Appends with `\r\n` turned into `\n`.
fn append(out: &mut Vec<u8>, bytes: &[u8], pending_return: &mut bool) {
    if bytes.is_empty() {
        return;
    }
    if std::mem::take(pending_return) && bytes.first() != Some(&b'\n') {
        out.push(b'\r');
    }
    if memchr::memchr(b'\r', bytes).is_none() {
        out.extend_from_slice(bytes);
        return;
    }
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\r') {
        let (before, after) = rest.split_at(at);
        out.extend_from_slice(before);
        rest = after.get(1..).unwrap_or_default();
        match rest.first() {
            Some(b'\n') => {}
            Some(_) => out.push(b'\r'),
            None => *pending_return = true,
        }
    }
    out.extend_from_slice(rest);
}

impl Read for Text {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() && !self.done {
            self.refill()?;
        }
        let mut rest = self.ready.get(self.given..).unwrap_or_default();
        let read = rest.read(out)?;
        self.given += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_become_one_wherever_the_chunks_are_cut() {
        let source = b"a\r\nb\rc\n\r\r\nd\r";
        for cut in 0..=source.len() {
            let (mut out, mut pending) = (Vec::new(), false);
            append(&mut out, &source[..cut], &mut pending);
            append(&mut out, &source[cut..], &mut pending);
            assert_eq!(out, b"a\nb\rc\n\r\nd", "cut at {cut}");
            assert!(pending);
        }
    }
}
