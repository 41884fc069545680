//! Where the next page of a list begins.
//!
//! Opaque to clients, so that it can change: base64url of a version, the request that it belongs
//! to, the last key and the publication, followed by a checksum. The checksum tells a damaged
//! or edited cursor from a sound one; it is no signature, because a forged cursor can ask for
//! nothing that a filter could not (its key is typed when it is read, and bound as a parameter).
//!
//! It holds the publication so that the pages of one list fit together while a new publication
//! takes over.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Raised when the meaning of a field changes: cursors of before are refused, not misread.
const VERSION: u8 = 1;
const CHECKSUM: usize = 8;
/// A key is a few codes; anything much longer is no cursor of ours.
pub(super) const LONGEST: usize = 2048;

/// A decoded cursor. Its key is still untyped: only the route knows its shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    v: u8,
    /// Fingerprint of route, filters and sort.
    r: String,
    /// Key of the last element of the page before.
    k: serde_json::Value,
    /// Number of the publication.
    p: i32,
}

impl Cursor {
    /// A cursor after `key` in the list that `request` describes; `None` for a key that JSON
    /// cannot hold.
    pub(super) fn new<K: Serialize>(request: &str, key: &K, publication: i32) -> Option<Self> {
        Some(Self { v: VERSION, r: hash(request), k: serde_json::to_value(key).ok()?, p: publication })
    }

    /// The text that clients send back.
    pub(super) fn encode(&self) -> String {
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        let checksum = checksum(&bytes);
        bytes.extend_from_slice(&checksum);
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a text back; `None` when it is damaged, edited or of another version.
    pub(super) fn decode(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (json, found) = bytes.split_at_checked(bytes.len().checked_sub(CHECKSUM)?)?;
        if checksum(json) != found {
            return None;
        }
        serde_json::from_slice(json).ok().filter(|curseur: &Self| curseur.v == VERSION)
    }

    /// The publication of the page before.
    pub(super) fn publication(&self) -> i32 {
        self.p
    }

    /// The last key, if this is a cursor of the list that `request` describes.
    pub(super) fn key<K: DeserializeOwned>(&self, request: &str) -> Option<K> {
        (self.r == hash(request)).then(|| serde_json::from_value(self.k.clone()).ok()).flatten()
    }
}

fn checksum(bytes: &[u8]) -> Vec<u8> {
    let hash = Sha256::new_with_prefix(b"exposition curseur\0").chain_update(bytes).finalize();
    hash.iter().copied().take(CHECKSUM).collect()
}

fn hash(request: &str) -> String {
    hex::encode(Sha256::digest(request).iter().copied().take(8).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_survives_its_journey(request in "\\PC{0,40}", a in "\\PC{0,20}", b in any::<Option<i32>>(), p in any::<i32>()) {
            let curseur = Cursor::new(&request, &(a.clone(), b), p).unwrap();
            let read = Cursor::decode(&curseur.encode()).unwrap();
            prop_assert_eq!(read.publication(), p);
            prop_assert_eq!(read.key::<(String, Option<i32>)>(&request), Some((a, b)));
        }

        #[test]
        fn an_edited_cursor_is_refused(at in 0usize..200, by in 1u8..64) {
            const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            let mut text = Cursor::new("/a?tri=b", &"32020008", 7).unwrap().encode().into_bytes();
            let at = at % text.len();
            let value = ALPHABET.iter().position(|c| *c == text[at]).unwrap();
            text[at] = ALPHABET[(value + usize::from(by)) % 64];
            prop_assert_eq!(Cursor::decode(&String::from_utf8(text).unwrap()), None);
        }

        #[test]
        fn decoding_never_panics(text in "[A-Za-z0-9_-]{0,80}") {
            prop_assert_eq!(Cursor::decode(&text), None);
        }
    }

    #[test]
    fn a_cursor_of_another_list_has_no_key_here() {
        let curseur = Cursor::new("/a?tri=b", &"x", 7).unwrap();
        assert_eq!(curseur.key::<String>("/a?tri=b").as_deref(), Some("x"));
        assert_eq!(curseur.key::<String>("/a?tri=c"), None);
        assert_eq!(curseur.key::<i32>("/a?tri=b"), None);
    }
}
