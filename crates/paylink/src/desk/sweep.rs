use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::crew::Crew;
use super::race::first;
use super::{Desk, DeskError, OrderStore, Outcome};

/// The most orders that are read from the store at once.
const BATCH: usize = 200;

/// What is told of each look.
type Report = dyn Fn(&str, &Outcome) + Send + Sync;

/// Looks at the orders that are due, again and again: those whose payer never came back, those whose hint was lost, and
/// those of a process that died.
///
/// Which orders are due is told by the store ([`OrderStore::due`]) and written by the desk, which goes by the providers'
/// deadlines and looks ever less often. An order that somebody else is at costs nothing but the wish for a claim, and one
/// whose provider asked for time waits until that is over.
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

    /// Sets how many orders are looked at at once: 4.
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
        while self.batch(&mut crew).await? >= BATCH {}
        Ok(())
    }

    async fn rounds(&self, crew: &mut Crew) {
        loop {
            match self.batch(crew).await {
                // What is left is due as well; a batch that moved nothing forward would come again.
                Ok(BATCH..) => continue,
                Ok(_) => {}
                Err(problem) => tracing::error!(%problem, "the orders that are due cannot be read"),
            }
            self.desk.environment.sleep(self.every).await;
        }
    }

    /// Looks at some that are due, and says how many of them were moved forward.
    async fn batch(&self, crew: &mut Crew) -> Result<usize, S::Error> {
        let now = self.desk.environment.now();
        let due = self.desk.store.due(now, BATCH).await?;
        let moved = Arc::new(AtomicUsize::new(0));
        for order in due {
            let (desk, report) = (Arc::clone(&self.desk), Arc::clone(&self.report));
            let moved = Arc::clone(&moved);
            crew.begin(async move {
                if look(&desk, &order, &*report).await {
                    moved.fetch_add(1, Ordering::Relaxed);
                }
            })
            .await;
        }
        crew.done().await;
        Ok(moved.load(Ordering::Relaxed))
    }
}

/// Looks at one order; says whether it is due no more.
async fn look<S: OrderStore>(desk: &Desk<S>, order: &str, report: &Report) -> bool {
    match desk.watched(order).await {
        Ok(outcome) => {
            if let Outcome::Mismatch(mismatch) = &outcome {
                tracing::error!(order, %mismatch, "a payment is not the order's");
            }
            report(order, &outcome);
            !matches!(outcome, Outcome::Busy { .. })
        }
        Err(problem) => {
            tracing::warn!(order, %problem, "an order is looked at again later");
            matches!(
                problem,
                DeskError::Payment(_) | DeskError::UnknownAccount(_)
            )
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
