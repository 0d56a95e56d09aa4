//! Quotes as CSV: one line a car and market.

use border::Span;
use desk::quote::Quote as Answer;

use crate::failure::Failure;

pub(super) fn write_header(out: &mut csv::Writer<impl std::io::Write>) -> Result<(), Failure> {
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

/// A text as a cell that a spreadsheet takes for text. One that begins like a formula would be worked out by whoever opens the
/// file, and a car's name is whatever somebody wrote.
fn as_text(text: &str) -> std::borrow::Cow<'_, str> {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}").into(),
        false => text.into(),
    }
}

pub(super) fn write_record(
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
    // Where no rate was used, the day of the rates known says nothing about this line.
    let rates_date = match verdict.rates.is_empty() {
        true => String::new(),
        false => verdict.rates_date.to_string(),
    };
    let asks: Vec<String> = verdict
        .asks
        .iter()
        .map(|why| match why {
            border::Why::NotGiven { name, .. } | border::Why::DateNotExact { name } => (*name).to_owned(),
            border::Why::NoRate { from, to } => format!("rate:{from}/{to}"),
            _ => String::new(),
        })
        .collect();
    out.write_record([
        line.to_string().as_str(),
        &as_text(name),
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
        &rates_date,
        "not legal advice; confirm with a customs broker",
    ])
    .map_err(|error| Failure::Value(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_begins_like_a_formula_is_text_in_a_spreadsheet() {
        for (name, cell) in [
            ("=cmd|x", "'=cmd|x"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@sum", "'@sum"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("Sonata =2.0", "Sonata =2.0"),
            ("", ""),
        ] {
            assert_eq!(as_text(name), cell);
        }
    }
}
