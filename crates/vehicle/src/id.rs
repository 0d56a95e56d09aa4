//! The canonical vehicle id: a type prefix and the number, one spelling for one number.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::check_digit::CheckDigit;
use crate::frame::{FrameError, FrameNumber};
use crate::near_miss;
use crate::vin::{Vin, VinError};

/// What a statement is about: a VIN or a frame number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum VehicleId {
    /// `vin:` and 17 characters.
    Vin(Vin),
    /// `frame:` and a Japanese frame number.
    Frame(FrameNumber),
}

/// Why a text is no vehicle id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VehicleIdError {
    /// Neither `vin:` nor `frame:` stands in front.
    #[error("a vehicle id starts with \"vin:\" or \"frame:\"")]
    Prefix,
    /// After `vin:` or as typed.
    #[error(transparent)]
    Vin(#[from] VinError),
    /// After `frame:` or as typed.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

impl VehicleId {
    /// What a person types: a bare VIN or frame number, or a canonical id. White space and letter case are ignored,
    /// nothing else. A hyphen means a frame number, since no VIN has one.
    ///
    /// A bare VIN whose region requires a check digit must satisfy it: at this door a failing one is a typing error. With
    /// `vin:` written in front the number is taken as it stands, because a plate can truly be stamped wrong.
    pub fn parse_loose(text: &str) -> Result<Self, VehicleIdError> {
        let compact = compact(text);
        let upper = compact.as_str();
        if let Some(vin) = upper.strip_prefix("VIN:") {
            return Ok(VehicleId::Vin(vin.parse()?));
        }
        if let Some(frame) = upper.strip_prefix("FRAME:") {
            return Ok(VehicleId::Frame(frame.parse()?));
        }
        if upper.contains('-') {
            return Ok(VehicleId::Frame(upper.parse()?));
        }
        let vin: Vin = upper.parse()?;
        match vin.check_digit() {
            CheckDigit::Invalid { expected, found } => Err(VinError::CheckDigit {
                expected,
                found,
                suggestions: near_miss::suggest(upper),
            }
            .into()),
            CheckDigit::Valid | CheckDigit::NotApplicable => Ok(VehicleId::Vin(vin)),
        }
    }
}

impl VehicleId {
    /// How many characters of a number as somebody wrote it differ from this one: 0 where it is the same, `None` where it is
    /// longer or shorter. Letter case, spaces, hyphens and a prefix count for nothing.
    pub fn differences(&self, written: &str) -> Option<usize> {
        let own = letters_and_digits(&self.to_string());
        let mut written = letters_and_digits(written);
        let prefix = if matches!(self, VehicleId::Vin(_)) {
            "VIN"
        } else {
            "FRAME"
        };
        let begins: String = written.iter().take(prefix.len()).collect();
        if begins != prefix {
            written.splice(0..0, prefix.chars());
        }
        (own.len() == written.len()).then(|| own.iter().zip(&written).filter(|(a, b)| a != b).count())
    }
}

fn letters_and_digits(text: &str) -> Vec<char> {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

fn compact(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

impl FromStr for VehicleId {
    type Err = VehicleIdError;

    /// Accepts exactly what `Display` writes.
    fn from_str(text: &str) -> Result<Self, VehicleIdError> {
        if let Some(vin) = text.strip_prefix("vin:") {
            Ok(VehicleId::Vin(vin.parse()?))
        } else if let Some(frame) = text.strip_prefix("frame:") {
            Ok(VehicleId::Frame(frame.parse()?))
        } else {
            Err(VehicleIdError::Prefix)
        }
    }
}

impl From<Vin> for VehicleId {
    fn from(vin: Vin) -> Self {
        VehicleId::Vin(vin)
    }
}

impl From<FrameNumber> for VehicleId {
    fn from(frame: FrameNumber) -> Self {
        VehicleId::Frame(frame)
    }
}

impl fmt::Display for VehicleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VehicleId::Vin(vin) => write!(f, "vin:{vin}"),
            VehicleId::Frame(frame) => write!(f, "frame:{frame}"),
        }
    }
}

impl Serialize for VehicleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for VehicleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_numbers_and_canonical_ids_meet_in_one_spelling() {
        for typed in [
            "kmtg341ablu064324",
            " KMTG341 ABLU064324\n",
            "VIN:KMTG341ABLU064324",
            "vin:KMTG341ABLU064324",
        ] {
            assert_eq!(
                VehicleId::parse_loose(typed).unwrap().to_string(),
                "vin:KMTG341ABLU064324"
            );
        }
        assert_eq!(
            VehicleId::parse_loose("zvw30-1234567").unwrap().to_string(),
            "frame:ZVW30-1234567"
        );
    }

    #[test]
    fn a_typed_north_american_vin_with_a_wrong_check_digit_is_refused() {
        let error = VehicleId::parse_loose("1M8GDM9AXKP04Z788").unwrap_err();
        assert!(
            error.to_string().ends_with("did you mean 1M8GDM9AXKP042788?"),
            "{error}"
        );
        assert!(
            VehicleId::parse_loose("vin:1M8GDM9AXKP04Z788").is_ok(),
            "said on purpose, it is taken"
        );
    }

    #[test]
    fn a_number_as_written_is_compared_by_its_letters_and_digits() {
        let vin: VehicleId = "vin:KMTG341ABLU064324".parse().unwrap();
        let frame: VehicleId = "frame:ZVW30-1234567".parse().unwrap();
        for (id, written, differences) in [
            (&vin, "kmtg341 ablu-064324", Some(0)),
            (&vin, "VIN: KMTG341ABLU064324", Some(0)),
            (&vin, "KMTG341ABLUO64324", Some(1)),
            (&vin, "KMTG341ABLU06432", None),
            (&vin, "", None),
            (&frame, "ZVW301234567", Some(0)),
            (&frame, "ZVW30-1234568", Some(1)),
        ] {
            assert_eq!(id.differences(written), differences, "{written}");
        }
    }

    #[test]
    fn a_canonical_id_has_no_second_spelling() {
        for other in [
            "VIN:KMTG341ABLU064324",
            "vin: KMTG341ABLU064324",
            "vin:kmtg341ablu064324",
            "KMTG341ABLU064324",
        ] {
            assert!(other.parse::<VehicleId>().is_err(), "{other}");
        }
    }

    #[test]
    fn serde_writes_the_canonical_string() {
        let id: VehicleId = "frame:ZVW30-1234567".parse().unwrap();
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, "\"frame:ZVW30-1234567\"");
        assert_eq!(serde_json::from_str::<VehicleId>(&json).unwrap(), id);
    }
}
