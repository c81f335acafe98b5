use paylink_core::provider::NewPayment;

use super::Ledger;

/// An order, as the merchant's store has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredOrder {
    account: String,
    payment: NewPayment,
    ledger: Ledger,
}

impl StoredOrder {
    /// An order that is to be paid through the account of this name, and of which the desk has written nothing yet.
    ///
    /// The payment is built from the order's own rows, every time alike: its reference and its price are what a
    /// provider's report is held against. No two orders have the same reference.
    #[must_use]
    pub fn new(account: impl Into<String>, payment: NewPayment) -> StoredOrder {
        StoredOrder {
            account: account.into(),
            payment,
            ledger: Ledger::default(),
        }
    }

    /// The same order, with the ledger that was stored with it.
    #[must_use]
    pub fn with_ledger(mut self, ledger: Ledger) -> StoredOrder {
        self.ledger = ledger;
        self
    }

    /// The name of the account through which the order is to be paid. What was begun through another stays with that one.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// What is to be paid.
    pub fn payment(&self) -> &NewPayment {
        &self.payment
    }

    /// What the desk has written of it.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    pub(super) fn ledger_mut(&mut self) -> &mut Ledger {
        &mut self.ledger
    }
}
