use paylink_core::{Class, Handle, Invalid, Lookup, Operation, Rejection, Reply, Request};

use super::{about, verified};
use crate::account::PodAccount;
use crate::invoice_key::InvoiceKey;
use crate::{Answered, Invoice, Service};

/// Confirms the payment of a three-step invoice (service 29809; the vendor's SDKs).
#[derive(Clone, Debug)]
pub struct VerifyInvoice(InvoiceKey);

impl VerifyInvoice {
    pub(crate) fn of(key: InvoiceKey) -> VerifyInvoice {
        VerifyInvoice(key)
    }
}

impl Operation for VerifyInvoice {
    type Account = PodAccount;
    type Output = Answered<Invoice>;

    const NAME: &'static str = "verify-invoice";
    const CLASS: Class = Class::Once;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, account: &PodAccount) -> Result<Request, Invalid> {
        account.call(Service::VerifyInvoice, |form| self.0.write(form))
    }

    fn decode(&self, _: &PodAccount, reply: Reply<'_>) -> Result<Answered<Invoice>, Rejection> {
        let answered = verified(Self::NAME, reply)?;
        match self.0.difference(&answered.value) {
            None => Ok(answered),
            Some(mismatch) => Err(mismatch.into()),
        }
    }

    fn describe(&self, _: &PodAccount, handle: Handle) -> Handle {
        match &self.0 {
            InvoiceKey::Id(id) => about(handle, *id),
            InvoiceKey::BillNumber(number) => handle.reference(number.as_str()),
        }
    }
}
