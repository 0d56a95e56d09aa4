//! What holds for every text, whoever wrote it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use vehicle::{FrameNumber, VehicleId, VehicleIdError, Vin, VinError};

proptest! {
    #[test]
    fn no_text_makes_a_parser_panic_and_every_error_can_be_printed(text in ".{0,40}") {
        for error in [
            text.parse::<Vin>().map(drop).map_err(|e| e.to_string()),
            text.parse::<FrameNumber>().map(drop).map_err(|e| e.to_string()),
            text.parse::<VehicleId>().map(drop).map_err(|e| e.to_string()),
            VehicleId::parse_loose(&text).map(drop).map_err(|e| e.to_string()),
        ] {
            prop_assert!(error.map_or_else(|message| !message.is_empty(), |()| true));
        }
    }

    #[test]
    fn a_vehicle_id_survives_writing_and_reading(text in "vin:[A-HJ-NPR-Z0-9]{17}|frame:[A-Z][A-Z0-9]{1,8}-[0-9]{4,8}") {
        let id: VehicleId = text.parse().unwrap();
        prop_assert_eq!(id.to_string(), text);
    }

    #[test]
    fn what_a_person_types_in_any_case_and_spacing_is_the_same_car(vin in "[A-HJ-NPR-Z][A-HJ-NPR-Z0-9]{16}", at in 0usize..17) {
        let typed = format!(" {} {} ", &vin[..at].to_lowercase(), &vin[at..]);
        prop_assert_eq!(VehicleId::parse_loose(&typed).unwrap(), VehicleId::Vin(vin.parse().unwrap()));
    }

    #[test]
    fn every_suggestion_is_well_formed_and_differs_from_what_was_written(text in "[A-Z0-9]{17}") {
        let suggestions = match VehicleId::parse_loose(&text) {
            Err(VehicleIdError::Vin(VinError::Character { suggestions, .. } | VinError::CheckDigit { suggestions, .. })) => suggestions,
            _ => Vec::new(),
        };
        for suggestion in suggestions {
            prop_assert_ne!(suggestion.vin.as_str(), text.as_str());
            prop_assert!(!suggestion.changes.is_empty());
            for change in suggestion.changes {
                prop_assert_eq!(text.chars().nth(change.position - 1), Some(change.from));
                prop_assert_eq!(suggestion.vin.as_str().chars().nth(change.position - 1), Some(change.to));
            }
        }
    }
}

#[test]
fn a_text_of_many_megabytes_is_refused_with_a_short_message() {
    let text = "8".repeat(20_000_000);
    let message = VehicleId::parse_loose(&text).unwrap_err().to_string();
    assert_eq!(message, "a VIN has 17 characters, this has 20000000");
}
