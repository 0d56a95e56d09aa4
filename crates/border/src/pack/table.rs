//! Band tables: `rule`, then columns `when …` with tests, then columns with values.

use std::collections::BTreeMap;

use super::Row;
use super::names::Table;
use super::problem::Problems;
use super::text::Sheet;
use crate::fact::{FACTS, Kind};
use crate::feel::{Expr, Slot, Test, parse, parse_test};

/// A band table of one step.
#[derive(Debug, Default)]
pub(crate) struct Bands {
    pub(crate) tests: Vec<(String, Expr)>,
    pub(crate) columns: Vec<(String, Slot)>,
    pub(crate) rows: BTreeMap<String, Vec<Row>>,
}

enum Column {
    Rule,
    Note,
    Test(usize),
    Value(usize),
}

/// Reads a band table. The column `value` is that of the step and has place 0 among the values.
pub(crate) fn read(file: &str, sheet: &Sheet, names: &mut Table, problems: &mut Problems) -> Bands {
    let mut bands = Bands::default();
    let mut columns = Vec::new();
    for column in &sheet.columns {
        if column == "rule" {
            columns.push(Column::Rule);
        } else if column == "note" {
            columns.push(Column::Note);
        } else if let Some(text) = column.strip_prefix("when ") {
            match parse(text, names) {
                Ok(expr) => {
                    columns.push(Column::Test(bands.tests.len()));
                    bands.tests.push((text.trim().to_owned(), expr));
                }
                Err(problem) => {
                    problems.error(file, 1, format!("column {column:?}: {problem}"));
                    return bands;
                }
            }
        } else if column == "value" {
            columns.push(Column::Value(0));
        } else {
            match names.add_local(column) {
                Ok(slot) => {
                    bands.columns.push((column.clone(), slot));
                    columns.push(Column::Value(bands.columns.len()));
                }
                Err(problem) => {
                    problems.error(file, 1, format!("column {column:?}: {problem}"));
                    return bands;
                }
            }
        }
    }
    if !columns.iter().any(|column| matches!(column, Column::Rule)) {
        problems.error(file, 1, "no column \"rule\", which says whose rows these are");
        return bands;
    }
    for record in &sheet.records {
        let mut row = Row {
            file: file.to_owned(),
            line: record.line,
            tests: vec![Test::Any; bands.tests.len()],
            values: vec![None; bands.columns.len() + 1],
            note: String::new(),
            text: in_words(sheet, &record.cells),
        };
        let mut rule = String::new();
        for (column, cell) in columns.iter().zip(&record.cells) {
            match column {
                Column::Rule => rule.clone_from(cell),
                Column::Note => row.note.clone_from(cell),
                Column::Test(at) => match parse_test(cell) {
                    Ok(test) => {
                        let (text, expr) = &bands.tests[*at];
                        check_words(text, expr, &test, file, record.line, problems);
                        row.tests[*at] = test;
                    }
                    Err(problem) => problems.error(
                        file,
                        record.line,
                        format!("when {}: {problem}", bands.tests[*at].0),
                    ),
                },
                Column::Value(_) if cell.is_empty() => {}
                Column::Value(at) => match parse(cell, names) {
                    Ok(expr) => row.values[*at] = Some(expr),
                    Err(problem) => problems.error(file, record.line, format!("{cell:?}: {problem}")),
                },
            }
        }
        bands.rows.entry(rule).or_default().push(row);
    }
    bands
}

/// A row as one reads it: `cc (1500..2000], age > 3: value 58.7`.
fn in_words(sheet: &Sheet, cells: &[String]) -> String {
    let (mut when, mut then) = (Vec::new(), Vec::new());
    for (column, cell) in sheet.columns.iter().zip(cells) {
        match column.strip_prefix("when ") {
            Some(_) if cell.is_empty() || cell == "-" => {}
            Some(what) => when.push(format!("{what} {cell}")),
            None if matches!(column.as_str(), "rule" | "note") => {}
            None => then.push(format!(
                "{column} {}",
                if cell.is_empty() { "not found" } else { cell }
            )),
        }
    }
    let then = then.join(", ");
    if when.is_empty() {
        then
    } else {
        format!("{}: {then}", when.join(", "))
    }
}

/// A word that a fact never has would make a row that nothing reaches.
pub(crate) fn check_words(
    text: &str,
    expr: &Expr,
    test: &Test,
    file: &str,
    line: u64,
    problems: &mut Problems,
) {
    if !matches!(expr, Expr::Name(_)) {
        return;
    }
    let Some(fact) = FACTS.iter().find(|fact| fact.name == text) else {
        return;
    };
    let mut words = Vec::new();
    test.words(&mut words);
    let known: &[&str] = match fact.kind {
        Kind::Word(known) | Kind::Words(known) => known,
        Kind::Flag => &["true", "false"],
        Kind::Number { .. } | Kind::Date if !words.is_empty() => {
            problems.error(
                file,
                line,
                format!("{text}: {:?} is no number and no day", words[0]),
            );
            return;
        }
        _ => return,
    };
    let mut bounds = Vec::new();
    test.bounds(&mut bounds);
    if !bounds.is_empty() {
        problems.error(file, line, format!("{text} is a word, and this is a number"));
    }
    for word in words {
        if !known.contains(&word) {
            let hint = crate::fact::nearest(word, known.iter().copied());
            problems.error(file, line, format!("{text} is never {word:?}; {hint}"));
        }
    }
}
