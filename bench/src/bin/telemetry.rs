//! Reading and assessing a log of 1 M and 10 M rows against merely parsing the same file, from CSV and from Parquet.
//!
//! Merely parsing is what anybody would write first: for CSV the csv crate with every field made a number by the standard library,
//! for Parquet every column decoded by the parquet crate. Each measurement is a process of its own, so that its peak memory is its
//! own. `telemetry [ROWS…]`, default 1000000 10000000.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use battery::{Assessor, Channel, Chemistry, Class, Facts, Pack};
use cpu_time::ProcessTime;
use parquet::basic::{Compression, ZstdLevel};
use parquet::column::reader::ColumnReader;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, FloatType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use telemetry::{Event, Log, Options};

const BATCH: usize = 8192;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [one, way, path] = args.as_slice()
        && one == "--one"
    {
        return measure(way, Path::new(path));
    }
    let sizes: Vec<usize> = match args.as_slice() {
        [] => vec![1_000_000, 10_000_000],
        some => some
            .iter()
            .map(|n| n.parse().context("a number of rows"))
            .collect::<Result<_>>()?,
    };
    let folder = tempfile::tempdir()?;
    println!("| rows | file | MB | way | s | CPU s | rows/s | peak MiB | of parsing |");
    println!("|---:|---|---:|---|---:|---:|---:|---:|---:|");
    for rows in sizes {
        for kind in ["csv", "parquet"] {
            let path = folder.path().join(format!("log.{kind}"));
            write(kind, &path, rows)?;
            let megabytes = path.metadata()?.len() as f64 / 1e6;
            let mut parsing = None;
            for way in ["parse", "read", "assess"] {
                let (seconds, cpu, peak) = in_its_own_process(way, &path)?;
                let parse = *parsing.get_or_insert(seconds);
                println!(
                    "| {rows} | {kind} | {megabytes:.0} | {way} | {seconds:.2} | {cpu:.2} | {:.1} M | {peak:.0} | {:.2} |",
                    rows as f64 / seconds / 1e6,
                    seconds / parse
                );
            }
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// The better of two runs: seconds, seconds of CPU, peak memory in MiB.
fn in_its_own_process(way: &str, path: &Path) -> Result<(f64, f64, f64)> {
    let mut best: Option<(f64, f64, f64)> = None;
    for _ in 0..2 {
        let output = Command::new(std::env::current_exe()?)
            .args(["--one", way])
            .arg(path)
            .output()?;
        if !output.status.success() {
            bail!("{way}: {}", String::from_utf8_lossy(&output.stderr));
        }
        let text = String::from_utf8(output.stdout)?;
        let numbers: Vec<f64> = text.split_whitespace().filter_map(|n| n.parse().ok()).collect();
        let [seconds, cpu, peak] = numbers.as_slice() else {
            bail!("{way} printed {text:?}")
        };
        if best.is_none_or(|(fastest, _, _)| *seconds < fastest) {
            best = Some((*seconds, *cpu, *peak));
        }
    }
    best.context("no run")
}

fn measure(way: &str, path: &Path) -> Result<()> {
    let (since, cpu) = (Instant::now(), ProcessTime::now());
    let csv = path.extension().is_some_and(|e| e == "csv");
    let sum = match way {
        "parse" if csv => parse_csv(path)?,
        "parse" => parse_parquet(path)?,
        "read" => read(path)?,
        "assess" => assess(path)?,
        other => bail!("no such way: {other}"),
    };
    let (seconds, cpu) = (since.elapsed().as_secs_f64(), cpu.elapsed().as_secs_f64());
    // What was summed up must be used, or the work may be optimised away.
    if sum.is_nan() {
        bail!("nothing was read");
    }
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak: f64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(f64::NAN);
    println!("{seconds} {cpu} {}", peak / 1024.0);
    Ok(())
}

fn parse_csv(path: &Path) -> Result<f64> {
    let mut reader = csv::Reader::from_path(path)?;
    let mut record = csv::ByteRecord::new();
    let mut sum = 0.0;
    while reader.read_byte_record(&mut record)? {
        for field in &record {
            if let Ok(value) = std::str::from_utf8(field)?.parse::<f64>() {
                sum += value;
            }
        }
    }
    Ok(sum)
}

fn parse_parquet(path: &Path) -> Result<f64> {
    let reader = SerializedFileReader::new(File::open(path)?)?;
    let mut sum = 0.0;
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group)?;
        for column in 0..group.num_columns() {
            let mut left = group.metadata().num_rows() as usize;
            let mut column = group.get_column_reader(column)?;
            let (mut def, mut int64, mut float, mut double, mut bytes) = (
                Vec::<i16>::new(),
                Vec::<i64>::new(),
                Vec::<f32>::new(),
                Vec::<f64>::new(),
                Vec::<ByteArray>::new(),
            );
            while left > 0 {
                let most = left.min(BATCH);
                def.clear();
                match &mut column {
                    ColumnReader::Int64ColumnReader(r) => {
                        int64.clear();
                        r.read_records(most, Some(&mut def), None, &mut int64)?;
                        sum += int64.iter().map(|v| *v as f64).sum::<f64>();
                    }
                    ColumnReader::FloatColumnReader(r) => {
                        float.clear();
                        r.read_records(most, Some(&mut def), None, &mut float)?;
                        sum += float.iter().map(|v| f64::from(*v)).sum::<f64>();
                    }
                    ColumnReader::DoubleColumnReader(r) => {
                        double.clear();
                        r.read_records(most, Some(&mut def), None, &mut double)?;
                        sum += double.iter().sum::<f64>();
                    }
                    ColumnReader::ByteArrayColumnReader(r) => {
                        bytes.clear();
                        r.read_records(most, Some(&mut def), None, &mut bytes)?;
                        sum += bytes.iter().map(|b| b.len() as f64).sum::<f64>();
                    }
                    _ => bail!("a column that was not written"),
                }
                left -= most;
            }
        }
    }
    Ok(sum)
}

fn log(path: &Path) -> Result<Log> {
    let options = Options {
        hash: true,
        ..Options::default()
    };
    Ok(Log::open(&[PathBuf::from(path)], &options)?)
}

fn read(path: &Path) -> Result<f64> {
    let mut sum = 0.0;
    log(path)?.read(
        &mut |event| {
            if let Event::Rows(samples) = event {
                sum += samples.column(Channel::PackCurrent).iter().sum::<f64>();
            }
        },
        &mut |_| {},
    )?;
    Ok(sum)
}

fn assess(path: &Path) -> Result<f64> {
    let pack = Pack {
        chemistry: Chemistry::Nmc,
        n_series: 96,
        rated_ah: Some(154.6),
        rated_kwh: None,
        rated_source: "bench".into(),
        end_voltage: None,
    };
    let mut assessor = Assessor::new(pack, Facts::default(), Class::Field);
    log(path)?.read(
        &mut |event| match event {
            Event::Begin(source) => assessor.source(source.clone()),
            Event::Rows(samples) => assessor.push(samples),
            Event::End { sha256, corrections } => assessor.end_source(sha256, corrections),
        },
        &mut |_| {},
    )?;
    let assessment = assessor.finish();
    Ok(assessment.evidence.rows as f64 + assessment.sessions.len() as f64)
}

/// A row of an invented log: charges of three hours from 20 % to full at one row a second, with half an hour of rest between them.
struct Row {
    session: i64,
    t_s: i64,
    pack_v: f64,
    pack_i: f64,
    soc: f64,
    cell_max: f64,
    cell_min: f64,
    temp_min: f64,
    temp_max: f64,
}

fn row(number: usize) -> Row {
    const SESSION: usize = 12_600;
    let (session, second) = (number / SESSION, number % SESSION);
    let flowing = (900..11_700).contains(&second);
    let share = (second.clamp(900, 11_700) - 900) as f64 / 10_800.0;
    let soc = 20.0 + 80.0 * share;
    let noise = (number.wrapping_mul(2_654_435_761) >> 7 & 255) as f64 / 255.0 - 0.5;
    let current = if flowing {
        (41.0 * (1.0 - share).min(0.1) * 10.0).max(4.0) + noise * 0.4
    } else {
        noise * 0.2
    };
    let cell = 3.55 + 0.6 * share + if flowing { 0.03 } else { 0.0 };
    let to = |value: f64, step: f64| (value / step).round() * step;
    Row {
        session: session as i64,
        t_s: second as i64,
        pack_v: to((cell - 0.002) * 96.0 + noise * 0.2, 0.1),
        pack_i: to(current, 0.1),
        soc: to(soc, 0.5),
        cell_max: to(cell, 0.001),
        cell_min: to(cell - 0.008, 0.001),
        temp_min: to(22.0 + 4.0 * share, 1.0),
        temp_max: to(24.0 + 5.0 * share, 1.0),
    }
}

fn write(kind: &str, path: &Path, rows: usize) -> Result<()> {
    if kind == "csv" {
        let mut file = BufWriter::new(File::create(path)?);
        writeln!(
            file,
            "vehicle_id,session,t_s,pack_v,pack_i_a,soc_pct,vcell_max,vcell_min,temp_min_c,temp_max_c"
        )?;
        for number in 0..rows {
            let r = row(number);
            writeln!(
                file,
                "BENCH,{},{},{:.1},{:.1},{:.1},{:.3},{:.3},{:.1},{:.1}",
                r.session, r.t_s, r.pack_v, r.pack_i, r.soc, r.cell_max, r.cell_min, r.temp_min, r.temp_max
            )?;
        }
        return Ok(file.flush()?);
    }
    let schema = parse_message_type(
        "message log { optional binary vehicle_id (UTF8); optional int64 session; optional int64 t_s; optional float pack_v; \
         optional float pack_i_a; optional float soc_pct; optional float vcell_max; optional float vcell_min; \
         optional float temp_min_c; optional double temp_max_c; }",
    )?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .build();
    let mut writer = SerializedFileWriter::new(File::create(path)?, Arc::new(schema), Arc::new(properties))?;
    let mut from = 0;
    while from < rows {
        let to = (from + 1_000_000).min(rows);
        let some: Vec<Row> = (from..to).map(row).collect();
        let def = vec![1_i16; some.len()];
        let mut group = writer.next_row_group()?;
        macro_rules! column {
            ($type:ty, $values:expr) => {{
                let values: Vec<_> = some.iter().map($values).collect();
                let mut column = group.next_column()?.context("a column")?;
                column
                    .typed::<$type>()
                    .write_batch(&values, Some(&def), None)?;
                column.close()?;
            }};
        }
        let name = ByteArray::from("BENCH");
        column!(ByteArrayType, |_| name.clone());
        column!(Int64Type, |r: &Row| r.session);
        column!(Int64Type, |r: &Row| r.t_s);
        column!(FloatType, |r: &Row| r.pack_v as f32);
        column!(FloatType, |r: &Row| r.pack_i as f32);
        column!(FloatType, |r: &Row| r.soc as f32);
        column!(FloatType, |r: &Row| r.cell_max as f32);
        column!(FloatType, |r: &Row| r.cell_min as f32);
        column!(FloatType, |r: &Row| r.temp_min as f32);
        column!(DoubleType, |r: &Row| r.temp_max);
        group.close()?;
        from = to;
    }
    writer.close()?;
    Ok(())
}
