//! Odometer rules against each other on synthetic histories.
//!
//! `cargo run --release --bin odometer` tunes nothing: the rules were set with seed 7, and the table is for seeds nobody
//! looked at before. **Synthetic, not real:** no series with proven winding back is public, so precision here says how the
//! rules compare with each other under the stated generator, not how often they are right about cars.
//!
//! Generator (after the description of a published prototype): 2 % of cars wound back, 1.5 % of readings bad, 0.4 % of
//! cars with another instrument, retests, adverts rounded down, readings missing. A second population with other habits
//! ("shifted") shows what happens when the model's settings do not fit.
//!
//! Rules: A any decrease; B a decrease that the next reading does not undo; C the prototype (longest consistent
//! subsequence and its tiers), rewritten here from its description; ours, ranked by the weight of `history::findings`.

use history::findings::odometer::{Circumstances, Reading, Replacement, Setting, Tier, weigh};
use jiff::ToSpan;
use jiff::civil::date;
use statement::vocabulary::EvidenceClass;

const CARS: usize = 40_000;
const TUNING_SEED: u64 = 7;
const HELD_OUT_SEEDS: [u64; 2] = [101, 102];
const KM_PER_MILE: f64 = 1.609_344;

fn main() {
    let tuning = std::env::args().any(|arg| arg == "--tuning");
    println!("Synthetic histories, not real cars. {CARS} cars a seed.\n");
    let populations = [
        ("as described", Habits::described()),
        (
            "as described, sales unknown to the rules",
            Habits {
                sales_known: false,
                ..Habits::described()
            },
        ),
        (
            "shifted: twice the bad readings, other slips, smaller rollbacks",
            Habits::shifted(),
        ),
    ];
    let seeds: &[u64] = if tuning { &[TUNING_SEED] } else { &HELD_OUT_SEEDS };
    for (name, habits) in populations {
        let cars: Vec<Car> = seeds.iter().flat_map(|seed| population(*seed, &habits)).collect();
        report(name, seeds, &cars);
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// The generator
// ---------------------------------------------------------------------------------------------------------------------

/// What the population does.
#[derive(Clone, Copy)]
struct Habits {
    bad_readings: f64,
    wound_back: f64,
    /// Share of the distance taken off: from, to.
    taken_off: (f64, f64),
    swapped: f64,
    swaps_documented: f64,
    /// Weights of: digit, transposition, filler, digit count, unit, tenths, anything.
    slips: [f64; 7],
    /// Chance that winding back happens before a sale.
    for_a_sale: f64,
    sales_known: bool,
    median_km: f64,
}

impl Habits {
    fn described() -> Self {
        Habits {
            bad_readings: 0.015,
            wound_back: 0.02,
            taken_off: (0.15, 0.65),
            swapped: 0.004,
            swaps_documented: 0.3,
            slips: [0.40, 0.15, 0.10, 0.12, 0.10, 0.05, 0.08],
            for_a_sale: 0.7,
            sales_known: true,
            median_km: 13_000.0,
        }
    }

    fn shifted() -> Self {
        Habits {
            bad_readings: 0.03,
            taken_off: (0.05, 0.40),
            swapped: 0.008,
            slips: [0.20, 0.08, 0.04, 0.08, 0.20, 0.05, 0.35],
            for_a_sale: 0.3,
            median_km: 20_000.0,
            ..Self::described()
        }
    }
}

struct Car {
    wound_back: bool,
    readings: Vec<Reading>,
    replacements: Vec<Replacement>,
    circumstances: Circumstances,
}

fn population(seed: u64, habits: &Habits) -> Vec<Car> {
    let mut random = Random(seed);
    (0..CARS).map(|_| car(&mut random, habits)).collect()
}

fn car(random: &mut Random, habits: &Habits) -> Car {
    let born = date(2004, 1, 1) + (random.below(15 * 365) as i64).days();
    let age_days = 2 * 365 + random.below(16 * 365) as i64;
    let rate = if random.chance(0.02) {
        60_000.0 + 30_000.0 * random.unit()
    } else {
        habits.median_km * (0.5 * random.normal()).exp()
    };

    // True distance by day, a year at a time, each year its own.
    let years: Vec<f64> = (0..=age_days / 365 + 1)
        .map(|_| rate * (0.35 * random.normal()).exp())
        .collect();
    let truth = |day: i64| -> f64 {
        let (year, rest) = ((day / 365) as usize, (day % 365) as f64 / 365.0);
        years.iter().take(year).sum::<f64>() + years.get(year).copied().unwrap_or(rate) * rest
    };

    let mut sales: Vec<i64> = Vec::new();
    let mut day = (365.0 * 3.5 * -random.unit().max(1e-9).ln()) as i64 + 300;
    while day < age_days {
        sales.push(day);
        day += (365.0 * 4.5 * -random.unit().max(1e-9).ln()) as i64 + 60;
    }

    // Visits: inspections every two years after four, services now and then, adverts at sales.
    let mut visits: Vec<(i64, Setting, EvidenceClass)> = Vec::new();
    let mut day = 4 * 365 - random.below(60) as i64;
    while day < age_days {
        visits.push((day, Setting::Inspection, EvidenceClass::A));
        if random.chance(0.12) {
            visits.push((
                day + 1 + random.below(25) as i64,
                Setting::Inspection,
                EvidenceClass::A,
            ));
        }
        day += 730 + random.below(60) as i64 - 30;
    }
    let serviced = random.chance(0.25);
    let mut day = 500 + random.below(400) as i64;
    while serviced && day < age_days {
        visits.push((day, Setting::Service, EvidenceClass::B));
        day += 500 + random.below(700) as i64;
    }
    for sale in &sales {
        if random.chance(0.4) {
            visits.push((*sale, Setting::Sale, EvidenceClass::C));
        }
    }
    if random.chance(0.15) {
        visits.push((
            random.below(age_days as u64) as i64,
            Setting::Other,
            EvidenceClass::D,
        ));
    }
    visits.sort_by_key(|(day, ..)| *day);
    visits.retain(|_| !random.chance(0.008));
    while visits.len() < 2 {
        visits.push((
            age_days + visits.len() as i64 * 40,
            Setting::Sale,
            EvidenceClass::C,
        ));
    }

    // What the instrument shows: the truth, less what was taken off or what another instrument did not count. Both happen
    // while the car is known to someone: before the first reading they would leave nothing to find.
    let wound_back = random.chance(habits.wound_back);
    let first = visits.first().map_or(0, |(day, ..)| *day);
    let last = visits.last().map_or(age_days, |(day, ..)| *day);
    let moment = |random: &mut Random| first + 1 + random.below((last - first).max(1) as u64) as i64;
    let wound_day = if wound_back {
        match sales.iter().rfind(|sale| **sale < last && **sale > first + 40) {
            Some(sale) if random.chance(habits.for_a_sale) => sale - 1 - random.below(40) as i64,
            _ => moment(random),
        }
    } else {
        i64::MAX
    };
    let taken = if wound_back {
        truth(wound_day.max(1))
            * (habits.taken_off.0 + (habits.taken_off.1 - habits.taken_off.0) * random.unit())
    } else {
        0.0
    };
    let swapped = !wound_back && random.chance(habits.swapped);
    let swap_day = if swapped { moment(random) } else { i64::MAX };
    let base = if random.chance(0.5) {
        0.0
    } else {
        150_000.0 * random.unit()
    };
    let shows = |day: i64| -> f64 {
        let km = truth(day);
        if day >= swap_day {
            km - truth(swap_day) + base
        } else if day >= wound_day {
            km - taken
        } else {
            km
        }
    };

    let mut readings: Vec<Reading> = visits
        .iter()
        .zip(0u64..)
        .map(|((day, setting, class), reference)| {
            let honest = shows(*day).max(0.0) as u64;
            let bad = random.chance(habits.bad_readings);
            let shown = match (bad, setting) {
                (true, _) => slip(random, honest, &habits.slips),
                (false, Setting::Sale) if random.chance(0.3) => honest / 1_000 * 1_000,
                _ => honest,
            };
            Reading {
                reference,
                day: born + day.days(),
                shown,
                km_per_unit: 1.0,
                class: *class,
                setting: *setting,
            }
        })
        .collect();
    readings.sort_by_key(|reading| (reading.day, reading.reference));

    let documented = swapped && random.chance(habits.swaps_documented);
    let replacements = documented.then(|| Replacement {
        reference: 1_000,
        day: born + swap_day.days(),
        old_km: truth(swap_day),
        new_km: base,
        certified: true,
    });
    let circumstances = Circumstances {
        first_use: Some(born),
        sales: if habits.sales_known {
            sales.iter().map(|day| born + day.days()).collect()
        } else {
            Vec::new()
        },
        was_commercial: false,
    };
    if !habits.sales_known {
        for reading in &mut readings {
            if reading.setting == Setting::Sale {
                reading.setting = Setting::Other;
            }
        }
    }
    Car {
        wound_back,
        readings,
        replacements: replacements.into_iter().collect(),
        circumstances,
    }
}

fn slip(random: &mut Random, honest: u64, weights: &[f64; 7]) -> u64 {
    let mut pick = random.unit() * weights.iter().sum::<f64>();
    let kind = weights
        .iter()
        .position(|weight| {
            pick -= weight;
            pick < 0.0
        })
        .unwrap_or(6);
    let mut digits: Vec<u8> = honest.to_string().bytes().collect();
    let number = |digits: &[u8]| {
        digits
            .iter()
            .fold(0u64, |sum, digit| sum * 10 + u64::from(digit - b'0'))
    };
    let at = random.below(digits.len() as u64) as usize;
    match kind {
        0 => {
            digits[at] = b'0' + ((digits[at] - b'0') + 1 + random.below(9) as u8) % 10;
            number(&digits)
        }
        1 => {
            if at + 1 < digits.len() {
                digits.swap(at, at + 1);
            }
            number(&digits)
        }
        2 => [999_999, 0, 1, 111_111, 99_999][random.below(5) as usize],
        3 => {
            if random.chance(0.5) && digits.len() > 1 {
                digits.remove(at);
            } else {
                digits.insert(at, b'0' + random.below(10) as u8);
            }
            number(&digits)
        }
        4 if random.chance(0.5) => (honest as f64 * KM_PER_MILE) as u64,
        4 => (honest as f64 / KM_PER_MILE) as u64,
        5 => honest * 10 + random.below(10),
        _ => random.below(300_000),
    }
}

/// SplitMix64: the same cars on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    fn below(&mut self, n: u64) -> u64 {
        (self.unit() * n as f64) as u64
    }

    fn normal(&mut self) -> f64 {
        let (a, b) = (self.unit().max(1e-12), self.unit());
        (-2.0 * a.ln()).sqrt() * (2.0 * std::f64::consts::PI * b).cos()
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// The rules to compare with
// ---------------------------------------------------------------------------------------------------------------------

/// Any reading lower than the one before.
fn rule_a(readings: &[Reading]) -> bool {
    readings.windows(2).any(|pair| pair[1].shown < pair[0].shown)
}

/// A reading lower than the one before that the next one does not undo. A dip that recovers is an inconsistency, and a fall
/// at the very end has no second reading to confirm it.
fn rule_b(readings: &[Reading]) -> bool {
    readings
        .windows(3)
        .any(|three| three[1].shown < three[0].shown && three[2].shown < three[0].shown)
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum PrototypeTier {
    Nothing,
    Review,
    OneWitness,
    Rollback,
}

/// The prototype, from its description: fail and retest merged (60 days, 1,000 km), fillers dropped, the longest chain with
/// non-decreasing values (50 km) and at most 110,000 km a year, left-out readings in blocks, blocks classified.
fn rule_c(car: &Car) -> PrototypeTier {
    let mut kept: Vec<(f64, f64, u64)> = Vec::new();
    for reading in &car.readings {
        if reading.shown >= 900_000 || reading.shown == 111_111 {
            continue;
        }
        let days = f64::from(reading.day.since(date(1970, 1, 1)).expect("dates").get_days());
        let offset: f64 = car
            .replacements
            .iter()
            .filter(|replacement| replacement.day <= reading.day)
            .map(|replacement| replacement.old_km - replacement.new_km)
            .sum();
        let km = reading.km() + offset;
        match kept.last_mut() {
            Some(last) if days - last.0 <= 60.0 && (km - last.1).abs() <= 1_000.0 => {
                *last = (days, km, reading.shown)
            }
            _ => kept.push((days, km, reading.shown)),
        }
    }
    let follows = |a: &(f64, f64, u64), b: &(f64, f64, u64)| {
        b.1 >= a.1 - 50.0 && b.1 - a.1 <= 110_000.0 * ((b.0 - a.0) / 365.25).max(0.01)
    };
    let mut best = vec![(1usize, usize::MAX); kept.len()];
    for to in 0..kept.len() {
        for from in 0..to {
            if follows(&kept[from], &kept[to]) && best[from].0 + 1 > best[to].0 {
                best[to] = (best[from].0 + 1, from);
            }
        }
    }
    let mut chain = vec![false; kept.len()];
    let mut at = (0..kept.len()).max_by_key(|i| best[*i].0).unwrap_or(usize::MAX);
    while at != usize::MAX {
        chain[at] = true;
        at = best[at].1;
    }
    let mut tier = PrototypeTier::Nothing;
    let mut index = 0;
    while index < kept.len() {
        if chain[index] {
            index += 1;
            continue;
        }
        let start = index;
        while index < kept.len() && !chain[index] {
            index += 1;
        }
        let before = start.checked_sub(1).map(|i| kept[i].1);
        let after = kept.get(index).map(|next| next.1);
        let block = &kept[start..index];
        let lower = before.is_some_and(|before| block.iter().all(|visit| visit.1 < before));
        let at_an_end = before.is_none() || after.is_none();
        let found = if block.len() >= 2 && lower {
            PrototypeTier::Rollback
        } else if block.len() == 1 && at_an_end && (lower || before.is_none()) {
            PrototypeTier::OneWitness
        } else if block.len() == 1 && explained(block[0].2, before.unwrap_or(0.0), after.unwrap_or(f64::MAX))
        {
            PrototypeTier::Nothing
        } else {
            PrototypeTier::Review
        };
        tier = tier.max(found);
    }
    tier
}

/// One digit edit, a transposition or the factor 1.609 brings the reading between its neighbours.
fn explained(shown: u64, low: f64, high: f64) -> bool {
    let fits = |n: f64| n >= low - 50.0 && n <= high + 50.0;
    let digits: Vec<u8> = shown.to_string().bytes().collect();
    let number = |digits: &[u8]| {
        digits
            .iter()
            .fold(0.0, |sum, digit| sum * 10.0 + f64::from(digit - b'0'))
    };
    let edits = (0..digits.len()).any(|at| {
        (b'0'..=b'9').any(|new| {
            let mut edited = digits.clone();
            edited[at] = new;
            fits(number(&edited))
        })
    });
    let swaps = (1..digits.len()).any(|at| {
        let mut swapped = digits.clone();
        swapped.swap(at - 1, at);
        fits(number(&swapped))
    });
    edits || swaps || fits(shown as f64 * KM_PER_MILE) || fits(shown as f64 / KM_PER_MILE)
}

// ---------------------------------------------------------------------------------------------------------------------
// The table
// ---------------------------------------------------------------------------------------------------------------------

/// Whether a rule accuses a car.
type Rule<'a> = &'a dyn Fn(&Verdicts) -> bool;

struct Verdicts {
    wound_back: bool,
    count: usize,
    a: bool,
    b: bool,
    c: PrototypeTier,
    tier: Tier,
    /// Our weight; cars with a fall too small for a story rank after all others.
    rank: Option<f64>,
}

fn report(name: &str, seeds: &[u64], cars: &[Car]) {
    let verdicts: Vec<Verdicts> = cars
        .iter()
        .map(|car| {
            let ours = weigh(&car.readings, &car.replacements, &car.circumstances);
            let a = rule_a(&car.readings);
            Verdicts {
                wound_back: car.wound_back,
                count: car.readings.len(),
                a,
                b: rule_b(&car.readings),
                c: rule_c(car),
                tier: ours.tier,
                rank: ours.weight.or(a.then_some(f64::NEG_INFINITY)),
            }
        })
        .collect();
    println!("## Population: {name} (seeds {seeds:?})");
    let readings: usize = verdicts.iter().map(|v| v.count).sum();
    println!(
        "{} cars, {} wound back, {:.1} readings a car\n",
        verdicts.len(),
        verdicts.iter().filter(|v| v.wound_back).count(),
        readings as f64 / verdicts.len() as f64
    );
    println!(
        "| rule | recall | precision | false per 10,000 clean | ours at the same recall | false per 10,000 |"
    );
    println!("| --- | --- | --- | --- | --- | --- |");
    let all: Vec<&Verdicts> = verdicts.iter().collect();
    let rules: [(&str, Rule<'_>); 5] = [
        ("A any decrease", &|v| v.a),
        ("B two readings", &|v| v.b),
        ("C rollback_suspected", &|v| v.c == PrototypeTier::Rollback),
        ("C plus one_witness", &|v| v.c >= PrototypeTier::OneWitness),
        ("C plus review", &|v| v.c >= PrototypeTier::Review),
    ];
    for (rule, says) in rules {
        let score = score(&all, says);
        let ours = at_recall(&all, score.recall);
        println!(
            "| {rule} | {:.2} | {:.2} | {:.0} | {} |",
            score.recall,
            score.precision,
            score.false_per_10_000,
            ours.map_or("not reached | ".to_owned(), |s| format!(
                "{:.2} | {:.0}",
                s.precision, s.false_per_10_000
            ))
        );
    }
    println!("\n| our tier | recall | precision | false per 10,000 clean |");
    println!("| --- | --- | --- | --- |");
    for (label, least) in [
        ("rollback_suspected", Tier::RollbackSuspected),
        ("plus one_witness", Tier::OneWitness),
        ("plus review", Tier::Review),
    ] {
        let s = score(&all, &|v: &Verdicts| v.tier >= least);
        println!(
            "| {label} | {:.2} | {:.2} | {:.0} |",
            s.recall, s.precision, s.false_per_10_000
        );
    }
    println!(
        "\n| readings | cars | wound back | A recall | A precision | ours at A's recall | ours at 0.5 | ours at 0.8 |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (label, range) in [
        ("2", 2..=2),
        ("3-4", 3..=4),
        ("5+", 5..=usize::MAX),
        ("all", 0..=usize::MAX),
    ] {
        let part: Vec<&Verdicts> = verdicts.iter().filter(|v| range.contains(&v.count)).collect();
        let a = score(&part, &|v: &Verdicts| v.a);
        let show =
            |recall: f64| at_recall(&part, recall).map_or("-".to_owned(), |s| format!("{:.2}", s.precision));
        println!(
            "| {label} | {} | {} | {:.2} | {:.2} | {} | {} | {} |",
            part.len(),
            part.iter().filter(|v| v.wound_back).count(),
            a.recall,
            a.precision,
            show(a.recall),
            show(0.5),
            show(0.8)
        );
    }
    println!();
}

struct Score {
    recall: f64,
    precision: f64,
    false_per_10_000: f64,
}

fn score(verdicts: &[&Verdicts], says: Rule<'_>) -> Score {
    let positives = verdicts.iter().filter(|v| v.wound_back).count();
    let right = verdicts.iter().filter(|v| v.wound_back && says(v)).count();
    let wrong = verdicts.iter().filter(|v| !v.wound_back && says(v)).count();
    of(right, wrong, positives, verdicts.len() - positives)
}

fn of(right: usize, wrong: usize, positives: usize, clean: usize) -> Score {
    Score {
        recall: right as f64 / positives.max(1) as f64,
        precision: right as f64 / (right + wrong).max(1) as f64,
        false_per_10_000: 10_000.0 * wrong as f64 / clean.max(1) as f64,
    }
}

/// Our ranking, cut where it reaches the recall; `None` where too few rollbacks leave a fall to reach it.
fn at_recall(verdicts: &[&Verdicts], recall: f64) -> Option<Score> {
    let positives = verdicts.iter().filter(|v| v.wound_back).count();
    let mut ranked: Vec<(f64, bool)> = verdicts
        .iter()
        .filter_map(|v| Some((v.rank?, v.wound_back)))
        .collect();
    ranked.sort_by(|x, y| y.0.total_cmp(&x.0));
    let wanted = (recall * positives as f64).round() as usize;
    let (mut right, mut wrong) = (0, 0);
    for (_, wound_back) in ranked {
        if right >= wanted {
            break;
        }
        if wound_back { right += 1 } else { wrong += 1 }
    }
    (right >= wanted).then(|| of(right, wrong, positives, verdicts.len() - positives))
}
