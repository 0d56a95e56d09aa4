//! A seam before and after each step that changes what is stored.
//!
//! In production it does nothing. Tests use it to let the n-th step fail without having happened, or fail although it has,
//! and to kill the process there: every durability claim of the store is checked at every one of these steps.

use crate::error::StoreError;

/// One change to what is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// An object is written.
    Put(String),
    /// An object is removed.
    Delete(String),
    /// A transaction is committed; the name says which.
    Commit(&'static str),
    /// A cosigner is asked.
    Cosign(String),
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Put(path) => write!(f, "put {path}"),
            Self::Delete(path) => write!(f, "delete {path}"),
            Self::Commit(name) => write!(f, "commit {name}"),
            Self::Cosign(name) => write!(f, "cosign {name}"),
        }
    }
}

/// Sees every step. An error returned here is treated as the step's own.
pub trait Watch: Send + Sync {
    /// The step is about to happen.
    ///
    /// # Errors
    /// A test wants the step to fail without happening.
    fn before(&self, step: &Step) -> Result<(), StoreError>;

    /// The step has happened.
    ///
    /// # Errors
    /// A test wants the step to look failed although it happened.
    fn after(&self, step: &Step) -> Result<(), StoreError>;
}

/// Watches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn before(&self, _: &Step) -> Result<(), StoreError> {
        Ok(())
    }

    fn after(&self, _: &Step) -> Result<(), StoreError> {
        Ok(())
    }
}
