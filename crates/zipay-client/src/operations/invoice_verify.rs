use paylink_core::{Class, Handle, Invalid, Lookup, Operation, Rejection, Reply, Request};

use super::invoice_now;
use crate::account::ZiPayAccount;
use crate::descriptor::TRACK_ID;
use crate::form::Form;
use crate::{Invoice, Status, TrackId};

/// Confirms a paid invoice (document "Invoice Verify"; proven).
#[derive(Clone, Debug)]
pub struct VerifyInvoice(TrackId);

impl VerifyInvoice {
    pub(crate) fn of(track_id: &TrackId) -> VerifyInvoice {
        VerifyInvoice(track_id.clone())
    }
}

impl Operation for VerifyInvoice {
    type Account = ZiPayAccount;
    type Output = Invoice;

    const NAME: &'static str = "invoice-verify";
    const CLASS: Class = Class::Once;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, account: &ZiPayAccount) -> Result<Request, Invalid> {
        let form = Form::new().pair(TRACK_ID, self.0.as_str());
        account.signed(&account.endpoints().invoice_verify, form)
    }

    fn decode(&self, _: &ZiPayAccount, reply: Reply<'_>) -> Result<Invoice, Rejection> {
        invoice_now(&Status::Completed, &self.0, reply)
    }

    fn describe(&self, _: &ZiPayAccount, handle: Handle) -> Handle {
        handle.id(TRACK_ID, self.0.as_str())
    }
}
