//! What people hand in by mistake. Every answer names the file, the line, the value and the fix, and none of them looks like
//! a crash.

use std::path::Path;

use serde_json::{Value, json};

use crate::program::carnet;
use crate::yard;

/// A statement that would be accepted.
fn sound() -> Value {
    json!({
        "issuer": "workshop-incheon", "typ": "service.performed", "vid": "KNAPH81ABHK000003",
        "event_time": "2025-05-01T10:00:00+09:00", "place": "KRINC", "confidence": "B",
        "body": {
            "jobs": [{"text": "oil"}],
            "odometer": {"value": 99600, "unit": "km", "instrument_state": "working", "method": "seen"},
        },
    })
}

/// Records this text as a file of this name; the answer must be a refusal that reads like one.
fn refusal(folder: &Path, name: &str, text: &[u8]) -> String {
    std::fs::write(folder.join(name), text).unwrap();
    let ran = carnet(folder, &["record", name]);
    let said = format!("{}{}", ran.out, ran.err);
    assert_eq!(ran.code, 1, "{name}: {said}");
    assert!(said.contains(name), "names the file: {said}");
    for sign in [
        "panicked",
        "RUST_BACKTRACE",
        "Some(",
        "Err(",
        "Error {",
        "os error",
        "unwrap",
    ] {
        assert!(!said.contains(sign), "{sign}: {said}");
    }
    said
}

#[test]
fn a_fault_in_a_field_is_answered_with_line_value_and_fix() {
    let folder = yard::folder();
    let sound = sound();
    assert_eq!(
        {
            std::fs::write(folder.path().join("sound.jsonl"), format!("{sound}\n")).unwrap();
            carnet(folder.path(), &["record", "sound.jsonl", "--dry-run"]).code
        },
        0,
        "each case below differs in one field from what is accepted"
    );
    for (field, value, said) in [
        (
            "/vid",
            json!("KNAPH81ABHKO00003"),
            &["vid: \"KNAPH81ABHKO00003\"", "did you mean KNAPH81ABHK000003?"][..],
        ),
        (
            "/vid",
            json!("1HGCM82633A004353"),
            &["vid: \"1HGCM82633A004353\"", "position 9 is '3'", "ask for '5'"],
        ),
        (
            "/vid",
            json!("KNAPH81"),
            &["vid: \"KNAPH81\"", "a VIN has 17 characters, this has 7"],
        ),
        (
            "/issuer",
            json!("nobody"),
            &["issuer: \"nobody\"", "carnet issuer new nobody"],
        ),
        (
            "/issuer",
            json!("dealer-incheon"),
            &["typ: issuer \"dealer-incheon\"", "it is for workshop"],
        ),
        (
            "/typ",
            json!("service.preformed"),
            &["typ: \"service.preformed\"", "did you mean service.performed?"],
        ),
        (
            "/event_time",
            json!("2025-05-01"),
            &["event_time: \"2025-05-01\"", "2026-03-04T14:30:00+09:00"],
        ),
        (
            "/event_time",
            json!("2099-05-01T10:00:00+09:00"),
            &["event_time: 2099-05-01", "lies in the future"],
        ),
        ("/place", json!("INCHEON"), &["place: \"INCHEON\"", "as in KRPUS"]),
        ("/confidence", json!("Z"), &["confidence: \"Z\"", "A, B, C or D"]),
        ("/recorded_at", json!("today"), &["recorded_at: \"today\""]),
        (
            "/supersedes",
            json!("x1"),
            &[
                "supersedes: \"x1\"",
                "neither the `ref` of an earlier line nor the digest",
            ],
        ),
        (
            "/supersedes",
            json!("00".repeat(32)),
            &["supersedes: \"0000", "record it first"],
        ),
        ("/evidence", json!([{"kind": "photo"}]), &["evidence: ", "sha256"]),
        (
            "/body/odometer/unit",
            json!("KM"),
            &["/odometer/unit", "\"KM\"", "km, mi"],
        ),
        (
            "/body/odometer/value",
            json!(-5),
            &["/odometer/value", "-5", "0 or more"],
        ),
        (
            "/body/odometer/value",
            json!("99,600"),
            &["\"99,600\"", "without quotes or separators"],
        ),
        (
            "/body/raeson",
            json!("maintenance"),
            &["/raeson", "did you mean reason?"],
        ),
        (
            "/isuer",
            json!("workshop-incheon"),
            &["unknown field `isuer`", "`issuer`"],
        ),
    ] {
        let mut draft = sound.clone();
        let (parent, last) = field.rsplit_once('/').unwrap();
        draft.pointer_mut(parent).unwrap()[last] = value;
        let answer = refusal(folder.path(), "faulty.jsonl", format!("\n{draft}\n").as_bytes());
        assert!(
            answer.contains("faulty.jsonl:2: "),
            "{field}: names the line: {answer}"
        );
        for part in said {
            assert!(answer.contains(part), "{field}: {part}: {answer}");
        }
    }
}

#[test]
fn a_missing_field_is_named() {
    let folder = yard::folder();
    for field in ["issuer", "typ", "vid", "event_time", "body", "confidence"] {
        let mut draft = sound();
        draft.as_object_mut().unwrap().remove(field);
        let answer = refusal(folder.path(), "faulty.jsonl", draft.to_string().as_bytes());
        assert!(
            answer.contains(&format!(
                "faulty.jsonl:1: not a statement: missing field `{field}`"
            )),
            "{answer}"
        );
    }
    let mut draft = sound();
    draft["body"].as_object_mut().unwrap().remove("jobs");
    let answer = refusal(folder.path(), "faulty.jsonl", draft.to_string().as_bytes());
    assert!(
        answer.contains("faulty.jsonl:1: body: ") && answer.contains("jobs"),
        "{answer}"
    );
}

#[test]
fn a_file_that_is_not_what_its_ending_says_is_refused() {
    let folder = yard::folder();
    let deep = "[".repeat(10_000);
    let deep_body = format!("{{\"issuer\": \"a\", \"body\": {{\"x\": {}", "[".repeat(10_000));
    for (name, text, said) in [
        ("empty.jsonl", &b""[..], "holds no statement"),
        ("empty.json", b"", "holds no statement"),
        ("empty.sdjwt", b"", "holds no statement"),
        ("blank.jsonl", b"\n \n\n", "holds no statement"),
        ("none.json", b"[]", "holds no statement"),
        ("empty.csv", b"", "no mapping; write empty.mapping.toml"),
        (
            "letter.txt",
            b"hello",
            "endings are .jsonl, .json, .csv (with a mapping) and .sdjwt",
        ),
        (
            "latin.jsonl",
            b"{\"issuer\": \"caf\xe9\"}\n",
            "latin.jsonl:1: not UTF-8 from byte 15 of the line on",
        ),
        (
            "utf16.jsonl",
            b"\xff\xfe{\0}\0",
            "utf16.jsonl:1: not UTF-8 from byte 0 of the line on",
        ),
        (
            "latin.json",
            b"{\"issuer\": \"caf\xe9\"}\n",
            "not UTF-8 from byte 15 on; save the file as UTF-8",
        ),
        ("latin.sdjwt", b"caf\xe9", "not UTF-8"),
        (
            "cut.jsonl",
            b"{\"issuer\": \"work",
            "cut.jsonl:1: not JSON: the text ends too early; was it cut off?",
        ),
        (
            "cut.json",
            b"[{\"issuer\": ",
            "line 1: not JSON: the text ends too early",
        ),
        ("comma.json", b"[{},\n{},\n]", "line 3: not JSON at column 1"),
        ("array.jsonl", b"[]", "a statement does not begin with \"[]\""),
        (
            "number.json",
            b"5",
            "number.json:1: a statement does not begin with \"5\"",
        ),
        ("text.sdjwt", b"hello", "text.sdjwt:1: not an SD-JWT"),
        ("text.jsonl", b"\"hello\"", "text.jsonl:1: not an SD-JWT"),
        (
            "deep.json",
            deep.as_bytes(),
            "nested deeper than any statement is",
        ),
        (
            "deep.jsonl",
            deep_body.as_bytes(),
            "deep.jsonl:1: nested deeper than any statement is",
        ),
        ("deep.sdjwt", deep.as_bytes(), "deep.sdjwt:1: not an SD-JWT"),
    ] {
        let answer = refusal(folder.path(), name, text);
        assert!(answer.contains(said), "{said}: {answer}");
    }
}

#[test]
fn a_path_that_leads_nowhere_is_named() {
    let folder = yard::folder();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    std::fs::create_dir(folder.path().join("folder.jsonl")).unwrap();
    for (path, said) in [
        ("nowhere.jsonl", "nowhere.jsonl: there is no such file or folder"),
        ("empty", "empty: holds no .jsonl, .csv or .sdjwt file"),
        (
            "folder.jsonl",
            "folder.jsonl: holds no .jsonl, .csv or .sdjwt file",
        ),
        ("/dev/null", "/dev/null: cannot be recorded"),
    ] {
        let ran = carnet(folder.path(), &["record", path]);
        assert_eq!((ran.code, ran.err.contains(said)), (1, true), "{path}: {ran:?}");
    }
}

#[test]
fn a_year_before_there_were_cars_is_refused() {
    let folder = yard::folder();
    let mut draft = sound();
    draft["event_time"] = json!("1025-05-01T10:00:00+09:00");
    let answer = refusal(folder.path(), "early.jsonl", draft.to_string().as_bytes());
    assert!(
        answer.contains("early.jsonl:1: event_time: 1025-05-01T10:00:00+09:00 lies before 1886"),
        "{answer}"
    );
}

#[test]
fn a_byte_order_mark_is_read_over() {
    let folder = yard::folder();
    let marked = |text: String| format!("\u{feff}{text}\r\n");
    for (name, text) in [
        ("x.jsonl", sound().to_string()),
        ("x.json", json!([sound()]).to_string()),
    ] {
        std::fs::write(folder.path().join(name), marked(text)).unwrap();
        let ran = carnet(folder.path(), &["record", name, "--dry-run"]);
        assert_eq!(ran.code, 0, "{name}: {ran:?}");
    }
}

#[test]
fn refused_lines_are_never_written_over_another_file() {
    let folder = yard::folder();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    write("lines.jsonl", "{}\n");
    write("earlier.jsonl", "lines of yesterday\n");
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    for name in ["service-invoices.csv", "service-invoices.mapping.toml"] {
        std::fs::copy(
            yard::samples().join("yard").join(name),
            folder.path().join("folder").join(name),
        )
        .unwrap();
    }
    write("mend.service-invoices.csv", "rows of yesterday\n");
    for (recorded, refused, existing) in [
        ("lines.jsonl", "lines.jsonl", "lines.jsonl"),
        ("lines.jsonl", "earlier.jsonl", "earlier.jsonl"),
        ("folder", "mend.jsonl", "mend.service-invoices.csv"),
    ] {
        let before = read(existing);
        let ran = carnet(folder.path(), &["record", recorded, "--refused", refused]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(
            ran.err.contains(&format!("{existing}: exists already")),
            "{}",
            ran.err
        );
        assert_eq!(read(existing), before);
    }
}

#[test]
fn a_long_value_is_not_printed_whole() {
    let folder = yard::folder();
    let mut draft = sound();
    draft["vid"] = json!("K".repeat(100_000));
    let answer = refusal(folder.path(), "long.jsonl", draft.to_string().as_bytes());
    assert!(answer.len() < 2000, "{} bytes", answer.len());
}

#[test]
fn on_one_machine_a_data_directory_that_cannot_be_written_is_named() {
    use std::os::unix::process::CommandExt as _;

    if test_servers::is_left_out("it makes the files of a log read-only") {
        return;
    }

    let folder = yard::folder();
    let run = |program: &str, arguments: &[&str]| {
        let ran = std::process::Command::new(program)
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(ran.status.success(), "{program}: {ran:?}");
        String::from_utf8(ran.stdout).unwrap()
    };
    // Nothing is read-only to root, so root runs the program as nobody.
    let root = run("id", &["-u"]).trim() == "0";
    if root {
        run("chown", &["-R", "65534:65534", "."]);
    }
    let refused = |what: &str| {
        for arguments in [
            &["seal"][..],
            &["record", "samples/yard"],
            &["history", "KNAPH81ABHK000003"],
        ] {
            let mut command = crate::program::command(folder.path(), env!("CARGO_BIN_EXE_carnet"));
            if root {
                command.uid(65534).gid(65534);
            }
            let ran = match command.args(arguments).output() {
                Ok(ran) => ran,
                Err(e) => return eprintln!("SKIPPED: the program cannot be run as nobody: {e}"),
            };
            let said = String::from_utf8(ran.stderr).unwrap();
            assert_eq!(ran.status.code(), Some(1), "{what}, {arguments:?}: {said}");
            assert!(
                said.contains("./carnet-data/carnet.sqlite: "),
                "{what}, {arguments:?}: {said}"
            );
            assert!(
                said.contains("permission denied") || said.contains("you may write"),
                "{what}, {arguments:?}: {said}"
            );
        }
    };
    run("chmod", &["a-w", "carnet-data/carnet.sqlite"]);
    refused("a database that is read-only");
    run("chmod", &["u+w", "carnet-data/carnet.sqlite"]);
    run("chmod", &["a-w", "carnet-data"]);
    refused("a folder that is read-only");
    run("chmod", &["u+w", "carnet-data"]);
}
