//! Four eyes in the database: whoever writes to it, and in whatever order, no person has two duties on one case.

use index::Label;
use statement::Digest;
use store::{
    CaseWrite, CertificationBody, Content, Deed, NewStep, StepAccount, Store, StoreError, StoredAccount,
    StoredApplicant, StoredAssessment, StoredCase, StoredCertificate, StoredMandate, StoredOrganisation,
};
use test_servers::is_left_out;

use crate::test_log::TestLog;

const CAR: Label = Label([7; 32]);

fn case() -> StoredCase {
    StoredCase {
        id: "C-000001".to_owned(),
        label: CAR,
        state: "applied".to_owned(),
    }
}

/// A step whose hash is its number, so that the next can follow it.
fn step(number: u8, kind: &'static str, person: Option<&str>) -> NewStep {
    NewStep {
        number: u32::from(number),
        kind,
        at: 1_790_000_000 + i64::from(number),
        person: person.map(str::to_owned),
        duty: match kind {
            "evaluated" => Some("evaluate"),
            "reviewed" => Some("review"),
            "granted" | "refused" => Some("decide"),
            _ => None,
        },
        hash: [number; 32],
        previous: [number - 1; 32],
        record: format!("record {number}"),
    }
}

async fn take(store: &Store, state: &'static str, step: NewStep) -> Result<(), String> {
    let write = CaseWrite {
        state,
        steps: vec![step],
        ..CaseWrite::default()
    };
    store.write_case(&case(), &write).await.map_err(|e| e.to_string())
}

/// A case that is accepted, and four people with every mandate but one.
async fn accepted() -> (TestLog, Store) {
    let (log, store) = TestLog::create().await;
    for person in ["kim", "lee", "park", "novice"] {
        store.add_certification_person(person, person).await.unwrap();
        for activity in ["evaluate", "review", "decide"] {
            let mandate = StoredMandate {
                id: 0,
                person: person.to_owned(),
                activity: activity.to_owned(),
                competence: "sample".to_owned(),
                chemistries: "NMC".to_owned(),
                // The novice's mandates begin long after the case.
                first_day: if person == "novice" { 40_000 } else { 0 },
                last_day: 50_000,
            };
            store.add_mandate(&mandate, &deed("give mandate")).await.unwrap();
        }
    }
    let open = CaseWrite {
        state: "applied",
        steps: vec![step(1, "applied", None)],
        documents: vec![
            ([0xd0; 32], "credential".to_owned()),
            ([0xd1; 32], "twin".to_owned()),
        ],
        ..CaseWrite::default()
    };
    store
        .open_case(&case(), 1_790_000_000, None, &open)
        .await
        .unwrap();
    take(&store, "accepted", step(2, "application_accepted", Some("kim")))
        .await
        .unwrap();
    (log, store)
}

fn certificate(granted: u32) -> CaseWrite {
    CaseWrite {
        state: "in_force",
        certificate: Some(StoredCertificate {
            id: "CN-1".to_owned(),
            case: case().id,
            granted,
            credential: [0xd0; 32],
            redacted: [0xd1; 32],
            issued: 1_790_000_100,
            valid_until: 1_797_000_000,
            odometer_limit_km: 1,
            grade: "A".to_owned(),
            make: "M".to_owned(),
            model: "M".to_owned(),
            list: 1,
            position: 0,
        }),
        ..CaseWrite::default()
    }
}

#[tokio::test]
async fn no_person_gets_a_second_duty_on_a_case() {
    let (_log, store) = accepted().await;
    take(&store, "evaluated", step(3, "evaluated", Some("kim")))
        .await
        .unwrap();
    let refused = take(&store, "reviewed", step(4, "reviewed", Some("kim")))
        .await
        .unwrap_err();
    assert!(refused.to_lowercase().contains("foreign key"), "{refused}");
    // Nothing of the refused step stays, not even the state.
    assert_eq!(store.case("C-000001").await.unwrap().unwrap().state, "evaluated");
    take(&store, "reviewed", step(4, "reviewed", Some("lee")))
        .await
        .unwrap();
    for person in ["kim", "lee"] {
        assert!(
            take(&store, "granted", step(5, "granted", Some(person)))
                .await
                .is_err(),
            "{person}"
        );
    }
    take(&store, "granted", step(5, "granted", Some("park")))
        .await
        .unwrap();
    store.write_case(&case(), &certificate(5)).await.unwrap();
}

#[tokio::test]
async fn a_duty_is_not_hidden_by_leaving_it_out_or_naming_another() {
    let (_log, store) = accepted().await;
    for duty in [None, Some("decide")] {
        let hidden = NewStep {
            duty,
            ..step(3, "evaluated", Some("kim"))
        };
        let refused = take(&store, "evaluated", hidden).await.unwrap_err();
        assert!(refused.to_lowercase().contains("check"), "{refused}");
    }
    let nobody = step(3, "evaluated", None);
    assert!(take(&store, "evaluated", nobody).await.is_err());
    let by_novice = take(&store, "evaluated", step(3, "evaluated", Some("novice")))
        .await
        .unwrap_err();
    assert!(by_novice.contains("no mandate"), "{by_novice}");
}

#[tokio::test]
async fn nothing_is_granted_unreviewed_and_no_certificate_issued_ungranted() {
    let (_log, store) = accepted().await;
    take(&store, "evaluated", step(3, "evaluated", Some("kim")))
        .await
        .unwrap();
    let early = take(&store, "granted", step(4, "granted", Some("park")))
        .await
        .unwrap_err();
    assert!(early.contains("evaluated and reviewed"), "{early}");
    take(&store, "reviewed", step(4, "reviewed", Some("lee")))
        .await
        .unwrap();
    take(&store, "refused", step(5, "refused", Some("park")))
        .await
        .unwrap();
    for granted in [3, 4, 5, 6] {
        assert!(
            store.write_case(&case(), &certificate(granted)).await.is_err(),
            "{granted}"
        );
    }
    assert_eq!(store.certificates().await.unwrap(), []);
}

#[tokio::test]
async fn records_are_never_changed_deleted_forked_or_dated_back() {
    let (log, store) = accepted().await;
    let forked = take(&store, "accepted", step(2, "application_accepted", Some("lee"))).await;
    assert!(forked.is_err());
    let skipped = take(&store, "evaluated", step(4, "evaluated", Some("kim")))
        .await
        .unwrap_err();
    assert!(skipped.contains("must follow"), "{skipped}");
    let back = NewStep {
        at: 0,
        ..step(3, "evaluated", Some("kim"))
    };
    assert!(take(&store, "evaluated", back).await.is_err());
    take(&store, "evaluated", step(3, "evaluated", Some("kim")))
        .await
        .unwrap();
    store.close().await.unwrap();

    for tampering in [
        "UPDATE certification_step SET person = 'lee' WHERE number = 3",
        "DELETE FROM certification_step WHERE number = 3",
        "UPDATE certification_duty SET person = 'lee'",
        "DELETE FROM certification_duty",
        "UPDATE certification_mandate SET last_day = 90000",
        "DELETE FROM certification_mandate WHERE id = 12",
    ] {
        let refused = log.try_sql_all(&[tampering]).await.unwrap_err().to_string();
        assert!(refused.contains("never"), "{tampering}: {refused}");
    }
}

#[tokio::test]
async fn a_mandate_s_end_and_a_certificate_s_limits_are_never_changed() {
    let (log, store) = accepted().await;
    for (number, kind, person) in [
        (3, "evaluated", "kim"),
        (4, "reviewed", "lee"),
        (5, "granted", "park"),
    ] {
        take(&store, kind, step(number, kind, Some(person)))
            .await
            .unwrap();
    }
    store.write_case(&case(), &certificate(5)).await.unwrap();
    let mandate = store.mandates().await.unwrap()[0].id;
    store
        .end_mandate(mandate, 100, &deed("end mandate"))
        .await
        .unwrap();
    store.close().await.unwrap();
    for tampering in [
        "DELETE FROM certification_mandate_end",
        "UPDATE certification_mandate_end SET last_day = 90000",
        "UPDATE certificate SET valid_until = valid_until + 90000000",
        "UPDATE certificate SET odometer_limit_km = 3000000",
        "DELETE FROM certificate",
    ] {
        let refused = log.try_sql_all(&[tampering]).await.unwrap_err().to_string();
        assert!(refused.contains("never"), "{tampering}: {refused}");
    }
}

/// `INSERT OR REPLACE` deletes what is in its way without asking a trigger of deletion.
#[tokio::test]
async fn no_row_of_the_scheme_is_put_in_the_place_of_another() {
    if is_left_out("PostgreSQL has no INSERT OR REPLACE") {
        return;
    }
    let (log, store) = with_certificate().await;
    store
        .end_mandate(store.mandates().await.unwrap()[0].id, 100, &deed("end mandate"))
        .await
        .unwrap();
    store.close().await.unwrap();
    for tampering in [
        "INSERT OR REPLACE INTO certification_body
            SELECT 1, 'did:web:other.example', name, issuer, base_url FROM certification_body",
        "INSERT OR REPLACE INTO certification_person SELECT id, 'somebody else' FROM certification_person",
        "INSERT OR REPLACE INTO certification_mandate
            SELECT id, person, activity, competence, chemistries, first_day, 90000 FROM certification_mandate",
        "INSERT OR REPLACE INTO certification_mandate_end SELECT mandate, 90000 FROM certification_mandate_end",
        "INSERT OR REPLACE INTO certification_case SELECT id, label, opened, 'withdrawn' FROM certification_case",
        "INSERT OR REPLACE INTO certification_duty SELECT case_id, person, 'review' FROM certification_duty",
        // The last record, which no other follows.
        "INSERT OR REPLACE INTO certification_step
            SELECT case_id, number, kind, at, 'lee', duty, x'ff', previous, record FROM certification_step WHERE number = 5",
        "INSERT OR REPLACE INTO certification_step
            SELECT case_id, number + 1, kind, at, person, duty, hash, hash, record FROM certification_step WHERE number = 5",
        "INSERT OR REPLACE INTO certification_document SELECT case_id, hash, x'00' FROM certification_document",
        "INSERT OR REPLACE INTO certificate
            SELECT id, case_id, granted, granted_how, credential, redacted, issued, valid_until + 1, odometer_limit_km,
                   grade, make, model, list, position FROM certificate",
        // Each of its keys by itself.
        "INSERT OR REPLACE INTO certificate
            SELECT 'CN-2', case_id, granted, granted_how, x'01', x'02', issued, valid_until, odometer_limit_km,
                   grade, make, model, list, position + 1 FROM certificate",
        "INSERT OR REPLACE INTO certificate
            SELECT 'CN-2', 'C-9', granted, granted_how, credential, x'02', issued, valid_until, odometer_limit_km,
                   grade, make, model, list, position + 1 FROM certificate",
        "INSERT OR REPLACE INTO certificate
            SELECT 'CN-2', 'C-9', granted, granted_how, x'01', redacted, issued, valid_until, odometer_limit_km,
                   grade, make, model, list, position + 1 FROM certificate",
        "INSERT OR REPLACE INTO certificate
            SELECT 'CN-2', 'C-9', granted, granted_how, x'01', x'02', issued, valid_until, odometer_limit_km,
                   grade, make, model, list, position FROM certificate",
        "INSERT OR REPLACE INTO certification_statement
            SELECT digest, case_id, number, x'00' FROM certification_statement",
        "INSERT OR REPLACE INTO certification_assessment
            SELECT case_id, hash, account, at + 1, summary FROM certification_assessment",
    ] {
        let refused = log.try_sql_all(&[tampering]).await.unwrap_err().to_string();
        assert!(refused.contains("never"), "{tampering}: {refused}");
    }
}

#[tokio::test]
async fn what_the_scheme_wrote_down_is_never_changed_and_never_deleted() {
    let (log, store) = with_certificate().await;
    store.close().await.unwrap();
    for tampering in [
        "UPDATE certification_body SET did = 'did:web:other.example'",
        "DELETE FROM certification_body",
        "UPDATE certification_person SET name = 'somebody else' WHERE id = 'kim'",
        "DELETE FROM certification_person WHERE id = 'novice'",
        "UPDATE certification_case SET opened = opened + 1",
        "UPDATE certification_case SET label = hash FROM certification_step",
        "DELETE FROM certification_case",
        "UPDATE certification_document SET content = hash",
        "DELETE FROM certification_document",
        "UPDATE certification_statement SET content = digest",
        "DELETE FROM certification_statement",
        "UPDATE certification_assessment SET at = at + 1",
        "DELETE FROM certification_assessment",
    ] {
        let refused = log.try_sql_all(&[tampering]).await.unwrap_err().to_string();
        assert!(refused.contains("never"), "{tampering}: {refused}");
    }
}

/// A second case of the same car as [`case`], granted, with the certificate that is to be issued for it.
async fn granted_again(store: &Store, issued: i64) -> (StoredCase, CaseWrite) {
    let second = StoredCase {
        id: "C-000002".to_owned(),
        ..case()
    };
    let of_second = |number: u8, kind, person| NewStep {
        hash: [0x40 + number; 32],
        previous: [if number == 1 { 0 } else { 0x3f + number }; 32],
        ..step(number, kind, person)
    };
    let open = CaseWrite {
        state: "applied",
        steps: vec![of_second(1, "applied", None)],
        documents: vec![
            ([0xd2; 32], "credential".to_owned()),
            ([0xd3; 32], "twin".to_owned()),
        ],
        ..CaseWrite::default()
    };
    store
        .open_case(&second, 1_790_000_000, None, &open)
        .await
        .unwrap();
    for (number, kind, person) in [
        (2, "application_accepted", "kim"),
        (3, "evaluated", "kim"),
        (4, "reviewed", "lee"),
        (5, "granted", "park"),
    ] {
        let write = CaseWrite {
            state: kind.strip_prefix("application_").unwrap_or(kind),
            steps: vec![of_second(number, kind, Some(person))],
            ..CaseWrite::default()
        };
        store.write_case(&second, &write).await.unwrap();
    }
    let mut write = certificate(5);
    write.certificate = write.certificate.map(|first| StoredCertificate {
        id: "CN-2".to_owned(),
        case: second.id.clone(),
        credential: [0xd2; 32],
        redacted: [0xd3; 32],
        issued,
        valid_until: issued + 7_000_000,
        position: 1,
        ..first
    });
    (second, write)
}

#[tokio::test]
async fn a_car_has_one_certificate_at_a_time() {
    let (_log, store) = with_certificate().await;
    let (second, write) = granted_again(&store, 1_790_000_200).await;
    for state in ["in_force", "suspended"] {
        let first = CaseWrite {
            state,
            ..CaseWrite::default()
        };
        store.write_case(&case(), &first).await.unwrap();
        let refused = store.write_case(&second, &write).await.unwrap_err().to_string();
        assert!(refused.contains("withdraw that first"), "{state}: {refused}");
        assert_eq!(store.case(&second.id).await.unwrap().unwrap().state, "granted");
    }
    let withdrawn = CaseWrite {
        state: "withdrawn",
        ..CaseWrite::default()
    };
    store.write_case(&case(), &withdrawn).await.unwrap();
    store.write_case(&second, &write).await.unwrap();
}

#[tokio::test]
async fn a_certificate_whose_last_day_is_over_stands_in_no_other_s_way() {
    let (_log, store) = with_certificate().await;
    let after = 1_797_000_001;
    let (second, write) = granted_again(&store, after).await;
    store.write_case(&second, &write).await.unwrap();
}

#[tokio::test]
async fn erasing_a_car_erases_what_its_case_says() {
    let (_log, store) = accepted().await;
    let said = store.case_records(&case()).await.unwrap();
    assert_eq!(said[0], Content::Present("record 1".to_owned()));
    let owed = CaseWrite {
        state: "accepted",
        statement: Some((Digest([9; 32]), 2, "statement".to_owned())),
        ..CaseWrite::default()
    };
    store.write_case(&case(), &owed).await.unwrap();
    assert_eq!(store.owed_statements().await.unwrap(), ["statement"]);

    store
        .erase(&CAR, tlog::LeafIndex(0), b"notice", &[])
        .await
        .unwrap();
    let records = store.case_records(&case()).await.unwrap();
    assert!(
        records.iter().all(|record| *record == Content::Erased),
        "{records:?}"
    );
    let document = store.case_document(&case(), [0xd0; 32]).await.unwrap();
    assert_eq!(document, Some(Content::Erased));
    assert_eq!(store.owed_statements().await.unwrap(), [""; 0]);
}

const NOW: i64 = 1_790_000_000;

fn deed(act: &'static str) -> Deed {
    Deed {
        at: NOW,
        account: Some("kim@lab".to_owned()),
        token: None,
        organisation: Some("lab".to_owned()),
        act,
        subject: "C-000001".to_owned(),
        done: true,
    }
}

/// A case with its certificate, a body, a statement that is owed, and an assessment that was handed in.
async fn with_certificate() -> (TestLog, Store) {
    let (log, store) = with_accounts().await;
    let body = CertificationBody {
        did: "did:web:certs.example".to_owned(),
        name: "The body".to_owned(),
        issuer: "certifier".to_owned(),
        base_url: "https://certs.example".to_owned(),
    };
    store
        .set_certification_body(&body, &deed("set up"))
        .await
        .unwrap();
    let assessment = StoredAssessment {
        hash: [0xa0; 32],
        account: "kim@lab".to_owned(),
        at: NOW,
        summary: Some("summary".to_owned()),
    };
    let (of, by) = (case(), deed("hand in"));
    assert!(
        store
            .hand_in(&of, &assessment, "assessment", 10, &by)
            .await
            .unwrap()
    );
    for (number, kind, person) in [
        (3, "evaluated", "kim"),
        (4, "reviewed", "lee"),
        (5, "granted", "park"),
    ] {
        take(&store, kind, step(number, kind, Some(person)))
            .await
            .unwrap();
    }
    let issue = CaseWrite {
        statement: Some((Digest([9; 32]), 5, "statement".to_owned())),
        ..certificate(5)
    };
    store.write_case(&case(), &issue).await.unwrap();
    (log, store)
}

/// An accepted case, accounts for kim and lee, and one for whoever applied.
async fn with_accounts() -> (TestLog, Store) {
    let (log, store) = accepted().await;
    let organisation = StoredOrganisation {
        id: "lab".to_owned(),
        name: "The lab".to_owned(),
        issuer: None,
        created: NOW,
    };
    store
        .add_organisation(&organisation, &deed("make organisation"))
        .await
        .unwrap();
    for name in ["kim@lab", "lee@lab"] {
        let account = StoredAccount {
            name: name.to_owned(),
            display_name: name.to_owned(),
            organisation: "lab".to_owned(),
            role: "issuer".to_owned(),
            password: "$argon2id$v=19$none".to_owned(),
            created: NOW,
            disabled: None,
        };
        store.add_account(&account, &deed("make account")).await.unwrap();
        let by = acts(name, &name[..3]);
        assert!(store.give_account(&by, NOW, &deed("let certify")).await.unwrap());
    }
    (log, store)
}

fn acts(account: &str, person: &str) -> StepAccount {
    StepAccount {
        account: account.to_owned(),
        person: person.to_owned(),
    }
}

async fn take_by(
    store: &Store,
    state: &'static str,
    step: NewStep,
    account: StepAccount,
) -> Result<(), String> {
    let write = CaseWrite {
        state,
        steps: vec![step],
        account: Some(account),
        deed: Some(deed("take step")),
        ..CaseWrite::default()
    };
    store.write_case(&case(), &write).await.map_err(|e| e.to_string())
}

#[tokio::test]
async fn an_account_acts_as_one_person_for_ever() {
    let (log, store) = with_accounts().await;
    // Whoever chose the password before is not that person.
    let kim = store.account("kim@lab").await.unwrap().unwrap();
    assert_eq!(kim.password, store::NO_PASSWORD);
    let given = deed("reset password");
    assert!(
        !store
            .give_password("kim@lab", "$argon2id$x", &given)
            .await
            .unwrap()
    );
    assert!(
        !store
            .set_password("kim@lab", "$argon2id$x", Some(&[1; 32]), &given)
            .await
            .unwrap()
    );
    assert!(
        store
            .set_password("kim@lab", "$argon2id$x", None, &given)
            .await
            .unwrap()
    );
    let other = acts("kim@lab", "lee");
    assert!(
        !store
            .give_account(&other, NOW, &deed("let certify"))
            .await
            .unwrap()
    );
    for sql in [
        "UPDATE certification_account SET person = 'lee' WHERE account = 'kim@lab'",
        "DELETE FROM certification_account WHERE account = 'kim@lab'",
    ] {
        let refused = log.try_sql_all(&[sql]).await.unwrap_err().to_string();
        assert!(refused.contains("one person for ever"), "{refused}");
    }
}

#[tokio::test]
async fn a_step_is_recorded_for_no_account_that_acts_as_another_person() {
    let (_log, store) = with_accounts().await;
    // lee's step by kim's account, under either name.
    for person in ["lee", "kim"] {
        let step = step(3, "evaluated", Some("lee"));
        let refused = take_by(&store, "evaluated", step, acts("kim@lab", person))
            .await
            .unwrap_err();
        assert!(
            refused.to_lowercase().contains("foreign key"),
            "{person}: {refused}"
        );
    }
    assert_eq!(store.case("C-000001").await.unwrap().unwrap().state, "accepted");
    take_by(
        &store,
        "evaluated",
        step(3, "evaluated", Some("kim")),
        acts("kim@lab", "kim"),
    )
    .await
    .unwrap();
    assert_eq!(
        store.step_accounts("C-000001").await.unwrap(),
        [(3, "kim@lab".to_owned())]
    );
}

#[tokio::test]
async fn whoever_applied_takes_no_step_of_the_body_and_of_two_at_once_one_is_told() {
    let (_log, store) = with_accounts().await;
    let second = StoredCase {
        id: "C-000002".to_owned(),
        ..case()
    };
    let first_step = NewStep {
        hash: [0x21; 32],
        previous: [0; 32],
        ..step(1, "applied", None)
    };
    let open = CaseWrite {
        state: "applied",
        steps: vec![first_step],
        ..CaseWrite::default()
    };
    let applicant = StoredApplicant {
        organisation: "lab".to_owned(),
        account: "kim@lab".to_owned(),
    };
    store
        .open_case(&second, NOW, Some(&applicant), &open)
        .await
        .unwrap();
    let accepted = NewStep {
        hash: [0x22; 32],
        previous: [0x21; 32],
        ..step(2, "application_accepted", Some("kim"))
    };
    let write = |account: StepAccount| CaseWrite {
        state: "accepted",
        steps: vec![NewStep {
            person: Some(account.person.clone()),
            ..accepted.clone()
        }],
        account: Some(account),
        ..CaseWrite::default()
    };
    let own = store.write_case(&second, &write(acts("kim@lab", "kim"))).await;
    assert!(own.unwrap_err().to_string().contains("whoever applied"));
    let account = StoredAccount {
        name: "kim2@lab".to_owned(),
        password: "$argon2id$v=19$none".to_owned(),
        ..store.account("kim@lab").await.unwrap().unwrap()
    };
    store.add_account(&account, &deed("make account")).await.unwrap();
    let by = acts("kim2@lab", "kim");
    assert!(store.give_account(&by, NOW, &deed("let certify")).await.unwrap());
    let other_account = store.write_case(&second, &write(by)).await;
    assert!(other_account.unwrap_err().to_string().contains("whoever applied"));
    store
        .write_case(&second, &write(acts("lee@lab", "lee")))
        .await
        .unwrap();
    let late = store.write_case(&second, &write(acts("lee@lab", "lee"))).await;
    assert!(matches!(late, Err(StoreError::CaseChanged(_))), "{late:?}");
    assert_eq!(store.newest_cases(Some("lab"), None, 10).await.unwrap().len(), 1);
    assert_eq!(
        store.newest_cases(None, Some("C-000002"), 10).await.unwrap()[0].id,
        "C-000001"
    );
}
