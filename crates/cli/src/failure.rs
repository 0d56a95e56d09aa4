//! Why a command failed.

use desk::assessing::AssessError;
use serde_json::{Value, json};
use telemetry::TelemetryError;

/// What is printed after `carnet:`.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The desk said so.
    #[error(transparent)]
    Desk(#[from] desk::DeskError),
    /// The store said so.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// A witness or auditor said so.
    #[error(transparent)]
    Witness(#[from] ::witness::WitnessError),
    /// A log of a battery could not be read.
    #[error(transparent)]
    Telemetry(TelemetryError),
    /// A battery could not be assessed.
    #[error(transparent)]
    Assess(AssessError),
    /// The service ended badly.
    #[error(transparent)]
    Serve(#[from] web::ServeError),
    /// The output could not be written.
    #[error("output: {0}")]
    Output(#[from] std::io::Error),
    /// A value could not be printed as JSON.
    #[error("output: {0}")]
    Json(#[from] serde_json::Error),
    /// A value on the command line is not what it should be.
    #[error("{0}")]
    Value(String),
    /// Not all was done; a program gets what was done and what was not as one document.
    #[error("{message}")]
    Incomplete {
        /// What was not done.
        message: String,
        /// Everything, as JSON.
        report: Value,
    },
}

impl From<TelemetryError> for Failure {
    /// A file that cannot be opened is told as every other file is, with a way out.
    fn from(error: TelemetryError) -> Self {
        match error {
            TelemetryError::Read { path, source } => Self::Desk(desk::DeskError::file(path)(source)),
            other => Self::Telemetry(other),
        }
    }
}

impl From<AssessError> for Failure {
    fn from(error: AssessError) -> Self {
        match error {
            AssessError::Telemetry(unreadable @ TelemetryError::Read { .. }) => unreadable.into(),
            other => Self::Assess(other),
        }
    }
}

impl Failure {
    /// The same for programs: what is said to people, at the same length, and the questions where a log must be explained first.
    pub fn to_json(&self) -> Value {
        let mut error = json!({ "message": desk::legible(&self.to_string()) });
        if let Self::Telemetry(unanswered) | Self::Assess(AssessError::Telemetry(unanswered)) = self
            && let TelemetryError::Unanswered { path, questions } = unanswered
        {
            error["file"] = json!(path);
            error["questions"] = json!(questions);
        }
        let mut document = match self {
            Self::Incomplete { report, .. } => report.clone(),
            _ => json!({}),
        };
        document["error"] = error;
        document
    }
}
