//! Exchange rates from files: the European Central Bank's daily XML and CSV, or a dated table of one's own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use border::{Currency, Rates};
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::data_dir;
use crate::error::DeskError;

/// The largest file of rates that is read. The bank's history since 1999 is 600 kB as CSV and 9 MB as XML.
const MAX_FILE: u64 = 16 << 20;

/// Reads rates from one file or several. A pair that two files give is taken from the last. The date is the oldest.
///
/// # Errors
/// A file cannot be read or holds no rates; the line and the value are named.
pub fn read(files: &[impl AsRef<Path>], today: Date) -> Result<Rates, DeskError> {
    let mut texts = Vec::new();
    for file in files {
        let file = file.as_ref();
        let bytes = data_dir::read_up_to(file, MAX_FILE, "is this a file of exchange rates?")?;
        texts.push((file, bytes));
    }
    parse(&texts, today)
}

/// Reads rates from the contents of files, each with its name for messages.
///
/// # Errors
/// As [`read`].
pub fn parse(files: &[(&Path, Vec<u8>)], today: Date) -> Result<Rates, DeskError> {
    let mut parts = Vec::new();
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
        parts.push(if text.trim_start().starts_with('<') {
            xml(file, text)?
        } else {
            csv(file, text)?
        });
    }
    let date = parts.iter().map(|part| part.date).min().unwrap_or(today);
    let mut seen = BTreeSet::new();
    // Where the files are of several days, each source has its own.
    let apart = parts.iter().any(|part| part.date != date);
    let sources: Vec<String> = parts
        .iter()
        .flat_map(|part| part.sources.iter().map(move |source| (source, part.date)))
        .map(|(source, day)| match apart {
            true => format!("{source}, {day}"),
            false => source.clone(),
        })
        .filter(|source| seen.insert(source.clone()))
        .collect();
    let source = if sources.is_empty() {
        "none given".to_owned()
    } else {
        sources.join("; ")
    };
    let mut rates = Rates::new(date, source);
    for part in parts {
        for (from, to, rate) in part.pairs {
            rates
                .add(from, to, rate)
                .map_err(|error| DeskError::malformed(Path::new("rates"), error))?;
        }
    }
    Ok(rates)
}

struct Part {
    date: Date,
    /// In the order of the rows; one may stand several times.
    sources: Vec<String>,
    pairs: Vec<(Currency, Currency, Decimal)>,
}

const BANK: &str = "European Central Bank";

fn euro(file: &Path) -> Result<Currency, DeskError> {
    "EUR".parse().map_err(|error| DeskError::malformed(file, error))
}

/// The bank's XML: `<Cube time="2026-03-10"><Cube currency="USD" rate="1.0812"/>…`. The newest day is taken.
fn xml(file: &Path, text: &str) -> Result<Part, DeskError> {
    let wrong = |problem: String| DeskError::malformed(file, problem);
    // No entities and no external parts: the parser resolves neither beyond its own limits.
    let document = roxmltree::Document::parse(text).map_err(|error| wrong(format!("not XML: {error}")))?;
    let day = document
        .descendants()
        .filter_map(|node| {
            let date: Date = node.attribute("time")?.parse().ok()?;
            Some((date, node))
        })
        .max_by_key(|(date, _)| *date);
    let Some((date, day)) = day else {
        return Err(wrong(
            "holds no <Cube time=\"…\">; is it the bank's eurofxref file?".to_owned(),
        ));
    };
    let euro = euro(file)?;
    let mut pairs = Vec::new();
    for node in day.children().filter(|node| node.has_attribute("currency")) {
        let (code, rate) = (
            node.attribute("currency").unwrap_or_default(),
            node.attribute("rate").unwrap_or_default(),
        );
        let line = u64::from(document.text_pos_at(node.range().start).row);
        pairs.push(pair(file, line, euro, currency(file, line, code)?, rate)?);
    }
    some(file, date, vec![BANK.to_owned()], pairs)
}

fn some(
    file: &Path,
    date: Date,
    sources: Vec<String>,
    pairs: Vec<(Currency, Currency, Decimal)>,
) -> Result<Part, DeskError> {
    if pairs.is_empty() {
        return Err(DeskError::malformed(file, "holds no rate"));
    }
    Ok(Part { date, sources, pairs })
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
    from: Currency,
    to: Currency,
    rate: &str,
) -> Result<(Currency, Currency, Decimal), DeskError> {
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
    Ok((from, to, number))
}

/// The bank's CSV (`Date, USD, JPY, …`) or our own (`date,from,to,rate,source`). The newest day is taken.
fn csv(file: &Path, text: &str) -> Result<Part, DeskError> {
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
    let mut newest: Option<Part> = None;
    let mut lines: BTreeMap<(Date, Currency, Currency), (Decimal, u64)> = BTreeMap::new();
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
        let part = if let (Some(date), Some(from), Some(to), Some(rate)) = own {
            let [from, to] = [from, to].map(|at| currency(file, line, cell(at)));
            let pair = pair(file, line, from?, to?, cell(rate))?;
            let source = column("source").map(cell).filter(|source| !source.is_empty());
            Part {
                date: day(cell(date))?,
                sources: vec![source.map_or_else(|| file.display().to_string(), str::to_owned)],
                pairs: vec![pair],
            }
        } else if column("date") == Some(0) && header.len() > 2 {
            let euro = euro(file)?;
            let mut pairs = Vec::new();
            for (at, code) in header.iter().enumerate().skip(1) {
                let rate = cell(at);
                if !code.is_empty() && !rate.is_empty() && rate != "N/A" {
                    // The code stands in the header, whatever the line of the rate.
                    pairs.push(pair(file, line, euro, currency(file, 1, code)?, rate)?);
                }
            }
            Part {
                date: day(cell(0))?,
                sources: vec![BANK.to_owned()],
                pairs,
            }
        } else {
            return Err(wrong(
                1,
                "the header must be date,from,to,rate,source or that of the European Central Bank".to_owned(),
            ));
        };
        for (from, to, rate) in &part.pairs {
            let first = *lines.entry((part.date, *from, *to)).or_insert((*rate, line));
            if first.0 != *rate {
                let problem = format!(
                    "1 {from} = {rate} {to} on {}, and line {} says {}; keep one of them",
                    part.date, first.1, first.0
                );
                return Err(wrong(line, problem));
            }
        }
        match &mut newest {
            Some(sofar) if sofar.date > part.date => {}
            Some(sofar) if sofar.date == part.date => {
                if sofar.sources.last() != part.sources.last() {
                    sofar.sources.extend(part.sources);
                }
                sofar.pairs.extend(part.pairs);
            }
            _ => newest = Some(part),
        }
    }
    match newest {
        Some(part) => some(file, part.date, part.sources, part.pairs),
        None => Err(DeskError::malformed(file, "holds no rate")),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn rates(text: &str) -> Result<Rates, String> {
        parse(
            &[(Path::new("rates"), text.as_bytes().to_vec())],
            date(2026, 3, 10),
        )
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
        let rates = parse(&files, date(2026, 3, 10)).unwrap();
        assert_eq!(rates.date, date(2025, 11, 3));
        assert_eq!(
            rates.source,
            format!("{BANK}, 2026-03-09; Bank of Russia, 2025-11-03")
        );
        assert_eq!(of(&rates, "EUR", "RUB"), Some(Decimal::new(1015, 1)));
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
        let rates = parse(&files, date(2026, 3, 10)).unwrap();
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
                "line 3: 1 USD = 91 RUB on 2026-03-09, and line 2 says 90",
            ),
        ] {
            let error = rates(text).unwrap_err();
            assert!(error.contains(said), "{text:?}: {error}");
        }
    }
}
