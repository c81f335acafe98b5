//! The sweep: looks at the orders that are due, account by account.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinError, JoinSet};

use super::Desk;
use super::crew::{Crew, Ending};
use super::line::unless;
use super::outcome::{DeskError, Outcome};
use super::pace::Standing;
use super::store::{Claim, OrderStore};

/// What is told of each look.
type Report = dyn Fn(&str, &Outcome) + Send + Sync;

/// The pause after another call of this process was found at an order that is due.
const BUSY: Duration = Duration::from_secs(1);

/// Looks at the orders that are due, again and again: those whose payer never came back, those whose hint was lost, and
/// those of a process that died.
///
/// When an order is due is written by the desk, which goes by the providers' deadlines and looks ever less often. The store
/// hands each order that is due to one caller ([`OrderStore::claim_due`]). One that cannot be read or written is taken up
/// again when its lease has ended.
///
/// Each account has a lane of its own, so that a provider that is down or slow keeps nobody from the orders of another
/// one. After three failures in a row it is left alone for 30 seconds, and then for a minute each; after each of these times
/// one look finds out whether it is back. One that asks for time gets it. Orders of an account that the desk does not have are
/// looked at by nobody: keep an account's name as long as it has orders that are open.
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
            interval: Duration::from_secs(5),
            concurrency: 32,
            report: Arc::new(|_, _| {}),
        }
    }

    /// Sets the pause between two searches for orders that are due: 5 seconds.
    #[must_use]
    pub fn interval(mut self, pause: Duration) -> Sweep<S> {
        self.interval = pause;
        self
    }

    /// Sets how many looks run at the same time for one account: 32, which is at most 160 a second if the
    /// provider answers after 200 ms.
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
    /// again when its lease has ended.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        Ending::after(stop, |ending| async move {
            let mut lanes = self.lanes(|lane| lane.run(ending.clone()));
            ended(&mut lanes).await;
            // Without an account there is no lane.
            let mut ending = ending;
            ending.comes().await;
        })
        .await;
    }

    /// Looks once at every order that is due now: for whoever drives it by a scheduler of his own.
    ///
    /// # Errors
    ///
    /// If the store cannot say which are: sweep again.
    pub async fn step(&self) -> Result<(), S::Error> {
        let mut lanes = self.lanes(Lane::once);
        let mut done = Ok(());
        for lane in ended(&mut lanes).await {
            done = done.and(lane);
        }
        done
    }

    fn lanes<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
        &self,
        begin: impl Fn(Lane<S>) -> F,
    ) -> JoinSet<T> {
        let accounts = self.desk.accounts.names();
        let lanes = accounts.map(|account| Lane {
            desk: Arc::clone(&self.desk),
            report: Arc::clone(&self.report),
            account: account.to_owned(),
            interval: self.interval,
            crew: Crew::new(self.concurrency),
        });
        lanes.map(begin).collect()
    }
}

/// What all of them come to. A panic in one of them goes on here.
async fn ended<T: 'static>(lanes: &mut JoinSet<T>) -> Vec<T> {
    let mut ended = Vec::new();
    while let Some(lane) = lanes.join_next().await {
        match lane.map_err(JoinError::try_into_panic) {
            Ok(lane) => ended.push(lane),
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            Err(Err(_)) => {}
        }
    }
    ended
}

/// The orders of one account that are due.
struct Lane<S> {
    desk: Arc<Desk<S>>,
    report: Arc<Report>,
    account: String,
    interval: Duration,
    crew: Crew<Looked>,
}

/// What comes next in a lane.
enum Next {
    /// So many orders can be looked at.
    Room(usize),
    /// First something that is under way has to end.
    OneDone,
    /// Nothing for this time.
    Pause(Duration),
}

/// What a look did to the order.
#[derive(PartialEq)]
enum Looked {
    /// It is due no more, or held.
    Moved,
    /// Another call of this process is at it.
    Busy,
}

impl<S: OrderStore + 'static> Lane<S> {
    async fn run(mut self, mut ending: Ending) {
        while !ending.has_come() {
            let next = unless(pin!(self.next()), ending.comes()).await;
            let pause = match next {
                None => break,
                Some(Next::OneDone) => {
                    unless(pin!(self.crew.one_done()), ending.comes()).await;
                    continue;
                }
                Some(Next::Pause(pause)) => pause,
                Some(Next::Room(room)) => match ending.or_grace(self.take(room)).await {
                    None => break,
                    // There may be more.
                    Some(Ok(taken)) if taken >= room => continue,
                    Some(Ok(_)) => self.interval,
                    Some(Err(problem)) => {
                        tracing::error!(account = self.account, %problem, "the orders that are due cannot be read");
                        self.interval
                    }
                },
            };
            let runtime = &self.desk.runtime;
            unless(pin!(runtime.sleep(pause)), ending.comes()).await;
        }
        self.crew.leave().await;
    }

    /// Looks at all that are due, and ends.
    async fn once(mut self) -> Result<(), S::Error> {
        loop {
            match self.next().await {
                Next::Room(room) => {
                    if self.take(room).await? < room {
                        break;
                    }
                }
                Next::OneDone => self.crew.one_done().await,
                Next::Pause(_) => break,
            }
        }
        self.crew.done().await;
        Ok(())
    }

    async fn next(&mut self) -> Next {
        let room = self.crew.room().await;
        if self.crew.ended().contains(&Looked::Busy) {
            return Next::Pause(BUSY.min(self.interval));
        }
        let now = self.desk.runtime.now();
        match self.desk.pace.standing(&self.account, now) {
            // A visitor may find out sooner that it is back.
            Standing::Rests(left) => Next::Pause(left.min(self.interval)),
            Standing::OnTrial if !self.crew.is_idle() => Next::OneDone,
            Standing::OnTrial => Next::Room(1),
            Standing::Well => Next::Room(room),
        }
    }

    /// Begins to look at no more than there is room for, so that nothing waits here while its lease runs, and says at how
    /// many.
    async fn take(&mut self, room: usize) -> Result<usize, S::Error> {
        let (now, lease) = (self.desk.runtime.now(), self.desk.lease);
        let store = &self.desk.store;
        let claims = store.claim_due(&self.account, now, lease, room).await?;
        let taken = claims.len();
        for claim in claims {
            let (desk, report) = (Arc::clone(&self.desk), Arc::clone(&self.report));
            let account = self.account.clone();
            self.crew
                .begin(async move { look(&desk, &account, claim, &*report).await });
        }
        Ok(taken)
    }
}

/// Looks at one order.
async fn look<S: OrderStore>(
    desk: &Desk<S>,
    account: &str,
    claim: Claim,
    report: &Report,
) -> Looked {
    let order = claim.order().to_owned();
    let begun = desk.runtime.now();
    let looked = desk.watched(claim).await;
    let took = desk.runtime.now().duration_since(begun);
    let took_ms = took.unwrap_or_default().as_millis();
    let saw = looked.as_ref().map_or("trouble", Outcome::as_str);
    tracing::debug!(target: "paylink::metrics", order, account, saw, took_ms, "looked");
    match looked {
        Ok(outcome) => {
            if let Outcome::Mismatch(mismatch) = &outcome {
                tracing::error!(order, %mismatch, "a payment is not the order's");
            }
            report(&order, &outcome);
            match outcome {
                Outcome::Busy { .. } => Looked::Busy,
                _ => Looked::Moved,
            }
        }
        Err(problem @ (DeskError::Payment(_) | DeskError::UnknownAccount(_))) => {
            tracing::warn!(order, %problem, "an order is looked at again later");
            Looked::Moved
        }
        Err(problem) => {
            tracing::error!(order, %problem, "an order is looked at again when its lease has ended");
            Looked::Moved
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
