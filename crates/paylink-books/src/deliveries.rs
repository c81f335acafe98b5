//! The outbox as rows: how deliveries are listed, and dead letters made due again.

use std::time::SystemTime;

use serde::Serialize;

use crate::books::{millis, moment, on};
use crate::{Books, BooksError};

/// $2: 0 for all, 1 for those that did not go out, 2 for dead letters.
const LIST: &str = "SELECT id, order_name, created_at, due_at, dead_at, attempts FROM paylink_outbox \
     WHERE ($1 = '' OR order_name = $1) \
     AND ($2 = 0 OR dead_at IS NOT NULL OR ($2 = 1 AND due_at IS NOT NULL)) ORDER BY created_at, id LIMIT $3";

/// One row is a dead letter that is due again. Its tries stay, so that an old worker's do not look like new ones.
const RETRY: &str =
    "UPDATE paylink_outbox SET due_at = $2, dead_at = NULL WHERE id = $1 AND dead_at IS NOT NULL";

/// A delivery of a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct DeliveryLine {
    /// The [id of the delivery](paylink::desk::Delivery::id).
    pub id: String,
    /// The order that is delivered.
    pub order: String,
    /// When the order was handed out.
    pub created_at: SystemTime,
    /// When it is tried again by itself; `None` once its goods went out, and for a dead letter.
    pub due_at: Option<SystemTime>,
    /// Since when it is a dead letter: it failed too often, and is tried again only if a person says so
    /// ([`Books::retry_delivery`]).
    pub dead_at: Option<SystemTime>,
    /// How often it was taken.
    pub attempts: u64,
}

/// Which deliveries are listed: those whose goods have not gone out, the oldest first, at most 100, unless it says
/// otherwise.
#[derive(Clone, Debug)]
#[must_use = "it lists nothing by itself"]
pub struct Deliveries {
    order: String,
    which: Which,
    limit: u16,
}

#[derive(Clone, Copy, Debug)]
enum Which {
    All,
    Open,
    Dead,
}

impl Deliveries {
    /// Those whose goods have not gone out, dead letters among them.
    pub fn open() -> Deliveries {
        Deliveries {
            order: String::new(),
            which: Which::Open,
            limit: 100,
        }
    }

    /// All, whether their goods went out or not.
    pub fn all() -> Deliveries {
        Deliveries {
            which: Which::All,
            ..Deliveries::open()
        }
    }

    /// The dead letters alone.
    pub fn dead() -> Deliveries {
        Deliveries {
            which: Which::Dead,
            ..Deliveries::open()
        }
    }

    /// Only that of this order.
    pub fn of_order(mut self, name: &str) -> Deliveries {
        name.clone_into(&mut self.order);
        self
    }

    /// At most so many.
    pub fn limit(mut self, deliveries: u16) -> Deliveries {
        self.limit = deliveries;
        self
    }
}

impl Books {
    /// Lists deliveries, the oldest first.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn outbox(&self, which: &Deliveries) -> Result<Vec<DeliveryLine>, BooksError> {
        type Line = (String, String, i64, Option<i64>, Option<i64>, i64);
        let chosen = match which.which {
            Which::All => 0_i64,
            Which::Open => 1,
            Which::Dead => 2,
        };
        let lines: Vec<Line> = on!(read self, |db| sqlx::query_as(LIST)
            .bind(&which.order)
            .bind(chosen)
            .bind(i64::from(which.limit))
            .fetch_all(db)
            .await?);
        let lines = lines.into_iter();
        Ok(lines
            .map(
                |(id, order, created_at, due_at, dead_at, attempts)| DeliveryLine {
                    id,
                    order,
                    created_at: moment(created_at),
                    due_at: due_at.map(moment),
                    dead_at: dead_at.map(moment),
                    attempts: attempts.unsigned_abs(),
                },
            )
            .collect())
    }

    /// Makes a dead letter due again, at once: do it after what kept its goods from going out was put right. It is tried
    /// once; if that fails too, it is a dead letter as before.
    ///
    /// Says whether there was a dead letter of this id.
    ///
    /// # Errors
    ///
    /// If the database fails: do it again.
    pub async fn retry_delivery(&self, id: &str) -> Result<bool, BooksError> {
        let rows = on!(write self, |db| sqlx::query(RETRY)
            .bind(id)
            .bind(millis(SystemTime::now()))
            .execute(db)
            .await?
            .rows_affected());
        Ok(rows > 0)
    }
}
