use std::time::SystemTime;

use rust_decimal::Decimal;
use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use crate::history::Event;

use super::gateway;
use super::ledger::Drawn;

/// One invoice as the sandbox keeps it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Invoice {
    /// POD's identifier: `id` in its answers, `invoiceId` in the pay services.
    pub id: u64,
    /// The number anybody who knows it can pay the invoice by.
    pub unique_number: String,
    /// The business's own number for it.
    pub bill_number: Option<String>,
    /// The user id of the business that issued it.
    pub issuer: u64,
    /// The user it was issued to, if one was named.
    pub user_id: Option<u64>,
    /// The state at the time of this snapshot.
    pub state: State,
    /// Whether the business has closed it.
    pub closed: bool,
    /// The invoice whose debt this one's money is blocked for.
    pub blocked_for: Option<u64>,
    /// What has happened to it, oldest first. It begins with [`EventKind::Issued`].
    pub history: Vec<Event<EventKind>>,
    pub(super) reference: String,
    pub(super) payment_bill_number: u64,
    pub(super) guild: String,
    pub(super) items: Vec<Item>,
    pub(super) total: Decimal,
    pub(super) vat: Decimal,
    pub(super) verification: Verification,
    pub(super) description: Option<String>,
    pub(super) metadata: Option<String>,
    pub(super) cellphone: Option<String>,
    pub(super) redirect: Option<Url>,
    pub(super) issued_at: SystemTime,
    pub(super) payment: Option<Payment>,
    /// When the state ends by itself.
    pub(super) due: Option<SystemTime>,
}

/// The state of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PodInvoiceState)]
#[non_exhaustive]
pub enum State {
    /// It can be paid.
    Unpaid,
    /// The payer was sent to the bank's gateway and has not come back.
    AtGateway,
    /// It was paid and the business has to verify it.
    AwaitingVerification,
    /// It is to be paid on a day to come; the money is set aside.
    Guaranteed,
    /// It is to be paid out of another invoice once the banks have settled.
    AwaitingSettlement,
    /// It is paid.
    Paid,
    /// The business cancelled it.
    Canceled,
}

/// One line of an invoice.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) id: u64,
    pub(super) price: Decimal,
    pub(super) quantity: Decimal,
    pub(super) description: String,
}

/// Whether a payment counts only once the business has verified it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verification {
    NotNeeded,
    Needed,
    /// As [`Needed`](Self::Needed), but it counts as verified when the time is over.
    AutomaticAfterTimeout,
}

/// Who paid, how, and with whose money.
#[derive(Debug, Clone)]
pub(super) struct Payment {
    pub(super) at: SystemTime,
    pub(super) drawn: Drawn,
    pub(super) card: Option<CardSlip>,
}

/// What the banks' network says of a payment by card.
#[derive(Debug, Clone)]
pub(super) struct CardSlip {
    pub(super) masked: String,
    pub(super) last_four: String,
    pub(super) terminal: u64,
    pub(super) rrn: u64,
    pub(super) tref: u64,
}

/// What can happen to an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PodEventKind)]
#[non_exhaustive]
pub enum EventKind {
    /// The business issued it.
    Issued,
    /// The payer was sent to the bank's gateway.
    SentToGateway,
    /// The payer left the gateway without paying, or never came back.
    LeftGateway,
    /// It was paid by card.
    PaidByCard,
    /// It was paid from a wallet of POD.
    PaidByWallet,
    /// It was paid from a wallet outside POD, confirmed by the code of a text message.
    PaidByOutsideWallet,
    /// It was paid at a point of sale.
    PaidByPos,
    /// The business says that it was paid elsewhere.
    MarkedPaid,
    /// The money for a payment in the future was set aside.
    Promised,
    /// The day of the promised payment came, and the money moved.
    PromiseKept,
    /// Another invoice's money was blocked to pay it.
    PaymentBlocked,
    /// The banks had settled, and the blocked money moved.
    Settled,
    /// The business verified the payment.
    Verified,
    /// The payment counts as verified because the time was over.
    VerifiedByTimeout,
    /// The payment was not verified in time, and the money went back.
    GivenBack,
    /// The business closed it.
    Closed,
    /// The business cancelled it, and money that was set aside went back.
    Canceled,
}

impl Invoice {
    /// Returns what is to be paid: the total and the value added tax, as a decimal number of rial.
    #[must_use]
    pub fn payable_amount(&self) -> String {
        self.payable().normalize().to_string()
    }

    /// Counts how often it was paid: once at most, or the money went back in between, or it is a bug.
    #[must_use]
    pub fn times_paid(&self) -> usize {
        self.count(|kind| {
            matches!(
                kind,
                EventKind::PaidByCard
                    | EventKind::PaidByWallet
                    | EventKind::PaidByOutsideWallet
                    | EventKind::PaidByPos
                    | EventKind::MarkedPaid
                    | EventKind::PromiseKept
                    | EventKind::Settled
            )
        })
    }

    /// Counts how often a payment of it was verified: once at most, or it is a bug.
    #[must_use]
    pub fn times_verified(&self) -> usize {
        self.count(|kind| matches!(kind, EventKind::Verified | EventKind::VerifiedByTimeout))
    }

    /// Returns when the money last went back because nobody verified the payment in time.
    #[must_use]
    pub fn given_back_at(&self) -> Option<SystemTime> {
        let mut backwards = self.history.iter().rev();
        let given_back = backwards.find(|event| event.kind == EventKind::GivenBack);
        given_back.map(|event| event.at)
    }

    /// Returns the address to which the payer's browser goes back, if the business named one when it
    /// issued the invoice: that address with the documented parameters after the query it has already.
    #[must_use]
    pub fn return_url(&self) -> Option<String> {
        let redirect = self.redirect.as_ref()?;
        Some(gateway::success(redirect, self).into())
    }

    pub(super) fn payable(&self) -> Decimal {
        self.total.saturating_add(self.vat)
    }

    /// Notes something.
    pub(super) fn note(&mut self, kind: EventKind, at: SystemTime) {
        self.history.push(Event { at, kind });
    }

    fn count(&self, wanted: impl Fn(EventKind) -> bool) -> usize {
        let kinds = self.history.iter().map(|event| event.kind);
        kinds.filter(|kind| wanted(*kind)).count()
    }
}

impl State {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Unpaid => "در انتظار پرداخت",
            Self::AtGateway => "در درگاه بانک",
            Self::AwaitingVerification => "در انتظار تأیید",
            Self::Guaranteed => "تضمین شده",
            Self::AwaitingSettlement => "در انتظار تسویه",
            Self::Paid => "پرداخت شده",
            Self::Canceled => "باطل شده",
        }
    }

    pub(super) fn tone(self) -> &'static str {
        match self {
            Self::Unpaid | Self::AtGateway | Self::Guaranteed | Self::AwaitingSettlement => {
                "waiting"
            }
            Self::AwaitingVerification | Self::Paid => "good",
            Self::Canceled => "bad",
        }
    }
}
