//! Where a rule comes from and when it holds.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::date::PartialDate;

/// How far a rule can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Weak: one old or doubtful source. Never denies by itself.
    Low,
    /// One credible source, or a cross-check.
    Medium,
    /// The act itself, or two independent sources.
    High,
}

/// How a rule stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The law between its dates.
    InForce,
    /// Announced or drafted, adoption not confirmed: an amount counts as possible, a denial as a doubt.
    Proposed,
    /// For a limited number of cars: an amount counts as possible beside the ordinary one, a denial as a doubt.
    Quota,
    /// The law, but not applied.
    Suspended,
    /// Replaced by an act whose text was not read: kept for the record, never used.
    Superseded,
    /// Whether it is in force was not verified: as proposed.
    Unverified,
}

/// Dates, act, sources and confidence of a rule.
#[derive(Clone, Debug, Serialize)]
pub struct Law {
    /// Its id, unique in the pack.
    pub id: String,
    /// First day in force; none if it was not found.
    pub from: Option<PartialDate>,
    /// Last day in force; none if it is open.
    pub to: Option<PartialDate>,
    /// What the dates rest on, where not on the act: observed, reported, approximate.
    pub basis: String,
    /// The act.
    pub act: String,
    /// Addresses and references.
    pub sources: Vec<String>,
    /// How far it can be relied on.
    pub confidence: Confidence,
    /// How it stands.
    pub standing: Standing,
    /// Ids of rules it disagrees with.
    pub disputes: Vec<String>,
    /// The unit of its value.
    pub unit: String,
    /// What else is known.
    pub note: String,
    /// The file it is in.
    pub file: String,
    /// The line in it.
    pub line: u64,
    #[serde(skip)]
    pub(crate) days: Days,
}

/// The ends of a rule's dates, worked out once: between the outer two it may hold, between the inner two it surely does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Days {
    begins: i32,
    surely_begun: i32,
    surely_lasts: i32,
    ends: i32,
}

impl Days {
    /// Of a rule that is never used.
    pub(crate) const NEVER: Days = Days {
        begins: i32::MAX,
        surely_begun: i32::MAX,
        surely_lasts: i32::MIN,
        ends: i32::MIN,
    };

    #[inline]
    pub(crate) fn on(&self, Ordinal(day): Ordinal) -> Force {
        if day < self.begins || day > self.ends {
            Force::No
        } else if day >= self.surely_begun && day <= self.surely_lasts {
            Force::Yes
        } else {
            Force::Perhaps
        }
    }
}

/// A number in the order of days, which compares in one step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ordinal(i32);

impl Ordinal {
    pub(crate) fn of(day: Date) -> Self {
        Ordinal(i32::from(day.year()) << 9 | i32::from(day.month()) << 5 | i32::from(day.day()))
    }
}

impl Days {
    pub(crate) fn of(from: Option<PartialDate>, to: Option<PartialDate>) -> Self {
        // A day that was not read is any of its month or year; on the last of them the rule has begun at the latest, and on
        // the first it may have ended.
        let ordinal = |day: Date| Ordinal::of(day).0;
        let within = |date: PartialDate, day: Date| if date.is_exact() { Some(day) } else { None };
        Days {
            begins: ordinal(from.map_or(Date::MIN, |from| from.first())),
            surely_begun: ordinal(from.map_or(Date::MIN, |from| {
                within(from, from.first()).unwrap_or(from.last().tomorrow().unwrap_or(Date::MAX))
            })),
            surely_lasts: ordinal(to.map_or(Date::MAX, |to| {
                within(to, to.last()).unwrap_or(to.first().yesterday().unwrap_or(Date::MIN))
            })),
            ends: ordinal(to.map_or(Date::MAX, |to| to.last())),
        }
    }
}

/// Whether a rule holds on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// The day lies in the month or year in which it began or ended, and the day was not read.
    Perhaps,
}

impl Law {
    /// Where no act names the first day, the last one, or either.
    pub(crate) const ASSUMED: [&str; 3] = ["start assumed", "end assumed", "assumed"];

    /// Whether the rule holds on a day.
    pub fn on(&self, day: Date) -> Force {
        self.on_ordinal(Ordinal::of(day))
    }

    #[inline]
    pub(crate) fn on_ordinal(&self, day: Ordinal) -> Force {
        if self.standing == Standing::Superseded {
            return Force::No;
        }
        self.days.on(day)
    }

    /// Whether no act names its first day: it is where our table begins, and no news.
    pub fn assumes_start(&self) -> bool {
        matches!(self.basis.as_str(), "assumed" | "start assumed")
    }

    /// Whether no act names its last day.
    pub fn assumes_end(&self) -> bool {
        matches!(self.basis.as_str(), "assumed" | "end assumed")
    }

    /// Whether no start is known.
    pub fn is_undated(&self) -> bool {
        self.from.is_none()
    }

    /// Whether it is undated or weak, which somebody should know.
    pub(crate) fn is_doubtful(&self) -> bool {
        self.is_undated() || self.confidence == Confidence::Low
    }

    /// Whether both may hold on one day.
    pub fn meets(&self, other: &Law) -> bool {
        let before = |a: &Law, b: &Law| match (a.to, b.from) {
            (Some(to), Some(from)) => to.last() < from.first(),
            _ => false,
        };
        !before(self, other) && !before(other, self)
    }
}
