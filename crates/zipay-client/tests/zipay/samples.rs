//! The answers that ZiPay's document shows, and what is made of them.

use serde_json::{Value, json};
use zipay_client::{Currency, Expected, Money, TrackId};

/// The trackid of the document's samples.
pub(crate) const TRACKID: &str = "de7d44ae-9df9-487f-a175-ade1ecfab28b";

/// Another one.
pub(crate) const OTHER_TRACKID: &str = "12a2c8ec-249a-43bb-a161-a7658981c110";

pub(crate) fn track_id() -> TrackId {
    TRACKID.parse().unwrap()
}

/// What the merchant's record says about the payment of the samples.
pub(crate) fn expected() -> Expected {
    let amount = Money::new("100.99", Currency::Usd).unwrap();
    Expected::new(track_id(), "1000", amount).unwrap()
}

pub(crate) fn create_invoice() -> Value {
    sample(include_str!("../data/create_invoice.json"))
}

pub(crate) fn invoice_status() -> Value {
    sample(include_str!("../data/invoice_status.json"))
}

pub(crate) fn invoice_verify() -> Value {
    sample(include_str!("../data/invoice_verify.json"))
}

pub(crate) fn invoice_list() -> Value {
    sample(include_str!("../data/invoice_list.json"))
}

pub(crate) fn invoice_refund() -> Value {
    sample(include_str!("../data/invoice_refund.json"))
}

/// The sample of an invoice's status, with another status.
pub(crate) fn invoice_in(status: &str) -> Value {
    with(&invoice_status(), "/result/status", json!(status))
}

/// A copy in which this place holds another value.
pub(crate) fn with(answer: &Value, pointer: &str, value: Value) -> Value {
    let mut answer = answer.clone();
    *answer.pointer_mut(pointer).unwrap() = value;
    answer
}

/// A copy that lacks this field.
pub(crate) fn without(answer: &Value, pointer: &str) -> Value {
    let mut answer = answer.clone();
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    let parent = answer.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    assert!(parent.remove(field).is_some(), "{pointer}");
    answer
}

/// One value of each kind that JSON has.
pub(crate) fn of_every_kind() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(7),
        json!(-7),
        json!(1.5),
        json!("text"),
        json!([]),
        json!([{}]),
        json!({}),
        json!({"name": "x"}),
    ]
}

fn sample(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}
