use paylink::config::AccountConfig;
use paylink::zipay::ZiPay;
use paylink::{FieldKey, Invalid};

use crate::account::{Account, transport};
use crate::failure::Failure;
use crate::typed;
use crate::usage_error::UsageError;

/// As the client calls it.
pub(super) const TERMINAL: FieldKey = FieldKey::new("terminal", "terminal number");

impl Account<'_> {
    /// A client for operations that name an invoice.
    pub(super) fn zipay(&self) -> Result<ZiPay, Failure> {
        client(&self.with(&paylink::zipay::DESCRIPTOR)?)
    }

    /// A client for operations at a terminal: the one that was typed, or the configured one.
    pub(super) fn zipay_at(&self, terminal: Option<&str>) -> Result<ZiPay, Failure> {
        let account = self.with(&paylink::zipay::DESCRIPTOR)?;
        let account = account.typed("terminal", "--terminal", terminal);
        if account.is_set("terminal") {
            client(&account)
        } else {
            Err(without_terminal().into())
        }
    }
}

fn client(account: &AccountConfig) -> Result<ZiPay, Failure> {
    Ok(account.client(&transport()?).map_err(UsageError::from)?)
}

fn without_terminal() -> UsageError {
    typed::of_flag(Invalid::new(TERMINAL, "is missing").with_remedy(
        "give it, or set PAYLINK_ZIPAY_TERMINAL to the terminal from ZiPay's panel, such as 1003",
    ))
}
