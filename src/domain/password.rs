//! What an account is recognised by.
//!
//! Unlike a key a password is chosen by a person, so that it is kept as argon2id with the
//! parameters that OWASP recommends (19 MiB, two passes): about as slow as a person does not
//! notice. Hashing is pure computation; where it runs, and how many at once, is the caller's
//! affair.

use std::fmt;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use chrono::{DateTime, Utc};

/// Fewest characters of a password that is accepted for an account (NIST SP 800-63B).
pub const MIN_LENGTH: usize = 8;

/// Most bytes: beyond, somebody wants to keep the server busy.
pub const BYTES_MAX: usize = 1024;

/// Most characters of a name.
const NAME_MAX: usize = 100;

/// A name or a password that is refused; for operators.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialRefusal {
    /// A name that is empty, too long, or holds control characters.
    #[error("a name has 1 to {NAME_MAX} characters, none of them a control character")]
    Name,
    /// A short password.
    #[error("the password is too short: at least {MIN_LENGTH} characters")]
    TooShort,
    /// A password that is no sane one.
    #[error("the password is too long: at most {BYTES_MAX} bytes")]
    TooLong,
    /// argon2 failed.
    #[error("the password could not be hashed: {0}")]
    Argon2(String),
}

/// A name without the white space around it.
///
/// # Errors
/// [`CredentialRefusal::Name`].
pub fn name(text: &str) -> Result<String, CredentialRefusal> {
    let nom = text.trim();
    let sane = (1..=NAME_MAX).contains(&nom.chars().count()) && !nom.chars().any(char::is_control);
    if sane { Ok(nom.to_owned()) } else { Err(CredentialRefusal::Name) }
}

/// A password as somebody typed it: a secret, which `Debug` does not show.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// A password for a new account.
    ///
    /// # Errors
    /// Too short, or absurdly long.
    pub fn new(text: String) -> Result<Self, CredentialRefusal> {
        if text.chars().count() < MIN_LENGTH {
            return Err(CredentialRefusal::TooShort);
        }
        Self::presented(text).ok_or(CredentialRefusal::TooLong)
    }

    /// A password that somebody logs in with; `None` for one that no account can have.
    #[must_use]
    pub fn presented(text: String) -> Option<Self> {
        (text.len() <= BYTES_MAX).then_some(Self(text))
    }

    /// Its hash with this salt, which must be random, as a PHC string. Slow on purpose.
    ///
    /// # Errors
    /// [`CredentialRefusal::Argon2`].
    pub fn hash(&self, salt: &[u8; 16]) -> Result<String, CredentialRefusal> {
        let hash: PasswordHash = Argon2::default()
            .hash_password_with_salt(self.0.as_bytes(), salt)
            .map_err(|error| CredentialRefusal::Argon2(error.to_string()))?;
        Ok(hash.to_string())
    }

    /// Whether it is the one that was hashed, compared in constant time. Slow on purpose.
    #[must_use]
    pub fn matches(&self, empreinte: &str) -> bool {
        PasswordHash::new(empreinte)
            .is_ok_and(|hash| Argon2::default().verify_password(self.0.as_bytes(), &hash).is_ok())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// An account, without its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its number, which no other account ever has.
    pub id: i32,
    /// The name to log in with.
    pub nom: String,
    /// When it was made.
    pub cree_le: DateTime<Utc>,
    /// When it was removed.
    pub desactive_le: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::new(text.to_owned()).unwrap()
    }

    #[test]
    fn the_right_password_is_recognised_and_no_other() {
        let hash = password("Mot2passe!").hash(&[7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(password("Mot2passe!").matches(&hash));
        assert!(!password("mot2passe!").matches(&hash));
        assert!(!password("Mot2passe!").matches("nonsense"));
        assert_ne!(hash, password("Mot2passe!").hash(&[8; 16]).unwrap(), "the salt matters");
    }

    #[test]
    fn short_and_huge_passwords_are_refused_and_none_is_printed() {
        assert_eq!(Password::new("sept car".replace(' ', "")).unwrap_err(), CredentialRefusal::TooShort);
        assert_eq!(Password::new("x".repeat(BYTES_MAX + 1)).unwrap_err(), CredentialRefusal::TooLong);
        assert!(!format!("{:?}", password("Mot2passe!")).contains("Mot2"));
    }
}
