use paylink_core::{Agreement, Comparison, Field, Invalid, Mismatch, Money, Rial};

use crate::account::CardPayAccount;
use crate::descriptor::NAME;
use crate::{InvoiceNumber, PayId, PaymentRecord};

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
    pub(crate) fn compare(&self, account: &CardPayAccount) -> Result<Agreement, Mismatch> {
        let record = &self.record;
        Comparison::new(NAME)
            .money(
                &Money::from_rial(self.price),
                &Money::from_rial(record.price),
            )
            .equal(Field::Order, &self.invoice_number, &record.invoice_number)
            .equal(Field::Merchant, account.shop(), &*record.shop)
            .never_reported(Field::Reference, &record.pay_id)
            .finish()?;
        Comparison::new(NAME)
            .money_never_reported(&record.transfer_exactly.money())
            .never_reported(Field::Order, &self.invoice_number)
            .never_reported(Field::Merchant, account.shop())
            .never_reported(Field::Reference, &record.pay_id)
            .finish()
    }
}
