//! Arithmetic of decimals whose digits fit a machine word, as most prices and rates do; all others take the library's long
//! way. The results are worth what the library's are, and have its decimal places, but for a product of nought, which may keep more.

use std::cmp::Ordering;
use std::num::NonZeroU32;

use rust_decimal::Decimal;

const POWERS: [i64; 19] = {
    let mut powers = [1; 19];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

/// A decimal of digits that fit a machine word: what nearly every fact, price, rate and amount is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Short {
    digits: i64,
    /// One more than how many of them are decimals, of which there are at most 28: what is none, then, is a zero here, and goes
    /// through the same two registers.
    places: NonZeroU32,
}

impl Short {
    pub(crate) const ZERO: Short = Short::new(0, 0);

    /// So many units of the last decimal.
    #[inline]
    pub(crate) const fn new(digits: i64, scale: u32) -> Short {
        let places = NonZeroU32::MIN.saturating_add(scale);
        Short { digits, places }
    }

    #[inline]
    fn scale(self) -> u32 {
        self.places.get() - 1
    }

    /// The same number; `None` if it has too many digits, or is the zero below zero.
    #[inline]
    pub(crate) fn of(number: Decimal) -> Option<Short> {
        let parts = number.unpack();
        if parts.hi != 0 || parts.mid >> 31 != 0 {
            return None;
        }
        let digits = i64::from(parts.mid) << 32 | i64::from(parts.lo);
        if parts.negative && digits == 0 {
            return None;
        }
        let digits = if parts.negative { -digits } else { digits };
        Some(Short::new(digits, parts.scale))
    }

    /// The same number.
    #[inline]
    pub(crate) fn decimal(self) -> Decimal {
        // In its parts: what the library makes of a word goes through memory, which takes several times as long.
        let digits = self.digits.unsigned_abs();
        #[expect(clippy::cast_possible_truncation)]
        let (low, middle) = (digits as u32, (digits >> 32) as u32);
        Decimal::from_parts(low, middle, 0, self.is_negative(), self.scale())
    }

    /// The same number below zero.
    pub(crate) fn negative(self) -> Short {
        Short {
            digits: self.digits.wrapping_neg(),
            ..self
        }
    }

    pub(crate) fn is_negative(self) -> bool {
        self.digits < 0
    }

    /// Both with as many decimals as the one that has more.
    #[inline]
    fn aligned(self, other: Short) -> Option<(i64, i64, NonZeroU32)> {
        if self.places == other.places {
            return Some((self.digits, other.digits, self.places));
        }
        let unit = *POWERS.get(self.places.get().abs_diff(other.places.get()) as usize)?;
        if self.places < other.places {
            Some((self.digits.checked_mul(unit)?, other.digits, other.places))
        } else {
            Some((self.digits, other.digits.checked_mul(unit)?, self.places))
        }
    }

    /// In units of the last of so many decimals; none if it has more, or too many digits.
    #[inline]
    pub(crate) fn units(self, decimals: u32) -> Option<i64> {
        let unit = *POWERS.get(decimals.checked_sub(self.scale())? as usize)?;
        self.digits.checked_mul(unit)
    }

    #[inline]
    pub(crate) fn plus(self, other: Short) -> Option<Short> {
        if self.places != other.places {
            // A zero leaves the other as it is written.
            if self.digits == 0 {
                return Some(other);
            }
            if other.digits == 0 {
                return Some(self);
            }
        }
        let (a, b, places) = self.aligned(other)?;
        let digits = a.checked_add(b)?;
        Some(Short { digits, places })
    }

    #[inline]
    pub(crate) fn minus(self, other: Short) -> Option<Short> {
        let digits = other.digits.checked_neg()?;
        self.plus(Short { digits, ..other })
    }

    #[inline]
    pub(crate) fn times(self, other: Short) -> Option<Short> {
        let scale = self.scale() + other.scale();
        let digits = self.digits.checked_mul(other.digits)?;
        (scale <= Decimal::MAX_SCALE).then(|| Short::new(digits, scale))
    }

    /// The order of two numbers; `None` if it takes more digits to tell.
    #[inline]
    pub(crate) fn order(self, other: Short) -> Option<Ordering> {
        let (a, b, _) = self.aligned(other)?;
        Some(a.cmp(&b))
    }

    /// The lesser of two numbers of so few digits that their order can be told.
    pub(crate) fn lesser(self, other: Short) -> Short {
        match self.order(other) {
            Some(Ordering::Greater) => other,
            _ => self,
        }
    }

    /// The greater of two such numbers.
    pub(crate) fn greater(self, other: Short) -> Short {
        match self.order(other) {
            Some(Ordering::Greater) => self,
            _ => other,
        }
    }

    /// Half up, away from zero, to so many decimals.
    #[inline]
    pub(crate) fn rounded(self, decimals: u32) -> Short {
        let Some(down) = self.scale().checked_sub(decimals) else {
            return self;
        };
        let digits = match down {
            0 => self.digits,
            // Division by a number known beforehand is several times as fast, and most rates have so many decimals.
            1 => nearest(self.digits, 10),
            2 => nearest(self.digits, 100),
            3 => nearest(self.digits, 1_000),
            4 => nearest(self.digits, 10_000),
            _ => match POWERS.get(down as usize) {
                Some(unit) => nearest(self.digits, *unit),
                // Less than half of a unit of more than 18 digits, or just about: no word reaches five times ten to the 18th
                // but by less than twice.
                None => {
                    i64::from(down == 19 && self.digits.unsigned_abs() >= 5 * POWERS[18].unsigned_abs())
                        * self.digits.signum()
                }
            },
        };
        Short::new(digits, decimals)
    }

    /// The product, half up to so many decimals: an amount in another currency.
    pub(crate) fn converted(self, rate: Short, decimals: u32) -> Option<Short> {
        if let Some(product) = self.times(rate) {
            return Some(product.rounded(decimals));
        }
        let scale = self.scale() + rate.scale();
        let down = scale.checked_sub(decimals)?;
        let unit = *POWERS.get(down as usize)?;
        let product = u128::from(self.digits.unsigned_abs()) * u128::from(rate.digits.unsigned_abs());
        if scale > Decimal::MAX_SCALE || product >> 96 != 0 {
            // The library rounds twice there.
            return None;
        }
        #[expect(clippy::cast_precision_loss)]
        let about = (self.digits as f64 * rate.digits as f64).abs() / unit as f64;
        let quotient = half_up(product, unit, about)?;
        let negative = (self.digits < 0) != (rate.digits < 0);
        Some(Short::new(if negative { -quotient } else { quotient }, decimals))
    }
}

/// A product divided by a power of ten, half up, from about what it is: a float that is off by less than two. `None` if it has more
/// than 15 digits, and no float tells.
#[inline]
fn half_up(product: u128, unit: i64, about: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation)]
    let mut quotient = about as i64;
    if quotient >= POWERS[15] {
        return None;
    }
    // The rest is less than thrice the unit, which has at most 19 digits, so the low word of the product tells it.
    #[expect(clippy::cast_possible_truncation)]
    let mut rest = (product as i64).wrapping_sub(quotient.wrapping_mul(unit));
    while rest < 0 {
        quotient -= 1;
        rest += unit;
    }
    while rest >= unit {
        quotient += 1;
        rest -= unit;
    }
    Some(quotient + i64::from(rest * 2 >= unit))
}

/// A rate by which many amounts of cents are converted to cents, with what that takes worked out once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exchange {
    digits: u64,
    /// One, in units of the rate's last decimal.
    unit: i64,
    /// The rate as a float.
    about: f64,
}

impl Exchange {
    /// `None` if the rate is not above zero, or has more than 18 decimals.
    pub(crate) fn by(rate: Short) -> Option<Exchange> {
        let unit = *POWERS.get(rate.scale() as usize)?;
        let digits = u64::try_from(rate.digits).ok().filter(|digits| *digits > 0)?;
        #[expect(clippy::cast_precision_loss)]
        let about = digits as f64 / unit as f64;
        Some(Exchange { digits, unit, about })
    }

    /// As [`Short::converted`], for an amount of at most 15 digits with two decimals; `None` for others.
    #[inline]
    pub(crate) fn cents(&self, amount: Short) -> Option<Short> {
        let cents = u64::try_from(amount.digits).ok()?;
        if amount.scale() != 2 || amount.digits >= POWERS[15] {
            return None;
        }
        let product = u128::from(cents) * u128::from(self.digits);
        if product >> 96 != 0 {
            // The library rounds twice there.
            return None;
        }
        #[expect(clippy::cast_precision_loss)]
        let about = amount.digits as f64 * self.about;
        Some(Short::new(half_up(product, self.unit, about)?, 2))
    }
}

#[inline]
fn nearest(digits: i64, unit: i64) -> i64 {
    let (whole, rest) = (digits / unit, digits % unit);
    whole + i64::from(rest.unsigned_abs() >= unit.unsigned_abs() / 2) * digits.signum()
}

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

/// The product, half up to so many decimals: an amount in another currency. `None` beyond 28 digits.
pub(crate) fn converted(amount: Decimal, rate: Decimal, decimals: u32) -> Option<Decimal> {
    if let (Some(amount), Some(rate)) = (Short::of(amount), Short::of(rate))
        && let Some(converted) = amount.converted(rate, decimals)
    {
        return Some(converted.decimal());
    }
    Some(rounded(product(amount, rate)?, decimals))
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

    fn any_word() -> impl Strategy<Value = Decimal> {
        (any::<i64>(), 0_u32..63, 0_u32..=28)
            .prop_map(|(digits, cut, scale)| Decimal::new(digits >> cut, scale))
    }

    /// As written, with all its decimals.
    fn written(number: Option<Decimal>) -> Option<String> {
        number.map(|number| number.to_string())
    }

    proptest! {
        #[test]
        fn a_word_gives_what_the_library_gives_as_the_library_writes_it(
            a in any_word(),
            b in any_word(),
            decimals in 0_u32..=28,
        ) {
            let (x, y) = (Short::of(a).unwrap(), Short::of(b).unwrap());
            prop_assert_eq!(x.decimal().to_string(), a.to_string());
            if let Some(sum) = x.plus(y) {
                prop_assert_eq!(written(Some(sum.decimal())), written(a.checked_add(b)));
            }
            if let Some(difference) = x.minus(y) {
                prop_assert_eq!(written(Some(difference.decimal())), written(a.checked_sub(b)));
            }
            if let Some(product) = x.times(y) {
                prop_assert_eq!(Some(product.decimal()), a.checked_mul(b));
            }
            if let Some(order) = x.order(y) {
                prop_assert_eq!(order, a.cmp(&b));
            }
            prop_assert_eq!(written(Some(x.rounded(decimals).decimal())), written(Some(rounded(a, decimals))));
            if let (Some(converted), Some(product)) = (x.converted(y, decimals), a.checked_mul(b)) {
                prop_assert_eq!(converted.decimal(), rounded(product, decimals));
            }
        }

        #[test]
        fn cents_at_one_rate_are_what_each_would_be_alone(
            cents in 0_i64..10_i64.pow(16),
            cut in 0_u32..50,
            digits in 1_i64..i64::MAX,
            rate_cut in 0_u32..62,
            scale in 0_u32..=19,
        ) {
            let (amount, rate) = (Short::new(cents >> cut, 2), Short::new((digits >> rate_cut).max(1), scale));
            let converted = Exchange::by(rate).and_then(|exchange| exchange.cents(amount));
            let (a, b) = (amount.decimal(), rate.decimal());
            let alone = super::converted(a, b, 2).map(|alone| alone.to_string());
            if let Some(converted) = converted {
                prop_assert_eq!(Some(converted.decimal().to_string()), alone);
            }
            // What a car costs, at a rate as published or worked out, is converted this way.
            if amount.digits < 10_i64.pow(11) && rate.digits < 10_i64.pow(15) && (12..=18).contains(&scale) {
                prop_assert!(converted.is_some());
            }
        }

        #[test]
        fn half_a_cent_in_another_currency_goes_up(cents in 0_i64..1_000_000_000, rate_digits in 1_i64..1_000) {
            // An amount of 17 decimals ends in half a cent times a rate of one.
            let amount = Decimal::new(cents * 10 + 5, 3);
            let one = Decimal::new(10_i64.pow(17), 17);
            let (x, y) = (Short::of(amount).unwrap(), Short::of(one).unwrap());
            prop_assert_eq!(x.converted(y, 2).map(Short::decimal), Some(rounded(amount, 2)));
            let rate = Decimal::new(rate_digits * 10_i64.pow(14) / 7, 17);
            let y = Short::of(rate).unwrap();
            if let Some(converted) = x.converted(y, 2) {
                prop_assert_eq!(converted.decimal(), rounded(amount * rate, 2));
            }
        }

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
