//! Pay links, what their payers do, and where they are kept.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, SystemTime};

use jalali_calendar::JalaliDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::SizpaySandbox;
use super::fields::Refusal;
use super::merchant::Merchant;
use crate::calendar;
use crate::history::Event;
use crate::page::{Shown, persian};
use crate::rows::Rows;

/// One pay link as the sandbox keeps it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = SizpayLink)]
#[non_exhaustive]
pub struct Link {
    /// SizPay's identifier, `PayLinkSendID`.
    pub send_id: u64,
    /// The name of the merchant's pay link under which it was sent.
    pub pay_link_name: String,
    /// The page where it is paid, `PayLinkURL`.
    pub url: String,
    /// The merchant's number, `InvoiceNo`.
    pub invoice_number: String,
    /// The amount in rial.
    pub amount: u64,
    /// The payer's mobile telephone.
    pub mobile: String,
    /// Whom the invoice is for, or an empty text.
    pub customer_name: String,
    /// What it is for, or an empty text.
    pub description: String,
    /// The state at the time of this snapshot.
    pub status: Status,
    /// The reference number of the payment, once it is paid.
    pub reference_number: Option<String>,
    /// What has happened to it, oldest first. It begins with [`EventKind::Sent`].
    pub history: Vec<Event<EventKind>>,
    /// The last segment of the page's address.
    pub(super) code: String,
    #[serde(with = "calendar::moment")]
    #[schema(value_type = String, format = DateTime)]
    pub(super) sent_at: SystemTime,
}

/// What can happen to a pay link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SizpayEventKind)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EventKind {
    /// The merchant sent it, and the first SMS went out.
    Sent,
    /// The merchant had the SMS sent once more.
    Resent,
    /// The payer declined; the link stays open.
    Declined,
    /// The payer paid.
    Paid,
    /// The merchant disabled it.
    Disabled,
}

impl Link {
    /// Counts how often its SMS was sent after the first time.
    #[must_use]
    pub fn times_resent(&self) -> usize {
        self.history
            .iter()
            .filter(|event| event.kind == EventKind::Resent)
            .count()
    }

    /// Returns the day in Tehran on which it was sent, as SizPay writes it: `1399/11/21`.
    #[must_use]
    pub fn sent_on(&self) -> String {
        self.day().map(write_day).unwrap_or_default()
    }

    /// The day on which its lookups by date find it.
    pub(super) fn day(&self) -> Option<JalaliDate> {
        calendar::tehran(self.sent_at).map(|moment| moment.date())
    }

    /// Returns whether the payer declined and has not paid since.
    pub(super) fn was_declined(&self) -> bool {
        let last = self.history.last();
        last.is_some_and(|event| event.kind == EventKind::Declined)
    }
}

fn write_day(day: JalaliDate) -> String {
    format!("{:04}/{:02}/{:02}", day.year(), day.month(), day.day())
}

/// The least time between two messages about the same link.
pub const RESEND_AFTER: Duration = Duration::from_secs(2 * 60);

/// How often a link's SMS can be sent after the first time.
pub const RESENDS_AT_MOST: usize = 3;

impl Link {
    pub(super) fn resend(&mut self, now: SystemTime) -> Result<(), Refusal> {
        self.require_open()?;
        if self.times_resent() >= RESENDS_AT_MOST {
            return Err(Refusal::TooOften);
        }
        let since = now.duration_since(self.last_message_at());
        let wait = RESEND_AFTER.saturating_sub(since.unwrap_or_default());
        if !wait.is_zero() {
            return Err(Refusal::TooSoon { wait });
        }
        self.note(EventKind::Resent, now);
        Ok(())
    }

    pub(super) fn disable(&mut self, now: SystemTime) -> Result<(), PayerError> {
        self.require_open()?;
        self.status = Status::Disabled;
        self.note(EventKind::Disabled, now);
        Ok(())
    }

    pub(super) fn pay(
        &mut self,
        now: SystemTime,
        reference_number: String,
    ) -> Result<(), PayerError> {
        self.require_open()?;
        self.status = Status::Paid;
        self.reference_number = Some(reference_number);
        self.note(EventKind::Paid, now);
        Ok(())
    }

    /// The payer turns away; anyone who has the link can still pay.
    pub(super) fn decline(&mut self, now: SystemTime) -> Result<(), PayerError> {
        self.require_open()?;
        self.note(EventKind::Declined, now);
        Ok(())
    }

    fn last_message_at(&self) -> SystemTime {
        let messages = [EventKind::Sent, EventKind::Resent];
        let mut latest_first = self.history.iter().rev();
        latest_first
            .find(|event| messages.contains(&event.kind))
            .map_or(self.sent_at, |event| event.at)
    }

    fn note(&mut self, kind: EventKind, at: SystemTime) {
        self.history.push(Event { at, kind });
    }

    fn require_open(&self) -> Result<(), PayerError> {
        match self.status {
            Status::Open => Ok(()),
            Status::Paid => Err(PayerError::AlreadyPaid),
            Status::Disabled => Err(PayerError::Disabled),
        }
    }
}

/// What has become of a pay link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SizpayStatus)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Status {
    /// It waits for its payer.
    Open,
    /// It was paid.
    Paid,
    /// The merchant disabled it before it was paid.
    Disabled,
}

impl Status {
    /// Returns the status in English, for messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Disabled => "disabled",
        }
    }

    pub(super) fn shown(self) -> Shown {
        match self {
            Self::Open => Shown::waiting("در انتظار پرداخت", "waiting for payment"),
            Self::Paid => Shown::good("پرداخت‌شده", "paid"),
            Self::Disabled => Shown::bad("غیرفعال", "disabled"),
        }
    }
}

/// The send id of SizPay's own sample, after which the sandbox begins.
const FIRST: u64 = 26_041;

/// All pay links, in the order in which they were sent.
#[derive(Debug)]
pub(super) struct Store {
    links: Rows<Link>,
    places: HashMap<u64, usize>,
    reference_numbers: HashSet<String>,
    last_id: u64,
    /// How many are kept.
    capacity: usize,
}

/// What a snapshot holds.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Saved {
    links: Vec<Link>,
    last_id: u64,
}

impl Store {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            links: Rows::default(),
            places: HashMap::new(),
            reference_numbers: HashSet::new(),
            last_id: FIRST,
            capacity,
        }
    }

    pub(super) fn save(&self) -> Saved {
        Saved {
            links: self.all().cloned().collect(),
            last_id: self.last_id,
        }
    }

    /// Takes the links of a snapshot; `address` writes where each has its page now.
    pub(super) fn load(saved: Saved, capacity: usize, address: impl Fn(&Link) -> String) -> Self {
        let mut store = Self::new(capacity);
        store.last_id = saved.last_id;
        for mut link in saved.links {
            link.url = address(&link);
            store
                .reference_numbers
                .extend(link.reference_number.clone());
            store.insert(link);
        }
        store
    }

    /// Takes the send id of the next link, `step` after the last one.
    pub(super) fn take_id(&mut self, step: u64) -> u64 {
        self.last_id = self.last_id.saturating_add(step);
        self.last_id
    }

    pub(super) fn insert(&mut self, link: Link) {
        let send_id = link.send_id;
        let place = self.links.push(link);
        self.places.insert(send_id, place);
        while let Some(oldest) = self.links.make_room(self.capacity) {
            self.places.remove(&oldest.send_id);
            if let Some(number) = oldest.reference_number {
                self.reference_numbers.remove(&number);
            }
        }
    }

    pub(super) fn get(&self, send_id: u64) -> Option<&Link> {
        self.links.get(*self.places.get(&send_id)?)
    }

    pub(super) fn get_mut(&mut self, send_id: u64) -> Option<&mut Link> {
        self.links.get_mut(*self.places.get(&send_id)?)
    }

    /// Lists all links, oldest first.
    pub(super) fn all(&self) -> impl DoubleEndedIterator<Item = &Link> {
        self.links.iter()
    }

    /// Lists a merchant's links, oldest first.
    pub(super) fn of(&self, merchant: &Merchant) -> impl DoubleEndedIterator<Item = &Link> {
        self.all()
            .filter(|link| link.pay_link_name == merchant.pay_link_name())
    }

    /// Takes the first number that no payment has: a seed that is set again repeats itself.
    pub(super) fn take_reference_number(&mut self, mut draw: impl FnMut() -> String) -> String {
        loop {
            let number = draw();
            if self.reference_numbers.insert(number.clone()) {
                return number;
            }
        }
    }
}

/// Why the payer could not do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PayerError {
    /// No link was sent under this identifier.
    #[error("there is no such pay link")]
    UnknownLink,
    /// The link was paid before.
    #[error("the pay link was paid before")]
    AlreadyPaid,
    /// The merchant has disabled the link.
    #[error("the pay link is disabled")]
    Disabled,
}

impl SizpaySandbox {
    /// Pays a link as the payer. The snapshot has the reference number.
    ///
    /// # Errors
    ///
    /// [`PayerError`]; nothing has happened then.
    pub fn pay(&self, send_id: u64) -> Result<Link, PayerError> {
        let now = self.now();
        let mut store = self.store();
        let random = &self.0.random;
        let draw = || random.within(100_000_000_000, 900_000_000_000).to_string();
        let reference_number = store.take_reference_number(draw);
        let link = store.get_mut(send_id).ok_or(PayerError::UnknownLink)?;
        link.pay(now, reference_number)?;
        Ok(link.clone())
    }

    /// Declines to pay a link as the payer. It stays open, and can still be paid.
    ///
    /// # Errors
    ///
    /// [`PayerError`]; nothing has happened then.
    pub fn decline(&self, send_id: u64) -> Result<Link, PayerError> {
        let now = self.now();
        let mut store = self.store();
        let link = store.get_mut(send_id).ok_or(PayerError::UnknownLink)?;
        link.decline(now)?;
        Ok(link.clone())
    }
}

/// The characters of the description that a message has room for.
const DESCRIPTION: usize = 25;

/// Writes what the payer's telephone shows.
pub(super) fn text(merchant: &Merchant, link: &Link) -> String {
    let amount = format!("مبلغ {} ریال", persian::amount(&link.amount.to_string()));
    let description: String = link.description.chars().take(DESCRIPTION).collect();
    [merchant.name(), &amount, &description, &link.url]
        .into_iter()
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}
