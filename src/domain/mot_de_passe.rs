//! Mot de passe: what an account is recognised by.
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
pub const LONGUEUR_MIN: usize = 8;

/// Most bytes: beyond, somebody wants to keep the server busy.
pub const OCTETS_MAX: usize = 1024;

/// Most characters of a name.
const NOM_MAX: usize = 100;

/// A name or a password that is refused; for operators.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refus {
    /// A name that is empty, too long, or holds control characters.
    #[error("a name has 1 to {NOM_MAX} characters, none of them a control character")]
    Nom,
    /// A short password.
    #[error("the password is too short: at least {LONGUEUR_MIN} characters")]
    Court,
    /// A password that is no sane one.
    #[error("the password is too long: at most {OCTETS_MAX} bytes")]
    Long,
    /// argon2 failed.
    #[error("the password could not be hashed: {0}")]
    Argon2(String),
}

/// A name without the white space around it.
///
/// # Errors
/// [`Refus::Nom`].
pub fn nom(text: &str) -> Result<String, Refus> {
    let nom = text.trim();
    let sane = (1..=NOM_MAX).contains(&nom.chars().count()) && !nom.chars().any(char::is_control);
    if sane { Ok(nom.to_owned()) } else { Err(Refus::Nom) }
}

/// A password as somebody typed it: a secret, which `Debug` does not show.
#[derive(Clone)]
pub struct MotDePasse(String);

impl MotDePasse {
    /// A password for a new account.
    ///
    /// # Errors
    /// Too short, or absurdly long.
    pub fn nouveau(text: String) -> Result<Self, Refus> {
        if text.chars().count() < LONGUEUR_MIN {
            return Err(Refus::Court);
        }
        Self::presente(text).ok_or(Refus::Long)
    }

    /// A password that somebody logs in with; `None` for one that no account can have.
    #[must_use]
    pub fn presente(text: String) -> Option<Self> {
        (text.len() <= OCTETS_MAX).then_some(Self(text))
    }

    /// Its hash with this salt, which must be random, as a PHC string. Slow on purpose.
    ///
    /// # Errors
    /// [`Refus::Argon2`].
    pub fn hacher(&self, sel: &[u8; 16]) -> Result<String, Refus> {
        let hash: PasswordHash = Argon2::default()
            .hash_password_with_salt(self.0.as_bytes(), sel)
            .map_err(|error| Refus::Argon2(error.to_string()))?;
        Ok(hash.to_string())
    }

    /// Whether it is the one that was hashed, compared in constant time. Slow on purpose.
    #[must_use]
    pub fn correspond(&self, empreinte: &str) -> bool {
        PasswordHash::new(empreinte)
            .is_ok_and(|hash| Argon2::default().verify_password(self.0.as_bytes(), &hash).is_ok())
    }
}

impl fmt::Debug for MotDePasse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// An account, without its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compte {
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

    fn password(text: &str) -> MotDePasse {
        MotDePasse::nouveau(text.to_owned()).unwrap()
    }

    #[test]
    fn the_right_password_is_recognised_and_no_other() {
        let hash = password("Mot2passe!").hacher(&[7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(password("Mot2passe!").correspond(&hash));
        assert!(!password("mot2passe!").correspond(&hash));
        assert!(!password("Mot2passe!").correspond("nonsense"));
        assert_ne!(hash, password("Mot2passe!").hacher(&[8; 16]).unwrap(), "the salt matters");
    }

    #[test]
    fn short_and_huge_passwords_are_refused_and_none_is_printed() {
        assert_eq!(MotDePasse::nouveau("sept car".replace(' ', "")).unwrap_err(), Refus::Court);
        assert_eq!(MotDePasse::nouveau("x".repeat(OCTETS_MAX + 1)).unwrap_err(), Refus::Long);
        assert!(!format!("{:?}", password("Mot2passe!")).contains("Mot2"));
    }
}
