//! The merchant's books, read beside the merchant.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use paylink_books::sqlx;
use paylink_books::{Books, Orders};

use super::world::ACCOUNTS;
use paylink_tests::selling::Result;

const GOODS: &str = "CREATE TABLE goods (order_name text NOT NULL)";
const COUNT_GOODS: &str = "SELECT order_name, count(*) FROM goods GROUP BY order_name";
/// When the first order of each account was due, in the order of the accounts, and how many deliveries are. One statement, since
/// it is asked all the time.
const DUE: &str = "SELECT \
     (SELECT min(next_check_at) FROM paylink_orders WHERE account = 'zipay' AND next_check_at <= $1), \
     (SELECT min(next_check_at) FROM paylink_orders WHERE account = 'pod' AND next_check_at <= $1), \
     (SELECT min(next_check_at) FROM paylink_orders WHERE account = 'sizpay' AND next_check_at <= $1), \
     (SELECT min(next_check_at) FROM paylink_orders WHERE account = 'cardpay' AND next_check_at <= $1), \
     (SELECT count(*) FROM paylink_outbox WHERE due_at <= $1)";
const WAITING: &str = "SELECT (SELECT count(*) FROM paylink_orders WHERE next_check_at IS NOT NULL) \
     + (SELECT count(*) FROM paylink_outbox WHERE due_at IS NOT NULL OR dead_at IS NOT NULL)";

/// Runs a query on whichever database there is.
macro_rules! read {
    ($books:expr, |$db:ident| $query:expr) => {
        match ($books.sqlite_readers(), $books.postgres_pool()) {
            (Some($db), _) => $query,
            (_, Some($db)) => $query,
            _ => return Err("an unknown database".into()),
        }
    };
}

/// What waits for the merchant's processes.
pub(super) struct Due {
    /// The accounts of which orders are due, each with since when the first one is.
    pub(super) since: Vec<(&'static str, SystemTime)>,
    pub(super) has_deliveries: bool,
}

/// Books that nobody sells over.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) place: String,
    books: Books,
}

impl Reader {
    /// Opens new books, with a table of goods.
    pub(super) async fn open(place: &str) -> Result<Reader> {
        let books = Books::open(place).await?;
        match (books.sqlite_pool(), books.postgres_pool()) {
            (Some(db), _) => {
                sqlx::query(GOODS).execute(db).await?;
            }
            (_, Some(db)) => {
                sqlx::query(GOODS).execute(db).await?;
            }
            _ => return Err("an unknown database".into()),
        }
        let place = place.to_owned();
        Ok(Reader { place, books })
    }

    pub(super) async fn due(&self, now: SystemTime) -> Result<Due> {
        let now = i64::try_from(now.duration_since(SystemTime::UNIX_EPOCH)?.as_millis())?;
        type Row = (Option<i64>, Option<i64>, Option<i64>, Option<i64>, i64);
        let (zipay, pod, sizpay, cardpay, deliveries): Row =
            read!(self.books, |db| sqlx::query_as(DUE)
                .bind(now)
                .fetch_one(db)
                .await?);
        let since = ACCOUNTS.into_iter().zip([zipay, pod, sizpay, cardpay]);
        let since = since.filter_map(|(account, millis)| {
            let millis = Duration::from_millis(u64::try_from(millis?).ok()?);
            Some((account, SystemTime::UNIX_EPOCH.checked_add(millis)?))
        });
        Ok(Due {
            since: since.collect(),
            has_deliveries: deliveries > 0,
        })
    }

    /// How many orders and deliveries somebody has still to look at.
    pub(super) async fn waiting(&self) -> Result<i64> {
        Ok(read!(self.books, |db| sqlx::query_scalar(WAITING)
            .fetch_one(db)
            .await?))
    }

    /// How often each order's goods were handed out.
    pub(super) async fn goods(&self) -> Result<BTreeMap<String, i64>> {
        let goods: Vec<(String, i64)> = read!(self.books, |db| sqlx::query_as(COUNT_GOODS)
            .fetch_all(db)
            .await?);
        Ok(goods.into_iter().collect())
    }

    /// How far each order has come.
    pub(super) async fn stages(&self) -> Result<BTreeMap<String, String>> {
        let mut stages = BTreeMap::new();
        let mut page = Orders::all().limit(1_000);
        loop {
            let lines = self.books.orders(&page).await?;
            let Some(last) = lines.last() else { break };
            page = page.after(last);
            stages.extend(lines.into_iter().map(|line| (line.name, line.stage)));
        }
        Ok(stages)
    }

    /// What is wrong in the books by themselves.
    pub(super) async fn violations(&self) -> Result<Vec<(String, &'static str)>> {
        let violations = self.books.check().await?.into_iter();
        Ok(violations.map(|it| (it.order, it.what)).collect())
    }

    pub(super) async fn close(&self) {
        self.books.close().await;
    }
}
