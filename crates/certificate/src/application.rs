//! What a client asks to have certified (ISO/IEC 17065, 7.2).

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use vehicle::VehicleId;

use crate::Decimal;

/// The vehicle category of Regulation (EU) 2018/858 that decides which durability curve applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Category {
    /// Passenger car.
    M1,
    /// Light goods vehicle.
    N1,
}

/// The chemistry of the cells, as far as estimator and limits tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Chemistry {
    /// Nickel manganese cobalt, and its relatives with a sloping voltage curve (NCA, NCMA).
    NMC,
    /// Lithium iron phosphate.
    LFP,
}

impl Chemistry {
    /// Cell voltage at which charging ends, V: the highest that a pack of such cells has in use.
    fn end_voltage(self) -> f64 {
        match self {
            Self::NMC => 4.20,
            Self::LFP => 3.65,
        }
    }
}

impl fmt::Display for Chemistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NMC => "NMC",
            Self::LFP => "LFP",
        })
    }
}

/// A word that names no chemistry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a chemistry that this scheme covers; write NMC or LFP")]
pub struct UnknownChemistry(pub String);

impl FromStr for Chemistry {
    type Err = UnknownChemistry;

    fn from_str(text: &str) -> Result<Self, UnknownChemistry> {
        match text {
            "NMC" => Ok(Self::NMC),
            "LFP" => Ok(Self::LFP),
            _ => Err(UnknownChemistry(text.chars().take(40).collect())),
        }
    }
}

/// The car.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Vehicle {
    /// Its canonical id: `vin:…` or `frame:…`.
    pub vid: VehicleId,
    /// Maker, such as `Hyundai`.
    pub make: String,
    /// Model, such as `Ioniq 5`.
    pub model: String,
    /// Variant that fixes the rated capacity, such as `Long Range 72.6 kWh`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Category.
    pub category: Category,
    /// First registration anywhere.
    pub first_registration: Date,
}

/// The battery as its papers describe it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Battery {
    /// Serial number of the pack, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Chemistry of the cells.
    pub chemistry: Chemistry,
    /// Cell groups in series.
    pub n_series: u16,
    /// Rated capacity of this variant, in ampere-hours.
    pub rated_ah: Decimal,
    /// Who says so.
    pub rated_source: String,
    /// Korean battery identification number, where the register has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kr_battery_identification_number: Option<String>,
    /// Number of the Korean battery safety certification, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kr_safety_certification_no: Option<String>,
}

impl Battery {
    /// The highest voltage of the pack, V: its cells in series at the end of charging.
    pub fn highest_volt(&self) -> f64 {
        f64::from(self.n_series) * self.chemistry.end_voltage()
    }
}

/// An application for certification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Application {
    /// Who applies. Nobody of that name may evaluate, review or decide.
    pub client: String,
    /// The car.
    pub vehicle: Vehicle,
    /// Its battery.
    pub battery: Battery,
}

/// Something in an application or evaluation that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct Implausible {
    /// The field, with dots.
    pub field: &'static str,
    /// The value, what is wrong with it, and the fix.
    pub problem: String,
}

/// No car with a lithium-ion traction battery was handed over before. Nissan calls its Prairie Joy EV, some 30 of which went to fleets from
/// 1997 on, the first (nissan-global.com/EN/ZEROEMISSION/HISTORY/PRAIRIEJOYEV).
const FIRST_LITHIUM_ION: Date = date(1997, 1, 1);

/// Control characters, and the format characters that turn the direction of writing or hide (Unicode Bidi_Control, zero width
/// space, word joiner, byte order mark, soft hyphen): with them a text reads otherwise than it is written. Joiners stay: Arabic
/// script writes with them.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{00AD}' | '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
        )
}

/// A text of at most so many characters that a person can read on a line.
pub(crate) fn line(field: &'static str, text: &str, longest: usize) -> Result<(), Implausible> {
    let problem = if text.trim().is_empty() {
        "is empty; fill it in".to_owned()
    } else if text.chars().count() > longest {
        format!("has more than {longest} characters; shorten it")
    } else if let Some(c) = text.chars().find(|c| is_invisible(*c)) {
        let shown: String = text.chars().filter(|c| !is_invisible(*c)).take(60).collect();
        format!(
            "{shown:?} has the invisible character U+{:04X}, which nobody who reads it could see; type it again without",
            u32::from(c)
        )
    } else {
        return Ok(());
    };
    Err(Implausible { field, problem })
}

impl Application {
    /// Refuses what no application can say on a day (UTC).
    ///
    /// # Errors
    /// The first field that is empty, too long, written with characters that nobody sees, or outside what a car can have.
    pub fn check(&self, today: Date) -> Result<(), Implausible> {
        line("client", &self.client, 120)?;
        line("vehicle.make", &self.vehicle.make, 60)?;
        line("vehicle.model", &self.vehicle.model, 60)?;
        for (field, text) in [
            ("vehicle.variant", &self.vehicle.variant),
            ("battery.id", &self.battery.id),
            (
                "battery.krBatteryIdentificationNumber",
                &self.battery.kr_battery_identification_number,
            ),
            (
                "battery.krSafetyCertificationNo",
                &self.battery.kr_safety_certification_no,
            ),
        ] {
            if let Some(text) = text {
                line(field, text, 80)?;
            }
        }
        line("battery.ratedSource", &self.battery.rated_source, 200)?;
        let registered = self.vehicle.first_registration;
        // East of Greenwich it may be tomorrow already.
        let tomorrow = today.checked_add(1.day()).unwrap_or(today);
        let wrong = if registered > tomorrow {
            Some(format!("{registered} is still to come, today is {today}"))
        } else if registered < FIRST_LITHIUM_ION {
            Some(format!(
                "{registered} lies before {FIRST_LITHIUM_ION}, and no car had a lithium-ion battery then"
            ))
        } else {
            None
        };
        if let Some(wrong) = wrong {
            return Err(Implausible {
                field: "vehicle.firstRegistration",
                problem: format!("{wrong}; write the day from the car's papers, as 2021-06-08"),
            });
        }
        if !(Decimal::whole(1)..=Decimal::whole(2000)).contains(&self.battery.rated_ah) {
            return Err(Implausible {
                field: "battery.ratedAh",
                problem: format!(
                    "{} is not the capacity of a traction battery in ampere-hours (1 to 2000)",
                    self.battery.rated_ah
                ),
            });
        }
        if !(8..=400).contains(&self.battery.n_series) {
            return Err(Implausible {
                field: "battery.nSeries",
                problem: format!(
                    "{} cell groups in series make no traction battery (8 to 400)",
                    self.battery.n_series
                ),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn application(change: impl FnOnce(&mut Application)) -> Result<(), String> {
        let mut application: Application =
            serde_json::from_str(include_str!("../../../samples/certificate/application.json")).unwrap();
        change(&mut application);
        application.check(date(2026, 11, 24)).map_err(|e| e.to_string())
    }

    #[test]
    fn a_car_is_not_registered_in_the_future_nor_before_there_were_such_cars() {
        let on = |day: Date| application(|a| a.vehicle.first_registration = day);
        for sound in [date(1997, 1, 1), date(2021, 6, 8), date(2026, 11, 25)] {
            assert_eq!(on(sound), Ok(()), "{sound}");
        }
        let future = on(date(2031, 1, 1)).unwrap_err();
        assert!(
            future.starts_with("vehicle.firstRegistration: 2031-01-01 is still to come, today is 2026-11-24"),
            "{future}"
        );
        for early in [date(1890, 1, 1), date(1996, 12, 31)] {
            let early = on(early).unwrap_err();
            assert!(early.contains("lies before 1997-01-01"), "{early}");
            assert!(early.contains("write the day from the car's papers"), "{early}");
        }
    }

    #[test]
    fn what_turns_or_hides_writing_is_refused_in_every_text() {
        type Write = fn(&mut Application, String);
        let fields: [(&str, Write); 8] = [
            ("client", |a, text| a.client = text),
            ("vehicle.make", |a, text| a.vehicle.make = text),
            ("vehicle.model", |a, text| a.vehicle.model = text),
            ("vehicle.variant", |a, text| a.vehicle.variant = Some(text)),
            ("battery.id", |a, text| a.battery.id = Some(text)),
            ("battery.ratedSource", |a, text| a.battery.rated_source = text),
            ("battery.krBatteryIdentificationNumber", |a, text| {
                a.battery.kr_battery_identification_number = Some(text);
            }),
            ("battery.krSafetyCertificationNo", |a, text| {
                a.battery.kr_safety_certification_no = Some(text);
            }),
        ];
        for (field, set) in fields {
            for (c, code) in [
                ('\u{202E}', "U+202E"),
                ('\u{2066}', "U+2066"),
                ('\u{200B}', "U+200B"),
                ('\n', "U+000A"),
            ] {
                let refused = application(|a| set(a, format!("Hyun{c}dai"))).unwrap_err();
                assert!(
                    refused.starts_with(&format!("{field}: \"Hyundai\" has")),
                    "{refused}"
                );
                assert!(refused.contains(code), "{refused}");
            }
            assert_eq!(
                application(|a| set(a, "현대 هيونداي".to_owned())),
                Ok(()),
                "{field}"
            );
        }
    }
}
