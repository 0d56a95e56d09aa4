use serde_json::Value;

use crate::running::{CAR, Running, registration};

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_verifies_with_what_the_service_says_of_itself() {
    let service = Running::new().await;
    service.submit(&[registration(CAR, 1).as_str()]).await;
    let answer = service.get(&format!("/api/vehicles/{CAR}/dossier")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        answer.header("content-disposition"),
        Some(format!("attachment; filename=\"vin-{CAR}.carnet\"").as_str())
    );
    let policy = service.get("/api/policy").await.json();
    let trust = dossier::Trust {
        policy: tlog::policy::Policy::parse(policy["policy"].as_str().unwrap()).unwrap(),
        vrf_key: policy["vrf_key"].as_str().unwrap().parse().unwrap(),
        max_age: u64::MAX,
    };
    let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap();
    let vehicle = desk::check::parse_vehicle(CAR).unwrap();
    let report = dossier::verify(&answer.body, &trust, Some(&vehicle), now).unwrap();
    assert_eq!(report.statements.len(), 1);
    assert_eq!(report.statements[0].hidden, 2, "plate and owner are personal");
}

#[tokio::test(flavor = "multi_thread")]
async fn personal_fields_are_shown_to_nobody_in_particular() {
    let service = Running::new().await;
    service.submit(&[registration(CAR, 1).as_str()]).await;
    for path in ["history", "dossier"] {
        let answer = service.get(&format!("/api/vehicles/{CAR}/{path}")).await;
        assert!(!answer.text().contains("owner-1"), "{path}");
        let asked = service.get(&format!("/api/vehicles/{CAR}/{path}?show=all")).await;
        assert_eq!((asked.status, asked.problem().as_str()), (401, "unauthenticated"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_names_its_statements_and_when_it_is_complete() {
    let service = Running::new().await;
    service.submit(&[registration(CAR, 1).as_str()]).await;
    let history = service.get(&format!("/api/vehicles/{CAR}/history")).await.json();
    assert_eq!(history["vehicle"], format!("vin:{CAR}"));
    assert_eq!(history["statements"][0]["type"], "registration.first");
    assert_eq!(history["absent"], false);
    assert!(history["complete_as_of"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_car_the_log_does_not_know_has_a_history_that_says_so() {
    let service = Running::new().await;
    let history = service.get(&format!("/api/vehicles/{CAR}/history")).await;
    assert_eq!(
        (history.status, &history.json()["absent"]),
        (200, &Value::Bool(true))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_comes_with_a_proof_that_verifies() {
    let service = Running::new().await;
    let label = service
        .get(&format!("/api/vehicles/vin:{CAR}/label"))
        .await
        .json();
    let bytes = |name: &str| hex::decode(label[name].as_str().unwrap()).unwrap();
    let key = index::vrf::PublicKey::from_bytes(&bytes("vrf_key").try_into().unwrap()).unwrap();
    let proof = index::vrf::Proof::from_bytes(&bytes("vrf_proof")).unwrap();
    let output = key
        .verify(&index::id_input(label["vehicle"].as_str().unwrap()), &proof)
        .unwrap();
    assert_eq!(output.label().0.as_slice(), bytes("label"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistyped_number_is_answered_with_what_is_wrong() {
    let service = Running::new().await;
    let answer = service.get("/api/vehicles/KMHXXOOXXXX000001/history").await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (422, "invalid-vehicle")
    );
}
