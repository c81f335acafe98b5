//! Payments, the deposits that pay them, and where both are kept.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;
use utoipa::ToSchema;

use super::card::{CardNumber, MerchantCard};
use super::settings::{CardMismatch, Settings};
use super::{CardpaySandbox, NAME};
use crate::calendar;
use crate::history::Event;
use crate::page::{Shown, persian};
use crate::rows::Rows;

/// One payment as the sandbox keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Payment {
    /// The script's identifier.
    pub pay_id: u64,
    /// The merchant's invoice number, unique for ever.
    pub fid: u64,
    /// What the merchant asked for, in rial.
    pub price: u64,
    /// What must be transferred, in rial, to be recognised.
    pub amount: u64,
    /// The payer's telephone, if it was given.
    pub phone: Option<String>,
    /// The payer's card, if it is recorded.
    pub card: Option<CardNumber>,
    /// The state at the time of this snapshot.
    pub status: Status,
    /// When its time is over.
    #[serde(with = "calendar::moment")]
    pub expires_at: SystemTime,
    /// Where the payer's browser goes back to, if the merchant set it.
    pub callback: Option<Url>,
    /// What has happened to it, oldest first. It begins with [`EventKind::Created`].
    pub history: Vec<Event<EventKind>>,
}

/// The states of a payment. The document gives them no names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = CardpayStatus)]
#[non_exhaustive]
pub enum Status {
    /// It waits for its deposit.
    Open,
    /// Its deposit has come.
    Paid,
    /// Its deposit has come, but not from the recorded card.
    PaidFromAnotherCard,
    /// Its deposit has come, but was not shown to be from the recorded card, and nothing will tell.
    Lost,
    /// Its time was over before a deposit came.
    Expired,
}

/// What can happen to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = CardpayEventKind)]
#[non_exhaustive]
pub enum EventKind {
    /// The merchant created it.
    Created,
    /// The payer's card was recorded after it was created.
    CardRecorded,
    /// Its deposit came.
    Paid,
    /// Its deposit came from another card than the recorded one.
    PaidFromAnotherCard,
    /// Its deposit came and was not recognised as the payer's.
    Lost,
    /// Its time was over.
    Expired,
    /// The merchant checked it and was told, for the first time, that it is paid.
    Verified,
    /// The merchant checked it again after that.
    VerifiedAgain,
}

impl Status {
    pub(super) fn shown(self) -> Shown {
        match self {
            Self::Open => Shown::waiting("در انتظار واریز", "waiting for the transfer"),
            Self::Paid => Shown::good("پرداخت‌شده", "paid"),
            Self::PaidFromAnotherCard => {
                Shown::waiting("پرداخت از کارت دیگر", "paid from another card")
            }
            Self::Lost => Shown::bad("از دست رفته", "lost"),
            Self::Expired => Shown::bad("منقضی‌شده", "expired"),
        }
    }
}

impl Payment {
    /// Counts the checks that were answered with 201: one at most, or it is a bug.
    #[must_use]
    pub fn times_first_verified(&self) -> usize {
        self.history
            .iter()
            .filter(|event| event.kind == EventKind::Verified)
            .count()
    }

    pub(super) fn record_card(&mut self, card: CardNumber, now: SystemTime) {
        self.card = Some(card);
        self.note(EventKind::CardRecorded, now);
    }

    /// Answers a check of this paid payment, and says which event that is.
    pub(super) fn verify(&mut self, now: SystemTime) -> EventKind {
        let kind = match self.times_first_verified() {
            0 => EventKind::Verified,
            _ => EventKind::VerifiedAgain,
        };
        self.note(kind, now);
        kind
    }

    /// Closes it as expired, noting the moment at which its time was over.
    pub(super) fn expire(&mut self) {
        self.turn(Status::Expired, EventKind::Expired, self.expires_at);
    }

    pub(super) fn turn(&mut self, status: Status, kind: EventKind, at: SystemTime) {
        self.status = status;
        self.note(kind, at);
    }

    fn note(&mut self, kind: EventKind, at: SystemTime) {
        self.history.push(Event { at, kind });
    }
}

/// The telephone to which the merchant's banks write.
const MERCHANT_PHONE: &str = "09120000000";

/// Money that came to one of the merchant's cards.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Deposit {
    /// Its number, counted from 1.
    pub number: u64,
    /// The sandbox time at which it came.
    pub at: SystemTime,
    /// How much came, in rial.
    pub amount: u64,
    /// The merchant's card it came to.
    pub to: MerchantCard,
    /// The payer's card, if the bank's message names it.
    pub from: Option<CardNumber>,
    /// The payment for which the payer meant it. The script cannot know.
    pub meant_for: u64,
    /// The payment that waited for exactly this amount.
    pub matched: Option<u64>,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a deposit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = CardpayFate)]
#[non_exhaustive]
pub enum Fate {
    /// It paid the payment that it matched.
    Paid,
    /// It paid the payment that it matched, but from another card than the recorded one.
    PaidFromAnotherCard,
    /// It matched a payment, and both are lost.
    Lost,
    /// No open payment waited for this amount: the money is there and belongs to no payment.
    Unmatched,
}

/// What becomes of a transfer from this card to a payment for which another may be recorded.
fn fate(from: Option<&CardNumber>, recorded: Option<&CardNumber>, settings: &Settings) -> Fate {
    let mismatch = match (recorded, from) {
        (None, _) => return Fate::Paid,
        (Some(recorded), Some(from)) if recorded == from => return Fate::Paid,
        (Some(_), Some(_)) => settings.another_card,
        (Some(_), None) => settings.missing_card,
    };
    match mismatch {
        CardMismatch::Reported => Fate::PaidFromAnotherCard,
        CardMismatch::Lost => Fate::Lost,
    }
}

impl Fate {
    /// What this means for the payment that the deposit matched.
    pub(super) fn of_payment(self) -> Option<(Status, EventKind)> {
        match self {
            Self::Paid => Some((Status::Paid, EventKind::Paid)),
            Self::PaidFromAnotherCard => {
                Some((Status::PaidFromAnotherCard, EventKind::PaidFromAnotherCard))
            }
            Self::Lost => Some((Status::Lost, EventKind::Lost)),
            Self::Unmatched => None,
        }
    }
}

impl Deposit {
    /// The bank's message. Cards are masked in it, while the script compares whole numbers.
    pub(super) fn report(&self) -> String {
        let mut lines = vec![
            self.to.bank.to_owned(),
            format!("واریز: {} ریال", persian::amount(&self.amount.to_string())),
            format!("به کارت: {}", self.to.number.masked()),
        ];
        let from = self.from.as_ref();
        lines.extend(from.map(|from| format!("از کارت: {}", from.masked())));
        lines.extend(calendar::in_tehran(self.at));
        lines.join("\n")
    }
}

/// Why the payer could not transfer; nothing has happened then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TransferError {
    /// There is no payment with this `pay_id`.
    #[error("there is no such payment")]
    UnknownPayment,
    /// The amount is zero.
    #[error("a transfer moves at least one rial")]
    NoAmount,
    /// The payer's card has not sixteen digits.
    #[error("a card number has sixteen digits")]
    MalformedCard,
}

impl CardpaySandbox {
    /// Transfers `amount` rial to the merchant's first card, as the payer of `pay_id`, and writes the
    /// bank's message to the SMS outbox.
    ///
    /// `from_card` is the payer's card as the message names it, in Latin, Persian or Arabic digits;
    /// with none the bank names no card. The script knows the amount alone: whichever open payment
    /// waits for exactly that much takes the deposit, and the answer says which. A payment whose time
    /// is over takes none, yet the money is transferred.
    ///
    /// # Errors
    ///
    /// Each [`TransferError`] says what to correct; nothing was transferred.
    pub fn transfer(
        &self,
        pay_id: u64,
        amount: u64,
        from_card: Option<&str>,
    ) -> Result<Deposit, TransferError> {
        let from = from_card.map(|text| CardNumber::parse(&persian::typed_digits(text)));
        let from = from.map(|card| card.ok_or(TransferError::MalformedCard));
        let from = from.transpose()?;
        let [first, ..] = &self.0.cards;
        self.transfer_to(first, pay_id, amount, from)
    }

    /// Transfers exactly what a payment waits for, from the recorded card or, if there is none, from
    /// [`payer_card`](Self::payer_card).
    ///
    /// # Errors
    ///
    /// [`TransferError::UnknownPayment`]; nothing was transferred.
    pub fn pay(&self, pay_id: u64) -> Result<Deposit, TransferError> {
        let payment = self.payment(pay_id).ok_or(TransferError::UnknownPayment)?;
        let card = payment.card.as_ref();
        let card = card.map_or(self.payer_card(), CardNumber::number);
        self.transfer(pay_id, payment.amount, Some(card))
    }

    pub(super) fn transfer_to(
        &self,
        to: &MerchantCard,
        meant_for: u64,
        amount: u64,
        from: Option<CardNumber>,
    ) -> Result<Deposit, TransferError> {
        if amount == 0 {
            return Err(TransferError::NoAmount);
        }
        let settings = self.settings();
        let now = self.now();
        let mut store = self.store();
        store.get(meant_for).ok_or(TransferError::UnknownPayment)?;
        let (matched, fate) = store.matched(amount, from.as_ref(), &settings, now);
        let deposit = Deposit {
            number: store.take_deposit_number(),
            at: now,
            amount,
            to: to.clone(),
            from,
            meant_for,
            matched,
            fate,
        };
        store.keep(deposit.clone());
        drop(store);
        let sms = &self.0.world.sms;
        let about = matched.unwrap_or(meant_for).to_string();
        sms.send(NAME, &about, MERCHANT_PHONE, deposit.report());
        Ok(deposit)
    }
}

/// All payments and deposits, in the order of their creation.
#[derive(Debug)]
pub(super) struct Store {
    payments: BTreeMap<u64, Payment>,
    invoice_numbers: HashSet<u64>,
    /// The open payments by the amount that each waits for. No two wait for the same.
    open: HashMap<u64, u64>,
    /// When the open payments' time is over, and of some that are closed by now.
    deadlines: BTreeSet<(SystemTime, u64)>,
    deposits: Rows<Deposit>,
    last_deposit: u64,
    last_pay_id: u64,
    /// How many of each are kept.
    capacity: usize,
}

/// What a snapshot holds.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Saved {
    payments: Vec<Payment>,
    deposits: Vec<SavedDeposit>,
    last_deposit: u64,
    last_pay_id: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedDeposit {
    number: u64,
    #[serde(with = "calendar::moment")]
    at: SystemTime,
    amount: u64,
    /// Which of the merchant's cards it came to.
    to: usize,
    from: Option<CardNumber>,
    meant_for: u64,
    matched: Option<u64>,
    fate: Fate,
}

impl Store {
    pub(super) fn starting_after(pay_id: u64, capacity: usize) -> Self {
        Self {
            payments: BTreeMap::new(),
            invoice_numbers: HashSet::new(),
            open: HashMap::new(),
            deadlines: BTreeSet::new(),
            deposits: Rows::default(),
            last_deposit: 0,
            last_pay_id: pay_id,
            capacity,
        }
    }

    pub(super) fn save(&self, cards: &[MerchantCard]) -> Saved {
        let place = |card: &MerchantCard| cards.iter().position(|it| it == card);
        let deposits = self.deposits.iter().map(|deposit| SavedDeposit {
            number: deposit.number,
            at: deposit.at,
            amount: deposit.amount,
            to: place(&deposit.to).unwrap_or_default(),
            from: deposit.from.clone(),
            meant_for: deposit.meant_for,
            matched: deposit.matched,
            fate: deposit.fate,
        });
        Saved {
            payments: self.all().cloned().collect(),
            deposits: deposits.collect(),
            last_deposit: self.last_deposit,
            last_pay_id: self.last_pay_id,
        }
    }

    pub(super) fn load(saved: Saved, cards: &[MerchantCard], capacity: usize) -> Self {
        let mut store = Self::starting_after(saved.last_pay_id, capacity);
        store.last_deposit = saved.last_deposit;
        for payment in saved.payments {
            store.insert(payment);
        }
        for deposit in saved.deposits {
            if let Some(to) = cards.get(deposit.to) {
                store.keep(Deposit {
                    number: deposit.number,
                    at: deposit.at,
                    amount: deposit.amount,
                    to: to.clone(),
                    from: deposit.from,
                    meant_for: deposit.meant_for,
                    matched: deposit.matched,
                    fate: deposit.fate,
                });
            }
        }
        store
    }

    /// Takes the identifier of the next payment, `step` after the last one.
    pub(super) fn take_pay_id(&mut self, step: u64) -> u64 {
        self.last_pay_id = self.last_pay_id.saturating_add(step);
        self.last_pay_id
    }

    pub(super) fn has_invoice_number(&self, fid: u64) -> bool {
        self.invoice_numbers.contains(&fid)
    }

    /// Returns whether an open payment waits for this amount.
    pub(super) fn awaits(&self, amount: u64) -> bool {
        self.open.contains_key(&amount)
    }

    /// Takes a payment; no other waits for its amount if it is open.
    pub(super) fn insert(&mut self, payment: Payment) {
        self.invoice_numbers.insert(payment.fid);
        if payment.status == Status::Open {
            self.open.insert(payment.amount, payment.pay_id);
            self.deadlines.insert((payment.expires_at, payment.pay_id));
        }
        self.payments.insert(payment.pay_id, payment);
        while self.payments.len() > self.capacity {
            let Some((pay_id, oldest)) = self.payments.pop_first() else {
                break;
            };
            self.invoice_numbers.remove(&oldest.fid);
            self.deadlines.remove(&(oldest.expires_at, pay_id));
            if self.open.get(&oldest.amount) == Some(&pay_id) {
                self.open.remove(&oldest.amount);
            }
        }
    }

    /// Takes the number of the next deposit.
    fn take_deposit_number(&mut self) -> u64 {
        self.last_deposit = self.last_deposit.saturating_add(1);
        self.last_deposit
    }

    fn keep(&mut self, deposit: Deposit) {
        self.deposits.push(deposit);
        while self.deposits.make_room(self.capacity).is_some() {}
    }

    pub(super) fn get(&self, pay_id: u64) -> Option<&Payment> {
        self.payments.get(&pay_id)
    }

    pub(super) fn get_mut(&mut self, pay_id: u64) -> Option<&mut Payment> {
        self.payments.get_mut(&pay_id)
    }

    /// Lists all payments, oldest first.
    pub(super) fn all(&self) -> impl DoubleEndedIterator<Item = &Payment> {
        self.payments.values()
    }

    /// Lists all deposits, oldest first.
    pub(super) fn deposits(&self) -> impl DoubleEndedIterator<Item = &Deposit> {
        self.deposits.iter()
    }

    /// Takes a transfer for whichever open payment waits for exactly this amount, and says for which and what becomes of it.
    fn matched(
        &mut self,
        amount: u64,
        from: Option<&CardNumber>,
        settings: &Settings,
        now: SystemTime,
    ) -> (Option<u64>, Fate) {
        let awaiting = self.open.remove(&amount);
        let Some(payment) = awaiting.and_then(|pay_id| self.payments.get_mut(&pay_id)) else {
            return (None, Fate::Unmatched);
        };
        let fate = fate(from, payment.card.as_ref(), settings);
        if let Some((status, kind)) = fate.of_payment() {
            payment.turn(status, kind, now);
        }
        (Some(payment.pay_id), fate)
    }

    /// When the next open payment's time is over.
    pub(super) fn next_deadline(&self) -> Option<SystemTime> {
        let is_open = |id: &u64| {
            let payment = self.payments.get(id);
            payment.is_some_and(|payment| payment.status == Status::Open)
        };
        let mut deadlines = self.deadlines.iter();
        deadlines.find(|(_, id)| is_open(id)).map(|(at, _)| *at)
    }

    /// Closes the open payments whose time is over; their amounts are free again.
    pub(super) fn expire_overdue(&mut self, now: SystemTime) {
        while let Some(&(deadline, pay_id)) = self.deadlines.first()
            && deadline <= now
        {
            self.deadlines.pop_first();
            let Some(payment) = self.payments.get_mut(&pay_id) else {
                continue;
            };
            if self.open.get(&payment.amount) == Some(&pay_id) {
                self.open.remove(&payment.amount);
                payment.expire();
            }
        }
    }
}
