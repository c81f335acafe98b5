use paylink_core::{Class, Handle, Invalid, Lookup, Operation, Rejection, Reply, Request};

use super::about;
use crate::account::PodAccount;
use crate::{Answered, Confirmation, InvoiceId, Service, envelope};

/// Marks an invoice as paid outside POD (document "Payment", service 29799; proven). No money moves by it.
#[derive(Clone, Copy, Debug)]
pub struct MarkPaid(InvoiceId);

impl MarkPaid {
    pub(crate) fn of(id: InvoiceId) -> MarkPaid {
        MarkPaid(id)
    }
}

impl Operation for MarkPaid {
    type Account = PodAccount;
    type Output = Answered<Confirmation>;

    const NAME: &'static str = "mark-paid";
    const CLASS: Class = Class::Once;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, account: &PodAccount) -> Result<Request, Invalid> {
        account.call(Service::MarkPaid, |form| form.pair("invoiceId", self.0))
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
