//! The invariants of ARCHITECTURE.md that a machine can check: which way dependencies point, that the pure crates do no
//! I/O, that every crate forbids unsafe code, that every fuzz target is built, that no document links to nothing, and that
//! docs/security.md names no test that is not there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The floors of the house, as in ARCHITECTURE.md. A crate may depend on crates of lower floors only.
const FLOORS: &[(&str, u8)] = &[
    ("vehicle", 0),
    ("test-servers", 0),
    ("tlog", 1),
    ("index", 1),
    ("statement", 1),
    ("history", 2),
    ("certificate-pdf", 2),
    ("certificate", 2),
    ("battery", 2),
    ("border", 2),
    ("dossier", 3),
    ("store", 3),
    ("telemetry", 3),
    ("desk", 4),
    ("web", 5),
    ("witness", 5),
    ("carnet", 6),
];

/// The crates that compute and nothing else: what they know comes in as arguments, what they did goes out as values.
const PURE: &[&str] = &[
    "vehicle",
    "tlog",
    "index",
    "statement",
    "history",
    "certificate-pdf",
    "certificate",
    "battery",
    "border",
    "dossier",
];

/// Crates whose purpose is the outside world.
const CRATES_THAT_DO_IO: [&str; 8] = [
    "tokio",
    "sqlx",
    "object_store",
    "reqwest",
    "axum",
    "hyper",
    "getrandom",
    "tempfile",
];

/// What the outside world looks like in source text: disk, network, clock, environment, terminal, randomness.
const SIGNS_OF_IO: [&str; 13] = [
    "std::fs",
    "std::io::std",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "SysRng",
    "println!",
    "dbg!",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
        .to_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Every file below a folder whose name ends as given, without what tools and people leave in a work tree.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    const NOT_OURS: [&str; 4] = ["target", "node_modules", "corpus", "carnet-data"];
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with('.') || NOT_OURS.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// One crate of the workspace as cargo sees it.
struct Crate {
    name: String,
    folder: PathBuf,
    dependencies: Vec<Dependency>,
}

struct Dependency {
    name: String,
    for_tests_only: bool,
}

fn crates() -> Vec<Crate> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let crates: Vec<Crate> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| Crate {
            name: text(&package["name"]),
            folder: Path::new(&text(&package["manifest_path"]))
                .parent()
                .unwrap()
                .to_owned(),
            dependencies: package["dependencies"]
                .as_array()
                .unwrap()
                .iter()
                .map(|d| Dependency {
                    name: text(&d["name"]),
                    for_tests_only: d["kind"] == "dev",
                })
                .collect(),
        })
        .collect();
    assert!(
        crates.len() >= FLOORS.len(),
        "cargo metadata lists only {} crates",
        crates.len()
    );
    crates
}

fn floor(name: &str) -> Option<u8> {
    FLOORS
        .iter()
        .find(|(member, _)| *member == name)
        .map(|&(_, floor)| floor)
}

#[test]
fn dependencies_point_down_only() {
    let crates = crates();
    let mut wrong = Vec::new();
    for member in &crates {
        let Some(own) = floor(&member.name) else {
            wrong.push(format!(
                "{} has no floor yet: give it one here and in ARCHITECTURE.md",
                member.name
            ));
            continue;
        };
        for dependency in &member.dependencies {
            if crates.iter().any(|c| c.name == dependency.name) && floor(&dependency.name) >= Some(own) {
                wrong.push(format!(
                    "{} (floor {own}) must not depend on {}",
                    member.name, dependency.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pure_crates_depend_on_no_crate_that_does_io() {
    let mut wrong = Vec::new();
    for member in crates().iter().filter(|c| PURE.contains(&c.name.as_str())) {
        for dependency in member.dependencies.iter().filter(|d| !d.for_tests_only) {
            if CRATES_THAT_DO_IO.contains(&dependency.name.as_str()) {
                wrong.push(format!(
                    "{} is pure and must not depend on {}",
                    member.name, dependency.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pure_crates_neither_read_nor_write_nor_ask_the_time() {
    let mut wrong = Vec::new();
    for member in crates().iter().filter(|c| PURE.contains(&c.name.as_str())) {
        let source = member.folder.join("src");
        let test_only = test_only_modules(&source);
        for file in files(&source, ".rs") {
            if test_only
                .iter()
                .any(|module| file.starts_with(module) || file == module.with_extension("rs"))
            {
                continue;
            }
            for (number, line) in shipped_lines(&read(&file)) {
                for sign in SIGNS_OF_IO.iter().filter(|sign| line.contains(**sign)) {
                    wrong.push(format!("{}:{number}: {sign} in a pure crate", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The paths, without `.rs`, of the modules declared as `#[cfg(test)] mod name;`.
fn test_only_modules(source: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for file in files(source, ".rs") {
        let stem = file.with_extension("");
        let beside = ["lib", "main", "mod"].iter().any(|name| stem.ends_with(name));
        let folder = if beside {
            stem.parent().unwrap().to_owned()
        } else {
            stem
        };
        let text = read(&file);
        let mut lines = text.lines().map(str::trim);
        while let Some(line) = lines.next() {
            if line == "#[cfg(test)]"
                && let Some(module) = lines
                    .next()
                    .and_then(|l| l.strip_prefix("mod ")?.strip_suffix(';'))
            {
                found.push(folder.join(module));
            }
        }
    }
    found
}

/// Numbered lines without comments, up to the test module at the end of the file.
fn shipped_lines(text: &str) -> Vec<(usize, &str)> {
    let tests = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..tests]
        .lines()
        .enumerate()
        .map(|(i, line)| (i + 1, line.split("//").next().unwrap_or_default()))
        .collect()
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace_which_forbid_unsafe_code() {
    let workspace = read(&root().join("Cargo.toml"));
    assert!(
        workspace.contains("\nunsafe_code = \"forbid\"\n"),
        "the workspace no longer forbids unsafe code"
    );
    for member in crates() {
        let manifest = read(&member.folder.join("Cargo.toml"));
        assert!(
            manifest.contains("[lints]\nworkspace = true\n"),
            "{} sets lints of its own",
            member.name
        );
    }
}

#[test]
fn no_file_is_a_drawer_for_everything() {
    const DRAWERS: [&str; 7] = ["util", "utils", "helper", "helpers", "common", "misc", "shared"];
    for file in files(&root().join("crates"), ".rs") {
        let inside = file.strip_prefix(root()).unwrap().with_extension("");
        for part in inside.components().map(|part| part.as_os_str().to_string_lossy()) {
            assert!(
                !DRAWERS.contains(&part.as_ref()),
                "{}: name the file after its one idea",
                file.display()
            );
        }
    }
}

#[test]
fn every_fuzz_target_is_built() {
    let fuzz = root().join("fuzz");
    let manifest = read(&fuzz.join("Cargo.toml"));
    let targets = files(&fuzz.join("fuzz_targets"), ".rs");
    for target in &targets {
        let name = target.file_stem().unwrap().to_string_lossy();
        let entry = format!("[[bin]]\nname = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"\n");
        assert!(manifest.contains(&entry), "fuzz/Cargo.toml must have:\n{entry}");
    }
    assert_eq!(
        manifest.matches("[[bin]]").count(),
        targets.len(),
        "fuzz/Cargo.toml lists a target without a file"
    );
}

#[test]
fn every_link_in_a_document_leads_to_a_file() {
    let mut broken = Vec::new();
    let documents = files(&root(), ".md");
    assert!(!documents.is_empty());
    for document in documents {
        for (number, link) in local_links(&read(&document)) {
            let target = link.split('#').next().unwrap_or_default();
            if !target.is_empty() && !document.parent().unwrap().join(target).exists() {
                broken.push(format!("{}:{number}: no file {link}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Targets of `[text](target)` and `[name]: target` with their line, outside code, without those that leave the repository.
fn local_links(markdown: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    let mut in_code_block = false;
    for (number, line) in markdown.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code_block = !in_code_block;
        }
        if in_code_block {
            continue;
        }
        // Every second piece between backticks is code.
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("code");
        let inline = prose
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        let reference = prose
            .strip_prefix('[')
            .and_then(|rest| rest.split_once("]: "))
            .map(|(_, target)| target);
        for target in inline.chain(reference) {
            let target = target.split(' ').next().unwrap_or_default();
            if !target.contains("://") && !target.starts_with("mailto:") {
                links.push((number + 1, target.to_owned()));
            }
        }
    }
    links
}

#[test]
fn links_are_found_inline_and_by_reference_but_not_in_code() {
    let document = "See [a](a.md) and [`b`](b.md#part \"title\"), not [out](https://example.org).\n\
                    `[code](no.md)`\n```\n[code](no.md)\n```\n[c]: c.md\n";
    let found: Vec<_> = local_links(document);
    assert_eq!(
        found,
        [(1, "a.md".into()), (1, "b.md#part".into()), (6, "c.md".into())]
    );
}

/// What a document names between backticks, line by line: files and folders, and functions of the file that was named last.
fn named(markdown: &str) -> Vec<(usize, String, Option<String>)> {
    let mut found = Vec::new();
    for (number, line) in markdown.lines().enumerate() {
        let mut file: Option<String> = None;
        // Every second piece between backticks is code.
        for piece in line.split('`').skip(1).step_by(2) {
            let is_word = piece
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            let is_place =
                piece.contains('/') || [".rs", ".js", ".carnet"].iter().any(|end| piece.ends_with(end));
            if is_place && !piece.starts_with("./") {
                file = Some(piece.to_owned());
                found.push((number + 1, piece.to_owned(), None));
            } else if let Some(file) = file.as_ref().filter(|file| is_word && file.ends_with(".rs")) {
                found.push((number + 1, file.clone(), Some(piece.to_owned())));
            }
        }
    }
    found
}

#[test]
fn every_test_that_the_page_on_security_names_is_there() {
    let mut all = Vec::new();
    for folder in ["crates", "spec/vectors", "verifier"] {
        for ending in ["rs", "js", "carnet"] {
            all.extend(files(&root().join(folder), ending));
        }
    }
    let page = read(&root().join("docs/security.md"));
    let (mut missing, mut tests) = (Vec::new(), 0);
    for (line, file, function) in named(&page) {
        let mut of_name = all.iter().filter(|path| path.ends_with(&file));
        let is_there = match &function {
            None => root().join(&file).exists() || of_name.next().is_some(),
            Some(name) => of_name.any(|path| {
                let text = read(path);
                text.lines().any(|line| {
                    line.trim_start()
                        .trim_start_matches("async ")
                        .starts_with(&format!("fn {name}("))
                })
            }),
        };
        tests += usize::from(function.is_some());
        if !is_there {
            missing.push(format!(
                "docs/security.md:{line}: {file} {}",
                function.unwrap_or_default()
            ));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(tests > 30, "the page names {tests} tests");
}

#[test]
fn tests_are_found_behind_the_file_that_they_are_in() {
    let row = "| `POST` a `word` | `a/b.rs`: `one_test`, `another`; `c.rs`: `third` and all of `spec/` | `fourth` |";
    let of = |file: &str, name: &str| (1, file.to_owned(), (!name.is_empty()).then(|| name.to_owned()));
    assert_eq!(
        named(row),
        [
            of("a/b.rs", ""),
            of("a/b.rs", "one_test"),
            of("a/b.rs", "another"),
            of("c.rs", ""),
            of("c.rs", "third"),
            of("spec/", ""),
        ]
    );
}
