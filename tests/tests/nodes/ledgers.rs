//! The merchant's books, read on connections that are lost now and then as well.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::time::{Duration, Instant, SystemTime};

use paylink_books::sqlx::{self, PgPool};
use paylink_books::{Books, Violation};
use tokio::time::sleep;

/// How long the database may be away.
const AWAY: Duration = Duration::from_secs(60);

const GOODS: &str = "CREATE TABLE goods \
     (order_name text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())";

/// Orders that are to be delivered and are not, or to be opened and are not.
const MISSING: &str = "SELECT o.name, concat_ws(' ', o.name, o.stage, \
     'due in', o.next_check_at - (extract(epoch FROM now()) * 1000)::bigint, \
     'held for', nullif(o.claimed_until, 0) - (extract(epoch FROM now()) * 1000)::bigint, \
     'sent in', x.due_at - (extract(epoch FROM now()) * 1000)::bigint) \
     FROM paylink_orders o LEFT JOIN paylink_outbox x ON x.order_name = o.name \
     WHERE CASE WHEN o.name::bigint % $1 = $1 - 1 THEN o.stage <> 'open' \
     ELSE o.stage <> 'delivered' OR x.due_at IS NOT NULL END";

/// A claim of an order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Held {
    pub(super) name: String,
    pub(super) fence: i64,
    pub(super) claimed_until: i64,
    pub(super) stage: String,
}

/// A claim as its columns.
type Columns = (String, i64, i64, String);

impl From<Columns> for Held {
    fn from((name, fence, claimed_until, stage): Columns) -> Held {
        Held {
            name,
            fence,
            claimed_until,
            stage,
        }
    }
}

#[derive(Clone)]
pub(super) struct Ledgers {
    books: Books,
    pool: PgPool,
}

impl Ledgers {
    pub(super) async fn open(url: &str) -> Ledgers {
        let books = Books::postgres(url).await.unwrap();
        let pool = books.postgres_pool().unwrap().clone();
        sqlx::query(GOODS).execute(&pool).await.unwrap();
        Ledgers { books, pool }
    }

    /// Cuts the nodes' connections: all, or those of even or odd processes of the server.
    pub(super) async fn cut(&self, half: Option<u64>) {
        let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
             WHERE application_name = 'node' AND ($1 < 0 OR pid % 2 = $1)";
        let half = half.map_or(-1, |half| i32::try_from(half).unwrap());
        let _: i64 = surely(|| sqlx::query_scalar(cut).bind(half).fetch_one(&self.pool)).await;
    }

    /// How often each order's goods went out.
    pub(super) async fn goods(&self) -> BTreeMap<String, i64> {
        let all = "SELECT order_name, count(*) FROM goods GROUP BY order_name";
        self.pairs(all).await
    }

    /// When each order's goods went out, in milliseconds since 1970.
    pub(super) async fn goods_at(&self) -> BTreeMap<String, i64> {
        let all = "SELECT order_name, (extract(epoch FROM at) * 1000)::bigint FROM goods";
        self.pairs(all).await
    }

    /// The stage of each order.
    pub(super) async fn stages(&self) -> BTreeMap<String, String> {
        self.pairs("SELECT name, stage FROM paylink_orders").await
    }

    /// The id of each order's delivery.
    pub(super) async fn delivery_ids(&self) -> BTreeMap<String, String> {
        self.pairs("SELECT order_name, id FROM paylink_outbox")
            .await
    }

    /// What is wrong in the books by themselves.
    pub(super) async fn violations(&self) -> Vec<Violation> {
        surely(|| self.books.check()).await
    }

    /// The orders that did not come to their end, and how they stand, where of so many one is never paid.
    pub(super) async fn missing(&self, unpaid: u64) -> BTreeMap<u64, String> {
        let unpaid = i64::try_from(unpaid).unwrap();
        let missing: Vec<(String, String)> = surely(|| {
            let missing = sqlx::query_as(MISSING).bind(unpaid);
            missing.fetch_all(&self.pool)
        })
        .await;
        let numbered = |(name, how): (String, String)| (name.parse().unwrap(), how);
        missing.into_iter().map(numbered).collect()
    }

    /// The claims that hold now, and end by this moment.
    pub(super) async fn held(&self, by: i64) -> Vec<Held> {
        let held = "SELECT name, fence, claimed_until, stage FROM paylink_orders \
             WHERE claimed_until > $1 AND claimed_until <= $2";
        let held: Vec<Columns> = surely(|| {
            let held = sqlx::query_as(held).bind(now()).bind(by);
            held.fetch_all(&self.pool)
        })
        .await;
        held.into_iter().map(Held::from).collect()
    }

    /// The same orders, as they are held now.
    pub(super) async fn again(&self, names: &[String]) -> Vec<Held> {
        let again =
            "SELECT name, fence, claimed_until, stage FROM paylink_orders WHERE name = ANY($1)";
        let again: Vec<Columns> = surely(|| {
            let again = sqlx::query_as(again).bind(names);
            again.fetch_all(&self.pool)
        })
        .await;
        again.into_iter().map(Held::from).collect()
    }

    async fn pairs<T>(&self, select: &'static str) -> BTreeMap<String, T>
    where
        (String, T): for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin,
    {
        let rows: Vec<(String, T)> = surely(|| sqlx::query_as(select).fetch_all(&self.pool)).await;
        rows.into_iter().collect()
    }
}

/// Asks until the database answers.
async fn surely<T, E: Display, F: Future<Output = Result<T, E>>>(ask: impl Fn() -> F) -> T {
    let begun = Instant::now();
    loop {
        match ask().await {
            Ok(answer) => return answer,
            Err(problem) => assert!(begun.elapsed() < AWAY, "{problem}"),
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// Now, in milliseconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_millis()).unwrap()
}
