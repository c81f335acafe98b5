//! The merchant's books, read on connections that are lost now and then as well.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::time::{Duration, Instant, SystemTime};

use paylink_books::sqlx::{self, PgPool};
use paylink_books::{Books, Violation};
use tokio::time::sleep;

/// How long the database may be away.
const AWAY: Duration = Duration::from_secs(60);

/// The table of goods, and what notes every write to an order by a node that was not the last one to claim it.
const SETUP: [&str; 5] = [
    "CREATE TABLE goods (order_name text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())",
    "CREATE TABLE holders (name text PRIMARY KEY, node text NOT NULL)",
    "CREATE TABLE strange_writes (name text NOT NULL, node text NOT NULL, stage text NOT NULL)",
    "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ \
     DECLARE writer text := current_setting('application_name'); \
     BEGIN \
         IF NEW.fence <> OLD.fence THEN \
             INSERT INTO holders VALUES (NEW.name, writer) ON CONFLICT (name) DO UPDATE SET node = writer; \
         ELSIF NEW.ledger <> OLD.ledger THEN \
             INSERT INTO strange_writes SELECT NEW.name, writer, NEW.stage FROM holders \
             WHERE name = NEW.name AND node <> writer; \
         END IF; \
         RETURN NULL; \
     END $$",
    "CREATE TRIGGER note AFTER UPDATE ON paylink_orders FOR EACH ROW EXECUTE FUNCTION note()",
];

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
    /// Whether it is due by the end of the claim.
    pub(super) is_due: bool,
}

/// What is read of claims.
macro_rules! held {
    () => {
        "SELECT name, fence, claimed_until, stage, coalesce(next_check_at <= claimed_until, false) \
         FROM paylink_orders "
    };
}

/// A claim as its columns.
type Columns = (String, i64, i64, String, bool);

impl From<Columns> for Held {
    fn from((name, fence, claimed_until, stage, is_due): Columns) -> Held {
        Held {
            name,
            fence,
            claimed_until,
            stage,
            is_due,
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
        for statement in SETUP {
            sqlx::query(statement).execute(&pool).await.unwrap();
        }
        Ledgers { books, pool }
    }

    /// Cuts the nodes' connections: all, or those of even or odd processes of the server.
    pub(super) async fn cut(&self, half: Option<u64>) {
        let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
             WHERE application_name LIKE 'node%' AND ($1 < 0 OR pid % 2 = $1)";
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

    /// Writes to an order by a node that was not the last one to claim it.
    pub(super) async fn strange_writes(&self) -> Vec<(String, String, String)> {
        let all = "SELECT name, node, stage FROM strange_writes";
        surely(|| sqlx::query_as(all).fetch_all(&self.pool)).await
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

    /// The claims that were made between these moments, given as those at which they end, and hold now.
    pub(super) async fn held(&self, after: i64, by: i64) -> Vec<Held> {
        let held: Vec<Columns> = surely(|| {
            let held = sqlx::query_as(concat!(
                held!(),
                "WHERE claimed_until > $1 AND claimed_until <= $2"
            ));
            held.bind(after.max(now())).bind(by).fetch_all(&self.pool)
        })
        .await;
        held.into_iter().map(Held::from).collect()
    }

    /// The same orders, as they are held now.
    pub(super) async fn again(&self, names: &[String]) -> Vec<Held> {
        let again: Vec<Columns> = surely(|| {
            let again = sqlx::query_as(concat!(held!(), "WHERE name = ANY($1)"));
            again.bind(names).fetch_all(&self.pool)
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
