//! base64url without padding (RFC 7515, section 2), in its one canonical spelling.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `None` for other alphabets, padding, impossible lengths, and unused bits that are not zero.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_spelling_is_read() {
        assert_eq!(decode("_w"), Some(vec![0xff]));
        for text in ["_x", "_w==", "/w", "_", "_w\n", " _w", "_w "] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
