//! The corners that schedules have to come to: a run that never saw one of them has proved less than it says.

/// Writes the corners down once, each with what it is.
macro_rules! corners {
    ($($corner:ident = $what:literal;)*) => {
        /// Something that happened in a schedule.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum Corner {
            $(#[doc = $what] $corner,)*
        }

        const WHAT: &[&str] = &[$($what,)*];
    };
}

corners! {
    Opened = "payments shown";
    OpenRefused = "creates refused";
    CreateLate = "creates that came too late and sent nothing";
    CreateLost = "creates lost before they arrived";
    CreateUnanswered = "creates carried out whose answer was lost";
    CreateDelayed = "creates carried out long after their call had ended";
    CreateTwice = "creates sent again once the first was proved lost";
    FoundAgain = "lost creates that were found";
    NeverThere = "lost creates proved never to have been";
    NotYetKnown = "lost creates of which nothing could be said yet";
    Lost = "lost creates of which nothing can be said ever";
    Reopened = "payments reopened under another reference";
    Kept = "payments that were not reopened since they may be paid";
    Paid = "payments paid";
    TurnedDown = "payers who were turned down by their bank";
    PaidOld = "old payments paid after another was opened";
    PaidTwice = "orders of which two payments were paid";
    PaidLate = "payments paid after the desk's watch had ended";
    Confirmed = "payments confirmed";
    ConfirmedUnheard = "confirmations whose answer was lost";
    GivenBack = "payments whose money went back";
    Excused = "of these, out of reach for too much of their time";
    Expired = "payments that expired";
    Mismatch = "alarms for a payment that is another one";
    HandedOut = "orders handed out";
    HandedOutUnheard = "orders handed out whose answer was lost";
    HandedOutBySweep = "orders handed out by a sweep";
    HandedOutByOld = "orders handed out for an old payment";
    Delivered = "orders delivered by the outbox";
    DeliveredAgain = "deliveries whose goods were sent more than once";
    DeliveryFailed = "deliveries that failed";
    DeliveryTimedOut = "deliveries that took longer than their lease";
    DeliveryTakenOver = "deliveries taken over after their lease had ended";
    DeliveryPostponedLate = "deliveries that were put off too late to count";
    ByHand = "orders marked as delivered by hand";
    NotAwaiting = "orders marked as delivered that were never handed out";
    TakenOver = "claims taken over after their lease had ended";
    Held = "claims refused since another holds the order";
    SupersededSave = "saves of a claim that was taken over";
    SupersededDelivery = "handings-out of a claim that was taken over";
    LateRelease = "releases of a claim that was taken over";
    StoreFailedBefore = "calls of the store that failed and did nothing";
    StoreFailedAfter = "calls of the store that failed and did it";
    Dropped = "calls dropped half-way";
    DroppedHolding = "calls dropped while they held the order";
    StepDropped = "steps of a worker dropped half-way";
    Killed = "processes killed";
    KilledHolding = "processes killed while they held an order";
    Paused = "processes paused";
    PausedPastLease = "processes paused for longer than a lease that they held";
    ClockMoved = "clocks set back or ahead";
    NobodyThere = "times with no process up";
    Down = "providers that refused connections";
    Silent = "providers that did not answer";
    Broken = "providers that answered 500";
    TurnsAway = "providers that answered 429";
    Slow = "providers that were slow";
    TimedOut = "requests that took too long";
    HintTrue = "hints at the order's payment";
    HintOld = "hints at an older payment of the order";
    HintForged = "hints at a payment that is none";
    HintForeign = "hints at another order's payment";
    TooSoon = "visitors told to come again";
    Unresolved = "callers told that it is not known yet";
    Busy = "callers told that another is at it";
    AlreadyPaid = "payers told that it is paid";
    Over = "orders given up by the watch";
}

/// How often each corner was seen.
#[derive(Clone, Debug)]
pub(super) struct Corners([u64; WHAT.len()]);

impl Default for Corners {
    fn default() -> Corners {
        Corners([0; WHAT.len()])
    }
}

impl Corners {
    pub(super) fn saw(&mut self, corner: Corner) {
        self.0[corner as usize] += 1;
    }

    pub(super) fn add(&mut self, others: &Corners) {
        for (own, other) in self.0.iter_mut().zip(others.0) {
            *own += other;
        }
    }

    /// The corners that were never seen.
    pub(super) fn missed(&self) -> Vec<&'static str> {
        let all = WHAT.iter().zip(self.0);
        all.filter(|(_, times)| *times == 0)
            .map(|(what, _)| *what)
            .collect()
    }

    /// How often each was seen, a line each.
    pub(super) fn lines(&self) -> String {
        let all = WHAT.iter().zip(self.0);
        all.map(|(what, times)| format!("{times:>12}  {what}\n"))
            .collect()
    }
}
