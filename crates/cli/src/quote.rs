//! `carnet quote`: one car or a yard, in many markets.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use border::{Car, FACTS, Fault, Money, Outcome, Rates, RuleSet, Span, Status, StepKind, Values};
use clap::Args;
use desk::quote::{self, Known, Quote as Answer, Request, Sheet};
use desk::words::{Language, Words};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use rayon::prelude::*;
use serde_json::json;
use vehicle::VehicleId;

use crate::args::Global;
use crate::failure::Failure;
use crate::{clock, output};

/// The examples of `carnet quote --help`.
pub const EXAMPLES: &str = "\
The car's facts come from its history (--vin), from a file (--car), and from --fact; what is missing is asked for by name.
Displacement from a history is that of the registration statement, never a guess from the VIN. A file has one car a row
(.csv, columns named like facts, and name, vin, price, freight, insurance, value.NAME) or a JSON object a line (.jsonl).

Examples:
  carnet quote --fact fuel=petrol --fact cc=1999 --fact engine_ps=160 --fact manufactured=2022-07 \\
      --importer person --fact personal_use=true --price '12000 USD' --freight '1500 USD' --insurance '60 USD' \\
      --to RU,JO,GH --arrive 2026-03-10 --rates eurofxref-daily.xml --rates my-rates.csv
  carnet quote --vin KMHDG41CBFU000007 --to JO --arrive 2026-03-10 --html jordan.html --language ar
  carnet quote --car yard.csv --to all --arrive 2026-03-10 --rates my-rates.csv --csv > yard-quotes.csv

Rates are files of the European Central Bank (eurofxref, XML or CSV), or a table date,from,to,rate,source of your own.
Not legal advice: confirm with a customs broker before you buy or ship.";

/// How many cars are worked on at a time.
const CHUNK: usize = 256;

/// How many refused rows are printed.
const PRINTED: usize = 20;

#[derive(Debug, Args)]
pub struct Quote {
    #[command(flatten)]
    pub about: About,
    /// Write one line of CSV a car and market.
    #[arg(long, conflicts_with_all = ["html", "json"])]
    pub csv: bool,
    /// Write a printable quotation sheet to this file.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// The language of the sheet: en, ko, ru, ar, es or fr.
    #[arg(long, default_value = "en", value_name = "TAG")]
    pub language: String,
    /// What the car sells for in a market, as JO=25000 JOD; ranks markets by what is left for the car. Repeatable.
    #[arg(long, value_name = "COUNTRY=AMOUNT")]
    pub retail: Vec<String>,
}

/// What is asked, by `quote` and by `rules explain`.
#[derive(Debug, Args)]
pub struct About {
    /// A car the log knows.
    #[arg(long, value_name = "VIN", conflicts_with = "car")]
    pub vin: Option<String>,
    /// A file of cars: .csv or .jsonl.
    #[arg(long, value_name = "FILE")]
    pub car: Option<PathBuf>,
    /// A fact, as cc=1998. Repeatable; `carnet quote --facts` lists them.
    #[arg(long, value_name = "NAME=VALUE")]
    pub fact: Vec<String>,
    /// List every fact that rules ask for, and stop.
    #[arg(long)]
    pub facts: bool,
    /// Countries, as JO,AE,GH; or all.
    #[arg(long, value_delimiter = ',', default_value = "all", value_name = "COUNTRIES")]
    pub to: Vec<String>,
    /// The day of arrival; today if not given.
    #[arg(long, value_name = "DATE")]
    pub arrive: Option<String>,
    /// The day on which it leaves Korea, as of which export control is judged; the day of arrival if not given.
    #[arg(long, value_name = "DATE")]
    pub depart: Option<String>,
    /// Who imports: person or company.
    #[arg(long, value_name = "WHO")]
    pub importer: Option<String>,
    /// Price of the car, free on board, as '12000 USD'.
    #[arg(long, value_name = "AMOUNT")]
    pub price: Option<String>,
    /// Freight to the port of entry or border.
    #[arg(long, value_name = "AMOUNT")]
    pub freight: Option<String>,
    /// Insurance of the carriage.
    #[arg(long, value_name = "AMOUNT")]
    pub insurance: Option<String>,
    /// A value that only you know, as crsp='1872000 KES' or customs_value='9000 USD'. Repeatable.
    #[arg(long, value_name = "NAME=AMOUNT")]
    pub value: Vec<String>,
    /// Exchange rates: a file of the European Central Bank, or date,from,to,rate,source. Repeatable.
    #[arg(long, value_name = "FILE")]
    pub rates: Vec<PathBuf>,
    /// A folder of rule packs to use instead of those in the program.
    #[arg(long, env = "CARNET_RULES", value_name = "DIR")]
    pub rules: Option<PathBuf>,
}

/// What was asked, read.
pub struct Asked {
    pub set: RuleSet,
    pub car: Car,
    pub values: Values,
    pub departure: Option<Date>,
    pub arrival: Date,
    pub to: Vec<String>,
    pub rates: Rates,
    pub known: Option<Known>,
    pub name: String,
}

fn faults(faults: Vec<Fault>) -> Failure {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    Failure::Value(lines.join("\n        "))
}

fn pair(text: &str, flag: &str) -> Result<(String, String), Failure> {
    text.split_once('=')
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .ok_or_else(|| Failure::Value(format!("--{flag} {text:?}: write NAME=VALUE")))
}

impl About {
    /// Reads everything but a file of cars.
    pub async fn read(&self, global: &Global) -> Result<Asked, Failure> {
        let book = crate::rules::open(self.rules.as_deref())?;
        let today = clock::day(clock::now())?;
        let arrival = match &self.arrive {
            None => today,
            Some(text) => text
                .parse()
                .map_err(|_| Failure::Value(format!("--arrive {text:?}: no day; write it as 2026-03-10")))?,
        };
        let departure = self
            .depart
            .as_ref()
            .map(|text| {
                text.parse::<Date>()
                    .map_err(|_| Failure::Value(format!("--depart {text:?}: no day; write it as 2026-02-10")))
            })
            .transpose()?;
        let to = quote::markets(&book.set, &self.to).map_err(faults)?;
        let rates = quote::read_rates(&self.rates, today)?;
        let mut known = match &self.vin {
            None => None,
            Some(text) => Some(history(global, text, today).await?),
        };
        let (mut car, mut values) = (Car::new(), Values::default());
        let mut wrong = Vec::new();
        for text in &self.fact {
            let (name, value) = pair(text, "fact")?;
            let set = match &mut known {
                Some(known) => known.add(&name, &value),
                None => quote::set_fact(&mut car, &mut values, &name, &value),
            };
            wrong.extend(set.err());
        }
        if let Some(known) = &known {
            car = known.car.clone();
        }
        if let Some(importer) = &self.importer {
            wrong.extend(car.set("importer", importer).err());
        }
        for (name, text) in [
            ("price", &self.price),
            ("freight", &self.freight),
            ("insurance", &self.insurance),
        ] {
            if let Some(text) = text {
                wrong.extend(quote::set_value(&mut values, name, text).err());
            }
        }
        for text in &self.value {
            let (name, value) = pair(text, "value")?;
            wrong.extend(quote::set_value(&mut values, &name, &value).err());
        }
        if !wrong.is_empty() {
            return Err(faults(wrong));
        }
        quote::check_values(&book.set, &to, &values).map_err(faults)?;
        let name = self.vin.clone().unwrap_or_else(|| {
            ["make", "model"]
                .iter()
                .filter_map(|name| car.text(name))
                .collect::<Vec<_>>()
                .join(" ")
        });
        Ok(Asked {
            set: book.set,
            car,
            values,
            departure,
            arrival,
            to,
            rates,
            known,
            name,
        })
    }
}

async fn history(global: &Global, text: &str, today: Date) -> Result<Known, Failure> {
    let vehicle =
        VehicleId::parse_loose(text).map_err(|error| Failure::Value(format!("--vin {text:?}: {error}")))?;
    let desk = output::open(global).await?;
    let now = clock::unsigned(clock::now());
    let known = desk.facts(&vehicle, now, today).await?;
    desk.close().await?;
    known.ok_or_else(|| {
        Failure::Value(format!(
            "--vin {text}: the log knows nothing of this car; give its facts with --fact or in a file with --car"
        ))
    })
}

pub async fn run(global: &Global, options: &Quote) -> Result<ExitCode, Failure> {
    let about = &options.about;
    if about.facts {
        return list_facts(global);
    }
    let language = Language::of(&options.language).ok_or_else(|| {
        Failure::Value(format!(
            "--language {:?}: there are en, ko, ru, ar, es and fr",
            options.language
        ))
    })?;
    let mut asked = about.read(global).await?;
    let retail = retail(&options.retail, &asked)?;
    if let Some(file) = &about.car {
        let defaults = (asked.car.clone(), asked.values.clone());
        let mut rows = Vec::new();
        let bar = progress_bar(quote::yard_size(file)?);
        let mut yard = Yard::new(options, global, &asked, &retail)?;
        let mut single = None;
        quote::read_yard(file, &defaults, |row| {
            bar.set_position(row.bytes);
            rows.push(row);
            if rows.len() >= CHUNK {
                bar.set_message(format!("{} cars", yard.cars));
                yard.take(std::mem::take(&mut rows))?;
            }
            Ok(())
        })?;
        // One car is shown in full, whether it came from a file or from arguments.
        if yard.cars == 0 && rows.len() == 1 && !options.csv {
            single = rows.pop();
        }
        if let Some(row) = single {
            bar.finish_and_clear();
            let line = row.line;
            let (car, values) = row.car.map_err(|found| {
                let lines: Vec<String> = found
                    .iter()
                    .map(|f| format!("{}:{line}: {f}", file.display()))
                    .collect();
                Failure::Value(lines.join("\n        "))
            })?;
            quote::check_values(&asked.set, &asked.to, &values).map_err(faults)?;
            (asked.car, asked.values, asked.name) = (car, values, row.name);
        } else {
            yard.take(rows)?;
            bar.finish_and_clear();
            return yard.finish(&asked);
        }
    }
    let answers = answers(&asked, &retail, false)?;
    if let Some(path) = &options.html {
        let page = sheet(&asked, &answers, language);
        desk::data_dir::write(path, page.as_bytes(), 0o644)?;
        output::say(format_args!("Wrote {} ({} bytes)", path.display(), page.len()))?;
    } else if global.json {
        let known = asked.known.as_ref().map(|known| &known.facts);
        let words = Words::of(Language::En);
        output::json(&json!({
            "car": facts(&asked.car).into_iter().collect::<BTreeMap<_, _>>(),
            "from_history": known,
            "quotes": answers,
            "disclaimer": disclaimer(&words, &answers),
        }))?;
    } else if options.csv {
        let mut out = csv::Writer::from_writer(std::io::stdout().lock());
        write_header(&mut out)?;
        for answer in &answers {
            write_record(&mut out, 0, &asked.name, answer)?;
        }
        out.flush()?;
    } else {
        show(&asked, &answers)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn answers<'a>(
    asked: &'a Asked,
    retail: &'a BTreeMap<String, Money>,
    workings: bool,
) -> Result<Vec<Answer<'a>>, Failure> {
    quote::quotes(
        &asked.set,
        &Request {
            car: &asked.car,
            values: &asked.values,
            to: &asked.to,
            departure: asked.departure,
            arrival: asked.arrival,
            rates: &asked.rates,
            retail,
            outlook: true,
            workings,
        },
    )
    .map_err(faults)
}

/// The quotes of one car with their formulas spelled out, for `rules explain`.
pub fn explained(asked: &Asked) -> Result<Vec<Answer<'_>>, Failure> {
    static NONE: BTreeMap<String, Money> = BTreeMap::new();
    answers(asked, &NONE, true)
}

fn retail(given: &[String], asked: &Asked) -> Result<BTreeMap<String, Money>, Failure> {
    let mut found = BTreeMap::new();
    for text in given {
        let (country, amount) = pair(text, "retail")?;
        if !asked.to.contains(&country) {
            let problem =
                format!("--retail {text:?}: {country} is not among the markets asked for with --to");
            return Err(Failure::Value(problem));
        }
        let money = amount
            .parse()
            .map_err(|error| Failure::Value(format!("--retail {text:?}: {error}")))?;
        found.insert(country, money);
    }
    Ok(found)
}

fn facts(car: &Car) -> Vec<(String, String)> {
    car.known()
        .map(|(fact, value)| (fact.name.to_owned(), value.to_string()))
        .collect()
}

fn disclaimer(words: &Words, answers: &[Answer<'_>]) -> String {
    let oldest = answers.iter().map(|answer| answer.verdict.as_of).min();
    words.disclaimer(&oldest.map_or(String::new(), |date| date.to_string()))
}

fn list_facts(global: &Global) -> Result<ExitCode, Failure> {
    if global.json {
        let all: Vec<_> = FACTS
            .iter()
            .map(|fact| json!({ "name": fact.name, "ask": fact.ask, "values": values_of(fact) }))
            .collect();
        output::json(&json!(all))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = output::table(&["fact", "what it is", "values"]);
    for fact in FACTS {
        table.add_row([fact.name.to_owned(), fact.ask.to_owned(), values_of(fact)]);
    }
    output::show(table)?;
    output::say(
        "\nPower may also be given as engine_ps (metric horsepower) or engine_hp (mechanical horsepower).",
    )?;
    Ok(ExitCode::SUCCESS)
}

fn values_of(fact: &border::Fact) -> String {
    use border::Kind;
    match fact.kind {
        Kind::Number { least, most, unit } => format!("{least} to {most} {unit}"),
        Kind::Word(words) => words.join(", "),
        Kind::Words(words) => format!("none, or any of {}", words.join(", ")),
        Kind::Texts => "none, or texts with commas between".to_owned(),
        Kind::Text => "a text".to_owned(),
        Kind::Date => "2022-07-15, 2022-07 or 2022".to_owned(),
        Kind::Flag => "true, false".to_owned(),
    }
}

fn money(words: &Words, span: Option<Span>, currency: impl std::fmt::Display) -> String {
    span.map_or_else(
        || words.say("withheld"),
        |span| format!("{} {currency}", words.span(span, 0)),
    )
}

fn show(asked: &Asked, answers: &[Answer<'_>]) -> Result<(), Failure> {
    let words = Words::of(Language::En);
    let shown: Vec<String> = facts(&asked.car)
        .into_iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    let leaving = asked
        .departure
        .map_or_else(String::new, |day| format!("leaving {day}, "));
    output::say(format_args!(
        "{}; {leaving}arriving {}",
        shown.join(", "),
        asked.arrival
    ))?;
    if let Some(known) = &asked.known {
        let from: Vec<String> = known
            .facts
            .iter()
            .map(|fact| format!("{} from {} (entry {})", fact.name, fact.statement, fact.log_index))
            .collect();
        output::say(format_args!("From its history: {}", from.join(", ")))?;
    }
    output::say("")?;
    let ranked = answers.iter().any(|answer| answer.kept.is_some());
    let mut header = vec!["market", "verdict", "charges", "landed"];
    if ranked {
        header.push("left for the car");
    }
    header.extend(["holds until", "confidence"]);
    let mut table = output::table(&header);
    for answer in answers {
        let verdict = &answer.verdict;
        let (total, landed, currency) = match (verdict.seller_currency, verdict.seller_total) {
            (Some(currency), Some(_)) => (verdict.seller_total, verdict.seller_landed, currency),
            _ => (verdict.total, verdict.landed, verdict.currency),
        };
        let mut row = vec![
            verdict.country.to_owned(),
            words.status(verdict.status),
            money(&words, total, currency),
            money(&words, landed, currency),
        ];
        if ranked {
            row.push(
                answer
                    .kept
                    .map_or_else(|| "-".to_owned(), |kept| money(&words, Some(kept), currency)),
            );
        }
        let holds =
            answer
                .outlook
                .as_ref()
                .map_or(String::new(), |outlook| match outlook.admission_holds_until {
                    Some(date) => date.to_string(),
                    None => format!("beyond {}", outlook.horizon),
                });
        let confidence = verdict.confidence().map_or("-", |confidence| match confidence {
            border::Confidence::High => "high",
            border::Confidence::Medium => "medium",
            border::Confidence::Low => "low",
        });
        row.extend([holds, confidence.to_owned()]);
        table.add_row(row);
    }
    output::show(table)?;
    for answer in answers {
        detail(&words, answer, answers.len() <= 5)?;
    }
    output::say("")?;
    if let Some(answer) = answers.iter().find(|answer| !answer.verdict.rates.is_empty()) {
        output::say(quote::rates_line(&words, answer))?;
    }
    output::say(disclaimer(&words, answers))
}

/// What one market's row rests on.
fn detail(words: &Words, answer: &Answer<'_>, full: bool) -> Result<(), Failure> {
    let verdict = &answer.verdict;
    let mut text = String::new();
    for finding in verdict
        .findings
        .iter()
        .filter(|finding| finding.outcome >= Outcome::Condition)
    {
        let why: Vec<String> = finding.why.iter().map(|why| words.why(why)).collect();
        let why = if why.is_empty() {
            String::new()
        } else {
            format!(" ({})", why.join("; "))
        };
        let by = if finding.country == verdict.country {
            String::new()
        } else {
            format!(" {}", finding.country)
        };
        let _ = writeln!(
            text,
            "  {}{by}: {}{why} [{}]",
            words.outcome(finding.outcome),
            finding.reason,
            finding.law.id
        );
        if !finding.authority.is_empty() {
            let _ = writeln!(text, "    authority: {}; {}", finding.authority, finding.law.act);
        }
    }
    if full {
        for line in verdict.lines.iter().filter(|line| line.kind() != StepKind::Value) {
            let amount = line
                .amount
                .map_or_else(|| words.say("missing"), |span| words.span(span, 2));
            let why: Vec<String> = line.why.iter().map(|why| words.why(why)).collect();
            let why = if why.is_empty() {
                String::new()
            } else {
                format!("; {}", why.join("; "))
            };
            let title = if line.kind() == StepKind::Upside {
                format!("{} ({})", line.title(), words.say("line-upside"))
            } else {
                line.title().to_owned()
            };
            let _ = writeln!(text, "  {title}: {amount} {}{why}", verdict.currency);
        }
        if verdict.total.is_none() {
            let _ = writeln!(
                text,
                "  {}: {} {}; missing: {}",
                words.say("line-known"),
                words.span(verdict.known, 2),
                verdict.currency,
                verdict.missing_lines.join(", ")
            );
        }
        for line in quote::breaks(words, answer) {
            let _ = writeln!(text, "  would change: {line}");
        }
    }
    for why in &verdict.asks {
        let _ = writeln!(text, "  ask: {}", words.why(why));
    }
    for caution in &verdict.cautions {
        let _ = writeln!(text, "  note: {}", words.caution(caution));
    }
    if text.is_empty() {
        return Ok(());
    }
    output::say(format_args!(
        "\n{} {}\n{}",
        verdict.country,
        verdict.name,
        text.trim_end()
    ))
}

fn sheet(asked: &Asked, answers: &[Answer<'_>], language: Language) -> String {
    let facts = facts(&asked.car);
    let prices: Vec<(&'static str, String)> = [
        ("line-price", asked.values.price),
        ("line-freight", asked.values.freight),
        ("line-insurance", asked.values.insurance),
    ]
    .into_iter()
    .filter_map(|(id, money)| Some((id, money?.to_string())))
    .collect();
    quote::sheet(&Sheet {
        language,
        name: &asked.name,
        facts: &facts,
        prices: &prices,
        quotes: answers,
    })
}

/// A whole yard: quotes are written as they come, and counted.
struct Yard<'a> {
    asked: &'a Asked,
    retail: &'a BTreeMap<String, Money>,
    json: bool,
    csv: Option<csv::Writer<std::io::Stdout>>,
    cars: u64,
    refused: u64,
    faults: Vec<String>,
    tally: BTreeMap<String, Tally>,
}

#[derive(Default)]
struct Tally {
    by_status: BTreeMap<Status, u64>,
    priced: u64,
}

/// What one car of a yard gave.
type Outcomes<'a> = (u64, String, Result<Vec<Answer<'a>>, Vec<String>>);

impl<'a> Yard<'a> {
    fn new(
        options: &Quote,
        global: &Global,
        asked: &'a Asked,
        retail: &'a BTreeMap<String, Money>,
    ) -> Result<Self, Failure> {
        let csv = if options.csv {
            let mut out = csv::Writer::from_writer(std::io::stdout());
            write_header(&mut out)?;
            Some(out)
        } else {
            None
        };
        Ok(Yard {
            asked,
            retail,
            json: global.json,
            csv,
            cars: 0,
            refused: 0,
            faults: Vec::new(),
            tally: BTreeMap::new(),
        })
    }

    fn take(&mut self, rows: Vec<quote::Row>) -> Result<(), desk::DeskError> {
        let (asked, retail) = (self.asked, self.retail);
        // Rows are independent; their order is kept.
        let wanted = self.csv.is_some() || self.json;
        let done: Vec<Outcomes<'_>> = rows
            .par_iter()
            .map(|row| {
                let (line, file) = (row.line, row.file.display());
                let place = |faults: &[Fault]| {
                    faults
                        .iter()
                        .map(|fault| format!("{file}:{line}: {fault}"))
                        .collect()
                };
                let quotes = match &row.car {
                    Err(faults) => Err(place(faults)),
                    Ok((car, values)) => quote::check_values(&asked.set, &asked.to, values)
                        .and_then(|()| {
                            quote::quotes(
                                &asked.set,
                                &Request {
                                    car,
                                    values,
                                    to: &asked.to,
                                    departure: asked.departure,
                                    arrival: asked.arrival,
                                    rates: &asked.rates,
                                    retail,
                                    outlook: false,
                                    workings: false,
                                },
                            )
                        })
                        .map_err(|faults| place(&faults)),
                };
                (line, row.name.clone(), quotes)
            })
            .collect();
        let failed = |error: &dyn std::fmt::Display| desk::DeskError::File {
            path: PathBuf::from("standard output"),
            source: std::io::Error::other(error.to_string()),
        };
        for (line, name, quotes) in done {
            self.cars += 1;
            match quotes {
                Err(faults) => {
                    self.refused += 1;
                    self.faults
                        .extend(faults.into_iter().take(PRINTED.saturating_sub(self.faults.len())));
                }
                Ok(quotes) => {
                    for quote in &quotes {
                        let tally = self.tally.entry(quote.verdict.country.to_owned()).or_default();
                        *tally.by_status.entry(quote.verdict.status).or_default() += 1;
                        tally.priced += u64::from(quote.verdict.total.is_some());
                        if let Some(out) = &mut self.csv {
                            write_record(out, line, &name, quote).map_err(|error| failed(&error))?;
                        }
                    }
                    if wanted && self.json {
                        let text =
                            serde_json::to_string(&json!({ "line": line, "name": name, "quotes": quotes }))
                                .map_err(|error| failed(&error))?;
                        writeln!(std::io::stdout().lock(), "{text}").map_err(|error| failed(&error))?;
                    }
                }
            }
        }
        Ok(())
    }

    fn finish(mut self, asked: &Asked) -> Result<ExitCode, Failure> {
        let words = Words::of(Language::En);
        let as_of = asked
            .to
            .iter()
            .filter_map(|country| asked.set.pack(country))
            .map(|pack| pack.as_of)
            .min();
        let disclaimer = words.disclaimer(&as_of.map_or(String::new(), |date| date.to_string()));
        if let Some(out) = &mut self.csv {
            out.flush()?;
        }
        if self.csv.is_some() || self.json {
            // Standard output holds the data; what people should know goes beside it.
            for fault in &self.faults {
                eprintln!("carnet: {fault}");
            }
            eprintln!("{disclaimer}");
            return Ok(clock::code(self.refused == 0));
        }
        output::say(format_args!(
            "{}, {} refused, in {}; arriving {}",
            output::count(self.cars, "car"),
            self.refused,
            output::count(u64::try_from(asked.to.len()).unwrap_or(u64::MAX), "market"),
            asked.arrival
        ))?;
        for fault in &self.faults {
            output::say(format_args!("  {fault}"))?;
        }
        let mut table = output::table(&[
            "market",
            "admissible",
            "conditional",
            "unknown",
            "not",
            "with a total",
        ]);
        for (country, tally) in &self.tally {
            let count = |status: Status| tally.by_status.get(&status).copied().unwrap_or(0).to_string();
            table.add_row([
                country.clone(),
                count(Status::Admissible),
                count(Status::Conditional),
                count(Status::Unknown),
                count(Status::NotAdmissible),
                tally.priced.to_string(),
            ]);
        }
        output::show(table)?;
        output::say("\n--csv or --json writes every quote.")?;
        output::say(disclaimer)?;
        Ok(clock::code(self.refused == 0))
    }
}

fn write_header(out: &mut csv::Writer<impl std::io::Write>) -> Result<(), Failure> {
    out.write_record([
        "line",
        "name",
        "country",
        "arrival",
        "status",
        "currency",
        "total_low",
        "total_high",
        "seller_currency",
        "seller_total_low",
        "seller_total_high",
        "seller_landed_low",
        "seller_landed_high",
        "kept_low",
        "kept_high",
        "missing",
        "ask",
        "pack_date",
        "rates_date",
        "notice",
    ])
    .map_err(|error| Failure::Value(error.to_string()))
}

fn write_record(
    out: &mut csv::Writer<impl std::io::Write>,
    line: u64,
    name: &str,
    answer: &Answer<'_>,
) -> Result<(), Failure> {
    let verdict = &answer.verdict;
    let ends = |span: Option<Span>| {
        span.map_or((String::new(), String::new()), |span| {
            let (low, high) = (span.low.min(span.high), span.low.max(span.high));
            (low.normalize().to_string(), high.normalize().to_string())
        })
    };
    let (total, seller, landed, kept) = (
        ends(verdict.total),
        ends(verdict.seller_total),
        ends(verdict.seller_landed),
        ends(answer.kept),
    );
    let status = serde_json::to_value(verdict.status)?;
    let asks: Vec<&str> = verdict
        .asks
        .iter()
        .map(|why| match why {
            border::Why::NotGiven { name, .. } | border::Why::DateNotExact { name } => *name,
            border::Why::NoRate { from, .. } => from.as_str(),
            _ => "",
        })
        .collect();
    out.write_record([
        line.to_string().as_str(),
        name,
        verdict.country,
        &verdict.arrival.to_string(),
        status.as_str().unwrap_or_default(),
        verdict.currency.as_str(),
        &total.0,
        &total.1,
        verdict
            .seller_currency
            .as_ref()
            .map_or("", border::Currency::as_str),
        &seller.0,
        &seller.1,
        &landed.0,
        &landed.1,
        &kept.0,
        &kept.1,
        &verdict.missing_lines.join(" "),
        &asks.join(" "),
        &verdict.as_of.to_string(),
        &verdict.rates_date.to_string(),
        "not legal advice; confirm with a customs broker",
    ])
    .map_err(|error| Failure::Value(error.to_string()))
}

/// On standard error, and only where somebody watches.
fn progress_bar(size: u64) -> ProgressBar {
    let bar = ProgressBar::new(size);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}  {msg}  {eta} left") {
        bar.set_style(style);
    }
    bar
}
