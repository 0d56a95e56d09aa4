//! Stories of batteries: sound ones get a number that holds, poisoned ones a reason. And whatever the rows, no panic and no
//! absurd number.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod any_rows;
mod car;
mod checks;
mod poisoned;
mod sound;
