//! Invoices, their states, and where they are kept.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::SystemTime;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

use super::ledger::{Drawn, Ledger};
use super::links;
use super::links::{Links, OneTimeTokens, Visits};
use super::refusal::Refusal;
use super::sms::{Codes, Purchases};
use crate::calendar;
use crate::history::Event;
use crate::page::Shown;

/// One invoice as the sandbox keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Invoice {
    /// POD's identifier: `id` in its answers, `invoiceId` in the pay services.
    pub id: u64,
    /// The number by which anyone who knows it can pay the invoice.
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
    #[serde(with = "calendar::moment")]
    pub(super) issued_at: SystemTime,
    pub(super) payment: Option<Payment>,
    /// When the state ends by itself.
    #[serde(with = "calendar::moment_or_none")]
    pub(super) due: Option<SystemTime>,
}

/// The state of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Item {
    pub(super) id: u64,
    pub(super) price: Decimal,
    pub(super) quantity: Decimal,
    pub(super) description: String,
}

/// Whether a payment counts only once the business has verified it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Verification {
    NotNeeded,
    Needed,
    /// As [`Needed`](Self::Needed), but it counts as verified when the time is over.
    AutomaticAfterTimeout,
}

/// Who paid, how, and with whose money.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Payment {
    #[serde(with = "calendar::moment")]
    pub(super) at: SystemTime,
    pub(super) drawn: Drawn,
    pub(super) card: Option<CardSlip>,
}

/// What the banks' network says of a payment by card.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct CardSlip {
    pub(super) masked: String,
    pub(super) last_four: String,
    pub(super) terminal: u64,
    pub(super) rrn: u64,
    pub(super) tref: u64,
}

/// What can happen to an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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

    /// Returns when the money last went back because the payment was not verified in time.
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
        Some(links::success(redirect, self).into())
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
    /// Returns whether a payment stands.
    pub(super) fn took_money(self) -> bool {
        matches!(self, Self::Paid | Self::AwaitingVerification)
    }

    pub(super) fn shown(self) -> Shown {
        match self {
            Self::Unpaid => Shown::waiting("در انتظار پرداخت", "waiting for payment"),
            Self::AtGateway => Shown::waiting("در درگاه بانک", "at the bank's gateway"),
            Self::AwaitingVerification => Shown::good("در انتظار تأیید", "paid, to be confirmed"),
            Self::Guaranteed => Shown::waiting("تضمین‌شده", "guaranteed"),
            Self::AwaitingSettlement => Shown::waiting("در انتظار تسویه", "waiting for settlement"),
            Self::Paid => Shown::good("پرداخت‌شده", "paid"),
            Self::Canceled => Shown::bad("لغوشده", "cancelled"),
        }
    }
}

/// Everything the sandboxed POD remembers.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) ledger: Ledger,
    pub(super) codes: Codes,
    pub(super) links: Links,
    pub(super) visits: Visits,
    pub(super) purchases: Purchases,
    pub(super) one_time_tokens: OneTimeTokens,
    /// By id, so in the order in which they were issued.
    invoices: BTreeMap<u64, Invoice>,
    unique_numbers: HashMap<String, u64>,
    bill_numbers: HashMap<(u64, String), u64>,
    /// When states end by themselves, the earliest first.
    schedule: BTreeSet<(SystemTime, u64)>,
    last_id: u64,
    /// How many invoices are kept.
    capacity: usize,
}

/// What a snapshot holds: payers at the gateway and one-time tokens are gone.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Saved {
    ledger: Ledger,
    codes: Codes,
    links: Links,
    purchases: Purchases,
    invoices: Vec<Invoice>,
    last_id: u64,
}

impl Store {
    pub(super) fn starting_at(id: u64, capacity: usize) -> Self {
        Self {
            last_id: id,
            capacity,
            ..Self::default()
        }
    }

    pub(super) fn save(&self) -> Saved {
        Saved {
            ledger: self.ledger.clone(),
            codes: self.codes.clone(),
            links: self.links.clone(),
            purchases: self.purchases.clone(),
            invoices: self.all().cloned().collect(),
            last_id: self.last_id,
        }
    }

    pub(super) fn load(saved: Saved, capacity: usize) -> Self {
        let mut store = Self {
            ledger: saved.ledger,
            codes: saved.codes,
            links: saved.links,
            purchases: saved.purchases,
            ..Self::starting_at(saved.last_id, capacity)
        };
        for invoice in saved.invoices {
            store
                .schedule
                .extend(invoice.due.map(|due| (due, invoice.id)));
            store.insert(invoice);
        }
        store
    }

    /// Takes a number that nothing else has, `step` after the last one.
    pub(super) fn take_id(&mut self, step: u64) -> u64 {
        self.last_id = self.last_id.saturating_add(step);
        self.last_id
    }

    pub(super) fn insert(&mut self, invoice: Invoice) {
        let id = invoice.id;
        self.unique_numbers
            .insert(invoice.unique_number.clone(), id);
        if let Some(number) = invoice.bill_number.clone() {
            self.bill_numbers.insert((invoice.issuer, number), id);
        }
        self.invoices.insert(id, invoice);
        while self.invoices.len() > self.capacity {
            let Some((id, oldest)) = self.invoices.pop_first() else {
                break;
            };
            self.forget(id, oldest);
        }
    }

    /// Forgets what leads to an invoice that is gone.
    fn forget(&mut self, id: u64, invoice: Invoice) {
        self.unique_numbers.remove(&invoice.unique_number);
        if let Some(number) = invoice.bill_number {
            let key = (invoice.issuer, number);
            if self.bill_numbers.get(&key) == Some(&id) {
                self.bill_numbers.remove(&key);
            }
        }
        if let Some(due) = invoice.due {
            self.schedule.remove(&(due, id));
        }
        self.codes.forget(id);
        self.visits.forget(id);
        self.purchases.forget(id);
    }

    pub(super) fn get(&self, id: u64) -> Result<&Invoice, Refusal> {
        self.invoices.get(&id).ok_or(Refusal::NO_INVOICE)
    }

    pub(super) fn get_mut(&mut self, id: u64) -> Result<&mut Invoice, Refusal> {
        self.invoices.get_mut(&id).ok_or(Refusal::NO_INVOICE)
    }

    pub(super) fn with_unique_number(&self, number: &str) -> Option<&Invoice> {
        self.invoices.get(self.unique_numbers.get(number)?)
    }

    /// Returns the business's last invoice with this bill number.
    pub(super) fn with_bill_number(&self, issuer: u64, number: &str) -> Option<&Invoice> {
        let id = self.bill_numbers.get(&(issuer, number.to_owned()))?;
        self.invoices.get(id)
    }

    /// Lists all invoices, oldest first.
    pub(super) fn all(&self) -> impl DoubleEndedIterator<Item = &Invoice> {
        self.invoices.values()
    }

    /// Brings an invoice into a state, noting why.
    pub(super) fn turn(
        &mut self,
        id: u64,
        state: State,
        kind: EventKind,
        at: SystemTime,
    ) -> Result<(), Refusal> {
        self.turn_until(id, state, kind, at, None)
    }

    /// Brings an invoice into a state that ends by itself at `due`.
    pub(super) fn turn_until(
        &mut self,
        id: u64,
        state: State,
        kind: EventKind,
        at: SystemTime,
        due: Option<SystemTime>,
    ) -> Result<(), Refusal> {
        let invoice = self.invoices.get_mut(&id).ok_or(Refusal::NO_INVOICE)?;
        if let Some(before) = invoice.due.take() {
            self.schedule.remove(&(before, id));
        }
        invoice.state = state;
        invoice.due = due;
        invoice.note(kind, at);
        self.schedule.extend(due.map(|due| (due, id)));
        Ok(())
    }

    /// When the next state ends by itself.
    pub(super) fn next_due(&self) -> Option<SystemTime> {
        self.schedule.first().map(|(due, _)| *due)
    }

    /// Takes the next state that has ended by `now`: when it ended, and whose it is.
    pub(super) fn take_due(&mut self, now: SystemTime) -> Option<(SystemTime, u64)> {
        let first = self.schedule.first().copied();
        let (due, id) = first.filter(|(due, _)| *due <= now)?;
        self.schedule.remove(&(due, id));
        Some((due, id))
    }
}
