//! Grades, and the durability curves of the law, always on the lower bound of the interval.
//!
//! The curves: Regulation (EU) 2024/1257 ("Euro 7"), Annex I: M1 80 % up to 5 years or 100,000 km and 72 % up to 8 years or
//! 160,000 km, N1 75 % and 67 %. UN GTR No. 22: 80 % and 70 %. They bind the maker of a type-approved vehicle and speak of
//! certified energy (SOCE); a used car is compared with them voluntarily, by capacity.

use std::fmt;

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use serde::{Deserialize, Serialize};

use crate::Decimal;
use crate::application::Category;

/// A grade, A best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Grade {
    /// Lower bound at least 90 %.
    A,
    /// At least 80 %: what Euro 7 asks of an M1 car at 5 years.
    B,
    /// At least 72 % (M1) or 67 % (N1): what Euro 7 asks at 8 years.
    C,
    /// At least 60 %.
    D,
    /// Below.
    E,
}

impl Grade {
    /// The grade of a lower bound, in percent of rated capacity.
    pub fn of(lower: Decimal, category: Category) -> Self {
        let least = |percent: i32| lower >= Decimal::whole(percent);
        let at_eight_years = match category {
            Category::M1 => 72,
            Category::N1 => 67,
        };
        if least(90) {
            Self::A
        } else if least(80) {
            Self::B
        } else if least(at_eight_years) {
            Self::C
        } else if least(60) {
            Self::D
        } else {
            Self::E
        }
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// A durability curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    /// Regulation (EU) 2024/1257.
    Euro7,
    /// UN Global Technical Regulation No. 22.
    Gtr22,
}

impl Curve {
    /// Its name on certificates.
    pub fn name(self) -> &'static str {
        match self {
            Self::Euro7 => "Euro 7, Regulation (EU) 2024/1257",
            Self::Gtr22 => "UN GTR No. 22",
        }
    }

    /// Percent asked for in the first and in the second stage.
    fn stages(self, category: Category) -> [i32; 2] {
        match (self, category) {
            (Self::Euro7, Category::M1) => [80, 72],
            (Self::Euro7, Category::N1) => [75, 67],
            (Self::Gtr22, _) => [80, 70],
        }
    }

    /// What the curve asks of a car first registered on `registered`, on day `on`, at `km`. Whichever of age and distance
    /// comes first ends a stage. `None` once it asks nothing any more.
    pub fn required(self, category: Category, registered: Date, on: Date, km: u32) -> Option<Decimal> {
        let within = |years: Span, limit: u32| {
            let ends = registered.checked_add(years).unwrap_or(Date::MAX);
            on <= ends && km <= limit
        };
        let [first, second] = self.stages(category);
        if within(5.years(), 100_000) {
            Some(Decimal::whole(first))
        } else if within(8.years(), 160_000) {
            Some(Decimal::whole(second))
        } else {
            None
        }
    }
}

/// Whether a lower bound meets a curve. Not meeting is not shown either: the true value may still lie above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// The lower bound reaches what is asked.
    Meets,
    /// It does not; the interval may reach it.
    NotShownToMeet,
    /// The curve asks nothing of a car of this age and distance.
    NoRequirement,
}

/// One curve and how the car stands to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Durability {
    /// The curve's name.
    pub regulation: String,
    /// Percent asked for at this age and distance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_pct: Option<Decimal>,
    /// How the car stands.
    pub outcome: Outcome,
}

impl Durability {
    /// How a lower bound stands to both curves.
    pub fn of(lower: Decimal, category: Category, registered: Date, on: Date, km: u32) -> Vec<Self> {
        [Curve::Euro7, Curve::Gtr22]
            .map(|curve| {
                let required_pct = curve.required(category, registered, on, km);
                let outcome = match required_pct {
                    None => Outcome::NoRequirement,
                    Some(required) if lower >= required => Outcome::Meets,
                    Some(_) => Outcome::NotShownToMeet,
                };
                Self {
                    regulation: curve.name().to_owned(),
                    required_pct,
                    outcome,
                }
            })
            .into()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn percent(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn a_grade_is_bound_to_the_lower_bound_and_to_the_category() {
        for (lower, m1, n1) in [
            ("90.0", Grade::A, Grade::A),
            ("89.9", Grade::B, Grade::B),
            ("80.0", Grade::B, Grade::B),
            ("79.9", Grade::C, Grade::C),
            ("72", Grade::C, Grade::C),
            ("71.9", Grade::D, Grade::C),
            ("66.9", Grade::D, Grade::D),
            ("59.9", Grade::E, Grade::E),
        ] {
            assert_eq!(Grade::of(percent(lower), Category::M1), m1, "{lower}");
            assert_eq!(Grade::of(percent(lower), Category::N1), n1, "{lower}");
        }
    }

    #[test]
    fn whichever_of_age_and_distance_comes_first_ends_a_stage() {
        let registered = date(2021, 3, 1);
        let asked = |on, km| {
            Curve::Euro7
                .required(Category::M1, registered, on, km)
                .map(|d| d.to_string())
        };
        assert_eq!(asked(date(2026, 3, 1), 100_000).as_deref(), Some("80"));
        assert_eq!(asked(date(2026, 3, 2), 1).as_deref(), Some("72"));
        assert_eq!(asked(date(2022, 1, 1), 100_001).as_deref(), Some("72"));
        assert_eq!(asked(date(2029, 3, 1), 160_000).as_deref(), Some("72"));
        assert_eq!(asked(date(2029, 3, 2), 10), None);
        assert_eq!(asked(date(2022, 1, 1), 160_001), None);
    }

    #[test]
    fn a_point_value_above_the_curve_is_not_enough() {
        let stands = Durability::of(
            percent("79.9"),
            Category::M1,
            date(2023, 1, 1),
            date(2026, 1, 1),
            60_000,
        );
        assert_eq!(stands[0].outcome, Outcome::NotShownToMeet);
        let old = Durability::of(
            percent("95"),
            Category::M1,
            date(2015, 1, 1),
            date(2026, 1, 1),
            60_000,
        );
        assert_eq!(old[0].outcome, Outcome::NoRequirement);
        assert_eq!(old[0].required_pct, None);
    }
}
