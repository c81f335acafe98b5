use axum::response::Response;

use super::Call;
use crate::cardpay::answer;
use crate::cardpay::code::Code;
use crate::cardpay::payment::Status;

/// Records the payer's card, once, while the payment is open.
///
/// For a `pay_id` that is missing or unknown the document has codes of `check` alone; they are
/// answered here as well.
pub(super) fn execute(call: &Call<'_>) -> Result<Response, Code> {
    let Call { cardpay, fields } = call;
    let pay_id = fields.pay_id()?;
    let card = fields.required_card()?;
    let now = cardpay.now();
    let mut store = cardpay.store();
    let payment = store.get_mut(pay_id).ok_or(Code::PayIdUnknown)?;
    if payment.card.is_some() {
        return Err(Code::CardRecordedBefore);
    }
    match payment.status {
        Status::Open => payment.record_card(card, now),
        Status::Expired => return Err(Code::Expired),
        Status::Paid | Status::PaidFromAnotherCard | Status::Lost => return Err(Code::Final),
    }
    drop(store);
    Ok(answer::code(Code::CardRecorded, &cardpay.settings()))
}
