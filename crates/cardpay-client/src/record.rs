use paylink_core::Rial;
use serde::{Deserialize, Serialize};

use crate::{ExactAmount, Expiry, InvoiceNumber, PayId};

/// What to store with an order when its payment was created: settling holds the order against it.
///
/// It binds a payment to its order, and **nothing else does**: a check takes a `pay_id` and answers a code, without
/// amount, order or merchant. So it is sealed: it comes from [`CreatedPayment::record`] or back from the store, and a
/// `pay_id` that a browser brought cannot be put into it. The order's price is inside, for comparison alone.
///
/// ```
/// # fn stored(record: &cardpay_client::PaymentRecord) -> serde_json::Result<()> {
/// let text = serde_json::to_string(record)?; // into the order's row, in the same step as the payment's creation
/// let record: cardpay_client::PaymentRecord = serde_json::from_str(&text)?;
/// # Ok(())
/// # }
/// ```
///
/// [`CreatedPayment::record`]: crate::CreatedPayment::record
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentRecord {
    pub(crate) shop: String,
    pub(crate) pay_id: PayId,
    #[serde(rename = "fid")]
    pub(crate) invoice_number: InvoiceNumber,
    #[serde(rename = "price_rial")]
    pub(crate) price: Rial,
    #[serde(rename = "transfer_exactly_rial")]
    pub(crate) transfer_exactly: ExactAmount,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<Expiry>,
}

impl PaymentRecord {
    /// The script's id of the payment.
    #[must_use]
    pub fn pay_id(&self) -> PayId {
        self.pay_id
    }

    /// The merchant's own number, under which it was created.
    #[must_use]
    pub fn invoice_number(&self) -> InvoiceNumber {
        self.invoice_number
    }

    /// What the payer has to transfer, to the rial.
    #[must_use]
    pub fn transfer_exactly(&self) -> ExactAmount {
        self.transfer_exactly
    }

    /// When its time is over, where the script said so.
    #[must_use]
    pub fn expires(&self) -> Option<Expiry> {
        self.expires
    }
}
