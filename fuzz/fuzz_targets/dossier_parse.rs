//! Any bytes as a dossier file or an erasure notice: what reads, writes and reads again as the same.
#![no_main]

use dossier::Dossier;
use dossier::erasure::Notice;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(dossier) = Dossier::from_bytes(bytes) {
        let written = dossier.to_bytes().expect("what was read can be written");
        assert_eq!(Dossier::from_bytes(&written), Ok(dossier));
    }
    let _ = Notice::parse_unverified(bytes, "log.example/carnet");
});
