//! The statement types, the roles that may issue them, and the fields of their bodies.
//!
//! The JSON Schemas in `spec/vocabulary/` are the single truth: fields, units, sources, labels, issuers and which
//! fields are personal are read from them once, and [`check`] runs them as they are published.

mod check;
mod nearest;
mod role;
mod schema;
mod statement_type;

pub use check::{FieldError, RoleRefused, check, check_header, check_role};
pub use role::{EvidenceClass, Role, UnknownRole};
pub use schema::{COMMON_SCHEMA, Field, HEADER_SCHEMA, header_fields};
pub(crate) use schema::{body_schema, follow};
pub use statement_type::{StatementType, UnknownStatementType};
