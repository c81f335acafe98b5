use std::fmt;
use std::time::{Duration, SystemTime};

use paylink_core::{Money, Rial};
use serde::{Deserialize, Serialize};

use crate::{InvoiceNumber, PayId};

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
    paylink_core::getters! { self;
        /// The script's id of the payment.
        pay_id: PayId = self.pay_id;
        /// The merchant's own number, under which it was created.
        invoice_number: InvoiceNumber = self.invoice_number;
        /// What the payer has to transfer, to the rial.
        transfer_exactly: ExactAmount = self.transfer_exactly;
        /// When its time is over, if the script names one.
        expires: Option<Expiry> = self.expires;
    }
}

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
        Money::from(self.0)
    }
}

impl fmt::Display for ExactAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// When a payment's time is over: an instant in whole seconds since 1970.
///
/// It is for showing a countdown. Whether a payment expired is the script's word: [`PaymentState::Expired`].
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use cardpay_client::Expiry;
///
/// let expiry = Expiry::from_unix_seconds(1_735_237_765);
/// let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_735_237_705);
/// assert_eq!(expiry.time_left_at(now), Duration::from_secs(60));
/// ```
///
/// [`PaymentState::Expired`]: crate::PaymentState::Expired
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Expiry(u64);

impl Expiry {
    /// Takes the script's own number.
    #[must_use]
    pub fn from_unix_seconds(seconds: u64) -> Expiry {
        Expiry(seconds)
    }

    /// The seconds since 1970.
    #[must_use]
    pub fn unix_seconds(self) -> u64 {
        self.0
    }

    /// The instant, where the machine's clock can show it.
    #[must_use]
    pub fn instant(self) -> Option<SystemTime> {
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(self.0))
    }

    /// How much time is left at `now`; zero when it is over. A client tells it by its own clock:
    /// [`CardPay::time_left`](crate::CardPay::time_left).
    #[must_use]
    pub fn time_left_at(self, now: SystemTime) -> Duration {
        match now.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(passed) => Duration::from_secs(self.0).saturating_sub(passed),
            // Before 1970 all of it is left.
            Err(before) => Duration::from_secs(self.0).saturating_add(before.duration()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_runs_out_and_stays_out() {
        let expiry = Expiry::from_unix_seconds(100);
        let at = |ms| SystemTime::UNIX_EPOCH + Duration::from_millis(ms);
        assert_eq!(expiry.time_left_at(at(0)), Duration::from_secs(100));
        assert_eq!(expiry.time_left_at(at(99_999)), Duration::from_millis(1));
        assert_eq!(expiry.time_left_at(at(100_000)), Duration::ZERO);
        assert_eq!(expiry.time_left_at(at(999_999_999)), Duration::ZERO);
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(5);
        assert_eq!(expiry.time_left_at(before), Duration::from_secs(105));
    }

    #[test]
    fn the_largest_number_does_no_harm() {
        let expiry = Expiry::from_unix_seconds(u64::MAX);
        assert!(expiry.time_left_at(SystemTime::now()) > Duration::from_secs(1 << 60));
        assert_eq!(expiry.instant(), None);
    }
}
