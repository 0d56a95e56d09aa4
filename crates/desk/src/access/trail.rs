//! What was done: operators see all of it, others what was done in the matters of their organisation.

use serde::Serialize;

use super::actor::Actor;
use super::moment;
use super::permission::Act;
use crate::desk::Desk;
use crate::error::DeskError;

/// The most acts in one answer.
const MOST: u32 = 1000;

/// An act as it is listed.
#[derive(Clone, Debug, Serialize)]
pub struct DeedView {
    /// Its place in the trail; rises.
    pub id: i64,
    /// When.
    pub at: String,
    /// Whose account; absent for whoever sat at the log's machine.
    pub account: Option<String>,
    /// The id of the API token it was done with.
    pub token: Option<String>,
    /// Whose matter it is.
    pub organisation: Option<String>,
    /// What was done.
    pub act: String,
    /// To what.
    pub subject: String,
    /// `done` or `refused`.
    pub outcome: &'static str,
}

impl Desk {
    /// The newest acts below `before`, newest first, at most 1000.
    ///
    /// # Errors
    /// The role does not allow it, or the database failed.
    pub async fn trail(
        &self,
        actor: &Actor,
        before: Option<i64>,
        most: u32,
    ) -> Result<Vec<DeedView>, DeskError> {
        actor.may(Act::SeeTrail)?;
        let own = match (actor.may(Act::SeeWholeTrail), actor.known()) {
            (Ok(()), _) | (_, None) => None,
            (Err(_), Some(known)) => Some(known.organisation.as_str()),
        };
        let deeds = self.store.trail(own, before, most.clamp(1, MOST)).await?;
        Ok(deeds
            .into_iter()
            .map(|deed| DeedView {
                id: deed.id,
                at: moment(deed.at),
                account: deed.account,
                token: deed.token,
                organisation: deed.organisation,
                act: deed.act,
                subject: deed.subject,
                outcome: if deed.done { "done" } else { "refused" },
            })
            .collect())
    }
}
