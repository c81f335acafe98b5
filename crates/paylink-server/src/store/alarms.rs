//! What needs a person.

use std::time::SystemTime;

use paylink_books::{BooksError, sqlx};
use sha2::{Digest, Sha256};

use super::events::{self, EventKind};
use super::{Store, millis, moment, on, whole};
use crate::random;

const RAISE: &str = "INSERT INTO paylink_server_alarms (id, kind, order_name, detail, raised_at, seen_at) \
     VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at";

/// $1: one, $2: those of an order, $3: 1 for those that are not resolved.
macro_rules! list {
    ($direction:literal) => {
        concat!(
            "SELECT id, kind, order_name, detail, raised_at, seen_at, resolved_at, resolved_by, note \
             FROM paylink_server_alarms WHERE ($1 = '' OR id = $1) AND ($2 = '' OR order_name = $2) \
             AND ($3 = 0 OR resolved_at IS NULL) ORDER BY raised_at",
            $direction,
            ", id LIMIT $4"
        )
    };
}

const RESOLVE: &str = "UPDATE paylink_server_alarms SET resolved_at = $2, resolved_by = $3, note = $4 \
     WHERE id = $1 AND resolved_at IS NULL";

/// Why a person is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AlarmKind {
    /// A payment that is not the order's.
    Mismatch,
    /// A create whose outcome nobody can find out.
    Lost,
}

impl AlarmKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            AlarmKind::Mismatch => "mismatch",
            AlarmKind::Lost => "lost",
        }
    }

    fn read(word: &str) -> AlarmKind {
        match word {
            "lost" => AlarmKind::Lost,
            _ => AlarmKind::Mismatch,
        }
    }

    fn event(self) -> EventKind {
        match self {
            AlarmKind::Mismatch => EventKind::Mismatch,
            AlarmKind::Lost => EventKind::Lost,
        }
    }
}

/// An alarm of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Alarm {
    pub(crate) id: String,
    pub(crate) kind: AlarmKind,
    pub(crate) order: String,
    pub(crate) detail: String,
    pub(crate) raised_at: SystemTime,
    pub(crate) seen_at: SystemTime,
    pub(crate) resolved: Option<Resolved>,
}

/// That a person has seen to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Resolved {
    pub(crate) at: SystemTime,
    pub(crate) by: String,
    pub(crate) note: String,
}

/// Which alarms are listed.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Alarms<'a> {
    pub(crate) id: &'a str,
    pub(crate) order: &'a str,
    pub(crate) open_only: bool,
    pub(crate) newest_first: bool,
}

type Row = (
    String,
    String,
    String,
    String,
    i64,
    i64,
    Option<i64>,
    Option<String>,
    Option<String>,
);

impl Store {
    /// Raises an alarm and writes its event, once however often it is seen. Says whether it is new.
    pub(crate) async fn raise(
        &self,
        kind: AlarmKind,
        order: &str,
        detail: &str,
        is_sent: bool,
    ) -> Result<bool, BooksError> {
        let id = name_of(kind, order, detail);
        let event = random::event_id();
        let (store, order, detail) = (self.clone(), order.to_owned(), detail.to_owned());
        whole(async move {
            let is_new = on!(transaction store, |transaction| {
                sqlx::query(RAISE)
                    .bind(&id)
                    .bind(kind.as_str())
                    .bind(&order)
                    .bind(detail)
                    .bind(millis(SystemTime::now()))
                    .execute(&mut *transaction)
                    .await?;
                let events: i64 = sqlx::query_scalar(events::COUNT_OF_ALARM)
                    .bind(&id)
                    .fetch_one(&mut *transaction)
                    .await?;
                if events == 0 {
                    events::insert!(&mut *transaction, event, kind.event(), &order, Some(&id), is_sent)?;
                }
                events == 0
            });
            Ok(is_new)
        })
        .await
    }

    pub(crate) async fn alarms(
        &self,
        which: Alarms<'_>,
        limit: u16,
    ) -> Result<Vec<Alarm>, BooksError> {
        let list = if which.newest_first {
            list!(" DESC")
        } else {
            list!("")
        };
        let rows: Vec<Row> = on!(read self, |db| sqlx::query_as(list)
            .bind(which.id)
            .bind(which.order)
            .bind(i64::from(which.open_only))
            .bind(i64::from(limit))
            .fetch_all(db)
            .await?);
        Ok(rows.into_iter().map(alarm).collect())
    }

    /// Writes that a person has seen to an alarm; `false` if there is none that is open.
    pub(crate) async fn resolve_alarm(
        &self,
        id: &str,
        by: &str,
        note: &str,
    ) -> Result<bool, BooksError> {
        let rows = on!(write self, |db| sqlx::query(RESOLVE)
            .bind(id)
            .bind(millis(SystemTime::now()))
            .bind(by)
            .bind(note)
            .execute(db)
            .await?
            .rows_affected());
        Ok(rows > 0)
    }
}

fn alarm(row: Row) -> Alarm {
    let (id, kind, order, detail, raised_at, seen_at, resolved_at, by, note) = row;
    Alarm {
        id,
        kind: AlarmKind::read(&kind),
        order,
        detail,
        raised_at: moment(raised_at),
        seen_at: moment(seen_at),
        resolved: resolved_at.map(|at| Resolved {
            at: moment(at),
            by: by.unwrap_or_default(),
            note: note.unwrap_or_default(),
        }),
    }
}

/// The same for the same alarm.
fn name_of(kind: AlarmKind, order: &str, detail: &str) -> String {
    let mut hash = Sha256::new();
    for part in [kind.as_str(), order, detail] {
        hash.update(part.as_bytes());
        // No part holds it.
        hash.update([0]);
    }
    format!(
        "alarm_{}",
        random::hex(hash.finalize().get(..12).unwrap_or_default())
    )
}
