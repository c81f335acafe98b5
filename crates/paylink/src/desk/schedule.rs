//! When looking at an order again makes sense.

use std::time::{Duration, SystemTime};

use paylink_core::provider::PaymentState;

/// The first look at a payment that nobody hinted at, and the shortest pause after it, if nobody sets it.
pub(super) const SHORTEST: Duration = Duration::from_secs(60);
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
    /// It could not be asked for.
    Trouble,
}

/// What a payment's provider and its shop say about time.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    /// Since when it is watched.
    pub(super) since: SystemTime,
    /// Since when somebody is paying, or the money may be there, if that was seen.
    pub(super) active_since: Option<SystemTime>,
    pub(super) expires_at: Option<SystemTime>,
    /// For how long it can be settled after it was made.
    pub(super) settle_within: Option<Duration>,
    /// The shop's own word on how long an unpaid one is watched.
    pub(super) watched_for: Option<Duration>,
    /// The shortest pause while it is unpaid.
    pub(super) shortest: Duration,
    /// How many looks in a row brought nothing new.
    pub(super) looks: u32,
}

/// When to look at the payment again; `None` if nothing is expected of it any more.
pub(super) fn next(sight: &Sight, terms: &Terms, now: SystemTime) -> Option<SystemTime> {
    let age = terms.age(sight, now);
    let pause = match sight {
        Sight::Gone => return None,
        Sight::State(state) if state.is_over() => return None,
        Sight::NotYet(time) => (*time).max(Duration::from_secs(1)),
        Sight::Trouble => doubled(RUNNING_OUT, terms.looks).min(terms.longest()),
        Sight::State(PaymentState::Promised) => terms.longest(),
        Sight::State(_) | Sight::Differs if age >= terms.watched() => return None,
        Sight::State(PaymentState::Unpaid) | Sight::Differs => {
            let by_age = (age / 4).clamp(terms.shortest.min(terms.longest()), terms.longest());
            by_age.min(terms.running_out(now))
        }
        Sight::State(_) => (age / 8)
            .clamp(RUNNING_OUT, ABOUT_TO_BE_PAID)
            .min(terms.longest()),
    };
    Some(now.checked_add(pause).unwrap_or(now))
}

/// The least time between a look and one that a visitor causes.
pub(super) fn visitor_pause(first: Duration, looks: u32) -> Duration {
    doubled(first, looks.saturating_sub(1)).min(LONGEST_OF_VISITOR.max(first))
}

fn doubled(first: Duration, times: u32) -> Duration {
    first.saturating_mul(1 << times.min(16))
}

impl Sight {
    /// Whether somebody is paying, or the money may be there: such a payment is not given up because it was created long
    /// ago.
    pub(super) fn is_active(&self) -> bool {
        match self {
            Sight::State(PaymentState::Unpaid | PaymentState::Promised) => false,
            Sight::State(state) => !state.is_over(),
            _ => false,
        }
    }
}

impl Terms {
    /// For how long the payment has been as it is seen, as far as that bounds the watch.
    fn age(&self, sight: &Sight, now: SystemTime) -> Duration {
        let active = self.active_since.filter(|_| sight.is_active());
        let since = active.map_or(self.since, |active| active.max(self.since));
        now.duration_since(since).unwrap_or_default()
    }

    /// The longest pause: what is made right after a look is looked at three times while it can be settled.
    fn longest(&self) -> Duration {
        let within = self.settle_within.map(|within| within / 3);
        within.unwrap_or(LONGEST).min(LONGEST)
    }

    fn watched(&self) -> Duration {
        let by_provider = match self.settle_within {
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

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);
    const HOUR: Duration = Duration::from_secs(60 * 60);
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn begun() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
    }

    fn terms(settle_within: Option<Duration>) -> Terms {
        Terms {
            since: begun(),
            active_since: None,
            expires_at: None,
            settle_within,
            watched_for: None,
            shortest: SHORTEST,
            looks: 1,
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
        assert_eq!(ages[..4], [MINUTE, MINUTE * 2, MINUTE * 3, MINUTE * 4]);
        assert!(ages.len() < 80, "{}", ages.len());
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
        // Even if nothing but trouble came of the looks before.
        let mut troubled = terms(Some(HOUR / 2));
        troubled.looks = u32::MAX;
        let again_at = next(&Sight::Trouble, &troubled, begun()).unwrap();
        assert_eq!(again_at, begun() + MINUTE * 10);
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
        assert!(next(&Sight::Trouble, &terms(None), late).is_some());
        assert_eq!(
            next(&Sight::State(PaymentState::Paying), &terms(None), late),
            None
        );
        let mut patient = terms(None);
        patient.watched_for = Some(DAY * 200);
        assert!(next(&Sight::State(PaymentState::Unpaid), &patient, late).is_some());
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
