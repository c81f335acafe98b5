//! What cannot be right: it says what is wrong, then what to do, and shows no password.

use crate::place::{PASSWORD, Shop};

/// What is said of a usage error, which has to be the same in JSON.
fn refused(shop: &Shop, line: &str, books: Option<&str>) -> String {
    let told = shop.run_with(line, books);
    let error = shop.run_with(&format!("--json {line}"), books).error(2);
    assert_eq!(
        (&error["kind"], &error["effect"]),
        (&"usage".into(), &"not_executed".into())
    );
    let message = error["message"].as_str().unwrap();
    assert_eq!(told.failed(2), format!("error: {message}\n"));
    assert!(
        error["remedy"].is_string() && error["place"].is_string(),
        "{error}"
    );
    message.to_owned()
}

#[test]
fn no_books_are_named() {
    let shop = Shop::empty();
    insta::assert_snapshot!(refused(&shop, "orders", None), @"--books is missing: give it, or set PAYLINK_BOOKS, to the path of a SQLite file, such as shop.db, or a URL such as postgres://shop@db/shop");
    insta::assert_snapshot!(refused(&shop, "orders", Some("")), @"--books is empty: give the path of a SQLite file, such as shop.db, or a URL such as postgres://shop@db/shop");
}

#[test]
fn a_path_that_was_mistyped_does_not_become_a_file() {
    let shop = Shop::empty();
    for line in ["orders", "order 1000", "due", "outbox", "check", "export"] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(refused(&shop, line, Some("shpo.db")), @r#"--books "shpo.db" is not there: name the database that the shop opens, or make new books with `paylink books init`"#);
        }
    }
    assert!(!shop.path("shpo.db").exists());
}

#[test]
fn what_is_no_database() {
    let shop = Shop::empty();
    std::fs::write(shop.path("empty.db"), "").unwrap();
    insta::assert_snapshot!(refused(&shop, "orders", Some("empty.db")), @r#"--books "empty.db" holds no books: name the database that the shop opens, or make new books with `paylink books init`"#);
    assert_eq!(std::fs::read(shop.path("empty.db")).unwrap(), b"");
    std::fs::write(shop.path("notes.txt"), "shoes, two pairs\n".repeat(100)).unwrap();
    insta::assert_snapshot!(refused(&shop, "orders", Some("notes.txt")), @r#"--books "notes.txt" is not a SQLite database: give the file that the shop opens, or a path where nothing is yet"#);
    insta::assert_snapshot!(refused(&shop, "init", Some("nowhere/shop.db")), @r#"--books "nowhere/shop.db" cannot be opened: see that its folder is there, that it is a file, and that this user may read and write both"#);
    insta::assert_snapshot!(refused(&shop, "orders", Some(".")), @r#"--books "." cannot be opened: see that its folder is there, that it is a file, and that this user may read and write both"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_stage_and_a_limit_that_is_none() {
    let shop = Shop::open().await;
    let books = Some(&*shop.books);
    insta::assert_snapshot!(refused(&shop, "orders --stage paid", books), @r#"--stage "paid" is not known: use one of new, creating, open, over, awaiting_delivery, delivered"#);
    insta::assert_snapshot!(refused(&shop, "due --limit 0", books), @r#"--limit "0" is not a number of orders: give a whole number from 1 on, or none for no limit"#);
    shop.run("outbox --limit 10001").failed(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_not_there() {
    let shop = Shop::open().await;
    insta::assert_snapshot!(shop.run("order 9999").failed(1), @r#"error: no order has the name "9999": `paylink books orders` lists those that are there"#);
    let error = shop.run("--json order 9999").error(1);
    assert_eq!(
        (&error["kind"], &error["effect"]),
        (&"no_such_order".into(), &"not_executed".into())
    );
    shop.run("order 6037701689095443").failed(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn books_of_a_newer_release() {
    let shop = Shop::open().await;
    let books = paylink_books::Books::sqlite(&shop.books).await.unwrap();
    let newer = "INSERT INTO paylink_migrations (version, description, success, checksum, execution_time) \
                 VALUES (7, 'newer', TRUE, x'00', 0)";
    let pool = books.sqlite_pool().unwrap();
    paylink_books::sqlx::query(newer)
        .execute(pool)
        .await
        .unwrap();
    books.close().await;
    insta::assert_snapshot!(shop.run("check").failed(1), @"error: ~/shop.db: the books were written by a newer release of paylink-books (version 7 of their tables): use that one");
    assert_eq!(shop.run("--json check").error(1)["kind"], "books");
}

/// Wherever a URL is typed, the password in it is not repeated.
#[test]
fn no_password_is_told() {
    let shop = Shop::empty();
    for url in [
        format!("mysql://shop:{PASSWORD}@db/shop"),
        format!("postgresql+psycopg2://shop:{PASSWORD}@db/shop"),
        format!("sqlite://{PASSWORD}"),
        format!("postgres:shop:{PASSWORD}@db/shop"),
        format!("postgres://shop:{PASSWORD}/1@db/shop"),
        format!("postgres://shop:1?{PASSWORD}@db/shop"),
        format!(" postgres://shop@db:{PASSWORD}"),
    ] {
        refused(&shop, "orders", Some(&url));
    }
    // `finish` looks for it.
    let mut command = shop.command();
    let url = format!("postgres://shop:{PASSWORD}@db/shop");
    command.args(["books", &url]);
    shop.finish(command).failed(2);
    let mut command = shop.command();
    command.args(["--json", "books", "orders", &url]);
    shop.finish(command).error(2);
    let mut command = shop.command();
    command.args(["books", "--help"]).env("PAYLINK_BOOKS", &url);
    shop.finish(command).told();
}

#[cfg(not(feature = "books-postgres"))]
#[test]
fn a_url_of_postgresql_without_the_feature() {
    let shop = Shop::empty();
    let url = format!("postgres://shop:{PASSWORD}@db/shop");
    insta::assert_snapshot!(refused(&shop, "orders", Some(&url)), @"--books is in PostgreSQL, which is not in this build: install one that has it, from the top of the project: `cargo install --path crates/paylink-cli --features books-postgres`");
}
