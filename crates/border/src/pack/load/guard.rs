//! Export control cannot be left out, nor weakened: the rules of Korea that travel in the program must stand in every rule set
//! as they are. A pack may add to them.

use std::collections::BTreeMap;

use super::read_pack;
use crate::pack::problem::Problems;
use crate::pack::{Check, Effect, Pack, PackSource, RuleSet, Side};

const FOLDER: &str = "kr";
const COUNTRY: &[u8] = include_bytes!("../../../../../rules/kr/country.toml");
const CHECKS: &[u8] = include_bytes!("../../../../../rules/kr/checks.csv");
const FILE: &str = "checks.csv";

/// The export control in the program.
fn built_in() -> Option<Pack> {
    let source = PackSource {
        name: FOLDER.to_owned(),
        files: BTreeMap::from([
            ("country.toml".to_owned(), COUNTRY.to_vec()),
            (FILE.to_owned(), CHECKS.to_vec()),
        ]),
    };
    read_pack(&source, &BTreeMap::new()).0
}

/// Reports each rule of the program's export control that a rule set lacks, or has in other words, and whatever could lift it.
/// To compare the rules is stricter than to try cars: no car is left over on which nobody thought.
pub(super) fn check(set: &RuleSet, problems: &mut Problems) {
    let Some(own) = built_in() else {
        problems.error(FILE, 0, "the export control in the program is damaged");
        return;
    };
    let Some(pack) = set.pack(&own.country).filter(|pack| pack.side == Side::Export) else {
        problems.error(
            FILE,
            0,
            "missing: export control cannot be left out; put back the folder kr",
        );
        return;
    };
    if pack.currency != own.currency {
        let text = format!(
            "currency {} in place of {} moves the thresholds of export control; put it back",
            pack.currency, own.currency
        );
        problems.error("country.toml", 0, text);
    }
    for rule in &own.checks {
        let id = &rule.law.id;
        let Some(check) = pack.checks.iter().find(|check| check.law.id == *id) else {
            let text = format!(
                "the rule {id:?} of export control is missing; put it back as it is in the program: a pack may add rules, not \
                 take them away"
            );
            problems.error(FILE, 0, text);
            continue;
        };
        if let Some(column) = altered(rule, check) {
            let text = format!(
                "the rule {id:?} of export control has another {column} than in the program; put it back, and add a rule of your \
                 own for what is stricter"
            );
            problems.error(FILE, check.law.line, text);
        }
    }
    for check in &pack.checks {
        let of_ours = |id: &String| own.checks.iter().any(|rule| rule.law.id == *id);
        let waives = check.effect == Effect::Waive && own.checks.iter().any(|rule| rule.key == check.key);
        if waives || (!of_ours(&check.law.id) && check.law.disputes.iter().any(of_ours)) {
            let text = format!(
                "the rule {:?} would lift a rule of export control; remove it",
                check.law.id
            );
            problems.error(FILE, check.law.line, text);
        }
    }
}

/// The first column in which a rule differs so that it could stop less. Its words, act and sources may be better ones.
fn altered(rule: &Check, check: &Check) -> Option<&'static str> {
    let (ours, theirs) = (&rule.law, &check.law);
    [
        ("key", rule.key == check.key),
        ("effect", rule.effect == check.effect),
        ("from", ours.from == theirs.from),
        ("to", ours.to == theirs.to),
        ("when", rule.when_text == check.when_text),
        ("fact", rule.fact_text == check.fact_text),
        ("test", rule.test_text == check.test_text),
        ("evidence", rule.evidence == check.evidence),
        ("confidence", ours.confidence == theirs.confidence),
        ("status", ours.standing == theirs.standing),
        ("disputes", ours.disputes == theirs.disputes),
    ]
    .into_iter()
    .find_map(|(column, same)| (!same).then_some(column))
}
