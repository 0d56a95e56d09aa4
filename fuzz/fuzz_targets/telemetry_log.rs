//! A mapping file (or none) and, after a NUL byte, a charging log, CSV or Parquet: refused, asked about, or read and assessed, and
//! then to the same assessment a second time.
#![no_main]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use battery::{Assessor, Chemistry, Class, Facts, Pack, SocDefinition};
use libfuzzer_sys::fuzz_target;
use telemetry::{Answers, Event, Log, Options, Sign};

/// The reader reads files. One folder a process, in memory where there is such a place.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    };
    let folder = base.join(format!("carnet-fuzz-telemetry-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder to write to");
    // A damaged Parquet file may panic inside its decoder, where the reader contains it; libFuzzer would take that for a crash.
    std::panic::set_hook(Box::new(|_| {}));
    folder
});

/// The assessment as JSON; `None` where the log is refused or asked about.
fn assess(file: &Path, options: &Options) -> Option<Vec<u8>> {
    let log = Log::open(&[file.to_owned()], options).ok()?;
    let pack = Pack {
        chemistry: Chemistry::Nmc,
        n_series: 96,
        rated_ah: Some(100.0),
        rated_kwh: None,
        rated_source: "fuzz".into(),
        end_voltage: None,
    };
    let mut assessor = Assessor::new(pack, Facts::default(), Class::Field);
    log.read(
        &mut |event| match event {
            Event::Begin(source) => assessor.source(source.clone()),
            Event::Rows(samples) => assessor.push(samples),
            Event::End { sha256, corrections } => assessor.end_source(sha256, corrections),
        },
        &mut |_| {},
    )
    .ok()?;
    let assessment = assessor.finish();
    if let Some(soh) = assessment.soh() {
        assert!((30.0..=115.0).contains(&soh.percent.value()), "an absurd number");
        assert!(soh.lower95 <= soh.percent && soh.percent <= soh.upper95);
    }
    Some(serde_json::to_vec(&assessment).expect("an assessment is JSON"))
}

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let (Some(mapping), Some(table)) = (parts.next(), parts.next()) else {
        return;
    };
    let file = FOLDER.join(if table.starts_with(b"PAR1") {
        "log.parquet"
    } else {
        "log.csv"
    });
    std::fs::write(&file, table).expect("the folder can be written to");
    let mut options = Options {
        // What a file may leave open is answered, so that reading goes on.
        answers: Answers {
            current: Some(Sign::ChargePositive),
            soc: Some(SocDefinition::Bms),
            utc_offset_s: Some(0),
            ..Answers::default()
        },
        ..Options::default()
    };
    if !mapping.is_empty() {
        let named = FOLDER.join("mapping.toml");
        std::fs::write(&named, mapping).expect("the folder can be written to");
        options.mapping = Some(named.display().to_string());
    }
    assert_eq!(assess(&file, &options), assess(&file, &options));
});
