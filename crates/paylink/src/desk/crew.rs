//! Work of which so much is under way at once, and which is left within seconds.

use std::future::Future;
use std::time::Duration;

use tokio::task::{JoinError, JoinSet};

/// How long work that is under way may go on once its crew is to leave.
const GRACE: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(super) struct Crew {
    tasks: JoinSet<()>,
    at_once: usize,
}

impl Crew {
    pub(super) fn new(at_once: usize) -> Crew {
        Crew {
            tasks: JoinSet::new(),
            at_once: at_once.max(1),
        }
    }

    /// Begins this as soon as there is room for it.
    pub(super) async fn begin(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.room().await;
        self.tasks.spawn(work);
    }

    /// How much more can be begun at once; waits until that is something.
    pub(super) async fn room(&mut self) -> usize {
        while let Some(done) = self.tasks.try_join_next() {
            noted(done);
        }
        while self.tasks.len() >= self.at_once {
            self.one_done().await;
        }
        self.at_once.saturating_sub(self.tasks.len())
    }

    /// Waits until nothing is under way.
    pub(super) async fn done(&mut self) {
        while !self.tasks.is_empty() {
            self.one_done().await;
        }
    }

    /// Lets what is under way come to its end, if that is within a few seconds, and drops the rest.
    pub(super) async fn leave(mut self) {
        if tokio::time::timeout(GRACE, self.done()).await.is_err() {
            let left = self.tasks.len();
            tracing::warn!(left, "work is left undone; it is taken up again later");
        }
        self.tasks.shutdown().await;
    }

    async fn one_done(&mut self) {
        if let Some(done) = self.tasks.join_next().await {
            noted(done);
        }
    }
}

fn noted(done: Result<(), JoinError>) {
    if let Err(problem) = done {
        tracing::error!(%problem, "a task ended by a panic; its work is taken up again later");
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
