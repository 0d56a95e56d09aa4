//! Secrets that the program makes: 256 random bits, readable by their prefix. Of each only the SHA-256 is kept: what has 256 bits
//! cannot be guessed, so that a slow hash would protect nothing and cost every request.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::error::DeskError;

/// What a secret opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A session, as a cookie.
    Session,
    /// The interface, for a program.
    Token,
    /// One dossier.
    Link,
    /// The first account.
    Setup,
}

impl Purpose {
    fn prefix(self) -> &'static str {
        match self {
            Self::Session => "cns_",
            Self::Token => "cnt_",
            Self::Link => "cnd_",
            Self::Setup => "cnx_",
        }
    }
}

/// A secret, to be shown once. Wiped from memory when it is dropped; never printed by accident.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// The operating system's random source failed.
    pub fn new(purpose: Purpose) -> Result<Self, DeskError> {
        let mut bits = Zeroizing::new([0; 32]);
        getrandom::fill(bits.as_mut()).map_err(|e| DeskError::Random(e.to_string()))?;
        let text = format!("{}{}", purpose.prefix(), URL_SAFE_NO_PAD.encode(bits.as_ref()));
        Ok(Self(Zeroizing::new(text)))
    }

    /// The secret, for the one it is made for.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(super) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The hash by which a secret is found; `None` where the text has not the form of one.
pub(super) fn hash(purpose: Purpose, text: &str) -> Option<[u8; 32]> {
    let bits = text.strip_prefix(purpose.prefix())?;
    let well_formed = bits.len() == 43
        && bits
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    well_formed.then(|| Sha256::digest(text.as_bytes()).into())
}

/// A short name for lists, which opens nothing.
pub(super) fn name() -> Result<String, DeskError> {
    let mut bytes = [0; 6];
    getrandom::fill(&mut bytes).map_err(|e| DeskError::Random(e.to_string()))?;
    Ok(hex::encode(bytes))
}

/// What a page of a session must send along to change something. Another site cannot know it, and it does not give the
/// session away.
pub(super) fn csrf_token(session: &str) -> String {
    let hash = Sha256::new()
        .chain_update(b"carnet/csrf/v1")
        .chain_update(session.as_bytes())
        .finalize();
    URL_SAFE_NO_PAD.encode(hash)
}

/// Whether two secrets are the same; their hashes are compared, so that time tells nothing about either.
pub(super) fn same(a: &str, b: &str) -> bool {
    Sha256::digest(a.as_bytes()) == Sha256::digest(b.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_by_its_hash_and_only_for_its_purpose() {
        let secret = Secret::new(Purpose::Token).unwrap();
        assert!(secret.reveal().starts_with("cnt_"));
        assert_eq!(hash(Purpose::Token, secret.reveal()), Some(secret.hash()));
        assert_eq!(hash(Purpose::Session, secret.reveal()), None);
    }

    #[test]
    fn two_secrets_are_never_the_same_and_debug_shows_neither() {
        let (a, b) = (
            Secret::new(Purpose::Link).unwrap(),
            Secret::new(Purpose::Link).unwrap(),
        );
        assert_ne!(a.reveal(), b.reveal());
        assert_eq!(format!("{a:?}"), "Secret");
    }

    #[test]
    fn what_has_not_the_form_of_a_secret_is_not_even_looked_up() {
        for text in ["", "cnt_", "cnt_short", &format!("cnt_{}", "ä".repeat(43))] {
            assert_eq!(hash(Purpose::Token, text), None, "{text}");
        }
    }
}
