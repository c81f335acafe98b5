use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::Call;
use super::carts::Cart;
use crate::calendar::unix_seconds;
use crate::cardpay::answer;
use crate::cardpay::code::{Code, WireCode};
use crate::cardpay::payment::{Event, EventKind, Payment, Status};
use crate::cardpay::store::Store;

/// The most that is added to a price while few payments are open, in rial.
const TAILS: u64 = 999;

#[derive(Debug, Serialize)]
struct Created<'a> {
    status: bool,
    code: WireCode,
    expire: u64,
    pay_id: u64,
    amount: u64,
    link: Option<String>,
    cart: Vec<Cart<'a>>,
}

/// Creates a payment, unless there is one with the same invoice number.
pub(super) fn execute(call: &Call<'_>) -> Result<Response, Code> {
    let Call { cardpay, fields } = call;
    let settings = cardpay.settings().clone();
    let price = fields.price()?;
    let fid = fields.invoice_number()?;
    let card = fields.card()?;
    let callback = fields.callback(&settings.callback_field);

    let now = cardpay.now();
    let mut store = cardpay.store();
    if store.has_invoice_number(fid) {
        return Err(Code::InvoiceNumberUsed);
    }
    let pay_id = store.take_pay_id();
    let amount = exact_amount(price, cardpay.0.random.within(1, TAILS), &store);
    let expires_at = now.checked_add(settings.time_allowed).unwrap_or(now);
    let link = callback.as_ref().map(|_| cardpay.pay_url(pay_id));
    store.insert(Payment {
        pay_id,
        fid,
        price,
        amount,
        phone: fields.get("phone").map(str::to_owned),
        card,
        status: Status::Open,
        expires_at,
        callback,
        history: vec![Event {
            at: now,
            kind: EventKind::Created,
        }],
    });
    drop(store);
    let created = Created {
        status: true,
        code: WireCode::of(200, settings.code_form),
        expire: unix_seconds(expires_at),
        pay_id,
        amount,
        link,
        cart: Cart::of_all(cardpay),
    };
    Ok(answer::json(StatusCode::OK, &created, &settings))
}

/// Adds a tail to the price, and goes on from there until no open payment waits for the same amount.
fn exact_amount(price: u64, tail: u64, store: &Store) -> u64 {
    let mut amount = price.saturating_add(tail);
    while store.awaits(amount) {
        amount = amount.saturating_add(1);
    }
    amount
}
