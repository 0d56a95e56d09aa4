//! A mapping file and, after a NUL byte, the table it maps: refused, or every row is answered for, as a draft or with faults, and
//! reads the same when it was written out to be mended.
#![no_main]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use desk::input::{self, Line, Mapping};
use libfuzzer_sys::fuzz_target;

/// The desk reads files. One folder a process, in memory where there is such a place.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    };
    let folder = base.join(format!("carnet-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder to write to");
    folder
});

fn rows(mapping: &Mapping, table: &[u8]) -> Vec<Line> {
    let file = FOLDER.join("table.csv");
    std::fs::write(&file, table).expect("the folder can be written to");
    let mut lines = Vec::new();
    // An error after some rows is about the rest of the file.
    let _ended = input::read(&file, Some(mapping), |line| {
        lines.push(line);
        Ok(())
    });
    lines
}

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let (Some(mapping), Some(table)) = (parts.next(), parts.next()) else {
        return;
    };
    let file = FOLDER.join("mapping.toml");
    std::fs::write(&file, mapping).expect("the folder can be written to");
    let Ok(mapping) = Mapping::read(&file) else {
        return;
    };
    let lines = rows(&mapping, table);
    if std::str::from_utf8(table).is_err() {
        // Such a row is written out with the places marked, and is another text then.
        return;
    }
    for line in lines.into_iter().take(4) {
        let Some(header) = line.header.as_ref().filter(|_| !line.text.is_empty()) else {
            continue;
        };
        let again = rows(&mapping, format!("{header}\n{}\n", line.text).as_bytes());
        let [again] = again.as_slice() else {
            panic!("one row became {} when it was written out", again.len());
        };
        assert_eq!(again.text, line.text);
        assert_eq!(again.item.as_ref().err(), line.item.as_ref().err());
    }
});
