use paylink_core::json::FromJson;
use paylink_core::{Handle, Idempotency, Invalid, Lookup, Operation, Request, Response};

use super::Decoded;
use crate::config::PodConfig;
use crate::envelope;
use crate::{OneTimeToken, PodResponse, Service};

/// Asks for a one-time token (service 29816; the vendor's SDKs). It changes nothing: a token that is not used lapses.
#[derive(Clone, Copy, Debug)]
pub struct NewOneTimeToken(());

impl NewOneTimeToken {
    pub(crate) fn new() -> NewOneTimeToken {
        NewOneTimeToken(())
    }
}

impl Operation for NewOneTimeToken {
    type Config = PodConfig;
    type Output = PodResponse<OneTimeToken>;

    const NAME: &'static str = "one-time-token";
    const IDEMPOTENCY: Idempotency = Idempotency::ReadOnly;
    const LOOKUP: Lookup = Lookup::Unavailable;

    fn request(&self, config: &PodConfig) -> Result<Request, Invalid> {
        config.call(Service::OneTimeToken, |form| form)
    }

    fn decode(&self, _: &PodConfig, response: Response<'_>) -> Decoded<OneTimeToken> {
        envelope::success::<Unread>(Self::NAME, response)?.token()
    }

    /// The token names nobody: its connection alone says whose it is.
    fn needs_fresh_connection(&self, _: &PodConfig) -> bool {
        true
    }

    fn fill_handle(&self, _: &PodConfig, handle: Handle) -> Handle {
        handle
    }
}

/// A `result` that is of no interest: the token stands beside it.
struct Unread;

impl FromJson<'_> for Unread {
    const EXPECTED: &'static str = "anything";
}
