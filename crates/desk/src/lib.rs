//! The operations users name.
