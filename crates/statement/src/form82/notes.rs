use std::fmt;

use super::{Fuel, InstrumentState, Item, Record, Transmission, Tuning, VinState};

/// Something about a record a reader should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is about.
    pub kind: NoteKind,
    /// Explanation in English.
    pub en: String,
    /// Explanation in Korean.
    pub ko: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

/// The kinds of notes. Those that contradict the form's own rules are told apart by [`NoteKind::is_contradiction`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoteKind {
    /// "No accident" although a frame part was replaced or welded.
    AccidentDenied,
    /// A rank other than the form gives the part.
    WrongRank,
    /// A side, position or pillar on a part that has none.
    ImpossiblePlace,
    /// "Accident" although no frame part is marked.
    AccidentWithoutPanel,
    /// "No simple repair" although an outer panel was replaced or welded.
    SimpleRepairDenied,
    /// "Simple repair" although no outer panel is marked.
    SimpleRepairWithoutPanel,
    /// Left or right, or front or rear, is not given for a part that has both.
    PlaceMissing,
    /// The same part twice.
    PanelTwice,
    /// The VIN marking is not good.
    VinMarking,
    /// The odometer does not work, was replaced, or is of unknown state.
    OdometerState,
    /// A recall is called done that does not apply.
    RecallDoneWithoutRecall,
    /// A recall applies and is not done.
    RecallOpen,
    /// A kind of tuning without tuning.
    TuningKindWithoutTuning,
    /// High-voltage items are missing on an electric car, or present on one without a high-voltage system.
    HighVoltage,
    /// Items of a transmission or engine the car does not have.
    ItemsOfAnotherCar,
    /// A mapping the source itself was unsure of, or a code and a title that disagree.
    UncertainMapping,
    /// The item "drive-shaft insulation", which is the traction battery's isolation under a wrong name.
    MislabelledIsolation,
    /// A value the layout does not carry and the importer filled in.
    Assumed,
}

impl NoteKind {
    /// Whether the record breaks a rule of the form itself, so that one of its two statements must be wrong.
    pub fn is_contradiction(self) -> bool {
        matches!(
            self,
            Self::AccidentDenied | Self::WrongRank | Self::ImpossiblePlace
        )
    }
}

impl Note {
    pub(super) fn new(kind: NoteKind, en: impl Into<String>, ko: impl Into<String>) -> Self {
        Self {
            kind,
            en: en.into(),
            ko: ko.into(),
        }
    }
}

impl Record {
    /// What in the record contradicts itself or asks for a question. An empty list says nothing about the car.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        self.accident_notes(&mut notes);
        self.panel_notes(&mut notes);
        self.field_notes(&mut notes);
        self.item_notes(&mut notes);
        notes
    }

    fn accident_notes(&self, notes: &mut Vec<Note>) {
        let repaired = |frame: bool| {
            self.panels
                .iter()
                .filter(move |panel| panel.no.rank().is_frame() == frame && panel.is_repaired())
        };
        if let (false, Some(panel)) = (self.accident, repaired(true).next()) {
            notes.push(Note::new(
                NoteKind::AccidentDenied,
                format!(
                    "the record says no accident, but {} is marked replaced or welded; on a frame part that is an accident",
                    panel.name_en()
                ),
                format!("사고이력 없음으로 기록되었으나 주요골격 {}에 교환·판금·용접 표시가 있음", panel.name_ko()),
            ));
        }
        if self.accident && repaired(true).next().is_none() {
            notes.push(Note::new(
                NoteKind::AccidentWithoutPanel,
                "the record says accident, but no frame part is marked replaced or welded; ask what was repaired",
                "사고이력 있음으로 기록되었으나 교환·판금·용접된 주요골격 표시가 없음",
            ));
        }
        if let (false, Some(panel)) = (self.simple_repair, repaired(false).next()) {
            notes.push(Note::new(
                NoteKind::SimpleRepairDenied,
                format!(
                    "the record says no simple repair, but {} is marked replaced or welded",
                    panel.name_en()
                ),
                format!(
                    "단순수리 없음으로 기록되었으나 외판 {}에 교환·판금·용접 표시가 있음",
                    panel.name_ko()
                ),
            ));
        }
        if self.simple_repair && repaired(false).next().is_none() {
            notes.push(Note::new(
                NoteKind::SimpleRepairWithoutPanel,
                "the record says simple repair, but no outer panel is marked replaced or welded",
                "단순수리 있음으로 기록되었으나 교환·판금·용접된 외판 표시가 없음",
            ));
        }
    }

    fn panel_notes(&self, notes: &mut Vec<Note>) {
        for (index, panel) in self.panels.iter().enumerate() {
            let part = panel.no;
            let name = || (panel.name_en(), panel.name_ko());
            if let Some(rank) = panel.rank.filter(|rank| *rank != part.rank()) {
                let (en, ko) = name();
                notes.push(Note::new(
                    NoteKind::WrongRank,
                    format!(
                        "{en} is given as {}; the form has it as {}",
                        rank.label_en(),
                        part.rank().label_en()
                    ),
                    format!(
                        "{ko}: 기록된 랭크({})가 서식의 랭크({})와 다름",
                        rank.label_ko(),
                        part.rank().label_ko()
                    ),
                ));
            }
            let impossible = (panel.side.is_some() && !part.has_sides())
                || (panel.position.is_some() && !part.has_positions())
                || (panel.pillar.is_some() && !part.has_pillars());
            if impossible {
                let (en, ko) = name();
                notes.push(Note::new(
                    NoteKind::ImpossiblePlace,
                    format!("{en}: this part has no such side, position or pillar"),
                    format!("{ko}: 해당 부위에는 그런 위치 구분이 없음"),
                ));
            }
            let missing = (part.has_sides() && panel.side.is_none())
                || (part.has_positions() && panel.position.is_none())
                || (part.has_pillars() && panel.pillar.is_none());
            if missing {
                let (en, ko) = name();
                notes.push(Note::new(
                    NoteKind::PlaceMissing,
                    format!("{en}: which one is not said; it was not recorded, or lost on the way. Look at the raw record"),
                    format!("{ko}: 좌우 또는 앞뒤 구분이 없음. 원본 기록 확인 필요"),
                ));
            }
            let same = |other: &&super::Panel| {
                (other.no, other.side, other.position, other.pillar)
                    == (panel.no, panel.side, panel.position, panel.pillar)
            };
            if self.panels.iter().take(index).any(|other| same(&other)) {
                let (en, ko) = name();
                notes.push(Note::new(
                    NoteKind::PanelTwice,
                    format!("{en} stands twice"),
                    format!("{ko}: 두 번 기록됨"),
                ));
            }
        }
    }

    fn field_notes(&self, notes: &mut Vec<Note>) {
        if self.vin_state != VinState::Good {
            notes.push(Note::new(
                NoteKind::VinMarking,
                format!("the VIN marking is {}", self.vin_state.label_en()),
                format!("차대번호 표기 상태: {}", self.vin_state.label_ko()),
            ));
        }
        let instrument = self.odometer.instrument_state;
        if instrument != InstrumentState::Working {
            notes.push(Note::new(
                NoteKind::OdometerState,
                format!(
                    "the odometer is {}; the reading alone says little about the distance run",
                    instrument.label_en()
                ),
                format!(
                    "계기 상태: {}. 표시된 값만으로 실제 주행거리를 알 수 없음",
                    instrument.label_ko()
                ),
            ));
        }
        match (self.recall_applicable, self.recall_done) {
            (Some(true), None | Some(false)) => notes.push(Note::new(
                NoteKind::RecallOpen,
                "a recall applies and is not carried out",
                "리콜 대상이나 시정되지 않음",
            )),
            (None | Some(false), Some(true)) => notes.push(Note::new(
                NoteKind::RecallDoneWithoutRecall,
                "a recall is called carried out, but none is said to apply",
                "리콜 대상이 아닌데 이행으로 기록됨",
            )),
            _ => {}
        }
        if self.tuning == Tuning::None && !self.tuning_kinds.is_empty() {
            notes.push(Note::new(
                NoteKind::TuningKindWithoutTuning,
                "the kind of tuning is ticked, but tuning is said to be none",
                "튜닝 없음으로 기록되었으나 튜닝 구분이 표시됨",
            ));
        }
    }

    fn item_notes(&self, notes: &mut Vec<Note>) {
        let has_high_voltage = matches!(self.fuel, Some(Fuel::Electric | Fuel::Hybrid | Fuel::Hydrogen));
        if self.fuel == Some(Fuel::Electric) && self.high_voltage.is_empty() {
            notes.push(Note::new(
                NoteKind::HighVoltage,
                "an electric car without any high-voltage item",
                "전기차이나 고전원전기장치 항목이 기록되지 않음",
            ));
        }
        if self.fuel.is_some() && !has_high_voltage && !self.high_voltage.is_empty() {
            notes.push(Note::new(
                NoteKind::HighVoltage,
                "high-voltage items on a car without a high-voltage system; the fuel or the items are wrong",
                "고전원전기장치가 없는 연료의 차량에 고전원전기장치 항목이 기록됨",
            ));
        }
        let any = |items: &[Item]| items.iter().any(|item| self.items.contains_key(item));
        let manual = [
            Item::ManualOilLeak,
            Item::ManualGearShift,
            Item::ManualOilLevel,
            Item::ManualIdle,
        ];
        let automatic = [
            Item::AutomaticOilLeak,
            Item::AutomaticOilLevel,
            Item::AutomaticIdle,
        ];
        let engine = [
            Item::EngineIdle,
            Item::EngineOilLevel,
            Item::CommonRail,
            Item::EngineOilLeakRockerCover,
        ];
        let foreign = match (self.transmission, self.fuel) {
            (Some(Transmission::Automatic | Transmission::Cvt), _) if any(&manual) => {
                Some("manual transmission")
            }
            (Some(Transmission::Manual), _) if any(&automatic) => Some("automatic transmission"),
            (_, Some(Fuel::Electric)) if any(&engine) => Some("combustion engine"),
            _ => None,
        };
        if let Some(what) = foreign {
            notes.push(Note::new(
                NoteKind::ItemsOfAnotherCar,
                format!("items of a {what} are filled in, which this car does not have"),
                "차량 제원에 없는 장치의 항목이 기록됨",
            ));
        }
    }
}
