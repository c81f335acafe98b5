//! The six statements that keep the desk's promises. One text serves both databases; where it cannot, both stand together.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink::desk::{
    Claim, Claimed, Delivery, DueDelivery, Ledger, OrderStore, Saved, StoredOrder,
};

use crate::books::{Database, millis, millis_up, moment, on, whole};
use crate::orders::{Columns, FIND, OrderRow, from_json, to_json};
use crate::{Books, BooksError, Connection};

/// One row is a grant.
const CLAIM: &str = "UPDATE paylink_orders SET fence = fence + 1, claimed_until = $3 \
     WHERE name = $1 AND claimed_until <= $2 RETURNING fence, account, payment, private, ledger";

const HELD_UNTIL: &str = "SELECT claimed_until FROM paylink_orders WHERE name = $1";

const SAVE: &str = "UPDATE paylink_orders SET ledger = $3, stage = $4, next_check_at = $5 \
     WHERE name = $1 AND fence = $2";

/// The payer's data goes with it: nothing is compared with it any more.
const HAND_OUT: &str = "UPDATE paylink_orders SET ledger = $3, stage = $4, next_check_at = $5, private = NULL \
     WHERE name = $1 AND fence = $2";

const INTO_OUTBOX: &str = "INSERT INTO paylink_outbox (id, order_name, delivery, created_at, due_at) VALUES ($1, $2, $3, $4, $4)";

const RELEASE: &str = "UPDATE paylink_orders SET claimed_until = 0 WHERE name = $1 AND fence = $2";

pub(crate) const DUE: &str = "SELECT name FROM paylink_orders \
     WHERE next_check_at <= $1 AND claimed_until <= $1 ORDER BY next_check_at LIMIT $2";

macro_rules! take {
    ($lock:literal) => {
        concat!(
            "UPDATE paylink_outbox SET was_due_at = due_at, due_at = $2, attempts = attempts + 1 \
             WHERE id IN (SELECT id FROM paylink_outbox WHERE due_at <= $1 ORDER BY due_at LIMIT $3",
            $lock,
            ") RETURNING was_due_at, id, delivery, attempts"
        )
    };
}

const POSTPONE: &str = "UPDATE paylink_outbox SET due_at = $3 \
     WHERE id = $1 AND attempts = $2 AND due_at IS NOT NULL";

const CLOSE: &str = "UPDATE paylink_outbox SET due_at = NULL WHERE id = $1";

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
        let document = to_json("ledger", claim.order(), ledger)?;
        let rows = on!(write self, |db| sqlx::query(SAVE)
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

    async fn due(&self, now: SystemTime, limit: usize) -> Result<Vec<String>, BooksError> {
        let due = on!(read self, |db| sqlx::query_scalar(DUE)
            .bind(millis(now))
            .bind(rows(limit))
            .fetch_all(db)
            .await?);
        Ok(due)
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
        until: SystemTime,
    ) -> Result<Saved, BooksError> {
        let rows = on!(write self, |db| sqlx::query(POSTPONE)
            .bind(taken.delivery().id())
            .bind(i64::from(taken.attempts()))
            .bind(millis_up(until))
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

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
