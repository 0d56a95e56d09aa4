//! A case from application to withdrawal, and every way around the separation of duties.

use certificate::application::Chemistry;
use certificate::basis::{self, Basis};
use certificate::people::{Activity, Mandate, Person};
use certificate::scheme::{Actor, Case, Record, SchemeError, State, Step};
use certificate::surveillance::Cause;
use jiff::Timestamp;
use jiff::civil::date;

use crate::sample::{application, evaluation, issued};

fn person(id: &str, activities: &[Activity]) -> Person {
    Person {
        id: id.to_owned(),
        name: format!("{id} (sample)"),
        mandates: activities
            .iter()
            .map(|activity| Mandate {
                activity: *activity,
                competence: "sample".to_owned(),
                chemistries: [Chemistry::NMC].into(),
                from: date(2026, 1, 1),
                until: date(2026, 12, 31),
            })
            .collect(),
    }
}

/// Somebody with every mandate: only the separation of duties holds this person back.
fn anybody(id: &str) -> Person {
    person(id, &Activity::ALL)
}

fn evaluated() -> Step {
    Step::Evaluated {
        evaluation: "00".repeat(32),
        obstacles: vec![],
        basis: Some(Basis::Telemetry),
    }
}

fn reviewed(agrees: bool) -> Step {
    Step::Reviewed {
        agrees,
        remarks: "recomputed".to_owned(),
    }
}

fn granted() -> Step {
    Step::Granted {
        reasons: "all limits kept".to_owned(),
    }
}

fn accepted() -> Step {
    Step::ApplicationAccepted {
        remarks: "variant known".to_owned(),
    }
}

fn withdrawn() -> Step {
    Step::Withdrawn {
        reason: "pack exchanged".to_owned(),
    }
}

fn resolved(dispute: u32) -> Step {
    Step::Resolved {
        dispute,
        upheld: false,
        text: "data recomputed, no difference".to_owned(),
    }
}

struct Told {
    case: Case,
    at: i64,
}

impl Told {
    fn new() -> Self {
        Self {
            case: Case::open("C-000001", "Exporter (sample)", &"00".repeat(32), issued()).unwrap(),
            at: issued().as_second(),
        }
    }

    fn try_step(&mut self, who: &str, step: Step) -> Result<State, SchemeError> {
        self.at += 3600;
        let at = Timestamp::from_second(self.at).unwrap();
        self.case.step(step, &anybody(who), Chemistry::NMC, at)?;
        Ok(self.case.state())
    }

    fn step(mut self, who: &str, step: Step) -> Self {
        self.try_step(who, step).unwrap();
        self
    }

    fn in_force() -> Self {
        Self::new()
            .step("kim", accepted())
            .step("kim", evaluated())
            .step("lee", reviewed(true))
            .step("park", granted())
            .step(
                "park",
                Step::Issued {
                    certificate: "CN-1".to_owned(),
                    credential: "00".repeat(32),
                    redacted: "00".repeat(32),
                },
            )
    }
}

#[test]
fn a_case_goes_from_application_to_withdrawal_with_a_record_a_step() {
    let mut told = Told::in_force();
    assert_eq!(told.case.state(), State::InForce);
    let suspension = Step::Suspended {
        reason: "recall opened".to_owned(),
        cause: Some(Cause::Recall),
        statement: Some("11".repeat(32)),
    };
    told.at += 1;
    let at = Timestamp::from_second(told.at).unwrap();
    told.case.step_from_outside(suspension, Actor::Rule, at).unwrap();
    assert_eq!(told.case.state(), State::Suspended);
    let told = told
        .step(
            "park",
            Step::Reinstated {
                reason: "recall does not concern this pack".to_owned(),
            },
        )
        .step("park", withdrawn());
    assert_eq!(told.case.state(), State::Withdrawn);
    let clauses: Vec<_> = told.case.records().iter().map(|r| r.step.clause()).collect();
    assert_eq!(
        clauses,
        ["7.2", "7.3", "7.4", "7.5", "7.6", "7.7", "7.11", "7.11", "7.11"]
    );
    assert_eq!(Case::replay(told.case.records().to_vec()).unwrap(), told.case);
}

#[test]
fn evaluator_reviewer_and_decider_are_three_people() {
    let at_review = || Told::new().step("kim", accepted()).step("kim", evaluated());
    let refused = at_review().try_step("kim", reviewed(true)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "kim did evaluate on this case and may not do review as well; another person must"
    );
    for who in ["kim", "lee"] {
        let mut told = at_review().step("lee", reviewed(true));
        assert!(matches!(
            told.try_step(who, granted()),
            Err(SchemeError::SamePerson { .. })
        ));
    }
}

#[test]
fn a_second_round_of_evaluation_does_not_free_anybody() {
    // The reviewer sends the car back, somebody else evaluates; the first evaluator may still not decide.
    let mut told = Told::new()
        .step("kim", accepted())
        .step("kim", evaluated())
        .step("lee", reviewed(false))
        .step("choi", evaluated())
        .step("lee", reviewed(true));
    for who in ["kim", "choi", "lee"] {
        assert!(told.try_step(who, granted()).is_err(), "{who}");
    }
    assert_eq!(told.try_step("park", granted()), Ok(State::Granted));
    // Nor may a reviewer evaluate in the second round.
    let mut told = Told::new()
        .step("kim", accepted())
        .step("kim", evaluated())
        .step("lee", reviewed(false));
    assert!(told.try_step("lee", evaluated()).is_err());
}

#[test]
fn whoever_evaluated_may_not_lift_or_withdraw_and_whoever_worked_on_it_may_not_judge_an_appeal() {
    let mut told = Told::in_force();
    assert!(matches!(
        told.try_step("kim", withdrawn()),
        Err(SchemeError::Evaluator { .. })
    ));
    let mut told = told.step("park", withdrawn());
    let against = u32::try_from(told.case.records().len()).unwrap();
    told.at += 1;
    let appeal = |against| Step::Appealed {
        against,
        text: "the pack is the same".to_owned(),
    };
    let at = Timestamp::from_second(told.at).unwrap();
    let client = Actor::Outsider("Exporter (sample)".to_owned());
    assert_eq!(
        told.case.step_from_outside(appeal(3), client.clone(), at),
        Err(SchemeError::NothingToAppeal(3))
    );
    told.case.step_from_outside(appeal(against), client, at).unwrap();
    let dispute = against + 1;
    assert_eq!(told.case.open_disputes().collect::<Vec<_>>(), [dispute]);
    for who in ["kim", "lee", "park"] {
        assert!(matches!(
            told.try_step(who, resolved(dispute)),
            Err(SchemeError::Involved { .. })
        ));
    }
    let mut told = told.step("yun", resolved(dispute));
    assert_eq!(told.case.open_disputes().count(), 0);
    assert_eq!(
        told.try_step("min", resolved(dispute)),
        Err(SchemeError::NoDispute(dispute))
    );
}

#[test]
fn whoever_evaluated_does_not_suspend_whatever_the_mandate() {
    let suspended = || Step::Suspended {
        reason: "complaint under review".to_owned(),
        cause: None,
        statement: None,
    };
    let mut told = Told::in_force();
    assert!(matches!(
        told.try_step("kim", suspended()),
        Err(SchemeError::Evaluator {
            kind: "suspended",
            ..
        })
    ));
    assert_eq!(told.try_step("park", suspended()), Ok(State::Suspended));
    // Whoever took no part does it with the mandate for surveillance.
    let mut told = Told::in_force();
    told.at += 3600;
    let at = Timestamp::from_second(told.at).unwrap();
    let surveil = person("yun", &[Activity::Surveil]);
    told.case.step(suspended(), &surveil, Chemistry::NMC, at).unwrap();
    // With another mandate nobody does.
    let mut told = Told::in_force();
    let review = person("min", &[Activity::Review, Activity::Evaluate]);
    let refused = told
        .case
        .step(suspended(), &review, Chemistry::NMC, at)
        .unwrap_err();
    assert!(matches!(refused, SchemeError::NotCompetent(_)), "{refused}");
}

#[test]
fn a_case_of_an_earlier_version_that_its_evaluator_suspended_is_still_read() {
    let mut told = Told::in_force();
    told.at += 3600;
    let step = Step::Suspended {
        reason: "complaint under review".to_owned(),
        cause: None,
        statement: None,
    };
    let at = Timestamp::from_second(told.at).unwrap();
    told.case
        .step_from_outside(step, Actor::Person("kim".to_owned()), at)
        .unwrap();
    let again = Case::replay(told.case.records().to_vec()).unwrap();
    assert_eq!(again.state(), State::Suspended);
}

#[test]
fn a_percentage_that_its_own_capacity_contradicts_is_refused() {
    let with = |percent: &str, capacity: &str| {
        let mut evaluation = evaluation();
        let soh = evaluation.soh.as_mut().unwrap();
        (soh.value_pct, soh.capacity_ah) = (percent.parse().unwrap(), capacity.parse().unwrap());
        evaluation.fits(&application()).map_err(|e| e.to_string())
    };
    assert_eq!(with("91.4", "101.6"), Ok(()));
    assert_eq!(with("93.3", "103.71"), Ok(()));
    let forged = with("97.3", "103.71").unwrap_err();
    assert!(
        forged.starts_with("soh.valuePct: is 97.3 %, and 103.71 Ah of the 111.2 Ah rated are 93.26 %"),
        "{forged}"
    );
}

#[test]
fn a_car_is_not_measured_before_it_is_registered() {
    let mut later = application();
    later.vehicle.first_registration = date(2026, 11, 24);
    let refused = evaluation().fits(&later).unwrap_err().to_string();
    assert!(refused.starts_with("evidence.until:"), "{refused}");
    assert_eq!(evaluation().fits(&application()), Ok(()));
}

#[test]
fn nothing_is_ready_for_transport_of_which_nobody_measured_what_that_needs() {
    let mut evaluation = evaluation();
    let made = evaluation.checks[1].clone();
    for id in ["hv_dtcs", "recalls"] {
        assert!(evaluation.check().is_err(), "without {id}");
        evaluation.checks.push(certificate::evaluation::Check {
            id: id.to_owned(),
            ..made.clone()
        });
    }
    evaluation.check().unwrap();
    for needed in certificate::evaluation::NEEDED_FOR_TRANSPORT {
        let mut open = evaluation.clone();
        let check = open.checks.iter_mut().find(|check| check.id == needed).unwrap();
        check.result = certificate::evaluation::CheckResult::NotMeasured;
        let refused = open.check().unwrap_err().to_string();
        assert!(
            refused.contains(&format!("nobody measured {needed}")),
            "{refused}"
        );
    }
    evaluation.checks.retain(|check| check.id != "recalls");
    assert!(evaluation.check().is_err());
    evaluation.transport.ready = false;
    evaluation.check().unwrap();
}

#[test]
fn an_evaluation_says_once_what_its_figures_rest_on_whatever_it_said_before() {
    use certificate::evaluation::CheckResult;
    let mut evaluation = evaluation();
    for (basis, result, said) in [
        (Basis::Telemetry, CheckResult::Pass, "yes"),
        (
            Basis::Assessment,
            CheckResult::Watch,
            "no: taken from an assessment",
        ),
        (
            Basis::OtherMethod,
            CheckResult::Watch,
            "no: found by a method of another",
        ),
    ] {
        evaluation.rest_on(basis);
        let says: Vec<_> = evaluation
            .checks
            .iter()
            .filter(|check| check.id == basis::ID)
            .collect();
        assert_eq!(says.len(), 1);
        assert_eq!(says[0].result, result);
        assert!(says[0].value.as_ref().unwrap().to_string().starts_with(said));
    }
}

#[test]
fn nobody_grants_past_a_failed_check() {
    let mut failing = evaluation();
    failing.checks[0].result = certificate::evaluation::CheckResult::Fail;
    let obstacles = failing.obstacles();
    assert_eq!(
        obstacles,
        ["check cell_spread failed (Carnet, rested at 20 to 80 % SOC)"]
    );
    let mut told = Told::new()
        .step("kim", accepted())
        .step(
            "kim",
            Step::Evaluated {
                evaluation: "00".repeat(32),
                obstacles,
                basis: None,
            },
        )
        .step("lee", reviewed(true));
    assert!(matches!(
        told.try_step("park", granted()),
        Err(SchemeError::Obstacles(_))
    ));
    let reasons = "cell spread".to_owned();
    assert_eq!(
        told.try_step("park", Step::Refused { reasons }),
        Ok(State::Refused)
    );
}

#[test]
fn a_refusal_a_wide_interval_and_an_echo_are_obstacles() {
    let sound = evaluation();
    assert_eq!(sound.obstacles(), [""; 0]);
    let mut wide = sound.clone();
    wide.soh.as_mut().unwrap().lower95_pct = "87.0".parse().unwrap();
    assert!(wide.obstacles()[0].contains("wider than"));
    let mut echo = sound.clone();
    echo.soh.as_mut().unwrap().n_anchored = 0;
    assert!(echo.obstacles()[0].contains("anchored"));
    let mut refused = sound;
    refused.soh = None;
    assert!(refused.check().unwrap_err().to_string().contains("no reason"));
    assert_eq!(refused.obstacles(), ["there is no state of health"]);
}

#[test]
fn a_mandate_that_has_ended_or_is_for_something_else_is_not_enough() {
    let mut case = Case::open("C-000001", "Exporter (sample)", &"00".repeat(32), issued()).unwrap();
    let reviewer = person("lee", &[Activity::Review]);
    let refused = case
        .step(accepted(), &reviewer, Chemistry::NMC, issued())
        .unwrap_err();
    assert!(matches!(refused, SchemeError::NotCompetent(_)), "{refused}");
    let refused = case
        .step(accepted(), &anybody("kim"), Chemistry::LFP, issued())
        .unwrap_err();
    assert!(refused.to_string().contains("does not cover LFP"));
    let later = "2027-01-01T00:00:00Z".parse().unwrap();
    let refused = case
        .step(accepted(), &anybody("kim"), Chemistry::NMC, later)
        .unwrap_err();
    assert!(refused.to_string().contains("not on 2027-01-01"));
    let own = Person {
        name: "Exporter (sample)".to_owned(),
        ..anybody("kim")
    };
    let refused = case.step(accepted(), &own, Chemistry::NMC, issued()).unwrap_err();
    assert!(matches!(refused, SchemeError::Client { .. }));
}

#[test]
fn steps_out_of_order_are_refused_with_the_state_they_need() {
    let refused = Told::new().try_step("park", granted()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the case is applied; granted is only possible when it is reviewed"
    );
    let mut told = Told::in_force().step("park", withdrawn());
    for step in [
        withdrawn(),
        Step::Reinstated {
            reason: "again".to_owned(),
        },
        evaluated(),
    ] {
        assert!(matches!(
            told.try_step("park", step),
            Err(SchemeError::State { .. })
        ));
    }
    let empty = Step::Surveilled {
        remarks: " ".to_owned(),
    };
    assert!(matches!(
        Told::in_force().try_step("park", empty),
        Err(SchemeError::Text { .. })
    ));
}

#[test]
fn a_record_changed_left_out_or_moved_breaks_the_case() {
    let records = Told::in_force().case.records().to_vec();
    let breaks = |records: Vec<Record>| Case::replay(records).unwrap_err();
    let mut changed = records.clone();
    changed[2].actor = Actor::Person("choi".to_owned());
    assert!(matches!(breaks(changed), SchemeError::Broken { number: 4, .. }));
    let mut left_out = records.clone();
    left_out.remove(3);
    breaks(left_out);
    let mut swapped = records.clone();
    swapped.swap(3, 4);
    breaks(swapped);
    breaks(records[1..].to_vec());
    breaks(vec![]);
    // One who rewrites the whole chain still cannot have one person do two duties.
    let mut rewritten = records;
    let mut previous = String::new();
    for record in &mut rewritten {
        if record.number > 1 {
            record.previous = previous.clone();
            if record.step.duty().is_some() {
                record.actor = Actor::Person("kim".to_owned());
            }
        }
        previous = record.hash().unwrap();
    }
    assert!(
        breaks(rewritten)
            .to_string()
            .contains("may not do review as well")
    );
}

#[test]
fn two_applications_that_say_the_same_in_the_same_second_are_two_cases() {
    let opened = |id: &str| Case::open(id, "Exporter (sample)", &"00".repeat(32), issued()).unwrap();

    assert_ne!(opened("C-000001").head(), opened("C-000002").head());
}
