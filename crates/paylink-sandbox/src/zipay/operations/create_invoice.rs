use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::Call;
use crate::zipay::envelope::{Envelope, Refusal};
use crate::zipay::fields::invalid;
use crate::zipay::invoice::{Event, EventKind, Invoice};
use crate::zipay::status::Status;
use crate::zipay::store::Store;

#[derive(Debug, Serialize)]
struct Created {
    trackid: String,
    redirect: String,
    message: Option<&'static str>,
}

/// Creates an invoice, unless its terminal has one with the same number.
pub(super) fn execute(call: &Call<'_>) -> Result<Response, Refusal> {
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
    Ok(Envelope::of(Created {
        trackid,
        redirect,
        message: None,
    })
    .into_response())
}

/// Draws until nobody has the identifier: a seed that is set again repeats itself.
fn fresh_trackid(call: &Call<'_>, store: &Store) -> String {
    loop {
        let trackid = call.zipay.0.random.uuid();
        if !store.has(&trackid) {
            return trackid;
        }
    }
}
