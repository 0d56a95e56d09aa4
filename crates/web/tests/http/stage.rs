//! A log on which everything is there that an address can name: a yard, a link, a ticket, cases in every state.
//!
//! It takes passwords and charging logs to make, so it is made once and copied for each test.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use certificate::application::Chemistry;
use certificate::people::{Activity, Mandate};
use desk::Desk;
use desk::access::{Actor, NewAccount, NewToken, Role, Scope};
use jiff::Timestamp;
use jiff::civil::date;
use serde_json::{Value, json};
use statement::IssuerSigningKey;
use test_servers::LogFolder;

use crate::certification::{self, Part, at, description, recent, wanted};
use crate::client::{Answer, request};
use crate::people::{PASSWORD, Person, on_a_thread};
use crate::running::{CAR, Running, log_of, options, registration};

/// Whoever asks in these tests. Of each role one, `kim`, `lee`, `park` and `rho` being of the certification body as `otto` is,
/// and `val`, `bob`, `ivy` and `olga` being of other organisations than all of these.
const PEOPLE: [&str; 11] = [
    "vic", "ann", "kim", "lee", "park", "rho", "otto", "val", "bob", "ivy", "olga",
];

/// An account that operators change.
pub const SPARE: &str = "spare";

/// The issuer whose keys the body's accounts revoke.
pub const BODY: &str = certification::BODY;

/// The charging log of the certified car, and the description of its battery.
pub const LOG: &str = "ioniq5-2021.csv";
pub const BATTERY: &str = "ioniq5-2021.battery.toml";

/// A certified car, and another one whose battery charged alike.
pub const CERTIFIED: &str = "KMHKN81ABMU000005";
const SUSPENDED: &str = "KMHKN81ABMU000006";

/// A third one, without a certificate: no car has two.
pub const UNCERTIFIED: &str = "KMHKN81ABMU000007";

/// A case with a certificate.
#[derive(Clone)]
pub struct Certified {
    pub case: String,
    pub number: String,
    pub sha256: String,
    /// The number of its last record.
    pub last: u64,
}

/// What of a log is the same in all its copies.
struct Made {
    data: LogFolder,
    tokens: Vec<(Option<Scope>, String)>,
    in_force: Certified,
    suspended: Certified,
    ticket: String,
}

fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| on_a_thread(make()))
}

/// A service over such a log, with every route there is, those under test flags too.
pub struct Stage {
    pub service: Running,
    people: BTreeMap<&'static str, Person>,
    pub tokens: &'static [(Option<Scope>, String)],
    /// ann's, in force.
    pub in_force: Certified,
    /// ann's, suspended.
    pub suspended: Certified,
    /// The ticket of a statement that is sealed.
    pub ticket: String,
    desk: Desk,
    numbers: AtomicU64,
}

async fn make() -> Made {
    let data = certification::data();
    let desk = Desk::open(log_of(&data), None).await.unwrap();
    let now = Timestamp::now().as_second();
    for (name, role, organisation) in [
        ("otto", Role::Operator, "body"),
        ("val", Role::Viewer, "yard-b"),
        (SPARE, Role::Viewer, "yard-b"),
    ] {
        let account = NewAccount {
            name: name.to_owned(),
            display_name: name.to_uppercase(),
            organisation: organisation.to_owned(),
            role,
        };
        desk.make_account(&Actor::Machine, &account, PASSWORD, now)
            .await
            .unwrap();
    }
    for (person, activities) in [("otto", &Activity::ALL[..]), ("park", &[Activity::Surveil])] {
        for activity in activities {
            let mandate = Mandate {
                activity: *activity,
                competence: "invented for tests".to_owned(),
                chemistries: [Chemistry::NMC].into(),
                from: date(2020, 1, 1),
                until: date(2099, 12, 31),
            };
            desk.give_mandate(person, Some(&person.to_uppercase()), &mandate, now)
                .await
                .unwrap();
        }
    }
    desk.give_person(&Actor::Machine, "otto", "otto", now)
        .await
        .unwrap();
    desk.reset_password(&Actor::Machine, "otto", PASSWORD, now)
        .await
        .unwrap();
    let mut tokens = Vec::new();
    for scope in std::iter::once(None).chain(Scope::ALL.map(Some)) {
        let token = NewToken {
            name: "test".to_owned(),
            scopes: scope.into_iter().collect(),
            days: 30,
        };
        let made = desk
            .make_token(&Actor::Machine, Some("otto"), &token, now)
            .await
            .unwrap();
        tokens.push((scope, made.secret.reveal().to_owned()));
    }
    let none = Certified {
        case: String::new(),
        number: String::new(),
        sha256: String::new(),
        last: 0,
    };
    let mut made = Made {
        data,
        tokens,
        in_force: none.clone(),
        suspended: none,
        ticket: String::new(),
    };
    desk.close().await.unwrap();

    let service = Running::again(made.data.copy(), options()).await;
    let people = logged_in(&service, &["ann", "kim", "lee", "park", "otto"]).await;
    let mut parts = Parts { people: &people };
    made.ticket = ticket(&service).await;
    for name in ["ann", "otto"] {
        done(
            200,
            &people[name]
                .ask("PUT", &format!("/api/yard/{CAR}"), Some(&json!({})))
                .await,
        );
    }
    made.in_force = parts.certified(CERTIFIED).await;
    made.suspended = parts.certified(SUSPENDED).await;
    let why = json!({"reason": "the number of the pack was misread"});
    let path = at(&made.suspended.case, "/suspension");
    made.suspended.last = last(&people["park"].post(&path, &why).await);
    made.data = service.stop().await;
    made
}

/// Hands a statement in, and takes the ticket for it.
async fn ticket(service: &Running) -> String {
    let body = json!({"statements": [registration(CAR, 0).as_str()]});
    let headers = ["content-type: application/json", "prefer: respond-async"];
    let body = serde_json::to_vec(&body).unwrap();
    let answer = request(service.address, "POST", "/api/statements", &headers, &body).await;
    text(&done(202, &answer)["results"][0]["ticket"])
}

async fn logged_in(service: &Running, names: &[&'static str]) -> BTreeMap<&'static str, Person> {
    let mut people = BTreeMap::new();
    for name in names {
        people.insert(*name, Person::logged_in(service, name).await);
    }
    people
}

/// What an answer says, which has this status.
fn done(status: u16, answer: &Answer) -> Value {
    assert_eq!(answer.status, status, "{answer:?}");
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The number of the last record of an application.
fn last(answer: &Answer) -> u64 {
    done(200, answer)["records"].as_array().unwrap().len() as u64
}

/// The charging log of a car.
pub fn charged(vin: &str) -> Vec<u8> {
    let log = String::from_utf8(recent(LOG)).unwrap();
    log.replace(CERTIFIED, vin).into_bytes()
}

/// The parts that people play on the way to a certificate.
struct Parts<'p> {
    people: &'p BTreeMap<&'static str, Person>,
}

impl Parts<'_> {
    /// ann applies for a car.
    async fn applied(&self, vin: &str) -> String {
        let mut wanted = wanted("application.json");
        wanted["vehicle"]["vid"] = json!(format!("vin:{vin}"));
        let answer = self.people["ann"]
            .post("/api/certification/applications", &wanted)
            .await;
        text(&done(201, &answer)["case"])
    }

    /// kim accepts the application, and ann hands her charging log in.
    async fn handed_in(&self, vin: &str) -> (String, String) {
        let case = self.applied(vin).await;
        let agree = json!({"agrees": true, "remarks": "known"});
        done(200, &self.people["kim"].post(&at(&case, "/review"), &agree).await);
        let (log, battery) = (charged(vin), description(BATTERY));
        let parts: [Part<'_>; 2] = [
            ("battery", Some(BATTERY), &battery),
            ("telemetry", Some(LOG), &log),
        ];
        let answer = self.people["ann"]
            .send_files(&at(&case, "/telemetry"), &parts)
            .await;
        let sha256 = text(&done(201, &answer)["sha256"]);
        (case, sha256)
    }

    /// kim evaluates, and lee reviews.
    async fn reviewed(&self, vin: &str) -> (String, String) {
        let (case, sha256) = self.handed_in(vin).await;
        let evaluation = json!({"assessment": sha256});
        done(
            200,
            &self.people["kim"]
                .post(&at(&case, "/evaluation"), &evaluation)
                .await,
        );
        let agree = json!({"agrees": true, "remarks": "same bytes"});
        done(200, &self.people["lee"].post(&at(&case, "/review"), &agree).await);
        (case, sha256)
    }

    /// park decides.
    async fn granted(&self, vin: &str) -> (String, String) {
        let (case, sha256) = self.reviewed(vin).await;
        let grant = json!({"grant": true, "reasons": "all limits kept"});
        done(
            200,
            &self.people["park"].post(&at(&case, "/decision"), &grant).await,
        );
        (case, sha256)
    }

    async fn certified(&mut self, vin: &str) -> Certified {
        let (case, sha256) = self.granted(vin).await;
        let issued = self.people["park"]
            .post(&at(&case, "/certificate"), &json!({}))
            .await;
        let number = text(&done(201, &issued)["certificate"]);
        let last = last(&self.people["ann"].get(&at(&case, "")).await);
        Certified {
            case,
            number,
            sha256,
            last,
        }
    }
}

impl Stage {
    pub async fn new() -> Self {
        let made = made();
        let mut options = options();
        options.test_add = true;
        options.test_vc_api = true;
        let service = Running::again(made.data.copy(), options).await;
        Self {
            people: logged_in(&service, &PEOPLE).await,
            tokens: &made.tokens,
            in_force: made.in_force.clone(),
            suspended: made.suspended.clone(),
            ticket: made.ticket.clone(),
            desk: Desk::open(log_of(&service.data), None).await.unwrap(),
            numbers: AtomicU64::new(1),
            service,
        }
    }

    pub fn person(&self, name: &str) -> &Person {
        &self.people[name]
    }

    /// Another number each time.
    pub fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    fn parts(&self) -> Parts<'_> {
        Parts { people: &self.people }
    }

    /// A case of ann's that waits for its first review.
    pub async fn applied(&self) -> String {
        self.parts().applied(UNCERTIFIED).await
    }

    /// A case of ann's that waits for its evaluation, and the assessment to make it of.
    pub async fn handed_in(&self) -> (String, String) {
        self.parts().handed_in(UNCERTIFIED).await
    }

    /// A case of ann's that waits for its decision.
    pub async fn reviewed(&self) -> String {
        self.parts().reviewed(UNCERTIFIED).await.0
    }

    /// A case of ann's that waits for its certificate.
    pub async fn granted(&self) -> String {
        self.parts().granted(UNCERTIFIED).await.0
    }

    /// A case of ann's with her complaint, and the number of its record.
    pub async fn disputed(&self) -> (String, u64) {
        let case = self.applied().await;
        let complaint = json!({"text": "nobody answers"});
        let answer = self
            .person("ann")
            .post(&at(&case, "/complaints"), &complaint)
            .await;
        let record = done(201, &answer)["record"].as_u64().unwrap();
        (case, record)
    }

    /// A link of an organisation, by somebody of it who may: its id and its secret.
    pub async fn link(&self, by: &str) -> (String, String) {
        let made = done(
            201,
            &self
                .person(by)
                .post("/api/shares", &json!({"vehicle": CAR}))
                .await,
        );
        (text(&made["share"]["id"]), text(&made["secret"]))
    }

    /// The id of a token of somebody's.
    pub async fn token(&self, of: &str) -> String {
        let wanted = json!({"name": "spare", "scopes": []});
        text(&done(201, &self.person(of).post("/api/tokens", &wanted).await)["token"]["id"])
    }

    /// The id of a key more of an issuer.
    pub async fn issuer_key(&self, issuer: &str, role: &str) -> String {
        let key = self.key();
        let public = hex::encode(key.public());
        let enrol = json!({"issuer": issuer, "name": issuer, "roles": [role], "public_key": public});
        done(201, &self.person("olga").post("/api/issuers", &enrol).await);
        key.key_id().to_string()
    }

    /// A key that nobody has yet.
    pub fn key(&self) -> IssuerSigningKey {
        let mut seed = [0xa5; 32];
        seed[..8].copy_from_slice(&self.number().to_le_bytes());
        IssuerSigningKey::from_seed(&seed)
    }

    /// A car that somebody puts into the yard of his organisation.
    pub async fn bought(&self, by: &str) -> String {
        let vin = format!("KMHXX00XXXX{:06}", 1000 + self.number());
        done(
            200,
            &self
                .person(by)
                .ask("PUT", &format!("/api/yard/{vin}"), Some(&json!({})))
                .await,
        );
        vin
    }

    /// What makes an operator's account, once.
    pub async fn setup_token(&self) -> String {
        let now = Timestamp::now().as_second();
        let token = self.desk.make_setup_token(&Actor::Machine, now).await.unwrap();
        token.secret.reveal().to_owned()
    }
}
