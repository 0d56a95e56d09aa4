//! What is wrong with logs in practice, one thing a test.

use battery::{Channel, Clock};
use telemetry::{Answers, DateOrder, Options, TelemetryError, Unit};

use crate::reading::{charge, file, one, read, refused, text};

fn answered(answers: Answers) -> Options {
    Options {
        answers,
        ..Options::default()
    }
}

/// The charge with every row changed.
fn changed(rows: usize, change: impl Fn(usize, &str) -> String) -> String {
    charge(rows)
        .lines()
        .enumerate()
        .map(|(number, line)| if number == 0 { line.to_owned() } else { change(number, line) } + "\n")
        .collect()
}

fn with_field(line: &str, field: usize, value: &str) -> String {
    let mut fields: Vec<&str> = line.split(',').collect();
    fields[field] = value;
    fields.join(",")
}

#[test]
fn an_empty_file_a_blank_file_and_a_header_alone_are_three_things() {
    assert!(refused("").contains("log.csv: empty (0 bytes)"));
    assert!(refused("\n  \n").contains("nothing but blanks"));
    assert!(refused(charge(0)).contains("no row with a time"));
}

#[test]
fn a_file_that_is_no_table_is_named_for_what_it_is() {
    assert!(refused(b"PK\x03\x04rest").contains("save the sheet as CSV"));
    assert!(refused("{\"currTime\": 1}\n{\"currTime\": 2}\n").contains("JSON"));
    assert!(refused([1, 2, 0, 0, 3, 255, 9]).contains("zero bytes"));
    assert!(refused("name,colour\nIoniq,grey\n").contains("no mapping knows these columns: name, colour"));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = read(&["no/such.csv".into()], &Options::default()).unwrap_err();
    assert!(
        matches!(error, TelemetryError::Read { .. }) && error.to_string().starts_with("no/such.csv: "),
        "{error}"
    );
    assert!(read(&[], &Options::default()).is_err());
}

#[test]
fn half_of_the_samples_missing_leaves_the_other_half() {
    let part = one(changed(60, |number, line| {
        if number % 2 == 0 {
            with_field(line, 2, "")
        } else {
            line.to_owned()
        }
    }));
    let current = part.column(Channel::PackCurrent);
    assert_eq!(current.len(), 60);
    assert_eq!(current.iter().filter(|i| i.is_nan()).count(), 30);
}

#[test]
fn not_a_number_is_missing_and_a_stray_word_is_counted_and_said() {
    let part = one(changed(60, |number, line| match number {
        7 => with_field(line, 3, "NaN"),
        9 => with_field(line, 3, "ERR"),
        _ => line.to_owned(),
    }));
    let soc = part.column(Channel::Soc);
    assert!(soc[6].is_nan() && soc[8].is_nan() && !soc[7].is_nan());
    assert!(
        part.corrected(
            "column \"soc_bms\": 1 unreadable value taken as missing, the first in row 10: \"ERR\""
        ),
        "{:?}",
        part.corrections
    );
}

#[test]
fn cells_without_a_value_are_counted_and_said_where_they_are_many() {
    let part = one(changed(200, |number, line| match number {
        n if n % 5 == 3 => with_field(line, 2, "NaN"),
        // One in a hundred is no more than a stumble, and temperatures are not needed.
        7 | 9 => with_field(line, 3, ""),
        n if n % 2 == 0 => with_field(line, 7, ""),
        _ => line.to_owned(),
    }));
    let said: Vec<_> = part
        .corrections
        .iter()
        .filter(|said| said.contains("no value"))
        .collect();
    assert_eq!(
        said,
        ["column \"pack_current\": no value in 40 of 200 rows, the first is row 4"],
        "{:?}",
        part.corrections
    );
}

#[test]
fn a_column_of_words_is_refused_with_its_first() {
    let said = refused(changed(60, |_, line| with_field(line, 3, "forty %")));
    assert!(
        said.contains("row 2, column \"soc_bms\", value \"forty %\": not a number, as in 60 of 60 rows"),
        "{said}"
    );
}

#[test]
fn cell_voltage_in_millivolts_is_converted_and_said() {
    let part = one(changed(60, |_, line| {
        let cell: f64 = line.split(',').nth(4).unwrap().parse().unwrap();
        let line = with_field(line, 4, &format!("{:.0}", cell * 1000.0));
        with_field(&line, 5, &format!("{:.0}", cell * 1000.0 - 10.0))
    }));
    assert_eq!(part.column(Channel::CellMax)[0], 3.6);
    assert!(part.corrected("can only be mV"), "{:?}", part.corrections);
}

#[test]
fn a_state_of_charge_as_fraction_is_seen_to_be_one() {
    let part = one(changed(60, |_, line| {
        let soc: f64 = line.split(',').nth(3).unwrap().parse().unwrap();
        with_field(line, 3, &format!("{:.3}", soc / 100.0))
    }));
    assert_eq!(part.column(Channel::Soc)[0], 0.2);
    assert!(part.corrected("fraction"), "{:?}", part.corrections);
}

#[test]
fn a_flipped_sign_is_not_read_until_somebody_says_which_it_is() {
    let flipped = changed(60, |_, line| {
        let current: f64 = line.split(',').nth(2).unwrap().parse().unwrap();
        with_field(line, 2, &format!("{:.1}", -current))
    });
    let said = refused(&flipped);
    assert!(
        said.contains("against the sign of the current") && said.contains("--current-sign"),
        "{said}"
    );
    let part = &text(
        &flipped,
        &answered(Answers {
            current: Some(telemetry::Sign::DischargePositive),
            ..Answers::default()
        }),
    )
    .unwrap()[0];
    assert_eq!(part.column(Channel::PackCurrent)[10], 50.0);
}

#[test]
fn impossible_values_are_missing_and_said() {
    let part = one(changed(60, |number, line| match number {
        5 => with_field(line, 1, "65535"),
        6 => with_field(line, 7, "-273"),
        _ => line.to_owned(),
    }));
    assert!(part.column(Channel::PackVoltage)[4].is_nan() && part.column(Channel::TempMax)[5].is_nan());
    assert!(
        part.corrected("that no battery has taken as missing, the first in row 6: 65535"),
        "{:?}",
        part.corrections
    );
}

#[test]
fn repeated_times_are_merged_and_times_that_run_back_are_said() {
    let lines: Vec<String> = charge(30).lines().map(str::to_owned).collect();
    let mut csv = vec![lines[0].clone()];
    for (number, line) in lines.iter().enumerate().skip(1) {
        csv.push(line.clone());
        if number % 3 == 0 {
            csv.push(with_field(line, 2, "60.0"));
        }
    }
    csv.swap(5, 6);
    let part = one(csv.join("\n"));
    assert!(
        part.corrected("10 rows with the time of the row before merged"),
        "{:?}",
        part.corrections
    );
    let merged = part.column(Channel::PackCurrent)[5];
    assert_eq!(merged, 55.0, "the mean of 50 and 60");
    let mut reversed: Vec<String> = lines[1..].to_vec();
    reversed.reverse();
    let part = one(format!("{}\n{}\n", lines[0], reversed.join("\n")));
    assert!(
        part.corrected("29 rows earlier than the row before, the first is row 3"),
        "{:?}",
        part.corrections
    );
}

#[test]
fn a_clock_that_was_never_set_gives_durations_but_no_dates() {
    let part = one(charge(30).replace("2026-05-16", "1970-01-01"));
    assert_eq!(part.source.clock, Clock::Relative);
    assert!(
        part.corrected("the clock was never set"),
        "{:?}",
        part.corrections
    );
    // Without a zone in the text there is nothing to ask either.
    let part = one(charge(30).replace("2026-05-16", "1970-01-01").replace("Z,", ","));
    assert_eq!(part.source.clock, Clock::Relative);
}

#[test]
fn rows_before_the_clock_was_set_are_left_out() {
    let part = one(changed(60, |number, line| {
        if number <= 10 {
            line.replace("2026-05-16", "1970-01-01")
        } else {
            line.to_owned()
        }
    }));
    assert_eq!((part.source.clock, part.samples.len()), (Clock::Utc, 50));
    assert!(
        part.corrected("10 rows left out, logged before the clock was set"),
        "{:?}",
        part.corrections
    );
}

#[test]
fn times_without_a_zone_and_dates_with_two_readings_are_asked_for_together_with_their_options() {
    let local = charge(30).replace("Z,", ",");
    let said = refused(&local);
    assert!(said.contains("--utc-offset +09:00"), "{said}");
    let slashed = charge(30)
        .replace("2026-05-16T", "05/06/2026 ")
        .replace("Z,", ",");
    let said = refused(&slashed);
    assert!(said.contains("--date-order"), "{said}");
    let both = answered(Answers {
        utc_offset_s: Some(32_400),
        date_order: Some(DateOrder::DayFirst),
        ..Answers::default()
    });
    let part = &text(&slashed, &both).unwrap()[0];
    assert_eq!(
        part.samples.time_s[0], 1_780_621_200.0,
        "5 June 2026, 10:00 in Korea"
    );
}

#[test]
fn epoch_times_are_known_by_their_size() {
    for (unit, factor) in [
        ("seconds", 1_u64),
        ("milliseconds", 1000),
        ("microseconds", 1_000_000),
    ] {
        let part = one(changed(30, |number, line| {
            with_field(line, 0, &((1_778_925_600 + number as u64) * factor).to_string())
        }));
        assert_eq!(part.samples.time_s[0], 1_778_925_601.0, "{unit}");
        assert!(part.corrected(unit), "{:?}", part.corrections);
    }
    let relative = one(changed(30, |number, line| {
        with_field(line, 0, &number.to_string())
    }));
    assert_eq!(relative.source.clock, Clock::Relative);
}

#[test]
fn a_relative_clock_that_begins_anew_begins_a_session() {
    let part = one(changed(40, |number, line| {
        with_field(line, 0, &((number - 1) % 20 * 10).to_string())
    }));
    assert_eq!(part.samples.session.iter().filter(|s| **s == 0).count(), 20);
    assert_eq!(part.samples.session.last(), Some(&1));
    assert!(
        part.corrected("the clock begins anew 1 time"),
        "{:?}",
        part.corrections
    );
}

#[test]
fn rows_of_two_cars_are_two_sources_and_one_can_be_chosen() {
    let two: String = charge(20)
        .lines()
        .enumerate()
        .map(|(number, line)| match number {
            0 => format!("{line},vin\n"),
            1..=12 => format!("{line},KMHKN81ABMU000005\n"),
            _ => format!("{line},KMHK281GBJU000006\n"),
        })
        .collect();
    let parts = text(&two, &Options::default()).unwrap();
    let sizes: Vec<_> = parts
        .iter()
        .map(|p| (p.source.vehicle.as_deref().unwrap(), p.samples.len()))
        .collect();
    assert_eq!(sizes, [("KMHKN81ABMU000005", 12), ("KMHK281GBJU000006", 8)]);
    let only = |vin: &str| {
        text(
            &two,
            &answered(Answers {
                vehicle: Some(vin.into()),
                ..Answers::default()
            }),
        )
    };
    assert_eq!(only("KMHK281GBJU000006").unwrap()[0].samples.len(), 8);
    let said = only("KMHXX00XXXX000001").unwrap_err().to_string();
    assert!(said.contains("KMHKN81ABMU000005, KMHK281GBJU000006"), "{said}");
}

#[test]
fn a_european_spreadsheet_has_semicolons_decimal_commas_and_a_mark() {
    let mut csv = String::from("\u{feff}");
    for line in charge(30).lines() {
        csv.push_str(&line.replace(',', ";").replace('.', ","));
        csv.push_str("\r\n");
    }
    let part = one(csv);
    assert_eq!(part.samples.len(), 30);
    assert_eq!(
        (
            part.column(Channel::CellMax)[0],
            part.column(Channel::PackVoltage)[0]
        ),
        (3.6, 345.6)
    );
    assert!(part.corrected("decimal commas"), "{:?}", part.corrections);
}

#[test]
fn decimal_commas_between_comma_delimiters_are_named_for_what_they_are() {
    let said = refused(changed(30, |_, line| line.replace('.', ",")));
    assert!(said.contains("row 2") && said.contains("decimal comma"), "{said}");
}

#[test]
fn a_comma_with_three_digits_behind_it_is_asked_for() {
    let mut csv = String::from("time;pack_voltage;pack_current;cell_max\n");
    for row in 0..20 {
        csv.push_str(&format!("{row};365,600;12,500;3,725\n"));
    }
    let said = refused(&csv);
    assert!(said.contains("--decimal comma or --decimal point"), "{said}");
    let comma = answered(Answers {
        decimal_comma: Some(true),
        ..Answers::default()
    });
    assert_eq!(text(&csv, &comma).unwrap()[0].column(Channel::CellMax)[0], 3.725);
}

#[test]
fn utf16_with_and_without_a_mark_is_read() {
    let wide = |big: bool, mark: bool| -> Vec<u8> {
        let text = if mark {
            format!("\u{feff}{}", charge(30))
        } else {
            charge(30)
        };
        text.encode_utf16()
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    };
    let plain = one(charge(30));
    for (big, mark) in [(false, true), (true, true), (false, false), (true, false)] {
        let part = one(wide(big, mark));
        assert_eq!(part.samples, plain.samples, "big-endian {big}, mark {mark}");
        assert!(part.corrected("written in UTF-16"), "{:?}", part.corrections);
    }
}

#[test]
fn a_title_above_the_header_and_empty_cells_at_the_end_are_passed_over() {
    let csv = format!(
        "Charge log of the workshop\n\n{}",
        charge(30).replace('\n', ",,\n")
    );
    assert_eq!(one(csv).samples.len(), 30);
}

#[test]
fn a_last_line_that_was_cut_off_is_left_out_and_said() {
    let whole = charge(30);
    let part = one(&whole[..whole.len() - 25]);
    assert_eq!(part.samples.len(), 29);
    assert!(
        part.corrected("1 row left out that end early"),
        "{:?}",
        part.corrections
    );
}

#[test]
fn an_endless_line_is_refused_before_it_fills_the_memory() {
    let said = refused("a,b,c".repeat(300_000));
    assert!(said.contains("longer than 256 KiB"), "{said}");
    let mut open_quote = charge(30);
    open_quote.push('"');
    open_quote.push_str(&"x".repeat(3 << 20));
    let said = refused(open_quote);
    assert!(
        said.contains("a quote may be open") && said.contains("row 32"),
        "{said}"
    );
}

#[test]
fn a_gzip_that_was_cut_off_is_named() {
    use std::io::Write as _;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(charge(3000).as_bytes()).unwrap();
    let bytes = gzip.finish().unwrap();
    assert_eq!(one(&bytes).samples.len(), 3000);
    let said = refused(&bytes[..bytes.len() / 2]);
    assert!(said.contains("the gzip stream is damaged or cut off"), "{said}");
}

#[test]
fn several_files_are_read_in_the_order_of_their_times_and_none_twice() {
    let (_a, early) = file("early.csv", charge(30));
    let (_b, late) = file("late.csv", charge(30).replace("2026-05-16", "2026-05-17"));
    let parts = read(&[late.clone(), early.clone()], &Options::default()).unwrap();
    let names: Vec<_> = parts.iter().map(|p| p.source.name.as_str()).collect();
    assert_eq!(names, ["early.csv", "late.csv"]);
    let said = read(&[late.clone(), early, late], &Options::default())
        .unwrap_err()
        .to_string();
    assert!(said.contains("given twice"), "{said}");
}

#[test]
fn the_digest_is_that_of_the_files_bytes() {
    let (_folder, path) = file("log.csv", charge(3000));
    let hashed = Options {
        hash: true,
        ..Options::default()
    };
    let by_sha256sum = std::process::Command::new("sha256sum")
        .arg(&path)
        .output()
        .unwrap();
    let expected = String::from_utf8(by_sha256sum.stdout).unwrap();
    assert_eq!(read(&[path], &hashed).unwrap()[0].sha256, expected[..64]);
}

#[test]
fn units_that_cannot_be_seen_are_asked_for() {
    let csv = "timestamp,voltage,current,soc,temperature\n2026-05-16T10:00:00Z,371,10,41,68\n2026-05-16T10:00:01Z,371,10,41,68\n";
    let said = refused(csv);
    assert!(
        said.contains("--temp-unit") && said.contains("--current-sign"),
        "{said}"
    );
    let known = answered(Answers {
        temp_unit: Some(Unit::Fahrenheit),
        current: Some(telemetry::Sign::ChargePositive),
        ..Answers::default()
    });
    let part = &text(csv, &known).unwrap()[0];
    assert!((part.column(Channel::TempMax)[0] - 20.0).abs() < 1e-9);
}

#[test]
fn a_file_of_more_rows_than_are_read_is_refused_however_small_it_is() {
    let (_folder, path) = file("log.csv", charge(3000));
    let bounded = |most| Options {
        most_rows: Some(most),
        ..Options::default()
    };
    let paths = [path];
    assert!(read(&paths, &bounded(3000)).is_ok());
    let said = read(&paths, &bounded(2999)).unwrap_err().to_string();
    assert!(said.contains("more than 2999 rows"), "{said}");
}

#[test]
fn one_glitch_does_not_decide_the_unit_of_the_current() {
    let sound = one(charge(60));
    for glitch in ["65535", "6553.5", "-3276.8", "5001", "1e308", "inf"] {
        let part = one(changed(60, |number, line| match number {
            30 => with_field(line, 2, glitch),
            _ => line.to_owned(),
        }));
        let current = part.column(Channel::PackCurrent);
        assert_eq!(current[10], sound.column(Channel::PackCurrent)[10], "{glitch}");
    }
}

#[test]
fn a_column_of_what_no_battery_has_is_refused_with_its_first() {
    let said = refused(changed(120, |number, line| {
        if number % 2 == 0 {
            with_field(line, 2, "9999999")
        } else {
            line.to_owned()
        }
    }));
    assert!(
        said.contains("no battery has this, as in 60 of 120 rows"),
        "{said}"
    );
}

#[test]
fn a_column_that_is_there_twice_is_asked_about() {
    let twice = charge(60)
        .lines()
        .map(|line| format!("{line},{}\n", line.split(',').nth(2).unwrap()))
        .collect::<String>();
    let said = refused(twice);
    assert!(said.contains("two columns are called"), "{said}");
}
