//! ZiPay's five documented operations.

use std::time::SystemTime;

use axum::response::{IntoResponse, Json, Response};
use serde::Serialize;

use super::ZipaySandbox;
use super::api::{InvoiceAnswer, Refusal, answer_with};
use super::invoice::{EventKind, Invoice, Status, Store, Verified, WrongState};
use super::merchant::{Merchant, SecondVerify};
use super::params::{Params, invalid};
use crate::history::Event;
use crate::journal::Names;

/// One of ZiPay's operations: its name, the last segment of its path, and what it does.
#[derive(Debug)]
pub(super) struct Operation(
    &'static str,
    &'static str,
    fn(&Call<'_>) -> Result<Response, Refusal>,
);

pub(super) static OPERATIONS: [Operation; 5] = [
    Operation("create-invoice", "create-invoice", create_invoice),
    Operation("status", "invoice-status", invoice_status),
    Operation("verify", "invoice-verify", invoice_verify),
    Operation("list", "invoice-list", invoice_list),
    Operation("refund", "invoice-refund", invoice_refund),
];

/// Where the journal finds what it looks for.
pub(super) static NAMES: Names = Names {
    asked: &["trackid"],
    creating: ("create-invoice", "trackid"),
    computed: &[(
        "api_sign",
        r#"$(printf %s "$body" | openssl dgst -sha256 -hmac "$PAYLINK_ZIPAY_SECRET_KEY" -binary | base64)"#,
    )],
};

/// Every parameter that the document knows.
#[rustfmt::skip]
const PARAMETERS: &[&str] = &[
    "trackid", "terminal_number", "amount", "currency", "invoice_number", "national_id", "callback",
    "webhook", "status", "limit", "page", "sort",
];

/// An authentic request of a merchant.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) zipay: &'a ZipaySandbox,
    pub(super) merchant: &'a Merchant,
    pub(super) params: &'a Params,
}

impl Operation {
    /// Finds the operation that is called at the path with this last segment.
    pub(super) fn at(segment: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.1 == segment)
    }

    pub(super) fn name(&self) -> &'static str {
        self.0
    }

    /// Returns whether any operation has a parameter of this name.
    pub(super) fn documents(parameter: &str) -> bool {
        PARAMETERS.contains(&parameter)
    }

    pub(super) fn execute(&self, call: &Call<'_>) -> Result<Response, Refusal> {
        self.2(call)
    }
}

impl Call<'_> {
    /// Does something to the invoice the request names, and answers with how it stands then.
    ///
    /// Another merchant's invoice is not found, so that its existence stays private.
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
        Ok(answer_with(InvoiceAnswer::of(invoice)))
    }
}

#[derive(Debug, Serialize)]
struct Created {
    trackid: String,
    redirect: String,
    message: Option<&'static str>,
}

/// Creates an invoice, unless its terminal has one with the same number.
fn create_invoice(call: &Call<'_>) -> Result<Response, Refusal> {
    let Call {
        zipay,
        merchant,
        params,
    } = call;
    let terminal = params.required_integer("terminal_number")?;
    if !merchant.has_terminal(terminal) {
        return Err(invalid("terminal_number", "is not one of the merchant's"));
    }
    let amount = params.amount()?;
    let currency = params.currency()?;
    let invoice_number = params.invoice_number()?;
    let national_id = params.national_id()?;
    let callback = params.required_url("callback")?;
    let webhook = params.url("webhook")?;

    let now = zipay.now();
    let mut store = zipay.store();
    if store.has_number(terminal, invoice_number) {
        return Err(invalid("invoice_number", "has already been taken"));
    }
    let trackid = fresh_trackid(call, &store);
    let transaction_id = store.take_transaction();
    store.insert(Invoice {
        trackid: trackid.clone(),
        invoice_number: invoice_number.to_owned(),
        terminal,
        amount: amount.to_owned(),
        currency,
        status: Status::Generated,
        national_id: national_id.map(str::to_owned),
        history: vec![Event {
            at: now,
            kind: EventKind::Created,
        }],
        transaction_id,
        created_at: now,
        callback,
        webhook,
        payment: None,
    });
    drop(store);
    let redirect = zipay.pay_url(&trackid);
    Ok(answer_with(Created {
        trackid,
        redirect,
        message: None,
    }))
}

/// Draws until the identifier is free: a seed that is set again repeats itself.
fn fresh_trackid(call: &Call<'_>, store: &Store) -> String {
    loop {
        let trackid = call.zipay.0.random.uuid();
        if !store.has(&trackid) {
            return trackid;
        }
    }
}

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
fn invoice_list(call: &Call<'_>) -> Result<Response, Refusal> {
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
    let items = matching.into_iter().skip(before).take(shown);
    Ok(Json(Page {
        items: items.map(InvoiceAnswer::of).collect(),
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

/// Gives the money of a completed invoice back.
fn invoice_refund(call: &Call<'_>) -> Result<Response, Refusal> {
    call.on_invoice(|invoice, now| {
        invoice.refund(now).map_err(|WrongState(status)| {
            Refusal::invalid(format!(
                "Only a completed invoice can be refunded; this one is {}.",
                status.as_str()
            ))
        })
    })
}

/// Shows an invoice.
fn invoice_status(call: &Call<'_>) -> Result<Response, Refusal> {
    call.on_invoice(|_, _| Ok(()))
}

/// Confirms a paid invoice: the money becomes the merchant's.
fn invoice_verify(call: &Call<'_>) -> Result<Response, Refusal> {
    let second_verify = call.zipay.settings().second_verify;
    call.on_invoice(|invoice, now| match (invoice.verify(now), second_verify) {
        (Ok(Verified::Now), _) => Ok(()),
        (Ok(Verified::Before), SecondVerify::AnswersCompleted) => {
            invoice.note(EventKind::VerifiedAgain, now);
            Ok(())
        }
        (Ok(Verified::Before), SecondVerify::Refuses) => {
            Err(Refusal::invalid("The invoice was verified before."))
        }
        (Err(WrongState(status)), _) => Err(Refusal::invalid(format!(
            "Only a pending invoice can be verified; this one is {}.",
            status.as_str()
        ))),
    })
}
