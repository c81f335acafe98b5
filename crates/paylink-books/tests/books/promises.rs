//! What every store has to keep, and what these keep beyond it.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink::core::provider::{Capabilities, Capability, Input};
use paylink::desk::contract::{self, Subject};
use paylink::desk::{Claimed, Delivery, Desk, OrderStore, Outcome, Stage, StoredOrder};
use paylink::{Account, Accounts, Currency};
use paylink_books::sqlx::{Acquire, ConnectOptions};
use paylink_books::{Books, Connection, DeliverInTransaction, Deliveries, sqlx};
use paylink_testkit::MockClock;
use paylink_testkit::mock_provider::MockProvider;
use tokio::sync::Notify;

use crate::on_both;
use crate::orders::order;
use crate::place::{Place, number, run};

on_both!(
    the_contract_is_kept,
    goods_and_ledger_are_one_transaction,
    the_books_agree_with_themselves_or_say_where_not,
    a_claim_is_held_to_its_last_millisecond,
);

struct Checked<'a>(&'a Place);

#[async_trait]
impl Subject for Checked<'_> {
    type Store = Books;

    async fn store_with(&self, orders: &[(String, StoredOrder)]) -> Arc<Books> {
        let books = self.0.fresh().await;
        for (name, order) in orders {
            books.add(name, order).await.unwrap();
        }
        Arc::new(books)
    }

    async fn deliveries(&self, store: &Books, order: &str) -> usize {
        let all = Deliveries::all().of_order(order);
        store.outbox(&all).await.unwrap().len()
    }

    async fn stage(&self, store: &Books, order: &str) -> String {
        crate::orders::line(store, order).await.stage
    }
}

async fn the_contract_is_kept(place: &Place) {
    contract::check(&Checked(place)).await.unwrap();
}

/// Gives each order a licence key, in the transaction that hands it out.
#[derive(Default)]
struct Keys {
    is_out_of_keys: AtomicBool,
}

const GIVE: &str = "INSERT INTO keys (order_name) VALUES ($1)";

#[async_trait]
impl DeliverInTransaction for Keys {
    async fn deliver(
        &self,
        connection: Connection<'_>,
        delivery: &Delivery,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        let order = delivery.order();
        match connection {
            Connection::Sqlite(db) => {
                sqlx::query(GIVE).bind(order).execute(db).await?;
            }
            Connection::Postgres(db) => {
                sqlx::query(GIVE).bind(order).execute(db).await?;
            }
            _ => return Err("an unknown database".into()),
        }
        if self.is_out_of_keys.load(Ordering::SeqCst) {
            return Err("there are no keys left".into());
        }
        Ok(())
    }
}

async fn goods_and_ledger_are_one_transaction(place: &Place) {
    let keys = Arc::new(Keys::default());
    let books = place.fresh().await.deliver_with(Arc::clone(&keys));
    run(&books, "CREATE TABLE keys (order_name text NOT NULL)").await;
    books.add("1000", &order("1000")).await.unwrap();
    let (desk, provider) = desk(books);
    let _ = desk.open("1000").await.unwrap();
    provider.pay("1000");
    // The goods are refused: nothing of it is written, neither the key nor the delivery.
    keys.is_out_of_keys.store(true, Ordering::SeqCst);
    let refused = desk.check("1000").await.unwrap_err();
    assert!(refused.to_string().contains("store"), "{refused}");
    let given = "SELECT count(*) FROM keys";
    assert_eq!(number(desk.store(), given).await, 0);
    assert!(
        desk.store()
            .outbox(&Deliveries::all())
            .await
            .unwrap()
            .is_empty()
    );
    // The money is there all the same, and the next look hands it out, once.
    keys.is_out_of_keys.store(false, Ordering::SeqCst);
    let outcome = desk.check("1000").await.unwrap();
    assert!(matches!(outcome, Outcome::DeliverNow(_)), "{outcome:?}");
    for _ in 0..3 {
        let outcome = desk.check("1000").await.unwrap();
        assert!(
            matches!(outcome, Outcome::AwaitingDelivery(_)),
            "{outcome:?}"
        );
    }
    assert_eq!(number(desk.store(), given).await, 1);
    assert_eq!(
        desk.store()
            .outbox(&Deliveries::open())
            .await
            .unwrap()
            .len(),
        1
    );
    let _ = desk.mark_delivered("1000").await.unwrap();
    let delivered = desk.order("1000").await.unwrap();
    assert_eq!(delivered.ledger().stage(), Stage::Delivered);
}

async fn the_books_agree_with_themselves_or_say_where_not(place: &Place) {
    let books = place.fresh().await;
    for name in ["1000", "1001", "1002"] {
        books.add(name, &order(name)).await.unwrap();
    }
    let (desk, provider) = desk(books);
    for name in ["1000", "1001"] {
        let _ = desk.open(name).await.unwrap();
        provider.pay(name);
        let _ = desk.check(name).await.unwrap();
    }
    let books = desk.store();
    assert_eq!(books.check().await.unwrap(), []);
    let snapshot = books.snapshot().await.unwrap();
    let orders: Vec<_> = snapshot
        .orders
        .iter()
        .map(|(stage, orders)| (&**stage, *orders))
        .collect();
    assert_eq!(orders, [("awaiting_delivery", 2), ("new", 1)]);
    assert_eq!((snapshot.outbox, snapshot.due, snapshot.claimed), (2, 0, 0));

    for (breaking, name, what) in [
        (
            "DELETE FROM paylink_outbox WHERE order_name = '1000'",
            "1000",
            "it is handed out, and the outbox has no row of it",
        ),
        (
            "UPDATE paylink_orders SET stage = 'open' WHERE name = '1001'",
            "1001",
            "the outbox has a row of it, and it is not handed out",
        ),
        (
            "UPDATE paylink_orders SET claimed_until = 1, next_check_at = 1 WHERE name = '1002'",
            "1002",
            "its claim ran out more than a minute ago, it is due, and nobody has looked: is a sweep running?",
        ),
    ] {
        run(books, breaking).await;
        let found = books.check().await.unwrap();
        let is_told = found.iter().any(|it| it.order == name && it.what == what);
        assert!(is_told, "{breaking}: {found:?}");
    }
    assert_eq!(books.check().await.unwrap().len(), 3);
    let snapshot = books.snapshot().await.unwrap();
    assert_eq!((snapshot.due, snapshot.abandoned), (1, 1));
}

const LEASE: Duration = Duration::from_secs(60);
const MILLISECOND: Duration = Duration::from_millis(1);

async fn a_claim_is_held_to_its_last_millisecond(place: &Place) {
    let books = place.fresh().await;
    books.add("1000", &order("1000")).await.unwrap();
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    let end = now + LEASE;
    for (at, expected) in [
        (now, Ok(1)),
        (now, Err(end)),
        (end - MILLISECOND, Err(end)),
        (end - Duration::from_nanos(1), Err(end)),
        (end, Ok(2)),
        (end + MILLISECOND, Err(end + LEASE)),
    ] {
        let claimed = books.claim("1000", at, LEASE).await.unwrap();
        assert_eq!(fence_or_end(&claimed), expected, "{at:?}");
    }
}

/// The fence of a claim that was granted, or when the one ends that another call holds.
fn fence_or_end(claimed: &Claimed) -> Result<u64, SystemTime> {
    match claimed {
        Claimed::Granted { claim, .. } => Ok(claim.fence()),
        Claimed::Held { until } => Err(*until),
        other @ Claimed::NoSuchOrder => panic!("{other:?}"),
    }
}

/// The claim that is in the way ends between two statements: after it was found held, and before its end is asked for.
#[tokio::test]
async fn an_order_of_sqlite_that_becomes_free_while_it_is_claimed_is_granted() {
    let place = Place::sqlite();
    let books = place.fresh().await;
    let writer = books.sqlite_pool().unwrap();
    let since = Duration::from_secs(1_000_000);
    let now = SystemTime::UNIX_EPOCH + since;
    let millis = i64::try_from(since.as_millis()).unwrap();
    for (until, expected) in [
        (0, Ok(2)),
        (millis, Ok(2)),
        (millis + 1, Err(now + MILLISECOND)),
    ] {
        let name = until.to_string();
        books.add(&name, &order(&name)).await.unwrap();
        let claimed = books.claim(&name, now, LEASE).await.unwrap();
        assert_eq!(fence_or_end(&claimed), Ok(1));
        // One connection writes, and those who wait for it get it in the order in which they came.
        let connection = writer.acquire().await.unwrap();
        let change = "UPDATE paylink_orders SET claimed_until = $1 WHERE name = $2";
        let change = sqlx::query(change).bind(until).bind(&name);
        let (claimed, changed, ()) = tokio::join!(
            books.claim(&name, now, LEASE),
            change.execute(writer),
            async { drop(connection) },
        );
        changed.unwrap();
        assert_eq!(fence_or_end(&claimed.unwrap()), expected, "{until}");
    }
}

/// A desk over these books, with one account, `main`.
pub(crate) fn desk(books: Books) -> (Desk<Books>, Arc<MockProvider>) {
    let (desk, provider, _) = desk_at(books);
    (desk, provider)
}

/// The same, and the clock that both go by.
pub(crate) fn desk_at(books: Books) -> (Desk<Books>, Arc<MockProvider>, Arc<MockClock>) {
    let clock = Arc::new(MockClock::default());
    let capabilities = Capabilities::new("mock", &[Currency::Irr])
        .with_settlement_window(Duration::from_secs(30 * 60))
        .supports(Capability::FindCreated)
        .accepts(Input::NationalId)
        .accepts(Input::PayerCard);
    let provider = MockProvider::with(capabilities, &clock);
    let account = Account::from_arc("main", provider.clone());
    let desk = Desk::new(books, Accounts::new([account]).unwrap());
    (desk.runtime(clock.clone()), provider, clock)
}

/// A `begin` that is dropped half-way leaves sqlx's connection in a transaction that nobody ends: what is written on it is
/// never committed. The books write on connections of their own.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_the_shop_drops_on_postgres_keeps_no_write_of_the_books_back() {
    let pool = Place::postgres().schema().await;
    let books = Books::on_postgres(pool.clone()).await.unwrap();
    let mut dropped = 0;
    for number in 0..40 {
        let mut connection = pool.acquire().await.unwrap();
        let mut begin = Box::pin(connection.begin());
        let mut context = Context::from_waker(Waker::noop());
        dropped += usize::from(begin.as_mut().poll(&mut context).is_pending());
        drop(begin);
        drop(connection);
        let name = number.to_string();
        books.add(&name, &order(&name)).await.unwrap();
        let claimed = books.claim(&name, SystemTime::now(), Duration::from_secs(60));
        assert!(matches!(claimed.await.unwrap(), Claimed::Granted { .. }));
    }
    // Seen by a connection that had no part in it.
    let committed = "SELECT count(*) FROM paylink_orders WHERE fence = 1";
    let schema = pool.connect_options();
    let mut other = schema.connect().await.unwrap();
    let committed: i64 = sqlx::query_scalar(committed)
        .fetch_one(&mut other)
        .await
        .unwrap();
    assert_eq!(committed, 40);
    assert!(dropped > 0, "the server was never slower than the test");
}

/// Never comes back: its machine is gone.
struct Gone(Notify);

#[async_trait]
impl DeliverInTransaction for Gone {
    async fn deliver(
        &self,
        _: Connection<'_>,
        _: &Delivery,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.0.notify_one();
        std::future::pending().await
    }
}

/// PostgreSQL gives its transaction up; otherwise nobody got the order until TCP noticed, which is hours.
#[tokio::test]
async fn an_order_on_postgres_is_free_again_though_its_machine_is_gone_in_a_transaction() {
    let pool = Place::postgres().schema().await;
    let gone = Arc::new(Gone(Notify::new()));
    let books = Books::on_postgres(pool.clone()).await.unwrap();
    let other = books.clone();
    books.add("1000", &order("1000")).await.unwrap();
    let (desk, provider) = desk(books.deliver_with(Arc::clone(&gone)));
    let _ = desk.open("1000").await.unwrap();
    provider.pay("1000");
    let lost = tokio::spawn(async move { desk.check("1000").await.map(drop) });
    gone.0.notified().await;
    // Whatever the desk's own clock says, its lease is over.
    let later = SystemTime::now() + Duration::from_secs(10 * 365 * 24 * 60 * 60);
    let claim = other.claim("1000", later, Duration::from_secs(60));
    let claimed = tokio::time::timeout(Duration::from_secs(120), claim).await;
    let claimed = claimed.expect("the rows are locked").unwrap();
    assert!(matches!(claimed, Claimed::Granted { .. }), "{claimed:?}");
    let nothing = other.outbox(&Deliveries::all()).await.unwrap();
    assert!(nothing.is_empty(), "{nothing:?}");
    lost.abort();
}
