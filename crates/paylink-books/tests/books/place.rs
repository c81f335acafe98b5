//! Where a test keeps its books: a file of its own, or a schema of its own.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use paylink_books::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use paylink_books::sqlx::{self, AssertSqlSafe, PgPool};
use paylink_books::{Books, BooksError};
use tempfile::TempDir;

pub(crate) enum Place {
    Sqlite(TempDir),
    Postgres(Box<PgConnectOptions>),
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

impl Place {
    pub(crate) fn sqlite() -> Place {
        Place::Sqlite(tempfile::tempdir().unwrap())
    }

    pub(crate) fn postgres() -> Place {
        let url = std::env::var("PAYLINK_POSTGRES")
            .expect("PAYLINK_POSTGRES names no database: see CONTRIBUTING.md");
        Place::Postgres(Box::new(url.parse().unwrap()))
    }

    /// Books with nothing in them.
    pub(crate) async fn fresh(&self) -> Books {
        match self {
            Place::Sqlite(_) => Books::sqlite(self.file()).await.unwrap(),
            Place::Postgres(_) => {
                let pool = self.schema().await;
                Books::on_postgres(pool).await.unwrap()
            }
        }
    }

    /// The path of a file that is not there.
    pub(crate) fn file(&self) -> PathBuf {
        let Place::Sqlite(folder) = self else {
            panic!("there is no file");
        };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        folder.path().join(format!("{number}.db"))
    }

    /// Connections whose tables are in a schema of their own.
    pub(crate) async fn schema(&self) -> PgPool {
        let Place::Postgres(options) = self else {
            panic!("there is no server");
        };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let schema = format!("paylink_{}_{number}", std::process::id());
        let pool = pool((**options).clone()).await;
        for statement in [
            format!("DROP SCHEMA IF EXISTS {schema} CASCADE"),
            format!("CREATE SCHEMA {schema}"),
        ] {
            let made = sqlx::query(AssertSqlSafe(statement)).execute(&pool).await;
            made.unwrap();
        }
        pool.close().await;
        let options = (**options).clone().options([("search_path", schema)]);
        self::pool(options).await
    }
}

pub(crate) async fn pool(options: PgConnectOptions) -> PgPool {
    let pool = PgPoolOptions::new().max_connections(10);
    pool.connect_with(options).await.unwrap()
}

/// Other books over the same database.
pub(crate) async fn again(books: &Books) -> Result<Books, BooksError> {
    match (books.sqlite_pool(), books.postgres_pool()) {
        (Some(pool), _) => Books::on_sqlite(pool.clone()).await,
        (_, Some(pool)) => Books::on_postgres(pool.clone()).await,
        _ => panic!("an unknown database"),
    }
}

/// Changes something behind the books' back.
pub(crate) async fn run(books: &Books, statement: &'static str) {
    match (books.sqlite_pool(), books.postgres_pool()) {
        (Some(pool), _) => {
            sqlx::query(statement).execute(pool).await.unwrap();
        }
        (_, Some(pool)) => {
            sqlx::query(statement).execute(pool).await.unwrap();
        }
        _ => panic!("an unknown database"),
    }
}

/// Reads a number.
pub(crate) async fn number(books: &Books, statement: &'static str) -> i64 {
    match (books.sqlite_pool(), books.postgres_pool()) {
        (Some(pool), _) => sqlx::query_scalar(statement).fetch_one(pool).await.unwrap(),
        (_, Some(pool)) => sqlx::query_scalar(statement).fetch_one(pool).await.unwrap(),
        _ => panic!("an unknown database"),
    }
}
