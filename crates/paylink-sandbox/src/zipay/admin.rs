//! What ZiPay adds to the API under `/_sandbox`.

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::invoice::{Currency, EventKind, Invoice, Status};
use super::pay_page::PayerError;
use super::{NAME, ZipaySandbox};
use crate::admin::{Described, Problem, Routes};
use crate::history::Event;
use crate::view::view;

const CONFLICT: &str = "`not-payable`: it was paid or declined before.";

pub(super) fn routes(zipay: ZipaySandbox) -> Described {
    Routes::new(NAME, zipay)
        .list(
            "/invoices",
            "Lists all ZiPay invoices of all merchants, oldest first.",
            |zipay| zipay.invoices().iter().map(InvoiceView::of).collect(),
        )
        .find(
            "/invoices/{trackid}",
            "Shows one ZiPay invoice.",
            |zipay, trackid: String| {
                let invoice = zipay.invoice(&trackid).ok_or(PayerError::UnknownInvoice)?;
                Ok(InvoiceView::of(&invoice))
            },
        )
        .act(
            "/invoices/{trackid}/pay",
            "Pays a ZiPay invoice as the payer, with the national id it asks for, and sends its webhook.",
            |zipay, trackid: String| Ok(InvoiceView::of(&zipay.pay(&trackid)?)),
        )
        .refuses(StatusCode::CONFLICT, CONFLICT)
        .act(
            "/invoices/{trackid}/decline",
            "Declines a ZiPay invoice as the payer.",
            |zipay, trackid: String| Ok(InvoiceView::of(&zipay.decline(&trackid)?)),
        )
        .refuses(StatusCode::CONFLICT, CONFLICT)
        .settings("ZiPay", ZipaySandbox::settings, |zipay, wanted| {
            zipay.change_settings(|settings| *settings = wanted);
            Ok(())
        })
        .done()
}

impl From<PayerError> for Problem {
    fn from(error: PayerError) -> Self {
        let (status, code) = match error {
            PayerError::UnknownInvoice => (StatusCode::NOT_FOUND, "unknown-invoice"),
            PayerError::NotPayable(_) => (StatusCode::CONFLICT, "not-payable"),
            PayerError::AnotherPerson => (StatusCode::UNPROCESSABLE_ENTITY, "another-person"),
        };
        Self::new(status, error.to_string()).coded(code)
    }
}

view! {
    /// A ZiPay invoice as the sandbox keeps it.
    #[derive(Debug, Serialize, ToSchema)]
    #[schema(as = ZipayInvoice)]
    struct InvoiceView of (invoice: &Invoice) {
        trackid: String = invoice.trackid.clone(),
        invoice_number: String = invoice.invoice_number.clone(),
        terminal: u64 = invoice.terminal,
        /// The decimal amount, as the merchant wrote it.
        amount: String = invoice.amount.clone(),
        currency: Currency = invoice.currency,
        status: Status = invoice.status,
        national_id: Option<String> = invoice.national_id.clone(),
        /// How often a verify moved the money to the merchant.
        times_verified: usize = invoice.times_verified(),
        /// Where the payer's browser goes back to.
        return_url: String = invoice.return_url(),
        history: Vec<Event<EventKind>> = invoice.history.clone(),
    }
}
