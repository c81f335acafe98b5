use paylink_core::{Agreement, Effect, Error, ErrorKind, Field, Mismatch, Operation};

use crate::descriptor::NAME;
use crate::operations::CheckPayment;
use crate::{CardPay, Code, Expected, PaymentState, Settlement};

/// Compares the merchant's own books, and only then asks: the first verification of a payment is not spent on a mistake.
pub(crate) async fn settle(cardpay: &CardPay, expected: &Expected) -> Result<Settlement, Error> {
    let agreement = match expected.compare(cardpay.account()) {
        Ok(agreement) => agreement,
        Err(mismatch) => return Ok(Settlement::Mismatch(mismatch)),
    };
    let call = cardpay.check(expected.pay_id());
    let handle = call.handle();
    conclude(agreement, call.await?.state).map_err(|code| indeterminate(code).with_handle(handle))
}

fn conclude(agreement: Agreement, state: PaymentState) -> Result<Settlement, Code> {
    match state {
        PaymentState::FirstVerification => Ok(agreement.settled()),
        PaymentState::VerifiedBefore => Ok(agreement.already_settled()),
        PaymentState::NotPaidYet | PaymentState::Expired => Ok(Settlement::NotPaid(state)),
        PaymentState::PaidFromAnotherCard => Ok(Settlement::Mismatch(Mismatch::one(
            Field::Payer,
            "the card recorded for this payment",
            "another card, and the money is there",
        ))),
        PaymentState::Other(code) => Err(code),
    }
}

/// An unknown code is neither paid nor unpaid, and the check that brought it may have been the first verification.
fn indeterminate(code: Code) -> Error {
    Error::new(
        ErrorKind::Indeterminate,
        Effect::Unknown,
        format!("the check answered the unknown code {code}"),
    )
    .of(NAME, CheckPayment::NAME)
}
