use serde::Serialize;

use crate::Code;

/// The state of a payment, as a check tells it: a code, and nothing else.
///
/// CardPay reports no amount, no order and no payment beside it, so a state proves something only about the `pay_id` that
/// was asked for. [`CardPay::settle`](crate::CardPay::settle) binds it to an order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "code")]
#[non_exhaustive]
pub enum PaymentState {
    /// Not paid yet, and there is still time (code 7).
    NotPaidYet,
    /// Its time is over, and it was not paid (code 6).
    Expired,
    /// Paid, and this check was its first verification (code 201).
    ///
    /// The answer that says so can be lost; every later one says [`VerifiedBefore`](PaymentState::VerifiedBefore). Never
    /// let a delivery hang on having seen this one.
    FirstVerification,
    /// Paid, and verified before (code 200). It proves the money as well, and says nothing about the delivery.
    VerifiedBefore,
    /// Paid, from another card than the recorded one (code 199). The money is there; a person has to decide.
    PaidFromAnotherCard,
    /// A code that this release does not know: neither success nor failure.
    Other(Code),
}

impl PaymentState {
    pub(crate) fn of(code: Code) -> PaymentState {
        match code {
            Code::NOT_PAID_YET => PaymentState::NotPaidYet,
            Code::EXPIRED => PaymentState::Expired,
            Code::PAID_FIRST_VERIFICATION => PaymentState::FirstVerification,
            Code::PAID_VERIFIED_BEFORE => PaymentState::VerifiedBefore,
            Code::PAID_FROM_ANOTHER_CARD => PaymentState::PaidFromAnotherCard,
            other => PaymentState::Other(other),
        }
    }

    /// The script's code for it.
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            PaymentState::NotPaidYet => Code::NOT_PAID_YET,
            PaymentState::Expired => Code::EXPIRED,
            PaymentState::FirstVerification => Code::PAID_FIRST_VERIFICATION,
            PaymentState::VerifiedBefore => Code::PAID_VERIFIED_BEFORE,
            PaymentState::PaidFromAnotherCard => Code::PAID_FROM_ANOTHER_CARD,
            PaymentState::Other(code) => code,
        }
    }
}
