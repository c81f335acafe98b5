use paylink_core::{Agreement, Comparison, Field, Invalid, Mismatch, Money};

use crate::account::ZiPayAccount;
use crate::descriptor::NAME;
use crate::terminal::Terminal;
use crate::{Invoice, InvoiceNumber, TrackId};

/// What the merchant's own record says about a payment; settling holds the invoice against it.
///
/// Take number and amount from the order's record, never from what the payer's browser brought. The trackid may come
/// from the return: a forged one names another invoice, and then nothing else agrees.
#[derive(Clone, Debug)]
#[must_use = "an expectation is settled by the client"]
pub struct Expected {
    track_id: TrackId,
    invoice_number: InvoiceNumber,
    amount: Money,
    terminal: Option<Terminal>,
}

impl Expected {
    /// The payment under this trackid is expected to be for this invoice number and amount.
    ///
    /// # Errors
    ///
    /// If `track_id` or `invoice_number` cannot be one.
    pub fn new(
        track_id: impl TryInto<TrackId, Error: Into<Invalid>>,
        invoice_number: impl TryInto<InvoiceNumber, Error: Into<Invalid>>,
        amount: Money,
    ) -> Result<Expected, Invalid> {
        Ok(Expected {
            track_id: track_id.try_into().map_err(Into::into)?,
            invoice_number: invoice_number.try_into().map_err(Into::into)?,
            amount,
            terminal: None,
        })
    }

    /// Expects it at this terminal in place of the client's own.
    ///
    /// # Errors
    ///
    /// Zero is no terminal.
    pub fn terminal(mut self, number: u64) -> Result<Expected, Invalid> {
        self.terminal = Some(Terminal::new(number)?);
        Ok(self)
    }

    /// Under which id.
    #[must_use]
    pub fn track_id(&self) -> &TrackId {
        &self.track_id
    }

    /// The terminal to compare with.
    pub(crate) fn terminal_at(&self, account: &ZiPayAccount) -> Result<Terminal, Invalid> {
        account.terminal_or(self.terminal)
    }

    /// Holds an invoice against the record. ZiPay reports every field, so every field is compared.
    pub(crate) fn compare(
        &self,
        terminal: Terminal,
        invoice: &Invoice,
    ) -> Result<Agreement, Mismatch> {
        Comparison::new(NAME)
            .money(&self.amount, &invoice.amount)
            .equal(
                Field::Order,
                self.invoice_number.as_str(),
                &invoice.invoice_number,
            )
            .equal(Field::Merchant, &terminal.number(), &invoice.terminal)
            .equal(Field::Reference, &self.track_id, &invoice.track_id)
            .finish()
    }
}
