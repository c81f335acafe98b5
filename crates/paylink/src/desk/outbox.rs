//! The outbox: has the goods of paid orders sent, and tries again.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use super::Desk;
use super::crew::{Crew, Ending};
use super::ledger::Delivery;
use super::line::{Pauses, unless};
use super::outcome::MarkedDelivered;
use super::store::{DueDelivery, OrderStore};

/// The pause after a delivery that failed; each further one is twice as long.
const FIRST_RETRY: Duration = Duration::from_secs(10);
/// The shortest lease: the end of a shorter one would come before what is done under it.
const SHORTEST_LEASE: Duration = Duration::from_secs(10);
/// The longest pause.
const LONGEST_RETRY: Duration = Duration::from_secs(60 * 60);
/// How often it is tried if nobody sets that: for three days.
const TRIES: u32 = 80;

/// Sends the goods of paid orders.
#[async_trait]
pub trait Deliver: Send + Sync + 'static {
    /// Sends the goods, or makes sure that they were sent before. It is called again with the same [`Delivery::id`]:
    ///
    /// * after an error;
    /// * if it took longer than nine tenths of the [lease](Outbox::lease), in the middle of which it is dropped;
    /// * if it succeeded, and for the rest of the lease the store could not write so, or another call held the order;
    /// * after a process that died before it could write that they went out.
    ///
    /// # Errors
    ///
    /// Anything: it is called again later.
    async fn deliver(&self, delivery: &Delivery) -> Result<(), Box<dyn Error + Send + Sync>>;
}

#[async_trait]
impl<D: Deliver + ?Sized> Deliver for Arc<D> {
    async fn deliver(&self, delivery: &Delivery) -> Result<(), Box<dyn Error + Send + Sync>> {
        (**self).deliver(delivery).await
    }
}

/// The worker of the outbox: has the goods of paid orders sent, tries again what failed, and writes that they went out.
///
/// What [`OrderStore::deliver`] wrote is due at once. A delivery that fails is tried again after ten seconds, and then ever
/// later, once an hour at the latest. One that has failed for about three days is a dead letter: an error is logged, and it
/// is tried no more until a person has seen to it and makes it due again. Any number of processes may run one: each
/// delivery is with one worker at a time.
///
/// ```no_run
/// use std::sync::Arc;
///
/// use async_trait::async_trait;
/// use paylink::desk::{Deliver, Delivery, Desk, MemoryStore, Outbox};
///
/// struct Warehouse;
///
/// #[async_trait]
/// impl Deliver for Warehouse {
///     async fn deliver(&self, delivery: &Delivery) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
///         println!("pack {}, if it was not packed before", delivery.id());
///         Ok(())
///     }
/// }
///
/// # async fn shop(desk: Arc<Desk<MemoryStore>>, closing: tokio::sync::oneshot::Receiver<()>) {
/// let outbox = Outbox::new(Arc::clone(&desk), Warehouse);
/// tokio::spawn(outbox.run(async { drop(closing.await) }));
/// # }
/// ```
pub struct Outbox<S, D> {
    desk: Arc<Desk<S>>,
    deliver: Arc<D>,
    interval: Duration,
    concurrency: usize,
    lease: Duration,
    tries: u32,
}

impl<S: OrderStore + 'static, D: Deliver> Outbox<S, D> {
    /// A worker over the outbox of this desk's store.
    #[must_use]
    pub fn new(desk: Arc<Desk<S>>, deliver: D) -> Outbox<S, D> {
        Outbox {
            desk,
            deliver: Arc::new(deliver),
            interval: Duration::from_secs(5),
            concurrency: 4,
            lease: Duration::from_secs(5 * 60),
            tries: TRIES,
        }
    }

    /// Sets the pause between two looks into the outbox: 5 seconds. What is handed out in this process is taken at once.
    #[must_use]
    pub fn interval(mut self, pause: Duration) -> Outbox<S, D> {
        self.interval = pause;
        self
    }

    /// Sets how many deliveries are under way at once: 4.
    #[must_use]
    pub fn concurrency(mut self, deliveries: usize) -> Outbox<S, D> {
        self.concurrency = deliveries;
        self
    }

    /// Sets how long a delivery may take: 5 minutes, and 10 seconds at the least. One that takes longer is dropped and
    /// tried again, and what a process that died had taken is taken by the next one after this time.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Outbox<S, D> {
        self.lease = lease.max(SHORTEST_LEASE);
        self
    }

    /// Sets how often a delivery is tried before it is a dead letter: 80 times, which is three days; once at the least.
    #[must_use]
    pub fn tries(mut self, tries: u32) -> Outbox<S, D> {
        self.tries = tries.max(1);
        self
    }

    /// Works until `stop` is over, and ends within seconds after that. A delivery that was under way for longer is dropped,
    /// and tried again once its lease has ended.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        Ending::after(stop, |ending| self.rounds(ending)).await;
    }

    /// Delivers once what is due now.
    ///
    /// # Errors
    ///
    /// If the store cannot say what is: do it again.
    pub async fn step(&self) -> Result<(), S::Error> {
        let mut crew = Crew::new(self.concurrency);
        loop {
            let room = crew.room().await;
            if self.take(&mut crew, room).await? == 0 {
                break;
            }
        }
        crew.done().await;
        Ok(())
    }

    async fn rounds(self, mut ending: Ending) {
        let mut crew = Crew::new(self.concurrency);
        while !ending.has_come() {
            let room = unless(pin!(crew.room()), ending.comes()).await;
            let Some(room) = room else { break };
            match ending.or_grace(self.take(&mut crew, room)).await {
                None => break,
                // There may be more.
                Some(Ok(1..)) => continue,
                Some(Ok(0)) => {}
                Some(Err(problem)) => tracing::error!(%problem, "the outbox cannot be read"),
            }
            let pause = self.desk.runtime.sleep(self.interval);
            let handed_out = pin!(self.desk.handed_out.notified());
            let woken = pin!(unless(handed_out, pause));
            unless(woken, ending.comes()).await;
            crew.ended();
        }
        crew.leave().await;
    }

    /// Takes as much as there is room for, so that nothing waits here while its lease runs.
    async fn take(&self, crew: &mut Crew<()>, room: usize) -> Result<usize, S::Error> {
        let now = self.desk.runtime.now();
        let taken = self.desk.store.take_due_deliveries(now, self.lease, room);
        let taken = taken.await?;
        let count = taken.len();
        let lease = Lease {
            length: self.lease,
            until: now.checked_add(self.lease).unwrap_or(now),
        };
        for due in taken {
            let (desk, deliver) = (Arc::clone(&self.desk), Arc::clone(&self.deliver));
            let tries = self.tries;
            crew.begin(async move { send(&desk, &*deliver, &due, lease, tries).await });
        }
        Ok(count)
    }
}

/// For how long a delivery is this worker's.
#[derive(Clone, Copy)]
struct Lease {
    length: Duration,
    until: SystemTime,
}

/// Has one delivery sent and closed, or puts it off.
async fn send<S: OrderStore, D: Deliver>(
    desk: &Desk<S>,
    deliver: &D,
    due: &DueDelivery,
    lease: Lease,
    most_tries: u32,
) {
    let (order, tries) = (due.delivery().order(), due.attempts());
    let done = if went_out_before(desk, order).await {
        Ok(())
    } else {
        carried_out(desk, deliver, due, lease).await
    };
    let now = desk.runtime.now();
    let noted = match done {
        Ok(()) => {
            let waited = now.duration_since(due.delivery().settled_at());
            let waited_ms = waited.unwrap_or_default().as_millis();
            tracing::info!(target: "paylink::metrics", order, tries, waited_ms, "delivered");
            desk.store.close_delivery(due.delivery().id()).await
        }
        Err(problem) => {
            let again = now.checked_add(pause_after(tries)).unwrap_or(now);
            let again = (tries < most_tries).then_some(again);
            if again.is_some() {
                tracing::warn!(order, tries, %problem, "a delivery failed and is tried again");
            } else {
                tracing::error!(order, tries, %problem, "a delivery is a dead letter: see to it, and make it due again");
            }
            desk.store.postpone_delivery(due, again).await.map(drop)
        }
    };
    if let Err(problem) = noted {
        tracing::error!(order, %problem, "a delivery comes again once its lease has ended");
    }
}

/// Whether it was said that the goods went out: by a worker that died before it could close the delivery, or by hand.
async fn went_out_before<S: OrderStore>(desk: &Desk<S>, order: &str) -> bool {
    let stored = desk.order(order).await;
    stored.is_ok_and(|order| order.ledger().delivered_at().is_some())
}

async fn carried_out<S: OrderStore, D: Deliver>(
    desk: &Desk<S>,
    deliver: &D,
    due: &DueDelivery,
    lease: Lease,
) -> Result<(), String> {
    // Nobody else takes it before the lease has ended.
    let within = lease.length.saturating_sub(lease.length / 10);
    match tokio::time::timeout(within, deliver.deliver(due.delivery())).await {
        Ok(sent) => sent.map_err(|problem| problem.to_string())?,
        Err(_) => return Err("it took longer than its lease".to_owned()),
    }
    written_down(desk, due.delivery().order(), lease.until).await
}

/// Writes that the goods went out, and tries again until the lease ends: they would be sent once more for want of it.
async fn written_down<S: OrderStore>(
    desk: &Desk<S>,
    order: &str,
    until: SystemTime,
) -> Result<(), String> {
    let left = until.duration_since(desk.runtime.now());
    let mut pauses = Pauses::within(left.unwrap_or_default());
    loop {
        let problem = match desk.mark_delivered(order).await {
            Ok(MarkedDelivered::Done { .. }) => return Ok(()),
            Ok(MarkedDelivered::NotAwaitingDelivery) => {
                return Err("the ledger does not say that it is due".to_owned());
            }
            Ok(MarkedDelivered::Busy { .. }) => "another call holds the order".to_owned(),
            Err(problem) => problem.to_string(),
        };
        let next = pauses.next().filter(|_| desk.runtime.now() < until);
        let Some(pause) = next else {
            return Err(format!(
                "it went out, and that could not be written: {problem}"
            ));
        };
        desk.runtime.sleep(pause).await;
    }
}

fn pause_after(tries: u32) -> Duration {
    let doublings = tries.saturating_sub(1).min(16);
    FIRST_RETRY
        .saturating_mul(1 << doublings)
        .min(LONGEST_RETRY)
}

impl<S, D> fmt::Debug for Outbox<S, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox")
            .field("interval", &self.interval)
            .field("concurrency", &self.concurrency)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}
