//! A certificate's pages: from the credential, and from nothing else, so that they can be made again and compared.
//!
//! Anybody can keep the credential in a PDF and repaint its pages. [`pages`] tells.

use battery::transport::DAMAGED;
use certificate::Decimal;
use certificate::application::Category;
use certificate::credential::{Subject, jcs};
use certificate::evaluation::{self, CheckResult, NEEDED_FOR_TRANSPORT};
use certificate::grade::{self, Durability};
use certificate_pdf::sheet::{
    Battery, Check, CheckKind, Class, Curve, Evidence, Grade, Health, Issuer, LONGEST_ACTION, Limit,
    Obstacle, Outcome, People, Reading, Session, Sheet, SocWindow, Standing, Step, Transport, Validity,
    Vehicle,
};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;

pub use certificate_pdf::Language;

/// Why a credential has no pages.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SheetError {
    /// It is no certificate's credential.
    #[error("is no certificate: {0}")]
    NoCertificate(String),
    /// A certificate is printed only with this, and the credential does not say it.
    #[error(
        "{0} is missing, and no certificate is printed without it; the credential itself is good without"
    )]
    Missing(&'static str),
    /// A check that the pages have no words for.
    #[error("check {0:?} is none that the pages have words for; the credential itself can carry it")]
    Check(String),
    /// The pages do not take it.
    #[error(transparent)]
    Render(#[from] certificate_pdf::RenderError),
}

/// What the pages need beside the subject.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    id: String,
    issuer: Body,
    valid_from: Timestamp,
    valid_until: Timestamp,
    credential_subject: Subject,
}

#[derive(Deserialize)]
struct Body {
    id: String,
    name: String,
}

/// The sheet of a credential. It says nothing that the credential does not say. Where the certificate stands now is no part
/// of it: pages are made when a certificate is issued, and a verifier asks the status lists.
///
/// # Errors
/// It is no certificate's credential, or lacks what is printed on every certificate.
pub fn sheet_of(credential: &Value, language: Language) -> Result<Sheet, SheetError> {
    let no_certificate = |e: &dyn std::fmt::Display| SheetError::NoCertificate(e.to_string());
    let bytes = jcs::canonical(credential).map_err(|e| no_certificate(&e))?;
    let envelope = Envelope::deserialize(credential).map_err(|e| no_certificate(&e))?;
    let subject = envelope.credential_subject;
    let (from, until) = (day(envelope.valid_from), day(envelope.valid_until));
    let url = envelope.id.split('#').next().unwrap_or_default().to_owned();
    Ok(Sheet {
        language,
        standing: Standing::InForce,
        specimen: is_specimen(&envelope.issuer.id),
        number: subject.certificate.clone(),
        issuer: Issuer {
            name: envelope.issuer.name,
            id: envelope.issuer.id,
        },
        issued_at: envelope.valid_from,
        validity: Validity {
            from,
            until,
            odometer_limit_km: subject.odometer_limit_km,
        },
        vehicle: Vehicle {
            vin: subject.vehicle.vid.as_ref().map(|vid| {
                let vid = vid.to_string();
                vid.split_once(':')
                    .map_or(vid.clone(), |(_, bare)| bare.to_owned())
            }),
            make: subject.vehicle.make.clone(),
            model: subject.vehicle.model.clone(),
            variant: subject.vehicle.variant.clone(),
            first_registration: subject.vehicle.first_registration,
            odometer_km: subject.odometer_km,
        },
        battery: Battery {
            id: subject.battery.id.clone(),
            chemistry: subject.battery.chemistry.to_string(),
            cells_in_series: subject.battery.n_series,
            rated_ah: subject.battery.rated_ah.to_f64(),
            rated_source: subject.battery.rated_source.clone(),
            reported_soh_percent: subject.soh.reported_by_vehicle_pct.map(Decimal::to_f64),
        },
        health: health(&subject),
        evidence: Evidence {
            from: subject.evidence.from,
            until: subject.evidence.until,
            sessions: subject.evidence.sessions.iter().map(session).collect(),
            assessment_sha256: subject.evidence.assessment_sha256.clone(),
            data_sha256: subject.evidence.raw_sha256.clone(),
        },
        checks: subject.checks.iter().map(check).collect::<Result<_, _>>()?,
        transport: transport(&subject)?,
        people: People {
            evaluated: step(&subject.decision.evaluated),
            reviewed: step(&subject.decision.reviewed),
            decided: step(&subject.decision.decided),
        },
        verify_url: url,
        credential: bytes,
    })
}

/// The pages of a credential, as PDF/A-3 with the credential inside. The same credential gives the same bytes.
///
/// # Errors
/// As [`sheet_of`], or the pages do not take what it says.
pub fn print(credential: &Value, language: Language) -> Result<Vec<u8>, SheetError> {
    Ok(certificate_pdf::render(&sheet_of(credential, language)?)?)
}

/// Whether pages say what their credential says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pages {
    /// Printed again from the credential, they are the same file.
    Same,
    /// They are not: repainted, or printed by another version.
    Differ,
    /// They cannot be printed again, for this reason.
    Unknown(String),
}

/// Prints a PDF's credential again and compares.
pub fn pages(pdf: &[u8], credential: &[u8]) -> Pages {
    let again = || {
        let language = certificate_pdf::language(pdf).map_err(|e| e.to_string())?;
        let credential: Value = serde_json::from_slice(credential).map_err(|e| e.to_string())?;
        print(&credential, language).map_err(|e| e.to_string())
    };
    match again() {
        Ok(printed) if printed == pdf => Pages::Same,
        Ok(_) => Pages::Differ,
        Err(problem) => Pages::Unknown(problem),
    }
}

/// Names under which nobody can exist (RFC 2606 and 6761), and keys without a name, issue specimens only.
fn is_specimen(did: &str) -> bool {
    let Some(web) = did.strip_prefix("did:web:") else {
        return true;
    };
    let host = web.split(':').next().unwrap_or_default();
    let host = host.split("%3A").next().unwrap_or_default().to_ascii_lowercase();
    let mut labels = host.rsplit('.');
    let (top, second) = (labels.next().unwrap_or_default(), labels.next());
    ["example", "test", "invalid", "localhost"].contains(&top)
        || (["com", "net", "org"].contains(&top) && second == Some("example"))
}

fn day(time: Timestamp) -> Date {
    time.to_zoned_datetime(TimeZone::UTC).date()
}

fn step(took: &certificate::credential::subject::Took) -> Step {
    Step {
        name: took.name.clone(),
        on: took.on,
    }
}

fn session(session: &evaluation::Session) -> Session {
    Session {
        delta_soc_percent: session.delta_soc_pct.to_f64(),
        charge_ah: session.charge_ah.to_f64(),
        anchored: session.anchored,
    }
}

fn health(subject: &Subject) -> Health {
    let soh = &subject.soh;
    let euro7 = grade::Curve::Euro7.name();
    Health {
        soh_percent: soh.value_pct.to_f64(),
        lower_percent: soh.lower95_pct.to_f64(),
        upper_percent: soh.upper95_pct.to_f64(),
        capacity_ah: soh.capacity_ah.to_f64(),
        class: match soh.class {
            evaluation::Class::Field => Class::Field,
            evaluation::Class::Guided => Class::Guided,
        },
        grade: match subject.grade {
            grade::Grade::A => Grade::A,
            grade::Grade::B => Grade::B,
            grade::Grade::C => Grade::C,
            grade::Grade::D => Grade::D,
            grade::Grade::E => Grade::E,
        },
        grade_floors: match subject.vehicle.category {
            Category::M1 => [90.0, 80.0, 72.0, 60.0],
            Category::N1 => [90.0, 80.0, 67.0, 60.0],
        },
        curve: subject
            .durability
            .iter()
            .find(|durability| durability.regulation == euro7)
            .and_then(curve),
        method: soh.method_version.clone(),
    }
}

fn curve(durability: &Durability) -> Option<Curve> {
    Some(Curve {
        required_percent: durability.required_pct?.to_f64(),
        met: durability.outcome == grade::Outcome::Meets,
    })
}

fn check(check: &evaluation::Check) -> Result<Check, SheetError> {
    let kind = CheckKind::from_id(&check.id).ok_or_else(|| SheetError::Check(check.id.clone()))?;
    Ok(Check {
        kind,
        value: check
            .value
            .as_ref()
            .map_or(Reading::Missing, |value| Reading::from_words(&value.to_string())),
        limit: check
            .limit
            .as_ref()
            .map_or(Limit::None, |limit| Limit::from_words(kind, &limit.to_string())),
        source: check.limit_source.clone(),
        outcome: match check.result {
            CheckResult::Pass => Outcome::Pass,
            CheckResult::Watch => Outcome::Watch,
            CheckResult::Fail => Outcome::Fail,
            CheckResult::NotMeasured => Outcome::NotMeasured,
            CheckResult::Stated => Outcome::Stated,
        },
        action: (check.action.as_deref()).map(|action| evaluation::shortened(action, LONGEST_ACTION)),
    })
}

fn transport(subject: &Subject) -> Result<Transport, SheetError> {
    let transport = &subject.transport;
    let soc = transport.soc_pct.ok_or(SheetError::Missing("transport.socPct"))?;
    Ok(Transport {
        un_number: transport.un_number.clone(),
        soc_percent: soc.to_f64(),
        soc_measured_at: transport.soc_measured_on,
        windows: transport
            .windows
            .iter()
            .map(|window| SocWindow {
                carrier: window.carrier.clone(),
                min_percent: window.min_pct.to_f64(),
                max_percent: window.max_pct.to_f64(),
            })
            .collect(),
        ready: transport.ready,
        obstacles: obstacles(subject, soc),
    })
}

/// What stands in the way of transport, in the words that the pages have in every language.
fn obstacles(subject: &Subject, soc: Decimal) -> Vec<Obstacle> {
    let transport = &subject.transport;
    if transport.ready {
        return Vec::new();
    }
    let has = |id: &str, result: CheckResult| {
        subject
            .checks
            .iter()
            .any(|check| check.id == id && check.result == result)
    };
    let failed = |id: &str| has(id, CheckResult::Fail);
    let windows = &transport.windows;
    let all = |out: fn(&evaluation::SocWindow, Decimal) -> bool| {
        !windows.is_empty() && windows.iter().all(|window| out(window, soc))
    };
    let mut found: Vec<Obstacle> = [
        (all(|window, soc| soc > window.max_pct), Obstacle::SocTooHigh),
        (all(|window, soc| soc < window.min_pct), Obstacle::SocTooLow),
        (
            transport.obstacles.iter().any(|text| text.starts_with(DAMAGED)),
            Obstacle::Damaged,
        ),
        (failed("hv_dtcs"), Obstacle::HighVoltageFault),
        (failed("isolation"), Obstacle::IsolationTooLow),
        (
            has("isolation", CheckResult::Watch) || has("self_discharge", CheckResult::Watch),
            Obstacle::Watched,
        ),
    ]
    .into_iter()
    .filter_map(|(is_so, obstacle)| is_so.then_some(obstacle))
    .collect();
    let open = NEEDED_FOR_TRANSPORT
        .iter()
        .any(|needed| has(needed, CheckResult::NotMeasured));
    if open || found.is_empty() {
        found.push(Obstacle::NotMeasured);
    }
    found
}

#[cfg(test)]
mod tests {
    use certificate::application::Application;
    use certificate::credential::subject::Took;
    use certificate::credential::{self as made, Certificate, StatusEntry, unsigned};
    use proptest::prelude::*;

    use super::*;
    use crate::certify::assessment;

    const APPLICATION: &str = include_str!("../../../../samples/certificate/application.json");
    const ASSESSMENT: &[u8] = include_bytes!("../../../../samples/certificate/assessment.json");

    /// What is signed when the sample car is certified; pages are made of it without the proof too.
    fn credential(number: &str, redacted: bool) -> Value {
        let application: Application = serde_json::from_str(APPLICATION).unwrap();
        let found = assessment::read(ASSESSMENT).unwrap();
        let on = jiff::civil::date(2025, 8, 20);
        let evaluation = assessment::evaluation(&found, &application, None, on).unwrap();
        let took = |name: &str| Took {
            name: name.to_owned(),
            on,
        };
        let certificate = Certificate {
            number,
            issuer: &made::Issuer {
                did: "did:web:certs.example".to_owned(),
                name: "Battery Certification Incheon (sample)".to_owned(),
                base_url: "https://certs.example".to_owned(),
            },
            application: &application,
            evaluation: &evaluation,
            people: &made::People {
                evaluated: took("Kim Ara"),
                reviewed: took("Lee Bora"),
                decided: took("Park Chan"),
            },
            issued: "2025-08-20T09:00:00Z".parse().unwrap(),
            status: StatusEntry { list: 1, index: 7 },
        };
        unsigned(&certificate, redacted).unwrap()
    }

    fn compared(sheet: &Sheet) -> Pages {
        let pdf = certificate_pdf::render(sheet).unwrap();
        pages(&pdf, &certificate_pdf::embedded_credential(&pdf).unwrap())
    }

    #[test]
    fn pages_made_from_a_credential_say_what_it_says() {
        for language in [Language::Korean, Language::Arabic] {
            let sheet = sheet_of(&credential("CN-2026-000001", false), language).unwrap();
            assert_eq!(sheet.vehicle.vin.as_deref(), Some("KMHKN81ABMU000005"));
            assert_eq!(
                sheet.verify_url,
                "https://certs.example/certificates/CN-2026-000001"
            );
            assert_eq!(compared(&sheet), Pages::Same);
        }
        let twin = sheet_of(&credential("CN-2026-000001", true), Language::English).unwrap();
        assert_eq!(
            (twin.vehicle.vin.as_deref(), twin.battery.id.as_deref()),
            (None, None)
        );
        assert_eq!(compared(&twin), Pages::Same);
    }

    #[test]
    fn a_state_of_charge_without_a_day_is_printed_without_one() {
        let dated = |dated: bool| {
            let mut credential = credential("CN-2026-000001", false);
            let transport = &mut credential["credentialSubject"]["transport"];
            transport.as_object_mut().unwrap().remove("socMeasuredOn");
            if dated {
                transport["socMeasuredOn"] = "2025-08-18".into();
            }
            sheet_of(&credential, Language::English)
                .unwrap()
                .transport
                .soc_measured_at
        };
        assert_eq!(dated(false), None);
        assert_eq!(dated(true), Some(jiff::civil::date(2025, 8, 18)));
    }

    #[test]
    fn a_repainted_page_around_a_good_credential_is_told() {
        let sheet = sheet_of(&credential("CN-2026-000001", false), Language::English).unwrap();
        let mut younger = sheet.clone();
        younger.vehicle.odometer_km = 14_660;
        assert_eq!(compared(&younger), Pages::Differ);
        let mut of_another = sheet;
        of_another.credential = jcs::canonical(&credential("CN-2026-000002", false)).unwrap();
        assert_eq!(compared(&of_another), Pages::Differ);
    }

    #[test]
    fn only_a_body_that_can_exist_prints_without_the_word_specimen() {
        for (did, specimen) in [
            ("did:web:certs.example", true),
            ("did:web:certs.example.org", true),
            ("did:web:localhost%3A8080:lab", true),
            ("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", true),
            ("did:web:certs.kr", false),
            ("did:web:example.kr:lab", false),
        ] {
            assert_eq!(is_specimen(did), specimen, "{did}");
        }
    }

    #[test]
    fn pages_have_words_of_their_own_for_what_every_assessment_says() {
        let said = |words: &str| certificate_pdf::phrases::phrase(words).is_some();
        for rule in battery::transport::rules() {
            assert!(said(&rule.name), "{}", rule.name);
        }
        let found = assessment::read(ASSESSMENT).unwrap();
        for check in &found.checks {
            let law = check.limit_source.starts_with("UN R100");
            assert!(said(&check.limit_source) || law, "{}", check.limit_source);
        }
        // Whatever a check says is to be done.
        let empty = battery::Assessor::new(
            found.pack.clone(),
            battery::Facts::default(),
            battery::Class::Field,
        )
        .finish();
        let application: Application = serde_json::from_str(APPLICATION).unwrap();
        let on = jiff::civil::date(2025, 8, 20);
        for (found, odometer_km) in [(found, None), (empty, Some(14_000))] {
            let evaluation = assessment::evaluation(&found, &application, odometer_km, on).unwrap();
            for check in evaluation.checks {
                let printed = super::check(&check).unwrap();
                let known = certificate_pdf::phrases::advice(printed.kind, printed.outcome).is_some();
                assert_eq!(check.action.is_some(), known, "{}", check.id);
            }
        }
    }

    #[test]
    fn what_no_page_has_words_for_is_said_and_not_left_out() {
        let mut other = credential("CN-2026-000001", false);
        other["credentialSubject"]["checks"][0]["id"] = "smell".into();
        assert_eq!(
            sheet_of(&other, Language::English),
            Err(SheetError::Check("smell".to_owned()))
        );
    }

    proptest! {
        #[test]
        fn any_document_has_a_sheet_or_a_reason(at in 0_usize..20_000, byte in any::<u8>()) {
            let mut bytes = credential("CN-2026-000001", false).to_string().into_bytes();
            let at = at % bytes.len();
            bytes[at] = byte;
            if let Ok(document) = serde_json::from_slice::<Value>(&bytes) {
                let _ = sheet_of(&document, Language::French);
            }
        }
    }
}
