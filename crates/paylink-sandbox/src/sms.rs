use std::collections::VecDeque;
use std::sync::{Arc, MutexGuard};
use std::time::SystemTime;

use serde::Serialize;
use utoipa::ToSchema;

use crate::calendar;
use crate::clock::Clock;
use crate::world::Locked;

/// Messages kept; the oldest make room for new ones.
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
    shelf: Arc<Locked<Shelf>>,
    clock: Clock,
}

#[derive(Debug, Default)]
struct Shelf {
    messages: VecDeque<Sms>,
    last: u64,
}

impl SmsOutbox {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            shelf: Arc::default(),
            clock,
        }
    }

    /// Writes a message down.
    pub(crate) fn send(
        &self,
        provider: &'static str,
        to: impl Into<String>,
        text: impl Into<String>,
    ) {
        let mut shelf = self.shelf();
        shelf.last = shelf.last.saturating_add(1);
        let message = Sms {
            number: shelf.last,
            at: self.clock.now(),
            provider,
            to: to.into(),
            text: text.into(),
        };
        if shelf.messages.len() >= CAPACITY {
            shelf.messages.pop_front();
        }
        shelf.messages.push_back(message);
    }

    pub(crate) fn messages(&self) -> Vec<Sms> {
        self.shelf().messages.iter().cloned().collect()
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_messages_make_room() {
        let outbox = SmsOutbox::new(Clock::start());
        for number in 0..CAPACITY + 2 {
            outbox.send("cardpay", "09120000000", number.to_string());
        }
        let messages = outbox.messages();
        assert_eq!(messages.len(), CAPACITY);
        assert_eq!((messages[0].number, messages[0].text.as_str()), (3, "2"));
    }
}
