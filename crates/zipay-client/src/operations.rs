//! What ZiPay does.

mod create_invoice;
mod invoice_list;

pub use create_invoice::{CreatedInvoice, NewInvoice};
pub use invoice_list::{InvoicePage, ListInvoices, Sort};

use paylink_core::{
    ComparedField, DecodeError, Handle, Idempotency, Invalid, Lookup, Mismatch, Operation, Request,
    Response, Untrusted,
};

use crate::config::ZiPayConfig;
use crate::descriptor::TRACK_ID;
use crate::invoice::WireInvoice;
use crate::signature::Form;
use crate::{Invoice, Status, TrackId, envelope};

/// What the path of each documented pay link holds.
pub(crate) const PAY_PAGE: &str = "/invoice_v1/";

/// Declares an operation on the invoice of a trackid, and the state that it leads to.
macro_rules! by_track_id {
    (
        $(#[$doc:meta])*
        $operation:ident, $name:literal, $class:expr, $endpoint:ident, $leads_to:expr
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $operation(TrackId);

        impl $operation {
            pub(crate) fn of(track_id: &TrackId) -> $operation {
                $operation(track_id.clone())
            }
        }

        impl Operation for $operation {
            type Config = ZiPayConfig;
            type Output = Invoice;

            const NAME: &'static str = $name;
            const IDEMPOTENCY: Idempotency = $class;
            const LOOKUP: Lookup = Lookup::ByProviderId;

            fn request(&self, config: &ZiPayConfig) -> Result<Request, Invalid> {
                let form = Form::new().pair(TRACK_ID, self.0.as_str());
                config.signed(&config.endpoints().$endpoint, form)
            }

            fn decode(&self, _: &ZiPayConfig, response: Response<'_>) -> Result<Invoice, DecodeError> {
                invoice_in(&self.0, $leads_to, response)
            }

            fn fill_handle(&self, _: &ZiPayConfig, handle: Handle) -> Handle {
                handle.with_id(TRACK_ID, self.0.as_str())
            }
        }
    };
}

by_track_id! {
    /// Reads an invoice (document "Invoice Status"; proven).
    InvoiceStatus, "status", Idempotency::ReadOnly, invoice_status, None
}

by_track_id! {
    /// Confirms a paid invoice (document "Invoice Verify"; proven).
    VerifyInvoice, "verify", Idempotency::NonIdempotent, invoice_verify, Some(Status::Completed)
}

by_track_id! {
    /// Gives a completed invoice's money back (document "Invoice refund"; proven).
    RefundInvoice, "refund", Idempotency::NonIdempotent, invoice_refund, Some(Status::Refunded)
}

/// Reads the invoice that was asked about, and no other, in the state that the operation leads to.
fn invoice_in(
    track_id: &TrackId,
    leads_to: Option<Status>,
    response: Response<'_>,
) -> Result<Invoice, DecodeError> {
    let invoice = envelope::result::<WireInvoice<'_>>(Some(track_id), response)?.read()?;
    if invoice.track_id != *track_id {
        return Err(Mismatch::new(ComparedField::Reference, track_id, &invoice.track_id).into());
    }
    match leads_to {
        Some(status) if status != invoice.status => Err(Untrusted::new(format!(
            "the answer says success and a status other than {status}"
        ))
        .into()),
        _ => Ok(invoice),
    }
}
