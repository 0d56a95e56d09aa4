//! Options of all commands that read charging logs, and reading with a progress bar.

use std::path::PathBuf;

use desk::assessing;
use indicatif::{ProgressBar, ProgressStyle};
use telemetry::{Event, Log, Options, Progress};

use crate::args::{Reading, SecondMeter};
use crate::failure::Failure;

/// The words of the command line.
pub fn words(reading: &Reading) -> assessing::Reading {
    let reading = reading.clone();
    assessing::Reading {
        mapping: reading.mapping,
        current_sign: reading.current_sign,
        soc: reading.soc,
        soc_unit: reading.soc_unit,
        utc_offset: reading.utc_offset,
        current_unit: reading.current_unit,
        cell_unit: reading.cell_unit,
        temp_unit: reading.temp_unit,
        date_order: reading.date_order,
        decimal: reading.decimal,
        vehicle: reading.vehicle,
    }
}

/// What the options say about the files.
pub fn options(reading: &Reading, hash: bool) -> Result<Options, Failure> {
    Ok(words(reading).options(hash)?)
}

/// The log of a second meter, where one is given.
pub fn meter(second: &SecondMeter) -> Option<assessing::SecondMeter> {
    Some(assessing::SecondMeter {
        file: second.meter.clone()?,
        mapping: second.meter_mapping.clone(),
        utc_offset: second.meter_utc_offset.clone(),
    })
}

/// Recognises files.
pub fn open(files: &[PathBuf], options: &Options) -> Result<Log, Failure> {
    Ok(Log::open(files, options)?)
}

/// Reads what was recognised, with a progress bar on standard error where somebody watches.
pub fn stream(log: &Log, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), Failure> {
    watched(|progress| Ok(log.read(sink, progress)?))
}

/// Reads with a progress bar.
pub fn watched<T>(read: impl FnOnce(&mut dyn FnMut(Progress)) -> Result<T, Failure>) -> Result<T, Failure> {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}  {msg}  {eta} left") {
        bar.set_style(style);
    }
    let read = read(&mut |progress| {
        bar.set_length(progress.of);
        bar.set_position(progress.bytes);
        bar.set_message(format!("{} rows", progress.rows));
    });
    bar.finish_and_clear();
    read
}
