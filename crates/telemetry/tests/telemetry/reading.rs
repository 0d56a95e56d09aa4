//! Reads files and keeps what came out.

use std::path::{Path, PathBuf};

use battery::{Channel, Samples, Source};
use telemetry::{Event, Log, Options, TelemetryError};

/// Everything that came out of one file or one vehicle of it.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Part {
    pub source: Source,
    pub samples: Samples,
    pub corrections: Vec<String>,
    pub sha256: String,
}

impl Part {
    pub fn column(&self, channel: Channel) -> &[f64] {
        self.samples.column(channel)
    }

    pub fn corrected(&self, words: &str) -> bool {
        self.corrections.iter().any(|said| said.contains(words))
    }
}

pub fn read(paths: &[PathBuf], options: &Options) -> Result<Vec<Part>, TelemetryError> {
    let log = Log::open(paths, options)?;
    let mut parts: Vec<Part> = Vec::new();
    let mut last = 0;
    log.read(
        &mut |event| match event {
            Event::Begin(source) => parts.push(Part {
                source: source.clone(),
                ..Part::default()
            }),
            Event::Rows(samples) => {
                let part = parts.last_mut().expect("rows come after a beginning");
                part.samples.time_s.extend_from_slice(&samples.time_s);
                part.samples.session.extend_from_slice(&samples.session);
                for channel in Channel::ALL {
                    let column = samples.column(channel);
                    assert!(
                        column.is_empty() || column.len() == samples.len(),
                        "{channel:?} is ragged"
                    );
                    part.samples.column_mut(channel).extend_from_slice(column);
                }
            }
            Event::End { sha256, corrections } => {
                let part = parts.last_mut().expect("an end comes after a beginning");
                part.sha256 = sha256;
                part.corrections = corrections;
            }
        },
        &mut |progress| {
            assert!(
                progress.bytes >= last && progress.bytes <= progress.of,
                "{progress:?}"
            );
            last = progress.bytes;
        },
    )?;
    Ok(parts)
}

/// A file of these bytes, in a folder that goes when the first value is dropped.
pub fn file(name: &str, bytes: impl AsRef<[u8]>) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// Reads one text as a file of its own.
pub fn text(bytes: impl AsRef<[u8]>, options: &Options) -> Result<Vec<Part>, TelemetryError> {
    let (_folder, path) = file("log.csv", bytes);
    read(&[path], options)
}

/// The one part of a text that can be read.
pub fn one(bytes: impl AsRef<[u8]>) -> Part {
    let parts = text(bytes, &Options::default()).unwrap_or_else(|e| panic!("{e}"));
    let [part] = parts.as_slice() else {
        panic!("{} parts", parts.len())
    };
    part.clone()
}

/// What is said of a text that cannot be read.
pub fn refused(bytes: impl AsRef<[u8]>) -> String {
    match text(bytes, &Options::default()) {
        Err(error) => error.to_string(),
        Ok(parts) => panic!(
            "read: {:?}",
            parts.iter().map(|p| p.samples.len()).collect::<Vec<_>>()
        ),
    }
}

/// The folder of public data sets, where there is one.
pub fn shared() -> Option<PathBuf> {
    let given = std::env::var_os("CARNET_SHARED").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = given.unwrap_or(beside).join("data/battery");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("SKIPPED: no battery data sets at {}", folder.display());
    None
}

/// A charge of a small pack in Carnet's own columns, a row a second from 20 % on.
pub fn charge(rows: usize) -> String {
    let mut csv =
        String::from("time,pack_voltage,pack_current,soc_bms,cell_max,cell_min,temp_min,temp_max\n");
    for row in 0..rows {
        let soc = (20.0 + row as f64 * 0.5).min(100.0);
        let current = if row < 3 { 0.0 } else { 50.0 };
        let cell = 3.6 + row.min(290) as f64 * 0.002 + if row < 3 { 0.0 } else { 0.03 };
        csv.push_str(&format!(
            "2026-05-16T10:{:02}:{:02}Z,{:.1},{current:.1},{soc:.1},{:.3},{:.3},24,26\n",
            row / 60,
            row % 60,
            cell * 96.0,
            cell,
            cell - 0.01
        ));
    }
    csv
}
