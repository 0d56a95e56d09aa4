//! Somebody takes the lease from a service each time it has it: it seals nothing, and says so.

use crate::client::request;
use crate::running::{CAR, Running, options, registration, sql};

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_overtaken_again_and_again_says_so_until_it_seals() {
    if test_servers::is_left_out("it writes into the database in the words of SQLite") {
        return;
    }
    let data = Running::new().await.stop().await;
    let thief = "CREATE TRIGGER thief AFTER UPDATE ON lease BEGIN UPDATE lease SET fence = fence + 1; END";
    sql(data.path(), thief).await;
    let service = Running::again(data, options()).await;
    let headers = ["content-type: application/json", "prefer: respond-async"];
    let body = serde_json::json!({"statements": [registration(CAR, 1).as_str()]}).to_string();
    let path = "/api/statements";
    let taken = request(service.address, "POST", path, &headers, body.as_bytes()).await;
    assert_eq!(taken.status, 202, "{taken:?}");

    service
        .until("it says that it is overtaken", |health| {
            health["status"] == "degraded" && health["reasons"].to_string().contains("another process")
        })
        .await;
    assert!(service.metric("carnet_seals_overtaken_total").await >= 3.0);

    sql(service.data.path(), "DROP TRIGGER thief").await;
    service
        .until("it has sealed and says nothing more", |health| {
            health["status"] == "ok" && health["waiting"] == 0
        })
        .await;
}
