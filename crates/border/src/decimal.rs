//! Arithmetic of decimals that fit a machine word, as most prices and rates do; all others take the library's long way.
//! The results are the library's, to the last digit.

use std::cmp::Ordering;

use rust_decimal::Decimal;

/// A decimal's digits, if they fit a machine word.
fn word(number: Decimal) -> Option<i64> {
    i64::try_from(number.mantissa()).ok()
}

/// The sum; `None` beyond 28 digits.
pub(crate) fn sum(a: Decimal, b: Decimal) -> Option<Decimal> {
    if a.scale() == b.scale()
        && let (Some(x), Some(y)) = (word(a), word(b))
        && let Some(sum) = x.checked_add(y)
    {
        return Some(Decimal::new(sum, a.scale()));
    }
    a.checked_add(b)
}

/// The product; `None` beyond 28 digits.
pub(crate) fn product(a: Decimal, b: Decimal) -> Option<Decimal> {
    let scale = a.scale() + b.scale();
    if scale <= Decimal::MAX_SCALE
        && let (Some(x), Some(y)) = (word(a), word(b))
    {
        let product = i128::from(x) * i128::from(y);
        if product.unsigned_abs() < 1 << 96 {
            return Decimal::try_from_i128_with_scale(product, scale).ok();
        }
    }
    a.checked_mul(b)
}

/// Half up, away from zero, to so many decimals.
pub(crate) fn rounded(number: Decimal, decimals: u32) -> Decimal {
    let scale = number.scale();
    if scale <= decimals {
        return number;
    }
    // A decimal has 96 bits and at most 28 decimals, so both fit.
    let mantissa = number.mantissa();
    let down = scale - decimals;
    let nearest = match (i64::try_from(mantissa), 10_i64.checked_pow(down)) {
        (Ok(mantissa), Some(unit)) => {
            let up = i64::from((mantissa % unit).unsigned_abs() >= unit.unsigned_abs() / 2);
            i128::from(mantissa / unit + up * mantissa.signum())
        }
        _ => {
            let unit = 10_i128.pow(down);
            let whole = mantissa / unit;
            let rest = mantissa - whole * unit;
            let up = i128::from(rest.unsigned_abs() >= unit.unsigned_abs() / 2);
            whole + up * mantissa.signum()
        }
    };
    Decimal::from_i128_with_scale(nearest, decimals)
}

/// To so many significant digits, half up.
pub(crate) fn significant(number: Decimal, digits: u32) -> Decimal {
    let has = number
        .mantissa()
        .unsigned_abs()
        .checked_ilog10()
        .map_or(1, |log| log + 1);
    match has.checked_sub(digits) {
        None | Some(0) => number,
        Some(more) => rounded(number, number.scale().saturating_sub(more)),
    }
}

/// The order of two decimals.
pub(crate) fn order(a: Decimal, b: Decimal) -> Ordering {
    let (scale, other) = (a.scale(), b.scale());
    if scale == other {
        return a.mantissa().cmp(&b.mantissa());
    }
    if let (Some(x), Some(y)) = (word(a), word(b))
        && let Some(unit) = 10_i64.checked_pow(scale.abs_diff(other))
    {
        let unit = i128::from(unit);
        return if scale < other {
            (i128::from(x) * unit).cmp(&i128::from(y))
        } else {
            i128::from(x).cmp(&(i128::from(y) * unit))
        };
    }
    a.cmp(&b)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::RoundingStrategy;

    use super::*;

    fn any_decimal() -> impl Strategy<Value = Decimal> {
        (-(1_i128 << 95)..1_i128 << 95, 0_u32..96, 0_u32..=28)
            .prop_map(|(mantissa, cut, scale)| Decimal::from_i128_with_scale(mantissa >> cut, scale))
    }

    #[test]
    fn a_rate_keeps_so_many_digits_wherever_its_point_is() {
        let third = Decimal::ONE / Decimal::from(3);
        assert_eq!(significant(third, 4), Decimal::new(3333, 4));
        assert_eq!(significant(Decimal::from(150), 4), Decimal::from(150));
        assert_eq!(significant(Decimal::new(1_234_567, 2), 4), Decimal::from(12_346));
    }

    proptest! {
        #[test]
        fn the_short_way_gives_what_the_library_gives(a in any_decimal(), b in any_decimal(), decimals in 0_u32..8) {
            prop_assert_eq!(sum(a, b), a.checked_add(b));
            prop_assert_eq!(product(a, b), a.checked_mul(b));
            prop_assert_eq!(order(a, b), a.cmp(&b));
            prop_assert_eq!(order(a, a), Ordering::Equal);
            let long = a.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
            prop_assert_eq!(rounded(a, decimals), long);
        }
    }
}
