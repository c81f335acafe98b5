use paylink::cardpay::CardPay;

use crate::account::{Account, not_set_up, required_secret};
use crate::failure::Failure;
use crate::usage_error::UsageError;

const SECTION: &str = "cardpay";

impl Account<'_> {
    /// A client of the merchant's own script. There is no usual address: it has to be told.
    pub(super) fn cardpay(&self) -> Result<CardPay, Failure> {
        let config = self.load()?;
        let token = required_secret(&config, SECTION, "token")?;
        let base_url = self
            .base_url(&config, SECTION)?
            .ok_or_else(|| UsageError::from(config.missing(SECTION, "base_url")))?;
        let origin = |field: &str| match field {
            "token" => Some(token.origin),
            "base URL" => Some(base_url.origin),
            _ => None,
        };
        CardPay::builder(base_url.value, token.value)
            .build()
            .map_err(|error| not_set_up(error, origin))
    }
}
