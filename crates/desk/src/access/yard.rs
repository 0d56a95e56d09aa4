//! The yard: which organisation has which car. Nobody but that organisation sees it.
//!
//! A car that an exporter puts into its yard is its own word, and entitles it to nothing: anybody can type a number. Personal fields
//! are shown to an organisation that *holds* the car: because an operator confirmed it, or because the organisation's own
//! issuer has a sealed statement about it, for which it answers in public
//! ([why](../../../../docs/decisions/0036-who-sees-personal-fields.md)).

use history::map::KeyRecord;
use serde::Serialize;
use store::StoredYardCar;
use vehicle::VehicleId;

use super::actor::Actor;
use super::error::AccessError;
use super::permission::{Act, Role};
use super::{moment, plain_text};
use crate::desk::Desk;
use crate::error::DeskError;

/// Cars in one yard.
const MOST: u64 = 20_000;

/// What an exporter writes beside a car.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct YardNote {
    /// The lot number.
    pub lot: String,
    /// Anything else.
    pub note: String,
}

/// A car in a yard.
#[derive(Clone, Debug, Serialize)]
pub struct YardCar {
    /// Its number in canonical form.
    pub vehicle: String,
    /// The lot number, or empty.
    pub lot: String,
    /// A note, or empty.
    pub note: String,
    /// When it was added.
    pub added: String,
    /// When it was confirmed that the organisation holds the car; until then no personal fields are shown to it.
    pub confirmed: Option<String>,
}

impl Desk {
    /// The cars in an organisation's yard, oldest first.
    ///
    /// # Errors
    /// The role does not allow it, or the database failed.
    pub async fn yard(&self, actor: &Actor, organisation: Option<&str>) -> Result<Vec<YardCar>, DeskError> {
        actor.may(Act::SeeYard)?;
        let organisation = self.known_organisation(actor, organisation).await?;
        let cars = self.store.yard(&organisation).await?;
        Ok(cars.into_iter().map(view).collect())
    }

    /// Puts a car into an organisation's yard, or writes another lot and note beside it.
    ///
    /// # Errors
    /// The role does not allow it, the yard is full, a text is too long, or the database failed.
    pub async fn put_in_yard(
        &self,
        actor: &Actor,
        organisation: Option<&str>,
        vehicle: &VehicleId,
        note: &YardNote,
        now: i64,
    ) -> Result<YardCar, DeskError> {
        actor.may(Act::ChangeYard)?;
        let organisation = self.known_organisation(actor, organisation).await?;
        self.has_room(&organisation, vehicle).await?;
        let signed = self.has_signed_about(&organisation, vehicle).await?;
        let label = self.labels.label(vehicle);
        let car = StoredYardCar {
            label,
            vehicle: vehicle.to_string(),
            lot: plain_text("lot", &note.lot, 0, 64)?,
            note: plain_text("note", &note.note, 0, 500)?,
            added: now,
            confirmed: signed.then_some(now),
            organisation,
        };
        let deed = actor.deed("put into yard", &car.vehicle, Some(&car.organisation), now);
        self.store.put_yard_car(&car, &deed).await?;
        let put = self.store.yard_car(&car.organisation, &label).await?;
        Ok(view(put.unwrap_or(car)))
    }

    /// Puts a car into any organisation's yard and confirms that it holds it; what the organisation wrote beside it stays.
    /// Nothing of the yard is told.
    ///
    /// # Errors
    /// The role does not allow it, there is no such organisation, its yard is full, or the database failed.
    pub async fn confirm_in_yard(
        &self,
        actor: &Actor,
        organisation: &str,
        vehicle: &VehicleId,
        now: i64,
    ) -> Result<(), DeskError> {
        actor.may(Act::ConfirmYard)?;
        let organisation = self.existing_organisation(organisation).await?;
        self.has_room(&organisation, vehicle).await?;
        let label = self.labels.label(vehicle);
        let vehicle = vehicle.to_string();
        let deed = actor.deed("confirm in yard", &vehicle, Some(&organisation), now);
        let confirmed = self
            .store
            .confirm_yard_car(&organisation, &label, &vehicle, &deed);
        Ok(confirmed.await?)
    }

    /// Whether a car is in a yard, or may be put there.
    async fn has_room(&self, organisation: &str, vehicle: &VehicleId) -> Result<(), DeskError> {
        let label = self.labels.label(vehicle);
        if self.store.count_yard(organisation).await? < MOST
            || self.store.yard_car(organisation, &label).await?.is_some()
        {
            return Ok(());
        }
        Err(AccessError::TooMany {
            what: "cars in the yard",
            most: MOST,
        }
        .into())
    }

    /// Takes a car out of an organisation's yard. Links to its dossier stay until they end or are withdrawn.
    ///
    /// # Errors
    /// The role does not allow it, it is not there, or the database failed.
    pub async fn remove_from_yard(
        &self,
        actor: &Actor,
        organisation: Option<&str>,
        vehicle: &VehicleId,
        now: i64,
    ) -> Result<(), DeskError> {
        actor.may(Act::ChangeYard)?;
        let organisation = self.known_organisation(actor, organisation).await?;
        let label = self.labels.label(vehicle);
        let deed = actor.deed("remove from yard", vehicle.to_string(), Some(&organisation), now);
        if self.store.remove_yard_car(&organisation, &label, &deed).await? {
            Ok(())
        } else {
            Err(not_in_yard(vehicle))
        }
    }

    /// Whether personal fields of a car may be shown to this actor.
    ///
    /// # Errors
    /// They may not: by role, by scope, or because its organisation does not hold the car.
    pub async fn may_disclose(&self, actor: &Actor, vehicle: &VehicleId) -> Result<(), DeskError> {
        actor.may(Act::Disclose)?;
        let Some(known) = actor.known() else { return Ok(()) };
        if known.role == Role::Operator {
            return Ok(());
        }
        let label = self.labels.label(vehicle);
        let Some(car) = self.store.yard_car(&known.organisation, &label).await? else {
            return Err(AccessError::NotHeld.into());
        };
        if car.confirmed.is_some() || self.has_signed_about(&known.organisation, vehicle).await? {
            Ok(())
        } else {
            Err(AccessError::NotHeld.into())
        }
    }

    /// The same, with what is asked for and what is answered in the trail, before anything is shown.
    ///
    /// # Errors
    /// They may not, or the database failed.
    pub async fn disclose(
        &self,
        actor: &Actor,
        vehicle: &VehicleId,
        fields: &str,
        now: i64,
    ) -> Result<(), DeskError> {
        let may = self.may_disclose(actor, vehicle).await;
        if actor.known().is_some() && !matches!(may, Err(DeskError::Store(_))) {
            let fields: String = fields.chars().take(200).collect();
            let subject = format!("{vehicle}: {fields}");
            let mut deed = actor.deed("show personal fields", subject, None, now);
            deed.done = may.is_ok();
            self.store.record_deed(&deed).await?;
        }
        may
    }

    /// Whether the organisation's own issuer has a sealed statement about the car.
    async fn has_signed_about(&self, organisation: &str, vehicle: &VehicleId) -> Result<bool, DeskError> {
        let organisation = self.store.organisation(organisation).await?;
        let Some(issuer) = organisation.and_then(|found| found.issuer) else {
            return Ok(false);
        };
        let signed = self.store.sealed_keys(&self.labels.label(vehicle)).await?;
        let keys = self.store.issuer_keys().await?;
        let own = |(_, record): &&(_, KeyRecord)| record.issuer == issuer;
        Ok(keys.iter().filter(own).any(|(key, _)| signed.contains(key)))
    }
}

/// The same answer whether or not another organisation has the car.
pub(super) fn not_in_yard(vehicle: &VehicleId) -> DeskError {
    AccessError::Unknown {
        what: "car in your yard",
        name: vehicle.to_string(),
    }
    .into()
}

fn view(car: StoredYardCar) -> YardCar {
    YardCar {
        vehicle: car.vehicle,
        lot: car.lot,
        note: car.note,
        added: moment(car.added),
        confirmed: car.confirmed.map(moment),
    }
}
