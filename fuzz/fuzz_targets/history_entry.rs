//! Any bytes as a log entry: decoded without a panic, and what decodes has exactly one encoding.
#![no_main]

use history::entry::Entry;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(entry) = Entry::decode(bytes) {
        assert_eq!(
            entry.encode().as_deref(),
            Ok(bytes),
            "{entry:?} has a second encoding"
        );
    }
});
