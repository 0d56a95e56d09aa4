//! Adding up: the status, the total in both currencies, what is to be asked and what to know about the figures.

use super::{Case, Prepared, Question, category, push};
use crate::decimal::{Exchange, Short};
use crate::fact::place;
use crate::feel::{Number, Span, Value};
use crate::money::{Currency, Money};
use crate::pack::{Confidence, Effect, Law, Pack, StepKind};
use crate::verdict::{Caution, Finding, Line, Outcome, RateUsed, Status, Values, Verdict, Why};
use jiff::civil::Date;

/// The verdict of one case, or of several that were made one.
pub(super) fn total<'a>(pack: &'a Pack, prepared: &Prepared<'a>, case: Case<'a>) -> Verdict<'a> {
    let question = &prepared.question;
    let Case {
        mut findings,
        controls,
        mut lines,
        doubtful,
        mut rates,
    } = case;
    let status = status(&findings, controls, prepared);
    findings[controls..].sort_by_key(|finding| std::cmp::Reverse(finding.outcome));
    findings[..controls].sort_by_key(|finding| std::cmp::Reverse(finding.outcome));
    let seller_currency = question.values.price.map(|price| price.currency);
    let rate = seller_currency.and_then(|to| question.rates.rate(pack.currency, to));
    if let (Some(to), Some(rate)) = (seller_currency, rate)
        && to != pack.currency
        && !rates
            .iter()
            .any(|used| (used.from, used.to) == (to, pack.currency))
    {
        rates.push(RateUsed {
            from: pack.currency,
            to,
            rate,
        });
    }
    let exchange = rate.map(Number::from);
    let of_cents = match exchange {
        Some(Number::Short(rate)) => Exchange::by(rate),
        _ => None,
    };
    let mut sums = Sums::NOTHING;
    for line in &mut lines {
        if let Some(rate) = exchange
            && line.kind() != StepKind::Value
        {
            // The two ends may belong to different cases, so they are converted apart.
            line.seller_amount = match (&line.amount, &of_cents) {
                (Some(Number::Short(amount)), Some(of_cents)) => of_cents.cents(*amount).map(Number::Short),
                _ => None,
            };
            if line.seller_amount.is_none() {
                line.seller_amount = line.amount.and_then(|amount| amount.converted(rate, 2));
                if line.seller_amount.is_none() && line.amount.is_some() {
                    push(&mut line.why, Why::Arithmetic);
                }
            }
        } else if let Some(from) = seller_currency
            && line.amount.is_some()
            && line.kind() != StepKind::Value
        {
            // Due in the market's currency, it is missing in the seller's.
            let to = pack.currency;
            push(&mut line.why, Why::NoRate { from, to });
        }
        sums.add(line);
    }
    let Sums {
        known,
        missing,
        seller,
    } = sums;
    let total = known.whole(pack, &missing);
    let seller_total = total.and(rate).and(seller.whole.then_some(seller.sum));
    let paid = total.and_then(|_| paid(question, pack.currency, &rates));
    let landed = total.zip(paid).and_then(|(total, paid)| total.plus(paid));
    let seller_landed = seller_total
        .zip(prepared.paid)
        .and_then(|(total, paid)| total.plus(paid));
    let mut cautions = cautions(pack, prepared, &doubtful);
    if !rates.is_empty() && far(question.rates.date, question.arrival) {
        let date = question.rates.date;
        cautions.push(Caution::RatesFar { date });
    }
    let asks = asks(prepared, &findings, &lines);
    Verdict {
        country: &pack.country,
        name: &pack.name,
        departure: prepared.departure,
        arrival: question.arrival,
        status,
        findings,
        lines,
        currency: pack.currency,
        total: total.map(Number::span),
        known: known.sum.span(),
        missing_lines: missing,
        seller_currency,
        seller_total: seller_total.map(Number::span),
        landed: landed.map(Number::span),
        seller_landed: seller_landed.map(Number::span),
        asks,
        cautions,
        rates,
        rates_date: question.rates.date,
        rates_source: &question.rates.source,
        as_of: pack.as_of,
        headline: &pack.headline,
        gaps: &pack.gaps,
    }
}

/// Status and sums of one case, without what a verdict says besides.
pub(super) fn glance(pack: &Pack, prepared: &Prepared<'_>, case: &Case<'_>) -> (Status, Span, Option<Span>) {
    let mut sums = Sums::NOTHING;
    case.lines.iter().for_each(|line| sums.add(line));
    let Sums { known, missing, .. } = sums;
    let total = known.whole(pack, &missing).map(Number::span);
    (
        status(&case.findings, case.controls, prepared),
        known.sum.span(),
        total,
    )
}

/// What the charges come to, in one pass over the lines.
struct Sums<'a> {
    /// Those that are known.
    known: Added,
    /// The names of those that are not.
    missing: Vec<&'a str>,
    /// Those in the seller's currency; no whole sum if one of them is not known in it.
    seller: Added,
}

impl<'a> Sums<'a> {
    const NOTHING: Self = Sums {
        known: Added::NOTHING,
        missing: Vec::new(),
        seller: Added::NOTHING,
    };

    /// Adds a line, if it is a charge.
    #[inline]
    fn add(&mut self, line: &Line<'a>) {
        if line.kind() != StepKind::Charge {
            return;
        }
        match &line.amount {
            Some(amount) => self.known.add(amount),
            None => self.missing.push(line.name()),
        }
        match &line.seller_amount {
            Some(amount) => self.seller.add(amount),
            None => self.seller.whole = false,
        }
    }
}

/// A sum, and whether it is one: what goes beyond 28 digits is left out.
struct Added {
    sum: Number,
    whole: bool,
}

impl Added {
    const NOTHING: Added = Added {
        sum: Number::Short(Short::ZERO),
        whole: true,
    };

    #[inline]
    fn add(&mut self, amount: &Number) {
        if let (Number::Short(sum), Number::Short(amount)) = (&mut self.sum, amount)
            && let Some(next) = sum.plus(*amount)
        {
            *sum = next;
            return;
        }
        self.add_the_long_way(*amount);
    }

    #[cold]
    fn add_the_long_way(&mut self, amount: Number) {
        match self.sum.plus(amount) {
            Some(next) => self.sum = next,
            None => self.whole = false,
        }
    }

    /// The sum of all charges, if none is missing. A pack that knows of no charge does not know that there is none.
    fn whole(&self, pack: &Pack, missing: &[&str]) -> Option<Number> {
        let charged = || pack.steps.iter().any(|step| step.kind == StepKind::Charge);
        (self.whole && missing.is_empty() && charged()).then_some(self.sum)
    }
}

/// Price, freight and insurance in a currency, if all are known. Rates that were used are not looked for again.
pub(super) fn paid(question: &Question<'_>, to: Currency, used: &[RateUsed]) -> Option<Number> {
    let Values {
        price: Some(price),
        freight: Some(freight),
        insurance: Some(insurance),
        ..
    } = question.values
    else {
        return None;
    };
    let mut sum = Added::NOTHING;
    let mut last: Option<(Currency, Number)> = None;
    for Money { amount, currency } in [price, freight, insurance] {
        let amount = Number::from(*amount);
        let here = if *currency == to {
            amount.rounded(2)
        } else {
            let rate = match last {
                Some((known, rate)) if known == *currency => rate,
                _ => {
                    let known = used.iter().find(|used| used.from == *currency && used.to == to);
                    let known = known.map(|used| used.rate);
                    known.or_else(|| question.rates.rate(*currency, to))?.into()
                }
            };
            last = Some((*currency, rate));
            amount.converted(rate, 2)?
        };
        sum.add(&here);
    }
    (sum.whole && sum.sum.is_exact()).then_some(sum.sum)
}

fn status(findings: &[Finding<'_>], controls: usize, prepared: &Prepared<'_>) -> Status {
    let worst = findings.iter().map(|finding| finding.outcome).max();
    match worst {
        Some(Outcome::Denied) => Status::NotAdmissible,
        Some(Outcome::Doubtful) => Status::Unknown,
        // That no rule for passenger cars bars it says nothing about another vehicle.
        _ if !prepared.categories.is_passenger_car() => Status::Unknown,
        // Warnings alone say nothing about admission.
        _ if findings[controls..]
            .iter()
            .all(|finding| finding.effect() == Effect::Warn) =>
        {
            Status::Unknown
        }
        Some(Outcome::Condition) => Status::Conditional,
        _ => Status::Admissible,
    }
}

/// How many calendar months before the arrival rates may be.
const FRESH_MONTHS: i32 = 3;

/// Whether rates of a day say little of the day of arrival.
fn far(rates: Date, arrival: Date) -> bool {
    let months = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
    rates > arrival || months(arrival) - months(rates) >= FRESH_MONTHS
}

fn cautions<'a>(pack: &'a Pack, prepared: &Prepared<'a>, doubtful: &[&'a Law]) -> Vec<Caution<'a>> {
    let question = &prepared.question;
    let mut cautions = Vec::new();
    if !prepared.categories.is_passenger_car() {
        cautions.push(Caution::PassengerCars {
            category: prepared.categories.only(),
        });
    }
    if let Some(from) = question.car.power_from() {
        cautions.push(Caution::PowerConverted { from });
    }
    if let Some(region) = pack.regions.first()
        && (question.car.text_at(place::REGION))
            .is_none_or(|given| pack.region_of(Value::Text(given)).is_none())
    {
        cautions.push(Caution::RegionAssumed { region });
    }
    let (mut undated, mut weak): (Vec<&'a str>, Vec<&'a str>) = (Vec::new(), Vec::new());
    let add = |ids: &mut Vec<&'a str>, id: &'a str| {
        // Rules that are one and the same have their name at one place.
        if !ids.iter().any(|known| std::ptr::eq(*known, id)) {
            ids.push(id);
        }
    };
    for law in doubtful {
        if law.is_undated() {
            add(&mut undated, &law.id);
        }
        if law.confidence == Confidence::Low {
            add(&mut weak, &law.id);
        }
    }
    if !undated.is_empty() {
        cautions.push(Caution::Undated { rules: undated });
    }
    if !weak.is_empty() {
        cautions.push(Caution::Weak { rules: weak });
    }
    cautions
}

fn asks<'a>(prepared: &Prepared<'_>, findings: &[Finding<'a>], lines: &[Line<'a>]) -> Vec<Why<'a>> {
    let mut asks = Vec::new();
    asks.extend(category::question(prepared.categories));
    for why in findings
        .iter()
        .filter(|finding| finding.outcome >= Outcome::Condition)
        .flat_map(|finding| &finding.why)
    {
        ask(why, lines, &mut asks);
    }
    for why in lines
        .iter()
        // Few lines have anything to say, and their kind lies elsewhere in memory.
        .filter(|line| !line.why.is_empty() && line.kind() == StepKind::Charge)
        .flat_map(|line| &line.why)
    {
        ask(why, lines, &mut asks);
    }
    asks
}

/// Adds what a user could answer; of a line that rests on others, what they need.
fn ask<'a>(why: &Why<'a>, lines: &[Line<'a>], asks: &mut Vec<Why<'a>>) {
    match why {
        Why::NotGiven { .. } | Why::NoRate { .. } | Why::DateNotExact { .. } => push(asks, why.clone()),
        Why::DependsOn { step } => {
            // Steps rest on earlier ones only, so this ends.
            let before = lines
                .iter()
                // A step has its name at one place.
                .position(|line| std::ptr::eq(line.name(), *step))
                .unwrap_or_default();
            if let Some(line) = lines.get(before) {
                for why in &line.why {
                    ask(why, &lines[..before], asks);
                }
            }
        }
        _ => {}
    }
}
