//! Certification: people and mandates, cases with their audit records, certificates, and the statements they owe the log.
//!
//! What is said about a car is encrypted under the car's key, as statements are: erasing a car erases it here too. Rules of
//! the scheme are decided two floors up; the schema (`migrations/0010_certification.sql`) refuses what breaks the separation
//! of duties whoever asks.

use std::collections::{BTreeSet, HashMap};

use index::Label;
use sha2::{Digest as _, Sha256};
use statement::Digest;

use crate::accounts::{NO_PASSWORD, end_sessions};
use crate::db::{Connection, Row, query, query_scalar};
use crate::error::StoreError;
use crate::log_row::{bytes32, unsigned};
use crate::open::Store;
use crate::records::Content;
use crate::trail::Deed;
use crate::vault::{self, Secret};

macro_rules! certified {
    ($only:literal) => {
        concat!(
            "SELECT c.id, k.label, max(s.log_index) AS newest, count(o.statement) AS kept,
                    (SELECT i.log_index FROM certification_statement d
                     JOIN certification_step p ON p.case_id = d.case_id AND p.number = d.number AND p.kind = 'issued'
                     JOIN statement i ON substr(i.digest, 1, 16) = substr(d.digest, 1, 16) AND i.digest = d.digest
                     WHERE d.case_id = k.id) AS issued_at
             FROM certificate c JOIN certification_case k ON k.id = c.case_id
             JOIN statement s ON substr(s.label, 1, 8) = substr(k.label, 1, 8) AND s.label = k.label
             LEFT JOIN content o ON o.statement = s.id
             WHERE k.state = 'in_force' AND c.valid_until >= $1 AND s.log_index IS NOT NULL",
            $only,
            " GROUP BY c.id, k.id, k.label"
        )
    };
}

/// The body that certifies with this store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificationBody {
    /// Its DID.
    pub did: String,
    /// Its name.
    pub name: String,
    /// The issuer id whose key signs its credentials and statements.
    pub issuer: String,
    /// Where it publishes: an `https://` URL without slash at the end.
    pub base_url: String,
}

/// The cars of the certificates in force that end at `$1` or later, and of one of them.
const CERTIFIED: &str = certified!("");
const CERTIFIED_ONE: &str = certified!(" AND c.id = $2");

/// How far everything goes on which the standing of a certificate by kilometres rests, but for the states of cases: two that are
/// equal say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedSoFar {
    /// Entries of the log.
    pub size: u64,
    /// Erasures.
    pub erasures: u64,
}

/// The history of a certified car, and how far it goes: two that are equal say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertifiedHistory {
    /// The car.
    pub label: Label,
    /// The log index of the statement that issued the certificate; `None` where the log does not have it yet.
    pub issued_at: Option<u64>,
    /// The log index of the last statement about it.
    pub newest: u64,
    /// How many of its statements are kept: erasing a car takes them away.
    pub kept: u64,
}

/// A mandate, with the last day that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMandate {
    /// Its number.
    pub id: i64,
    /// Whose.
    pub person: String,
    /// For what.
    pub activity: String,
    /// What it rests on.
    pub competence: String,
    /// For which chemistries, separated by commas.
    pub chemistries: String,
    /// First day, in days since 1970-01-01.
    pub first_day: i64,
    /// Last day; before the first where the mandate was ended before it began.
    pub last_day: i64,
}

/// A case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCase {
    /// Its id.
    pub id: String,
    /// The car.
    pub label: Label,
    /// Where it stands.
    pub state: String,
}

/// A step to be recorded.
#[derive(Clone, Debug)]
pub struct NewStep {
    /// Its place in the case, from 1.
    pub number: u32,
    /// What it is.
    pub kind: &'static str,
    /// When, in Unix seconds.
    pub at: i64,
    /// By whom; `None` from outside or by rule.
    pub person: Option<String>,
    /// The duty it carries out, where it is one that nobody may combine with another.
    pub duty: Option<&'static str>,
    /// The record's hash.
    pub hash: [u8; 32],
    /// The hash of the record before.
    pub previous: [u8; 32],
    /// The record.
    pub record: String,
}

/// A certificate to be recorded, or recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCertificate {
    /// Its number.
    pub id: String,
    /// Its case.
    pub case: String,
    /// The number of the step that granted it.
    pub granted: u32,
    /// SHA-256 of the signed credential.
    pub credential: [u8; 32],
    /// The same of its twin without vehicle id.
    pub redacted: [u8; 32],
    /// When it was issued, in Unix seconds.
    pub issued: i64,
    /// Its last moment.
    pub valid_until: i64,
    /// It ends at this odometer reading.
    pub odometer_limit_km: u32,
    /// Grade.
    pub grade: String,
    /// Maker.
    pub make: String,
    /// Model.
    pub model: String,
    /// The pair of status lists.
    pub list: u32,
    /// Its bit in them.
    pub position: u32,
}

/// What one operation writes, all or nothing.
#[derive(Clone, Debug, Default)]
pub struct CaseWrite {
    /// The state after it.
    pub state: &'static str,
    /// The steps, in order.
    pub steps: Vec<NewStep>,
    /// Documents by their hash.
    pub documents: Vec<([u8; 32], String)>,
    /// A new certificate.
    pub certificate: Option<StoredCertificate>,
    /// A statement for the log, with its digest and the number of its step.
    pub statement: Option<(Digest, u32, String)>,
    /// By which account the steps were taken, where they were taken over the network.
    pub account: Option<StepAccount>,
    /// The act for the trail, likewise.
    pub deed: Option<Deed>,
}

/// An account, and the person it acts as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepAccount {
    /// The account's name.
    pub account: String,
    /// The person's id.
    pub person: String,
}

/// Who applied over the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredApplicant {
    /// The organisation.
    pub organisation: String,
    /// The account that sent the application.
    pub account: String,
}

/// An assessment that was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAssessment {
    /// SHA-256 of its bytes.
    pub hash: [u8; 32],
    /// By which account.
    pub account: String,
    /// When, in Unix seconds.
    pub at: i64,
    /// What a list shows of it; `None` where it was handed in before summaries were kept, or its car was erased.
    pub summary: Option<String>,
}

/// What a summary is encrypted as: not as the assessment, so that neither can be put in the other's place.
fn summary_digest(assessment: &[u8; 32]) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"carnet assessment summary\0")
        .chain_update(assessment)
        .finalize()
        .into()
}

impl Store {
    /// The body that certifies here, if one was set up.
    ///
    /// # Errors
    /// The database failed.
    pub async fn certification_body(&self) -> Result<Option<CertificationBody>, StoreError> {
        let row = query("SELECT did, name, issuer, base_url FROM certification_body WHERE id = 1")
            .fetch_optional(&self.db)
            .await?;
        row.map(|row| {
            Ok(CertificationBody {
                did: row.try_get("did")?,
                name: row.try_get("name")?,
                issuer: row.try_get("issuer")?,
                base_url: row.try_get("base_url")?,
            })
        })
        .transpose()
    }

    /// Sets up the body, once.
    ///
    /// # Errors
    /// There is one already, or the database failed.
    pub async fn set_certification_body(
        &self,
        body: &CertificationBody,
        deed: &Deed,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        query("INSERT INTO certification_body (id, did, name, issuer, base_url) VALUES (1, $1, $2, $3, $4)")
            .bind(&body.did)
            .bind(&body.name)
            .bind(&body.issuer)
            .bind(&body.base_url)
            .execute(&mut *tx)
            .await?;
        self.write_deed(&mut tx, deed).await?;
        self.commit("certification body", tx).await
    }

    /// Everybody who works for the body: id and name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn certification_people(&self) -> Result<Vec<(String, String)>, StoreError> {
        let rows = query("SELECT id, name FROM certification_person ORDER BY id")
            .fetch_all(&self.db)
            .await?;
        rows.iter()
            .map(|row| Ok((row.try_get("id")?, row.try_get("name")?)))
            .collect()
    }

    /// Adds a person who is not known yet.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_certification_person(&self, id: &str, name: &str) -> Result<(), StoreError> {
        query("INSERT INTO certification_person (id, name) VALUES ($1, $2)")
            .bind(id)
            .bind(name)
            .execute(&self.db)
            .await?;
        Ok(())
    }

    /// All mandates ever given, oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn mandates(&self) -> Result<Vec<StoredMandate>, StoreError> {
        let rows = query(
            "SELECT m.id, m.person, m.activity, m.competence, m.chemistries, m.first_day,
                    COALESCE(e.last_day, m.last_day) AS last_day
             FROM certification_mandate m LEFT JOIN certification_mandate_end e ON e.mandate = m.id ORDER BY m.id",
        )
        .fetch_all(&self.db)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(StoredMandate {
                    id: row.try_get("id")?,
                    person: row.try_get("person")?,
                    activity: row.try_get("activity")?,
                    competence: row.try_get("competence")?,
                    chemistries: row.try_get("chemistries")?,
                    first_day: row.try_get("first_day")?,
                    last_day: row.try_get("last_day")?,
                })
            })
            .collect()
    }

    /// Gives a mandate; its number is given by the database.
    ///
    /// # Errors
    /// The person is not known, or the database failed.
    pub async fn add_mandate(&self, mandate: &StoredMandate, deed: &Deed) -> Result<i64, StoreError> {
        let mut tx = self.write().await?;
        let row = query(
            "INSERT INTO certification_mandate (person, activity, competence, chemistries, first_day, last_day)
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        )
        .bind(&mandate.person)
        .bind(&mandate.activity)
        .bind(&mandate.competence)
        .bind(&mandate.chemistries)
        .bind(mandate.first_day)
        .bind(mandate.last_day)
        .fetch_one(&mut *tx)
        .await?;
        let id = row.try_get("id")?;
        self.write_deed(&mut tx, deed).await?;
        self.commit("mandate", tx).await?;
        Ok(id)
    }

    /// Ends a mandate early, once.
    ///
    /// # Errors
    /// There is no such mandate, it was ended before, or the database failed.
    pub async fn end_mandate(&self, id: i64, last_day: i64, deed: &Deed) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        query("INSERT INTO certification_mandate_end (mandate, last_day) VALUES ($1, $2)")
            .bind(id)
            .bind(last_day)
            .execute(&mut *tx)
            .await?;
        self.write_deed(&mut tx, deed).await?;
        self.commit("mandate end", tx).await
    }

    /// How many cases were ever opened.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_cases(&self) -> Result<u64, StoreError> {
        let count: i64 = query_scalar("SELECT count(*) FROM certification_case")
            .fetch_one(&self.db)
            .await?;
        unsigned("certification_case", count)
    }

    /// The case with this id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn case(&self, id: &str) -> Result<Option<StoredCase>, StoreError> {
        let row = query("SELECT id, label, state FROM certification_case WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.db)
            .await?;
        row.as_ref().map(case_of).transpose()
    }

    /// All cases, oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn cases(&self) -> Result<Vec<StoredCase>, StoreError> {
        let rows = query("SELECT id, label, state FROM certification_case ORDER BY opened, id")
            .fetch_all(&self.db)
            .await?;
        rows.iter().map(case_of).collect()
    }

    /// The audit records of a case, in order; those whose car was erased are `Erased`.
    ///
    /// # Errors
    /// The database failed, or a record cannot be decrypted.
    pub async fn case_records(&self, case: &StoredCase) -> Result<Vec<Content>, StoreError> {
        let key = self.car_key(&case.label).await?;
        let rows = query("SELECT hash, record FROM certification_step WHERE case_id = $1 ORDER BY number")
            .bind(&case.id)
            .fetch_all(&self.db)
            .await?;
        let mut records = Vec::with_capacity(rows.len());
        for row in &rows {
            let hash = bytes32("certification_step", row.try_get("hash")?)?;
            let sealed: Vec<u8> = row.try_get("record")?;
            records.push(self.unseal(key.as_ref(), &case.label, hash, &sealed).await?);
        }
        Ok(records)
    }

    /// A document of a case, by its hash.
    ///
    /// # Errors
    /// The database failed, or the document cannot be decrypted.
    pub async fn case_document(
        &self,
        case: &StoredCase,
        hash: [u8; 32],
    ) -> Result<Option<Content>, StoreError> {
        let sealed: Option<Vec<u8>> =
            query_scalar("SELECT content FROM certification_document WHERE hash = $1 AND case_id = $2")
                .bind(hash.to_vec())
                .bind(&case.id)
                .fetch_optional(&self.db)
                .await?;
        let Some(sealed) = sealed else { return Ok(None) };
        let key = self.car_key(&case.label).await?;
        let content = self.unseal(key.as_ref(), &case.label, hash, &sealed).await?;
        Ok(Some(content))
    }

    /// Opens a case with its first step.
    ///
    /// # Errors
    /// The id is taken, or the database failed; then nothing was written.
    pub async fn open_case(
        &self,
        case: &StoredCase,
        opened: i64,
        applicant: Option<&StoredApplicant>,
        write: &CaseWrite,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let taken: i64 = query_scalar("SELECT count(*) FROM certification_case WHERE id = $1")
            .bind(&case.id)
            .fetch_one(&mut *tx)
            .await?;
        if taken > 0 {
            return Err(StoreError::CaseChanged(case.id.clone()));
        }
        query("INSERT INTO certification_case (id, label, opened, state) VALUES ($1, $2, $3, $4)")
            .bind(&case.id)
            .bind(case.label.0.to_vec())
            .bind(opened)
            .bind(write.state)
            .execute(&mut *tx)
            .await?;
        if let Some(applicant) = applicant {
            query("INSERT INTO certification_applicant (case_id, organisation, account) VALUES ($1, $2, $3)")
                .bind(&case.id)
                .bind(&applicant.organisation)
                .bind(&applicant.account)
                .execute(&mut *tx)
                .await?;
        }
        self.write_steps(&mut tx, case, write).await?;
        self.commit("certification case", tx).await
    }

    /// Records steps of a case, with all they bring along.
    ///
    /// # Errors
    /// Somebody else took a step in between, the schema refuses a person's duty, or the database failed; then nothing was
    /// written.
    pub async fn write_case(&self, case: &StoredCase, write: &CaseWrite) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        query("UPDATE certification_case SET state = $1 WHERE id = $2")
            .bind(write.state)
            .bind(&case.id)
            .execute(&mut *tx)
            .await?;
        self.write_steps(&mut tx, case, write).await?;
        self.commit("certification step", tx).await
    }

    async fn write_steps(
        &self,
        tx: &mut Connection,
        case: &StoredCase,
        write: &CaseWrite,
    ) -> Result<(), StoreError> {
        let key = self.car_key_in(tx, &case.label).await?;
        for (hash, content) in &write.documents {
            write_document(tx, case, &key, hash, content).await?;
        }
        if let Some(first) = write.steps.first() {
            let taken: i64 = query_scalar("SELECT count(*) FROM certification_step WHERE case_id = $1")
                .bind(&case.id)
                .fetch_one(&mut *tx)
                .await?;
            // A step that would leave a gap is refused by the schema.
            if taken >= i64::from(first.number) {
                return Err(StoreError::CaseChanged(case.id.clone()));
            }
        }
        for step in &write.steps {
            if let (Some(person), Some(duty)) = (&step.person, step.duty) {
                // A second round finds the row of the first; another duty than that breaks the step's reference to it. Nothing of
                // the scheme is inserted over what is there: the triggers refuse that before a conflict could be passed over.
                query(
                    "INSERT INTO certification_duty (case_id, person, duty) SELECT $1, $2, $3
                     WHERE NOT EXISTS (SELECT 1 FROM certification_duty WHERE case_id = $1 AND person = $2)",
                )
                .bind(&case.id)
                .bind(person)
                .bind(duty)
                .execute(&mut *tx)
                .await?;
            }
            query(
                "INSERT INTO certification_step (case_id, number, kind, at, person, duty, hash, previous, record)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(&case.id)
            .bind(i64::from(step.number))
            .bind(step.kind)
            .bind(step.at)
            .bind(&step.person)
            .bind(step.duty)
            .bind(step.hash.to_vec())
            .bind(step.previous.to_vec())
            .bind(vault::seal(&key, &Digest(step.hash), &step.record)?)
            .execute(&mut *tx)
            .await?;
            if let (Some(by), Some(_)) = (&write.account, &step.person) {
                query(
                    "INSERT INTO certification_step_account (case_id, number, account, person)
                     VALUES ($1, $2, $3, $4)",
                )
                .bind(&case.id)
                .bind(i64::from(step.number))
                .bind(&by.account)
                .bind(&by.person)
                .execute(&mut *tx)
                .await?;
            }
        }
        if let Some(certificate) = &write.certificate {
            query(
                "INSERT INTO certificate (id, case_id, granted, granted_how, credential, redacted, issued, valid_until,
                                          odometer_limit_km, grade, make, model, list, position)
                 VALUES ($1, $2, $3, 'granted', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            )
            .bind(&certificate.id)
            .bind(&certificate.case)
            .bind(i64::from(certificate.granted))
            .bind(certificate.credential.to_vec())
            .bind(certificate.redacted.to_vec())
            .bind(certificate.issued)
            .bind(certificate.valid_until)
            .bind(i64::from(certificate.odometer_limit_km))
            .bind(&certificate.grade)
            .bind(&certificate.make)
            .bind(&certificate.model)
            .bind(i64::from(certificate.list))
            .bind(i64::from(certificate.position))
            .execute(&mut *tx)
            .await?;
        }
        if let Some((digest, number, content)) = &write.statement {
            query(
                "INSERT INTO certification_statement (digest, case_id, number, content) VALUES ($1, $2, $3, $4)",
            )
            .bind(digest.0.to_vec())
            .bind(&case.id)
            .bind(i64::from(*number))
            .bind(vault::seal(&key, digest, content)?)
            .execute(&mut *tx)
            .await?;
        }
        if let Some(deed) = &write.deed {
            self.write_deed(tx, deed).await?;
        }
        Ok(())
    }

    /// Has an account act as a person of the body, for ever. `false` where it acts as somebody already. Its password, sessions
    /// and tokens end with that: whoever chose or knew them is not that person.
    ///
    /// # Errors
    /// There is no such account or person, or the database failed.
    pub async fn give_account(&self, by: &StepAccount, at: i64, deed: &Deed) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let there: i64 = query_scalar("SELECT count(*) FROM certification_account WHERE account = $1")
            .bind(&by.account)
            .fetch_one(&mut *tx)
            .await?;
        if there > 0 {
            self.end(tx).await?;
            return Ok(false);
        }
        query("INSERT INTO certification_account (account, person, given) VALUES ($1, $2, $3)")
            .bind(&by.account)
            .bind(&by.person)
            .bind(at)
            .execute(&mut *tx)
            .await?;
        query("UPDATE account SET password = $1 WHERE name = $2")
            .bind(NO_PASSWORD)
            .bind(&by.account)
            .execute(&mut *tx)
            .await?;
        query("UPDATE api_token SET revoked = $1 WHERE account = $2 AND revoked IS NULL")
            .bind(at)
            .bind(&by.account)
            .execute(&mut *tx)
            .await?;
        end_sessions(&mut tx, &by.account, None).await?;
        self.write_deed(&mut tx, deed).await?;
        self.commit("certification account", tx).await?;
        Ok(true)
    }

    /// Which account acts as which person, by account.
    ///
    /// # Errors
    /// The database failed.
    pub async fn certification_accounts(&self) -> Result<Vec<StepAccount>, StoreError> {
        let rows = query("SELECT account, person FROM certification_account ORDER BY account")
            .fetch_all(&self.db)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(StepAccount {
                    account: row.try_get("account")?,
                    person: row.try_get("person")?,
                })
            })
            .collect()
    }

    /// By which accounts the steps of a case were taken: number and account. Steps taken elsewhere are not there.
    ///
    /// # Errors
    /// The database failed.
    pub async fn step_accounts(&self, case: &str) -> Result<Vec<(u32, String)>, StoreError> {
        let rows = query(
            "SELECT number, account FROM certification_step_account WHERE case_id = $1 ORDER BY number",
        )
        .bind(case)
        .fetch_all(&self.db)
        .await?;
        rows.iter()
            .map(|row| {
                let number: i64 = row.try_get("number")?;
                let number = u32::try_from(number).map_err(|_| {
                    StoreError::row("certification_step_account", format!("number is {number}"))
                })?;
                Ok((number, row.try_get("account")?))
            })
            .collect()
    }

    /// Who applied for a case; `None` where that was not done over the network.
    ///
    /// # Errors
    /// The database failed.
    pub async fn applicant(&self, case: &str) -> Result<Option<StoredApplicant>, StoreError> {
        let row = query("SELECT organisation, account FROM certification_applicant WHERE case_id = $1")
            .bind(case)
            .fetch_optional(&self.db)
            .await?;
        row.map(|row| {
            Ok(StoredApplicant {
                organisation: row.try_get("organisation")?,
                account: row.try_get("account")?,
            })
        })
        .transpose()
    }

    /// The newest cases before one, newest first: all of them, or those for which an organisation applied.
    ///
    /// # Errors
    /// The database failed.
    pub async fn newest_cases(
        &self,
        organisation: Option<&str>,
        before: Option<&str>,
        most: u32,
    ) -> Result<Vec<StoredCase>, StoreError> {
        let rows = query(
            "SELECT k.id, k.label, k.state FROM certification_case k
             LEFT JOIN certification_applicant a ON a.case_id = k.id
             WHERE ($1 = '' OR a.organisation = $1)
               AND ($2 = '' OR length(k.id) < length($2) OR (length(k.id) = length($2) AND k.id < $2))
             ORDER BY length(k.id) DESC, k.id DESC LIMIT $3",
        )
        .bind(organisation.unwrap_or_default())
        .bind(before.unwrap_or_default())
        .bind(i64::from(most))
        .fetch_all(&self.db)
        .await?;
        rows.iter().map(case_of).collect()
    }

    /// Keeps an assessment of telemetry with its case, encrypted under the car's key; the same one by the same account is
    /// there once. `false` where the case has `most` already.
    ///
    /// # Errors
    /// There is no such account, or the database failed.
    pub async fn hand_in(
        &self,
        case: &StoredCase,
        assessment: &StoredAssessment,
        content: &str,
        most: u32,
        deed: &Deed,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let others: i64 = query_scalar(
            "SELECT count(*) FROM certification_assessment WHERE case_id = $1 AND NOT (hash = $2 AND account = $3)",
        )
        .bind(&case.id)
        .bind(assessment.hash.to_vec())
        .bind(&assessment.account)
        .fetch_one(&mut *tx)
        .await?;
        if others >= i64::from(most) {
            self.end(tx).await?;
            return Ok(false);
        }
        let key = self.car_key_in(&mut tx, &case.label).await?;
        write_document(&mut tx, case, &key, &assessment.hash, content).await?;
        let summary = assessment.summary.as_ref().map(|summary| {
            let digest = Digest(summary_digest(&assessment.hash));
            vault::seal(&key, &digest, summary)
        });
        query(
            "INSERT INTO certification_assessment (case_id, hash, account, at, summary) SELECT $1, $2, $3, $4, $5
             WHERE NOT EXISTS
                 (SELECT 1 FROM certification_assessment WHERE case_id = $1 AND hash = $2 AND account = $3)",
        )
        .bind(&case.id)
        .bind(assessment.hash.to_vec())
        .bind(&assessment.account)
        .bind(assessment.at)
        .bind(summary.transpose()?)
        .execute(&mut *tx)
        .await?;
        self.write_deed(&mut tx, deed).await?;
        self.commit("certification assessment", tx).await?;
        Ok(true)
    }

    /// The assessments that were handed in for a case, oldest first, with their summaries.
    ///
    /// # Errors
    /// The database failed, or a summary cannot be decrypted.
    pub async fn assessments(&self, case: &StoredCase) -> Result<Vec<StoredAssessment>, StoreError> {
        let rows = query(
            "SELECT hash, account, at, summary FROM certification_assessment WHERE case_id = $1 ORDER BY at, hash, account",
        )
        .bind(&case.id)
        .fetch_all(&self.db)
        .await?;
        let key = self.car_key(&case.label).await?;
        let mut assessments = Vec::with_capacity(rows.len());
        for row in &rows {
            let hash = bytes32("certification_assessment", row.try_get("hash")?)?;
            let sealed: Option<Vec<u8>> = row.try_get("summary")?;
            let summary = match sealed {
                Some(sealed) => {
                    let digest = summary_digest(&hash);
                    match self.unseal(key.as_ref(), &case.label, digest, &sealed).await? {
                        Content::Present(text) => Some(text),
                        Content::Erased => None,
                    }
                }
                None => None,
            };
            assessments.push(StoredAssessment {
                hash,
                account: row.try_get("account")?,
                at: row.try_get("at")?,
                summary,
            });
        }
        Ok(assessments)
    }

    /// Whether an assessment was handed in for a case.
    ///
    /// # Errors
    /// The database failed.
    pub async fn was_handed_in(&self, case: &str, hash: &[u8; 32]) -> Result<bool, StoreError> {
        let rows: i64 =
            query_scalar("SELECT count(*) FROM certification_assessment WHERE case_id = $1 AND hash = $2")
                .bind(case)
                .bind(hash.to_vec())
                .fetch_one(&self.db)
                .await?;
        Ok(rows > 0)
    }

    /// All certificates with the state of their cases, oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn certificates(&self) -> Result<Vec<(StoredCertificate, String)>, StoreError> {
        let rows = query(
            "SELECT c.*, k.state FROM certificate c JOIN certification_case k ON k.id = c.case_id
             ORDER BY c.issued, c.id",
        )
        .fetch_all(&self.db)
        .await?;
        rows.iter()
            .map(|row| Ok((certificate_of(row)?, row.try_get("state")?)))
            .collect()
    }

    /// How far the log goes, and how many erasures there were.
    ///
    /// # Errors
    /// The database failed.
    pub async fn recorded_so_far(&self) -> Result<RecordedSoFar, StoreError> {
        let row = query("SELECT size, (SELECT count(*) FROM erasure) AS erasures FROM log WHERE id = 1")
            .fetch_one(&self.db)
            .await?;
        Ok(RecordedSoFar {
            size: unsigned("log", row.try_get("size")?)?,
            erasures: unsigned("erasure", row.try_get("erasures")?)?,
        })
    }

    /// The cars of the certificates that are in force and end at `now` or later, by the certificate's number; or of one of them.
    ///
    /// # Errors
    /// The database failed.
    pub async fn certified_histories(
        &self,
        now: i64,
        only: Option<&str>,
    ) -> Result<HashMap<String, CertifiedHistory>, StoreError> {
        let asked = match only {
            Some(certificate) => query(CERTIFIED_ONE).bind(now).bind(certificate),
            None => query(CERTIFIED).bind(now),
        };
        let rows = asked.fetch_all(&self.db).await?;
        rows.iter()
            .map(|row| {
                let issued_at: Option<i64> = row.try_get("issued_at")?;
                let history = CertifiedHistory {
                    label: Label(bytes32("certification_case", row.try_get("label")?)?),
                    issued_at: issued_at.map(|at| unsigned("statement", at)).transpose()?,
                    newest: unsigned("statement", row.try_get("newest")?)?,
                    kept: unsigned("statement", row.try_get("kept")?)?,
                };
                Ok((row.try_get("id")?, history))
            })
            .collect()
    }

    /// The certificate with this number, or of this case.
    ///
    /// # Errors
    /// The database failed.
    pub async fn certificate(&self, id_or_case: &str) -> Result<Option<StoredCertificate>, StoreError> {
        let row = query("SELECT * FROM certificate WHERE id = $1 OR case_id = $1")
            .bind(id_or_case)
            .fetch_optional(&self.db)
            .await?;
        row.as_ref().map(certificate_of).transpose()
    }

    /// The statements that steps owe the log and that it has not accepted yet. Those of an erased car are owed no more.
    ///
    /// # Errors
    /// The database failed, or a statement cannot be decrypted.
    pub async fn owed_statements(&self) -> Result<Vec<String>, StoreError> {
        let rows = query(
            "SELECT o.digest, o.content, k.label
             FROM certification_statement o JOIN certification_case k ON k.id = o.case_id
             WHERE NOT EXISTS (SELECT 1 FROM statement s WHERE s.digest = o.digest) ORDER BY o.case_id, o.number",
        )
        .fetch_all(&self.db)
        .await?;
        let mut owed = Vec::with_capacity(rows.len());
        for row in &rows {
            let digest = bytes32("certification_statement", row.try_get("digest")?)?;
            let label = Label(bytes32("certification_case", row.try_get("label")?)?);
            let sealed: Vec<u8> = row.try_get("content")?;
            let key = self.car_key(&label).await?;
            if let Content::Present(content) = self.unseal(key.as_ref(), &label, digest, &sealed).await? {
                owed.push(content);
            }
        }
        Ok(owed)
    }

    /// Whether a case owes the log a statement that it has not accepted yet.
    ///
    /// # Errors
    /// The database failed.
    pub async fn owes_statement(&self, case: &str) -> Result<bool, StoreError> {
        let owed: i64 = query_scalar(
            "SELECT count(*) FROM certification_statement o WHERE o.case_id = $1
             AND NOT EXISTS (SELECT 1 FROM statement s WHERE s.digest = o.digest)",
        )
        .bind(case)
        .fetch_one(&self.db)
        .await?;
        Ok(owed > 0)
    }

    /// The cases of which a statement that a step brought along is not sealed yet: the log has not accepted it, or it waits.
    ///
    /// # Errors
    /// The database failed.
    pub async fn cases_awaiting_log(&self) -> Result<BTreeSet<String>, StoreError> {
        let rows = query(
            "SELECT DISTINCT o.case_id FROM certification_statement o
             WHERE NOT EXISTS (SELECT 1 FROM statement s WHERE s.digest = o.digest AND s.log_index IS NOT NULL)",
        )
        .fetch_all(&self.db)
        .await?;
        rows.iter().map(|row| Ok(row.try_get("case_id")?)).collect()
    }

    /// The car's content key, if it has one.
    async fn car_key(&self, label: &Label) -> Result<Option<Secret>, StoreError> {
        let wrapped: Option<Vec<u8>> = query_scalar("SELECT wrapped FROM vehicle_key WHERE label = $1")
            .bind(label.0.to_vec())
            .fetch_optional(&self.db)
            .await?;
        wrapped
            .map(|wrapped| self.unwrap_car_key(label, &wrapped))
            .transpose()
    }

    /// The car's content key, made where it has none.
    async fn car_key_in(&self, tx: &mut Connection, label: &Label) -> Result<Secret, StoreError> {
        let wrapped: Option<Vec<u8>> = query_scalar("SELECT wrapped FROM vehicle_key WHERE label = $1")
            .bind(label.0.to_vec())
            .fetch_optional(&mut *tx)
            .await?;
        if let Some(wrapped) = wrapped {
            return self.unwrap_car_key(label, &wrapped);
        }
        let (key, wrapped) = self.vault.new_vehicle_key(label)?;
        query("INSERT INTO vehicle_key (label, wrapped) VALUES ($1, $2)")
            .bind(label.0.to_vec())
            .bind(wrapped)
            .execute(&mut *tx)
            .await?;
        Ok(key)
    }

    fn unwrap_car_key(&self, label: &Label, wrapped: &[u8]) -> Result<Secret, StoreError> {
        let other = || StoreError::ContentKey("vehicle_key");
        self.vault.unwrap(label, wrapped).ok_or_else(other)
    }

    /// What was sealed under the car's key. Where that key is gone, or is a later one than the content's, an erasure must
    /// account for it; otherwise the row is damaged.
    async fn unseal(
        &self,
        key: Option<&Secret>,
        label: &Label,
        hash: [u8; 32],
        sealed: &[u8],
    ) -> Result<Content, StoreError> {
        let opened = key
            .ok_or(StoreError::Sealed(Digest(hash)))
            .and_then(|key| vault::open(key, &Digest(hash), sealed));
        match opened {
            Ok(text) => Ok(Content::Present(text)),
            Err(_) if !self.erasures(label).await?.is_empty() => Ok(Content::Erased),
            Err(error) => Err(error),
        }
    }
}

async fn write_document(
    tx: &mut Connection,
    case: &StoredCase,
    key: &Secret,
    hash: &[u8; 32],
    content: &str,
) -> Result<(), StoreError> {
    query(
        "INSERT INTO certification_document (hash, case_id, content) SELECT $1, $2, $3
         WHERE NOT EXISTS (SELECT 1 FROM certification_document WHERE case_id = $2 AND hash = $1)",
    )
    .bind(hash.to_vec())
    .bind(&case.id)
    .bind(vault::seal(key, &Digest(*hash), content)?)
    .execute(tx)
    .await?;
    Ok(())
}

fn case_of(row: &Row) -> Result<StoredCase, StoreError> {
    Ok(StoredCase {
        id: row.try_get("id")?,
        label: Label(bytes32("certification_case", row.try_get("label")?)?),
        state: row.try_get("state")?,
    })
}

fn certificate_of(row: &Row) -> Result<StoredCertificate, StoreError> {
    let small = |name: &str| {
        let value: i64 = row.try_get(name)?;
        u32::try_from(value).map_err(|_| StoreError::row("certificate", format!("{name} is {value}")))
    };
    Ok(StoredCertificate {
        id: row.try_get("id")?,
        case: row.try_get("case_id")?,
        granted: small("granted")?,
        credential: bytes32("certificate", row.try_get("credential")?)?,
        redacted: bytes32("certificate", row.try_get("redacted")?)?,
        issued: row.try_get("issued")?,
        valid_until: row.try_get("valid_until")?,
        odometer_limit_km: small("odometer_limit_km")?,
        grade: row.try_get("grade")?,
        make: row.try_get("make")?,
        model: row.try_get("model")?,
        list: small("list")?,
        position: small("position")?,
    })
}
