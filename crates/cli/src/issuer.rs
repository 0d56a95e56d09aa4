//! `carnet issuer …`.

use std::process::ExitCode;

use desk::access::{Actor, KeyChange};
use desk::issuer::{EnrolledList, Issuer};
use serde_json::json;
use statement::vocabulary::Role;
use store::Sealing;

use crate::args::{Global, IssuerEnrol, IssuerNew, IssuerRevoke};
use crate::failure::Failure;
use crate::{clock, output};

pub async fn new(global: &Global, options: &IssuerNew) -> Result<ExitCode, Failure> {
    let desk = output::open(global).await?;
    let key = desk.new_issuer_key(&options.id)?;
    desk.close().await?;
    if global.json {
        output::json(&serde_json::to_value(&key)?)?;
    } else {
        output::say(format_args!(
            "Made a key for {}: {}",
            key.issuer,
            key.path.display()
        ))?;
        output::say(format_args!("  public key  {}", key.public_key))?;
        output::say(format_args!("  key id      {}", key.key_id))?;
        output::say("The key takes effect when it is enrolled: carnet issuer enrol")?;
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn enrol(global: &Global, options: &IssuerEnrol) -> Result<ExitCode, Failure> {
    let desk = output::open(global).await?;
    if let Some(file) = &options.file {
        let done = desk.enrol_list(file, clock::now()).await?;
        desk.close().await?;
        return listed(global, &done);
    }
    let id = options.id.clone().unwrap_or_default();
    let roles = options
        .roles
        .iter()
        .map(|role| {
            role.parse::<Role>()
                .map_err(|e| Failure::Value(format!("--role {e}")))
        })
        .collect::<Result<Vec<_>, _>>()?;
    if roles.is_empty() {
        return Err(Failure::Value(
            "name at least one --role, such as --role workshop".to_owned(),
        ));
    }
    let public = match &options.public_key {
        Some(digits) => {
            let mut key = [0; 32];
            hex::decode_to_slice(digits, &mut key)
                .map_err(|e| Failure::Value(format!("--public-key {digits:?}: {e}; write 64 hex digits")))?;
            key
        }
        None => desk.issuer_signing_key(&id)?.public(),
    };
    let name = options.name.clone().unwrap_or_else(|| id.clone());
    let issuers = [(Issuer { id, name, roles }, public)];
    let sealing = desk.enrol(&issuers, clock::now()).await?;
    desk.close().await?;
    report(global, &sealing, "Enrolled 1 issuer")
}

/// Says who of a list was enrolled now, and who before.
fn listed(global: &Global, done: &EnrolledList) -> Result<ExitCode, Failure> {
    if global.json {
        let mut answer = crate::seal::as_json(&done.sealing);
        answer["enrolled"] = json!(done.enrolled);
        answer["known"] = json!(done.known);
        output::json(&answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut what = format!("Enrolled {}", output::count(done.enrolled.len() as u64, "issuer"));
    if !done.known.is_empty() {
        what.push_str(&format!(
            ", {} enrolled already: {}",
            done.known.len(),
            done.known.join(", ")
        ));
    }
    report(global, &done.sealing, &what)
}

pub async fn revoke(global: &Global, options: &IssuerRevoke) -> Result<ExitCode, Failure> {
    let desk = output::open(global).await?;
    let mut sealing = Sealing::default();
    let (issuer, reason) = (&options.issuer, &options.reason);
    let revoked = desk
        .revoke_for(&Actor::Machine, issuer, reason, clock::now(), &mut sealing)
        .await;
    desk.close().await?;
    if let KeyChange::Unpublished(missing) = revoked? {
        return Err(missing.into());
    }
    report(global, &sealing, &format!("Revoked {}", options.issuer))
}

fn report(global: &Global, sealing: &Sealing, what: &str) -> Result<ExitCode, Failure> {
    if global.json {
        output::json(&crate::seal::as_json(sealing))?;
    } else {
        output::say(format_args!("{what}; the log has {} entries", sealing.size))?;
        crate::seal::warnings(sealing)?;
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn list(global: &Global) -> Result<ExitCode, Failure> {
    let desk = output::open(global).await?;
    let issuers = desk.issuers().await?;
    desk.close().await?;
    if global.json {
        let rows: Vec<_> = issuers
            .iter()
            .map(|(key_id, record)| {
                json!({
                    "issuer": record.issuer,
                    "name": record.name,
                    "roles": record.roles,
                    "key_id": key_id,
                    "public_key": hex::encode(record.public_key),
                    "enrolled_at": record.enrolled_at.0,
                    "revoked_at": record.revoked_at.as_ref().map(|(at, _)| at.0),
                    "revocation_reason": record.revoked_at.as_ref().map(|(_, reason)| reason),
                })
            })
            .collect();
        output::json(&json!(rows))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = output::table(&["issuer", "name", "roles", "from entry", "until entry", "key"]);
    for (key_id, record) in &issuers {
        let roles: Vec<_> = record.roles.iter().map(ToString::to_string).collect();
        table.add_row([
            record.issuer.clone(),
            record.name.clone(),
            roles.join(", "),
            record.enrolled_at.to_string(),
            record
                .revoked_at
                .as_ref()
                .map_or(String::new(), |(at, reason)| format!("{at} ({reason})")),
            key_id.to_string().chars().take(12).collect::<String>(),
        ]);
    }
    output::show(table)?;
    Ok(ExitCode::SUCCESS)
}
