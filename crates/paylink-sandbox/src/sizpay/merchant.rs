use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::random::Stream;

/// A merchant registered with the sandboxed SizPay, with keys that are good for nothing else.
#[derive(Clone)]
pub struct Merchant {
    name: &'static str,
    pay_link_name: &'static str,
    user_name: String,
    password: String,
}

impl Merchant {
    pub(super) fn register(
        name: &'static str,
        pay_link_name: &'static str,
        random: &Stream,
    ) -> Self {
        Self {
            name,
            pay_link_name,
            user_name: key(random, 4),
            password: key(random, 2),
        }
    }

    /// Returns the name that payers see.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// Returns the name of the merchant's pay link, sent as `PayLinkName`.
    #[must_use]
    pub fn pay_link_name(&self) -> &str {
        self.pay_link_name
    }

    /// Returns key 1 of the gateway, sent as `UserName`.
    #[must_use]
    pub fn user_name(&self) -> &str {
        &self.user_name
    }

    /// Returns key 2 of the gateway, sent as `Password`.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }
}

/// Draws a key of 8 bytes a word in Base64, the form of the keys in SizPay's samples.
fn key(random: &Stream, words: usize) -> String {
    let bytes: Vec<u8> = (0..words)
        .flat_map(|_| random.next_u64().to_be_bytes())
        .collect();
    STANDARD.encode(bytes)
}

/// Leaves the keys out.
impl fmt::Debug for Merchant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Merchant")
            .field("name", &self.name)
            .field("pay_link_name", &self.pay_link_name)
            .finish_non_exhaustive()
    }
}
