//! The service's own tables, in the database of the books.

pub(crate) mod alarms;
pub(crate) mod audit;
pub(crate) mod events;
pub(crate) mod keys;
pub(crate) mod orders;
pub(crate) mod refunds;
pub(crate) mod sessions;

use std::time::{Duration, SystemTime};

use paylink_books::sqlx::SqlitePool;
use paylink_books::{Books, BooksError, sqlx};

/// The changes of the tables. What is released here is never edited, only added to.
const CHANGES: [(i64, &str, &str); 1] =
    [(1, "server", include_str!("../migrations/0001_server.sql"))];

/// Which of them were applied.
const TABLE: &str = "paylink_server_migrations";

/// The service's own tables. A clone shares the connections.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) pools: Pools,
    pub(crate) books: Books,
}

#[derive(Clone, Debug)]
pub(crate) enum Pools {
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    #[cfg(feature = "postgres")]
    Postgres(sqlx::PgPool),
}

/// Runs the same statements on whichever database there is: `read` where many may, `write` where one statement changes
/// something, `transaction` where several do, inside [`whole`].
macro_rules! on {
    (read $store:expr, |$db:ident| $work:expr) => {
        match &$store.pools {
            $crate::store::Pools::Sqlite { readers: $db, .. } => $work,
            #[cfg(feature = "postgres")]
            $crate::store::Pools::Postgres($db) => $work,
        }
    };
    (write $store:expr, |$db:ident| $work:expr) => {
        match &$store.pools {
            $crate::store::Pools::Sqlite { writer: $db, .. } => $work,
            #[cfg(feature = "postgres")]
            $crate::store::Pools::Postgres($db) => $work,
        }
    };
    (transaction $store:expr, |$db:ident| $work:expr) => {
        match &$store.pools {
            $crate::store::Pools::Sqlite { writer, .. } => {
                let mut $db = writer.begin_with("BEGIN IMMEDIATE").await?;
                let done = $work;
                $db.commit().await?;
                done
            }
            #[cfg(feature = "postgres")]
            $crate::store::Pools::Postgres(pool) => {
                let mut $db = pool.begin_with($crate::store::BEGIN).await?;
                let done = $work;
                $db.commit().await?;
                done
            }
        }
    };
}
pub(crate) use on;

/// As the books begin theirs: a machine that is gone in the middle must not keep its rows locked.
#[cfg(feature = "postgres")]
pub(crate) const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; \
     SET LOCAL idle_in_transaction_session_timeout = '30s'";

/// Carries a transaction out to its end, in a task of its own: a caller who hangs up must not leave a connection in one that
/// nobody ends.
pub(crate) async fn whole<T: Send + 'static>(
    work: impl Future<Output = Result<T, BooksError>> + Send + 'static,
) -> Result<T, BooksError> {
    let done = tokio::spawn(work).await;
    done.unwrap_or(Err(BooksError::Database(sqlx::Error::WorkerCrashed)))
}

impl Store {
    /// The tables beside these books, made or brought up to date.
    pub(crate) async fn open(books: Books) -> Result<Store, BooksError> {
        books.bring_up_to_date(TABLE, &CHANGES).await?;
        let sqlite = books.sqlite_pool().zip(books.sqlite_readers());
        let pools = sqlite.map(|(writer, readers)| Pools::Sqlite {
            writer: writer.clone(),
            readers: readers.clone(),
        });
        #[cfg(feature = "postgres")]
        let pools = pools.or_else(|| books.postgres_pool().cloned().map(Pools::Postgres));
        let pools = pools.ok_or(BooksError::NotBuiltIn {
            database: "PostgreSQL",
            feature: "postgres",
        })?;
        Ok(Store { pools, books })
    }

    /// Whether the database answers.
    pub(crate) async fn answers(&self) -> Result<(), BooksError> {
        let _: i64 = on!(read self, |db| sqlx::query_scalar("SELECT count(*) FROM paylink_server_migrations")
            .fetch_one(db)
            .await?);
        Ok(())
    }
}

/// A moment in whole milliseconds since 1970.
pub(crate) fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}

pub(crate) fn moment(millis: i64) -> SystemTime {
    let since = Duration::from_millis(u64::try_from(millis).unwrap_or_default());
    let moment = SystemTime::UNIX_EPOCH.checked_add(since);
    moment.unwrap_or(SystemTime::UNIX_EPOCH)
}

/// The same moment, so much later.
pub(crate) fn later(time: SystemTime, by: Duration) -> SystemTime {
    time.checked_add(by).unwrap_or(time)
}
