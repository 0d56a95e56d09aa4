use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Code, Pillar, Position, Rank, Side, labels};

/// A numbered part of the form, 1 to 19.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part(u8);

/// A number the form does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the form numbers its parts from 1 to 19, there is no part {0}")]
pub struct NoSuchPart(
    /// The number given.
    pub u64,
);

impl Part {
    /// The part of a number.
    ///
    /// # Errors
    /// The form has no such number.
    pub fn new(number: u64) -> Result<Self, NoSuchPart> {
        match u8::try_from(number) {
            Ok(small @ 1..=19) => Ok(Self(small)),
            _ => Err(NoSuchPart(number)),
        }
    }

    /// All nineteen.
    pub fn all() -> impl Iterator<Item = Part> {
        (1..=19).map(Part)
    }

    /// The number on the form.
    pub fn number(self) -> u8 {
        self.0
    }

    /// The rank the form gives the part.
    pub fn rank(self) -> Rank {
        match self.0 {
            1..=5 => Rank::Outer1,
            6..=8 => Rank::Outer2,
            9 | 10 | 11 | 17 | 18 => Rank::FrameA,
            12 | 13 | 14 | 19 => Rank::FrameB,
            _ => Rank::FrameC,
        }
    }

    /// Whether there is one on each side.
    pub fn has_sides(self) -> bool {
        matches!(self.0, 2 | 3 | 6 | 8 | 11 | 12 | 13 | 14)
    }

    /// Whether there is one in front and one behind.
    pub fn has_positions(self) -> bool {
        matches!(self.0, 3 | 12 | 13)
    }

    /// Whether it is one of the A, B and C pillars.
    pub fn has_pillars(self) -> bool {
        self.0 == 14
    }

    /// Korean label.
    pub fn label_ko(self) -> &'static str {
        labels::label("part", &self.0.to_string()).map_or("", |label| &label.ko)
    }

    /// English label.
    pub fn label_en(self) -> &'static str {
        labels::label("part", &self.0.to_string()).map_or("", |label| &label.en)
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.0)
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Part::new(u64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// One panel with what was found on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// Which part.
    pub no: Part,
    /// Left or right, where the part has sides. Absent when the source lost it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// Front or rear, where the part has positions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Which pillar, for part 14.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pillar: Option<Pillar>,
    /// The rank as the record states it; the form's own is [`Part::rank`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<Rank>,
    /// One code or several.
    pub codes: Vec<Code>,
}

impl Panel {
    /// Replaced or welded.
    pub fn is_repaired(&self) -> bool {
        self.codes.iter().any(|code| code.is_repair())
    }

    /// Korean name with side and place: `도어 (좌, 앞)`.
    pub fn name_ko(&self) -> String {
        self.name(
            self.no.label_ko(),
            self.side.map(Side::label_ko),
            self.position.map(Position::label_ko),
            "필러",
        )
    }

    /// English name with side and place: `door (left, front)`.
    pub fn name_en(&self) -> String {
        self.name(
            self.no.label_en(),
            self.side.map(Side::label_en),
            self.position.map(Position::label_en),
            "pillar",
        )
    }

    fn name(&self, part: &str, side: Option<&str>, position: Option<&str>, pillar: &str) -> String {
        let pillar = self.pillar.map(|which| format!("{pillar} {}", which.as_str()));
        let places: Vec<&str> = [pillar.as_deref(), side, position]
            .into_iter()
            .flatten()
            .collect();
        if places.is_empty() {
            part.to_owned()
        } else {
            format!("{part} ({})", places.join(", "))
        }
    }
}
