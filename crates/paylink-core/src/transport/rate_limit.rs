use std::future::Future;

tokio::task_local! {
    static ENDS_CALLS: ();
}

/// Does `work`, in which a call that is answered with 429, or with a `Retry-After`, ends at once and is not tried again.
///
/// It is for work that strangers can cause, which must not cost more of the merchant's quota the less is left of it. What
/// the provider asked for is told by [`Error::retry_after`](crate::Error::retry_after). It holds for the calls of the
/// task that awaits it, not for tasks that `work` spawns.
///
/// ```
/// use paylink_core::{Error, without_rate_limit_retries};
///
/// # async fn read() -> Result<(), Error> { Ok(()) }
/// # async fn example() -> Result<(), Error> {
/// without_rate_limit_retries(read()).await?;
/// # Ok(())
/// # }
/// ```
pub async fn without_rate_limit_retries<W: Future>(work: W) -> W::Output {
    ENDS_CALLS.scope((), work).await
}

/// Whether this task is inside of [`without_rate_limit_retries`].
pub(super) fn ends_calls() -> bool {
    ENDS_CALLS.try_with(|()| ()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_holds_for_the_work_and_no_longer() {
        assert!(!ends_calls());
        let inside = without_rate_limit_retries(async {
            tokio::task::yield_now().await;
            let spawned = tokio::spawn(async { ends_calls() });
            (ends_calls(), spawned.await)
        });
        let (inside, spawned) = inside.await;
        assert!(inside && !ends_calls());
        assert!(!spawned.unwrap(), "a task of its own is a call of its own");
    }
}
