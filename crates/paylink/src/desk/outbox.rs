use std::error::Error;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use super::crew::Crew;
use super::lines::Pauses;
use super::race::first;
use super::{Acknowledged, Delivery, Desk, DueDelivery, OrderStore};

/// The pause after a delivery that failed; each further one is twice as long.
const FIRST: Duration = Duration::from_secs(10);
/// The shortest lease: the end of a shorter one would come before what is done under it.
const SHORTEST_LEASE: Duration = Duration::from_secs(10);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// Sends the goods of paid orders.
#[async_trait]
pub trait Deliver: Send + Sync + 'static {
    /// Sends the goods, or makes sure that they were sent before. It is called again with the same [`Delivery::id`]:
    ///
    /// * after an error;
    /// * if it took longer than nine tenths of the [lease](Outbox::lease), in the middle of which it is dropped;
    /// * if it succeeded, and for the rest of the lease the store could not write so, or somebody else held the order;
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
/// later, once an hour at the latest, until it succeeds. Any number of processes may run one: each delivery is with one
/// worker at a time.
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
    every: Duration,
    at_once: usize,
    lease: Duration,
}

impl<S: OrderStore + 'static, D: Deliver> Outbox<S, D> {
    /// A worker over the outbox of this desk's store.
    #[must_use]
    pub fn new(desk: Arc<Desk<S>>, deliver: D) -> Outbox<S, D> {
        Outbox {
            desk,
            deliver: Arc::new(deliver),
            every: Duration::from_secs(5),
            at_once: 4,
            lease: Duration::from_secs(5 * 60),
        }
    }

    /// Sets the pause between two looks into the outbox: 5 seconds. What is handed out in this process is taken at once.
    #[must_use]
    pub fn every(mut self, pause: Duration) -> Outbox<S, D> {
        self.every = pause;
        self
    }

    /// Sets how many deliveries are under way at once: 4.
    #[must_use]
    pub fn at_once(mut self, deliveries: usize) -> Outbox<S, D> {
        self.at_once = deliveries;
        self
    }

    /// Sets how long a delivery may take: 5 minutes, and 10 seconds at the least. One that takes longer is dropped and tried again, and what a process
    /// that died had taken is taken by the next one after this time.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Outbox<S, D> {
        self.lease = lease.max(SHORTEST_LEASE);
        self
    }

    /// Works until `stop` is over, and ends within seconds after that. A delivery that was under way for longer is dropped,
    /// and tried again once its lease has ended.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        let mut crew = Crew::new(self.at_once);
        first(stop, self.rounds(&mut crew)).await;
        crew.leave().await;
    }

    /// Delivers once what is due now.
    ///
    /// # Errors
    ///
    /// If the store cannot say what is: do it again.
    pub async fn once(&self) -> Result<(), S::Error> {
        let mut crew = Crew::new(self.at_once);
        while self.batch(&mut crew).await? > 0 {}
        crew.done().await;
        Ok(())
    }

    async fn rounds(&self, crew: &mut Crew) {
        loop {
            match self.batch(crew).await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(problem) => tracing::error!(%problem, "the outbox cannot be read"),
            }
            let pause = self.desk.environment.sleep(self.every);
            first(self.desk.handed_out.notified(), pause).await;
        }
    }

    /// Takes as much as there is room for, so that nothing waits here while its lease runs.
    async fn batch(&self, crew: &mut Crew) -> Result<usize, S::Error> {
        let room = crew.room().await;
        let now = self.desk.environment.now();
        let taken = self.desk.store.take_deliveries(now, self.lease, room);
        let taken = taken.await?;
        let count = taken.len();
        let until = now.checked_add(self.lease).unwrap_or(now);
        for due in taken {
            let (desk, deliver) = (Arc::clone(&self.desk), Arc::clone(&self.deliver));
            let lease = self.lease;
            crew.begin(async move { send(&desk, &*deliver, &due, lease, until).await })
                .await;
        }
        Ok(count)
    }
}

/// Has one delivery sent and closed, or puts it off.
async fn send<S: OrderStore, D: Deliver>(
    desk: &Desk<S>,
    deliver: &D,
    due: &DueDelivery,
    lease: Duration,
    until: SystemTime,
) {
    let order = due.delivery().order();
    let done = if went_out_before(desk, order).await {
        Ok(())
    } else {
        carried_out(desk, deliver, due, lease, until).await
    };
    let noted = match done {
        Ok(()) => desk.store.close_delivery(due.delivery().id()).await,
        Err(problem) => {
            let tries = due.tries();
            tracing::error!(order, tries, %problem, "a delivery failed and is tried again");
            let at = desk.environment.now().checked_add(pause_after(tries));
            let at = at.unwrap_or_else(|| desk.environment.now());
            desk.store.put_off_delivery(due, at).await.map(drop)
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
    lease: Duration,
    until: SystemTime,
) -> Result<(), String> {
    // Nobody else takes it before the lease has ended.
    let within = lease.saturating_sub(lease / 10);
    match tokio::time::timeout(within, deliver.deliver(due.delivery())).await {
        Ok(sent) => sent.map_err(|problem| problem.to_string())?,
        Err(_) => return Err("it took longer than its lease".to_owned()),
    }
    written_down(desk, due.delivery().order(), until).await
}

/// Writes that the goods went out, and tries again until the lease ends: they would be sent once more for want of it.
async fn written_down<S: OrderStore>(
    desk: &Desk<S>,
    order: &str,
    until: SystemTime,
) -> Result<(), String> {
    let left = until.duration_since(desk.environment.now());
    let mut pauses = Pauses::within(left.unwrap_or_default());
    loop {
        let problem = match desk.delivered(order).await {
            Ok(Acknowledged::Done { .. }) => return Ok(()),
            Ok(Acknowledged::NotHandedOut) => {
                return Err("the ledger does not say that it is due".to_owned());
            }
            Ok(Acknowledged::Busy { .. }) => "somebody else is at the order".to_owned(),
            Err(problem) => problem.to_string(),
        };
        let next = pauses.next().filter(|_| desk.environment.now() < until);
        let Some(pause) = next else {
            return Err(format!(
                "it went out, and that could not be written: {problem}"
            ));
        };
        desk.environment.sleep(pause).await;
    }
}

fn pause_after(tries: u32) -> Duration {
    let doublings = tries.saturating_sub(1).min(16);
    FIRST.saturating_mul(1 << doublings).min(LONGEST)
}

impl<S, D> fmt::Debug for Outbox<S, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox")
            .field("every", &self.every)
            .field("at_once", &self.at_once)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}
