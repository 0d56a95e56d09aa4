//! Certification: the steps of a case, the certificates that come of it, and what the public may see.
//!
//! | module | operation |
//! |---|---|
//! | [`people`] | set up the body; people and their mandates |
//! | [`steps`] | apply, review, evaluate, decide, suspend, reinstate, withdraw, complain, appeal, resolve |
//! | [`issue`] | issue a certificate: credential, twin, statement |
//! | [`acting`] | the same steps by an account over the network: who it acts as, what it may see |
//! | [`offers`] | which steps a case can take next, who may take them, and why others may not |
//! | [`expiry`] | what ends a certificate though nobody takes a step: its last day, and distance |
//! | [`surveil`] | suspend what the history gives cause to suspend |
//! | [`publish`] | the directory, the status lists, the DID document |
//! | [`assessment`] | from an estimator's assessment to an evaluation |
//! | [`sheet`] | from a credential to its pages, and whether pages say what it says |
//! | [`check`] | verify a credential file, or a PDF that carries one |
//!
//! What a case says of itself is its chain of audit records; it is replayed and checked whenever a case is opened here. The
//! outcomes are statements in the log, stored in the transaction of their step and submitted after it.

pub mod acting;
pub mod applications;
pub mod assessment;
pub mod check;
pub mod expiry;
pub mod issue;
pub mod offers;
pub mod people;
pub mod publish;
pub mod seat;
pub mod sheet;
pub mod steps;
pub mod surveil;

use certificate::application::Application;
use certificate::credential::did::multikey;
use certificate::credential::{Issuer, jcs};
use certificate::scheme::{Actor, Case, Record, Step};
use ed25519_dalek::SigningKey;
use history::map::KeyRecord;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use statement::vocabulary::{StatementType, check_role};
use statement::{Claims, Confidence, Digest, IssuerSigningKey, issue as sign_statement};
use store::{CaseWrite, CertificationBody, Content, Deed, NewStep, StepAccount, StoredCase, Submitted};

use crate::access::{self, AccessError};
use crate::data_dir;
use crate::desk::Desk;
use crate::error::DeskError;

/// A case, opened: replayed and checked.
pub(crate) struct Open {
    pub(crate) stored: StoredCase,
    pub(crate) case: Case,
    pub(crate) application: Application,
}

/// The body with the key it signs with.
pub(crate) struct Certifier {
    pub(crate) body: CertificationBody,
    pub(crate) key: IssuerSigningKey,
}

impl Certifier {
    /// That it cannot sign.
    fn wrong(&self, problem: String) -> DeskError {
        DeskError::Certifier {
            issuer: self.body.issuer.clone(),
            problem,
        }
    }

    /// The URL of the key.
    pub(crate) fn method(&self) -> String {
        format!("{}#{}", self.body.did, multikey(&self.key.public()))
    }

    /// The key, for a credential's proof.
    pub(crate) fn proof_key(&self) -> SigningKey {
        SigningKey::from_bytes(self.key.seed())
    }

    /// As credentials name it.
    pub(crate) fn issuer(&self) -> Issuer {
        Issuer {
            did: self.body.did.clone(),
            name: self.body.name.clone(),
            base_url: self.body.base_url.clone(),
        }
    }
}

/// A case as people and programs see it.
#[derive(Clone, Debug, Serialize)]
pub struct CaseView {
    /// Its id.
    pub case: String,
    /// Where it stands.
    pub state: certificate::scheme::State,
    /// What ended its certificate though nobody took a step, or why nobody can tell; the state is then still `in_force`.
    pub expired: Option<expiry::Expired>,
    /// Who applied.
    pub client: String,
    /// What was applied for.
    pub application: Application,
    /// The certificate's number, where one was issued.
    pub certificate: Option<String>,
    /// What stands in the way of a certificate, as far as the last evaluation says.
    pub obstacles: Vec<String>,
    /// Complaints and appeals that are not decided yet, by the number of their record.
    pub open_disputes: Vec<u32>,
    /// The audit records.
    pub records: Vec<RecordView>,
    /// Whether a step owes the log a statement that it has not taken yet. The step is done; the statement is handed in later.
    pub owed: bool,
    /// Whether a statement about its certificate does not stand in the log yet: owed, or accepted and not sealed.
    pub awaits_log: bool,
    /// Whether nothing was written on purpose.
    pub dry_run: bool,
}

/// An audit record with its clause and hash.
#[derive(Clone, Debug, Serialize)]
pub struct RecordView {
    /// The clause of ISO/IEC 17065.
    pub clause: &'static str,
    /// Its hash.
    pub hash: String,
    /// The record.
    #[serde(flatten)]
    pub record: Record,
}

/// By whose hand a step is written down: nobody's in particular at the machine, an account's over the network.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hand {
    /// The account and the person it acts as.
    pub(crate) account: Option<StepAccount>,
    /// The act for the trail.
    pub(crate) deed: Option<Deed>,
    /// The last record that was seen when the step was asked for, where that is known.
    pub(crate) seen: Option<u32>,
    /// How many open disputes whoever complains may have on the case.
    pub(crate) most_disputes: Option<usize>,
}

impl Hand {
    /// Whoever sits at the machine.
    pub(crate) fn at_machine(act: &'static str, case: &str, now: Timestamp) -> Self {
        Self {
            deed: Some(access::Actor::Machine.deed(act, case, None, now.as_second())),
            ..Self::default()
        }
    }

    /// Refuses a step that was meant for a case as it no longer is.
    fn is_of_now(&self, open: &Open) -> Result<(), DeskError> {
        let last = open.case.records().last().map(|record| record.number);
        match self.seen {
            Some(seen) if Some(seen) != last => Err(AccessError::Meanwhile(open.stored.id.clone()).into()),
            _ => Ok(()),
        }
    }
}

/// A refusal of the scheme, as the desk says it.
pub(crate) fn refused(case: &str) -> impl FnOnce(certificate::scheme::SchemeError) -> DeskError {
    let case = case.to_owned();
    move |refusal| DeskError::Step { case, refusal }
}

fn unreadable(case: &str, error: impl std::fmt::Display) -> DeskError {
    DeskError::CaseUnreadable {
        case: case.to_owned(),
        problem: error.to_string(),
    }
}

/// Canonical JSON and its SHA-256.
pub(crate) fn canonical(value: &impl Serialize) -> Result<(String, [u8; 32]), DeskError> {
    let problem = |e: &dyn std::fmt::Display| DeskError::value("document", "", e);
    let value = serde_json::to_value(value).map_err(|e| problem(&e))?;
    let bytes = jcs::canonical(&value).map_err(|e| problem(&e))?;
    let hash = Sha256::digest(&bytes).into();
    Ok((String::from_utf8(bytes).map_err(|e| problem(&e))?, hash))
}

/// A hash written in hex.
pub(crate) fn hash_of(case: &str, text: &str) -> Result<[u8; 32], DeskError> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).map_err(|e| unreadable(case, e))?;
    Ok(hash)
}

impl Desk {
    /// Opens a case by its id or by its certificate's number.
    ///
    /// # Errors
    /// There is none, its car was erased, or its audit records do not follow from one another.
    pub(crate) async fn open_case(&self, id: &str) -> Result<Open, DeskError> {
        let case_id = match self.store.certificate(id).await? {
            Some(certificate) => certificate.case,
            None => id.to_owned(),
        };
        let Some(stored) = self.store.case(&case_id).await? else {
            let fix = "there is no such case or certificate; `carnet certify list --cases` shows all";
            return Err(DeskError::value("case", id, fix));
        };
        self.open_stored(stored).await
    }

    pub(crate) async fn open_stored(&self, stored: StoredCase) -> Result<Open, DeskError> {
        let id = &stored.id;
        let mut records = Vec::new();
        for record in self.store.case_records(&stored).await? {
            let Content::Present(text) = record else {
                return Err(DeskError::CaseErased(id.clone()));
            };
            records.push(serde_json::from_str::<Record>(&text).map_err(|e| unreadable(id, e))?);
        }
        let case = Case::replay(records).map_err(|e| unreadable(id, e))?;
        if case.state().as_str() != stored.state {
            let problem = format!("its records say {}, its row {}", case.state(), stored.state);
            return Err(unreadable(id, problem));
        }
        let Some(Step::Applied { application, .. }) = case.records().first().map(|r| &r.step) else {
            return Err(unreadable(id, "there is no application"));
        };
        let application: Application = self.document(&stored, application).await?;
        Ok(Open {
            stored,
            case,
            application,
        })
    }

    /// A document of a case, by its hash in hex.
    pub(crate) async fn document<T: DeserializeOwned>(
        &self,
        stored: &StoredCase,
        hash: &str,
    ) -> Result<T, DeskError> {
        let id = &stored.id;
        let hash = hash_of(id, hash)?;
        match self.store.case_document(stored, hash).await? {
            Some(Content::Present(text)) => serde_json::from_str(&text).map_err(|e| unreadable(id, e)),
            Some(Content::Erased) => Err(DeskError::CaseErased(id.clone())),
            None => Err(unreadable(id, "a document is missing")),
        }
    }

    /// The body, with its key: here, enrolled, and with the role.
    ///
    /// # Errors
    /// No body is set up, or its key is missing, not enrolled, revoked, or without the role.
    pub(crate) async fn certifier(&self) -> Result<Certifier, DeskError> {
        let (certifier, record) = self.unrevoked().await?;
        let record = record.ok_or_else(|| {
            certifier.wrong(format!(
                "its key is not enrolled; run `carnet issuer enrol {} --name NAME --role certification_body`",
                crate::shell::word(&certifier.body.issuer)
            ))
        })?;
        check_role(StatementType::CertificateIssued, &record.roles)
            .map_err(|e| certifier.wrong(e.to_string()))?;
        Ok(certifier)
    }

    /// The body, with its key, which is here and not revoked; and what the log knows of the key, where it is enrolled.
    ///
    /// # Errors
    /// No body is set up, or its key is missing or revoked.
    pub(crate) async fn unrevoked(&self) -> Result<(Certifier, Option<KeyRecord>), DeskError> {
        let body = self.body().await?;
        let key = self.issuer_signing_key(&body.issuer)?;
        let certifier = Certifier { body, key };
        let enrolled = self.issuers().await?.into_iter();
        let record = enrolled
            .filter(|(id, _)| *id == certifier.key.key_id())
            .map(|(_, record)| record)
            .next();
        match record.as_ref().and_then(|record| record.revoked_at.as_ref()) {
            Some((at, reason)) => {
                Err(certifier.wrong(format!("its key was revoked at log index {at}: {reason}")))
            }
            None => Ok((certifier, record)),
        }
    }

    /// The body.
    pub(crate) async fn body(&self) -> Result<CertificationBody, DeskError> {
        self.store.certification_body().await?.ok_or_else(|| {
            let fix = "no certification body is set up here; run `carnet certify setup`";
            DeskError::value("certification", self.dir.root().display().to_string(), fix)
        })
    }

    /// Signs a statement about the case's car in the body's name.
    pub(crate) fn certificate_statement(
        &self,
        certifier: &Certifier,
        open: &Open,
        typ: StatementType,
        body: Map<String, Value>,
        at: Timestamp,
    ) -> Result<(Digest, String), DeskError> {
        let wrong = |e: &dyn std::fmt::Display| DeskError::value("statement", typ.as_str(), e);
        let seconds = Timestamp::from_second(at.as_second()).map_err(|e| wrong(&e))?;
        let claims = Claims {
            iss: certifier.body.issuer.clone(),
            iat: at.as_second(),
            typ,
            vid: open.application.vehicle.vid.clone(),
            event_time: seconds
                .to_string()
                .replace('Z', "+00:00")
                .parse()
                .map_err(|e| wrong(&e))?,
            recorded_at: None,
            place: None,
            body,
            evidence: Vec::new(),
            confidence: Confidence::Professional,
            supersedes: None,
        };
        let statement =
            sign_statement(&claims, &certifier.key, &mut data_dir::rng()).map_err(|e| wrong(&e))?;
        Ok((statement.digest(), statement.as_str().to_owned()))
    }

    /// Writes the records that a case has gained since `before`, with what they bring along, and submits what is owed.
    ///
    /// Once the records are written the step is done, and whoever took it is told so, whatever becomes of its statement: it stays
    /// owed, the case says that it is, and surveillance hands it in, or says why it cannot.
    pub(crate) async fn write(
        &self,
        open: &Open,
        before: usize,
        mut write: CaseWrite,
        now: i64,
        hand: Hand,
    ) -> Result<(), DeskError> {
        (write.account, write.deed) = (hand.account, hand.deed);
        write.state = open.case.state().as_str();
        write.steps = new_steps(&open.case, before)?;
        self.store.write_case(&open.stored, &write).await?;
        let _told_by_surveillance = self.submit_owed(now).await;
        Ok(())
    }

    /// Submits the statements that steps owe the log, also those of a process that died in between. One that the log does not
    /// take holds no other back.
    ///
    /// # Errors
    /// The store failed, or the log does not take one; the first of them is told.
    pub(crate) async fn submit_owed(&self, now: i64) -> Result<(), DeskError> {
        let mut statements = Vec::new();
        let mut failed = None;
        for text in self.store.owed_statements().await? {
            match statement::SdJwt::parse(&text) {
                Ok(statement) => statements.push(statement),
                Err(error) => failed = failed.or(Some(DeskError::value("statement", "", error))),
            }
        }
        for (answer, statement) in self.submit(&statements, now).await?.iter().zip(&statements) {
            let problem = match answer {
                Err(faults) => faults.join("; "),
                Ok(Submitted::NoRoom) => {
                    "this car has as many statements as one dossier can hold; erase contents, and it is taken"
                        .to_owned()
                }
                Ok(_) => continue,
            };
            let digest = statement.digest().to_string();
            failed = failed.or(Some(DeskError::value("statement", digest, problem)));
        }
        failed.map_or(Ok(()), Err)
    }

    /// Whether a step of any case owes the log a statement.
    ///
    /// # Errors
    /// The database failed.
    pub async fn owes_statements(&self) -> Result<bool, DeskError> {
        Ok(!self.store.owed_statements().await?.is_empty())
    }

    /// A case as people see it.
    pub(crate) async fn view(
        &self,
        open: &Open,
        now: Timestamp,
        dry_run: bool,
    ) -> Result<CaseView, DeskError> {
        let case = &open.case;
        let mut records = Vec::with_capacity(case.records().len());
        for record in case.records() {
            records.push(RecordView {
                clause: record.step.clause(),
                hash: record
                    .hash()
                    .map_err(|e| DeskError::value("case", &open.stored.id, e))?,
                record: record.clone(),
            });
        }
        let obstacles = match case.last(&["evaluated"]).map(|r| &r.step) {
            Some(Step::Evaluated { obstacles, .. }) => obstacles.clone(),
            _ => Vec::new(),
        };
        let certificate = self.store.certificate(&open.stored.id).await?;
        let expired = match &certificate {
            Some(certificate) => self.expired_one(certificate, case.state(), now).await?,
            None => None,
        };
        Ok(CaseView {
            case: open.stored.id.clone(),
            state: case.state(),
            expired,
            client: case.client().to_owned(),
            application: open.application.clone(),
            certificate: certificate.map(|c| c.id),
            obstacles,
            open_disputes: case.open_disputes().collect(),
            records,
            owed: self.store.owes_statement(&open.stored.id).await?,
            awaits_log: self.store.cases_awaiting_log().await?.contains(&open.stored.id),
            dry_run,
        })
    }
}

/// The rows of the records from `before` on.
pub(crate) fn new_steps(case: &Case, before: usize) -> Result<Vec<NewStep>, DeskError> {
    let mut steps = Vec::new();
    for record in case.records().iter().skip(before) {
        let (text, hash) = canonical(record)?;
        steps.push(NewStep {
            number: record.number,
            kind: record.step.kind(),
            at: record.at.as_second(),
            person: match &record.actor {
                Actor::Person(id) => Some(id.clone()),
                Actor::Outsider(_) | Actor::Rule => None,
            },
            duty: record.step.duty().map(certificate::people::Activity::as_str),
            hash,
            previous: hash_of("", &record.previous)?,
            record: text,
        });
    }
    Ok(steps)
}

/// An object's fields.
pub(crate) fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// The fields of the statements that say a certificate's status changed.
pub(crate) fn status_fields(certificate: &store::StoredCertificate, reason: &str) -> Map<String, Value> {
    fields(json!({
        "certificate": certificate.id,
        "credential_sha256": hex::encode(certificate.credential),
        "reason": reason,
    }))
}
