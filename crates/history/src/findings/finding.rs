//! The shape of a finding: what was noticed, what it rests on, which innocent explanations were tried, what would settle
//! it, and what the sources cannot show. Every text has a key and named arguments, so that it can be rendered in another
//! language; the English is in the message itself.

use std::collections::BTreeMap;

use serde::Serialize;

/// A text in English with what is needed to say it in another language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Name of the text, e.g. `odometer-one-witness`.
    pub key: &'static str,
    /// The values in it, by name.
    pub args: BTreeMap<&'static str, String>,
    /// The text in English, with the values in place.
    pub english: String,
}

impl Message {
    /// `template` holds `{name}` where the argument `name` belongs.
    pub(super) fn new(
        key: &'static str,
        template: &str,
        args: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Self {
        let args: BTreeMap<&'static str, String> = args.into_iter().collect();
        let mut english = String::with_capacity(template.len() + 32);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            english.push_str(before);
            let Some((name, tail)) = after.split_once('}') else {
                rest = after;
                continue;
            };
            english.push_str(args.get(name).map_or("?", String::as_str));
            rest = tail;
        }
        english.push_str(rest);
        Message { key, args, english }
    }
}

/// How much a finding asks of the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Good to know; asks for nothing.
    Note,
    /// Unclear: ask for the document or second reading named before relying on the car's record.
    Ask,
    /// Several independent statements contradict each other or something serious is on record.
    Warn,
    /// Do not buy, ship or certify before it is settled.
    Stop,
}

/// What was noticed. One code, one meaning, in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "each code is described in docs/findings.md and by its own title"
)]
pub enum Code {
    OdometerRollbackSuspected,
    OdometerOneWitness,
    OdometerReview,
    OdometerReplacementUnrecorded,
    OdometerReplaced,
    OdometerRollover,
    OdometerUnitMix,
    OdometerRecordingError,
    OdometerUnreadable,
    IdentityTwoPlaces,
    IdentityAfterScrapping,
    IdentityAfterExport,
    IdentityMarkState,
    IdentityMarkRestamped,
    IdentityMarksDisagree,
    IdentityDescriptionDiffers,
    IdentityColourDiffers,
    IdentityWrittenDiffers,
    DamageTotalLossThenClean,
    DamageClaimThenAccidentFree,
    DamageTotalLoss,
    HazardFlood,
    HazardFloodNotStated,
    HazardFire,
    TitleBrandDropped,
    TitleBrandThenAccidentFree,
    UseChangeNotStated,
    UseCommercial,
    GapSilence,
    GapUninsured,
    RecallOpen,
    TheftNotRecovered,
    TheftRecovered,
    LienNotReleased,
    CorrectionRefused,
    CorrectionMade,
}

/// An innocent explanation that was held against what the statements say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Innocent {
    /// Miles written as kilometres or the other way round: factor 1.609344.
    UnitMix,
    /// One digit misread or mistyped.
    OneDigit,
    /// One character of a vehicle's number misread or mistyped.
    OneCharacter,
    /// Two neighbouring digits swapped.
    Transposition,
    /// A digit too many or too few.
    DigitCount,
    /// The tenths digit read as kilometres.
    Tenths,
    /// A filler such as 999999.
    Placeholder,
    /// A failed inspection and its repeat.
    FailAndRetest,
    /// A rounded figure in an advert.
    Rounding,
    /// A replacement or repair of the instrument on record.
    DocumentedReplacement,
    /// A replacement nobody recorded.
    UndocumentedReplacement,
    /// A five-digit odometer that passed 99,999.
    Rollover,
    /// The reading belongs to another car, or was invented by no pattern we know.
    OtherMistake,
    /// A repaint on record.
    DocumentedRepaint,
    /// A repaint nobody recorded.
    UndocumentedRepaint,
    /// The two looked at different marks on the same car.
    AnotherMark,
    /// An authority stamped the number anew.
    DocumentedRestamp,
    /// A title can be marked for water, fire or theft without any accident.
    MarkedWithoutAccident,
    /// A time that is up to a day off: another zone, a wrong clock, the day of writing for that of the event.
    ADayOff,
    /// One of the two statements has another place, time or car than it should.
    OneSightingWrong,
    /// The damage spared the frame, so that the form does not call it an accident.
    FrameSpared,
}

impl Innocent {
    /// The explanation in a few words.
    pub fn message(self) -> Message {
        let (key, english) = match self {
            Self::UnitMix => ("innocent-unit-mix", "miles and kilometres mixed up"),
            Self::OneDigit => ("innocent-one-digit", "one digit misread or mistyped"),
            Self::OneCharacter => ("innocent-one-character", "one character misread or mistyped"),
            Self::Transposition => ("innocent-transposition", "two digits swapped"),
            Self::DigitCount => ("innocent-digit-count", "a digit too many or too few"),
            Self::Tenths => ("innocent-tenths", "the tenths digit read as kilometres"),
            Self::Placeholder => ("innocent-placeholder", "a filler instead of a reading"),
            Self::FailAndRetest => ("innocent-retest", "a failed inspection and its repeat"),
            Self::Rounding => ("innocent-rounding", "a rounded figure"),
            Self::DocumentedReplacement => (
                "innocent-replacement",
                "a replacement of the instrument on record",
            ),
            Self::UndocumentedReplacement => (
                "innocent-unrecorded-replacement",
                "a replacement of the instrument that nobody recorded",
            ),
            Self::Rollover => ("innocent-rollover", "a five-digit instrument past 99,999"),
            Self::OtherMistake => ("innocent-other-mistake", "a mistake of another kind"),
            Self::DocumentedRepaint => ("innocent-repaint", "a repaint on record"),
            Self::UndocumentedRepaint => ("innocent-unrecorded-repaint", "a repaint that nobody recorded"),
            Self::AnotherMark => ("innocent-another-mark", "they looked at different marks"),
            Self::DocumentedRestamp => ("innocent-restamp", "an authority stamped the number anew"),
            Self::MarkedWithoutAccident => (
                "innocent-marked-without-accident",
                "a title marked for water, fire or theft without an accident",
            ),
            Self::ADayOff => ("innocent-a-day-off", "a time that is up to a day off"),
            Self::OneSightingWrong => (
                "innocent-one-sighting-wrong",
                "one of the two statements wrong in place, time or car, all others right",
            ),
            Self::FrameSpared => (
                "innocent-frame-spared",
                "damage that spared the frame, which is no accident in the sense of the form",
            ),
        };
        Message::new(key, english, [])
    }
}

/// What came of an innocent explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It accounts for what was stated.
    Explains,
    /// It could, but is less likely than the alternative.
    Possible,
    /// It does not account for them.
    DoesNotFit,
}

impl Outcome {
    /// What came of it, in a few words.
    pub fn message(self) -> Message {
        let (key, english) = match self {
            Self::Explains => ("outcome-explains", "explains it"),
            Self::Possible => ("outcome-possible", "possible"),
            Self::DoesNotFit => ("outcome-does-not-fit", "does not fit"),
        };
        Message::new(key, english, [])
    }
}

/// An innocent explanation and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Tried {
    /// Which.
    pub explanation: Innocent,
    /// What came of it.
    pub outcome: Outcome,
}

/// One thing noticed about the car.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What was noticed.
    pub code: Code,
    /// How much it asks of the reader.
    pub level: Level,
    /// One line.
    pub title: Message,
    /// What exactly, with figures and dates.
    pub explanation: Message,
    /// Log indices of the statements it rests on, rising.
    pub rests_on: Vec<u64>,
    /// The innocent explanations tried. None where the finding repeats what one source states and contradicts nobody: there is
    /// nothing to explain.
    pub tried: Vec<Tried>,
    /// Documents or readings that would settle it; never empty.
    pub settles_it: Vec<Message>,
    /// What the sources behind it do not cover; never empty.
    pub not_covered: Vec<Message>,
    /// For odometer findings: natural logarithm of how much better the readings fit a wound-back instrument than the
    /// best innocent account, under the model in `docs/findings.md`. A ranking, not a probability.
    pub weight: Option<f64>,
}

/// What was noticed. To be a finding it must say what would settle it, and then what its sources do not cover.
pub(super) struct Noticed {
    code: Code,
    level: Level,
    explanation: Message,
    rests_on: Vec<u64>,
}

/// The same with what would settle it.
pub(super) struct Settleable {
    noticed: Noticed,
    settles_it: Vec<Message>,
}

impl Noticed {
    pub(super) fn settled_by<const N: usize>(self, settles: [Settles; N]) -> Settleable {
        const { assert!(N > 0, "every finding says what would settle it") };
        Settleable {
            noticed: self,
            settles_it: settles.map(Settles::message).to_vec(),
        }
    }
}

impl Settleable {
    pub(super) fn not_covering<const N: usize>(self, blind: [Blind; N]) -> Finding {
        const { assert!(N > 0, "no source covers everything") };
        let Noticed {
            code,
            level,
            explanation,
            rests_on,
        } = self.noticed;
        Finding {
            code,
            level,
            title: code.title(),
            explanation,
            rests_on,
            tried: Vec::new(),
            settles_it: self.settles_it,
            not_covered: blind.map(Blind::message).to_vec(),
            weight: None,
        }
    }
}

impl Finding {
    #[expect(
        clippy::new_ret_no_self,
        reason = "the two steps that follow make it a finding"
    )]
    pub(super) fn new(
        code: Code,
        level: Level,
        explanation: Message,
        rests_on: impl IntoIterator<Item = u64>,
    ) -> Noticed {
        let mut rests_on: Vec<u64> = rests_on.into_iter().collect();
        rests_on.sort_unstable();
        rests_on.dedup();
        Noticed {
            code,
            level,
            explanation,
            rests_on,
        }
    }

    pub(super) fn trying(mut self, tried: impl IntoIterator<Item = (Innocent, Outcome)>) -> Self {
        self.tried = tried
            .into_iter()
            .map(|(explanation, outcome)| Tried { explanation, outcome })
            .collect();
        self
    }
}

impl Code {
    /// Whether the code says that the reading may have been turned back on purpose, however carefully.
    pub fn accuses(self) -> bool {
        matches!(
            self,
            Code::OdometerRollbackSuspected | Code::OdometerOneWitness | Code::OdometerReview
        )
    }

    fn title(self) -> Message {
        let (key, english) = match self {
            Code::OdometerRollbackSuspected => (
                "title-odometer-rollback-suspected",
                "Odometer turned back: several readings agree",
            ),
            Code::OdometerOneWitness => (
                "title-odometer-one-witness",
                "A lower odometer reading rests on one witness",
            ),
            Code::OdometerReview => ("title-odometer-review", "Odometer readings need a look"),
            Code::OdometerReplacementUnrecorded => (
                "title-odometer-replacement-unrecorded",
                "Looks like another odometer, not on record",
            ),
            Code::OdometerReplaced => (
                "title-odometer-replaced",
                "Odometer replaced or repaired, on record",
            ),
            Code::OdometerRollover => ("title-odometer-rollover", "Five-digit odometer passed 99,999"),
            Code::OdometerUnitMix => ("title-odometer-unit-mix", "Miles and kilometres mixed up"),
            Code::OdometerRecordingError => (
                "title-odometer-recording-error",
                "An odometer reading was recorded wrongly",
            ),
            Code::OdometerUnreadable => ("title-odometer-unreadable", "An odometer reading says nothing"),
            Code::IdentityTwoPlaces => ("title-identity-two-places", "In two places too quickly"),
            Code::IdentityAfterScrapping => ("title-identity-after-scrapping", "Seen after it was scrapped"),
            Code::IdentityAfterExport => (
                "title-identity-after-export",
                "Seen in the country it had been exported from",
            ),
            Code::IdentityMarkState => (
                "title-identity-mark-state",
                "The identification number on the car is in doubt",
            ),
            Code::IdentityMarkRestamped => (
                "title-identity-mark-restamped",
                "The identification number was stamped anew",
            ),
            Code::IdentityMarksDisagree => (
                "title-identity-marks-disagree",
                "Observers disagree about the identification number on the car",
            ),
            Code::IdentityColourDiffers => (
                "title-identity-colour-differs",
                "Seen in another colour than on record",
            ),
            Code::IdentityWrittenDiffers => (
                "title-identity-written-differs",
                "A record is written under another number",
            ),
            Code::IdentityDescriptionDiffers => (
                "title-identity-description-differs",
                "Descriptions of the car differ",
            ),
            Code::DamageTotalLossThenClean => (
                "title-damage-total-loss-then-clean",
                "Called accident-free after a total loss",
            ),
            Code::DamageClaimThenAccidentFree => (
                "title-damage-claim-then-accident-free",
                "Called accident-free after an insurance claim",
            ),
            Code::DamageTotalLoss => ("title-damage-total-loss", "Total loss on record"),
            Code::HazardFlood => ("title-hazard-flood", "Flood on record"),
            Code::HazardFloodNotStated => (
                "title-hazard-flood-not-stated",
                "A later record does not state the flood",
            ),
            Code::HazardFire => ("title-hazard-fire", "Fire on record"),
            Code::TitleBrandDropped => (
                "title-title-brand-dropped",
                "A mark on the title was lost on re-registration",
            ),
            Code::TitleBrandThenAccidentFree => (
                "title-title-brand-then-accident-free",
                "Called accident-free after a mark on the title",
            ),
            Code::UseChangeNotStated => (
                "title-use-change-not-stated",
                "Commercial use is not stated in a later record",
            ),
            Code::UseCommercial => ("title-use-commercial", "Used commercially"),
            Code::GapSilence => ("title-gap-silence", "Nothing is known for a long time"),
            Code::GapUninsured => ("title-gap-uninsured", "A period without own-damage insurance"),
            Code::RecallOpen => ("title-recall-open", "A recall is open"),
            Code::TheftNotRecovered => (
                "title-theft-not-recovered",
                "Reported stolen, recovery not on record",
            ),
            Code::TheftRecovered => ("title-theft-recovered", "Stolen and recovered"),
            Code::LienNotReleased => ("title-lien-not-released", "A lien is not released"),
            Code::CorrectionRefused => (
                "title-correction-refused",
                "A correction by someone who may not make it",
            ),
            Code::CorrectionMade => ("title-correction-made", "A statement was corrected"),
        };
        Message::new(key, english, [])
    }
}

/// What would settle a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settles {
    ReadingToday,
    ControlUnitKm,
    ServiceInvoices,
    CorrectionByIssuer,
    ReplacementCertificate,
    PhotoOfInstrument,
    MarkInspection,
    BothIssuersConfirm,
    RegisterExtract,
    InsuranceHistory,
    RepairInvoices,
    NewConditionRecord,
    FloodInspection,
    ForeignTitleHistory,
    RecallRemedy,
    PoliceRelease,
    LienRelease,
    PeriodDocuments,
    DisputePanel,
    ReasonOfCorrection,
    OriginalRecord,
}

impl Settles {
    fn message(self) -> Message {
        let (key, english) = match self {
            Settles::ReadingToday => (
                "settles-reading-today",
                "a reading today by an inspector, with a photo of the instrument",
            ),
            Settles::ControlUnitKm => (
                "settles-control-unit-km",
                "the distance stored in other control units (engine, gearbox, airbag, battery)",
            ),
            Settles::ServiceInvoices => (
                "settles-service-invoices",
                "workshop invoices with a reading from around that time",
            ),
            Settles::CorrectionByIssuer => (
                "settles-correction-by-issuer",
                "a correction by the issuer who wrote the doubtful reading",
            ),
            Settles::ReplacementCertificate => (
                "settles-replacement-certificate",
                "the reason certificate for a repair or replacement of the odometer",
            ),
            Settles::PhotoOfInstrument => (
                "settles-photo",
                "the photo taken with the doubtful reading, if there is one",
            ),
            Settles::MarkInspection => (
                "settles-mark-inspection",
                "an inspection of all identification marks on the car by the authority, with photos",
            ),
            Settles::BothIssuersConfirm => (
                "settles-both-issuers",
                "both issuers confirm time, place and the mark they read, with their photos",
            ),
            Settles::RegisterExtract => ("settles-register-extract", "a current extract of the register"),
            Settles::InsuranceHistory => ("settles-insurance-history", "a current insurance history report"),
            Settles::RepairInvoices => (
                "settles-repair-invoices",
                "repair invoices and photos of the damage and its repair",
            ),
            Settles::NewConditionRecord => (
                "settles-new-condition-record",
                "a new condition record by another inspector who knows of this",
            ),
            Settles::FloodInspection => (
                "settles-flood-inspection",
                "an inspection for water in connectors, control units and under the carpets",
            ),
            Settles::ForeignTitleHistory => (
                "settles-foreign-title",
                "the title history from the country that marked the title",
            ),
            Settles::RecallRemedy => (
                "settles-recall",
                "the maker's confirmation that the recall was carried out",
            ),
            Settles::PoliceRelease => (
                "settles-police",
                "the police confirmation that the car is no longer sought",
            ),
            Settles::LienRelease => (
                "settles-lien-release",
                "the register's entry that the lien was released",
            ),
            Settles::PeriodDocuments => ("settles-period", "any dated document from the silent period"),
            Settles::DisputePanel => (
                "settles-dispute-panel",
                "a decision of the dispute panel, or a correction by the original issuer",
            ),
            Settles::ReasonOfCorrection => (
                "settles-reason-of-correction",
                "the document that shows its issuer why the first statement was wrong",
            ),
            Settles::OriginalRecord => (
                "settles-original-record",
                "the original record, with plate and photos, held against the car",
            ),
        };
        Message::new(key, english, [])
    }
}

/// What sources cannot see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blind {
    BetweenReadings,
    CashRepairs,
    InsuranceOnly,
    UninsuredPeriods,
    UnreportedSwaps,
    PlacesWithoutCoordinates,
    ClocksOfIssuers,
    VisualOnly,
    OtherCountries,
    UnregisteredClaims,
    NotEnrolled,
    ColourWords,
    UnreportedThefts,
    OldInstrument,
    ThatDay,
    WhoIsRight,
    WhyRestamped,
}

impl Blind {
    fn message(self) -> Message {
        let (key, english) = match self {
            Blind::BetweenReadings => (
                "blind-between-readings",
                "a reading turned back and driven past its old value between two readings leaves no trace",
            ),
            Blind::CashRepairs => (
                "blind-cash-repairs",
                "repairs paid in cash are in no insurance record",
            ),
            Blind::InsuranceOnly => (
                "blind-insurance-only",
                "damage that no insurer handled is not in these sources",
            ),
            Blind::UninsuredPeriods => (
                "blind-uninsured-periods",
                "own damage in periods without own-damage insurance is in no insurance record",
            ),
            Blind::UnreportedSwaps => (
                "blind-unreported-swaps",
                "an instrument replaced without papers cannot be told from one turned back by readings alone",
            ),
            Blind::PlacesWithoutCoordinates => (
                "blind-places",
                "places whose position is not in our table are not compared",
            ),
            Blind::ClocksOfIssuers => ("blind-clocks", "times are as the issuers state them"),
            Blind::VisualOnly => (
                "blind-visual",
                "a condition record is a visual inspection and does not open sealed parts",
            ),
            Blind::OtherCountries => (
                "blind-other-countries",
                "registers of countries that issue no statements here are not covered",
            ),
            Blind::UnregisteredClaims => (
                "blind-unregistered-claims",
                "claims against the car that are not in the register are not covered",
            ),
            Blind::ColourWords => (
                "blind-colour-words",
                "colours are compared by the words for them; a shade, or a word that is not in our table, is not",
            ),
            Blind::UnreportedThefts => (
                "blind-unreported-thefts",
                "thefts that nobody reported, or that were reported elsewhere, are not in these sources",
            ),
            Blind::OldInstrument => (
                "blind-old-instrument",
                "what the old instrument showed rests on the word of whoever did the work",
            ),
            Blind::ThatDay => (
                "blind-that-day",
                "how far the car had gone by that day is not known from this statement",
            ),
            Blind::WhoIsRight => (
                "blind-who-is-right",
                "the log shows who said what and when, not which of two statements is right",
            ),
            Blind::WhyRestamped => (
                "blind-why-restamped",
                "which number the car bore before, and why, only the authority knows",
            ),
            Blind::NotEnrolled => (
                "blind-not-enrolled",
                "parties who are not enrolled issue no statements: silence is not proof that nothing happened",
            ),
        };
        Message::new(key, english, [])
    }
}
