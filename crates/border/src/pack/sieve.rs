//! Which rows of a step a value leaves over, worked out when a pack is loaded: a table of four hundred rows has some twenty bands
//! in a column, and a car lies in one of them. What is left over is still tried; what is left out could not have passed.

use rust_decimal::Decimal;

use super::{Row, Rule};
use crate::decimal::Short;
use crate::feel::{Bound, Number, Test, Tri, Value};

/// Tables of fewer rows are quicker tried than sieved.
const FEWEST: usize = 6;

/// How many words a set of rows has at most: tables of more than 1,024 rows, of which there is none, are tried row by row.
const MOST_WORDS: usize = 16;

/// The least decimals to which edges are written: those of ages.
const DECIMALS: u32 = 6;

/// For each column of tests, the rows that may pass.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sieve {
    /// How many words of 64 rows a set has; none if nothing is sieved.
    words: usize,
    columns: Vec<Column>,
}

/// The rows that one column leaves over, by what is looked at.
#[derive(Clone, Debug)]
struct Column {
    /// The numbers at which bands begin or end, in order, in units of the last of so many decimals.
    edges: Vec<i64>,
    decimals: u32,
    /// A set for the numbers below the first edge, for the first edge, for those between it and the next, and so on; none if
    /// an edge has too many digits.
    by_number: Vec<u64>,
    texts: Vec<String>,
    /// A set for each text, and one for all others.
    by_text: Vec<u64>,
    /// For false and for true.
    by_truth: Vec<u64>,
}

impl Sieve {
    pub(crate) fn of(columns: usize, rules: &[Rule]) -> Sieve {
        let rows: Vec<&Row> = rules.iter().flat_map(|rule| &rule.rows).collect();
        if rows.len() < FEWEST || rows.len() > MOST_WORDS * 64 || columns == 0 {
            return Sieve::default();
        }
        let columns = (0..columns)
            .map(|column| Column::of(&rows.iter().map(|row| &row.tests[column]).collect::<Vec<_>>()))
            .collect();
        Sieve {
            words: rows.len().div_ceil(64),
            columns,
        }
    }

    /// Puts the rows that the values of all columns leave over into `left`; all of them if nothing is sieved.
    pub(crate) fn sieve(&self, values: &[Value<'_>], left: &mut Left) {
        left.words = self.words;
        if self.words == 0 {
            return;
        }
        let left = left.set.get_mut(..self.words).unwrap_or_default();
        left.fill(u64::MAX);
        for (column, value) in self.columns.iter().zip(values) {
            let Some((sets, at)) = column.place(value) else {
                continue;
            };
            let set = sets
                .get(at * self.words..(at + 1) * self.words)
                .unwrap_or_default();
            for (left, set) in left.iter_mut().zip(set) {
                *left &= set;
            }
        }
    }
}

/// Rows that are left over, in the order of the rules and their rows.
#[derive(Debug, Default)]
pub(crate) struct Left {
    /// None if all rows are.
    words: usize,
    set: [u64; MOST_WORDS],
}

impl Left {
    /// The first of these rows that is left over.
    pub(crate) fn first(&self, rows: std::ops::Range<usize>) -> Option<usize> {
        let mut at = rows.start;
        if self.words == 0 {
            return (at < rows.end).then_some(at);
        }
        while at < rows.end {
            let word = self.set.get(at / 64)?;
            let rest = word >> (at % 64);
            if rest != 0 {
                at += rest.trailing_zeros() as usize;
                return (at < rows.end).then_some(at);
            }
            at = (at / 64 + 1) * 64;
        }
        None
    }
}

impl Column {
    fn of(tests: &[&Test]) -> Column {
        let (mut bounds, mut words) = (Vec::new(), Vec::new());
        for test in tests {
            test.bounds(&mut bounds);
            test.words(&mut words);
        }
        let mut numbers: Vec<_> = bounds
            .iter()
            .filter_map(|bound| match bound {
                Bound::Number(number) => Some(number.decimal()),
                Bound::Day(_) => None,
            })
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        words.sort_unstable();
        words.dedup();
        let decimals = numbers.iter().map(Decimal::scale).fold(DECIMALS, u32::max);
        let mut column = Column {
            edges: (numbers.iter().copied())
                .filter_map(|number| Short::of(number)?.units(decimals))
                .collect(),
            decimals,
            by_number: Vec::new(),
            texts: words.iter().map(|word| (*word).to_owned()).collect(),
            by_text: Vec::new(),
            by_truth: Vec::new(),
        };
        let set = |sets: &mut Vec<u64>, value: Value<'_>| {
            for tests in tests.chunks(64) {
                let bits = tests
                    .iter()
                    .enumerate()
                    .filter(|(_, test)| test.passes(&value) != Tri::No)
                    .fold(0, |bits, (at, _)| bits | 1 << at);
                sets.push(bits);
            }
        };
        // One number of each band stands for all of them: they lie alike to every edge.
        let between = |at: usize| match (at.checked_sub(1).and_then(|at| numbers.get(at)), numbers.get(at)) {
            (None, None) => Some(Decimal::ZERO),
            (None, Some(first)) => first.checked_sub(Decimal::ONE),
            (Some(last), None) => last.checked_add(Decimal::ONE),
            (Some(low), Some(high)) => low
                .checked_add(*high)
                .and_then(|both| both.checked_div(Decimal::TWO))
                .filter(|middle| middle > low && middle < high),
        };
        let stand_in: Option<Vec<_>> = (0..=numbers.len())
            .flat_map(|at| std::iter::once(between(at)).chain(numbers.get(at).copied().map(Some)))
            .collect();
        if let Some(numbers_of_bands) = stand_in.filter(|_| column.edges.len() == numbers.len()) {
            for number in numbers_of_bands {
                set(&mut column.by_number, Value::number(number));
            }
        }
        for word in words {
            set(&mut column.by_text, Value::Text(word));
        }
        // No test has this as its word: words have no quotes.
        set(&mut column.by_text, Value::Text("\""));
        set(&mut column.by_truth, Value::Bool(false));
        set(&mut column.by_truth, Value::Bool(true));
        column
    }

    /// The set of a value: where it is, and which one of those it is. None if it leaves everything over.
    fn place(&self, value: &Value<'_>) -> Option<(&[u64], usize)> {
        match value {
            Value::Number(Number::Short(number)) if !self.by_number.is_empty() => {
                let number = number.units(self.decimals)?;
                let below = self.edges.partition_point(|edge| *edge < number);
                let is_edge = self.edges.get(below) == Some(&number);
                Some((&self.by_number, below * 2 + usize::from(is_edge)))
            }
            Value::Text(text) => {
                let known = self.texts.iter().position(|known| known == text);
                Some((&self.by_text, known.unwrap_or(self.texts.len())))
            }
            Value::Bool(truth) => Some((&self.by_truth, usize::from(*truth))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::feel::parse_test;

    fn any_cell() -> impl Strategy<Value = String> {
        let number = || (0_i32..60).prop_map(|n| format!("{}.{}", n / 2, n % 2 * 5));
        let word = prop_oneof![Just("petrol"), Just("diesel"), Just("true")].prop_map(str::to_owned);
        prop_oneof![
            Just("-".to_owned()),
            number(),
            number().prop_map(|n| format!("<= {n}")),
            number().prop_map(|n| format!("> {n}")),
            (number(), 1_i32..9).prop_map(|(n, more)| {
                let high: Decimal = n.parse::<Decimal>().unwrap() + Decimal::from(more);
                format!("({n}..{high}]")
            }),
            word.clone(),
            word.prop_map(|word| format!("not({word})")),
            (number(), number()).prop_map(|(a, b)| format!("{a}, {b}")),
        ]
    }

    proptest! {
        #[test]
        fn no_row_that_may_pass_is_left_out_and_none_that_cannot_is_kept(
            cells in prop::collection::vec(any_cell(), 1..150),
            number in 0_i32..320,
        ) {
            let tests: Vec<Test> = cells.iter().map(|cell| parse_test(cell).unwrap()).collect();
            let column = Column::of(&tests.iter().collect::<Vec<_>>());
            let sieve = Sieve { words: tests.len().div_ceil(64), columns: vec![column] };
            let mut left = Left::default();
            for value in [
                Value::number(Decimal::new(i64::from(number), 1)),
                Value::Text("petrol"),
                Value::Text("electric"),
                Value::Bool(true),
                Value::Bool(false),
            ] {
                sieve.sieve(&[value], &mut left);
                for (at, test) in tests.iter().enumerate() {
                    let kept = left.first(at..at + 1).is_some();
                    prop_assert_eq!(kept, test.passes(&value) != Tri::No, "{:?} {:?}", cells[at], value);
                }
            }
            for value in [Value::Unknown(3), Value::Null] {
                sieve.sieve(&[value], &mut left);
                prop_assert!((0..tests.len()).all(|at| left.first(at..tests.len()) == Some(at)));
            }
        }

        #[test]
        fn of_several_columns_and_rules_the_rows_are_left_that_may_pass_in_every_column(
            cells in prop::collection::vec([any_cell(), any_cell(), any_cell()], FEWEST..150),
            second_rule in any::<prop::sample::Index>(),
            number in 0_i32..320,
            truth in any::<bool>(),
        ) {
            let tests: Vec<[Test; 3]> =
                cells.iter().map(|row| row.each_ref().map(|cell| parse_test(cell).unwrap())).collect();
            let column = |at: usize| Column::of(&tests.iter().map(|row| &row[at]).collect::<Vec<_>>());
            let sieve = Sieve { words: tests.len().div_ceil(64), columns: (0..3).map(column).collect() };
            let number = Value::number(Decimal::new(i64::from(number), 1));
            let second_rule = second_rule.index(tests.len());
            let mut left = Left::default();
            for values in [
                [number, Value::Text("petrol"), Value::Bool(truth)],
                [Value::Text("diesel"), number, number],
                [number, Value::Unknown(3), Value::Text("electric")],
            ] {
                sieve.sieve(&values, &mut left);
                for rule in [0..second_rule, second_rule..tests.len()] {
                    let mut kept = Vec::new();
                    let mut rest = rule.clone();
                    while let Some(at) = left.first(rest.clone()) {
                        kept.push(at);
                        rest.start = at + 1;
                    }
                    let may_pass = |at: &usize| {
                        let mut cells = tests[*at].iter().zip(values);
                        cells.all(|(test, value)| test.passes(&value) != Tri::No)
                    };
                    let wanted: Vec<usize> = rule.filter(may_pass).collect();
                    prop_assert_eq!(kept, wanted, "{:?} {:?}", cells, values);
                }
            }
        }
    }
}
