//! Files of any bytes: every line is answered for, and none is lost on the way to the file of refused lines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

use desk::input::{self, Line, Mapping};
use proptest::prelude::*;

const MAPPING: &str = r#"
version = 1
[constants]
issuer = "w"
[columns]
"a,b" = { to = "vid", kind = "vehicle" }
"c" = { to = "body.x", kind = "text" }
"#;

fn lines_of(name: &str, bytes: &[u8]) -> (Vec<Line>, Result<(), desk::DeskError>) {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), name, bytes);
    let mapping = write(folder.path(), "mapping.toml", MAPPING.as_bytes());
    let mapping = name.ends_with(".csv").then(|| Mapping::read(&mapping).unwrap());
    let mut lines = Vec::new();
    let read = input::read(&file, mapping.as_ref(), |line| {
        lines.push(line);
        Ok(())
    });
    (lines, read)
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_line_that_is_not_blank_is_answered_for(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let wanted: Vec<u64> = bytes
            .split(|b| *b == b'\n')
            .zip(1..)
            .filter(|(line, _)| std::str::from_utf8(line).map_or(true, |text| !text.trim().is_empty()))
            .map(|(_, number)| number)
            .collect();
        for name in ["x.jsonl", "x.sdjwt"] {
            let (lines, read) = lines_of(name, &bytes);
            prop_assert_eq!(lines.iter().map(|line| line.line).collect::<Vec<_>>(), wanted.clone());
            prop_assert_eq!(read.is_err(), wanted.is_empty());
        }
    }

    #[test]
    fn an_array_of_any_bytes_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let (lines, read) = lines_of("x.json", &bytes);
        prop_assert_eq!(lines.is_empty(), read.is_err());
    }

    #[test]
    fn a_row_reads_the_same_when_it_was_written_out(cells in proptest::collection::vec("[a-z\",; é]{0,6}", 2..=2)) {
        let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        let (lines, _) = lines_of("x.csv", format!("\"a,b\",c\n{}\n", quoted.join(",")).as_bytes());
        prop_assert_eq!(lines.len(), 1);
        let again = format!("{}\n{}\n", lines[0].header.as_ref().unwrap(), lines[0].text);
        let (again, _) = lines_of("x.csv", again.as_bytes());
        prop_assert_eq!(&again[0].text, &lines[0].text);
        prop_assert_eq!(again[0].item.as_ref().err(), lines[0].item.as_ref().err());
    }

    #[test]
    fn rows_of_any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let (lines, read) = lines_of("x.csv", &[b"\"a,b\",c\n", &bytes[..]].concat());
        prop_assert!(!lines.is_empty() || read.is_err());
    }

    #[test]
    fn a_delimiter_that_cannot_part_cells_is_refused(delimiter in "[\"\n\ré]") {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("version = 1\n[file]\ndelimiter = {}\n[columns]\n", serde_json::Value::from(delimiter));
        let refused = Mapping::read(&write(folder.path(), "m.toml", text.as_bytes())).unwrap_err();
        prop_assert!(refused.to_string().contains("the delimiter must be"), "{refused}");
    }

    #[test]
    fn a_mapping_of_any_text_is_read_or_refused(text in "[a-z\\[\\]{}=\"., \n0-9]{0,200}") {
        let folder = tempfile::tempdir().unwrap();
        if let Err(error) = Mapping::read(&write(folder.path(), "m.toml", text.as_bytes())) {
            prop_assert!(error.to_string().contains("m.toml"));
        }
    }
}
