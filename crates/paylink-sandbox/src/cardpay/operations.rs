//! The script's four documented operations, one file each.

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde::Serialize;

use super::CardpaySandbox;
use super::api::Code;
use super::api::Fields;
use crate::calendar::unix_seconds;
use crate::cardpay::api;
use crate::cardpay::api::WireCode;
use crate::cardpay::card::MerchantCard;
use crate::cardpay::payment::Store;
use crate::cardpay::payment::{EventKind, Payment, Status, Verified};
use crate::history::Event;

/// The names of the operations: the last segments of their paths.
pub(super) const NAMES: &[&str] = &["create", "setCard", "check", "carts"];

/// One of the script's operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Create,
    SetCard,
    Check,
    Carts,
}

/// A request that carries the merchant's token.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) cardpay: &'a CardpaySandbox,
    pub(super) fields: &'a Fields,
}

impl Operation {
    pub(super) fn named(name: &str) -> Option<Self> {
        let all = [Self::Create, Self::SetCard, Self::Check, Self::Carts];
        all.into_iter().find(|operation| operation.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::SetCard => "setCard",
            Self::Check => "check",
            Self::Carts => "carts",
        }
    }

    pub(super) fn method(self) -> Method {
        match self {
            Self::Create | Self::SetCard => Method::POST,
            Self::Check | Self::Carts => Method::GET,
        }
    }

    pub(super) fn execute(self, call: &Call<'_>) -> Result<Response, Code> {
        match self {
            Self::Create => create(call),
            Self::SetCard => set_card(call),
            Self::Check => check(call),
            Self::Carts => Ok(carts(call)),
        }
    }
}

/// One of the merchant's cards on the wire, where it is spelt `cart`.
#[derive(Debug, Serialize)]
struct Cart<'a> {
    number: &'a str,
    name: &'a str,
    bank: &'a str,
}

impl<'a> Cart<'a> {
    fn of_all(cardpay: &'a CardpaySandbox) -> Vec<Self> {
        cardpay.merchant_cards().iter().map(Self::from).collect()
    }
}

impl<'a> From<&'a MerchantCard> for Cart<'a> {
    fn from(card: &'a MerchantCard) -> Self {
        Self {
            number: card.number.number(),
            name: card.name,
            bank: card.bank,
        }
    }
}

/// Lists the merchant's cards, without an envelope.
fn carts(call: &Call<'_>) -> Response {
    let settings = call.cardpay.settings();
    api::json(StatusCode::OK, &Cart::of_all(call.cardpay), &settings)
}

/// Says whether a payment is paid. The first answer that says so differs from all later ones.
fn check(call: &Call<'_>) -> Result<Response, Code> {
    let Call { cardpay, fields } = call;
    let pay_id = fields.pay_id()?;
    let now = cardpay.now();
    let mut store = cardpay.store();
    let payment = store.get_mut(pay_id).ok_or(Code::PayIdUnknown)?;
    let code = match payment.status {
        Status::Open => Code::NotPaidYet,
        // The script has lost it, and cannot tell it from one that nobody paid.
        Status::Lost if now < payment.expires_at => Code::NotPaidYet,
        Status::Lost | Status::Expired => return Err(Code::Expired),
        Status::Paid => match payment.verify(now) {
            Verified::Now => Code::FirstVerification,
            Verified::Before => Code::VerifiedBefore,
        },
        Status::PaidFromAnotherCard => Code::AnotherCard,
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
    let payment = store.get_mut(pay_id).ok_or(Code::PayIdUnknown)?;
    if payment.card.is_some() {
        return Err(Code::CardRecordedBefore);
    }
    match payment.status {
        Status::Open => payment.record_card(card, now),
        Status::Expired => return Err(Code::Expired),
        Status::Paid | Status::PaidFromAnotherCard | Status::Lost => return Err(Code::Final),
    }
    drop(store);
    Ok(api::code(Code::CardRecorded, &cardpay.settings()))
}
