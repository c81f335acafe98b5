use std::future::Future;
use std::time::Duration;

use super::fault::{Again, Fault};
use crate::{Idempotency, Runtime};

/// The first wait; each further one is twice as long.
const FIRST: Duration = Duration::from_millis(200);

/// The longest wait of our own choosing.
const LONGEST: Duration = Duration::from_secs(2);

/// The longest wait that a provider may ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(10);

/// How long to wait before the next attempt; `None` if there must be none.
///
/// Only what is proved unsent, and reads and idempotent operations, are sent again.
pub(super) fn pause(
    idempotency: Idempotency,
    fault: &Fault,
    attempts: u32,
    limit: u32,
    runtime: &dyn Runtime,
) -> Option<Duration> {
    let allowed = match idempotency {
        Idempotency::NonIdempotent => fault.is_unsent(),
        Idempotency::ReadOnly | Idempotency::Idempotent => true,
    };
    let asked = match fault.again() {
        _ if !allowed || attempts >= limit => return None,
        Again::Never => return None,
        Again::Once if attempts > 1 => return None,
        Again::Once | Again::Yes => Duration::ZERO,
        Again::After(asked) if asked > LONGEST_ASKED => return None,
        Again::After(asked) => asked,
    };
    Some(asked.saturating_add(back_off(attempts, runtime)))
}

/// Doubles with every attempt, and is spread over its upper half so that many clients do not come back together.
fn back_off(attempts: u32, runtime: &dyn Runtime) -> Duration {
    let doublings = attempts.saturating_sub(1).min(8);
    let whole = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    let half = whole / 2;
    let span = u64::try_from(half.as_nanos()).unwrap_or(u64::MAX).max(1);
    half.saturating_add(Duration::from_nanos(runtime.random() % span))
}

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
    use std::pin::Pin;
    use std::time::SystemTime;

    use super::*;
    use crate::transport::fault::Proof;
    use crate::{ErrorKind, SystemRuntime};

    fn fault(proof: Proof, again: Again) -> Fault {
        Fault::new(ErrorKind::Timeout, proof, again, "test")
    }

    fn pause_of(idempotency: Idempotency, fault: &Fault, attempts: u32) -> Option<Duration> {
        pause(idempotency, fault, attempts, 3, &SystemRuntime)
    }

    #[test]
    fn once_is_repeated_only_if_proved_unsent() {
        for proof in [Proof::Nothing, Proof::Refused] {
            for again in [Again::Once, Again::Yes, Again::After(Duration::ZERO)] {
                assert_eq!(
                    pause_of(Idempotency::NonIdempotent, &fault(proof, again), 1),
                    None,
                    "{proof:?} {again:?}"
                );
            }
        }
        assert!(
            pause_of(
                Idempotency::NonIdempotent,
                &fault(Proof::Unsent, Again::Yes),
                1
            )
            .is_some()
        );
        assert_eq!(
            pause_of(
                Idempotency::NonIdempotent,
                &fault(Proof::Unsent, Again::Never),
                1
            ),
            None
        );
    }

    #[test]
    fn attempts_are_bounded_and_waits_grow() {
        let lost = fault(Proof::Nothing, Again::Yes);
        let first = pause_of(Idempotency::ReadOnly, &lost, 1).unwrap();
        let second = pause_of(Idempotency::ReadOnly, &lost, 2).unwrap();
        assert!(
            (Duration::from_millis(100)..Duration::from_millis(200)).contains(&first),
            "{first:?}"
        );
        assert!(
            (Duration::from_millis(200)..Duration::from_millis(400)).contains(&second),
            "{second:?}"
        );
        assert_eq!(pause_of(Idempotency::ReadOnly, &lost, 3), None);
        assert_eq!(
            pause_of(
                Idempotency::ReadOnly,
                &fault(Proof::Nothing, Again::Once),
                2
            ),
            None
        );
    }

    /// An environment with this chance.
    #[derive(Debug)]
    struct Chance(u64);

    impl Runtime for Chance {
        fn now(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH
        }

        fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
            Box::pin(std::future::ready(()))
        }

        fn random(&self) -> u64 {
            self.0
        }
    }

    #[test]
    fn waits_double_up_to_two_seconds_and_are_spread_over_their_upper_half() {
        let lost = fault(Proof::Nothing, Again::Yes);
        for (attempts, whole) in [
            (1, 200),
            (2, 400),
            (3, 800),
            (4, 1_600),
            (5, 2_000),
            (9, 2_000),
            (u32::MAX - 1, 2_000),
        ] {
            let wait = |chance| {
                pause(
                    Idempotency::ReadOnly,
                    &lost,
                    attempts,
                    u32::MAX,
                    &Chance(chance),
                )
            };
            let half = Duration::from_millis(whole / 2);
            assert_eq!(wait(0), Some(half), "{attempts}");
            let span = u64::try_from(half.as_nanos()).unwrap();
            assert_eq!(wait(span), Some(half), "{attempts}");
            let longest = half + Duration::from_nanos(span - 1);
            assert_eq!(wait(span - 1), Some(longest), "{attempts}");
        }
    }

    #[test]
    fn what_may_be_repeated_is_tried_again_like_a_read() {
        for proof in [Proof::Nothing, Proof::Unsent] {
            assert!(pause_of(Idempotency::Idempotent, &fault(proof, Again::Yes), 1).is_some());
            assert!(pause_of(Idempotency::Idempotent, &fault(proof, Again::Once), 1).is_some());
            assert_eq!(
                pause_of(Idempotency::Idempotent, &fault(proof, Again::Once), 2),
                None
            );
            assert_eq!(
                pause_of(Idempotency::Idempotent, &fault(proof, Again::Never), 1),
                None
            );
        }
    }

    #[test]
    fn a_provider_may_ask_for_time_but_not_for_ever() {
        let asked = |seconds| fault(Proof::Nothing, Again::After(Duration::from_secs(seconds)));
        assert!(pause_of(Idempotency::ReadOnly, &asked(3), 1).unwrap() >= Duration::from_secs(3));
        assert!(pause_of(Idempotency::ReadOnly, &asked(10), 1).unwrap() >= Duration::from_secs(10));
        assert_eq!(pause_of(Idempotency::ReadOnly, &asked(11), 1), None);
        assert_eq!(pause_of(Idempotency::ReadOnly, &asked(3_600), 1), None);
        assert_eq!(pause_of(Idempotency::ReadOnly, &asked(u64::MAX), 1), None);
    }
}

#[cfg(test)]
mod rate_limit_tests {
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
