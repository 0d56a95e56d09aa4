//! The Korean performance-and-condition record 중고자동차성능·상태점검기록부 (Automobile Management Act Enforcement Rule,
//! Form 82): the record as a type, its words in Korean and English, what in it contradicts itself, and importers.
//!
//! A [`Record`] is the body of an `inspection.condition` statement; the schema of that type
//! (`spec/vocabulary/inspection.condition.schema.json`) is the truth about its fields. The layouts the importers read and
//! the sources of codes and ranks are described in `docs/condition-record.md`.
//!
//! This module does not judge a car. It notes what a record says against itself and what was lost on the way.

mod import;
mod item;
mod labels;
mod notes;
mod part;
mod record;
mod words;

pub use import::{
    ImportError, Imported, MAX_BYTES, Mapping, MappingError, Report, Unmapped, import_csv, import_json,
    import_json_with,
};
pub use item::{HighVoltageItem, Item, StateSet};
pub use labels::{Label, label, labels};
pub use notes::{Note, NoteKind};
pub use part::{NoSuchPart, Panel, Part};
pub use record::{Emissions, Odometer, Provenance, Record};
pub use words::{
    Code, ColourClass, FormerUse, Fuel, InstrumentState, KeptItem, Layout, MainOption, MileageLevel,
    NeedsRepair, OdometerUnit, Pillar, Position, Rank, ReadingMethod, Repaint, Side, State, Transmission,
    Tuning, TuningKind, VinState, Warranty,
};
