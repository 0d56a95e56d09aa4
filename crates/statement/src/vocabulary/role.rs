use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What an enrolled issuer is, and so which statement types it may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Vehicle maker.
    Maker,
    /// A program that decodes identifiers; it has seen no car.
    System,
    /// Korean vehicle register.
    Register,
    /// Vehicle register of another country.
    ForeignRegister,
    /// State body for vehicle safety, inspection and recalls (in Korea: TS and its institute KATRI).
    SafetyAuthority,
    /// Designated periodic-inspection station.
    InspectionStation,
    /// Licensed performance-and-condition inspector (Form 82).
    Inspector,
    /// Pre-shipment inspection body accepted by an importing country.
    PreshipmentInspector,
    /// Registered workshop.
    Workshop,
    /// Reader and assessor of traction batteries.
    BatteryAssessor,
    /// Body that certifies traction batteries.
    CertificationBody,
    /// Insurer, or the insurers' statistics body.
    Insurer,
    /// Police.
    Police,
    /// Customs.
    Customs,
    /// Licensed dealer.
    Dealer,
    /// Auction house.
    Auction,
    /// Exporter.
    Exporter,
    /// Storage or port yard.
    Yard,
    /// Sea, road or rail carrier.
    Carrier,
    /// Licensed dismantler.
    Dismantler,
    /// Panel that decides disputes about records.
    DisputePanel,
    /// Owner or keeper of the car.
    Owner,
}

/// How much an issuer's word weighs, A most. D never raises a car's grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceClass {
    /// An authority.
    A,
    /// An accredited professional.
    B,
    /// A trade party.
    C,
    /// The owner, or nobody who has seen the car.
    D,
}

impl EvidenceClass {
    /// `A` to `D`, as the `confidence` of a statement writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
        }
    }
}

impl fmt::Display for EvidenceClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a role; roles are {}", Role::ALL.map(Role::as_str).join(", "))]
pub struct UnknownRole {
    /// The word that was given.
    pub given: String,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 22] = [
        Role::Maker,
        Role::System,
        Role::Register,
        Role::ForeignRegister,
        Role::SafetyAuthority,
        Role::InspectionStation,
        Role::Inspector,
        Role::PreshipmentInspector,
        Role::Workshop,
        Role::BatteryAssessor,
        Role::CertificationBody,
        Role::Insurer,
        Role::Police,
        Role::Customs,
        Role::Dealer,
        Role::Auction,
        Role::Exporter,
        Role::Yard,
        Role::Carrier,
        Role::Dismantler,
        Role::DisputePanel,
        Role::Owner,
    ];

    fn row(self) -> (&'static str, &'static str, &'static str, EvidenceClass) {
        use EvidenceClass::{A, B, C, D};
        match self {
            Self::Maker => ("maker", "제작사", "maker", B),
            Self::System => ("system", "시스템", "decoding program", D),
            Self::Register => ("register", "자동차등록관청", "vehicle register", A),
            Self::ForeignRegister => ("foreign_register", "해외 등록관청", "foreign register", A),
            Self::SafetyAuthority => (
                "safety_authority",
                "교통안전 공공기관",
                "vehicle safety authority",
                A,
            ),
            Self::InspectionStation => (
                "inspection_station",
                "지정검사소",
                "periodic-inspection station",
                B,
            ),
            Self::Inspector => ("inspector", "성능·상태점검자", "condition inspector", B),
            Self::PreshipmentInspector => (
                "preshipment_inspector",
                "선적전검사기관",
                "pre-shipment inspector",
                B,
            ),
            Self::Workshop => ("workshop", "자동차정비업자", "workshop", B),
            Self::BatteryAssessor => ("battery_assessor", "축전지 평가기관", "battery assessor", B),
            Self::CertificationBody => ("certification_body", "인증기관", "certification body", B),
            Self::Insurer => ("insurer", "보험사", "insurer", B),
            Self::Police => ("police", "경찰", "police", A),
            Self::Customs => ("customs", "세관", "customs", A),
            Self::Dealer => ("dealer", "매매업자", "dealer", C),
            Self::Auction => ("auction", "경매장", "auction house", C),
            Self::Exporter => ("exporter", "수출업자", "exporter", C),
            Self::Yard => ("yard", "야적장", "yard", C),
            Self::Carrier => ("carrier", "운송인", "carrier", C),
            Self::Dismantler => ("dismantler", "해체재활용업자", "dismantler", B),
            Self::DisputePanel => ("dispute_panel", "분쟁조정부", "dispute panel", B),
            Self::Owner => ("owner", "소유자", "owner", D),
        }
    }

    /// The word used in files and in the log, e.g. `preshipment_inspector`.
    pub fn as_str(self) -> &'static str {
        self.row().0
    }

    /// Korean label.
    pub fn label_ko(self) -> &'static str {
        self.row().1
    }

    /// English label.
    pub fn label_en(self) -> &'static str {
        self.row().2
    }

    /// The highest class of evidence a statement of this role can be.
    pub fn evidence_class(self) -> EvidenceClass {
        self.row().3
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(s: &str) -> Result<Self, UnknownRole> {
        Role::ALL
            .into_iter()
            .find(|role| role.as_str() == s)
            .ok_or_else(|| UnknownRole { given: s.to_owned() })
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        word.parse().map_err(serde::de::Error::custom)
    }
}
