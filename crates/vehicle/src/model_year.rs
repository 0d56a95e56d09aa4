//! The model year code in position 10 (ISO 3779, 49 CFR 565.15 table VI): one of 30 characters, repeating every 30 years.

use jiff::civil::Date;

use crate::vin::Vin;

/// Codes in order from 1980 (A) to 2009 (9). I, O and Q are no VIN characters; U, Z and 0 are not used as a year.
const CODES: &[u8; 30] = b"ABCDEFGHJKLMNPRSTVWXY123456789";
const FIRST: i16 = 1980;
const CYCLE: i16 = 30;

impl Vin {
    /// The model years position 10 can mean, in order.
    ///
    /// Without a first registration: both meanings, 1980-2009 and 2010-2039. With one: the latest that could have been
    /// registered on that day, since a model year is sold from the year before it; a single answer, or none when even
    /// the earlier meaning lies after the registration. Empty when position 10 holds no year code, which is common
    /// outside North America: many makers use it for something else, so treat the answer as a hint there.
    pub fn model_years(&self, first_registration: Option<Date>) -> Vec<i16> {
        let [_, _, _, _, _, _, _, _, _, tenth, ..] = self.bytes();
        let Some(offset) = CODES.iter().position(|code| code == tenth) else {
            return Vec::new();
        };
        let earlier = FIRST + i16::try_from(offset).unwrap_or_default();
        let meanings = [earlier, earlier + CYCLE];
        match first_registration {
            None => meanings.to_vec(),
            Some(day) => meanings
                .into_iter()
                .rev()
                .find(|year| *year <= day.year() + 1)
                .into_iter()
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn thirty_years_apart_are_told_apart_by_the_first_registration() {
        let vin: Vin = "KMTG341ABLU064324".parse().unwrap();
        assert_eq!(vin.model_years(None), [1990, 2020]);
        assert_eq!(
            vin.model_years(Some(date(2019, 11, 4))),
            [2020],
            "next year's model is sold in autumn"
        );
        assert_eq!(vin.model_years(Some(date(1990, 2, 1))), [1990]);
        assert!(vin.model_years(Some(date(1985, 2, 1))).is_empty());
    }

    #[test]
    fn position_10_without_a_year_code_gives_no_year() {
        let vin: Vin = "WP0ZZZ99Z0S392124".parse().unwrap();
        assert!(vin.model_years(None).is_empty());
    }
}
