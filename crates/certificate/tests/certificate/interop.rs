//! Other people's software, in both directions: the npm packages of Digital Bazaar and twenty lines of Python verify what we
//! sign, and sign what we verify. Nothing is fetched while they run.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use certificate::credential::did::{DidDocument, did_key};
use certificate::credential::status_list::{Published, Purpose};
use certificate::credential::{Issuer, Question, Standing, jcs, proof, verify};
use serde_json::{Value, json};

use crate::sample::{DID, INDEX, did_document, issued, issuer, key, list, public, signed, time, unsigned};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
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

/// Installs once per target directory, and again when what is wanted changes.
fn installed(name: &str, wanted: &str, install: impl FnOnce(&Path) -> Result<(), String>) -> Option<PathBuf> {
    let folder = folder(name);
    let done = folder.join("installed");
    if std::fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Some(folder);
    }
    let result = std::fs::create_dir_all(&folder)
        .map_err(|e| e.to_string())
        .and_then(|()| install(&folder))
        .and_then(|()| std::fs::write(&done, wanted).map_err(|e| e.to_string()));
    result
        .map_err(|why| eprintln!("SKIPPED: interoperability of credentials with {name}: {why}"))
        .ok()
        .map(|()| folder)
}

/// Node with the pinned packages; `None` where this machine has no Node or reaches no registry.
fn node() -> Option<&'static Path> {
    static NODE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let wanted = concat!(
        include_str!("interop/package.json"),
        include_str!("interop/peer.mjs")
    );
    NODE.get_or_init(|| {
        installed("npm-credentials", wanted, |folder| {
            let write =
                |name: &str, text: &str| std::fs::write(folder.join(name), text).map_err(|e| e.to_string());
            write("package.json", include_str!("interop/package.json"))?;
            // Beside the packages, where Node looks for them.
            write("peer.mjs", include_str!("interop/peer.mjs"))?;
            run(Command::new("node").arg("--version"))?;
            run(Command::new("npm")
                .args([
                    "install",
                    "--ignore-scripts",
                    "--no-audit",
                    "--no-fund",
                    "--loglevel=error",
                ])
                .current_dir(folder))
        })
    })
    .as_deref()
}

/// Python with the pinned packages; `None` likewise.
fn python() -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    let wanted = include_str!("interop/requirements.txt");
    PYTHON
        .get_or_init(|| {
            installed("python-credentials", wanted, |folder| {
                run(Command::new("python3")
                    .args(["-m", "venv", "--clear"])
                    .arg(folder))?;
                let list = folder.join("requirements.txt");
                std::fs::write(&list, wanted).map_err(|e| e.to_string())?;
                run(Command::new(folder.join("bin/python3"))
                    .args(["-m", "pip", "install", "--quiet", "--only-binary=:all:", "-r"])
                    .arg(&list))
            })
        })
        .as_deref()
}

/// Asks a peer, one request a line.
fn ask(command: &mut Command, requests: &[Value]) -> Vec<Value> {
    let mut peer = command
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

fn ask_node(folder: &Path, requests: &[Value]) -> Vec<Value> {
    ask(Command::new("node").arg(folder.join("peer.mjs")), requests)
}

fn ask_python(folder: &Path, requests: &[Value]) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certificate/interop/peer.py");
    ask(Command::new(folder.join("bin/python3")).arg(script), requests)
}

/// What Node's loader knows: our DID document, its key, our context, the lists.
fn documents(lists: &[Value]) -> Value {
    let did = did_document().to_json();
    let mut method = did["verificationMethod"][0].clone();
    method["@context"] = json!("https://w3id.org/security/multikey/v1");
    let carnet: Value = serde_json::from_slice(certificate::credential::context::CARNET.document).unwrap();
    let mut documents = json!({DID: did, "https://carnet.invalid/credentials/v1": carnet});
    documents[method["id"].as_str().unwrap()] = method.clone();
    for list in lists {
        documents[list["id"].as_str().unwrap()] = list.clone();
    }
    documents
}

fn lists(revoked: &[u32], suspended: &[u32]) -> Vec<Value> {
    vec![
        list(Purpose::Revocation, revoked, issued()),
        list(Purpose::Suspension, suspended, issued()),
    ]
}

const NOW: &str = "2026-11-25T00:00:00Z";

#[test]
fn digitalbazaar_verifies_our_certificate_its_twin_and_its_status() {
    let Some(node) = node() else { return };
    let method = crate::sample::method();
    let twin = proof::sign(&unsigned(&issuer(), true), &method, issued(), &key()).unwrap();
    let request = |credential: &Value, lists: &[Value]| json!({"op": "verify", "credential": credential, "documents": documents(lists), "now": NOW});
    let answers = ask_node(
        node,
        &[
            request(&signed(), &lists(&[], &[])),
            request(&twin, &lists(&[], &[])),
            request(&signed(), &lists(&[INDEX], &[])),
            request(&signed(), &lists(&[INDEX + 1], &[INDEX])),
        ],
    );
    let status = |revoked: bool, suspended: bool| json!([["revocation", revoked], ["suspension", suspended]]);
    for (answer, expected) in answers.iter().zip([
        status(false, false),
        status(false, false),
        // It calls a revoked credential verified; the status stands beside, as in our verdict.
        status(true, false),
        status(false, true),
    ]) {
        assert_eq!(answer["verified"], true, "{answer}");
        assert_eq!(answer["status"], expected, "{answer}");
    }
}

#[test]
fn digitalbazaar_refuses_what_was_changed_or_signed_by_another_key() {
    let Some(node) = node() else { return };
    let mut changed = signed();
    changed["credentialSubject"]["soh"]["valuePct"] = json!("99.9");
    let other = ed25519_dalek::SigningKey::from_bytes(&[9; 32]);
    let forged = proof::sign(
        &unsigned(&issuer(), false),
        &crate::sample::method(),
        issued(),
        &other,
    )
    .unwrap();
    let requests = [changed, forged].map(|credential| {
        json!({"op": "verify", "credential": credential, "documents": documents(&lists(&[], &[])), "now": NOW})
    });
    for answer in ask_node(node, &requests) {
        assert_eq!(answer["verified"], false, "{answer}");
        assert!(answer["error"].as_str().unwrap().contains("erif"), "{answer}");
    }
}

/// A body whose documents others sign: a `did:key` of their key.
fn their_issuer() -> (Issuer, DidDocument, String) {
    let did = did_key(&public(&key()));
    let issuer = Issuer {
        did: did.clone(),
        ..issuer()
    };
    let document = DidDocument::of_key(&did).unwrap();
    let seed = hex::encode(key().to_bytes());
    (issuer, document, seed)
}

/// Our verdict on what they signed.
fn our_verdict(credential: &Value, lists: &[Value], issuer: DidDocument) -> certificate::credential::Verdict {
    let lists: Vec<Vec<u8>> = lists.iter().map(|list| list.to_string().into_bytes()).collect();
    verify(
        credential.to_string().as_bytes(),
        &Question {
            issuers: &[issuer],
            status_lists: &lists,
            now: time(NOW),
            odometer_km: Some(75_000),
        },
    )
}

#[test]
fn we_verify_what_digitalbazaar_signs_lists_too() {
    let Some(node) = node() else { return };
    let (issuer, document, seed) = their_issuer();
    let created = issued().to_string();
    let sign = json!({"op": "sign", "credential": unsigned(&issuer, false), "seed": seed, "did": issuer.did, "created": created});
    let list = |purpose: Purpose, set: &[u32]| {
        json!({"op": "list", "url": issuer.list_url(purpose, 1), "purpose": purpose, "set": set, "seed": seed,
            "did": issuer.did, "created": created, "until": "2026-12-01T00:00:00Z"})
    };
    let answers = ask_node(
        node,
        &[
            sign,
            list(Purpose::Revocation, &[]),
            list(Purpose::Suspension, &[]),
            list(Purpose::Revocation, &[INDEX]),
        ],
    );
    let documents: Vec<Value> = answers.iter().map(|a| a["signed"].clone()).collect();
    assert!(documents.iter().all(Value::is_object), "{answers:?}");
    let [credential, clear, suspension, revoked] = documents.try_into().unwrap();
    let verdict = our_verdict(&credential, &[clear, suspension.clone()], document.clone());
    assert!(verdict.may_be_relied_on(), "{verdict:?}");
    let verdict = our_verdict(&credential, &[revoked, suspension], document);
    assert_eq!((verdict.proof.is_ok(), verdict.status), (true, Standing::Revoked));
}

#[test]
fn python_verifies_what_we_sign_and_we_verify_what_python_signs() {
    let Some(python) = python() else { return };
    let mut changed = signed();
    changed["credentialSubject"]["odometerKm"] = json!(4_748);
    let (issuer, document, seed) = their_issuer();
    let numbers = json!([
        333_333_333.333_333_3,
        1e30,
        4.5,
        2e-3,
        1e-27,
        1e21,
        9007199254740991_u64,
        -0.0,
        "\u{20ac}\u{f}"
    ]);
    let answers = ask_python(
        python,
        &[
            json!({"op": "verify", "credential": signed()}),
            json!({"op": "verify", "credential": changed}),
            json!({"op": "sign", "credential": unsigned(&issuer, true), "seed": seed, "did": issuer.did,
                "created": "2026-11-24T09:00:00Z"}),
            json!({"op": "bit", "credential": list(Purpose::Revocation, &[INDEX], issued()), "index": INDEX}),
            json!({"op": "bit", "credential": list(Purpose::Revocation, &[INDEX], issued()), "index": INDEX - 1}),
            json!({"op": "canonical", "value": numbers}),
        ],
    );
    assert_eq!(answers[0]["verified"], true);
    assert_eq!(answers[1]["verified"], false);
    let verdict = our_verdict(&answers[2]["signed"], &[], document);
    assert!(verdict.proof.is_ok(), "{verdict:?}");
    assert_eq!(answers[3], json!({"length": 131_072, "set": true}));
    assert_eq!(answers[4], json!({"length": 131_072, "set": false}));
    assert_eq!(
        answers[5]["canonical"].as_str().unwrap().as_bytes(),
        jcs::canonical(&numbers).unwrap()
    );
}

#[test]
fn the_list_we_publish_is_the_list_we_read() {
    let published = Published::read(&list(Purpose::Suspension, &[7], issued())).unwrap();
    assert_eq!(published.purpose, Purpose::Suspension);
    assert_eq!(published.list.get(7), Ok(true));
}
