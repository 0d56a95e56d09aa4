//! Exchange rates from files: the European Central Bank's daily XML and CSV, or a dated table of one's own.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use border::{Currency, Rates};
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::data_dir;
use crate::error::DeskError;

/// The largest file of rates that is read. The bank's history since 1999 is 600 kB as CSV and 9 MB as XML.
const MAX_FILE: u64 = 16 << 20;

/// The rates of files, day by day. A quote takes of each file the latest day that is not after its arrival.
#[derive(Clone, Debug, Default)]
pub struct RateBook {
    /// By file, in the order given.
    files: Vec<BTreeMap<Date, Part>>,
}

/// The rates of one day of one file.
#[derive(Clone, Debug, Default)]
struct Part {
    pairs: Vec<Pair>,
}

/// `1 from = rate to`.
#[derive(Clone, Debug)]
struct Pair {
    from: Currency,
    to: Currency,
    rate: Decimal,
    source: Arc<str>,
    line: u64,
}

/// Reads the rates of one file or several.
///
/// # Errors
/// A file cannot be read or holds no rates, or two rates contradict each other; file, line and value are named.
pub fn read(files: &[impl AsRef<Path>]) -> Result<RateBook, DeskError> {
    let mut texts = Vec::new();
    for file in files {
        let file = file.as_ref();
        let bytes = data_dir::read_up_to(file, MAX_FILE, "is this a file of exchange rates?")?;
        texts.push((file, bytes));
    }
    parse(&texts)
}

/// Reads rates from the contents of files, each with its name for messages.
///
/// # Errors
/// As [`read`].
pub fn parse(files: &[(&Path, Vec<u8>)]) -> Result<RateBook, DeskError> {
    let mut book = RateBook::default();
    let mut seen = BTreeMap::new();
    for (file, bytes) in files {
        if bytes.starts_with(b"PK\x03\x04") {
            return Err(DeskError::malformed(
                file,
                "a ZIP archive; unpack it and give the file inside",
            ));
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|_| DeskError::malformed(file, "not UTF-8; save the file as UTF-8"))?;
        let text = text.trim_start_matches('\u{feff}');
        let days = if text.trim_start().starts_with('<') {
            xml(file, text)?
        } else {
            csv(file, text)?
        };
        if days.values().all(|part| part.pairs.is_empty()) {
            return Err(DeskError::malformed(file, "holds no rate"));
        }
        contradictions(file, &days, &mut seen)?;
        book.files.push(days);
    }
    Ok(book)
}

/// The first rate of two currencies on a day, for either direction.
type Seen<'a> = BTreeMap<(Date, Currency, Currency), (&'a Path, Pair)>;

/// Refuses what cannot be true of one day: two rates of one pair, in either direction and in any of the files, that are further
/// apart than the digits in which they are written.
fn contradictions<'a>(
    file: &'a Path,
    days: &BTreeMap<Date, Part>,
    seen: &mut Seen<'a>,
) -> Result<(), DeskError> {
    for (date, part) in days {
        for pair in &part.pairs {
            let key = (*date, pair.from.min(pair.to), pair.from.max(pair.to));
            let Some((other_file, other)) = seen.get(&key) else {
                seen.insert(key, (file, pair.clone()));
                continue;
            };
            let agree = match other.from == pair.from {
                // In one file the same pair twice is a slip of the pen, however near.
                true if *other_file == file => other.rate == pair.rate,
                true => as_written(other.rate, pair.rate),
                false => is_inverse(other.rate, pair.rate),
            };
            if !agree {
                let place = match *other_file == file {
                    true => format!("line {}", other.line),
                    false => format!("{}, line {},", other_file.display(), other.line),
                };
                let problem = format!(
                    "line {}: 1 {} = {} {} on {date}, and {place} says 1 {} = {} {}; keep one of them",
                    pair.line, pair.from, pair.rate, pair.to, other.from, other.rate, other.to
                );
                return Err(DeskError::malformed(file, problem));
            }
        }
    }
    Ok(())
}

/// Half a step of the last digit that a number is written with.
fn half_a_digit(number: Decimal) -> Decimal {
    Decimal::new(1, number.scale()) / Decimal::TWO
}

/// Whether two numbers are one, as far as their digits go.
fn as_written(a: Decimal, b: Decimal) -> bool {
    let apart = if a > b { a - b } else { b - a };
    apart <= half_a_digit(a) + half_a_digit(b)
}

/// Whether two rates of opposite direction are one rate, as far as their digits go.
pub fn is_inverse(a: Decimal, b: Decimal) -> bool {
    let (da, db) = (half_a_digit(a), half_a_digit(b));
    // What is beyond a decimal's range is no rate that contradicts.
    let product = |a: Decimal, b: Decimal| a.checked_mul(b).unwrap_or(Decimal::MAX);
    product(a.saturating_sub(da), b.saturating_sub(db)) <= Decimal::ONE
        && product(a.saturating_add(da), b.saturating_add(db)) >= Decimal::ONE
}

impl RateBook {
    /// Whether there is no rate at all.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The newest day that any file has.
    pub fn newest(&self) -> Option<Date> {
        self.files
            .iter()
            .filter_map(|days| days.keys().next_back())
            .max()
            .copied()
    }

    /// The rates for an arrival: of each file the latest day that is not after it, or the first one where all are. Of two files
    /// with a rate for one pair the newer day counts, of one day the later file. The date is the oldest of those that count.
    ///
    /// # Errors
    /// A rate is beyond what numbers here hold.
    pub fn on(&self, arrival: Date) -> Result<Rates, DeskError> {
        let mut parts: Vec<(Date, &Part)> = self
            .files
            .iter()
            .filter_map(|days| days.range(..=arrival).next_back().or_else(|| days.iter().next()))
            .map(|(date, part)| (*date, part))
            .collect();
        let mut counted: BTreeMap<(Currency, Currency), (Date, usize)> = BTreeMap::new();
        for (at, (date, part)) in parts.iter().enumerate() {
            for pair in &part.pairs {
                let kept = counted
                    .entry((pair.from.min(pair.to), pair.from.max(pair.to)))
                    .or_insert((*date, at));
                if *date >= kept.0 {
                    *kept = (*date, at);
                }
            }
        }
        let counts = |at: usize, pair: &Pair| {
            counted
                .get(&(pair.from.min(pair.to), pair.from.max(pair.to)))
                .is_some_and(|(_, from)| *from == at)
        };
        let used: Vec<(Date, &Pair)> = parts
            .drain(..)
            .enumerate()
            .flat_map(|(at, (date, part))| {
                part.pairs
                    .iter()
                    .filter(move |pair| counts(at, pair))
                    .map(move |pair| (date, pair))
                    .collect::<Vec<_>>()
            })
            .collect();
        let date = used.iter().map(|(date, _)| *date).min().unwrap_or(arrival);
        // Where the rates are of several days, each source has its own.
        let apart = used.iter().any(|(day, _)| *day != date);
        let mut sources: Vec<String> = Vec::new();
        for (day, pair) in &used {
            let source = match apart {
                true => format!("{}, {day}", pair.source),
                false => pair.source.to_string(),
            };
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        let source = match sources.is_empty() {
            true => "none given".to_owned(),
            false => sources.join("; "),
        };
        let mut rates = Rates::new(date, source);
        for (_, pair) in used {
            rates
                .add(pair.from, pair.to, pair.rate)
                .map_err(|error| DeskError::malformed(Path::new("rates"), error))?;
        }
        Ok(rates)
    }
}

const BANK: &str = "European Central Bank";

fn euro(file: &Path) -> Result<Currency, DeskError> {
    "EUR".parse().map_err(|error| DeskError::malformed(file, error))
}

/// The bank's XML: `<Cube time="2026-03-10"><Cube currency="USD" rate="1.0812"/>…`.
fn xml(file: &Path, text: &str) -> Result<BTreeMap<Date, Part>, DeskError> {
    let wrong = |problem: String| DeskError::malformed(file, problem);
    // No entities and no external parts: the parser resolves neither beyond its own limits.
    let document = roxmltree::Document::parse(text).map_err(|error| wrong(format!("not XML: {error}")))?;
    let (euro, bank): (_, Arc<str>) = (euro(file)?, BANK.into());
    let mut days: BTreeMap<Date, Part> = BTreeMap::new();
    for (date, node) in document.descendants().filter_map(|node| {
        let date: Date = node.attribute("time")?.parse().ok()?;
        Some((date, node))
    }) {
        let part = days.entry(date).or_default();
        for node in node.children().filter(|node| node.has_attribute("currency")) {
            let (code, rate) = (
                node.attribute("currency").unwrap_or_default(),
                node.attribute("rate").unwrap_or_default(),
            );
            let line = u64::from(document.text_pos_at(node.range().start).row);
            let to = currency(file, line, code)?;
            part.pairs.push(pair(file, line, (euro, to), rate, &bank)?);
        }
    }
    if days.is_empty() {
        return Err(wrong(
            "holds no <Cube time=\"…\">; is it the bank's eurofxref file?".to_owned(),
        ));
    }
    Ok(days)
}

/// A currency of a table. A code that ISO 4217 does not know is a slip of the pen, `UDS` for `USD`: passed over, the rate that was
/// meant would be missing without a word.
fn currency(file: &Path, line: u64, code: &str) -> Result<Currency, DeskError> {
    code.trim()
        .parse()
        .map_err(|error| DeskError::malformed(file, format!("line {line}: {error}")))
}

fn pair(
    file: &Path,
    line: u64,
    (from, to): (Currency, Currency),
    rate: &str,
    source: &Arc<str>,
) -> Result<Pair, DeskError> {
    let wrong = |problem: String| DeskError::malformed(file, format!("line {line}: {problem}"));
    let rate = rate.trim();
    let number = Decimal::from_str_exact(rate).map_err(|_| {
        // A cell that is no rate may be as long as the file.
        let rate: String = rate.chars().take(40).collect();
        wrong(format!("rate {rate:?} of {to} is no number"))
    })?;
    if number <= Decimal::ZERO {
        return Err(wrong(format!("rate {rate:?} of {to} is not above zero")));
    }
    if from == to && number != Decimal::ONE {
        return Err(wrong(format!(
            "1 {from} is 1 {to}, and not {rate}; remove the row"
        )));
    }
    Ok(Pair {
        from,
        to,
        rate: number,
        source: source.clone(),
        line,
    })
}

/// The bank's CSV (`Date, USD, JPY, …`) or our own (`date,from,to,rate,source`).
fn csv(file: &Path, text: &str) -> Result<BTreeMap<Date, Part>, DeskError> {
    let wrong = |line: u64, problem: String| DeskError::malformed(file, format!("line {line}: {problem}"));
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = reader
        .headers()
        .map_err(|error| wrong(1, error.to_string()))?
        .clone();
    let column = |name: &str| header.iter().position(|cell| cell.eq_ignore_ascii_case(name));
    let own = (column("date"), column("from"), column("to"), column("rate"));
    let mut days: BTreeMap<Date, Part> = BTreeMap::new();
    let bank: Arc<str> = BANK.into();
    let mut names: BTreeMap<String, Arc<str>> = BTreeMap::new();
    for record in reader.records() {
        let record = record
            .map_err(|error| wrong(error.position().map_or(0, csv::Position::line), error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |at: usize| record.get(at).unwrap_or_default();
        let day = |text: &str| {
            text.parse::<Date>()
                .or_else(|_| Date::strptime("%d %B %Y", text))
                .map_err(|_| {
                    let text: String = text.chars().take(40).collect();
                    wrong(line, format!("date {text:?}: write it as 2026-03-10"))
                })
        };
        if let (Some(date), Some(from), Some(to), Some(rate)) = own {
            let [from, to] = [from, to].map(|at| currency(file, line, cell(at)));
            let name = column("source").map(cell).filter(|source| !source.is_empty());
            let name = name.map_or_else(|| file.display().to_string(), str::to_owned);
            let source = names.entry(name).or_insert_with_key(|name| name.as_str().into());
            let pair = pair(file, line, (from?, to?), cell(rate), source)?;
            days.entry(day(cell(date))?).or_default().pairs.push(pair);
        } else if column("date") == Some(0) && header.len() > 2 {
            let euro = euro(file)?;
            let mut pairs = Vec::new();
            for (at, code) in header.iter().enumerate().skip(1) {
                let rate = cell(at);
                if !code.is_empty() && !rate.is_empty() && rate != "N/A" {
                    // The code stands in the header, whatever the line of the rate.
                    let to = currency(file, 1, code)?;
                    pairs.push(pair(file, line, (euro, to), rate, &bank)?);
                }
            }
            days.entry(day(cell(0))?).or_default().pairs.extend(pairs);
        } else {
            return Err(wrong(
                1,
                "the header must be date,from,to,rate,source or that of the European Central Bank".to_owned(),
            ));
        }
    }
    Ok(days)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn rates(text: &str) -> Result<Rates, String> {
        rates_on(text, date(2026, 3, 10))
    }

    fn rates_on(text: &str, arrival: Date) -> Result<Rates, String> {
        parse(&[(Path::new("rates"), text.as_bytes().to_vec())])
            .and_then(|book| book.on(arrival))
            .map_err(|error| error.to_string())
    }

    fn of(rates: &Rates, from: &str, to: &str) -> Option<Decimal> {
        rates.rate(from.parse().unwrap(), to.parse().unwrap())
    }

    const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<Cube><Cube time="2026-03-09"><Cube currency="USD" rate="1.2500"/><Cube currency="KRW" rate="1500"/></Cube>
<Cube time="2026-03-06"><Cube currency="USD" rate="1.1"/></Cube></Cube></gesmes:Envelope>"#;

    #[test]
    fn the_bank_s_xml_gives_its_newest_day_and_crossed_rates() {
        let rates = rates(XML).unwrap();
        assert_eq!((rates.date, rates.source.as_str()), (date(2026, 3, 9), BANK));
        assert_eq!(of(&rates, "USD", "KRW"), Some(Decimal::from(1200)));
        assert_eq!(of(&rates, "USD", "RUB"), None, "the bank publishes no rouble");
    }

    #[test]
    fn the_bank_s_table_is_read_with_its_gaps_and_either_way_of_dates() {
        let daily = rates("Date, USD, JPY, ISK, \n09 March 2026, 1.25, 160.5, N/A, \n").unwrap();
        assert_eq!(daily.date, date(2026, 3, 9));
        assert_eq!(of(&daily, "EUR", "JPY"), Some(Decimal::new(1605, 1)));
        assert_eq!(of(&daily, "EUR", "ISK"), None);
        let history = rates("Date,USD,JPY\n2026-03-09,1.25,160.5\n2026-03-06,1.1,159\n").unwrap();
        assert_eq!(
            (history.date, of(&history, "EUR", "USD")),
            (date(2026, 3, 9), Some(Decimal::new(125, 2)))
        );
    }

    #[test]
    fn of_two_files_the_older_day_is_named_so_that_stale_rates_show() {
        let own = b"date,from,to,rate,source\n2025-11-03,USD,RUB,81.2,Bank of Russia\n".to_vec();
        let files = [(Path::new("a"), XML.as_bytes().to_vec()), (Path::new("b"), own)];
        let rates = parse(&files).unwrap().on(date(2026, 3, 10)).unwrap();
        assert_eq!(rates.date, date(2025, 11, 3));
        assert_eq!(
            rates.source,
            format!("{BANK}, 2026-03-09; Bank of Russia, 2025-11-03")
        );
        assert_eq!(of(&rates, "EUR", "RUB"), Some(Decimal::new(1015, 1)));
    }

    #[test]
    fn a_history_of_rates_gives_each_arrival_the_latest_day_that_is_not_after_it() {
        let table = "Date,USD,JPY\n2026-11-20,1.3,3\n2026-03-09,1.2,2\n2025-11-28,1.1,1\n";
        for (arrival, day, rate) in [
            (date(2025, 11, 30), date(2025, 11, 28), "1.1"),
            (date(2026, 3, 8), date(2025, 11, 28), "1.1"),
            (date(2026, 3, 9), date(2026, 3, 9), "1.2"),
            (date(2027, 1, 1), date(2026, 11, 20), "1.3"),
            // None is early enough: the first one, whose day is shown.
            (date(2025, 1, 1), date(2025, 11, 28), "1.1"),
        ] {
            let rates = rates_on(table, arrival).unwrap();
            assert_eq!(rates.date, day, "{arrival}");
            assert_eq!(of(&rates, "EUR", "USD"), Some(rate.parse().unwrap()), "{arrival}");
        }
    }

    #[test]
    fn of_two_files_that_give_a_pair_the_newer_day_counts_and_only_its_source_is_named() {
        let one = b"date,from,to,rate,source\n2026-03-09,USD,JOD,0.709,new\n".to_vec();
        let two = b"date,from,to,rate,source\n2025-01-02,JOD,USD,2,old\n".to_vec();
        for files in [
            [(Path::new("a"), one.clone()), (Path::new("b"), two.clone())],
            [(Path::new("b"), two.clone()), (Path::new("a"), one.clone())],
        ] {
            let rates = parse(&files).unwrap().on(date(2026, 3, 10)).unwrap();
            assert_eq!(of(&rates, "USD", "JOD"), Some(Decimal::new(709, 3)));
            assert_eq!((rates.date, rates.source.as_str()), (date(2026, 3, 9), "new"));
        }
    }

    #[test]
    fn two_files_that_contradict_each_other_on_a_day_are_refused_with_both_places() {
        let said = |own: &str| {
            let files = [
                (
                    Path::new("a.csv"),
                    b"date,from,to,rate\n2026-03-09,USD,JOD,0.709\n".to_vec(),
                ),
                (
                    Path::new("b.csv"),
                    format!("date,from,to,rate\n2026-03-09,{own}\n").into_bytes(),
                ),
            ];
            parse(&files).map(drop).map_err(|error| error.to_string())
        };
        let error = said("USD,JOD,0.5").unwrap_err();
        assert!(
            error.contains("b.csv: line 2: 1 USD = 0.5 JOD on 2026-03-09, and a.csv, line 2, says 1 USD = 0.709 JOD; keep one of them"),
            "{error}"
        );
        said("JOD,USD,1.8").unwrap_err();
        // Rounding is no contradiction.
        for near in ["USD,JOD,0.7090", "USD,JOD,0.71", "JOD,USD,1.41", "JOD,USD,1.4104"] {
            said(near).unwrap();
        }
    }

    #[test]
    fn rows_of_one_day_name_every_source_once() {
        let table = "date,from,to,rate,source\n2026-03-06,USD,GEL,2.7,an older one\n\
                     2026-03-09,USD,RUB,80,Bank of Russia\n2026-03-09,USD,JOD,0.709,peg\n\
                     2026-03-09,EUR,RUB,92.5,Bank of Russia\n";
        let files = [
            (Path::new("a"), table.as_bytes().to_vec()),
            (
                Path::new("b"),
                b"date,from,to,rate,source\n2026-03-09,USD,AED,3.6725,peg\n".to_vec(),
            ),
        ];
        let rates = parse(&files).unwrap().on(date(2026, 3, 10)).unwrap();
        assert_eq!(rates.source, "Bank of Russia; peg");
    }

    #[test]
    fn a_code_that_iso_4217_does_not_know_is_named_with_its_line_and_not_passed_over() {
        let own = "date,from,to,rate\n2026-03-09,USD,RUB,90\n2026-03-09,UDS,JOD,0.709\n";
        let bank = "Date,USD,UDS\n2026-03-09,1.25,7\n";
        let xml = XML.replace("currency=\"KRW\"", "currency=\"KWR\"");
        for (text, line, code) in [(own, 3, "UDS"), (bank, 1, "UDS"), (xml.as_str(), 3, "KWR")] {
            let said = rates(text).unwrap_err();
            let named = format!("rates: line {line}: \"{code}\" is no currency; write its ISO 4217 code");
            assert!(said.contains(&named), "{said}");
        }
        // A currency that no market asks for is one all the same, and so is one that is gone.
        let unused = rates("date,from,to,rate\n2026-03-09,USD,CUP,24\n2026-03-09,EUR,HRK,7.5345\n").unwrap();
        assert_eq!(of(&unused, "USD", "CUP"), Some(Decimal::from(24)));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line_and_value() {
        for (text, said) in [
            ("", "no rate"),
            ("<a><b/></a>", "eurofxref"),
            ("<a", "not XML"),
            (
                "date,from,to,rate\n2026-03-09,USD,RUB,-1\n",
                "line 2: rate \"-1\" of RUB is not above zero",
            ),
            ("date,from,to,rate\n2026-03-09,USD,rouble,90\n", "rouble"),
            (
                "date,from,to,rate\n9.3.2026,USD,RUB,90\n",
                "line 2: date \"9.3.2026\"",
            ),
            ("date,from,to,rate\n2026-03-09,USD,RUB,\"81,2\"\n", "is no number"),
            ("from,to\nUSD,RUB\n", "header"),
            (
                "date,from,to,rate\n2026-03-09,USD,RUB,90\n2026-03-09,USD,RUB,91\n",
                "line 3: 1 USD = 91 RUB on 2026-03-09, and line 2 says 1 USD = 90 RUB; keep one of them",
            ),
            (
                "date,from,to,rate\n2026-03-09,USD,JOD,0.5\n2026-03-09,JOD,USD,1.41\n",
                "line 3: 1 JOD = 1.41 USD on 2026-03-09, and line 2 says 1 USD = 0.5 JOD; keep one of them",
            ),
            (
                "date,from,to,rate\n2026-03-09,USD,USD,2\n",
                "line 2: 1 USD is 1 USD, and not 2",
            ),
        ] {
            let error = rates(text).unwrap_err();
            assert!(error.contains(said), "{text:?}: {error}");
        }
    }
}
