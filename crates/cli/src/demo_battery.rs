//! The part of `carnet demo` about batteries: two cars of the sample yard are assessed from their charging logs. One is
//! certified, one refused, and a certificate with a mistake in it is withdrawn.

use std::path::{Path, PathBuf};
use std::time::Instant;

use battery::{Assessment, Class};
use certificate::application::{Application, Chemistry};
use certificate::basis::Basis;
use certificate::credential::Standing;
use certificate::people::{Activity, Mandate};
use certificate::scheme::Step;
use desk::Desk;
use desk::certify::CaseView;
use desk::certify::assessment::evaluation;
use desk::certify::check::{CredentialTrust, credential_in, verify_credential};
use desk::certify::issue::Issued;
use desk::certify::sheet::{Language, Pages, pages};
use desk::issuer::Issuer;
use include_dir::{Dir, include_dir};
use jiff::Timestamp;
use jiff::civil::date;
use statement::vocabulary::Role;
use store::CertificationBody;

use crate::args::{Reading, SecondMeter};
use crate::battery_assess::{assess, description_of};
use crate::demo::step;
use crate::failure::Failure;
use crate::{clock, output};

/// The charging logs and applications travel in the program too.
static LOGS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../samples/battery");
static APPLICATIONS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../samples/certificate");

/// What the odometers show: the sample histories go on after their logs, which are moved to yesterday.
const IONIQ_KM: u32 = 75_090;
const KONA_KM: u32 = 100_931;

/// Tells the story, from step `first` on; says whether all came out as it should.
pub async fn tell(desk: &Desk, root: &Path, first: u32) -> Result<bool, Failure> {
    let folder = root.join("battery");
    let fail = |e: std::io::Error| Failure::Value(format!("{}: {e}", folder.display()));
    std::fs::create_dir(&folder).map_err(fail)?;
    LOGS.extract(&folder).map_err(fail)?;
    for log in ["ioniq5-2021.csv", "kona-ev-2018.csv"] {
        made_recent(&folder.join(log), Timestamp::now())?;
    }
    APPLICATIONS.extract(&folder).map_err(fail)?;
    let now = Timestamp::now();
    set_up(desk, now).await?;

    let since = Instant::now();
    let (ioniq, found) = car(&folder, "application.json", "ioniq5-2021.csv")?;
    step(
        first,
        format_args!(
            "The battery of the {} {} is assessed from its charging log: {}",
            ioniq.vehicle.make,
            ioniq.vehicle.model,
            found.soh().map_or_else(
                || "REFUSED".to_owned(),
                |soh| format!("{} to {} %", soh.lower95, soh.upper95)
            )
        ),
        since,
    )?;

    let since = Instant::now();
    let mut misread = ioniq.clone();
    misread.battery.id = Some("SAMPLE-PACK-0050".to_owned());
    let withdrawn = certify(desk, &misread, &found, IONIQ_KM, now).await?;
    let file = write(root, &withdrawn, "certificate-withdrawn")?;
    let reason = "the number of the pack was misread".to_owned();
    desk.certify_step(&withdrawn.case, "park", Step::Withdrawn { reason }, now, false)
        .await?;
    let good = certify(desk, &ioniq, &found, IONIQ_KM, now).await?;
    let in_force = write(root, &good, "certificate")?;
    step(
        first + 1,
        "Three people evaluate, review, decide; two certificates, and one of them withdrawn",
        since,
    )?;

    let since = Instant::now();
    let (kona, found) = car(&folder, "application-kona.json", "kona-ev-2018.csv")?;
    let refused = refuse(desk, &kona, &found, KONA_KM, now).await?;
    step(
        first + 2,
        format_args!(
            "The {} {} gets none: its case {} is {}",
            kona.vehicle.make, kona.vehicle.model, refused.case, refused.state
        ),
        since,
    )?;
    for refusal in &found.refusals {
        output::say(format_args!("     {}: {}", refusal.code.name(), refusal.text))?;
    }

    desk.publish_certificates(&desk.dir().certificates(), now).await?;
    desk.store().seal().await?;
    output::say("\nA stranger verifies both certificates:")?;
    let first = verified(desk, &withdrawn.certificate, &file, now)?;
    let second = verified(desk, &good.certificate, &in_force, now)?;
    Ok(first == Some("revoked")
        && second == Some("in_force")
        && refused.state == certificate::scheme::State::Refused)
}

/// A certification body with its key, and three people with their mandates.
async fn set_up(desk: &Desk, now: Timestamp) -> Result<(), Failure> {
    let body = Issuer {
        id: "demo-certifier".to_owned(),
        name: "Battery Certification Incheon (sample)".to_owned(),
        roles: vec![Role::CertificationBody],
    };
    desk.new_issuer_key(&body.id)?;
    let public = desk.issuer_signing_key(&body.id)?.public();
    let name = body.name.clone();
    let issuer = body.id.clone();
    desk.enrol(&[(body, public)], now.as_second()).await?;
    desk.certify_setup(
        CertificationBody {
            did: "did:web:certs.demo.carnet.example".to_owned(),
            name,
            issuer,
            base_url: "https://certs.demo.carnet.example".to_owned(),
        },
        now.as_second(),
    )
    .await?;
    for (id, name, activity) in [
        ("kim", "Kim Ara (sample)", Activity::ReviewApplication),
        ("kim", "Kim Ara (sample)", Activity::Evaluate),
        ("lee", "Lee Bora (sample)", Activity::Review),
        ("park", "Park Chan (sample)", Activity::Decide),
    ] {
        let mandate = Mandate {
            activity,
            competence: "invented for the demo".to_owned(),
            chemistries: [Chemistry::NMC].into(),
            from: date(2020, 1, 1),
            until: date(2099, 12, 31),
        };
        desk.give_mandate(id, Some(name), &mandate, now.as_second())
            .await?;
    }
    Ok(())
}

/// Moves the dates of a sample log so that it ends yesterday: no certificate rests on data older than the scheme allows.
fn made_recent(file: &Path, now: Timestamp) -> Result<(), Failure> {
    let wrong = |problem: &dyn std::fmt::Display| Failure::Value(format!("{}: {problem}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|e| wrong(&e))?;
    let time = |row: &str| {
        let cell = row.split(',').next().unwrap_or_default();
        cell.parse::<Timestamp>().map_err(|e| wrong(&e))
    };
    let (header, rows) = text.split_once('\n').ok_or_else(|| wrong(&"has no rows"))?;
    let last = time(rows.lines().last().unwrap_or_default())?;
    let days = (now.as_second() - last.as_second()) / 86_400 - 1;
    let mut moved = format!("{header}\n");
    for row in rows.lines() {
        let at = time(row)?.as_second() + days * 86_400;
        let at = Timestamp::from_second(at).map_err(|e| wrong(&e))?;
        let rest = row.split_once(',').map_or("", |(_, rest)| rest);
        moved.push_str(&format!("{},{rest}\n", at.to_string().replace('Z', "+00:00")));
    }
    std::fs::write(file, moved).map_err(|e| wrong(&e))
}

/// An application, and what the car's log says.
fn car(folder: &Path, application: &str, log: &str) -> Result<(Application, Assessment), Failure> {
    let application = serde_json::from_slice(&desk::data_dir::read(&folder.join(application))?)?;
    let files = [folder.join(log)];
    let description = description_of(None, &files)?;
    let found = assess(
        &files,
        &Reading::default(),
        &SecondMeter::default(),
        &description,
        Class::Field,
    )?;
    Ok((application, found))
}

/// The case of a car up to the review of its evaluation.
async fn reviewed(
    desk: &Desk,
    application: &Application,
    found: &Assessment,
    odometer_km: u32,
    now: Timestamp,
) -> Result<String, Failure> {
    let case = desk.certify_apply(application, now).await?.case;
    desk.certify_review(&case, "kim", true, "variant known", now)
        .await?;
    let today = clock::day(now.as_second())?;
    let evaluation = evaluation(found, application, Some(odometer_km), today).map_err(Failure::Value)?;
    desk.certify_evaluate(&case, "kim", &evaluation, Basis::Telemetry, now)
        .await?;
    desk.certify_review(&case, "lee", true, "recomputed, same bytes", now)
        .await?;
    Ok(case)
}

async fn certify(
    desk: &Desk,
    application: &Application,
    found: &Assessment,
    odometer_km: u32,
    now: Timestamp,
) -> Result<Issued, Failure> {
    let case = reviewed(desk, application, found, odometer_km, now).await?;
    let reasons = "all limits kept".to_owned();
    desk.certify_step(&case, "park", Step::Granted { reasons }, now, false)
        .await?;
    Ok(desk
        .certify_issue(&case, "park", Some(Language::English), now, false)
        .await?)
}

async fn refuse(
    desk: &Desk,
    application: &Application,
    found: &Assessment,
    odometer_km: u32,
    now: Timestamp,
) -> Result<CaseView, Failure> {
    let case = reviewed(desk, application, found, odometer_km, now).await?;
    let reasons = "the method refused".to_owned();
    Ok(desk
        .certify_step(&case, "park", Step::Refused { reasons }, now, false)
        .await?)
}

fn write(root: &Path, issued: &Issued, name: &str) -> Result<PathBuf, Failure> {
    let file = root.join(format!("{name}.pdf"));
    if let Some(pdf) = &issued.pdf {
        desk::data_dir::write(&file, pdf, 0o644)?;
    }
    Ok(file)
}

/// Verifies a PDF with nothing but files, and prints the three answers; gives the standing where proof and pages are good.
fn verified(desk: &Desk, number: &str, file: &Path, now: Timestamp) -> Result<Option<&'static str>, Failure> {
    let public = desk.dir().certificates();
    let trust = CredentialTrust {
        issuers: vec![public.join("did.json").display().to_string()],
        status_lists: vec![public.join("status")],
        odometer_km: None,
        directory: None,
    };
    let Some(handed) = credential_in(file)? else {
        return Ok(None);
    };
    let verdict = verify_credential(&handed.credential, &trust, now)?.verdict;
    let same = handed
        .pdf
        .is_some_and(|pdf| pages(&pdf, &handed.credential) == Pages::Same);
    let proof = match &verdict.proof {
        Ok(_) => "GOOD".to_owned(),
        Err(refusal) => format!("REFUSED: {refusal}"),
    };
    let status = match &verdict.status {
        Standing::InForce { .. } => "IN FORCE".to_owned(),
        standing => format!("NOT IN FORCE: {standing}"),
    };
    let pages = if same { "SAME" } else { "DIFFER" };
    output::say(format_args!(
        "  {number}  proof {proof}; status {status}; pages {pages}  ({})",
        file.display()
    ))?;
    Ok((verdict.proof.is_ok() && same).then(|| verdict.status.word()))
}
