use paylink_core::{Effect, Error, ErrorKind, JalaliDate, Operation};

use crate::operations::{PayStatus, ReadPayStatus};
use crate::{Found, Payment, SendId, SizPay};

/// Asks about one sent link under each of these days until SizPay certainly has it there.
///
/// A report that may be about nothing at all is taken only if no day brings a better one.
pub(crate) async fn by_send_id(
    sizpay: &SizPay,
    send_id: SendId,
    days: &[JalaliDate],
) -> Result<Found, Error> {
    // Over ASMX nothing is asked by day, so one question is enough.
    let questions = if sizpay.account().is_rest() {
        days.len()
    } else {
        1
    };
    let mut uncertain = None;
    for sent_on in days.iter().take(questions).copied() {
        let asked = PayStatus::of_send_ids(sent_on, [send_id])?;
        let reported = sizpay.pay_status(asked).await?;
        let about_it = |payment: &Payment| payment.send_id == Some(send_id);
        let Some(payment) = reported.into_iter().find(about_it) else {
            continue;
        };
        let found = Found { payment, sent_on };
        if found.payment.certainly_exists() {
            return Ok(found);
        }
        uncertain.get_or_insert(found);
    }
    uncertain.ok_or_else(|| {
        let days: Vec<String> = days.iter().map(ToString::to_string).collect();
        indeterminate(format!(
            "SizPay reports nothing under this send id for {}",
            days.join(" and ")
        ))
    })
}

/// Neither paid nor unpaid.
pub(crate) fn indeterminate(problem: String) -> Error {
    Error::new(ErrorKind::Indeterminate, Effect::NotExecuted, problem)
        .of("sizpay", ReadPayStatus::NAME)
}
