//! Events for the shop as rows: what is due, what arrived, and dead letters.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink::desk::Delivery;
use paylink_books::{BooksError, Connection, DeliverInTransaction, sqlx};

use super::{Pools, Store, later, millis, moment, on};
use crate::random;

/// After how much time an event that does not arrive is a dead letter.
pub(crate) const DIES_AFTER: Duration = Duration::from_secs(3 * 24 * 60 * 60);

pub(crate) const INSERT: &str = "INSERT INTO paylink_server_events (id, kind, order_name, alarm, created_at, due_at, dies_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)";

pub(crate) const COUNT_OF_ALARM: &str =
    "SELECT count(*) FROM paylink_server_events WHERE alarm = $1";

/// Writes a new event over a connection of either database. One that is not to be sent is for reading alone.
macro_rules! insert {
    ($db:expr, $id:expr, $kind:expr, $order:expr, $alarm:expr, $is_sent:expr) => {{
        let now = std::time::SystemTime::now();
        let now_ms = $crate::store::millis(now);
        sqlx::query($crate::store::events::INSERT)
            .bind($id)
            .bind($kind.as_str())
            .bind($order)
            .bind($alarm)
            .bind(now_ms)
            .bind($is_sent.then_some(now_ms))
            .bind($crate::store::millis($crate::store::later(
                now,
                $crate::store::events::DIES_AFTER,
            )))
            .execute($db)
            .await
    }};
}
pub(crate) use insert;

macro_rules! take {
    ($lock:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (SELECT id FROM paylink_server_events \
             WHERE due_at <= $1 ORDER BY due_at LIMIT $3",
            $lock,
            ") UPDATE paylink_server_events SET was_due_at = due_at, due_at = $2, attempts = attempts + 1 \
             WHERE id IN (SELECT id FROM due) \
             RETURNING was_due_at, id, kind, order_name, alarm, created_at, dies_at, attempts, failures"
        )
    };
}

/// The newest try alone writes.
const ARRIVED: &str = "UPDATE paylink_server_events SET due_at = NULL, arrived_at = $2, problem = NULL \
     WHERE id = $1 AND arrived_at IS NULL";

const PUT_OFF: &str = "UPDATE paylink_server_events SET due_at = $3, dead_at = $4, problem = $5, failures = failures + 1 \
     WHERE id = $1 AND attempts = $2 AND due_at IS NOT NULL";

const RESEND: &str = "UPDATE paylink_server_events SET due_at = $2, dies_at = $3, dead_at = NULL, arrived_at = NULL, failures = 0 \
     WHERE id = $1";

/// $1: one, $2: those of an order, $3: 1 for dead letters and 2 for those that wait, $4 and $5: those before this one.
const LIST: &str = "SELECT id, kind, order_name, created_at, due_at, attempts, arrived_at, dead_at, problem \
     FROM paylink_server_events WHERE ($1 = '' OR id = $1) AND ($2 = '' OR order_name = $2) \
     AND ($3 = 0 OR ($3 = 1 AND dead_at IS NOT NULL) OR ($3 = 2 AND due_at IS NOT NULL)) AND (created_at, id) < ($4, $5) ORDER BY created_at DESC, id DESC LIMIT $6";

const STANDING: &str = "SELECT count(*), coalesce(min(created_at), 0) FROM paylink_server_events WHERE due_at IS NOT NULL";
const LATE: &str =
    "SELECT count(*) FROM paylink_server_events WHERE due_at IS NOT NULL AND created_at < $1";
const DEAD: &str = "SELECT count(*) FROM paylink_server_events WHERE dead_at IS NOT NULL";
const ALARMS: &str = "SELECT count(*) FROM paylink_server_alarms WHERE resolved_at IS NULL";

/// What an event says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum EventKind {
    /// The goods of an order are due.
    Paid,
    /// A payment is not the order's.
    Mismatch,
    /// Whether a payment exists cannot be found out.
    Lost,
    /// The money of an order went back.
    Refunded,
}

impl EventKind {
    pub(crate) const ALL: [EventKind; 4] = [
        EventKind::Paid,
        EventKind::Mismatch,
        EventKind::Lost,
        EventKind::Refunded,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            EventKind::Paid => "order.paid",
            EventKind::Mismatch => "order.mismatch",
            EventKind::Lost => "order.lost",
            EventKind::Refunded => "order.refunded",
        }
    }

    fn read(word: &str) -> Option<EventKind> {
        EventKind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// An event that this process is to send.
#[derive(Clone, Debug)]
pub(crate) struct DueEvent {
    pub(crate) id: String,
    pub(crate) kind: EventKind,
    pub(crate) order: String,
    pub(crate) alarm: Option<String>,
    pub(crate) created_at: SystemTime,
    dies_at: SystemTime,
    pub(crate) attempts: i64,
    /// How many tries before this one failed.
    pub(crate) failures: i64,
}

/// An event of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct EventLine {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) order: String,
    pub(crate) created_at: SystemTime,
    pub(crate) due_at: Option<SystemTime>,
    pub(crate) attempts: u64,
    pub(crate) arrived_at: Option<SystemTime>,
    pub(crate) dead_at: Option<SystemTime>,
    pub(crate) problem: Option<String>,
}

/// How listed events stand.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) enum EventsThat {
    /// However they do.
    #[default]
    Are,
    /// Dead letters.
    AreDead,
    /// They are to be sent.
    Wait,
}

/// Which events are listed, the newest first.
#[derive(Clone, Default, Debug)]
pub(crate) struct Events {
    pub(crate) id: String,
    pub(crate) order: String,
    pub(crate) standing: EventsThat,
    /// Those before this one.
    pub(crate) before: Option<(SystemTime, String)>,
    pub(crate) limit: u16,
}

/// How the events and alarms stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Standing {
    pub(crate) due: u64,
    pub(crate) oldest: Option<SystemTime>,
    pub(crate) dead: u64,
    pub(crate) alarms: u64,
}

impl Store {
    /// Takes events that are due, each for one process until the lease has ended.
    pub(crate) async fn take_due_events(
        &self,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<DueEvent>, BooksError> {
        type Row = (
            i64,
            String,
            String,
            String,
            Option<String>,
            i64,
            i64,
            i64,
            i64,
        );
        let statement = match &self.pools {
            Pools::Sqlite { .. } => take!(""),
            #[cfg(feature = "postgres")]
            Pools::Postgres(_) => take!(" FOR UPDATE SKIP LOCKED"),
        };
        let mut rows: Vec<Row> = on!(write self, |db| sqlx::query_as(statement)
            .bind(millis(now))
            .bind(millis(later(now, lease)))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(db)
            .await?);
        rows.sort_unstable();
        let events = rows.into_iter();
        events
            .map(
                |(_, id, kind, order, alarm, created_at, dies_at, attempts, failures)| {
                    let kind = EventKind::read(&kind).ok_or_else(|| BooksError::Row {
                        row: id.clone(),
                        column: "kind",
                        problem: "is not known".to_owned(),
                    })?;
                    Ok(DueEvent {
                        id,
                        kind,
                        order,
                        alarm,
                        created_at: moment(created_at),
                        dies_at: moment(dies_at),
                        attempts,
                        failures,
                    })
                },
            )
            .collect()
    }

    /// Writes that the shop has it.
    pub(crate) async fn event_arrived(&self, id: &str) -> Result<(), BooksError> {
        on!(write self, |db| sqlx::query(ARRIVED)
            .bind(id)
            .bind(millis(SystemTime::now()))
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Makes an event due again, or a dead letter if its time is over. Says whether it is one.
    pub(crate) async fn put_event_off(
        &self,
        event: &DueEvent,
        until: SystemTime,
        problem: &str,
    ) -> Result<bool, BooksError> {
        let is_dead = until >= event.dies_at;
        let dead_at = is_dead.then(|| millis(SystemTime::now()));
        on!(write self, |db| sqlx::query(PUT_OFF)
            .bind(&event.id)
            .bind(event.attempts)
            .bind((!is_dead).then(|| millis(until)))
            .bind(dead_at)
            .bind(problem)
            .execute(db)
            .await
            .map(drop)?);
        Ok(is_dead)
    }

    /// Makes an event due at once, for three more days: whatever became of it before. `false` if there is none.
    pub(crate) async fn resend_event(&self, id: &str) -> Result<bool, BooksError> {
        let now = SystemTime::now();
        let rows = on!(write self, |db| sqlx::query(RESEND)
            .bind(id)
            .bind(millis(now))
            .bind(millis(later(now, DIES_AFTER)))
            .execute(db)
            .await?
            .rows_affected());
        Ok(rows > 0)
    }

    pub(crate) async fn events(&self, which: &Events) -> Result<Vec<EventLine>, BooksError> {
        type Row = (
            String,
            String,
            String,
            i64,
            Option<i64>,
            i64,
            Option<i64>,
            Option<i64>,
            Option<String>,
        );
        let (at, id) = match &which.before {
            Some((at, id)) => (millis(*at), id.as_str()),
            None => (i64::MAX, ""),
        };
        let rows: Vec<Row> = on!(read self, |db| sqlx::query_as(LIST)
            .bind(&which.id)
            .bind(&which.order)
            .bind(match which.standing {
                EventsThat::Are => 0_i64,
                EventsThat::AreDead => 1,
                EventsThat::Wait => 2,
            })
            .bind(at)
            .bind(id)
            .bind(i64::from(which.limit))
            .fetch_all(db)
            .await?);
        let lines = rows.into_iter();
        Ok(lines
            .map(
                |(id, kind, order, created, due, attempts, arrived, dead, problem)| EventLine {
                    id,
                    kind,
                    order,
                    created_at: moment(created),
                    due_at: due.map(moment),
                    attempts: attempts.unsigned_abs(),
                    arrived_at: arrived.map(moment),
                    dead_at: dead.map(moment),
                    problem,
                },
            )
            .collect())
    }

    /// How many events that were written before this moment have not arrived, and are sent again.
    pub(crate) async fn late_events(&self, written_before: SystemTime) -> Result<u64, BooksError> {
        let late: i64 = on!(read self, |db| sqlx::query_scalar(LATE)
            .bind(millis(written_before))
            .fetch_one(db)
            .await?);
        Ok(late.unsigned_abs())
    }

    /// How the events and alarms stand.
    pub(crate) async fn standing(&self) -> Result<Standing, BooksError> {
        let (due, oldest): (i64, i64) =
            on!(read self, |db| sqlx::query_as(STANDING).fetch_one(db).await?);
        let dead: i64 = on!(read self, |db| sqlx::query_scalar(DEAD).fetch_one(db).await?);
        let alarms: i64 = on!(read self, |db| sqlx::query_scalar(ALARMS).fetch_one(db).await?);
        Ok(Standing {
            due: due.unsigned_abs(),
            oldest: (due > 0).then(|| moment(oldest)),
            dead: dead.unsigned_abs(),
            alarms: alarms.unsigned_abs(),
        })
    }
}

/// Writes the event of a paid order in the transaction that hands the order out: there is one, whatever crashes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TellsTheShop {
    pub(crate) is_sent: bool,
}

#[async_trait]
impl DeliverInTransaction for TellsTheShop {
    async fn deliver(
        &self,
        connection: Connection<'_>,
        delivery: &Delivery,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let (id, order) = (random::event_id(), delivery.order());
        match connection {
            Connection::Sqlite(db) => {
                insert!(db, id, EventKind::Paid, order, None::<&str>, self.is_sent)?;
            }
            #[cfg(feature = "postgres")]
            Connection::Postgres(db) => {
                insert!(db, id, EventKind::Paid, order, None::<&str>, self.is_sent)?;
            }
            _ => return Err("the books are in a database that the service does not know".into()),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use paylink::desk::StoredOrder;
    use paylink::{NewPayment, Rial};
    use paylink_books::Books;

    use super::*;

    async fn one(store: &Store) -> DueEvent {
        let far = later(SystemTime::now(), Duration::from_secs(60 * 60));
        let taken = store.take_due_events(far, Duration::ZERO, 9).await;
        taken.unwrap().pop().unwrap()
    }

    /// A process that dies in the middle of a try says nothing of the shop.
    #[tokio::test]
    async fn what_the_shop_did_not_take_counts_as_a_failure_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("paylink.db").display().to_string();
        let store = Store::open(Books::sqlite(&place).await.unwrap())
            .await
            .unwrap();
        let payment = NewPayment::new("1000", Rial::new(150_000).into()).unwrap();
        let order = StoredOrder::new("zipay", payment);
        store.add("1000", &order, None).await.unwrap();
        let id = random::event_id();
        on!(write store, |db| {
            let written = insert!(db, &id, EventKind::Paid, "1000", None::<&str>, true);
            written.map(drop).unwrap();
        });

        for _ in 0..12 {
            one(&store).await;
        }
        let event = one(&store).await;
        assert_eq!((event.attempts, event.failures), (13, 0));
        let now = SystemTime::now();
        assert!(!store.put_event_off(&event, now, "500").await.unwrap());
        assert_eq!(one(&store).await.failures, 1);
        assert!(store.resend_event(&id).await.unwrap());
        assert_eq!(one(&store).await.failures, 0);
    }
}
