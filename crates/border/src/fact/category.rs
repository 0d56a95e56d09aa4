//! Of which category a vehicle may be, by UNECE R.E.3 and Regulation (EU) 2018/858, article 4 and annex I: M carries people, N
//! goods; the figure goes by seats and gross mass.

use rust_decimal::Decimal;

use super::{Car, place};

/// All categories there are.
pub(super) const ALL: [&str; 6] = ["M1", "N1", "M2", "M3", "N2", "N3"];

const M1: u8 = 1;
const N1: u8 = 1 << 1;
const M2: u8 = 1 << 2;
const M3: u8 = 1 << 3;
const N2: u8 = 1 << 4;
const N3: u8 = 1 << 5;
const ANY_N: u8 = N1 | N2 | N3;
const ANY_M: u8 = M1 | M2 | M3;

/// Categories that a vehicle may be of: one at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Categories(u8);

impl Categories {
    pub(super) const PASSENGER_CAR: Categories = Categories(M1);

    /// The only one, if it is known.
    pub(crate) fn only(self) -> Option<&'static str> {
        let mut possible = ALL.iter().enumerate().filter(|(at, _)| self.0 & 1 << at != 0);
        match (possible.next(), possible.next()) {
            (Some((_, only)), None) => Some(only),
            _ => None,
        }
    }

    /// Whether it is a passenger car beyond doubt.
    pub(crate) fn is_passenger_car(self) -> bool {
        self.0 == M1
    }

    /// Whether it may be a passenger car.
    pub(crate) fn may_be_passenger_car(self) -> bool {
        self.0 & M1 != 0
    }

    fn of(category: &str) -> Option<Self> {
        let at = ALL.iter().position(|known| *known == category)?;
        Some(Categories(1 << at))
    }
}

impl Car {
    /// Finds the categories that it may be of.
    pub(super) fn find_categories(&self) -> Categories {
        if let Some(given) = self.text_at(place::CATEGORY).and_then(Categories::of) {
            return given;
        }
        let possible = self.possible_categories();
        let sure = match self.text_at(place::BODY) {
            // A bus, minibus or truck is one by its body; which, masses and seats have said.
            Some("bus" | "minibus" | "truck") => possible,
            Some("van" | "pickup") => self.by_load(possible).unwrap_or(possible),
            // Passenger cars by their body, unless they have the seats of a bus.
            Some(_) if possible & M1 != 0 => M1,
            Some(_) => possible & ANY_M,
            None if self.number_at(place::PAYLOAD_KG).is_some_and(|kg| !kg.is_zero()) => {
                self.by_load(possible).unwrap_or(possible)
            }
            None if possible & M1 == 0 => possible & ANY_M,
            None if self.number_at(place::MASS_KG).is_some_and(|kg| kg > N1_KG) => possible,
            None => M1,
        };
        Categories(sure)
    }

    /// Whether the category that was given cannot be that of this body, these seats and this mass.
    pub(super) fn contradicts_category(&self, given: &str) -> bool {
        Categories::of(given).is_some_and(|given| given.0 & self.possible_categories() == 0)
    }

    /// What body, seats and gross mass do not rule out by definition.
    fn possible_categories(&self) -> u8 {
        let mut possible = ANY_M | ANY_N;
        let seats = self.number_at(place::SEATS);
        if let Some(seats) = seats {
            possible &= if seats > M1_SEATS { !M1 } else { !(M2 | M3) };
        }
        if let Some(kg) = self.number_at(place::MASS_KG) {
            possible &= if kg > N1_KG { !N1 } else { !(N2 | N3) };
            possible &= if kg > M2_KG { !M2 } else { !M3 };
            possible &= if kg > N2_KG { !N2 } else { !N3 };
        }
        possible
            & match self.text_at(place::BODY) {
                Some("truck") => ANY_N,
                Some("minibus") => ANY_M,
                Some("bus") if seats.is_none() => M2 | M3,
                Some("bus") => ANY_M,
                _ => ANY_M | ANY_N,
            }
    }

    /// Of what may carry people or goods, whichever it carries more of: a goods vehicle has at most 6 seats beside the driver's
    /// (8 over 3,500 kg), and may load as much as its passengers weigh at 68 kg each, at least 150 kg, or 100 kg without any
    /// (annex I, part A, 3). None if seats or payload leave that open.
    fn by_load(&self, possible: u8) -> Option<u8> {
        let passengers = self.number_at(place::SEATS)? - Decimal::ONE;
        let most = if possible & (N2 | N3) == 0 {
            N1_PASSENGERS
        } else {
            N2_PASSENGERS
        };
        if passengers > most {
            return Some(possible & ANY_M);
        }
        let payload = self.number_at(place::PAYLOAD_KG)?;
        let least = if passengers.is_zero() {
            Decimal::ONE_HUNDRED
        } else {
            (passengers * PASSENGER_KG).max(if passengers > Decimal::TWO {
                Decimal::ZERO
            } else {
                FEW_KG
            })
        };
        if payload < least {
            return Some(possible & ANY_M);
        }
        // Seven or eight passengers are those of a heavy goods vehicle only, or of a passenger car.
        let heavy = possible & N1 == 0;
        (passengers <= N1_PASSENGERS || heavy).then_some(possible & ANY_N)
    }
}

/// The most seats of M1, the driver's included.
const M1_SEATS: Decimal = whole(9);
/// The most seats beside the driver's of N1.
const N1_PASSENGERS: Decimal = whole(6);
/// The most seats beside the driver's of N2 and N3.
const N2_PASSENGERS: Decimal = whole(8);
/// The most gross mass of M2, in kg.
const M2_KG: Decimal = whole(5_000);
/// The most gross mass of N1, in kg.
const N1_KG: Decimal = whole(3_500);
/// The most gross mass of N2, in kg.
const N2_KG: Decimal = whole(12_000);
/// What a passenger counts, in kg.
const PASSENGER_KG: Decimal = whole(68);
/// The least payload of a goods vehicle with one or two passengers, in kg.
const FEW_KG: Decimal = whole(150);

const fn whole(number: u32) -> Decimal {
    Decimal::from_parts(number, 0, 0, false, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn categories(facts: &str) -> String {
        let mut car = Car::new();
        for fact in facts.split("; ").filter(|fact| !fact.is_empty()) {
            let (name, text) = fact.split_once('=').unwrap();
            car.set(name, text).unwrap();
        }
        let possible = car.categories();
        let names: Vec<&str> = ALL
            .iter()
            .enumerate()
            .filter(|(at, _)| possible.0 & 1 << at != 0)
            .map(|(_, name)| *name)
            .collect();
        names.join(" ")
    }

    #[test]
    fn a_category_follows_from_body_seats_and_masses_or_stays_open() {
        for (facts, expected) in [
            ("", "M1"),
            ("body=suv", "M1"),
            ("body=wagon; seats=12", "M2 M3"),
            ("seats=12; mass_kg=3200", "M2"),
            ("mass_kg=4200", "M1 M2 N2"),
            ("body=suv; mass_kg=4200", "M1"),
            ("body=truck", "N1 N2 N3"),
            ("body=truck; mass_kg=2960", "N1"),
            ("body=truck; mass_kg=3500", "N1"),
            ("body=truck; mass_kg=3501", "N2"),
            ("body=truck; mass_kg=12001", "N3"),
            ("body=bus", "M2 M3"),
            ("body=bus; mass_kg=5000", "M2"),
            ("body=bus; mass_kg=5001", "M3"),
            ("body=minibus", "M1 M2 M3"),
            ("body=minibus; seats=9", "M1"),
            ("body=minibus; seats=15; mass_kg=3300", "M2"),
            ("body=van", "M1 N1 M2 M3 N2 N3"),
            ("body=van; mass_kg=3000", "M1 N1 M2"),
            ("body=van; seats=12; mass_kg=3000", "M2"),
            ("body=van; seats=9; mass_kg=3000", "M1"),
            ("body=van; seats=5; mass_kg=3000", "M1 N1"),
            ("body=van; seats=5; mass_kg=3000; payload_kg=600", "N1"),
            ("body=van; seats=5; mass_kg=3000; payload_kg=272", "N1"),
            ("body=van; seats=5; mass_kg=3000; payload_kg=271", "M1"),
            ("body=van; seats=3; mass_kg=3000; payload_kg=150", "N1"),
            ("body=van; seats=3; mass_kg=3000; payload_kg=149", "M1"),
            ("body=van; seats=1; mass_kg=900; payload_kg=100", "N1"),
            ("body=van; seats=8; payload_kg=600", "M1 N1 N2 N3"),
            ("body=pickup; mass_kg=2700", "M1 N1 M2"),
            ("body=pickup; seats=5; mass_kg=2700; payload_kg=400", "N1"),
            ("payload_kg=1000; seats=3; mass_kg=2960", "N1"),
            ("payload_kg=0", "M1"),
            ("category=N1; body=hatchback", "N1"),
        ] {
            assert_eq!(categories(facts), expected, "{facts}");
        }
    }
}
