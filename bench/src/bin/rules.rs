//! Quotes per second on one core, time to load and check all packs, and the same rules in Python: a straightforward reading of
//! the same packs, and one country in OpenFisca-core. Ratios come from one run.
//!
//! ```sh
//! python3 -m venv /tmp/peers && /tmp/peers/bin/pip install openfisca-core
//! cargo run --release --bin rules -- /tmp/peers/bin/python3
//! ```

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use border::{Car, Currency, Given, Question, Rates, RuleSet, Strictness, Values};
use cpu_time::ProcessTime;
use jiff::civil::date;

/// How long each figure is measured, in CPU time: the machine has other work.
const AT_LEAST: Duration = Duration::from_secs(1);

const CARS: usize = 10_000;

fn main() -> Result<()> {
    let sources = desk::rules::embedded();
    let (set, load) = timed(|| RuleSet::load(&sources));
    let set = set.map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let (_, check) = timed(|| RuleSet::read(&sources, &Strictness::Full { today: None }));
    let rules: usize = set.packs().map(|pack| pack.laws().count()).sum();
    println!(
        "{} packs, {rules} rules: loaded in {load:.1?}, checked with all examples in {check:.1?}\n",
        set.packs().count()
    );

    let rates = rates(&set)?;
    let values = values()?;
    let markets: Vec<String> = set.destinations().map(|pack| pack.country.clone()).collect();
    let one = car(0)?;
    let quote = |car: &Car, to: &str| -> Result<u64> {
        let verdict = set
            .evaluate(&Question {
                car,
                destination: to,
                arrival: date(2026, 3, 10),
                values: &values,
                rates: &rates,
                workings: false,
            })
            .map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
        Ok(verdict.lines.len() as u64)
    };

    let mut own = BTreeMap::new();
    for country in ["GH", "RU"] {
        own.insert(country, per_second(1, || quote(&one, country).map(|_| ()))?);
    }
    let all = per_second(markets.len(), || {
        markets.iter().try_for_each(|to| quote(&one, to).map(|_| ()))
    })?;
    let since = ProcessTime::now();
    for at in 0..CARS {
        let car = car(at)?;
        for to in &markets {
            quote(&car, to)?;
        }
    }
    let yard = since.elapsed();
    let yard_rate = (CARS * markets.len()) as f64 / yard.as_secs_f64();
    println!("| one core | quotes per second |\n|---|---:|");
    for (country, rate) in &own {
        println!("| one car to {country} | {rate:.0} |");
    }
    println!("| one car to all {} markets | {all:.0} |", markets.len());
    println!("| {CARS} cars to all markets, in {yard:.1?} | {yard_rate:.0} |\n");

    if let Some(python) = std::env::args().nth(1) {
        peers(&python, &set, &one, &rates, &values, &own)?;
    }
    Ok(())
}

fn timed<T>(f: impl FnOnce() -> T) -> (T, Duration) {
    let since = ProcessTime::now();
    let value = f();
    (value, since.elapsed())
}

fn per_second(each: usize, mut f: impl FnMut() -> Result<()>) -> Result<f64> {
    let since = ProcessTime::now();
    let mut done = 0_usize;
    while since.elapsed() < AT_LEAST {
        f()?;
        done += each;
    }
    Ok(done as f64 / since.elapsed().as_secs_f64())
}

/// Cars that differ in what rules look at.
fn car(at: usize) -> Result<Car> {
    let mut car = Car::new();
    let cc = 1_000 + (at * 37) % 2_500;
    let kw = 60 + (at * 13) % 150;
    let made = date(2019 + i16::try_from(at % 7)?, 1 + i8::try_from(at % 12)?, 15);
    for (name, text) in [
        ("category", "M1".to_owned()),
        ("used", "true".to_owned()),
        (
            "fuel",
            if at.is_multiple_of(3) { "petrol" } else { "diesel" }.to_owned(),
        ),
        ("cc", cc.to_string()),
        ("engine_kw", kw.to_string()),
        ("manufactured", made.to_string()),
        ("first_registration", made.to_string()),
        ("model_year", made.year().to_string()),
        ("steering", "left".to_owned()),
        ("title", "none".to_owned()),
        ("prior_use", "private".to_owned()),
        ("modifications", "none".to_owned()),
        ("importer", "person".to_owned()),
        ("importer_is", "none".to_owned()),
        ("personal_use", "true".to_owned()),
    ] {
        car.set(name, &text)?;
    }
    Ok(car)
}

fn values() -> Result<Values> {
    Ok(Values {
        price: Some("12000 USD".parse()?),
        freight: Some("1500 USD".parse()?),
        insurance: Some("60 USD".parse()?),
        given: BTreeMap::from([("hdv".to_owned(), Given::Money("20000 USD".parse()?))]),
    })
}

/// Invented round rates: what is measured is the calculation.
fn rates(set: &RuleSet) -> Result<Rates> {
    let mut rates = Rates::new(date(2026, 3, 9), "invented");
    let usd: Currency = "USD".parse()?;
    rates.add(usd, "EUR".parse()?, "0.9".parse()?)?;
    for pack in set.packs() {
        if rates.rate(usd, pack.currency).is_none() {
            rates.add(usd, pack.currency, "90".parse()?)?;
        }
    }
    Ok(rates)
}

/// Runs the Python peers on the same packs and car. They print `name<TAB>total<TAB>quotes per second`.
fn peers(
    python: &str,
    set: &RuleSet,
    car: &Car,
    rates: &Rates,
    values: &Values,
    own: &BTreeMap<&str, f64>,
) -> Result<()> {
    println!("| peer | its quotes per second | ours | times |\n|---|---:|---:|---:|");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for script in ["packs.py", "openfisca_ghana.py"] {
        let output = Command::new(python)
            .arg(here.join("python").join(script))
            .arg(here.join("../rules"))
            .output()
            .context("the Python given cannot be run")?;
        if !output.status.success() {
            println!(
                "| {script} | failed: {} | | |",
                String::from_utf8_lossy(&output.stderr)
                    .lines()
                    .last()
                    .unwrap_or_default()
            );
            continue;
        }
        for line in String::from_utf8(output.stdout)?.lines() {
            let [name, country, total, rate] = line.split('\t').collect::<Vec<_>>()[..] else {
                anyhow::bail!("{script} printed {line:?}");
            };
            let verdict = set
                .evaluate(&Question {
                    car,
                    destination: country,
                    arrival: date(2026, 3, 10),
                    values,
                    rates,
                    workings: false,
                })
                .map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
            let ours = verdict.known.low;
            let theirs: f64 = total.parse()?;
            let apart = (ours.to_string().parse::<f64>()? - theirs).abs();
            anyhow::ensure!(apart < 1.0, "{name}: {country} is {theirs} there and {ours} here");
            let rate: f64 = rate.parse()?;
            let mine = own.get(country).copied().context("a country that was measured")?;
            println!(
                "| {name}, {country} | {rate:.0} | {mine:.0} | **{:.0}** |",
                mine / rate
            );
        }
    }
    Ok(())
}
