//! Every logger for which there is a mapping, in the form in which it writes.

use battery::{Channel, Clock, SocDefinition};
use telemetry::{Answers, Log, Options, Sign};

use crate::reading::{one, read, refused, shared, text};

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn the_synthetic_packs_read_the_same_from_csv_and_from_parquet() {
    let Some(folder) = shared() else { return };
    let csv = read(
        &[folder.join("synthetic_NMC000_example.csv")],
        &Options::default(),
    )
    .unwrap();
    let all = read(
        &[folder.join("synthetic_nmc_dev_telemetry.parquet")],
        &Options::default(),
    )
    .unwrap();
    assert_eq!(all.len(), 20, "one part per vehicle");
    let parquet = all
        .iter()
        .find(|p| p.source.vehicle.as_deref() == Some("NMC000"))
        .unwrap();
    let csv = &csv[0];
    assert_eq!(csv.samples.len(), 4421);
    assert_eq!(csv.source.soc_definition, SocDefinition::Bms);
    assert_eq!(csv.source.clock, Clock::Relative);
    assert_eq!(csv.samples.session, parquet.samples.session);
    assert_eq!(csv.samples.time_s, parquet.samples.time_s);
    for channel in Channel::ALL {
        assert_eq!(csv.column(channel), parquet.column(channel), "{channel:?}");
    }
}

#[test]
fn the_lfp_packs_and_the_nasa_cells_are_read() {
    let Some(folder) = shared() else { return };
    let lfp = read(
        &[folder.join("synthetic_lfp_dev_telemetry.parquet")],
        &Options::default(),
    )
    .unwrap();
    assert_eq!(
        (lfp.len(), lfp.iter().map(|p| p.samples.len()).sum::<usize>()),
        (12, 40_735)
    );
    let nasa = read(
        &[folder.join("nasa_pcoe_charge_B0005_B0006.parquet")],
        &Options::default(),
    )
    .unwrap();
    let vehicles: Vec<_> = nasa
        .iter()
        .map(|p| p.source.vehicle.as_deref().unwrap())
        .collect();
    assert_eq!(vehicles, ["B0005", "B0006"]);
    let first = &nasa[0];
    // A single cell: its voltage is the cell voltage.
    assert_eq!(first.column(Channel::PackVoltage), first.column(Channel::CellMax));
    assert_eq!(first.samples.session.last(), Some(&166));
    let current = first.column(Channel::PackCurrent);
    assert!(
        current.iter().filter(|i| **i > 1.4).count() > 10_000,
        "charging is positive"
    );
}

#[test]
fn a_fast_charge_seen_by_car_and_charger_has_two_definitions_of_soc_and_two_clocks() {
    let Some(folder) = shared() else { return };
    let obd = folder.join("gueni_ev_2023051609_OBD.csv.gz");
    // By its plain names nothing says which state of charge it is, or whether 26.8 are °C.
    let log = Log::open(std::slice::from_ref(&obd), &Options::default()).unwrap();
    let report = log.files().next().unwrap();
    assert_eq!(report.mapping, "plain");
    let asked: Vec<_> = report
        .questions
        .iter()
        .map(|q| (q.about.as_str(), q.blocks))
        .collect();
    assert_eq!(asked, [("temp_max", true), ("soc", false)]);
    // Named, it is known. Ten rows a second with whole seconds become one a second.
    let named = Options {
        mapping: Some("gueni-obd".into()),
        ..Options::default()
    };
    let obd = &read(&[obd], &named).unwrap()[0];
    assert_eq!(
        (obd.source.clock, obd.source.soc_definition),
        (Clock::Utc, SocDefinition::Bms)
    );
    assert!(obd.samples.time_s.windows(2).all(|w| w[1] > w[0]));
    assert!(
        obd.samples.len() < 1500 && obd.corrected("merged into it"),
        "{:?}",
        obd.corrections
    );
    let charger = folder.join("gueni_ev_2023051609_charger.csv.gz");
    let shifted = Options {
        answers: Answers {
            utc_offset_s: Some(7200),
            ..Answers::default()
        },
        ..Options::default()
    };
    let charger = &read(&[charger], &shifted).unwrap()[0];
    assert_eq!(charger.source.soc_definition, SocDefinition::Display);
    // With its two hours taken off, the charger saw what the car saw.
    assert!(
        charger.samples.time_s[0] > obd.samples.time_s[0]
            && charger.samples.time_s[0] < obd.samples.time_s[0] + 60.0
    );
    let charge = |part: &crate::reading::Part| -> f64 {
        let current = part.column(Channel::PackCurrent);
        part.samples
            .time_s
            .windows(2)
            .enumerate()
            .filter(|(_, w)| w[1] - w[0] < 60.0)
            .map(|(k, w)| 0.5 * (current[k] + current[k + 1]) * (w[1] - w[0]) / 3600.0)
            .filter(|ah| !ah.is_nan())
            .sum()
    };
    let (by_car, by_charger) = (charge(obd), charge(charger));
    assert!(
        (14.0..15.0).contains(&by_car) && (14.3..15.0).contains(&by_charger),
        "{by_car} {by_charger}"
    );
}

#[test]
fn the_lithium_polymer_cell_counts_discharge_as_positive() {
    let Some(folder) = shared() else { return };
    for name in [
        "CRate1_Cycle17",
        "CRate1_Cycle48",
        "CRate2_Cycle17",
        "CRate4_Cycle17",
    ] {
        let part = &read(
            &[folder.join(format!("uw_lipo/{name}.csv.gz"))],
            &Options::default(),
        )
        .unwrap()[0];
        assert!(
            part.column(Channel::PackCurrent)[0] < -5.0,
            "it begins with a discharge"
        );
        assert!(part.column(Channel::Soc)[0] < 0.9);
    }
}

const LEAF: &str = "\
Date/Time,Lat,Long,Elv,Speed,Gids,SOC,AHr,Pack Volts,Pack Amps,Max CP mV,Min CP mV,Avg CP mV,Pack T1 F,Pack T1 C,Pack T2 F,Pack T2 C,Pack T3 F,Pack T3 C,CP1,CP2,CP3,VIN,Hx,Odo(km),SOH,epoch time,Plug State,Charge Mode
05/13/2026 12:57:17,0,0,1238,0.0,123,556419,548117,381.31,-12.591,3978,3970,3972,72.3,22.4,71.8,22.1,none,none,3975,-3974,3971,SAMPLE-LEAF,80.65,52114,83,1778698637,2,2
05/13/2026 12:57:22,0,0,1238,0.0,123,557099,548117,381.31,-12.738,3978,3969,3972,72.3,22.4,71.8,22.1,none,none,3975,3974,3970,SAMPLE-LEAF,80.65,52114,83,1778698642,2,2
";

#[test]
fn leaf_spy_has_many_small_units_and_signs_that_are_no_signs() {
    let part = one(LEAF);
    assert_eq!(part.source.vehicle.as_deref(), Some("SAMPLE-LEAF"));
    assert_eq!(
        (part.source.clock, part.source.soc_definition),
        (Clock::Utc, SocDefinition::Bms)
    );
    assert_eq!(part.samples.time_s[0], 1_778_698_637.0);
    assert!(close(part.column(Channel::Soc)[0], 0.556_419));
    assert_eq!(part.column(Channel::PackCurrent)[0], 12.591, "charging");
    // The sign of a cell marks its balancing shunt.
    assert_eq!(part.column(Channel::CellMax)[0], 3.975);
    assert_eq!(part.column(Channel::CellMin), [3.971, 3.970]);
    assert_eq!(
        (part.column(Channel::TempMin)[0], part.column(Channel::TempMax)[0]),
        (22.1, 22.4)
    );
    assert_eq!(
        (part.column(Channel::Plugged)[0], part.column(Channel::Parked)[0]),
        (1.0, 1.0)
    );
    assert_eq!(
        (
            part.column(Channel::Odometer)[0],
            part.column(Channel::ReportedSoh)[0]
        ),
        (52_114.0, 0.83)
    );
}

const TORQUE: &str = "\
GPS Time, Device Time, Longitude, Latitude,GPS Speed (Meters/second), Altitude,000_State of Charge BMS(%),000_State of Charge Display(%),000_Battery Current(A),000_Battery DC Voltage(V),000_Maximum Cell Voltage(V),000_Minimum Cell Voltage(V),000_Battery Max Temperature(°C),000_Battery Min Temperature(°C),000_Isolation Resistance(kOhm),000_State of Health(%)
Tue Oct 05 14:22:01 GMT+09:00 2026,05-Oct-2026 14:22:01.100,126.6,37.4,0,12,41.5,40.0,-62.1,371.2,3.88,3.86,27,25,1000,99.5
Tue Oct 05 14:22:02 GMT+09:00 2026,05-Oct-2026 14:22:02.100,126.6,37.4,0,12,-,40.0,-62.2,371.3,3.88,3.86,27,25,1000,99.5
GPS Time, Device Time, Longitude, Latitude,GPS Speed (Meters/second), Altitude,000_State of Charge BMS(%),000_State of Charge Display(%),000_Battery Current(A),000_Battery DC Voltage(V),000_Maximum Cell Voltage(V),000_Minimum Cell Voltage(V),000_Battery Max Temperature(°C),000_Battery Min Temperature(°C),000_Isolation Resistance(kOhm),000_State of Health(%)
Tue Oct 05 14:22:03 GMT+09:00 2026,05-Oct-2026 14:22:03.100,126.6,37.4,0,12,41.5,40.0,-62.1,371.4,3.88,3.86,27,25,1000,99.5
";

#[test]
fn torque_names_its_units_repeats_its_header_and_does_not_say_its_zone() {
    let asked = refused(TORQUE);
    assert!(asked.contains("--utc-offset"), "{asked}");
    let korea = Options {
        answers: Answers {
            utc_offset_s: telemetry::utc_offset("+09:00"),
            ..Answers::default()
        },
        ..Options::default()
    };
    let part = &text(TORQUE, &korea).unwrap()[0];
    assert_eq!(part.samples.len(), 3);
    assert!(
        part.corrected("the header repeated 1 time"),
        "{:?}",
        part.corrections
    );
    assert_eq!(part.source.soc_definition, SocDefinition::Bms);
    assert!(
        (part.samples.time_s[0] - 1_791_177_721.1).abs() < 1e-6,
        "{}",
        part.samples.time_s[0]
    );
    assert_eq!(
        part.column(Channel::PackCurrent)[0],
        62.1,
        "its current is negative while charging"
    );
    assert!(part.column(Channel::Soc)[1].is_nan());
    assert_eq!(part.column(Channel::Isolation)[0], 1000.0);
    assert_eq!(part.column(Channel::ReportedSoh)[0], 0.995);
}

#[test]
fn evdash_counts_seconds_of_1970_in_local_time() {
    let log = "carType,currTime,socPerc,socPercBms,sohPerc,odoKm,batPowKw,batPowA,batV,cellMinV,cellMaxV,bMinC,bMaxC,c0V,c1V,speedKmh\n\
               2,1778698637,41,43.5,100,12345,2.1,6.1,348.6,3.86,3.88,23,24,3.86,3.88,0\n\
               2,1778698639,41,-1,100,12345,2.1,6.1,348.6,3.86,3.88,23,24,3.86,3.88,0\n";
    let asked = refused(log);
    assert!(asked.contains("--utc-offset"), "{asked}");
    let seoul = Options {
        answers: Answers {
            utc_offset_s: Some(9 * 3600),
            ..Answers::default()
        },
        ..Options::default()
    };
    let part = &text(log, &seoul).unwrap()[0];
    assert_eq!(part.samples.time_s[0], 1_778_698_637.0 - 32_400.0);
    assert_eq!(part.column(Channel::PackCurrent)[0], 6.1);
    assert_eq!(part.column(Channel::Soc)[0], 0.435);
    assert!(part.column(Channel::Soc)[1].is_nan(), "-1 is not measured");
    assert_eq!(part.source.soc_definition, SocDefinition::Bms);
}

#[test]
fn battery_data_format_and_vehicle_signals_are_read_by_their_names() {
    let bdf = "Test Time / s,Unix Time / s,Voltage / V,Current / A,Cycle Count / 1,Surface Temperature / degC\n\
               0,1778698637,3.61,0.0,1,25.1\n10,1778698647,3.70,1.5,1,25.2\n";
    let part = one(bdf);
    assert_eq!(
        (part.source.clock, part.samples.time_s[1]),
        (Clock::Utc, 1_778_698_647.0)
    );
    assert_eq!(part.column(Channel::CellMax), [3.61, 3.70]);
    assert_eq!(part.samples.session, [1, 1]);
    let notation =
        "test_time_second,voltage_volt,current_ampere,state_of_charge\n0,3.61,0.0,0.205\n10,3.70,1.5,0.21\n";
    let part = one(notation);
    assert_eq!(
        (part.source.clock, part.column(Channel::Soc)[0]),
        (Clock::Relative, 0.205)
    );
    let vss = "timestamp,Vehicle.Powertrain.TractionBattery.CurrentVoltage,Vehicle.Powertrain.TractionBattery.CurrentCurrent,Vehicle.Powertrain.TractionBattery.StateOfCharge.Current,Vehicle.Powertrain.TractionBattery.StateOfCharge.Displayed,Vehicle.VehicleIdentification.VIN\n\
               2026-05-16T10:00:00+09:00,371.2,62.1,41.5,40.0,KMHKN81ABMU000005\n2026-05-16T10:00:01+09:00,371.3,62.1,41.5,40.0,KMHKN81ABMU000005\n";
    let part = one(vss);
    assert_eq!(part.source.vehicle.as_deref(), Some("KMHKN81ABMU000005"));
    assert_eq!(
        (part.column(Channel::Soc)[0], part.source.soc_definition),
        (0.415, SocDefinition::Bms)
    );
}

#[test]
fn a_charger_log_does_not_say_which_state_of_charge_it_was_sent() {
    let log = "timestamp,connector,voltage,current.import,soc,energy.active.import.register\n\
               2026-05-16T10:00:00Z,1,371.2,62.1,41,0\n2026-05-16T10:00:10Z,1,371.3,62.1,41,64\n";
    let part = one(log);
    assert_eq!(part.source.soc_definition, SocDefinition::Unknown);
    let display = Options {
        answers: Answers {
            soc: Some(SocDefinition::Display),
            ..Answers::default()
        },
        ..Options::default()
    };
    assert_eq!(
        text(log, &display).unwrap()[0].source.soc_definition,
        SocDefinition::Display
    );
}

#[test]
fn an_own_mapping_reads_what_no_shipped_one_knows() {
    let log = "Zeit;Strom;Spannung;Ladung\n16.05.2026 10:00:00;-12,5;371,25;41,5\n16.05.2026 10:00:10;-12,5;371,35;41,5\n";
    let unknown = refused(log);
    assert!(
        unknown.contains("Zeit, Strom, Spannung, Ladung") && unknown.contains("--mapping FILE"),
        "{unknown}"
    );
    let mapping = "version = 1\nname = \"werkstatt\"\ntitle = \"Werkstatt\"\nsource = \"the workshop's own logger\"\n\
                   [clock]\nzone = \"+02:00\"\ndate_order = \"day_first\"\n[current]\npositive = \"discharge\"\n\
                   [columns]\ntime = \"Zeit\"\npack_current = { from = \"Strom\", unit = \"A\" }\n\
                   pack_voltage = { from = \"Spannung\", unit = \"V\" }\n\
                   soc = { from = \"Ladung\", unit = \"%\", definition = \"display\" }\n";
    let (_folder, path) = crate::reading::file("werkstatt.toml", mapping);
    let options = Options {
        mapping: Some(path.display().to_string()),
        ..Options::default()
    };
    let part = &text(log, &options).unwrap()[0];
    assert_eq!(
        (
            part.column(Channel::PackCurrent)[0],
            part.column(Channel::PackVoltage)[0]
        ),
        (12.5, 371.25)
    );
    assert_eq!(part.samples.time_s[0], 1_778_918_400.0);
    assert_eq!(part.source.soc_definition, SocDefinition::Display);
}

#[test]
fn an_answer_goes_before_a_mapping_and_is_repeated() {
    let part = &text(
        crate::reading::charge(30),
        &Options {
            answers: Answers {
                current: Some(Sign::DischargePositive),
                ..Answers::default()
            },
            ..Options::default()
        },
    )
    .unwrap()[0];
    assert_eq!(part.column(Channel::PackCurrent)[10], -50.0);
    assert!(
        part.corrected("but in 100 % of its changes the state of charge moves with"),
        "{:?}",
        part.corrections
    );
}

#[test]
fn the_two_cars_of_the_sample_yard_are_read_without_a_question() {
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/battery");
    for (name, vin, sessions) in [
        ("ioniq5-2021.csv", "KMHKN81ABMU000005", 5),
        ("kona-ev-2018.csv", "KMHK281GBJU000006", 4),
    ] {
        let path = samples.join(name);
        let log = Log::open(std::slice::from_ref(&path), &Options::default()).unwrap();
        assert_eq!(log.files().next().unwrap().questions, []);
        let part = &read(&[path], &Options::default()).unwrap()[0];
        assert_eq!(part.source.vehicle.as_deref(), Some(vin));
        assert_eq!(part.samples.session.last(), Some(&sessions));
        let [only] = part.corrections.as_slice() else {
            panic!("{:?}", part.corrections)
        };
        assert!(
            only.starts_with("soc: values around") && only.ends_with("can only be % (by evidence)"),
            "{only}"
        );
    }
}
