//! Other people's software, in both directions: the Python reference implementation (PyPI `sd-jwt`) issues, presents
//! and verifies what we verify, present and issue.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use statement::SdJwt;

use crate::support::*;

/// The Python of an environment with the pinned packages, made once per target directory. `None` when this machine
/// has no Python or cannot reach a package index.
fn python() -> Option<PathBuf> {
    static PYTHON: std::sync::OnceLock<Option<PathBuf>> = std::sync::OnceLock::new();
    PYTHON
        .get_or_init(|| {
            install()
                .map_err(|why| eprintln!("SKIPPED: interoperability with PyPI sd-jwt: {why}"))
                .ok()
        })
        .clone()
}

fn install() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sd-jwt-interop");
    let python = folder.join("bin/python3");
    let done = folder.join("installed");
    let requirements = include_str!("interop/requirements.txt");
    if std::fs::read_to_string(&done).is_ok_and(|installed| installed == requirements) {
        return Ok(python);
    }
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&folder))?;
    let list = folder.join("requirements.txt");
    std::fs::write(&list, requirements).map_err(|error| error.to_string())?;
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--only-binary=:all:", "-r"])
        .arg(&list))?;
    std::fs::write(&done, requirements).map_err(|error| error.to_string())?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    ))
}

/// Asks the peer, one request a line.
fn ask(python: &Path, requests: &[Value]) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sd_jwt/interop/peer.py");
    let mut peer = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: String = requests.iter().map(|request| format!("{request}\n")).collect();
    peer.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = peer.wait_with_output().unwrap();
    let answers: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), requests.len());
    answers
}

fn public_jwk() -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(key().public())})
}

fn secret_jwk() -> Value {
    let mut jwk = public_jwk();
    jwk["d"] = json!(URL_SAFE_NO_PAD.encode(SEED));
    jwk
}

#[test]
fn the_python_implementation_verifies_and_reads_what_we_sign() {
    let Some(python) = python() else { return };
    let full = transfer();
    let presentations = [
        full.present(|_| true),
        full.present(|path| path == "plate"),
        full.present(|_| false),
    ];
    let requests: Vec<_> = presentations
        .iter()
        .map(|s| json!({"verify": s.as_str(), "public": public_jwk()}))
        .collect();
    for (answer, statement) in ask(&python, &requests).iter().zip(&presentations) {
        let ours = Value::Object(statement.claims_unverified().to_json());
        assert_eq!(answer["claims"], ours);
    }
}

#[test]
fn the_python_implementation_refuses_what_was_changed() {
    let Some(python) = python() else { return };
    let text = transfer().to_string();
    // The 300th character lies within the payload.
    let other = if text[300..].starts_with('A') { 'B' } else { 'A' };
    let changed = format!("{}{other}{}", &text[..300], &text[301..]);
    let answers = ask(&python, &[json!({"verify": changed, "public": public_jwk()})]);
    assert!(answers[0]["refused"].is_string(), "{}", answers[0]);
}

#[test]
fn we_verify_and_read_what_the_python_implementation_signs() {
    let Some(python) = python() else { return };
    let header = json!({"typ": "carnet+sd-jwt", "kid": key().key_id()});
    let request = json!({
        "issue": transfer_json(),
        "conceal": ["from", "to", "price", "plate"],
        "header": header,
        "seed": secret_jwk(),
    });
    let issued = ask(&python, &[request])[0]["sd_jwt"].as_str().unwrap().to_owned();
    let statement = SdJwt::parse(&issued).unwrap();
    let verified = statement.verify(&key().public()).unwrap();
    assert_eq!(Value::Object(verified.claims.to_json()), transfer_json());
    assert_eq!(statement.disclosures().count(), 4);

    // Their presentation of it shows us the same as ours.
    let answers = ask(&python, &[json!({"present": issued, "keep": ["plate", "to"]})]);
    let presented = SdJwt::parse(answers[0]["sd_jwt"].as_str().unwrap()).unwrap();
    let ours = statement.present(|path| path == "plate" || path == "to");
    assert_eq!(presented.claims_unverified(), ours.claims_unverified());
    assert_eq!(presented.digest(), statement.digest());
    assert_eq!(presented.hidden(), 2);
}

#[test]
fn the_python_implementation_presents_what_we_sign() {
    let Some(python) = python() else { return };
    let full = transfer();
    let answers = ask(&python, &[json!({"present": full.as_str(), "keep": ["price"]})]);
    let presented = SdJwt::parse(answers[0]["sd_jwt"].as_str().unwrap()).unwrap();
    assert_eq!(presented.as_str(), full.present(|path| path == "price").as_str());
}
