use paylink::cardpay::CardPay;

use crate::account::{Account, transport};
use crate::failure::Failure;
use crate::usage_error::UsageError;

impl Account<'_> {
    /// A client of the merchant's own script.
    pub(super) fn cardpay(&self) -> Result<CardPay, Failure> {
        let account = self.with(&paylink::cardpay::DESCRIPTOR)?;
        Ok(account.client(&transport()?).map_err(UsageError::from)?)
    }
}
