//! The one calculation: a car, a market, a day, prices and rates go in; a verdict comes out.
//!
//! Three-valued throughout: what depends on an unknown fact is unknown, and every row that could apply counts. Dates of a
//! car known to the month or year are tried at both ends, and the cheapest and dearest case are kept.
//!
//! [`prepared`] works out what no market changes, [`context`] what one market makes of it; [`checks`] says whether the car may
//! enter, [`category`] whether that is said of such vehicles, and [`lines`] what is due, case by case; [`merge`] makes one
//! verdict of the cases, and [`total`] adds it up.

mod category;
mod checks;
mod context;
mod lines;
mod merge;
mod prepared;
mod prices;
mod total;

use jiff::civil::Date;

use crate::fact::{Car, FIRST_OWN, Fault, slot};
use crate::feel::{Span, Value};
use crate::money::Rates;
use crate::pack::{Law, Pack, RuleSet, Side};
use crate::verdict::{Finding, Line, RateUsed, Status, Values, Verdict, Why};
use context::Context;
use prepared::Scenario;

pub use prepared::{Prepared, arrival_fault};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The car, its importer and its way.
    pub car: &'a Car,
    /// The country it goes to.
    pub destination: &'a str,
    /// The day on which it leaves, as of which export control is judged; the day of arrival if it is not known.
    pub departure: Option<Date>,
    /// The day on which it arrives.
    pub arrival: Date,
    /// Prices.
    pub values: &'a Values,
    /// Exchange rates.
    pub rates: &'a Rates,
    /// Whether to spell out each formula with its numbers, which takes longer than the calculation itself.
    pub workings: bool,
}

impl RuleSet {
    /// The verdict for one car and one market.
    ///
    /// # Errors
    /// The country is not known, or the facts cannot be: each with its field, value and fix.
    pub fn evaluate<'a>(&'a self, question: &Question<'a>) -> Result<Verdict<'a>, Vec<Fault>> {
        let pack = self.market(question.destination)?;
        question.fits([pack])?;
        let mut prepared = question.prepare_for(pack.blank.len())?;
        if prepared.others.is_empty() {
            // Nobody else will need them.
            let names = std::mem::take(&mut prepared.first.names);
            let (case, _) = self.case(pack, &prepared, names);
            return Ok(total::total(pack, &prepared, case));
        }
        Ok(self.judge(pack, &prepared, &mut Vec::new()))
    }

    /// The verdicts for a prepared question in several markets, whichever the question names, one by one as they are asked for.
    pub fn answers<'a, 'q>(
        &'a self,
        prepared: &'q Prepared<'a>,
        markets: impl IntoIterator<Item = &'a Pack> + 'q,
    ) -> impl Iterator<Item = Verdict<'a>> + 'q {
        let mut room = Vec::new();
        markets
            .into_iter()
            .map(move |pack| self.judge(pack, prepared, &mut room))
    }

    /// The pack of a country that cars go to.
    ///
    /// # Errors
    /// There is none; the fault names what may have been meant.
    pub fn market(&self, country: &str) -> Result<&Pack, Vec<Fault>> {
        self.pack(country)
            .filter(|pack| pack.side == Side::Import)
            .ok_or_else(|| {
                let known: Vec<&str> = self.destinations().map(|pack| pack.country.as_str()).collect();
                let upper = country.to_ascii_uppercase();
                let hint = if known.contains(&upper.as_str()) {
                    format!("did you mean {upper:?}?")
                } else {
                    format!("there are {}", known.join(", "))
                };
                vec![Fault::new(
                    "destination",
                    country,
                    format!("there is no pack for this country; {hint}"),
                )]
            })
    }

    /// The verdict when the facts are known to be possible. `room` is for the values of names, and may be used again.
    pub(crate) fn judge<'a>(
        &'a self,
        pack: &'a Pack,
        prepared: &Prepared<'a>,
        room: &mut Vec<Value<'a>>,
    ) -> Verdict<'a> {
        let first = self.case_in(room, pack, prepared, &prepared.first);
        if prepared.others.is_empty() {
            return total::total(pack, prepared, first);
        }
        let others = prepared.others.iter();
        let cases = std::iter::once(first)
            .chain(others.map(|scenario| self.case_in(room, pack, prepared, scenario)))
            .collect();
        merge::merge(pack, prepared, cases)
    }

    /// As much of the verdict as an outlook compares.
    pub(crate) fn glance<'a>(
        &'a self,
        pack: &'a Pack,
        prepared: &Prepared<'a>,
        room: &mut Vec<Value<'a>>,
    ) -> Glance<'a> {
        if prepared.others.is_empty() {
            let case = self.case_in(room, pack, prepared, &prepared.first);
            let (status, known, total) = total::glance(pack, prepared, &case);
            return Glance {
                status,
                known,
                total,
                findings: case.findings,
                lines: case.lines,
            };
        }
        let verdict = self.judge(pack, prepared, room);
        Glance {
            status: verdict.status,
            known: verdict.known,
            total: verdict.total,
            findings: verdict.findings,
            lines: verdict.lines,
        }
    }

    /// As [`RuleSet::case`], with names that others need as well: they are copied into `room`.
    fn case_in<'a>(
        &'a self,
        room: &mut Vec<Value<'a>>,
        pack: &'a Pack,
        prepared: &Prepared<'a>,
        scenario: &Scenario<'a>,
    ) -> Case<'a> {
        let mut names = std::mem::take(room);
        names.clear();
        names.reserve(FIRST_OWN + pack.blank.len());
        names.extend_from_slice(&scenario.names);
        let case;
        (case, *room) = self.case(pack, prepared, names);
        case
    }

    /// One case, of which `names` are the names that no country changes, and the room of the names.
    fn case<'a>(
        &'a self,
        pack: &'a Pack,
        prepared: &Prepared<'a>,
        mut names: Vec<Value<'a>>,
    ) -> (Case<'a>, Vec<Value<'a>>) {
        let mut findings = Vec::with_capacity(pack.checks.len() + 2);
        for (export, checks) in self.controls(pack, prepared.way_named) {
            let region = names[slot::REGION];
            let context = Context::new(export, &pack.country, prepared, names);
            context.checks(checks, &mut findings);
            (_, names) = context.end();
            // What is left of that country in the names that all have is put there anew for the next, but for this one.
            names.truncate(FIRST_OWN);
            names[slot::REGION] = region;
        }
        let controls = findings.len();
        let mut context = Context::new(pack, &pack.country, prepared, names);
        let lines = context.lines();
        context.checks(&pack.barring, &mut findings);
        let doubtful = std::mem::take(&mut context.doubtful);
        let (rates, room) = context.end();
        let mut case = Case {
            findings,
            controls,
            lines,
            doubtful,
            rates,
        };
        if !prepared.categories.is_passenger_car() {
            category::withhold(pack, &mut case);
        }
        (case, room)
    }
}

/// What an outlook compares of verdicts.
pub(crate) struct Glance<'p> {
    pub(crate) status: Status,
    pub(crate) known: Span,
    pub(crate) total: Option<Span>,
    pub(crate) findings: Vec<Finding<'p>>,
    pub(crate) lines: Vec<Line<'p>>,
}

/// The outcome for one scenario.
struct Case<'p> {
    findings: Vec<Finding<'p>>,
    /// How many of the findings are those of export control.
    controls: usize,
    lines: Vec<Line<'p>>,
    /// The rules used that are undated or weak, in the order of the lines.
    doubtful: Vec<&'p Law>,
    rates: Vec<RateUsed>,
}

#[cold]
fn push<'a>(all: &mut Vec<Why<'a>>, why: Why<'a>) {
    if all.capacity() == 0 {
        // Nearly always it is the only one.
        *all = vec![why];
    } else if !all.contains(&why) {
        all.push(why);
    }
}
