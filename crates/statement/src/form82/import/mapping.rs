use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What the codes of a marketplace layout mean, as a versioned table. Extend the standard one with your own rows.
///
/// The table is CSV with the columns `kind,code,to,side,position,pillar,certain,note`; its kinds are `table` (name and
/// version), `field`, `panel`, `rank`, `damage`, `item`, `item_title` and `state`. A `to` of `-` says that the code is known and has no
/// place on the form. `docs/condition-record.md` describes it in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    name: String,
    rows: BTreeMap<(Kind, String), Row>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Field,
    Panel,
    Rank,
    Damage,
    Item,
    ItemTitle,
    State,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) to: String,
    pub(super) side: Option<String>,
    pub(super) position: Option<String>,
    pub(super) pillar: Option<String>,
    pub(super) certain: bool,
    pub(super) note: String,
}

/// A mapping table that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// Not CSV, or not text.
    #[error("the mapping table is not readable: {0}")]
    Csv(String),
    /// A row of unknown kind.
    #[error(
        "line {line}: {kind:?} is no kind of row; use field, panel, rank, damage, item, item_title or state"
    )]
    Kind {
        /// Line in the file, from 1.
        line: u64,
        /// The word found.
        kind: String,
    },
    /// A row without a code or without a target.
    #[error(
        "line {line}: a row needs a code and a target; write - as the target of a code that has no place on the form"
    )]
    Empty {
        /// Line in the file, from 1.
        line: u64,
    },
    /// No row names the table and its version.
    #[error(
        "no row says what the table is called; write one below the header as table,<name>,<version>, such as table,my-marketplace,2026-11"
    )]
    Unnamed,
}

static STANDARD: LazyLock<Mapping> = LazyLock::new(|| {
    Mapping::parse(include_bytes!("marketplace.csv")).unwrap_or_else(|_| Mapping {
        name: "none".to_owned(),
        rows: BTreeMap::new(),
    })
});

impl Mapping {
    /// The table that comes with Carnet. It is ours: its codes are those of a public mapping, and no claim is made that
    /// any marketplace uses them today.
    pub fn standard() -> &'static Mapping {
        &STANDARD
    }

    /// Reads a table.
    ///
    /// # Errors
    /// The line that cannot be read, or a missing name.
    pub fn parse(csv: &[u8]) -> Result<Mapping, MappingError> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv);
        let mut name = None;
        let mut rows = BTreeMap::new();
        for record in reader.records() {
            let record = record.map_err(|error| MappingError::Csv(error.to_string()))?;
            let line = record.position().map_or(0, csv::Position::line);
            let cell = |at: usize| record.get(at).unwrap_or_default().trim();
            let some = |at: usize| Some(cell(at).to_owned()).filter(|text| !text.is_empty());
            let (Some(code), Some(to)) = (some(1), some(2)) else {
                return Err(MappingError::Empty { line });
            };
            let kind = match cell(0) {
                "table" => {
                    name = Some(format!("{code} {to}"));
                    continue;
                }
                "field" => Kind::Field,
                "panel" => Kind::Panel,
                "rank" => Kind::Rank,
                "damage" => Kind::Damage,
                "item" => Kind::Item,
                "item_title" => Kind::ItemTitle,
                "state" => Kind::State,
                other => {
                    return Err(MappingError::Kind {
                        line,
                        kind: other.to_owned(),
                    });
                }
            };
            let row = Row {
                to,
                side: some(3),
                position: some(4),
                pillar: some(5),
                certain: cell(6) != "no",
                note: cell(7).to_owned(),
            };
            rows.insert((kind, code), row);
        }
        Ok(Mapping {
            name: name.ok_or(MappingError::Unnamed)?,
            rows,
        })
    }

    /// This table with the rows of another on top. The name becomes that of both.
    #[must_use]
    pub fn extended_by(&self, other: &Mapping) -> Mapping {
        let mut rows = self.rows.clone();
        rows.extend(other.rows.clone());
        Mapping {
            name: format!("{} + {}", self.name, other.name),
            rows,
        }
    }

    /// Name and version, as kept in an imported record.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first row of a kind that leads to a target.
    pub(super) fn rows_to(&self, kind: Kind, to: &str) -> Option<&Row> {
        self.rows
            .iter()
            .find(|((of, _), row)| *of == kind && row.to == to)
            .map(|(_, row)| row)
    }

    pub(super) fn get(&self, kind: Kind, code: &str) -> Option<&Row> {
        self.rows.get(&(kind, code.to_owned()))
    }
}
