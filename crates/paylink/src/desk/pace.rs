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

    /// Notes how the account's provider answered.
    pub(super) fn heard<T>(&self, account: &str, now: SystemTime, answer: &Result<T, Error>) {
        let mut accounts = self.accounts();
        let error = answer.as_ref().err();
        let asked = error.and_then(Error::retry_after);
        let turned_away = error.is_some_and(|error| error.kind() == ErrorKind::RateLimited);
        if !turned_away && asked.is_none() {
            if let Some(account) = accounts.get_mut(account).filter(|_| error.is_none()) {
                account.turned_away = 0;
            }
            return;
        }
        let account = accounts.entry(account.to_owned()).or_default();
        let own = FIRST.saturating_mul(1 << account.turned_away.min(10));
        account.turned_away = account.turned_away.saturating_add(1);
        let time = asked.unwrap_or(own).min(LONGEST);
        account.closed_until = now.checked_add(time).max(account.closed_until);
    }

    fn accounts(&self) -> MutexGuard<'_, BTreeMap<String, Account>> {
        // No step leaves it half-written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Account {
    fn closed_for(&self, now: SystemTime) -> Option<Duration> {
        // A clock that went back closes an account no longer than it can be closed.
        left_until(self.closed_until, now).filter(|left| *left <= LONGEST)
    }
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
}
