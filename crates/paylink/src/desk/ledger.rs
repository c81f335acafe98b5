//! What the desk has written of an order: its payments, when they were looked at, and its delivery.

use std::fmt;
use std::time::{Duration, SystemTime};

use paylink_core::provider::{Created, ExpectedPayment, NewPayment, OrderReference, PaymentState};
use paylink_core::{CheckResult, Handle, Money, Proof};
use serde::{Deserialize, Serialize};

/// What the desk has written of an order: the payments it asked for, and whether the goods were handed out.
///
/// A store keeps it as the JSON that it serialises to, unread, in one column of the order's row; a new order has
/// [`Ledger::default`]. It holds no secret. Two columns beside it make it searchable: [`stage`](Ledger::stage) and
/// [`next_check_at`](Ledger::next_check_at).
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
/// | `Creating` | before the create is sent | a create that was sent or not | looks it up, and sends it again only if it was not carried out |
/// | `Open` | after the create | a payment that was paid or not | settles it |
/// | `Over` | when nothing is expected any more | nothing | settles it all the same |
/// | `AwaitingDelivery` | with the delivery, in one step | a delivery that is due | says so, and asks nobody |
/// | `Delivered` | when the goods went out | nothing | says so |
///
/// A create that was refused leads back to where it began; reopening leads from `Creating`, `Open` or `Over` to `Creating`.
/// Opening an order that is `Over`, or a hint at one of its payments, makes it `Open` or `Creating` again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Stage {
    /// No payment was asked for.
    New,
    /// A payment was asked for, and what came of that is not written.
    Creating,
    /// A payment is there, to be paid.
    Open,
    /// Nothing is expected of its payments any more: they expired, failed, were cancelled, given back or lost, or nobody
    /// paid them for as long as the desk watches. Looks and hints are answered as before.
    Over,
    /// It is paid, and its delivery is due.
    AwaitingDelivery,
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
            (Some(_), _) => Stage::AwaitingDelivery,
            (None, None) => Stage::New,
            (None, Some(_)) if self.is_over() => Stage::Over,
            (None, Some(newest)) if newest.created().is_some() => Stage::Open,
            (None, Some(_)) => Stage::Creating,
        }
    }

    /// From when on looking at the order again makes sense: what [`OrderStore::claim_due`](super::OrderStore::claim_due) searches by.
    ///
    /// It goes by the provider's deadlines, and the pauses grow. `None` if there is nothing to look for: no payment was
    /// asked for, nothing is expected any more, or the order was handed out.
    #[must_use]
    pub fn next_check_at(&self) -> Option<SystemTime> {
        match self.stage() {
            Stage::Creating | Stage::Open => match &self.watch {
                Some(watch) => watch.again_at(),
                None => Some(SystemTime::UNIX_EPOCH),
            },
            Stage::New | Stage::Over | Stage::AwaitingDelivery | Stage::Delivered => None,
        }
    }

    fn is_over(&self) -> bool {
        let watch = self.watch.as_ref();
        watch.is_some_and(|watch| watch.again_at().is_none())
    }

    /// When a provider was asked about the order's payments the last time; `None` once the order is handed out, and as long as
    /// nobody was asked.
    #[must_use]
    pub fn looked_at(&self) -> Option<SystemTime> {
        self.watch.as_ref().and_then(Watch::looked_at)
    }

    /// Where the newest payment stood then; `None` if nothing could be seen of it. It is a view, and proves nothing.
    #[must_use]
    pub fn seen(&self) -> Option<&PaymentState> {
        self.watch.as_ref().and_then(Watch::seen)
    }

    /// Since when one of the order's payments is being paid, or its money may be there, as far as was seen; `None` once the
    /// order is handed out.
    #[must_use]
    pub fn active_since(&self) -> Option<SystemTime> {
        self.watch.as_ref().and_then(Watch::active_since)
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

    /// Every payment that was asked for, the oldest first. A create that was refused is not among them.
    #[must_use]
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// Whose ledger it is, if it is another order's.
    pub(super) fn foreign_to(&self, order: &str) -> Option<&str> {
        self.order.as_deref().filter(|own| *own != order)
    }

    /// The place of the newest attempt.
    pub(super) fn newest(&self) -> Option<usize> {
        self.attempts.len().checked_sub(1)
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
    /// Every stage, in the order in which an order comes to them.
    pub const ALL: &'static [Stage] = &[
        Stage::New,
        Stage::Creating,
        Stage::Open,
        Stage::Over,
        Stage::AwaitingDelivery,
        Stage::Delivered,
    ];

    /// The stage in one word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::New => "new",
            Stage::Creating => "creating",
            Stage::Open => "open",
            Stage::Over => "over",
            Stage::AwaitingDelivery => "awaiting_delivery",
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

/// One payment that was asked for: at which account, under which reference, and how far it came.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    account: String,
    /// `None` for the order's own reference, which is read from the order and not from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<OrderReference>,
    progress: Progress,
}

/// How far an attempt came.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Progress {
    /// It may have been sent; the handle finds it.
    Asked(Box<Handle>),
    /// It is there.
    Made(Box<Created>),
    /// Nobody could tell whether it is there, and the merchant went on without it. The handle finds it if it comes late.
    GivenUp(Box<Handle>),
}

impl Attempt {
    pub(super) fn new(account: &str, reference: Option<OrderReference>, handle: Handle) -> Attempt {
        Attempt {
            account: account.to_owned(),
            reference,
            progress: Progress::Asked(Box::new(handle)),
        }
    }

    /// The account it was made through.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The reference it was made under, where the order's own is `own`.
    #[must_use]
    pub fn reference<'a>(&'a self, own: &'a OrderReference) -> &'a OrderReference {
        self.reference.as_ref().unwrap_or(own)
    }

    /// The reference it was made under, where that is not the order's own.
    pub(super) fn other_reference(&self) -> Option<&OrderReference> {
        self.reference.as_ref()
    }

    /// What the order's books expect of it, if it is there. Reference and price are the order's.
    pub(super) fn expected(&self, order: &NewPayment) -> Option<ExpectedPayment> {
        let record = self.created()?.record().clone();
        let reference = self.reference(order.reference()).clone();
        Some(ExpectedPayment::new(reference, *order.price(), record))
    }

    /// Whether it is still to be found out if it is there.
    pub(super) fn is_in_doubt(&self) -> bool {
        matches!(self.progress, Progress::Asked(_))
    }

    pub(super) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The payment, if it is known to be there.
    #[must_use]
    pub fn created(&self) -> Option<&Created> {
        match &self.progress {
            Progress::Made(created) => Some(created),
            Progress::Asked(_) | Progress::GivenUp(_) => None,
        }
    }

    /// What finds it, if it is not known to be there.
    #[must_use]
    pub fn handle(&self) -> Option<&Handle> {
        match &self.progress {
            Progress::Made(_) => None,
            Progress::Asked(handle) | Progress::GivenUp(handle) => Some(handle),
        }
    }

    pub(super) fn asked(&mut self, handle: Handle) {
        self.progress = Progress::Asked(Box::new(handle));
    }

    pub(super) fn made(&mut self, created: Created) {
        self.progress = Progress::Made(Box::new(created));
    }

    /// Goes on without it, if it is not there.
    pub(super) fn give_up(&mut self) {
        if let Progress::Asked(handle) = &self.progress {
            self.progress = Progress::GivenUp(handle.clone());
        }
    }
}

/// When an order was looked at, what was seen, and when looking again makes sense.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Watch {
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
    /// Since when one of its payments is being paid, or its money may be there.
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
    pub(super) fn new(since: SystemTime, again_at: SystemTime) -> Watch {
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

    pub(super) fn since(&self) -> SystemTime {
        self.since_ms.time()
    }

    pub(super) fn looked_at(&self) -> Option<SystemTime> {
        self.looked_at_ms.map(Moment::time)
    }

    pub(super) fn seen(&self) -> Option<&PaymentState> {
        self.seen.as_ref()
    }

    pub(super) fn looks(&self) -> u32 {
        self.looks
    }

    pub(super) fn active_since(&self) -> Option<SystemTime> {
        self.active_since_ms.map(Moment::time)
    }

    pub(super) fn is_hinted(&self) -> bool {
        self.hinted
    }

    pub(super) fn again_at(&self) -> Option<SystemTime> {
        self.again_at_ms.map(Moment::time)
    }

    /// Notes that a hint at one of the order's payments is followed.
    pub(super) fn hint(&mut self) {
        self.hinted = true;
    }

    /// Watches on from `since`, and looks at `again_at` at the latest. What was seen and how often stays, so that a stranger
    /// gains no look by it.
    pub(super) fn renew(&mut self, since: SystemTime, again_at: SystemTime) {
        self.since_ms = Moment::of(since);
        let again_at = Moment::of(again_at);
        self.again_at_ms = Some(self.again_at_ms.map_or(again_at, |it| it.min(again_at)));
    }

    /// Notes that a payment is being paid, or that its money may be there; call it before [`look`](Watch::look). Where the newest
    /// payment's state is another one than before, that counts from now.
    pub(super) fn active(&mut self, now: SystemTime, seen: Option<&PaymentState>) {
        let is_other = self.seen.is_some() && seen.is_some() && seen != self.seen.as_ref();
        if is_other || self.active_since_ms.is_none() {
            self.active_since_ms = Some(Moment::of(now));
        }
    }

    /// Notes that no payment is being paid.
    pub(super) fn inactive(&mut self) {
        self.active_since_ms = None;
    }

    /// Notes a create that was refused, after so many that were.
    pub(super) fn refused(&mut self, now: SystemTime, before: u32) {
        self.looked_at_ms = Some(Moment::of(now));
        self.looks = before.saturating_add(1);
    }

    /// Notes a look: what was seen, if anything could be.
    pub(super) fn look(&mut self, now: SystemTime, seen: Option<PaymentState>) {
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
    pub(super) fn look_again(&mut self, at: Option<SystemTime>) {
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

/// That an order is paid and its goods are due, with what proved it.
///
/// The desk makes it once for an order. As JSON it goes into the outbox and comes back equal; it holds no secret, and no
/// proof can be made of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use = "goods that are due have to go out"]
pub struct Delivery {
    order: String,
    account: String,
    provider: String,
    reference: OrderReference,
    amount: Money,
    provider_reference: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
    /// What the provider reported as the order has it.
    compared: Vec<String>,
    /// What the provider never reports.
    not_reported: Vec<String>,
    at_ms: Moment,
}

impl Delivery {
    pub(super) fn proved(
        order: &str,
        account: &str,
        reference: &OrderReference,
        proof: &Proof,
        now: SystemTime,
    ) -> Delivery {
        let fields = |how| {
            let checks = proof
                .checks()
                .iter()
                .filter(move |check| check.result() == how);
            checks
                .map(|check| check.field().as_str().to_owned())
                .collect()
        };
        Delivery {
            order: order.to_owned(),
            account: account.to_owned(),
            provider: proof.provider().to_owned(),
            reference: reference.clone(),
            amount: *proof.amount(),
            provider_reference: proof.reference().to_owned(),
            receipt: proof.receipt().map(str::to_owned),
            compared: fields(CheckResult::Equal),
            not_reported: fields(CheckResult::NotReported),
            at_ms: Moment::of(now),
        }
    }

    /// What tells this delivery from every other one of the store, however often it is tried: use it to recognise goods that
    /// were sent before. An order has one delivery, so it is the order's name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.order
    }

    /// The order, as the store names it.
    #[must_use]
    pub fn order(&self) -> &str {
        &self.order
    }

    /// The account through which it was paid.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The provider that confirmed it.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The reference under which it was paid.
    #[must_use]
    pub fn reference(&self) -> &OrderReference {
        &self.reference
    }

    /// How much was paid, in what the provider counts in.
    #[must_use]
    pub fn amount(&self) -> &Money {
        &self.amount
    }

    /// The provider's id of the payment.
    #[must_use]
    pub fn provider_reference(&self) -> &str {
        &self.provider_reference
    }

    /// The number under which the payment itself was made, where the provider reports one.
    #[must_use]
    pub fn receipt(&self) -> Option<&str> {
        self.receipt.as_deref()
    }

    /// The fields that were compared and equal.
    pub fn compared_fields(&self) -> impl Iterator<Item = &str> {
        self.compared.iter().map(String::as_str)
    }

    /// The fields that the provider never reports.
    pub fn unreported_fields(&self) -> impl Iterator<Item = &str> {
        self.not_reported.iter().map(String::as_str)
    }

    /// When the order was handed out.
    #[must_use]
    pub fn settled_at(&self) -> SystemTime {
        self.at_ms.time()
    }
}

/// A moment in whole milliseconds since 1970, as it is stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Moment(u64);

impl Moment {
    pub(super) fn of(time: SystemTime) -> Moment {
        let since = time
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Moment(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn time(self) -> SystemTime {
        SystemTime::UNIX_EPOCH
            .checked_add(Duration::from_millis(self.0))
            .unwrap_or(SystemTime::UNIX_EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use paylink_core::{ComparedField, Comparison, Settlement};

    use super::*;

    #[test]
    fn a_stage_is_stored_in_its_one_word() {
        for stage in Stage::ALL.iter().copied() {
            let stored = serde_json::to_value(stage).unwrap();
            assert_eq!(stored, stage.as_str());
            assert_eq!(serde_json::from_value::<Stage>(stored).unwrap(), stage);
        }
    }

    #[test]
    fn a_delivery_names_the_receipt_of_its_proof() {
        let price = Money::new("150000", paylink_core::Currency::Irr).unwrap();
        for receipt in [Some("880012345678"), None] {
            let agreement = Comparison::new("mock")
                .money(&price, &price)
                .equal(ComparedField::Order, "1000", "1000")
                .not_reported(ComparedField::Merchant, "shop")
                .equal(ComparedField::Reference, "mock-0", "mock-0")
                .finish()
                .unwrap();
            let agreement = match receipt {
                Some(receipt) => agreement.with_receipt(receipt),
                None => agreement,
            };
            let settled: Settlement<()> = agreement.settled();
            let (proof, own) = (settled.proof().unwrap(), "1000".parse().unwrap());
            let delivery = Delivery::proved("1000", "main", &own, proof, SystemTime::UNIX_EPOCH);
            assert_eq!(delivery.receipt(), receipt);
        }
    }
}
