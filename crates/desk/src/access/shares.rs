//! Links: whoever has one sees the dossier of one car, with the personal fields that its maker chose, until it ends.

use jiff::Timestamp;
use serde::Serialize;
use store::StoredShare;
use vehicle::VehicleId;

use super::actor::Actor;
use super::error::{AccessError, ShareError};
use super::permission::Act;
use super::secret::{self, Purpose, Secret};
use super::{moment, yard};
use crate::desk::Desk;
use crate::error::DeskError;
use crate::export::Disclose;

/// The longest that a link lasts, in days.
pub(super) const LONGEST_DAYS: u32 = 366;

/// Links of one organisation, those that have ended included.
const MOST: u64 = 20_000;

/// The most names of fields.
const FIELDS: usize = 64;

/// A link to be made.
#[derive(Clone, Debug)]
pub struct NewShare {
    /// The car.
    pub vehicle: VehicleId,
    /// Which personal fields it shows.
    pub show: Disclose,
    /// How many days it lasts, 1 to 366.
    pub days: u32,
}

/// A link that was made.
#[derive(Clone, Debug)]
pub struct Shared {
    /// The link as it is listed.
    pub share: ShareView,
    /// Its secret, which is shown once.
    pub secret: Secret,
}

/// A link as it is listed.
#[derive(Clone, Debug, Serialize)]
pub struct ShareView {
    /// Names it; opens nothing.
    pub id: String,
    /// The car in canonical form.
    pub vehicle: String,
    /// The personal fields it shows; `all`, or none.
    pub fields: Vec<String>,
    /// The account that made it.
    pub created_by: String,
    /// When.
    pub created: String,
    /// When it ends.
    pub expires: String,
    /// When it was withdrawn.
    pub withdrawn: Option<String>,
    /// `open`, `expired` or `withdrawn`.
    pub standing: &'static str,
}

/// What a link opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The car.
    pub vehicle: VehicleId,
    /// Which personal fields are shown; for [`Desk::dossier`].
    pub disclose: Disclose,
    /// Who shows it: the organisation's name.
    pub organisation: String,
    /// When the link ends.
    pub expires: Timestamp,
}

impl Desk {
    /// What a link's secret opens. Nothing of a link is told to those who do not have its secret; those who have it hear whether
    /// it has expired or was withdrawn.
    ///
    /// # Errors
    /// It opens nothing, or the database failed.
    pub async fn open_share(&self, secret: &str, now: Timestamp) -> Result<Opened, ShareError> {
        let hash = secret::hash(Purpose::Link, secret).ok_or(ShareError::NotFound)?;
        let found = self.store.share(&hash).await.map_err(DeskError::from)?;
        let share = found.ok_or(ShareError::NotFound)?;
        if share.withdrawn.is_some() {
            return Err(ShareError::Withdrawn);
        }
        if share.expires <= now.as_second() {
            return Err(ShareError::Expired);
        }
        let organisation = self
            .store
            .organisation(&share.organisation)
            .await
            .map_err(DeskError::from)?;
        Ok(Opened {
            vehicle: crate::check::parse_vehicle(&share.vehicle)?,
            disclose: disclosed(&share.fields),
            organisation: organisation.map(|found| found.name).unwrap_or_default(),
            expires: Timestamp::from_second(share.expires).unwrap_or(Timestamp::MAX),
        })
    }

    /// Makes a link to the dossier of a car in the organisation's yard. Personal fields are for those who are confirmed as
    /// holding the car. At the machine any organisation can be named, and any car.
    ///
    /// # Errors
    /// The role does not allow it, the car is not in the yard or not confirmed, a field is not one of this car's, or the
    /// time is too long.
    pub async fn make_share(
        &self,
        actor: &Actor,
        organisation: Option<&str>,
        share: NewShare,
        now: i64,
    ) -> Result<Shared, DeskError> {
        let organisation = self.known_organisation(actor, organisation).await?;
        if !(1..=LONGEST_DAYS).contains(&share.days) {
            let fix = format!("a link lasts 1 to {LONGEST_DAYS} days");
            return Err(DeskError::value("days", share.days.to_string(), fix));
        }
        let (fields, label) = (written(&share.show)?, self.labels.label(&share.vehicle));
        let may = self.may_share(actor, &organisation, &share).await;
        if let Err(DeskError::Access(_)) = &may
            && share.show != Disclose::Nothing
        {
            // Who tries to show personal fields tries to see them.
            let subject = format!("{}: {fields}", share.vehicle);
            let mut deed = actor.deed("make link", subject, Some(&organisation), now);
            deed.done = false;
            self.store.record_deed(&deed).await?;
        }
        may?;
        if share.show != Disclose::Nothing {
            // A field that the car has not is more likely mistyped than meant; the dossier says which there are.
            self.dossier(&share.vehicle, &share.show).await?;
        }
        if self.store.count_shares(&organisation).await? >= MOST {
            return Err(AccessError::TooMany {
                what: "links",
                most: MOST,
            }
            .into());
        }
        let secret = Secret::new(Purpose::Link)?;
        let stored = StoredShare {
            id: secret::name()?,
            organisation: organisation.clone(),
            label,
            vehicle: share.vehicle.to_string(),
            fields,
            created_by: actor
                .known()
                .map_or_else(|| "(the log's machine)".to_owned(), |known| known.name.clone()),
            created: now,
            expires: now + i64::from(share.days) * 86_400,
            withdrawn: None,
        };
        let shown = match stored.fields.as_str() {
            "" => "no personal fields",
            fields => fields,
        };
        let subject = format!("{} {}: {shown}", stored.id, stored.vehicle);
        let deed = actor.deed("make link", subject, Some(&organisation), now);
        self.store.add_share(&stored, &secret.hash(), &deed).await?;
        Ok(Shared {
            share: view(stored, now),
            secret,
        })
    }

    /// Whether this actor may make such a link.
    async fn may_share(&self, actor: &Actor, organisation: &str, share: &NewShare) -> Result<(), DeskError> {
        actor.may(Act::Share)?;
        let label = self.labels.label(&share.vehicle);
        if actor.known().is_some() && self.store.yard_car(organisation, &label).await?.is_none() {
            return Err(yard::not_in_yard(&share.vehicle));
        }
        if share.show != Disclose::Nothing {
            self.may_disclose(actor, &share.vehicle).await?;
        }
        Ok(())
    }

    /// The links of an organisation, newest first.
    ///
    /// # Errors
    /// The role does not allow it, or the database failed.
    pub async fn shares(
        &self,
        actor: &Actor,
        organisation: Option<&str>,
        now: i64,
    ) -> Result<Vec<ShareView>, DeskError> {
        actor.may(Act::SeeShares)?;
        let organisation = self.known_organisation(actor, organisation).await?;
        let shares = self.store.shares(&organisation).await?;
        Ok(shares.into_iter().map(|share| view(share, now)).collect())
    }

    /// Withdraws a link, at once and for good.
    ///
    /// # Errors
    /// The role does not allow it, there is no such link of this organisation that is not withdrawn, or the database failed.
    pub async fn withdraw_share(
        &self,
        actor: &Actor,
        organisation: Option<&str>,
        id: &str,
        now: i64,
    ) -> Result<(), DeskError> {
        actor.may(Act::Share)?;
        let organisation = self.known_organisation(actor, organisation).await?;
        let deed = actor.deed("withdraw link", id, Some(&organisation), now);
        if self.store.withdraw_share(id, &organisation, &deed).await? {
            return Ok(());
        }
        Err(AccessError::Unknown {
            what: "link",
            name: id.chars().take(40).collect(),
        }
        .into())
    }
}

/// What a link shows, as it is kept.
fn written(show: &Disclose) -> Result<String, DeskError> {
    match show {
        Disclose::Nothing => Ok(String::new()),
        Disclose::All => Ok("all".to_owned()),
        Disclose::Only(names) | Disclose::IfThere(names) => {
            let plain = |name: &String| {
                (1..=100).contains(&name.len())
                    && name
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b"._/-".contains(&b))
            };
            if names.is_empty() || names.len() > FIELDS || !names.iter().all(plain) {
                let fix = format!("name 1 to {FIELDS} fields, such as plate");
                return Err(DeskError::value("fields", names.join(","), fix));
            }
            Ok(names.join(","))
        }
    }
}

/// The same, read. Fields that have been erased since are no longer there to be shown.
fn disclosed(fields: &str) -> Disclose {
    match fields {
        "" => Disclose::Nothing,
        "all" => Disclose::All,
        names => Disclose::IfThere(names.split(',').map(str::to_owned).collect()),
    }
}

fn view(share: StoredShare, now: i64) -> ShareView {
    let standing = match share.withdrawn {
        Some(_) => "withdrawn",
        None if share.expires <= now => "expired",
        None => "open",
    };
    ShareView {
        id: share.id,
        vehicle: share.vehicle,
        fields: share
            .fields
            .split(',')
            .filter(|field| !field.is_empty())
            .map(str::to_owned)
            .collect(),
        created_by: share.created_by,
        created: moment(share.created),
        expires: moment(share.expires),
        withdrawn: share.withdrawn.map(moment),
        standing,
    }
}
