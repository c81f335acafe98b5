use std::collections::hash_map::RandomState;
use std::fmt::{self, Debug};
use std::future::Future;
use std::hash::{BuildHasher, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

#[cfg(test)]
pub(crate) use moved_clock::MovedClock;
use tokio::runtime::{Handle, Id};

/// The tokio runtime on which a transport was first used: its kept connections are driven there and nowhere else.
#[derive(Debug, Default)]
pub(super) struct Home(OnceLock<Id>);

impl Home {
    /// Whether the caller runs where the kept connections are driven; or why no call can be made here.
    pub(super) fn is_here(&self) -> Result<bool, &'static str> {
        let runtime = Handle::try_current().map_err(|_| {
            "a call has to be awaited on a tokio runtime, and there is none here: enter one, with #[tokio::main] say"
        })?;
        let here = runtime.id();
        if self.0.get() == Some(&here) {
            return Ok(true);
        }
        drives_what_a_call_needs()?;
        Ok(*self.0.get_or_init(|| here) == here)
    }
}

/// A runtime can be built without timers or I/O. tokio tells that by a panic alone, which would come in mid-call.
fn drives_what_a_call_needs() -> Result<(), &'static str> {
    let timers = || drop(tokio::time::sleep(Duration::ZERO));
    if catch_unwind(AssertUnwindSafe(timers)).is_err() {
        return Err("the tokio runtime has no timers: build it with enable_all or enable_time");
    }
    #[cfg(unix)]
    if catch_unwind(|| drop(tokio::net::UnixStream::pair())).is_err() {
        return Err("the tokio runtime has no I/O: build it with enable_all or enable_io");
    }
    Ok(())
}

/// The clock, the waiting and the chance that a transport uses, so that time-dependent rules are tested without waiting.
///
/// Programs leave it alone; tests inject one of their own with
/// [`TransportBuilder::runtime`](crate::TransportBuilder::runtime). Timeouts of a running attempt follow
/// tokio's clock, which tokio's own test mode can pause.
pub trait Runtime: Debug + Send + Sync {
    /// The wall clock: it dates handles and decides whether a provider's settling time has passed.
    fn now(&self) -> SystemTime;

    /// Waits between two attempts.
    fn sleep(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// Any number: it spreads the waits of many clients, and nothing secret hangs on it.
    fn random(&self) -> u64;
}

/// The machine's own clock and tokio's sleep.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRuntime;

impl SystemRuntime {
    /// Returns a runtime that reads the time from `now`, and waits and draws as the machine does.
    ///
    /// With a sandbox's clock, what its test moves ahead is late for the client as well: handles are dated, and deadlines
    /// judged, by the sandbox's time. Timeouts and the waits between attempts stay real.
    pub fn with_clock(
        now: impl Fn() -> SystemTime + Send + Sync + 'static,
    ) -> impl Runtime + 'static {
        Clocked(now)
    }
}

impl Runtime for SystemRuntime {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(pause))
    }

    fn random(&self) -> u64 {
        // Every `RandomState` of the standard library is seeded afresh.
        RandomState::new().build_hasher().finish()
    }
}

/// The machine's sleep and chance, by another clock.
struct Clocked<F>(F);

impl<F> Debug for Clocked<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clocked")
    }
}

impl<F: Fn() -> SystemTime + Send + Sync> Runtime for Clocked<F> {
    fn now(&self) -> SystemTime {
        (self.0)()
    }

    fn sleep(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        SystemRuntime.sleep(pause)
    }

    fn random(&self) -> u64 {
        SystemRuntime.random()
    }
}

#[cfg(test)]
mod tests {
    use tokio::runtime::Builder;

    use super::*;

    #[test]
    fn chance_is_not_the_same_each_time_whatever_the_clock() {
        let system = SystemRuntime;
        let clocked = Clocked(SystemTime::now);
        for runtime in [&system as &dyn Runtime, &clocked] {
            let first = runtime.random();
            assert!((0..64).any(|_| runtime.random() != first));
        }
        assert_eq!(format!("{clocked:?}"), "Clocked");
    }

    #[test]
    fn the_first_runtime_is_home_and_no_other() {
        let runtime = || Builder::new_current_thread().enable_all().build().unwrap();
        let (first, second) = (runtime(), runtime());
        let home = Home::default();
        for _ in 0..2 {
            assert_eq!(first.block_on(async { home.is_here() }), Ok(true));
            assert_eq!(second.block_on(async { home.is_here() }), Ok(false));
        }
    }

    #[test]
    fn without_a_runtime_it_says_what_to_do() {
        let problem = Home::default().is_here().unwrap_err();
        assert!(problem.contains("#[tokio::main]"), "{problem}");
    }

    #[test]
    fn a_runtime_that_lacks_something_is_no_home() {
        let home = Home::default();
        let without_timers = Builder::new_current_thread().enable_io().build().unwrap();
        let problem = without_timers
            .block_on(async { home.is_here() })
            .unwrap_err();
        assert!(problem.contains("timers"), "{problem}");

        #[cfg(unix)]
        {
            let without_io = Builder::new_current_thread().enable_time().build().unwrap();
            let problem = without_io.block_on(async { home.is_here() }).unwrap_err();
            assert!(problem.contains("I/O"), "{problem}");
        }

        let whole = Builder::new_current_thread().enable_all().build().unwrap();
        assert_eq!(whole.block_on(async { home.is_here() }), Ok(true));
    }
}

#[cfg(test)]
mod moved_clock {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::settlement::handle::from_millis;

    /// A clock that shows what a test sets, and waits that are over at once.
    #[derive(Debug, Default)]
    pub(crate) struct MovedClock {
        millis: AtomicU64,
        /// How far a wait moves it.
        waits_ms: u64,
    }

    impl MovedClock {
        pub(crate) fn at(millis: u64) -> MovedClock {
            MovedClock {
                millis: AtomicU64::new(millis),
                waits_ms: 0,
            }
        }

        pub(crate) fn waiting(self, waits_ms: u64) -> MovedClock {
            MovedClock { waits_ms, ..self }
        }

        pub(crate) fn set(&self, millis: u64) {
            self.millis.store(millis, Ordering::Relaxed);
        }
    }

    impl Runtime for MovedClock {
        fn now(&self) -> SystemTime {
            from_millis(self.millis.load(Ordering::Relaxed))
        }

        fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
            self.millis.fetch_add(self.waits_ms, Ordering::Relaxed);
            Box::pin(std::future::ready(()))
        }

        fn random(&self) -> u64 {
            0
        }
    }
}
