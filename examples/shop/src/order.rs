use std::fmt;
use std::time::SystemTime;

use paylink::desk::{Delivery, Ledger, StoredOrder};
use paylink::{Invalid, Money, NewPayment};
use serde::{Deserialize, Serialize};

/// An order, as the books keep it: one row in a database, one line in a file.
///
/// `Debug` leaves out whose it is and what was bought.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Its number, which is its name at the desk and its reference at the provider.
    pub number: String,
    pub(crate) placed_at: SystemTime,
    /// The account through which the buyer wants to pay.
    pub(crate) account: String,
    /// The price of that day.
    pub(crate) price: Money,
    pub(crate) return_url: Option<String>,
    pub(crate) notify_url: Option<String>,
    pub(crate) mobile: Option<String>,
    pub(crate) description: Option<String>,
    /// The browser in which it was placed.
    pub(crate) buyer: String,
    /// What the desk writes, unread.
    pub(crate) ledger: Ledger,
    /// The number of the newest claim.
    pub(crate) fence: u64,
    pub(crate) claimed_until: Option<SystemTime>,
    /// The highest number that was used as a reference for it.
    pub(crate) last_reference: u64,
    /// The outbox: what became due, which is one delivery in all.
    pub(crate) outbox: Vec<Delivery>,
    /// When the outbox is due; `None` if nothing is, or it went out. The release before kept neither this nor the tries.
    #[serde(default)]
    pub(crate) due_at: Option<SystemTime>,
    /// How often a worker took it.
    #[serde(default)]
    pub(crate) tries: u32,
    /// What the buyer bought.
    pub(crate) code: Option<String>,
}

impl Order {
    /// What the desk reads. It is built from the row alone, so that it is the same every time.
    pub(crate) fn stored(&self) -> Result<StoredOrder, Invalid> {
        let stored = StoredOrder::new(&*self.account, self.payment()?);
        Ok(stored.with_ledger(self.ledger.clone()))
    }

    pub(crate) fn payment(&self) -> Result<NewPayment, Invalid> {
        let mut payment = NewPayment::new(&self.number, self.price)?;
        if let Some(url) = &self.return_url {
            payment = payment.with_return_url(url)?;
        }
        if let Some(url) = &self.notify_url {
            payment = payment.with_notify_url(url)?;
        }
        if let Some(mobile) = &self.mobile {
            payment = payment.with_mobile(mobile.parse()?);
        }
        if let Some(description) = &self.description {
            payment = payment.with_description(description)?;
        }
        Ok(payment)
    }

    /// The order as it is read from the file. What the release before had paid for and without a code is due: nobody else
    /// hands it out.
    pub(crate) fn read_back(mut self) -> Order {
        if self.code.is_none() && self.due_at.is_none() {
            self.due_at = self.outbox.first().map(Delivery::settled_at);
        }
        self
    }

    /// What was handed out: nothing, or one delivery.
    pub fn deliveries(&self) -> &[Delivery] {
        &self.outbox
    }

    /// The code that was bought, once it was handed out.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Order")
            .field("number", &self.number)
            .field("account", &self.account)
            .field("price", &self.price)
            .field("stage", &self.ledger.stage())
            .finish_non_exhaustive()
    }
}
