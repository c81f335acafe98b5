//! One field of a good answer, spoilt.

use serde_json::{Value, json};

use super::refused;
use crate::provider::Provider;
use crate::samples::{invoice_in, of_every_kind, with, without};

/// The kind of JSON value that a deciding field has to be.
#[derive(Clone, Copy, PartialEq)]
enum Due {
    Truth,
    Number,
    Text,
    Object,
}

impl Due {
    fn is_kind_of(self, value: &Value) -> bool {
        match self {
            Due::Truth => value.is_boolean(),
            Due::Number => value.is_u64(),
            Due::Text => value.is_string(),
            Due::Object => value.is_object(),
        }
    }
}

const DECIDING: [(&str, Due); 10] = [
    ("/success", Due::Truth),
    ("/status", Due::Number),
    ("/result", Due::Object),
    ("/result/trackid", Due::Text),
    ("/result/status", Due::Text),
    ("/result/amount", Due::Text),
    ("/result/coin", Due::Object),
    ("/result/coin/currency", Due::Text),
    ("/result/invoice_number", Due::Text),
    ("/result/merchant_terminal_number", Due::Number),
];

#[tokio::test]
async fn a_deciding_field_that_is_absent_is_missing() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    for (pointer, _) in DECIDING {
        for status in ["pending", "completed"] {
            let answer = without(&invoice_in(status), pointer);
            let error = refused(&provider, &zipay, answer.into(), pointer).await;
            let field = pointer.rsplit('/').next().unwrap();
            assert!(error.contains(&format!("{field} is missing")), "{error}");
        }
    }
}

#[tokio::test]
async fn a_deciding_field_of_the_wrong_type_is_an_error_that_names_it() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    for (pointer, due) in DECIDING {
        let wrong = of_every_kind().into_iter();
        for value in wrong.filter(|value| !due.is_kind_of(value)) {
            for status in ["pending", "completed"] {
                let told = format!("{pointer} {value}");
                let answer = with(&invoice_in(status), pointer, value.clone());
                let error = refused(&provider, &zipay, answer.into(), &told).await;
                let field = pointer.rsplit('/').next().unwrap();
                assert!(error.contains(&format!("{field} is ")), "{told}: {error}");
            }
        }
    }
}

/// A number that is text, a text that is a number: what a loosely typed server might do one day.
#[tokio::test]
async fn nothing_is_converted() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    for (pointer, value) in [
        ("/success", json!(1)),
        ("/success", json!("true")),
        ("/status", json!("200")),
        ("/status", json!(200.0)),
        ("/result/amount", json!(100.99)),
        ("/result/amount", json!(101)),
        ("/result/invoice_number", json!(1000)),
        ("/result/merchant_terminal_number", json!("1003")),
        ("/result/merchant_terminal_number", json!(1003.0)),
        ("/result/merchant_terminal_number", json!(-1003)),
    ] {
        let told = format!("{pointer} {value}");
        let answer = with(&invoice_in("completed"), pointer, value);
        refused(&provider, &zipay, answer.into(), &told).await;
    }
}

#[tokio::test]
async fn a_deciding_field_with_an_impossible_value_is_an_error() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    for (pointer, value) in [
        ("/status", json!(0)),
        ("/status", json!(201)),
        ("/status", json!(422)),
        ("/status", json!(500)),
        ("/result/amount", json!("")),
        ("/result/amount", json!("-100.99")),
        ("/result/amount", json!("+100.99")),
        ("/result/amount", json!("100,99")),
        ("/result/amount", json!("1,000")),
        ("/result/amount", json!("0100.99")),
        ("/result/amount", json!(" 100.99")),
        ("/result/amount", json!("1.0099e2")),
        ("/result/amount", json!("100.99 USD")),
        ("/result/amount", json!("NaN")),
        ("/result/amount", json!("100.99000000000000000000000000001")),
        ("/result/coin/currency", json!("")),
        ("/result/coin/currency", json!("EUR")),
        ("/result/coin/currency", json!("USD ")),
        ("/result/trackid", json!("")),
        ("/result/trackid", json!("../7")),
        ("/result/trackid", json!("de7d44ae 9df9")),
        ("/result/trackid", json!("x".repeat(65))),
    ] {
        let told = format!("{pointer} {value}");
        let answer = with(&invoice_in("completed"), pointer, value);
        refused(&provider, &zipay, answer.into(), &told).await;
    }
}
