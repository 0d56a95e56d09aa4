//! Who asks about a case, and what the account is there.
//!
//! An account that takes a step of the body acts as one person of the scheme, for ever ([why](../../../../docs/decisions/0045-an-account-acts-as-one-person.md)).
//! Who applied sees the case; so does the body; to everybody else there is none.

use certificate::people::Person;
use certificate::scheme::SchemeError;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use store::{StepAccount, StoredApplicant};

use super::offers::{Asker, Offer, WhyNot, offers};
use super::people::MandateView;
use super::{Hand, Open};
use crate::access::{AccessError, Act, Actor, Known, Role};
use crate::desk::Desk;
use crate::error::DeskError;

/// Somebody who works for the body.
#[derive(Clone, Debug, Serialize)]
pub struct PersonView {
    /// The person's id.
    pub person: String,
    /// The accounts that act as this person.
    pub accounts: Vec<String>,
    /// Mandates.
    pub mandates: Vec<MandateView>,
}

/// Who asks about a case, and what the account is there.
pub(super) struct Seat {
    pub known: Known,
    pub of_body: bool,
    pub person: Result<Person, WhyNot>,
    pub applicant: Option<StoredApplicant>,
    /// Whether the application was sent by this account, or by another one of the same person.
    pub applied: bool,
}

impl Desk {
    /// Has an account act as a person of the body, for ever. At the machine only: whoever says that two accounts are two people
    /// answers for it.
    ///
    /// # Errors
    /// Not at the machine; no such account or person; the account is not of the body's organisation and role `issuer` or
    /// `operator`; or it acts as somebody already.
    pub async fn give_person(
        &self,
        actor: &Actor,
        account: &str,
        person: &str,
        now: i64,
    ) -> Result<(), DeskError> {
        if let Some(known) = actor.known() {
            return Err(AccessError::Forbidden {
                role: known.role,
                act: Act::ManageAccounts,
            }
            .into());
        }
        let body = self.body().await?;
        self.person(person).await?;
        let found = self.store.account(account).await?;
        let Some(found) = found else {
            let fix = "there is no such account; `carnet account list` shows all";
            return Err(DeskError::value("account", account, fix));
        };
        let role: Result<Role, _> = found.role.parse();
        if !role.is_ok_and(|role| role.may(Act::Certify)) {
            let problem = format!(
                "has the role {}; one that certifies has issuer or operator",
                found.role
            );
            return Err(DeskError::value("account", account, problem));
        }
        let organisation = self.store.organisation(&found.organisation).await?;
        if organisation.and_then(|o| o.issuer).as_deref() != Some(body.issuer.as_str()) {
            let problem = format!(
                "belongs to {}, whose issuer is not the body's, {}; make the account in the organisation that has it",
                found.organisation, body.issuer
            );
            return Err(DeskError::value("account", account, problem));
        }
        let by = StepAccount {
            account: found.name.clone(),
            person: person.to_owned(),
        };
        let subject = format!("{} as {person}", found.name);
        let deed = actor.deed("let account certify", subject, Some(&found.organisation), now);
        if self.store.give_account(&by, now, &deed).await? {
            return Ok(());
        }
        let there = self.store.certification_accounts().await?;
        let acts_as = there.into_iter().find(|b| b.account == by.account);
        let problem = format!(
            "acts as {} already, and for ever; give another account to another person",
            acts_as.map(|b| b.person).unwrap_or_default()
        );
        Err(DeskError::value("account", account, problem))
    }

    /// Who works for the body, with accounts and mandates.
    ///
    /// # Errors
    /// For the body and for operators only.
    pub async fn certifiers(&self, actor: &Actor) -> Result<Vec<PersonView>, DeskError> {
        actor.may(Act::SeeCertifiers)?;
        if let Some(known) = actor.known()
            && known.role != Role::Operator
            && !self.is_of_body(known).await?
        {
            return Err(AccessError::NotOfBody.into());
        }
        let accounts = self.store.certification_accounts().await?;
        let mut mandates = self.mandates().await?;
        let people = self.store.certification_people().await?;
        Ok(people
            .into_iter()
            .map(|(person, _)| PersonView {
                accounts: accounts
                    .iter()
                    .filter(|by| by.person == person)
                    .map(|by| by.account.clone())
                    .collect(),
                mandates: mandates.extract_if(.., |m| m.person == person).collect(),
                person,
            })
            .collect())
    }

    /// Whether an account belongs to the certification body, and the person it acts as there.
    ///
    /// # Errors
    /// Nobody in particular asks, or the database failed.
    pub async fn acting_as(&self, actor: &Actor) -> Result<(bool, Option<String>), DeskError> {
        let known = actor.known().ok_or(AccessError::Anonymous)?;
        let of_body = self.is_of_body(known).await?;
        let person = self.acts_as(&known.name).await?.ok().filter(|_| of_body);
        Ok((of_body, person.map(|person| person.name)))
    }

    pub(super) async fn is_of_body(&self, known: &Known) -> Result<bool, DeskError> {
        let Some(body) = self.store.certification_body().await? else {
            return Ok(false);
        };
        let organisation = self.store.organisation(&known.organisation).await?;
        Ok(organisation.and_then(|o| o.issuer) == Some(body.issuer))
    }

    /// The person that an account acts as.
    pub(super) async fn acts_as(&self, account: &str) -> Result<Result<Person, WhyNot>, DeskError> {
        let accounts = self.store.certification_accounts().await?;
        Ok(match accounts.into_iter().find(|by| by.account == account) {
            Some(by) => Ok(self.person(&by.person).await?),
            None => {
                let why = AccessError::NoPerson(account.to_owned());
                Err(WhyNot::other("no_person", why.to_string()))
            }
        })
    }

    pub(super) async fn seat(&self, known: &Known, case: &str) -> Result<Seat, DeskError> {
        let of_body = self.is_of_body(known).await?;
        let person_of_seat = if !of_body {
            let why = AccessError::NotOfBody;
            Err(WhyNot::other("not_the_body", why.to_string()))
        } else if !known.role.may(Act::Certify) {
            let why = AccessError::Forbidden {
                role: known.role,
                act: Act::Certify,
            };
            Err(WhyNot::other("role", why.to_string()))
        } else {
            self.acts_as(&known.name).await?
        };
        let applicant = self.store.applicant(case).await?;
        let applied = match &applicant {
            Some(applicant) if applicant.account == known.name => true,
            // Under another account it is still the same person.
            Some(applicant) => {
                let there = self.store.certification_accounts().await?;
                let person = there.into_iter().find(|by| by.account == applicant.account);
                person.is_some_and(|by| person_of_seat.as_ref().is_ok_and(|own| own.id == by.person))
            }
            None => false,
        };
        Ok(Seat {
            known: known.clone(),
            of_body,
            person: person_of_seat,
            applicant,
            applied,
        })
    }

    /// A case that this account may see.
    pub(super) async fn seen(&self, actor: &Actor, case: &str) -> Result<(Seat, Open), DeskError> {
        actor.may(Act::SeeApplications)?;
        let known = actor.known().ok_or(AccessError::Anonymous)?;
        // The same answer whether or not another organisation has it.
        let unknown = || AccessError::Unknown {
            what: "application",
            name: case.chars().take(64).collect(),
        };
        let id = match self.store.certificate(case).await? {
            Some(certificate) => certificate.case,
            None => case.to_owned(),
        };
        let stored = self.store.case(&id).await?.ok_or_else(unknown)?;
        let seat = self.seat(known, &id).await?;
        let own = |applicant: &StoredApplicant| applicant.organisation == known.organisation;
        if !seat.of_body && !seat.applicant.as_ref().is_some_and(own) {
            return Err(unknown().into());
        }
        let open = self.open_stored(stored).await?;
        Ok((seat, open))
    }

    /// A case of which this account takes a step of the body.
    pub(super) async fn seen_by_body(&self, actor: &Actor, case: &str) -> Result<(Seat, Open), DeskError> {
        actor.may(Act::Certify)?;
        let (seat, open) = self.seen(actor, case).await?;
        if !seat.of_body {
            return Err(AccessError::NotOfBody.into());
        }
        Ok((seat, open))
    }

    pub(super) async fn everybody(&self) -> Result<Vec<Person>, DeskError> {
        let mut people = Vec::new();
        for (id, _) in self.store.certification_people().await? {
            people.push(self.person(&id).await?);
        }
        Ok(people)
    }

    pub(super) async fn offers_for(
        &self,
        seat: &Seat,
        open: &Open,
        people: &[Person],
        now: Timestamp,
    ) -> Result<Vec<Offer>, DeskError> {
        let applied = seat.applied;
        let person = match &seat.person {
            Ok(_) if applied => {
                let problem = "this account, or another one of the same person, sent the application, and takes no step of the body on it";
                Err(WhyNot::other("client", problem))
            }
            Ok(person) => Ok(person),
            Err(why) => Err(why.clone()),
        };
        let asker = Asker {
            person,
            outside: seat.known.role.may(Act::Apply),
            people,
        };
        let chemistry = open.application.battery.chemistry;
        let mut offers = offers(&open.case, chemistry, &asker, now);
        let into_force = ["granted", "reinstated"];
        for offer in offers
            .iter_mut()
            .filter(|offer| into_force.contains(&offer.step) && offer.you_may)
        {
            let today = now.to_zoned_datetime(TimeZone::UTC).date();
            let evaluation = self.last_evaluation(open).await?;
            let granting = offer.step == "granted";
            let why = match evaluation.out_of_date(today).filter(|_| granting) {
                Some(why) => Some(WhyNot::other("too_old", why)),
                None => {
                    let (code, allowed) = if granting {
                        ("history", self.history_allows(open, &evaluation).await)
                    } else {
                        let again = self.history_allows_again(open, &evaluation).await;
                        ("history_forbids", again)
                    };
                    match allowed {
                        Ok(()) => None,
                        Err(DeskError::NotReady { problem, .. }) => Some(WhyNot::other(code, problem)),
                        Err(error) => return Err(error),
                    }
                }
            };
            if let Some(why) = why {
                offer.you_may = false;
                offer.people.clear();
                offer.why_not = Some(why);
            }
        }
        Ok(offers)
    }

    /// Writes down that a step was refused, but for a dry run: who tries to take two duties should be seen trying.
    pub(super) async fn with_refusal<T>(
        &self,
        actor: &Actor,
        act: &'static str,
        case: &str,
        now: Timestamp,
        dry_run: bool,
        done: Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        if !dry_run && let Err(DeskError::Step { .. } | DeskError::NotReady { .. }) = &done {
            let mut deed = actor.deed(act, case, None, now.as_second());
            deed.done = false;
            self.store.record_deed(&deed).await?;
        }
        done
    }
}

impl Seat {
    /// The person who takes a step.
    pub(super) fn takes(&self, open: &Open, kind: &'static str) -> Result<Person, DeskError> {
        let Ok(person) = &self.person else {
            return Err(AccessError::NoPerson(self.known.name.clone()).into());
        };
        if self.applied {
            return Err(DeskError::Step {
                case: open.stored.id.clone(),
                refusal: SchemeError::Client {
                    person: person.id.clone(),
                    kind,
                },
            });
        }
        Ok(person.clone())
    }

    pub(super) fn hand(
        &self,
        actor: &Actor,
        person: &Person,
        act: &'static str,
        case: &str,
        seen: Option<u32>,
        now: Timestamp,
    ) -> Hand {
        Hand {
            account: Some(StepAccount {
                account: self.known.name.clone(),
                person: person.id.clone(),
            }),
            deed: Some(actor.deed(act, case, None, now.as_second())),
            seen,
            most_disputes: None,
        }
    }
}
