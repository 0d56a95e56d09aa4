//! Any bytes as a signed note: what parses prints back, and verifying it does not panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tlog::note::{Note, Vkey};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_bytes(), bytes);
        let known = [
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
        ];
        let known: Vec<Vkey> = known.iter().filter_map(|vkey| Vkey::parse(vkey).ok()).collect();
        let _ = note.verify(&known);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Vkey::parse(text);
    }
});
