use paylink_core::{Class, Handle, Invalid, Lookup, Operation, Rejection, Reply, Request};

use super::invoice_now;
use crate::account::ZiPayAccount;
use crate::descriptor::TRACK_ID;
use crate::form::Form;
use crate::{Invoice, Status, TrackId};

/// Gives a completed invoice's money back (document "Invoice refund"; proven).
#[derive(Clone, Debug)]
pub struct RefundInvoice(TrackId);

impl RefundInvoice {
    pub(crate) fn of(track_id: &TrackId) -> RefundInvoice {
        RefundInvoice(track_id.clone())
    }
}

impl Operation for RefundInvoice {
    type Account = ZiPayAccount;
    type Output = Invoice;

    const NAME: &'static str = "invoice-refund";
    const CLASS: Class = Class::Once;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, account: &ZiPayAccount) -> Result<Request, Invalid> {
        let form = Form::new().pair(TRACK_ID, self.0.as_str());
        account.signed(&account.endpoints().invoice_refund, form)
    }

    fn decode(&self, _: &ZiPayAccount, reply: Reply<'_>) -> Result<Invoice, Rejection> {
        invoice_now(&Status::Refunded, &self.0, reply)
    }

    fn describe(&self, _: &ZiPayAccount, handle: Handle) -> Handle {
        handle.id(TRACK_ID, self.0.as_str())
    }
}
