//! A statement as the bytes it is made of. An SD-JWT is base64url in pieces, four characters for three bytes; the database
//! keeps the three. What is not base64url through and through is kept as it came.
//!
//! ```text
//! 0x00 ‖ text                                      as it came
//! 0x01 ‖ n × (LEB128(length << 2 | after) ‖ bytes) pieces; after: 0 nothing, 1 ".", 2 "~"
//! anything else                                    text, as earlier versions kept it
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const AS_IT_CAME: u8 = 0;
const PIECES: u8 = 1;

/// What stands after a piece, by its code.
const AFTER: [&str; 3] = ["", ".", "~"];

/// The most characters that `packed` bytes can stand for: the other direction of four for three.
pub(crate) fn most_characters(packed: u64) -> u64 {
    packed.saturating_mul(4).div_ceil(3)
}

/// The bytes to keep.
pub(crate) fn pack(text: &str) -> Vec<u8> {
    pieces(text).unwrap_or_else(|| [&[AS_IT_CAME], text.as_bytes()].concat())
}

fn pieces(text: &str) -> Option<Vec<u8>> {
    let mut packed = Vec::with_capacity(text.len() * 3 / 4 + 16);
    packed.push(PIECES);
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(['.', '~']).unwrap_or(rest.len());
        let (piece, after) = (rest.get(..end)?, rest.get(end..end + 1).unwrap_or_default());
        let code = AFTER.iter().position(|known| *known == after)?;
        // A piece that decodes is the only spelling of its bytes: the engine refuses padding and stray bits.
        let bytes = URL_SAFE_NO_PAD.decode(piece).ok()?;
        push_number(&mut packed, bytes.len() << 2 | code);
        packed.extend_from_slice(&bytes);
        rest = rest.get(end + after.len()..)?;
    }
    Some(packed)
}

/// The text again; `None` where the bytes are not what [`pack`] makes.
pub(crate) fn unpack(packed: Vec<u8>) -> Option<String> {
    match packed.split_first() {
        Some((&AS_IT_CAME, text)) => String::from_utf8(text.to_vec()).ok(),
        Some((&PIECES, mut rest)) => {
            let mut text = String::with_capacity(packed.len() * 4 / 3 + 16);
            while !rest.is_empty() {
                let number = take_number(&mut rest)?;
                let (bytes, further) = rest.split_at_checked(number >> 2)?;
                URL_SAFE_NO_PAD.encode_string(bytes, &mut text);
                text.push_str(AFTER.get(number & 3)?);
                rest = further;
            }
            Some(text)
        }
        _ => String::from_utf8(packed).ok(),
    }
}

fn push_number(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take_number(bytes: &mut &[u8]) -> Option<usize> {
    let mut number = 0;
    for shift in (0..usize::BITS).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= usize::from(byte & 0x7f).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SD_JWT: &str =
        "eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJ3b3Jrc2hvcCJ9.AAECAwQF~WyJzYWx0IiwicGxhdGUiLCIxMiJd~";

    #[test]
    fn a_statement_takes_three_bytes_for_four_characters() {
        let packed = pack(SD_JWT);

        assert!(
            packed.len() * 10 < SD_JWT.len() * 9,
            "{} of {}",
            packed.len(),
            SD_JWT.len()
        );
        assert_eq!(unpack(packed).as_deref(), Some(SD_JWT));
    }

    #[test]
    fn text_of_an_earlier_version_is_read_as_it_is() {
        assert_eq!(unpack(SD_JWT.as_bytes().to_vec()).as_deref(), Some(SD_JWT));
    }

    #[test]
    fn base64_with_stray_bits_is_kept_as_it_came() {
        // "QQ" and "QR" both decode to one byte; only the first is its spelling.
        assert_eq!(pack("QR.QQ").first(), Some(&AS_IT_CAME));
        assert_eq!(unpack(pack("QR.QQ")).as_deref(), Some("QR.QQ"));
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in "\\PC{0,80}") {
            prop_assert_eq!(unpack(pack(&text)), Some(text));
        }

        #[test]
        fn pieces_come_back_and_are_not_longer_than_promised(text in "([A-Za-z0-9_-]{0,40}[.~]?){0,6}") {
            let packed = pack(&text);
            prop_assert!(text.len() as u64 <= most_characters(packed.len() as u64));
            prop_assert_eq!(unpack(packed), Some(text));
        }

        #[test]
        fn any_bytes_are_unpacked_or_refused(packed in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = unpack(packed);
        }
    }
}
