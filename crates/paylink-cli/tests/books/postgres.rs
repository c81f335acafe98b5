//! The same over a database of PostgreSQL.

use paylink_books::Books;
use paylink_books::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use paylink_books::sqlx::{self, AssertSqlSafe};
use serde_json::json;

use crate::place::{PASSWORD, Shop, fill};

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_reads_them_and_tells_no_password() {
    let server = std::env::var("PAYLINK_POSTGRES")
        .expect("PAYLINK_POSTGRES names no database: see CONTRIBUTING.md");
    let options: PgConnectOptions = server.parse().unwrap();
    let pool = PgPoolOptions::new().max_connections(1);
    let pool = pool.connect_with(options).await.unwrap();
    let schema = format!("paylink_cli_{}", std::process::id());
    for statement in [
        format!("DROP SCHEMA IF EXISTS {schema} CASCADE"),
        format!("CREATE SCHEMA {schema}"),
    ] {
        let made = sqlx::query(AssertSqlSafe(statement)).execute(&pool).await;
        made.unwrap();
    }
    let url = url(&server, &schema);
    let shop = Shop::empty();
    let run = |line: &str| shop.run_with(line, Some(&url));
    let nothing = run("--json orders").error(2);
    let message = nothing["message"].as_str().unwrap();
    assert!(
        message.contains("holds no books: the database "),
        "{message}"
    );
    let books = Books::postgres(&url).await.unwrap();
    fill(&books).await;
    books.close().await;

    let opened = run("--json init").ok();
    assert_eq!(opened["database"], "PostgreSQL");
    let shown = opened["place"].as_str().unwrap();
    assert!(
        shown.starts_with("the database ") && !shown.contains("://"),
        "{shown}"
    );
    let orders = json!({"awaiting_delivery": 1, "delivered": 1, "new": 2, "open": 2});
    assert_eq!(opened["orders"], orders);
    assert_eq!(run("orders").told().lines().count(), 8);
    assert!(run("order 1003").told().contains("awaiting_delivery"));
    assert!(run("due").told().contains("1002"));
    assert!(run("outbox").told().contains("1003"));
    assert_eq!(run("--json check").ok()["violations"], json!([]));
    assert_eq!(run("export").stdout.lines().count(), 6);
    // Refused by the server, in its own words.
    let nowhere = url.replace("search_path", "no_such_setting");
    let error = shop.run_with("--json orders", Some(&nowhere)).error(1);
    assert_eq!(error["kind"], "books");

    let nobody = format!("postgres://shop:{PASSWORD}@127.0.0.1:1/shop");
    let told = shop.run_with("orders", Some(&nobody));
    let said = "error: the database shop at 127.0.0.1:1 cannot be reached: ";
    assert!(told.failed(1).starts_with(said), "{told:?}");

    let dropped = format!("DROP SCHEMA {schema} CASCADE");
    let dropped = sqlx::query(AssertSqlSafe(dropped)).execute(&pool).await;
    dropped.unwrap();
}

/// The server's URL with the schema, and with a password if it has none.
fn url(server: &str, schema: &str) -> String {
    let (scheme, rest) = server.split_once("://").unwrap();
    let rest = match rest.split_once('@') {
        Some((user, host)) if !user.contains(':') => format!("{user}:{PASSWORD}@{host}"),
        _ => rest.to_owned(),
    };
    let sign = if rest.contains('?') { '&' } else { '?' };
    format!("{scheme}://{rest}{sign}options=-c%20search_path%3D{schema}")
}
