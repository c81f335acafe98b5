//! Books open on a database that keeps what it confirms, and on no other.

use std::time::{Duration, SystemTime};

use paylink::desk::OrderStore;
use paylink_books::sqlx::migrate::MigrateError;
use paylink_books::sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use paylink_books::sqlx::{self, AssertSqlSafe};
use paylink_books::{Books, BooksError, Reconciliation};

use crate::on_both;
use crate::orders::order;
use crate::place::{Place, again, run};

on_both!(
    books_of_a_newer_release_are_not_touched,
    many_open_the_books_at_once,
    whether_books_are_there_is_told_and_nothing_is_made,
    books_of_an_older_release_are_brought_up_to_date,
    a_change_that_was_edited_after_it_was_applied_is_refused,
    closed_books_have_no_connection_left,
    books_and_a_reconciliation_are_shown_without_what_they_hold,
);

/// What each later migration added.
const LATER: [&str; 7] = [
    "DROP INDEX paylink_orders_due_by_account",
    "CREATE INDEX paylink_orders_due ON paylink_orders (next_check_at)",
    "DROP INDEX paylink_orders_taken_over",
    "ALTER TABLE paylink_orders DROP COLUMN taken_over",
    "DROP INDEX paylink_outbox_dead",
    "ALTER TABLE paylink_outbox DROP COLUMN dead_at",
    "DELETE FROM paylink_migrations WHERE version > 1",
];

async fn books_of_an_older_release_are_brought_up_to_date(place: &Place) {
    let books = place.fresh().await;
    for statement in LATER {
        run(&books, statement).await;
    }
    let add = "INSERT INTO paylink_orders \
        (name, account, reference, payment, ledger, stage, next_check_at, created_at) \
        VALUES ('1', 'main', '1', '{\"reference\":\"1\",\"price\":{\"amount\":\"5\",\"currency\":\"IRR\"}}', \
        '{\"version\":\"2\"}', 'open', 5, 0)";
    run(&books, add).await;
    let books = again(&books).await.unwrap();
    let (now, lease) = (SystemTime::now(), Duration::from_secs(60));
    let claimed = books.claim_due("main", now, lease, 9).await.unwrap();
    assert_eq!((claimed.len(), claimed[0].fence()), (1, 1));
    assert_eq!(books.snapshot().await.unwrap().taken_over, 0);
    // What was claimed and never given back is taken over.
    let later = now + lease * 2;
    let claimed = books.claim_due("main", later, lease, 9).await.unwrap();
    assert_eq!((claimed.len(), claimed[0].fence()), (1, 2));
    assert_eq!(books.snapshot().await.unwrap().taken_over, 1);
    assert_eq!(
        again(&books)
            .await
            .unwrap()
            .snapshot()
            .await
            .unwrap()
            .taken_over,
        1
    );
}

async fn books_of_a_newer_release_are_not_touched(place: &Place) {
    let books = place.fresh().await;
    books.add("1000", &order("1000")).await.unwrap();
    let newer = "INSERT INTO paylink_migrations \
        (version, description, installed_on, success, checksum, execution_time) \
        SELECT 7, 'newer', installed_on, success, checksum, 0 FROM paylink_migrations WHERE version = 1";
    run(&books, newer).await;
    let refused = again(&books).await.unwrap_err();
    match refused {
        BooksError::Newer { version } => assert_eq!(version, 7),
        error => panic!("{error}"),
    }
}

async fn a_change_that_was_edited_after_it_was_applied_is_refused(place: &Place) {
    const RELEASED: &[(i64, &str, &str)] = &[(1, "sizes", "CREATE TABLE sizes (size bigint)")];
    const EDITED: &[(i64, &str, &str)] = &[(1, "sizes", "CREATE TABLE sizes (size text)")];

    let books = place.fresh().await;
    for _ in 0..2 {
        let applied = books.bring_up_to_date("shop_migrations", RELEASED).await;
        applied.unwrap();
    }
    let refused = books.bring_up_to_date("shop_migrations", EDITED).await;
    match refused.unwrap_err() {
        BooksError::Migration(MigrateError::VersionMismatch(version)) => assert_eq!(version, 1),
        error => panic!("{error}"),
    }
}

async fn closed_books_have_no_connection_left(place: &Place) {
    let books = place.fresh().await;
    books.close().await;
    let refused = books.load("1000").await.unwrap_err();
    assert!(
        matches!(&refused, BooksError::Database(sqlx::Error::PoolClosed)),
        "{refused}"
    );
    let closed = match place {
        Place::Sqlite(_) => [books.sqlite_pool(), books.sqlite_readers()]
            .map(|pool| pool.unwrap().is_closed())
            .to_vec(),
        Place::Postgres(_) => vec![books.postgres_pool().unwrap().is_closed()],
    };
    assert!(closed.iter().all(|it| *it), "{closed:?}");
}

async fn books_and_a_reconciliation_are_shown_without_what_they_hold(place: &Place) {
    let kind = match place {
        Place::Sqlite(_) => "SQLite",
        Place::Postgres(_) => "PostgreSQL",
    };
    let shown = format!("{:?}", place.fresh().await.keep_private_data(true));
    let expected = format!("Books {{ database: \"{kind}\", keeps_private_data: true, .. }}");
    assert_eq!(shown, expected);
    let day = Reconciliation::of_day("1405/09/08".parse().unwrap()).unwrap();
    let (from, to) = (day.from(), day.to());
    let expected = format!("Reconciliation {{ from: {from:?}, to: {to:?}, .. }}");
    assert_eq!(format!("{day:?}"), expected);
}

async fn whether_books_are_there_is_told_and_nothing_is_made(place: &Place) {
    match place {
        Place::Sqlite(_) => {
            let file = place.file();
            assert!(!Books::are_in_sqlite(&file).await.unwrap());
            assert!(!file.exists());
            // Another program's: it stays as it is.
            std::fs::write(&file, "").unwrap();
            assert!(!Books::are_in_sqlite(&file).await.unwrap());
            assert_eq!(std::fs::read(&file).unwrap(), b"");
            Books::sqlite(&file).await.unwrap().close().await;
            assert!(Books::are_in_sqlite(&file).await.unwrap());
            std::fs::write(&file, "no database at all\n".repeat(100)).unwrap();
            assert!(Books::are_in_sqlite(&file).await.is_err());
        }
        Place::Postgres(_) => {
            let pool = place.schema().await;
            let schema = "SELECT current_schema()::text";
            let schema: String = sqlx::query_scalar(schema).fetch_one(&pool).await.unwrap();
            let url = std::env::var("PAYLINK_POSTGRES").unwrap();
            let sign = if url.contains('?') { '&' } else { '?' };
            let url = format!("{url}{sign}options=-c%20search_path%3D{schema}");
            assert!(!Books::are_in_postgres(&url).await.unwrap());
            let _ = Books::on_postgres(pool).await.unwrap();
            assert!(Books::are_in_postgres(&url).await.unwrap());
        }
    }
}

async fn many_open_the_books_at_once(place: &Place) {
    let all: Vec<_> = match place {
        Place::Sqlite(_) => {
            let file = place.file();
            let open = |_| tokio::spawn(Books::sqlite(file.clone()));
            (0..8).map(open).collect()
        }
        Place::Postgres(_) => {
            let pool = place.schema().await;
            let open = |_| tokio::spawn(Books::on_postgres(pool.clone()));
            (0..8).map(open).collect()
        }
    };
    for opened in all {
        let books = opened.await.unwrap().unwrap();
        assert_eq!(books.check().await.unwrap(), []);
    }
}

#[tokio::test]
async fn sqlite_that_could_lose_a_commit_is_refused() {
    let place = Place::sqlite();
    let file = place.file();
    let good = || {
        SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
    };
    for (options, property, found) in [
        (
            good().synchronous(SqliteSynchronous::Normal),
            "synchronous",
            "1",
        ),
        (
            good().synchronous(SqliteSynchronous::Off),
            "synchronous",
            "0",
        ),
        (good().foreign_keys(false), "foreign_keys", "0"),
        (good().busy_timeout(Duration::ZERO), "busy_timeout", "0"),
        (
            good().journal_mode(SqliteJournalMode::Delete),
            "journal_mode",
            "delete",
        ),
        (good().in_memory(true), "journal_mode", "memory"),
    ] {
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options);
        let pool = pool.await.unwrap();
        match Books::on_sqlite(pool.clone()).await.unwrap_err() {
            BooksError::Unfit(unfit) => {
                assert_eq!((unfit.property(), unfit.found()), (property, found));
                let told = unfit.to_string();
                assert!(told.ends_with(&format!(": {}", unfit.remedy())), "{told}");
            }
            error => panic!("{error}"),
        }
        pool.close().await;
    }
    let pool = SqlitePoolOptions::new().connect_with(good()).await.unwrap();
    Books::on_sqlite(pool).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_opened_names_the_place_and_the_remedy() {
    let folder = Place::sqlite();
    let nowhere = folder.file().with_file_name("not-there").join("shop.db");
    let nowhere = nowhere.display().to_string();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let server = format!("postgres://shop:secret-of-the-shop@127.0.0.1:{port}/shop");
    let reached = format!("127.0.0.1:{port}/shop");
    for (place, named, remedy) in [
        (
            &*nowhere,
            &*nowhere,
            "name a file in a folder that is there",
        ),
        (":memory:", "\":memory:\"", "a file in a temporary folder"),
        ("", "\"\"", "a file in a temporary folder"),
        (&*server, &*reached, "look at the host"),
        (
            "postgres://shop:secret-of-the-shop@127.0.0.1:x/shop",
            "its URL",
            "look at the host",
        ),
    ] {
        let refused = Books::open(place).await.unwrap_err();
        let told = format!("{refused}\n{refused:?}");
        assert!(told.contains(named) && told.contains(remedy), "{told}");
        assert!(!told.contains("secret-of-the-shop"), "{told}");
    }
}

#[tokio::test]
async fn what_is_written_is_there_when_the_file_is_opened_again() {
    let place = Place::sqlite();
    let file = place.file();
    let books = Books::sqlite(&file).await.unwrap();
    books.add("1000", &order("1000")).await.unwrap();
    books.close().await;
    let books = Books::sqlite(&file).await.unwrap();
    assert_eq!(crate::orders::line(&books, "1000").await.stage, "new");
    // Connections that read do nothing else.
    let readers = books.sqlite_readers().unwrap();
    let read = "SELECT name FROM paylink_orders";
    let names: Vec<String> = sqlx::query_scalar(read).fetch_all(readers).await.unwrap();
    assert_eq!(names, ["1000"]);
    let written = sqlx::query("DELETE FROM paylink_orders").execute(readers);
    let refused = written.await.unwrap_err();
    assert!(refused.to_string().contains("readonly"), "{refused}");
}

/// The statement for what is due reads an index, however many orders there are.
#[tokio::test]
async fn what_is_due_is_found_by_an_index_of_sqlite() {
    let books = Place::sqlite().fresh().await;
    let explain = "EXPLAIN QUERY PLAN SELECT name FROM paylink_orders \
        WHERE account = 'main' AND next_check_at <= 9 AND claimed_until <= 9 ORDER BY next_check_at LIMIT 8";
    let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain)
        .fetch_all(books.sqlite_pool().unwrap())
        .await
        .unwrap();
    let [(_, _, _, step)] = plan.as_slice() else {
        panic!("{plan:?}");
    };
    assert!(
        step.starts_with("SEARCH") && step.contains("paylink_orders_due"),
        "{step}"
    );
}

mod postgres_alone {
    use super::*;

    #[tokio::test]
    async fn a_server_that_does_not_wait_for_the_disk_is_refused() {
        let Place::Postgres(options) = Place::postgres() else {
            panic!("there is no server");
        };
        let pool = crate::place::pool(options.options([("synchronous_commit", "off")])).await;
        match Books::on_postgres(pool).await.unwrap_err() {
            BooksError::Unfit(unfit) => {
                assert_eq!(
                    (unfit.property(), unfit.found()),
                    ("synchronous_commit", "off")
                );
            }
            error => panic!("{error}"),
        }
    }

    /// Opens books where functions of these names stand before the server's own.
    async fn open_where(functions: &'static str) -> Result<Books, BooksError> {
        let pool = Place::postgres().schema().await;
        let schema = "SELECT current_schema()::text";
        let schema: String = sqlx::query_scalar(schema).fetch_one(&pool).await.unwrap();
        sqlx::query(functions).execute(&pool).await.unwrap();
        let options = (*pool.connect_options()).clone();
        let options = options.options([("search_path", format!("{schema},pg_catalog"))]);
        Books::on_postgres(crate::place::pool(options).await).await
    }

    /// The function for what the server says of its version.
    macro_rules! version {
        ($version:literal) => {
            concat!(
                "CREATE FUNCTION current_setting(text) RETURNS text LANGUAGE sql AS $$ SELECT CASE $1 \
                 WHEN 'server_version_num' THEN '",
                $version,
                "' ELSE pg_catalog.current_setting($1) END $$"
            )
        };
    }

    /// The function for a clock that is this far ahead.
    macro_rules! clock {
        ($ahead:literal) => {
            concat!(
                "CREATE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ \
                 SELECT pg_catalog.clock_timestamp() + interval '",
                $ahead,
                "' $$"
            )
        };
    }

    #[tokio::test]
    async fn a_server_that_is_too_old_or_has_another_time_is_refused() {
        for (functions, property, found) in [
            (version!("129999"), "server_version_num", "129999"),
            (version!("unknown"), "server_version_num", "unknown"),
            (clock!("-1 hour"), "clock_timestamp", "-36"),
            (clock!("1 hour"), "clock_timestamp", "3"),
        ] {
            match open_where(functions).await.unwrap_err() {
                BooksError::Unfit(unfit) => {
                    assert_eq!(unfit.property(), property);
                    assert!(unfit.found().starts_with(found), "{unfit}");
                }
                error => panic!("{error}"),
            }
        }
        for functions in [version!("130000"), clock!("-1 s"), clock!("1 s")] {
            open_where(functions).await.expect(functions);
        }
    }

    /// The statement for what is due reads an index, however many orders there are.
    #[tokio::test]
    async fn what_is_due_is_found_by_an_index() {
        let place = Place::postgres();
        let pool = place.schema().await;
        Books::on_postgres(pool.clone()).await.unwrap();
        let fill = "INSERT INTO paylink_orders \
            (name, account, reference, payment, ledger, stage, next_check_at, created_at) \
            SELECT n::text, 'main', n::text, '{}', '{}', 'delivered', NULL, 0 FROM generate_series(1, 20000) n";
        sqlx::query(fill).execute(&pool).await.unwrap();
        let due =
            "UPDATE paylink_orders SET next_check_at = 5, stage = 'open' WHERE name LIKE '77%'";
        sqlx::query(due).execute(&pool).await.unwrap();
        sqlx::query("ANALYZE paylink_orders")
            .execute(&pool)
            .await
            .unwrap();
        let explain = "EXPLAIN SELECT name FROM paylink_orders \
            WHERE account = 'main' AND next_check_at <= 9 AND claimed_until <= 9 \
            ORDER BY next_check_at LIMIT 8 FOR UPDATE SKIP LOCKED";
        let plan: Vec<String> = sqlx::query_scalar(AssertSqlSafe(explain.to_owned()))
            .fetch_all(&pool)
            .await
            .unwrap();
        let plan = plan.join("\n");
        assert!(plan.contains("paylink_orders_due"), "{plan}");
        assert!(
            !plan.contains("Seq Scan") && !plan.contains("Sort"),
            "{plan}"
        );
    }
}
