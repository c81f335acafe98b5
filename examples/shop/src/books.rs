//! The shop's books: the desk's own, and beside them, in the same database, what only the shop knows of an order.

use std::error::Error;
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use paylink::desk::{Delivery, OrderStore, StoredOrder};
use paylink_books::{BooksError, Connection, DeliverInTransaction, sqlx};
use tempfile::TempDir;

use crate::chance;
use crate::order::Order;

/// All orders, in a SQLite file or a PostgreSQL database.
#[derive(Clone, Debug)]
pub struct Books {
    of_desk: paylink_books::Books,
    /// The folder of books that are forgotten with the process.
    _folder: Option<Arc<TempDir>>,
}

/// The shop's own tables. A shop with more of them keeps its changes as migrations.
const TABLES: &str = "\
CREATE TABLE IF NOT EXISTS shop_orders (
    number text NOT NULL PRIMARY KEY,
    -- The browser in which it was placed.
    buyer  text NOT NULL,
    -- What was bought; NULL until it is handed out.
    code   text
);
CREATE TABLE IF NOT EXISTS shop_numbers (
    only_row integer NOT NULL PRIMARY KEY,
    next     bigint  NOT NULL
);";

/// New books and those of a backup must not use a number again that a provider remembers: they count from the present
/// second.
const BEGIN_NUMBERS: &str = "INSERT INTO shop_numbers (only_row, next) VALUES (1, $1) \
     ON CONFLICT (only_row) DO UPDATE SET next = excluded.next WHERE shop_numbers.next < excluded.next";

const NEXT_NUMBER: &str = "UPDATE shop_numbers SET next = next + 1 RETURNING next - 1";

const PLACE: &str = "INSERT INTO shop_orders (number, buyer) VALUES ($1, $2)";

const FIND: &str = "SELECT buyer, code FROM shop_orders WHERE number = $1";

const HAND_OUT: &str = "UPDATE shop_orders SET code = $2 WHERE number = $1 AND code IS NULL";

/// Runs the same on whichever database has the books, which read these statements alike. Where it is a transaction, SQLite
/// is to take its lock at the beginning.
macro_rules! on {
    ($books:expr, |$pool:ident| $work:expr) => {
        on!($books, |$pool, _begin| $work)
    };
    ($books:expr, |$pool:ident, $begin:ident| $work:expr) => {
        match ($books.of_desk.sqlite_pool(), $books.of_desk.postgres_pool()) {
            (Some($pool), _) => {
                let $begin = "BEGIN IMMEDIATE";
                $work
            }
            (_, Some($pool)) => {
                let $begin = "BEGIN";
                $work
            }
            (None, None) => return Err(sqlx::Error::Configuration(UNKNOWN.into()).into()),
        }
    };
}

const UNKNOWN: &str =
    "the books are in a database that the shop does not know: open them in SQLite or PostgreSQL";

impl Books {
    /// Books in the PostgreSQL database at this URL (`postgres://…`), or else in the SQLite file at this path, which is made
    /// if it is not there.
    ///
    /// # Errors
    ///
    /// If the database cannot be opened, or could lose what it confirmed: sell nothing until that is corrected.
    pub async fn open(place: &str) -> Result<Books, BooksError> {
        let of_desk = paylink_books::Books::open(place).await?;
        let books = Books {
            of_desk: of_desk.deliver_with(HandsOut),
            _folder: None,
        };
        on!(books, |pool| {
            sqlx::raw_sql(TABLES).execute(pool).await?;
            let numbers = sqlx::query(BEGIN_NUMBERS).bind(seconds());
            numbers.execute(pool).await?;
        });
        Ok(books)
    }

    /// Books that are forgotten with the process, for trying things: in a file all the same, in a folder that goes with
    /// them.
    ///
    /// # Errors
    ///
    /// If no such folder can be made: see where the system keeps temporary files.
    pub async fn forgotten() -> Result<Books, BooksError> {
        let folder = tempfile::tempdir().map_err(sqlx::Error::from)?;
        let file = folder.path().join("shop.db");
        Ok(Books {
            _folder: Some(Arc::new(folder)),
            ..Books::open(&file.to_string_lossy()).await?
        })
    }

    /// What the desk works with.
    #[must_use]
    pub fn of_desk(&self) -> &paylink_books::Books {
        &self.of_desk
    }

    /// One order.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn order(&self, number: &str) -> Result<Option<Order>, BooksError> {
        // What else stands in an address is no order's, and PostgreSQL does not take all of it.
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(None);
        }
        let Some(stored) = self.of_desk.load(number).await? else {
            return Ok(None);
        };
        let row: Option<(String, Option<String>)> = on!(self, |pool| sqlx::query_as(FIND)
            .bind(number)
            .fetch_optional(pool)
            .await?);
        Ok(row.map(|(buyer, code)| Order {
            number: number.to_owned(),
            stored,
            buyer,
            code,
        }))
    }

    /// A number that was never used, neither for an order nor as a reference, by any process over these books.
    pub(crate) async fn fresh_number(&self) -> Result<String, BooksError> {
        let number: i64 = on!(self, |pool| sqlx::query_scalar(NEXT_NUMBER)
            .fetch_one(pool)
            .await?);
        Ok(number.to_string())
    }

    /// Puts a new order in: the desk's row and the shop's, both or neither.
    pub(crate) async fn place(
        &self,
        number: &str,
        buyer: &str,
        order: &StoredOrder,
    ) -> Result<(), BooksError> {
        let (books, order) = (self.clone(), order.clone());
        let (number, buyer) = (number.to_owned(), buyer.to_owned());
        // In a task of its own: a browser that hangs up must not leave a connection in a transaction that nobody ends.
        let placed = tokio::spawn(async move {
            on!(books, |pool, begin| {
                let mut transaction = pool.begin_with(begin).await?;
                let added = books.of_desk.add_in(&mut *transaction, &number, &order);
                added.await?;
                let placed = sqlx::query(PLACE).bind(number).bind(buyer);
                placed.execute(&mut *transaction).await?;
                transaction.commit().await?;
            });
            Ok(())
        });
        placed
            .await
            .unwrap_or(Err(sqlx::Error::WorkerCrashed.into()))
    }
}

/// Gives a paid order its code, in the transaction that says so: once, whatever crashes.
struct HandsOut;

#[async_trait]
impl DeliverInTransaction for HandsOut {
    async fn deliver(
        &self,
        connection: Connection<'_>,
        delivery: &Delivery,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        let code = chance::code()?;
        macro_rules! hand_out {
            ($connection:ident) => {
                sqlx::query(HAND_OUT)
                    .bind(delivery.order())
                    .bind(code)
                    .execute($connection)
                    .await?
                    .rows_affected()
            };
        }
        let rows = match connection {
            Connection::Sqlite(connection) => hand_out!(connection),
            Connection::Postgres(connection) => hand_out!(connection),
            _ => return Err(UNKNOWN.into()),
        };
        if rows == 0 {
            return Err(
                "the order has no row in shop_orders, or has its code already: look at it by hand"
                    .into(),
            );
        }
        Ok(())
    }
}

/// Seconds since 1970.
fn seconds() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_secs()).unwrap_or(i64::MAX)
}
