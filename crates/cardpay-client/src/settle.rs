use paylink_core::{
    Agreement, ComparedField, Comparison, Effect, Error, ErrorKind, Invalid, Mismatch, Money,
    Operation, Rial,
};

use crate::config::CardPayConfig;
use crate::descriptor::NAME;
use crate::operations::CheckPayment;
use crate::{CardPay, Code, InvoiceNumber, PayId, PaymentRecord, PaymentState, Settlement};

/// What the merchant's own books say about a payment: an order, and the record that was kept when it was created.
///
/// Number and price come from the order that is about to be delivered, the record from where it was stored. A record that
/// was kept for another order, another price or another shop does not pass: it is the only comparison there can be, since
/// CardPay reports nothing but a code.
#[derive(Clone, Debug)]
#[must_use = "an expectation is settled by the client"]
pub struct Expected {
    invoice_number: InvoiceNumber,
    price: Rial,
    record: PaymentRecord,
}

impl Expected {
    /// The order of this number and price is expected to be paid by the payment of this record.
    ///
    /// # Errors
    ///
    /// If `invoice_number` cannot be one.
    pub fn new(
        invoice_number: impl TryInto<InvoiceNumber, Error: Into<Invalid>>,
        price: Rial,
        record: PaymentRecord,
    ) -> Result<Expected, Invalid> {
        Ok(Expected {
            invoice_number: invoice_number.try_into().map_err(Into::into)?,
            price,
            record,
        })
    }

    /// The payment that is asked about.
    #[must_use]
    pub fn pay_id(&self) -> PayId {
        self.record.pay_id
    }

    /// Holds the order against the record, before the script is asked.
    ///
    /// What comes of it declares every field as one that is never reported: nothing in a check's answer was compared.
    pub(crate) fn compare(&self, config: &CardPayConfig) -> Result<Agreement, Mismatch> {
        let record = &self.record;
        Comparison::new(NAME)
            .money(&Money::from(self.price), &Money::from(record.price))
            .equal(
                ComparedField::Order,
                &self.invoice_number,
                &record.invoice_number,
            )
            .equal(ComparedField::Merchant, config.shop(), &*record.shop)
            .not_reported(ComparedField::Reference, &record.pay_id)
            .finish()?;
        Comparison::new(NAME)
            .money_not_reported(&record.transfer_exactly.money())
            .not_reported(ComparedField::Order, &self.invoice_number)
            .not_reported(ComparedField::Merchant, config.shop())
            .not_reported(ComparedField::Reference, &record.pay_id)
            .finish()
    }
}

/// Compares the merchant's own books, and only then asks: the first verification of a payment is not spent on a mistake.
pub(crate) async fn settle(cardpay: &CardPay, expected: &Expected) -> Result<Settlement, Error> {
    let agreement = match expected.compare(cardpay.config()) {
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
        PaymentState::PaidFromAnotherCard => Ok(Settlement::Mismatch(Mismatch::new(
            ComparedField::Payer,
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
    .with_operation(NAME, CheckPayment::NAME)
}
