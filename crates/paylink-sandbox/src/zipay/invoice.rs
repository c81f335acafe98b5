//! Invoices, their states, and where they are kept.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

use crate::calendar;
use crate::history::Event;
use crate::page::Shown;
use crate::rows::Rows;

/// One invoice as the sandbox keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Invoice {
    /// ZiPay's identifier.
    pub trackid: String,
    /// The merchant's number, unique per terminal.
    pub invoice_number: String,
    /// The terminal it was created on.
    pub terminal: u64,
    /// The decimal amount, as the merchant wrote it.
    pub amount: String,
    /// What the amount counts.
    pub currency: Currency,
    /// The state at the time of this snapshot.
    pub status: Status,
    /// The only person who may pay it, if one was named.
    pub national_id: Option<String>,
    /// What has happened to it, oldest first. It begins with [`EventKind::Created`].
    pub history: Vec<Event<EventKind>>,
    pub(super) transaction_id: u64,
    #[serde(with = "calendar::moment")]
    pub(super) created_at: SystemTime,
    pub(super) callback: Url,
    pub(super) webhook: Option<Url>,
    pub(super) payment: Option<Payment>,
}

/// Who paid, and when.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Payment {
    #[serde(with = "calendar::moment")]
    pub(super) at: SystemTime,
    pub(super) account_number: u64,
}

/// What can happen to an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ZipayEventKind)]
#[non_exhaustive]
pub enum EventKind {
    /// The merchant created it.
    Created,
    /// The payer opened the page.
    Opened,
    /// The payer paid.
    Paid,
    /// The payer declined.
    Declined,
    /// The merchant verified it, and the money became the merchant's.
    Verified,
    /// The merchant verified it once more and was answered that it is completed.
    VerifiedAgain,
    /// It was not verified in time, and the money went back to the payer.
    GivenBack,
    /// The merchant gave the money back.
    Refunded,
}

impl Invoice {
    /// Counts how often a verify moved the money to the merchant: once at most, or it is a bug.
    #[must_use]
    pub fn times_verified(&self) -> usize {
        self.history
            .iter()
            .filter(|event| event.kind == EventKind::Verified)
            .count()
    }

    /// Returns when the money went back to the payer because it was not verified in time.
    #[must_use]
    pub fn given_back_at(&self) -> Option<SystemTime> {
        let given_back = self
            .history
            .iter()
            .find(|event| event.kind == EventKind::GivenBack);
        given_back.map(|event| event.at)
    }

    /// Returns the address to which the payer's browser goes back: the callback with `trackid` and
    /// `invoice_number` after the query it has already.
    #[must_use]
    pub fn return_url(&self) -> String {
        let mut url = self.callback.clone();
        url.query_pairs_mut()
            .append_pair("trackid", &self.trackid)
            .append_pair("invoice_number", &self.invoice_number);
        url.into()
    }
}

/// How long after the payment a merchant may verify; then the money goes back to the payer.
pub const VERIFY_WITHIN: Duration = Duration::from_secs(30 * 60);

/// The invoice is in a state from which this way does not lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WrongState(pub(super) Status);

/// What a verify found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verified {
    Now,
    Before,
}

impl Invoice {
    /// The payer opens the page.
    pub(super) fn open(&mut self, now: SystemTime) {
        if self.status == Status::Generated {
            self.turn(Status::Waiting, EventKind::Opened, now);
        }
    }

    pub(super) fn pay(&mut self, now: SystemTime, account_number: u64) -> Result<(), WrongState> {
        self.require(&[Status::Generated, Status::Waiting])?;
        self.payment = Some(Payment {
            at: now,
            account_number,
        });
        self.turn(Status::Pending, EventKind::Paid, now);
        Ok(())
    }

    pub(super) fn decline(&mut self, now: SystemTime) -> Result<(), WrongState> {
        self.require(&[Status::Generated, Status::Waiting])?;
        self.turn(Status::Rejected, EventKind::Declined, now);
        Ok(())
    }

    pub(super) fn verify(&mut self, now: SystemTime) -> Result<Verified, WrongState> {
        if self.status == Status::Completed {
            return Ok(Verified::Before);
        }
        self.require(&[Status::Pending])?;
        self.turn(Status::Completed, EventKind::Verified, now);
        Ok(Verified::Now)
    }

    pub(super) fn refund(&mut self, now: SystemTime) -> Result<(), WrongState> {
        self.require(&[Status::Completed])?;
        self.turn(Status::Refunded, EventKind::Refunded, now);
        Ok(())
    }

    /// When the money goes back unless it is verified before.
    pub(super) fn deadline(&self) -> Option<SystemTime> {
        self.payment.as_ref()?.at.checked_add(VERIFY_WITHIN)
    }

    /// Gives the money back if it is due, noting the moment at which it fell due.
    pub(super) fn give_back_if_overdue(&mut self, now: SystemTime) {
        if let Some(deadline) = self.deadline()
            && self.status == Status::Pending
            && deadline <= now
        {
            self.turn(Status::Rejected, EventKind::GivenBack, deadline);
        }
    }

    /// Notes something that changes no state.
    pub(super) fn note(&mut self, kind: EventKind, at: SystemTime) {
        self.history.push(Event { at, kind });
    }

    fn turn(&mut self, status: Status, kind: EventKind, at: SystemTime) {
        self.status = status;
        self.note(kind, at);
    }

    fn require(&self, states: &[Status]) -> Result<(), WrongState> {
        if states.contains(&self.status) {
            Ok(())
        } else {
            Err(WrongState(self.status))
        }
    }
}

/// The states of ZiPay's document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ZipayStatus)]
pub enum Status {
    /// Created; the page was not opened yet.
    Generated,
    /// The payer has opened the page.
    Waiting,
    /// Paid, not verified yet.
    Pending,
    /// Paid and verified: the money is the merchant's.
    Completed,
    /// Declined, or given back because it was not verified in time.
    Rejected,
    /// The merchant gave the money back.
    Refunded,
}

impl Status {
    /// Reads a status as the wire writes it.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        #[rustfmt::skip]
        let all = [
            Self::Generated, Self::Waiting, Self::Pending, Self::Completed, Self::Rejected,
            Self::Refunded,
        ];
        all.into_iter().find(|status| status.as_str() == text)
    }

    /// Returns the status as the wire writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Generated => "generated",
            Self::Waiting => "waiting",
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Rejected => "rejected",
            Self::Refunded => "refunded",
        }
    }

    pub(super) fn shown(self) -> Shown {
        match self {
            Self::Generated => Shown::waiting("صادر‌شده", "issued"),
            Self::Waiting => Shown::waiting("در انتظار پرداخت", "waiting for payment"),
            Self::Pending => Shown::good("پرداخت‌شده", "paid"),
            Self::Completed => Shown::good("تکمیل‌شده", "completed"),
            Self::Rejected => Shown::bad("لغوشده", "cancelled"),
            Self::Refunded => Shown::bad("بازگردانده‌شده", "refunded"),
        }
    }
}

/// The currencies of ZiPay's document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schema(as = ZipayCurrency)]
pub enum Currency {
    /// United States dollar.
    Usd,
    /// Tether.
    Usdt,
    /// Iranian toman, not rial.
    Irt,
}

impl Currency {
    /// Reads a currency as the wire writes it.
    #[must_use]
    pub fn from_wire(code: &str) -> Option<Self> {
        [Self::Usd, Self::Usdt, Self::Irt]
            .into_iter()
            .find(|currency| currency.code() == code)
    }

    /// Returns the code as the wire writes it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Usd => "USD",
            Self::Usdt => "USDT",
            Self::Irt => "IRT",
        }
    }
}

/// All invoices, in the order of their creation.
#[derive(Debug)]
pub(super) struct Store {
    invoices: Rows<Invoice>,
    places: HashMap<String, usize>,
    numbers: HashMap<(u64, String), usize>,
    /// Payments by the time they fall due, the earliest first: the time allowed is the same for all.
    unverified: VecDeque<(SystemTime, usize)>,
    next_transaction: u64,
    /// How many are kept.
    capacity: usize,
}

/// What a snapshot holds.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Saved {
    invoices: Vec<Invoice>,
    next_transaction: u64,
}

impl Store {
    pub(super) fn starting_at(transaction: u64, capacity: usize) -> Self {
        Self {
            invoices: Rows::default(),
            places: HashMap::new(),
            numbers: HashMap::new(),
            unverified: VecDeque::new(),
            next_transaction: transaction,
            capacity,
        }
    }

    pub(super) fn save(&self) -> Saved {
        Saved {
            invoices: self.all().cloned().collect(),
            next_transaction: self.next_transaction,
        }
    }

    pub(super) fn load(saved: Saved, capacity: usize) -> Self {
        let mut store = Self::starting_at(saved.next_transaction, capacity);
        for invoice in saved.invoices {
            store.insert(invoice);
        }
        let places = store.places.values().copied();
        let due = places.filter_map(|place| {
            let invoice = store.invoices.get(place)?;
            let deadline = invoice
                .deadline()
                .filter(|_| invoice.status == Status::Pending)?;
            Some((deadline, place))
        });
        let mut due: Vec<_> = due.collect();
        due.sort_unstable();
        store.unverified = due.into();
        store
    }

    /// Returns the number of the next transaction.
    pub(super) fn take_transaction(&mut self) -> u64 {
        let number = self.next_transaction;
        self.next_transaction = number.saturating_add(1);
        number
    }

    pub(super) fn has(&self, trackid: &str) -> bool {
        self.places.contains_key(trackid)
    }

    pub(super) fn has_number(&self, terminal: u64, invoice_number: &str) -> bool {
        self.numbers
            .contains_key(&(terminal, invoice_number.to_owned()))
    }

    pub(super) fn insert(&mut self, invoice: Invoice) {
        let number = (invoice.terminal, invoice.invoice_number.clone());
        let trackid = invoice.trackid.clone();
        let place = self.invoices.push(invoice);
        self.places.insert(trackid, place);
        self.numbers.insert(number, place);
        while let Some(oldest) = self.invoices.make_room(self.capacity) {
            self.places.remove(&oldest.trackid);
            self.numbers
                .remove(&(oldest.terminal, oldest.invoice_number));
        }
    }

    pub(super) fn get(&self, trackid: &str) -> Option<&Invoice> {
        self.invoices.get(*self.places.get(trackid)?)
    }

    pub(super) fn get_mut(&mut self, trackid: &str) -> Option<&mut Invoice> {
        self.invoices.get_mut(*self.places.get(trackid)?)
    }

    /// Lists all invoices, oldest first.
    pub(super) fn all(&self) -> impl DoubleEndedIterator<Item = &Invoice> {
        self.invoices.iter()
    }

    /// Pays an invoice and remembers when it must be verified.
    pub(super) fn pay(
        &mut self,
        trackid: &str,
        now: SystemTime,
        account_number: u64,
    ) -> Option<Result<&Invoice, WrongState>> {
        let place = *self.places.get(trackid)?;
        let invoice = self.invoices.get_mut(place)?;
        if let Err(wrong) = invoice.pay(now, account_number) {
            return Some(Err(wrong));
        }
        self.unverified
            .extend(invoice.deadline().map(|deadline| (deadline, place)));
        Some(Ok(invoice))
    }

    /// When the next payment is given back unless it is verified before.
    pub(super) fn next_deadline(&self) -> Option<SystemTime> {
        let mut unverified = self.unverified.iter();
        let is_pending = |place: &usize| {
            let invoice = self.invoices.get(*place);
            invoice.is_some_and(|invoice| invoice.status == Status::Pending)
        };
        unverified
            .find(|(_, place)| is_pending(place))
            .map(|(deadline, _)| *deadline)
    }

    /// Gives back what was paid and not verified in time.
    pub(super) fn give_back_overdue(&mut self, now: SystemTime) {
        while let Some(&(deadline, place)) = self.unverified.front()
            && deadline <= now
        {
            self.unverified.pop_front();
            if let Some(invoice) = self.invoices.get_mut(place) {
                invoice.give_back_if_overdue(now);
            }
        }
    }
}
