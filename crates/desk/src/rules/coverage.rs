//! What the packs know, dispute and miss, as a document.

use std::fmt::Write as _;

use border::{Confidence, Effect, Force, Pack, RuleSet, StepKind};
use serde::Serialize;

/// What one pack knows, disputes and misses, of the rules in force on the day on which its research ended.
#[derive(Clone, Debug, Serialize)]
pub struct Coverage<'p> {
    country: &'p str,
    name: &'p str,
    verdict: &'p str,
    headline: &'p str,
    as_of: jiff::civil::Date,
    #[serde(flatten)]
    count: Count<'p>,
    examples: usize,
    /// Examples that are not reproduced, with the reason.
    not_reproduced: Vec<NotReproduced<'p>>,
    gaps: &'p [String],
}

#[derive(Clone, Debug, Serialize)]
struct NotReproduced<'p> {
    id: &'p str,
    why: &'p str,
}

/// What each pack covers.
pub fn coverages(set: &RuleSet) -> Vec<Coverage<'_>> {
    set.packs()
        .map(|pack| Coverage {
            country: &pack.country,
            name: &pack.name,
            verdict: &pack.verdict,
            headline: &pack.headline,
            as_of: pack.as_of,
            count: Count::of(pack),
            examples: pack.examples.len(),
            not_reproduced: not_reproduced(pack).collect(),
            gaps: &pack.gaps,
        })
        .collect()
}

fn not_reproduced(pack: &Pack) -> impl Iterator<Item = NotReproduced<'_>> {
    pack.examples
        .iter()
        .filter(|example| example.expectation != border::Expectation::Reproduced)
        .map(|example| NotReproduced {
            id: &example.id,
            why: &example.note,
        })
}

/// `docs/rules-coverage.md`, from the packs.
pub fn coverage(set: &RuleSet) -> String {
    let mut text = String::from(
        "# What the rule packs cover\n\nWritten by `carnet rules coverage`; do not edit. Per country: what is known with what confidence, what is\n\
         disputed, what is missing, and the day on which the research ended. Counts are of rules in force on that day.\n\n\
         | | market | as of | checks | charges | high | medium | low | undated | disputed | without value | examples | gaps |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for pack in set.packs() {
        let count = Count::of(pack);
        let _ = writeln!(
            text,
            "| [{}](#{}) | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            pack.country,
            anchor(pack),
            pack.verdict,
            pack.as_of,
            count.checks,
            count.charges,
            count.high,
            count.medium,
            count.low,
            count.undated,
            count.disputed.len(),
            count.without_value.len(),
            pack.examples.len(),
            pack.gaps.len(),
        );
    }
    for pack in set.packs() {
        section(pack, &mut text);
    }
    text
}

fn anchor(pack: &Pack) -> String {
    format!("{} {}", pack.country, pack.name)
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[derive(Clone, Debug, Default, Serialize)]
struct Count<'p> {
    checks: usize,
    charges: usize,
    high: usize,
    medium: usize,
    low: usize,
    undated: usize,
    disputed: Vec<String>,
    without_value: Vec<&'p str>,
}

impl<'p> Count<'p> {
    fn of(pack: &'p Pack) -> Self {
        let on = pack.as_of;
        let mut count = Count {
            charges: pack
                .steps
                .iter()
                .filter(|step| step.kind == StepKind::Charge)
                .count(),
            ..Count::default()
        };
        let mut tally = |law: &'p border::Law| {
            match law.confidence {
                Confidence::High => count.high += 1,
                Confidence::Medium => count.medium += 1,
                Confidence::Low => count.low += 1,
            }
            count.undated += usize::from(law.is_undated());
            if !law.disputes.is_empty() {
                let mut pair: Vec<&str> = law.disputes.iter().map(String::as_str).collect();
                pair.push(&law.id);
                pair.sort_unstable();
                let pair = pair.join(" / ");
                if !count.disputed.contains(&pair) {
                    count.disputed.push(pair);
                }
            }
        };
        for check in pack.checks.iter().filter(|check| check.law.on(on) != Force::No) {
            tally(&check.law);
            count.checks += usize::from(check.effect != Effect::None);
        }
        let rules = || {
            pack.steps
                .iter()
                .flat_map(|step| &step.rules)
                .filter(|rule| rule.law.on(on) != Force::No)
        };
        for rule in rules() {
            tally(&rule.law);
        }
        count.without_value = rules()
            .filter(|rule| rule.lacks_a_value())
            .map(|rule| rule.law.id.as_str())
            .collect();
        count
    }
}

fn section(pack: &Pack, text: &mut String) {
    let count = Count::of(pack);
    let _ = write!(
        text,
        "\n## {} {}\n\n{}\n\n",
        pack.country, pack.name, pack.headline
    );
    let list = |text: &mut String, title: &str, items: Vec<String>| {
        if !items.is_empty() {
            let _ = writeln!(text, "{title}\n");
            for item in items {
                let _ = writeln!(text, "- {item}");
            }
            text.push('\n');
        }
    };
    list(
        text,
        "Disputed:",
        count
            .disputed
            .iter()
            .map(|pair| format!("`{}`", pair.replace(" / ", "` / `")))
            .collect(),
    );
    list(
        text,
        "Known, but without a value (totals are withheld):",
        count.without_value.iter().map(|id| format!("`{id}`")).collect(),
    );
    list(text, "Not known:", pack.gaps.clone());
    let faulty: Vec<String> = not_reproduced(pack)
        .map(|example| format!("`{}`: {}", example.id, example.why))
        .collect();
    list(text, "Examples that are not reproduced, and why:", faulty);
    while text.ends_with("\n\n") {
        text.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_says_what_the_packs_say() {
        let set = RuleSet::load(&crate::rules::embedded()).unwrap();
        let written = include_str!("../../../../docs/rules-coverage.md");
        assert!(
            written == coverage(&set),
            "docs/rules-coverage.md is old; run `carnet rules coverage > docs/rules-coverage.md`"
        );
    }
}
