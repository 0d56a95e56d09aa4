//! A vehicle's history as JSON, one shape for every surface.

use dossier::VerifiedStatement;
use serde_json::{Value, json};

use crate::certify::check::certificates;
use crate::lookup::History;

impl History {
    /// The history as JSON, as `carnet history --json` prints it and the service answers it.
    ///
    /// # Errors
    /// A finding could not be written as JSON.
    pub fn to_json(&self) -> serde_json::Result<Value> {
        let history = self;
        let report = &history.report;
        let statements: Vec<Value> = report.statements.iter().map(statement_json).collect();
        let erased: Vec<Value> = report
            .erased
            .iter()
            .map(|e| {
                json!({
                    "log_index": e.log_index.0,
                    "digest": e.digest,
                    "issuer": e.issuer.id,
                    "issuer_name": e.issuer.name,
                    "erased_for": e.notice.asked_by,
                    "erased_at": e.notice.time.to_string(),
                    "reason": e.notice.reason,
                })
            })
            .collect();
        Ok(json!({
            "vehicle": report.vehicle,
            "asked": report.asked,
            "absent": report.is_absent(),
            "complete_as_of": report.as_of.to_string(),
            "log": report.origin,
            "size": report.size.0,
            "cosigners": report.cosigners.iter().map(|c| json!({"name": c.name, "time": c.time.to_string()})).collect::<Vec<_>>(),
            "statements": statements,
            "erased": erased,
            "certificates": certificates(report, report.as_of),
            "findings": serde_json::to_value(&history.findings.findings)?,
            "coverage": serde_json::to_value(&history.findings.coverage)?,
        }))
    }
}

fn statement_json(statement: &VerifiedStatement) -> Value {
    let claims = &statement.claims;
    json!({
        "log_index": statement.log_index.0,
        "digest": statement.digest,
        "type": claims.typ.as_str(),
        "type_en": claims.typ.label_en(),
        "type_ko": claims.typ.label_ko(),
        "event_time": claims.event_time.as_str(),
        "place": claims.place.as_ref().map(|p| p.as_str()),
        "issuer": statement.issuer.id,
        "issuer_name": statement.issuer.name,
        "roles": statement.issuer.roles,
        "key_id": statement.issuer.key_id,
        "key_revoked_at": statement.issuer.revoked_at.as_ref().map(|(at, _)| at.0),
        "confidence": claims.confidence.as_str(),
        "body": claims.body,
        "evidence": claims.evidence.iter().map(|e| json!({
            "kind": e.kind.as_str(), "sha256": hex::encode(e.sha256), "page": e.page,
        })).collect::<Vec<_>>(),
        "hidden_fields": statement.hidden,
        "supersedes": claims.supersedes,
        "contested_by": statement.contested_by.iter().map(|at| at.0).collect::<Vec<_>>(),
        "superseded_by": statement.superseded_by.iter().map(|at| at.0).collect::<Vec<_>>(),
    })
}
