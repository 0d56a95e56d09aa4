#![no_main]
//! Any text through every door of the vehicle crate; what gets in must come out as the same canonical text.

use libfuzzer_sys::fuzz_target;
use vehicle::{FrameNumber, VehicleId, Vin};

fuzz_target!(|text: &str| {
    if let Err(error) = text.parse::<Vin>() {
        let _ = error.to_string();
    }
    if let Err(error) = text.parse::<FrameNumber>() {
        let _ = error.to_string();
    }
    match VehicleId::parse_loose(text) {
        Ok(id) => {
            let canonical = id.to_string();
            assert_eq!(canonical.parse::<VehicleId>().as_ref(), Ok(&id));
            assert_eq!(VehicleId::parse_loose(&canonical), Ok(id));
        }
        Err(error) => {
            let _ = error.to_string();
        }
    }
});
