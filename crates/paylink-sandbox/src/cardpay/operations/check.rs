use axum::response::Response;

use super::Call;
use crate::cardpay::answer;
use crate::cardpay::code::Code;
use crate::cardpay::payment::{Status, Verified};

/// Says whether a payment is paid. The first answer that says so differs from all later ones.
pub(super) fn execute(call: &Call<'_>) -> Result<Response, Code> {
    let Call { cardpay, fields } = call;
    let pay_id = fields.pay_id()?;
    let now = cardpay.now();
    let mut store = cardpay.store();
    let payment = store.get_mut(pay_id).ok_or(Code::PayIdUnknown)?;
    let code = match payment.status {
        Status::Open => Code::NotPaidYet,
        // The script has lost it, and cannot tell it from one that nobody paid.
        Status::Lost if now < payment.expires_at => Code::NotPaidYet,
        Status::Lost | Status::Expired => return Err(Code::Expired),
        Status::Paid => match payment.verify(now) {
            Verified::Now => Code::FirstVerification,
            Verified::Before => Code::VerifiedBefore,
        },
        Status::PaidFromAnotherCard => Code::AnotherCard,
    };
    drop(store);
    Ok(answer::code(code, &cardpay.settings()))
}
