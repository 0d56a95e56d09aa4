//! Sessions at a terminal, as files: `$` begins a command, `##` a remark, and the rest is what the program printed, with
//! what differs from run to run masked. `SNAPSHOTS=overwrite cargo test -p carnet` writes down what is printed now.

use std::path::Path;

use snapbox::assert::Assert;
use snapbox::{Data, Redactions};
use test_servers::{Place, is_left_out};

use crate::{program, yard};

/// Plays the commands of a transcript in one folder, and compares what they print.
fn plays(name: &str, folder: &Path) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cli/transcripts")
        .join(name);
    let written = std::fs::read_to_string(&path).expect("the transcript is there");
    let (masks, mut played) = (masks(), String::new());
    for line in written.lines() {
        if line.starts_with("## ") {
            played.push_str(line);
            played.push('\n');
        } else if let Some(typed) = line.strip_prefix("$ ") {
            let data = typed
                .split_once("--data ")
                .and_then(|(_, rest)| rest.split(' ').next());
            let mut command = typed.to_owned();
            // A command within a command works on the directory that nobody names.
            if let (Some(_), Some(place)) = (data, Place::of(&folder.join("carnet-data"))) {
                let (database, objects) = (place.database(), place.objects());
                let places = format!("CARNET_DATABASE_URL='{database}' CARNET_OBJECTS_URL='{objects}'");
                command = typed.replace("$(carnet ", &format!("$({places} carnet "));
            }
            let output = program::command_on(folder, "sh", data.unwrap_or("carnet-data"))
                .args(["-c", &format!("exec 2>&1\n{command}")])
                .output()
                .expect("sh runs");
            let mut printed = String::from_utf8(output.stdout).expect("carnet prints UTF-8");
            // A transcript shows what is seen on one machine.
            if let Some(place) = Place::of(&folder.join(data.unwrap_or("carnet-data"))) {
                let here = data.unwrap_or("./carnet-data");
                printed = printed
                    .replace(&store::without_password(&place.objects()), &format!("{here}/log"))
                    .replace(" --database <URL> --objects <URL>", "");
            }
            played.push_str(&format!("$ {typed}\n{}", masks.redact(&printed)));
            match output.status.code() {
                Some(0) => {}
                Some(code) => played.push_str(&format!("[exit {code}]\n")),
                None => played.push_str("[killed]\n"),
            }
            played.push('\n');
        }
    }
    Assert::new()
        .action_env("SNAPSHOTS")
        .normalize_paths(false)
        .eq(played, Data::read_from(&path, None));
}

fn masks() -> Redactions {
    let mut masks = Redactions::new();
    for (mask, pattern) in [
        ("[YEAR]", r"CN-(?<redacted>20\d\d)"),
        (
            "[DAY]",
            r"(until|erased on|km on) (?<redacted>20\d\d-\d\d-\d\d)( and|,)",
        ),
        ("[TIME]", r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
        ("[TOOK]", r"( {2,})?\b\d+(\.\d+)? (ms|s)\b"),
        ("[SIGNATURE]", r"[0-9A-Za-z+/]{86,}={0,2}"),
        ("[ROOT]", r"[0-9A-Za-z+/]{43}="),
        ("[HEX]", r"\b[0-9a-f]{64}\b"),
        ("[KEY]", r"\b[0-9a-f]{12}\b"),
        ("[SIZE]", r"[(:] ?(?<redacted>\d+ bytes)"),
        (
            "[AGE]",
            r"(which is|cosigned) (?<redacted>\d[0-9a-z ]+?) (ago|in the future)",
        ),
    ] {
        masks
            .insert(mask, regex::Regex::new(pattern).expect("a pattern"))
            .expect("a mask");
    }
    masks
}

#[test]
fn on_one_machine_a_log_is_set_up_once() {
    if is_left_out("it looks at the files of a log") {
        return;
    }
    plays("init.txt", yard::empty_folder().path());
}

#[test]
fn issuers_are_made_enrolled_and_revoked() {
    plays("issuer.txt", yard::empty_folder().path());
}

#[test]
fn what_is_done_at_the_machine_is_in_the_trail() {
    plays("trail.txt", yard::empty_folder().path());
}

#[test]
fn what_is_recorded_is_sealed_once() {
    plays("record.txt", yard::folder().path());
}

#[test]
fn refused_lines_are_mended_and_recorded_again() {
    plays("refused.txt", yard::folder().path());
}

#[test]
fn a_table_is_recorded_by_its_mapping() {
    plays("csv.txt", yard::folder().path());
}

#[test]
fn a_condition_record_is_recorded_in_three_layouts() {
    plays("form82.txt", yard::folder().path());
}

#[test]
fn a_signed_statement_is_recorded_once() {
    plays("signed.txt", yard::folder().path());
}

#[test]
fn a_history_is_a_table_and_what_it_says_together() {
    plays("history.txt", yard::folder().path());
}

#[test]
fn a_dossier_shows_what_its_holder_chose() {
    plays("dossier.txt", yard::folder().path());
}

#[test]
fn a_stranger_verifies_with_three_files() {
    plays("verify.txt", yard::folder().path());
}

#[test]
fn on_one_machine_damage_in_the_log_is_named() {
    if is_left_out("it damages the files of a log") {
        return;
    }
    plays("fsck.txt", yard::folder().path());
}

#[test]
fn erased_contents_leave_a_notice() {
    plays("erase.txt", yard::folder().path());
}

#[test]
fn a_certificate_is_issued_suspended_and_withdrawn() {
    let folder = yard::folder();
    recent_log(folder.path());
    plays("certify.txt", folder.path());
}

#[test]
fn nobody_is_told_that_the_certificate_of_an_erased_car_is_in_force() {
    let folder = yard::folder();
    recent_log(folder.path());
    plays("certify-erase.txt", folder.path());
}

#[test]
fn keys_are_protected_by_passphrase_and_mode() {
    plays("keys.txt", yard::empty_folder().path());
}

#[test]
fn a_charging_log_is_understood_or_asked_about() {
    plays("battery-inspect.txt", yard::empty_folder().path());
}

#[test]
fn every_command_teaches_itself() {
    if is_left_out("it opens no log") {
        return;
    }
    plays("help.txt", yard::empty_folder().path());
}

#[test]
fn a_quote_says_what_a_border_asks_and_costs() {
    plays("quote.txt", yard::empty_folder().path());
}

#[test]
fn a_quote_takes_the_facts_of_a_history() {
    plays("quote-history.txt", yard::folder().path());
}

#[test]
fn rates_of_the_bank_are_read_and_wrong_ones_named() {
    plays("quote-rates.txt", yard::empty_folder().path());
}

#[test]
fn a_quotation_sheet_is_written_in_the_buyer_s_language() {
    plays("quote-sheet.txt", yard::empty_folder().path());
}

#[test]
fn rules_are_shown_compared_and_begun() {
    plays("rules.txt", yard::empty_folder().path());
}

#[test]
fn the_demo_runs_twice() {
    plays("demo.txt", yard::empty_folder().path());
}

/// The log of the Ioniq 5 as `recent.csv`, with its dates moved so that it ends yesterday, and its battery's description.
fn recent_log(folder: &Path) {
    let samples = yard::samples().join("battery");
    let text = std::fs::read_to_string(samples.join("ioniq5-2021.csv")).expect("the sample is there");
    let (header, rows) = text.split_once('\n').expect("a header");
    let split = |row: &str| {
        let (time, rest) = row.split_once(',').expect("cells");
        let time: jiff::Timestamp = time.parse().expect("a time");
        (time.as_second(), rest.to_owned())
    };
    let rows: Vec<_> = rows.lines().map(split).collect();
    let last = rows.last().expect("rows").0;
    let days = (jiff::Timestamp::now().as_second() - last) / 86_400 - 1;
    let mut moved = format!("{header}\n");
    for (time, rest) in rows {
        let time = jiff::Timestamp::from_second(time + days * 86_400).expect("a time");
        moved.push_str(&format!("{},{rest}\n", time.to_string().replace('Z', "+00:00")));
    }
    std::fs::write(folder.join("recent.csv"), moved).expect("a file");
    std::fs::copy(
        samples.join("ioniq5-2021.battery.toml"),
        folder.join("recent.battery.toml"),
    )
    .expect("a file");
}
