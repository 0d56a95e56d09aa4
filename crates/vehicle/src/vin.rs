//! The vehicle identification number of ISO 3779: 17 characters A-Z and 0-9 without I, O and Q.

use std::fmt;
use std::str::FromStr;

use crate::near_miss::{self, Suggestion};

/// A well-formed VIN. Whether its check digit must hold is a separate question: [`Vin::check_digit`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vin([u8; 17]);

impl Vin {
    /// All 17 characters.
    pub fn as_str(&self) -> &str {
        // ASCII by construction: the parser admits nothing else.
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Positions 1-3: who made it. A 9 in position 3 marks a small maker, told apart by positions 12-14 (ISO 3780).
    pub fn wmi(&self) -> &str {
        self.as_str().get(..3).unwrap_or_default()
    }

    /// Positions 4-9: what it is, in the maker's own code.
    pub fn vds(&self) -> &str {
        self.as_str().get(3..9).unwrap_or_default()
    }

    /// Positions 10-17: which one it is.
    pub fn vis(&self) -> &str {
        self.as_str().get(9..).unwrap_or_default()
    }

    pub(crate) fn bytes(&self) -> &[u8; 17] {
        &self.0
    }
}

/// Why a text is no VIN. Positions count from 1, as on a form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VinError {
    /// Not 17 characters.
    #[error("a VIN has 17 characters, this has {found}")]
    Length {
        /// How many characters there are.
        found: usize,
    },
    /// A character no VIN contains.
    #[error(
        "position {position} is {found:?}, which no VIN contains{}",
        near_miss::meant(suggestions)
    )]
    Character {
        /// Position from 1.
        position: usize,
        /// The character there.
        found: char,
        /// What the writer may have meant, best first; never applied silently.
        suggestions: Vec<Suggestion>,
    },
    /// The region requires a check digit and it is wrong. Only [`crate::VehicleId::parse_loose`] raises this.
    #[error(
        "position 9 is {found:?} but the other characters ask for {expected:?}, \
         so at least one character was misread{}",
        near_miss::meant(suggestions)
    )]
    CheckDigit {
        /// The character the other sixteen ask for.
        expected: char,
        /// The character in position 9.
        found: char,
        /// What the writer may have meant, best first; never applied silently.
        suggestions: Vec<Suggestion>,
    },
}

pub(crate) fn in_alphabet(character: char) -> bool {
    matches!(character, '0'..='9' | 'A'..='H' | 'J'..='N' | 'P' | 'R'..='Z')
}

impl FromStr for Vin {
    type Err = VinError;

    /// Accepts exactly the canonical spelling: 17 upper-case characters of the alphabet.
    fn from_str(text: &str) -> Result<Self, VinError> {
        let mut characters = [0u8; 17];
        let mut length = 0usize;
        let mut misfit = None;
        for found in text.chars() {
            if !in_alphabet(found) && misfit.is_none() {
                misfit = Some((length + 1, found));
            }
            if let Some(slot) = characters.get_mut(length) {
                // Outside ASCII is a misfit already, and then this byte is never used.
                *slot = u8::try_from(found).unwrap_or_default();
            }
            length += 1;
        }
        match misfit {
            _ if length != 17 => Err(VinError::Length { found: length }),
            Some((position, found)) => Err(VinError::Character {
                position,
                found,
                suggestions: near_miss::suggest(text),
            }),
            None => Ok(Vin(characters)),
        }
    }
}

impl TryFrom<&str> for Vin {
    type Error = VinError;

    fn try_from(text: &str) -> Result<Self, VinError> {
        text.parse()
    }
}

impl fmt::Display for Vin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Vin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vin({})", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letter_o_is_refused_with_its_position_and_zero_suggested() {
        let error = "1M8GDM9AXKP04278O".parse::<Vin>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "position 17 is 'O', which no VIN contains; \
             did you mean 1M8GDM9AXKP042780 (whose check digit still fails)?"
        );
    }

    #[test]
    fn a_missing_character_is_named_by_count() {
        assert_eq!(
            "KMHD35LH5EU17895".parse::<Vin>(),
            Err(VinError::Length { found: 16 })
        );
    }

    #[test]
    fn lower_case_is_not_a_second_spelling() {
        let error = "1m8gdm9axkp042788".parse::<Vin>().unwrap_err();
        assert!(
            error.to_string().ends_with("did you mean 1M8GDM9AXKP042788?"),
            "{error}"
        );
    }

    #[test]
    fn the_sections_are_positions_1_to_3_4_to_9_and_10_to_17() {
        let vin: Vin = "KMTG341ABLU064324".parse().unwrap();
        assert_eq!((vin.wmi(), vin.vds(), vin.vis()), ("KMT", "G341AB", "LU064324"));
    }
}
