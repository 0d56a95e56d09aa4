//! Who may do what in the scheme: people with mandates, each for one activity, with the competence it rests on and the time
//! it holds (ISO/IEC 17065, 6.1.2 and 7.6.2).

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::application::Chemistry;

/// What a mandate allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// Review applications (7.3).
    ReviewApplication,
    /// Evaluate: measure and judge a car (7.4).
    Evaluate,
    /// Review an evaluation (7.5).
    Review,
    /// Decide on certification, on suspension and on withdrawal (7.6, 7.11).
    Decide,
    /// Watch certificates that are in force (7.9), and suspend as a precaution.
    Surveil,
    /// Decide complaints and appeals (7.13).
    ResolveDisputes,
}

impl Activity {
    /// Every activity.
    pub const ALL: [Self; 6] = [
        Self::ReviewApplication,
        Self::Evaluate,
        Self::Review,
        Self::Decide,
        Self::Surveil,
        Self::ResolveDisputes,
    ];

    /// The word in files and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReviewApplication => "review_application",
            Self::Evaluate => "evaluate",
            Self::Review => "review",
            Self::Decide => "decide",
            Self::Surveil => "surveil",
            Self::ResolveDisputes => "resolve_disputes",
        }
    }
}

impl fmt::Display for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no activity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not an activity; they are {}", Activity::ALL.map(Activity::as_str).join(", "))]
pub struct UnknownActivity {
    /// The word.
    pub given: String,
}

impl FromStr for Activity {
    type Err = UnknownActivity;

    fn from_str(text: &str) -> Result<Self, UnknownActivity> {
        Self::ALL
            .into_iter()
            .find(|activity| activity.as_str() == text)
            .ok_or_else(|| UnknownActivity {
                given: text.chars().take(40).collect(),
            })
    }
}

/// A mandate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mandate {
    /// What it allows.
    pub activity: Activity,
    /// The competence it rests on, such as `high-voltage technician level 3, certificate 2025-114`.
    pub competence: String,
    /// The chemistries that competence covers.
    pub chemistries: BTreeSet<Chemistry>,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
}

/// A person who works for the certification body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// A short id, which audit records carry.
    pub id: String,
    /// The name that stands on certificates.
    pub name: String,
    /// What the person may do.
    pub mandates: Vec<Mandate>,
}

/// Why a person may not do something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCompetent {
    /// No mandate for the activity at all.
    #[error("{person} has no mandate to {activity}; give one with `carnet certify person`")]
    NoMandate {
        /// Who.
        person: String,
        /// For what.
        activity: Activity,
    },
    /// A mandate, but not on that day.
    #[error(
        "{person}'s mandate to {activity} holds from {from} to {until}, not on {on}; give another with `carnet certify person`"
    )]
    NotThen {
        /// Who.
        person: String,
        /// For what.
        activity: Activity,
        /// First day.
        from: Date,
        /// Last day.
        until: Date,
        /// The day in question.
        on: Date,
    },
    /// A mandate for other chemistries.
    #[error(
        "{person}'s mandate to {activity} does not cover {chemistry} batteries; give one that does with `carnet certify person`"
    )]
    OtherChemistry {
        /// Who.
        person: String,
        /// For what.
        activity: Activity,
        /// The battery in question.
        chemistry: Chemistry,
    },
}

impl Person {
    /// Whether one mandate covers the activity, the day and the chemistry.
    ///
    /// # Errors
    /// Says what is missing of the mandate that comes nearest.
    pub fn may(&self, activity: Activity, on: Date, chemistry: Chemistry) -> Result<(), NotCompetent> {
        let mut nearest = NotCompetent::NoMandate {
            person: self.id.clone(),
            activity,
        };
        for mandate in self.mandates.iter().filter(|m| m.activity == activity) {
            if !(mandate.from..=mandate.until).contains(&on) {
                nearest = NotCompetent::NotThen {
                    person: self.id.clone(),
                    activity,
                    from: mandate.from,
                    until: mandate.until,
                    on,
                };
            } else if mandate.chemistries.contains(&chemistry) {
                return Ok(());
            } else {
                nearest = NotCompetent::OtherChemistry {
                    person: self.id.clone(),
                    activity,
                    chemistry,
                };
            }
        }
        Err(nearest)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_mandate_covers_its_activity_its_days_and_its_chemistries() {
        let person = Person {
            id: "kim".to_owned(),
            name: "Kim".to_owned(),
            mandates: vec![Mandate {
                activity: Activity::Evaluate,
                competence: "high-voltage technician".to_owned(),
                chemistries: [Chemistry::NMC].into(),
                from: date(2026, 1, 1),
                until: date(2026, 12, 31),
            }],
        };
        let may = |activity, on, chemistry| person.may(activity, on, chemistry).map_err(|e| e.to_string());
        let day = date(2026, 12, 31);
        assert_eq!(may(Activity::Evaluate, day, Chemistry::NMC), Ok(()));
        assert_eq!(
            may(Activity::Evaluate, date(2027, 1, 1), Chemistry::NMC).unwrap_err(),
            "kim's mandate to evaluate holds from 2026-01-01 to 2026-12-31, not on 2027-01-01; give another with `carnet certify person`"
        );
        assert_eq!(
            may(Activity::Evaluate, day, Chemistry::LFP).unwrap_err(),
            "kim's mandate to evaluate does not cover LFP batteries; give one that does with `carnet certify person`"
        );
        assert!(
            may(Activity::Decide, day, Chemistry::NMC)
                .unwrap_err()
                .contains("no mandate to decide")
        );
    }
}
