//! What POD does.

mod closing;
mod invoices;
mod issue_invoice;
mod links;
mod one_time_token;
mod payments;

pub use crate::envelope::Confirmation;
pub use closing::{CancelInvoice, CloseInvoice, MarkPaid, VerifyAndClose, VerifyInvoice};
pub use invoices::{InvoiceList, ListInvoices};
pub use issue_invoice::{NewInvoice, NewItem};
pub use links::{
    ConfirmPaymentSms, NewPaymentLink, PaymentLink, SendPaymentSms, ShareLink, SmsContent,
};
pub use one_time_token::NewOneTimeToken;
pub use payments::{
    Creditor, Debtor, FundedBy, PayAnyInvoice, PayInFuture, PayOwnInvoice, PayWithInvoice,
    PosPayment, PosTransaction,
};

use paylink_core::json::Object;
use paylink_core::{DecodeError, Handle, Invalid, Request, Response};

use crate::invoice::WireInvoice;
use crate::{Invoice, InvoiceId, OneTimeToken, PodResponse, UserToken, envelope};

/// What reading an answer of POD comes to.
type Decoded<T> = Result<PodResponse<T>, DecodeError>;

/// The one value that `wallet` may have.
const WALLET: &str = "PODLAND_WALLET";

/// Under which name a handle keeps the invoice's id.
pub(crate) const INVOICE_ID: &str = "invoiceId";

fn about(handle: Handle, id: InvoiceId) -> Handle {
    handle.with_id(INVOICE_ID, id.to_string())
}

/// Reads an answer that holds one invoice.
fn invoice(operation: &'static str, response: Response<'_>) -> Decoded<Invoice> {
    envelope::success::<Object<WireInvoice<'_>>>(operation, response)?
        .required()?
        .try_map(|Object(wire)| wire.read().map_err(DecodeError::from))
}

/// Puts the payer's token in the place of the merchant's.
fn as_user(request: Request, user: Option<&UserToken>) -> Request {
    match user {
        Some(user) => request.header(user.header()),
        None => request,
    }
}

fn with_one_time_token(request: Request, token: Option<&OneTimeToken>) -> Result<Request, Invalid> {
    Ok(match token {
        Some(token) => request.header(&token.header()?),
        None => request,
    })
}
