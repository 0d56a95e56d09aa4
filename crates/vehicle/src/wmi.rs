//! Who made it: a small table of our own for Korean makers and those beside them in the trade, each row with its source.
//!
//! A row answers for exactly the three characters it names; failing that, a two-character row answers for the maker's
//! group; failing that the maker is unknown, which is an answer. Nothing here judges whether a VIN is valid.

use std::sync::LazyLock;

use crate::vin::Vin;

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Maker {
    /// Two or three characters the VIN starts with.
    pub prefix: &'static str,
    /// The maker, under the name the source uses.
    pub name: &'static str,
    /// What the maker uses the code for, or empty where the source does not say.
    pub use_of_code: &'static str,
    /// Country of the maker's code, ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// Where the row comes from.
    pub source: &'static str,
}

static TABLE: LazyLock<Vec<Maker>> = LazyLock::new(|| rows(include_str!("wmi.csv")));

fn rows(csv: &'static str) -> Vec<Maker> {
    csv.lines().skip(1).filter_map(row).collect()
}

/// The table has no quoted fields; a test holds it to that.
fn row(line: &'static str) -> Option<Maker> {
    let mut fields = line.split(',');
    let maker = Maker {
        prefix: fields.next()?,
        name: fields.next()?,
        use_of_code: fields.next()?,
        country: fields.next()?,
        source: fields.next()?,
    };
    fields.next().is_none().then_some(maker)
}

/// The whole table.
pub fn table() -> &'static [Maker] {
    &TABLE
}

/// The row for these characters: the longest prefix that matches.
pub fn lookup(wmi: &str) -> Option<&'static Maker> {
    TABLE
        .iter()
        .filter(|maker| wmi.starts_with(maker.prefix))
        .max_by_key(|maker| maker.prefix.len())
}

impl Vin {
    /// The maker, where the table knows it.
    pub fn maker(&self) -> Option<&'static Maker> {
        lookup(self.wmi())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_whole_sourced_and_unique() {
        let lines = include_str!("wmi.csv").lines().skip(1).count();
        assert_eq!(
            table().len(),
            lines,
            "a row with the wrong number of fields was dropped"
        );
        assert!(lines >= 55, "{lines} rows");
        let mut prefixes: Vec<_> = table().iter().map(|maker| maker.prefix).collect();
        prefixes.sort_unstable();
        prefixes.dedup();
        assert_eq!(prefixes.len(), lines);
        for maker in table() {
            assert!(matches!(maker.prefix.len(), 2 | 3), "{maker:?}");
            assert!(maker.prefix.chars().all(crate::vin::in_alphabet), "{maker:?}");
            assert!(!maker.name.is_empty() && !maker.source.is_empty(), "{maker:?}");
            assert!(maker.country.len() == 2, "{maker:?}");
        }
    }

    #[test]
    fn codes_that_the_american_list_lacks_are_known() {
        for (wmi, maker, country) in [
            ("KPT", "KG Mobility / SsangYong", "KR"),
            ("KPA", "KG Mobility / SsangYong", "KR"),
            ("KPB", "KG Mobility / SsangYong", "KR"),
            ("Z94", "Hyundai Motor Manufacturing Rus", "RU"),
        ] {
            let row = lookup(wmi).unwrap();
            assert_eq!((row.prefix, row.name, row.country), (wmi, maker, country));
        }
    }

    #[test]
    fn an_unlisted_korean_code_falls_back_to_its_maker_group() {
        assert_eq!(lookup("KMH").unwrap().prefix, "KMH");
        assert_eq!(lookup("KMX").unwrap().prefix, "KM");
        assert!(lookup("SAL").is_none(), "unknown is an answer");
    }
}
