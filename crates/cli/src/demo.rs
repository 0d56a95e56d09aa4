//! `carnet demo`: the whole road in one command, on the sample yard, with real keys, a real log and real refusals.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use desk::data_dir::DataDir;
use desk::export::Disclose;
use desk::issuer::Issuer;
use desk::record::RecordOptions;
use desk::{Desk, InitOptions, shell};
use dossier::Trust;
use include_dir::{Dir, include_dir};
use serde_json::Value;
use vehicle::VehicleId;

use crate::args::Global;
use crate::failure::Failure;
use crate::{clock, demo_battery, output, show};

/// The sample yard travels in the program, so that the demo runs from anywhere.
static YARD: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../samples/yard");

/// Marks a directory that the demo made and may make anew.
const MARK: &str = "made-by-carnet-demo";

/// The car whose dossier the demo shows.
const CAR: &str = "sportage-2017-diesel-lower-readings.jsonl";

pub async fn run(global: &Global) -> Result<ExitCode, Failure> {
    if global.json {
        return Err(Failure::Value(
            "the demo tells a story and has no JSON; leave --json away, or ask the log that it makes, as in \
             `carnet --data carnet-data/demo/data --json log status`"
                .to_owned(),
        ));
    }
    let root = fresh_folder(&global.data.join("demo"))?;
    output::say("Carnet: a vehicle history anyone can check without trusting the seller")?;
    output::say(format_args!(
        "(cars, people and papers are invented; keys, log and checks are real; all in {})\n",
        root.display()
    ))?;

    let since = Instant::now();
    let origin = "demo.carnet.example/yard".to_owned();
    let desk = Desk::init(
        DataDir::new(root.join("data")),
        InitOptions {
            origin,
            passphrase: None,
        },
    )
    .await?;
    step(
        1,
        "A log is set up: signing key, VRF key, a witness and an auditor beside it",
        since,
    )?;

    let since = Instant::now();
    let yard = root.join("yard");
    let fail = |e: std::io::Error| Failure::Value(format!("{}: {e}", yard.display()));
    std::fs::create_dir(&yard).map_err(fail)?;
    YARD.extract(&yard).map_err(fail)?;
    let listed = desk::data_dir::read(&yard.join("issuers.json"))?;
    let listed: Vec<Issuer> = serde_json::from_slice(&listed)?;
    let mut issuers = Vec::with_capacity(listed.len());
    for issuer in listed {
        desk.new_issuer_key(&issuer.id)?;
        let public = desk.issuer_signing_key(&issuer.id)?.public();
        issuers.push((issuer, public));
    }
    desk.enrol(&issuers, clock::now()).await?;
    step(
        2,
        format_args!(
            "{} issuers are enrolled: registers, inspectors, insurers, workshops, customs",
            issuers.len()
        ),
        since,
    )?;

    let since = Instant::now();
    let recorded = desk
        .record(&yard, &RecordOptions::default(), clock::now(), |_| {})
        .await?;
    step(
        3,
        format_args!(
            "{} statements are signed, checked and recorded",
            recorded.accepted
        ),
        since,
    )?;
    for line in &recorded.refused {
        for fault in &line.faults {
            output::say(format_args!(
                "     refused {}:{}: {fault}",
                line.file.display(),
                line.line
            ))?;
        }
    }

    let since = Instant::now();
    let sealed = desk.store().seal().await?;
    step(
        4,
        format_args!(
            "They are sealed: {} entries, replayed and cosigned, published",
            sealed.size
        ),
        since,
    )?;

    let car = car(&yard)?;
    let since = Instant::now();
    let bytes = desk
        .dossier(&car, &Disclose::Only(vec!["odometer".to_owned()]))
        .await?;
    let file = root.join("car.carnet");
    desk::data_dir::write(&file, &bytes, 0o644)?;
    step(
        5,
        format_args!(
            "A dossier of {car} is exported: {} bytes, personal fields withheld",
            bytes.len()
        ),
        since,
    )?;

    let trust = desk.trust(30 * 86_400);
    let since = Instant::now();
    let now = clock::now();
    let report = dossier::verify(&bytes, &trust, Some(&car), clock::unsigned(now))
        .map_err(|refusal| Failure::Value(format!("the dossier does not verify: {refusal}")))?;
    step(
        6,
        "A stranger verifies it with three files and no network: complete and unaltered",
        since,
    )?;
    output::say("")?;
    show::print(&show::of(report, now)?, 0)?;

    output::say("\nThree copies are tampered with:")?;
    let mut caught = 0;
    for (what, copy) in tampered(&bytes, &yard)? {
        let path = root.join(format!("{}.carnet", what.replace(' ', "-")));
        desk::data_dir::write(&path, &copy, 0o644)?;
        match dossier::verify(&copy, &trust, None, clock::unsigned(now)) {
            Err(refusal) => {
                caught += 1;
                output::say(format_args!("  {what:<34} REFUSED at {refusal}"))?;
            }
            Ok(_) => output::say(format_args!("  {what:<34} NOT NOTICED, which is a bug"))?,
        }
    }
    output::say("\nElectric cars get a certificate of their battery, or a refusal:")?;
    let certified = demo_battery::tell(&desk, &root, 7).await?;
    commands(global, &root, &car, &trust)?;
    let sound = desk.store().fsck(|_, _| {}).await?.is_sound();
    desk.close().await?;
    let well = caught == 3 && recorded.refused.is_empty() && certified && sound;
    output::say(if well {
        "\nAll as it should be."
    } else {
        "\nSomething is not as it should be; see above."
    })?;
    Ok(clock::code(well))
}

/// A step of the story, with the time it took.
pub fn step(number: u32, what: impl std::fmt::Display, since: Instant) -> Result<(), Failure> {
    output::say(format_args!(
        "{number}  {:<86} {:>8}",
        what.to_string(),
        clock::took(since)
    ))
}

/// What to try next, with the paths to try it on.
fn commands(global: &Global, root: &Path, car: &VehicleId, trust: &Trust) -> Result<(), Failure> {
    let data = global.data.join("demo").join("data");
    let data = shell::path(&data);
    let [dossier, certificate, telemetry] = ["car.carnet", "certificate.pdf", "battery/ioniq5-2021.csv"]
        .map(|file| shell::path(&root.join(file)));
    let id = car.to_string();
    let typed = id.split_once(':').map_or(id.as_str(), |(_, rest)| rest);
    output::say("\nTry it yourself:")?;
    output::say(format_args!("  carnet --data {data} history {typed}"))?;
    output::say(format_args!(
        "  carnet --data {data} verify {dossier} --max-age {}d",
        trust.max_age / 86_400
    ))?;
    output::say(format_args!("  carnet --data {data} verify {certificate}"))?;
    output::say(format_args!(
        "  carnet battery recompute {certificate} {telemetry}"
    ))?;
    output::say(format_args!("  carnet --data {data} log fsck"))
}

/// An empty folder of our own; one that the demo did not make is left alone.
fn fresh_folder(root: &Path) -> Result<PathBuf, Failure> {
    let fail = |e: std::io::Error| Failure::Value(format!("{}: {e}", root.display()));
    if root.exists() {
        if !root.join(MARK).exists() {
            let fix = "exists and was not made by the demo; name another place with --data";
            return Err(Failure::Value(format!("{} {fix}", root.display())));
        }
        std::fs::remove_dir_all(root).map_err(fail)?;
    }
    std::fs::create_dir_all(root).map_err(fail)?;
    std::fs::write(root.join(MARK), "The next `carnet demo` deletes this folder.\n").map_err(fail)?;
    Ok(root.to_owned())
}

fn car(yard: &Path) -> Result<VehicleId, Failure> {
    let text = desk::data_dir::read(&yard.join(CAR))?;
    let first = text.split(|b| *b == b'\n').next().unwrap_or_default();
    let draft: Value = serde_json::from_slice(first)?;
    let vid = draft.get("vid").and_then(Value::as_str).unwrap_or_default();
    Ok(desk::check::parse_vehicle(vid)?)
}

/// What a dishonest seller might try.
fn tampered(bytes: &[u8], yard: &Path) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let honest: Value = serde_json::from_slice(bytes)?;

    let mut left_out = honest.clone();
    if let Some(statements) = left_out.get_mut("statements").and_then(Value::as_array_mut) {
        statements.remove(statements.len() / 2);
    }

    let mut wound_back = honest.clone();
    let statements = wound_back
        .get_mut("statements")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten();
    for statement in statements.filter_map(|s| s.pointer_mut("/content/statement")) {
        let Some(lower) = statement.as_str().and_then(with_lower_reading) else {
            continue;
        };
        *statement = Value::String(lower);
        break;
    }

    let mut of_another = honest;
    let other = YARD
        .files()
        .filter_map(|f| f.path().file_name()?.to_str())
        .find(|name| name.starts_with("palisade"));
    if let Some(other) = other {
        let text = desk::data_dir::read(&yard.join(other))?;
        let first: Value = serde_json::from_slice(text.split(|b| *b == b'\n').next().unwrap_or_default())?;
        of_another["vehicle"] = first.get("vid").cloned().unwrap_or_default();
    }

    let write = |value: Value| serde_json::to_vec(&value);
    Ok(vec![
        ("one statement left out".to_owned(), write(left_out)?),
        ("odometer reading lowered".to_owned(), write(wound_back)?),
        ("shown for another car".to_owned(), write(of_another)?),
    ])
}

/// The statement with a tenth of its odometer reading, its signature left as it is.
fn with_lower_reading(statement: &str) -> Option<String> {
    let (header, rest) = statement.split_once('.')?;
    let (payload, rest) = rest.split_once('.')?;
    let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    let reading = claims.pointer_mut("/body/odometer/value")?;
    *reading = Value::from(reading.as_u64()? / 10);
    Some(format!(
        "{header}.{}.{rest}",
        URL_SAFE_NO_PAD.encode(claims.to_string())
    ))
}
