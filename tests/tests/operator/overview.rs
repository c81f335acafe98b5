//! What the first page says needs a person.

use http::{Request, header};
use paylink_books::sqlx;
use paylink_server::Right;

use super::Office;

async fn run(office: &Office, statement: &'static str) {
    let pool = office.premises.books().sqlite_pool().unwrap();
    let done = sqlx::query(statement).execute(pool).await.unwrap();
    assert!(done.rows_affected() > 0, "{statement}");
}

#[tokio::test]
async fn what_waits_too_long_is_named() {
    let office = Office::open().await;
    office.sell("1000", "zipay", 250_000).await;
    office.is_paid("1000").await;
    office.sell("2000", "zipay", 10_000).await;
    let visitor = office.visitor(&[Right::Operate]).await;
    let page = visitor.page("/operator").await;
    assert!(page.contains("Nothing needs a person."), "{page}");
    for statement in [
        // Both were paid, and written, 16 minutes ago.
        "UPDATE paylink_outbox SET created_at = created_at - 960000",
        "UPDATE paylink_server_events SET created_at = created_at - 960000",
        // Nobody looks at the orders of an account that is gone.
        "UPDATE paylink_orders SET account = 'gone', next_check_at = created_at - 180000 WHERE name = '2000'",
    ] {
        run(&office, statement).await;
    }
    let page = visitor.page("/operator").await;
    for (title, path) in [
        ("Overdue events", "/operator/events?state=due"),
        (
            "Paid and not acknowledged",
            "/operator/orders?stage=awaiting_delivery",
        ),
        (
            "A provider that does not answer",
            "/operator/orders?account=gone",
        ),
    ] {
        let link = format!("<a href=\"{path}\"><strong>{title}</strong></a>");
        assert!(page.contains(&link), "{link} in {page}");
    }
    assert!(page.contains("<a href=\"/operator/orders/1000\">"));
    assert!(page.contains("The oldest has been waiting for 16 min"));
    run(
        &office,
        "UPDATE paylink_server_events SET due_at = NULL, dead_at = 1",
    )
    .await;
    let page = visitor.page("/operator").await;
    assert!(page.contains("Dead letters") && !page.contains("Overdue events"));
    office.close().await;
}

/// ZiPay gives money back after half an hour. An order that nobody has looked at since is named before that.
#[tokio::test]
async fn money_that_may_soon_go_back_is_named() {
    let office = Office::open().await;
    office.sell("1000", "zipay", 250_000).await;
    let visitor = office.visitor(&[Right::Operate]).await;
    let overdue = "UPDATE paylink_orders SET next_check_at = created_at - 180000";
    run(&office, overdue).await;
    assert!(
        !visitor
            .page("/operator")
            .await
            .contains("Money that may soon go back")
    );
    // It was created 25 minutes ago.
    let earlier = "UPDATE paylink_orders SET ledger = replace(ledger, '\"created_at_ms\":' || json_extract(ledger, \
         '$.attempts[0].progress.made.record.created_at_ms'), '\"created_at_ms\":' || (json_extract(ledger, \
         '$.attempts[0].progress.made.record.created_at_ms') - 1500000))";
    run(&office, earlier).await;
    let page = visitor.page("/operator").await;
    assert!(page.contains("Money that may soon go back"), "{page}");
    assert!(page.contains("<a href=\"/operator/orders/1000\">"));
    office.close().await;
}

/// A path of an order is no label of its own.
#[tokio::test]
async fn pages_are_counted_by_their_pattern() {
    let office = Office::open().await;
    office.sell("1000", "zipay", 250_000).await;
    let visitor = office.visitor(&[Right::Operate]).await;
    visitor.page("/operator/orders/1000").await;
    let home = visitor.get("/operator/").await;
    assert_eq!(home.leads_to(), "/operator");
    let (_, key) = office.key(&[Right::Read]).await;
    let figures = Request::get(format!("{}/metrics", office.url))
        .header(header::AUTHORIZATION, format!("Bearer {key}"))
        .body(String::new());
    let figures = office.send(figures.unwrap()).await.body;
    assert!(
        figures.contains("route=\"/operator/orders/{order}\""),
        "{figures}"
    );
    assert!(!figures.contains("orders/1000"));
    office.close().await;
}
