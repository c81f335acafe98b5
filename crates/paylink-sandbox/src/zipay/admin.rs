//! What ZiPay adds to the API under `/_sandbox`.

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::invoice::{Currency, EventKind, Invoice, Status};
use super::pay_page::PayerError;
use super::{NAME, ZipaySandbox};
use crate::admin::{Described, Problem, Routes};
use crate::history::Event;

const CONFLICT: &str = "It was paid or declined before";

pub(super) fn routes(zipay: ZipaySandbox) -> Described {
    Routes::new(NAME, zipay)
        .list(
            "/invoices",
            "Lists all ZiPay invoices of all merchants, oldest first.",
            |zipay| zipay.invoices().into_iter().map(InvoiceView::from).collect(),
        )
        .find(
            "/invoices/{trackid}",
            "Shows one ZiPay invoice.",
            |zipay, trackid: String| {
                let invoice = zipay.invoice(&trackid).ok_or(PayerError::UnknownInvoice)?;
                Ok(InvoiceView::from(invoice))
            },
        )
        .act(
            "/invoices/{trackid}/pay",
            "Pays a ZiPay invoice as the payer, with the national id it asks for, and sends its webhook.",
            Some(CONFLICT),
            |zipay, trackid: String| Ok(InvoiceView::from(zipay.pay(&trackid)?)),
        )
        .act(
            "/invoices/{trackid}/decline",
            "Declines a ZiPay invoice as the payer.",
            Some(CONFLICT),
            |zipay, trackid: String| Ok(InvoiceView::from(zipay.decline(&trackid)?)),
        )
        .settings("ZiPay", ZipaySandbox::settings, |zipay, wanted| {
            zipay.change_settings(|settings| *settings = wanted);
            Ok(())
        })
        .done()
}

impl From<PayerError> for Problem {
    fn from(error: PayerError) -> Self {
        let status = match error {
            PayerError::UnknownInvoice => StatusCode::NOT_FOUND,
            PayerError::NotPayable(_) => StatusCode::CONFLICT,
            PayerError::AnotherPerson => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::new(status, error.to_string())
    }
}

/// A ZiPay invoice as the sandbox keeps it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ZipayInvoice)]
struct InvoiceView {
    trackid: String,
    invoice_number: String,
    terminal: u64,
    /// The decimal amount, as the merchant wrote it.
    amount: String,
    currency: Currency,
    status: Status,
    national_id: Option<String>,
    /// How often a verify moved the money to the merchant.
    times_verified: usize,
    /// Where the payer's browser goes back to.
    return_url: String,
    history: Vec<Event<EventKind>>,
}

impl From<Invoice> for InvoiceView {
    fn from(invoice: Invoice) -> Self {
        Self {
            times_verified: invoice.times_verified(),
            return_url: invoice.return_url(),
            trackid: invoice.trackid,
            invoice_number: invoice.invoice_number,
            terminal: invoice.terminal,
            amount: invoice.amount,
            currency: invoice.currency,
            status: invoice.status,
            national_id: invoice.national_id,
            history: invoice.history,
        }
    }
}
