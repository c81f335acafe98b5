use paylink_core::{
    ComparedField, Handle, Idempotency, Invalid, Lookup, Mismatch, Operation, Request, Response,
    Untrusted,
};

use super::{Decoded, about, invoice};
use crate::InvoiceKey;
use crate::config::PodConfig;
use crate::{Confirmation, Invoice, InvoiceId, PodResponse, Service, State, envelope};

/// Confirms the payment of a three-step invoice (service 29809; the vendor's SDKs).
#[derive(Clone, Debug)]
pub struct VerifyInvoice(InvoiceKey);

impl VerifyInvoice {
    pub(crate) fn of(key: InvoiceKey) -> VerifyInvoice {
        VerifyInvoice(key)
    }
}

impl Operation for VerifyInvoice {
    type Config = PodConfig;
    type Output = PodResponse<Invoice>;

    const NAME: &'static str = "verify-invoice";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, config: &PodConfig) -> Result<Request, Invalid> {
        config.call(Service::VerifyInvoice, |form| self.0.write(form))
    }

    fn decode(&self, _: &PodConfig, response: Response<'_>) -> Decoded<Invoice> {
        let answered = verified(Self::NAME, response)?;
        match self.0.difference(&answered.value) {
            None => Ok(answered),
            Some(mismatch) => Err(mismatch.into()),
        }
    }

    fn fill_handle(&self, _: &PodConfig, handle: Handle) -> Handle {
        match &self.0 {
            InvoiceKey::Id(id) => about(handle, *id),
            InvoiceKey::BillNumber(number) => handle.with_reference(number.as_str()),
        }
    }
}

/// Confirms the payment of a three-step invoice and closes it (service 29808; the vendor's SDKs).
#[derive(Clone, Copy, Debug)]
pub struct VerifyAndClose(InvoiceId);

impl VerifyAndClose {
    pub(crate) fn of(id: InvoiceId) -> VerifyAndClose {
        VerifyAndClose(id)
    }
}

impl Operation for VerifyAndClose {
    type Config = PodConfig;
    type Output = PodResponse<Invoice>;

    const NAME: &'static str = "verify-and-close";
    const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
    const LOOKUP: Lookup = Lookup::ByProviderId;

    fn request(&self, config: &PodConfig) -> Result<Request, Invalid> {
        config.call(Service::VerifyAndCloseInvoice, |form| {
            form.pair("id", self.0)
        })
    }

    fn decode(&self, _: &PodConfig, response: Response<'_>) -> Decoded<Invoice> {
        let answered = verified(Self::NAME, response)?;
        if answered.value.id == self.0 {
            Ok(answered)
        } else {
            Err(Mismatch::new(ComparedField::Reference, &self.0, &answered.value.id).into())
        }
    }

    fn fill_handle(&self, _: &PodConfig, handle: Handle) -> Handle {
        about(handle, self.0)
    }
}

/// Reads an answer that holds the invoice which was verified, and says that it is paid now.
fn verified(operation: &'static str, response: Response<'_>) -> Decoded<Invoice> {
    let answered = invoice(operation, response)?;
    match answered.value.state() {
        State::Paid => Ok(answered),
        state => Err(Untrusted::new(format!(
            "the answer says no error, and the invoice is {state}"
        ))
        .into()),
    }
}

/// Declares operations that name an invoice and whose answer says no more than that they were carried out.
macro_rules! only_done {
    ($($(#[$doc:meta])+ $operation:ident($name:literal, $service:ident, $parameter:literal);)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy, Debug)]
        pub struct $operation(InvoiceId);

        impl $operation {
            pub(crate) fn of(id: InvoiceId) -> $operation {
                $operation(id)
            }
        }

        impl Operation for $operation {
            type Config = PodConfig;
            type Output = PodResponse<Confirmation>;

            const NAME: &'static str = $name;
            const IDEMPOTENCY: Idempotency = Idempotency::NonIdempotent;
            const LOOKUP: Lookup = Lookup::ByProviderId;

            fn request(&self, config: &PodConfig) -> Result<Request, Invalid> {
                config.call(Service::$service, |form| form.pair($parameter, self.0))
            }

            fn decode(&self, _: &PodConfig, response: Response<'_>) -> Decoded<Confirmation> {
                envelope::done(Self::NAME, response)
            }

            fn fill_handle(&self, _: &PodConfig, handle: Handle) -> Handle {
                about(handle, self.0)
            }
        }
    )+};
}

only_done! {
    /// Closes an invoice, so that it can no longer change (service 29812; the vendor's SDKs).
    CloseInvoice("close", CloseInvoice, "id");

    /// Cancels an invoice (service 29810; the vendor's SDKs).
    CancelInvoice("cancel", CancelInvoice, "id");

    /// Marks an invoice as paid outside POD (document "Payment", service 29799; proven). No money moves by it.
    MarkPaid("mark-paid", MarkPaid, "invoiceId");
}
