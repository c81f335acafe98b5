//! Which of an order's payments a hint is about, if any.

use paylink_core::Mismatch;
use paylink_core::provider::Hint;

use super::{Desk, OrderStore, StoredOrder};

/// Which payment a hint names.
pub(super) enum Named {
    /// There was no hint.
    Unhinted,
    /// That of this attempt.
    Attempt(usize),
    /// None of this order's: so it differs from the newest.
    Another(Mismatch),
    /// None that is known; it may be one that is still in doubt.
    Unclear,
}

impl<S: OrderStore> Desk<S> {
    pub(super) fn named(&self, order: &StoredOrder, hint: Option<&Hint>) -> Named {
        let Some(hint) = hint else {
            return Named::Unhinted;
        };
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
}
