//! What a check says where the law is doubtful, or what it looks at is not known (`spec/rule-pack.md`, checks.csv).

use border::{Outcome, Status, Why};

use crate::ask;

/// How a rule about the steering of a car comes out, and whether the steering is asked for.
fn steering(to: &str, rule: &str, facts: &str) -> (Outcome, Status, bool) {
    let asked = ask(to, "2026-03-10", facts);
    let verdict = asked.verdict();
    let finding = verdict.findings.iter().find(|finding| finding.law().id == rule);
    let is_asked = verdict
        .asks
        .iter()
        .any(|why| matches!(why, Why::NotGiven { name: "steering", .. }));
    (finding.unwrap().outcome, verdict.status, is_asked)
}

#[test]
fn a_bar_of_low_confidence_is_only_noted_where_its_fact_is_not_known() {
    let weak = |facts: &str| steering("GT", "gt.steering", facts);
    let (outcome, status, is_asked) = weak("");
    assert_eq!((outcome, is_asked), (Outcome::Warning, false));
    assert_eq!(weak("steering=left").0, Outcome::Passed);
    assert_eq!(weak("steering=left").1, status, "the verdict stays what it is");
    assert_eq!(weak("steering=right").0, Outcome::Doubtful);
    assert_eq!(weak("steering=right").1, Status::Unknown);
}

#[test]
fn a_sure_bar_holds_a_car_until_its_fact_is_known_and_asks_for_it() {
    let sure = |facts: &str| steering("GH", "gh.steering", facts);
    let (outcome, status, is_asked) = sure("");
    assert_eq!((outcome, is_asked), (Outcome::Condition, true));
    assert_eq!(status, Status::Conditional);
    assert_eq!(sure("steering=right").1, Status::NotAdmissible);
}
