//! Merchants, their signatures, and what can be chosen about ZiPay.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::NAME;
use crate::credentials::Whose;
use crate::random::Stream;
use crate::settings::{choices, settings};
use crate::simulated::Account;
use crate::world::{World, debug_shows};

/// A merchant registered with the sandboxed ZiPay, with keys that are good for nothing else.
#[derive(Clone)]
pub struct Merchant {
    name: &'static str,
    api_key: String,
    secret_key: String,
    terminals: &'static [u64],
}

impl Merchant {
    pub(super) fn register(name: &'static str, terminals: &'static [u64], random: &Stream) -> Self {
        Self {
            name,
            api_key: random.hex(2),
            secret_key: random.hex(4),
            terminals,
        }
    }

    /// Takes the keys that were chosen.
    pub(super) fn with(self, world: &World, whose: Whose) -> Self {
        let or_drawn = |key, drawn| world.credentials.or_drawn(whose, NAME, key, drawn);
        Self {
            api_key: or_drawn("api_key", self.api_key),
            secret_key: or_drawn("secret_key", self.secret_key),
            ..self
        }
    }

    /// Returns the name that payers see.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// Returns the API key, sent in the header `api_key`.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// Returns the secret key, used as its text to sign.
    #[must_use]
    pub fn secret_key(&self) -> &str {
        &self.secret_key
    }

    /// Returns the number of the first terminal.
    #[must_use]
    pub fn terminal(&self) -> u64 {
        self.terminals.first().copied().unwrap_or_default()
    }

    pub(super) fn last_terminal(&self) -> u64 {
        self.terminals.last().copied().unwrap_or_default()
    }

    /// Lists what nobody else may see.
    pub(super) fn keys(&self) -> [(&'static str, &str); 2] {
        [("api_key", &self.api_key), ("secret_key", &self.secret_key)]
    }

    /// Lists what a client needs to be this merchant.
    pub(super) fn account(&self) -> Account {
        let keys = self.keys().map(|(key, value)| (key, value.to_owned()));
        let terminal = ("terminal", self.terminal().to_string());
        keys.into_iter().chain([terminal]).collect()
    }

    pub(super) fn has_terminal(&self, number: u64) -> bool {
        self.terminals.contains(&number)
    }
}

debug_shows!(Merchant { name, terminals });

choices! {
    /// How a completed invoice answers to being verified again, on which ZiPay's document is silent.
    SecondVerify as ZipaySecondVerify {
        /// With success and the completed invoice; the money does not move again.
        AnswersCompleted,
        /// With a refusal.
        Refuses,
    }

    /// The form of a webhook's body, on which ZiPay's document is silent.
    WebhookEncoding as ZipayWebhookEncoding {
        /// `application/x-www-form-urlencoded`.
        Form,
        /// `application/json`.
        Json,
    }
}

settings!(#[derive(Copy)] "ZiPay" as ZipaySettings {
    /// How a completed invoice answers to being verified again.
    second_verify: SecondVerify = SecondVerify::default(),
    /// In which form webhooks are sent.
    webhook_encoding: WebhookEncoding = WebhookEncoding::default(),
});

/// What is wrong with a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadSignature {
    /// It does not belong to the body as it was sent.
    Mismatch,
    /// It belongs to the body, but PHP would have written the body otherwise.
    NotAsPhpWrites,
}

/// Checks `presented` against the body and against `rebuilt`, the same parameters as PHP writes them.
///
/// The provider knows the parameters only as PHP has read them and signs what it writes back: both
/// must be the same bytes.
pub(super) fn check(
    secret_key: &str,
    presented: &[u8],
    body: &[u8],
    rebuilt: &[u8],
) -> Result<(), BadSignature> {
    if !signs(secret_key, presented, body) {
        return Err(BadSignature::Mismatch);
    }
    if !signs(secret_key, presented, rebuilt) {
        return Err(BadSignature::NotAsPhpWrites);
    }
    Ok(())
}

/// Compares in constant time, as a server must.
fn signs(secret_key: &str, presented: &[u8], message: &[u8]) -> bool {
    let Ok(presented) = STANDARD.decode(presented) else {
        return false;
    };
    // A key of any length is a key.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret_key.as_bytes()) else {
        return false;
    };
    mac.update(message);
    mac.verify_slice(&presented).is_ok()
}
