//! Refunds as rows: each is asked for once, and what finds it again is kept.

use std::time::SystemTime;

use paylink::Handle;
use paylink_books::{BooksError, sqlx};

use super::events::{self, EventKind};
use super::{Store, millis, moment, on, whole};
use crate::random;

const FIND: &str = "SELECT state, turn, handle, asked_at, done_at FROM paylink_server_refunds WHERE order_name = $1";

const BEGIN: &str = "INSERT INTO paylink_server_refunds (order_name, state, turn, asked_at) \
     VALUES ($1, 'asked', 1, $2) ON CONFLICT (order_name) DO NOTHING";

/// Another request, after it is known that the one before was not carried out.
const BEGIN_AGAIN: &str = "UPDATE paylink_server_refunds SET state = 'asked', turn = turn + 1, handle = NULL, asked_at = $3 \
     WHERE order_name = $1 AND turn = $2 AND state <> 'done'";

const UNKNOWN: &str = "UPDATE paylink_server_refunds SET state = 'unknown', handle = $3 \
     WHERE order_name = $1 AND turn = $2 AND state = 'asked'";

const DONE: &str = "UPDATE paylink_server_refunds SET state = 'done', handle = NULL, done_at = $2 \
     WHERE order_name = $1 AND state <> 'done'";

const WITHDRAW: &str =
    "DELETE FROM paylink_server_refunds WHERE order_name = $1 AND turn = $2 AND state = 'asked'";

/// How far a refund has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RefundState {
    /// It was asked for, and no answer is written.
    Asked,
    /// It may have been carried out.
    Unknown,
    /// The money went back.
    Done,
}

impl RefundState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            RefundState::Asked => "asked",
            RefundState::Unknown => "unknown",
            RefundState::Done => "done",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Refund {
    pub(crate) state: RefundState,
    pub(crate) turn: i64,
    pub(crate) handle: Option<Handle>,
    pub(crate) asked_at: SystemTime,
    pub(crate) done_at: Option<SystemTime>,
}

impl Store {
    pub(crate) async fn refund(&self, order: &str) -> Result<Option<Refund>, BooksError> {
        type Row = (String, i64, Option<String>, i64, Option<i64>);
        let row: Option<Row> = on!(read self, |db| sqlx::query_as(FIND)
            .bind(order)
            .fetch_optional(db)
            .await?);
        let Some((state, turn, handle, asked_at, done_at)) = row else {
            return Ok(None);
        };
        let handle = handle
            .map(|handle| serde_json::from_str(&handle))
            .transpose();
        let handle = handle.map_err(|error| BooksError::Row {
            row: order.to_owned(),
            column: "handle",
            problem: error.to_string(),
        })?;
        Ok(Some(Refund {
            state: match state.as_str() {
                "done" => RefundState::Done,
                "unknown" => RefundState::Unknown,
                _ => RefundState::Asked,
            },
            turn,
            handle,
            asked_at: moment(asked_at),
            done_at: done_at.map(moment),
        }))
    }

    /// Writes that the provider is asked now. `false` if another request came before.
    pub(crate) async fn begin_refund(
        &self,
        order: &str,
        after: Option<i64>,
    ) -> Result<bool, BooksError> {
        let now = millis(SystemTime::now());
        let rows = on!(write self, |db| match after {
            None => sqlx::query(BEGIN).bind(order).bind(now),
            Some(turn) => sqlx::query(BEGIN_AGAIN).bind(order).bind(turn).bind(now),
        }
        .execute(db)
        .await?
        .rows_affected());
        Ok(rows > 0)
    }

    /// Writes that nobody knows what came of it, and what finds it again.
    pub(crate) async fn refund_is_unknown(
        &self,
        order: &str,
        turn: i64,
        handle: Option<&Handle>,
    ) -> Result<(), BooksError> {
        let handle = handle.and_then(|handle| serde_json::to_string(handle).ok());
        on!(write self, |db| sqlx::query(UNKNOWN)
            .bind(order)
            .bind(turn)
            .bind(handle)
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Writes that the money went back, with the event that says so: once.
    pub(crate) async fn refund_is_done(
        &self,
        order: &str,
        is_sent: bool,
    ) -> Result<(), BooksError> {
        let (store, order) = (self.clone(), order.to_owned());
        let event = random::event_id();
        whole(async move {
            on!(transaction store, |transaction| {
                let rows = sqlx::query(DONE)
                    .bind(&order)
                    .bind(millis(SystemTime::now()))
                    .execute(&mut *transaction)
                    .await?
                    .rows_affected();
                if rows > 0 {
                    events::insert!(&mut *transaction, event, EventKind::Refunded, &order, None::<&str>, is_sent)?;
                }
            });
            Ok(())
        })
        .await
    }

    /// Takes a refund out that was not carried out.
    pub(crate) async fn withdraw_refund(&self, order: &str, turn: i64) -> Result<(), BooksError> {
        on!(write self, |db| sqlx::query(WITHDRAW)
            .bind(order)
            .bind(turn)
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }
}
