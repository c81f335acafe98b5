mod attempt;
mod watch;

use std::fmt;
use std::time::SystemTime;

use paylink_core::provider::{Created, OrderReference};
use serde::{Deserialize, Serialize};

pub(super) use attempt::{Attempt, Progress};
pub(super) use watch::Watch;

use super::Delivery;
use super::moment::Moment;

/// What the desk has written of an order: the payments it asked for, and whether the goods were handed out.
///
/// A store keeps it as the JSON that it serialises to, unread, in one column of the order's row; a new order has
/// [`Ledger::default`]. It holds no secret. Two columns beside it make it searchable: [`stage`](Ledger::stage) and
/// [`look_again_at`](Ledger::look_again_at).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    version: Version,
    /// Whose ledger it is, so that a row that was mixed up is noticed. A new one is nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attempts: Vec<Attempt>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    watch: Option<Watch>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    handed_out: Option<HandedOut>,
}

/// How far an order has come, in one word.
///
/// Each step is one write, and whatever a process dies of between two of them, the next call goes on from the last one:
///
/// | stage | written | a process that dies now leaves | and the next call |
/// |---|---|---|---|
/// | `New` | | nothing | asks for a payment |
/// | `Asked` | before the create is sent | a create that was sent or not | looks it up, and sends it again only if it was not carried out |
/// | `Open` | after the create | a payment that was paid or not | settles it |
/// | `Over` | when nothing is expected any more | nothing | settles it all the same |
/// | `HandedOut` | with the delivery, in one step | a delivery that is due | says so, and asks nobody |
/// | `Delivered` | when the goods went out | nothing | says so |
///
/// A create that was refused leads back to where it began; starting over leads from `Asked`, `Open` or `Over` to `Asked`.
/// Opening an order that is `Over`, or a hint at one of its payments, makes it `Open` or `Asked` again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Stage {
    /// No payment was asked for.
    New,
    /// A payment was asked for, and what came of that is not written.
    Asked,
    /// A payment is there, to be paid.
    Open,
    /// Nothing is expected of its payments any more: they expired, failed, were cancelled, given back or lost, or nobody
    /// paid them for as long as the desk watches. Whoever looks or hints is answered as ever.
    Over,
    /// It is paid, and its delivery is due.
    HandedOut,
    /// The goods went out.
    Delivered,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HandedOut {
    delivery: Delivery,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    acknowledged_at_ms: Option<Moment>,
}

impl Ledger {
    /// How far the order has come.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match (&self.handed_out, self.attempts.last()) {
            (Some(handed), _) if handed.acknowledged_at_ms.is_some() => Stage::Delivered,
            (Some(_), _) => Stage::HandedOut,
            (None, None) => Stage::New,
            (None, Some(_)) if self.is_over() => Stage::Over,
            (None, Some(newest)) if newest.created().is_some() => Stage::Open,
            (None, Some(_)) => Stage::Asked,
        }
    }

    /// From when on looking at the order again makes sense: what [`OrderStore::due`](super::OrderStore::due) searches by.
    ///
    /// It goes by the provider's deadlines, and the pauses grow. `None` if there is nothing to look for: no payment was
    /// asked for, nothing is expected any more, or the order was handed out.
    #[must_use]
    pub fn look_again_at(&self) -> Option<SystemTime> {
        match self.stage() {
            Stage::Asked | Stage::Open => match &self.watch {
                Some(watch) => watch.again_at(),
                None => Some(SystemTime::UNIX_EPOCH),
            },
            Stage::New | Stage::Over | Stage::HandedOut | Stage::Delivered => None,
        }
    }

    fn is_over(&self) -> bool {
        let watch = self.watch.as_ref();
        watch.is_some_and(|watch| watch.again_at().is_none())
    }

    /// The newest payment, if it is known to be there: what a payer is shown. One that another has taken the place of is
    /// shown no more.
    #[must_use]
    pub fn created(&self) -> Option<&Created> {
        self.attempts.last().and_then(Attempt::created)
    }

    /// The delivery, once the order is handed out.
    #[must_use]
    pub fn delivery(&self) -> Option<&Delivery> {
        self.handed_out.as_ref().map(|handed| &handed.delivery)
    }

    /// When it was said that the goods went out.
    #[must_use]
    pub fn delivered_at(&self) -> Option<SystemTime> {
        let handed = self.handed_out.as_ref();
        handed.and_then(|handed| handed.acknowledged_at_ms.map(Moment::time))
    }

    /// Whose ledger it is, if it is another order's.
    pub(super) fn foreign_to(&self, order: &str) -> Option<&str> {
        self.order.as_deref().filter(|own| *own != order)
    }

    /// The place of the newest attempt.
    pub(super) fn newest(&self) -> Option<usize> {
        self.attempts.len().checked_sub(1)
    }

    pub(super) fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    pub(super) fn attempt_mut(&mut self, index: usize) -> Option<&mut Attempt> {
        self.attempts.get_mut(index)
    }

    pub(super) fn has_used(&self, reference: &OrderReference, own: &OrderReference) -> bool {
        let mut used = self.attempts.iter().map(|attempt| attempt.reference(own));
        used.any(|used| used == reference)
    }

    pub(super) fn begin(&mut self, order: &str, attempt: Attempt) {
        self.order = Some(order.to_owned());
        self.attempts.push(attempt);
    }

    pub(super) fn watch(&self) -> Option<&Watch> {
        self.watch.as_ref()
    }

    /// The watch over the order's payments; one that begins at `now` if there is none.
    pub(super) fn watch_mut(&mut self, now: SystemTime) -> &mut Watch {
        self.watch.get_or_insert_with(|| Watch::new(now, now))
    }

    /// Begins the watch afresh.
    pub(super) fn watch_from(&mut self, since: SystemTime, again_at: SystemTime) {
        self.watch = Some(Watch::new(since, again_at));
    }

    /// Takes the newest attempt out.
    pub(super) fn withdraw(&mut self) -> Option<Attempt> {
        let newest = self.attempts.pop();
        if self.attempts.is_empty() {
            self.watch = None;
        }
        newest
    }

    pub(super) fn hand_out(&mut self, delivery: Delivery) {
        self.watch = None;
        self.handed_out = Some(HandedOut {
            delivery,
            acknowledged_at_ms: None,
        });
    }

    /// Notes that the goods went out; the first time counts. `None` if they were not handed out.
    pub(super) fn acknowledge(&mut self, now: SystemTime) -> Option<SystemTime> {
        let handed = self.handed_out.as_mut()?;
        let at = handed.acknowledged_at_ms.get_or_insert(Moment::of(now));
        Some(at.time())
    }
}

impl Stage {
    /// The stage in one word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::New => "new",
            Stage::Asked => "asked",
            Stage::Open => "open",
            Stage::Over => "over",
            Stage::HandedOut => "handed_out",
            Stage::Delivered => "delivered",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The form of a stored ledger, so that a later release reads what this one wrote.
///
/// The first form had no watch, and is read as one that nobody has looked at yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
enum Version {
    #[default]
    #[serde(rename = "2", alias = "1")]
    Two,
}
