//! `carnet quote`: one car or a yard, in many markets.
//!
//! [`asked`] reads what is asked; the answer is shown in full for one car ([`shown`]), and line by line for many ([`yard`], [`table`]).

mod asked;
mod shown;
mod table;
mod yard;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use border::{Car, FACTS, Money};
use clap::Args;
use desk::Desk;
use desk::quote::{self, Known, Looked, Quote as Answer, Request, Sheet};
use desk::words::{Language, Words};
use serde_json::json;
use vehicle::VehicleId;

pub use asked::{About, Asked};
use asked::{faults, pair};
use shown::show;
use table::{write_header, write_record};
use yard::{CHUNK, Yard, progress_bar};

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

pub async fn run(global: &Global, options: &Quote) -> Result<ExitCode, Failure> {
    let about = &options.about;
    if about.facts {
        return list_facts(global, about);
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
        let desk = log(global).await?;
        let (now, today) = (clock::unsigned(clock::now()), clock::day(clock::now())?);
        let mut look = |vehicle: &VehicleId| match &desk {
            None => Ok(None),
            // Reading a file waits for the disk as it is.
            Some(desk) => tokio::task::block_in_place(|| {
                tokio::runtime::Handle::current().block_on(desk.facts(vehicle, now, today))
            }),
        };
        let history: Option<quote::History<'_>> = match &desk {
            Some(_) => Some(&mut look),
            None => None,
        };
        quote::read_yard(file, &defaults, history, |row| {
            bar.set_position(row.bytes);
            if options.html.is_some() && !rows.is_empty() {
                bar.finish_and_clear();
                return Err(desk::DeskError::Malformed {
                    path: file.clone(),
                    problem: "holds several cars, and the sheet of --html is for one; use --csv or --json"
                        .to_owned(),
                });
            }
            rows.push(row);
            if rows.len() >= CHUNK {
                bar.set_message(format!("{} cars", yard.cars));
                yard.take(std::mem::take(&mut rows))?;
            }
            Ok(())
        })?;
        if let Some(desk) = desk {
            desk.close().await?;
        }
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
            match row.history {
                Looked::Not | Looked::Failed => {}
                Looked::Unknown { vin } => eprintln!("carnet: {}", not_known(&file.display(), line, &vin)),
                Looked::Known {
                    facts,
                    left_open,
                    overruled,
                } => {
                    for fault in overruled {
                        eprintln!("carnet: {}:{line}: {fault}", file.display());
                    }
                    asked.known = Some(Known {
                        car: car.clone(),
                        facts,
                        left_open,
                    });
                }
            }
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
            "left_open": asked.known.as_ref().map(|known| &known.left_open),
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

/// The log to look cars up in, if there is one here. A yard without a log is quoted from its file.
async fn log(global: &Global) -> Result<Option<Desk>, Failure> {
    // Wherever its database is, a log's keys and policy are in its data directory.
    if !global.data_dir().policy().exists() {
        return Ok(None);
    }
    match output::open(global).await {
        Ok(desk) => Ok(Some(desk)),
        Err(failure) => {
            eprintln!("carnet: the log here is not asked about these cars: {failure}");
            Ok(None)
        }
    }
}

/// That the facts of a row are the file's own.
fn not_known(file: &impl std::fmt::Display, line: u64, vin: &str) -> String {
    format!("{file}:{line}: the log knows nothing of {vin}; its facts are those of the file")
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

fn list_facts(global: &Global, about: &About) -> Result<ExitCode, Failure> {
    let set = crate::rules::open(about.rules.as_deref())?.set;
    let asked: Vec<_> = FACTS.iter().filter(|fact| set.asks_for(fact.name)).collect();
    if global.json {
        let all: Vec<_> = asked
            .iter()
            .map(|fact| json!({ "name": fact.name, "ask": fact.ask, "values": values_of(fact) }))
            .collect();
        output::json(&json!(all))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = output::table(&["fact", "what it is", "values"]);
    for fact in asked {
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
        Kind::Country => "a country, as KR".to_owned(),
        Kind::CountryOrNone => "none, or a country, as KG".to_owned(),
        Kind::Countries => "none, or countries, as CN, KZ".to_owned(),
        Kind::Text => "a text".to_owned(),
        Kind::Date => "2022-07-15, 2022-07 or 2022".to_owned(),
        Kind::Flag => "true, false".to_owned(),
    }
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
