//! Inputs of a hundred megabytes: a clear error, soon, in less memory than the input takes.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::program::{Ran, command};
use crate::yard;

const BYTES: u64 = 100 << 20;

/// Of which a debug build takes some 30 MB before it reads anything.
const MEMORY: u64 = 96 << 20;

const TIME: Duration = Duration::from_secs(10);

/// Runs the program within the bounds.
fn bounded(folder: &Path, arguments: &[&str]) -> Ran {
    let (out, err) = (folder.join("out"), folder.join("err"));
    let since = Instant::now();
    let mut child = command(folder, env!("CARGO_BIN_EXE_carnet"))
        .args(arguments)
        .stdout(Stdio::from(File::create(&out).unwrap()))
        .stderr(Stdio::from(File::create(&err).unwrap()))
        .spawn()
        .expect("carnet starts");
    let status = format!("/proc/{}/status", child.id());
    let mut highest = 0;
    let ended = loop {
        highest = highest.max(high_water(&status).unwrap_or(0));
        if let Some(ended) = child.try_wait().expect("the child is ours") {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert!(highest > 0, "the memory was measured");
    assert!(
        highest <= MEMORY,
        "carnet {arguments:?} took {} MB",
        highest >> 20
    );
    assert!(
        since.elapsed() <= TIME,
        "carnet {arguments:?} took {:?}",
        since.elapsed()
    );
    let read = |path| std::fs::read_to_string(path).unwrap();
    Ran {
        code: ended.code().expect("carnet ends by itself"),
        out: read(&out),
        err: read(&err),
    }
}

/// The most memory the process ever held, in bytes.
fn high_water(status: &str) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? << 10)
}

/// A file that takes no room on the disk and reads as zeros.
fn zeros(path: &Path) {
    File::create(path).unwrap().set_len(BYTES).unwrap();
}

/// A file of lines of this text, under a first line.
fn lines(path: &Path, first: &str, line: &str) {
    let block = format!("{line}\n").repeat((1 << 20) / line.len() + 1);
    let mut file = File::create(path).unwrap();
    file.write_all(first.as_bytes()).unwrap();
    for _ in 0..BYTES / block.len() as u64 + 1 {
        file.write_all(block.as_bytes()).unwrap();
    }
}

#[test]
fn one_line_of_a_hundred_megabytes_is_refused_by_its_line() {
    let folder = yard::folder();
    for name in ["zeros.jsonl", "zeros.sdjwt"] {
        zeros(&folder.path().join(name));
        let ran = bounded(folder.path(), &["record", name]);
        assert_eq!(ran.code, 1);
        assert!(
            ran.out.contains(&format!(
                "{name}:1: longer than 262144 bytes, which no statement is"
            )),
            "{}",
            ran.out
        );
    }
}

#[test]
fn a_hundred_megabytes_of_wrong_lines_are_counted_and_written_out() {
    let folder = yard::folder();
    let line = format!("{{\"ref\": \"{}\"}}", "x".repeat(1000));
    lines(&folder.path().join("many.jsonl"), "", &line);
    let ran = bounded(
        folder.path(),
        &["record", "many.jsonl", "--refused", "mend.jsonl"],
    );
    assert_eq!(ran.code, 1);
    assert!(
        ran.out
            .contains("many.jsonl:1: not a statement: missing field `issuer`"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("more; --refused FILE writes them all out"),
        "{}",
        ran.out
    );
    let (read, written) = (folder.path().join("many.jsonl"), folder.path().join("mend.jsonl"));
    assert_eq!(
        std::fs::metadata(read).unwrap().len(),
        std::fs::metadata(written).unwrap().len()
    );
}

#[test]
fn a_file_that_must_be_read_whole_is_refused_by_its_size() {
    let folder = yard::folder();
    zeros(&folder.path().join("zeros.json"));
    zeros(&folder.path().join("zeros.toml"));
    for (arguments, fix) in [
        (
            vec!["record", "zeros.json"],
            "write one statement a line into a .jsonl file",
        ),
        (
            vec![
                "record",
                "zeros.json",
                "--form82",
                "--issuer",
                "inspector-incheon",
                "--vehicle",
                "KNAFK411BGA000020",
                "--event-time",
                "2025-03-18T10:00:00+09:00",
            ],
            "a condition record is a page",
        ),
        (
            vec![
                "record",
                "samples/yard/service-invoices.csv",
                "--mapping",
                "zeros.toml",
            ],
            "is this the right file?",
        ),
        (
            vec!["issuer", "enrol", "--file", "zeros.json"],
            "is this the right file?",
        ),
        (
            vec![
                "verify",
                "zeros.json",
                "--policy",
                "zeros.toml",
                "--vrf-key",
                "carnet-data/vrf.txt",
            ],
            "is this the right file?",
        ),
    ] {
        let ran = bounded(folder.path(), &arguments);
        assert_eq!(ran.code, 1, "{arguments:?}: {ran:?}");
        assert!(
            ran.err.contains("larger than the") && ran.err.contains(fix),
            "{arguments:?}: {}",
            ran.err
        );
    }
}

#[test]
fn a_dossier_longer_than_any_is_refused_at_step_0() {
    let folder = yard::folder();
    zeros(&folder.path().join("zeros.carnet"));
    let ran = bounded(folder.path(), &["verify", "zeros.carnet"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(
        ran.out
            .contains("step 0 (file): the file has 104857600 bytes, more than 67108864"),
        "{}",
        ran.out
    );
    let ran = bounded(folder.path(), &["--json", "verify", "zeros.carnet"]);
    let refused: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, refused["step"].as_u64()), (4, Some(0)), "{refused}");
}

#[test]
fn a_table_whose_rows_do_not_end_is_refused_where_the_row_begins() {
    let folder = yard::folder();
    let header = std::fs::read_to_string(yard::samples().join("yard/service-invoices.csv")).unwrap();
    let header = header.lines().next().unwrap();
    lines(
        &folder.path().join("quote.csv"),
        &format!("{header}\n\""),
        &"x".repeat(1000),
    );
    zeros(&folder.path().join("zeros.csv"));
    for (file, line) in [("quote.csv", "line 2"), ("zeros.csv", "line 1")] {
        let ran = bounded(
            folder.path(),
            &[
                "record",
                file,
                "--mapping",
                "samples/yard/service-invoices.mapping.toml",
            ],
        );
        assert_eq!(ran.code, 1);
        assert!(
            ran.err
                .contains(&format!("{file}: {line}: a row of more than 262144 bytes")),
            "{}",
            ran.err
        );
    }
}
