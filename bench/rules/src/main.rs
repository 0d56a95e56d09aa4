//! Quotes per second on one core, time to load and check all packs, and the same packs in Python beside them: a full reading that
//! must give the same verdicts, one of two countries' charges alone, and one country in OpenFisca-core. Ratios come from one run.
//!
//! ```sh
//! python3 -m venv /tmp/peers && /tmp/peers/bin/pip install openfisca-core
//! cd bench/rules && cargo run --release -- /tmp/peers/bin/python3
//! cargo run --release -- --only RU   # one figure, for a profiler
//! valgrind --tool=cachegrind target/release/bench-rules --only RU 2000   # so many times, to count instructions
//! ```

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use border::{Car, Currency, Given, PackSource, Question, Rates, RuleSet, Span, Strictness, Values, Verdict};
use cpu_time::ProcessTime;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// How long each figure is measured, in CPU time: the machine has other work.
const AT_LEAST: Duration = Duration::from_secs(1);

const CARS: usize = 10_000;

/// How often ours and the same packs in Python are measured, one after the other.
const ROUNDS: usize = 5;

/// The cars whose verdicts are compared with Python's, in every market; the first few with what would break them.
const COMPARED: usize = 24;
const COMPARED_AHEAD: usize = 2;
const AHEAD_DAYS: u16 = 730;

/// The markets that are measured alone.
const ALONE: [&str; 2] = ["GH", "RU"];

const ARRIVAL: Date = date(2026, 3, 10);

fn main() -> Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = packs(&here.join("../../rules"))?;
    let (set, load) = timed(|| RuleSet::load(&sources));
    let set = set.map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let (_, check) = timed(|| RuleSet::read(&sources, &Strictness::Full { today: None }));
    let rules: usize = set.packs().map(|pack| pack.laws().count()).sum();
    println!(
        "{} packs, {rules} rules: loaded in {load:.1?}, checked with all examples in {check:.1?}\n",
        set.packs().count()
    );
    let asked = Asked::new(&set)?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [only, what, times @ ..] = arguments.as_slice()
        && only == "--only"
    {
        return match times {
            [times] => asked.so_often(what, times.parse()?),
            _ => asked.only(what),
        };
    }
    let own = asked.measure()?;
    asked.print(&own);
    if let Some(python) = arguments.first() {
        asked.beside_the_packs_in_python(python, here)?;
        asked.beside_scripts(python, here, &own)?;
    }
    Ok(())
}

/// The files of all packs.
fn packs(root: &Path) -> Result<Vec<PackSource>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root)? {
        let folder = entry?.path();
        if !folder.is_dir() {
            continue;
        }
        let mut files = BTreeMap::new();
        for file in std::fs::read_dir(&folder)? {
            let file = file?.path();
            files.insert(name(&file), std::fs::read(&file)?);
        }
        found.push(PackSource {
            name: name(&folder),
            files,
        });
    }
    Ok(found)
}

fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn timed<T>(f: impl FnOnce() -> T) -> (T, Duration) {
    let since = ProcessTime::now();
    let value = f();
    (value, since.elapsed())
}

fn per_second(each: usize, mut f: impl FnMut() -> Result<()>) -> Result<f64> {
    let since = ProcessTime::now();
    let mut done = 0_usize;
    // The clock is a call of the system, which takes a tenth of the time of a quote.
    let between = (256 / each).max(1);
    while since.elapsed() < AT_LEAST {
        for _ in 0..between {
            f()?;
            done += each;
        }
    }
    Ok(done as f64 / since.elapsed().as_secs_f64())
}

/// Cars that differ in what rules look at.
fn facts(at: usize) -> Result<Vec<(&'static str, String)>> {
    let cc = 1_000 + (at * 37) % 2_500;
    let kw = 60 + (at * 13) % 150;
    let made = date(2019 + i16::try_from(at % 7)?, 1 + i8::try_from(at % 12)?, 15);
    Ok(vec![
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
    ])
}

/// Every third car compared lacks a fact, or knows its dates to the month only; some are electric, some for companies.
fn facts_compared(at: usize) -> Result<Vec<(&'static str, String)>> {
    let mut all = facts(at)?;
    let mut set = |name: &str, text: &str| {
        for (_, value) in all.iter_mut().filter(|(known, _)| *known == name) {
            text.clone_into(value);
        }
    };
    match at % 6 {
        1 => set("importer", "company"),
        2 => {
            for (name, value) in all
                .iter_mut()
                .filter(|(name, _)| matches!(*name, "manufactured" | "first_registration"))
            {
                value.truncate(if *name == "manufactured" { 7 } else { 10 });
            }
        }
        3 => all.retain(|(name, _)| !matches!(*name, "cc" | "title")),
        4 => {
            set("fuel", "electric");
            all.retain(|(name, _)| !matches!(*name, "cc" | "engine_kw"));
        }
        5 => all.retain(|(name, _)| !matches!(*name, "first_registration" | "model_year" | "importer")),
        _ => {}
    }
    Ok(all)
}

fn car(facts: &[(&'static str, String)]) -> Result<Car> {
    let mut car = Car::new();
    for (name, text) in facts {
        car.set(name, text)?;
    }
    Ok(car)
}

/// Asks once for all that one figure is about.
type Asking<'f> = Box<dyn FnMut() -> Result<()> + 'f>;

/// What is asked of every peer.
struct Asked<'s> {
    set: &'s RuleSet,
    markets: Vec<String>,
    values: Values,
    rates: Rates,
    pairs: Vec<(String, String, String)>,
}

impl<'s> Asked<'s> {
    /// Invented round rates: what is measured is the calculation.
    fn new(set: &'s RuleSet) -> Result<Self> {
        let mut rates = Rates::new(date(2026, 3, 9), "invented");
        let usd: Currency = "USD".parse()?;
        let mut pairs = Vec::new();
        let mut add = |rates: &mut Rates, to: Currency, rate: &str| -> Result<()> {
            rates.add(usd, to, rate.parse()?)?;
            pairs.push((usd.to_string(), to.to_string(), rate.to_owned()));
            Ok(())
        };
        add(&mut rates, "EUR".parse()?, "0.9")?;
        for pack in set.packs() {
            if rates.rate(usd, pack.currency).is_none() {
                add(&mut rates, pack.currency, "90")?;
            }
        }
        Ok(Asked {
            set,
            markets: set.destinations().map(|pack| pack.country.clone()).collect(),
            values: Values {
                price: Some("12000 USD".parse()?),
                freight: Some("1500 USD".parse()?),
                insurance: Some("60 USD".parse()?),
                given: BTreeMap::from([("hdv".to_owned(), Given::Money("20000 USD".parse()?))]),
            },
            rates,
            pairs,
        })
    }

    fn question<'a>(&'a self, car: &'a Car, to: &'a str) -> Question<'a> {
        Question {
            car,
            destination: to,
            departure: None,
            arrival: ARRIVAL,
            values: &self.values,
            rates: &self.rates,
            workings: false,
        }
    }

    fn one<'a>(&'a self, car: &'a Car, to: &'a str) -> Result<Verdict<'a>> {
        self.set
            .evaluate(&self.question(car, to))
            .map_err(|faults| anyhow::anyhow!("{faults:?}"))
    }

    fn all(&self, car: &Car) -> Result<usize> {
        let prepared = self
            .question(car, "")
            .prepare()
            .map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
        Ok(self
            .set
            .answers(&prepared, self.set.destinations())
            .map(|verdict| verdict.lines.len())
            .sum())
    }

    /// Every market asked alone, as by 48 buyers: no question shares anything with another but the car itself.
    fn each(&self, car: &Car) -> Result<usize> {
        self.markets
            .iter()
            .map(|to| Ok(self.one(car, to)?.lines.len()))
            .sum()
    }

    fn ahead(&self, car: &Car, to: &str) -> Result<Vec<String>> {
        let outlook = self
            .set
            .outlook(&self.question(car, to), AHEAD_DAYS)
            .map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
        Ok(outlook.breaks.iter().map(|b| b.date.to_string()).collect())
    }

    /// What is asked for one figure: how many quotes at a time, and the asking.
    fn asking<'f>(&'f self, what: &'f str, cars: &'f [Car]) -> Result<(usize, Asking<'f>)> {
        let first = cars.first().context("there are cars")?;
        let all = self.markets.len();
        let mut at = 0;
        Ok(match what {
            "all" => (all, Box::new(|| self.all(first).map(|_| ()))),
            "each" => (all, Box::new(|| self.each(first).map(|_| ()))),
            "yard" => (
                all,
                Box::new(move || {
                    at += 1;
                    self.all(&cars[at % cars.len()]).map(|_| ())
                }),
            ),
            "outlook" => (
                all,
                Box::new(|| {
                    let mut markets = self.markets.iter();
                    markets.try_for_each(|to| self.ahead(first, to).map(|_| ()))
                }),
            ),
            country => (1, Box::new(|| self.one(first, country).map(|_| ()))),
        })
    }

    /// One figure again and again, for a profiler: a country, `all`, `each`, `yard` or `outlook`.
    fn only(&self, what: &str) -> Result<()> {
        let cars: Vec<Car> = (0..50).map(|at| car(&facts(at)?)).collect::<Result<_>>()?;
        let (each, mut ask) = self.asking(what, &cars)?;
        for _ in 0..3 {
            println!("{what}: {:.0}", per_second(each, &mut ask)?);
        }
        Ok(())
    }

    /// The same, so many times: the difference of two runs is what a quote takes in instructions.
    fn so_often(&self, what: &str, times: usize) -> Result<()> {
        let cars: Vec<Car> = (0..50).map(|at| car(&facts(at)?)).collect::<Result<_>>()?;
        let (each, mut ask) = self.asking(what, &cars)?;
        for _ in 0..times.div_ceil(each) {
            ask()?;
        }
        Ok(())
    }

    /// Our own figures, by name.
    fn measure(&self) -> Result<BTreeMap<String, f64>> {
        let first = car(&facts(0)?)?;
        let mut own = BTreeMap::new();
        for country in ALONE {
            let rate = per_second(1, || self.one(&first, country).map(|_| ()))?;
            own.insert(country.to_owned(), rate);
        }
        let all = per_second(self.markets.len(), || self.all(&first).map(|_| ()))?;
        own.insert("all".to_owned(), all);
        let each = per_second(self.markets.len(), || self.each(&first).map(|_| ()))?;
        own.insert("each".to_owned(), each);
        let (lines, yard) = timed(|| -> Result<usize> {
            let mut lines = 0;
            for at in 0..CARS {
                lines += self.all(&car(&facts(at)?)?)?;
            }
            Ok(lines)
        });
        ensure!(lines? > CARS, "no lines came out");
        let yard_rate = (CARS * self.markets.len()) as f64 / yard.as_secs_f64();
        own.insert("yard".to_owned(), yard_rate);
        let ahead = per_second(self.markets.len(), || {
            self.markets
                .iter()
                .try_for_each(|to| self.ahead(&first, to).map(|_| ()))
        })?;
        own.insert("outlook".to_owned(), ahead);
        Ok(own)
    }

    fn print(&self, own: &BTreeMap<String, f64>) {
        println!("| one core, CPU time | quotes per second |\n|---|---:|");
        for country in ALONE {
            println!("| one car to {country} | {:.0} |", own[country]);
        }
        println!(
            "| one car to all {} markets | {:.0} |",
            self.markets.len(),
            own["all"]
        );
        println!(
            "| one car to each of {} markets, asked alone | {:.0} |",
            self.markets.len(),
            own["each"]
        );
        println!("| {CARS} cars to all markets | {:.0} |", own["yard"]);
        println!(
            "| what would break it in {AHEAD_DAYS} days, one car to all markets | {:.0} |\n",
            own["outlook"]
        );
    }

    /// The full reading, round by round with ours: a machine's speed drifts, and one's luck must not be the other's lack.
    fn beside_the_packs_in_python(&self, python: &str, here: &Path) -> Result<()> {
        let mut rounds: BTreeMap<String, Vec<[f64; 3]>> = BTreeMap::new();
        let mut same = 0;
        for _ in 0..ROUNDS {
            let own = self.measure()?;
            let (theirs, verdicts) = self.packs_in_python(python, here)?;
            same = verdicts;
            for (what, rate) in theirs {
                let mine = *own
                    .get(&what)
                    .context("what is measured there is measured here")?;
                rounds.entry(what).or_default().push([rate, mine, mine / rate]);
            }
        }
        println!(
            "| the same packs in Python, {ROUNDS} rounds | its quotes per second | ours | times, the median | from, to |\n\
             |---|---:|---:|---:|---:|"
        );
        for (what, figures) in rounds {
            let [theirs, mine, times] = [0, 1, 2].map(|at| {
                let mut column: Vec<f64> = figures.iter().map(|round| round[at]).collect();
                column.sort_by(f64::total_cmp);
                column
            });
            let ends = |column: &[f64]| (column[0], column[column.len() - 1]);
            let ((a, b), (c, d), (e, f)) = (ends(&theirs), ends(&mine), ends(&times));
            let median = times[times.len() / 2];
            println!("| {what} | {a:.0} to {b:.0} | {c:.0} to {d:.0} | **{median:.0}** | {e:.0}, {f:.0} |");
        }
        println!("\n{same} verdicts of {COMPARED} cars are the same in status, checks, lines and totals.\n");
        Ok(())
    }

    /// What Python reaches, and how many verdicts are the same; every one of the sample must be.
    fn packs_in_python(&self, python: &str, here: &Path) -> Result<(BTreeMap<String, f64>, usize)> {
        let sample: Vec<_> = (0..COMPARED).map(facts_compared).collect::<Result<_>>()?;
        let texts = |facts: &[(&str, String)]| -> Value {
            facts
                .iter()
                .map(|(name, text)| ((*name).to_owned(), json!(text)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        };
        let question = json!({
            "cars": sample.iter().map(|facts| texts(facts)).collect::<Vec<_>>(),
            "rates": self.pairs,
            "arrival": ARRIVAL.to_string(),
            "values": {"price": ["12000", "USD"], "freight": ["1500", "USD"], "insurance": ["60", "USD"], "hdv": ["20000", "USD"]},
            "markets": self.markets,
            "horizon_days": AHEAD_DAYS,
            "with_outlook": COMPARED_AHEAD,
            "seconds": AT_LEAST.as_secs(),
            "one_market": ALONE,
            "yard_cars": (0..20).map(|at| facts(at).map(|facts| texts(&facts))).collect::<Result<Vec<_>>>()?,
        });
        let mut child = Command::new(python)
            .arg(here.join("python/rules_packs.py"))
            .arg(here.join("../../rules"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the Python given cannot be run")?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(question.to_string().as_bytes())?;
        }
        let output = child.wait_with_output()?;
        ensure!(output.status.success(), "the packs in Python failed");
        let cars: Vec<Car> = sample.iter().map(|facts| car(facts)).collect::<Result<_>>()?;
        let (mut same, mut rates) = (0, BTreeMap::new());
        for line in String::from_utf8(output.stdout)?.lines() {
            let theirs: Value = serde_json::from_str(line)?;
            if let Some(what) = theirs["measured"].as_str() {
                if let Some(rate) = theirs["per_second"].as_f64() {
                    rates.insert(what.to_owned(), rate);
                }
                continue;
            }
            let at = usize::try_from(theirs["car"].as_u64().unwrap_or_default())?;
            let country = theirs["country"].as_str().unwrap_or_default();
            let mut mine = shown(&self.one(&cars[at], country)?);
            mine["breaks"] = match theirs["breaks"].is_null() {
                true => Value::Null,
                false => json!(self.ahead(&cars[at], country)?),
            };
            for (field, value) in mine.as_object().into_iter().flatten() {
                ensure!(
                    theirs[field] == *value,
                    "car {at} to {country}: {field} is {} there and {value} here",
                    theirs[field]
                );
            }
            same += 1;
        }
        Ok((rates, same))
    }

    /// Smaller peers on one car. They print `name<TAB>country<TAB>total<TAB>quotes per second`.
    fn beside_scripts(&self, python: &str, here: &Path, own: &BTreeMap<String, f64>) -> Result<()> {
        println!("| smaller peer | its quotes per second | ours | times |\n|---|---:|---:|---:|");
        let first = car(&facts(0)?)?;
        for script in ["rules_charges_only.py", "rules_openfisca.py"] {
            let output = Command::new(python)
                .arg(here.join("python").join(script))
                .arg(here.join("../../rules"))
                .output()
                .context("the Python given cannot be run")?;
            if !output.status.success() {
                let said = String::from_utf8_lossy(&output.stderr);
                println!(
                    "| {script} | failed: {} | | |",
                    said.lines().last().unwrap_or_default()
                );
                continue;
            }
            for line in String::from_utf8(output.stdout)?.lines() {
                let [name, country, total, rate] = line.split('\t').collect::<Vec<_>>()[..] else {
                    anyhow::bail!("{script} printed {line:?}");
                };
                let ours = self.one(&first, country)?.known.low;
                let theirs: f64 = total.parse()?;
                let apart = (ours.to_string().parse::<f64>()? - theirs).abs();
                ensure!(apart < 1.0, "{name}: {country} is {theirs} there and {ours} here");
                let rate: f64 = rate.parse()?;
                let mine = own.get(country).copied().context("a country that was measured")?;
                println!(
                    "| {name}, {country} | {rate:.0} | {mine:.0} | **{:.2}** |",
                    mine / rate
                );
            }
        }
        Ok(())
    }
}

/// What of a verdict is compared, as Python prints it.
fn shown(verdict: &Verdict<'_>) -> Value {
    let number = |number: Decimal| number.normalize().to_string();
    let span = |span: Span| json!([number(span.low), number(span.high)]);
    let mut findings: Vec<String> = verdict
        .findings
        .iter()
        .map(|finding| format!("{} {} {:?}", finding.country(), finding.law().id, finding.outcome))
        .collect();
    findings.sort();
    let lines: serde_json::Map<String, Value> = verdict
        .lines
        .iter()
        // Fractions that never end are kept to 28 digits by both, and rounded by each in its own way.
        .map(|line| {
            let short = |one: Span| {
                let short = |number: Decimal| number.round_dp(9);
                span(Span {
                    low: short(one.low),
                    high: short(one.high),
                })
            };
            (line.name().to_owned(), line.amount().map_or(Value::Null, short))
        })
        .collect();
    json!({
        "status": format!("{:?}", verdict.status),
        "known": span(verdict.known),
        "total": verdict.total.map(span),
        "seller_total": verdict.seller_total.map(span),
        "missing": verdict.missing_lines,
        "findings": findings,
        "lines": lines,
    })
}
