//! What CardPay does.

mod create;

pub use create::{CreatedPayment, NewPayment};

use paylink_core::text::excerpt;
use paylink_core::{
    CardNumber, DecodeError, Handle, Idempotency, Invalid, Lookup, Operation, Request, Response,
    Untrusted,
};
use serde::Serialize;

use crate::codes::{Code, Says};
use crate::config::CardPayConfig;
use crate::descriptor::PAY_ID;
use crate::encoding::Parameters;
use crate::envelope::Envelope;
use crate::{MerchantCard, PayId, merchant_card};

/// Asks for the state of a payment (document "checking the payment"; proven).
///
/// It is a read with a trace: the first check of a paid payment answers 201, every later one 200. It is
/// [`Idempotency::Idempotent`], by the document's own word that a payment may be checked any number of times:
///
/// * It **is** sent again when an answer is lost, as a read is. Nothing is lost by that: 200 proves the money just as 201
///   does, and delivery hangs on the merchant's own record.
/// * It is **not** called a read, since an error would then claim that nothing happened. Where a byte may have left, the
///   effect is unknown, which says the truth: the first verification may be spent. Checking again is the way on.
#[derive(Clone, Debug)]
pub struct CheckPayment(PayId);

impl CheckPayment {
    pub(crate) fn of(pay_id: PayId) -> CheckPayment {
        CheckPayment(pay_id)
    }
}

/// What a check yields.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct PaymentCheck {
    /// The payment's state; it comes from the code alone.
    #[serde(flatten)]
    pub state: PaymentState,
    /// What the script says beside it, for a log: its words prove nothing. Long numbers are masked.
    pub message: Option<String>,
}

impl Operation for CheckPayment {
    type Config = CardPayConfig;
    type Output = PaymentCheck;

    const NAME: &'static str = "check";
    const IDEMPOTENCY: Idempotency = Idempotency::Idempotent;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, config: &CardPayConfig) -> Result<Request, Invalid> {
        let pay_id = self.0.to_string();
        let endpoint = config.endpoints().check.with_query(&[(PAY_ID, &pay_id)]);
        Ok(config.get(&endpoint))
    }

    fn decode(
        &self,
        _: &CardPayConfig,
        response: Response<'_>,
    ) -> Result<PaymentCheck, DecodeError> {
        let envelope = Envelope::read(response)?;
        Ok(PaymentCheck {
            state: PaymentState::of(envelope.state(response)?),
            message: envelope.message().map(|message| excerpt(&message, 200)),
        })
    }

    fn refusals_use_500(&self, _: &CardPayConfig) -> bool {
        true
    }

    /// Code 6, a payment that expired, comes with HTTP 500 (document "codes and errors"; proven).
    fn reports_use_500(&self, _: &CardPayConfig) -> bool {
        true
    }

    /// The answer names no payment: its connection alone says which one it is about.
    fn needs_fresh_connection(&self, _: &CardPayConfig) -> bool {
        true
    }

    fn fill_handle(&self, config: &CardPayConfig, handle: Handle) -> Handle {
        handle
            .with_merchant(config.shop())
            .with_id(PAY_ID, self.0.to_string())
    }
}

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

/// Records the card that the payer of a payment will transfer from (document "recording the payer's card"; proven, but for
/// the answer, of which there is no sample).
///
/// **Only where the bank's deposit messages carry the payer's card**: otherwise the payment is lost, as described at
/// [`NewPayment::with_payer_card`](crate::NewPayment::with_payer_card).
#[derive(Clone, Debug)]
pub struct SetCard {
    pay_id: PayId,
    card: CardNumber,
}

impl SetCard {
    pub(crate) fn of(pay_id: PayId, card: CardNumber) -> SetCard {
        SetCard { pay_id, card }
    }
}

impl Operation for SetCard {
    type Config = CardPayConfig;
    type Output = ();

    const NAME: &'static str = "set-card";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LOOKUP: Lookup = Lookup::Unavailable;

    fn request(&self, config: &CardPayConfig) -> Result<Request, Invalid> {
        let parameters = Parameters::default()
            .number(PAY_ID, self.pay_id.get())
            .text("card", Some(self.card.expose()));
        Ok(config.post(&config.endpoints().set_card, &parameters))
    }

    fn decode(&self, _: &CardPayConfig, response: Response<'_>) -> Result<(), DecodeError> {
        Envelope::read(response)?.done(Self::NAME, response, Says::TrueIfAnything)
    }

    fn refusals_use_500(&self, _: &CardPayConfig) -> bool {
        true
    }

    /// The answer names no payment: its connection alone says which one it is about.
    fn needs_fresh_connection(&self, _: &CardPayConfig) -> bool {
        true
    }

    fn fill_handle(&self, config: &CardPayConfig, handle: Handle) -> Handle {
        handle
            .with_merchant(config.shop())
            .with_id(PAY_ID, self.pay_id.to_string())
    }
}

/// Reads the merchant's own cards (document "list of cards"; proven).
#[derive(Clone, Copy, Debug)]
pub struct ListCards(());

impl ListCards {
    pub(crate) fn new() -> ListCards {
        ListCards(())
    }
}

/// The merchant's own cards.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct MerchantCards {
    /// The cards, in the script's order.
    pub cards: Vec<MerchantCard>,
    /// The display fields that came in a form that could not be read.
    pub unreadable: Vec<&'static str>,
}

impl Operation for ListCards {
    type Config = CardPayConfig;
    type Output = MerchantCards;

    const NAME: &'static str = "cards";
    const IDEMPOTENCY: Idempotency = Idempotency::ReadOnly;
    const LOOKUP: Lookup = Lookup::Unavailable;

    fn request(&self, config: &CardPayConfig) -> Result<Request, Invalid> {
        Ok(config.get(&config.endpoints().cards))
    }

    fn decode(
        &self,
        _: &CardPayConfig,
        response: Response<'_>,
    ) -> Result<MerchantCards, DecodeError> {
        // The list stands bare, without the envelope that every other answer has.
        if response.text().trim_start().starts_with('{') {
            return Err(Envelope::read(response)?.failure(Self::NAME, response));
        }
        if response.status() != 200 {
            return Err(Untrusted::new("a list of cards came with another status than 200").into());
        }
        let list = paylink_core::json::from_array(response.text())?;
        let mut unreadable = Vec::new();
        Ok(MerchantCards {
            cards: merchant_card::all(list, &mut unreadable)?,
            unreadable,
        })
    }

    fn refusals_use_500(&self, _: &CardPayConfig) -> bool {
        true
    }

    /// The answer names no shop: its connection alone says whose cards they are.
    fn needs_fresh_connection(&self, _: &CardPayConfig) -> bool {
        true
    }

    fn fill_handle(&self, config: &CardPayConfig, handle: Handle) -> Handle {
        handle.with_merchant(config.shop())
    }
}

#[cfg(test)]
mod tests {
    use paylink_core::{CardNumber, Rial};

    use super::*;
    use crate::CardPay;

    /// No answer says what it is about, so that each has a connection of its own also where others share theirs; and each
    /// refusal may come with HTTP 500.
    #[test]
    fn every_operation_says_what_the_script_does() {
        fn says<O: Operation<Config = CardPayConfig>>(operation: &O) -> bool {
            let shop = CardPay::builder("https://shop.example/api", "t").build();
            let shop = shop.unwrap();
            operation.needs_fresh_connection(shop.config())
                && operation.refusals_use_500(shop.config())
        }
        let card = CardNumber::parse("6037701689095443").unwrap();
        let payment = NewPayment::new("1000", Rial::new(20_000)).unwrap();
        assert!(says(&payment));
        assert!(says(&SetCard::of("1".parse().unwrap(), card)));
        assert!(says(&CheckPayment::of("1".parse().unwrap())));
        assert!(says(&ListCards::new()));
    }
}
