//! Any text as a log's pinned VRF key: refused, or written back as the same line.
#![no_main]

use dossier::VrfVerifierKey;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(key) = text.parse::<VrfVerifierKey>()
    {
        assert_eq!(key.to_string(), text, "a key has one spelling");
    }
});
