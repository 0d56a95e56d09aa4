//! Japanese frame numbers: the model code, a hyphen, the serial (`ZVW30-1234567`). Cars for the Japanese market carry
//! this instead of a VIN. The emission prefix of the type designation (`DAA-`) is not part of it.

use std::fmt;
use std::str::FromStr;

/// A frame number in its canonical spelling.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FrameNumber {
    text: String,
    hyphen: usize,
}

const MODEL: std::ops::RangeInclusive<usize> = 2..=9;
const SERIAL: std::ops::RangeInclusive<usize> = 4..=8;

impl FrameNumber {
    /// The whole number, `ZVW30-1234567`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The model code before the hyphen.
    pub fn model_code(&self) -> &str {
        self.text.get(..self.hyphen).unwrap_or_default()
    }

    /// The serial after the hyphen, with the zeros it was stamped with.
    pub fn serial(&self) -> &str {
        self.text.get(self.hyphen + 1..).unwrap_or_default()
    }
}

/// Why a text is no frame number. Positions count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// No hyphen between model code and serial.
    #[error("a frame number has a hyphen between model code and serial, as in ZVW30-1234567")]
    NoHyphen,
    /// A character that does not belong where it stands.
    #[error("position {position} is {found:?}, but {place}{}", meant(*suggestion))]
    Character {
        /// Position from 1.
        position: usize,
        /// The character there.
        found: char,
        /// What may stand there.
        place: &'static str,
        /// What the writer may have meant.
        suggestion: Option<char>,
    },
    /// The model code is too short or too long.
    #[error("the model code before the hyphen has 2 to 9 characters, this has {found}")]
    ModelLength {
        /// How many characters there are.
        found: usize,
    },
    /// The model code is a bare number, so the halves were probably swapped.
    #[error("the model code before the hyphen has at least one letter")]
    ModelWithoutLetter,
    /// The serial is too short or too long.
    #[error("the serial after the hyphen has 4 to 8 digits, this has {found}")]
    SerialLength {
        /// How many characters there are.
        found: usize,
    },
}

fn meant(suggestion: Option<char>) -> String {
    suggestion.map_or(String::new(), |c| format!("; did you mean {c:?}?"))
}

impl FromStr for FrameNumber {
    type Err = FrameError;

    /// Accepts exactly the canonical spelling: upper case, one ASCII hyphen, no spaces.
    fn from_str(text: &str) -> Result<Self, FrameError> {
        let Some(hyphen) = text.find('-') else {
            return match text.chars().zip(1..).find(|(c, _)| is_dash(*c)) {
                Some((found, position)) => Err(FrameError::Character {
                    position,
                    found,
                    place: "the hyphen is the plain one",
                    suggestion: Some('-'),
                }),
                None => Err(FrameError::NoHyphen),
            };
        };
        let (model, serial) = (
            text.get(..hyphen).unwrap_or_default(),
            text.get(hyphen + 1..).unwrap_or_default(),
        );
        let model_length = model.chars().count();
        if !MODEL.contains(&model_length) {
            return Err(FrameError::ModelLength { found: model_length });
        }
        for (found, position) in model.chars().zip(1..) {
            if !(found.is_ascii_uppercase() || found.is_ascii_digit()) {
                return Err(FrameError::Character {
                    position,
                    found,
                    place: "a model code has capital letters and digits only",
                    suggestion: found.is_ascii_lowercase().then(|| found.to_ascii_uppercase()),
                });
            }
        }
        if !model.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(FrameError::ModelWithoutLetter);
        }
        for (found, position) in serial.chars().zip(hyphen + 2..) {
            if !found.is_ascii_digit() {
                return Err(FrameError::Character {
                    position,
                    found,
                    place: "a serial has digits only",
                    suggestion: digit_alike(found),
                });
            }
        }
        if !SERIAL.contains(&serial.len()) {
            return Err(FrameError::SerialLength { found: serial.len() });
        }
        Ok(FrameNumber {
            text: text.to_owned(),
            hyphen,
        })
    }
}

fn is_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}' | '\u{30FC}')
}

/// Confusions of readers and recognisers, in the one direction a serial allows.
fn digit_alike(c: char) -> Option<char> {
    Some(match c {
        'O' | 'o' | 'Q' | 'D' => '0',
        'I' | 'l' | 'i' => '1',
        'Z' | 'z' => '2',
        'S' | 's' => '5',
        'B' => '8',
        _ => return None,
    })
}

impl TryFrom<&str> for FrameNumber {
    type Error = FrameError;

    fn try_from(text: &str) -> Result<Self, FrameError> {
        text.parse()
    }
}

impl fmt::Display for FrameNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_halves_are_model_code_and_serial() {
        let frame: FrameNumber = "ACT10-0012345".parse().unwrap();
        assert_eq!((frame.model_code(), frame.serial()), ("ACT10", "0012345"));
    }

    #[test]
    fn a_letter_in_the_serial_is_refused_with_its_digit() {
        assert_eq!(
            "ZVW30-123456S".parse::<FrameNumber>().unwrap_err().to_string(),
            "position 13 is 'S', but a serial has digits only; did you mean '5'?"
        );
    }

    #[test]
    fn a_long_dash_is_refused_and_the_plain_hyphen_suggested() {
        let error = "ZVW30–1234567".parse::<FrameNumber>().unwrap_err();
        assert!(matches!(
            error,
            FrameError::Character {
                position: 6,
                suggestion: Some('-'),
                ..
            }
        ));
    }

    #[test]
    fn a_type_designation_with_its_emission_prefix_is_no_frame_number() {
        assert!("DAA-ZVW30-1234567".parse::<FrameNumber>().is_err());
    }

    #[test]
    fn swapped_halves_are_noticed() {
        assert_eq!(
            "1234567-8901".parse::<FrameNumber>(),
            Err(FrameError::ModelWithoutLetter)
        );
    }
}
