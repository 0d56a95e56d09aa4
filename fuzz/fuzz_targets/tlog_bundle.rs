//! Any bytes as an entry bundle: what decodes encodes back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tlog::tile::{decode_bundle, encode_bundle};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(entries) = decode_bundle(bytes) {
        assert_eq!(encode_bundle(&entries).as_deref(), Ok(bytes));
    }
});
