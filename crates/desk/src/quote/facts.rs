//! What a car's history says about it, as facts for a border. Displacement comes from the registration only, never from a
//! VIN and never from the maker; what statements do not say stays unknown.

use border::{Car, Fault, is_same_power};
use dossier::{Report, VerifiedStatement};
use history::findings::{self, Code};
use jiff::civil::Date;
use serde_json::Value;
use vehicle::VehicleId;
use vehicle::units::{Kilometres, Miles};

use crate::desk::Desk;
use crate::error::DeskError;

/// Facts with the statement that each comes from.
#[derive(Clone, Debug)]
pub struct Known {
    /// The facts.
    pub car: Car,
    /// Where each comes from.
    pub facts: Vec<KnownFact>,
    /// What its history speaks of and does not settle: it is asked for, and may be given.
    pub left_open: Vec<LeftOpen>,
}

/// A fact that a history speaks of and does not settle.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LeftOpen {
    /// The fact.
    pub name: String,
    /// Why.
    pub why: Open,
    /// The places in the log of the statements that it is about.
    pub log_indices: Vec<u64>,
}

/// Why a history does not settle a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Open {
    /// A finding about the odometer says that the last reading is not the distance driven, or may not be.
    Odometer,
    /// A condition inspection found nothing, and looks for accident, flood and fire only.
    OnlyInspected,
}

/// A fact and its statement.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct KnownFact {
    /// The fact.
    pub name: String,
    /// Its value as text.
    pub value: String,
    /// The place of the statement in the log.
    pub log_index: u64,
    /// The type of the statement.
    pub statement: String,
}

impl Desk {
    /// What the log's history says of a car; nothing if the log does not know it.
    ///
    /// # Errors
    /// Nothing is published yet, storage failed, or our own dossier does not verify.
    pub async fn facts(
        &self,
        vehicle: &VehicleId,
        now: u64,
        today: Date,
    ) -> Result<Option<Known>, DeskError> {
        let history = self.history(vehicle, now, today).await?;
        if history.report.is_absent() {
            return Ok(None);
        }
        Ok(Some(known(&history.report, &history.findings)))
    }
}

/// The facts that verified statements hold, as far as the findings leave them standing. Corrected statements do not count.
fn known(report: &Report, found: &findings::Report) -> Known {
    let mut known = Known {
        car: Car::new(),
        facts: Vec::new(),
        left_open: Vec::new(),
    };
    let (mut title, mut uses) = (Vec::new(), Vec::new());
    let mut inspected = None;
    for statement in report.statements.iter().filter(|s| s.superseded_by.is_empty()) {
        let body = &statement.claims.body;
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let typ = statement.claims.typ.to_string();
        let mut brand = |word: &'static str| {
            if !title.iter().any(|(known, _)| *known == word) {
                title.push((word, statement));
            }
        };
        match typ.as_str() {
            "registration.first" => {
                known.put(statement, "first_registration", text("date"));
                known.put(statement, "used", Some("true"));
                if let Some(cc) = body
                    .get("displacement_cc")
                    .and_then(Value::as_u64)
                    .filter(|cc| *cc > 0)
                {
                    known.put(statement, "cc", Some(&cc.to_string()));
                }
                known.common(statement);
                known.put(statement, "category", text("vehicle_class").and_then(category_of));
                if let Some(word) = text("use").and_then(prior_use) {
                    uses.push((word, statement));
                }
            }
            "registration.changed" => {
                for field in ["use", "old_use"] {
                    if let Some(word) = text(field).and_then(prior_use) {
                        uses.push((word, statement));
                    }
                }
            }
            "identity.manufactured" => {
                known.put(statement, "manufactured", text("produced_on"));
                known.common(statement);
                known.put(statement, "drive", text("drive"));
                for (field, fact) in [("battery_kwh", "battery_kwh"), ("gross_mass_kg", "mass_kg")] {
                    if let Some(number) = body.get(field).filter(|value| value.is_number()) {
                        known.put(statement, fact, Some(&number.to_string()));
                    }
                }
                // Which machine the figure is of is only plain where there is one machine.
                let power = match text("fuel") {
                    Some("gasoline" | "diesel" | "lpg" | "cng") => Some("engine_kw"),
                    Some("electric" | "hydrogen") => Some("motor_kw"),
                    _ => None,
                };
                if let (Some(fact), Some(number)) =
                    (power, body.get("power_kw").filter(|value| value.is_number()))
                {
                    known.put(statement, fact, Some(&number.to_string()));
                }
            }
            "registration.foreign" => {
                match text("title_state") {
                    Some("salvage") => brand("salvage"),
                    Some("branded") => brand("rebuilt"),
                    _ => {}
                }
                let marks = body.get("brands").and_then(Value::as_array);
                for mark in marks.into_iter().flatten().filter_map(Value::as_str) {
                    let words = ["salvage", "rebuilt", "flood", "fire", "junk"];
                    words
                        .into_iter()
                        .filter(|word| *word == mark)
                        .for_each(&mut brand);
                }
            }
            // The policy of the other party pays for the other car; a claim that was denied is no damage on record.
            "claim.damage" if text("side") == Some("own") && text("status") != Some("denied") => {
                brand("accident");
            }
            "theft.reported" if rests_on(found, &[Code::TheftNotRecovered], statement) => brand("stolen"),
            "theft.recovered" if text("condition") == Some("burnt") => brand("fire"),
            "claim.total_loss" => brand("total_loss"),
            "hazard.flood" => brand("flood"),
            "hazard.fire" => brand("fire"),
            "inspection.condition" => {
                inspected = Some(statement);
                for (field, word) in [("accident", "accident"), ("flood", "flood"), ("fire", "fire")] {
                    if body.get(field).and_then(Value::as_bool) == Some(true) {
                        brand(word);
                    }
                }
            }
            _ => {}
        }
    }
    known.odometer(report, found);
    match (title.first(), inspected) {
        (Some((_, statement)), _) => {
            let words: Vec<&str> = title.iter().map(|(word, _)| *word).collect();
            known.put(statement, "title", Some(&words.join(", ")));
        }
        // That nothing is against a car is known only as far as somebody looked, and an inspection does not look for theft, a
        // total loss or a salvage title.
        (None, Some(statement)) => known.left_open.push(LeftOpen {
            name: "title".to_owned(),
            why: Open::OnlyInspected,
            log_indices: vec![statement.log_index.0],
        }),
        (None, None) => {}
    }
    if let Some((_, statement)) = uses.first() {
        let mut words: Vec<&str> = uses.iter().map(|(word, _)| *word).collect();
        words.sort_unstable();
        words.dedup();
        known.put(statement, "prior_use", Some(&words.join(", ")));
    }
    known
}

/// Findings by which an instrument does not show the distance driven, or may not, whatever it read last.
const INSTRUMENT: [Code; 6] = [
    Code::OdometerRollbackSuspected,
    Code::OdometerOneWitness,
    Code::OdometerReview,
    Code::OdometerReplacementUnrecorded,
    Code::OdometerReplaced,
    Code::OdometerRollover,
];

/// Findings by which one reading is not what the instrument showed.
const READING: [Code; 3] = [
    Code::OdometerUnitMix,
    Code::OdometerRecordingError,
    Code::OdometerUnreadable,
];

/// Whether one of these findings rests on a statement.
fn rests_on(found: &findings::Report, codes: &[Code], statement: &VerifiedStatement) -> bool {
    let mut of_these = found
        .findings
        .iter()
        .filter(|finding| codes.contains(&finding.code));
    of_these.any(|finding| finding.rests_on.contains(&statement.log_index.0))
}

/// A reading in whole kilometres, rounded down: no more than was shown.
fn kilometres(odometer: &serde_json::Map<String, Value>) -> Option<String> {
    let value = odometer.get("value").and_then(Value::as_u64)?;
    match odometer.get("unit").and_then(Value::as_str)? {
        "km" => Some(value.to_string()),
        "mi" => {
            let shown = Miles::new(f64::from(u32::try_from(value).ok()?)).ok()?;
            Some(format!("{:.0}", Kilometres::from(shown).get().floor()))
        }
        _ => None,
    }
}

fn prior_use(word: &str) -> Option<&'static str> {
    ["private", "rental", "lease", "business", "taxi", "government"]
        .into_iter()
        .find(|known| *known == word)
}

/// The fuels of the vocabulary, as border rules name them.
fn fuel(word: &str) -> Option<&'static str> {
    Some(match word {
        "gasoline" => "petrol",
        "diesel" => "diesel",
        "lpg" => "lpg",
        "cng" => "cng",
        "hybrid" => "hybrid",
        "plug_in_hybrid" => "plug_in_hybrid",
        "electric" => "electric",
        "hydrogen" => "hydrogen",
        _ => return None,
    })
}

/// The category that a class of the Korean register is for certain: light goods vehicles weigh at most 3.5 t, as N1 does
/// (Enforcement Rule of the Motor Vehicle Management Act, annex 1). Its passenger cars have up to ten seats, M1 up to nine.
fn category_of(class: &str) -> Option<&'static str> {
    let light = class.contains("소형") || class.contains("경형");
    (light && class.contains("화물")).then_some("N1")
}

/// The body as border rules name it. Papers write it in words of their own: those that speak against a passenger car are looked
/// for first, since "cargo van" is a van and "pickup truck" a pickup.
fn body_of(style: &str) -> Option<&'static str> {
    let style = style.to_lowercase();
    let words: [(&str, &[&str]); 11] = [
        ("pickup", &["pickup", "pick-up", "픽업"]),
        ("minibus", &["minibus", "승합"]),
        ("bus", &["bus", "coach", "버스"]),
        ("van", &["van", "밴"]),
        (
            "truck",
            &[
                "truck", "lorry", "cargo", "dump", "tractor", "트럭", "화물", "카고", "덤프", "탑차",
            ],
        ),
        ("suv", &["suv", "sport utility", "crossover", "스포츠유틸리티"]),
        ("sedan", &["sedan", "saloon", "세단"]),
        ("hatchback", &["hatchback", "해치백"]),
        ("wagon", &["wagon", "estate", "왜건"]),
        ("coupe", &["coupe", "coupé", "쿠페"]),
        ("convertible", &["convertible", "cabriolet", "컨버터블"]),
    ];
    words
        .iter()
        .find(|(_, words)| words.iter().any(|word| style.contains(word)))
        .map(|(body, _)| *body)
}

impl Known {
    /// The last reading, if the findings let it stand.
    fn odometer(&mut self, report: &Report, found: &findings::Report) {
        let readings = report
            .statements
            .iter()
            .filter(|statement| statement.superseded_by.is_empty())
            .filter_map(|statement| {
                let odometer = statement.claims.body.get("odometer")?.as_object()?;
                Some((statement, kilometres(odometer)?))
            });
        // By the time of the event: an old certificate may be recorded late.
        let last = readings.max_by_key(|(statement, _)| {
            let claims = &statement.claims;
            (claims.event_time.as_str().to_owned(), statement.log_index.0)
        });
        let Some((statement, shown)) = last else { return };
        let doubted: Vec<u64> = found
            .findings
            .iter()
            .filter(|finding| {
                INSTRUMENT.contains(&finding.code)
                    || (READING.contains(&finding.code) && finding.rests_on.contains(&statement.log_index.0))
            })
            .flat_map(|finding| finding.rests_on.iter().copied())
            .collect();
        if doubted.is_empty() {
            self.put(statement, "odometer_km", Some(&shown));
            return;
        }
        let mut log_indices = doubted;
        log_indices.sort_unstable();
        log_indices.dedup();
        self.left_open.push(LeftOpen {
            name: "odometer_km".to_owned(),
            why: Open::Odometer,
            log_indices,
        });
    }

    /// Fields that several types have.
    fn common(&mut self, statement: &VerifiedStatement) {
        let body = &statement.claims.body;
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        self.put(statement, "make", text("make"));
        self.put(statement, "model", text("model"));
        if let Some(year) = body.get("model_year").and_then(Value::as_i64) {
            self.put(statement, "model_year", Some(&year.to_string()));
        }
        self.put(statement, "fuel", text("fuel").and_then(fuel));
        self.put(statement, "body", text("body_style").and_then(body_of));
    }

    /// Takes a fact. A later statement prevails; a value that no fact can have is left out, and so asked for.
    fn put(&mut self, statement: &VerifiedStatement, name: &str, text: Option<&str>) {
        let Some(text) = text else { return };
        if self.car.set(name, text).is_err() {
            return;
        }
        self.facts.retain(|fact| fact.name != name);
        self.facts.push(KnownFact {
            name: name.to_owned(),
            value: text.to_owned(),
            log_index: statement.log_index.0,
            statement: statement.claims.typ.to_string(),
        });
    }

    /// Adds a fact that the user gives. It may add to the history, not contradict it. A power that is that of the history but for
    /// rounding is no contradiction, and the history's stays.
    ///
    /// # Errors
    /// It is none, or the history says otherwise.
    pub fn add(&mut self, name: &str, text: &str) -> Result<(), Fault> {
        let mut trial = self.car.clone();
        trial.set(name, text)?;
        let fact = if is_power(name) { "engine_kw" } else { name };
        let Some(known) = self.facts.iter().find(|known| known.name == fact) else {
            self.car = trial;
            return Ok(());
        };
        let rounded = is_same_power(("engine_kw", &known.value), (name, text));
        if trial.get(fact) == self.car.get(fact) || (is_power(name) && rounded) {
            return Ok(());
        }
        // A history may not know all that is against a car.
        if fact == "title" && holds_all(&self.car, &trial) {
            self.car = trial;
            return Ok(());
        }
        Err(Fault {
            field: name.to_owned(),
            value: text.to_owned(),
            problem: format!(
                "{}; leave it out here, or have the statement corrected",
                known.said()
            ),
        })
    }

    /// What the history says of a fact that is given under this name, and where.
    pub(super) fn said(&self, name: &str) -> Option<String> {
        let fact = if is_power(name) { "engine_kw" } else { name };
        Some(self.facts.iter().find(|known| known.name == fact)?.said())
    }
}

/// Whether a title has all the marks of another, or more.
fn holds_all(before: &Car, after: &Car) -> bool {
    let marks = |car: &Car| car.get("title").map(ToString::to_string);
    let (Some(before), Some(after)) = (marks(before), marks(after)) else {
        return false;
    };
    before
        .split(", ")
        .all(|mark| after.split(", ").any(|other| other == mark))
}

impl KnownFact {
    fn said(&self) -> String {
        let unit = if self.name == "engine_kw" { " kW" } else { "" };
        format!(
            "the car's history says {}{unit} ({}, entry {})",
            self.value, self.statement, self.log_index
        )
    }
}

/// Whether a name is one of those under which the engine's power is given. They all set `engine_kw`.
pub(super) fn is_power(name: &str) -> bool {
    matches!(name, "engine_kw" | "engine_ps" | "engine_hp")
}

#[cfg(test)]
mod tests {
    use dossier::Issuer;
    use index::Label;
    use jiff::Timestamp;
    use jiff::civil::date;
    use serde_json::json;
    use statement::vocabulary::{Role, StatementType};
    use statement::{Claims, Confidence, Digest, KeyId};
    use tlog::{LeafIndex, TreeSize};

    use super::*;

    #[test]
    fn a_body_is_that_of_the_papers_in_the_words_of_the_rules() {
        for (style, expected) in [
            ("SUV", Some("suv")),
            (
                "Sport Utility Vehicle (SUV)/Multi-Purpose Vehicle (MPV)",
                Some("suv"),
            ),
            ("sedan", Some("sedan")),
            ("van", Some("van")),
            ("Cargo Van", Some("van")),
            ("cargo truck", Some("truck")),
            ("Pickup truck", Some("pickup")),
            ("초장축 슈퍼캡 카고", Some("truck")),
            ("spaceship", None),
        ] {
            assert_eq!(body_of(style), expected, "{style}");
        }
    }

    #[test]
    fn a_light_goods_vehicle_of_the_register_is_of_category_n1_and_other_classes_leave_it_open() {
        for class in ["소형 화물", "화물 소형", "경형화물"] {
            assert_eq!(category_of(class), Some("N1"), "{class}");
        }
        for class in ["중형 화물", "소형 승합", "대형 승용"] {
            assert_eq!(category_of(class), None, "{class}");
        }
    }

    /// A history of statements with these bodies, one a month, and what the desk makes of it.
    fn known_of(statements: &[(StatementType, Value)]) -> Known {
        let vehicle = crate::check::parse_vehicle("KMHXX00XXXX000001").unwrap();
        let statements = statements
            .iter()
            .enumerate()
            .map(|(at, (typ, body))| VerifiedStatement {
                log_index: LeafIndex(at as u64),
                digest: Digest([at as u8; 32]),
                issuer: Issuer {
                    id: "issuer".to_owned(),
                    name: "Issuer".to_owned(),
                    roles: vec![Role::Register],
                    key_id: KeyId([7; 32]),
                    revoked_at: None,
                },
                claims: Claims {
                    iss: "issuer".to_owned(),
                    iat: 1_700_000_000,
                    typ: *typ,
                    vid: vehicle.clone(),
                    event_time: format!("2020-{:02}-04T10:00:00+09:00", at + 1).parse().unwrap(),
                    recorded_at: None,
                    place: None,
                    body: body.as_object().unwrap().clone(),
                    evidence: Vec::new(),
                    confidence: Confidence::Authority,
                    supersedes: None,
                },
                hidden: 0,
                superseded_by: Vec::new(),
                contested_by: Vec::new(),
            });
        let report = Report {
            statements: statements.collect(),
            vehicle: vehicle.clone(),
            asked: true,
            origin: "log".to_owned(),
            size: TreeSize(10),
            as_of: Timestamp::from_second(1_790_000_000).unwrap(),
            cosigners: Vec::new(),
            label: Label([1; 32]),
            erased: Vec::new(),
        };
        let found = crate::lookup::judge(&report, date(2026, 11, 26));
        known(&report, &found)
    }

    /// The title that a history gives; nothing if it gives none.
    fn title_of(statements: &[(StatementType, Value)]) -> Option<String> {
        known_of(statements).car.get("title").map(ToString::to_string)
    }

    #[test]
    fn a_theft_marks_the_title_until_the_car_is_found() {
        let stolen = (StatementType::TheftReported, json!({}));
        assert_eq!(title_of(std::slice::from_ref(&stolen)).as_deref(), Some("stolen"));
        let found = |condition| (StatementType::TheftRecovered, json!({ "condition": condition }));
        assert_eq!(title_of(&[stolen.clone(), found("intact")]), None);
        assert_eq!(title_of(&[stolen, found("burnt")]).as_deref(), Some("fire"));
    }

    #[test]
    fn a_claim_for_the_car_s_own_damage_is_an_accident_unless_it_was_denied() {
        let claim = |side: &str, status: &str| {
            title_of(&[(
                StatementType::ClaimDamage,
                json!({"side": side, "status": status}),
            )])
        };
        assert_eq!(claim("own", "paid").as_deref(), Some("accident"));
        assert_eq!(claim("own", "denied"), None);
        assert_eq!(claim("other", "paid"), None, "it paid for the other car");
    }

    #[test]
    fn marks_of_a_foreign_title_are_those_of_the_rules() {
        let foreign = |body| title_of(&[(StatementType::RegistrationForeign, body)]);
        assert_eq!(
            foreign(json!({"title_state": "salvage"})).as_deref(),
            Some("salvage")
        );
        assert_eq!(
            foreign(json!({"title_state": "branded"})).as_deref(),
            Some("rebuilt")
        );
        assert_eq!(foreign(json!({"title_state": "clean"})), None);
        assert_eq!(
            foreign(json!({"title_state": "branded", "brands": ["flood", "lemon", "junk"]})).as_deref(),
            Some("rebuilt, flood, junk"),
            "what the rules have no word for is no mark"
        );
    }

    #[test]
    fn a_reading_in_miles_is_the_whole_kilometres_below_it() {
        let reading = |value: u64, unit: &str| {
            let body = json!({"odometer": {"value": value, "unit": unit}});
            let known = known_of(&[(StatementType::InspectionPeriodic, body)]);
            known.car.get("odometer_km").map(ToString::to_string)
        };
        assert_eq!(reading(50_000, "km").as_deref(), Some("50000"));
        assert_eq!(reading(50_000, "mi").as_deref(), Some("80467"));
        assert_eq!(reading(1, "mi").as_deref(), Some("1"));
    }

    #[test]
    fn a_power_contradicts_the_history_only_where_rounding_does_not_explain_it() {
        let mut car = Car::new();
        car.set("engine_kw", "137").unwrap();
        let fact = KnownFact {
            name: "engine_kw".to_owned(),
            value: "137".to_owned(),
            log_index: 393,
            statement: "identity.manufactured".to_owned(),
        };
        let mut known = Known {
            car,
            facts: vec![fact],
            left_open: Vec::new(),
        };
        for (name, text) in [("engine_ps", "150"), ("engine_hp", "150"), ("engine_kw", "110")] {
            let fault = known.add(name, text).unwrap_err();
            assert_eq!(fault.field, name);
            assert!(fault.problem.contains("history says 137"), "{fault}");
        }
        for (name, text) in [
            ("engine_ps", "186"),
            ("engine_kw", "137.0"),
            ("engine_kw", "136.8"),
        ] {
            known.add(name, text).unwrap();
        }
        known.add("motor_kw", "45").unwrap();
        assert_eq!(known.car.get("engine_kw").unwrap().to_string(), "137");
        assert_eq!(known.car.get("motor_kw").unwrap().to_string(), "45");
        assert_eq!(known.car.power_from(), None);
    }
}
