//! The body that certifies, its people and their mandates.

use std::collections::BTreeSet;

use certificate::application::Chemistry;
use certificate::credential::did::{self, DidDocument};
use certificate::people::{Activity, Mandate, Person};
use jiff::civil::{Date, date};
use jiff::{Span, ToSpan as _};
use serde::Serialize;
use serde_json::Value;
use store::{CertificationBody, StoredMandate};

use crate::access::Actor;
use crate::desk::Desk;
use crate::error::DeskError;

/// A mandate as it is listed.
#[derive(Clone, Debug, Serialize)]
pub struct MandateView {
    /// Its number, by which it is ended.
    pub id: i64,
    /// Whose.
    pub person: String,
    /// The person's name.
    pub name: String,
    /// The mandate.
    #[serde(flatten)]
    pub mandate: Mandate,
}

const EPOCH: Date = date(1970, 1, 1);

fn days(day: Date) -> i64 {
    EPOCH
        .until(day)
        .map_or(0, |span: Span| i64::from(span.get_days()))
}

fn day(days: i64) -> Date {
    EPOCH.checked_add(days.days()).unwrap_or(EPOCH)
}

/// A short id that fits into file names, records and tables.
pub(crate) fn plain_id(what: &'static str, id: &str) -> Result<(), DeskError> {
    let plain = (1..=40).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.');
    if plain {
        return Ok(());
    }
    Err(DeskError::value(what, id, "use 1 to 40 of a-z, 0-9, '-' and '.'"))
}

impl Desk {
    /// Sets up the body that certifies with this log.
    ///
    /// # Errors
    /// There is one, its key is not here, or its DID or address is none.
    pub async fn certify_setup(&self, body: CertificationBody, now: i64) -> Result<Value, DeskError> {
        if let Some(there) = self.store.certification_body().await? {
            let problem = format!(
                "{} is set up here already, and one log has one body; set another log up for another body, with `carnet init`",
                there.did
            );
            return Err(DeskError::value("certification body", body.did, problem));
        }
        if body.did.starts_with("did:key:") {
            DidDocument::of_key(&body.did).map_err(|e| DeskError::value("DID", &body.did, e))?;
        } else {
            did::web_url(&body.did).map_err(|e| DeskError::value("DID", &body.did, e))?;
        }
        let address = body.base_url.strip_prefix("https://").unwrap_or_default();
        if address.is_empty() || body.base_url.ends_with('/') || address.contains(['?', '#', ' ']) {
            let fix = "give an https:// address without slash at the end, such as https://certs.example.org";
            return Err(DeskError::value("address", &body.base_url, fix));
        }
        if body.name.trim().is_empty() || body.name.chars().count() > 120 {
            return Err(DeskError::value(
                "name",
                &body.name,
                "give a name of 1 to 120 characters",
            ));
        }
        let key = self.issuer_signing_key(&body.issuer)?;
        if body.did.starts_with("did:key:") && body.did != did::did_key(&key.public()) {
            let problem = format!(
                "is not the DID of {}'s key, {}",
                body.issuer,
                did::did_key(&key.public())
            );
            return Err(DeskError::value("DID", &body.did, problem));
        }
        let subject = format!("{} as {}", body.did, body.issuer);
        let deed = Actor::Machine.deed("set up certification", subject, None, now);
        self.store.set_certification_body(&body, &deed).await?;
        self.did_document().await
    }

    /// The body's DID document, to be served where its DID says. A revoked key is in none.
    ///
    /// # Errors
    /// No body is set up, or its key is not here or was revoked.
    pub async fn did_document(&self) -> Result<Value, DeskError> {
        let (certifier, _) = self.unrevoked().await?;
        Ok(DidDocument::with_keys(&certifier.body.did, &[certifier.key.public()]).to_json())
    }

    /// Gives a person a mandate; a person who is not known yet is added.
    ///
    /// # Errors
    /// The id or name cannot be, or another person has the id.
    pub async fn give_mandate(
        &self,
        id: &str,
        name: Option<&str>,
        mandate: &Mandate,
        now: i64,
    ) -> Result<i64, DeskError> {
        plain_id("person", id)?;
        let people = self.store.certification_people().await?;
        match (people.iter().find(|(known, _)| known == id), name) {
            (None, None) => {
                return Err(DeskError::value(
                    "person",
                    id,
                    "is not known yet; give the name with --name",
                ));
            }
            (None, Some(name)) if name.trim().is_empty() || name.chars().count() > 120 => {
                return Err(DeskError::value(
                    "name",
                    name,
                    "give a name of 1 to 120 characters",
                ));
            }
            (None, Some(name)) => self.store.add_certification_person(id, name).await?,
            (Some((_, known)), Some(name)) if known != name => {
                let problem = format!("is {known:?} here; choose another id for another person");
                return Err(DeskError::value("person", id, problem));
            }
            (Some(_), _) => {}
        }
        if mandate.competence.trim().is_empty() || mandate.competence.chars().count() > 500 {
            let fix = "say on which competence the mandate rests, in 1 to 500 characters";
            return Err(DeskError::value("competence", &mandate.competence, fix));
        }
        if mandate.from > mandate.until {
            return Err(DeskError::value(
                "mandate",
                mandate.from.to_string(),
                format!(
                    "begins after it ends on {}; give a first day no later than the last",
                    mandate.until
                ),
            ));
        }
        let chemistries: Vec<String> = mandate.chemistries.iter().map(ToString::to_string).collect();
        let row = StoredMandate {
            id: 0,
            person: id.to_owned(),
            activity: mandate.activity.as_str().to_owned(),
            competence: mandate.competence.clone(),
            chemistries: chemistries.join(","),
            first_day: days(mandate.from),
            last_day: days(mandate.until),
        };
        let subject = format!(
            "{id} may {} from {} to {}",
            mandate.activity, mandate.from, mandate.until
        );
        let deed = Actor::Machine.deed("give mandate", subject, None, now);
        Ok(self.store.add_mandate(&row, &deed).await?)
    }

    /// Ends a mandate: it holds until the day before.
    ///
    /// # Errors
    /// There is no such mandate, or it was ended before.
    pub async fn end_mandate(&self, id: i64, from: Date, now: i64) -> Result<(), DeskError> {
        let mandates = self.store.mandates().await?;
        let Some(mandate) = mandates.iter().find(|m| m.id == id) else {
            let fix = "there is no such mandate; `carnet certify people` shows all";
            return Err(DeskError::value("mandate", id.to_string(), fix));
        };
        let last = days(from) - 1;
        if last >= mandate.last_day {
            let problem = format!("ends on {} already", day(mandate.last_day));
            return Err(DeskError::value("mandate", id.to_string(), problem));
        }
        let subject = format!("{} may not {} from {from}", mandate.person, mandate.activity);
        let deed = Actor::Machine.deed("end mandate", subject, None, now);
        Ok(self.store.end_mandate(id, last, &deed).await?)
    }

    /// All mandates ever given.
    ///
    /// # Errors
    /// The database failed or is damaged.
    pub async fn mandates(&self) -> Result<Vec<MandateView>, DeskError> {
        let people = self.store.certification_people().await?;
        let mut views = Vec::new();
        for row in self.store.mandates().await? {
            let damaged = |e: &dyn std::fmt::Display| DeskError::value("mandate", row.id.to_string(), e);
            let activity: Activity = row.activity.parse().map_err(|e| damaged(&e))?;
            let chemistries: BTreeSet<Chemistry> = row
                .chemistries
                .split(',')
                .map(str::parse)
                .collect::<Result<_, _>>()
                .map_err(|e| damaged(&e))?;
            let name = people.iter().find(|(id, _)| *id == row.person);
            views.push(MandateView {
                id: row.id,
                name: name.map(|(_, name)| name.clone()).unwrap_or_default(),
                person: row.person,
                mandate: Mandate {
                    activity,
                    competence: row.competence,
                    chemistries,
                    from: day(row.first_day),
                    until: day(row.last_day),
                },
            });
        }
        Ok(views)
    }

    /// A person with all mandates.
    pub(crate) async fn person(&self, id: &str) -> Result<Person, DeskError> {
        let people = self.store.certification_people().await?;
        let Some((_, name)) = people.into_iter().find(|(known, _)| known == id) else {
            let fix = "is nobody who works here; `carnet certify people` lists those who do";
            return Err(DeskError::value("person", id, fix));
        };
        let mandates = self.mandates().await?;
        Ok(Person {
            id: id.to_owned(),
            name,
            mandates: mandates
                .into_iter()
                .filter(|view| view.person == id)
                .map(|view| view.mandate)
                .collect(),
        })
    }
}
