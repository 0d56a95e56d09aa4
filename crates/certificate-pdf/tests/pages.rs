//! The PDF from outside: what other people's readers find in it, that it is the same each time, that the credential comes
//! back, and that nothing a stranger hands in does harm.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod sample;

use std::path::{Path, PathBuf};
use std::process::Command;

use certificate_pdf::sheet::{Grade, Session};
use certificate_pdf::{
    CREDENTIAL_NAME, Language, ReadError, RenderError, Standing, embedded_credential, language, render,
};
use lopdf::{Document, Object, Stream, dictionary};
use proptest::prelude::*;

/// Runs another program; none when this machine does not have it.
fn run(program: &str, arguments: &[&str]) -> Option<String> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let complaint = String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success() && !complaint.contains("Error"),
                "{program} {arguments:?}: {complaint}{text}"
            );
            Some(text)
        }
        Err(_) => {
            println!("SKIPPED: {program} is not installed (apt: poppler-utils, qpdf, zbar-tools)");
            None
        }
    }
}

/// A certificate on disk, for programs that read files.
fn on_disk(folder: &Path, language: Language) -> PathBuf {
    let path = folder.join(format!("{}.pdf", language.tag()));
    std::fs::write(&path, render(&sample::sheet(language)).unwrap()).unwrap();
    path
}

#[test]
fn the_same_sheet_gives_the_same_bytes_in_every_language() {
    for language in Language::ALL {
        let sheet = sample::sheet(language);
        assert_eq!(render(&sheet).unwrap(), render(&sheet).unwrap(), "{language:?}");
    }
    let sheet = sample::sheet(Language::English);
    let mut other = sheet.clone();
    other.vehicle.odometer_km += 1;
    assert_ne!(render(&sheet).unwrap(), render(&other).unwrap());
}

#[test]
fn the_credential_and_the_language_come_back() {
    for tongue in Language::ALL {
        let sheet = sample::sheet(tongue);
        let pdf = render(&sheet).unwrap();
        assert_eq!(embedded_credential(&pdf).unwrap(), sheet.credential);
        assert_eq!(language(&pdf).unwrap(), tongue);
    }
}

#[test]
fn only_a_certificate_in_force_is_printed() {
    for standing in [
        Standing::Suspended,
        Standing::Withdrawn,
        Standing::Expired,
        Standing::Refused,
    ] {
        let mut sheet = sample::sheet(Language::English);
        sheet.standing = standing;
        assert_eq!(render(&sheet), Err(RenderError::NotInForce(standing)));
    }
}

#[test]
fn numbers_that_contradict_each_other_are_refused() {
    let sheet = sample::sheet(Language::English);
    let refused = |change: fn(&mut certificate_pdf::Sheet)| {
        let mut sheet = sheet.clone();
        change(&mut sheet);
        render(&sheet).unwrap_err().to_string()
    };
    assert_eq!(
        refused(|sheet| sheet.health.upper_percent = 91.0),
        "health: the interval from 88.9 to 91 does not hold its value 91.4"
    );
    assert_eq!(
        refused(|sheet| sheet.health.grade = Grade::A),
        "health: grade A does not follow from a lower end of 88.9 %"
    );
    assert_eq!(
        refused(|sheet| sheet.health.soh_percent = f64::NAN),
        "health.soh_percent: NaN is not between 1 and 130"
    );
    assert_eq!(
        refused(|sheet| sheet.evidence.sessions.clear()),
        "evidence.sessions: 0 given, 1 to 200 can be printed"
    );
    assert_eq!(
        refused(|sheet| sheet.vehicle.make = "Hyun\u{202E}dai".to_owned()),
        "vehicle.make: U+202E is invisible and not allowed in a certificate"
    );
    assert_eq!(
        refused(|sheet| sheet.vehicle.model = "x".repeat(121)),
        "vehicle.model: 121 characters given, 1 to 120 can be printed"
    );
}

#[test]
fn what_does_not_fit_two_pages_even_in_small_type_is_refused() {
    let mut sheet = sample::crowded(Language::French);
    render(&sheet).unwrap();
    for check in &mut sheet.checks {
        check.value = certificate_pdf::sheet::Reading::Text("sign flipped in session 7, ".repeat(14));
    }
    let error = render(&sheet).unwrap_err().to_string();
    assert!(
        error.starts_with("page 2 overflows by ") && error.ends_with("shorten names or drop rows"),
        "{error}"
    );
}

#[test]
fn extreme_but_possible_values_are_printed() {
    for language in [Language::English, Language::Arabic] {
        let mut sheet = sample::sheet(language);
        sheet.vehicle.vin = None;
        sheet.battery.rated_ah = 2.0;
        sheet.health.soh_percent = 3.0;
        sheet.health.lower_percent = 0.0;
        sheet.health.upper_percent = 128.0;
        sheet.health.capacity_ah = 0.1;
        sheet.health.grade = Grade::E;
        sheet.health.curve = None;
        sheet.evidence.sessions = vec![
            Session {
                delta_soc_percent: 100.0,
                charge_ah: 2.0,
                anchored: true,
            };
            200
        ];
        render(&sheet).unwrap();
    }
}

#[test]
fn poppler_finds_every_word_in_every_language() {
    let folder = tempfile::tempdir().unwrap();
    for tongue in Language::ALL {
        let path = on_disk(folder.path(), tongue);
        let Some(text) = run("pdftotext", &["-raw", path.to_str().unwrap(), "-"]) else {
            return;
        };
        let snapshot = format!(
            "{}/tests/snapshots/{}.snap",
            env!("CARGO_MANIFEST_DIR"),
            tongue.tag()
        );
        let expected = std::fs::read_to_string(snapshot).unwrap();
        let body = expected.split("\n---\n").nth(1).unwrap();
        let words: std::collections::HashSet<String> = words(&text);
        let missing: Vec<String> = body
            .lines()
            .filter(|line| !line.trim_start().starts_with('['))
            .flat_map(self::words)
            // Longer ones may be broken at the end of a line.
            .filter(|word| word.chars().count() < 20 && !words.contains(word))
            .collect();
        assert!(missing.is_empty(), "{tongue:?}: {missing:?} not in\n{text}");
    }
}

/// Words without the marks around them, each as its letters in order of the alphabet: poppler turns the letters of an Arabic
/// ligature around, and puts marks of direction between vowel signs and letters.
fn words(text: &str) -> std::collections::HashSet<String> {
    let letters: String = text
        .chars()
        .filter(|c| !matches!(c, '\u{064B}'..='\u{0652}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'))
        .collect();
    letters
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let mut letters: Vec<char> = word.chars().collect();
            letters.sort_unstable();
            letters.into_iter().collect()
        })
        .collect()
}

#[test]
fn poppler_and_qpdf_read_the_file_and_its_attachment() {
    let folder = tempfile::tempdir().unwrap();
    let path = on_disk(folder.path(), Language::Korean);
    let path = path.to_str().unwrap();
    if let Some(found) = run("pdfinfo", &[path]) {
        for line in [
            "Tagged:          yes",
            "Pages:           2",
            "Page size:       595.28 x 841.89 pts (A4)",
        ] {
            assert!(found.contains(line), "{line} not in\n{found}");
        }
    }
    if let Some(metadata) = run("pdfinfo", &["-meta", path]) {
        for line in [
            "<pdfaid:part>3</pdfaid:part>",
            "<pdfaid:conformance>A</pdfaid:conformance>",
            "<pdfuaid:part>1</pdfuaid:part>",
        ] {
            assert!(metadata.contains(line), "{line} not in\n{metadata}");
        }
    }
    if let Some(fonts) = run("pdffonts", &[path]) {
        // name, type, encoding, embedded, subset, has unicode map
        for line in fonts.lines().skip(2) {
            assert!(line.contains("yes yes yes"), "{line}");
        }
    }
    let out = folder.path().join("out.json");
    if run("pdfdetach", &["-save", "1", "-o", out.to_str().unwrap(), path]).is_some() {
        assert_eq!(
            std::fs::read(&out).unwrap(),
            sample::sheet(Language::Korean).credential
        );
        assert!(
            run("pdfdetach", &["-list", path])
                .unwrap()
                .contains(CREDENTIAL_NAME)
        );
    }
    run("qpdf", &["--check", path]);
}

#[test]
fn a_phone_reads_the_code_from_the_printed_page() {
    let folder = tempfile::tempdir().unwrap();
    for tongue in [Language::English, Language::Arabic] {
        let path = on_disk(folder.path(), tongue);
        let picture = folder.path().join(tongue.tag());
        let drawn = run(
            "pdftoppm",
            &[
                "-r",
                "110",
                "-l",
                "1",
                "-png",
                "-singlefile",
                path.to_str().unwrap(),
                picture.to_str().unwrap(),
            ],
        );
        let Some(read) = drawn.and_then(|_| {
            let picture = picture.with_extension("png");
            run("zbarimg", &["-q", "--nodbus", "--raw", picture.to_str().unwrap()])
        }) else {
            return;
        };
        assert_eq!(
            read.trim(),
            "https://directory.example.org/certificates/CRN-2026-000417#sha256=\
             9f87c79fe1af7496117bc4dd69a5387308a6b7bbdf513561aaa925ba93fabd49"
        );
    }
}

#[test]
fn a_pdf_that_is_no_certificate_is_refused_with_the_reason() {
    let mut document = Document::with_version("1.7");
    let pages =
        document.add_object(dictionary! { "Type" => "Pages", "Kids" => Vec::<Object>::new(), "Count" => 0 });
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    assert_eq!(embedded_credential(&bytes), Err(ReadError::NoCredential));
    assert_eq!(language(&bytes), Err(ReadError::Language));
    assert!(matches!(embedded_credential(b"{}"), Err(ReadError::NotPdf(_))));
    assert!(matches!(embedded_credential(b""), Err(ReadError::NotPdf(_))));
    let large = vec![b' '; 3 << 20];
    assert!(matches!(
        embedded_credential(&large),
        Err(ReadError::TooLarge { .. })
    ));
}

/// A certificate with its embedded stream and its list of associated files changed.
fn tampered(change: impl FnOnce(&mut Stream), twice: bool) -> Vec<u8> {
    let pdf = render(&sample::sheet(Language::English)).unwrap();
    let mut document = Document::load_mem(&pdf).unwrap();
    let id = document
        .objects
        .iter()
        .find(|(_, object)| {
            object
                .as_stream()
                .is_ok_and(|stream| stream.dict.has_type(b"EmbeddedFile"))
        })
        .map(|(&id, _)| id)
        .unwrap();
    change(document.get_object_mut(id).unwrap().as_stream_mut().unwrap());
    if twice {
        let catalog = document.catalog_mut().unwrap();
        let Object::Array(files) = catalog.get_mut(b"AF").unwrap() else {
            panic!("AF is no array");
        };
        let first = files[0].clone();
        files.push(first);
    }
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_credential_that_unpacks_without_bound_or_is_there_twice_is_refused() {
    let bomb = tampered(
        |stream| {
            stream.set_plain_content(vec![b' '; 64 << 20]);
            stream.compress().unwrap();
        },
        false,
    );
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    assert!(matches!(
        embedded_credential(&bomb),
        Err(ReadError::Credential { .. })
    ));
    assert_eq!(
        embedded_credential(&tampered(|_| (), true)),
        Err(ReadError::SeveralCredentials(2))
    );
    let other = tampered(|stream| stream.set_plain_content(b"{}".to_vec()), false);
    assert_eq!(embedded_credential(&other).unwrap(), b"{}");
}

#[test]
fn a_file_rewritten_with_object_streams_is_refused_and_not_unpacked() {
    let folder = tempfile::tempdir().unwrap();
    let path = on_disk(folder.path(), Language::English);
    let packed = folder.path().join("packed.pdf");
    let arguments = [
        "--object-streams=generate",
        path.to_str().unwrap(),
        packed.to_str().unwrap(),
    ];
    if run("qpdf", &arguments).is_some() {
        assert!(matches!(
            embedded_credential(&std::fs::read(packed).unwrap()),
            Err(ReadError::NotPdf(_))
        ));
    }
}

#[test]
fn nesting_and_crowds_of_objects_neither_overflow_nor_stall() {
    let mut deep = b"%PDF-1.7\n1 0 obj\n".to_vec();
    deep.extend(std::iter::repeat_n(b'[', 1 << 20));
    deep.extend(b"\nendobj\nxref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<</Root 1 0 R/Size 2>>\nstartxref\n0\n%%EOF");
    assert!(embedded_credential(&deep).is_err());
    let mut crowd = b"%PDF-1.7\nxref\n0 9000\n".to_vec();
    crowd.extend(b"0000000009 00000 n \n".repeat(9_000));
    assert_eq!(
        embedded_credential(&crowd),
        Err(ReadError::TooManyObjects {
            objects: 9_000,
            most: 1_000
        })
    );
}

fn certificate() -> &'static [u8] {
    static PDF: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    PDF.get_or_init(|| render(&sample::sheet(Language::English)).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_refused_or_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = embedded_credential(&bytes);
        let mut pdf = b"%PDF-1.7\n".to_vec();
        pdf.extend(&bytes);
        let _ = embedded_credential(&pdf);
        let _ = language(&pdf);
    }

    #[test]
    fn a_damaged_certificate_is_refused_or_read_without_a_panic(
        cut in any::<prop::sample::Index>(),
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        truncate in any::<bool>(),
    ) {
        let mut pdf = certificate().to_vec();
        for (place, byte) in places {
            let at = place.index(pdf.len());
            pdf[at] = byte;
        }
        if truncate {
            pdf.truncate(cut.index(pdf.len()));
        }
        let _ = embedded_credential(&pdf);
        let _ = language(&pdf);
    }
}
