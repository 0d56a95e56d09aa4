//! [Schemathesis](https://schemathesis.readthedocs.io) reads our OpenAPI description and asks the running service what it makes of
//! it: answers of a status, type or shape that is not described, and any 5xx, are faults.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use test_servers::LogFolder;

use crate::process::{Serving, carnet, log, registration, submit};

/// With what it depends on fixed by what it asks for; newer ones change what they check.
const WANTED: &str = "schemathesis==4.32.5";

/// The program, installed once for this user; `None`, said aloud, where there is no Python or no network.
fn installed() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))?;
    let folder = cache.join("carnet/schemathesis");
    let done = folder.join("installed");
    let program = folder.join("bin/schemathesis");
    if std::fs::read_to_string(&done).is_ok_and(|is| is == WANTED) {
        return Some(program);
    }
    match install(&folder) {
        Ok(()) => {
            std::fs::write(done, WANTED).unwrap();
            Some(program)
        }
        Err(why) => {
            eprintln!("SKIPPED: schemathesis against the service: {why}");
            None
        }
    }
}

fn install(folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(folder))?;
    run(Command::new(folder.join("bin/python3")).args(["-m", "pip", "install", "--quiet", WANTED]))
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|e| format!("{command:?}: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

#[test]
fn the_service_does_what_its_description_says() {
    let data = LogFolder::new();
    log(&data);
    let serving = Serving::start(&data, &LIMITS);
    assert_eq!(submit(&serving.address, &registration(1)).unwrap().0, 200);
    does_as_described(&serving, &data, "25", NOT_ASKED, &[]);
}

/// Most addresses answer strangers with 401 alone.
#[test]
fn the_service_does_for_an_operator_what_its_description_says() {
    let data = LogFolder::new();
    log(&data);
    let password = data.path().join("password");
    std::fs::write(&password, "blue-heron-ferry-41\n").unwrap();
    let password = password.to_str().unwrap();
    let account = [
        "account",
        "add",
        "olga",
        "--role",
        "operator",
        "--organisation",
        "association",
    ];
    let with = [
        "--organisation-name",
        "The association",
        "--password-file",
        password,
    ];
    let made = carnet(&data, &[account.as_slice(), &with].concat());
    assert!(made.status.success(), "{made:?}");
    let scopes = "yard:read yard:write shares disclose accounts trail issuers certification";
    let mut token = vec!["--json", "token", "new", "olga", "--name", "schemathesis"];
    for scope in scopes.split(' ') {
        token.extend(["--scope", scope]);
    }
    let made: Value = serde_json::from_slice(&carnet(&data, &token).stdout).unwrap();
    let header = format!("Authorization: Bearer {}", made["secret"].as_str().unwrap());
    let serving = Serving::start(&data, &LIMITS);
    assert_eq!(submit(&serving.address, &registration(1)).unwrap().0, 200);
    // It sends an invented cookie beside the token and takes what the token opens for the cookie's doing.
    let not_asked = format!("{NOT_ASKED},ignored_auth");
    does_as_described(&serving, &data, "10", &not_asked, &["--header", &header]);
}

/// Requests are not held back: what is looked at is what they are answered.
const LIMITS: [&str; 4] = ["--rate", "100000", "--burst", "100000"];

/// That a schema allows it makes nothing a signed statement or a car's number.
const NOT_ASKED: &str = "positive_data_acceptance";

fn does_as_described(serving: &Serving, data: &LogFolder, examples: &str, not_asked: &str, more: &[&str]) {
    // One at a time: it is installed once, and two of them would take the processors from each other.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(schemathesis) = installed() else { return };
    let output = Command::new(schemathesis)
        .arg("run")
        .arg(format!("http://{}/openapi.json", serving.address))
        .args([
            "--max-examples",
            examples,
            "--seed",
            "1",
            // Python 3.11 counts how deep it parses for all threads together (CPython issue 106905) and stops two of them at random.
            "--workers",
            "1",
            "--no-color",
            "--request-timeout",
            "20",
        ])
        .args(["--exclude-checks", not_asked])
        .args(more)
        .current_dir(data.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
