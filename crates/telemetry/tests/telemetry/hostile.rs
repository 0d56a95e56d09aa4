//! Bytes that nobody meant as a log: always an error or a reading, never a panic, and never more memory than the bytes justify.

use parquet::basic::Compression;
use proptest::prelude::*;
use telemetry::{Answers, Options, Sign};

use crate::parquet_file::charge_in_parquet;
use crate::reading::{charge, file, read};

/// Every answer given, so that reading goes as far as it can.
fn willing() -> Options {
    Options {
        answers: Answers {
            current: Some(Sign::ChargePositive),
            utc_offset_s: Some(0),
            ..Answers::default()
        },
        hash: true,
        ..Options::default()
    }
}

fn survives(name: &str, bytes: &[u8]) {
    let (_folder, path) = file(name, bytes);
    let _ = read(&[path], &willing());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        survives("log.csv", &bytes);
        let mut parquet = b"PAR1".to_vec();
        parquet.extend_from_slice(&bytes);
        parquet.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        parquet.extend_from_slice(b"PAR1");
        survives("log.parquet", &parquet);
    }

    #[test]
    fn a_table_with_any_cells_is_read_or_refused(
        rows in proptest::collection::vec(proptest::collection::vec("[ -~]{0,12}|[0-9]{1,12}(\\.[0-9]{1,6})?|NaN|-?[0-9]e[0-9]{1,3}", 1..9), 0..40),
        delimiter in prop::sample::select(vec![",", ";", "\t"]),
    ) {
        let mut csv = charge(0).replace(',', delimiter);
        for row in rows {
            csv.push_str(&row.join(delimiter));
            csv.push('\n');
        }
        survives("log.csv", csv.as_bytes());
    }

    #[test]
    fn a_csv_file_damaged_anywhere_is_read_or_refused(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = charge(80).into_bytes();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        survives("log.csv", &bytes);
    }

    #[test]
    fn a_parquet_file_damaged_anywhere_is_read_or_refused(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        compression in prop::sample::select(vec![Compression::UNCOMPRESSED, Compression::SNAPPY]),
        footer_only in any::<bool>(),
    ) {
        let mut bytes = charge_in_parquet(120, compression, false);
        let from = if footer_only { bytes.len() - 600 } else { 0 };
        for (at, byte) in damage {
            let at = from + at.index(bytes.len() - from);
            bytes[at] = byte;
        }
        survives("log.parquet", &bytes);
    }
}
