mod courier;
mod post;
mod target;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use serde::Serialize;
use tokio::sync::mpsc;
use url::Url;
use utoipa::ToSchema;

use crate::calendar;
use crate::clock::Clock;

pub(crate) use courier::run;
use post::PostError;
use target::Target;

/// Webhooks kept; the oldest make room for new ones.
const CAPACITY: usize = 1_000;

/// A message from a provider to the merchant, and what became of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[non_exhaustive]
pub struct Webhook {
    /// Its number, counted from 1.
    pub number: u64,
    /// The sandbox time at which it was written.
    #[serde(serialize_with = "calendar::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub at: SystemTime,
    /// The provider's name, such as `zipay`.
    pub provider: &'static str,
    /// Where it goes.
    pub url: String,
    /// The media type of the body.
    pub content_type: &'static str,
    /// The body, to the byte.
    pub body: String,
    /// What became of it.
    pub state: WebhookState,
    /// Why it was not sent at all, if it was refused.
    pub refusal: Option<String>,
    /// The deliveries tried so far.
    pub attempts: Vec<Attempt>,
}

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WebhookState {
    /// It is being delivered, or waits for another attempt.
    Waiting,
    /// The merchant answered with a 2xx status.
    Delivered,
    /// Every attempt failed.
    GivenUp,
    /// It was not sent: its address is not plain `http` on loopback.
    Refused,
}

/// One delivery of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[non_exhaustive]
pub struct Attempt {
    /// The sandbox time at which it ended.
    #[serde(serialize_with = "calendar::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub at: SystemTime,
    /// The HTTP status the merchant answered with.
    pub answered: Option<u16>,
    /// Why there was no answer.
    pub failure: Option<String>,
}

/// What a provider wants delivered.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) provider: &'static str,
    pub(crate) url: Url,
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
}

/// A message on its way to a place the sandbox may reach.
#[derive(Debug)]
pub(crate) struct Parcel {
    number: u64,
    target: Target,
    content_type: &'static str,
    body: String,
}

/// The webhooks written so far. Clones share the same outbox.
#[derive(Debug, Clone)]
pub(crate) struct Outbox {
    shelf: Arc<Mutex<Shelf>>,
    clock: Clock,
    courier: mpsc::UnboundedSender<Parcel>,
}

#[derive(Debug, Default)]
struct Shelf {
    webhooks: VecDeque<Webhook>,
    last: u64,
}

impl Outbox {
    /// Makes an outbox, and the end from which [`run`] takes what is to be delivered.
    pub(crate) fn new(clock: Clock) -> (Self, mpsc::UnboundedReceiver<Parcel>) {
        let (courier, parcels) = mpsc::unbounded_channel();
        (
            Self {
                shelf: Arc::default(),
                clock,
                courier,
            },
            parcels,
        )
    }

    /// Writes a message down and hands it to the courier, or notes why it must not be sent.
    pub(crate) fn send(&self, message: Message) {
        let Message {
            provider,
            url,
            content_type,
            body,
        } = message;
        let target = Target::parse(&url);
        let (state, refusal) = match &target {
            Ok(_) => (WebhookState::Waiting, None),
            Err(reason) => (WebhookState::Refused, Some(reason.to_string())),
        };
        let mut shelf = self.shelf();
        shelf.last = shelf.last.saturating_add(1);
        let number = shelf.last;
        if shelf.webhooks.len() >= CAPACITY {
            shelf.webhooks.pop_front();
        }
        shelf.webhooks.push_back(Webhook {
            number,
            at: self.clock.now(),
            provider,
            url: url.to_string(),
            content_type,
            body: body.clone(),
            state,
            refusal,
            attempts: Vec::new(),
        });
        drop(shelf);
        if let Ok(target) = target {
            // The courier is gone only when the sandbox is stopping.
            let _ = self.courier.send(Parcel {
                number,
                target,
                content_type,
                body,
            });
        }
    }

    pub(crate) fn webhooks(&self) -> Vec<Webhook> {
        self.shelf().webhooks.iter().cloned().collect()
    }

    /// Notes one attempt, and what it means for the webhook.
    fn note(&self, number: u64, answer: Result<u16, PostError>, state: WebhookState) {
        let attempt = Attempt {
            at: self.clock.now(),
            answered: answer.as_ref().ok().copied(),
            failure: answer.err().map(|error| error.to_string()),
        };
        let mut shelf = self.shelf();
        if let Ok(place) = shelf
            .webhooks
            .binary_search_by_key(&number, |webhook| webhook.number)
            && let Some(webhook) = shelf.webhooks.get_mut(place)
        {
            webhook.attempts.push(attempt);
            webhook.state = state;
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
