//! One of several processes that sell through the same books, until it is told to stop or killed.
//!
//! `node BOOKS CONFIGURATION SENT FIRST SEED`: the books' URL; the accounts; a file in which a line is written for each
//! delivery that is sent; the number of its first order; and what decides on its pauses. Its output says what it did, in
//! lines, and its input says what to do: `close` to sell no new order, `stop` to end.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink::Transport;
use paylink::config::Config;
use paylink::desk::{
    Claim, Claimed, Deliver, Delivery, Desk, DueDelivery, Ledger, Opened, OrderStore, Outbox,
    Saved, Stage, StoredOrder, Sweep,
};
use paylink_books::{Books, BooksError, Connection, DeliverInTransaction, Orders};
use paylink_tests::chance::Chance;
use paylink_tests::selling::{LEASE, OUTBOX_LEASE, Result, TIMEOUTS, give, say, sold};
use tokio::sync::watch::{self, Receiver};
use tokio::time::sleep;

/// How many orders are sold at the same time.
const SELLERS: u64 = 3;

/// What the process is to do; each goes on with what is before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
enum Phase {
    Selling,
    Closing,
    Stopping,
}

type NodeDesk = Arc<Desk<Watched>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("an argument is missing");
    let (place, configuration, sent) = (next()?, next()?, next()?);
    let first: u64 = next()?.parse()?;
    let seed: u64 = next()?.parse()?;

    let phase = told();
    let books = opened(&place).await;
    let books = books.deliver_with(Goods(AtomicU64::new(seed)));
    let transport = Transport::builder().timeouts(TIMEOUTS).build()?;
    let accounts = Config::load(&configuration)?.open(&transport)?;
    let desk = Desk::new(Watched(books), accounts)
        .lease(LEASE)?
        .min_pause(Duration::from_millis(500));
    let desk = Arc::new(desk);
    say("begun")?;

    let sweep = Sweep::new(Arc::clone(&desk)).interval(Duration::from_millis(200));
    let outbox = Outbox::new(Arc::clone(&desk), Parcels(PathBuf::from(sent)))
        .interval(Duration::from_millis(500))
        .lease(OUTBOX_LEASE);
    let stop = |phase: &Receiver<Phase>| {
        let mut phase = phase.clone();
        async move { drop(phase.wait_for(|phase| *phase == Phase::Stopping).await) }
    };
    let workers = [
        tokio::spawn(sweep.run(stop(&phase))),
        tokio::spawn(outbox.run(stop(&phase))),
    ];
    let next = Arc::new(AtomicU64::new(first));
    for seller in 0..SELLERS {
        let chance = Chance::seeded(seed.wrapping_add(seller));
        let (desk, next, phase) = (Arc::clone(&desk), Arc::clone(&next), phase.clone());
        tokio::spawn(sell(desk, next, phase, chance));
    }
    let chance = Chance::seeded(seed.wrapping_add(SELLERS));
    tokio::spawn(come_again(Arc::clone(&desk), chance));
    for worker in workers {
        worker.await?;
    }
    say("stopped")
}

/// What the process is told on its input. Once nobody is there to tell it anything, it ends.
fn told() -> Receiver<Phase> {
    let (sender, receiver) = watch::channel(Phase::Selling);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines() {
            let phase = match line.as_deref() {
                Ok("close") => Phase::Closing,
                Ok("stop") => Phase::Stopping,
                _ => break,
            };
            let _ = sender.send(phase);
        }
        if *sender.borrow() != Phase::Stopping {
            std::process::exit(1);
        }
    });
    receiver
}

/// Opens the books as soon as their database is there.
async fn opened(place: &str) -> Books {
    loop {
        match Books::open(place).await {
            Ok(books) => return books,
            Err(_) => sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Adds orders and opens each of them once. What did not open is left to buyers who come again.
async fn sell(
    desk: NodeDesk,
    next: Arc<AtomicU64>,
    phase: Receiver<Phase>,
    mut chance: Chance,
) -> Result<()> {
    while *phase.borrow() == Phase::Selling {
        sleep(Duration::from_millis(20 + chance.below(200))).await;
        let order = next.fetch_add(1, Ordering::SeqCst);
        let (name, sold) = (order.to_string(), sold(order)?);
        // An order that was answered to nobody is added again.
        while desk.store().0.add(&name, &sold).await.is_err() {
            sleep(Duration::from_millis(50)).await;
        }
        say(&format!("added {name}"))?;
        open(&desk, &name).await?;
    }
    Ok(())
}

async fn open(desk: &Desk<Watched>, order: &str) -> Result<()> {
    if let Ok(Opened::Ready(_)) = desk.open(order).await {
        say(&format!("opened {order}"))?;
    }
    Ok(())
}

/// Buyers of any node's orders come to this one who were shown no payment.
async fn come_again(desk: NodeDesk, mut chance: Chance) -> Result<()> {
    loop {
        sleep(Duration::from_millis(100)).await;
        for stage in [Stage::New, Stage::Creating, Stage::Over] {
            if let Some(order) = one_of(&desk, stage, &mut chance).await {
                open(&desk, &order).await?;
            }
        }
    }
}

async fn one_of(desk: &Desk<Watched>, stage: Stage, chance: &mut Chance) -> Option<String> {
    let which = Orders::all().in_stage(stage).limit(200);
    let orders = desk.store().0.orders(&which).await.ok()?;
    let many = u64::try_from(orders.len()).ok().filter(|many| *many > 0)?;
    let chosen = usize::try_from(chance.below(many)).ok()?;
    Some(orders.into_iter().nth(chosen)?.name)
}

/// Hands the goods out in the books' own transaction, and is slow now and then.
struct Goods(AtomicU64);

#[async_trait]
impl DeliverInTransaction for Goods {
    async fn deliver(&self, connection: Connection<'_>, delivery: &Delivery) -> Result<()> {
        give(connection, delivery.order()).await?;
        let seed = self.0.fetch_add(1, Ordering::SeqCst);
        let pause = Chance::seeded(seed).below(10);
        sleep(Duration::from_millis(pause)).await;
        Ok(())
    }
}

/// Sends what is outside of the database: a line in a file, whole or not at all.
struct Parcels(PathBuf);

#[async_trait]
impl Deliver for Parcels {
    async fn deliver(&self, delivery: &Delivery) -> Result<()> {
        let mut file = OpenOptions::new().append(true).create(true).open(&self.0)?;
        let line = format!("{} {}\n", delivery.order(), delivery.id());
        file.write_all(line.as_bytes())?;
        // Between sending and saying so lies some time.
        sleep(Duration::from_millis(5)).await;
        say(&format!("sent {}", delivery.order()))
    }
}

/// The books, with each write said that came too late.
struct Watched(Books);

type Kept<T> = std::result::Result<T, BooksError>;

/// Says that a write came too late; and that it did not, although it was refused: then another call got the order before
/// the lease had ended.
fn watched(write: &str, claim: Option<&Claim>, saved: Kept<Saved>) -> Kept<Saved> {
    if let Ok(Saved::Superseded) = saved {
        let _ = match claim.filter(|claim| SystemTime::now() < claim.until()) {
            Some(claim) => say(&format!("stolen {}", claim.order())),
            None => say(&format!("refused {write}")),
        };
    }
    saved
}

#[async_trait]
impl OrderStore for Watched {
    type Error = BooksError;

    async fn load(&self, order: &str) -> Kept<Option<StoredOrder>> {
        self.0.load(order).await
    }

    async fn claim(&self, order: &str, now: SystemTime, lease: Duration) -> Kept<Claimed> {
        self.0.claim(order, now, lease).await
    }

    async fn save(&self, claim: &Claim, ledger: &Ledger) -> Kept<Saved> {
        watched("save", Some(claim), self.0.save(claim, ledger).await)
    }

    async fn save_and_release(&self, claim: &Claim, ledger: &Ledger) -> Kept<Saved> {
        let saved = self.0.save_and_release(claim, ledger).await;
        watched("save", Some(claim), saved)
    }

    async fn deliver(&self, claim: &Claim, ledger: &Ledger, delivery: &Delivery) -> Kept<Saved> {
        let saved = self.0.deliver(claim, ledger, delivery).await;
        watched("deliver", Some(claim), saved)
    }

    async fn release(&self, claim: &Claim) -> Kept<()> {
        self.0.release(claim).await
    }

    async fn claim_due(
        &self,
        account: &str,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Kept<Vec<Claim>> {
        self.0.claim_due(account, now, lease, limit).await
    }

    async fn take_due_deliveries(
        &self,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Kept<Vec<DueDelivery>> {
        self.0.take_due_deliveries(now, lease, limit).await
    }

    async fn postpone_delivery(
        &self,
        taken: &DueDelivery,
        until: Option<SystemTime>,
    ) -> Kept<Saved> {
        let saved = self.0.postpone_delivery(taken, until).await;
        watched("postpone", None, saved)
    }

    async fn close_delivery(&self, id: &str) -> Kept<()> {
        self.0.close_delivery(id).await
    }
}
