//! What works in the background: the sweep over the orders that are due, and the outbox.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use tokio::task::{JoinError, JoinSet};

use super::Desk;
use super::claim::{Pauses, unless};
use super::ledger::Delivery;
use super::outcome::{DeskError, MarkedDelivered, Outcome};
use super::store::{DueDelivery, OrderStore};

/// The most orders that are read from the store at once.
const BATCH: usize = 200;

/// The most orders that are passed over since they cannot be read.
const MOST_STUCK: usize = 2_000;
/// How long they are passed over.
const STUCK_FOR: Duration = Duration::from_secs(5 * 60);

/// Orders that are due and stay so, since they could not be read or written: they are to keep nobody from the others.
#[derive(Debug)]
struct Stuck {
    names: BTreeSet<String>,
    since: SystemTime,
}

/// What is told of each look.
type Report = dyn Fn(&str, &Outcome) + Send + Sync;

/// Looks at the orders that are due, again and again: those whose payer never came back, those whose hint was lost, and
/// those of a process that died.
///
/// Which orders are due is told by the store ([`OrderStore::due`]) and written by the desk, which goes by the providers'
/// deadlines and looks ever less often. An order that another call holds costs one call of the store, and one whose
/// provider asked for time waits until that is over. One that cannot be read or written is passed over for some minutes.
///
/// Any number of processes may run one. What a look comes to is written as ever: an order that is paid is handed out, and
/// stands in the [outbox](super::Outbox).
///
/// ```no_run
/// use std::sync::Arc;
///
/// use paylink::desk::{Desk, MemoryStore, Sweep};
///
/// # async fn shop(desk: Arc<Desk<MemoryStore>>, closing: tokio::sync::oneshot::Receiver<()>) {
/// let sweep = Sweep::new(Arc::clone(&desk));
/// // It ends within seconds after the shop is closed.
/// tokio::spawn(sweep.run(async { drop(closing.await) }));
/// # }
/// ```
pub struct Sweep<S> {
    desk: Arc<Desk<S>>,
    interval: Duration,
    concurrency: usize,
    report: Arc<Report>,
}

impl<S: OrderStore + 'static> Sweep<S> {
    /// A sweep over the orders of this desk.
    #[must_use]
    pub fn new(desk: Arc<Desk<S>>) -> Sweep<S> {
        Sweep {
            desk,
            interval: Duration::from_secs(15),
            concurrency: 4,
            report: Arc::new(|_, _| {}),
        }
    }

    /// Sets the pause between two searches for orders that are due: 15 seconds.
    #[must_use]
    pub fn interval(mut self, pause: Duration) -> Sweep<S> {
        self.interval = pause;
        self
    }

    /// Sets how many looks run at the same time: 4.
    #[must_use]
    pub fn concurrency(mut self, orders: usize) -> Sweep<S> {
        self.concurrency = orders;
        self
    }

    /// Tells this what each look came to, by the order's name: for alarms, say. A mismatch is logged as an error in any
    /// case.
    #[must_use]
    pub fn on_outcome(
        mut self,
        report: impl Fn(&str, &Outcome) + Send + Sync + 'static,
    ) -> Sweep<S> {
        self.report = Arc::new(report);
        self
    }

    /// Sweeps until `stop` is over, and ends within seconds after that. A look that was under way for longer is taken up
    /// again later.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        let mut crew = Crew::new(self.concurrency);
        unless(pin!(stop), self.rounds(&mut crew)).await;
        crew.leave().await;
    }

    /// Looks once at every order that is due now.
    ///
    /// # Errors
    ///
    /// If the store cannot say which are: sweep again.
    pub async fn run_once(&self) -> Result<(), S::Error> {
        let mut crew = Crew::new(self.concurrency);
        let mut stuck = Stuck::none(self.desk.runtime.now());
        while self.batch(&mut crew, &mut stuck).await? >= BATCH {}
        Ok(())
    }

    async fn rounds(&self, crew: &mut Crew<(String, Looked)>) {
        let mut stuck = Stuck::none(self.desk.runtime.now());
        loop {
            match self.batch(crew, &mut stuck).await {
                // What is left is due as well; a batch in which nothing was done would come again.
                Ok(BATCH..) => continue,
                Ok(_) => {}
                Err(problem) => tracing::error!(%problem, "the orders that are due cannot be read"),
            }
            self.desk.runtime.sleep(self.interval).await;
        }
    }

    /// Looks at some that are due, and says how many of them do not come again at once.
    async fn batch(
        &self,
        crew: &mut Crew<(String, Looked)>,
        stuck: &mut Stuck,
    ) -> Result<usize, S::Error> {
        let now = self.desk.runtime.now();
        stuck.let_go(now);
        let limit = BATCH.saturating_add(stuck.names.len());
        let mut due = self.desk.store.due(now, limit).await?;
        due.retain(|order| !stuck.names.contains(order));
        due.truncate(BATCH);
        for order in due {
            let (desk, report) = (Arc::clone(&self.desk), Arc::clone(&self.report));
            crew.begin(async move {
                let looked = look(&desk, &order, &*report).await;
                (order, looked)
            })
            .await;
        }
        let (mut moved, mut failed) = (0_usize, Vec::new());
        for (order, looked) in crew.done().await {
            match looked {
                Looked::Moved => moved = moved.saturating_add(1),
                Looked::Busy => {}
                Looked::Stuck => failed.push(order),
            }
        }
        Ok(moved.saturating_add(stuck.pass_over(failed)))
    }
}

impl Stuck {
    fn none(now: SystemTime) -> Stuck {
        Stuck {
            names: BTreeSet::new(),
            since: now,
        }
    }

    /// Tries all of them again after some time, and after a clock that went back.
    fn let_go(&mut self, now: SystemTime) {
        let passed = now.duration_since(self.since);
        if passed.is_err() || passed.is_ok_and(|passed| passed >= STUCK_FOR) {
            *self = Stuck::none(now);
        }
    }

    /// Adds as many as there is room for, and says how many.
    fn pass_over(&mut self, mut failed: Vec<String>) -> usize {
        failed.truncate(MOST_STUCK.saturating_sub(self.names.len()));
        let added = failed.len();
        self.names.extend(failed);
        added
    }
}

/// What a look did to the order.
enum Looked {
    /// It is due no more, or later.
    Moved,
    /// Another call holds it.
    Busy,
    /// It is due as it was.
    Stuck,
}

/// Looks at one order.
async fn look<S: OrderStore>(desk: &Desk<S>, order: &str, report: &Report) -> Looked {
    match desk.watched(order).await {
        Ok(outcome) => {
            if let Outcome::Mismatch(mismatch) = &outcome {
                tracing::error!(order, %mismatch, "a payment is not the order's");
            }
            report(order, &outcome);
            match outcome {
                Outcome::Busy { .. } => Looked::Busy,
                _ => Looked::Moved,
            }
        }
        Err(problem) => {
            tracing::warn!(order, %problem, "an order is looked at again later");
            match problem {
                DeskError::Payment(_) | DeskError::UnknownAccount(_) => Looked::Moved,
                _ => Looked::Stuck,
            }
        }
    }
}

impl<S> fmt::Debug for Sweep<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sweep")
            .field("interval", &self.interval)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

/// The pause after a delivery that failed; each further one is twice as long.
const FIRST_RETRY: Duration = Duration::from_secs(10);
/// The shortest lease: the end of a shorter one would come before what is done under it.
const SHORTEST_LEASE: Duration = Duration::from_secs(10);
/// The longest pause.
const LONGEST_RETRY: Duration = Duration::from_secs(60 * 60);

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
    interval: Duration,
    concurrency: usize,
    lease: Duration,
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

    /// Works until `stop` is over, and ends within seconds after that. A delivery that was under way for longer is dropped,
    /// and tried again once its lease has ended.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        let mut crew = Crew::new(self.concurrency);
        unless(pin!(stop), self.rounds(&mut crew)).await;
        crew.leave().await;
    }

    /// Delivers once what is due now.
    ///
    /// # Errors
    ///
    /// If the store cannot say what is: do it again.
    pub async fn run_once(&self) -> Result<(), S::Error> {
        let mut crew = Crew::new(self.concurrency);
        while self.batch(&mut crew).await? > 0 {}
        crew.done().await;
        Ok(())
    }

    async fn rounds(&self, crew: &mut Crew<()>) {
        loop {
            match self.batch(crew).await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(problem) => tracing::error!(%problem, "the outbox cannot be read"),
            }
            let pause = self.desk.runtime.sleep(self.interval);
            unless(pin!(self.desk.handed_out.notified()), pause).await;
        }
    }

    /// Takes as much as there is room for, so that nothing waits here while its lease runs.
    async fn batch(&self, crew: &mut Crew<()>) -> Result<usize, S::Error> {
        let room = crew.room().await;
        let now = self.desk.runtime.now();
        let taken = self.desk.store.take_due_deliveries(now, self.lease, room);
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
            let tries = due.attempts();
            tracing::error!(order, tries, %problem, "a delivery failed and is tried again");
            let at = desk.runtime.now().checked_add(pause_after(tries));
            let at = at.unwrap_or_else(|| desk.runtime.now());
            desk.store.postpone_delivery(due, at).await.map(drop)
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

/// How long work that is under way may go on once its crew is to leave.
const GRACE: Duration = Duration::from_secs(3);

/// Work of which so much is under way at once, and which is left within seconds.
#[derive(Debug)]
struct Crew<T> {
    tasks: JoinSet<T>,
    at_once: usize,
    /// What came of the work that was done since this was asked for.
    ended: Vec<T>,
}

impl<T: Send + 'static> Crew<T> {
    fn new(at_once: usize) -> Crew<T> {
        Crew {
            tasks: JoinSet::new(),
            at_once: at_once.max(1),
            ended: Vec::new(),
        }
    }

    /// Begins this as soon as there is room for it.
    async fn begin(&mut self, work: impl Future<Output = T> + Send + 'static) {
        self.room().await;
        self.tasks.spawn(work);
    }

    /// How much more can be begun at once; waits until that is something.
    async fn room(&mut self) -> usize {
        while let Some(done) = self.tasks.try_join_next() {
            self.note(done);
        }
        while self.tasks.len() >= self.at_once {
            self.one_done().await;
        }
        self.at_once.saturating_sub(self.tasks.len())
    }

    /// Waits until nothing is under way, and tells what came of all of it.
    async fn done(&mut self) -> Vec<T> {
        while !self.tasks.is_empty() {
            self.one_done().await;
        }
        std::mem::take(&mut self.ended)
    }

    /// Lets what is under way come to its end, if that is within a few seconds, and drops the rest.
    async fn leave(mut self) {
        if tokio::time::timeout(GRACE, self.done()).await.is_err() {
            let left = self.tasks.len();
            tracing::warn!(left, "work is left undone; it is taken up again later");
        }
        self.tasks.shutdown().await;
    }

    async fn one_done(&mut self) {
        if let Some(done) = self.tasks.join_next().await {
            self.note(done);
        }
    }

    fn note(&mut self, done: Result<T, JoinError>) {
        match done {
            Ok(done) => self.ended.push(done),
            Err(problem) => {
                tracing::error!(%problem, "a task ended by a panic; its work is taken up again later");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_more_than_so_much_is_under_way() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut crew = Crew::new(3);
        for number in 0..20 {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            crew.begin(async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(5)).await;
                now.fetch_sub(1, Ordering::SeqCst);
                assert_ne!(number, 7, "one that panics stops no other");
            })
            .await;
        }
        crew.done().await;
        assert_eq!(most.load(Ordering::SeqCst), 3);
        assert_eq!(now.load(Ordering::SeqCst), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_too_long_is_left() {
        let begun = tokio::time::Instant::now();
        let ended = Arc::new(AtomicUsize::new(0));
        let mut crew = Crew::new(9);
        for seconds in [1, 60] {
            let ended = Arc::clone(&ended);
            crew.begin(async move {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                ended.fetch_add(1, Ordering::SeqCst);
            })
            .await;
        }
        crew.leave().await;
        assert_eq!(begun.elapsed(), GRACE);
        assert_eq!(ended.load(Ordering::SeqCst), 1);
    }
}
