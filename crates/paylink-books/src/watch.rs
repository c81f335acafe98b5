//! Everything that has to run in the background, as one task.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use paylink::desk::{Deliver, Desk, OrderStore, Outbox, Sweep};
use tokio::sync::watch;

use crate::{Books, BooksError, Snapshot};

/// Looks after the orders of a desk: finds what was paid though nobody said so, has the goods sent, and reports how the
/// books stand. [`Books::watch`] makes one.
///
/// It is a [`Sweep`] and an [`Outbox`], and an event of `tracing` each minute that holds a [`Snapshot`]. Any number of
/// processes may run one over the same books.
///
/// | event of the target `paylink::metrics` | fields |
/// |---|---|
/// | `books` (info, each minute) | those of [`Snapshot`], times in milliseconds |
/// | `looked` (debug) | `order`, `account`, `saw` ([`Outcome::as_str`](paylink::desk::Outcome::as_str), or `trouble`), `took_ms` |
/// | `handed out` (info) | `order`, `account` |
/// | `delivered` (info) | `order`, `tries`, `waited_ms` since it was handed out |
pub struct Watch<S, D> {
    books: Books,
    accounts: Vec<String>,
    sweep: Sweep<S>,
    outbox: Outbox<S, D>,
    report_every: Duration,
}

impl Books {
    /// What has to run in the background for this desk, whose store these books are. See [`Watch`].
    ///
    /// ```no_run
    /// # use std::sync::Arc;
    /// # use paylink::desk::{Deliver, Desk};
    /// # use paylink_books::Books;
    /// # async fn shop(desk: Arc<Desk<Books>>, warehouse: impl Deliver, closing: tokio::sync::oneshot::Receiver<()>) {
    /// let watch = desk.store().watch(&desk, warehouse);
    /// // It ends within seconds after the shop is closed.
    /// tokio::spawn(watch.run(async { drop(closing.await) }));
    /// # }
    /// ```
    #[must_use]
    pub fn watch<S: OrderStore + 'static, D: Deliver>(
        &self,
        desk: &Arc<Desk<S>>,
        deliver: D,
    ) -> Watch<S, D> {
        Watch {
            books: self.clone(),
            accounts: desk.accounts().names().map(str::to_owned).collect(),
            sweep: Sweep::new(Arc::clone(desk)),
            outbox: Outbox::new(Arc::clone(desk), deliver),
            report_every: Duration::from_secs(60),
        }
    }
}

impl<S: OrderStore + 'static, D: Deliver> Watch<S, D> {
    /// Changes the sweep: its pause, how much it does at once, who is told what it saw.
    #[must_use]
    pub fn sweep(mut self, change: impl FnOnce(Sweep<S>) -> Sweep<S>) -> Watch<S, D> {
        self.sweep = change(self.sweep);
        self
    }

    /// Changes the worker of the outbox: its pause, its lease, how often it tries.
    #[must_use]
    pub fn outbox(mut self, change: impl FnOnce(Outbox<S, D>) -> Outbox<S, D>) -> Watch<S, D> {
        self.outbox = change(self.outbox);
        self
    }

    /// Sets the pause between two reports of how the books stand: a minute.
    #[must_use]
    pub fn report_every(mut self, pause: Duration) -> Watch<S, D> {
        self.report_every = pause;
        self
    }

    /// Works until `stop` is over, and ends within seconds after that; see [`Sweep::run`] and [`Outbox::run`].
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        let Watch {
            books,
            accounts,
            sweep,
            outbox,
            report_every,
        } = self;
        let (open, closed) = watch::channel(());
        let ended = || {
            let mut closed = closed.clone();
            async move { while closed.changed().await.is_ok() {} }
        };
        let stopped = async {
            stop.await;
            drop(open);
        };
        let reports = async {
            tokio::select! {
                () = ended() => {}
                () = report(&books, &accounts, report_every) => {}
            }
        };
        tokio::join!(stopped, sweep.run(ended()), outbox.run(ended()), reports);
    }

    /// Does once what is due now: for whoever drives it by a scheduler of his own.
    ///
    /// # Errors
    ///
    /// If the store cannot say what is due: do it again.
    pub async fn step(&self) -> Result<(), S::Error> {
        self.sweep.step().await?;
        self.outbox.step().await
    }
}

async fn report(books: &Books, accounts: &[String], every: Duration) {
    loop {
        match books.snapshot().await {
            Ok(snapshot) => tell(&snapshot, accounts),
            Err(problem) => warn_of(&problem),
        }
        tokio::time::sleep(every).await;
    }
}

fn warn_of(problem: &BooksError) {
    tracing::error!(%problem, "how the books stand cannot be read");
}

fn tell(snapshot: &Snapshot, accounts: &[String]) {
    let orders = |stage: &str| snapshot.orders.get(stage).copied().unwrap_or_default();
    let millis = |time: Option<Duration>| time.unwrap_or_default().as_millis();
    tracing::info!(
        target: "paylink::metrics",
        new = orders("new"),
        creating = orders("creating"),
        open = orders("open"),
        over = orders("over"),
        awaiting_delivery = orders("awaiting_delivery"),
        delivered = orders("delivered"),
        due = snapshot.due,
        longest_due_ms = millis(snapshot.longest_due),
        outbox = snapshot.outbox,
        oldest_delivery_ms = millis(snapshot.oldest_delivery),
        most_attempts = snapshot.most_attempts,
        dead = snapshot.dead,
        claimed = snapshot.claimed,
        abandoned = snapshot.abandoned,
        taken_over = snapshot.taken_over,
        "books"
    );
    for (account, due) in &snapshot.due_by_account {
        if !accounts.contains(account) {
            tracing::error!(
                account,
                due,
                "orders are due at an account that this desk does not have, and nobody looks at them: give it back its name"
            );
        }
    }
}

impl<S, D> fmt::Debug for Watch<S, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("books", &self.books)
            .field("sweep", &self.sweep)
            .field("outbox", &self.outbox)
            .field("report_every", &self.report_every)
            .finish_non_exhaustive()
    }
}
