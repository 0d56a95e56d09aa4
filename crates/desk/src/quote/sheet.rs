//! The quotation sheet: one page of HTML that prints well, in the buyer's language.

use std::fmt::Write as _;

use border::{Break, Cause, Finding, Line, Outcome, StepKind};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::Quote;
use crate::words::{Language, Words, escape};

/// What a sheet shows.
pub struct Sheet<'a> {
    /// The language.
    pub language: Language,
    /// What the car is called.
    pub name: &'a str,
    /// The facts, as name and value.
    pub facts: &'a [(String, String)],
    /// Price, freight and insurance as given, as name of the message and text.
    pub prices: &'a [(&'static str, String)],
    /// The quotes.
    pub quotes: &'a [Quote<'a>],
}

const STYLE: &str = "
body { font: 15px/1.45 system-ui, sans-serif; color: #111; max-width: 52rem; overflow-wrap: anywhere; margin: 1rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 1.6rem 0 .4rem; } h3 { font-size: 1rem; margin: 1rem 0 .3rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: start; vertical-align: top; padding: .25rem .5rem .25rem 0; border-bottom: 1px solid #ccc; }
td.n, th.n { text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums; } tr.sum td { border-top: 2px solid #111; font-weight: 600; }
.status { display: inline-block; padding: .1rem .6rem; border: 2px solid #111; font-weight: 700; } .small { color: #444; font-size: .85em; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0; } dt { color: #444; } dd { margin: 0; }
footer { margin-top: 1.5rem; border-top: 1px solid #111; padding-top: .5rem; }
@media print { @page { margin: 15mm; } body { font-size: 10pt; max-width: none; margin: 0; padding: 0; } section.market { break-before: page; }
  section.market:first-of-type { break-before: auto; } tr, li { break-inside: avoid; } h2, h3 { break-after: avoid; } a { color: inherit; text-decoration: none; } }
";

/// Writes the sheet.
pub fn sheet(sheet: &Sheet<'_>) -> String {
    let words = Words::of(sheet.language);
    let say = |id: &str| escape(&words.say(id));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\" dir=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <h1>{}</h1>\n<p><bdi>{}</bdi></p>\n<h2>{}</h2>\n<dl>\n",
        sheet.language.tag(),
        sheet.language.direction(),
        if sheet.name.trim().is_empty() {
            say("sheet-title")
        } else {
            format!("{}: {}", say("sheet-title"), escape(sheet.name))
        },
        say("sheet-title"),
        escape(sheet.name),
        say("sheet-car"),
    );
    for (name, value) in sheet.facts {
        let _ = writeln!(
            page,
            "<dt>{}</dt><dd><bdi>{}</bdi></dd>",
            escape(&words.fact(name)),
            escape(&words.fact_value(name, value))
        );
    }
    for (id, value) in sheet.prices {
        let _ = writeln!(page, "<dt>{}</dt><dd><bdi>{}</bdi></dd>", say(id), escape(value));
    }
    page.push_str("</dl>\n");
    if sheet.language != PACKS {
        let _ = writeln!(page, "<p class=\"small\">{}</p>", say("sheet-original"));
    }
    for quote in sheet.quotes {
        market(&words, quote, &mut page);
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn market(words: &Words, quote: &Quote<'_>, page: &mut String) {
    let verdict = &quote.verdict;
    let say = |id: &str| escape(&words.say(id));
    let arrival = verdict.arrival.to_string();
    // The pack's own name is English, and stands in only for a country that has no code of ISO 3166-1.
    let market = words.country(verdict.country);
    let market = market.as_deref().unwrap_or(verdict.name);
    let heading = words.with("sheet-for", &[("market", market), ("date", &arrival)]);
    let _ = write!(
        page,
        "<section class=\"market\">\n<h2>{}</h2>\n<p><span class=\"status\">{}</span></p>\n<p class=\"small\">{}</p>\n<h3>{}</h3>\n<ul>\n",
        escape(&heading),
        escape(&words.status(verdict.status)),
        escape(&words.with("sheet-departure", &[("date", &verdict.departure.to_string())])),
        say("sheet-admission"),
    );
    for finding in verdict
        .findings
        .iter()
        .filter(|finding| finding.outcome > Outcome::Passed)
    {
        one_finding(words, finding, page);
    }
    let _ = write!(page, "</ul>\n<p>{}</p>\n", escape(&holds(words, quote)));
    let _ = write!(
        page,
        "<h3>{} ({})</h3>\n<table>\n<thead><tr><th>{}</th><th>{}</th><th class=\"n\">{}</th></tr></thead>\n<tbody>\n",
        say("sheet-cost"),
        verdict.currency,
        say("column-charge"),
        say("column-rule"),
        say("column-amount"),
    );
    for line in verdict
        .lines
        .iter()
        .filter(|line| line.kind() == StepKind::Charge)
    {
        one_line(words, quote, line, page);
    }
    totals(words, quote, page);
    for line in verdict
        .lines
        .iter()
        .filter(|line| line.kind() == StepKind::Upside)
    {
        if let Some(amount) = line.amount() {
            let _ = writeln!(
                page,
                "<tr><td>{}: {}</td><td></td><td class=\"n\">{}</td></tr>",
                say("line-upside"),
                title(words, line),
                escape(&words.span(amount, 2)),
            );
        }
    }
    page.push_str("</tbody>\n</table>\n");
    let list = |page: &mut String, title: &str, items: Vec<String>| {
        let items: Vec<String> = items.iter().map(|item| escape(item)).collect();
        marked_list(words, page, title, &items);
    };
    list(
        page,
        "sheet-asks",
        verdict.asks.iter().map(|why| words.why(why)).collect(),
    );
    let breaks: Vec<String> = breaks(words, quote)
        .iter()
        .map(|said| foreseen(words, said))
        .collect();
    marked_list(words, page, "sheet-breaks", &breaks);
    let notes: Vec<String> = verdict
        .cautions
        .iter()
        .map(|caution| words.caution(caution, verdict.arrival))
        .collect();
    list(page, "sheet-cautions", notes);
    let gaps: Vec<String> = verdict.gaps.iter().map(|gap| original(gap)).collect();
    marked_list(words, page, "sheet-gaps", &gaps);
    list(page, "sheet-sources", sources(words, quote));
    let _ = write!(
        page,
        "<footer>\n<p class=\"small\">{}</p>\n<p><strong>{}</strong></p>\n</footer>\n</section>\n",
        escape(&rates(words, [quote])),
        escape(&words.disclaimer(&verdict.as_of.to_string())),
    );
}

/// A list of items that are HTML already.
fn marked_list(words: &Words, page: &mut String, title: &str, items: &[String]) {
    if items.is_empty() {
        return;
    }
    let _ = write!(page, "<h3>{}</h3>\n<ul>\n", escape(&words.say(title)));
    for item in items {
        let _ = writeln!(page, "<li>{item}</li>");
    }
    page.push_str("</ul>\n");
}

/// The language of the packs' own texts.
const PACKS: Language = Language::En;

/// A pack's own text: it stays as it was read, marked with its language, because a translated rule would be another one.
fn original(text: &str) -> String {
    format!(
        "<span lang=\"{}\" dir=\"{}\">{}</span>",
        PACKS.tag(),
        PACKS.direction(),
        escape(text)
    )
}

/// What a line is called: in the buyer's language where the charge is one that many countries have, with the pack's own words
/// beneath.
fn title(words: &Words, line: &Line<'_>) -> String {
    match words.charge(line.name()) {
        Some(name) => format!(
            "{}<br><span class=\"small\">{}</span>",
            escape(&name),
            original(line.title())
        ),
        None => original(line.title()),
    }
}

fn one_finding(words: &Words, finding: &Finding<'_>, page: &mut String) {
    let _ = write!(
        page,
        "<li><strong>{}</strong>: {}{}",
        escape(&words.outcome(finding.outcome)),
        words
            .check(finding.key())
            .map_or_else(String::new, |topic| format!("{}. ", escape(&topic))),
        original(finding.reason())
    );
    for why in &finding.why {
        let _ = write!(page, "; {}", escape(&words.why(why)));
    }
    let _ = writeln!(
        page,
        " <span class=\"small\">[{}{}{}]</span></li>",
        escape(&finding.law().id),
        if finding.authority().is_empty() {
            String::new()
        } else {
            format!("; {}", original(finding.authority()))
        },
        if finding.law().act.is_empty() {
            String::new()
        } else {
            format!("; {}", original(&finding.law().act))
        },
    );
}

fn one_line(words: &Words, quote: &Quote<'_>, line: &Line<'_>, page: &mut String) {
    let amount = match line.amount() {
        Some(amount) => words.span(amount, 2),
        None => words.say("missing"),
    };
    let mut rules: Vec<String> = Vec::new();
    let behind = quote.verdict.basis(line).map(|(_, used)| used);
    for used in line.rules.iter().chain(behind) {
        rules.push(if used.row().is_empty() {
            used.law().id.clone()
        } else {
            format!("{}: {}", used.law().id, used.row())
        });
    }
    rules.dedup();
    if line.given {
        rules.push(words.say("given-by-user"));
    }
    let mut why = String::new();
    for reason in words.line_why(line) {
        let _ = write!(why, "<br><span class=\"small\">{}</span>", escape(&reason));
    }
    let base = line.base().map_or(String::new(), |base| {
        format!(
            "<br><span class=\"small\">{}: {}</span>",
            escape(&words.say("column-base")),
            escape(&words.span(base, 2))
        )
    });
    let _ = writeln!(
        page,
        "<tr><td>{}{base}</td><td class=\"small\"><bdi>{}</bdi>{why}</td><td class=\"n\">{}</td></tr>",
        title(words, line),
        escape(&rules.join("; ")),
        escape(&amount),
    );
}

fn totals(words: &Words, quote: &Quote<'_>, page: &mut String) {
    let verdict = &quote.verdict;
    let mut row = |id: &str, amount: String| {
        let _ = writeln!(
            page,
            "<tr class=\"sum\"><td>{}</td><td></td><td class=\"n\">{}</td></tr>",
            escape(&words.say(id)),
            escape(&amount)
        );
    };
    let with_seller = |local: String, seller: Option<border::Span>| match (seller, verdict.seller_currency) {
        (Some(span), Some(currency)) if currency != verdict.currency => {
            let seller = words.isolated(&format!("{} {currency}", words.span(span, 2)));
            format!(
                "{} ({seller})",
                words.isolated(&format!("{local} {}", verdict.currency))
            )
        }
        _ => words.isolated(&format!("{local} {}", verdict.currency)),
    };
    match verdict.total {
        Some(total) => row(
            "line-total",
            with_seller(words.span(total, 2), verdict.seller_total),
        ),
        None => row("line-known", with_seller(words.span(verdict.known, 2), None)),
    }
    if let Some(landed) = verdict.landed {
        row(
            "line-landed",
            with_seller(words.span(landed, 2), verdict.seller_landed),
        );
    }
}

/// Until when a verdict holds, in a sentence.
pub fn holds(words: &Words, quote: &Quote<'_>) -> String {
    match &quote.outlook {
        Some(outlook) => match outlook.admission_holds_until {
            Some(date) => words.with("holds-until", &[("date", &date.to_string())]),
            None => words.with("holds-beyond", &[("date", &outlook.horizon.to_string())]),
        },
        None => String::new(),
    }
}

/// A day on which a verdict changes, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreseen<'a> {
    /// The first day of the new state.
    pub day: Date,
    /// The checks that turn.
    pub checks: Vec<CheckSaid<'a>>,
    /// The charges that turn, why, and how the verdict stands then.
    pub rest: String,
}

/// A check that turns, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckSaid<'a> {
    /// What it is about and how it comes out.
    pub said: String,
    /// The rule in the words of its pack, which are English.
    pub reason: &'a str,
    /// The rule.
    pub rule: &'a str,
}

/// Until when a verdict holds, in the cell of a table; empty where it was not asked.
pub fn holds_short(words: &Words, quote: &Quote<'_>) -> String {
    match &quote.outlook {
        Some(outlook) => match outlook.admission_holds_until {
            Some(date) => date.to_string(),
            None => words.with("holds-beyond-short", &[("date", &outlook.horizon.to_string())]),
        },
        None => String::new(),
    }
}

/// What would break a verdict, by day.
pub fn breaks<'a>(words: &Words, quote: &'a Quote<'_>) -> Vec<Foreseen<'a>> {
    let breaks = quote.outlook.as_ref().map_or(&[][..], |outlook| &outlook.breaks);
    breaks
        .iter()
        .map(|broken| Foreseen {
            day: broken.date,
            checks: quote
                .turns
                .iter()
                .filter(|turn| turn.date == broken.date)
                .map(|turn| CheckSaid {
                    said: format!(
                        "{}: {}",
                        words.check(turn.key).unwrap_or_else(|| turn.key.to_owned()),
                        words.outcome(turn.outcome)
                    ),
                    reason: turn.reason,
                    rule: turn.rule,
                })
                .collect(),
            rest: rest(words, quote, broken),
        })
        .collect()
}

/// The charges that turn on a day, what happens on it, and how the verdict stands then.
fn rest(words: &Words, quote: &Quote<'_>, broken: &Break) -> String {
    let causes = broken.causes.iter().map(|cause| match cause {
        Cause::Begins { rule, assumed: false } => words.with("cause-begins", &[("rule", rule)]),
        Cause::Begins { rule, assumed: true } => words.with("cause-begins-assumed", &[("rule", rule)]),
        Cause::Ends { rule, assumed: false } => words.with("cause-ends", &[("rule", rule)]),
        Cause::Ends { rule, assumed: true } => words.with("cause-ends-assumed", &[("rule", rule)]),
        Cause::Day { about } => words.with("cause-day", &[("about", about)]),
        Cause::Birthday { fact } => words.with("cause-birthday", &[("fact", fact)]),
        Cause::NewYear => words.say("cause-new-year"),
    });
    let currency = quote.verdict.currency;
    let amount =
        |span: Option<border::Span>| span.map_or_else(|| words.say("withheld"), |span| words.span(span, 2));
    let money = |span: Option<border::Span>| match span {
        Some(span) => words.isolated(&format!("{} {currency}", words.span(span, 2))),
        None => words.say("withheld"),
    };
    let mut said: Vec<String> = broken
        .lines
        .iter()
        .map(|line| {
            let name = words.charge(&line.step).unwrap_or_else(|| line.title.clone());
            // The arrow points from the old to the new in any direction of writing.
            let turn = format!("{} → {}", amount(line.before), money(line.after));
            format!("{name} {}", words.isolated(&turn))
        })
        .collect();
    said.extend(causes);
    format!(
        "{}; {}, {}",
        said.join("; "),
        words.status(broken.status),
        money(broken.total)
    )
}

/// A day on which a verdict changes, as HTML. The pack's own words are marked as such.
fn foreseen(words: &Words, foreseen: &Foreseen<'_>) -> String {
    let mut said = format!("{}: ", escape(&words.isolated(&foreseen.day.to_string())));
    for check in &foreseen.checks {
        let _ = write!(
            said,
            "<strong>{}</strong> ({}) <span class=\"small\">[<bdi>{}</bdi>]</span>; ",
            escape(&check.said),
            original(check.reason),
            escape(check.rule)
        );
    }
    said + &escape(&foreseen.rest)
}

fn sources(words: &Words, quote: &Quote<'_>) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    let findings = quote
        .verdict
        .findings
        .iter()
        .filter(|f| f.outcome > Outcome::Passed)
        .map(|f| f.law());
    let rules = quote
        .verdict
        .lines
        .iter()
        .filter(|line| line.kind() != StepKind::Upside)
        .flat_map(|line| line.rules.iter().map(|used| used.law()));
    for law in findings.chain(rules) {
        let confidence = words.confidence(law.confidence);
        let act = if law.act.is_empty() {
            String::new()
        } else {
            format!(" {}.", words.isolated(&law.act))
        };
        let item = format!(
            "{} ({confidence}):{act} {}",
            words.isolated(&law.id),
            words.isolated(&law.sources.join(" "))
        );
        if !items.contains(&item) {
            items.push(item);
        }
    }
    items
}

/// A rate to six places; one below 1 to six figures, since a won is 0.00279981 zloty and not 0.0028.
fn legible(rate: Decimal) -> Decimal {
    let rounded = (rate < Decimal::ONE).then(|| rate.round_sf(6)).flatten();
    rounded.unwrap_or_else(|| rate.round_dp(6)).normalize()
}

/// The rates used for any of the quotes of one question, each once, in a sentence; empty if none was.
pub fn rates<'a, 'p: 'a>(words: &Words, quotes: impl IntoIterator<Item = &'a Quote<'p>>) -> String {
    let mut shown: Vec<String> = Vec::new();
    let mut of = None;
    for quote in quotes {
        for used in &quote.verdict.rates {
            of.get_or_insert(&quote.verdict);
            let rate = legible(used.rate);
            let text = format!("1 {} = {rate} {}", used.from, used.to);
            if !shown.contains(&text) {
                shown.push(text);
            }
        }
    }
    let Some(verdict) = of else {
        return String::new();
    };
    words.with(
        "rates-line",
        &[
            ("date", &verdict.rates_date.to_string()),
            ("source", verdict.rates_source),
            ("rates", &shown.join(", ")),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_shown_with_the_figures_that_were_used() {
        for (rate, expected) in [
            ("0.002799813345776948", "0.00279981"),
            ("0.709", "0.709"),
            ("1.0526315789473684", "1.052632"),
            ("12500.5", "12500.5"),
        ] {
            let rate: Decimal = rate.parse().unwrap();
            assert_eq!(legible(rate).to_string(), expected);
        }
    }
}
