//! The statements that keep the desk's promises. One text serves both databases; where it cannot, both stand together.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink::desk::{
    Claim, Claimed, Delivery, DueDelivery, Ledger, OrderStore, Saved, Stage, StoredOrder,
};

use crate::books::{Database, millis, millis_up, moment, on, rows, whole};
use crate::orders::{Columns, FIND, OrderRow, from_json, to_json};
use crate::{Books, BooksError, Connection};

/// What a grant writes. A claim that is not 0 was not released: it ran out.
macro_rules! grant {
    () => {
        "UPDATE paylink_orders SET fence = fence + 1, claimed_until = $3, \
         taken_over = taken_over + CASE WHEN claimed_until > 0 THEN 1 ELSE 0 END "
    };
}

/// One row is a grant.
const CLAIM: &str = concat!(
    grant!(),
    "WHERE name = $1 AND claimed_until <= $2 RETURNING fence, account, payment, private, ledger"
);

/// Each row is one. What is picked is picked once, whatever the planner does, and nobody waits for what another picks.
macro_rules! claim_due {
    ($lock:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (SELECT name FROM paylink_orders \
             WHERE account = $1 AND next_check_at <= $2 AND claimed_until <= $2 \
             ORDER BY next_check_at LIMIT $4",
            $lock,
            ") ",
            grant!(),
            "WHERE name IN (SELECT name FROM due) RETURNING next_check_at, name, fence"
        )
    };
}
#[cfg(feature = "sqlite")]
pub(crate) const CLAIM_DUE_IN_SQLITE: &str = claim_due!("");
#[cfg(feature = "postgres")]
pub(crate) const CLAIM_DUE_IN_POSTGRES: &str = claim_due!(" FOR UPDATE SKIP LOCKED");

const HELD_UNTIL: &str = "SELECT claimed_until FROM paylink_orders WHERE name = $1";

const SAVE: &str = "UPDATE paylink_orders SET ledger = $3, stage = $4, next_check_at = $5 \
     WHERE name = $1 AND fence = $2";

/// The payer's data goes with it: nothing is compared with it any more. So does the claim, of which nothing is left to do:
/// its release finds no row, and the disk is spared one write of three.
const HAND_OUT: &str = "UPDATE paylink_orders SET ledger = $3, stage = $4, next_check_at = $5, private = NULL, \
     claimed_until = 0 WHERE name = $1 AND fence = $2";

const INTO_OUTBOX: &str = "INSERT INTO paylink_outbox (id, order_name, delivery, created_at, due_at) VALUES ($1, $2, $3, $4, $4)";

const SAVE_AND_RELEASE: &str = "UPDATE paylink_orders SET ledger = $3, stage = $4, next_check_at = $5, \
     claimed_until = 0 WHERE name = $1 AND fence = $2";

const RELEASE: &str = "UPDATE paylink_orders SET claimed_until = 0 \
     WHERE name = $1 AND fence = $2 AND claimed_until > 0";

macro_rules! take {
    ($lock:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (SELECT id FROM paylink_outbox \
             WHERE due_at <= $1 ORDER BY due_at LIMIT $3",
            $lock,
            ") UPDATE paylink_outbox SET was_due_at = due_at, due_at = $2, attempts = attempts + 1 \
             WHERE id IN (SELECT id FROM due) RETURNING was_due_at, id, delivery, attempts"
        )
    };
}

const POSTPONE: &str = "UPDATE paylink_outbox SET due_at = $3, dead_at = $4 \
     WHERE id = $1 AND attempts = $2 AND due_at IS NOT NULL";

/// What is closed stays as it is, so that the disk is spared a write.
const CLOSE: &str = "UPDATE paylink_outbox SET due_at = NULL, dead_at = NULL \
     WHERE id = $1 AND (due_at IS NOT NULL OR dead_at IS NOT NULL)";

/// How often a claim is tried again that was found held, and free when its end was asked for.
const TRIES: u32 = 3;

/// What [`CLAIM`] returns.
type GrantedRow = (i64, String, String, Option<String>, String);

#[async_trait]
impl OrderStore for Books {
    type Error = BooksError;

    async fn load(&self, order: &str) -> Result<Option<StoredOrder>, BooksError> {
        let row: Option<Columns> = on!(read self, |db| sqlx::query_as(FIND)
            .bind(order)
            .fetch_optional(db)
            .await?);
        row.map(|row| OrderRow::from(row).into_order(order))
            .transpose()
    }

    async fn claim(
        &self,
        order: &str,
        now: SystemTime,
        lease: Duration,
    ) -> Result<Claimed, BooksError> {
        let until = millis_up(now.checked_add(lease).unwrap_or(now));
        for _ in 0..TRIES {
            let granted: Option<GrantedRow> = on!(write self, |db| sqlx::query_as(CLAIM)
                .bind(order)
                .bind(millis(now))
                .bind(until)
                .fetch_optional(db)
                .await?);
            if let Some((fence, account, payment, private, ledger)) = granted {
                let row = (account, payment, private, ledger);
                return Ok(Claimed::Granted {
                    claim: Claim::new(order, fence.unsigned_abs(), moment(until)),
                    order: Box::new(OrderRow::from(row).into_order(order)?),
                });
            }
            let held: Option<i64> = on!(write self, |db| sqlx::query_scalar(HELD_UNTIL)
                .bind(order)
                .fetch_optional(db)
                .await?);
            match held {
                None => return Ok(Claimed::NoSuchOrder),
                Some(until) if until > millis(now) => {
                    return Ok(Claimed::Held {
                        until: moment(until),
                    });
                }
                // It was released in between.
                Some(_) => {}
            }
        }
        Ok(Claimed::Held { until: now })
    }

    async fn save(&self, claim: &Claim, ledger: &Ledger) -> Result<Saved, BooksError> {
        self.write(SAVE, claim, ledger).await
    }

    async fn save_and_release(&self, claim: &Claim, ledger: &Ledger) -> Result<Saved, BooksError> {
        self.write(SAVE_AND_RELEASE, claim, ledger).await
    }

    async fn deliver(
        &self,
        claim: &Claim,
        ledger: &Ledger,
        delivery: &Delivery,
    ) -> Result<Saved, BooksError> {
        let document = to_json("ledger", claim.order(), ledger)?;
        let row = to_json("delivery", delivery.id(), delivery)?;
        let (stage, next_check_at) = (ledger.stage(), ledger.next_check_at());
        let (books, claim, delivery) = (self.clone(), claim.clone(), delivery.clone());
        whole(async move {
            on!(transaction books, |transaction| {
                let rows = sqlx::query(HAND_OUT)
                    .bind(claim.order())
                    .bind(fence(&claim))
                    .bind(document)
                    .bind(stage.as_str())
                    .bind(next_check_at.map(millis))
                    .execute(&mut *transaction)
                    .await?
                    .rows_affected();
                if rows == 0 {
                    return Ok(Saved::Superseded);
                }
                sqlx::query(INTO_OUTBOX)
                    .bind(delivery.id())
                    .bind(claim.order())
                    .bind(row)
                    .bind(millis(delivery.settled_at()))
                    .execute(&mut *transaction)
                    .await?;
                if let Some(handler) = &books.deliver {
                    let connection = Connection::from(&mut *transaction);
                    let handed_out = handler.deliver(connection, &delivery).await;
                    handed_out.map_err(BooksError::Deliver)?;
                }
            });
            Ok(Saved::Done)
        })
        .await
    }

    async fn release(&self, claim: &Claim) -> Result<(), BooksError> {
        on!(write self, |db| sqlx::query(RELEASE)
            .bind(claim.order())
            .bind(fence(claim))
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }

    async fn claim_due(
        &self,
        account: &str,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<Claim>, BooksError> {
        let until = millis_up(now.checked_add(lease).unwrap_or(now));
        let statement = match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite { .. } => CLAIM_DUE_IN_SQLITE,
            #[cfg(feature = "postgres")]
            Database::Postgres { .. } => CLAIM_DUE_IN_POSTGRES,
        };
        let mut granted: Vec<(i64, String, i64)> = on!(write self, |db| sqlx::query_as(statement)
                .bind(account)
                .bind(millis(now))
                .bind(until)
                .bind(rows(limit))
                .fetch_all(db)
                .await?);
        granted.sort_unstable();
        let granted = granted.into_iter();
        Ok(granted
            .map(|(_, name, fence)| Claim::new(name, fence.unsigned_abs(), moment(until)))
            .collect())
    }

    async fn take_due_deliveries(
        &self,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<DueDelivery>, BooksError> {
        let until = millis_up(now.checked_add(lease).unwrap_or(now));
        let statement = match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite { .. } => take!(""),
            #[cfg(feature = "postgres")]
            Database::Postgres { .. } => take!(" FOR UPDATE SKIP LOCKED"),
        };
        let mut taken: Vec<(i64, String, String, i64)> = on!(write self, |db| sqlx::query_as(statement)
                .bind(millis(now))
                .bind(until)
                .bind(rows(limit))
                .fetch_all(db)
                .await?);
        taken.sort_unstable();
        let rows = taken.into_iter().map(|(_, id, delivery, attempts)| {
            let delivery = from_json("delivery", &id, &delivery)?;
            Ok(DueDelivery::new(
                delivery,
                u32::try_from(attempts).unwrap_or(u32::MAX),
            ))
        });
        rows.collect()
    }

    async fn postpone_delivery(
        &self,
        taken: &DueDelivery,
        until: Option<SystemTime>,
    ) -> Result<Saved, BooksError> {
        let dead_at = until.is_none().then(|| millis(SystemTime::now()));
        let rows = on!(write self, |db| sqlx::query(POSTPONE)
            .bind(taken.delivery().id())
            .bind(i64::from(taken.attempts()))
            .bind(until.map(millis_up))
            .bind(dead_at)
            .execute(db)
            .await?
            .rows_affected());
        Ok(saved(rows))
    }

    async fn close_delivery(&self, id: &str) -> Result<(), BooksError> {
        on!(write self, |db| sqlx::query(CLOSE)
            .bind(id)
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }
}

impl Books {
    async fn write(
        &self,
        statement: &'static str,
        claim: &Claim,
        ledger: &Ledger,
    ) -> Result<Saved, BooksError> {
        let document = to_json("ledger", claim.order(), ledger)?;
        if let (Stage::Delivered, Some(delivery)) = (ledger.stage(), ledger.delivery()) {
            let id = delivery.id().to_owned();
            return self.write_delivered(statement, claim, document, id).await;
        }
        let rows = on!(write self, |db| sqlx::query(statement)
            .bind(claim.order())
            .bind(fence(claim))
            .bind(document)
            .bind(ledger.stage().as_str())
            .bind(ledger.next_check_at().map(millis))
            .execute(db)
            .await?
            .rows_affected());
        Ok(saved(rows))
    }

    /// Goods that went out are due no more: both are written, or neither, whoever said so.
    async fn write_delivered(
        &self,
        statement: &'static str,
        claim: &Claim,
        document: String,
        delivery: String,
    ) -> Result<Saved, BooksError> {
        let (books, claim) = (self.clone(), claim.clone());
        whole(async move {
            on!(transaction books, |transaction| {
                let rows = sqlx::query(statement)
                    .bind(claim.order())
                    .bind(fence(&claim))
                    .bind(document)
                    .bind(Stage::Delivered.as_str())
                    .bind(None::<i64>)
                    .execute(&mut *transaction)
                    .await?
                    .rows_affected();
                if rows == 0 {
                    return Ok(Saved::Superseded);
                }
                sqlx::query(CLOSE)
                    .bind(delivery)
                    .execute(&mut *transaction)
                    .await?;
            });
            Ok(Saved::Done)
        })
        .await
    }
}

fn fence(claim: &Claim) -> i64 {
    i64::try_from(claim.fence()).unwrap_or(i64::MAX)
}

fn saved(rows: u64) -> Saved {
    if rows == 0 {
        Saved::Superseded
    } else {
        Saved::Done
    }
}
