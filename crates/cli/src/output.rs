//! Tables for people, JSON for programs, and how a command opens the desk.

use std::io::Write as _;

use comfy_table::{ContentArrangement, Table, presets};
use desk::data_dir::{DataDir, Passphrase};
use desk::{Desk, DeskError, shell};
use zeroize::Zeroizing;

use crate::args::Global;
use crate::failure::Failure;

/// Prints a line. Where nobody reads any more (`carnet verify … | head -1`), the command goes on without: its exit code says what it
/// found, and that of a refused file must not be that of a sound one.
pub fn say(text: impl std::fmt::Display) -> Result<(), Failure> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// Prints a value as JSON.
pub fn json(value: &serde_json::Value) -> Result<(), Failure> {
    say(serde_json::to_string_pretty(value)?)
}

/// A number with its noun, in the plural where there is not one.
pub fn count(number: impl Into<u64>, noun: &str) -> String {
    let number = number.into();
    let ending = match noun.ends_with("ch") {
        _ if number == 1 => "",
        true => "es",
        false => "s",
    };
    format!("{number} {noun}{ending}")
}

/// What a verifier names who trusts this log. Both files may be carried anywhere.
pub fn trusting(dir: &DataDir) -> String {
    format!(
        "--policy {} --vrf-key {}",
        shell::path(&dir.policy()),
        shell::path(&dir.vrf())
    )
}

/// A table without lines, as wide as the terminal and no wider; 110 columns where there is none.
pub fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic);
    if !table.is_tty() {
        table.set_width(110);
    }
    if !header.is_empty() {
        table.set_header(header.iter().copied());
    }
    table
}

/// Prints a table without the blanks at the ends of its lines.
pub fn show(mut table: Table) -> Result<(), Failure> {
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.lines().try_for_each(|line| say(line.trim_end()))
}

/// The passphrase for key files, if one was given.
pub fn passphrase(global: &Global) -> Result<Passphrase, Failure> {
    if let Some(path) = &global.passphrase_file {
        let bytes = Zeroizing::new(desk::data_dir::read(path)?);
        let text = String::from_utf8_lossy(&bytes);
        let first = text.lines().next().unwrap_or_default();
        return Ok(Some(Zeroizing::new(first.to_owned())));
    }
    Ok(std::env::var("CARNET_PASSPHRASE")
        .ok()
        .filter(|p| !p.is_empty())
        .map(Zeroizing::new))
}

/// Asks for a passphrase on the terminal.
pub fn ask(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    let asked = rpassword::prompt_password(prompt).map_err(|_| {
        let fix = "set CARNET_PASSPHRASE or use --passphrase-file";
        Failure::Value(format!(
            "there is no terminal to ask for the passphrase on; {fix}"
        ))
    })?;
    Ok(Zeroizing::new(asked))
}

/// Opens the log in the data directory, asking for a passphrase where one is needed and somebody is there to ask.
pub async fn open(global: &Global) -> Result<Desk, Failure> {
    with(global, Desk::open).await
}

/// The same for looking at a log that may be too damaged to open.
pub async fn inspect(global: &Global) -> Result<Desk, Failure> {
    with(global, Desk::inspect).await
}

/// The same for mending the list of witnesses, which may be what keeps the log from being opened.
pub async fn inspect_asking_nobody(global: &Global) -> Result<Desk, Failure> {
    with(global, Desk::inspect_asking_nobody).await
}

async fn with(
    global: &Global,
    how: impl AsyncFn(DataDir, Passphrase) -> Result<Desk, DeskError>,
) -> Result<Desk, Failure> {
    let dir = || global.data_dir();
    let given = passphrase(global)?;
    match how(dir(), given.clone()).await {
        Err(DeskError::Key { problem, .. })
            if given.is_none()
                && problem.contains("passphrase")
                && std::io::IsTerminal::is_terminal(&std::io::stdin()) =>
        {
            let asked = ask("Passphrase: ")?;
            Ok(how(dir(), Some(asked)).await?)
        }
        opened => Ok(opened?),
    }
}
