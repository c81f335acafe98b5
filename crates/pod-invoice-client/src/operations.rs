//! What POD does, one operation a file.

mod cancel;
mod close;
mod confirm_payment_sms;
mod invoices;
mod issue_invoice;
mod mark_paid;
mod one_time_token;
mod pay_any_invoice;
mod pay_in_future;
mod pay_own_invoice;
mod pay_with_invoice;
mod payment_link;
mod pos_payment;
mod send_payment_sms;
mod share_link;
mod verify_and_close;
mod verify_invoice;

pub use crate::confirmation::Confirmation;
pub use cancel::CancelInvoice;
pub use close::CloseInvoice;
pub use confirm_payment_sms::ConfirmPaymentSms;
pub use invoices::{InvoiceList, ListInvoices};
pub use issue_invoice::{NewInvoice, NewItem};
pub use mark_paid::MarkPaid;
pub use one_time_token::NewOneTimeToken;
pub use pay_any_invoice::PayAnyInvoice;
pub use pay_in_future::{FundedBy, PayInFuture};
pub use pay_own_invoice::PayOwnInvoice;
pub use pay_with_invoice::{Creditor, Debtor, PayWithInvoice};
pub use payment_link::{NewPaymentLink, PaymentLink};
pub use pos_payment::{PosPayment, PosTransaction};
pub use send_payment_sms::{SendPaymentSms, SmsContent};
pub use share_link::ShareLink;
pub use verify_and_close::VerifyAndClose;
pub use verify_invoice::VerifyInvoice;

use paylink_core::json::Object;
use paylink_core::{Handle, Invalid, Rejection, Reply, Request, Untrusted};

use crate::invoice::WireInvoice;
use crate::{Answered, Invoice, InvoiceId, OneTimeToken, State, UserToken, envelope};

/// The one value that `wallet` may have.
const WALLET: &str = "PODLAND_WALLET";

/// Under which name a handle keeps the invoice's id.
pub(crate) const INVOICE_ID: &str = "invoiceId";

fn about(handle: Handle, id: InvoiceId) -> Handle {
    handle.id(INVOICE_ID, id.to_string())
}

/// Reads an answer that holds one invoice.
fn invoice(operation: &'static str, reply: Reply<'_>) -> Result<Answered<Invoice>, Rejection> {
    envelope::success::<Object<WireInvoice<'_>>>(operation, reply)?
        .required()?
        .try_map(|Object(wire)| wire.read().map_err(Rejection::from))
}

/// Reads an answer that holds the invoice which was verified, and says that it is paid now.
fn verified(operation: &'static str, reply: Reply<'_>) -> Result<Answered<Invoice>, Rejection> {
    let answered = invoice(operation, reply)?;
    match answered.value.state() {
        State::Paid => Ok(answered),
        state => Err(Untrusted::new(format!(
            "the answer says no error, and the invoice is {state}"
        ))
        .into()),
    }
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
