//! What a reconciliation found.

use std::time::SystemTime;

use paylink::desk::Stage;
use paylink::{Money, PaymentState};
use serde::Serialize;

/// What the books and a provider's list came to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Reconciled {
    /// The account.
    pub account: String,
    /// Its provider.
    pub provider: String,
    /// The first moment of the period.
    pub from: SystemTime,
    /// The first moment after the period.
    pub to: SystemTime,
    /// What differs: by its kind, and then by the time at which each payment was created.
    pub discrepancies: Vec<Discrepancy>,
    /// What agrees.
    pub agreed: Agreed,
    /// How many payments of the period the provider lists.
    pub listed: u64,
    /// How many pages of its list were read.
    pub pages: u32,
    /// How many orders were read.
    pub orders: u64,
    /// How many payments of orders that are not settled may be paid or not: the provider tells that only when they are settled,
    /// or says something that this release cannot read. A sweep asks about those that are due.
    pub undecided: u64,
    /// How many payments were created or settled after the list was asked for, and were not compared.
    pub in_flight: u64,
    /// How many settled payments are older than what the list could be read to, and were not compared.
    pub unreached: u64,
    /// How many payments of no order come without a time, and were taken for those of the period.
    pub undated: u64,
    /// How many settled payments the list does not hold, and the provider has all the same when it is asked for each.
    pub asked_alone: u64,
    /// Why the list was not read to its end; `None` if it was.
    pub cut_short: Option<CutShort>,
}

impl Reconciled {
    /// Whether everything was compared, and nothing differs.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.discrepancies.is_empty() && self.is_whole()
    }

    /// Whether everything was compared.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.cut_short.is_none() && self.unreached == 0
    }
}

/// What agrees, so that "nothing differs" says how much was looked at.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Agreed {
    /// How many payments are settled here and paid there.
    pub paid: u64,
    /// What those come to, a sum for each currency. Where a provider reports no amount, the order's counts.
    pub sums: Vec<Money>,
    /// How many payments are neither.
    pub unpaid: u64,
}

impl Agreed {
    pub(super) fn add_paid(&mut self, amount: Money) {
        self.paid = self.paid.saturating_add(1);
        for sum in &mut self.sums {
            if let Ok(more) = sum.checked_add(amount) {
                *sum = more;
                return;
            }
        }
        // A currency that was not met yet, or a sum with more digits than can be kept: it goes on beside the first.
        self.sums.push(amount);
        self.sums.sort_by_key(|sum| sum.currency().code());
    }

    pub(super) fn add_unpaid(&mut self) {
        self.unpaid = self.unpaid.saturating_add(1);
    }
}

/// Why a list was not read to its end.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CutShort {
    /// It has more pages than are read at the most.
    TooManyPages,
    /// The provider's cursor leads back to a page that was read before.
    CursorRepeats,
}

impl CutShort {
    /// Why, in a clause of a sentence, and what to do.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            CutShort::TooManyPages => {
                "it has more pages than are read at the most: take a shorter period, or a later one"
            }
            CutShort::CursorRepeats => {
                "the provider's cursor leads back to a page that was read before: try again, and report it if it stays so"
            }
        }
    }
}

/// Something in which the books and the provider differ: one payment, and what to do about it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Discrepancy {
    /// What kind of thing it is.
    pub kind: DiscrepancyKind,
    /// What is wrong, in a few words.
    pub what: &'static str,
    /// What to do about it.
    pub to_do: &'static str,
    /// The order; `None` if there is none here.
    pub order: Option<String>,
    /// How far the order has come: a [stage](Stage::as_str).
    pub stage: Option<&'static str>,
    /// The payment's reference, as the provider reports it, or else as the books have it.
    pub reference: Option<String>,
    /// The provider's id of the payment.
    pub id: Option<String>,
    /// Where the payment stands there; `None` if the provider does not have it.
    pub state: Option<PaymentState>,
    /// What the order costs, in what the provider counts in, if it can be said so exactly.
    pub amount_here: Option<Money>,
    /// The amount there, where the provider reports one.
    pub amount_there: Option<Money>,
    /// When the payment was created: as the books have it, or else as the provider reports it.
    pub created_at: Option<SystemTime>,
}

/// In what the books and the provider differ.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DiscrepancyKind {
    /// The provider reports it as paid, or as paid and to be confirmed, and the order is not handed out.
    PaidNotSettled,
    /// The order is handed out, and the provider does not have the payment: neither in its list nor, of the first hundred, when
    /// it is asked for that one.
    MissingThere,
    /// The order is handed out, and the payment is not paid there, or no longer.
    NotPaidThere,
    /// The order is handed out, and the money was given back there.
    RefundedThere,
    /// The amount there is not the order's.
    AmountDiffers,
    /// The payment has another reference there than here.
    ReferenceDiffers,
    /// The provider has more than one payment under one reference.
    ReferenceTwice,
    /// Two payments of one order are paid.
    PaidTwice,
    /// The payment belongs to no order here.
    UnknownHere,
}

impl DiscrepancyKind {
    /// Every kind.
    pub const ALL: &'static [DiscrepancyKind] = &[
        DiscrepancyKind::PaidNotSettled,
        DiscrepancyKind::MissingThere,
        DiscrepancyKind::NotPaidThere,
        DiscrepancyKind::RefundedThere,
        DiscrepancyKind::AmountDiffers,
        DiscrepancyKind::ReferenceDiffers,
        DiscrepancyKind::ReferenceTwice,
        DiscrepancyKind::PaidTwice,
        DiscrepancyKind::UnknownHere,
    ];

    /// The kind in one word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            DiscrepancyKind::PaidNotSettled => "paid_not_settled",
            DiscrepancyKind::MissingThere => "missing_there",
            DiscrepancyKind::NotPaidThere => "not_paid_there",
            DiscrepancyKind::RefundedThere => "refunded_there",
            DiscrepancyKind::AmountDiffers => "amount_differs",
            DiscrepancyKind::ReferenceDiffers => "reference_differs",
            DiscrepancyKind::ReferenceTwice => "reference_twice",
            DiscrepancyKind::PaidTwice => "paid_twice",
            DiscrepancyKind::UnknownHere => "unknown_here",
        }
    }

    pub(super) fn what(self) -> &'static str {
        match self {
            DiscrepancyKind::PaidNotSettled => "paid there, not settled here",
            DiscrepancyKind::MissingThere => "settled here, not to be found there",
            DiscrepancyKind::NotPaidThere => "settled here, not paid there",
            DiscrepancyKind::RefundedThere => "handed out here, given back there",
            DiscrepancyKind::AmountDiffers => "another amount there",
            DiscrepancyKind::ReferenceDiffers => "another reference there",
            DiscrepancyKind::ReferenceTwice => "one more payment there under this reference",
            DiscrepancyKind::PaidTwice => "one more payment of an order that is paid",
            DiscrepancyKind::UnknownHere => "of no order here",
        }
    }

    /// What to do about it, where the order has come so far.
    pub(super) fn to_do(self, stage: Option<Stage>) -> &'static str {
        match (self, stage) {
            (DiscrepancyKind::PaidNotSettled, Some(Stage::New)) => {
                "the books never asked for it: see whether they are older than it; deliver by hand, or give the money back"
            }
            (DiscrepancyKind::PaidNotSettled, Some(Stage::Over)) => {
                "no sweep looks at it any more: let the desk check the order, which settles it and hands it out"
            }
            (DiscrepancyKind::PaidNotSettled, _) => {
                "let the desk check the order, which settles it and hands it out; see that a sweep runs"
            }
            (DiscrepancyKind::MissingThere, _) => {
                "look for it in the provider's panel; hold the goods back until it is found"
            }
            (DiscrepancyKind::NotPaidThere, _) => {
                "look at it in the provider's panel; hold the goods back if they have not gone out"
            }
            (DiscrepancyKind::RefundedThere, Some(Stage::AwaitingDelivery)) => {
                "hold the goods back: their money was given back"
            }
            (DiscrepancyKind::RefundedThere, _) => {
                "see who gave the money back, and whether the goods came back"
            }
            (DiscrepancyKind::AmountDiffers, _) => {
                "find out who changed it; deliver nothing for it that has not gone out"
            }
            (DiscrepancyKind::ReferenceDiffers, _) => {
                "find out whose payment it is; deliver nothing for it that has not gone out"
            }
            (DiscrepancyKind::ReferenceTwice, _) => {
                "find out which one is the order's; if the other one is paid, give its money back"
            }
            (DiscrepancyKind::PaidTwice, _) => "give the money of this payment back",
            (DiscrepancyKind::UnknownHere, _) => {
                "see whether another program takes payments through this account; else look for the order, or give the money back"
            }
        }
    }
}
