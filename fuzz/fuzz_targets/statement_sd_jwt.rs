//! Any text as a statement: parsing must not panic, and what parses must survive being presented in part.
#![no_main]

use libfuzzer_sys::fuzz_target;
use statement::SdJwt;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(statement) = SdJwt::parse(text) else { return };
    assert_eq!(statement.as_str(), text);
    let mut every_other = false;
    let presented = statement.present(|_| {
        every_other = !every_other;
        every_other
    });
    assert_eq!(presented.digest(), statement.digest());
    let _ = statement.verify(&[0x58; 32]);
});
