//! CardPay through the trait that all providers share.

mod creating;
mod refusing;
mod resolving;
mod secrets;
mod settling;

use cardpay_client::{Money, Rial};
use paylink_core::provider::{Created, ExpectedPayment, NewPayment, PaymentRecord};
use paylink_core::{Currency, PaymentProvider};
use serde_json::{Value, json};

use crate::samples::{CREATED, PRICE};
use crate::script::Script;

fn money(amount: &str, currency: Currency) -> Money {
    Money::new(amount, currency).unwrap()
}

fn rial(amount: u64) -> Money {
    Money::from_rial(Rial::new(amount))
}

/// The payment of the samples, with nothing but what is needed.
pub(crate) fn payment() -> NewPayment {
    NewPayment::new("1000", Money::from_rial(PRICE)).unwrap()
}

/// The client as a program has it that chose it at run time.
fn neutral(script: &Script) -> Box<dyn PaymentProvider> {
    Box::new(script.client())
}

async fn created(script: &Script) -> Created {
    script.answer(200, CREATED);
    neutral(script).create(&payment()).await.unwrap()
}

/// What the merchant's store has of the payment of the samples, as JSON.
async fn stored(script: &Script) -> Value {
    serde_json::to_value(created(script).await.record()).unwrap()
}

fn record(stored: &Value) -> PaymentRecord {
    serde_json::from_value(stored.clone()).unwrap()
}

/// A copy in which this place holds another value.
fn with(stored: &Value, pointer: &str, value: Value) -> Value {
    let mut stored = stored.clone();
    *stored.pointer_mut(pointer).unwrap() = value;
    stored
}

/// A copy in which this field of the sealed record holds another value.
fn with_sealed(stored: &Value, field: &str, value: Value) -> Value {
    let detail = stored["detail"].as_str().unwrap();
    let sealed = crate::samples::with(detail, field, value);
    with(stored, "/detail", json!(sealed))
}

/// The order's own books: its reference, its price, and the record that was stored with it.
fn books(stored: &Value) -> ExpectedPayment {
    let price = Money::from_rial(PRICE);
    ExpectedPayment::new("1000".parse().unwrap(), price, record(stored))
}
