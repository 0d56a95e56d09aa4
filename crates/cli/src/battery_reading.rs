//! Options of all commands that read charging logs, and reading with a progress bar.

use std::path::PathBuf;

use battery::SocDefinition;
use indicatif::{ProgressBar, ProgressStyle};
use telemetry::{Answers, DateOrder, Event, Log, MeterLog, Options, Sign, Unit};

use crate::args::{Reading, SecondMeter};
use crate::failure::Failure;

/// What the options say about the files.
pub fn options(reading: &Reading, hash: bool) -> Result<Options, Failure> {
    let utc_offset_s = match reading.utc_offset.as_deref() {
        None => None,
        Some(text) => Some(telemetry::utc_offset(text).ok_or_else(|| {
            Failure::Value(format!(
                "--utc-offset {text:?}: write the offset from UTC with its sign, such as +09:00"
            ))
        })?),
    };
    let unit = |text: &Option<String>| text.as_deref().and_then(Unit::parse);
    Ok(Options {
        mapping: reading.mapping.clone(),
        answers: Answers {
            current: reading.current_sign.as_deref().map(|text| match text {
                "discharge-positive" => Sign::DischargePositive,
                _ => Sign::ChargePositive,
            }),
            soc: reading.soc.as_deref().map(|text| match text {
                "display" => SocDefinition::Display,
                _ => SocDefinition::Bms,
            }),
            utc_offset_s,
            current_unit: unit(&reading.current_unit),
            cell_unit: unit(&reading.cell_unit),
            temp_unit: unit(&reading.temp_unit),
            soc_unit: unit(&reading.soc_unit),
            date_order: reading.date_order.as_deref().map(|text| match text {
                "month-first" => DateOrder::MonthFirst,
                _ => DateOrder::DayFirst,
            }),
            decimal_comma: reading.decimal.as_deref().map(|text| text == "comma"),
            vehicle: reading.vehicle.clone(),
        },
        hash,
    })
}

/// Reads the log of a second meter, where one is given.
pub fn meter(second: &SecondMeter) -> Result<Option<MeterLog>, Failure> {
    let Some(path) = &second.meter else {
        return Ok(None);
    };
    let reading = Reading {
        mapping: second.meter_mapping.clone(),
        utc_offset: second.meter_utc_offset.clone(),
        // Neither matters here: the amount of the current is compared, and no state of charge is read.
        current_sign: Some("charge-positive".to_owned()),
        soc: Some("display".to_owned()),
        ..Reading::default()
    };
    Ok(Some(MeterLog::read(
        path,
        &options(&reading, true)?,
        &mut |_| {},
    )?))
}

/// Recognises files.
pub fn open(files: &[PathBuf], options: &Options) -> Result<Log, Failure> {
    Ok(Log::open(files, options)?)
}

/// Reads what was recognised, with a progress bar on standard error where somebody watches.
pub fn stream(log: &Log, sink: &mut dyn FnMut(Event<'_>)) -> Result<(), Failure> {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}  {msg}  {eta} left") {
        bar.set_style(style);
    }
    let read = log.read(sink, &mut |progress| {
        bar.set_length(progress.of);
        bar.set_position(progress.bytes);
        bar.set_message(format!("{} rows", progress.rows));
    });
    bar.finish_and_clear();
    Ok(read?)
}
