//! Keys of programs, and what they open.
//!
//! A key is 256 random bits, written as 43 characters of base64url (letters, digits, `_`, `-`),
//! so that it goes through headers, addresses and shells unquoted. Only its SHA-256 is kept. For a
//! password that would be far too quick a hash; here there is nothing to guess, every request has
//! to be checked, and a slow hash would only make the service easy to exhaust.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, Utc};
use sha2::{Digest as _, Sha256};

use super::filiere::closed_list;
use super::{Invalid, password};

closed_list! {
    /// What a key opens.
    AccessScope {
        /// The contract of `/api/inserjeunes`.
        Legacy = "legacy",
        /// The service's own contract, `/api/v1`.
        V1 = "v1",
    }
}

/// SHA-256 of a key.
pub type KeyHash = [u8; 32];

/// The text of a key: a secret, which `Debug` does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyText(String);

impl KeyText {
    /// The key made of these bytes, which must be random.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// A text that may be a key; `None` for one that no key has ever looked like.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == 32).then(|| Self(text.to_owned()))
    }

    /// The text itself, to be shown once.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> KeyHash {
        Sha256::digest(&self.0).into()
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Whether a key is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// It is.
    Active,
    /// Its last day has passed.
    Expired,
    /// It was revoked.
    Revoked,
}

/// A key, without its text, which nobody has but its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its number.
    pub id: i32,
    /// Whose it is; two keys may share a name while one replaces the other.
    pub nom: String,
    /// How to reach them.
    pub contact: Option<String>,
    /// What it opens.
    pub droits: Vec<AccessScope>,
    /// Requests a minute; none: that of everybody with a key.
    pub quota: Option<i32>,
    /// When it was made.
    pub creee_le: DateTime<Utc>,
    /// The last day on which it is accepted, in Europe/Paris; none: no end.
    pub expire_le: Option<NaiveDate>,
    /// When it was revoked.
    pub revoquee_le: Option<DateTime<Utc>>,
    /// When it was used last, to the minute.
    pub utilisee_le: Option<DateTime<Utc>>,
}

impl ApiKey {
    /// Whether it is accepted on the day `today`.
    #[must_use]
    pub fn state(&self, today: NaiveDate) -> KeyState {
        if self.revoquee_le.is_some() {
            return KeyState::Revoked;
        }
        match self.expire_le {
            Some(last) if last < today => KeyState::Expired,
            _ => KeyState::Active,
        }
    }

    /// Whether it opens this.
    #[must_use]
    pub fn opens(&self, scope: AccessScope) -> bool {
        self.droits.contains(&scope)
    }
}

/// The name of a key: 1 to 100 characters, none of them a control character, not only digits
/// (which would be another key's number).
///
/// # Errors
/// What is wrong with it.
pub fn key_name(text: &str) -> Result<String, Invalid> {
    let nom = password::name(text).map_err(|error| Invalid(error.to_string()))?;
    if nom.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Invalid("a name of digits only would be taken for the number of a key".to_owned()));
    }
    Ok(nom)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(expire_le: Option<NaiveDate>, revoked: bool) -> ApiKey {
        let instant = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        ApiKey {
            id: 1,
            nom: "plateforme".to_owned(),
            contact: None,
            droits: vec![AccessScope::Legacy],
            quota: None,
            creee_le: instant,
            expire_le,
            revoquee_le: revoked.then_some(instant),
            utilisee_le: None,
        }
    }

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    #[test]
    fn a_key_is_accepted_up_to_its_last_day_and_never_once_revoked() {
        assert_eq!(key(None, false).state(day(23)), KeyState::Active);
        assert_eq!(key(Some(day(23)), false).state(day(23)), KeyState::Active);
        assert_eq!(key(Some(day(23)), false).state(day(24)), KeyState::Expired);
        assert_eq!(key(None, true).state(day(23)), KeyState::Revoked);
    }

    #[test]
    fn a_key_opens_its_scopes_only() {
        assert!(key(None, false).opens(AccessScope::Legacy) && !key(None, false).opens(AccessScope::V1));
    }

    #[test]
    fn what_no_key_looks_like_is_not_one() {
        let text = KeyText::from_bytes([0xff; 32]).expose().to_owned();
        assert_eq!(text, format!("{}8", "_".repeat(42)));
        let (short, long, other) = (text.trim_start_matches("__"), format!("{text}A"), text.replacen('_', "/", 1));
        // The last character carries four bits of 32 bytes: `9` would be a second spelling of `8`.
        for wrong in ["", short, &long, &other, &text.replace('8', "9"), "cle-de-test"] {
            assert!(KeyText::parse(wrong).is_none(), "{wrong:?}");
        }
    }

    #[test]
    fn the_hash_is_that_of_the_text() {
        // printf '%s' AAAA…A (43 times) | sha256sum
        let hash = hex::encode(KeyText::from_bytes([0; 32]).hash());
        assert_eq!(hash, "0f007385b6f9d4b7eeb2748605afe1a984a0a3bfa3f014d09e2a784ce9e5cd1a");
    }

    #[test]
    fn names_that_could_not_be_told_from_numbers_are_refused() {
        assert_eq!(key_name(" Onisep 2 ").unwrap(), "Onisep 2");
        for wrong in ["", "  ", "12", "a\nb", &"x".repeat(101)] {
            assert!(key_name(wrong).is_err(), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn every_key_is_43_plain_characters_and_is_recognised(bytes in any::<[u8; 32]>()) {
            let key = KeyText::from_bytes(bytes);
            prop_assert_eq!(key.expose().len(), 43);
            prop_assert!(key.expose().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
            prop_assert_eq!(KeyText::parse(key.expose()), Some(key.clone()));
            prop_assert_eq!(format!("{:?}", key), "***");
        }
    }
}
