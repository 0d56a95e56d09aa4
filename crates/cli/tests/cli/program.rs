//! Running the program.

use std::path::Path;
use std::process::{Command, Stdio};

use test_servers::Place;

/// What a run gave back.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// `carnet` with these arguments in this folder, untouched by the environment of whoever runs the tests.
pub fn carnet(folder: &Path, arguments: &[&str]) -> Ran {
    let named = arguments.iter().position(|argument| *argument == "--data");
    let data = named.map_or(DATA, |at| arguments[at + 1]);
    let output = command_on(folder, env!("CARGO_BIN_EXE_carnet"), data)
        .args(arguments)
        .output()
        .expect("carnet runs");
    Ran {
        code: output.status.code().expect("carnet ends by itself"),
        out: String::from_utf8(output.stdout).expect("carnet prints UTF-8"),
        err: String::from_utf8(output.stderr).expect("carnet prints UTF-8"),
    }
}

/// The data directory that nobody names.
const DATA: &str = "carnet-data";

/// A command that sees `carnet` on its path and nobody on its standard input.
pub fn command(folder: &Path, program: &str) -> Command {
    command_on(folder, program, DATA)
}

/// The same, working on the data directory of this name. Where the tests run on PostgreSQL and S3, each has a place of its own there.
pub fn command_on(folder: &Path, program: &str, data: &str) -> Command {
    let beside = Path::new(env!("CARGO_BIN_EXE_carnet"))
        .parent()
        .expect("the program is in a folder");
    let path = format!(
        "{}:{}",
        beside.display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null()).env("PATH", path);
    for name in [
        "CARNET_DATA",
        "CARNET_DATABASE_URL",
        "CARNET_OBJECTS_URL",
        "CARNET_PASSPHRASE",
        "COLUMNS",
        "RUST_BACKTRACE",
    ] {
        command.env_remove(name);
    }
    if let Some(place) = Place::of(&folder.join(data)) {
        place.make();
        command
            .env("CARNET_DATABASE_URL", place.database())
            .env("CARNET_OBJECTS_URL", place.objects());
    }
    command
}
