//! The books, and how they are opened.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink::desk::Delivery;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType};
use sqlx::{ConnectOptions, Connection as _, SqlSafeStr};
#[cfg(feature = "postgres")]
use sqlx::{PgPool, postgres::PgConnectOptions};
#[cfg(feature = "sqlite")]
use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};

use crate::{BooksError, Connection};

/// Orders and deliveries in a database: an [`OrderStore`](paylink::desk::OrderStore) for the desk. See the [crate](crate).
///
/// A clone shares the connections.
#[derive(Clone)]
pub struct Books {
    pub(crate) database: Database,
    pub(crate) keeps_private_data: bool,
    pub(crate) deliver: Option<Arc<dyn DeliverInTransaction>>,
}

/// Where the books are.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    /// SQLite lets one write at a time: one connection does, so that nobody waits for a lock, and others read beside it.
    #[cfg(feature = "sqlite")]
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    /// The books' own connections, and those on which the shop's transactions run. They are apart, since a `begin` that is
    /// dropped half-way leaves sqlx's connection in a transaction that nobody knows of, and what is written on it later is
    /// never committed: the books drop none.
    #[cfg(feature = "postgres")]
    Postgres { own: PgPool, shops: PgPool },
}

/// Runs the same statements on whichever database has the books: `read` where many may, `write` where one statement
/// changes something, `transaction` where several do. The last one is given up if its body returns early.
macro_rules! on {
    (read $books:expr, |$db:ident| $work:expr) => {
        match &$books.database {
            #[cfg(feature = "sqlite")]
            $crate::books::Database::Sqlite { readers: $db, .. } => $work,
            #[cfg(feature = "postgres")]
            $crate::books::Database::Postgres { own: $db, .. } => $work,
        }
    };
    (write $books:expr, |$db:ident| $work:expr) => {
        match &$books.database {
            #[cfg(feature = "sqlite")]
            $crate::books::Database::Sqlite { writer: $db, .. } => $work,
            #[cfg(feature = "postgres")]
            $crate::books::Database::Postgres { own: $db, .. } => $work,
        }
    };
    (transaction $books:expr, |$db:ident| $work:expr) => {
        match &$books.database {
            #[cfg(feature = "sqlite")]
            $crate::books::Database::Sqlite { writer, .. } => {
                let mut $db = writer.begin_with("BEGIN IMMEDIATE").await?;
                let done = $work;
                $db.commit().await?;
                done
            }
            #[cfg(feature = "postgres")]
            $crate::books::Database::Postgres { own, .. } => {
                let mut $db = own.begin_with($crate::postgres::BEGIN).await?;
                let done = $work;
                $db.commit().await?;
                done
            }
        }
    };
}
pub(crate) use on;

/// Carries a transaction out to its end, in a task of its own, even if the caller hangs up meanwhile.
pub(crate) async fn whole<T: Send + 'static>(
    work: impl Future<Output = Result<T, BooksError>> + Send + 'static,
) -> Result<T, BooksError> {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(BooksError::Database(sqlx::Error::WorkerCrashed)),
        },
    }
}

/// Hands goods out in the transaction that says so.
///
/// What it writes through the connection and what the desk writes are committed together, or not at all: a licence key, a
/// balance, a row of the shop's own go out **exactly once**, whatever crashes. What leaves the database (a mail, a parcel, a
/// request) does not belong here: it cannot be taken back when the commit fails. Use the
/// [`Outbox`](paylink::desk::Outbox) for that, which is at least once.
#[async_trait]
pub trait DeliverInTransaction: Send + Sync {
    /// Writes that the goods are the buyer's. Be quick: the database waits, and PostgreSQL gives up a transaction in which
    /// nothing happens for 30 seconds.
    ///
    /// # Errors
    ///
    /// Anything: nothing is written, and the desk comes again at the next look.
    async fn deliver(
        &self,
        connection: Connection<'_>,
        delivery: &Delivery,
    ) -> Result<(), Box<dyn Error + Send + Sync>>;
}

#[async_trait]
impl<D: DeliverInTransaction + ?Sized> DeliverInTransaction for Arc<D> {
    async fn deliver(
        &self,
        connection: Connection<'_>,
        delivery: &Delivery,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        (**self).deliver(connection, delivery).await
    }
}

impl Books {
    /// Opens the books where one setting says: in the PostgreSQL database of a URL, `postgres://…`, or in the SQLite file of
    /// any other text.
    ///
    /// # Errors
    ///
    /// As [`sqlite`](Books::sqlite) and [`postgres`](Books::postgres), and if the program was built without the feature
    /// that the place needs.
    pub async fn open(place: &str) -> Result<Books, BooksError> {
        if place.starts_with("postgres://") || place.starts_with("postgresql://") {
            #[cfg(feature = "postgres")]
            return Books::postgres(place).await;
            #[cfg(not(feature = "postgres"))]
            return Err(BooksError::NotBuiltIn {
                database: "PostgreSQL",
                feature: "postgres",
            });
        }
        #[cfg(feature = "sqlite")]
        return Books::sqlite(place).await;
        #[cfg(not(feature = "sqlite"))]
        Err(BooksError::NotBuiltIn {
            database: "SQLite",
            feature: "sqlite",
        })
    }

    /// Opens the books in this SQLite file, which is made if it is not there. Its folder has to be on a disk of this
    /// machine: SQLite's locks do not hold on a network file system.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened, the tables cannot be brought up to date or are those of a newer release, or SQLite
    /// does not do what the books need of it.
    #[cfg(feature = "sqlite")]
    pub async fn sqlite(path: impl AsRef<std::path::Path>) -> Result<Books, BooksError> {
        let (writer, readers) = crate::sqlite::open(path.as_ref()).await?;
        Books::over(Database::Sqlite { writer, readers }).await
    }

    /// Whether books are in this SQLite file. Nothing is made or changed, unlike by [`sqlite`](Books::sqlite): a tool asks
    /// before it opens what a person named.
    ///
    /// # Errors
    ///
    /// If the file is there and cannot be read, or is no database.
    #[cfg(feature = "sqlite")]
    pub async fn are_in_sqlite(path: impl AsRef<std::path::Path>) -> Result<bool, BooksError> {
        const FIND: &str = "SELECT count(*) FROM sqlite_master WHERE name = 'paylink_orders'";

        if path.as_ref().try_exists().is_ok_and(|is_there| !is_there) {
            return Ok(false);
        }
        let options = SqliteConnectOptions::new().filename(path).read_only(true);
        let mut connection = options.connect().await?;
        let found: i64 = sqlx::query_scalar(FIND).fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(found > 0)
    }

    /// The same on a pool that the merchant has, so that an order can be added in the shop's own transaction
    /// ([`add_in`](Books::add_in)).
    ///
    /// # Errors
    ///
    /// As [`sqlite`](Books::sqlite). The pool's connections need WAL, `synchronous=FULL`, foreign keys and a busy time-out.
    #[cfg(feature = "sqlite")]
    pub async fn on_sqlite(pool: SqlitePool) -> Result<Books, BooksError> {
        crate::sqlite::check(&pool).await?;
        Books::over(Database::Sqlite {
            writer: pool.clone(),
            readers: pool,
        })
        .await
    }

    /// Opens the books in the PostgreSQL database at this URL: `postgres://user:password@host/database?sslmode=verify-full`.
    ///
    /// TLS is what `sslmode` says; without it, it is used where the server offers it.
    ///
    /// # Errors
    ///
    /// If the database cannot be reached, the tables cannot be brought up to date or are those of a newer release, the
    /// server is older than 13 or does not wait for the disk, or its clock differs from this machine's by more than two
    /// seconds.
    #[cfg(feature = "postgres")]
    pub async fn postgres(url: &str) -> Result<Books, BooksError> {
        let (own, shops) = crate::postgres::open(url).await?;
        Books::over(Database::Postgres { own, shops }).await
    }

    /// Whether books are in the PostgreSQL database at this URL, where the role's search path finds them. Nothing is made or
    /// changed, unlike by [`postgres`](Books::postgres).
    ///
    /// # Errors
    ///
    /// If the database cannot be reached.
    #[cfg(feature = "postgres")]
    pub async fn are_in_postgres(url: &str) -> Result<bool, BooksError> {
        const FIND: &str = "SELECT to_regclass('paylink_orders') IS NOT NULL";

        let options: PgConnectOptions = url.parse()?;
        let mut connection = options.connect().await?;
        let is_there: bool = sqlx::query_scalar(FIND).fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(is_there)
    }

    /// The same for a pool that the merchant has, so that an order can be added in the shop's own transaction
    /// ([`add_in`](Books::add_in)). Everything else goes over connections of the books' own, at most ten, made with the
    /// pool's options.
    ///
    /// # Errors
    ///
    /// As [`postgres`](Books::postgres), and if the pool's connections have another database or schema than its options
    /// lead to: set the search path in the options.
    #[cfg(feature = "postgres")]
    pub async fn on_postgres(pool: PgPool) -> Result<Books, BooksError> {
        let own = crate::postgres::beside(&pool).await?;
        Books::over(Database::Postgres { own, shops: pool }).await
    }

    async fn over(database: Database) -> Result<Books, BooksError> {
        let books = Books {
            database,
            keeps_private_data: false,
            deliver: None,
        };
        books.bring_up_to_date(TABLE, &MIGRATIONS).await?;
        Ok(books)
    }

    /// Makes a program's own tables in the database of the books, and brings them up to date: `changes` are applied in their
    /// order, each once, by whichever process comes first. Each has its number, a name for people, and statements that both
    /// databases read; what was released is never edited. `table` keeps which of them were applied, and is the program's own
    /// as well.
    ///
    /// # Errors
    ///
    /// If the database fails, a change that was applied is not the one of this number, or a newer release of the program has
    /// applied one that is not among these.
    pub async fn bring_up_to_date(
        &self,
        table: &'static str,
        changes: &'static [(i64, &'static str, &'static str)],
    ) -> Result<(), BooksError> {
        let books = self.clone();
        // One transaction for all of it: two programs that open the same books at once must not both make the tables.
        whole(async move {
            on!(transaction books, |transaction| {
                if books.kind() == "PostgreSQL" {
                    // SQLite lets one transaction write as it is.
                    let lock = sqlx::query(ONE_AT_A_TIME).bind(LOCK);
                    lock.execute(&mut *transaction).await?;
                }
                migrate(&mut *transaction, table, changes).await?;
            });
            Ok(())
        })
        .await
    }

    /// Sets whether a payer's card and national id are kept: no. An order that has one is refused then, so that none is
    /// created without what it was to be held to.
    ///
    /// They are kept as they are, in the column `private` of `paylink_orders`, until the order is handed out: everybody who
    /// can read the database or a copy of it can read them.
    #[must_use]
    pub fn keep_private_data(mut self, keep: bool) -> Books {
        self.keeps_private_data = keep;
        self
    }

    /// Hands goods out in the transaction that says so: **exactly once**. See [`DeliverInTransaction`].
    ///
    /// The outbox gets its row all the same: what its worker does comes on top, at least once.
    #[must_use]
    pub fn deliver_with(mut self, handler: impl DeliverInTransaction + 'static) -> Books {
        self.deliver = Some(Arc::new(handler));
        self
    }

    /// The one connection that writes, if the books are in a SQLite file: begin a transaction on it with
    /// `begin_with("BEGIN IMMEDIATE")`, and pass it to [`add_in`](Books::add_in).
    #[cfg(feature = "sqlite")]
    #[must_use]
    pub fn sqlite_pool(&self) -> Option<&SqlitePool> {
        match &self.database {
            Database::Sqlite { writer, .. } => Some(writer),
            #[cfg(feature = "postgres")]
            Database::Postgres { .. } => None,
        }
    }

    /// The connections that read, if the books are in a SQLite file: beside the one that writes, and not in its way.
    #[cfg(feature = "sqlite")]
    #[must_use]
    pub fn sqlite_readers(&self) -> Option<&SqlitePool> {
        match &self.database {
            Database::Sqlite { readers, .. } => Some(readers),
            #[cfg(feature = "postgres")]
            Database::Postgres { .. } => None,
        }
    }

    /// Connections for the shop's own transactions, if the books are in a PostgreSQL database: pass one to
    /// [`add_in`](Books::add_in).
    #[cfg(feature = "postgres")]
    #[must_use]
    pub fn postgres_pool(&self) -> Option<&PgPool> {
        match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite { .. } => None,
            Database::Postgres { shops, .. } => Some(shops),
        }
    }

    /// Ends all connections, once what is under way is done.
    pub async fn close(&self) {
        match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            #[cfg(feature = "postgres")]
            Database::Postgres { own, shops } => {
                own.close().await;
                shops.close().await;
            }
        }
    }

    pub(crate) fn kind(&self) -> &'static str {
        match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite { .. } => "SQLite",
            #[cfg(feature = "postgres")]
            Database::Postgres { .. } => "PostgreSQL",
        }
    }
}

impl fmt::Debug for Books {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Books")
            .field("database", &self.kind())
            .field("keeps_private_data", &self.keeps_private_data)
            .finish_non_exhaustive()
    }
}

/// The changes of the tables, the same for both databases. What is released here is never edited, only added to.
const MIGRATIONS: [(i64, &str, &str); 2] = [
    (1, "books", include_str!("../migrations/0001_books.sql")),
    (
        2,
        "many nodes",
        include_str!("../migrations/0002_many_nodes.sql"),
    ),
];

/// The merchant's own migrations have sqlx's usual table.
const TABLE: &str = "paylink_migrations";

const ONE_AT_A_TIME: &str = "SELECT pg_advisory_xact_lock($1)";
/// The number of our lock: "paylink" in ASCII.
const LOCK: i64 = 0x70_61_79_6c_69_6e_6b;

/// Applies the changes that are missing, and touches nothing that a newer release has changed.
async fn migrate<C: Migrate>(
    connection: &mut C,
    table: &'static str,
    changes: &[(i64, &'static str, &'static str)],
) -> Result<(), BooksError> {
    let failed = BooksError::Migration;
    let made = connection.ensure_migrations_table(table).await;
    made.map_err(failed)?;
    let applied = connection.list_applied_migrations(table).await;
    let applied = applied.map_err(failed)?;
    let newest = applied
        .iter()
        .map(|it| it.version)
        .max()
        .unwrap_or_default();
    if newest > changes.iter().map(|it| it.0).max().unwrap_or_default() {
        return Err(BooksError::Newer { version: newest });
    }
    for &(version, what, sql) in changes {
        let sql = sql.into_sql_str();
        let what = Cow::Borrowed(what);
        let migration = Migration::new(version, what, MigrationType::Simple, sql, false);
        match applied.iter().find(|it| it.version == version) {
            Some(applied) if applied.checksum == migration.checksum => {}
            Some(_) => return Err(failed(MigrateError::VersionMismatch(version))),
            None => {
                let applied = connection.apply(table, &migration).await;
                applied.map_err(failed)?;
            }
        }
    }
    Ok(())
}

/// A moment in whole milliseconds since 1970.
pub(crate) fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}

/// The same, not before `time`: the end of a lease.
pub(crate) fn millis_up(time: SystemTime) -> i64 {
    let up = time.checked_add(Duration::from_nanos(999_999));
    millis(up.unwrap_or(time))
}

pub(crate) fn moment(millis: i64) -> SystemTime {
    let since = Duration::from_millis(u64::try_from(millis).unwrap_or_default());
    SystemTime::UNIX_EPOCH
        .checked_add(since)
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

/// So many rows at most.
pub(crate) fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
