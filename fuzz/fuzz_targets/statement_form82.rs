//! Any bytes as a condition record to import, or as the table of codes to read one with: what is imported is a record that
//! the vocabulary accepts and that reads back as itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use statement::form82::{Mapping, Record, import_csv, import_json};

fuzz_target!(|bytes: &[u8]| {
    let _ = Mapping::parse(bytes);
    for imported in [import_json(bytes), import_csv(bytes)].into_iter().flatten() {
        let body = imported
            .record
            .to_body()
            .expect("what was imported follows the vocabulary");
        assert_eq!(Record::from_body(&body), Ok(imported.record));
    }
});
