//! The scheme: the states of a case, the steps between them, one audit record a step, and the separation of duties.
//!
//! | step | ISO/IEC 17065 | from | to | who |
//! |---|---|---|---|---|
//! | `applied` | 7.2 | | applied | the client |
//! | `application_accepted`, `application_declined` | 7.3 | applied | accepted, declined | mandate `review_application` |
//! | `evaluated` | 7.4 | accepted | evaluated | mandate `evaluate` |
//! | `reviewed` | 7.5 | evaluated | reviewed, or back to accepted | mandate `review`, not an evaluator |
//! | `granted` | 7.6 | reviewed | granted | mandate `decide`, neither evaluator nor reviewer |
//! | `refused` | 7.6 | reviewed, or granted and not issued | refused | the same |
//! | `issued` | 7.7 | granted | in force | mandate `decide` |
//! | `surveilled` | 7.9 | in force, suspended | the same | mandate `surveil` |
//! | `changed` | 7.10 | in force, suspended | the same | mandate `decide`, not an evaluator |
//! | `suspended` | 7.11 | in force | suspended | mandate `surveil` or `decide`, not an evaluator; or the surveillance rule |
//! | `reinstated`, `withdrawn` | 7.11 | suspended; both | in force; withdrawn | mandate `decide`, not an evaluator |
//! | `complained`, `appealed` | 7.13 | any | the same | anybody |
//! | `resolved` | 7.13 | any | the same | mandate `resolve_disputes`, nobody who worked on the case |
//!
//! The chain of audit records is the case: [`Case::replay`] makes the state from nothing else. Each record holds the hash
//! of the one before, so that none can be changed or left out unseen.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::application::Chemistry;
use crate::basis::Basis;
use crate::people::{Activity, NotCompetent, Person};
use crate::surveillance::Cause;

/// Longest text of a step, in characters.
const LONGEST: usize = 2000;

/// Most records of one case. Whoever complains more often than that is not heard through this door.
const MOST_RECORDS: usize = 10_000;

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The application waits for its review.
    Applied,
    /// The application was declined. Final.
    Declined,
    /// Accepted; the car waits for its evaluation.
    Accepted,
    /// Evaluated; waits for review.
    Evaluated,
    /// Reviewed; waits for the decision.
    Reviewed,
    /// Decided in favour; waits for issue.
    Granted,
    /// Decided against. Final, but for an appeal.
    Refused,
    /// A certificate is in force. Whether it has lapsed by date or distance is a matter of the day it is asked.
    InForce,
    /// Suspended.
    Suspended,
    /// Withdrawn. Final.
    Withdrawn,
}

impl State {
    /// The word in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Declined => "declined",
            Self::Accepted => "accepted",
            Self::Evaluated => "evaluated",
            Self::Reviewed => "reviewed",
            Self::Granted => "granted",
            Self::Refused => "refused",
            Self::InForce => "in_force",
            Self::Suspended => "suspended",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_str().replace('_', " "))
    }
}

/// Who takes a step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A person of the certification body, by id.
    Person(String),
    /// Somebody from outside, by name: the client, a complainant.
    Outsider(String),
    /// The surveillance rule, which suspends without asking anybody.
    Rule,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => f.write_str(id),
            Self::Outsider(name) => write!(f, "{name} (from outside)"),
            Self::Rule => f.write_str("surveillance rule"),
        }
    }
}

/// A step, with what its audit record keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// 7.2: somebody applied.
    Applied {
        /// Who.
        client: String,
        /// SHA-256 of the application's canonical JSON, hex.
        application: String,
        /// The case it opens, so that two applications that say the same in the same second are two. Absent in records of
        /// earlier versions.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        case: Option<String>,
    },
    /// 7.3: the body can and will evaluate this car.
    ApplicationAccepted {
        /// What was looked at.
        remarks: String,
    },
    /// 7.3: it cannot, or will not.
    ApplicationDeclined {
        /// Why.
        reasons: String,
    },
    /// 7.4: the car was evaluated.
    Evaluated {
        /// SHA-256 of the evaluation's canonical JSON, hex.
        evaluation: String,
        /// What stands in the way of a certificate.
        obstacles: Vec<String>,
        /// What its figures rest on. Absent in records of earlier versions.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        basis: Option<Basis>,
    },
    /// 7.5: the evaluation was reviewed.
    Reviewed {
        /// Whether the reviewer takes the evaluation as it is. Otherwise the car is evaluated again.
        agrees: bool,
        /// What was looked at, and what is wrong.
        remarks: String,
    },
    /// 7.6: decided in favour.
    Granted {
        /// Why.
        reasons: String,
    },
    /// 7.6: decided against.
    Refused {
        /// Why.
        reasons: String,
    },
    /// 7.7: the certificate was issued.
    Issued {
        /// Its number.
        certificate: String,
        /// SHA-256 of the signed credential's canonical JSON, hex.
        credential: String,
        /// The same of its twin without vehicle id.
        redacted: String,
    },
    /// 7.9: looked at while in force.
    Surveilled {
        /// What was looked at and found.
        remarks: String,
    },
    /// 7.10: something that the certificate rests on changed: the scheme, a limit, the method.
    Changed {
        /// What, and what follows for this certificate.
        what: String,
    },
    /// 7.11: suspended.
    Suspended {
        /// Why.
        reason: String,
        /// The kind of event, where the surveillance rule found one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<Cause>,
        /// Digest of the statement that set it off, hex.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        statement: Option<String>,
    },
    /// 7.11: in force again.
    Reinstated {
        /// Why.
        reason: String,
    },
    /// 7.11: withdrawn for good.
    Withdrawn {
        /// Why.
        reason: String,
    },
    /// 7.13: somebody complains about the body or a certificate.
    Complained {
        /// What about.
        text: String,
    },
    /// 7.13: the client appeals against a decision.
    Appealed {
        /// The record it is against.
        against: u32,
        /// Why.
        text: String,
    },
    /// 7.13: a complaint or appeal was decided.
    Resolved {
        /// The record of the complaint or appeal.
        dispute: u32,
        /// Whether it was right.
        upheld: bool,
        /// Why, and what follows.
        text: String,
    },
}

impl Step {
    /// The word in files and tables.
    pub fn kind(&self) -> &'static str {
        self.row().0
    }

    /// The clause of ISO/IEC 17065 it carries out.
    pub fn clause(&self) -> &'static str {
        self.row().1
    }

    fn row(&self) -> (&'static str, &'static str) {
        match self {
            Self::Applied { .. } => ("applied", "7.2"),
            Self::ApplicationAccepted { .. } => ("application_accepted", "7.3"),
            Self::ApplicationDeclined { .. } => ("application_declined", "7.3"),
            Self::Evaluated { .. } => ("evaluated", "7.4"),
            Self::Reviewed { .. } => ("reviewed", "7.5"),
            Self::Granted { .. } => ("granted", "7.6"),
            Self::Refused { .. } => ("refused", "7.6"),
            Self::Issued { .. } => ("issued", "7.7"),
            Self::Surveilled { .. } => ("surveilled", "7.9"),
            Self::Changed { .. } => ("changed", "7.10"),
            Self::Suspended { .. } => ("suspended", "7.11"),
            Self::Reinstated { .. } => ("reinstated", "7.11"),
            Self::Withdrawn { .. } => ("withdrawn", "7.11"),
            Self::Complained { .. } => ("complained", "7.13"),
            Self::Appealed { .. } => ("appealed", "7.13"),
            Self::Resolved { .. } => ("resolved", "7.13"),
        }
    }

    /// The duty that no one person may combine with another on one case.
    pub fn duty(&self) -> Option<Activity> {
        match self {
            Self::Evaluated { .. } => Some(Activity::Evaluate),
            Self::Reviewed { .. } => Some(Activity::Review),
            Self::Granted { .. } | Self::Refused { .. } => Some(Activity::Decide),
            _ => None,
        }
    }

    /// The mandates of which a person needs one. None where people from outside take the step.
    pub fn mandates(&self) -> &'static [Activity] {
        match self {
            Self::Applied { .. } | Self::Complained { .. } | Self::Appealed { .. } => &[],
            Self::ApplicationAccepted { .. } | Self::ApplicationDeclined { .. } => {
                &[Activity::ReviewApplication]
            }
            Self::Evaluated { .. } => &[Activity::Evaluate],
            Self::Reviewed { .. } => &[Activity::Review],
            Self::Granted { .. }
            | Self::Refused { .. }
            | Self::Issued { .. }
            | Self::Changed { .. }
            | Self::Reinstated { .. }
            | Self::Withdrawn { .. } => &[Activity::Decide],
            Self::Surveilled { .. } => &[Activity::Surveil],
            Self::Suspended { .. } => &[Activity::Surveil, Activity::Decide],
            Self::Resolved { .. } => &[Activity::ResolveDisputes],
        }
    }

    /// What somebody wrote of it: why, or what was looked at.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Applied { client, .. } => Some(client),
            Self::ApplicationAccepted { remarks: text }
            | Self::ApplicationDeclined { reasons: text }
            | Self::Reviewed { remarks: text, .. }
            | Self::Granted { reasons: text }
            | Self::Refused { reasons: text }
            | Self::Surveilled { remarks: text }
            | Self::Changed { what: text }
            | Self::Suspended { reason: text, .. }
            | Self::Reinstated { reason: text }
            | Self::Withdrawn { reason: text }
            | Self::Complained { text }
            | Self::Appealed { text, .. }
            | Self::Resolved { text, .. } => Some(text),
            Self::Evaluated { .. } | Self::Issued { .. } => None,
        }
    }
}

/// One audit record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Its place in the case, from 1.
    pub number: u32,
    /// When the step was taken.
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// The step.
    pub step: Step,
    /// The hash of the record before; 64 zeros for the first.
    pub previous: String,
}

impl Record {
    /// SHA-256 of the record's canonical JSON, hex. It covers the record before, and so all before it.
    ///
    /// # Errors
    /// None that a record made by [`Case::step`] can cause.
    pub fn hash(&self) -> Result<String, SchemeError> {
        let value = serde_json::to_value(self).map_err(|e| SchemeError::Unwritable(e.to_string()))?;
        let canonical =
            crate::credential::jcs::canonical(&value).map_err(|e| SchemeError::Unwritable(e.to_string()))?;
        Ok(hex::encode(Sha256::digest(canonical)))
    }
}

/// Why a step cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemeError {
    /// Not in this state.
    #[error("the case is {state}; {kind} is only possible when it is {}", allowed.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or "))]
    State {
        /// The step.
        kind: &'static str,
        /// Where the case stands.
        state: State,
        /// Where it would have to stand.
        allowed: &'static [State],
    },
    /// The person has another duty on this case.
    #[error("{person} did {did} on this case and may not do {duty} as well; another person must")]
    SamePerson {
        /// Who.
        person: String,
        /// What the person did.
        did: Activity,
        /// What the person wants to do.
        duty: Activity,
    },
    /// The person evaluated the car, and the step judges that evaluation.
    #[error("{person} evaluated this car and may not take the step {kind}; another person must")]
    Evaluator {
        /// Who.
        person: String,
        /// The step.
        kind: &'static str,
    },
    /// The person worked on the case, and cannot judge a dispute about it.
    #[error(
        "{person} worked on this case and may not decide complaints or appeals about it; another person must"
    )]
    Involved {
        /// Who.
        person: String,
    },
    /// The person is the client.
    #[error("{person} is the client of this case and may not take the step {kind}")]
    Client {
        /// Who.
        person: String,
        /// The step.
        kind: &'static str,
    },
    /// The wrong kind of actor.
    #[error("the step {kind} is not for {actor}")]
    WrongActor {
        /// The step.
        kind: &'static str,
        /// Who tried.
        actor: String,
    },
    /// No mandate that covers it.
    #[error(transparent)]
    NotCompetent(#[from] NotCompetent),
    /// Something in the evaluation forbids a certificate.
    #[error("a certificate cannot be granted: {}", .0.join("; "))]
    Obstacles(Vec<String>),
    /// A text that must be there is not, or is too long.
    #[error("the step {kind} needs a reason of 1 to {LONGEST} characters")]
    Text {
        /// The step.
        kind: &'static str,
    },
    /// There is no such open complaint or appeal, or no such record.
    #[error(
        "record {0} is no open complaint or appeal of this case; name one that waits for its resolution, by its number in the record"
    )]
    NoDispute(u32),
    /// An appeal against something that decides nothing.
    #[error(
        "record {0} of this case is no decision that can be appealed against; name the record that declined, refused, suspended or withdrew, \
         by its number"
    )]
    NothingToAppeal(u32),
    /// Time runs backwards.
    #[error("the step is dated {at}, before the last record of the case, {last}")]
    Backwards {
        /// When it would be.
        at: Timestamp,
        /// When the last one was.
        last: Timestamp,
    },
    /// Too many records.
    #[error("the case has {MOST_RECORDS} records; no more are taken")]
    TooMany,
    /// The audit records do not follow from one another.
    #[error("audit record {number} of the case does not follow from the one before: {problem}")]
    Broken {
        /// Which.
        number: u32,
        /// Why.
        problem: String,
    },
    /// A record cannot be written as canonical JSON.
    #[error("the record cannot be written: {0}")]
    Unwritable(String),
}

/// A case: what its audit records say together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    state: State,
    client: String,
    records: Vec<Record>,
    head: String,
    /// Who did which duty, over all rounds of evaluation.
    duties: BTreeMap<String, Activity>,
    /// Everybody of the body who took any step.
    involved: BTreeSet<String>,
    obstacles: Vec<String>,
    disputes: BTreeSet<u32>,
}

const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

impl Case {
    /// Opens a case with its first record.
    ///
    /// # Errors
    /// The client has no name.
    pub fn open(id: &str, client: &str, application: &str, at: Timestamp) -> Result<Self, SchemeError> {
        let step = Step::Applied {
            client: client.to_owned(),
            application: application.to_owned(),
            case: Some(id.to_owned()),
        };
        if client.trim().is_empty() || client.chars().count() > LONGEST {
            return Err(SchemeError::Text { kind: step.kind() });
        }
        let record = Record {
            number: 1,
            at,
            actor: Actor::Outsider(client.to_owned()),
            step,
            previous: GENESIS.to_owned(),
        };
        let mut case = Self::empty(client);
        case.take(record)?;
        Ok(case)
    }

    fn empty(client: &str) -> Self {
        Self {
            state: State::Applied,
            client: client.to_owned(),
            records: Vec::new(),
            head: GENESIS.to_owned(),
            duties: BTreeMap::new(),
            involved: BTreeSet::new(),
            obstacles: Vec::new(),
            disputes: BTreeSet::new(),
        }
    }

    /// The case that these records make.
    ///
    /// # Errors
    /// A record that was changed, left out, moved, or could not have been made in that state or by that person.
    pub fn replay(records: Vec<Record>) -> Result<Self, SchemeError> {
        let mut records = records.into_iter();
        let broken = |number, problem: &str| SchemeError::Broken {
            number,
            problem: problem.to_owned(),
        };
        let first = records.next().ok_or_else(|| broken(1, "there is none"))?;
        let Step::Applied { client, .. } = &first.step else {
            return Err(broken(1, "it is no application"));
        };
        let mut case = Self::empty(&client.clone());
        if first.number != 1 || first.previous != GENESIS {
            return Err(broken(1, "it is not the first"));
        }
        case.take(first)?;
        for record in records {
            let number = record.number;
            if record.previous != case.head || number != case.next_number() {
                return Err(broken(
                    number,
                    "its number or the hash of the record before is another",
                ));
            }
            case.admissible(&record.step, &record.actor, record.at)
                .map_err(|e| broken(number, &e.to_string()))?;
            case.take(record)?;
        }
        Ok(case)
    }

    /// Where the case stands.
    pub fn state(&self) -> State {
        self.state
    }

    /// Who applied.
    pub fn client(&self) -> &str {
        &self.client
    }

    /// The audit records, in order.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The hash of the last record.
    pub fn head(&self) -> &str {
        &self.head
    }

    /// The records of complaints and appeals that are not decided yet.
    pub fn open_disputes(&self) -> impl Iterator<Item = u32> {
        self.disputes.iter().copied()
    }

    /// The last record of a kind, with when and by whom.
    pub fn last(&self, kinds: &[&str]) -> Option<&Record> {
        self.records.iter().rev().find(|r| kinds.contains(&r.step.kind()))
    }

    fn next_number(&self) -> u32 {
        u32::try_from(self.records.len() + 1).unwrap_or(u32::MAX)
    }

    /// Takes a step: a person with the mandate for it, on a battery of this chemistry. The record is the case's newest.
    ///
    /// # Errors
    /// Not in this state, not by this person, or not without a mandate.
    pub fn step(
        &mut self,
        step: Step,
        person: &Person,
        chemistry: Chemistry,
        at: Timestamp,
    ) -> Result<&Record, SchemeError> {
        let on = at.to_zoned_datetime(TimeZone::UTC).date();
        let mut missing = None;
        for activity in step.mandates() {
            match person.may(*activity, on, chemistry) {
                Ok(()) => {
                    missing = None;
                    break;
                }
                Err(why) => missing = missing.or(Some(why)),
            }
        }
        if let Some(missing) = missing {
            return Err(missing.into());
        }
        if person.name == self.client || person.id == self.client {
            return Err(SchemeError::Client {
                person: person.id.clone(),
                kind: step.kind(),
            });
        }
        // Not asked in `separate`: cases of earlier versions may hold such a record, and are read all the same.
        if matches!(step, Step::Suspended { .. }) && self.duties.get(&person.id) == Some(&Activity::Evaluate)
        {
            return Err(SchemeError::Evaluator {
                person: person.id.clone(),
                kind: step.kind(),
            });
        }
        self.append(step, Actor::Person(person.id.clone()), at)
    }

    /// Takes a step that needs no mandate: a complaint or appeal from outside, or the surveillance rule's suspension.
    ///
    /// # Errors
    /// Not in this state, or not by this actor.
    pub fn step_from_outside(
        &mut self,
        step: Step,
        actor: Actor,
        at: Timestamp,
    ) -> Result<&Record, SchemeError> {
        self.append(step, actor, at)
    }

    fn append(&mut self, step: Step, actor: Actor, at: Timestamp) -> Result<&Record, SchemeError> {
        self.admissible(&step, &actor, at)?;
        let record = Record {
            number: self.next_number(),
            at,
            actor,
            step,
            previous: self.head.clone(),
        };
        self.take(record)?;
        self.records.last().ok_or(SchemeError::TooMany)
    }

    /// Whether the step is possible in this state and by this actor: everything but mandates, which change with time.
    fn admissible(&self, step: &Step, actor: &Actor, at: Timestamp) -> Result<(), SchemeError> {
        use State as S;
        let kind = step.kind();
        let allowed: &'static [State] = match step {
            Step::Applied { .. } => &[],
            Step::ApplicationAccepted { .. } | Step::ApplicationDeclined { .. } => &[S::Applied],
            Step::Evaluated { .. } => &[S::Accepted],
            Step::Reviewed { .. } => &[S::Evaluated],
            Step::Granted { .. } => &[S::Reviewed],
            // Before anything is issued, new history or old data may overtake a decision in favour.
            Step::Refused { .. } => &[S::Reviewed, S::Granted],
            Step::Issued { .. } => &[S::Granted],
            Step::Suspended { .. } => &[S::InForce],
            Step::Reinstated { .. } => &[S::Suspended],
            Step::Surveilled { .. } | Step::Changed { .. } | Step::Withdrawn { .. } => {
                &[S::InForce, S::Suspended]
            }
            Step::Complained { .. } | Step::Appealed { .. } | Step::Resolved { .. } => &[
                S::Applied,
                S::Declined,
                S::Accepted,
                S::Evaluated,
                S::Reviewed,
                S::Granted,
                S::Refused,
                S::InForce,
                S::Suspended,
                S::Withdrawn,
            ],
        };
        if !allowed.contains(&self.state) {
            return Err(SchemeError::State {
                kind,
                state: self.state,
                allowed,
            });
        }
        if self.records.len() >= MOST_RECORDS {
            return Err(SchemeError::TooMany);
        }
        if let Some(last) = self.records.last().filter(|last| at < last.at) {
            return Err(SchemeError::Backwards { at, last: last.at });
        }
        if step
            .text()
            .is_some_and(|text| text.trim().is_empty() || text.chars().count() > LONGEST)
        {
            return Err(SchemeError::Text { kind });
        }
        self.separate(step, actor)?;
        match step {
            Step::Granted { .. } if !self.obstacles.is_empty() => {
                Err(SchemeError::Obstacles(self.obstacles.clone()))
            }
            Step::Appealed { against, .. } => {
                let decided = self.records.iter().any(|record| {
                    record.number == *against
                        && matches!(
                            record.step,
                            Step::ApplicationDeclined { .. }
                                | Step::Refused { .. }
                                | Step::Suspended { .. }
                                | Step::Withdrawn { .. }
                        )
                });
                if decided {
                    Ok(())
                } else {
                    Err(SchemeError::NothingToAppeal(*against))
                }
            }
            Step::Resolved { dispute, .. } if !self.disputes.contains(dispute) => {
                Err(SchemeError::NoDispute(*dispute))
            }
            _ => Ok(()),
        }
    }

    /// The separation of duties.
    fn separate(&self, step: &Step, actor: &Actor) -> Result<(), SchemeError> {
        let kind = step.kind();
        let wrong = || SchemeError::WrongActor {
            kind,
            actor: actor.to_string(),
        };
        let person = match actor {
            Actor::Outsider(_) if step.mandates().is_empty() => return Ok(()),
            Actor::Rule if matches!(step, Step::Suspended { cause: Some(_), .. }) => return Ok(()),
            Actor::Person(person) if !step.mandates().is_empty() => person,
            _ => return Err(wrong()),
        };
        let did = self.duties.get(person);
        if let (Some(did), Some(duty)) = (did, step.duty())
            && *did != duty
        {
            return Err(SchemeError::SamePerson {
                person: person.clone(),
                did: *did,
                duty,
            });
        }
        let judges_evaluation = matches!(
            step,
            Step::Changed { .. } | Step::Reinstated { .. } | Step::Withdrawn { .. }
        );
        if judges_evaluation && did == Some(&Activity::Evaluate) {
            return Err(SchemeError::Evaluator {
                person: person.clone(),
                kind,
            });
        }
        if matches!(step, Step::Resolved { .. }) && self.involved.contains(person) {
            return Err(SchemeError::Involved {
                person: person.clone(),
            });
        }
        Ok(())
    }

    /// Takes an admissible record into the case.
    fn take(&mut self, record: Record) -> Result<(), SchemeError> {
        self.head = record.hash()?;
        self.state = match &record.step {
            Step::Applied { .. } => State::Applied,
            Step::ApplicationAccepted { .. } => State::Accepted,
            Step::ApplicationDeclined { .. } => State::Declined,
            Step::Evaluated { .. } => State::Evaluated,
            Step::Reviewed { agrees: true, .. } => State::Reviewed,
            Step::Reviewed { agrees: false, .. } => State::Accepted,
            Step::Granted { .. } => State::Granted,
            Step::Refused { .. } => State::Refused,
            Step::Issued { .. } | Step::Reinstated { .. } => State::InForce,
            Step::Suspended { .. } => State::Suspended,
            Step::Withdrawn { .. } => State::Withdrawn,
            Step::Surveilled { .. }
            | Step::Changed { .. }
            | Step::Complained { .. }
            | Step::Appealed { .. }
            | Step::Resolved { .. } => self.state,
        };
        match &record.step {
            Step::Evaluated { obstacles, .. } => self.obstacles = obstacles.clone(),
            Step::Complained { .. } | Step::Appealed { .. } => {
                self.disputes.insert(record.number);
            }
            Step::Resolved { dispute, .. } => {
                self.disputes.remove(dispute);
            }
            _ => {}
        }
        if let Actor::Person(person) = &record.actor {
            if let Some(duty) = record.step.duty() {
                self.duties.insert(person.clone(), duty);
            }
            self.involved.insert(person.clone());
        }
        self.records.push(record);
        Ok(())
    }
}
