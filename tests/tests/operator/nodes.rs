//! Two instances of the service over one PostgreSQL.

use http::StatusCode;
use paylink::desk::Stage;
use paylink_books::sqlx;
use paylink_server::Right;
use paylink_tests::postgres::Postgres;

use super::{Office, Visitor};

#[tokio::test]
async fn instances_share_sessions_and_what_they_show() {
    let postgres = Postgres::start().unwrap();
    let url = postgres.url("operator");
    let (office, other) = (
        Office::over(&url, None).await,
        Office::over(&url, None).await,
    );
    office.sell("1000", "zipay", 250_000).await;
    office.is_paid("1000").await;
    let alarm = "INSERT INTO paylink_server_alarms (id, kind, order_name, detail, raised_at, seen_at) \
         VALUES ('alarm_1', 'mismatch', '1000', 'amount is \"1\", expected \"2\"', 1, 1)";
    let pool = office.premises.books().postgres_pool().unwrap();
    sqlx::query(alarm).execute(pool).await.unwrap();

    let visitor = office.visitor(&[Right::Operate]).await;
    let elsewhere = Visitor {
        cookie: visitor.cookie.clone(),
        ..Visitor::of(&other)
    };
    assert!(elsewhere.is_logged_in().await);
    let mut found = elsewhere.page("/operator").await;
    assert!(found.contains("Open alarms"));
    for page in [
        "orders",
        "orders?stage=awaiting_delivery&account=zipay&day=1405/09/09",
        "orders/1000",
        "orders/1000/acknowledge",
        "alarms",
        "alarms?state=all",
        "alarms/alarm_1",
        "events",
        "events?state=due",
        "events?state=dead",
        "reconcile",
        "audit",
    ] {
        found = elsewhere.page(&format!("/operator/{page}")).await;
    }
    assert!(found.contains("Logged in"));
    let searched = elsewhere.get("/operator/orders?q=51000").await;
    assert_eq!(searched.leads_to(), "/operator/orders/1000");
    let noted = elsewhere
        .send("/operator/alarms/alarm_1", &[("note", "seen to")])
        .await;
    assert_eq!(noted.leads_to(), "/operator/alarms/alarm_1");
    let acknowledge = "/operator/orders/1000/acknowledge";
    let answer = elsewhere.send(acknowledge, &[("order", "1000")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(office.stage("1000").await, Stage::Delivered);
    let told = visitor.page("/operator/orders/1000").await;
    assert!(told.contains("seen to") && told.contains("Its goods were taken care of"));
    elsewhere.send("/operator/logout", &[]).await;
    assert!(!visitor.is_logged_in().await);
    office.close().await;
    other.close().await;
}
