//! Numbers as loggers write them: fast for the usual few digits, exact always.

/// A cell of a column that should hold numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// A finite number.
    Number(f64),
    /// Nothing was measured: empty, or one of the words loggers write for that.
    Missing,
    /// Something else.
    Unreadable,
}

/// Powers of ten that are exact in binary, so that a division by them rounds once (Clinger 1990).
const EXACT: [f64; 19] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
];

/// Words that loggers and spreadsheets write where nothing was measured.
const MISSING: [&str; 13] = [
    "na", "n/a", "#n/a", "nan", "-nan", "null", "none", "nil", "-", "--", "?", "unknown", "nodata",
];

/// Reads a cell whose decimal sign is a point or a comma.
///
/// With a decimal comma, points group digits and are passed over.
#[inline]
pub fn cell(bytes: &[u8], decimal_comma: bool) -> Cell {
    let decimal = if decimal_comma { b',' } else { b'.' };
    match short(bytes, decimal) {
        Some(value) => Cell::Number(value),
        None => longer(bytes, decimal_comma, decimal),
    }
}

/// A cell of at most eight bytes, which lie in a word with the first lowest; `None` where there is more to it than digits, a
/// minus and a decimal sign. What lies in the word behind the cell is not looked at.
#[inline]
pub fn in_word(word: u64, len: usize, decimal: u8) -> Option<f64> {
    let negative = word & 0xff == u64::from(b'-');
    let (word, len) = if negative {
        (word >> 8, len.wrapping_sub(1))
    } else {
        (word, len)
    };
    if !(1..=8).contains(&len) {
        return None;
    }
    let value = digits(word, len, decimal)?;
    Some(if negative { -value } else { value })
}

/// Up to eight digits with at most one decimal sign, and perhaps a minus.
#[inline]
fn short(bytes: &[u8], decimal: u8) -> Option<f64> {
    let (negative, rest) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    let len = rest.len();
    // The first byte lowest; where the two reads overlap they agree.
    let word = match (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
        (Some(first), Some(last)) if len <= 8 => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << (8 * (len - 4))
        }
        (None, _) if len > 0 => {
            let byte = |place: usize| u64::from(rest.get(place).copied().unwrap_or_default());
            byte(0) | byte(1) << 8 | byte(2) << 16
        }
        _ => return None,
    };
    let value = digits(word, len, decimal)?;
    Some(if negative { -value } else { value })
}

/// The first one to eight bytes of a word as digits with at most one decimal sign: all of them at once.
#[inline]
fn digits(word: u64, len: usize, decimal: u8) -> Option<f64> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const ZERO: u64 = 0x30;
    const EVEN: u64 = 0x0000_00ff_0000_00ff;
    // Right-aligned, with zeros in front. Only of digits does this make numbers below ten.
    let empty = 8 * (8 - len as u32);
    let mut digits = (word << empty) ^ ((ZERO * EACH) << empty);
    // A decimal sign has this bit, and a digit has not.
    let signs = digits & (0x10 * EACH);
    let mut places = 0;
    if signs != 0 {
        let at = signs.trailing_zeros() & !7;
        if digits >> at & 0xff != u64::from(decimal) ^ ZERO || len == 1 {
            return None;
        }
        let before = digits & ((1 << at) - 1);
        let after = digits & (!0xff << at);
        digits = after | before << 8;
        places = 7 - at as usize / 8;
    }
    if (digits | digits.wrapping_add(0x76 * EACH)) & (0x80 * EACH) != 0 {
        return None;
    }
    // Digits to pairs, pairs to fours, fours to the whole (Lemire, "Quickly parsing eight digits", 2018).
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let fours = (pairs & EVEN).wrapping_mul(100 + (1_000_000 << 32));
    let whole = fours.wrapping_add(((pairs >> 16) & EVEN).wrapping_mul(1 + (10_000 << 32))) >> 32;
    // Eight digits fit 32 bits, which are made a float in one instruction.
    Some(f64::from(whole as u32) / EXACT.get(places)?)
}

/// Any other cell.
fn longer(bytes: &[u8], decimal_comma: bool, decimal: u8) -> Cell {
    let bytes = bytes.trim_ascii();
    if bytes.is_empty() {
        return Cell::Missing;
    }
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, bytes),
    };
    let (mut mantissa, mut count, mut places, mut point) = (0_u64, 0_u32, 0_usize, false);
    for &byte in digits {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
                count += 1;
                places += usize::from(point);
            }
            _ if byte == decimal && !point => point = true,
            _ => return slowly(bytes, decimal_comma),
        }
    }
    // Nineteen digits fit 64 bits; up to 2^53 the mantissa is exact as a float.
    if count == 0 || count > 19 || mantissa > 1 << 53 {
        return slowly(bytes, decimal_comma);
    }
    let Some(scale) = EXACT.get(places) else {
        return slowly(bytes, decimal_comma);
    };
    let value = mantissa as f64 / scale;
    Cell::Number(if negative { -value } else { value })
}

/// Whatever is not a plain short decimal: exponents, many digits, grouped digits, words.
#[cold]
fn slowly(bytes: &[u8], decimal_comma: bool) -> Cell {
    let Ok(text) = str::from_utf8(bytes) else {
        return Cell::Unreadable;
    };
    let number = if decimal_comma {
        text.replace('.', "").replace(',', ".").parse::<f64>()
    } else {
        text.parse::<f64>()
    };
    match number {
        Ok(value) if value.is_finite() => Cell::Number(value),
        Ok(value) if value.is_nan() => Cell::Missing,
        _ if MISSING.iter().any(|word| text.eq_ignore_ascii_case(word)) => Cell::Missing,
        _ if text.eq_ignore_ascii_case("true") => Cell::Number(1.0),
        _ if text.eq_ignore_ascii_case("false") => Cell::Number(0.0),
        _ => Cell::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_loggers_write_for_nothing_is_missing_and_other_words_are_unreadable() {
        for word in ["", "  ", "NaN", "na", "none", "N/A", "-", "null"] {
            assert_eq!(cell(word.as_bytes(), false), Cell::Missing, "{word:?}");
        }
        for word in ["inf", "12 V", "1,5", "0x10", "1.2.3", "\u{fffd}"] {
            assert_eq!(cell(word.as_bytes(), false), Cell::Unreadable, "{word:?}");
        }
    }

    #[test]
    fn a_decimal_comma_is_a_decimal_sign_only_where_it_was_said() {
        assert_eq!(cell(b"3,725", true), Cell::Number(3.725));
        assert_eq!(cell(b"1.234,5", true), Cell::Number(1234.5));
        assert_eq!(cell(b"3,725", false), Cell::Unreadable);
    }

    proptest! {
        #[test]
        fn any_number_is_read_as_the_standard_library_reads_it(value in any::<f64>().prop_filter("finite", |v| v.is_finite())) {
            for text in [format!("{value}"), format!("{value:e}"), format!("{value:.3}"), format!("{value:.17}")] {
                let Cell::Number(read) = cell(text.as_bytes(), false) else {
                    return Err(TestCaseError::fail(text));
                };
                prop_assert_eq!(read.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{}", text);
            }
        }

        #[test]
        fn short_decimals_are_read_exactly(mantissa in 0_u64..1 << 53, places in 0_usize..18) {
            let digits = format!("{mantissa:019}");
            let (whole, part) = digits.split_at(19 - places);
            let text = format!("{whole}.{part}");
            prop_assert_eq!(cell(text.as_bytes(), false), Cell::Number(text.parse().unwrap()));
        }

        #[test]
        fn the_short_way_and_the_long_way_read_the_same(text in "-?[0-9.,+ e]{1,10}", comma in any::<bool>()) {
            let bytes = text.as_bytes();
            let decimal = if comma { b',' } else { b'.' };
            if let Some(value) = short(bytes, decimal) {
                let Cell::Number(other) = longer(bytes, comma, decimal) else {
                    return Err(TestCaseError::fail(text));
                };
                prop_assert_eq!(value.to_bits(), other.to_bits(), "{}", text);
            }
        }

        #[test]
        fn any_bytes_are_a_number_missing_or_unreadable(bytes in proptest::collection::vec(any::<u8>(), 0..40), comma in any::<bool>()) {
            if let Cell::Number(value) = cell(&bytes, comma) {
                prop_assert!(value.is_finite());
            }
        }
    }
}
