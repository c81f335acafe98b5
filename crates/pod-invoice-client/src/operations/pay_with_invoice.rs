use paylink_core::{
    DecodeError, FieldKey, Handle, Idempotency, Invalid, Lookup, Operation, Request, Response,
};

use super::about;
use crate::config::PodConfig;
use crate::{Confirmation, InvoiceId, PodResponse, Service, envelope};

const DEBTOR_INVOICE_ID: FieldKey = FieldKey::new("debtor_invoice_id", "debtor invoice id");

/// The invoice that gets paid: the one whose issuer is owed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Creditor(pub InvoiceId);

/// The invoice whose money pays the other one. It is the caller's own, and has to be paid itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Debtor(pub InvoiceId);

/// Pays one invoice with the money of another (document "Payment", service 29800; proven).
///
/// The two roles are types of their own, so that they cannot change places.
#[derive(Clone, Copy, Debug)]
#[must_use = "a payment is made by the client"]
pub struct PayWithInvoice {
    creditor: Creditor,
    debtor: Debtor,
}

impl PayWithInvoice {
    /// Pays the creditor's invoice with the money of the debtor's.
    ///
    /// # Errors
    ///
    /// An invoice cannot pay itself.
    pub fn new(creditor: Creditor, debtor: Debtor) -> Result<PayWithInvoice, Invalid> {
        if creditor.0 == debtor.0 {
            return Err(
                Invalid::new(DEBTOR_INVOICE_ID, "is that of the creditor invoice")
                    .with_value(&debtor.0.to_string())
                    .with_remedy("give the paid invoice whose money is to be used"),
            );
        }
        Ok(PayWithInvoice { creditor, debtor })
    }
}

impl Operation for PayWithInvoice {
    type Config = PodConfig;
    type Output = PodResponse<Confirmation>;

    const NAME: &'static str = "pay-with-invoice";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, config: &PodConfig) -> Result<Request, Invalid> {
        config.call(Service::PayWithInvoice, |form| {
            form.pair("creditorInvoiceId", self.creditor.0)
                .pair("debtorInvoiceId", self.debtor.0)
        })
    }

    fn decode(
        &self,
        _: &PodConfig,
        response: Response<'_>,
    ) -> Result<PodResponse<Confirmation>, DecodeError> {
        envelope::done(Self::NAME, response)
    }

    /// The caller's own invoice is the debtor: it is the one that the caller's list shows.
    fn fill_handle(&self, _: &PodConfig, handle: Handle) -> Handle {
        about(handle, self.debtor.0).with_id("creditorInvoiceId", self.creditor.0.to_string())
    }
}
