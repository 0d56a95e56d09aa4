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
        (
            "empty",
            "empty: holds no .jsonl, .csv or .sdjwt file that can be recorded",
        ),
        (
            "folder.jsonl",
            "folder.jsonl: holds no .jsonl, .csv or .sdjwt file that can be recorded",
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
fn a_correction_that_names_no_statement_is_refused() {
    let folder = yard::folder();
    let mut draft = sound();
    draft["typ"] = json!("record.corrected");
    draft["body"] = json!({"reason": "typing_error", "explanation": "misread", "accepted_by": "issuer"});
    let answer = refusal(folder.path(), "lone.jsonl", draft.to_string().as_bytes());
    assert!(
        answer.contains("lone.jsonl:1: supersedes: must be given with record.corrected; name the digest"),
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
fn no_value_is_printed_whole_wherever_it_stands() {
    let folder = yard::folder();
    let at = folder.path();
    let write = |name: &str, text: String| std::fs::write(at.join(name), text).unwrap();
    write("policy.txt", format!("log {}", "[".repeat(800_000)));
    write("word.txt", "[".repeat(800_000));
    write("table.csv", "a\n1\n".to_owned());
    write(
        "map.toml",
        format!("version = 1\n[columns]\n{} = 1\n", "k".repeat(300_000)),
    );
    let vin = "K".repeat(100_000);
    for arguments in [
        &[
            "verify",
            "table.csv",
            "--policy",
            "policy.txt",
            "--vrf-key",
            "carnet-data/vrf.txt",
        ][..],
        &[
            "verify",
            "table.csv",
            "--policy",
            "word.txt",
            "--vrf-key",
            "carnet-data/vrf.txt",
        ],
        &["record", "table.csv", "--mapping", "map.toml"],
        &["history", &vin],
    ] {
        let ran = carnet(at, arguments);
        assert_eq!(ran.code, 1, "{:?}", arguments[0]);
        assert!(ran.err.len() < 2500, "{}: {} bytes", arguments[0], ran.err.len());
    }
}

#[test]
fn text_that_is_not_utf8_or_nested_too_deep_is_called_so() {
    let folder = yard::folder();
    let at = folder.path();
    std::fs::write(at.join("latin.json"), b"{\"caf\xe9\": 1}").unwrap();
    std::fs::write(at.join("deep.json"), "[".repeat(10_000)).unwrap();
    let form = [
        "--form82",
        "--issuer",
        "inspector-incheon",
        "--vehicle",
        "KNAFK411BGA000020",
        "--event-time",
        "2025-03-18T10:00:00+09:00",
    ];
    let latin = "latin.json: not UTF-8 from byte 5 on; save the file as UTF-8";
    let deep = "deep.json: nested deeper than any condition record is";
    for (arguments, said) in [
        ([&["record", "latin.json"][..], &form].concat(), latin),
        ([&["record", "deep.json"][..], &form].concat(), deep),
        (vec!["issuer", "enrol", "--file", "latin.json"], latin),
    ] {
        let ran = carnet(at, &arguments);
        assert!(ran.code == 1 && ran.err.contains(said), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn a_check_digit_that_is_wrong_is_said_when_it_is_recorded_and_when_it_is_looked_for() {
    let folder = yard::folder();
    let at = folder.path();
    let mut draft = sound();
    draft["vid"] = json!("vin:1HGCM82633A004353");
    let mut later = draft.clone();
    later["event_time"] = json!("2025-05-02T10:00:00+09:00");
    std::fs::write(at.join("stamped.jsonl"), format!("{draft}\n{later}\n")).unwrap();
    let ran = carnet(at, &["record", "stamped.jsonl"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out
            .contains("note: stamped.jsonl:1: vid: vin:1HGCM82633A004353: position 9 is '3'"),
        "{}",
        ran.out
    );
    assert!(
        !ran.out.contains("note: stamped.jsonl:2"),
        "once for each car: {}",
        ran.out
    );
    let ran = carnet(at, &["history", "1hgcm82633a004353"]);
    assert!(
        ran.code == 1 && ran.err.contains("write vin:1HGCM82633A004353"),
        "{ran:?}"
    );
}

#[test]
fn every_refusal_says_what_to_write_instead() {
    let folder = yard::folder();
    let at = folder.path();
    let mut draft = sound();
    draft["typ"] = json!("…");
    let answer = refusal(at, "typ.jsonl", draft.to_string().as_bytes());
    assert!(answer.contains("such as odometer.read"), "{answer}");

    let pretty = serde_json::to_string_pretty(&json!([sound(), {"issuer": 5}])).unwrap();
    let line = 1 + pretty
        .lines()
        .position(|line| line.contains("\"issuer\": 5"))
        .unwrap();
    let answer = refusal(at, "pretty.json", pretty.as_bytes());
    assert!(
        answer.contains(&format!("pretty.json:{}: ", line - 1)),
        "the line at which the object begins: {answer}"
    );

    let header = std::fs::read_to_string(yard::samples().join("yard/service-invoices.csv")).unwrap();
    let header = header.lines().next().unwrap().to_owned();
    let mapping = yard::samples().join("yard/service-invoices.mapping.toml");
    std::fs::copy(mapping, at.join("rows.mapping.toml")).unwrap();
    let rows =
        "KNAFK411BGA000020,2018.12.04\nKNAFK411BGA000020,18-12-04,abc,x,y,\"1,0\",,\n1,2,3,4,5,6,7,8,9\n";
    let answer = refusal(at, "rows.csv", format!("{header}\n{rows}").as_bytes());
    for said in [
        "2 fields, the header has 8; was the row cut off",
        "\"abc\": is not a whole number; write digits alone, as 61020 or 61,020",
        "write it as 2025.03.18",
        "9 fields, the header has 8; put a value that holds the separator between quotes",
    ] {
        assert!(answer.contains(said), "{said}: {answer}");
    }

    let ran = carnet(
        at,
        &[
            "erase",
            "KNARH81EBLA000009",
            "--asked-by",
            "the\nkeeper",
            "--reason",
            "asked",
            "--yes",
        ],
    );
    assert!(
        ran.code == 1 && ran.err.contains("who asked must have"),
        "{ran:?}"
    );
    let ran = carnet(at, &["issuer", "revoke", "workshop-incheon", "--reason", " "]);
    assert!(
        ran.code == 1 && ran.err.contains("write 1 to 200 characters"),
        "{ran:?}"
    );
}

#[test]
fn a_condition_record_of_another_car_is_refused_unless_it_is_known_to_be_wrong() {
    let folder = yard::folder();
    let at = folder.path();
    let arguments = [
        "record",
        "samples/yard/form82-rexton.csv",
        "--form82",
        "--issuer",
        "inspector-incheon",
        "--vehicle",
        "KPTA0B18BJP000029",
        "--event-time",
        "2025-05-20T10:00:00+09:00",
    ];
    let ran = carnet(at, &arguments);
    assert_eq!(ran.code, 1, "{ran:?}");
    for said in [
        "\"KPTA0B18BJP000022\"",
        "--vehicle is vin:KPTA0B18BJP000029",
        "--vin-differs",
    ] {
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
    }
    let ran = carnet(at, &[&arguments[..], &["--vin-differs"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(carnet(at, &["seal"]).code, 0);
    let history = carnet(at, &["history", "KPTA0B18BJP000029"]).out;
    assert!(
        history.contains("KPTA0B18BJP000022") && history.contains("written under another number"),
        "{history}"
    );
}

#[test]
fn what_belongs_to_a_condition_record_is_not_passed_over_without_form82() {
    let folder = yard::folder();
    for option in [
        ["--issuer", "inspector-incheon"],
        ["--vehicle", "KNAFK411BGA000020"],
        ["--event-time", "2025-03-18T10:00:00+09:00"],
        ["--place", "KRINC"],
    ] {
        let ran = carnet(
            folder.path(),
            &[&["record", "samples/yard/sm6-2017-gasoline.jsonl"], &option[..]].concat(),
        );
        assert_eq!(ran.code, 2, "{option:?}: {ran:?}");
        assert!(ran.err.contains("--form82"), "{option:?}: {}", ran.err);
    }
}

#[test]
fn a_condition_record_without_form82_is_told_how_it_is_recorded() {
    let folder = yard::folder();
    for name in [
        "form82-k3.json",
        "form82-malibu.marketplace.json",
        "form82-rexton.csv",
    ] {
        let text = std::fs::read(yard::samples().join("yard").join(name)).unwrap();
        let said = refusal(folder.path(), name, &text);
        assert!(said.contains("condition record (Form 82)"), "{said}");
        assert!(
            said.contains("--form82 --issuer ID --vehicle VIN --event-time TIME"),
            "{said}"
        );
    }
}

#[test]
fn a_condition_record_among_json_lines_is_told_how_it_is_recorded() {
    let folder = yard::folder();
    for name in ["form82-k3.json", "form82-malibu.marketplace.json"] {
        let record = std::fs::read(yard::samples().join("yard").join(name)).unwrap();
        let record: Value = serde_json::from_slice(&record).unwrap();
        let said = refusal(
            folder.path(),
            "handed-in.jsonl",
            format!("{}\n{record}\n", sound()).as_bytes(),
        );
        assert!(said.contains("handed-in.jsonl:2: "), "{said}");
        assert!(
            said.contains("condition record (Form 82)") && said.contains("a file of its own"),
            "{said}"
        );
        assert!(
            said.contains("--form82 --issuer ID --vehicle VIN --event-time TIME"),
            "{said}"
        );
    }
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

#[test]
fn on_one_machine_a_move_to_where_the_log_is_asks_for_another_place_and_touches_nothing() {
    if test_servers::is_left_out("it names the files of a log") {
        return;
    }
    let folder = yard::folder();
    let file = folder.path().join("carnet-data").join("carnet.sqlite");
    let named = format!("sqlite://{}", file.display());
    for options in [
        &["move"][..],
        &["move", "--dry-run"],
        &["move", "--to-database", &named],
        &["move", "--from-database", &named],
        &["move", "--to-objects", "file:///tmp"],
    ] {
        let ran = carnet(folder.path(), options);
        assert_eq!(ran.code, 1, "{options:?}: {}{}", ran.out, ran.err);
        assert!(
            ran.err.contains("the log is there already") && ran.err.contains("--to-database"),
            "{options:?}: {}",
            ran.err
        );
        assert!(!ran.err.contains("move it aside"), "{options:?}: {}", ran.err);
    }
    assert_eq!(carnet(folder.path(), &["log", "status"]).code, 0);
}

#[test]
fn on_one_machine_a_database_of_another_kind_is_called_so() {
    if test_servers::is_left_out("it names the files of a log") {
        return;
    }
    let folder = yard::folder();
    for options in [
        &["--database", "mysql://x", "log", "status"][..],
        &["move", "--to-database", "mysql://x"],
    ] {
        let ran = carnet(folder.path(), options);
        assert_eq!(ran.code, 1, "{options:?}: {}{}", ran.out, ran.err);
        assert!(
            ran.err.contains("mysql://x") && ran.err.contains("postgres://"),
            "{options:?}: {}",
            ran.err
        );
    }
}

#[test]
fn on_one_machine_a_move_to_a_server_that_is_not_there_names_it() {
    if test_servers::is_left_out("it names the files of a log") {
        return;
    }
    let folder = yard::folder();
    let ran = carnet(
        folder.path(),
        &["move", "--to-database", "postgres://u:secret@127.0.0.1:1/x"],
    );
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("postgres://127.0.0.1:1/x"), "{}", ran.err);
    assert!(!ran.err.contains("secret"), "{}", ran.err);
}

#[test]
fn what_a_service_cannot_be_run_with_is_said_before_it_serves() {
    let folder = yard::folder();
    for (options, said) in [
        (["--max-connections", "0"], "1 or more"),
        (["--max-connections-per-client", "0"], "1 or more"),
        (["--rate", "0"], "1 or more"),
        (["--burst", "0"], "1 or more"),
        (["--listen", "localhost:80"], "127.0.0.1:7878"),
    ] {
        let ran = carnet(folder.path(), &[&["serve"][..], &options].concat());
        assert_ne!(ran.code, 0, "{options:?}");
        assert!(ran.err.contains(said), "{options:?}: {}", ran.err);
    }
    for options in [["--rates", "nope.csv"], ["--rules", "nope"]] {
        let ran = carnet(
            folder.path(),
            &[&["serve", "--listen", "127.0.0.1:0"][..], &options].concat(),
        );
        assert_eq!(ran.code, 1, "{options:?}: {}", ran.err);
        assert!(ran.err.contains("nope"), "{options:?}: {}", ran.err);
        assert_eq!(ran.out, "", "{options:?}: nothing is promised, and no token made");
    }
}

#[test]
fn a_file_that_nothing_could_be_is_refused_without_a_log_at_hand() {
    let folder = yard::folder();
    for (name, text) in [("empty.json", ""), ("list.json", "[]"), ("other.json", "{}")] {
        std::fs::write(folder.path().join(name), text).unwrap();
        for trusted in [&[][..], &["--issuer", "did.json"]] {
            let ran = carnet(
                folder.path(),
                &[&["verify", name, "--data", "nowhere"], trusted].concat(),
            );
            assert_eq!(ran.code, 4, "{name}: {ran:?}");
            assert!(ran.out.starts_with(&format!("REFUSED: {name}")), "{}", ran.out);
        }
    }
    // What could be a dossier or a receipt is not refused for what the verifier lacks.
    std::fs::write(folder.path().join("receipt"), "c2sp.org/tlog-proof@v1\n").unwrap();
    let ran = carnet(folder.path(), &["verify", "receipt", "--data", "nowhere"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("policy.txt"), "{}", ran.err);
}
