//! How likely a reading is to be a slip of the pen, and which slip.
//!
//! Shares of the kinds are our own setting, chosen for their order of magnitude only; the error sources themselves are
//! those seen in published readings (typing errors, placeholders, unit mixes, the tenths digit read as kilometres).

use vehicle::units::KM_PER_MILE;

use crate::findings::finding::{Innocent, Outcome, Tried};

use super::reading::Reading;

/// The best-fitting slip for one reading, and the density (per kilometre) of seeing it by any slip.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mistake {
    /// The pattern that fits best. No pattern only where none fits: it has a density for every reading, so where the truth
    /// may lie far apart it would outweigh the one swap that brings the reading back into line.
    pub(super) kind: Innocent,
    /// Natural logarithm of the density of all kinds together, the chance of a slip included.
    pub(super) log_density: f64,
    /// Every kind of slip and what came of it.
    pub(super) tried: [Tried; 6],
}

const SHARE_DIGIT: f64 = 0.35;
const SHARE_SWAP: f64 = 0.12;
const SHARE_COUNT: f64 = 0.12;
const SHARE_UNIT: f64 = 0.10;
const SHARE_TENTHS: f64 = 0.05;
const SHARE_OTHER: f64 = 0.26;
/// A slip of no known pattern can show any number up to this (km).
const RANGE: f64 = 400_000.0;
/// An interval narrower than this is not believed to be that narrow (km).
const NARROWEST: f64 = 200.0;

/// The density of reading `reading` when the truth lies somewhere in `low..=high` km.
pub(super) fn slip(reading: &Reading, low: f64, high: f64) -> Mistake {
    let width = (high - low).max(NARROWEST);
    let (low, high) = if high - low < NARROWEST {
        (low - NARROWEST / 2.0, low + NARROWEST / 2.0)
    } else {
        (low, high)
    };
    let km_per_unit = reading.km_per_unit;
    // One shown number stands for this many km, so a share over candidates becomes a density per km.
    let fits = |units: f64| -> bool {
        let km = units * km_per_unit;
        km >= low && km <= high
    };
    let shown = reading.shown;
    let count = places(shown).count() as f64;

    let mut kinds = [
        (Innocent::OneDigit, 0.0),
        (Innocent::Transposition, 0.0),
        (Innocent::DigitCount, 0.0),
        (Innocent::UnitMix, 0.0),
        (Innocent::Tenths, 0.0),
        (Innocent::OtherMistake, SHARE_OTHER / RANGE),
    ];
    let [digit, swap, length, unit, tenths, _] = &mut kinds;

    let edits = one_digit_edits(shown).filter(|n| fits(*n)).count() as f64;
    digit.1 = SHARE_DIGIT * edits / (9.0 * count) / width;
    let swaps = transpositions(shown).filter(|n| fits(*n)).count() as f64;
    swap.1 = SHARE_SWAP * swaps / (count - 1.0).max(1.0) / width;
    let dropped = insertions(shown).filter(|n| fits(*n)).count() as f64 / (count + 1.0);
    let doubled = deletions(shown).filter(|n| fits(*n)).count() as f64 / (10.0 * count);
    length.1 = SHARE_COUNT * (dropped + doubled) / 2.0 / width;
    let units = [
        (shown as f64 * KM_PER_MILE, KM_PER_MILE),
        (shown as f64 / KM_PER_MILE, 1.0 / KM_PER_MILE),
    ];
    unit.1 = units
        .iter()
        .filter(|(n, _)| fits(*n))
        .map(|(_, scale)| SHARE_UNIT / 2.0 * scale / width)
        .sum();
    if fits(shown as f64 / 10.0) {
        tenths.1 = SHARE_TENTHS / 10.0 / width;
    }

    let total: f64 = kinds.iter().map(|(_, density)| density).sum();
    let kind = kinds
        .iter()
        .filter(|(kind, density)| *kind != Innocent::OtherMistake && *density > 0.0)
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map_or(Innocent::OtherMistake, |(kind, _)| *kind);
    let tried = kinds.map(|(explanation, density)| Tried {
        explanation,
        outcome: if explanation == kind {
            Outcome::Explains
        } else if density > 0.0 {
            Outcome::Possible
        } else {
            Outcome::DoesNotFit
        },
    });
    Mistake {
        kind,
        log_density: (reading.slip_chance() * total).ln(),
        tried,
    }
}

/// Whether one innocent explanation alone brings the reading into `low..=high` km.
pub(super) fn explains(kind: Innocent, reading: &Reading, low: f64, high: f64) -> bool {
    let shown = reading.shown;
    let fits = |units: f64| {
        let km = units * reading.km_per_unit;
        km >= low && km <= high
    };
    match kind {
        Innocent::OneDigit => one_digit_edits(shown).any(fits),
        Innocent::Transposition => transpositions(shown).any(fits),
        Innocent::DigitCount => insertions(shown).any(fits) || deletions(shown).any(fits),
        Innocent::UnitMix => fits(shown as f64 * KM_PER_MILE) || fits(shown as f64 / KM_PER_MILE),
        Innocent::Tenths => fits(shown as f64 / 10.0),
        Innocent::Placeholder
        | Innocent::FailAndRetest
        | Innocent::Rounding
        | Innocent::DocumentedReplacement
        | Innocent::UndocumentedReplacement
        | Innocent::Rollover
        | Innocent::OtherMistake
        | Innocent::DocumentedRepaint
        | Innocent::UndocumentedRepaint
        | Innocent::AnotherMark
        | Innocent::DocumentedRestamp
        | Innocent::MarkedWithoutAccident
        | Innocent::ADayOff
        | Innocent::OneSightingWrong
        | Innocent::FrameSpared
        | Innocent::OneCharacter => false,
    }
}

/// 1, 10, 100, … up to the most significant digit of `shown`.
fn places(shown: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(1u64), |place| place.checked_mul(10))
        .take_while(move |place| *place == 1 || *place <= shown)
}

fn one_digit_edits(shown: u64) -> impl Iterator<Item = f64> {
    places(shown).flat_map(move |place| {
        let old = shown / place % 10;
        (0..10u64)
            .filter(move |new| *new != old)
            .map(move |new| (shown - old * place) as f64 + (new * place) as f64)
    })
}

fn transpositions(shown: u64) -> impl Iterator<Item = f64> {
    places(shown)
        .zip(places(shown).skip(1))
        .filter_map(move |(right, left)| {
            let (r, l) = (shown / right % 10, shown / left % 10);
            (r != l).then(|| (shown - r * right - l * left) as f64 + (l * right) as f64 + (r * left) as f64)
        })
}

fn insertions(shown: u64) -> impl Iterator<Item = f64> {
    places(shown.saturating_mul(10)).flat_map(move |place| {
        let (above, below) = ((shown / place) as f64, (shown % place) as f64);
        (0..10u64).map(move |new| (above * 10.0 + new as f64) * place as f64 + below)
    })
}

fn deletions(shown: u64) -> impl Iterator<Item = f64> {
    places(shown).map(move |place| (shown / place / 10 * place + shown % place) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::odometer::reading::tests::km;

    #[test]
    fn each_slip_is_recognised_where_it_brings_the_reading_back_into_line() {
        for (shown, kind) in [
            (199_004, Innocent::OneDigit),
            (191_004, Innocent::Transposition),
            (11_904, Innocent::DigitCount),
            (74_230, Innocent::UnitMix),
            (1_194_601, Innocent::Tenths),
        ] {
            let reading = km("2016-01-01", shown);
            assert!(explains(kind, &reading, 119_000.0, 119_500.0), "{shown} {kind:?}");
        }
        assert_eq!(
            slip(&km("2016-01-01", 199_004), 118_000.0, 120_000.0).kind,
            Innocent::OneDigit
        );
        assert_eq!(
            slip(&km("2021-01-01", 617_250), 138_410.0, 196_880.0).kind,
            Innocent::Transposition,
            "one swap that fits is named, however wide the room for mistakes of no pattern"
        );
        assert_eq!(
            slip(&km("2016-01-01", 205_404), 136_500.0, 138_108.0).kind,
            Innocent::OtherMistake
        );
    }
}
