mod comparison;
pub(crate) mod handle;
mod mismatch;
mod proof;
pub(crate) mod resolution;

pub use comparison::{Agreement, Comparison};
pub use mismatch::{ComparedField, Difference, Mismatch};
pub use proof::{CheckResult, FieldCheck, Proof};

/// What settling a payment came to.
///
/// Both proofs say that the merchant has the money. **Neither says whether the goods went out**: the answer that said
/// [`Settled`](Settlement::Settled) can be lost, and the next one says [`AlreadySettled`](Settlement::AlreadySettled).
/// Deliver when the merchant's own record says that this order was not delivered yet, and mark it in the same step.
///
/// `V` is the provider's view of the payment.
#[derive(Debug)]
#[must_use = "a settlement says whether the merchant has the money"]
pub enum Settlement<V> {
    /// The payment was made, and this call confirmed it.
    Settled(Proof),
    /// The payment was made, and had been confirmed before.
    AlreadySettled(Proof),
    /// There is no money, or it went back. The view says why.
    NotPaid(V),
    /// The payment is not the one that the merchant's record describes. Nothing was confirmed; raise an alarm.
    Mismatch(Mismatch),
}

impl<V> Settlement<V> {
    /// The proof, where there is one.
    #[must_use]
    pub fn proof(&self) -> Option<&Proof> {
        match self {
            Settlement::Settled(proof) | Settlement::AlreadySettled(proof) => Some(proof),
            Settlement::NotPaid(_) | Settlement::Mismatch(_) => None,
        }
    }

    /// The same outcome with another view of what is not paid. Proofs stay as they are.
    pub fn map<W>(self, view: impl FnOnce(V) -> W) -> Settlement<W> {
        match self {
            Settlement::Settled(proof) => Settlement::Settled(proof),
            Settlement::AlreadySettled(proof) => Settlement::AlreadySettled(proof),
            Settlement::NotPaid(found) => Settlement::NotPaid(view(found)),
            Settlement::Mismatch(mismatch) => Settlement::Mismatch(mismatch),
        }
    }
}

#[cfg(test)]
mod tests;

pub use handle::Handle;
pub use resolution::Resolution;
