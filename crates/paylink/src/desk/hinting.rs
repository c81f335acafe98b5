//! Which of an order's payments a hint is about, if any.

use paylink_core::Mismatch;
use paylink_core::provider::Hint;

use super::{Desk, OrderStore, StoredOrder};

/// Which payment a hint names.
pub(super) enum Named {
    /// That of this attempt.
    Attempt(usize),
    /// None of this order's: so it differs from the newest.
    Another(Mismatch),
    /// None that is known; it may be one that is still in doubt.
    Unclear,
}

impl<S: OrderStore> Desk<S> {
    pub(super) fn named(&self, order: &StoredOrder, hint: &Hint) -> Named {
        let mut newest = None;
        let mut is_unclear = false;
        for (index, attempt) in order.ledger().attempts().iter().enumerate().rev() {
            let expected = attempt.expected(order.payment());
            let provider = self.providers.get(attempt.account());
            let (Some(expected), Ok(provider)) = (expected, provider) else {
                is_unclear |= attempt.is_in_doubt() || attempt.created().is_some();
                continue;
            };
            let expected = expected.hinted(hint.clone());
            match expected.differs_in_books(provider.capabilities()) {
                Ok(None) => return Named::Attempt(index),
                Ok(Some(mismatch)) => newest = newest.or(Some(mismatch)),
                Err(_) => is_unclear = true,
            }
        }
        match newest {
            Some(mismatch) if !is_unclear => Named::Another(mismatch),
            _ => Named::Unclear,
        }
    }

    /// The attempt whose payment a hint names. That it names another payment is only worth a line in a log: anybody can
    /// write such a hint, and whoever was sent it by a provider has to be answered all the same.
    pub(super) fn followed(&self, order: &StoredOrder, name: &str, hint: &Hint) -> Option<usize> {
        match self.named(order, hint) {
            Named::Attempt(index) => Some(index),
            Named::Another(difference) => {
                tracing::warn!(
                    order = name,
                    %difference,
                    "a hint names another payment than the order's; the order is looked at without it"
                );
                None
            }
            Named::Unclear => None,
        }
    }
}
