//! The public test kit of dossiers, through the program: what it prints and the code it ends with are the answer.

use std::path::Path;
use std::process::Stdio;

use jiff::Timestamp;
use serde_json::Value;

use crate::program::{self, carnet};
use crate::yard;

#[test]
fn every_file_of_the_kit_ends_with_the_code_of_its_verdict() {
    let folder = yard::empty_folder();
    let at = folder.path();
    let kit = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../spec/vectors/dossier")
        .canonicalize()
        .unwrap();
    let cases: Value = serde_json::from_slice(&std::fs::read(kit.join("kit.json")).unwrap()).unwrap();
    for trust in cases["trusts"].as_array().unwrap() {
        let name = trust["name"].as_str().unwrap();
        for (kind, field) in [("policy", "policy"), ("vrf", "vrf_key")] {
            let text = trust[field].as_str().unwrap();
            std::fs::write(at.join(format!("{name}.{kind}")), text).unwrap();
        }
    }
    let mut wrong = Vec::new();
    let mut judged = 0;
    for case in cases["cases"].as_array().unwrap() {
        let (name, trust) = (case["name"].as_str().unwrap(), case["trust"].as_str().unwrap());
        let file = kit.join(format!("{name}.carnet")).display().to_string();
        let (policy, vrf) = (format!("{trust}.policy"), format!("{trust}.vrf"));
        let now = Timestamp::from_second(case["now"].as_i64().unwrap())
            .unwrap()
            .to_string();
        let max_age = format!("{}s", case["max_age"].as_u64().unwrap());
        let mut arguments = vec![
            "--json",
            "verify",
            &file,
            "--policy",
            &policy,
            "--vrf-key",
            &vrf,
            "--now",
            &now,
            "--max-age",
            &max_age,
        ];
        if let Some(asked) = case["asked"].as_str() {
            arguments.extend(["--vehicle", asked]);
        }
        let ran = carnet(at, &arguments);
        let answer: Value = serde_json::from_str(&ran.out).unwrap_or_default();
        let good = match case["expected"].as_str().unwrap() {
            "verified" => ran.code == 0 && answer["verified"] == true && answer["absent"] == false,
            "absent" => ran.code == 3 && answer["verified"] == true && answer["absent"] == true,
            _ => {
                let code = if case["reason"] == "stale" { 5 } else { 4 };
                ran.code == code && answer["verified"] == false && answer["step"] == case["step"]
            }
        };
        judged += 1;
        if !good {
            wrong.push(format!("{name}: {}: {} {}", case["expected"], ran.code, ran.err));
        }
    }
    assert!(judged > 100, "{judged} files");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_refused_dossier_ends_with_its_code_where_nobody_reads_on() {
    let folder = yard::empty_folder();
    let kit = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../spec/vectors/dossier")
        .canonicalize()
        .unwrap();
    let mut command = program::command(folder.path(), "carnet");
    command
        .arg("verify")
        .arg(kit.join("statement_left_out.carnet"))
        .arg("--policy")
        .arg(kit.join("policy.txt"))
        .arg("--vrf-key")
        .arg(kit.join("vrf_key.txt"))
        .args(["--now", "2026-11-23T10:00:00Z"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(4));
}
