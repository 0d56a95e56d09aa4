//! Where a rule comes from and when it holds, as each line of a rule says.

use super::Reading;
use crate::fact::distance;
use crate::pack::law::{Confidence, Days, Law, Standing};
use crate::pack::problem::Severity;
use crate::pack::text::{Record, Sheet};

/// The columns that say where a rule comes from, in every file that has rules.
pub(super) const LAW: [&str; 12] = [
    "id",
    "from",
    "to",
    "basis",
    "act",
    "source",
    "confidence",
    "status",
    "disputes",
    "unit",
    "note",
    "when",
];

impl Reading<'_> {
    pub(super) fn law(&mut self, file: &str, sheet: &Sheet, record: &Record) -> Option<Law> {
        let line = record.line;
        let cell = |name: &str| sheet.cell(record, name);
        let before = self.problems.found.len();
        let id = cell("id").to_owned();
        if id.is_empty() {
            self.error(file, line, "id must be given");
        } else if let Some(other) = self.ids.insert(id.clone(), format!("{file}:{line}")) {
            self.error(file, line, format!("id {id:?} is taken by {other}"));
        }
        let mut date = |name: &str| match cell(name) {
            "" => None,
            text => match text.parse() {
                Ok(date) => Some(date),
                Err(error) => {
                    self.problems.error(file, line, format!("{name}: {error}"));
                    None
                }
            },
        };
        let (from, to): (Option<crate::date::PartialDate>, Option<crate::date::PartialDate>) =
            (date("from"), date("to"));
        if let (Some(from), Some(to)) = (from, to)
            && to.last() < from.first()
        {
            self.error(
                file,
                line,
                format!("ends on {to}, before it begins on {from}: it would never hold"),
            );
        }
        let confidence = match cell("confidence") {
            "high" => Confidence::High,
            "medium" => Confidence::Medium,
            "low" => Confidence::Low,
            other => {
                self.error(
                    file,
                    line,
                    format!("confidence {other:?} is not one of high, medium, low"),
                );
                Confidence::Low
            }
        };
        let standing = match cell("status") {
            "" => Standing::InForce,
            "proposed" => Standing::Proposed,
            "quota" => Standing::Quota,
            "suspended" => Standing::Suspended,
            "superseded" => Standing::Superseded,
            "unverified" => Standing::Unverified,
            other => {
                let text = format!(
                    "status {other:?} is not one of proposed, quota, suspended, superseded, unverified; leave it empty for the law in force"
                );
                self.error(file, line, text);
                Standing::InForce
            }
        };
        if let Some(meant) = misspelt(cell("basis")) {
            let text = format!(
                "basis {:?} is taken for free words; write {meant:?}, or say it in other words",
                cell("basis")
            );
            self.error(file, line, text);
        }
        let unit = cell("unit");
        if !unit.is_empty() && !is_unit(unit) {
            self.error(file, line, format!("unit {unit:?} is not known; {UNITS}"));
        }
        let mut sources = Vec::new();
        for word in cell("source").split_whitespace() {
            if let Some(full) = self.sources.get(word) {
                self.used_sources.insert(word.to_owned());
                sources.push(full.clone());
            } else if word.contains("://") || word.starts_with("public-code-index:") {
                sources.push(word.to_owned());
            } else {
                self.problems.error(
                    file,
                    line,
                    format!("source {word:?} is neither an address nor a name in [sources] of country.toml"),
                );
            }
        }
        if sources.is_empty() {
            self.error(file, line, "no source; every rule names where it was read");
        }
        if self.problems.found[before..]
            .iter()
            .any(|p| p.severity == Severity::Error)
        {
            return None;
        }
        Some(Law {
            id,
            from,
            to,
            basis: cell("basis").to_owned(),
            act: cell("act").to_owned(),
            sources,
            confidence,
            standing,
            disputes: cell("disputes").split_whitespace().map(str::to_owned).collect(),
            unit: unit.to_owned(),
            note: cell("note").to_owned(),
            file: file.to_owned(),
            line,
            days: Days::of(from, to),
        })
    }
}

/// The cell with a meaning that a basis was probably meant to be. Misspelt, it would be free words, and the day that no act names
/// would be told as news.
fn misspelt(basis: &str) -> Option<&'static str> {
    if Law::ASSUMED.contains(&basis) {
        return None;
    }
    let lower = basis.to_lowercase();
    let mut words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    words.retain(|word| !word.is_empty());
    let said = words.join(" ");
    words.reverse();
    let turned = words.join(" ");
    let near = |meant: &&&str| [&said, &turned].iter().any(|said| distance(said, meant) <= 2);
    Law::ASSUMED.iter().find(near).copied()
}

/// What a unit may be, for the message that one is not.
const UNITS: &str = "write fraction, coefficient, years, months, year, date, cc, kW, hp, km, units, text, code, \
    condition, procedure, index (such as MRP or BRV), a currency, or a currency per cc, hp, g/km or vehicle (EUR/cc)";

fn is_unit(text: &str) -> bool {
    const PLAIN: [&str; 17] = [
        "fraction",
        "coefficient",
        "factor",
        "years",
        "months",
        "year",
        "date",
        "cc",
        "kW",
        "hp",
        "km",
        "units",
        "text",
        "code",
        "condition",
        "procedure",
        "words",
    ];
    let money = |text: &str| {
        let index = matches!(text, "MRP" | "BRV");
        index || text.parse::<crate::money::Currency>().is_ok()
    };
    PLAIN.contains(&text)
        || money(text)
        || text.split_once('/').is_some_and(|(money_of, per)| {
            money(money_of) && matches!(per, "cc" | "hp" | "kW" | "g/km" | "vehicle")
        })
}
