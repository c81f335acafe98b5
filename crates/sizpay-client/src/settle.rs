mod many;

pub(crate) use many::settle_many;

use paylink_core::Error;

use crate::lookup::{by_send_id, indeterminate};
use crate::{Expected, PayState, Payment, Settlement, SizPay};

/// Reads, compares, and believes only what does not contradict itself. SizPay has nothing to confirm.
pub(crate) async fn settle(sizpay: &SizPay, expected: &Expected) -> Result<Settlement, Error> {
    match by_send_id(sizpay, expected.send_id(), expected.days()).await {
        Ok(found) => judge(sizpay, expected, found.payment),
        // An answer about another link is a mismatch like any other.
        Err(error) => match error.mismatch() {
            Some(mismatch) => Ok(Settlement::Mismatch(mismatch.clone())),
            None => Err(error),
        },
    }
}

fn judge(sizpay: &SizPay, expected: &Expected, payment: Payment) -> Result<Settlement, Error> {
    let agreement = match expected.compare(sizpay.account().link_name(), &payment) {
        Ok(agreement) => agreement,
        Err(mismatch) => return Ok(Settlement::Mismatch(mismatch)),
    };
    match (&payment.state, &payment.reference) {
        (PayState::Paid, Some(reference)) => Ok(agreement.receipt(reference).already_settled()),
        (PayState::Unpaid, None) => Ok(Settlement::NotPaid(payment)),
        (PayState::Paid, None) => Err(indeterminate(
            "SizPay says that the link is paid and gives no reference number".to_owned(),
        )),
        (PayState::Unpaid, Some(_)) => Err(indeterminate(
            "SizPay says that the link is not paid and gives a reference number".to_owned(),
        )),
        (PayState::Other(state), _) => Err(indeterminate(format!(
            "the link is in the unknown state \"{state}\""
        ))),
    }
}
