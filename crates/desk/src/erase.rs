//! Erasing a vehicle's contents: the log keeps that statements existed, nobody keeps what they said.

use dossier::erasure::{Notice, NoticeError};
use jiff::Timestamp;
use serde::Serialize;
use statement::{Digest, SdJwt};
use store::Content;
use tlog::LeafIndex;
use vehicle::VehicleId;

use crate::access::Actor;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::record::draft_hash;

/// What erasing does, or did.
#[derive(Clone, Debug, Serialize)]
pub struct Erased {
    /// The vehicle.
    pub vehicle: VehicleId,
    /// Statements whose content is gone.
    pub statements: u64,
    /// Statements that had been erased before.
    pub before: u64,
    /// The log's signed notice; absent in a dry run.
    pub notice: Option<String>,
}

impl Desk {
    /// Destroys the contents of all statements about a vehicle. Irreversible; a dry run says what would go, and refuses what
    /// would be refused.
    ///
    /// # Errors
    /// Nothing is known of the vehicle, statements about it still wait or are not published, who asks or why cannot stand in
    /// the notice, or storage failed.
    pub async fn erase(
        &self,
        vehicle: &VehicleId,
        asked_by: &str,
        reason: &str,
        now: Timestamp,
        dry_run: bool,
    ) -> Result<Erased, DeskError> {
        let label = self.labels.label(vehicle);
        let waiting = self.waiting_about(vehicle).await?;
        if waiting > 0 {
            let wait = if waiting == 1 {
                "1 statement about it waits".to_owned()
            } else {
                format!("{waiting} statements about it wait")
            };
            let problem = format!("{wait} for sealing; run `carnet seal`, then erase again");
            return Err(DeskError::value("vehicle", vehicle.to_string(), problem));
        }
        let stored = self.store.statements(&label, i64::MAX as u64).await?;
        let Some(last) = stored.last() else {
            return Err(DeskError::value(
                "vehicle",
                vehicle.to_string(),
                "this log has no statement about it",
            ));
        };
        let through: LeafIndex = last.log_index;
        let present = stored.iter().filter(|s| s.content != Content::Erased).count() as u64;
        let before = stored.len() as u64 - present;
        // An erasure that a reader held up is finished by asking for it again.
        if present == 0 && !dry_run {
            self.store.finish_erasure().await?;
        }
        let untouched = Erased {
            vehicle: vehicle.clone(),
            statements: present,
            before,
            notice: None,
        };
        if present == 0 {
            return Ok(untouched);
        }
        // A notice that reaches beyond the checkpoint on display would be refused beside it.
        let published = self.store.snapshot(&[]).await?.head.checkpoint.size;
        if through.0 >= published.0 {
            return Err(DeskError::value(
                "vehicle",
                vehicle.to_string(),
                "a statement about it is sealed and not published yet; run `carnet seal`, then erase again",
            ));
        }
        let time = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let notice = Notice {
            origin: self.store.origin().to_owned(),
            label,
            through,
            time,
            asked_by: asked_by.to_owned(),
            reason: reason.to_owned(),
        };
        let signed = notice.sign(&self.log_key).map_err(|e| {
            let (what, given) = match e {
                NoticeError::Text("the reason") => ("reason", reason),
                _ => ("asked by", asked_by),
            };
            DeskError::value(what, given, format!("{e}; write it in one line"))
        })?;
        if dry_run {
            return Ok(untouched);
        }
        let drafts: Vec<(Digest, [u8; 32])> = stored
            .iter()
            .filter_map(|stored| match &stored.content {
                Content::Present(text) => {
                    let statement = SdJwt::parse(text).ok()?;
                    let hash = draft_hash(statement.claims_unverified(), &statement.key_id());
                    Some((stored.digest, hash))
                }
                Content::Erased => None,
            })
            .collect();
        // The trail, which is for ever, names the label alone: the number on the car is what shall not be kept, and a reason may
        // name people. It stands in the notice.
        let mut deed = Actor::Machine.deed("erase contents", label.to_string(), None, now.as_second());
        self.store.record_deed(&deed).await?;
        let erased = self
            .store
            .erase(&label, through, signed.as_bytes(), &drafts)
            .await;
        let statements = match erased {
            Ok(statements) => statements,
            Err(error) => {
                // What the erasure failed by is what must be told, whatever else fails now.
                let left = self.store.statements(&label, i64::MAX as u64).await;
                if left.is_ok_and(|left| left.iter().any(|s| s.content != Content::Erased)) {
                    deed.done = false;
                    let _best_effort = self.store.record_deed(&deed).await;
                }
                return Err(error.into());
            }
        };
        Ok(Erased {
            vehicle: vehicle.clone(),
            statements,
            before,
            notice: Some(signed),
        })
    }
}
