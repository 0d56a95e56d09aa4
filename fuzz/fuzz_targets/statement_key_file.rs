//! Any bytes as a key file: reading must not panic, and what reads must survive being written again. No passphrase is
//! given, so that no run spends its time in Argon2.
#![no_main]

use libfuzzer_sys::fuzz_target;
use statement::key_file;

fuzz_target!(|bytes: &[u8]| {
    let Ok(key) = key_file::decode(bytes, None) else {
        return;
    };
    let written = key_file::encode_plain(&key).expect("a key that was read can be written");
    assert_eq!(key_file::decode(&written, None).as_ref(), Ok(&key));
});
