//! A process of the shop: its desk, its workers, and the calls that are under way in it.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use paylink::desk::{
    Deliver, Delivery, Desk, DeskError, MarkedDelivered, Opened, Outbox, Outcome, Reopened, Sweep,
};
use paylink::{Account, Accounts};
use tokio::task::{AbortHandle, JoinHandle};

use super::client::Client;
use super::corners::Corner;
use super::life::Life;
use super::shelf::{Shelf, Store, StoreFailed};
use super::world::{MINUTE, State, World};

/// How long a delivery may take.
const DELIVERY_LEASE: u64 = 5 * MINUTE;

/// How the desks of a shop are set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) lease: Option<u64>,
    pub(super) watch_time: Option<u64>,
    pub(super) min_pause: Option<u64>,
    pub(super) has_pauses: bool,
    /// Whether the goods are packed by hand by whoever is told so, beside the outbox.
    pub(super) by_hand: bool,
}

/// One life of a process.
pub(super) struct Process {
    pub(super) life: Arc<Life>,
    pub(super) desk: Arc<Desk<Shelf>>,
    sweep: Arc<Sweep<Shelf>>,
    outbox: Arc<Outbox<Shelf, Handler>>,
    is_sweeping: Arc<AtomicBool>,
    is_sending: Arc<AtomicBool>,
    under_way: Arc<AtomicUsize>,
    tasks: Vec<AbortHandle>,
}

impl Process {
    pub(super) fn start(
        number: usize,
        world: &Arc<World>,
        store: &Arc<Store>,
        settings: Settings,
    ) -> Process {
        let life = Life::begin(number, world, store);
        let kinds: Vec<_> = world.state().books.iter().map(|books| books.kind).collect();
        let accounts = kinds
            .into_iter()
            .enumerate()
            .map(|(account, kind)| Account::new(kind.name(), Client::new(&life, account, kind)));
        let mut desk = Desk::new(Shelf::new(&life, store), Accounts::new(accounts).unwrap())
            .runtime(Arc::<Life>::clone(&life));
        if let Some(lease) = settings.lease {
            desk = desk.lease(Duration::from_millis(lease)).unwrap();
        }
        if let Some(time) = settings.watch_time {
            desk = desk.watch_time(Duration::from_millis(time));
        }
        if let Some(pause) = settings.min_pause {
            desk = desk.min_pause(Duration::from_millis(pause));
        }
        if !settings.has_pauses {
            desk = desk.visit_intervals(Duration::ZERO, Duration::ZERO);
        }
        let desk = Arc::new(desk);
        let report = Arc::clone(&life);
        let sweep = Sweep::new(Arc::clone(&desk)).on_outcome(move |order, outcome| {
            if matches!(outcome, Outcome::DeliverNow(_)) {
                report.world.saw(Corner::HandedOutBySweep);
            }
            hear(&report, order, outcome);
        });
        let outbox = Outbox::new(
            Arc::clone(&desk),
            Handler {
                life: Arc::clone(&life),
            },
        )
        .lease(Duration::from_millis(DELIVERY_LEASE));
        Process {
            life,
            desk,
            sweep: Arc::new(sweep),
            outbox: Arc::new(outbox),
            is_sweeping: Arc::default(),
            is_sending: Arc::default(),
            under_way: Arc::default(),
            tasks: Vec::new(),
        }
    }

    /// Whether calls are under way.
    pub(super) fn is_busy(&self) -> bool {
        self.under_way.load(Ordering::Relaxed) > 0
    }

    /// Makes a call in the process. It is dropped after so many polls, if it is not done by then.
    pub(super) fn call<F>(&mut self, about: Option<String>, polls: Option<u32>, work: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let life = Arc::clone(&self.life);
        let under_way = Arc::clone(&self.under_way);
        under_way.fetch_add(1, Ordering::Relaxed);
        let work = Box::pin(work);
        let task: JoinHandle<()> = tokio::spawn(async move {
            life.awake().await;
            let is_done = Cut {
                work: Some(work),
                polls,
            }
            .await;
            under_way.fetch_sub(1, Ordering::Relaxed);
            if is_done {
                return;
            }
            life.say(|| format!("a call about {about:?} is dropped"));
            let held = match &about {
                Some(order) => {
                    let until = life.store.held_by(order, life.number);
                    until
                        .map(|until| (number_of(order), until))
                        .into_iter()
                        .collect()
                }
                None => life.store.all_held_by(life.number),
            };
            let now = life.world.now();
            let mut state = life.world.state();
            state.corners.saw(match &about {
                Some(_) => Corner::Dropped,
                None => Corner::StepDropped,
            });
            if !held.is_empty() {
                state.corners.saw(Corner::DroppedHolding);
            }
            state.hold_up_all(&held, now);
        });
        self.tasks.retain(|task| !task.is_finished());
        self.tasks.push(task.abort_handle());
    }

    /// A step of the sweep, if none is under way.
    pub(super) fn sweep(&mut self, polls: Option<u32>) {
        if self.is_sweeping.swap(true, Ordering::Relaxed) {
            return;
        }
        let (sweep, step) = (Arc::clone(&self.sweep), Step(Arc::clone(&self.is_sweeping)));
        self.call(None, polls, async move {
            let _step = step;
            let _ = sweep_once(&sweep).await;
        });
    }

    /// A step of the outbox, if none is under way.
    pub(super) fn send(&mut self, polls: Option<u32>) {
        if self.is_sending.swap(true, Ordering::Relaxed) {
            return;
        }
        let (outbox, step) = (Arc::clone(&self.outbox), Step(Arc::clone(&self.is_sending)));
        self.call(None, polls, async move {
            let _step = step;
            let _ = send_once(&outbox).await;
        });
    }

    /// Dies, with everything that is under way.
    pub(super) fn kill(&mut self) {
        self.life.die();
        self.stop();
    }

    /// Ends without a word.
    pub(super) fn stop(&mut self) {
        self.life.end();
        for task in self.tasks.drain(..) {
            task.abort();
        }
    }
}

/// A worker's step that is under way.
struct Step(Arc<AtomicBool>);

impl Drop for Step {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl State {
    pub(super) fn hold_up_all(&mut self, held: &[(usize, u64)], now: u64) {
        for (order, until) in held {
            self.hold_up(*order, now, *until);
        }
    }
}

/// One round over all orders that are due.
async fn sweep_once(sweep: &Sweep<Shelf>) -> Result<(), StoreFailed> {
    sweep.step().await
}

/// One round over all deliveries that are due.
async fn send_once(outbox: &Outbox<Shelf, Handler>) -> Result<(), StoreFailed> {
    outbox.step().await
}

/// Work that is dropped after so many polls.
struct Cut<F> {
    work: Option<Pin<Box<F>>>,
    polls: Option<u32>,
}

impl<F: Future<Output = ()>> Future for Cut<F> {
    type Output = bool;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<bool> {
        if self.polls == Some(0) {
            self.work = None;
        }
        self.polls = self.polls.map(|left| left.saturating_sub(1));
        match &mut self.work {
            Some(work) => work.as_mut().poll(context).map(|()| true),
            None => Poll::Ready(false),
        }
    }
}

/// Holds what a caller is told of an order against what is there.
pub(super) fn hear(life: &Life, order: &str, outcome: &Outcome) {
    life.say(|| format!("is told of {order}: {}", in_short(outcome)));
    let number = number_of(order);
    let now = life.world.now();
    let mut state = life.world.state();
    match outcome {
        Outcome::DeliverNow(_) => {
            let told = state.told.entry(number).or_default();
            *told += 1;
            if *told > 1 {
                state.is_wrong(now, format!("two callers are to deliver {order}"));
            }
        }
        Outcome::Mismatch(mismatch) => {
            let mut bills = state.books.iter().flat_map(|books| &books.bills);
            let is_odd = bills.any(|bill| bill.order == number && bill.is_odd);
            if !is_odd {
                state.is_wrong(now, format!("a false alarm about {order}: {mismatch}"));
            }
            state.corners.saw(Corner::Mismatch);
        }
        Outcome::TooSoon { .. } => state.corners.saw(Corner::TooSoon),
        Outcome::Unresolved { .. } => state.corners.saw(Corner::Unresolved),
        Outcome::Lost(_) => state.corners.saw(Corner::Lost),
        Outcome::Busy { .. } => state.corners.saw(Corner::Busy),
        Outcome::AwaitingDelivery(_)
        | Outcome::Delivered { .. }
        | Outcome::NotPaid(_)
        | Outcome::NotOpened => {}
    }
}

/// Holds what a payer is told on opening against what is there.
pub(super) fn hear_opened(life: &Life, order: &str, opened: &Opened) {
    let now = life.world.now();
    let mut state = life.world.state();
    let corner = match opened {
        Opened::Ready(created) => {
            let id = created.record().id("id").unwrap_or_default();
            let mut bills = state.books.iter_mut().flat_map(|books| &mut books.bills);
            match bills.find(|bill| bill.id == id && bill.order == number_of(order)) {
                Some(bill) => bill.is_shown = true,
                None => {
                    state.is_wrong(now, format!("{id} is shown for {order} and is not its own"));
                }
            }
            Corner::Opened
        }
        Opened::AlreadyPaid(_) => Corner::AlreadyPaid,
        Opened::Unresolved { .. } => Corner::Unresolved,
        Opened::Lost(_) => Corner::Lost,
        Opened::Busy { .. } => Corner::Busy,
    };
    state.corners.saw(corner);
    let name = life.number;
    state.say(now, || format!("p{name:<4} opens {order}: {corner:?}"));
}

pub(super) fn hear_reopened(life: &Life, order: &str, reopened: &Reopened) {
    match reopened {
        Reopened::Opened(opened) => {
            life.world.saw(Corner::Reopened);
            hear_opened(life, order, opened);
        }
        Reopened::Kept(outcome) => {
            life.world.saw(Corner::Kept);
            hear(life, order, outcome);
        }
    }
}

/// Says that the goods of an order went out.
pub(super) async fn mark(desk: &Desk<Shelf>, life: &Life, order: &str) {
    match desk.mark_delivered(order).await {
        Ok(MarkedDelivered::Done { .. }) => life.world.saw(Corner::ByHand),
        Ok(MarkedDelivered::NotAwaitingDelivery) => life.world.saw(Corner::NotAwaiting),
        Ok(MarkedDelivered::Busy { .. }) => life.world.saw(Corner::Busy),
        Err(_) => {}
    }
}

/// Notes an error of the desk. Nothing may be lost by one.
pub(super) fn fails(life: &Life, what: &str, order: &str, problem: &DeskError<StoreFailed>) {
    life.say(|| format!("{what} {order} fails: {problem}"));
    match problem {
        DeskError::Store(_) | DeskError::Payment(_) => {}
        other => life.world.wrong(format!("{what} {order}: {other}")),
    }
}

fn in_short(outcome: &Outcome) -> String {
    match outcome {
        Outcome::DeliverNow(_) => "deliver now".to_owned(),
        Outcome::AwaitingDelivery(_) => "awaiting delivery".to_owned(),
        Outcome::NotPaid(payment) => payment.state().to_string(),
        other => format!("{other:?}").chars().take(120).collect(),
    }
}

/// The number of the order of this name.
pub(super) fn number_of(order: &str) -> usize {
    order.parse::<usize>().unwrap_or_default() - FIRST
}

/// The name of the first order.
pub(super) const FIRST: usize = 1_000;

/// Who sends the goods.
pub(super) struct Handler {
    life: Arc<Life>,
}

#[async_trait]
impl Deliver for Handler {
    async fn deliver(&self, delivery: &Delivery) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.life.lag().await;
        let world = &self.life.world;
        let (often, order) = (world.state().faults.deliveries, number_of(delivery.id()));
        if world.once_in(often) {
            world.saw(Corner::DeliveryFailed);
            self.life
                .say(|| format!("the goods of {} do not go out", delivery.id()));
            return Err("the warehouse is closed".into());
        }
        if world.once_in(often * 4) {
            world.saw(Corner::DeliveryTimedOut);
            world.sleep(DELIVERY_LEASE).await;
            self.life.awake().await;
        }
        if world.once_in(often * 4) {
            // Whatever comes of it comes late.
            self.life.pause_a_while();
            self.life.awake().await;
            return Err("the machine was asleep".into());
        }
        let times = {
            let mut state = world.state();
            let sent = state.sent.entry(order).or_default();
            *sent += 1;
            *sent
        };
        if times > 1 {
            world.saw(Corner::DeliveredAgain);
        }
        self.life
            .say(|| format!("the goods of {} go out", delivery.id()));
        if world.once_in(often) {
            world.saw(Corner::DeliveryFailed);
            return Err("the goods went out, and nobody heard it".into());
        }
        Ok(())
    }
}
