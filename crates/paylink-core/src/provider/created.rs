use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::PaymentRecord;
use crate::handle::{from_millis, to_millis};
use crate::{Money, WebUrl};

/// A payment that was created: what to store, and what the payer has to know.
///
/// It serialises whole, so that a shop that shows it again stores it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use = "the record has to be stored before the payer is told anything"]
pub struct Created {
    record: PaymentRecord,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<WebUrl>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    transfer: Option<Transfer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at_ms: Option<u64>,
}

impl Created {
    /// A payment of this record. Adapters of providers make it.
    pub fn new(record: PaymentRecord) -> Created {
        Created {
            record,
            link: None,
            transfer: None,
            expires_at_ms: None,
        }
    }

    /// Adds the page where the payer pays.
    pub fn link(mut self, link: Option<WebUrl>) -> Created {
        self.link = link;
        self
    }

    /// Adds what the payer has to transfer, and to which cards.
    pub fn transfer(mut self, transfer: Transfer) -> Created {
        self.transfer = Some(transfer);
        self
    }

    /// Adds until when it can be paid.
    pub fn expires(mut self, at: Option<SystemTime>) -> Created {
        self.expires_at_ms = at.map(to_millis);
        self
    }

    /// What to store with the order before the payer is told anything.
    #[must_use]
    pub fn record(&self) -> &PaymentRecord {
        &self.record
    }

    /// Where to send the payer; show it as it came. `None` where the provider tells the payer by itself, by SMS say, did
    /// not repeat the link of a payment that was found again, or makes one only for a payment with a return URL.
    #[must_use]
    pub fn pay_link(&self) -> Option<&WebUrl> {
        self.link.as_ref()
    }

    /// What the payer has to transfer, for a payment from card to card.
    #[must_use]
    pub fn exact_transfer(&self) -> Option<&Transfer> {
        self.transfer.as_ref()
    }

    /// Until when it can be paid, where the provider says so.
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at_ms.map(from_millis)
    }
}

/// A transfer from card to card: the exact amount, to the rial, and the cards it may go to.
///
/// The amount can differ from the price: what differs makes it recognisable. Show both amount and cards as they are.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    exactly: Money,
    cards: Vec<PayToCard>,
}

impl Transfer {
    /// This amount, to any of these cards.
    #[must_use]
    pub fn new(exactly: Money, cards: Vec<PayToCard>) -> Transfer {
        Transfer { exactly, cards }
    }

    /// What to transfer, neither more nor less.
    #[must_use]
    pub fn exactly(&self) -> &Money {
        &self.exactly
    }

    /// The merchant's cards, to any of which it may go.
    #[must_use]
    pub fn cards(&self) -> &[PayToCard] {
        &self.cards
    }
}

/// One of the merchant's own cards. `Debug` leaves number and holder out; serialising writes all of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayToCard {
    number: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    holder: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bank: Option<String>,
}

impl PayToCard {
    /// A card as the provider wrote it.
    #[must_use]
    pub fn new(number: &str, holder: Option<String>, bank: Option<String>) -> PayToCard {
        PayToCard {
            number: number.to_owned(),
            holder,
            bank,
        }
    }

    /// The whole number, for the payer's eyes: never write it to a log or an error.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The holder's name; personal data.
    #[must_use]
    pub fn holder(&self) -> Option<&str> {
        self.holder.as_deref()
    }

    /// The bank's name.
    #[must_use]
    pub fn bank(&self) -> Option<&str> {
        self.bank.as_deref()
    }
}

impl fmt::Debug for PayToCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayToCard")
            .field("bank", &self.bank)
            .finish_non_exhaustive()
    }
}
