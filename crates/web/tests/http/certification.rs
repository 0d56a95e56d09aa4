//! A battery on its way from an application to a certificate, a refusal or a withdrawal, by the accounts of four organisations.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use certificate::application::{Application, Chemistry};
use certificate::people::{Activity, Mandate};
use desk::Desk;
use desk::access::{Actor, NewAccount, NewOrganisation, NewToken, Role, Scope};
use desk::issuer::Issuer;
use jiff::Timestamp;
use jiff::civil::date;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::{Value, json};
use statement::vocabulary::StatementType;
use statement::{Claims, Confidence, Digest, IssuerSigningKey, issue};
use store::CertificationBody;
use test_servers::LogFolder;

use crate::client::{Answer, request};
use crate::people::{self, PASSWORD, Person, on_a_thread, with_token};
use crate::running::{Running, key, log_of, options, sql};

/// The body's issuer id.
pub const BODY: &str = "certifier-test";
const MAKER: &str = "maker-test";

/// Account and person: one word for both. `sue` works for the body and acts as nobody.
const STAFF: [(&str, Option<Activity>); 5] = [
    ("kim", Some(Activity::Evaluate)),
    ("lee", Some(Activity::Review)),
    ("park", Some(Activity::Decide)),
    ("rho", Some(Activity::ResolveDisputes)),
    ("sue", None),
];

struct Made {
    data: LogFolder,
    token: String,
}

/// Hashing passwords takes a while on purpose, so this too is made once and copied.
fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| on_a_thread(make()))
}

async fn make() -> Made {
    let data = people::data();
    let desk = Desk::open(log_of(&data), None).await.unwrap();
    let issuer = Issuer {
        id: BODY.to_owned(),
        name: "Battery Certification (test)".to_owned(),
        roles: vec![statement::vocabulary::Role::CertificationBody],
    };
    desk.new_issuer_key(BODY).unwrap();
    let public = desk.issuer_signing_key(BODY).unwrap().public();
    desk.enrol(&[(issuer, public)], jiff::Timestamp::now().as_second())
        .await
        .unwrap();
    desk.certify_setup(
        CertificationBody {
            did: "did:web:certs.example".to_owned(),
            name: "Battery Certification (test)".to_owned(),
            issuer: BODY.to_owned(),
            base_url: "https://certs.example".to_owned(),
        },
        jiff::Timestamp::now().as_second(),
    )
    .await
    .unwrap();
    let maker = Issuer {
        id: MAKER.to_owned(),
        name: "Maker (test)".to_owned(),
        roles: vec![statement::vocabulary::Role::Maker],
    };
    desk.enrol(&[(maker, key(9).public())], jiff::Timestamp::now().as_second())
        .await
        .unwrap();
    let now = Timestamp::now().as_second();
    let organisation = NewOrganisation {
        id: "body".to_owned(),
        name: "The body".to_owned(),
        issuer: Some(BODY.to_owned()),
    };
    desk.make_organisation(&Actor::Machine, &organisation, now)
        .await
        .unwrap();
    for (name, activity) in STAFF {
        let account = NewAccount {
            name: name.to_owned(),
            display_name: name.to_uppercase(),
            organisation: "body".to_owned(),
            role: Role::Issuer,
        };
        desk.make_account(&Actor::Machine, &account, PASSWORD, now)
            .await
            .unwrap();
        let Some(activity) = activity else { continue };
        // Everybody could do everything but for the separation of duties; disputes are for one who does nothing else.
        let several: &[Activity] = match activity {
            Activity::ResolveDisputes => &[Activity::ResolveDisputes],
            _ => &[
                Activity::ReviewApplication,
                Activity::Evaluate,
                Activity::Review,
                Activity::Decide,
                Activity::ResolveDisputes,
            ],
        };
        for activity in several {
            let mandate = Mandate {
                activity: *activity,
                competence: "invented for tests".to_owned(),
                chemistries: [Chemistry::NMC].into(),
                from: date(2020, 1, 1),
                until: date(2099, 12, 31),
            };
            desk.give_mandate(name, Some(&name.to_uppercase()), &mandate, now)
                .await
                .unwrap();
        }
        desk.give_person(&Actor::Machine, name, name, now).await.unwrap();
        // Binding took the password.
        desk.reset_password(&Actor::Machine, name, PASSWORD, now)
            .await
            .unwrap();
    }
    let token = NewToken {
        name: "bench".to_owned(),
        scopes: [Scope::Certification].into(),
        days: 30,
    };
    let token = desk
        .make_token(&Actor::Machine, Some("kim"), &token, now)
        .await
        .unwrap();
    desk.close().await.unwrap();
    Made {
        data,
        token: token.secret.reveal().to_owned(),
    }
}

/// A service over a log with a certification body.
pub async fn service() -> Running {
    service_with(options()).await
}

pub async fn service_with(options: web::Options) -> Running {
    Running::again(data(), options).await
}

/// A copy of the log with its certification body.
pub fn data() -> LogFolder {
    made().data.copy()
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples")
}

/// What is applied for, without the client: that is whoever applies.
pub fn wanted(file: &str) -> Value {
    let text = std::fs::read(samples().join("certificate").join(file)).unwrap();
    let application: Application = serde_json::from_slice(&text).unwrap();
    json!({"vehicle": application.vehicle, "battery": application.battery})
}

/// A sample log that ends yesterday: no certificate rests on data older than the scheme allows.
pub fn recent(log: &str) -> Vec<u8> {
    let text = std::fs::read_to_string(samples().join("battery").join(log)).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let time = |row: &str| row.split(',').next().unwrap().parse::<Timestamp>().unwrap();
    let last = time(rows.lines().last().unwrap());
    let days = (Timestamp::now().as_second() - last.as_second()) / 86_400 - 1;
    let mut moved = format!("{header}\n");
    for row in rows.lines() {
        let at = Timestamp::from_second(time(row).as_second() + days * 86_400).unwrap();
        let (_, rest) = row.split_once(',').unwrap();
        moved.push_str(&format!("{},{rest}\n", at.to_string().replace('Z', "+00:00")));
    }
    moved.into_bytes()
}

pub fn description(name: &str) -> Vec<u8> {
    std::fs::read(samples().join("battery").join(name)).unwrap()
}

/// One field of a form: its name, the name of its file, and what it holds.
pub type Part<'a> = (&'a str, Option<&'a str>, &'a [u8]);

const BOUNDARY: &str = "carnet-test-boundary-5f70bf18";

pub fn form(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        let file = file
            .map(|file| format!("; filename=\"{file}\"\r\ncontent-type: application/octet-stream"))
            .unwrap_or_default();
        body.extend_from_slice(
            format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n")
                .as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

/// The header that says how the parts of a form are told apart.
pub fn form_type() -> String {
    format!("content-type: multipart/form-data; boundary={BOUNDARY}")
}

impl Person {
    /// A form with files, as a page's script or form sends it.
    pub async fn send_files(&self, path: &str, parts: &[Part<'_>]) -> Answer {
        let cookie = format!("cookie: {}", self.cookie);
        let csrf = format!("x-carnet-csrf: {}", self.csrf);
        let typed = form_type();
        let headers = [cookie.as_str(), &csrf, "sec-fetch-site: same-origin", &typed];
        request(self.address, "POST", path, &headers, &form(parts)).await
    }
}

pub fn at(case: &str, rest: &str) -> String {
    format!("/api/certification/applications/{case}{rest}")
}

pub async fn apply(by: &Person, file: &str) -> String {
    let answer = by.post("/api/certification/applications", &wanted(file)).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["case"].as_str().unwrap().to_owned()
}

async fn hand_in(by: &Person, case: &str, log: &str, described: &str) -> Answer {
    hand_in_bytes(by, case, (log, recent(log)), described).await
}

async fn hand_in_bytes(
    by: &Person,
    case: &str,
    (log, log_bytes): (&str, Vec<u8>),
    described: &str,
) -> Answer {
    let description = description(described);
    let parts: [Part<'_>; 2] = [
        ("battery", Some(described), &description),
        ("telemetry", Some(log), &log_bytes),
    ];
    by.send_files(&at(case, "/telemetry"), &parts).await
}

/// Everybody who takes part.
pub struct Cast {
    pub service: Running,
    pub ann: Person,
    kim: Person,
    lee: Person,
    pub park: Person,
}

impl Cast {
    pub async fn new() -> Self {
        Self::with(options()).await
    }

    pub async fn with(options: web::Options) -> Self {
        let service = service_with(options).await;
        Self {
            ann: Person::logged_in(&service, "ann").await,
            kim: Person::logged_in(&service, "kim").await,
            lee: Person::logged_in(&service, "lee").await,
            park: Person::logged_in(&service, "park").await,
            service,
        }
    }

    /// A case up to the review of its evaluation.
    async fn reviewed(&self, application: &str, log: &str, described: &str) -> String {
        let case = apply(&self.ann, application).await;
        self.reviewed_case(case, (log, recent(log)), described).await
    }

    async fn reviewed_case(&self, case: String, log: (&str, Vec<u8>), described: &str) -> String {
        let handed = hand_in_bytes(&self.ann, &case, log, described).await;
        assert_eq!(handed.status, 201, "{handed:?}");
        let sha256 = handed.json()["sha256"].clone();
        for (who, step, body) in [
            (&self.kim, "/review", json!({"agrees": true, "remarks": "known"})),
            (&self.kim, "/evaluation", json!({"assessment": sha256})),
            (
                &self.lee,
                "/review",
                json!({"agrees": true, "remarks": "same bytes"}),
            ),
        ] {
            let answer = who.post(&at(&case, step), &body).await;
            assert_eq!(answer.status, 200, "{step}: {answer:?}");
        }
        case
    }

    /// Records what the maker says happened to the car so many days ago.
    async fn record(&self, typ: StatementType, days_ago: i64, body: Value) -> Digest {
        self.record_by((MAKER, 9), typ, days_ago, body, None).await
    }

    /// Records what an issuer says, by its id and the seed of its key; perhaps in place of another statement.
    async fn record_by(
        &self,
        (issuer, seed): (&str, u8),
        typ: StatementType,
        days_ago: i64,
        body: Value,
        supersedes: Option<Digest>,
    ) -> Digest {
        self.record_signed(issuer, &key(seed), typ, days_ago, body, supersedes)
            .await
    }

    async fn record_signed(
        &self,
        issuer: &str,
        by: &IssuerSigningKey,
        typ: StatementType,
        days_ago: i64,
        body: Value,
        supersedes: Option<Digest>,
    ) -> Digest {
        let Value::Object(body) = body else { unreachable!() };
        let event = Timestamp::now().as_second() - days_ago * 86_400;
        let event = Timestamp::from_second(event).unwrap().to_string();
        let claims = Claims {
            iss: issuer.to_owned(),
            iat: Timestamp::now().as_second(),
            typ,
            vid: desk::check::parse_vehicle("KMHKN81ABMU000005").unwrap(),
            event_time: event.replace('Z', "+00:00").parse().unwrap(),
            recorded_at: None,
            place: None,
            body,
            evidence: Vec::new(),
            confidence: Confidence::Professional,
            supersedes,
        };
        let statement = issue(&claims, by, &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
        let taken = self.service.submit(&[statement.as_str()]).await;
        assert_eq!(taken.status, 200, "{taken:?}");
        statement.digest()
    }

    pub async fn certified(&self) -> (String, String) {
        let case = apply(&self.ann, "application.json").await;
        self.certified_case(case, recent("ioniq5-2021.csv")).await
    }

    /// The same of another car, whose battery charged alike.
    async fn certified_of(&self, vin: &str) -> (String, String) {
        let mut wanted = wanted("application.json");
        wanted["vehicle"]["vid"] = json!(format!("vin:{vin}"));
        let answer = self.ann.post("/api/certification/applications", &wanted).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let case = answer.json()["case"].as_str().unwrap().to_owned();
        let log = String::from_utf8(recent("ioniq5-2021.csv")).unwrap();
        self.certified_case(case, log.replace("KMHKN81ABMU000005", vin).into_bytes())
            .await
    }

    async fn certified_case(&self, case: String, log: Vec<u8>) -> (String, String) {
        let case = self
            .reviewed_case(case, ("ioniq5-2021.csv", log), "ioniq5-2021.battery.toml")
            .await;
        let grant = json!({"grant": true, "reasons": "all limits kept"});
        assert_eq!(self.park.post(&at(&case, "/decision"), &grant).await.status, 200);
        let issued = self.park.post(&at(&case, "/certificate"), &json!({})).await;
        assert_eq!(issued.status, 201, "{issued:?}");
        let number = issued.json()["certificate"].as_str().unwrap().to_owned();
        (case, number)
    }
}

/// The step that `next` has of this name.
fn offer<'a>(application: &'a Value, step: &str) -> &'a Value {
    let next = application["next"].as_array().unwrap();
    next.iter()
        .find(|offer| offer["step"] == step)
        .unwrap_or_else(|| panic!("{step} is not next: {next:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_becomes_a_certificate_by_three_accounts_and_by_no_two() {
    let cast = Cast::new().await;
    let Cast {
        ann, kim, lee, park, ..
    } = &cast;
    let case = apply(ann, "application.json").await;
    let application = ann.get(&at(&case, "")).await.json();
    assert_eq!(application["client"], "The yard-a");
    assert_eq!(
        offer(&application, "application_accepted")["why_not"]["code"],
        "not_the_body"
    );
    // The body reviews the application; the client cannot.
    let agree = json!({"agrees": true, "remarks": "variant known"});
    assert_eq!(ann.post(&at(&case, "/review"), &agree).await.status, 403);
    assert_eq!(kim.post(&at(&case, "/review"), &agree).await.status, 200);

    let handed = hand_in(ann, &case, "ioniq5-2021.csv", "ioniq5-2021.battery.toml").await;
    assert_eq!(handed.status, 201, "{handed:?}");
    assert!(handed.json()["assessment"]["capacity"]["soh"].is_object());
    let evaluation = json!({"assessment": handed.json()["sha256"]});
    let evaluated = kim.post(&at(&case, "/evaluation"), &evaluation).await;
    assert_eq!(evaluated.status, 200, "{evaluated:?}");
    assert_eq!(evaluated.json()["state"], "evaluated");

    // Who evaluated is told so before trying, and refused when trying.
    let seen = kim.get(&at(&case, "")).await.json();
    assert_eq!(offer(&seen, "reviewed")["why_not"]["code"], "same_person");
    assert_eq!(offer(&seen, "reviewed")["people"], json!(["lee", "park"]));
    let refused = kim.post(&at(&case, "/review"), &agree).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (409, "step-refused")
    );
    assert!(
        refused.text().contains("kim did evaluate on this case"),
        "{refused:?}"
    );

    // The reviewer hands the same logs in once more, and gets the same bytes.
    let again = hand_in(lee, &case, "ioniq5-2021.csv", "ioniq5-2021.battery.toml").await;
    assert_eq!(again.json()["sha256"], handed.json()["sha256"]);
    assert_eq!(lee.post(&at(&case, "/review"), &agree).await.status, 200);
    let grant = json!({"grant": true, "reasons": "all limits kept"});
    for second in [kim, lee] {
        let refused = second.post(&at(&case, "/decision"), &grant).await;
        assert_eq!(
            (refused.status, refused.problem().as_str()),
            (409, "step-refused")
        );
    }
    assert_eq!(park.post(&at(&case, "/decision"), &grant).await.status, 200);

    let dry = park
        .post(&at(&case, "/certificate"), &json!({"dry_run": true}))
        .await;
    assert_eq!(dry.status, 200, "{dry:?}");
    assert_eq!(ann.get(&at(&case, "/certificate.pdf")).await.status, 404);
    let issued = park.post(&at(&case, "/certificate"), &json!({})).await;
    assert_eq!(issued.status, 201, "{issued:?}");
    let pdf = ann.get(&at(&case, "/certificate.pdf?language=ko")).await;
    assert_eq!(pdf.header("content-type"), Some("application/pdf"));
    assert!(pdf.body.starts_with(b"%PDF-"));
    let credential = ann.get(&at(&case, "/credential")).await.json();
    assert_eq!(credential, issued.json()["credential"]);
    let directory = cast.service.get("/api/certificates").await.json();
    assert_eq!(directory["certificates"][0]["standing"], "in_force");
    let published = cast.service.data.path().join("certificates/directory.json");
    assert!(std::fs::read_to_string(published).unwrap().contains("in_force"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_act_is_in_the_trail_and_so_is_a_duty_that_was_refused() {
    let cast = Cast::new().await;
    cast.certified().await;
    let reject = json!({"agrees": false, "remarks": "no"});
    let refused = cast.kim.post(&at("C-000001", "/review"), &reject).await;
    assert_eq!(refused.status, 409);
    // So is whoever applied and takes a step all the same.
    let mut walked_in = wanted("application.json");
    walked_in["client"] = json!("Mr. Walk-in");
    let second = cast.kim.post("/api/certification/applications", &walked_in).await;
    let second = second.json()["case"].as_str().unwrap().to_owned();
    let decline = json!({"agrees": false, "remarks": "no"});
    assert_eq!(cast.kim.post(&at(&second, "/review"), &decline).await.status, 409);
    let olga = Person::logged_in(&cast.service, "olga").await;
    let trail = olga.get("/api/trail").await.json();
    let acts: Vec<(String, String, String)> = trail["acts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|act| {
            let text = |name: &str| act[name].as_str().unwrap_or_default().to_owned();
            (text("account"), text("act"), text("outcome"))
        })
        .collect();
    for (account, act, outcome) in [
        ("ann", "apply for certification", "done"),
        ("ann", "hand telemetry in", "done"),
        ("kim", "accept application", "done"),
        ("kim", "evaluate battery", "done"),
        ("lee", "review evaluation", "done"),
        ("park", "grant certificate", "done"),
        ("park", "issue certificate", "done"),
        ("kim", "review evaluation", "refused"),
        ("kim", "decline application", "refused"),
    ] {
        let wanted = (account.to_owned(), act.to_owned(), outcome.to_owned());
        assert!(acts.contains(&wanted), "{wanted:?} is not among {acts:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn data_that_carries_no_verdict_ends_in_a_refusal_and_an_appeal_goes_to_somebody_else() {
    let cast = Cast::new().await;
    let case = cast
        .reviewed(
            "application-kona.json",
            "kona-ev-2018.csv",
            "kona-ev-2018.battery.toml",
        )
        .await;
    let seen = cast.park.get(&at(&case, "")).await.json();
    assert_eq!(offer(&seen, "granted")["why_not"]["code"], "obstacles");
    assert!(!seen["obstacles"].as_array().unwrap().is_empty());
    let grant = json!({"grant": true, "reasons": "nobody will notice"});
    let refused = cast.park.post(&at(&case, "/decision"), &grant).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (409, "step-refused")
    );
    let refuse = json!({"grant": false, "reasons": "the method refused"});
    let after = cast.park.post(&at(&case, "/decision"), &refuse).await.json();
    assert_eq!(after["state"], "refused");
    let decided = after["records"].as_array().unwrap().len();

    let appeal = json!({"against": decided, "text": "measure again"});
    let appealed = cast.ann.post(&at(&case, "/appeals"), &appeal).await;
    assert_eq!(appealed.status, 201, "{appealed:?}");
    let resolve =
        json!({"dispute": appealed.json()["record"], "upheld": false, "text": "the data is what it is"});
    let involved = cast.lee.post(&at(&case, "/resolution"), &resolve).await;
    assert_eq!(involved.status, 409, "{involved:?}");
    let rho = Person::logged_in(&cast.service, "rho").await;
    assert_eq!(rho.post(&at(&case, "/resolution"), &resolve).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_suspended_reinstated_and_withdrawn_and_never_by_who_evaluated() {
    let cast = Cast::new().await;
    let (case, number) = cast.certified().await;
    let because = json!({"reason": "the number of the pack was misread"});
    for step in ["/suspension", "/reinstatement"] {
        let after = cast.park.post(&at(&number, step), &because).await;
        assert_eq!(after.status, 200, "{step}: {after:?}");
    }
    let by_evaluator = cast.kim.post(&at(&case, "/withdrawal"), &because).await;
    assert_eq!(by_evaluator.status, 409, "{by_evaluator:?}");
    let dry = json!({"reason": "only asking", "dry_run": true});
    let would = cast.park.post(&at(&case, "/withdrawal"), &dry).await.json();
    assert_eq!(
        (&would["state"], &would["dry_run"]),
        (&json!("withdrawn"), &json!(true))
    );
    assert_eq!(cast.ann.get(&at(&case, "")).await.json()["state"], "in_force");
    assert_eq!(
        cast.park.post(&at(&case, "/withdrawal"), &because).await.status,
        200
    );
    let pdf = cast.ann.get(&at(&case, "/certificate.pdf")).await;
    assert_eq!((pdf.status, pdf.problem().as_str()), (409, "step-refused"));
    let directory = cast.service.get("/api/certificates").await.json();
    assert_eq!(directory["certificates"][0]["standing"], "withdrawn");
    // Anybody with an account may complain about a certificate, whose number is public.
    let bob = Person::logged_in(&cast.service, "bob").await;
    let complaint = json!({"text": "it was sold to me with this number"});
    let complained = bob.post(&at(&number, "/complaints"), &complaint).await;
    assert_eq!(complained.status, 201);
    let rho = Person::logged_in(&cast.service, "rho").await;
    let resolve =
        json!({"dispute": complained.json()["record"], "upheld": true, "text": "he showed his papers"});
    assert_eq!(rho.post(&at(&case, "/resolution"), &resolve).await.status, 200);
    // Who complains of somebody else's certificate is for the body to know.
    let (anns, kims) = (
        cast.ann.get(&at(&case, "")).await,
        cast.kim.get(&at(&case, "")).await,
    );
    for word in ["sold to me", "The yard-b", "showed his papers"] {
        assert!(!anns.text().contains(word), "{word}");
        assert!(kims.text().contains(word), "{word}");
    }
    // Five that nobody has decided yet are enough of one organisation.
    for _ in 0..5 {
        let answer = bob.post(&at(&number, "/complaints"), &complaint).await;
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    let sixth = bob.post(&at(&number, "/complaints"), &complaint).await;
    assert_eq!((sixth.status, sixth.problem().as_str()), (409, "conflict"));
    assert_eq!(
        cast.ann
            .post(&at(&number, "/complaints"), &complaint)
            .await
            .status,
        201
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_was_meant_for_an_earlier_state_is_not_taken_for_another_one() {
    let cast = Cast::new().await;
    let case = apply(&cast.ann, "application.json").await;
    let seen = json!({"agrees": true, "remarks": "known", "seen": 1});
    assert_eq!(cast.kim.post(&at(&case, "/review"), &seen).await.status, 200);
    let handed = hand_in(&cast.ann, &case, "ioniq5-2021.csv", "ioniq5-2021.battery.toml").await;
    let evaluation = json!({"assessment": handed.json()["sha256"], "seen": 2});
    assert_eq!(
        cast.kim.post(&at(&case, "/evaluation"), &evaluation).await.status,
        200
    );
    // The same review, sent by somebody who still looks at the application: it would be one of the evaluation.
    let late = cast.lee.post(&at(&case, "/review"), &seen).await;
    assert_eq!((late.status, late.problem().as_str()), (409, "conflict"));
    assert!(late.text().contains("look again"), "{late:?}");
    let state = cast.ann.get(&at(&case, "")).await.json()["state"].clone();
    assert_eq!(state, "evaluated");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_around_the_parts_of_a_form_is_bounded() {
    let service = service().await;
    let ann = Person::logged_in(&service, "ann").await;
    let case = apply(&ann, "application.json").await;
    let good = recent("ioniq5-2021.csv");
    let long = "x".repeat(3 << 20);
    let own = form(&[("telemetry", Some("a.csv"), &good)]);
    let before = [long.as_bytes(), b"\r\n", &own].concat();
    let header = format!("--{BOUNDARY}\r\nx-long: {long}\r\n");
    let header = [header.as_bytes(), &own[BOUNDARY.len() + 4..]].concat();
    for (what, body) in [("a preamble", before), ("a header", header)] {
        let cookie = format!("cookie: {}", ann.cookie);
        let csrf = format!("x-carnet-csrf: {}", ann.csrf);
        let typed = form_type();
        let headers = [cookie.as_str(), &csrf, "sec-fetch-site: same-origin", &typed];
        let answer = request(ann.address, "POST", &at(&case, "/telemetry"), &headers, &body).await;
        assert_eq!(answer.status, 400, "{what}: {answer:?}");
    }
    let twice: [Part<'_>; 3] = [
        ("meter", Some("m.csv"), b"a"),
        ("meter", Some("m.csv"), b"b"),
        ("telemetry", Some("a.csv"), &good),
    ];
    let twice = ann.send_files(&at(&case, "/telemetry"), &twice).await;
    assert_eq!(twice.status, 400, "{twice:?}");
    assert!(twice.text().contains("meter more than once"), "{twice:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fraction_where_percent_are_asked_for_is_refused() {
    let service = service().await;
    let ann = Person::logged_in(&service, "ann").await;
    let case = apply(&ann, "application.json").await;
    let good = recent("ioniq5-2021.csv");
    for (field, fraction) in [("soc_now", "0.34"), ("reported_soh", "0.97")] {
        let parts: [Part<'_>; 2] = [
            (field, None, fraction.as_bytes()),
            ("telemetry", Some("a.csv"), &good),
        ];
        let answer = ann.send_files(&at(&case, "/telemetry"), &parts).await;
        assert_eq!(answer.status, 400, "{answer:?}");
        assert!(
            answer.text().contains("write percent, as 34 for 34 %"),
            "{answer:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_organisation_s_application_is_not_there() {
    let cast = Cast::new().await;
    let case = apply(&cast.ann, "application.json").await;
    let bob = Person::logged_in(&cast.service, "bob").await;
    let agree = json!({"agrees": true, "remarks": "mine"});
    let complaint = json!({"text": "mine"});
    for (answer, what) in [
        (bob.get(&at(&case, "")).await, "read"),
        (bob.post(&at(&case, "/complaints"), &complaint).await, "complain"),
        (
            hand_in(&bob, &case, "ioniq5-2021.csv", "ioniq5-2021.battery.toml").await,
            "hand in",
        ),
    ] {
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (404, "not-found"),
            "{what}"
        );
        let never = bob.get(&at("C-999999", "")).await;
        assert_eq!(never.status, 404);
    }
    assert_eq!(
        bob.get("/api/certification/applications").await.json(),
        json!({"applications": []})
    );
    // A lab that is not the body may take no step either, and is not told more.
    let ivy = Person::logged_in(&cast.service, "ivy").await;
    assert_eq!(ivy.post(&at(&case, "/review"), &agree).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_acts_as_nobody_a_token_and_whoever_applied_take_no_step() {
    let cast = Cast::new().await;
    let case = apply(&cast.ann, "application.json").await;
    let agree = json!({"agrees": true, "remarks": "known"});
    let sue = Person::logged_in(&cast.service, "sue").await;
    let nobody = sue.post(&at(&case, "/review"), &agree).await;
    assert_eq!(nobody.status, 403);
    assert!(nobody.text().contains("acts as no person"), "{nobody:?}");
    let token = &made().token;
    let by_token = with_token(&cast.service, token, "POST", &at(&case, "/review"), Some(&agree)).await;
    assert_eq!(by_token.status, 403);
    let listed = with_token(
        &cast.service,
        token,
        "GET",
        "/api/certification/applications",
        None,
    )
    .await;
    assert_eq!(listed.json()["applications"][0]["case"], "C-000001");

    // The body writes down what a client brings, in the client's name and not in its own.
    let mut walked_in = wanted("application.json");
    let unnamed = cast.kim.post("/api/certification/applications", &walked_in).await;
    assert_eq!(unnamed.status, 400, "{unnamed:?}");
    walked_in["client"] = json!(" the BODY");
    assert_eq!(
        cast.kim
            .post("/api/certification/applications", &walked_in)
            .await
            .status,
        400
    );
    walked_in["client"] = json!("Mr. Walk-in");
    let second = cast.kim.post("/api/certification/applications", &walked_in).await;
    let case = second.json()["case"].as_str().unwrap().to_owned();
    let own = cast.kim.post(&at(&case, "/review"), &agree).await;
    assert_eq!((own.status, own.problem().as_str()), (409, "step-refused"));
    assert_eq!(cast.lee.post(&at(&case, "/review"), &agree).await.status, 200);
    // Nobody else applies in another's name.
    walked_in["client"] = json!("The yard-b");
    assert_eq!(
        cast.ann
            .post("/api/certification/applications", &walked_in)
            .await
            .status,
        400
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_telemetry_is_refused_in_words_that_help_and_nothing_is_kept() {
    let mut options = options();
    options.limits.upload = 400_000;
    let service = service_with(options).await;
    let ann = Person::logged_in(&service, "ann").await;
    let case = apply(&ann, "application.json").await;
    let good = recent("ioniq5-2021.csv");
    let large = vec![b'1'; 500_000];
    let parquet = [b"PAR1".as_slice(), &[7; 400]].concat();
    for (what, parts, status, problem, says) in [
        (
            "a picture",
            vec![(
                "telemetry",
                Some("car.png"),
                b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(),
            )],
            422,
            "telemetry-refused",
            "car.png",
        ),
        (
            "a truncated Parquet",
            vec![("telemetry", Some("charge.parquet"), parquet.as_slice())],
            422,
            "telemetry-refused",
            "charge.parquet",
        ),
        (
            "an empty file",
            vec![("telemetry", Some("empty.csv"), b"".as_slice())],
            422,
            "telemetry-refused",
            "empty",
        ),
        (
            "a mapping that is not there",
            vec![
                ("mapping", None, b"nobody-logs-so".as_slice()),
                ("telemetry", Some("a.csv"), &good),
            ],
            422,
            "telemetry-refused",
            "nobody-logs-so",
        ),
        (
            "a mapping somewhere on this machine",
            vec![
                ("mapping", None, b"/etc/passwd".as_slice()),
                ("telemetry", Some("a.csv"), &good),
            ],
            422,
            "telemetry-refused",
            "there is none of that name",
        ),
        (
            "an answer that is none",
            vec![
                ("current_sign", None, b"backwards".as_slice()),
                ("telemetry", Some("a.csv"), &good),
            ],
            422,
            "telemetry-refused",
            "charge-positive",
        ),
        (
            "a field nobody knows",
            vec![
                ("colour", None, b"red".as_slice()),
                ("telemetry", Some("a.csv"), &good),
            ],
            400,
            "malformed-request",
            "colour",
        ),
        (
            "no file",
            vec![("class", None, b"field".as_slice())],
            400,
            "malformed-request",
            "no file",
        ),
        (
            "too much",
            vec![("telemetry", Some("a.csv"), large.as_slice())],
            413,
            "body-too-large",
            "400000",
        ),
    ] {
        let answer = ann.send_files(&at(&case, "/telemetry"), &parts).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (status, problem),
            "{what}: {answer:?}"
        );
        assert!(answer.text().contains(says), "{what}: {}", answer.text());
        let folder = std::env::temp_dir().display().to_string();
        assert!(
            !answer.text().contains(&format!("{folder}/")),
            "{what}: {}",
            answer.text()
        );
    }
    let json = ann.post(&at(&case, "/telemetry"), &json!({})).await;
    assert_eq!(json.status, 415);
    // Another car's log does not fit the application.
    let kona = recent("kona-ev-2018.csv");
    let kona = ann
        .send_files(&at(&case, "/telemetry"), &[("telemetry", Some("k.csv"), &kona)])
        .await;
    assert_eq!(kona.status, 400, "{kona:?}");
    let dry: [Part<'_>; 2] = [("dry_run", None, b"true"), ("telemetry", Some("a.csv"), &good)];
    assert_eq!(ann.send_files(&at(&case, "/telemetry"), &dry).await.status, 200);
    assert_eq!(ann.get(&at(&case, "")).await.json()["assessments"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_body_s_key_is_not_the_service_says_so_and_changes_nothing() {
    let cast = Cast::new().await;
    let case = cast
        .reviewed("application.json", "ioniq5-2021.csv", "ioniq5-2021.battery.toml")
        .await;
    let grant = json!({"grant": true, "reasons": "all limits kept"});
    assert_eq!(cast.park.post(&at(&case, "/decision"), &grant).await.status, 200);
    let key = walk(cast.service.data.path())
        .into_iter()
        .find(|path| path.to_string_lossy().contains(BODY))
        .unwrap();
    std::fs::remove_file(key).unwrap();
    let refused = cast.park.post(&at(&case, "/certificate"), &json!({})).await;
    assert_eq!((refused.status, refused.problem().as_str()), (409, "conflict"));
    assert!(
        refused.text().contains("is not in the data directory"),
        "{refused:?}"
    );
    assert_eq!(cast.ann.get(&at(&case, "")).await.json()["state"], "granted");
    for path in ["/.well-known/did.json", "/status/revocation-1.json"] {
        let answer = cast.service.get(path).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (409, "conflict"),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recall_that_is_sealed_suspends_the_certificate_by_itself() {
    let mut options = options();
    options.surveil_every = std::time::Duration::from_millis(50);
    let cast = Cast::with(options).await;
    let (case, _) = cast.certified().await;
    let recall =
        json!({"campaign_number": "SAMPLE-2026-11", "authority": "KATRI", "component": "traction battery"});
    cast.record(StatementType::RecallOpened, 0, recall).await;
    let mut state = Value::Null;
    for _ in 0..200 {
        state = cast.ann.get(&at(&case, "")).await.json()["state"].clone();
        if state == "suspended" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(state, "suspended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_whose_car_ran_past_its_kilometres_is_expired_wherever_it_is_looked_up() {
    let cast = Cast::new().await;
    let (case, number) = cast.certified().await;
    let line = async || {
        let directory = cast.service.get("/api/certificates").await.json();
        directory["certificates"][0].clone()
    };
    until(async || line().await["awaits_log"] == false).await;
    assert_eq!(line().await["standing"], "in_force");
    let limit = line().await["odometer_limit_km"].as_u64().unwrap();
    let today = Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let reading = |km: u64| {
        let odometer = json!({"value": km, "unit": "km", "instrument_state": "working", "method": "seen"});
        json!({"odometer": odometer, "context": "service"})
    };
    cast.record(StatementType::OdometerRead, 0, reading(limit)).await;
    // Fillers tell nothing of the car.
    for filler in [111_111, 999_999] {
        cast.record(StatementType::OdometerRead, 0, reading(filler)).await;
    }
    let beyond = cast
        .record(StatementType::OdometerRead, 0, reading(limit + 500))
        .await;
    until(async || line().await["standing"] == "expired").await;
    let expired =
        json!({"by": "kilometres", "odometer_km": limit + 500, "read_on": today, "limit_km": limit});
    // From the reading and its day a car could be recognised.
    let public = json!({"by": "kilometres", "limit_km": limit});
    assert_eq!(line().await["expired"], public);
    let application = cast.ann.get(&at(&case, "")).await.json();
    assert_eq!(application["expired"], expired);
    let applications = cast.ann.get("/api/certification/applications").await.json();
    assert_eq!(applications["applications"][0]["expired"], expired);
    let looked = cast
        .park
        .post("/api/certification/surveillance", &json!({}))
        .await
        .json();
    assert_eq!(looked["suspended"], json!([]));
    assert_eq!(looked["expired"][0]["certificate"], number.as_str());
    assert_eq!(looked["expired"][0]["odometer_km"], limit + 500);
    let answer = cast.service.get("/d/KMHKN81ABMU000005?lang=en").await;
    let page = answer.text();
    for said in [(limit + 500).to_string(), today.to_string(), limit.to_string()] {
        assert!(page.contains(&said), "{said}");
    }
    assert!(page.contains("has run further than it reaches"), "{page}");
    let address = format!("/certificates/{number}?lang=en");
    let answer = cast.service.get(&address).await;
    let page = answer.text();
    assert!(page.contains("has run further than it reaches"), "{page}");
    assert!(
        page.contains(&limit.to_string()) && !page.contains(&(limit + 500).to_string()),
        "{page}"
    );
    let pages = cast.ann.get(&at(&case, "/certificate.pdf")).await;
    assert_eq!(pages.status, 409, "{pages:?}");
    // A slip of the pen that its issuer corrects ended nothing.
    let odometer = reading(limit);
    cast.record_by((MAKER, 9), StatementType::OdometerRead, 0, odometer, Some(beyond))
        .await;
    until(async || line().await["standing"] == "in_force").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_whose_statement_of_issue_was_corrected_ends_by_kilometres_all_the_same() {
    let cast = Cast::new().await;
    cast.certified().await;
    let line = async || {
        let directory = cast.service.get("/api/certificates").await.json();
        directory["certificates"][0].clone()
    };
    // The log has it as soon as it is recorded; its history, once that is sealed.
    let issued = async || {
        let history = cast.service.get("/api/vehicles/KMHKN81ABMU000005/history").await;
        let history = history.json();
        let mut statements = history["statements"].as_array()?.iter();
        let issued = statements.find(|one| one["type"] == "certificate.issued")?;
        issued["digest"].as_str()?.parse::<Digest>().ok()
    };
    until(async || issued().await.is_some()).await;
    let issued = issued().await.unwrap();
    let desk = Desk::open(log_of(&cast.service.data), None).await.unwrap();
    let own = desk.issuer_signing_key(BODY).unwrap();
    desk.close().await.unwrap();
    let corrected =
        json!({"reason": "typing_error", "explanation": "the grade was misspelt", "accepted_by": "issuer"});
    let typ = StatementType::RecordCorrected;
    cast.record_signed(BODY, &own, typ, 0, corrected, Some(issued))
        .await;
    assert_eq!(line().await["standing"], "in_force");
    let km = line().await["odometer_limit_km"].as_u64().unwrap() + 500;
    let odometer = json!({"value": km, "unit": "km", "instrument_state": "working", "method": "seen"});
    let reading = json!({"odometer": odometer, "context": "service"});
    cast.record(StatementType::OdometerRead, 0, reading).await;
    until(async || line().await["standing"] == "expired").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_history_cannot_be_read_nobody_is_told_that_a_certificate_is_in_force() {
    if test_servers::is_left_out("it writes into the database in the words of SQLite") {
        return;
    }
    let cast = Cast::new().await;
    let (case, number) = cast.certified().await;
    assert_eq!(case, "C-000001");
    let line = async || {
        let directory = cast.service.get("/api/certificates").await.json();
        directory["certificates"][0].clone()
    };
    until(async || line().await["awaits_log"] == false).await;
    let limit = line().await["odometer_limit_km"].as_u64().unwrap();
    let reading = |km: u64| {
        let odometer = json!({"value": km, "unit": "km", "instrument_state": "working", "method": "seen"});
        json!({"odometer": odometer, "context": "service"})
    };
    cast.record(StatementType::OdometerRead, 0, reading(limit + 500))
        .await;
    until(async || line().await["standing"] == "expired").await;

    sql(cast.service.data.path(), "UPDATE content SET sealed = x'00'").await;
    cast.record(StatementType::OdometerRead, 0, reading(limit - 10))
        .await;
    until(async || line().await["standing"] == "not_known").await;
    assert_eq!(
        line().await["expired"],
        json!({"by": "not_known", "why": "damaged"})
    );
    let address = format!("/certificates/{number}?lang=en");
    let answer = cast.service.get(&address).await;
    let page = answer.text();
    assert!(page.contains("Nobody can tell"), "{page}");
    let looked = cast
        .park
        .post("/api/certification/surveillance", &json!({"dry_run": true}))
        .await
        .json();
    assert_eq!(
        looked["not_known"],
        json!([{"certificate": number, "why": "damaged"}]),
        "{looked}"
    );

    let erasure = "INSERT INTO erasure (label, through, notice)
             SELECT k.label, max(s.log_index), x'00' FROM certification_case k JOIN statement s ON s.label = k.label
             WHERE k.id = 'C-000001' GROUP BY k.label;
         DELETE FROM content WHERE statement IN (SELECT s.id FROM statement s JOIN erasure e ON e.label = s.label);
         DELETE FROM vehicle_key WHERE label IN (SELECT label FROM erasure)";
    sql(cast.service.data.path(), erasure).await;
    assert_eq!(line().await["standing"], "not_known");
    assert_eq!(
        line().await["expired"],
        json!({"by": "not_known", "why": "erased"})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_car_that_has_run_past_what_its_certificate_would_count_up_to_gets_none() {
    let cast = Cast::new().await;
    let files = ("ioniq5-2021.csv", "ioniq5-2021.battery.toml");
    let grant = json!({"grant": true, "reasons": "all limits kept"});
    let first = cast.reviewed("application.json", files.0, files.1).await;
    let second = cast.reviewed("application.json", files.0, files.1).await;
    assert_eq!(cast.park.post(&at(&first, "/decision"), &grant).await.status, 200);
    let odometer = json!({"value": 90_000, "unit": "km", "instrument_state": "working", "method": "seen"});
    cast.record(
        StatementType::OdometerRead,
        0,
        json!({"odometer": odometer, "context": "service"}),
    )
    .await;
    for (case, step, body) in [(first, "/certificate", json!({})), (second, "/decision", grant)] {
        let refused = cast.park.post(&at(&case, step), &body).await;
        assert_eq!(refused.status, 409, "{step}: {refused:?}");
        for said in ["90000 km on", "limit of 7", "evaluate again"] {
            assert!(refused.text().contains(said), "{step}: {said}: {refused:?}");
        }
    }
    let third = cast.reviewed("application.json", files.0, files.1).await;
    let seen = cast.ann.get(&at(&third, "")).await.json();
    assert!(seen["obstacles"].to_string().contains("90000 km on"), "{seen}");
}

/// Waits for what a running service does by itself.
async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..200 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("it does not come about");
}

#[tokio::test(flavor = "multi_thread")]
async fn telemetry_that_was_handed_in_before_is_known_by_its_bytes_and_not_by_its_name() {
    let cast = Cast::new().await;
    let case = apply(&cast.ann, "application.json").await;
    let (log, described) = (recent("ioniq5-2021.csv"), "ioniq5-2021.battery.toml");
    let named =
        async |by: &Person, name: &str| hand_in_bytes(by, &case, (name, log.clone()), described).await;
    let first = named(&cast.ann, "charges.csv").await;
    assert_eq!(first.status, 201, "{first:?}");
    let again = named(&cast.ann, "other.csv").await;
    assert_eq!(again.status, 409, "{again:?}");
    for said in [
        "other.csv has the same bytes as charges.csv",
        first.json()["sha256"].as_str().unwrap(),
    ] {
        assert!(again.text().contains(said), "{said}: {again:?}");
    }
    // Another account computes again; that is what the body asks for.
    assert_eq!(named(&cast.kim, "other.csv").await.status, 201);
    let kept = cast.kim.get(&at(&case, "")).await.json();
    assert_eq!(kept["assessments"].as_array().unwrap().len(), 2);

    let description = description(described);
    let parts: [Part<'_>; 3] = [
        ("battery", Some(described), &description),
        ("telemetry", Some("a.csv"), &log),
        ("telemetry", Some("b.csv"), &log),
    ];
    let twice = cast.ann.send_files(&at(&case, "/telemetry"), &parts).await;
    assert_eq!(twice.status, 422, "{twice:?}");
    assert!(
        twice.text().contains("b.csv: the same bytes as a.csv"),
        "{twice:?}"
    );
}

/// A case with thousands of sessions is looked at often, and nobody decodes them all for a line each.
#[tokio::test(flavor = "multi_thread")]
async fn a_case_shows_what_was_handed_in_without_reading_all_of_it() {
    if test_servers::is_left_out("it writes into the database in the words of SQLite") {
        return;
    }
    let cast = Cast::new().await;
    let case = apply(&cast.ann, "application.json").await;
    hand_in(&cast.ann, &case, "ioniq5-2021.csv", "ioniq5-2021.battery.toml").await;
    let shown = cast.ann.get(&at(&case, "")).await.json()["assessments"].clone();
    assert!(shown[0]["soh_pct"].is_array(), "{shown}");
    assert_eq!(shown[0]["files"][0][0], "ioniq5-2021.csv");

    // What was handed in before there were summaries is shown too.
    let older = "DROP TRIGGER certification_assessment_is_never_changed; UPDATE certification_assessment SET summary = NULL";
    sql(cast.service.data.path(), older).await;
    let read = cast.ann.get(&at(&case, "")).await.json()["assessments"].clone();
    assert_eq!(read, shown);

    let again = hand_in(&cast.kim, &case, "ioniq5-2021.csv", "ioniq5-2021.battery.toml").await;
    assert_eq!(again.status, 201, "{again:?}");
    sql(
        cast.service.data.path(),
        "DROP TRIGGER certification_assessment_is_never_deleted; DELETE FROM certification_assessment WHERE summary IS NULL",
    )
    .await;
    sql(
        cast.service.data.path(),
        "DROP TRIGGER certification_document_is_never_changed;
         UPDATE certification_document SET content = x'00' WHERE hash IN (SELECT hash FROM certification_assessment)",
    )
    .await;
    let kept = cast.kim.get(&at(&case, "")).await;
    assert_eq!(kept.status, 200, "the assessment itself is not read: {kept:?}");
    assert_eq!(kept.json()["assessments"][0]["soh_pct"], shown[0]["soh_pct"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_cannot_be_looked_at_is_named_and_keeps_no_other_in_force() {
    if test_servers::is_left_out("it writes into the database in the words of SQLite") {
        return;
    }
    let cast = Cast::new().await;
    let (damaged, first) = cast.certified_of("KMHKN81ABMU000006").await;
    let (sound, second) = cast.certified().await;
    assert_eq!(damaged, "C-000001");
    // A bad sector: nothing of what the first case rests on can be decrypted.
    let damage = "DROP TRIGGER certification_document_is_never_changed;
        UPDATE certification_document SET content = x'00' WHERE case_id = 'C-000001'";
    sql(cast.service.data.path(), damage).await;
    let recall =
        json!({"campaign_number": "SAMPLE-2026-11", "authority": "KATRI", "component": "traction battery"});
    cast.record(StatementType::RecallOpened, 0, recall).await;

    let done = cast
        .park
        .post("/api/certification/surveillance", &json!({}))
        .await;
    assert_eq!(done.status, 200, "{done:?}");
    let done = done.json();
    assert_eq!(done["suspended"][0]["certificate"], second.as_str(), "{done}");
    assert_eq!(done["failed"][0]["certificate"], first.as_str(), "{done}");
    assert_eq!(done["failed"].as_array().unwrap().len(), 1, "{done}");
    let state = cast.ann.get(&at(&sound, "")).await.json()["state"].clone();
    assert_eq!(state, "suspended");
    // The trail has that not all of it was done.
    let olga = Person::logged_in(&cast.service, "olga").await;
    let trail = olga.get("/api/trail").await.json();
    let acts = trail["acts"].as_array().unwrap().iter();
    let outcomes: Vec<_> = acts
        .filter(|act| act["act"] == "run surveillance")
        .map(|act| act["outcome"].clone())
        .collect();
    assert!(outcomes.contains(&json!("refused")), "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_whose_statement_the_log_does_not_take_is_done_and_the_statement_follows() {
    if test_servers::is_left_out("it writes into the database in the words of SQLite") {
        return;
    }
    let mut options = options();
    options.surveil_every = std::time::Duration::from_millis(50);
    let cast = Cast::with(options).await;
    let (case, _) = cast.certified().await;
    let full = "CREATE TRIGGER full BEFORE INSERT ON statement BEGIN SELECT RAISE(ABORT, 'no room'); END";
    sql(cast.service.data.path(), full).await;

    let reason = json!({"reason": "the pack was opened"});
    let suspended = cast.park.post(&at(&case, "/suspension"), &reason).await;
    assert_eq!(suspended.status, 200, "{suspended:?}");
    let suspended = suspended.json();
    assert_eq!(
        (&suspended["state"], &suspended["owed"]),
        (&json!("suspended"), &json!(true))
    );
    let page = cast.park.get(&format!("/certification/{case}?lang=en")).await;
    assert!(page.text().contains("not in the log yet"), "{page:?}");

    // Nothing else is sealed meanwhile; what is owed is handed in all the same.
    sql(cast.service.data.path(), "DROP TRIGGER full").await;
    let mut owed = Value::Null;
    for _ in 0..200 {
        owed = cast.park.get(&at(&case, "")).await.json()["owed"].clone();
        if owed == false {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(owed, false);
}

fn exchanged(campaign: &str) -> Value {
    json!({"campaign_number": campaign, "authority": "KATRI", "remedy": "Battery system replaced", "fixed_at": "2026-01-01"})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_exchanged_on_the_last_day_of_measuring_leaves_no_certificate() {
    let cast = Cast::new().await;
    cast.record(StatementType::RecallClosed, 1, exchanged("SAMPLE-1"))
        .await;
    let case = cast
        .reviewed("application.json", "ioniq5-2021.csv", "ioniq5-2021.battery.toml")
        .await;
    let seen = cast.ann.get(&at(&case, "")).await.json();
    assert_eq!(
        seen["obstacles"],
        json!(["the history says: pack swap (Battery system replaced)"])
    );
    let grant = json!({"grant": true, "reasons": "all limits kept"});
    assert_eq!(cast.park.post(&at(&case, "/decision"), &grant).await.status, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_recorded_after_the_evaluation_stops_the_decision_and_the_issue() {
    let cast = Cast::new().await;
    let grant = json!({"grant": true, "reasons": "all limits kept"});
    let [first, second] =
        [(), ()].map(|()| cast.reviewed("application.json", "ioniq5-2021.csv", "ioniq5-2021.battery.toml"));
    let (first, second) = (first.await, second.await);
    assert_eq!(cast.park.post(&at(&first, "/decision"), &grant).await.status, 200);
    // It was replaced in the middle of the measurements, and nobody knew.
    cast.record(StatementType::RecallClosed, 5, exchanged("SAMPLE-1"))
        .await;
    for (case, step, body) in [
        (first, "/certificate", json!({})),
        (second.clone(), "/decision", grant),
    ] {
        let refused = cast.park.post(&at(&case, step), &body).await;
        assert_eq!(
            (refused.status, refused.problem().as_str()),
            (409, "step-refused"),
            "{step}"
        );
        assert!(refused.text().contains("Battery system replaced"), "{refused:?}");
    }
    let seen = cast.park.get(&at(&second, "")).await.json();
    assert_eq!(offer(&seen, "granted")["why_not"]["code"], "history");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dispute_panel_corrected_stops_no_decision_and_what_anybody_else_did_does() {
    let cast = Cast::new().await;
    let case = cast
        .reviewed("application.json", "ioniq5-2021.csv", "ioniq5-2021.battery.toml")
        .await;
    let olga = Person::logged_in(&cast.service, "olga").await;
    for (id, seed, role) in [("panel-test", 11, "dispute_panel"), ("dealer-test", 12, "dealer")] {
        let public = hex::encode(key(seed).public());
        let enrol = json!({"issuer": id, "name": id, "roles": [role], "public_key": public});
        assert_eq!(olga.post("/api/issuers", &enrol).await.status, 201);
    }
    let wrong = cast
        .record(StatementType::RecallClosed, 5, exchanged("SAMPLE-1"))
        .await;
    let grant = json!({"grant": true, "reasons": "all limits kept"});
    let upheld = json!({"reason": "dispute_upheld", "explanation": "it was another car", "accepted_by": "dispute_panel"});
    let dealer = ("dealer-test", 12);
    cast.record_by(
        dealer,
        StatementType::RecordCorrected,
        1,
        upheld.clone(),
        Some(wrong),
    )
    .await;
    let refused = cast.park.post(&at(&case, "/decision"), &grant).await;
    assert_eq!(refused.status, 409, "a dealer corrects nobody: {refused:?}");
    let panel = ("panel-test", 11);
    cast.record_by(panel, StatementType::RecordCorrected, 1, upheld, Some(wrong))
        .await;
    let granted = cast.park.post(&at(&case, "/decision"), &grant).await;
    assert_eq!(granted.status, 200, "{granted:?}");
    let issued = cast.park.post(&at(&case, "/certificate"), &json!({})).await;
    assert_eq!(issued.status, 201, "{issued:?}");
    // Nor does it suspend what was issued.
    let done = cast
        .park
        .post("/api/certification/surveillance", &json!({}))
        .await;
    assert_eq!(done.json()["suspended"], json!([]), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_of_which_something_is_damaged_is_listed_with_what_it_is() {
    if test_servers::is_left_out("it writes into the database in the words of SQLite") {
        return;
    }
    let cast = Cast::new().await;
    let damaged = cast
        .reviewed("application.json", "ioniq5-2021.csv", "ioniq5-2021.battery.toml")
        .await;
    let sound = apply(&cast.ann, "application.json").await;
    let recall = json!({"campaign_number": "SAMPLE-2026-11", "authority": "KATRI", "component": "door lock"});
    cast.record(StatementType::RecallOpened, 300, recall).await;
    let list = async || {
        let answer = cast.park.get("/api/certification/applications").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let lines = answer.json()["applications"].as_array().unwrap().clone();
        let line = |case: &str| lines.iter().find(|line| line["case"] == case).unwrap().clone();
        (line(&damaged), line(&sound))
    };
    let (before, _) = list().await;
    assert_eq!(before["damaged"], Value::Null);
    assert!(!before["yours"].as_array().unwrap().is_empty(), "{before}");

    sql(cast.service.data.path(), "UPDATE content SET sealed = x'00'").await;
    let (line, other) = list().await;
    assert!(line["damaged"].as_str().unwrap().contains("content"), "{line}");
    assert_eq!(line["car"]["model"], "Ioniq 5");
    assert_eq!(line["yours"], json!([]));
    assert_eq!(other["damaged"], Value::Null);
    let page = cast.park.get("/certification?lang=en").await;
    assert!(
        page.text().contains("Damaged: not all of it can be read"),
        "{page:?}"
    );
    assert!(page.text().contains(&sound));

    // Nothing of the case itself can be read either.
    assert_eq!(damaged, "C-000001");
    let damage = "DROP TRIGGER certification_document_is_never_changed;
        UPDATE certification_document SET content = x'00' WHERE case_id = 'C-000001'";
    sql(cast.service.data.path(), damage).await;
    let (line, other) = list().await;
    assert!(line["damaged"].is_string() && line["car"].is_null(), "{line}");
    assert_eq!(other["damaged"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_published_before_is_written_anew_when_the_service_starts() {
    let mut options = options();
    options.surveil_every = std::time::Duration::from_millis(50);
    let cast = Cast::with(options).await;
    let folder = cast.service.data.path().join("certificates");
    let directory = folder.join("directory.json");
    assert!(!directory.exists(), "nothing was published yet");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(&directory, r#"{"as_of": "2026-01-01T00:00:00Z"}"#).unwrap();
    let mut written = false;
    for _ in 0..200 {
        let bytes = std::fs::read(&directory).unwrap();
        written = serde_json::from_slice::<Value>(&bytes).is_ok_and(|d| d["issuer"].is_string());
        if written {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(written);
    assert!(folder.join("status").is_dir());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_published_directory_follows_when_the_log_has_the_statement_of_issue() {
    let mut options = options();
    options.surveil_every = std::time::Duration::from_millis(50);
    let cast = Cast::with(options).await;
    cast.certified().await;
    let directory = cast.service.data.path().join("certificates/directory.json");
    until(async || {
        let published: Value = serde_json::from_slice(&std::fs::read(&directory).unwrap()).unwrap();
        published["certificates"][0]["awaits_log"] == false
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_whose_issue_the_log_does_not_have_yet_says_so_wherever_it_is_looked_up() {
    if test_servers::is_left_out("it writes into the database in the words of SQLite") {
        return;
    }
    let mut options = options();
    options.surveil_every = std::time::Duration::from_millis(50);
    let cast = Cast::with(options).await;
    let case = cast
        .reviewed("application.json", "ioniq5-2021.csv", "ioniq5-2021.battery.toml")
        .await;
    let grant = json!({"grant": true, "reasons": "all limits kept"});
    assert_eq!(cast.park.post(&at(&case, "/decision"), &grant).await.status, 200);
    let full = "CREATE TRIGGER full BEFORE INSERT ON statement BEGIN SELECT RAISE(ABORT, 'no room'); END";
    sql(cast.service.data.path(), full).await;
    let issued = cast.park.post(&at(&case, "/certificate"), &json!({})).await;
    assert_eq!(
        (issued.status, &issued.json()["owed"]),
        (201, &json!(true)),
        "{issued:?}"
    );
    let number = issued.json()["certificate"].as_str().unwrap().to_owned();

    let shown = async || {
        let directory = cast.service.get("/api/certificates").await.json();
        let state = cast.ann.get(&at(&case, "")).await.json();
        let page = cast.service.get(&format!("/certificates/{number}?lang=en")).await;
        let own = cast.ann.get(&format!("/certification/{case}?lang=en")).await;
        let says = |page: &Answer| page.text().contains("not in the log yet");
        let in_log = (&directory["certificates"][0]["awaits_log"], &state["awaits_log"]);
        assert_eq!(in_log.0, in_log.1);
        assert_eq!(
            (says(&page), says(&own)),
            (in_log.0 == true, in_log.0 == true),
            "{page:?}"
        );
        in_log.0 == true
    };
    assert!(shown().await, "it is issued, and no dossier shows it");
    let verdict = cast.service.get("/api/certificates").await.json();
    assert_eq!(verdict["certificates"][0]["standing"], "in_force");

    sql(cast.service.data.path(), "DROP TRIGGER full").await;
    let mut waits = true;
    for _ in 0..200 {
        let directory = cast.service.get("/api/certificates").await.json();
        waits = directory["certificates"][0]["awaits_log"] == true;
        if !waits {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(!waits);
    assert!(!shown().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_odometer_below_the_log_s_or_the_history_s_gives_no_certificate() {
    let cast = Cast::new().await;
    let read = json!({"value": 75_500, "unit": "km", "instrument_state": "working", "method": "seen"});
    let mut remedy = exchanged("SAMPLE-1");
    remedy["odometer"] = read;
    cast.record(StatementType::RecallClosed, 90, remedy).await;
    let case = apply(&cast.ann, "application.json").await;
    let agree = json!({"agrees": true, "remarks": "known"});
    assert_eq!(cast.kim.post(&at(&case, "/review"), &agree).await.status, 200);
    let handed = hand_in(&cast.ann, &case, "ioniq5-2021.csv", "ioniq5-2021.battery.toml").await;
    let evaluate = |km: u32| json!({"assessment": handed.json()["sha256"], "odometer_km": km});
    let refused = cast.kim.post(&at(&case, "/evaluation"), &evaluate(10)).await;
    assert_eq!(refused.status, 400, "{refused:?}");
    assert!(refused.text().contains("less than the 74660 km"), "{refused:?}");
    let lower = cast.kim.post(&at(&case, "/evaluation"), &evaluate(75_000)).await;
    let obstacles = lower.json()["obstacles"].to_string();
    assert!(obstacles.contains("75500 km on"), "{obstacles}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_recall_of_the_battery_is_an_obstacle_until_it_is_remedied() {
    let cast = Cast::new().await;
    let recall =
        json!({"campaign_number": "SAMPLE-7", "authority": "KATRI", "component": "traction battery"});
    cast.record(StatementType::RecallOpened, 700, recall).await;
    let files = ("ioniq5-2021.csv", "ioniq5-2021.battery.toml");
    let case = cast.reviewed("application.json", files.0, files.1).await;
    let seen = cast.ann.get(&at(&case, "")).await.json();
    assert_eq!(
        seen["obstacles"],
        json!(["the history says: recall (traction battery)"])
    );
    let remedy = json!({"campaign_number": "SAMPLE-7", "authority": "KATRI", "remedy": "Software updated", "fixed_at": "2026-01-01"});
    cast.record(StatementType::RecallClosed, 600, remedy).await;
    let case = cast.reviewed("application.json", files.0, files.1).await;
    let seen = cast.ann.get(&at(&case, "")).await.json();
    assert_eq!(seen["obstacles"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_step_taken_twice_in_one_second_is_done_already() {
    let cast = Cast::new().await;
    let (case, _) = cast.certified().await;
    let because = json!({"reason": "the number of the pack was misread"});
    // So many that two of them fall into one second on a slow machine too.
    for n in 0..6 {
        for step in ["/suspension", "/reinstatement"] {
            let answer = cast.park.post(&at(&case, step), &because).await;
            match answer.status {
                200 => {}
                409 => assert!(answer.text().contains("same second"), "{n} {step}: {answer:?}"),
                _ => panic!("{n} {step}: {}", answer.text()),
            }
            if answer.status == 409 {
                assert_eq!(answer.problem(), "conflict");
                return;
            }
        }
    }
    panic!("no two of them fell into one second");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_not_reinstated_while_what_suspended_it_forbids_a_new_one() {
    let mut options = options();
    options.surveil_every = std::time::Duration::from_millis(50);
    let cast = Cast::with(options).await;
    let (case, _) = cast.certified().await;
    let state = async || cast.park.get(&at(&case, "")).await.json();
    for (campaign, component, why) in [
        (
            "SAMPLE-1",
            "Charging control unit",
            "the history says, and the evaluation does not",
        ),
        ("SAMPLE-2", "traction battery", "recall (traction battery)"),
    ] {
        let recall = json!({"campaign_number": campaign, "authority": "KATRI", "component": component});
        cast.record(StatementType::RecallOpened, 0, recall).await;
        until(async || state().await["state"] == "suspended").await;
        let because = json!({"reason": format!("{component} looked at")});
        let reinstate = async || cast.park.post(&at(&case, "/reinstatement"), &because).await;
        let refused = reinstate().await;
        assert_eq!(
            (refused.status, refused.problem().as_str()),
            (409, "step-refused")
        );
        assert!(refused.text().contains(why), "{refused:?}");
        let offered = state().await;
        assert_eq!(
            offer(&offered, "reinstated")["why_not"]["code"],
            "history_forbids"
        );
        let page = cast.park.get(&format!("/certification/{case}?lang=en")).await;
        assert!(page.text().contains("forbids a certificate"), "{component}");
        assert!(page.text().contains("none reinstated"), "{component}");
        assert_eq!(offered["state"], "suspended");

        let remedy = json!({"campaign_number": campaign, "authority": "KATRI", "remedy": "Software updated", "fixed_at": "2026-01-01"});
        cast.record(StatementType::RecallClosed, 0, remedy).await;
        assert_eq!(offer(&state().await, "reinstated")["you_may"], true);
        let lifted = reinstate().await;
        assert_eq!(lifted.status, 200, "{}", lifted.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn isolation_that_is_too_low_for_the_voltage_of_the_car_suspends() {
    let mut options = options();
    options.surveil_every = std::time::Duration::from_millis(50);
    let cast = Cast::with(options).await;
    let (case, _) = cast.certified().await;
    // 180 cells of 4.20 V: 756 V, and 79 Ω/V.
    let health = json!({
        "soh_percent": 93, "method": "bms_reading", "insulation_kohm": 60,
        "odometer": {"value": 75100, "unit": "km", "instrument_state": "working", "method": "seen"},
    });
    cast.record(StatementType::BatteryHealth, 0, health).await;
    let state = async || cast.park.get(&at(&case, "")).await.json();
    until(async || state().await["state"] == "suspended").await;
    let said = state().await.to_string();
    assert!(
        said.contains("isolation 60 kΩ, less than 100 Ω/V of 756 V"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_says_what_the_history_says_of_other_recalls_and_earlier_packs() {
    let cast = Cast::new().await;
    let recall =
        json!({"campaign_number": "SAMPLE-8", "authority": "KATRI", "component": "Charging control unit"});
    cast.record(StatementType::RecallOpened, 700, recall).await;
    cast.record(StatementType::RecallClosed, 900, exchanged("SAMPLE-1"))
        .await;
    let (case, _) = cast.certified().await;
    let credential = cast.ann.get(&at(&case, "/credential")).await.json();
    let checks = credential["credentialSubject"]["checks"].as_array().unwrap();
    for (id, said) in [
        ("recalls", "Charging control unit ("),
        ("battery_history", "Battery system replaced ("),
    ] {
        let check = checks.iter().find(|check| check["id"] == id).unwrap();
        assert_eq!(check["result"], "watch", "{check}");
        let text = check["value"]["text"].as_str().unwrap();
        assert!(text.starts_with(said), "{text}");
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_cannot_become_a_person_of_the_body_by_another_password() {
    let service = service().await;
    let olga = Person::logged_in(&service, "olga").await;
    let another = json!({"password": "copper-kettle-tram-9"});

    let kim = olga
        .ask("PUT", "/api/accounts/kim/password", Some(&another))
        .await;
    assert_eq!(kim.status, 409, "{kim:?}");
    assert!(kim.text().contains("certification body"), "{kim:?}");
    let page = olga
        .send_form("/accounts/kim/password", &[("password", "copper-kettle-tram-9")])
        .await;
    assert_eq!(page.status, 422, "{page:?}");
    let sue = olga
        .ask("PUT", "/api/accounts/sue/password", Some(&another))
        .await;
    assert_eq!(sue.status, 204, "{sue:?}");
    Person::logged_in(&service, "kim").await;
}
