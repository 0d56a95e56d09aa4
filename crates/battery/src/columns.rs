//! Looks over columns of numbers, in the widest vectors that the processor has.
//!
//! None of them adds anything up: highest, lowest and first are the same in whatever order cells are looked at, and so the bits are
//! the same on every processor.

use fearless_simd::{Level, dispatch};

/// Columns are looked at by so many cells, each without a branch.
const LANES: usize = 8;

/// The lowest and the highest of a column; a missing value is neither. Infinity and negative infinity where all are missing.
pub fn range(values: &[f64]) -> (f64, f64) {
    #[inline(always)]
    fn look(values: &[f64]) -> (f64, f64) {
        let (mut low, mut high) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
        let (chunks, rest) = values.as_chunks::<LANES>();
        let mut take = |lane: usize, value: f64| {
            low[lane] = if value < low[lane] { value } else { low[lane] };
            high[lane] = if value > high[lane] { value } else { high[lane] };
        };
        for chunk in chunks {
            (0..LANES).for_each(|lane| take(lane, chunk[lane]));
        }
        rest.iter().for_each(|value| take(0, *value));
        (
            low.into_iter().fold(f64::INFINITY, f64::min),
            high.into_iter().fold(f64::NEG_INFINITY, f64::max),
        )
    }
    dispatch!(Level::new(), _simd => look(values))
}

/// How many values from the first on pass.
#[inline]
pub fn leading<T: Copy>(values: &[T], passes: impl Fn(T) -> bool) -> usize {
    #[inline(always)]
    fn look<T: Copy>(values: &[T], passes: impl Fn(T) -> bool) -> usize {
        let (chunks, _) = values.as_chunks::<LANES>();
        let all = |chunk: &&[T; LANES]| chunk.iter().fold(true, |all, value| all & passes(*value));
        let passed = LANES * chunks.iter().take_while(all).count();
        let rest = values.get(passed..).unwrap_or_default();
        passed + rest.iter().take_while(|value| passes(**value)).count()
    }
    dispatch!(Level::new(), _simd => look(values, &passes))
}

/// All values but the last, and all but the first: each with the one behind it.
fn neighbours(values: &[f64]) -> (&[f64], &[f64]) {
    let before = values.split_last().map_or(values, |(_, before)| before);
    (before, values.get(1..).unwrap_or_default())
}

/// How many values from the second on pass together with the one before.
#[inline]
pub fn leading_pairs(values: &[f64], passes: impl Fn(f64, f64) -> bool) -> usize {
    #[inline(always)]
    fn look(values: &[f64], passes: impl Fn(f64, f64) -> bool) -> usize {
        let (before, after) = neighbours(values);
        let all = |(before, after): &(&[f64; LANES], &[f64; LANES])| {
            (0..LANES).fold(true, |all, lane| all & passes(before[lane], after[lane]))
        };
        let chunks = before.as_chunks().0.iter().zip(after.as_chunks().0);
        let passed = LANES * chunks.take_while(all).count();
        let rest = before.iter().zip(after).skip(passed);
        passed
            + rest
                .take_while(|(before, after)| passes(**before, **after))
                .count()
    }
    dispatch!(Level::new(), _simd => look(values, &passes))
}

/// The highest of what is made of a row and the one before, in columns of the same length; `least` if nothing is higher.
#[inline]
pub fn highest_of_pairs<const N: usize>(
    least: f64,
    columns: [&[f64]; N],
    of: impl Fn([f64; N], [f64; N]) -> f64,
) -> f64 {
    #[inline(always)]
    fn look<const N: usize>(least: f64, columns: [&[f64]; N], of: impl Fn([f64; N], [f64; N]) -> f64) -> f64 {
        let pairs = columns.map(neighbours);
        let chunks =
            pairs.map(|(before, after)| (before.as_chunks::<LANES>().0, after.as_chunks::<LANES>().0));
        let whole = chunks.iter().map(|(before, _)| before.len()).min().unwrap_or(0);
        let mut lanes = [least; LANES];
        for chunk in 0..whole {
            let (before, after) = (chunks.map(|(b, _)| &b[chunk]), chunks.map(|(_, a)| &a[chunk]));
            for (lane, highest) in lanes.iter_mut().enumerate() {
                let value = of(before.map(|b| b[lane]), after.map(|a| a[lane]));
                *highest = if value > *highest { value } else { *highest };
            }
        }
        let mut highest = lanes.into_iter().fold(least, f64::max);
        let rows = pairs.iter().map(|(before, _)| before.len()).min().unwrap_or(0);
        for row in LANES * whole..rows {
            let value = of(pairs.map(|(b, _)| b[row]), pairs.map(|(_, a)| a[row]));
            highest = if value > highest { value } else { highest };
        }
        highest
    }
    dispatch!(Level::new(), _simd => look(least, columns, &of))
}

/// The smallest difference of neighbours above a limit, the first with the value before; infinity if there is none.
pub fn smallest_step(before: f64, values: &[f64], above: f64) -> f64 {
    let negative = |before: f64, value: f64| {
        let step = (value - before).abs();
        if step > above { -step } else { f64::NEG_INFINITY }
    };
    let first = values
        .first()
        .map_or(f64::NEG_INFINITY, |first| negative(before, *first));
    -highest_of_pairs(first, [values], |[before], [value]| negative(before, value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn column() -> impl Strategy<Value = Vec<f64>> {
        prop::collection::vec(
            prop_oneof![9 => -4.0..4.0, 1 => Just(f64::NAN), 1 => Just(0.0)],
            0..40,
        )
    }

    proptest! {
        #[test]
        fn vectors_see_what_one_cell_after_the_other_shows(values in column(), limit in -5.0..5.0) {
            let known = || values.iter().copied().filter(|value| !value.is_nan());
            prop_assert_eq!(range(&values), (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max)));
            prop_assert_eq!(leading(&values, |value| value < limit), values.iter().take_while(|value| **value < limit).count());
            let pairs = || values.windows(2).map(|pair| (pair[0], pair[1]));
            prop_assert_eq!(
                leading_pairs(&values, |before, after| after - before < limit),
                pairs().take_while(|(before, after)| after - before < limit).count()
            );
            let highest = pairs().map(|(before, after)| after - before).fold(limit, f64::max);
            prop_assert_eq!(highest_of_pairs(limit, [&values], |[before], [after]| after - before), highest);
            let steps = pairs().map(|(before, after)| (after - before).abs()).filter(|step| *step > limit.abs());
            prop_assert_eq!(smallest_step(f64::NAN, &values, limit.abs()), steps.fold(f64::INFINITY, f64::min));
        }
    }
}
