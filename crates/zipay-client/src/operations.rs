//! What ZiPay does, one operation a file.

mod create_invoice;
mod invoice_list;
mod invoice_refund;
mod invoice_status;
mod invoice_verify;

pub use create_invoice::{CreatedInvoice, NewInvoice};
pub use invoice_list::{InvoicePage, ListInvoices, Sort};
pub use invoice_refund::RefundInvoice;
pub use invoice_status::InvoiceStatus;
pub use invoice_verify::VerifyInvoice;

use paylink_core::{Field, Mismatch, Rejection, Reply, Untrusted};

use crate::invoice::WireInvoice;
use crate::{Invoice, Status, TrackId, envelope};

/// What the path of each documented pay link holds.
pub(crate) const PAY_PAGE: &str = "/invoice_v1/";

/// Reads the invoice that was asked about, and no other.
fn invoice_of(track_id: &TrackId, reply: Reply<'_>) -> Result<Invoice, Rejection> {
    let invoice = envelope::result::<WireInvoice<'_>>(Some(track_id), reply)?.read()?;
    if invoice.track_id == *track_id {
        Ok(invoice)
    } else {
        Err(Mismatch::one(Field::Reference, track_id, &invoice.track_id).into())
    }
}

/// Reads the invoice that an operation was about, which must be in the state that the operation leads to.
fn invoice_now(
    status: &Status,
    track_id: &TrackId,
    reply: Reply<'_>,
) -> Result<Invoice, Rejection> {
    let invoice = invoice_of(track_id, reply)?;
    if invoice.status == *status {
        Ok(invoice)
    } else {
        Err(Untrusted::new(format!(
            "the answer says success and a status other than {status}"
        ))
        .into())
    }
}
