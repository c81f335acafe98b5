//! Who may ask a provider when: visitors by pauses and by what is left of a quota, the desk by itself when it makes sense.
//!
//! What concerns an account is kept per process: several processes over one store ask so often each.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use paylink_core::provider::{Capability, PaymentState};
use paylink_core::{Error, ErrorKind};

use super::Desk;
use super::ledger::{Attempt, Stage};
use super::store::{OrderStore, StoredOrder};

/// How long an account is left alone after a 429 that names no time; twice as long after each further one in a row.
const FIRST_CLOSING: Duration = Duration::from_secs(5);
/// The longest time that it is left alone, whatever its provider asks for.
const LONGEST_CLOSING: Duration = Duration::from_secs(15 * 60);

/// How many looks in a row have to fail before the sweep takes the account's provider for down: one alone may be chance.
const DOWN: u32 = 3;
/// How long it is left alone then; twice as long after each further failure.
const FIRST_REST: Duration = Duration::from_secs(30);
/// The longest of these times. Several fit into the last five minutes before a deadline of a provider that is back: a look on
/// trial fails by chance as well.
const LONGEST_REST: Duration = Duration::from_secs(60);
/// The longest pause of a payment that could not be asked for since its provider was down. As long as that lasts, the whole
/// account is left alone; when it is over, the deadline of a payment made before may be near.
const AFTER_DOWN: Duration = Duration::from_secs(60);
/// More than looks ever wait for one another.
const LONGEST_LINE: Duration = Duration::from_secs(60);

/// The first look at a payment that nobody hinted at, and the shortest pause after it, if nobody sets it.
///
/// With a look that takes seconds, and a sweep that comes every five, a payment is seen within a minute.
pub(super) const SHORTEST: Duration = Duration::from_secs(45);
/// The pause grows with the payment's age, and is this part of it: until a payer has had 15 minutes, it is the shortest.
const PART_OF_AGE: u32 = 20;
/// The longest pause where no deadline of the provider's asks for a shorter one.
const LONGEST: Duration = Duration::from_secs(6 * 60 * 60);
/// The longest pause while a payment is about to be made, or may be there.
const ABOUT_TO_BE_PAID: Duration = Duration::from_secs(5 * 60);
/// The shortest pause while a payment's time runs out.
const RUNNING_OUT: Duration = Duration::from_secs(30);
/// How long an unpaid payment is watched whose provider gives back what nobody settles.
const WATCHED_WHERE_GIVEN_BACK: Duration = Duration::from_secs(24 * 60 * 60);
/// The same where the money would stay with the merchant.
const WATCHED: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// The longest pause of a visitor, whatever was seen before.
const LONGEST_OF_VISITOR: Duration = Duration::from_secs(60);

/// What is known of each account in this process.
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
    /// Until when the sweep leaves it alone, since its provider is down.
    rests_until: Option<SystemTime>,
    /// How often in a row its provider failed.
    failures: u32,
}

/// What the sweep may do with an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Standing {
    /// Look at its orders.
    Well,
    /// Look at one: its provider was down, and nobody knows whether it is back.
    OnTrial,
    /// Leave it alone for so long.
    Rests(Duration),
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

    /// What the sweep may do with the account at `now`. It leaves it alone while its provider asks for that, and while it is
    /// down.
    pub(super) fn standing(&self, account: &str, now: SystemTime) -> Standing {
        let accounts = self.accounts();
        let Some(account) = accounts.get(account) else {
            return Standing::Well;
        };
        match account.closed_for(now).max(account.rest_left(now)) {
            Some(left) => Standing::Rests(left),
            None if account.failures >= DOWN || account.turned_away > 0 => Standing::OnTrial,
            None => Standing::Well,
        }
    }

    /// Notes how the account's provider answered.
    pub(super) fn heard<T>(&self, account: &str, now: SystemTime, answer: &Result<T, Error>) {
        let mut accounts = self.accounts();
        let account = accounts.entry(account.to_owned()).or_default();
        match answer {
            Ok(_) => {
                account.turned_away = 0;
                account.failures = 0;
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
        if asks_for_time(error) {
            let by_itself = doubled(FIRST_CLOSING, self.turned_away).min(LONGEST_REST);
            let time = error.retry_after().unwrap_or(by_itself);
            self.turned_away = self.turned_away.saturating_add(1);
            self.closed_until = now
                .checked_add(time.min(LONGEST_CLOSING))
                .max(self.closed_until);
        } else if is_down(error.kind()) && self.rest_left(now).is_none() {
            // What was under way when the rest began says nothing new.
            self.failures = self.failures.saturating_add(1);
            let further = self.failures.checked_sub(DOWN);
            let rest = further.map(|it| doubled(FIRST_REST, it).min(LONGEST_REST));
            self.rests_until = rest.and_then(|rest| now.checked_add(rest));
        }
    }

    fn rest_left(&self, now: SystemTime) -> Option<Duration> {
        left_until(self.rests_until, now).filter(|left| *left <= LONGEST_REST)
    }

    fn closed_for(&self, now: SystemTime) -> Option<Duration> {
        // A clock that went back closes an account no longer than it can be closed.
        left_until(self.closed_until, now).filter(|left| *left <= LONGEST_CLOSING)
    }
}

/// Whether the provider asked to be left alone.
fn asks_for_time(error: &Error) -> bool {
    error.retry_after().is_some() || error.kind() == ErrorKind::RateLimited
}

/// Whether that is no answer about the payment, but of a provider that is down or out of reach.
fn is_down(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Dns
            | ErrorKind::Connect
            | ErrorKind::Proxy
            | ErrorKind::Tls
            | ErrorKind::Timeout
            | ErrorKind::Disconnected
            | ErrorKind::Protocol
            | ErrorKind::Redirected
            | ErrorKind::Status
            | ErrorKind::TooLarge
            | ErrorKind::ProviderFailure
    )
}

fn left_until(at: Option<SystemTime>, now: SystemTime) -> Option<Duration> {
    let left = at?.duration_since(now).ok()?;
    (!left.is_zero()).then_some(left)
}

/// What a look saw of one payment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Sight {
    /// Its provider told where it stands.
    State(PaymentState),
    /// It is not the order's.
    Differs,
    /// Whether it exists is not to be told before this time has passed.
    NotYet(Duration),
    /// It was never created, or nobody can tell.
    Gone,
    /// It could not be asked for, for that its provider is down, or for another reason.
    Trouble { is_down: bool },
}

/// What a payment's provider and its shop say about time.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    /// Since when it is watched.
    pub(super) since: SystemTime,
    /// Since when it is being paid, or its money may be there, if that was seen.
    pub(super) active_since: Option<SystemTime>,
    pub(super) expires_at: Option<SystemTime>,
    /// For how long it can be settled after it was made.
    pub(super) settlement_window: Option<Duration>,
    /// The shop's own word on how long an unpaid one is watched.
    pub(super) watched_for: Option<Duration>,
    /// The shortest pause while it is unpaid.
    pub(super) shortest: Duration,
}

/// When to look at the payment again; `None` if nothing is expected of it any more.
pub(super) fn next(sight: &Sight, terms: &Terms, now: SystemTime) -> Option<SystemTime> {
    let age = terms.age(sight, now);
    let pause = match sight {
        Sight::Gone => return None,
        Sight::State(state) if state.is_final() => return None,
        Sight::NotYet(time) => (*time).max(Duration::from_secs(1)),
        Sight::State(PaymentState::Promised) => terms.longest(),
        Sight::State(_) | Sight::Differs if age >= terms.watched() => return None,
        Sight::State(PaymentState::Unpaid) | Sight::Differs => terms.unpaid(age, now),
        Sight::State(_) => terms.active(age),
        Sight::Trouble { is_down } => {
            let own = match terms.active_since {
                Some(_) => terms.active(age),
                None => terms.unpaid(age, now),
            };
            if *is_down { own.min(AFTER_DOWN) } else { own }
        }
    };
    Some(now.checked_add(pause).unwrap_or(now))
}

/// The least time between a look and one that a visitor causes.
fn visitor_pause(first: Duration, looks: u32) -> Duration {
    doubled(first, looks.saturating_sub(1)).min(LONGEST_OF_VISITOR.max(first))
}

fn doubled(first: Duration, times: u32) -> Duration {
    first.saturating_mul(1 << times.min(16))
}

impl Sight {
    /// What a look saw that ended by this error.
    pub(super) fn trouble(error: &Error) -> Sight {
        Sight::Trouble {
            is_down: is_down(error.kind()) || error.kind() == ErrorKind::RateLimited,
        }
    }

    pub(super) fn is_trouble(&self) -> bool {
        matches!(self, Sight::Trouble { .. })
    }

    /// Whether it is being paid, or its money may be there: such a payment is not given up because it was created long
    /// ago.
    pub(super) fn is_active(&self) -> bool {
        match self {
            Sight::State(PaymentState::Unpaid | PaymentState::Promised) => false,
            Sight::State(state) => !state.is_final(),
            _ => false,
        }
    }
}

impl Terms {
    /// For how long the payment has been as it is seen, as far as that bounds the watch.
    fn age(&self, sight: &Sight, now: SystemTime) -> Duration {
        let is_active = sight.is_active() || sight.is_trouble();
        let active = self.active_since.filter(|_| is_active);
        let since = active.map_or(self.since, |active| active.max(self.since));
        now.duration_since(since).unwrap_or_default()
    }

    /// The longest pause: what is made right after a look is looked at three times while it can be settled.
    fn longest(&self) -> Duration {
        let within = self.settlement_window.map(|within| within / 3);
        within.unwrap_or(LONGEST).min(LONGEST)
    }

    /// The pause of one that nobody pays.
    fn unpaid(&self, age: Duration, now: SystemTime) -> Duration {
        let shortest = self.shortest.min(self.longest());
        let by_age = (age / PART_OF_AGE).clamp(shortest, self.longest());
        by_age.min(self.running_out(now))
    }

    /// The pause of one that is being paid, or whose money may be there.
    fn active(&self, age: Duration) -> Duration {
        let by_age = (age / 8).clamp(RUNNING_OUT, ABOUT_TO_BE_PAID);
        by_age.min(self.longest())
    }

    fn watched(&self) -> Duration {
        let by_provider = match self.settlement_window {
            Some(_) => WATCHED_WHERE_GIVEN_BACK,
            None => WATCHED,
        };
        self.watched_for.unwrap_or(by_provider)
    }

    /// A payment whose time runs out is looked at more often until then, and once right after it.
    fn running_out(&self, now: SystemTime) -> Duration {
        let left = self.expires_at.and_then(|at| at.duration_since(now).ok());
        left.map_or(LONGEST, |left| (left / 3).max(RUNNING_OUT))
    }
}

impl<S: OrderStore> Desk<S> {
    /// How long the order is to be left alone by visitors.
    pub(super) fn visitor_waits(&self, order: &StoredOrder) -> Option<Duration> {
        self.pause_left(order)
            .filter(|_| self.asks_a_provider(order))
    }

    /// What is left of the pause after a provider was asked about the order the last time.
    fn pause_left(&self, order: &StoredOrder) -> Option<Duration> {
        let watch = order.ledger().watch()?;
        let pause = visitor_pause(self.order_pause, watch.looks());
        // By a clock that went back, nobody can tell how long ago that was.
        let passed = self.runtime.now().duration_since(watch.looked_at()?);
        let left = pause.saturating_sub(passed.ok()?);
        (!left.is_zero()).then_some(left)
    }

    /// Whether a look at the order asks a provider at all: nobody can be asked about a create that cannot be looked up.
    pub(super) fn asks_a_provider(&self, order: &StoredOrder) -> bool {
        let mut attempts = order.ledger().attempts().iter();
        attempts.any(|attempt| attempt.created().is_some() || self.can_be_looked_up(attempt))
    }

    /// Whether the attempt's provider finds what was created by its reference.
    fn can_be_looked_up(&self, attempt: &Attempt) -> bool {
        let provider = self.accounts.get(attempt.account());
        provider.is_ok_and(|it| {
            it.capabilities()
                .support(Capability::FindCreated)
                .is_supported()
        })
    }

    /// How long opening an order has to wait before it asks a provider for something: after a look-up or a create that was
    /// refused, and while the provider asked for time.
    pub(super) fn opening_waits(&self, order: &StoredOrder) -> Option<Duration> {
        let newest = order.ledger().attempts().last();
        if newest.is_some_and(|newest| !self.can_be_looked_up(newest)) {
            return None;
        }
        let account = newest.map_or(order.account(), Attempt::account);
        let closed = self.pace.closed_for(account, self.runtime.now());
        // A create that is known to have never been is not asked about again, but sent.
        let is_known =
            newest.is_some_and(Attempt::is_in_doubt) && order.ledger().stage() == Stage::Over;
        let paused = self.pause_left(order).filter(|_| !is_known);
        closed.max(paused)
    }

    /// How long the account of the order's newest payment is to be left alone.
    pub(super) fn rests_for(&self, order: &StoredOrder) -> Option<Duration> {
        let newest = order.ledger().attempts().last()?;
        match self.pace.standing(newest.account(), self.runtime.now()) {
            Standing::Rests(left) => Some(left),
            Standing::Well | Standing::OnTrial => None,
        }
    }

    /// Asks an account's provider, and notes how it answered.
    pub(super) async fn asked<T>(
        &self,
        account: &str,
        question: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let begun = self.runtime.now();
        let answer = question.await;
        let now = self.runtime.now();
        // Later than any answer comes, this process slept meanwhile, and found the time-outs of its calls over: that is no word
        // of the provider's. A request to be left alone is, however late it is read.
        let took = now.duration_since(begun).unwrap_or_default();
        let says_nothing = |error: &Error| took > self.longest_move() && !asks_for_time(error);
        if !answer.as_ref().is_err_and(says_nothing) {
            self.pace.heard(account, now, &answer);
        }
        answer
    }
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
        Err(Error::new(kind, Effect::NotExecuted, "no").with_retry_after(asked))
    }

    #[test]
    fn looks_begin_apart_and_the_patient_go_first() {
        let pace = Pace::default();
        let begin = |millis, patience| pace.begin("main", at(millis), APART, patience);
        assert_eq!(begin(0, NONE), Ok(NONE));
        assert_eq!(begin(50, NONE), Err(TooSoon(millis(150))));
        // A first hint waits for its place, and takes it from those who come again.
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
        assert_eq!(closed(40_000), Some(LONGEST_CLOSING));
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
        // Nobody asked for more, and a deadline may be near.
        for _ in 0..20 {
            pace.heard("main", at(40_000), &error(ErrorKind::RateLimited, None));
        }
        assert_eq!(pace.closed_for("main", at(40_000)), Some(LONGEST_REST));
        // One look finds out whether it was enough.
        let after = at(40_000) + LONGEST_REST;
        assert_eq!(pace.standing("main", after), Standing::OnTrial);
        pace.heard("main", after, &Ok(()));
        assert_eq!(pace.standing("main", after), Standing::Well);
    }

    #[test]
    fn the_sweep_leaves_an_account_alone_whose_provider_is_down() {
        let pace = Pace::default();
        let standing = |now| pace.standing("main", at(now));
        let fail = |now, kind| pace.heard("main", at(now), &error(kind, None));
        // One that is lost now and then is chance.
        for _ in 0..10 {
            fail(0, ErrorKind::Timeout);
            fail(0, ErrorKind::Status);
            assert_eq!(standing(0), Standing::Well);
            pace.heard("main", at(0), &Ok(()));
        }
        fail(0, ErrorKind::Connect);
        fail(0, ErrorKind::Proxy);
        for (now, rest) in [
            (0, 30_000),
            (30_000, 60_000),
            (90_000, 60_000),
            (150_000, 60_000),
        ] {
            // Those that were under way together are one failure.
            for _ in 0..8 {
                fail(now, ErrorKind::Timeout);
            }
            assert_eq!(standing(now), Standing::Rests(millis(rest)));
            assert_eq!(standing(now + rest), Standing::OnTrial);
        }
        // Visitors are served all the same, and so are other accounts.
        assert_eq!(pace.begin("main", at(450_000), APART, NONE), Ok(NONE));
        assert_eq!(pace.standing("other", at(450_000)), Standing::Well);
        fail(450_000, ErrorKind::Refused);
        assert_ne!(standing(450_000), Standing::Well);
        pace.heard("main", at(450_000), &Ok(()));
        assert_eq!(standing(450_000), Standing::Well);
        for _ in 0..3 {
            fail(450_000, ErrorKind::ProviderFailure);
        }
        let asked = error(ErrorKind::RateLimited, Some(millis(900)));
        pace.heard("main", at(450_000), &asked);
        assert_eq!(standing(450_000), Standing::Rests(millis(30_000)));
    }

    #[test]
    fn a_provider_that_answers_is_not_down() {
        for kind in [
            ErrorKind::Invalid,
            ErrorKind::Configuration,
            ErrorKind::Unsupported,
            ErrorKind::Untrusted,
            ErrorKind::Mismatch,
            ErrorKind::Indeterminate,
            ErrorKind::Refused,
        ] {
            let (pace, answer) = (Pace::default(), error(kind, None));
            for _ in 0..DOWN {
                pace.heard("main", at(0), &answer);
            }
            assert_eq!(pace.standing("main", at(0)), Standing::Well, "{kind:?}");
            assert_eq!(Sight::trouble(&answer.unwrap_err()), TROUBLE, "{kind:?}");
        }
    }

    const MINUTE: Duration = Duration::from_secs(60);
    const HOUR: Duration = Duration::from_secs(60 * 60);
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn begun() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
    }

    fn terms(settlement_window: Option<Duration>) -> Terms {
        Terms {
            since: begun(),
            active_since: None,
            expires_at: None,
            settlement_window,
            watched_for: None,
            shortest: SHORTEST,
        }
    }

    /// The ages at which an unpaid payment is looked at, until nothing is expected of it.
    fn looks(terms: &Terms) -> Vec<Duration> {
        let sight = Sight::State(PaymentState::Unpaid);
        let mut at = begun();
        let mut ages = Vec::new();
        while let Some(again_at) = next(&sight, terms, at) {
            assert!(again_at > at, "it is looked at without a pause");
            at = again_at;
            ages.push(at.duration_since(begun()).unwrap());
            assert!(ages.len() < 1_000, "it is looked at for ever");
        }
        ages
    }

    #[test]
    fn an_unpaid_payment_is_looked_at_ever_less_often_and_then_no_more() {
        let ages = looks(&terms(None));
        assert_eq!(ages[..4], [45, 90, 135, 180].map(Duration::from_secs));
        let early: Vec<_> = ages.iter().filter(|age| **age <= MINUTE * 15).collect();
        assert_eq!(early.len(), 20);
        assert!(ages.len() < 160, "{}", ages.len());
        let last = *ages.last().unwrap();
        assert!((DAY * 7..DAY * 8).contains(&last), "{last:?}");
    }

    #[test]
    fn a_shop_that_is_in_a_hurry_looks_sooner() {
        let mut hurried = terms(None);
        hurried.shortest = Duration::from_secs(15);
        let ages = looks(&hurried);
        assert_eq!(ages[..3], [15, 30, 45].map(Duration::from_secs));
        // No shop's wish outweighs a provider's deadline.
        let mut slow = terms(Some(HOUR / 2));
        slow.shortest = DAY;
        assert_eq!(looks(&slow)[0], MINUTE * 10);
    }

    /// Whenever it is paid while it is watched, two looks come before the money goes back.
    #[test]
    fn no_deadline_of_a_provider_is_missed() {
        for within in [HOUR / 2, HOUR] {
            let ages = looks(&terms(Some(within)));
            for three in ages.windows(3) {
                assert!(three[2] < three[0] + within, "{three:?}");
            }
            assert!(
                *ages.last().unwrap() >= DAY && ages.len() < 200,
                "{}",
                ages.len()
            );
        }
        // Even if nothing but trouble comes of it, for however long.
        let late = begun() + DAY * 100;
        let again_at = next(&TROUBLE, &terms(Some(HOUR / 2)), late).unwrap();
        assert_eq!(again_at, late + MINUTE * 10);
        // A provider that was down until five minutes before the deadline, and rested then, is asked in time.
        let down = Sight::Trouble { is_down: true };
        let again_at = next(&down, &terms(Some(HOUR / 2)), late).unwrap();
        assert!(again_at.max(late + LONGEST_REST) < late + MINUTE * 5);
        // And if the money is said to come on another day.
        let promised = Sight::State(PaymentState::Promised);
        let within = |within| next(&promised, &terms(within), begun()).unwrap();
        assert_eq!(within(Some(HOUR / 2)), begun() + MINUTE * 10);
        assert_eq!(within(None), begun() + HOUR * 6);
    }

    #[test]
    fn what_is_being_paid_is_watched_from_when_that_was_seen() {
        let late = begun() + DAY * 2;
        let mut paying = terms(Some(HOUR / 2));
        for state in [
            PaymentState::Paying,
            PaymentState::Unconfirmed,
            PaymentState::Unclear("odd".into()),
        ] {
            let sight = Sight::State(state);
            paying.active_since = Some(late);
            assert_eq!(next(&sight, &paying, late), Some(late + RUNNING_OUT));
            assert!(next(&sight, &paying, late + HOUR * 23).is_some());
            assert_eq!(next(&sight, &paying, late + DAY), None);
        }
        // What is seen of one payment keeps nobody at another one.
        paying.active_since = Some(late);
        let unpaid = Sight::State(PaymentState::Unpaid);
        assert_eq!(next(&unpaid, &paying, late), None);
    }

    #[test]
    fn what_runs_out_is_looked_at_until_then_and_right_after() {
        let mut running_out = terms(None);
        running_out.expires_at = Some(begun() + MINUTE * 10);
        let ages = looks(&running_out);
        let before = ages.iter().filter(|age| **age < MINUTE * 10).count();
        assert!(before > 5, "{ages:?}");
        let after = ages.iter().find(|age| **age >= MINUTE * 10).unwrap();
        assert!(*after <= MINUTE * 11, "{after:?}");
        // A third of what is left.
        running_out.expires_at = Some(begun() + MINUTE * 2);
        assert_eq!(looks(&running_out)[0], Duration::from_secs(40));
    }

    #[test]
    fn nothing_is_expected_of_what_is_over() {
        for state in [
            PaymentState::Expired,
            PaymentState::Failed,
            PaymentState::Cancelled,
            PaymentState::Refunded,
        ] {
            assert_eq!(next(&Sight::State(state), &terms(None), begun()), None);
        }
        assert_eq!(next(&Sight::Gone, &terms(None), begun()), None);
        // What waits for its day, and what cannot be asked for, is not given up by its age.
        let late = begun() + DAY * 100;
        assert!(next(&Sight::State(PaymentState::Promised), &terms(None), late).is_some());
        assert!(next(&TROUBLE, &terms(None), late).is_some());
        assert_eq!(
            next(&Sight::State(PaymentState::Paying), &terms(None), late),
            None
        );
        let mut patient = terms(None);
        patient.watched_for = Some(DAY * 200);
        assert!(next(&Sight::State(PaymentState::Unpaid), &patient, late).is_some());
    }

    const TROUBLE: Sight = Sight::Trouble { is_down: false };

    /// A provider's bad minute puts no payment off for longer than it would have waited anyhow.
    #[test]
    fn trouble_puts_no_payment_off() {
        for age in [NONE, MINUTE * 10, HOUR * 3, DAY * 6] {
            let now = begun() + age;
            let unpaid = next(&Sight::State(PaymentState::Unpaid), &terms(None), now);
            assert_eq!(next(&TROUBLE, &terms(None), now), unpaid);
            let mut paying = terms(None);
            paying.active_since = Some(begun());
            let active = next(&Sight::State(PaymentState::Paying), &paying, now);
            assert_eq!(next(&TROUBLE, &paying, now), active);
            for kind in [
                ErrorKind::Timeout,
                ErrorKind::Status,
                ErrorKind::RateLimited,
            ] {
                let down = Sight::trouble(&Error::new(kind, Effect::NotExecuted, "no"));
                let again_at = next(&down, &terms(None), now);
                assert_eq!(again_at, unpaid.min(Some(now + AFTER_DOWN)));
            }
        }
    }

    #[test]
    fn a_payment_that_may_be_there_is_looked_at_soon() {
        let hours_old = begun() + HOUR * 10;
        for state in [
            PaymentState::Paying,
            PaymentState::Unconfirmed,
            PaymentState::Unclear("odd".into()),
        ] {
            let again_at = next(&Sight::State(state), &terms(None), hours_old);
            assert_eq!(again_at, Some(hours_old + ABOUT_TO_BE_PAID));
        }
        let paying = Sight::State(PaymentState::Paying);
        let young = begun() + MINUTE * 24;
        assert_eq!(next(&paying, &terms(None), young), Some(young + MINUTE * 3));
        let not_yet = Sight::NotYet(MINUTE * 3);
        assert_eq!(
            next(&not_yet, &terms(None), begun()),
            Some(begun() + MINUTE * 3)
        );
        assert!(next(&Sight::NotYet(Duration::ZERO), &terms(None), begun()) > Some(begun()));
    }

    #[test]
    fn a_visitor_waits_ever_longer_and_a_minute_at_the_most() {
        let pauses: Vec<_> = (0..8)
            .map(|looks| visitor_pause(Duration::from_secs(2), looks).as_secs())
            .collect();
        assert_eq!(pauses, [2, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(visitor_pause(Duration::ZERO, u32::MAX), Duration::ZERO);
        assert_eq!(visitor_pause(HOUR, u32::MAX), HOUR);
    }
}
