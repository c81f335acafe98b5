use thiserror::Error;

use super::SizpaySandbox;
use super::link::{Closed, Link};
use super::merchant::Merchant;
use crate::page::persian;

/// Why the payer could not do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PayerError {
    /// No link was sent under this identifier.
    #[error("there is no such pay link")]
    UnknownLink,
    /// The link was paid before.
    #[error("the pay link was paid before")]
    AlreadyPaid,
    /// The merchant has disabled the link.
    #[error("the pay link is disabled")]
    Disabled,
}

impl SizpaySandbox {
    /// Pays a link as the payer. The snapshot has the reference number.
    ///
    /// # Errors
    ///
    /// [`PayerError`]; nothing has happened then.
    pub fn pay(&self, send_id: u64) -> Result<Link, PayerError> {
        let now = self.now();
        let mut store = self.store();
        let draw = || {
            self.0
                .random
                .within(100_000_000_000, 900_000_000_000)
                .to_string()
        };
        let reference_number = store.take_reference_number(draw);
        let link = store.get_mut(send_id).ok_or(PayerError::UnknownLink)?;
        link.pay(now, reference_number)?;
        Ok(link.clone())
    }

    /// Declines to pay a link as the payer. It stays open, and can still be paid.
    ///
    /// # Errors
    ///
    /// [`PayerError`]; nothing has happened then.
    pub fn decline(&self, send_id: u64) -> Result<Link, PayerError> {
        let now = self.now();
        let mut store = self.store();
        let link = store.get_mut(send_id).ok_or(PayerError::UnknownLink)?;
        link.decline(now)?;
        Ok(link.clone())
    }
}

impl From<Closed> for PayerError {
    fn from(closed: Closed) -> Self {
        match closed {
            Closed::Paid => Self::AlreadyPaid,
            Closed::Disabled => Self::Disabled,
        }
    }
}

/// The characters of the description that a message has room for.
const DESCRIPTION: usize = 25;

/// Writes what the payer's telephone shows.
pub(super) fn text(merchant: &Merchant, link: &Link) -> String {
    let amount = format!("مبلغ {} ریال", persian::amount(&link.amount.to_string()));
    let description: String = link.description.chars().take(DESCRIPTION).collect();
    [merchant.name(), &amount, &description, &link.url]
        .into_iter()
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}
