use std::fmt;

use paylink::desk::StoredOrder;

/// An order: what the desk keeps of it, and what the shop does.
///
/// `Debug` leaves out whose it is and what was bought.
#[derive(Clone)]
pub struct Order {
    /// Its number, which is its name at the desk and its first reference at the provider.
    pub number: String,
    /// The account, the payment and the ledger.
    pub(crate) stored: StoredOrder,
    /// The browser in which it was placed.
    pub(crate) buyer: String,
    /// What the buyer bought.
    pub(crate) code: Option<String>,
}

impl Order {
    /// The code that was bought, once it was handed out.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Order")
            .field("number", &self.number)
            .field("account", &self.stored.account())
            .field("price", self.stored.payment().price())
            .field("stage", &self.stored.ledger().stage())
            .finish_non_exhaustive()
    }
}
