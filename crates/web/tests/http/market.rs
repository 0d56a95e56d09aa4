//! The page that sets markets side by side.

use crate::pages::{assert_nothing_inline, look};
use crate::running::{self, Running};

/// A petrol car to the Emirates and Georgia.
pub const ASKED: &str = "/market?fuel=petrol&cc=1598&engine_kw=90&category=M1&used=true&manufactured=2022-05-10\
    &first_registration=2022-06-01&model_year=2022&steering=left&title=none&importer=person&personal_use=true\
    &price=9000&freight=1200&insurance=60&currency=USD&arrive=2026-03-10&to=AE&to=GE";

async fn with_rates() -> (Running, tempfile::TempDir) {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("rates.csv");
    std::fs::write(
        &file,
        "date,from,to,rate,source\n2026-03-09,USD,AED,3.6725,a bank\n2026-03-09,USD,GEL,2.7,a bank\n2026-03-09,EUR,USD,1.08,a bank\n",
    )
    .unwrap();
    let mut options = running::options();
    options.rates = vec![file];
    (Running::with(options).await, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_market_says_its_verdict_its_charges_and_what_would_change_them() {
    let (service, _folder) = with_rates().await;
    let page = look(&service, ASKED).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    for said in [
        "id=\"AE\"",
        "id=\"GE\"",
        "Landed cost",
        "What would change this",
        "Not legal advice",
        "a bank",
        "<rect class=\"s0\"",
    ] {
        assert!(text.contains(said), "{said}");
    }
    assert_nothing_inline(ASKED, &page);
}

#[tokio::test(flavor = "multi_thread")]
async fn export_control_is_judged_as_of_the_day_of_departure() {
    let service = Running::new().await;
    let left = look(&service, &format!("{ASKED}&depart=2026-02-10")).await;
    assert_eq!(left.status, 200);
    assert!(
        left.text().contains("Export control as of 2026-02-10"),
        "{}",
        left.text()
    );
    assert!(
        left.text().contains("value=\"2026-02-10\""),
        "it stays in the form"
    );
    let without = look(&service, ASKED).await;
    assert!(without.text().contains("Export control as of 2026-03-10"));
    for depart in ["2026-03-11", "soon"] {
        let late = look(&service, &format!("{ASKED}&depart={depart}")).await;
        assert_eq!(late.status, 422, "{depart}");
        assert!(
            late.text().contains("Day of departure from Korea</strong>"),
            "{}",
            late.text()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_rates_the_page_says_so_and_withholds() {
    let service = Running::new().await;
    let page = look(&service, ASKED).await;
    assert_eq!(page.status, 200);
    assert!(
        page.text().contains("No exchange rates are known here"),
        "{}",
        page.text()
    );
    assert!(page.text().contains("withheld"));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_fields_are_named_and_what_was_typed_stays_in_the_form() {
    let service = Running::new().await;
    let page = look(
        &service,
        "/market?fuel=petrol&cc=0&manufactured=%3Cb%3E&arrive=soon&to=ZZ&to=JO",
    )
    .await;
    assert_eq!(page.status, 422);
    let text = page.text();
    for said in ["Day of arrival", "&lt;b&gt;", "value=\"0\"", "ZZ"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("<b>"));
    let car = look(&service, "/market?vehicle=KMHXX00XXXX000009").await;
    assert_eq!(car.status, 422);
    assert!(car.text().contains("knows nothing"), "{}", car.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_car_that_the_log_knows_brings_its_facts() {
    let service = Running::new().await;
    let statement = running::registration(running::CAR, 1);
    assert_eq!(service.submit(&[statement.as_str()]).await.status, 200);
    let page = look(&service, &format!("/market?vehicle={}&to=JO", running::CAR)).await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(
        page.text().contains("From the car") && page.text().contains("2020-03-04"),
        "{}",
        page.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_field_is_named_and_what_a_market_asks_can_be_answered() {
    let service = Running::new().await;
    let wrong = look(&service, "/market?fule=petrol&to=JO").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("fule"), "{}", wrong.text());
    let page = look(&service, "/market?fuel=petrol&cc=1598&to=JO,KE&arrive=2026-03-10").await;
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    for said in [
        "id=\"JO\"",
        "id=\"KE\"",
        "name=\"retail.JO\"",
        "type=\"hidden\" name=\"cc\" value=\"1598\"",
        "name=\"value.crsp\"",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let answered = "/market?fuel=petrol&cc=1598&to=KE&arrive=2026-03-10&odometer_km=50000&prior_use=private&value.crsp=3000000%20KES";
    let page = look(&service, answered).await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(
        !page.text().contains("name=\"value.crsp\" type=\"text\""),
        "it was given: {}",
        page.text()
    );
}
