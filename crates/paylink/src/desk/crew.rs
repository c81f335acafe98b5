//! Work in the background: so much of it at once, and an end within seconds.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

use super::line::unless;

/// How long work that is under way may go on once it is to end.
const GRACE: Duration = Duration::from_secs(3);

/// Tells work in the background that it is to end.
#[derive(Clone, Debug)]
pub(super) struct Ending(watch::Receiver<()>);

impl Ending {
    /// Carries work out until `stop` is over, and then as far as it goes on by itself.
    pub(super) async fn after<F: Future<Output = ()>>(
        stop: impl Future<Output = ()>,
        work: impl FnOnce(Ending) -> F,
    ) {
        let (open, ending) = watch::channel(());
        let mut work = pin!(work(Ending(ending)));
        if unless(work.as_mut(), stop).await.is_none() {
            drop(open);
            work.await;
        }
    }

    /// Whether it is to end.
    pub(super) fn has_come(&self) -> bool {
        self.0.has_changed().is_err()
    }

    /// Waits until it is to end.
    pub(super) async fn comes(&mut self) {
        while self.0.changed().await.is_ok() {}
    }

    /// What a step comes to that is finished even then; `None` if it takes longer than that may.
    pub(super) async fn or_grace<T>(&mut self, step: impl Future<Output = T>) -> Option<T> {
        let over = async {
            self.comes().await;
            tokio::time::sleep(GRACE).await;
        };
        unless(pin!(step), over).await
    }
}

/// Work of which so much is under way at once, and which is left within seconds.
#[derive(Debug)]
pub(super) struct Crew<T> {
    tasks: JoinSet<T>,
    at_once: usize,
    /// What came of the work that was done since this was asked for.
    ended: Vec<T>,
}

impl<T: Send + 'static> Crew<T> {
    pub(super) fn new(at_once: usize) -> Crew<T> {
        Crew {
            tasks: JoinSet::new(),
            at_once: at_once.max(1),
            ended: Vec::new(),
        }
    }

    pub(super) fn begin(&mut self, work: impl Future<Output = T> + Send + 'static) {
        self.tasks.spawn(work);
    }

    /// How much more can be begun at once; waits until that is a quarter of all, so that what is taken is taken together.
    pub(super) async fn room(&mut self) -> usize {
        while let Some(done) = self.tasks.try_join_next() {
            self.note(done);
        }
        while self.tasks.len() > self.at_once.saturating_sub((self.at_once / 4).max(1)) {
            self.one_done().await;
        }
        self.at_once.saturating_sub(self.tasks.len())
    }

    /// Whether nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.tasks.is_empty()
    }

    /// What came of the work that was done since this was asked the last time.
    pub(super) fn ended(&mut self) -> Vec<T> {
        std::mem::take(&mut self.ended)
    }

    /// Waits until nothing is under way, and tells what came of all of it.
    pub(super) async fn done(&mut self) -> Vec<T> {
        while !self.tasks.is_empty() {
            self.one_done().await;
        }
        self.ended()
    }

    /// Lets what is under way come to its end, if that is within a few seconds, and drops the rest.
    pub(super) async fn leave(mut self) {
        if tokio::time::timeout(GRACE, self.done()).await.is_err() {
            let left = self.tasks.len();
            tracing::warn!(left, "work is left undone; it is taken up again later");
        }
        self.tasks.shutdown().await;
    }

    /// Waits until something is done.
    pub(super) async fn one_done(&mut self) {
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
            crew.room().await;
            crew.begin(async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(5)).await;
                now.fetch_sub(1, Ordering::SeqCst);
                assert_ne!(number, 7, "one that panics stops no other");
                number
            });
        }
        let mut ended = crew.done().await;
        ended.sort_unstable();
        assert!(ended.into_iter().eq((0..20).filter(|it| *it != 7)));
        assert!(crew.ended().is_empty(), "it is told once");
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
            });
        }
        crew.leave().await;
        assert_eq!(begun.elapsed(), GRACE);
        assert_eq!(ended.load(Ordering::SeqCst), 1);
    }
}
