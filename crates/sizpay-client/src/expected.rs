use std::fmt::Display;
use std::time::SystemTime;

use paylink_core::{
    Agreement, ClientConfig, ComparedField, Comparison, Invalid, JalaliDate, Mismatch, Money, Rial,
};

use crate::config::SizPayConfig;
use crate::payment::Named;
use crate::{InvoiceNumber, Payment, SendId, days};

/// What the merchant's own record says about a payment; settling holds SizPay's report against it.
///
/// SizPay never reports the amount, the currency or the link name, and need not report the invoice number. What ties the
/// money to the order is the send id: take it from the order's record, where it was stored when the link was sent.
#[derive(Clone, Debug)]
#[must_use = "an expectation is settled by the client"]
pub struct Expected {
    send_id: SendId,
    invoice_number: InvoiceNumber,
    amount: Rial,
    days: Vec<JalaliDate>,
}

impl Expected {
    /// The link with this id, sent on this day in Tehran, is expected to be for this invoice and amount.
    ///
    /// # Errors
    ///
    /// If `invoice_number` cannot be one.
    pub fn new(
        send_id: SendId,
        invoice_number: impl TryInto<InvoiceNumber, Error: Into<Invalid>>,
        amount: Rial,
        sent_on: JalaliDate,
    ) -> Result<Expected, Invalid> {
        Ok(Expected {
            send_id,
            invoice_number: invoice_number.try_into().map_err(Into::into)?,
            amount,
            days: vec![sent_on],
        })
    }

    /// The same for a record that holds the time: around midnight in Tehran both days are looked at.
    ///
    /// # Errors
    ///
    /// If `invoice_number` cannot be one, or the time is outside of the calendar.
    pub fn sent_at(
        send_id: SendId,
        invoice_number: impl TryInto<InvoiceNumber, Error: Into<Invalid>>,
        amount: Rial,
        sent_at: SystemTime,
    ) -> Result<Expected, Invalid> {
        Ok(Expected {
            send_id,
            invoice_number: invoice_number.try_into().map_err(Into::into)?,
            amount,
            days: days::between(sent_at, sent_at)?,
        })
    }

    /// Under which id.
    #[must_use]
    pub fn send_id(&self) -> SendId {
        self.send_id
    }

    pub(crate) fn days(&self) -> &[JalaliDate] {
        &self.days
    }

    /// Holds a report against the record.
    ///
    /// What SizPay's answers never hold is declared so. The two ids are compared wherever an answer gives them; one that is
    /// there and cannot be read is another one.
    pub(crate) fn compare(
        &self,
        link_name: &str,
        payment: &Payment,
    ) -> Result<Agreement, Mismatch> {
        let instead = |field, named: Named, expected: &dyn Display| match named.instead() {
            None => Ok(()),
            Some(found) => Err(Mismatch::new(field, expected, &found)),
        };
        instead(
            ComparedField::Order,
            payment.names.invoice_number,
            &self.invoice_number,
        )?;
        instead(
            ComparedField::Reference,
            payment.names.send_id,
            &self.send_id,
        )?;
        let comparison = Comparison::new(SizPayConfig::PROVIDER)
            .money_not_reported(&Money::from(self.amount))
            .not_reported(ComparedField::Merchant, link_name);
        let comparison = match &payment.invoice_number {
            Some(number) if payment.names.invoice_number == Named::Is => {
                comparison.equal(ComparedField::Order, &self.invoice_number, number)
            }
            _ => comparison.not_reported(ComparedField::Order, &self.invoice_number),
        };
        let comparison = match &payment.send_id {
            Some(id) if payment.names.send_id == Named::Is => {
                comparison.equal(ComparedField::Reference, &self.send_id, id)
            }
            _ => comparison.not_reported(ComparedField::Reference, &self.send_id),
        };
        comparison.finish()
    }
}
