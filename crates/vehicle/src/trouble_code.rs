//! Diagnostic trouble codes (SAE J2012): which of them are of the high-voltage system.

/// Whether a diagnostic trouble code is one of the hybrid and electric drive: SAE J2012 gives them P0A to P0F, and makers use P1A to
/// P1F in the same way (P1B77). A failure type behind the code does not count (`P0AA6-16`, `P0AA616`).
pub fn of_high_voltage(code: &str) -> bool {
    let code = code.trim().as_bytes();
    let ([letter, first, second, third, fourth], failure_type) = (
        match code.first_chunk::<5>() {
            Some(code) => code.map(|byte| byte.to_ascii_uppercase()),
            None => return false,
        },
        code.get(5..).unwrap_or_default(),
    );
    let ends = match failure_type {
        [] => true,
        [next, ..] if !next.is_ascii_alphanumeric() => true,
        more => more.len() == 2 && more.iter().all(u8::is_ascii_hexdigit),
    };
    letter == b'P'
        && matches!(first, b'0' | b'1')
        && matches!(second, b'A'..=b'F')
        && third.is_ascii_hexdigit()
        && fourth.is_ascii_hexdigit()
        && ends
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_of_the_electric_drive_are_told_by_their_range() {
        for code in [
            "P0AA6",
            "p0de6",
            "P0E00",
            "P0B3B",
            "P1A9F",
            "P1F00",
            " P0AA6-16",
            "P0AA616",
            "P0AA6:16",
        ] {
            assert!(of_high_voltage(code), "{code}");
        }
        for code in [
            "",
            "P0420",
            "P2A00",
            "C0AA6",
            "P0AA",
            "P0AG6",
            "P0AA6XY",
            "P0AA6161",
            "배터리",
        ] {
            assert!(!of_high_voltage(code), "{code}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in ".{0,12}") {
            of_high_voltage(&text);
        }
    }
}
