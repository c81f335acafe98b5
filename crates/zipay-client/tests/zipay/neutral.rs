//! ZiPay through the trait that all providers share.

mod asking;
mod creating;
mod hints;
mod listing;
mod refusing;
mod resolving;
mod secrets;
mod settling;

use paylink_core::PaymentProvider;
use paylink_core::provider::{Created, ExpectedPayment, NewPayment, PaymentRecord};
use serde_json::{Value, json};
use zipay_client::{Currency, Money};

use crate::provider::{NOW, Provider};
use crate::samples::{TRACKID, create_invoice, with};

const NATIONAL_ID: &str = "0076229645";

fn money(amount: &str, currency: Currency) -> Money {
    Money::new(amount, currency).unwrap()
}

pub(crate) fn price() -> Money {
    money("100.99", Currency::Usd)
}

/// The payment of the samples, with nothing but what is needed.
pub(crate) fn payment_of(price: Money) -> NewPayment {
    let payment = NewPayment::new("1000", price).unwrap();
    payment.return_url("https://shop.example/back").unwrap()
}

/// The client as a program has it that chose it at run time.
fn neutral(provider: &Provider) -> Box<dyn PaymentProvider> {
    Box::new(provider.client())
}

/// Creates the payment of the samples, and forgets that it was asked for.
async fn created(provider: &Provider) -> Created {
    let link = provider.url(&format!("/invoice_v1/{TRACKID}"));
    let answer = with(&create_invoice(), "/result/redirect", json!(link));
    provider.answer("create-invoice", answer);
    let created = neutral(provider).create(&payment_of(price())).await;
    assert_eq!(provider.take_asked(), ["create-invoice"]);
    created.unwrap()
}

/// The record as the merchant's store has it: what is made of this JSON, with one place changed.
fn record_with(pointer: &str, value: Value) -> PaymentRecord {
    let record = json!({
        "version": "1",
        "provider": "zipay",
        "reference": "1000",
        "amount": price(),
        "merchant": "1003",
        "ids": [{"name": "trackid", "value": TRACKID}],
        "created_at_ms": u64::try_from(NOW.as_millis()).unwrap(),
    });
    serde_json::from_value(with(&record, pointer, value)).unwrap()
}

fn record() -> PaymentRecord {
    record_with("/version", json!("1"))
}

/// The order's own books: its reference, its price, and the record that was stored with it.
fn books(record: PaymentRecord) -> ExpectedPayment {
    ExpectedPayment::new("1000".parse().unwrap(), price(), record)
}
