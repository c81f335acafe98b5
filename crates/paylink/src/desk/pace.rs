//! How fast strangers may spend an account's quota, and the time that its provider asked for.
//!
//! It is kept per process: several processes over one store ask so often each.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use paylink_core::{Error, ErrorKind};

/// How long an account is left alone after a 429 that names no time; twice as long after each further one in a row.
const FIRST: Duration = Duration::from_secs(5);
/// The longest time that it is left alone, whatever its provider asks for.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// How long the sweep leaves an account alone whose provider did not answer; twice as long after each further time.
const FIRST_REST: Duration = Duration::from_secs(30);
/// The longest of these times. It is short beside every deadline of a provider.
const LONGEST_REST: Duration = Duration::from_secs(4 * 60);
/// More than looks ever wait for one another.
const LONGEST_LINE: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<BTreeMap<String, Account>>);

#[derive(Debug, Default)]
struct Account {
    /// From when on the next stranger's look may begin.
    free_at: Option<SystemTime>,
    /// Until when its provider asked to be left alone.
    closed_until: Option<SystemTime>,
    /// How often in a row it was turned away.
    turned_away: u32,
    /// Until when the sweep leaves it alone, since its provider did not answer.
    rests_until: Option<SystemTime>,
    /// How often in a row it did not answer.
    unheard: u32,
}

/// A stranger's look has to come again after this time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TooSoon(pub(super) Duration);

impl Pace {
    /// Lets a stranger's look begin, after the wait that comes back. Looks begin `apart` from one another; one that cannot
    /// begin within `patience` is too soon.
    pub(super) fn begin(
        &self,
        account: &str,
        now: SystemTime,
        apart: Duration,
        patience: Duration,
    ) -> Result<Duration, TooSoon> {
        let mut accounts = self.accounts();
        let account = accounts.entry(account.to_owned()).or_default();
        if let Some(left) = account.closed_for(now) {
            return Err(TooSoon(left));
        }
        let wait = left_until(account.free_at, now)
            // One that is further away was set by a clock that went back since.
            .filter(|left| *left <= LONGEST_LINE)
            .unwrap_or_default();
        if wait > patience {
            return Err(TooSoon(wait));
        }
        account.free_at = now.checked_add(wait).and_then(|at| at.checked_add(apart));
        Ok(wait)
    }

    /// How long the account's provider asked to be left alone for, from `now` on.
    pub(super) fn closed_for(&self, account: &str, now: SystemTime) -> Option<Duration> {
        self.accounts().get(account)?.closed_for(now)
    }

    /// How long the sweep leaves the account alone, from `now` on: while its provider asked for that, and after it did not
    /// answer, so that a provider that is down keeps nobody from the orders of another one.
    pub(super) fn rests_for(&self, account: &str, now: SystemTime) -> Option<Duration> {
        let accounts = self.accounts();
        let account = accounts.get(account)?;
        let rests = left_until(account.rests_until, now).filter(|left| *left <= LONGEST_REST);
        account.closed_for(now).max(rests)
    }

    /// Notes how the account's provider answered.
    pub(super) fn heard<T>(&self, account: &str, now: SystemTime, answer: &Result<T, Error>) {
        let mut accounts = self.accounts();
        let account = accounts.entry(account.to_owned()).or_default();
        match answer {
            Ok(_) => {
                account.turned_away = 0;
                account.unheard = 0;
                account.rests_until = None;
            }
            Err(error) => account.failed(now, error),
        }
    }

    fn accounts(&self) -> MutexGuard<'_, BTreeMap<String, Account>> {
        // No step leaves it half-written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Account {
    fn failed(&mut self, now: SystemTime, error: &Error) {
        let asked = error.retry_after();
        if asked.is_some() || error.kind() == ErrorKind::RateLimited {
            let time = asked.unwrap_or(doubled(FIRST, self.turned_away));
            self.turned_away = self.turned_away.saturating_add(1);
            self.closed_until = now.checked_add(time.min(LONGEST)).max(self.closed_until);
        } else if is_unheard(error.kind()) {
            let time = doubled(FIRST_REST, self.unheard);
            self.unheard = self.unheard.saturating_add(1);
            self.rests_until = now
                .checked_add(time.min(LONGEST_REST))
                .max(self.rests_until);
        }
    }

    fn closed_for(&self, now: SystemTime) -> Option<Duration> {
        // A clock that went back closes an account no longer than it can be closed.
        left_until(self.closed_until, now).filter(|left| *left <= LONGEST)
    }
}

/// Whether nothing came that its provider could have said.
fn is_unheard(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Dns
            | ErrorKind::Connect
            | ErrorKind::Tls
            | ErrorKind::Timeout
            | ErrorKind::Disconnected
            | ErrorKind::Protocol
    )
}

fn doubled(first: Duration, times: u32) -> Duration {
    first.saturating_mul(1 << times.min(10))
}

fn left_until(at: Option<SystemTime>, now: SystemTime) -> Option<Duration> {
    let left = at?.duration_since(now).ok()?;
    (!left.is_zero()).then_some(left)
}

#[cfg(test)]
mod tests {
    use paylink_core::Effect;

    use super::*;

    const APART: Duration = Duration::from_millis(200);
    const NONE: Duration = Duration::ZERO;

    fn at(millis: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(1_800_000_000_000 + millis)
    }

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn error(kind: ErrorKind, asked: Option<Duration>) -> Result<(), Error> {
        Err(Error::new(kind, Effect::NotExecuted, "no").asked_for(asked))
    }

    #[test]
    fn looks_begin_apart_and_the_patient_go_first() {
        let pace = Pace::default();
        let begin = |millis, patience| pace.begin("main", at(millis), APART, patience);
        assert_eq!(begin(0, NONE), Ok(NONE));
        assert_eq!(begin(50, NONE), Err(TooSoon(millis(150))));
        // A first hint waits for its place, and takes it from whoever comes again.
        assert_eq!(begin(50, millis(1_000)), Ok(millis(150)));
        assert_eq!(begin(250, NONE), Err(TooSoon(millis(150))));
        assert_eq!(begin(250, millis(1_000)), Ok(millis(150)));
        assert_eq!(begin(600, NONE), Ok(NONE));
        assert_eq!(pace.begin("other", at(600), APART, NONE), Ok(NONE));
        // The clock went back by an hour.
        assert_eq!(
            pace.begin("main", at(0) - Duration::from_secs(3_600), APART, NONE),
            Ok(NONE)
        );
    }

    #[test]
    fn an_account_is_left_alone_for_as_long_as_its_provider_asks() {
        let pace = Pace::default();
        let closed = |millis| pace.closed_for("main", at(millis));
        assert_eq!(closed(0), None);
        pace.heard(
            "main",
            at(0),
            &error(ErrorKind::RateLimited, Some(millis(30_000))),
        );
        assert_eq!(closed(0), Some(millis(30_000)));
        assert_eq!(
            pace.begin("main", at(0), APART, millis(60_000)),
            Err(TooSoon(millis(30_000)))
        );
        assert_eq!(pace.begin("other", at(0), APART, NONE), Ok(NONE));
        assert_eq!(closed(30_000), None);
        pace.heard(
            "main",
            at(40_000),
            &error(ErrorKind::Status, Some(millis(7_000))),
        );
        assert_eq!(closed(40_000), Some(millis(7_000)));
        pace.heard(
            "main",
            at(40_000),
            &error(ErrorKind::RateLimited, Some(Duration::MAX)),
        );
        assert_eq!(closed(40_000), Some(LONGEST));
    }

    #[test]
    fn without_a_time_the_pauses_grow_until_it_answers() {
        let pace = Pace::default();
        for (now, pause) in [(0, 5_000), (5_000, 10_000), (15_000, 20_000)] {
            pace.heard("main", at(now), &error(ErrorKind::RateLimited, None));
            assert_eq!(pace.closed_for("main", at(now)), Some(millis(pause)));
        }
        pace.heard("main", at(40_000), &error(ErrorKind::Timeout, None));
        pace.heard("main", at(40_000), &Ok(()));
        pace.heard("main", at(40_000), &error(ErrorKind::RateLimited, None));
        assert_eq!(pace.closed_for("main", at(40_000)), Some(millis(5_000)));
    }

    #[test]
    fn the_sweep_leaves_an_account_alone_that_does_not_answer() {
        let pace = Pace::default();
        let rests = |now| pace.rests_for("main", at(now));
        for (now, rest) in [
            (0, 30_000),
            (30_000, 60_000),
            (90_000, 120_000),
            (210_000, 240_000),
            (450_000, 240_000),
        ] {
            pace.heard("main", at(now), &error(ErrorKind::Timeout, None));
            assert_eq!(rests(now), Some(millis(rest)));
            assert_eq!(rests(now + rest), None);
        }
        // Visitors are served all the same, and so are other accounts.
        assert_eq!(pace.begin("main", at(450_000), APART, NONE), Ok(NONE));
        assert_eq!(pace.rests_for("other", at(450_000)), None);
        pace.heard("main", at(450_000), &error(ErrorKind::Refused, None));
        assert!(rests(450_000).is_some());
        pace.heard("main", at(450_000), &Ok(()));
        assert_eq!(rests(450_000), None);
        pace.heard("main", at(450_000), &error(ErrorKind::Disconnected, None));
        let asked = error(ErrorKind::RateLimited, Some(millis(900)));
        pace.heard("main", at(450_000), &asked);
        assert_eq!(rests(450_000), Some(millis(30_000)));
    }
}
