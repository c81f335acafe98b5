use paylink_core::{Account, Effect, Error, ErrorKind, JalaliDate, Operation};

use crate::account::SizPayAccount;
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
        let reported = reported(sizpay, send_id, sent_on).await?;
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

/// Asks about one link, over a connection of its own where SizPay's answer does not name it.
async fn reported(
    sizpay: &SizPay,
    send_id: SendId,
    sent_on: JalaliDate,
) -> Result<Vec<Payment>, Error> {
    if sizpay.account().names_links()
        && let Some(named) = sizpay.named_status(sent_on, vec![send_id]).await?
    {
        return Ok(named);
    }
    sizpay
        .pay_status(PayStatus::of_send_ids(sent_on, [send_id])?)
        .await
}

/// Neither paid nor unpaid.
pub(crate) fn indeterminate(problem: String) -> Error {
    Error::new(ErrorKind::Indeterminate, Effect::NotExecuted, problem)
        .of(SizPayAccount::PROVIDER, ReadPayStatus::NAME)
}
