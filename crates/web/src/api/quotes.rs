//! Quotes: may a car enter, and what will it cost, in some markets or all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use border::{Car, Fault, Money, Rates, Values};
use desk::quote::{self, Known, LeftOpen, Quote, Request};
use desk::rules::Rulebook;
use desk::words::{Language, Words};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::rules::day;
use crate::clock;
use crate::extract::Json;
use crate::outgoing;
use crate::problem::{Kind, Problem};
use crate::state::App;

/// The most cars in one request.
const CARS: usize = 100;

/// The most quotes in one request: cars by markets.
const QUOTES: usize = 500;

/// The most cars in one request whose history is looked up.
const HISTORIES: usize = 5;

/// The most exchange rates in one request.
const RATES: usize = 500;

/// What is asked.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// 1 to 100 cars. The fields of each are those of a line of a yard file: `name`, the facts that `carnet quote --facts`
    /// lists (`importer` among them), `price`, `freight` and `insurance` as `12000 USD`, and further values as `value.hdv`.
    /// With `vehicle`, a VIN or frame number, the facts come from the car's history in the log, and others may only add.
    #[schema(min_items = 1, max_items = 100, value_type = Vec<Object>,
        example = json!([{"name": "A1", "fuel": "petrol", "cc": 1598, "manufactured": "2022-05-10", "importer": "person", "price": "9000 USD"}]))]
    cars: Vec<Map<String, Value>>,
    /// Countries (ISO 3166-1 alpha-2); without it, or empty, all there are. Cars by markets are 500 at most.
    #[serde(default)]
    #[schema(example = json!(["JO", "KZ"]))]
    to: Vec<String>,
    /// The day of arrival; otherwise today.
    #[schema(format = Date)]
    arrive: Option<String>,
    /// The day of departure, as of which export control is judged; otherwise the day of arrival.
    #[schema(format = Date)]
    depart: Option<String>,
    /// Exchange rates; otherwise those that the operator gave the service, if any. None are invented: what needs one that does
    /// not follow from these is withheld, and asked for.
    rates: Option<AskedRates>,
    /// What the car sells for in a market, by country, as `15000 JOD`; then markets are ranked by what remains for the car.
    #[serde(default)]
    retail: BTreeMap<String, String>,
    /// Whether to say what would change each answer within two years.
    #[serde(default)]
    outlook: bool,
    /// Whether to spell each formula out with its numbers.
    #[serde(default)]
    workings: bool,
}

/// Exchange rates of one day.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedRates {
    /// The day they are of.
    #[schema(format = Date)]
    date: String,
    /// Who published them.
    source: String,
    /// Each pair.
    #[schema(max_items = 500)]
    pairs: Vec<AskedRate>,
}

/// One `from` is so many `to`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedRate {
    /// ISO 4217.
    #[schema(example = "USD")]
    from: String,
    /// ISO 4217.
    #[schema(example = "JOD")]
    to: String,
    /// A decimal, as text so that no digit is lost.
    #[schema(example = "0.709")]
    rate: String,
}

/// Answers, a row for each car in the order asked.
#[derive(Serialize, ToSchema)]
#[schema(as = QuoteAnswers)]
struct Answers<'a> {
    /// The day of arrival.
    #[schema(value_type = String, format = Date)]
    arrive: Date,
    cars: Vec<Answer<'a>>,
    /// To be shown beside every quote.
    disclaimer: String,
}

/// One car: its quotes, or what is wrong with it.
#[derive(Serialize, ToSchema)]
#[schema(as = QuoteAnswer)]
struct Answer<'a> {
    /// From 1, in the order asked.
    row: usize,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    /// What the history of a car given by `vehicle` speaks of and does not settle: it is asked for, and may be given.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_open: Option<Vec<Open<'a>>>,
    /// As `carnet quote --json` has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    quotes: Vec<Quote<'a>>,
    /// Each with `field`, `value` and `problem`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    faults: Vec<Fault>,
}

/// A fact that a history does not settle.
#[derive(Serialize, ToSchema)]
#[schema(as = QuoteLeftOpen)]
struct Open<'a> {
    /// The fact.
    #[schema(example = "odometer_km")]
    name: &'a str,
    /// `odometer`: a finding says that the last reading is not the distance driven, or may not be. `only_inspected`: a condition
    /// inspection found nothing, and looks for accident, flood and fire only.
    #[schema(value_type = String, example = "odometer")]
    why: quote::Open,
    /// The places in the log of the statements that it is about.
    log_indices: &'a [u64],
}

impl<'a> From<&'a LeftOpen> for Open<'a> {
    fn from(left: &'a LeftOpen) -> Self {
        Open {
            name: &left.name,
            why: left.why,
            log_indices: &left.log_indices,
        }
    }
}

/// A car as it was read.
struct Row {
    name: String,
    car: Result<(Car, Values), Vec<Fault>>,
    /// Of a car whose history was looked up.
    left_open: Option<Vec<LeftOpen>>,
}

/// Everything read, and free of what a request could get wrong as a whole.
struct Question {
    book: Arc<Rulebook>,
    rows: Vec<Row>,
    to: Vec<String>,
    departure: Option<Date>,
    arrival: Date,
    rates: Rates,
    retail: BTreeMap<String, Money>,
    outlook: bool,
    workings: bool,
}

/// May these cars enter, and what will it cost: no legal advice.
///
/// A car that cannot be is answered with its faults, and the others are served.
#[utoipa::path(post, path = "/api/quotes", tag = "quotes", request_body = Asked, responses(
    (status = 200, description = "A row for each car, with its quotes or its faults, and the sentence to show beside every quote", body = Answers),
    (status = 400, description = "The question as a whole cannot be understood", body = Problem, content_type = "application/problem+json"),
    (status = 413, body = Problem, content_type = "application/problem+json"),
    (status = 415, body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "No car can be quoted for; `errors` has row and field of each fault", body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub async fn quotes(State(app): State<App>, body: Json<Asked>) -> Result<Response, Problem> {
    let Json { value: asked, room } = body;
    let _turn = app.reads.enter().await?;
    let question = read(&app, asked).await?;
    // Working quotes out is arithmetic: it is not for the threads that answer.
    let answered = tokio::task::spawn_blocking(move || answer(&question)).await;
    drop(room);
    let bytes = answered.map_err(|error| {
        tracing::error!(error = %error, "quotes could not be worked out");
        Problem::internal()
    })??;
    let mut response = outgoing::held(bytes, &app.answers)?.into_response();
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    Ok(response)
}

async fn read(app: &App, asked: Asked) -> Result<Question, Problem> {
    let book = app.rules.book()?;
    if asked.cars.is_empty() || asked.cars.len() > CARS {
        let detail = format!(
            "cars: {} of them; one request takes 1 to {CARS}",
            asked.cars.len()
        );
        return Err(Problem::new(
            Kind::MalformedRequest,
            detail,
            if asked.cars.is_empty() {
                "name at least one car, with its facts or its `vehicle`"
            } else {
                "send the others in further requests"
            },
        ));
    }
    let to = quote::markets(&book.set, &asked.to).map_err(|faults| wrong(&faults))?;
    if to.len() * asked.cars.len() > QUOTES {
        let detail = format!(
            "{} cars by {} markets are {} quotes; one request takes {QUOTES}",
            asked.cars.len(),
            to.len(),
            to.len() * asked.cars.len()
        );
        return Err(Problem::new(
            Kind::MalformedRequest,
            detail,
            "name fewer markets in `to`, or send fewer cars at a time",
        ));
    }
    let arrival = match &asked.arrive {
        Some(text) => day("arrive", text)?,
        None => clock::today(),
    };
    if let Some(wrong) = border::arrival_fault(arrival) {
        return Err(fault("arrive", wrong.value, wrong.problem));
    }
    let departure = asked
        .depart
        .as_deref()
        .map(|text| day("depart", text))
        .transpose()?;
    let rates = match asked.rates {
        Some(rates) => read_rates(rates)?,
        None => app.rules.exchange(arrival)?,
    };
    let mut retail = BTreeMap::new();
    for (country, text) in asked.retail {
        let amount = text
            .parse::<Money>()
            .map_err(|error| fault("retail", format!("{country}: {text}"), error))?;
        if !to.contains(&country) {
            return Err(fault("retail", country, "not among the markets asked for"));
        }
        retail.insert(country, amount);
    }
    let mut histories = 0;
    let mut rows = Vec::with_capacity(asked.cars.len());
    for mut car in asked.cars {
        let known = match car.remove("vehicle") {
            None => Ok(None),
            Some(vehicle) => {
                histories += 1;
                if histories > HISTORIES {
                    let detail = format!("more than {HISTORIES} cars with `vehicle`");
                    return Err(Problem::new(
                        Kind::MalformedRequest,
                        detail,
                        "send the others in further requests",
                    ));
                }
                history(app, &vehicle).await?.map(Some)
            }
        };
        rows.push(match known {
            Ok(known) => {
                let left_open = known.as_ref().map(|known| known.left_open.clone());
                let (name, car) = quote::car_of(car, known);
                Row { name, car, left_open }
            }
            Err(fault) => {
                let name = car.get("name").and_then(Value::as_str).unwrap_or_default();
                Row {
                    name: name.to_owned(),
                    car: Err(vec![fault]),
                    left_open: None,
                }
            }
        });
    }
    Ok(Question {
        book,
        rows,
        to,
        departure,
        arrival,
        rates,
        retail,
        outlook: asked.outlook,
        workings: asked.workings,
    })
}

/// What the log knows of a car, or why that is nothing.
async fn history(app: &App, vehicle: &Value) -> Result<Result<Known, Fault>, Problem> {
    let fault = |problem: String| Fault {
        field: "vehicle".to_owned(),
        value: vehicle
            .as_str()
            .map_or_else(|| vehicle.to_string(), str::to_owned),
        problem,
    };
    let Some(text) = vehicle.as_str() else {
        return Ok(Err(fault("write the VIN or frame number as a text".to_owned())));
    };
    let id = match vehicle::VehicleId::parse_loose(text) {
        Ok(id) => id,
        Err(error) => return Ok(Err(fault(error.to_string()))),
    };
    let known = app.desk.facts(&id, clock::unsigned(), clock::today()).await?;
    Ok(known.ok_or_else(|| fault("the log knows nothing of this car; give its facts".to_owned())))
}

/// Characters of what a request calls the source of its rates: every quote of the answer repeats it.
const SOURCE: usize = 200;

fn read_rates(asked: AskedRates) -> Result<Rates, Problem> {
    let length = asked.source.chars().count();
    if length > SOURCE {
        return Err(Problem::new(
            Kind::MalformedRequest,
            format!("rates.source: {length} characters; {SOURCE} are taken"),
            "name the source in a few words",
        ));
    }
    if asked.pairs.len() > RATES {
        let detail = format!(
            "rates.pairs: {} of them; one request takes {RATES}",
            asked.pairs.len()
        );
        return Err(Problem::new(
            Kind::MalformedRequest,
            detail,
            "send those of the markets asked for",
        ));
    }
    let mut rates = Rates::new(day("rates.date", &asked.date)?, asked.source);
    let mut seen = BTreeMap::new();
    for (at, AskedRate { from, to, rate }) in asked.pairs.into_iter().enumerate() {
        let field = |name: &str| format!("rates.pairs[{at}].{name}");
        let currency =
            |name: &str, text: &str| text.parse().map_err(|error| fault(&field(name), text, error));
        let (a, b) = (currency("from", &from)?, currency("to", &to)?);
        let number = Decimal::from_str_exact(&rate).map_err(|_| {
            fault(
                &field("rate"),
                &rate,
                "no number; write it with a point, such as 0.709",
            )
        })?;
        if a == b && number != Decimal::ONE {
            return Err(fault(
                &field("rate"),
                &rate,
                format!("1 {a} is 1 {b}; leave this pair out"),
            ));
        }
        if let Some(other) = seen
            .get(&(b, a))
            .filter(|other| !quote::is_inverse(**other, number))
        {
            return Err(fault(
                &field("rate"),
                &rate,
                format!("1 {b} is {other} {a} already in this request; keep one of them"),
            ));
        }
        if let Some(first) = seen.insert((a, b), number).filter(|first| *first != number) {
            return Err(fault(
                &field("rate"),
                &rate,
                format!("1 {a} is {first} {b} already in this request; keep one of them"),
            ));
        }
        rates
            .add(a, b, number)
            .map_err(|error| fault(&field("rate"), &rate, error))?;
    }
    Ok(rates)
}

fn fault(field: &str, value: impl Into<String>, problem: impl ToString) -> Problem {
    wrong(&[Fault {
        field: field.to_owned(),
        value: value.into(),
        problem: problem.to_string(),
    }])
}

/// What is wrong with the question as a whole.
fn wrong(faults: &[Fault]) -> Problem {
    let errors: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let detail = errors.first().cloned().unwrap_or_default();
    let problem = Problem::new(Kind::MalformedRequest, detail, "correct the fields named");
    if errors.len() > 1 {
        problem.with_errors(errors)
    } else {
        problem
    }
}

/// A fault under the name that the request has for the field.
fn as_asked(fault: Fault) -> Fault {
    match fault.field.as_str() {
        "departure" => Fault {
            field: "depart".to_owned(),
            ..fault
        },
        _ => fault,
    }
}

fn answer(question: &Question) -> Result<Vec<u8>, Problem> {
    let set = &question.book.set;
    let cars: Vec<Answer<'_>> = question
        .rows
        .iter()
        .enumerate()
        .map(|(at, Row { name, car, left_open })| {
            let quotes = match car {
                Ok((car, values)) => quote::check_values(set, &question.to, values).and_then(|()| {
                    quote::quotes(
                        set,
                        &Request {
                            car,
                            values,
                            to: &question.to,
                            departure: question.departure,
                            arrival: question.arrival,
                            rates: &question.rates,
                            retail: &question.retail,
                            outlook: question.outlook,
                            workings: question.workings,
                        },
                    )
                }),
                Err(faults) => Err(faults.clone()),
            };
            let (quotes, faults) = match quotes {
                Ok(quotes) => (quotes, Vec::new()),
                Err(faults) => (Vec::new(), faults.into_iter().map(as_asked).collect()),
            };
            Answer {
                row: at + 1,
                name,
                left_open: left_open
                    .as_ref()
                    .map(|left| left.iter().map(Open::from).collect()),
                quotes,
                faults,
            }
        })
        .collect();
    if cars.iter().all(|car| !car.faults.is_empty()) {
        let errors = cars
            .iter()
            .flat_map(|car| {
                car.faults
                    .iter()
                    .map(move |fault| format!("car {}: {fault}", car.row))
            })
            .collect();
        return Err(Problem::new(
            Kind::QuotesRefused,
            "none of the cars can be quoted for",
            "correct the fields named in `errors`",
        )
        .with_errors(errors));
    }
    let as_of = cars
        .iter()
        .flat_map(|car| &car.quotes)
        .map(|quote| quote.verdict.as_of)
        .min();
    let answers = Answers {
        arrive: question.arrival,
        disclaimer: Words::of(Language::En)
            .disclaimer(&as_of.map_or_else(String::new, |day| day.to_string())),
        cars,
    };
    serde_json::to_vec(&answers).map_err(|error| {
        tracing::error!(error = %error, "quotes could not be written as JSON");
        Problem::internal()
    })
}
