use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::calendar;
use crate::clock::Clock;
use crate::shelf::{Shelf, Weighed};
use crate::simulated;

/// Messages kept.
const CAPACITY: usize = 1_000;

/// The bytes of messages kept.
const HEAVIEST: usize = 4 * 1024 * 1024;

/// A text message that would have been sent. None leaves the sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[non_exhaustive]
pub struct Sms {
    /// Its number, counted from 1.
    pub number: u64,
    /// The sandbox time at which it was written.
    #[serde(with = "calendar::moment")]
    #[schema(value_type = String, format = DateTime)]
    pub at: SystemTime,
    /// The provider's name, such as `cardpay`.
    #[serde(deserialize_with = "simulated::read_name")]
    pub provider: simulated::Name,
    /// The provider's identifier of the payment that it is about.
    pub payment: String,
    /// The telephone it goes to, as the provider was given it.
    pub to: String,
    /// What it says.
    pub text: String,
}

impl Weighed for Sms {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.payment.len() + self.to.len() + self.text.len()
    }
}

/// The text messages written so far. Clones share the same outbox.
#[derive(Debug, Clone)]
pub(crate) struct SmsOutbox {
    shelf: Shelf<Sms>,
    clock: Clock,
}

impl SmsOutbox {
    pub(crate) fn new(clock: Clock) -> Self {
        let shelf = Shelf::holding(CAPACITY, HEAVIEST);
        Self { shelf, clock }
    }

    /// Writes a message down.
    pub(crate) fn send(&self, provider: &'static str, payment: &str, to: &str, text: String) {
        self.shelf.add(|number| Sms {
            number,
            at: self.clock.now(),
            provider,
            payment: payment.to_owned(),
            to: to.to_owned(),
            text,
        });
    }

    pub(crate) fn messages(&self) -> Vec<Sms> {
        self.shelf.entries()
    }

    /// Lists the newest messages of a kind, newest first.
    pub(crate) fn newest(&self, count: usize, is_wanted: impl Fn(&Sms) -> bool) -> Vec<Sms> {
        self.shelf.newest(count, is_wanted)
    }

    /// Takes these messages in place of those that there are.
    pub(crate) fn fill(&self, messages: Vec<Sms>) {
        self.shelf
            .fill(messages.into_iter().map(|sms| (sms.number, sms)));
    }
}
