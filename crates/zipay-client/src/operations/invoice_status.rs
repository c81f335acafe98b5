use paylink_core::{Class, Handle, Invalid, Lookup, Operation, Rejection, Reply, Request};

use super::invoice_of;
use crate::account::ZiPayAccount;
use crate::descriptor::TRACK_ID;
use crate::form::Form;
use crate::{Invoice, TrackId};

/// Reads an invoice (document "Invoice Status"; proven).
#[derive(Clone, Debug)]
pub struct InvoiceStatus(TrackId);

impl InvoiceStatus {
    pub(crate) fn of(track_id: &TrackId) -> InvoiceStatus {
        InvoiceStatus(track_id.clone())
    }
}

impl Operation for InvoiceStatus {
    type Account = ZiPayAccount;
    type Output = Invoice;

    const NAME: &'static str = "invoice-status";
    const CLASS: Class = Class::Read;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, account: &ZiPayAccount) -> Result<Request, Invalid> {
        let form = Form::new().pair(TRACK_ID, self.0.as_str());
        account.signed(&account.endpoints().invoice_status, form)
    }

    fn decode(&self, _: &ZiPayAccount, reply: Reply<'_>) -> Result<Invoice, Rejection> {
        invoice_of(&self.0, reply)
    }

    fn describe(&self, _: &ZiPayAccount, handle: Handle) -> Handle {
        handle.id(TRACK_ID, self.0.as_str())
    }
}
