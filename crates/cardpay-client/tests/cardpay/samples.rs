//! The answers that CardPay's document shows, and the calls that they answer.

use cardpay_client::{
    CardNumber, CardPay, Error, Expected, NewPayment, PayId, PaymentRecord, Rial,
};
use serde_json::{Value, json};

use crate::script::Script;

/// The document's answer to a create. Its `price` is not shown beside it; the tests ask for this one.
pub(crate) const CREATED: &str = concat!(
    r#"{"status":true,"code":200,"expire":1735237765,"pay_id":19,"amount":11385,"#,
    r#""link":"http:\/\/localhost\/CartToCart\/payment\/19","#,
    r#""cart":[{"number":"****","name":"شاهین محسنی","bank":"بانک سامان"},"#,
    r#"{"number":"****","name":"شاهین محسنی","bank":"بانک ملت"}]}"#
);

/// The document's answer to a check.
pub(crate) const CHECKED: &str = r#"{"status":true,"code":200,"msg":"Payment is complete."}"#;

/// The document's answer to a list of cards.
pub(crate) const CARDS: &str = concat!(
    r#"[{"number":"****","name":"شاهین محسنی","bank":"بانک سامان"},"#,
    r#"{"number":"*****","name":"شاهین محسنی","bank":"بانک ملت"}]"#
);

pub(crate) const INVOICE_NUMBER: u64 = 1000;
pub(crate) const PRICE: Rial = Rial::new(11_000);
pub(crate) const CARD: &str = "6037701689095443";

pub(crate) fn pay_id() -> PayId {
    PayId::new(19).unwrap()
}

pub(crate) fn card() -> CardNumber {
    CARD.parse().unwrap()
}

pub(crate) fn payment() -> NewPayment {
    NewPayment::new(INVOICE_NUMBER, PRICE).unwrap()
}

/// What the shop stored when the sample's payment was created.
pub(crate) async fn record(script: &Script) -> PaymentRecord {
    script.answer(200, CREATED);
    let created = script.client().create(payment()).await.unwrap();
    created.record().clone()
}

/// The sample's payment, as the shop's books have it.
pub(crate) async fn expected(script: &Script) -> Expected {
    Expected::new(INVOICE_NUMBER, PRICE, record(script).await).unwrap()
}

pub(crate) const OPERATIONS: [&str; 4] = ["create", "set-card", "check", "cards"];

/// Calls an operation by its name, for what it has in common with the others.
pub(crate) async fn call(cardpay: &CardPay, operation: &str) -> Result<(), Error> {
    match operation {
        "create" => cardpay.create(payment()).await.map(drop),
        "set-card" => cardpay.set_card(pay_id(), card()).await,
        "check" => cardpay.check(pay_id()).await.map(drop),
        "cards" => cardpay.cards().await.map(drop),
        other => panic!("no operation {other}"),
    }
}

/// An answer of the undocumented form that failures are read in.
pub(crate) fn failure(code: i64) -> String {
    format!(r#"{{"status":false,"code":{code},"msg":"no"}}"#)
}

/// A copy of a sample in which this field holds another value.
pub(crate) fn with(sample: &str, field: &str, value: Value) -> String {
    let mut sample: Value = serde_json::from_str(sample).unwrap();
    sample[field] = value;
    sample.to_string()
}

/// A copy of a sample that lacks this field.
pub(crate) fn without(sample: &str, field: &str) -> String {
    let mut sample: Value = serde_json::from_str(sample).unwrap();
    assert!(sample.as_object_mut().unwrap().remove(field).is_some());
    sample.to_string()
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
