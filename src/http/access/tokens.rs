//! What somebody who logged in shows for one day (JWT, HS256).
//!
//! `jsonwebtoken` reads and checks the claims; the signature is computed by `ring`, which does
//! TLS already. The backends that come with the crate would add every algorithm of the standard,
//! one of them (`rsa`) with an open advisory; here HS256 is the only one there is, and a token
//! that names another has nothing to be checked with.

use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use ring::hmac;
use serde::{Deserialize, Serialize};

/// Who the token is for, so that one of another service with the same secret is none.
const AUDIENCE: &str = "exposition";

/// How long a token is accepted.
const LIFETIME: Duration = Duration::days(1);

/// What a token says.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    /// Number of the account.
    sub: String,
    aud: String,
    /// Seconds since 1970.
    iat: i64,
    exp: i64,
}

/// Signs and reads tokens.
pub(super) struct Tokens {
    signature: EncodingKey,
    lecture: DecodingKey,
    validation: Validation,
}

impl Tokens {
    pub(super) fn new(secret: &[u8]) -> Self {
        // An error says that it is installed already.
        let _ = HS256.install_default();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "aud", "sub"]);
        validation.leeway = 0;
        Self { signature: EncodingKey::from_secret(secret), lecture: DecodingKey::from_secret(secret), validation }
    }

    /// A token for the account `account`, accepted for one day from `instant`.
    pub(super) fn sign(&self, account: i32, instant: DateTime<Utc>) -> Result<String> {
        let contenu = Claims {
            sub: account.to_string(),
            aud: AUDIENCE.to_owned(),
            iat: instant.timestamp(),
            exp: (instant + LIFETIME).timestamp(),
        };
        encode(&Header::new(Algorithm::HS256), &contenu, &self.signature)
    }

    /// The account that a token is for; `None` when it is none of ours or its day is over.
    pub(super) fn read(&self, token: &str) -> Option<i32> {
        decode::<Claims>(token, &self.lecture, &self.validation).ok()?.claims.sub.parse().ok()
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Jetons(***)")
    }
}

static HS256: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| Ok(Box::new(Hs256::new(*algorithm, key.as_bytes())?)),
    verifier_factory: |algorithm, key| Ok(Box::new(Hs256::new(*algorithm, key.try_get_as_bytes()?)?)),
    key_utils: KeyUtils::new_unimplemented(),
};

struct Hs256(hmac::Key);

impl Hs256 {
    fn new(algorithm: Algorithm, secret: &[u8]) -> Result<Self> {
        match algorithm {
            Algorithm::HS256 => Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, secret))),
            _ => Err(ErrorKind::InvalidAlgorithm.into()),
        }
    }
}

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, signature::Error> {
        Ok(hmac::sign(&self.0, message).as_ref().to_vec())
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    /// In constant time.
    fn verify(&self, message: &[u8], tag: &Vec<u8>) -> std::result::Result<(), signature::Error> {
        hmac::verify(&self.0, message, tag).map_err(|_| signature::Error::new())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
    use serde_json::{Value, json};

    use super::*;
    use crate::clock::now;

    const SECRET: &[u8] = b"un secret de test, assez long pour HS256";

    /// A token written by hand, signed with the test's secret.
    fn token(header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET), message.as_bytes());
        format!("{message}.{}", BASE64.encode(tag))
    }

    #[test]
    fn a_token_names_its_account_for_one_day() {
        let tokens = Tokens::new(SECRET);
        assert_eq!(tokens.read(&tokens.sign(7, now()).unwrap()), Some(7));
        let almost = now() - LIFETIME + Duration::minutes(1);
        assert_eq!(tokens.read(&tokens.sign(7, almost).unwrap()), Some(7));
        assert_eq!(tokens.read(&tokens.sign(7, now() - LIFETIME - Duration::seconds(1)).unwrap()), None);
    }

    #[test]
    fn a_token_of_another_secret_or_changed_on_the_way_is_none() {
        let tokens = Tokens::new(SECRET);
        let good = tokens.sign(7, now()).unwrap();
        assert_eq!(Tokens::new(b"another secret, as long as the first one").read(&good), None);
        let [header, claims, tag] = good.split('.').collect::<Vec<_>>()[..] else { panic!("{good}") };
        let mut other: Value = serde_json::from_slice(&BASE64.decode(claims).unwrap()).unwrap();
        other["sub"] = json!("8");
        let forged = format!("{header}.{}.{tag}", BASE64.encode(other.to_string()));
        for wrong in [&forged, "", "a.b.c", claims, &format!("{header}.{claims}."), &format!("{header}.{claims}")] {
            assert_eq!(tokens.read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_header_cannot_choose_another_algorithm() {
        let tokens = Tokens::new(SECRET);
        let claims = json!({"sub": "7", "aud": "exposition", "iat": 0, "exp": now().timestamp() + 60});
        assert_eq!(tokens.read(&token(&json!({"alg": "HS256", "typ": "JWT"}), &claims)), Some(7));
        for algorithm in ["none", "HS384", "HS512", "RS256", "ES256", "EdDSA"] {
            assert_eq!(tokens.read(&token(&json!({"alg": algorithm, "typ": "JWT"}), &claims)), None, "{algorithm}");
        }
    }

    #[test]
    fn a_token_without_end_account_or_addressee_is_none() {
        let tokens = Tokens::new(SECRET);
        let whole = json!({"sub": "7", "aud": "exposition", "iat": 0, "exp": now().timestamp() + 60});
        for missing in ["sub", "aud", "exp"] {
            let mut claims = whole.clone();
            claims.as_object_mut().unwrap().remove(missing);
            assert_eq!(tokens.read(&token(&json!({"alg": "HS256"}), &claims)), None, "{missing}");
        }
        let mut other = whole;
        other["aud"] = json!("somebody-else");
        assert_eq!(tokens.read(&token(&json!({"alg": "HS256"}), &other)), None);
    }
}
