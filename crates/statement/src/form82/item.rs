//! The detail items of the form and the states each may have. Their labels stand in the published schema.

use crate::vocabulary::StatementType;

use super::State;

/// The states an item may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateSet {
    /// Good or bad.
    GoodBad,
    /// None, seeping or leaking.
    Leak,
    /// Adequate, low or excess.
    Level,
    /// No or yes.
    YesNo,
}

impl StateSet {
    /// The states, in the order of the form.
    pub fn states(self) -> &'static [State] {
        match self {
            Self::GoodBad => &[State::Good, State::Bad],
            Self::Leak => &[State::NoLeak, State::Seep, State::Leak],
            Self::Level => &[State::Adequate, State::Low, State::Excess],
            Self::YesNo => &[State::No, State::Yes],
        }
    }
}

macro_rules! items {
    ($(#[$doc:meta])* $name:ident under $object:literal { $($variant:ident = $word:literal: $set:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $(#[doc = concat!("`", $word, "`")] #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every item, in the order of the form.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// The name in a statement's body.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// The states the form allows.
            pub fn states(self) -> StateSet {
                match self {
                    $(Self::$variant => StateSet::$set,)*
                }
            }

            /// Korean label.
            pub fn label_ko(self) -> &'static str {
                label($object, self.as_str()).0
            }

            /// English label.
            pub fn label_en(self) -> &'static str {
                label($object, self.as_str()).1
            }
        }
    };
}

fn label(object: &str, word: &str) -> (&'static str, &'static str) {
    let path = format!("/{object}/{word}");
    StatementType::InspectionCondition
        .fields()
        .iter()
        .find(|field| field.path == path)
        .map_or(("", ""), |field| (field.label_ko, field.label_en))
}

items! {
    /// A detail item.
    Item under "items" {
        SelfDiagnosisEngine = "self_diagnosis_engine": GoodBad,
        SelfDiagnosisTransmission = "self_diagnosis_transmission": GoodBad,
        EngineIdle = "engine_idle": GoodBad,
        EngineOilLeakRockerCover = "engine_oil_leak_rocker_cover": Leak,
        EngineOilLeakHeadGasket = "engine_oil_leak_head_gasket": Leak,
        EngineOilLeakBlockPan = "engine_oil_leak_block_pan": Leak,
        EngineOilLevel = "engine_oil_level": Level,
        CoolantLeakHeadGasket = "coolant_leak_head_gasket": Leak,
        CoolantLeakWaterPump = "coolant_leak_water_pump": Leak,
        CoolantLeakRadiator = "coolant_leak_radiator": Leak,
        CoolantLevel = "coolant_level": Level,
        CommonRail = "common_rail": GoodBad,
        AutomaticOilLeak = "automatic_oil_leak": Leak,
        AutomaticOilLevel = "automatic_oil_level": Level,
        AutomaticIdle = "automatic_idle": GoodBad,
        ManualOilLeak = "manual_oil_leak": Leak,
        ManualGearShift = "manual_gear_shift": GoodBad,
        ManualOilLevel = "manual_oil_level": Level,
        ManualIdle = "manual_idle": GoodBad,
        Clutch = "clutch": GoodBad,
        CvJoint = "cv_joint": GoodBad,
        PropellerShaft = "propeller_shaft": GoodBad,
        Differential = "differential": GoodBad,
        SteeringOilLeak = "steering_oil_leak": Leak,
        SteeringPump = "steering_pump": GoodBad,
        SteeringGear = "steering_gear": GoodBad,
        SteeringJoint = "steering_joint": GoodBad,
        SteeringHose = "steering_hose": GoodBad,
        TieRodBallJoint = "tie_rod_ball_joint": GoodBad,
        BrakeMasterCylinderLeak = "brake_master_cylinder_leak": Leak,
        BrakeOilLeak = "brake_oil_leak": Leak,
        BrakeBooster = "brake_booster": GoodBad,
        Alternator = "alternator": GoodBad,
        Starter = "starter": GoodBad,
        WiperMotor = "wiper_motor": GoodBad,
        BlowerMotor = "blower_motor": GoodBad,
        RadiatorFanMotor = "radiator_fan_motor": GoodBad,
        WindowMotor = "window_motor": GoodBad,
        FuelLeak = "fuel_leak": YesNo,
    }
}

items! {
    /// A high-voltage item, for electric and hybrid cars.
    HighVoltageItem under "high_voltage" {
        ChargingPortInsulation = "charging_port_insulation": GoodBad,
        TractionBatteryIsolation = "traction_battery_isolation": GoodBad,
        HighVoltageWiring = "high_voltage_wiring": GoodBad,
    }
}
