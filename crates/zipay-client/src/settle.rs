use paylink_core::{Agreement, Effect, Error, ErrorKind, Handle, Mismatch, Operation};

use crate::descriptor::NAME;
use crate::operations::{InvoiceStatus, VerifyInvoice};
use crate::terminal::Terminal;
use crate::{Expected, Invoice, Settlement, Status, ZiPay};

/// Reads, compares, confirms, and compares what was confirmed.
pub(crate) async fn settle(zipay: &ZiPay, expected: &Expected) -> Result<Settlement, Error> {
    let terminal = expected.terminal_at(zipay.account())?;
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
        .of(NAME, VerifyInvoice::NAME)
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
    .of(NAME, InvoiceStatus::NAME)
}
