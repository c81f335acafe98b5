use paylink_core::{Class, Handle, Invalid, Lookup, Operation, Rejection, Reply, Request};

use super::about;
use crate::account::PodAccount;
use crate::{Answered, Confirmation, InvoiceId, Service, envelope};

/// Closes an invoice, so that it can no longer change (service 29812; the vendor's SDKs).
#[derive(Clone, Copy, Debug)]
pub struct CloseInvoice(InvoiceId);

impl CloseInvoice {
    pub(crate) fn of(id: InvoiceId) -> CloseInvoice {
        CloseInvoice(id)
    }
}

impl Operation for CloseInvoice {
    type Account = PodAccount;
    type Output = Answered<Confirmation>;

    const NAME: &'static str = "close";
    const CLASS: Class = Class::Once;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, account: &PodAccount) -> Result<Request, Invalid> {
        account.call(Service::CloseInvoice, |form| form.pair("id", self.0))
    }

    fn decode(
        &self,
        _: &PodAccount,
        reply: Reply<'_>,
    ) -> Result<Answered<Confirmation>, Rejection> {
        envelope::done(Self::NAME, reply)
    }

    fn describe(&self, _: &PodAccount, handle: Handle) -> Handle {
        about(handle, self.0)
    }
}
