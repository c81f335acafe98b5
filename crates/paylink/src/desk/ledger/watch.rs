use std::time::SystemTime;

use paylink_core::provider::PaymentState;
use serde::{Deserialize, Serialize};

use crate::desk::moment::Moment;

/// When an order was looked at, what was seen, and when looking again makes sense.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::desk) struct Watch {
    /// Since when its newest payment may be paid, as far as the shop has a part in it: it was asked for, or shown again.
    since_ms: Moment,
    /// When a provider was asked about it the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    looked_at_ms: Option<Moment>,
    /// What was seen then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<PaymentState>,
    /// How many looks in a row brought nothing new.
    #[serde(default, skip_serializing_if = "is_zero")]
    looks: u32,
    /// Since when somebody is paying one of its payments, or the money may be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    active_since_ms: Option<Moment>,
    /// Whether a return or a webhook that names one of its payments was followed.
    #[serde(default, skip_serializing_if = "is_false")]
    hinted: bool,
    /// When to look again; `None` if nothing is expected any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    again_at_ms: Option<Moment>,
}

impl Watch {
    /// A watch that begins at `since`, with the first look at `again_at`.
    pub(in crate::desk) fn new(since: SystemTime, again_at: SystemTime) -> Watch {
        Watch {
            since_ms: Moment::of(since),
            looked_at_ms: None,
            seen: None,
            looks: 0,
            active_since_ms: None,
            hinted: false,
            again_at_ms: Some(Moment::of(again_at)),
        }
    }

    pub(in crate::desk) fn since(&self) -> SystemTime {
        self.since_ms.time()
    }

    pub(in crate::desk) fn looked_at(&self) -> Option<SystemTime> {
        self.looked_at_ms.map(Moment::time)
    }

    pub(in crate::desk) fn seen(&self) -> Option<&PaymentState> {
        self.seen.as_ref()
    }

    pub(in crate::desk) fn looks(&self) -> u32 {
        self.looks
    }

    pub(in crate::desk) fn active_since(&self) -> Option<SystemTime> {
        self.active_since_ms.map(Moment::time)
    }

    pub(in crate::desk) fn is_hinted(&self) -> bool {
        self.hinted
    }

    pub(in crate::desk) fn again_at(&self) -> Option<SystemTime> {
        self.again_at_ms.map(Moment::time)
    }

    /// Notes that a hint at one of the order's payments is followed.
    pub(in crate::desk) fn hint(&mut self) {
        self.hinted = true;
    }

    /// Watches on from `since`, and looks at `again_at` at the latest. What was seen and how often stays, so that a stranger
    /// gains no look by it.
    pub(in crate::desk) fn renew(&mut self, since: SystemTime, again_at: SystemTime) {
        self.since_ms = Moment::of(since);
        let again_at = Moment::of(again_at);
        self.again_at_ms = Some(self.again_at_ms.map_or(again_at, |it| it.min(again_at)));
    }

    /// Notes whether somebody is paying, or the money may be there; call it before [`look`](Watch::look). Where the newest
    /// payment's state is another one than before, that counts from now.
    pub(in crate::desk) fn active(&mut self, now: SystemTime, seen: Option<&PaymentState>) {
        let is_other = self.seen.is_some() && seen.is_some() && seen != self.seen.as_ref();
        if is_other || self.active_since_ms.is_none() {
            self.active_since_ms = Some(Moment::of(now));
        }
    }

    /// Notes that nobody is paying.
    pub(in crate::desk) fn inactive(&mut self) {
        self.active_since_ms = None;
    }

    /// Notes a create that was refused, after so many that were.
    pub(in crate::desk) fn refused(&mut self, now: SystemTime, before: u32) {
        self.looked_at_ms = Some(Moment::of(now));
        self.looks = before.saturating_add(1);
    }

    /// Notes a look: what was seen, if anything could be.
    pub(in crate::desk) fn look(&mut self, now: SystemTime, seen: Option<PaymentState>) {
        self.looked_at_ms = Some(Moment::of(now));
        let is_new = seen.is_some() && seen != self.seen;
        self.looks = if is_new {
            1
        } else {
            self.looks.saturating_add(1)
        };
        self.seen = seen;
    }

    /// Sets when to look again.
    pub(in crate::desk) fn look_again(&mut self, at: Option<SystemTime>) {
        self.again_at_ms = at.map(Moment::of);
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_false(flag: &bool) -> bool {
    !*flag
}
