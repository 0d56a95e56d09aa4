//! Why a command failed.

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
    Telemetry(#[from] telemetry::TelemetryError),
    /// A battery could not be assessed.
    #[error(transparent)]
    Assess(#[from] desk::assessing::AssessError),
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
}
