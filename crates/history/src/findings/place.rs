//! Where places are, roughly, and how fast a car can get from one to another.
//!
//! The table holds the places this trade passes through, to a tenth of a degree (about 10 km): enough to tell a ship's
//! journey from an impossible one, no more. A place that is not in it is not compared.

use std::sync::LazyLock;

struct Place {
    code: &'static str,
    latitude: f64,
    longitude: f64,
    /// Places with the same letter are joined by road.
    landmass: &'static str,
}

static PLACES: LazyLock<Vec<Place>> = LazyLock::new(|| {
    include_str!("places.csv")
        .lines()
        .skip(1)
        .filter_map(row)
        .collect()
});

fn row(line: &'static str) -> Option<Place> {
    let mut fields = line.split(',');
    Some(Place {
        code: fields.next()?,
        latitude: fields.next()?.parse().ok()?,
        longitude: fields.next()?.parse().ok()?,
        landmass: fields.next()?,
    })
}

/// How far apart two places are, and how fast a car can bridge it.
pub(super) struct Journey {
    /// Great-circle distance, km.
    pub(super) km: f64,
    /// The fastest a car gets there on average, km/h: by road 100, by sea 40 (about 22 knots, the speed of a car carrier).
    pub(super) fastest: f64,
}

/// `None` when either place is not in the table.
pub(super) fn journey(from: &str, to: &str) -> Option<Journey> {
    let find = |code: &str| PLACES.iter().find(|place| place.code == code);
    let (from, to) = (find(from)?, find(to)?);
    let fastest = if from.landmass == to.landmass { 100.0 } else { 40.0 };
    Some(Journey {
        km: great_circle(from, to),
        fastest,
    })
}

fn great_circle(a: &Place, b: &Place) -> f64 {
    let (lat_a, lat_b) = (a.latitude.to_radians(), b.latitude.to_radians());
    let half_lat = ((lat_b - lat_a) / 2.0).sin();
    let half_lon = ((b.longitude - a.longitude).to_radians() / 2.0).sin();
    let h = half_lat * half_lat + lat_a.cos() * lat_b.cos() * half_lon * half_lon;
    2.0 * 6_371.0 * h.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_every_code_is_a_locode() {
        assert_eq!(PLACES.len(), include_str!("places.csv").lines().skip(1).count());
        assert!(PLACES.iter().all(|place| place.code.len() == 5));
    }

    #[test]
    fn incheon_to_busan_is_a_drive_and_incheon_to_vladivostok_a_voyage() {
        let drive = journey("KRINC", "KRPUS").unwrap();
        assert!((300.0..360.0).contains(&drive.km), "{}", drive.km);
        assert_eq!(drive.fastest, 100.0);
        assert_eq!(journey("KRINC", "RUVVO").unwrap().fastest, 40.0);
        assert!(journey("KRINC", "XXXXX").is_none());
    }
}
