//! Whatever the rows: no panic, no absurd number, the same bytes twice.

use battery::{Assessor, Channel, Chemistry, Class, Clock, Facts, Pack, Samples, SocDefinition, Source};
use proptest::prelude::*;

use crate::car::{Car, RATED_AH, source};

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -500.0..500.0_f64,
        4 => 0.0..1.0_f64,
        2 => 2.0..5.0_f64,
        1 => prop::num::f64::ANY,
        1 => Just(f64::NAN),
    ]
}

fn any_samples() -> impl Strategy<Value = Samples> {
    (1..120_usize).prop_flat_map(|rows| {
        let time = prop_oneof![
            prop::collection::vec(0.0..40.0_f64, rows).prop_map(|steps| {
                let mut now = 0.0;
                steps
                    .iter()
                    .map(|step| {
                        now += step;
                        now
                    })
                    .collect::<Vec<f64>>()
            }),
            prop::collection::vec(any_number(), rows),
        ];
        let columns = prop::collection::vec(
            (any::<bool>(), prop::collection::vec(any_number(), rows)),
            Channel::ALL.len(),
        );
        let session = prop::collection::vec(0..3_i64, 0..rows);
        (time, columns, session).prop_map(|(time_s, columns, session)| {
            let mut samples = Samples::default();
            samples.time_s = time_s;
            samples.session = session;
            for (channel, (present, column)) in Channel::ALL.into_iter().zip(columns) {
                if present {
                    *samples.column_mut(channel) = column;
                }
            }
            samples
        })
    })
}

/// Numbers as people write them: few digits, which JSON gives back exactly.
fn written_number() -> impl Strategy<Value = f64> {
    (-2_000_000..2_000_000_i32).prop_map(|n| f64::from(n) / 1000.0)
}

fn any_pack() -> impl Strategy<Value = Pack> {
    (
        any::<bool>(),
        0..200_u32,
        prop::option::of(written_number()),
        prop::option::of(written_number()),
        prop::option::of(written_number()),
    )
        .prop_map(|(lfp, n_series, rated_ah, rated_kwh, end_voltage)| Pack {
            chemistry: if lfp { Chemistry::Lfp } else { Chemistry::Nmc },
            n_series,
            rated_ah,
            rated_kwh,
            rated_source: String::new(),
            end_voltage,
        })
}

fn assess(pack: &Pack, class: Class, sources: &[(Source, Vec<Samples>)]) -> battery::Assessment {
    let mut assessor = Assessor::new(pack.clone(), Facts::default(), class);
    for (source, chunks) in sources {
        assessor.source(source.clone());
        chunks.iter().for_each(|rows| assessor.push(rows));
        assessor.end_source("00".into(), vec!["mended".into()]);
    }
    assessor.finish()
}

fn never_absurd(found: &battery::Assessment) {
    if let Some(soh) = found.soh() {
        assert!(found.refusals.is_empty());
        assert!((30.0..=115.0).contains(&soh.percent.value()), "{}", soh.percent);
        assert!(soh.half_width95.value() <= 4.0 && soh.half_width95.value() > 0.0);
    } else {
        assert!(!found.refusals.is_empty(), "no number and no reason");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_rows_give_a_reason_or_a_number_in_bounds(
        pack in any_pack(),
        guided in any::<bool>(),
        chunks in prop::collection::vec(any_samples(), 1..4),
        utc in any::<bool>(),
    ) {
        let source = Source {
            clock: if utc { Clock::Utc } else { Clock::Relative },
            soc_definition: SocDefinition::Unknown,
            ..source()
        };
        let class = if guided { Class::Guided } else { Class::Field };
        let input = [(source, chunks)];
        let found = assess(&pack, class, &input);
        never_absurd(&found);
        let bytes = serde_json::to_vec(&found).unwrap();
        prop_assert_eq!(&bytes, &serde_json::to_vec(&assess(&pack, class, &input)).unwrap());
        let read: battery::Assessment = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(bytes, serde_json::to_vec(&read).unwrap());
    }

    #[test]
    fn cells_of_a_sound_history_overwritten_at_random_never_give_an_absurd_number(
        damage in prop::collection::vec((0..8_usize, 0..Channel::ALL.len(), 0.0..1.0_f64, any_number()), 0..40),
        from_row in 0.0..1.0_f64,
        scale in prop_oneof![Just(1.0), Just(0.001), Just(1000.0), Just(-1.0), 0.5..2.0_f64],
        channel in 0..Channel::ALL.len(),
    ) {
        let car = Car::new();
        let mut sessions = car.history();
        for (session, channel, place, value) in damage {
            let column = sessions[session].column_mut(Channel::ALL[channel]);
            let row = (place * column.len() as f64) as usize;
            if let Some(cell) = column.get_mut(row) {
                *cell = value;
            }
        }
        for rows in &mut sessions {
            let column = rows.column_mut(Channel::ALL[channel]);
            let from = (from_row * column.len() as f64) as usize;
            column.iter_mut().skip(from).for_each(|v| *v *= scale);
        }
        never_absurd(&car.assess(&sessions));
    }

    #[test]
    fn a_sound_history_of_any_capacity_is_held(capacity in 90.0..155.0_f64, current in 15.0..30.0_f64, offset in -0.75..0.75_f64) {
        let car = Car { capacity_ah: capacity, current_a: current, offset_a: offset, ..Car::new() };
        let found = car.assess(&car.history());
        let soh = found.soh();
        prop_assert!(soh.is_some(), "{:?}", found.refusals);
        let (soh, truth) = (soh.unwrap(), 100.0 * capacity / RATED_AH);
        let off = soh.percent.value() - truth;
        prop_assert!(soh.lower95.value() <= truth && truth <= soh.upper95.value(), "{off}");
        // Half of what is shown at rest stays in (from some 0.9 A on a slow charge is refused as too wide), for as long as the charge took.
        prop_assert!(off.abs() < 0.8 + 50.0 * offset.abs() / current, "{off}");
    }
}
