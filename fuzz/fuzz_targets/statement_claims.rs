//! Any JSON object as the claims of a statement, without the signature that keeps a fuzzer out: what reads, writes and reads
//! again as the same, and its body is judged by the vocabulary without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use statement::{Claims, vocabulary};

fuzz_target!(|bytes: &[u8]| {
    let Ok(payload) = serde_json::from_slice(bytes) else {
        return;
    };
    let Ok(claims) = Claims::from_json(payload) else {
        return;
    };
    let _ = vocabulary::check(claims.typ, &claims.body);
    assert_eq!(Claims::from_json(claims.to_json()), Ok(claims));
});
