//! A car, its evaluation and its certificate, all invented; keys from fixed seeds.

use certificate::application::Application;
use certificate::credential::did::{DidDocument, multikey};
use certificate::credential::status_list::{Purpose, StatusList};
use certificate::credential::{self, Certificate, Issuer, People, StatusEntry, proof};
use certificate::evaluation::Evaluation;
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use serde_json::{Value, json};

pub const DID: &str = "did:web:certs.example";

pub fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn issued() -> Timestamp {
    time("2026-11-24T09:00:00Z")
}

pub fn key() -> SigningKey {
    SigningKey::from_bytes(&[0x51; 32])
}

pub fn public(key: &SigningKey) -> [u8; 32] {
    key.verifying_key().to_bytes()
}

pub fn issuer() -> Issuer {
    Issuer {
        did: DID.to_owned(),
        name: "Battery Certification Incheon (sample)".to_owned(),
        base_url: "https://certs.example".to_owned(),
    }
}

pub fn did_document() -> DidDocument {
    DidDocument::with_keys(DID, &[public(&key())])
}

pub fn method() -> String {
    format!("{DID}#{}", multikey(&public(&key())))
}

pub fn application() -> Application {
    serde_json::from_value(json!({
        "client": "Exporter Incheon (sample)",
        "vehicle": {
            "vid": "vin:KMHKN81ABMU000005", "make": "Hyundai", "model": "Ioniq 5",
            "variant": "Long Range 72.6 kWh", "category": "M1", "firstRegistration": "2021-05-14"
        },
        "battery": {
            "id": "SAMPLE-PACK-0005", "chemistry": "NMC", "nSeries": 180, "ratedAh": "111.2",
            "ratedSource": "sample data sheet", "krBatteryIdentificationNumber": "SAMPLE-KR-0005"
        }
    }))
    .unwrap()
}

pub fn evaluation() -> Evaluation {
    serde_json::from_value(json!({
        "soh": {
            "name": "SoH (capacity, Carnet method)", "valuePct": "91.4", "lower95Pct": "89.2", "upper95Pct": "93.6",
            "basis": "capacity", "reference": "rated Ah of the variant", "capacityAh": "101.6", "energyKwh": "66.1",
            "class": "guided", "methodVersion": "Carnet SoH 1.0.0", "nAnchored": 3, "nEcho": 0,
            "errorBudget": [
                {"source": "fit", "halfWidthPp": "1.6"}, {"source": "current gain", "halfWidthPp": "1.1"}
            ],
            "reportedByVehiclePct": "97.0"
        },
        "refused": [],
        "checks": [
            {"id": "cell_spread", "result": "pass", "value": {"number": "12", "unit": "mV"},
             "limit": {"atMost": "30", "unit": "mV"}, "limitSource": "Carnet, rested at 20 to 80 % SOC"},
            {"id": "isolation", "result": "pass", "value": {"number": "5200", "unit": "Ω/V"},
             "limit": {"atLeast": "500", "unit": "Ω/V"}, "limitSource": "UN Regulation No. 100, 5.1.3"},
            {"id": "temperature_spread", "result": "watch", "value": {"number": "4", "unit": "K"},
             "limit": {"atMost": "5", "unit": "K"}, "limitSource": "Carnet", "action": "Measure again after a night's rest"},
            {"id": "second_meter", "result": "not_measured", "limitSource": "Carnet"}
        ],
        "transport": {
            "unNumber": "UN 3556", "socPct": "32", "socMeasuredOn": "2026-11-23",
            "windows": [{"carrier": "EMSA guidance 3.2.3", "minPct": "20", "maxPct": "50"}],
            "ready": true, "obstacles": []
        },
        "evidence": {
            "from": "2026-11-20", "until": "2026-11-23",
            "assessmentSha256": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
            "rawSha256": ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
            "sessions": [
                {"deltaSocPct": "88.5", "chargeAh": "89.9", "anchored": true},
                {"deltaSocPct": "90.1", "chargeAh": "91.4", "anchored": true},
                {"deltaSocPct": "87.0", "chargeAh": "88.6", "anchored": true}
            ]
        },
        "odometerKm": 74748
    }))
    .unwrap()
}

pub fn people() -> People {
    serde_json::from_value(json!({
        "evaluated": {"name": "Kim Ara (sample)", "on": "2026-11-23"},
        "reviewed": {"name": "Lee Bora (sample)", "on": "2026-11-23"},
        "decided": {"name": "Park Chan (sample)", "on": "2026-11-24"}
    }))
    .unwrap()
}

pub const INDEX: u32 = 94_567;

/// The unsigned credential, as the body at `issuer` would issue it.
pub fn unsigned(issuer: &Issuer, redacted: bool) -> Value {
    let certificate = Certificate {
        number: "CN-2026-SAMPLE-05",
        issuer,
        application: &application(),
        evaluation: &evaluation(),
        people: &people(),
        issued: issued(),
        status: StatusEntry {
            list: 1,
            index: INDEX,
        },
    };
    credential::unsigned(&certificate, redacted).unwrap()
}

pub fn signed() -> Value {
    proof::sign(&unsigned(&issuer(), false), &method(), issued(), &key()).unwrap()
}

/// A status list with these bits set, made on a day and good for a week.
pub fn list(purpose: Purpose, set: &[u32], made: Timestamp) -> Value {
    let mut list = StatusList::default();
    for index in set {
        list.set(u64::from(*index)).unwrap();
    }
    let until = Timestamp::from_second(made.as_second() + 7 * 86_400).unwrap();
    let unsigned = list
        .unsigned(&issuer().list_url(purpose, 1), DID, purpose, made, until)
        .unwrap();
    proof::sign(&unsigned, &method(), made, &key()).unwrap()
}
