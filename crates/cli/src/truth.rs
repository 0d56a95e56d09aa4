//! The truth that `carnet battery validate` compares with: a CSV file with what was measured of each vehicle, or built into it.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use battery::{Chemistry, Pack};

use crate::failure::Failure;

/// The columns that are read, and how each is written; others are passed over.
const COLUMNS: [(&str, &str); 5] = [
    ("vehicle_id", "write the vehicle as the telemetry names it"),
    ("chem", "write NMC or LFP"),
    ("n_series", "write the number of cells in series, such as 96"),
    (
        "rated_ah",
        "write the rated capacity in Ah, above nought and with a point, such as 111.2",
    ),
    (
        "true_ah",
        "write the true capacity in Ah, above nought and with a point, such as 101.6",
    ),
];

/// What is true of a vehicle.
#[derive(Debug)]
pub struct Truth {
    /// In which line of the file it stands.
    pub line: u64,
    pub chemistry: Chemistry,
    pub n_series: u32,
    /// Ah.
    pub rated_ah: f64,
    /// Ah.
    pub true_ah: f64,
}

impl Truth {
    /// The battery as an assessment needs it described.
    pub fn pack(&self) -> Pack {
        Pack {
            chemistry: self.chemistry,
            n_series: self.n_series,
            rated_ah: Some(self.rated_ah),
            rated_kwh: None,
            rated_source: "truth file".into(),
            end_voltage: None,
        }
    }
}

/// Reads a truth file, by vehicle.
///
/// # Errors
/// It cannot be read, lacks a column, or has a value that cannot be. Says file, line, column, value and the fix.
pub fn read(path: &Path) -> Result<BTreeMap<String, Truth>, Failure> {
    let file = path.display();
    let text = std::fs::read(path).map_err(|e| {
        let fix = "give a CSV file with the columns vehicle_id, chem, n_series, rated_ah and true_ah";
        Failure::Value(format!("{file}: cannot be read: {e}; {fix}"))
    })?;
    parse(&text).map_err(|problem| Failure::Value(format!("{file}, {problem}")))
}

fn parse(text: &[u8]) -> Result<BTreeMap<String, Truth>, String> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text));
    let unreadable = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        format!("line {line}: {error}; save the file as CSV in UTF-8")
    };
    let head = reader.headers().map_err(unreadable)?.clone();
    let mut places = [0; COLUMNS.len()];
    for (place, (name, fix)) in places.iter_mut().zip(COLUMNS) {
        *place = head.iter().position(|column| column == name).ok_or_else(|| {
            let there: Vec<&str> = head.iter().collect();
            format!(
                "line 1: no column {name} among {:?}; name one {name}, with commas between columns, and {fix} in it",
                there.join(", ")
            )
        })?;
    }
    let mut truths: BTreeMap<String, Truth> = BTreeMap::new();
    for row in reader.records() {
        let row = row.map_err(unreadable)?;
        let row = Row {
            line: row.position().map_or(0, csv::Position::line),
            values: places.map(|place| row.get(place).unwrap_or_default().to_owned()),
        };
        let truth = Truth {
            line: row.line,
            chemistry: match row.values[1].to_ascii_uppercase().as_str() {
                "NMC" => Chemistry::Nmc,
                "LFP" => Chemistry::Lfp,
                _ => return Err(row.wrong(1, "is no chemistry there is")),
            },
            n_series: row.number(2, |cells: u32| cells > 0)?,
            rated_ah: row.number(3, positive)?,
            true_ah: row.number(4, positive)?,
        };
        let vehicle = row.values[0].clone();
        if vehicle.is_empty() {
            return Err(row.wrong(0, "names no vehicle"));
        }
        if let Some(before) = truths.get(&vehicle) {
            let problem = format!(
                "is there twice, first in line {}; leave one of the two out",
                before.line
            );
            return Err(row.at(0, &problem));
        }
        truths.insert(vehicle, truth);
    }
    if truths.is_empty() {
        return Err("line 2: no vehicle; write a line for each below the names of the columns".to_owned());
    }
    Ok(truths)
}

fn positive(amount: f64) -> bool {
    amount.is_finite() && amount > 0.0
}

/// A line of the file: its number, and the values of [`COLUMNS`].
struct Row {
    line: u64,
    values: [String; COLUMNS.len()],
}

impl Row {
    fn number<N: FromStr + Copy>(&self, column: usize, can_be: impl Fn(N) -> bool) -> Result<N, String> {
        let text = &self.values[column];
        let number = text.parse().map_err(|_| {
            self.wrong(
                column,
                if text.is_empty() {
                    "is empty"
                } else {
                    "is not such a number"
                },
            )
        })?;
        if can_be(number) {
            Ok(number)
        } else {
            Err(self.wrong(column, "cannot be"))
        }
    }

    /// A value that is not as its column is written.
    fn wrong(&self, column: usize, problem: &str) -> String {
        self.at(column, &format!("{problem}; {}", COLUMNS[column].1))
    }

    fn at(&self, column: usize, problem: &str) -> String {
        let (name, value) = (COLUMNS[column].0, &self.values[column]);
        format!("line {}, column {name}: {value:?} {problem}", self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "vehicle_id,chem,n_series,rated_ah,true_ah\n";

    #[test]
    fn a_truth_is_read_by_vehicle_and_other_columns_are_passed_over() {
        let truths =
            parse(b"note,true_ah,rated_ah,n_series,chem,vehicle_id\nx, 101.6,111.2,180,nmc, a\n").unwrap();
        let truth = &truths["a"];
        assert_eq!(
            (truth.n_series, truth.rated_ah, truth.true_ah),
            (180, 111.2, 101.6)
        );
    }

    #[test]
    fn what_is_wrong_in_a_truth_is_told_with_line_column_value_and_fix() {
        for (rows, said) in [
            (
                "a,NMC,180,111.2,101.6\nb,NMC,180,111;2,101.6\n",
                ["line 3", "rated_ah", "\"111;2\"", "with a point"],
            ),
            ("a,NMC,180,111.2\n", ["line 2", "true_ah", "is empty", "in Ah"]),
            (
                "a,NMC,180,111.2,-3\n",
                ["line 2", "true_ah", "\"-3\"", "above nought"],
            ),
            (
                "a,NMC,180,111.2,NaN\n",
                ["line 2", "true_ah", "\"NaN\"", "above nought"],
            ),
            (
                "a,NMC,0,111.2,101.6\n",
                ["line 2", "n_series", "\"0\"", "such as 96"],
            ),
            (
                "a,NMC,9.5,111.2,101.6\n",
                ["line 2", "n_series", "\"9.5\"", "such as 96"],
            ),
            (
                "a,NCA,180,111.2,101.6\n",
                ["line 2", "chem", "\"NCA\"", "NMC or LFP"],
            ),
            (
                ",NMC,180,111.2,101.6\n",
                ["line 2", "vehicle_id", "names no vehicle", "as the telemetry"],
            ),
            (
                "a,NMC,180,111.2,101.6\na,NMC,180,111.2,101.6\n",
                ["line 3", "vehicle_id", "\"a\"", "first in line 2"],
            ),
            ("", ["line 2", "no vehicle", "a line for each", "columns"]),
        ] {
            let problem = parse(format!("{HEAD}{rows}").as_bytes()).unwrap_err();
            for part in said {
                assert!(problem.contains(part), "{part}: {problem}");
            }
        }
        let problem =
            parse(b"vehicle_id,chem,n_series,rated_ah,capacity\na,NMC,180,111.2,101.6\n").unwrap_err();
        for part in ["line 1", "no column true_ah", "capacity", "true capacity in Ah"] {
            assert!(problem.contains(part), "{part}: {problem}");
        }
        let problem =
            parse(b"vehicle_id,chem,n_series,rated_ah,true_ah\n\xff,NMC,180,111.2,101.6\n").unwrap_err();
        assert!(
            problem.contains("line 2") && problem.contains("UTF-8"),
            "{problem}"
        );
    }
}
