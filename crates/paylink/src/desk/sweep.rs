use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::crew::Crew;
use super::race::first;
use super::{Desk, DeskError, OrderStore, Outcome};

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
/// deadlines and looks ever less often. An order that somebody else is at costs one call of the store, and one whose provider asked for
/// time waits until that is over. One that cannot be read or written is passed over for some minutes.
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
    every: Duration,
    at_once: usize,
    report: Arc<Report>,
}

impl<S: OrderStore + 'static> Sweep<S> {
    /// A sweep over the orders of this desk.
    #[must_use]
    pub fn new(desk: Arc<Desk<S>>) -> Sweep<S> {
        Sweep {
            desk,
            every: Duration::from_secs(15),
            at_once: 4,
            report: Arc::new(|_, _| {}),
        }
    }

    /// Sets the pause between two searches for orders that are due: 15 seconds.
    #[must_use]
    pub fn every(mut self, pause: Duration) -> Sweep<S> {
        self.every = pause;
        self
    }

    /// Sets how many looks run at the same time: 4.
    #[must_use]
    pub fn at_once(mut self, orders: usize) -> Sweep<S> {
        self.at_once = orders;
        self
    }

    /// Tells this what each look came to, by the order's name: for alarms, say. A mismatch is logged as an error in any
    /// case.
    #[must_use]
    pub fn report(mut self, report: impl Fn(&str, &Outcome) + Send + Sync + 'static) -> Sweep<S> {
        self.report = Arc::new(report);
        self
    }

    /// Sweeps until `stop` is over, and ends within seconds after that. A look that was under way for longer is taken up
    /// again later.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        let mut crew = Crew::new(self.at_once);
        first(stop, self.rounds(&mut crew)).await;
        crew.leave().await;
    }

    /// Looks once at every order that is due now.
    ///
    /// # Errors
    ///
    /// If the store cannot say which are: sweep again.
    pub async fn once(&self) -> Result<(), S::Error> {
        let mut crew = Crew::new(self.at_once);
        let mut stuck = Stuck::none(self.desk.environment.now());
        while self.batch(&mut crew, &mut stuck).await? >= BATCH {}
        Ok(())
    }

    async fn rounds(&self, crew: &mut Crew) {
        let mut stuck = Stuck::none(self.desk.environment.now());
        loop {
            match self.batch(crew, &mut stuck).await {
                // What is left is due as well; a batch in which nothing was done would come again.
                Ok(BATCH..) => continue,
                Ok(_) => {}
                Err(problem) => tracing::error!(%problem, "the orders that are due cannot be read"),
            }
            self.desk.environment.sleep(self.every).await;
        }
    }

    /// Looks at some that are due, and says how many of them do not come again at once.
    async fn batch(&self, crew: &mut Crew, stuck: &mut Stuck) -> Result<usize, S::Error> {
        let now = self.desk.environment.now();
        stuck.let_go(now);
        let limit = BATCH.saturating_add(stuck.names.len());
        let mut due = self.desk.store.due(now, limit).await?;
        due.retain(|order| !stuck.names.contains(order));
        due.truncate(BATCH);
        let moved = Arc::new(AtomicUsize::new(0));
        let failed = Arc::new(Mutex::new(Vec::new()));
        for order in due {
            let (desk, report) = (Arc::clone(&self.desk), Arc::clone(&self.report));
            let (moved, failed) = (Arc::clone(&moved), Arc::clone(&failed));
            crew.begin(async move {
                match look(&desk, &order, &*report).await {
                    Looked::Moved => {
                        moved.fetch_add(1, Ordering::Relaxed);
                    }
                    Looked::Busy => {}
                    Looked::Stuck => {
                        let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                        failed.push(order);
                    }
                }
            })
            .await;
        }
        crew.done().await;
        let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
        let passed_over = stuck.pass_over(&mut failed);
        Ok(moved.load(Ordering::Relaxed).saturating_add(passed_over))
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
    fn pass_over(&mut self, failed: &mut Vec<String>) -> usize {
        failed.truncate(MOST_STUCK.saturating_sub(self.names.len()));
        let added = failed.len();
        self.names.extend(failed.drain(..));
        added
    }
}

/// What a look did to the order.
enum Looked {
    /// It is due no more, or later.
    Moved,
    /// Somebody else is at it.
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
            .field("every", &self.every)
            .field("at_once", &self.at_once)
            .finish_non_exhaustive()
    }
}
