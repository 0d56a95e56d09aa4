//! Any bytes as the PDF of a certificate: refused, or a credential comes out that is no larger than one can be.
#![no_main]

use certificate_pdf::{embedded_credential, language};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(credential) = embedded_credential(bytes) {
        assert!(credential.len() <= 1 << 20);
    }
    let _ = language(bytes);
});
