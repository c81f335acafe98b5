use paylink_core::{Class, Field, Handle, Invalid, Lookup, Mismatch, Operation};
use paylink_core::{Rejection, Reply, Request};

use super::{about, verified};
use crate::account::PodAccount;
use crate::{Answered, Invoice, InvoiceId, Service};

/// Confirms the payment of a three-step invoice and closes it (service 29808; the vendor's SDKs).
#[derive(Clone, Copy, Debug)]
pub struct VerifyAndClose(InvoiceId);

impl VerifyAndClose {
    pub(crate) fn of(id: InvoiceId) -> VerifyAndClose {
        VerifyAndClose(id)
    }
}

impl Operation for VerifyAndClose {
    type Account = PodAccount;
    type Output = Answered<Invoice>;

    const NAME: &'static str = "verify-and-close";
    const CLASS: Class = Class::Once;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, account: &PodAccount) -> Result<Request, Invalid> {
        account.call(Service::VerifyAndCloseInvoice, |form| {
            form.pair("id", self.0)
        })
    }

    fn decode(&self, _: &PodAccount, reply: Reply<'_>) -> Result<Answered<Invoice>, Rejection> {
        let answered = verified(Self::NAME, reply)?;
        if answered.value.id == self.0 {
            Ok(answered)
        } else {
            Err(Mismatch::one(Field::Reference, &self.0, &answered.value.id).into())
        }
    }

    fn describe(&self, _: &PodAccount, handle: Handle) -> Handle {
        about(handle, self.0)
    }
}
