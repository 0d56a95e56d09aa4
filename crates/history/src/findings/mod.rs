//! What the statements about one car say together: contradictions, silences and open duties, each with the statements it
//! rests on, the innocent explanations that were tried, what would settle it, and what the sources do not cover.
//!
//! A finding is evidence in a tier, never a verdict: whether anyone acted with intent is for authorities to say. The
//! absence of a finding is only as good as the [`Coverage`] printed beside it.
//!
//! Pure: the caller opens the statements, this module reads them. The order of the input does not matter.
//! What each code means, and how well the odometer tiers do on synthetic histories: `docs/findings.md`.

mod colour;
mod coverage;
mod damage;
mod duties;
mod event;
mod finding;
mod gaps;
mod identity;
pub mod odometer;
mod place;
mod title;
mod usage;

use serde::Serialize;

pub use coverage::{Coverage, SourceCoverage};
pub use event::Event;
pub use finding::{Code, Finding, Innocent, Level, Message, Outcome, Tried};

use event::Timeline;
use finding::{Blind, Settles};

/// Everything noticed about one car, gravest first, and what the sources cover.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Gravest first, then by code and by the statements they rest on.
    pub findings: Vec<Finding>,
    /// Which sources contributed over which period, and what they cannot show.
    pub coverage: Coverage,
}

/// Judges the statements about one car. `as_of` is the day up to which silence counts as silence.
pub fn judge(events: &[Event], as_of: jiff::civil::Date) -> Report {
    let timeline = Timeline::new(events);
    let mut findings = odometer::findings(&timeline);
    findings.extend(identity::findings(&timeline));
    findings.extend(colour::findings(&timeline));
    findings.extend(damage::findings(&timeline));
    findings.extend(title::findings(&timeline));
    findings.extend(usage::findings(&timeline));
    findings.extend(gaps::findings(&timeline, as_of));
    findings.extend(duties::findings(&timeline));
    findings.extend(corrections(&timeline));
    findings.sort_by(|a, b| {
        (
            std::cmp::Reverse(a.level),
            a.code,
            &a.rests_on,
            &a.explanation.english,
        )
            .cmp(&(
                std::cmp::Reverse(b.level),
                b.code,
                &b.rests_on,
                &b.explanation.english,
            ))
    });
    findings.dedup();
    Report {
        findings,
        coverage: Coverage::of(&timeline),
    }
}

fn corrections(timeline: &Timeline<'_>) -> Vec<Finding> {
    let made = timeline.corrections.iter().map(|(by, target)| {
        let explanation = Message::new(
            "correction-made",
            "{issuer} corrected the statement of {day} ({type}); both remain visible, the correction counts",
            [
                ("issuer", by.issuer.clone()),
                ("day", target.day().to_string()),
                ("type", target.typ.as_str().to_owned()),
            ],
        );
        Finding::new(
            Code::CorrectionMade,
            Level::Note,
            explanation,
            [by.reference, target.reference],
        )
        .settled_by([Settles::ReasonOfCorrection])
        .not_covering([Blind::WhoIsRight])
    });
    let refused = timeline.refused.iter().map(|(by, target)| {
        let explanation = Message::new(
            "correction-refused",
            "{issuer} wanted to correct what {original} stated on {day} ({type}); only the original issuer or a \
             dispute panel may, so the original still counts",
            [
                ("issuer", by.issuer.clone()),
                ("original", target.issuer.clone()),
                ("day", target.day().to_string()),
                ("type", target.typ.as_str().to_owned()),
            ],
        );
        Finding::new(Code::CorrectionRefused, Level::Ask, explanation, [by.reference, target.reference])
            .settled_by([Settles::DisputePanel])
            .not_covering([Blind::WhoIsRight])
    });
    made.chain(refused).collect()
}
