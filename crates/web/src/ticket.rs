//! A ticket stands for a statement whose receipt somebody will come back for.
//!
//! A receipt carries the proof of its vehicle's label, and with that proof the vehicle's number can be found by trying all
//! numbers. Digests are public, so a digest alone must not fetch a receipt. The ticket therefore adds a tag that only those can
//! compute who hold the signed statement, as whoever handed it in does. Nothing need be remembered for it, and every process
//! beside the same database understands it.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};
use statement::{Digest, SdJwt};

/// Separates the tag from every other hash of the same text.
const DOMAIN: &[u8] = b"carnet/ticket/v1";

/// The ticket: `<digest>.<tag>`, in lower-case hex, 64 and 32 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The statement.
    pub digest: Digest,
    tag: [u8; 16],
}

/// Not a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a ticket is 64 hex digits, a dot, and 32 hex digits")]
pub struct NotATicket;

impl Ticket {
    /// The ticket of a statement; the same whatever is disclosed.
    pub fn of(statement: &SdJwt) -> Self {
        let compact = statement.as_str();
        let jwt = compact.split_once('~').map_or(compact, |(jwt, _)| jwt);
        let hash = Sha256::new().chain_update(DOMAIN).chain_update(jwt).finalize();
        let mut tag = [0; 16];
        tag.iter_mut().zip(hash).for_each(|(tag, byte)| *tag = byte);
        Self {
            digest: statement.digest(),
            tag,
        }
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.digest, hex::encode(self.tag))
    }
}

impl FromStr for Ticket {
    type Err = NotATicket;

    fn from_str(text: &str) -> Result<Self, NotATicket> {
        let (digest, tag_text) = text.split_once('.').ok_or(NotATicket)?;
        let mut tag = [0; 16];
        hex::decode_to_slice(tag_text, &mut tag).map_err(|_| NotATicket)?;
        let ticket = Self {
            digest: digest.parse().map_err(|_| NotATicket)?,
            tag,
        };
        // Upper-case digits would be a second spelling.
        (ticket.to_string() == text).then_some(ticket).ok_or(NotATicket)
    }
}
