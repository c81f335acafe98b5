use paylink_core::{
    Effect, Error, ErrorKind, Field, Handle, Invalid, Mismatch, Operation, Resolution, WebUrl,
};
use serde::Serialize;

use crate::operations::{ListInvoices, NewInvoice, RefundInvoice, VerifyInvoice};
use crate::{Invoice, Status, TrackId, ZiPay};

/// An invoice that was found again, with the link to its pay page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Found {
    /// The invoice as ZiPay has it.
    pub invoice: Invoice,
    /// Where to send the payer. ZiPay's list holds no link; this one has the documented form, which is a reading.
    pub redirect: WebUrl,
}

pub(crate) async fn resolve(zipay: &ZiPay, handle: &Handle) -> Result<Resolution<Found>, Error> {
    handle.must_be_of("zipay")?;
    match handle.operation() {
        NewInvoice::NAME => created(zipay, handle).await,
        VerifyInvoice::NAME => {
            reached(zipay, handle, |status| match status {
                Status::Completed | Status::Refunded => Progress::Done,
                Status::Rejected => Progress::CannotHappen,
                _ => Progress::MayStillCome,
            })
            .await
        }
        RefundInvoice::NAME => {
            reached(zipay, handle, |status| match status {
                Status::Refunded => Progress::Done,
                _ => Progress::MayStillCome,
            })
            .await
        }
        other => Err(Invalid::new(
            "handle",
            "is of an operation that changes nothing or is not known",
        )
        .value(other)
        .remedy("there is nothing to resolve")
        .into()),
    }
}

/// Looks a create up by the merchant's own invoice number.
async fn created(zipay: &ZiPay, handle: &Handle) -> Result<Resolution<Found>, Error> {
    let number = Handle::needed("invoice number", handle.own_reference())?;
    let terminal = Handle::needed("terminal", handle.own_merchant())?
        .parse::<u64>()
        .map_err(|_| Invalid::new("handle", "holds a terminal that is not a number"))?;
    let list = ListInvoices::new()
        .terminal(terminal)?
        .invoice_number(number)?
        .limit(100)?;
    // The filter may be a prefix or ignored; what comes is compared here, to the letter.
    let mut invoices = zipay.all_invoices(list);
    while let Some(invoice) = invoices.next().await {
        let invoice = invoice.map_err(|error| error.while_resolving(handle))?;
        if invoice.invoice_number == number && invoice.terminal == terminal {
            let expected = handle.own_amount().ok_or_else(|| {
                Invalid::new(
                    "handle",
                    "holds no amount, so the invoice cannot be recognised",
                )
            })?;
            if invoice.amount != *expected {
                return Err(another_invoice(handle, &invoice));
            }
            return found(zipay, invoice).map(Resolution::Executed);
        }
    }
    Ok(not_yet(zipay, handle))
}

/// How far an invoice has come on the way that an operation leads.
enum Progress {
    Done,
    CannotHappen,
    MayStillCome,
}

/// Looks a verify or a refund up by the trackid.
async fn reached(
    zipay: &ZiPay,
    handle: &Handle,
    progress: impl Fn(&Status) -> Progress,
) -> Result<Resolution<Found>, Error> {
    let track_id: TrackId = Handle::needed("trackid", handle.known_id("trackid"))?.parse()?;
    let asked = zipay.invoice_status(&track_id).await;
    let invoice = asked.map_err(|error| error.while_resolving(handle))?;
    match progress(&invoice.status) {
        Progress::Done => found(zipay, invoice).map(Resolution::Executed),
        Progress::CannotHappen => Ok(Resolution::NotExecuted),
        Progress::MayStillCome => Ok(not_yet(zipay, handle)),
    }
}

/// Not seen so far: that means "not executed" only when the settling time has passed.
fn not_yet(zipay: &ZiPay, handle: &Handle) -> Resolution<Found> {
    let now = zipay.transport().environment().now();
    handle.not_found(zipay.account().settling_time(), now)
}

fn found(zipay: &ZiPay, invoice: Invoice) -> Result<Found, Error> {
    use paylink_core::Account;

    let redirect = zipay
        .account()
        .base_url()
        .page_beside(&format!("invoice_v1/{}", invoice.track_id))?;
    Ok(Found { invoice, redirect })
}

fn another_invoice(handle: &Handle, invoice: &Invoice) -> Error {
    let expected = handle
        .own_amount()
        .map(ToString::to_string)
        .unwrap_or_default();
    Error::new(
        ErrorKind::Mismatch,
        Effect::Unknown,
        "the invoice number is taken by another invoice",
    )
    .of("zipay", NewInvoice::NAME)
    .with_handle(handle.clone())
    .with_mismatch(Mismatch::one(Field::Amount, &expected, &invoice.amount))
}
