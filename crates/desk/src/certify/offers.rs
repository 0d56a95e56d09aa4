//! Which steps a case can take next, who may take them, and why others may not: found by trying each on a copy of the case, so that
//! what is offered and what is done follow the same rules.

use certificate::application::Chemistry;
use certificate::people::{Activity, NotCompetent, Person};
use certificate::scheme::{Actor, Case, SchemeError, Step};
use jiff::Timestamp;
use serde::Serialize;

use super::steps::whole;

/// A step that the state of a case allows.
#[derive(Clone, Debug, Serialize)]
pub struct Offer {
    /// The step, by its word in the records.
    pub step: &'static str,
    /// The clause of ISO/IEC 17065.
    pub clause: &'static str,
    /// The mandates of which a person needs one; none where it is for those outside.
    pub mandates: Vec<Activity>,
    /// Whether the one who asks may take it.
    pub you_may: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_not: Option<WhyNot>,
    /// The ids of those who may; only the body sees them.
    pub people: Vec<String>,
}

/// Why somebody may not take a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WhyNot {
    /// The reason, by a word that never changes.
    pub code: &'static str,
    /// In words.
    pub detail: String,
    /// For `same_person`: the duty that the person has on the case.
    #[serde(skip)]
    pub did: Option<Activity>,
}

impl WhyNot {
    /// A reason outside the scheme's own rules.
    pub(crate) fn other(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            did: None,
        }
    }
}

impl From<&SchemeError> for WhyNot {
    fn from(error: &SchemeError) -> Self {
        let (code, did) = match error {
            SchemeError::SamePerson { did, .. } => ("same_person", Some(*did)),
            SchemeError::Evaluator { .. } => ("evaluator", None),
            SchemeError::Involved { .. } => ("involved", None),
            SchemeError::Client { .. } => ("client", None),
            SchemeError::NotCompetent(NotCompetent::NoMandate { .. }) => ("no_mandate", None),
            SchemeError::NotCompetent(NotCompetent::NotThen { .. }) => ("mandate_over", None),
            SchemeError::NotCompetent(NotCompetent::OtherChemistry { .. }) => ("other_chemistry", None),
            SchemeError::Obstacles(_) => ("obstacles", None),
            SchemeError::WrongActor { .. } => ("not_the_body", None),
            _ => ("not_now", None),
        };
        Self {
            code,
            detail: error.to_string(),
            did,
        }
    }
}

/// Every step that people take, in the order of the scheme, with something in place of what they would write.
fn tries(case: &Case) -> Vec<Step> {
    let text = || "-".to_owned();
    let mut steps = vec![
        Step::ApplicationAccepted { remarks: text() },
        Step::ApplicationDeclined { reasons: text() },
        Step::Evaluated {
            evaluation: text(),
            obstacles: Vec::new(),
            basis: None,
        },
        Step::Reviewed {
            agrees: true,
            remarks: text(),
        },
        Step::Granted { reasons: text() },
        Step::Refused { reasons: text() },
        Step::Issued {
            certificate: text(),
            credential: text(),
            redacted: text(),
        },
        Step::Surveilled { remarks: text() },
        Step::Changed { what: text() },
        Step::Suspended {
            reason: text(),
            cause: None,
            statement: None,
        },
        Step::Reinstated { reason: text() },
        Step::Withdrawn { reason: text() },
        Step::Complained { text: text() },
    ];
    let appealable = ["application_declined", "refused", "suspended", "withdrawn"];
    steps.extend(case.last(&appealable).map(|record| Step::Appealed {
        against: record.number,
        text: text(),
    }));
    steps.extend(case.open_disputes().next().map(|dispute| Step::Resolved {
        dispute,
        upheld: true,
        text: text(),
    }));
    steps
}

/// Whoever asks what a case can take next.
pub(crate) struct Asker<'a> {
    /// The person the account acts as, or why it acts as none.
    pub(crate) person: Result<&'a Person, WhyNot>,
    /// Whether it may complain and appeal.
    pub(crate) outside: bool,
    /// Everybody of the body; nobody where the asker is outside.
    pub(crate) people: &'a [Person],
}

/// The steps that the state of the case allows.
pub(crate) fn offers(case: &Case, chemistry: Chemistry, asker: &Asker<'_>, now: Timestamp) -> Vec<Offer> {
    let at = whole(now);
    let tried = |step: &Step, person: &Person| {
        let mut copy = case.clone();
        copy.step(step.clone(), person, chemistry, at).map(|_| ())
    };
    let mut offers = Vec::new();
    for step in tries(case) {
        // Whether the state allows it at all does not depend on who asks.
        let nobody = Actor::Outsider(String::new());
        if let Err(SchemeError::State { .. }) = case
            .clone()
            .step_from_outside(step.clone(), nobody, at)
            .map(|_| ())
        {
            continue;
        }
        let why_not = match &asker.person {
            _ if step.mandates().is_empty() => {
                let detail = "an account of this role does not apply, complain or appeal";
                (!asker.outside).then(|| WhyNot::other("role", detail))
            }
            Ok(person) => tried(&step, person).err().as_ref().map(WhyNot::from),
            Err(why) => Some(why.clone()),
        };
        let may = |person: &&Person| !step.mandates().is_empty() && tried(&step, person).is_ok();
        offers.push(Offer {
            step: step.kind(),
            clause: step.clause(),
            mandates: step.mandates().to_vec(),
            you_may: why_not.is_none(),
            why_not,
            people: asker.people.iter().filter(may).map(|p| p.id.clone()).collect(),
        });
    }
    offers
}

#[cfg(test)]
mod tests {
    use certificate::people::Mandate;
    use jiff::civil::date;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    fn person(id: &str, activities: &[Activity]) -> Person {
        Person {
            id: id.to_owned(),
            name: id.to_uppercase(),
            mandates: activities
                .iter()
                .map(|activity| Mandate {
                    activity: *activity,
                    competence: "sample".to_owned(),
                    chemistries: [Chemistry::NMC].into(),
                    from: date(2020, 1, 1),
                    until: date(2099, 12, 31),
                })
                .collect(),
        }
    }

    fn asked(case: &Case, who: &Person, all: &[Person]) -> Vec<Offer> {
        let asker = Asker {
            person: Ok(who),
            outside: true,
            people: all,
        };
        offers(case, Chemistry::NMC, &asker, at(100))
    }

    #[test]
    fn who_evaluated_is_told_why_the_review_is_another_s() {
        let kim = person(
            "kim",
            &[Activity::ReviewApplication, Activity::Evaluate, Activity::Review],
        );
        let lee = person("lee", &[Activity::Review]);
        let all = [kim.clone(), lee];
        let mut case = Case::open("C-1", "Yard", &"0".repeat(64), at(0)).unwrap();
        let accepted = Step::ApplicationAccepted {
            remarks: "known".to_owned(),
        };
        case.step(accepted, &kim, Chemistry::NMC, at(1)).unwrap();
        let next: Vec<&str> = asked(&case, &kim, &all).iter().map(|o| o.step).collect();
        assert_eq!(next, ["evaluated", "complained"]);
        let evaluated = Step::Evaluated {
            evaluation: "0".repeat(64),
            obstacles: vec!["check isolation failed".to_owned()],
            basis: None,
        };
        case.step(evaluated, &kim, Chemistry::NMC, at(2)).unwrap();
        let offers = asked(&case, &kim, &all);
        let review = &offers[0];
        assert_eq!((review.step, review.you_may), ("reviewed", false));
        let why = review.why_not.as_ref().unwrap();
        assert_eq!((why.code, why.did), ("same_person", Some(Activity::Evaluate)));
        assert_eq!(review.people, ["lee"]);
    }

    #[test]
    fn nobody_is_offered_to_grant_past_an_obstacle() {
        let all = [
            person("kim", &[Activity::ReviewApplication, Activity::Evaluate]),
            person("lee", &[Activity::Review]),
            person("park", &[Activity::Decide]),
        ];
        let mut case = Case::open("C-1", "Yard", &"0".repeat(64), at(0)).unwrap();
        let remarks = || "looked".to_owned();
        for (second, who, step) in [
            (1, 0, Step::ApplicationAccepted { remarks: remarks() }),
            (
                2,
                0,
                Step::Evaluated {
                    evaluation: "0".repeat(64),
                    obstacles: vec!["the method refused".to_owned()],
                    basis: None,
                },
            ),
            (
                3,
                1,
                Step::Reviewed {
                    agrees: true,
                    remarks: remarks(),
                },
            ),
        ] {
            case.step(step, &all[who], Chemistry::NMC, at(second)).unwrap();
        }
        let offers = asked(&case, &all[2], &all);
        let may: Vec<(&str, bool)> = offers.iter().map(|o| (o.step, o.you_may)).collect();
        assert_eq!(may[..2], [("granted", false), ("refused", true)]);
        assert_eq!(offers[0].why_not.as_ref().unwrap().code, "obstacles");
    }
}
