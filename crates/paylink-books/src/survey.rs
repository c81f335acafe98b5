//! How the books stand, and whether they agree with themselves.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::books::{millis, moment, on};
use crate::{Books, BooksError};

/// How the books stand at a moment: what a merchant watches.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Snapshot {
    /// How many orders are in each [stage](paylink::desk::Stage::as_str).
    pub orders: BTreeMap<String, u64>,
    /// How many orders are due, whether they are held or not.
    pub due: u64,
    /// The same by their account. One that the desk does not have is looked at by nobody.
    pub due_by_account: BTreeMap<String, u64>,
    /// For how long the one has been due that is due the longest.
    pub longest_due: Option<Duration>,
    /// The same by their account: a provider that does not answer lets its orders wait.
    pub longest_due_by_account: BTreeMap<String, Duration>,
    /// How many deliveries are due, now or later.
    pub outbox: u64,
    /// For how long the oldest of them has been waiting, since its order was handed out.
    pub oldest_delivery: Option<Duration>,
    /// How often the one was tried that was tried most often.
    pub most_attempts: u64,
    /// How many deliveries are dead letters: they wait for a person.
    pub dead: u64,
    /// How many orders are held.
    pub claimed: u64,
    /// How many claims ran out and were not taken over: a process died, and nobody has looked since.
    pub abandoned: u64,
    /// How many claims of the past ran out and were taken over.
    pub taken_over: u64,
}

/// Something in the books that must not be.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Violation {
    /// The order.
    pub order: String,
    /// What is wrong with it.
    pub what: &'static str,
}

const BY_STAGE: &str = "SELECT stage, count(*) FROM paylink_orders GROUP BY stage";
const ALL_DUE: &str = "SELECT account, count(*), min(next_check_at) FROM paylink_orders \
     WHERE next_check_at <= $1 GROUP BY account";
const OUTBOX: &str =
    "SELECT count(*), max(attempts), min(created_at) FROM paylink_outbox WHERE due_at IS NOT NULL";
const DEAD: &str = "SELECT count(*) FROM paylink_outbox WHERE dead_at IS NOT NULL";
const TAKEN_OVER: &str =
    "SELECT CAST(coalesce(sum(taken_over), 0) AS bigint) FROM paylink_orders WHERE taken_over > 0";
const CLAIMED: &str = "SELECT count(*) FROM paylink_orders WHERE claimed_until > $1";
const ABANDONED: &str =
    "SELECT count(*) FROM paylink_orders WHERE claimed_until > 0 AND claimed_until <= $1";

/// Each rule, and the orders that break it.
const RULES: [(&str, &str); 4] = [
    (
        "it is handed out, and the outbox has no row of it",
        "SELECT o.name FROM paylink_orders o LEFT JOIN paylink_outbox x ON x.order_name = o.name \
         WHERE o.stage IN ('awaiting_delivery', 'delivered') AND x.id IS NULL ORDER BY o.name",
    ),
    (
        "the outbox has a row of it, and it is not handed out",
        "SELECT o.name FROM paylink_orders o JOIN paylink_outbox x ON x.order_name = o.name \
         WHERE o.stage NOT IN ('awaiting_delivery', 'delivered') ORDER BY o.name",
    ),
    (
        "the outbox has more than one row of it",
        "SELECT order_name FROM paylink_outbox GROUP BY order_name HAVING count(*) > 1 ORDER BY order_name",
    ),
    (
        "it is handed out, and is to be looked at again",
        "SELECT name FROM paylink_orders \
         WHERE stage IN ('awaiting_delivery', 'delivered') AND next_check_at IS NOT NULL ORDER BY name",
    ),
];

/// Claims that ran out longer ago than this, of orders that are due.
const LEFT_LYING: &str = "SELECT name FROM paylink_orders \
     WHERE claimed_until > 0 AND claimed_until <= $1 AND next_check_at <= $1 ORDER BY name";
const GRACE: Duration = Duration::from_secs(60);

impl Books {
    /// How the books stand now.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn snapshot(&self) -> Result<Snapshot, BooksError> {
        let clock = SystemTime::now();
        let now = millis(clock);
        let (stages, due, outbox, [dead, claimed, abandoned, taken_over]) = on!(read self, |db| {
            let stages: Vec<(String, i64)> = sqlx::query_as(BY_STAGE).fetch_all(db).await?;
            let due: Vec<(String, i64, Option<i64>)> =
                sqlx::query_as(ALL_DUE).bind(now).fetch_all(db).await?;
            let outbox: (i64, Option<i64>, Option<i64>) =
                sqlx::query_as(OUTBOX).fetch_one(db).await?;
            let dead: i64 = sqlx::query_scalar(DEAD).fetch_one(db).await?;
            let taken_over: i64 = sqlx::query_scalar(TAKEN_OVER).fetch_one(db).await?;
            let claimed: i64 = sqlx::query_scalar(CLAIMED).bind(now).fetch_one(db).await?;
            let abandoned: i64 = sqlx::query_scalar(ABANDONED).bind(now).fetch_one(db).await?;
            (stages, due, outbox, [dead, claimed, abandoned, taken_over])
        });
        let since = |at: i64| clock.duration_since(moment(at)).unwrap_or_default();
        let stages = stages.into_iter();
        let longest_due_by_account: BTreeMap<_, _> = due
            .iter()
            .filter_map(|(account, _, at)| Some((account.clone(), since((*at)?))))
            .collect();
        let due_by_account: BTreeMap<_, _> = due
            .into_iter()
            .map(|(account, orders, _)| (account, orders.unsigned_abs()))
            .collect();
        Ok(Snapshot {
            orders: stages
                .map(|(stage, orders)| (stage, orders.unsigned_abs()))
                .collect(),
            due: due_by_account.values().sum(),
            due_by_account,
            longest_due: longest_due_by_account.values().max().copied(),
            longest_due_by_account,
            outbox: outbox.0.unsigned_abs(),
            oldest_delivery: outbox.2.map(since),
            most_attempts: outbox.1.unwrap_or_default().unsigned_abs(),
            dead: dead.unsigned_abs(),
            claimed: claimed.unsigned_abs(),
            abandoned: abandoned.unsigned_abs(),
            taken_over: taken_over.unsigned_abs(),
        })
    }

    /// Proves that the books agree with themselves: one delivery for each order that is handed out and none for another, and
    /// no order left lying by a process that died, for longer than a minute. Empty is good.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn check(&self) -> Result<Vec<Violation>, BooksError> {
        let mut violations = Vec::new();
        let mut found = |what: &'static str, orders: Vec<String>| {
            let orders = orders.into_iter();
            violations.extend(orders.map(|order| Violation { order, what }));
        };
        for (what, rule) in RULES {
            found(
                what,
                on!(read self, |db| sqlx::query_scalar(rule).fetch_all(db).await?),
            );
        }
        let clock = SystemTime::now();
        let before = clock.checked_sub(GRACE).unwrap_or(clock);
        found(
            "its claim ran out more than a minute ago, it is due, and nobody has looked: is a sweep running?",
            on!(read self, |db| sqlx::query_scalar(LEFT_LYING)
                .bind(millis(before))
                .fetch_all(db)
                .await?),
        );
        Ok(violations)
    }
}
