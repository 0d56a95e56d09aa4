//! The odometer: evidence in tiers.
//!
//! Readings are put on one scale, visits are formed (a failed inspection and its repeat are one), fillers are set aside,
//! documented replacements are added back. Then stories compete: one with an instrument turned back against every
//! innocent one. The tiers say how the contest went and how many independent visits stand on each side:
//! - `odometer_rollback_suspected`: far better explained by winding back, two visits or more on both sides of the fall;
//! - `odometer_one_witness`: better explained so, but one side is a single visit: hold, and ask for another reading;
//! - `odometer_review`: somewhat better explained so: worth a look;
//! - everything else names the innocent explanation that fits.

mod mistake;
mod reading;
mod story;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;
use statement::vocabulary::{EvidenceClass, StatementType};

pub use reading::{Reading, Setting, is_filler};
pub use story::Circumstances;

use story::{Break, Story, Teller, Visit};
use vehicle::units::KM_PER_MILE;

use super::event::{Event, Timeline};
use super::finding::{Blind, Code, Finding, Innocent, Level, Message, Outcome, Settles, Tried};

/// A repeat inspection happens within this many days …
const RETEST_DAYS: f64 = 60.0;
/// … and this many kilometres.
const RETEST_KM: f64 = 1_000.0;
/// Weight from which winding back is called far better than any innocent account (odds of about 7 to 1 under the model).
const FAR_BETTER: f64 = 2.0;
/// Weight from which it is called better.
const BETTER: f64 = 1.0;
/// Another unit, or a roll-over, that comes this near to winding back is an explanation to ask about first.
const NEARLY_AS_GOOD: f64 = 3.0;
/// Weight from which the readings deserve a look.
const WORTH_A_LOOK: f64 = 0.0;
/// No comparison of stories is trusted beyond this.
const CERTAIN: f64 = 50.0;

/// A repair or replacement of the instrument, as a workshop or authority put it on record.
#[derive(Clone, Debug, PartialEq)]
pub struct Replacement {
    /// Log index.
    pub reference: u64,
    /// The day of the work.
    pub day: Date,
    /// Reading before, km.
    pub old_km: f64,
    /// Reading after, km.
    pub new_km: f64,
    /// Whether a reason certificate is named.
    pub certified: bool,
}

/// How the contest of stories went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// All readings fit one instrument counting up.
    Consistent,
    /// An innocent account fits at least as well as winding back.
    Innocent,
    /// Somewhat better explained by winding back.
    Review,
    /// Better explained by winding back, one side resting on a single visit.
    OneWitness,
    /// Far better explained by winding back, two visits or more on each side.
    RollbackSuspected,
}

/// What the readings of one car amount to.
#[derive(Clone, Debug)]
pub struct Weighing {
    /// The tier.
    pub tier: Tier,
    /// How much better winding back explains the readings than the best innocent account, as a natural logarithm between
    /// -50 and 50; `None` where no reading is lower than an earlier one.
    pub weight: Option<f64>,
    visits: Vec<Visit>,
    unreadable: Vec<Reading>,
    innocent: Option<(Break, Story)>,
    wound_back: Option<Story>,
    rejected: Vec<Replacement>,
    replaced: Vec<Replacement>,
    tried: Vec<Tried>,
}

/// Weighs the readings of one car. Their order does not matter.
pub fn weigh(readings: &[Reading], replacements: &[Replacement], circumstances: &Circumstances) -> Weighing {
    let (mut usable, unreadable): (Vec<Reading>, Vec<Reading>) = readings
        .iter()
        .cloned()
        .partition(|reading| !reading.is_placeholder());
    usable.sort_by_key(|reading| (reading.day, reading.shown, reading.reference));
    let (replaced, rejected) = accept(replacements, &usable);
    let visits = visits(&usable, &replaced);
    let mut weighing = Weighing {
        tier: Tier::Consistent,
        weight: None,
        visits,
        unreadable,
        innocent: None,
        wound_back: None,
        rejected,
        replaced,
        tried: Vec::new(),
    };
    let teller = Teller::new(&weighing.visits, circumstances);
    let plain = teller.best(Break::None);
    if weighing.visits.is_empty() || plain.as_ref().is_some_and(|story| story.slips.is_empty()) {
        return weighing;
    }
    let stories: BTreeMap<u8, (Break, Story)> = [
        Break::None,
        Break::Replaced,
        Break::RolledOver,
        Break::MilesAsKm,
        Break::KmAsMiles,
    ]
    .into_iter()
    .zip(0u8..)
    .filter_map(|(kind, order)| teller.best(kind).map(|story| (order, (kind, story))))
    .collect();
    let innocent = stories
        .values()
        .max_by(|a, b| a.1.log_likelihood.total_cmp(&b.1.log_likelihood))
        .cloned();
    let wound_back = teller.best(Break::WoundBack);
    let weight = wound_back.as_ref().map(|story| match &innocent {
        Some((_, other)) => (story.log_likelihood - other.log_likelihood).clamp(-CERTAIN, CERTAIN),
        None => CERTAIN,
    });
    let tier = match (weight, &wound_back) {
        (Some(weight), Some(story)) if weight >= WORTH_A_LOOK => {
            let (high, low) = support(&weighing.visits, story);
            let weaker = high.min(low);
            let other_account = stories.values().any(|(kind, other)| {
                matches!(kind, Break::RolledOver | Break::MilesAsKm | Break::KmAsMiles)
                    && story.log_likelihood - other.log_likelihood < NEARLY_AS_GOOD
            });
            if recovers(&weighing.visits, story) {
                Tier::Innocent
            } else if other_account {
                Tier::Review
            } else if weight >= FAR_BETTER && weaker >= 2 {
                Tier::RollbackSuspected
            } else if weight >= BETTER && weaker == 1 {
                Tier::OneWitness
            } else {
                Tier::Review
            }
        }
        _ => Tier::Innocent,
    };
    let tried = wound_back
        .as_ref()
        .map(|story| tried(&teller, &weighing.visits, story, &stories))
        .unwrap_or_default();
    weighing.tier = tier;
    weighing.weight = weight;
    weighing.innocent = innocent;
    weighing.wound_back = wound_back;
    weighing.tried = tried;
    weighing
}

/// A documented replacement explains a restart only if its old value fits the readings before it.
fn accept(replacements: &[Replacement], usable: &[Reading]) -> (Vec<Replacement>, Vec<Replacement>) {
    let mut sorted = replacements.to_vec();
    sorted.sort_by_key(|replacement| (replacement.day, replacement.reference));
    let mut last_day = None;
    let (mut accepted, mut rejected) = (Vec::new(), Vec::new());
    for replacement in sorted {
        let since = last_day;
        let before: Vec<f64> = usable
            .iter()
            .filter(|r| r.day < replacement.day && since.is_none_or(|day| r.day > day))
            .map(|r| r.km() - r.tolerance())
            .collect();
        // The two highest may be slips themselves; the old value has to clear what the rest support.
        let mut descending = before.clone();
        descending.sort_by(|a, b| b.total_cmp(a));
        let supported = if descending.len() > 2 {
            descending.get(1)
        } else {
            descending.first()
        };
        if supported.is_none_or(|km| replacement.old_km + RETEST_KM >= *km) {
            last_day = Some(replacement.day);
            accepted.push(replacement);
        } else {
            rejected.push(replacement);
        }
    }
    (accepted, rejected)
}

fn visits(usable: &[Reading], replaced: &[Replacement]) -> Vec<Visit> {
    let mut visits: Vec<Visit> = Vec::new();
    for reading in usable {
        // On the day of the work itself either instrument may have been read; the nearer one is meant.
        let offset: f64 = replaced
            .iter()
            .filter(|r| {
                r.day < reading.day
                    || (r.day == reading.day
                        && (reading.km() - r.new_km).abs() < (reading.km() - r.old_km).abs())
            })
            .map(|r| r.old_km - r.new_km)
            .sum();
        let (km, days) = (reading.km() + offset, reading.days());
        match visits.last_mut() {
            Some(visit)
                if visit
                    .all
                    .first()
                    .is_some_and(|first| days - first.days() <= RETEST_DAYS)
                    && (km - visit.km).abs() <= RETEST_KM =>
            {
                visit.all.push(reading.clone());
                visit.reading = reading.clone();
                visit.km = km;
                visit.days = days;
            }
            _ => visits.push(Visit {
                reading: reading.clone(),
                all: vec![reading.clone()],
                km,
                days,
            }),
        }
    }
    visits
}

/// How many visits contradict each other at the weakest fall: those before it that stand above the first lower reading,
/// and those after it that stand below the last higher one.
fn support(visits: &[Visit], story: &Story) -> (usize, usize) {
    story
        .breaks
        .iter()
        .map(|(from, to)| {
            let (high, low) = sides(visits, story, *from, *to);
            (high.len(), low.len())
        })
        .max_by_key(|(high, low)| (*high).min(*low))
        .unwrap_or((0, 0))
}

/// A single low visit after which the readings stand above the old height again: nobody gains by that, so it is a mistake.
fn recovers(visits: &[Visit], story: &Story) -> bool {
    story.breaks.iter().all(|(from, to)| {
        let (_, low) = sides(visits, story, *from, *to);
        low.len() == 1 && story.kept.last().is_some_and(|last| *last > *to)
    })
}

/// The visits on both sides of a fall, which an account of the fall has to account for.
fn contested(visits: &[Visit], story: &Story, from: usize, to: usize) -> Vec<usize> {
    let km = |index: usize| visits.get(index).map_or(0.0, |visit| visit.km);
    let stands_against = |k: usize| (k <= from && km(k) > km(to)) || (k >= to && km(k) < km(from));
    story
        .kept
        .iter()
        .copied()
        .filter(|k| stands_against(*k))
        .collect()
}

fn sides<'v>(visits: &'v [Visit], story: &Story, from: usize, to: usize) -> (Vec<&'v Visit>, Vec<&'v Visit>) {
    let km = |index: usize| visits.get(index).map_or(0.0, |visit| visit.km);
    let kept = |range: &dyn Fn(usize) -> bool| {
        story
            .kept
            .iter()
            .copied()
            .filter(|k| range(*k))
            .filter_map(|k| visits.get(k))
            .collect::<Vec<_>>()
    };
    let high = kept(&|k| k <= from && km(k) > km(to));
    let low = kept(&|k| k >= to && km(k) < km(from));
    (high, low)
}

/// Holds each innocent explanation against the contested visits of the deepest-supported fall.
fn tried(
    teller: &Teller<'_>,
    visits: &[Visit],
    story: &Story,
    stories: &BTreeMap<u8, (Break, Story)>,
) -> Vec<Tried> {
    let Some((from, to)) = story.breaks.iter().copied().max_by_key(|(from, to)| {
        let (high, low) = sides(visits, story, *from, *to);
        high.len().min(low.len())
    }) else {
        return Vec::new();
    };
    let (high, low) = sides(visits, story, from, to);
    let told = |kind: Break| stories.values().any(|(k, _)| *k == kind);
    // An account that calls one of the readings in question a slip beside leaves it unexplained.
    let contested = contested(visits, story, from, to);
    let told_of_all = |kind: Break| {
        stories
            .values()
            .any(|(k, other)| *k == kind && other.slips.iter().all(|(index, _)| !contested.contains(index)))
    };
    let one_reading = |kind: Innocent| {
        let low_fits = low.len() == 1 && {
            let (least, most) = teller.room(Some(from), story.kept.iter().copied().find(|k| *k > to), to);
            visits
                .get(to)
                .is_some_and(|visit| mistake::explains(kind, &visit.reading, least, most))
        };
        let high_fits = high.len() == 1 && {
            let (least, most) = teller.room(story.kept.iter().copied().rfind(|k| *k < from), Some(to), from);
            visits
                .get(from)
                .is_some_and(|visit| mistake::explains(kind, &visit.reading, least, most))
        };
        if low_fits || high_fits {
            Outcome::Possible
        } else {
            Outcome::DoesNotFit
        }
    };
    let possible = |yes: bool| {
        if yes {
            Outcome::Possible
        } else {
            Outcome::DoesNotFit
        }
    };
    let unit = match one_reading(Innocent::UnitMix) {
        Outcome::DoesNotFit => possible(told_of_all(Break::MilesAsKm) || told_of_all(Break::KmAsMiles)),
        fits => fits,
    };
    [
        (Innocent::UnitMix, unit),
        (Innocent::OneDigit, one_reading(Innocent::OneDigit)),
        (Innocent::Transposition, one_reading(Innocent::Transposition)),
        (Innocent::DigitCount, one_reading(Innocent::DigitCount)),
        (Innocent::Tenths, one_reading(Innocent::Tenths)),
        // What could be put down to these was taken out before the contest.
        (Innocent::Placeholder, Outcome::DoesNotFit),
        (Innocent::FailAndRetest, Outcome::DoesNotFit),
        (Innocent::Rounding, Outcome::DoesNotFit),
        (Innocent::DocumentedReplacement, Outcome::DoesNotFit),
        (Innocent::UndocumentedReplacement, possible(told(Break::Replaced))),
        (Innocent::Rollover, possible(told(Break::RolledOver))),
    ]
    .into_iter()
    .map(|(explanation, outcome)| Tried { explanation, outcome })
    .collect()
}

/// The odometer findings of one car.
pub(super) fn findings(timeline: &Timeline<'_>) -> Vec<Finding> {
    let collected = collect(timeline);
    let weighing = weigh(
        &collected.readings,
        &collected.replacements,
        &collected.circumstances,
    );
    let mut findings = Vec::new();
    findings.extend(accusation(&weighing));
    if findings.is_empty() {
        findings.extend(innocent_break(&weighing));
    }
    findings.extend(slips(&weighing));
    findings.extend(weighing.replaced.iter().map(|r| replaced(r, true)));
    findings.extend(weighing.rejected.iter().map(|r| replaced(r, false)));
    findings.extend(weighing.unreadable.iter().map(|reading| {
        let explanation = Message::new(
            "odometer-placeholder",
            "the figure of {day}, {shown}, is a filler or no possible reading; it is not used",
            [("day", reading.day.to_string()), ("shown", reading.as_read())],
        );
        Finding {
            tried: vec![Tried {
                explanation: Innocent::Placeholder,
                outcome: Outcome::Explains,
            }],
            ..unreadable(explanation, reading.reference)
        }
    }));
    findings.extend(collected.unread.iter().map(|event| {
        let explanation = Message::new(
            "odometer-not-read",
            "on {day} the odometer was not working or could not be read",
            [("day", event.day().to_string())],
        );
        unreadable(explanation, event.reference)
    }));
    findings
}

fn unreadable(explanation: Message, reference: u64) -> Finding {
    Finding::new(Code::OdometerUnreadable, Level::Note, explanation, [reference])
        .settled_by([Settles::ReadingToday, Settles::PhotoOfInstrument])
        .not_covering([Blind::ThatDay])
}

fn accusation(weighing: &Weighing) -> Option<Finding> {
    let (code, level) = match weighing.tier {
        Tier::Consistent | Tier::Innocent => return None,
        Tier::Review => (Code::OdometerReview, Level::Ask),
        Tier::OneWitness => (Code::OdometerOneWitness, Level::Ask),
        Tier::RollbackSuspected => (Code::OdometerRollbackSuspected, Level::Stop),
    };
    let story = weighing.wound_back.as_ref()?;
    let (from, to) = story.breaks.iter().copied().max_by_key(|(from, to)| {
        let (high, low) = sides(&weighing.visits, story, *from, *to);
        (high.len().min(low.len()), high.len() + low.len())
    })?;
    let (high, low) = sides(&weighing.visits, story, from, to);
    let (before, after) = (weighing.visits.get(from)?, weighing.visits.get(to)?);
    let args = [
        ("before", before.reading.as_read()),
        ("before_day", before.reading.day.to_string()),
        ("after", after.reading.as_read()),
        ("after_day", after.reading.day.to_string()),
        ("high", high.len().to_string()),
        ("low", low.len().to_string()),
        ("fall_km", format!("{:.0}", before.km - after.km)),
    ];
    let explanation = match weighing.tier {
        Tier::RollbackSuspected => Message::new(
            "odometer-rollback-suspected",
            "between {before_day} ({before}) and {after_day} ({after}) the reading fell by {fall_km} km; {high} visits \
             stand above and {low} below, each side consistent in itself, and no innocent explanation tried accounts for \
             them as well as an instrument turned back",
            args,
        ),
        Tier::OneWitness => Message::new(
            "odometer-one-witness",
            "between {before_day} ({before}) and {after_day} ({after}) the reading fell by {fall_km} km; only {high} visit(s) \
             stand above and {low} below, so a single statement decides: hold, and ask for a second reading",
            args,
        ),
        _ => Message::new(
            "odometer-review",
            "between {before_day} ({before}) and {after_day} ({after}) the reading fell by {fall_km} km; a mistake and an \
             instrument turned back explain it about equally well",
            args,
        ),
    };
    let contested = high
        .iter()
        .chain(&low)
        .flat_map(|visit| visit.all.iter().map(|reading| reading.reference));
    let finding = Finding::new(code, level, explanation, contested)
        .settled_by([
            Settles::ReadingToday,
            Settles::ControlUnitKm,
            Settles::ServiceInvoices,
            Settles::ReplacementCertificate,
            Settles::CorrectionByIssuer,
            Settles::PhotoOfInstrument,
        ])
        .not_covering([Blind::UnreportedSwaps, Blind::BetweenReadings]);
    Some(Finding {
        tried: weighing.tried.clone(),
        weight: weighing.weight,
        ..finding
    })
}

/// A structural innocent account: another unit, a roll-over, a replacement nobody recorded.
fn innocent_break(weighing: &Weighing) -> Option<Finding> {
    let (kind, story) = weighing.innocent.as_ref()?;
    let (from, to) = story.breaks.first().copied()?;
    let (before, after) = (weighing.visits.get(from)?, weighing.visits.get(to)?);
    let args = [
        ("before", before.reading.as_read()),
        ("before_day", before.reading.day.to_string()),
        ("after", after.reading.as_read()),
        ("after_day", after.reading.day.to_string()),
    ];
    let rests_on = [before, after]
        .into_iter()
        .flat_map(|visit| visit.all.iter().map(|reading| reading.reference));
    let (settleable, innocent) = match kind {
        Break::None | Break::WoundBack => return None,
        Break::Replaced => {
            let explanation = Message::new(
                "odometer-replacement-unrecorded",
                "the readings before ({before}, {before_day}) and after ({after}, {after_day}) fit two instruments; \
                 no replacement is on record, so the distance driven in total is unknown",
                args,
            );
            let noticed = Finding::new(
                Code::OdometerReplacementUnrecorded,
                Level::Ask,
                explanation,
                rests_on,
            );
            let settleable = noticed.settled_by([
                Settles::ReplacementCertificate,
                Settles::ControlUnitKm,
                Settles::ServiceInvoices,
            ]);
            (settleable, Innocent::UndocumentedReplacement)
        }
        Break::RolledOver => {
            let explanation = Message::new(
                "odometer-rollover",
                "the readings fit a five-digit odometer that passed 99,999 between {before_day} ({before}) and \
                 {after_day} ({after}): add 100,000",
                args,
            );
            let noticed = Finding::new(Code::OdometerRollover, Level::Note, explanation, rests_on);
            (
                noticed.settled_by([Settles::PhotoOfInstrument]),
                Innocent::Rollover,
            )
        }
        Break::MilesAsKm | Break::KmAsMiles => {
            let explanation = Message::new(
                "odometer-unit-mix",
                "from {after_day} ({after}) on the readings continue those up to {before_day} ({before}) if they are \
                 taken in the other unit",
                args,
            );
            let noticed = Finding::new(Code::OdometerUnitMix, Level::Ask, explanation, rests_on);
            (
                noticed.settled_by([Settles::PhotoOfInstrument, Settles::CorrectionByIssuer]),
                Innocent::UnitMix,
            )
        }
    };
    Some(Finding {
        tried: vec![Tried {
            explanation: innocent,
            outcome: Outcome::Explains,
        }],
        weight: weighing.weight,
        ..settleable.not_covering([Blind::UnreportedSwaps])
    })
}

/// The readings the winning story takes as slips.
fn slips(weighing: &Weighing) -> Vec<Finding> {
    let accused = matches!(
        weighing.tier,
        Tier::Review | Tier::OneWitness | Tier::RollbackSuspected
    );
    let story = if accused {
        weighing.wound_back.as_ref()
    } else {
        weighing.innocent.as_ref().map(|(_, story)| story)
    };
    let Some(story) = story else { return Vec::new() };
    let finding = |(index, mistake): &(usize, mistake::Mistake)| {
        let visit = weighing.visits.get(*index)?;
        let args = [
            ("shown", visit.reading.as_read()),
            ("day", visit.reading.day.to_string()),
        ];
        let (code, explanation) = match mistake.kind {
            Innocent::UnitMix => (
                Code::OdometerUnitMix,
                Message::new(
                    "odometer-unit-mix-once",
                    "the reading of {day}, {shown}, fits its neighbours only in the other unit",
                    args,
                ),
            ),
            Innocent::OneDigit => (
                Code::OdometerRecordingError,
                Message::new(
                    "odometer-one-digit",
                    "the reading of {day}, {shown}, is contradicted by its neighbours and fits them with one digit changed",
                    args,
                ),
            ),
            Innocent::Transposition => (
                Code::OdometerRecordingError,
                Message::new(
                    "odometer-transposition",
                    "the reading of {day}, {shown}, is contradicted by its neighbours and fits them with two digits swapped",
                    args,
                ),
            ),
            Innocent::DigitCount => (
                Code::OdometerRecordingError,
                Message::new(
                    "odometer-digit-count",
                    "the reading of {day}, {shown}, has a digit too many or too few to fit its neighbours",
                    args,
                ),
            ),
            Innocent::Tenths => (
                Code::OdometerRecordingError,
                Message::new(
                    "odometer-tenths",
                    "the reading of {day}, {shown}, fits its neighbours if its last digit is tenths",
                    args,
                ),
            ),
            _ => (
                Code::OdometerRecordingError,
                Message::new(
                    "odometer-recording-error",
                    "the reading of {day}, {shown}, is contradicted by the readings before and after it, which agree with \
                     each other; it is not used",
                    args,
                ),
            ),
        };
        let finding = Finding::new(
            code,
            Level::Note,
            explanation,
            visit.all.iter().map(|reading| reading.reference),
        )
        .settled_by([Settles::CorrectionByIssuer, Settles::PhotoOfInstrument])
        .not_covering([Blind::BetweenReadings]);
        Some(Finding {
            tried: mistake.tried.to_vec(),
            weight: weighing.weight,
            ..finding
        })
    };
    story.slips.iter().filter_map(finding).collect()
}

fn replaced(replacement: &Replacement, fits: bool) -> Finding {
    let args = [
        ("day", replacement.day.to_string()),
        ("old_km", format!("{:.0}", replacement.old_km)),
        ("new_km", format!("{:.0}", replacement.new_km)),
        (
            "added_km",
            format!("{:.0}", replacement.old_km - replacement.new_km),
        ),
    ];
    let (explanation, outcome) = if fits {
        let message = Message::new(
            "odometer-replaced",
            "on {day} the instrument was replaced or repaired at {old_km} km and went on from {new_km} km: add {added_km} km \
             to what it shows",
            args,
        );
        (message, Outcome::Explains)
    } else {
        let message = Message::new(
            "odometer-replaced-does-not-fit",
            "a replacement on {day} is on record with {old_km} km before it, but earlier readings are already higher: it \
             does not explain the lower readings after it",
            args,
        );
        (message, Outcome::DoesNotFit)
    };
    let level = if fits && replacement.certified {
        Level::Note
    } else {
        Level::Ask
    };
    let finding = Finding::new(
        Code::OdometerReplaced,
        level,
        explanation,
        [replacement.reference],
    );
    let finding = finding
        .settled_by([Settles::ReplacementCertificate, Settles::ControlUnitKm])
        .not_covering([Blind::OldInstrument]);
    Finding {
        tried: vec![Tried {
            explanation: Innocent::DocumentedReplacement,
            outcome,
        }],
        ..finding
    }
}

struct Collected<'a> {
    readings: Vec<Reading>,
    replacements: Vec<Replacement>,
    circumstances: Circumstances,
    unread: Vec<&'a Event>,
}

fn collect<'a>(timeline: &Timeline<'a>) -> Collected<'a> {
    use StatementType as T;
    let mut collected = Collected {
        readings: Vec::new(),
        replacements: Vec::new(),
        circumstances: Circumstances::default(),
        unread: Vec::new(),
    };
    for event in &timeline.live {
        match event.typ {
            T::OdometerServiced => collected.replacements.extend(replacement(event)),
            T::RecordCorrected => {
                // What a correction says of the odometer is about the day of the statement it corrects.
                let target = timeline
                    .corrections
                    .iter()
                    .find(|(by, _)| by.reference == event.reference);
                if let Some((by, target)) = target {
                    collected
                        .readings
                        .extend(reading(by, target.day(), setting(target)));
                }
            }
            _ if unread(event) => collected.unread.push(event),
            _ => collected
                .readings
                .extend(reading(event, event.day(), setting(event))),
        }
        match event.typ {
            T::RegistrationTransferred | T::SaleSold | T::SaleListed => {
                collected.circumstances.sales.push(event.date_or_day("date"));
            }
            T::RegistrationFirst => {
                let date = event.date_or_day("date");
                let earliest = collected
                    .circumstances
                    .first_use
                    .map_or(date, |known| known.min(date));
                collected.circumstances.first_use = Some(earliest);
            }
            _ => {}
        }
        collected.circumstances.was_commercial |= super::usage::commercial_use(event).is_some();
    }
    collected
}

fn unread(event: &Event) -> bool {
    let state = event
        .body
        .get("odometer")
        .and_then(|o| o.get("instrument_state"))
        .and_then(Value::as_str);
    matches!(state, Some("not_working" | "unreadable"))
}

fn reading(event: &Event, day: Date, setting: Setting) -> Option<Reading> {
    let odometer = event.body.get("odometer")?;
    let method = odometer.get("method").and_then(Value::as_str);
    Some(Reading {
        reference: event.reference,
        day,
        shown: odometer.get("value")?.as_u64()?,
        km_per_unit: km_per_unit(odometer)?,
        // A figure somebody reported is only as good as that somebody.
        class: if method == Some("reported") {
            EvidenceClass::D
        } else {
            event.class
        },
        setting,
    })
}

fn km_per_unit(odometer: &Value) -> Option<f64> {
    match odometer.get("unit")?.as_str()? {
        "km" => Some(1.0),
        "mi" => Some(KM_PER_MILE),
        _ => None,
    }
}

fn setting(event: &Event) -> Setting {
    use StatementType as T;
    match event.typ {
        T::InspectionPeriodic
        | T::InspectionCondition
        | T::InspectionPreshipment
        | T::InspectionRoadworthiness
        | T::RegistrationForeign => Setting::Inspection,
        T::ServicePerformed | T::BatteryHealth | T::OdometerServiced | T::RecallClosed => Setting::Service,
        T::SaleListed | T::SaleSold | T::RegistrationTransferred => Setting::Sale,
        _ => match event.text("context") {
            Some("inspection") => Setting::Inspection,
            Some("service") => Setting::Service,
            Some("sale" | "advert") => Setting::Sale,
            _ => Setting::Other,
        },
    }
}

fn replacement(event: &Event) -> Option<Replacement> {
    let odometer = event.body.get("odometer")?;
    let scale = km_per_unit(odometer)?;
    Some(Replacement {
        reference: event.reference,
        day: event.day(),
        old_km: event.body.get("old_value")?.as_u64()? as f64 * scale,
        new_km: odometer.get("value")?.as_u64()? as f64 * scale,
        certified: event.text("reason_certificate").is_some(),
    })
}
