use std::fmt;

use paylink_core::{Money, Rial};
use serde::{Deserialize, Serialize};

/// What the payer has to transfer, to the rial; it comes from the script alone.
///
/// **Show this, never the order's price.** The script recognises a deposit by its amount, so it may add a tail to the
/// price that no other open payment has. A transfer of one rial more or less is not matched, and the payment is lost.
/// That is why a price does not turn into it, and why it is not converted to toman, where the tail would not fit.
///
/// ```compile_fail
/// let shown = cardpay_client::ExactAmount::from(paylink_core::Rial::new(10_000));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExactAmount(Rial);

impl ExactAmount {
    pub(crate) fn told_by_script(amount: Rial) -> ExactAmount {
        ExactAmount(amount)
    }

    /// The amount in rial, the unit that banks transfer in.
    #[must_use]
    pub fn rial(self) -> Rial {
        self.0
    }

    /// The same with its currency, as a proof states it.
    #[must_use]
    pub fn money(self) -> Money {
        Money::from_rial(self.0)
    }
}

impl fmt::Display for ExactAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
