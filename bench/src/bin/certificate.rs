//! Credentials: how many are issued in a second, how long one takes to verify, and how large it is.
//!
//! `cargo run --release --bin certificate` from `bench/`; some seconds. All times are CPU time of the process, best of three
//! rounds. Results and machine: `docs/benchmarks.md`.

use std::hint::black_box;
use std::time::Duration;

use anyhow::Context as _;
use certificate::application::Application;
use certificate::credential::did::{DidDocument, multikey};
use certificate::credential::status_list::{Purpose, StatusList};
use certificate::credential::{
    Certificate, Issuer, People, Question, StatusEntry, jcs, proof, unsigned, verify,
};
use certificate::evaluation::Evaluation;
use cpu_time::ProcessTime;
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Credentials a round.
const COUNT: u32 = 2_000;
const ROUNDS: usize = 3;

fn main() -> anyhow::Result<()> {
    let sample: Value = serde_json::from_slice(include_bytes!(
        "../../../spec/vectors/credential/ok_in_force.json"
    ))?;
    let subject = &sample["credentialSubject"];
    let key = SigningKey::from_bytes(&[0x51; 32]);
    let public = key.verifying_key().to_bytes();
    let issuer = Issuer {
        did: "did:web:certs.example".to_owned(),
        name: "sample".to_owned(),
        base_url: "https://certs.example".to_owned(),
    };
    let method = format!("{}#{}", issuer.did, multikey(&public));
    let (application, evaluation, people) = parts(subject)?;
    let issued: Timestamp = "2026-11-24T09:00:00Z".parse()?;

    let issue = |index: u32| -> anyhow::Result<Value> {
        let certificate = Certificate {
            number: "CN-2026-SAMPLE-05",
            issuer: &issuer,
            application: &application,
            evaluation: &evaluation,
            people: &people,
            issued,
            status: StatusEntry { list: 1, index },
        };
        let full = proof::sign(&unsigned(&certificate, false)?, &method, issued, &key)?;
        black_box(proof::sign(
            &unsigned(&certificate, true)?,
            &method,
            issued,
            &key,
        )?);
        Ok(full)
    };
    let issuing = best(|| (0..COUNT).try_for_each(|index| issue(index).map(|c| drop(black_box(c)))))?;

    let credential = issue(7)?.to_string().into_bytes();
    let trusted = [DidDocument::with_keys(&issuer.did, &[public])];
    let lists: Vec<Vec<u8>> = Purpose::ALL
        .into_iter()
        .map(|purpose| {
            let until = "2026-12-01T09:00:00Z".parse()?;
            let url = issuer.list_url(purpose, 1);
            let list = StatusList::default().unsigned(&url, &issuer.did, purpose, issued, until)?;
            Ok(proof::sign(&list, &method, issued, &key)?
                .to_string()
                .into_bytes())
        })
        .collect::<anyhow::Result<_>>()?;
    let ask = |status_lists: &[Vec<u8>]| {
        verify(
            &credential,
            &Question {
                issuers: &trusted,
                status_lists,
                now: issued,
                odometer_km: Some(75_000),
            },
        )
    };
    anyhow::ensure!(
        ask(&lists).may_be_relied_on(),
        "the sample must be in force: {:?}",
        ask(&lists)
    );
    let proving = best(|| {
        (0..COUNT).for_each(|_| drop(black_box(ask(&[]))));
        Ok(())
    })?;
    let with_status = best(|| {
        (0..COUNT / 10).for_each(|_| drop(black_box(ask(&lists))));
        Ok(())
    })?;

    // The floor under verification: reading, two canonical forms' hashes, and one strict Ed25519 verification.
    let document = jcs::read(&credential)?;
    let floor = best(|| {
        (0..COUNT).try_for_each(|_| {
            black_box(proof::verify(&document, &public)?);
            Ok(())
        })
    })?;

    let each = |time: Duration, count: u32| time.as_secs_f64() * 1e6 / f64::from(count);
    println!(
        "issue, with twin             {:>8.0} /s",
        f64::from(COUNT) / issuing.as_secs_f64()
    );
    println!("verify the proof             {:>8.0} µs", each(proving, COUNT));
    println!("  of it canonical form, signature {:>3.0} µs", each(floor, COUNT));
    println!(
        "verify proof and both lists  {:>8.0} µs",
        each(with_status, COUNT / 10)
    );
    println!("credential                   {:>8} bytes", credential.len());
    println!(
        "status list                  {:>8} bytes",
        lists.first().map_or(0, Vec::len)
    );
    Ok(())
}

fn best(mut work: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<Duration> {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let start = ProcessTime::now();
        work()?;
        best = best.min(start.elapsed());
    }
    Ok(best)
}

/// What the sample credential was made of.
fn parts(subject: &Value) -> anyhow::Result<(Application, Evaluation, People)> {
    let mut vehicle = subject["vehicle"].clone();
    vehicle
        .as_object_mut()
        .context("a vehicle")?
        .remove("firstRegistrationYear");
    let application = serde_json::from_value(
        json!({"client": "sample", "vehicle": vehicle, "battery": subject["battery"]}),
    )?;
    let evaluation = serde_json::from_value(json!({
        "soh": subject["soh"], "refused": [], "checks": subject["checks"], "transport": subject["transport"],
        "evidence": subject["evidence"], "odometerKm": subject["odometerKm"],
    }))?;
    Ok((
        application,
        evaluation,
        serde_json::from_value(subject["decision"].clone())?,
    ))
}
