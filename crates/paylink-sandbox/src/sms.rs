use std::time::SystemTime;

use serde::Serialize;
use utoipa::ToSchema;

use crate::calendar;
use crate::clock::Clock;
use crate::shelf::Shelf;

/// Messages kept.
const CAPACITY: usize = 1_000;

/// A text message that would have been sent. None leaves the sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[non_exhaustive]
pub struct Sms {
    /// Its number, counted from 1.
    pub number: u64,
    /// The sandbox time at which it was written.
    #[serde(serialize_with = "calendar::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub at: SystemTime,
    /// The provider's name, such as `cardpay`.
    pub provider: &'static str,
    /// The telephone it goes to, as the provider was given it.
    pub to: String,
    /// What it says.
    pub text: String,
}

/// The text messages written so far. Clones share the same outbox.
#[derive(Debug, Clone)]
pub(crate) struct SmsOutbox {
    shelf: Shelf<Sms>,
    clock: Clock,
}

impl SmsOutbox {
    pub(crate) fn new(clock: Clock) -> Self {
        let shelf = Shelf::holding(CAPACITY);
        Self { shelf, clock }
    }

    /// Writes a message down.
    pub(crate) fn send(&self, provider: &'static str, to: &str, text: String) {
        self.shelf.add(|number| Sms {
            number,
            at: self.clock.now(),
            provider,
            to: to.to_owned(),
            text,
        });
    }

    pub(crate) fn messages(&self) -> Vec<Sms> {
        self.shelf.entries()
    }
}
