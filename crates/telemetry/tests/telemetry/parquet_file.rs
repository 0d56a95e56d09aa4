//! Parquet files made for a test, with the same crate that reads them; files of other writers are in `formats.rs`.

use std::sync::Arc;

use battery::{Channel, Clock};
use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use telemetry::Options;

use crate::reading::{Part, charge, file, one, read};

/// The charge of `reading::charge` with typed columns, in row groups of a hundred.
pub fn charge_in_parquet(rows: usize, compression: Compression, times_as_text: bool) -> Vec<u8> {
    let csv = charge(rows);
    let mut records: Vec<Vec<&str>> = csv
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect())
        .collect();
    let time = if times_as_text {
        "required binary time (UTF8)"
    } else {
        "required int64 time (TIMESTAMP(MILLIS,true))"
    };
    let schema = parse_message_type(&format!(
        "message log {{ {time}; optional double pack_voltage; required float pack_current; optional int32 soc_bms (DECIMAL(4,1)); \
         required binary vin (UTF8); }}"
    ))
    .unwrap();
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties)).unwrap();
    while !records.is_empty() {
        let some: Vec<Vec<&str>> = records.drain(..records.len().min(100)).collect();
        let column = |place: usize| some.iter().map(move |record| record[place]);
        let number = |text: &str| text.parse::<f64>().unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut next = group.next_column().unwrap().unwrap();
        if times_as_text {
            let texts: Vec<ByteArray> = column(0).map(ByteArray::from).collect();
            next.typed::<ByteArrayType>()
                .write_batch(&texts, None, None)
                .unwrap();
        } else {
            let stamps: Vec<i64> = column(0)
                .map(|text| text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
                .collect();
            next.typed::<Int64Type>()
                .write_batch(&stamps, None, None)
                .unwrap();
        }
        next.close().unwrap();
        let mut next = group.next_column().unwrap().unwrap();
        // Every tenth voltage is null.
        let def: Vec<i16> = (0..some.len()).map(|row| i16::from(row % 10 != 9)).collect();
        let volts: Vec<f64> = column(1)
            .enumerate()
            .filter(|(row, _)| row % 10 != 9)
            .map(|(_, v)| number(v))
            .collect();
        next.typed::<DoubleType>()
            .write_batch(&volts, Some(&def), None)
            .unwrap();
        next.close().unwrap();
        let mut next = group.next_column().unwrap().unwrap();
        let amps: Vec<f32> = column(2).map(|v| number(v) as f32).collect();
        next.typed::<FloatType>().write_batch(&amps, None, None).unwrap();
        next.close().unwrap();
        let mut next = group.next_column().unwrap().unwrap();
        let soc: Vec<i32> = column(3).map(|v| (number(v) * 10.0).round() as i32).collect();
        next.typed::<Int32Type>()
            .write_batch(&soc, Some(&vec![1; soc.len()]), None)
            .unwrap();
        next.close().unwrap();
        let mut next = group.next_column().unwrap().unwrap();
        let vins = vec![ByteArray::from("KMHKN81ABMU000005"); some.len()];
        next.typed::<ByteArrayType>()
            .write_batch(&vins, None, None)
            .unwrap();
        next.close().unwrap();
        group.close().unwrap();
    }
    writer.close().unwrap();
    bytes
}

fn part(bytes: &[u8]) -> Part {
    let (_folder, path) = file("log.parquet", bytes);
    read(&[path], &Options::default()).unwrap_or_else(|e| panic!("{e}"))[0].clone()
}

#[test]
fn parquet_gives_what_csv_gives_in_every_compression() {
    let csv = one(charge(1000));
    for (compression, text) in [
        (Compression::UNCOMPRESSED, false),
        (Compression::SNAPPY, true),
        (Compression::GZIP(Default::default()), false),
        (Compression::ZSTD(ZstdLevel::default()), false),
    ] {
        let part = part(&charge_in_parquet(1000, compression, text));
        assert_eq!(part.source.clock, Clock::Utc);
        assert_eq!(part.source.vehicle.as_deref(), Some("KMHKN81ABMU000005"));
        assert_eq!(part.samples.time_s, csv.samples.time_s, "{compression:?}");
        assert_eq!(
            part.column(Channel::PackCurrent),
            csv.column(Channel::PackCurrent)
        );
        for (a, b) in part.column(Channel::Soc).iter().zip(csv.column(Channel::Soc)) {
            assert!((a - b).abs() < 1e-12, "{a} {b}");
        }
        let volts = part.column(Channel::PackVoltage);
        assert_eq!(volts.iter().filter(|v| v.is_nan()).count(), 100);
        assert_eq!(volts[0], csv.column(Channel::PackVoltage)[0]);
    }
}

#[test]
fn a_parquet_file_that_was_cut_off_anywhere_is_refused_with_the_way_out() {
    let whole = charge_in_parquet(300, Compression::SNAPPY, false);
    for len in [4, 5, 11, 12, whole.len() / 2, whole.len() - 1] {
        let (_folder, path) = file("log.parquet", &whole[..len]);
        let said = read(&[path], &Options::default()).unwrap_err().to_string();
        assert!(
            said.contains("log.parquet: the Parquet file is") && said.contains("copy it again"),
            "{len}: {said}"
        );
    }
}

#[test]
fn a_footer_that_claims_more_than_there_is_is_refused() {
    let mut bytes = charge_in_parquet(300, Compression::SNAPPY, false);
    let at = bytes.len() - 8;
    bytes[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let (_folder, path) = file("log.parquet", &bytes);
    let said = read(&[path], &Options::default()).unwrap_err().to_string();
    assert!(said.contains("its footer claims 4294967295 bytes"), "{said}");
}
