//! A merchant's process that can be killed at any step: it sells through books, and says on its output where it is.
//!
//! `merchant BOOKS CONFIGURATION CLOCK_MS ORDERS STOP_AT`: the books' file or URL; the accounts; how far its clock is ahead;
//! how many orders there are to sell, numbered from 0; and at which of its steps it stops and waits to be killed. It ends
//! when all orders are delivered.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink::config::Config;
use paylink::core::Runtime;
use paylink::desk::{
    Claim, Claimed, Deliver, Delivery, Desk, DueDelivery, Ledger, OrderStore, Outbox, Saved, Stage,
    StoredOrder,
};
use paylink::{
    Account, Accounts, Capabilities, ExpectedPayment, Handle, NewPayment, Payment, PaymentProvider,
    PreparedPayment, Resolution, Resolved, Settlement, Timeouts, Transport,
};
use paylink_books::{Books, BooksError, Connection, DeliverInTransaction, Orders};
use paylink_tests::selling::{ACCOUNTS, Result, give, say, sold};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("an argument is missing");
    let (place, configuration) = (next()?, next()?);
    let clock = Arc::new(Ahead(Duration::from_millis(next()?.parse()?)));
    let orders: u64 = next()?.parse()?;
    let steps = Arc::new(Steps {
        stop_at: next()?.parse()?,
        ..Steps::default()
    });

    let books = Books::open(&place).await?;
    let books = books.deliver_with(Goods(Arc::clone(&steps)));
    let transport = Transport::builder()
        .timeouts(Timeouts {
            connect: Duration::from_secs(2),
            attempt: Duration::from_secs(3),
            total: Duration::from_secs(8),
        })
        .runtime(Arc::clone(&clock) as Arc<dyn Runtime>)
        .build()?;
    let opened = Config::load(&configuration)?.open(&transport)?;
    let watched = ACCOUNTS.map(|name| {
        let steps = Arc::clone(&steps);
        let account = opened.get(name).cloned()?;
        Ok(Account::new(name, Watched { account, steps }))
    });
    let accounts: std::result::Result<Vec<_>, paylink::Invalid> = watched.into_iter().collect();
    let desk = Desk::new(
        WatchedBooks {
            books,
            steps: Arc::clone(&steps),
        },
        Accounts::new(accounts?)?,
    );
    let desk = Arc::new(desk.runtime(clock));

    say("begun")?;
    let outbox = Outbox::new(Arc::clone(&desk), Sent);
    let books = &desk.store().books;
    // Those before were added by an earlier life.
    for order in orders.saturating_sub(64)..orders {
        books.add(&order.to_string(), &sold(order)?).await?;
    }
    let stages = [
        Stage::New,
        Stage::Creating,
        Stage::Open,
        Stage::Over,
        Stage::AwaitingDelivery,
    ];
    loop {
        let mut missing = 0;
        for stage in stages {
            let which = Orders::all().in_stage(stage).limit(1_000);
            for order in books.orders(&which).await? {
                missing += 1;
                match stage {
                    Stage::New | Stage::Creating => drop(desk.open(&order.name).await),
                    _ => drop(desk.check(&order.name).await),
                }
            }
        }
        outbox.step().await?;
        if missing == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    say(&format!(
        "took {} steps",
        steps.taken.load(Ordering::SeqCst)
    ))
}

/// What the process does, counted.
#[derive(Debug, Default)]
struct Steps {
    taken: AtomicU64,
    stop_at: u64,
}

impl Steps {
    /// One more; at the one where it is to stop, nothing goes on until the process is killed.
    fn take(&self) {
        let step = self.taken.fetch_add(1, Ordering::SeqCst);
        if step == self.stop_at {
            let _ = say("stopped");
            loop {
                std::thread::park();
            }
        }
    }

    async fn around<T>(&self, work: impl Future<Output = T>) -> T {
        self.take();
        let done = work.await;
        self.take();
        done
    }
}

/// The machine's clock, and so much more.
#[derive(Debug)]
struct Ahead(Duration);

impl Runtime for Ahead {
    fn now(&self) -> SystemTime {
        let now = SystemTime::now();
        now.checked_add(self.0).unwrap_or(now)
    }

    fn sleep(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(pause.min(Duration::from_millis(50))))
    }

    fn random(&self) -> u64 {
        0
    }
}

/// Hands the goods out in the books' own transaction: a row for each order.
struct Goods(Arc<Steps>);

#[async_trait]
impl DeliverInTransaction for Goods {
    async fn deliver(&self, connection: Connection<'_>, delivery: &Delivery) -> Result<()> {
        self.0.around(give(connection, delivery.order())).await
    }
}

/// The goods went out with the ledger: nothing is left to send.
struct Sent;

#[async_trait]
impl Deliver for Sent {
    async fn deliver(&self, _: &Delivery) -> Result<()> {
        Ok(())
    }
}

struct WatchedBooks {
    books: Books,
    steps: Arc<Steps>,
}

type Kept<T> = std::result::Result<T, BooksError>;

#[async_trait]
impl OrderStore for WatchedBooks {
    type Error = BooksError;

    async fn load(&self, order: &str) -> Kept<Option<StoredOrder>> {
        self.steps.around(self.books.load(order)).await
    }

    async fn claim(&self, order: &str, now: SystemTime, lease: Duration) -> Kept<Claimed> {
        self.steps.around(self.books.claim(order, now, lease)).await
    }

    async fn save(&self, claim: &Claim, ledger: &Ledger) -> Kept<Saved> {
        self.steps.around(self.books.save(claim, ledger)).await
    }

    async fn save_and_release(&self, claim: &Claim, ledger: &Ledger) -> Kept<Saved> {
        let save = self.books.save_and_release(claim, ledger);
        self.steps.around(save).await
    }

    async fn deliver(&self, claim: &Claim, ledger: &Ledger, delivery: &Delivery) -> Kept<Saved> {
        let deliver = self.books.deliver(claim, ledger, delivery);
        self.steps.around(deliver).await
    }

    async fn release(&self, claim: &Claim) -> Kept<()> {
        self.steps.around(self.books.release(claim)).await
    }

    async fn claim_due(
        &self,
        account: &str,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Kept<Vec<Claim>> {
        let claim = self.books.claim_due(account, now, lease, limit);
        self.steps.around(claim).await
    }

    async fn take_due_deliveries(
        &self,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Kept<Vec<DueDelivery>> {
        let take = self.books.take_due_deliveries(now, lease, limit);
        self.steps.around(take).await
    }

    async fn postpone_delivery(
        &self,
        taken: &DueDelivery,
        until: Option<SystemTime>,
    ) -> Kept<Saved> {
        let postpone = self.books.postpone_delivery(taken, until);
        self.steps.around(postpone).await
    }

    async fn close_delivery(&self, id: &str) -> Kept<()> {
        self.steps.around(self.books.close_delivery(id)).await
    }
}

#[derive(Debug)]
struct Watched {
    account: Account,
    steps: Arc<Steps>,
}

type Told<T> = std::result::Result<T, paylink::Error>;

#[async_trait]
impl PaymentProvider for Watched {
    fn capabilities(&self) -> &Capabilities {
        self.account.capabilities()
    }

    fn longest_call(&self) -> Duration {
        self.account.longest_call()
    }

    fn prepare(&self, payment: &NewPayment) -> Told<PreparedPayment<'_>> {
        let prepared = self.account.prepare(payment)?;
        let handle = prepared.handle().clone();
        let create = self.steps.around(prepared.create());
        Ok(PreparedPayment::new(handle, create))
    }

    async fn settle(&self, expected: &ExpectedPayment) -> Told<Settlement<Payment>> {
        self.steps.around(self.account.settle(expected)).await
    }

    async fn resolve(&self, handle: &Handle) -> Told<Resolution<Resolved>> {
        self.steps.around(self.account.resolve(handle)).await
    }
}
