use paylink_core::{
    Agreement, ComparedField, Comparison, Effect, Error, ErrorKind, Handle, Invalid, Mismatch,
    Money, Operation,
};

use crate::config::{Terminal, ZiPayConfig};
use crate::descriptor::NAME;
use crate::operations::{InvoiceStatus, VerifyInvoice};
use crate::{Invoice, InvoiceNumber, Settlement, Status, TrackId, ZiPay};

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
    pub fn with_terminal(mut self, number: u64) -> Result<Expected, Invalid> {
        self.terminal = Some(Terminal::new(number)?);
        Ok(self)
    }

    /// Under which id.
    #[must_use]
    pub fn track_id(&self) -> &TrackId {
        &self.track_id
    }

    /// The terminal to compare with.
    pub(crate) fn terminal_at(&self, config: &ZiPayConfig) -> Result<Terminal, Invalid> {
        config.terminal_or(self.terminal)
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
                ComparedField::Order,
                self.invoice_number.as_str(),
                &invoice.invoice_number,
            )
            .equal(
                ComparedField::Merchant,
                &terminal.number(),
                &invoice.terminal,
            )
            .equal(ComparedField::Reference, &self.track_id, &invoice.track_id)
            .finish()
    }
}

/// Reads, compares, confirms, and compares what was confirmed.
pub(crate) async fn settle(zipay: &ZiPay, expected: &Expected) -> Result<Settlement, Error> {
    let terminal = expected.terminal_at(zipay.config())?;
    let agreement = match read(zipay, expected, terminal).await? {
        Read::Pending(agreement) => agreement,
        Read::Ended(settlement) => return Ok(*settlement),
    };
    let verify = zipay.verify_invoice(expected.track_id());
    let handle = verify.handle();
    match verify.await {
        Ok(verified) => match expected.compare(terminal, &verified) {
            Ok(_) => Ok(agreement.settled()),
            Err(mismatch) => Err(verified_another(mismatch, handle)),
        },
        // ZiPay does not document what it answers to a second verify, nor to one after the half hour. The state tells.
        Err(refused) if refused.kind() == ErrorKind::Refused => {
            match read(zipay, expected, terminal).await {
                Ok(Read::Ended(settlement)) => Ok(*settlement),
                Ok(Read::Pending(_)) | Err(_) => Err(refused),
            }
        }
        Err(error) => Err(error),
    }
}

/// What reading the invoice leads to.
enum Read {
    /// It is the expected payment, made and not verified.
    Pending(Agreement),
    /// There is nothing to verify.
    Ended(Box<Settlement>),
}

async fn read(zipay: &ZiPay, expected: &Expected, terminal: Terminal) -> Result<Read, Error> {
    let invoice = match zipay.invoice_status(expected.track_id()).await {
        Ok(invoice) => invoice,
        // An answer about another invoice is a mismatch like any other.
        Err(error) => {
            return match error.mismatch() {
                Some(mismatch) => Ok(ended(Settlement::Mismatch(mismatch.clone()))),
                None => Err(error),
            };
        }
    };
    let agreement = match expected.compare(terminal, &invoice) {
        Ok(agreement) => agreement,
        Err(mismatch) => return Ok(ended(Settlement::Mismatch(mismatch))),
    };
    match &invoice.status {
        Status::Pending => Ok(Read::Pending(agreement)),
        Status::Completed => Ok(ended(agreement.already_settled())),
        Status::Generated | Status::Waiting | Status::Rejected | Status::Refunded => {
            Ok(ended(Settlement::NotPaid(invoice)))
        }
        Status::Other(_) => Err(indeterminate(&invoice)),
    }
}

/// Something was verified, and it is not what was read a moment before.
fn verified_another(mismatch: Mismatch, handle: Handle) -> Error {
    let problem = "the verified invoice is not the expected one";
    Error::new(ErrorKind::Mismatch, Effect::Unknown, problem)
        .with_operation(NAME, VerifyInvoice::NAME)
        .with_mismatch(mismatch)
        .with_handle(handle)
}

fn ended(settlement: Settlement) -> Read {
    Read::Ended(Box::new(settlement))
}

/// An unknown state is neither paid nor unpaid.
fn indeterminate(invoice: &Invoice) -> Error {
    Error::new(
        ErrorKind::Indeterminate,
        Effect::NotExecuted,
        format!("the invoice is in the unknown state \"{}\"", invoice.status),
    )
    .with_operation(NAME, InvoiceStatus::NAME)
}
