//! What the figures of an evaluation rest on: the telemetry itself, or what somebody handed in.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::evaluation::{Check, CheckResult, Evaluation, Quantity};

/// The check by which a certificate says it.
pub const ID: &str = "computation";

/// How the figures of an evaluation came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The program of the certifying body computed them from the telemetry.
    Telemetry,
    /// They stand in an assessment that somebody handed in, and were not computed again: whoever wrote the file may have written them.
    Assessment,
    /// They were found by a method of another house, which this program cannot compute.
    OtherMethod,
}

impl Basis {
    fn said(self) -> &'static str {
        match self {
            Self::Telemetry => "yes",
            Self::Assessment => "no: taken from an assessment as it was handed in",
            Self::OtherMethod => "no: found by a method of another house",
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Telemetry => "the figures were computed from the telemetry",
            Self::Assessment => {
                "the figures rest on an assessment as it was handed in, which was not computed again from the telemetry"
            }
            Self::OtherMethod => "the figures were found by a method of another house, and not computed here",
        })
    }
}

impl Evaluation {
    /// Has the evaluation say what its figures rest on, among its checks, whatever it said of that before.
    pub fn rest_on(&mut self, basis: Basis) {
        self.checks.retain(|check| check.id != ID);
        let computed = basis == Basis::Telemetry;
        self.checks.push(Check {
            id: ID.to_owned(),
            result: if computed {
                CheckResult::Pass
            } else {
                CheckResult::Watch
            },
            value: Some(Quantity {
                text: Some(basis.said().to_owned()),
                ..Quantity::default()
            }),
            limit: Some(Quantity {
                text: Some("yes".to_owned()),
                ..Quantity::default()
            }),
            limit_source: "Carnet scheme, evaluation".to_owned(),
            action: (!computed).then(|| "have the figures computed again from the charging logs".to_owned()),
        });
    }
}
