//! ZiPay's five documented operations, one file each.

mod create_invoice;
mod invoice_list;
mod invoice_refund;
mod invoice_status;
mod invoice_verify;

use std::time::SystemTime;

use axum::response::{IntoResponse, Response};

use super::ZipaySandbox;
use super::envelope::{Envelope, Refusal};
use super::invoice::Invoice;
use super::merchant::Merchant;
use super::params::Params;
use super::wire::InvoiceAnswer;

/// The names of the operations: the last segments of their paths.
pub(super) const NAMES: &[&str] = &[
    "create-invoice",
    "invoice-status",
    "invoice-verify",
    "invoice-list",
    "invoice-refund",
];

/// Every parameter that the document knows.
const PARAMETERS: &[&str] = &[
    "trackid",
    "terminal_number",
    "amount",
    "currency",
    "invoice_number",
    "national_id",
    "callback",
    "webhook",
    "status",
    "limit",
    "page",
    "sort",
];

/// One of ZiPay's operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    CreateInvoice,
    InvoiceStatus,
    InvoiceVerify,
    InvoiceList,
    InvoiceRefund,
}

/// An authentic request of a merchant.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) zipay: &'a ZipaySandbox,
    pub(super) merchant: &'a Merchant,
    pub(super) params: &'a Params,
}

impl Operation {
    pub(super) fn named(name: &str) -> Option<Self> {
        let all = [
            Self::CreateInvoice,
            Self::InvoiceStatus,
            Self::InvoiceVerify,
            Self::InvoiceList,
            Self::InvoiceRefund,
        ];
        all.into_iter().find(|operation| operation.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::CreateInvoice => "create-invoice",
            Self::InvoiceStatus => "invoice-status",
            Self::InvoiceVerify => "invoice-verify",
            Self::InvoiceList => "invoice-list",
            Self::InvoiceRefund => "invoice-refund",
        }
    }

    /// Tells whether any operation has a parameter of this name.
    pub(super) fn documents(parameter: &str) -> bool {
        PARAMETERS.contains(&parameter)
    }

    pub(super) fn execute(self, call: &Call<'_>) -> Result<Response, Refusal> {
        match self {
            Self::CreateInvoice => create_invoice::execute(call),
            Self::InvoiceStatus => invoice_status::execute(call),
            Self::InvoiceVerify => invoice_verify::execute(call),
            Self::InvoiceList => invoice_list::execute(call),
            Self::InvoiceRefund => invoice_refund::execute(call),
        }
    }
}

impl Call<'_> {
    /// Does something to the invoice the request names, and answers with how it stands then.
    ///
    /// Another merchant's invoice is not found: that it exists is nobody else's business.
    fn on_invoice(
        &self,
        act: impl FnOnce(&mut Invoice, SystemTime) -> Result<(), Refusal>,
    ) -> Result<Response, Refusal> {
        let trackid = self.params.required("trackid")?;
        let now = self.zipay.now();
        let mut store = self.zipay.store();
        let invoice = store
            .get_mut(trackid)
            .filter(|invoice| self.merchant.has_terminal(invoice.terminal))
            .ok_or(Refusal::not_found("The invoice was not found."))?;
        act(invoice, now)?;
        Ok(Envelope::of(InvoiceAnswer::from(&*invoice)).into_response())
    }
}
