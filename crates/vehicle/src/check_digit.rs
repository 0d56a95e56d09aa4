//! The check digit in position 9: a duty in North America (49 CFR 565.15, weights and transliteration there), filler or
//! something else entirely elsewhere. Hyundai, for one, writes the side of the steering wheel there.

use crate::vin::Vin;

/// What position 9 says about the VIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckDigit {
    /// Position 9 is the check digit the other sixteen characters ask for.
    Valid,
    /// The region or declared market requires a check digit, and it is wrong: an error.
    Invalid {
        /// The character the other sixteen ask for.
        expected: char,
        /// The character in position 9.
        found: char,
    },
    /// No check digit is required and position 9 does not happen to hold one. Never an error.
    NotApplicable,
}

/// Whether a VIN must carry a check digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckDigitDuty {
    /// North America: maker's region 1 to 5, or a car declared as built for the United States or Canada.
    Required,
    /// Everywhere else.
    NotRequired,
}

/// The market a car was built for, where a document declares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Market {
    /// United States and Canada: the check digit is law wherever the car was made.
    UnitedStatesOrCanada,
    /// Any other market.
    Elsewhere,
}

/// Position 9 looks like a check digit (0-9 or X), is none by duty, and does not hold. Worth a second look at the plate,
/// not an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrayCheckDigit {
    /// The character a check digit would have.
    pub expected: char,
    /// The character in position 9.
    pub found: char,
}

impl Vin {
    /// Judges position 9 by the maker's region alone.
    pub fn check_digit(&self) -> CheckDigit {
        self.judge(self.check_digit_duty(None))
    }

    /// Judges position 9 knowing the market a document declares.
    pub fn check_digit_for(&self, market: Market) -> CheckDigit {
        self.judge(self.check_digit_duty(Some(market)))
    }

    /// Whether a check digit is required: by the maker's region (first character 1 to 5), or by a declared market. A
    /// declaration can add the duty, never lift it.
    pub fn check_digit_duty(&self, market: Option<Market>) -> CheckDigitDuty {
        let [region, ..] = self.bytes();
        if matches!(region, b'1'..=b'5') || market == Some(Market::UnitedStatesOrCanada) {
            CheckDigitDuty::Required
        } else {
            CheckDigitDuty::NotRequired
        }
    }

    /// The warning for a VIN outside North America whose position 9 looks like a check digit and fails as one.
    pub fn stray_check_digit(&self) -> Option<StrayCheckDigit> {
        let found = self.position_9();
        let expected = self.computed_check_digit();
        let looks_like_one = found.is_ascii_digit() || found == 'X';
        (looks_like_one && found != expected && self.check_digit_duty(None) == CheckDigitDuty::NotRequired)
            .then_some(StrayCheckDigit { expected, found })
    }

    /// The check digit the sixteen other characters ask for: `0` to `9`, or `X` for ten.
    pub fn computed_check_digit(&self) -> char {
        let sum: u32 = self
            .bytes()
            .iter()
            .zip(WEIGHTS)
            .map(|(b, weight)| value(*b) * weight)
            .sum();
        match sum % 11 {
            10 => 'X',
            digit => char::from_digit(digit, 10).unwrap_or('0'),
        }
    }

    fn position_9(&self) -> char {
        let [_, _, _, _, _, _, _, _, ninth, ..] = self.bytes();
        char::from(*ninth)
    }

    fn judge(&self, duty: CheckDigitDuty) -> CheckDigit {
        let expected = self.computed_check_digit();
        let found = self.position_9();
        match duty {
            _ if found == expected => CheckDigit::Valid,
            CheckDigitDuty::Required => CheckDigit::Invalid { expected, found },
            CheckDigitDuty::NotRequired => CheckDigit::NotApplicable,
        }
    }
}

/// Position 9 weighs nothing: it is the result.
const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/// Transliteration of 49 CFR 565.15 table IV. Letters in one column share a value (A and J, B K and S, …), so swapping
/// one for another in its column is the single substitution the check digit cannot see; every other one it does, since
/// 11 is prime and no weight or difference is a multiple of it.
pub(crate) fn value(character: u8) -> u32 {
    match character {
        b'0'..=b'9' => u32::from(character - b'0'),
        b'A' | b'J' => 1,
        b'B' | b'K' | b'S' => 2,
        b'C' | b'L' | b'T' => 3,
        b'D' | b'M' | b'U' => 4,
        b'E' | b'N' | b'V' => 5,
        b'F' | b'W' => 6,
        b'G' | b'P' | b'X' => 7,
        b'H' | b'Y' => 8,
        b'R' | b'Z' => 9,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPRSTUVWXYZ0123456789";

    fn vin(bytes: &[u8]) -> Vin {
        std::str::from_utf8(bytes).unwrap().parse().unwrap()
    }

    proptest! {
        #[test]
        fn one_substituted_character_changes_the_check_digit_unless_both_share_a_value(
            indices in proptest::collection::vec(0..ALPHABET.len(), 17),
            position in 0usize..17,
            replacement in 0..ALPHABET.len(),
        ) {
            let original: Vec<u8> = indices.iter().map(|i| ALPHABET[*i]).collect();
            let mut changed = original.clone();
            changed[position] = ALPHABET[replacement];
            let same = vin(&original).computed_check_digit() == vin(&changed).computed_check_digit();
            let invisible = position == 8 || value(original[position]) == value(changed[position]);
            prop_assert_eq!(same, invisible);
        }
    }

    #[test]
    fn a_declared_us_market_makes_the_check_digit_a_duty_for_a_korean_maker() {
        let domestic: Vin = "KNAKH815BAK681607".parse().unwrap();
        assert_eq!(domestic.check_digit(), CheckDigit::NotApplicable);
        assert_eq!(
            domestic.check_digit_for(Market::UnitedStatesOrCanada),
            CheckDigit::Invalid {
                expected: '3',
                found: 'B'
            }
        );
    }

    #[test]
    fn a_digit_that_fails_outside_north_america_is_a_warning_not_an_error() {
        let vin: Vin = "KM8K2CAB5PU001140".parse().unwrap();
        assert_eq!(vin.check_digit(), CheckDigit::NotApplicable);
        assert_eq!(
            vin.stray_check_digit(),
            Some(StrayCheckDigit {
                expected: '4',
                found: '5'
            })
        );
    }
}
