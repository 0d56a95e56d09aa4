//! The Python package `aics-tlog`, a stranger's verifier, installed where it can be.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The package and its version.
pub const PACKAGE: &str = "aics-tlog==0.2.1";

/// The command line tool in a virtual environment kept beside the build, or the reason why there is none.
pub fn tool() -> Result<PathBuf, String> {
    let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).join(PACKAGE.replace("==", "-"));
    let tool = environment.join("bin/aics-tlog");
    let works = || {
        Command::new(&tool)
            .arg("--version")
            .output()
            .is_ok_and(|output| output.status.success())
    };
    if works() {
        return Ok(tool);
    }
    let python = python().ok_or("no Python 3.12 or newer on PATH or in ~/.pyenv/versions")?;
    run(Command::new(python)
        .args(["-m", "venv", "--clear"])
        .arg(&environment))?;
    run(Command::new(environment.join("bin/python")).args(["-m", "pip", "install", "--quiet", PACKAGE]))?;
    if works() {
        Ok(tool)
    } else {
        Err(format!("{} does not run", tool.display()))
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    let failed = || format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim());
    if output.status.success() {
        Ok(())
    } else {
        Err(failed())
    }
}

fn python() -> Option<OsString> {
    let names = ["python3.14", "python3.13", "python3.12", "python3"].map(OsString::from);
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let installed = fs::read_dir(home.join(".pyenv/versions"))
        .into_iter()
        .flatten()
        .flatten();
    let installed = installed.map(|version| version.path().join("bin/python3").into_os_string());
    let new_enough = |python: &OsString| {
        let check = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))";
        Command::new(python)
            .args(["-c", check])
            .output()
            .is_ok_and(|output| output.status.success())
    };
    names.into_iter().chain(installed).find(new_enough)
}
