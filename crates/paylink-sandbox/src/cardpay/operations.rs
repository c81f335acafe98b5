//! The script's four documented operations.

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde::Serialize;

use super::api::{Code, Fields, WireCode};
use super::card::MerchantCard;
use super::payment::{EventKind, Payment, Status, Store};
use super::{CardpaySandbox, api};
use crate::calendar::unix_seconds;
use crate::history::Event;
use crate::journal::Names;
use crate::random::LONGEST_STEP;
use crate::view::view;

/// One of the script's operations: its name, the last segment of its path, its method, and what it does.
#[derive(Debug)]
pub(super) struct Operation(
    &'static str,
    &'static str,
    Method,
    fn(&Call<'_>) -> Result<Response, Code>,
);

pub(super) static OPERATIONS: [Operation; 4] = [
    Operation("create", "create", Method::POST, create),
    Operation("set-card", "setCard", Method::POST, set_card),
    Operation("check", "check", Method::GET, check),
    Operation("cards", "carts", Method::GET, carts),
];

/// Where the journal finds what it looks for.
pub(super) static NAMES: Names = Names {
    asked: &["pay_id"],
    creating: ("create", "pay_id"),
    computed: &[],
};

/// A request that carries the merchant's token.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) cardpay: &'a CardpaySandbox,
    pub(super) fields: &'a Fields,
}

impl Operation {
    /// Finds the operation that is called at the path with this last segment.
    pub(super) fn at(segment: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.1 == segment)
    }

    pub(super) fn name(&self) -> &'static str {
        self.0
    }

    pub(super) fn method(&self) -> &Method {
        &self.2
    }

    pub(super) fn execute(&self, call: &Call<'_>) -> Result<Response, Code> {
        self.3(call)
    }
}

view! {
    /// One of the merchant's cards on the wire, where it is spelt `cart`.
    #[derive(Debug, Serialize)]
    struct Cart<'a> of (card: &'a MerchantCard) {
        number: &'a str = card.number.number(),
        name: &'a str = card.name,
        bank: &'a str = card.bank,
    }
}

fn all_carts(cardpay: &CardpaySandbox) -> Vec<Cart<'_>> {
    cardpay.merchant_cards().iter().map(Cart::of).collect()
}

/// Lists the merchant's cards, without an envelope.
fn carts(call: &Call<'_>) -> Result<Response, Code> {
    let settings = call.cardpay.settings();
    let carts = all_carts(call.cardpay);
    Ok(api::json(StatusCode::OK, &carts, &settings))
}

/// Says whether a payment is paid. The first answer that says so differs from all later ones.
fn check(call: &Call<'_>) -> Result<Response, Code> {
    let Call { cardpay, fields } = call;
    let pay_id = fields.pay_id()?;
    let now = cardpay.now();
    let mut store = cardpay.store();
    let payment = store.get_mut(pay_id).ok_or(Code::PAY_ID_UNKNOWN)?;
    let code = match payment.status {
        Status::Open => Code::NOT_PAID_YET,
        // The script has lost it, and cannot distinguish it from an unpaid one.
        Status::Lost if now < payment.expires_at => Code::NOT_PAID_YET,
        Status::Lost | Status::Expired => return Err(Code::EXPIRED),
        Status::Paid => match payment.verify(now) {
            EventKind::Verified => Code::FIRST_VERIFICATION,
            _ => Code::VERIFIED_BEFORE,
        },
        Status::PaidFromAnotherCard => Code::ANOTHER_CARD,
    };
    drop(store);
    Ok(api::code(code, &cardpay.settings()))
}

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
fn create(call: &Call<'_>) -> Result<Response, Code> {
    let Call { cardpay, fields } = call;
    let settings = cardpay.settings();
    let price = fields.price()?;
    let fid = fields.invoice_number()?;
    let card = fields.card()?;
    let callback = fields.callback(&settings.callback_field);

    let now = cardpay.now();
    let mut store = cardpay.store();
    if store.has_invoice_number(fid) {
        return Err(Code::INVOICE_NUMBER_USED);
    }
    let pay_id = store.take_pay_id(cardpay.0.random.within(1, LONGEST_STEP));
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
        cart: all_carts(cardpay),
    };
    Ok(api::json(StatusCode::OK, &created, &settings))
}

/// Adds a tail to the price, and goes on from there until no open payment waits for the same amount.
fn exact_amount(price: u64, tail: u64, store: &Store) -> u64 {
    let mut amount = price.saturating_add(tail);
    while store.awaits(amount) {
        amount = amount.saturating_add(1);
    }
    amount
}

/// Records the payer's card, once, while the payment is open.
///
/// For a `pay_id` that is missing or unknown the document has codes of `check` alone; they are
/// answered here as well.
fn set_card(call: &Call<'_>) -> Result<Response, Code> {
    let Call { cardpay, fields } = call;
    let pay_id = fields.pay_id()?;
    let card = fields.required_card()?;
    let now = cardpay.now();
    let mut store = cardpay.store();
    let payment = store.get_mut(pay_id).ok_or(Code::PAY_ID_UNKNOWN)?;
    if payment.card.is_some() {
        return Err(Code::CARD_RECORDED_BEFORE);
    }
    match payment.status {
        Status::Open => payment.record_card(card, now),
        Status::Expired => return Err(Code::EXPIRED),
        Status::Paid | Status::PaidFromAnotherCard | Status::Lost => return Err(Code::FINAL),
    }
    drop(store);
    Ok(api::code(Code::CARD_RECORDED, &cardpay.settings()))
}
