//! Credentials, status lists and DID documents: any bytes get a verdict, and what is read has one canonical form.
#![no_main]

use certificate::credential::did::DidDocument;
use certificate::credential::status_list::{Published, StatusList};
use certificate::credential::{Question, jcs, verify};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // The kit's issuer, so that its files reach the proof.
    let trusted = DidDocument::with_keys("did:web:certs.example", &[[0x51; 32]]);
    let verdict = verify(
        bytes,
        &Question {
            issuers: &[trusted],
            status_lists: &[bytes.to_vec()],
            now: Timestamp::UNIX_EPOCH,
            odometer_km: Some(1),
        },
    );
    // Nobody has signed with that key.
    assert!(!verdict.may_be_relied_on());
    if let Ok(value) = jcs::read(bytes) {
        if let Ok(canonical) = jcs::canonical(&value) {
            let again = jcs::read(&canonical).map(|value| jcs::canonical(&value));
            assert_eq!(again, Ok(Ok(canonical)));
        }
        let _ = Published::read(&value);
    }
    if let Ok(document) = DidDocument::parse(bytes) {
        let text = document.to_json().to_string();
        assert!(DidDocument::parse(text.as_bytes()).is_ok());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = StatusList::decode(text);
    }
});
