use axum::response::{IntoResponse, Json, Response};
use serde::Serialize;

use super::Call;
use crate::zipay::envelope::Refusal;
use crate::zipay::fields::invalid;
use crate::zipay::invoice::Invoice;
use crate::zipay::wire::InvoiceAnswer;

const DEFAULT_LIMIT: u64 = 10;
const HIGHEST_LIMIT: u64 = 100;

#[derive(Debug, Serialize)]
struct Page {
    items: Vec<InvoiceAnswer>,
    total: usize,
    limit: u64,
    page: u64,
    sort: &'static str,
    success: bool,
    status: u16,
}

/// Lists the merchant's invoices by the order of their creation, a page at a time.
pub(super) fn execute(call: &Call<'_>) -> Result<Response, Refusal> {
    let Call {
        zipay,
        merchant,
        params,
    } = call;
    let terminal = params.integer("terminal_number")?;
    let invoice_number = params.optional("invoice_number")?;
    let status = params.status()?;
    let limit = counted(params.integer("limit")?, DEFAULT_LIMIT, "limit")?.min(HIGHEST_LIMIT);
    let page = counted(params.integer("page")?, 1, "page")?;
    let sort = match params.optional("sort")? {
        None | Some("desc") => "desc",
        Some("asc") => "asc",
        Some(_) => return Err(invalid("sort", "must be asc or desc")),
    };

    let store = zipay.store();
    let mut matching: Vec<&Invoice> = store
        .all()
        .filter(|invoice| merchant.has_terminal(invoice.terminal))
        .filter(|invoice| terminal.is_none_or(|terminal| invoice.terminal == terminal))
        .filter(|invoice| invoice_number.is_none_or(|number| invoice.invoice_number == number))
        .filter(|invoice| status.is_none_or(|status| invoice.status == status))
        .collect();
    if sort == "desc" {
        matching.reverse();
    }
    let total = matching.len();
    let before = usize::try_from(limit.saturating_mul(page - 1)).unwrap_or(usize::MAX);
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let items = matching
        .into_iter()
        .skip(before)
        .take(shown)
        .map(InvoiceAnswer::from)
        .collect();
    Ok(Json(Page {
        items,
        total,
        limit,
        page,
        sort,
        success: true,
        status: 200,
    })
    .into_response())
}

fn counted(given: Option<u64>, default: u64, name: &'static str) -> Result<u64, Refusal> {
    match given {
        Some(0) => Err(invalid(name, "must be at least 1")),
        Some(number) => Ok(number),
        None => Ok(default),
    }
}
