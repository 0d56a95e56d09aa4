//! A policy and, after a NUL byte (which neither format allows), a note to judge by it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tlog::note::Note;
use tlog::policy::Policy;

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let policy = parts.next().and_then(|policy| Policy::parse(policy).ok());
    let note = parts.next().and_then(|note| Note::parse(note).ok());
    if let (Some(policy), Some(note)) = (policy, note) {
        let _ = policy.evaluate(&note);
    }
});
