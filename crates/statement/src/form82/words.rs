//! The closed word lists of the form as types. Their labels stand in `labels.csv`.

use super::labels;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident in $set:literal { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
            pub enum $name {
                $($(#[$word_doc])* #[serde(rename = $word)] $variant,)*
            }

            impl $name {
                /// Every word of the list, in the order of the form.
                pub const ALL: &'static [$name] = &[$($name::$variant,)*];

                /// The word as written in a statement's body.
                pub fn as_str(self) -> &'static str {
                    match self {
                        $(Self::$variant => $word,)*
                    }
                }

                /// Korean label.
                pub fn label_ko(self) -> &'static str {
                    labels::label($set, self.as_str()).map_or("", |label| &label.ko)
                }

                /// English label.
                pub fn label_en(self) -> &'static str {
                    labels::label($set, self.as_str()).map_or("", |label| &label.en)
                }
            }
        )*
    };
}

words! {
    /// State of the VIN marking on the car.
    VinState in "vin_state" {
        /// As stamped.
        Good = "good",
        /// Corroded.
        Corroded = "corroded",
        /// Damaged.
        Damaged = "damaged",
        /// Not the number of the papers.
        Different = "different",
        /// Stamped over.
        Altered = "altered",
        /// Removed.
        Obliterated = "obliterated",
    }
    /// Transmission.
    Transmission in "transmission" {
        /// Automatic.
        Automatic = "automatic",
        /// Manual.
        Manual = "manual",
        /// Semi-automatic.
        SemiAutomatic = "semi_automatic",
        /// Continuously variable.
        Cvt = "cvt",
        /// Other, e.g. the single speed of an electric car.
        Other = "other",
    }
    /// Fuel.
    Fuel in "fuel" {
        /// Petrol.
        Gasoline = "gasoline",
        /// Diesel.
        Diesel = "diesel",
        /// Liquefied petroleum gas.
        Lpg = "lpg",
        /// Hybrid.
        Hybrid = "hybrid",
        /// Battery-electric.
        Electric = "electric",
        /// Hydrogen fuel cell.
        Hydrogen = "hydrogen",
        /// Other.
        Other = "other",
    }
    /// Who warrants the record.
    Warranty in "warranty" {
        /// The seller.
        Own = "self",
        /// An insurer.
        Insurer = "insurer",
    }
    /// Unit of the odometer.
    OdometerUnit in "unit" {
        /// Kilometres.
        Km = "km",
        /// Miles.
        Mi = "mi",
    }
    /// State of the odometer.
    InstrumentState in "instrument_state" {
        /// Working.
        Working = "working",
        /// Not working.
        NotWorking = "not_working",
        /// Replaced.
        Replaced = "replaced",
        /// Cannot be read.
        Unreadable = "unreadable",
        /// Not known.
        Unknown = "unknown",
    }
    /// How a reading was taken.
    ReadingMethod in "method" {
        /// Seen by a person.
        Seen = "seen",
        /// Read from a photograph by a program.
        PhotoOcr = "photo_ocr",
        /// Read over the diagnostic port.
        Obd = "obd",
        /// Copied from a document.
        Document = "document",
        /// Told by someone.
        Reported = "reported",
    }
    /// Mileage compared with the car's age.
    MileageLevel in "mileage_level" {
        /// High.
        High = "high",
        /// Normal.
        Normal = "normal",
        /// Low.
        Low = "low",
    }
    /// Tuning found.
    Tuning in "tuning" {
        /// None.
        None = "none",
        /// Legal.
        Legal = "legal",
        /// Illegal.
        Illegal = "illegal",
    }
    /// What is tuned.
    TuningKind in "tuning_kinds" {
        /// Structure.
        Structure = "structure",
        /// Device.
        Device = "device",
    }
    /// A use the car had before.
    FormerUse in "use_change" {
        /// Rental.
        Rental = "rental",
        /// Lease.
        Lease = "lease",
        /// Commercial.
        Business = "business",
    }
    /// Kind of colour.
    ColourClass in "colour_class" {
        /// White, grey, black, silver.
        Achromatic = "achromatic",
        /// Any other.
        Chromatic = "chromatic",
    }
    /// Repainting.
    Repaint in "repaint" {
        /// None.
        None = "none",
        /// All over.
        Full = "full",
        /// In another colour.
        ColourChanged = "colour_changed",
    }
    /// Main options.
    MainOption in "options" {
        /// Sunroof.
        Sunroof = "sunroof",
        /// Navigation.
        Navigation = "navigation",
        /// Other.
        Other = "other",
    }
    /// Side of the car, seen from the driver's seat.
    Side in "side" {
        /// Left.
        Left = "left",
        /// Right.
        Right = "right",
    }
    /// Front or rear.
    Position in "position" {
        /// Front.
        Front = "front",
        /// Rear.
        Rear = "rear",
    }
    /// Which pillar.
    Pillar in "pillar" {
        /// Beside the windscreen.
        A = "A",
        /// Between the doors.
        B = "B",
        /// Behind the rear door.
        C = "C",
    }
    /// Rank of a part. X or W on a frame part is an accident, on an outer part a simple repair.
    Rank in "rank" {
        /// Outer panel, bolted.
        Outer1 = "outer_1",
        /// Outer panel, welded.
        Outer2 = "outer_2",
        /// Frame, rank A.
        FrameA = "frame_a",
        /// Frame, rank B.
        FrameB = "frame_b",
        /// Frame, rank C.
        FrameC = "frame_c",
    }
    /// Condition of a panel. A panel may carry several.
    Code in "codes" {
        /// Replaced.
        Replaced = "X",
        /// Sheet-metal or weld repair.
        Welded = "W",
        /// Corrosion.
        Corroded = "C",
        /// Scratch.
        Scratched = "A",
        /// Dent or unevenness.
        Uneven = "U",
        /// Damage.
        Damaged = "T",
    }
    /// State of a detail item. Which states an item may have is its [`StateSet`](super::StateSet).
    State in "state" {
        /// Good.
        Good = "good",
        /// Bad.
        Bad = "bad",
        /// No leak.
        NoLeak = "none",
        /// Seeping: slight leak.
        Seep = "seep",
        /// Leaking.
        Leak = "leak",
        /// Adequate.
        Adequate = "adequate",
        /// Too low.
        Low = "low",
        /// Too high.
        Excess = "excess",
        /// No.
        No = "no",
        /// Yes.
        Yes = "yes",
    }
    /// What the car needs.
    NeedsRepair in "needs_repair" {
        /// Exterior.
        Exterior = "exterior",
        /// Interior.
        Interior = "interior",
        /// Polish.
        Polish = "polish",
        /// Interior cleaning.
        RoomCleaning = "room_cleaning",
        /// Wheel.
        Wheel = "wheel",
        /// Tyre.
        Tyre = "tyre",
        /// Glass.
        Glass = "glass",
    }
    /// Standard equipment present.
    KeptItem in "kept_items" {
        /// Owner's manual.
        Manual = "manual",
        /// Warning triangle.
        Triangle = "triangle",
        /// Jack.
        Jack = "jack",
        /// Spanner.
        Spanner = "spanner",
    }
    /// Layout a record was imported from.
    Layout in "layout" {
        /// The open layout.
        Open = "open",
        /// The public marketplace-code layout.
        Marketplace = "marketplace",
        /// The table, one row a panel or item.
        Csv = "csv",
    }
}

impl Rank {
    /// Whether the part belongs to the frame.
    pub fn is_frame(self) -> bool {
        matches!(self, Self::FrameA | Self::FrameB | Self::FrameC)
    }
}

impl Code {
    /// Whether the code says the panel was replaced or welded, which decides accident and simple repair.
    pub fn is_repair(self) -> bool {
        matches!(self, Self::Replaced | Self::Welded)
    }
}
