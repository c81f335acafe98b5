//! The store as one process reaches it, and a witness of what every write may do.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use paylink::desk::{
    Claim, Claimed, Delivery, DueDelivery, Ledger, MemoryStore, OrderStore, Saved, Stage,
    StoredOrder,
};
use tokio::sync::Notify;

use super::corners::Corner;
use super::life::Life;
use super::providers::Kind;
use super::world::{State, World, clock, millis};

/// Never.
pub(super) const NEVER: u64 = u64::MAX;

/// The store itself, and what its witness knows.
#[derive(Default)]
pub(super) struct Store {
    pub(super) memory: MemoryStore,
    rows: Mutex<BTreeMap<String, Row>>,
    /// When something is due at the earliest, as far as whoever waits for it knows.
    known: AtomicU64,
    /// It is earlier than that.
    rang: Notify,
    grants: AtomicU64,
}

/// What the witness knows of an order.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// The number of the order.
    pub(super) order: usize,
    fence: u64,
    /// Until when it is claimed, and by whom; by the clock of the claimer.
    held: Option<(SystemTime, usize)>,
    pub(super) stage: Stage,
    next_look: u64,
    /// From when until when it was over.
    pub(super) over: Vec<(u64, u64)>,
    /// How often it was handed out, and when the first time.
    pub(super) handed_out: u32,
    pub(super) handed_out_at: Option<u64>,
    /// When its delivery is due; never once it was closed.
    delivery_due: u64,
    tries: u32,
    /// A worker has its delivery.
    is_taken: bool,
}

impl Store {
    pub(super) fn put(&self, name: &str, order: usize, stored: StoredOrder) {
        self.memory.put(name, stored);
        let row = Row {
            order,
            fence: 0,
            held: None,
            stage: Stage::New,
            next_look: NEVER,
            over: Vec::new(),
            handed_out: 0,
            handed_out_at: None,
            delivery_due: NEVER,
            tries: 0,
            is_taken: false,
        };
        self.rows().insert(name.to_owned(), row);
    }

    pub(super) fn rows(&self) -> MutexGuard<'_, BTreeMap<String, Row>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn row(&self, name: &str) -> Row {
        self.rows()[name].clone()
    }

    /// When the next order is to be looked at.
    pub(super) fn next_look(&self) -> u64 {
        let rows = self.rows();
        let next = rows.values().map(|row| match &row.held {
            Some((until, _)) if row.next_look != NEVER => row.next_look.max(millis(*until)),
            _ => row.next_look,
        });
        next.min().unwrap_or(NEVER)
    }

    /// When the next delivery is due.
    pub(super) fn next_delivery(&self) -> u64 {
        let rows = self.rows();
        let next = rows.values().map(|row| row.delivery_due);
        next.min().unwrap_or(NEVER)
    }

    /// Waits until that moment, or until something is due earlier than it was.
    pub(super) async fn wait_until(&self, world: &World, at: u64) {
        let rang = self.rang.notified();
        self.known.store(self.next(), Ordering::Relaxed);
        let left = Duration::from_millis(at.saturating_sub(world.now()));
        let _ = tokio::time::timeout(left, rang).await;
    }

    /// How many claims were granted.
    pub(super) fn grants(&self) -> u64 {
        self.grants.load(Ordering::Relaxed)
    }

    /// When anything is due.
    pub(super) fn next(&self) -> u64 {
        self.next_look().min(self.next_delivery())
    }

    /// Wakes whoever waits.
    pub(super) fn ring(&self) {
        self.rang.notify_waiters();
    }

    fn written(&self) {
        let at = self.next();
        if at < self.known.swap(at, Ordering::Relaxed) {
            self.ring();
        }
    }

    /// Until when this life of a process holds an order; `None` if it does not.
    pub(super) fn held_by(&self, name: &str, life: usize) -> Option<u64> {
        let rows = self.rows();
        let (until, holder) = rows.get(name)?.held.as_ref()?;
        (*holder == life).then(|| millis(*until))
    }

    /// The orders that this life of a process holds, and until when.
    pub(super) fn all_held_by(&self, life: usize) -> Vec<(usize, u64)> {
        let rows = self.rows();
        let held = rows.values().filter_map(|row| {
            let (until, holder) = row.held.as_ref()?;
            (*holder == life).then(|| (row.order, millis(*until)))
        });
        held.collect()
    }
}

/// The store was not reached, or its answer was lost.
pub(super) type StoreFailed = io::Error;

/// The store as one life of a process reaches it.
pub(super) struct Shelf {
    life: Arc<Life>,
    store: Arc<Store>,
}

impl Shelf {
    pub(super) fn new(life: &Arc<Life>, store: &Arc<Store>) -> Shelf {
        Shelf {
            life: Arc::clone(life),
            store: Arc::clone(store),
        }
    }

    fn world(&self) -> &World {
        &self.life.world
    }

    /// Fails now and then, before a call or after it.
    async fn step(
        &self,
        what: &'static str,
        order: &str,
        corner: Corner,
    ) -> Result<(), StoreFailed> {
        self.life.lag().await;
        let now = self.world().now();
        let mut state = self.world().state();
        let is_down = now < state.faults.store_down_until;
        let often = state.faults.store;
        if !is_down && !state.once_in(often) {
            return Ok(());
        }
        state.corners.saw(corner);
        if let Some(row) = self.store.rows().get(order)
            && let Some((until, _)) = row.held.filter(|(_, life)| *life == self.life.number)
        {
            // Whatever was begun came to nothing, and the order may be left to the end of its lease.
            state.had_trouble(row.order, now);
            state.hold_up(row.order, now, millis(until));
        }
        let when = if corner == Corner::StoreFailedAfter {
            "after"
        } else {
            "before"
        };
        let name = self.life.number;
        state.say(now, || {
            format!("p{name:<4} the store fails {when} {what} of {order}")
        });
        Err(io::Error::other("no answer"))
    }

    async fn before(&self, what: &'static str, order: &str) -> Result<(), StoreFailed> {
        self.step(what, order, Corner::StoreFailedBefore).await
    }

    async fn after(&self, what: &'static str, order: &str) -> Result<(), StoreFailed> {
        self.step(what, order, Corner::StoreFailedAfter).await
    }

    /// Notes a write and holds it against the newest fence.
    fn witness(
        &self,
        claim: &Claim,
        ledger: &Ledger,
        saved: Saved,
        what: &str,
        superseded: Corner,
    ) {
        let now = self.world().now();
        let mut rows = self.store.rows();
        let Some(row) = rows.get_mut(claim.order()) else {
            return;
        };
        let is_newest = row.fence == claim.fence();
        if is_newest != (saved == Saved::Done) {
            let (fence, newest) = (claim.fence(), row.fence);
            self.world().wrong(format!(
                "{what} under fence {fence}, newest {newest}: {saved:?}"
            ));
        }
        let mut state = self.world().state();
        if saved == Saved::Superseded {
            state.corners.saw(superseded);
            return;
        }
        let stage = ledger.stage();
        if stage == Stage::Over && row.stage != Stage::Over {
            state.corners.saw(Corner::Over);
            row.over.push((now, NEVER));
        } else if stage != Stage::Over
            && let Some(last) = row.over.last_mut()
        {
            last.1 = last.1.min(now);
        }
        if row.handed_out > 0 && !matches!(stage, Stage::AwaitingDelivery | Stage::Delivered) {
            state.is_wrong(
                now,
                format!("{} was handed out and is {stage}", claim.order()),
            );
        }
        row.stage = stage;
        row.next_look = ledger.next_check_at().map_or(NEVER, millis);
        let (name, next) = (self.life.number, row.next_look);
        state.say(now, || {
            let next = if next == NEVER {
                "never".to_owned()
            } else {
                clock(next)
            };
            format!(
                "p{name:<4} {what} of {}: {stage}, next look {next}",
                claim.order()
            )
        });
    }

    /// Notes a grant: nobody may hold the order, and no grant before may have had such a fence.
    fn granted(&self, claim: &Claim, now: SystemTime) {
        let (order, life) = (claim.order(), self.life.number);
        let mut rows = self.store.rows();
        let Some(row) = rows.get_mut(order) else {
            return;
        };
        let true_now = self.world().now();
        let mut state = self.world().state();
        if let Some((until, holder)) = row.held {
            state.corners.saw(Corner::TakenOver);
            if now < until {
                state.is_wrong(true_now, format!("{order} was claimed while it was held"));
            }
            state.say(true_now, || {
                format!("p{life:<4} takes {order} over from p{holder}")
            });
        }
        if claim.fence() <= row.fence {
            state.is_wrong(true_now, format!("the fence of {order} did not grow"));
        }
        self.store.grants.fetch_add(1, Ordering::Relaxed);
        row.fence = claim.fence();
        row.held = Some((claim.until(), life));
        let fence = row.fence;
        state.say(true_now, || {
            format!("p{life:<4} claims {order}, fence {fence}")
        });
    }

    /// Holds a handing-out against what the provider has.
    fn handed_out(&self, delivery: &Delivery) {
        let now = self.world().now();
        let mut rows = self.store.rows();
        let Some(row) = rows.get_mut(delivery.order()) else {
            return;
        };
        let mut state = self.world().state();
        row.handed_out += 1;
        row.handed_out_at.get_or_insert(now);
        row.delivery_due = millis(delivery.settled_at());
        state.corners.saw(Corner::HandedOut);
        if row.handed_out > 1 {
            state.is_wrong(now, format!("{} was handed out twice", delivery.order()));
        }
        if let Some(problem) = state.unproved(row.order, delivery, now) {
            state.is_wrong(
                now,
                format!("{} was handed out: {problem}", delivery.order()),
            );
        }
        let (name, by) = (self.life.number, delivery.provider_reference());
        let order = delivery.order();
        state.say(now, || format!("p{name:<4} hands {order} out for {by}"));
    }
}

impl State {
    /// Why an order was not to be handed out for this; `None` if it was.
    fn unproved(&mut self, order: usize, delivery: &Delivery, now: u64) -> Option<String> {
        let id = delivery.provider_reference();
        let mut books = self.books.iter().enumerate();
        let account = books
            .find(|(_, books)| books.kind.name() == delivery.account())?
            .0;
        self.pass(account, now);
        let books = &self.books[account];
        let Some(bill) = books.bill(id) else {
            return Some(format!("{id} does not exist"));
        };
        if bill.order != order || bill.reference != delivery.reference().as_str() {
            return Some(format!("{id} is another order's"));
        }
        if bill.is_odd || bill.amount != *delivery.amount() {
            return Some(format!("{id} is of another amount"));
        }
        if bill.paid_at.is_none() {
            return Some(format!("{id} is not paid"));
        }
        if books.kind.window().is_some() && bill.settled_at.is_none() {
            return Some(format!("{id} is not confirmed"));
        }
        let place = books.bills.iter().position(|bill| bill.id == id)?;
        if books.bills[place + 1..]
            .iter()
            .any(|bill| bill.order == order)
        {
            self.corners.saw(Corner::HandedOutByOld);
        }
        None
    }

    /// The kind of the account of this name.
    pub(super) fn kind(&self, account: usize) -> Kind {
        self.books[account].kind
    }
}

#[async_trait]
impl OrderStore for Shelf {
    type Error = StoreFailed;

    async fn load(&self, order: &str) -> Result<Option<StoredOrder>, StoreFailed> {
        self.before("a load", order).await?;
        let Ok(loaded) = self.store.memory.load(order).await;
        self.life.awake().await;
        Ok(loaded)
    }

    async fn claim(
        &self,
        order: &str,
        now: SystemTime,
        lease: Duration,
    ) -> Result<Claimed, StoreFailed> {
        self.before("a claim", order).await?;
        let Ok(claimed) = self.store.memory.claim(order, now, lease).await;
        match &claimed {
            Claimed::Granted { claim, .. } => self.granted(claim, now),
            Claimed::Held { .. } => self.world().saw(Corner::Held),
            Claimed::NoSuchOrder => {}
        }
        self.store.written();
        let answered = self.after("a claim", order).await;
        self.is_lost(answered.is_err(), order);
        answered.map(|()| claimed)
    }

    async fn save(&self, claim: &Claim, ledger: &Ledger) -> Result<Saved, StoreFailed> {
        self.before("a save", claim.order()).await?;
        let Ok(saved) = self.store.memory.save(claim, ledger).await;
        self.witness(claim, ledger, saved, "a save", Corner::SupersededSave);
        self.store.written();
        self.after("a save", claim.order()).await?;
        Ok(saved)
    }

    async fn deliver(
        &self,
        claim: &Claim,
        ledger: &Ledger,
        delivery: &Delivery,
    ) -> Result<Saved, StoreFailed> {
        self.before("a delivery", claim.order()).await?;
        let often = self.world().state().faults.processes / 16;
        if self.world().once_in(often) {
            // The worst of moments: it is proved, and not written.
            self.life.pause_a_while();
            self.life.awake().await;
        }
        let Ok(saved) = self.store.memory.deliver(claim, ledger, delivery).await;
        self.witness(
            claim,
            ledger,
            saved,
            "a handing-out",
            Corner::SupersededDelivery,
        );
        if saved == Saved::Done {
            self.handed_out(delivery);
        }
        self.store.written();
        let answered = self.after("a delivery", claim.order()).await;
        if answered.is_err() {
            self.world().saw(Corner::HandedOutUnheard);
        }
        answered?;
        Ok(saved)
    }

    async fn save_and_release(&self, claim: &Claim, ledger: &Ledger) -> Result<Saved, StoreFailed> {
        self.before("a last save", claim.order()).await?;
        let Ok(saved) = self.store.memory.save_and_release(claim, ledger).await;
        self.witness(claim, ledger, saved, "a last save", Corner::SupersededSave);
        if saved == Saved::Done
            && let Some(row) = self.store.rows().get_mut(claim.order())
        {
            row.held = None;
        }
        self.store.written();
        self.after("a last save", claim.order()).await?;
        Ok(saved)
    }

    async fn release(&self, claim: &Claim) -> Result<(), StoreFailed> {
        let asked = self.before("a release", claim.order()).await;
        self.is_lost(asked.is_err(), claim.order());
        asked?;
        let Ok(()) = self.store.memory.release(claim).await;
        if let Some(row) = self.store.rows().get_mut(claim.order()) {
            match row.fence == claim.fence() {
                true => row.held = None,
                false => self.world().saw(Corner::LateRelease),
            }
        }
        self.store.written();
        self.after("a release", claim.order()).await?;
        Ok(())
    }

    async fn claim_due(
        &self,
        account: &str,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<Claim>, StoreFailed> {
        self.before("the due orders", account).await?;
        let Ok(claims) = self
            .store
            .memory
            .claim_due(account, now, lease, limit)
            .await;
        for claim in &claims {
            self.granted(claim, now);
        }
        self.store.written();
        let answered = self.after("the due orders", account).await;
        for claim in &claims {
            self.is_lost(answered.is_err(), claim.order());
        }
        answered.map(|()| claims)
    }

    async fn take_due_deliveries(
        &self,
        now: SystemTime,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<DueDelivery>, StoreFailed> {
        self.before("the due deliveries", "").await?;
        let Ok(taken) = self
            .store
            .memory
            .take_due_deliveries(now, lease, limit)
            .await;
        for due in &taken {
            if let Some(row) = self.store.rows().get_mut(due.delivery().order()) {
                let now = millis(now);
                if now < row.delivery_due {
                    self.world()
                        .wrong("a delivery was taken while another worker has it");
                }
                row.delivery_due = now + millis_of(lease);
                row.tries = due.attempts();
                if std::mem::replace(&mut row.is_taken, true) {
                    self.world().saw(Corner::DeliveryTakenOver);
                }
            }
        }
        self.store.written();
        self.after("the due deliveries", "").await?;
        Ok(taken)
    }

    async fn postpone_delivery(
        &self,
        taken: &DueDelivery,
        until: Option<SystemTime>,
    ) -> Result<Saved, StoreFailed> {
        let order = taken.delivery().order();
        self.before("a delivery put off", order).await?;
        let Ok(saved) = self.store.memory.postpone_delivery(taken, until).await;
        if let Some(row) = self.store.rows().get_mut(order) {
            let is_taken = row.tries == taken.attempts() && row.delivery_due != NEVER;
            if is_taken != (saved == Saved::Done) {
                self.world()
                    .wrong(format!("{order} was put off by one that had lost it"));
            }
            match saved {
                Saved::Done => {
                    row.delivery_due = until.map_or(NEVER, millis);
                    row.is_taken = false;
                }
                Saved::Superseded => self.world().saw(Corner::DeliveryPostponedLate),
            }
        }
        self.store.written();
        self.after("a delivery put off", order).await?;
        Ok(saved)
    }

    async fn close_delivery(&self, id: &str) -> Result<(), StoreFailed> {
        self.before("a delivery closed", id).await?;
        let Ok(()) = self.store.memory.close_delivery(id).await;
        if let Some(row) = self.store.rows().get_mut(id) {
            row.delivery_due = NEVER;
            row.is_taken = false;
        }
        self.store.written();
        self.after("a delivery closed", id).await
    }
}

impl Shelf {
    /// Notes that nobody can look at an order before its lease ends, if the one that holds it does not know so.
    fn is_lost(&self, is_unheard: bool, order: &str) {
        if is_unheard && let Some(until) = self.store.held_by(order, self.life.number) {
            let (order, now) = (self.store.row(order).order, self.world().now());
            self.world().state().hold_up(order, now, until);
        }
    }
}

fn millis_of(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}
