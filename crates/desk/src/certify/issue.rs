//! Issuing: the credential, its twin without vehicle id, and the statement, in one transaction.

use std::collections::HashSet;

use certificate::credential::issue::digest;
use certificate::credential::subject::Took;
use certificate::credential::{Certificate, People, StatusEntry, proof, status_list, unsigned};
use certificate::scheme::{Actor, SchemeError, State, Step};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Value, json};
use statement::vocabulary::StatementType;
use store::{CaseWrite, Content, StoredCertificate};

use super::expiry::Expired;
use super::sheet::{self, Language};
use super::steps::whole;
use super::{Hand, Open, canonical, fields, hash_of, refused};
use crate::access;
use crate::desk::Desk;
use crate::error::DeskError;

/// A certificate that was issued, or would be.
#[derive(Clone, Debug, Serialize)]
pub struct Issued {
    /// Its number.
    pub certificate: String,
    /// Its case.
    pub case: String,
    /// The signed credential.
    pub credential: Value,
    /// Its twin without vehicle id.
    pub redacted: Value,
    /// SHA-256 of the credential's canonical form, hex.
    pub credential_sha256: String,
    /// Its pages, where they were asked for.
    #[serde(skip)]
    pub pdf: Option<Vec<u8>>,
    /// Whether the log has not taken its statement yet. The certificate is issued; the statement is handed in later.
    pub owed: bool,
    /// Whether nothing was written on purpose.
    pub dry_run: bool,
}

impl Desk {
    /// Issues the certificate of a granted case, with its pages where a language is given.
    ///
    /// # Errors
    /// The case is not granted, this person may not issue, the history gives cause not to, the
    /// body's key is not enrolled, or the pages cannot be printed; then nothing is issued.
    pub async fn certify_issue(
        &self,
        case: &str,
        by: &str,
        language: Option<Language>,
        now: Timestamp,
        dry_run: bool,
    ) -> Result<Issued, DeskError> {
        let (id, act) = (self.open_case(case).await?.stored.id, "issue certificate");
        let hand = Hand::at_machine(act, &id, now);
        let done = self.issue_by(case, by, language, now, dry_run, hand).await;
        self.with_refusal(&access::Actor::Machine, act, &id, now, dry_run, done)
            .await
    }

    /// The same by somebody's hand.
    pub(crate) async fn issue_by(
        &self,
        case: &str,
        by: &str,
        language: Option<Language>,
        now: Timestamp,
        dry_run: bool,
        hand: Hand,
    ) -> Result<Issued, DeskError> {
        let _turn = self.certifying.lock().await;
        let mut open = self.open_case(case).await?;
        hand.is_of_now(&open)?;
        // Asked first: a case that nobody granted lacks more than that, and its state says what is next.
        if open.case.state() != State::Granted {
            return Err(refused(case)(SchemeError::State {
                kind: "issued",
                state: open.case.state(),
                allowed: &[State::Granted],
            }));
        }
        let certifier = self.certifier().await?;
        let evaluation = self.last_evaluation(&open).await?;
        let person = self.person(by).await?;
        self.history_allows(&open, &evaluation).await?;
        self.is_the_only_one(&open, now).await?;
        let people = self.people_of(&open).await?;
        let number = format!(
            "CN-{}-{:06}",
            now.to_zoned_datetime(TimeZone::UTC).date().year(),
            self.store.certificates().await?.len() + 1
        );
        let issued = whole(now);
        let issuer = certifier.issuer();
        let certificate = Certificate {
            number: &number,
            issuer: &issuer,
            application: &open.application,
            evaluation: &evaluation,
            people: &people,
            issued,
            status: self.free_bit().await?,
        };
        let wrong = |e: &dyn std::fmt::Display| DeskError::value("case", case, e);
        let key = certifier.proof_key();
        let sign = |redacted| {
            let document = unsigned(&certificate, redacted).map_err(|e| wrong(&e))?;
            proof::sign(&document, &certifier.method(), issued, &key).map_err(|e| wrong(&e))
        };
        let (credential, redacted) = (sign(false)?, sign(true)?);
        let pdf = match language {
            Some(language) => Some(printed(case, credential.clone(), language).await?),
            None => None,
        };
        let (text, hash) = canonical(&credential)?;
        let (redacted_text, redacted_hash) = canonical(&redacted)?;
        let subject = certificate.subject().map_err(|e| wrong(&e))?;
        let until = certificate::credential::issue::valid_until(issued).map_err(|e| wrong(&e))?;

        let granted = open.case.last(&["granted"]).map_or(0, |record| record.number);
        let before = open.case.records().len();
        let step = Step::Issued {
            certificate: number.clone(),
            credential: hex::encode(hash),
            redacted: hex::encode(redacted_hash),
        };
        let chemistry = open.application.battery.chemistry;
        let at = open
            .case
            .step(step, &person, chemistry, issued)
            .map_err(refused(case))?
            .number;
        let body = fields(json!({
            "certificate": number,
            "credential_sha256": hex::encode(hash),
            "redacted_sha256": hex::encode(redacted_hash),
            "grade": subject.grade,
            "soh_percent": subject.soh.value_pct.to_f64(),
            "soh_lower_percent": subject.soh.lower95_pct.to_f64(),
            "soh_upper_percent": subject.soh.upper95_pct.to_f64(),
            "valid_until": until.to_zoned_datetime(TimeZone::UTC).date(),
            "odometer_limit_km": subject.odometer_limit_km,
            "credential": text,
            "odometer": {
                "value": subject.odometer_km, "unit": "km", "instrument_state": "working", "method": "seen",
            },
        }));
        let (statement, signed) =
            self.certificate_statement(&certifier, &open, StatementType::CertificateIssued, body, now)?;
        let write = CaseWrite {
            documents: vec![(hash, text), (redacted_hash, redacted_text)],
            certificate: Some(StoredCertificate {
                id: number.clone(),
                case: open.stored.id.clone(),
                granted,
                credential: hash,
                redacted: redacted_hash,
                issued: issued.as_second(),
                valid_until: until.as_second(),
                odometer_limit_km: subject.odometer_limit_km,
                grade: subject.grade.to_string(),
                make: subject.vehicle.make.clone(),
                model: subject.vehicle.model.clone(),
                list: certificate.status.list,
                position: certificate.status.index,
            }),
            statement: Some((statement, at, signed)),
            ..CaseWrite::default()
        };
        if !dry_run {
            self.write(&open, before, write, now.as_second(), hand).await?;
        }
        Ok(Issued {
            case: open.stored.id.clone(),
            credential_sha256: digest(&credential).map_err(|e| wrong(&e))?,
            certificate: number,
            credential,
            redacted,
            pdf,
            owed: self.store.owes_statement(&open.stored.id).await?,
            dry_run,
        })
    }

    /// Refuses a certificate for a car that has another. One that is suspended counts: a second would be the way around its
    /// suspension. One whose last day is over does not.
    async fn is_the_only_one(&self, open: &Open, now: Timestamp) -> Result<(), DeskError> {
        for (other, state) in self.store.certificates().await? {
            let stands = [State::InForce, State::Suspended]
                .iter()
                .any(|s| s.as_str() == state);
            if !stands || other.valid_until < now.as_second() {
                continue;
            }
            let of_car = self.store.case(&other.case).await?;
            if of_car.is_some_and(|case| case.label == open.stored.label && case.id != open.stored.id) {
                return Err(DeskError::NotReady {
                    case: open.stored.id.clone(),
                    problem: format!(
                        "would be the second certificate of its car: {} is {} and has one at a time; withdraw that first, as in \
                         `carnet certify withdraw {} --by PERSON --reason 'measured again'`",
                        other.id,
                        state.replace('_', " "),
                        other.id
                    ),
                });
            }
        }
        Ok(())
    }

    /// Names and days of those who evaluated, reviewed and decided.
    async fn people_of(&self, open: &Open) -> Result<People, DeskError> {
        let names = self.store.certification_people().await?;
        let took = |kinds: &[&str]| {
            let missing =
                || DeskError::value("case", &open.stored.id, format!("nobody {}", kinds.join(" or ")));
            let record = open.case.last(kinds).ok_or_else(missing)?;
            let Actor::Person(id) = &record.actor else {
                return Err(missing());
            };
            let (_, name) = names.iter().find(|(known, _)| known == id).ok_or_else(missing)?;
            Ok(Took {
                name: name.clone(),
                on: record.at.to_zoned_datetime(TimeZone::UTC).date(),
            })
        };
        Ok(People {
            evaluated: took(&["evaluated"])?,
            reviewed: took(&["reviewed"])?,
            decided: took(&["granted"])?,
        })
    }

    /// A random bit that no certificate has: from its place nobody learns when a certificate was issued.
    async fn free_bit(&self) -> Result<StatusEntry, DeskError> {
        /// From half full on, the next pair of lists is begun.
        const FULL: usize = status_list::BITS / 2;
        let certificates = self.store.certificates().await?;
        let list = certificates.len() / FULL + 1;
        let list = u32::try_from(list).map_err(|e| DeskError::value("status list", list.to_string(), e))?;
        let taken: HashSet<u32> = certificates
            .iter()
            .filter(|(certificate, _)| certificate.list == list)
            .map(|(certificate, _)| certificate.position)
            .collect();
        loop {
            let mut random = [0; 4];
            getrandom::fill(&mut random).map_err(|e| DeskError::Random(e.to_string()))?;
            // 131,072 is a power of two, so no place is likelier than another.
            let index = u32::from_be_bytes(random) % status_list::BITS as u32;
            if !taken.contains(&index) {
                return Ok(StatusEntry { list, index });
            }
        }
    }

    /// The pages of a certificate in force, or of its twin without vehicle id.
    ///
    /// # Errors
    /// There is no such certificate, it is not in force, or its pages cannot be printed.
    pub async fn certificate_pages(
        &self,
        id: &str,
        redacted: bool,
        language: Language,
        now: Timestamp,
    ) -> Result<Vec<u8>, DeskError> {
        let state = self.open_case(id).await?.case.state();
        let credential = self.credential(id, redacted).await?;
        if state != State::InForce {
            return Err(DeskError::NotReady {
                case: id.to_owned(),
                problem: format!(
                    "is {state}; only a certificate in force is printed, and its credential can be had all the same"
                ),
            });
        }
        let certificate = self.store.certificate(id).await?.ok_or_else(|| none_issued(id))?;
        if let Some(expired) = self.expired_one(&certificate, state, now).await? {
            let what = match expired {
                Expired::NotKnown { .. } => "is",
                Expired::Date { .. } | Expired::Kilometres(_) => "has",
            };
            return Err(DeskError::NotReady {
                case: id.to_owned(),
                problem: format!(
                    "{what} {expired}; only a certificate in force is printed, and its credential can be had all the same"
                ),
            });
        }
        printed(id, credential, language).await
    }

    /// The credential of a certificate, or its twin without vehicle id.
    ///
    /// # Errors
    /// There is no such certificate, or its car was erased.
    pub async fn credential(&self, id: &str, redacted: bool) -> Result<Value, DeskError> {
        let kept = self.kept_credential(id, redacted).await?;
        kept.ok_or_else(|| none_issued(id))
    }

    /// The twin without vehicle id; `None` where its car was erased.
    ///
    /// # Errors
    /// There is no such certificate, or what is stored is not what was issued.
    pub async fn kept_twin(&self, id: &str) -> Result<Option<Value>, DeskError> {
        match self.kept_credential(id, true).await {
            Err(DeskError::CaseErased(_)) => Ok(None),
            kept => kept,
        }
    }

    async fn kept_credential(&self, id: &str, redacted: bool) -> Result<Option<Value>, DeskError> {
        let open = self.open_case(id).await?;
        let certificate = self.store.certificate(id).await?.ok_or_else(|| none_issued(id))?;
        let hash = if redacted {
            certificate.redacted
        } else {
            certificate.credential
        };
        match self.store.case_document(&open.stored, hash).await? {
            Some(Content::Present(text)) => {
                let value: Value =
                    serde_json::from_str(&text).map_err(|e| DeskError::value("certificate", id, e))?;
                // What is handed out is what the log vouches for.
                let same = digest(&value).is_ok_and(|d| hash_of(id, &d).is_ok_and(|d| d == hash));
                let changed = || DeskError::value("certificate", id, "the stored credential was changed");
                same.then_some(Some(value)).ok_or_else(changed)
            }
            Some(Content::Erased) => Ok(None),
            None => Err(none_issued(id)),
        }
    }
}

/// Prints pages beside the threads that answer: it is some tens of milliseconds of work.
async fn printed(id: &str, credential: Value, language: Language) -> Result<Vec<u8>, DeskError> {
    let wrong = |e: &dyn std::fmt::Display| DeskError::value("certificate", id, e);
    tokio::task::spawn_blocking(move || sheet::print(&credential, language))
        .await
        .map_err(|e| wrong(&e))?
        .map_err(|e| wrong(&e))
}

fn none_issued(id: &str) -> DeskError {
    DeskError::value(
        "certificate",
        id,
        "no certificate was issued in this case; `carnet certify list` shows those there are",
    )
}
