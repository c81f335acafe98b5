use paylink_core::{Effect, Error, ErrorKind, Operation};

use crate::operations::{PayStatus, ReadPayStatus};
use crate::{Expected, PayState, Payment, Settlement, SizPay};

/// Reads, compares, and believes only what does not contradict itself. SizPay has nothing to confirm.
pub(crate) async fn settle(sizpay: &SizPay, expected: &Expected) -> Result<Settlement, Error> {
    let days = expected.days();
    // Over ASMX nothing is asked by day, so one question is enough.
    let questions = if sizpay.account().is_rest() {
        days.len()
    } else {
        1
    };
    for day in days.iter().take(questions) {
        let asked = PayStatus::of_send_ids(*day, [expected.send_id()])?;
        let payments = match sizpay.pay_status(asked).await {
            Ok(payments) => payments,
            // An answer about another link is a mismatch like any other.
            Err(error) => {
                return match error.mismatch() {
                    Some(mismatch) => Ok(Settlement::Mismatch(mismatch.clone())),
                    None => Err(error),
                };
            }
        };
        let mut about_it = payments
            .into_iter()
            .filter(|payment| payment.send_id == Some(expected.send_id()));
        if let Some(payment) = about_it.next() {
            return judge(sizpay, expected, payment);
        }
    }
    let days: Vec<String> = days.iter().map(ToString::to_string).collect();
    Err(indeterminate(format!(
        "SizPay reports nothing under this send id for {}",
        days.join(" and ")
    )))
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

/// Neither paid nor unpaid.
fn indeterminate(problem: String) -> Error {
    Error::new(ErrorKind::Indeterminate, Effect::NotExecuted, problem)
        .of("sizpay", ReadPayStatus::NAME)
}
