//! What a verifier brings along: whom it trusts, and how old a proof may be.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use index::vrf::{PublicKey, VrfError};
use tlog::note::KeyName;
use tlog::policy::Policy;

/// How far T may lie ahead of now, in seconds, before it counts as a time that has not come (`spec/dossier.md`, step 1).
pub const CLOCK_TOLERANCE: u64 = 300;

/// Whom a verifier trusts, and how old a proof of freshness may be.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The log, and the witnesses and auditors whose quorum counts.
    pub policy: Policy,
    /// The key that labels of this log are checked with.
    pub vrf_key: VrfVerifierKey,
    /// How old T may be, in seconds.
    pub max_age: u64,
}

/// A log's VRF key in the form in which it is pinned: `<origin>+vrf-r255+<base64 of 32 bytes>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VrfVerifierKey {
    /// The log whose labels it makes.
    pub origin: KeyName,
    /// The key.
    pub key: PublicKey,
}

/// Why a text is not a VRF key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VrfVerifierKeyError {
    /// Not of the form.
    #[error("{0:?} is not a VRF key of the form <origin>+vrf-r255+<base64 of 32 bytes>")]
    Malformed(String),
    /// The 32 bytes are not a key.
    #[error(transparent)]
    Key(#[from] VrfError),
}

const ALGORITHM: &str = "vrf-r255";

impl FromStr for VrfVerifierKey {
    type Err = VrfVerifierKeyError;

    /// Accepts exactly what `Display` writes, without a newline.
    fn from_str(text: &str) -> Result<Self, VrfVerifierKeyError> {
        let malformed = || VrfVerifierKeyError::Malformed(text.to_owned());
        let mut parts = text.splitn(3, '+');
        let (Some(origin), Some(ALGORITHM), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed());
        };
        let origin = KeyName::new(origin).map_err(|_| malformed())?;
        let key = STANDARD.decode(key).map_err(|_| malformed())?;
        let key = <[u8; 32]>::try_from(key).map_err(|_| malformed())?;
        Ok(Self {
            origin,
            key: PublicKey::from_bytes(&key)?,
        })
    }
}

impl fmt::Display for VrfVerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}+{ALGORITHM}+{}",
            self.origin,
            STANDARD.encode(self.key.to_bytes())
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The public key of the vector in c2sp.org/vrf-r255 would do; any valid key has the same form.
    fn line() -> String {
        let secret = index::vrf::SecretKey::from_bytes(&[7; 32].map(|b| b & 0x0f)).unwrap();
        format!(
            "log.example/carnet+vrf-r255+{}",
            STANDARD.encode(secret.public().to_bytes())
        )
    }

    #[test]
    fn a_pinned_key_survives_being_written_and_read() {
        let line = line();
        let key: VrfVerifierKey = line.parse().unwrap();
        assert_eq!(key.origin.as_str(), "log.example/carnet");
        assert_eq!(key.to_string(), line);
    }

    #[test]
    fn other_forms_are_refused() {
        let line = line();
        for wrong in [
            line.replace("vrf-r255", "vrf-r256"),
            line.replace("log.example/carnet", ""),
            line.replace("log.example", "log example"),
            line.replace("+vrf", " vrf"),
            format!("{line}\n"),
            line.trim_end_matches('=').to_owned(),
            "log.example+vrf-r255+AAAA".to_owned(),
            String::new(),
        ] {
            assert!(
                matches!(
                    wrong.parse::<VrfVerifierKey>(),
                    Err(VrfVerifierKeyError::Malformed(_))
                ),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn the_identity_is_not_a_key() {
        let identity = format!("log.example+vrf-r255+{}", STANDARD.encode([0; 32]));
        assert_eq!(
            identity.parse::<VrfVerifierKey>(),
            Err(VrfVerifierKeyError::Key(VrfError::PublicKeyIdentity))
        );
    }
}
