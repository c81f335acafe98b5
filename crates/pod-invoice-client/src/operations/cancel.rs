use paylink_core::{Class, Handle, Invalid, Lookup, Operation, Rejection, Reply, Request};

use super::about;
use crate::account::PodAccount;
use crate::{Answered, Confirmation, InvoiceId, Service, envelope};

/// Cancels an invoice (service 29810; the vendor's SDKs).
#[derive(Clone, Copy, Debug)]
pub struct CancelInvoice(InvoiceId);

impl CancelInvoice {
    pub(crate) fn of(id: InvoiceId) -> CancelInvoice {
        CancelInvoice(id)
    }
}

impl Operation for CancelInvoice {
    type Account = PodAccount;
    type Output = Answered<Confirmation>;

    const NAME: &'static str = "cancel";
    const CLASS: Class = Class::Once;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, account: &PodAccount) -> Result<Request, Invalid> {
        account.call(Service::CancelInvoice, |form| form.pair("id", self.0))
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
