//! One field of a good answer, spoilt.

use paylink_core::Field;
use serde_json::{Value, json};
use zipay_client::{Currency, Expected, Money, Settlement};

use super::refused;
use crate::provider::{Answer, Provider};
use crate::samples::{
    expected, invoice_in, invoice_verify, of_every_kind, track_id, with, without,
};

/// The kind of JSON value that a deciding field has to be.
#[derive(Clone, Copy, PartialEq)]
enum Due {
    Truth,
    Number,
    Text,
    /// Text, or a whole number in its place.
    Label,
    /// An amount as text, or as a number.
    Amount,
    Object,
}

impl Due {
    fn is_kind_of(self, value: &Value) -> bool {
        match self {
            Due::Truth => value.is_boolean(),
            Due::Number => value.is_u64(),
            Due::Text => value.is_string(),
            Due::Label => value.is_string() || value.is_i64(),
            Due::Amount => value.is_string() || value.is_number(),
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
    ("/result/amount", Due::Amount),
    ("/result/coin", Due::Object),
    ("/result/coin/currency", Due::Text),
    ("/result/invoice_number", Due::Label),
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
                let changed = error.contains("the provider changed its form; report it");
                assert_eq!(changed, !value.is_null(), "{told}: {error}");
            }
        }
    }
}

/// A number that is text, a text that is a number: what a loosely typed server does.
#[tokio::test]
async fn another_form_that_holds_the_same_settles() {
    let provider = Provider::start().await;
    for (pointer, value) in [
        ("/success", json!(1)),
        ("/success", json!("1")),
        ("/success", json!("true")),
        ("/status", json!("200")),
        ("/result/amount", json!(100.99)),
        ("/result/invoice_number", json!(1000)),
        ("/result/merchant_terminal_number", json!("1003")),
    ] {
        let told = format!("{pointer} {value}");
        let spelled = |answer: Value| Answer::from(with(&answer, pointer, value.clone()));
        provider.answer("invoice-status", spelled(invoice_in("pending")));
        provider.answer("invoice-verify", spelled(invoice_verify()));
        let settlement = provider.client().settle(&expected()).await;
        assert!(matches!(settlement, Ok(Settlement::Settled(_))), "{told}");

        let another = Expected::new(track_id(), "1001", Money::new("5", Currency::Usd).unwrap());
        let settlement = provider.client().settle(&another.unwrap()).await;
        let found = match settlement {
            Ok(Settlement::Mismatch(found)) => found,
            other => panic!("{told}: {other:?}"),
        };
        assert!(
            found.is_in(Field::Order) && found.is_in(Field::Amount),
            "{told}"
        );
    }
}

/// What is compared to the letter is so in any form: a number has lost the zeros before it, and so it differs.
#[tokio::test]
async fn another_form_is_compared_to_the_letter() {
    let provider = Provider::start().await;
    provider.answer(
        "invoice-status",
        with(
            &invoice_in("completed"),
            "/result/invoice_number",
            json!(1000),
        ),
    );
    let padded = Expected::new(
        track_id(),
        "01000",
        Money::new("100.99", Currency::Usd).unwrap(),
    );
    let settlement = provider.client().settle(&padded.unwrap()).await.unwrap();
    assert!(matches!(settlement, Settlement::Mismatch(found) if found.is_in(Field::Order)));
}

#[tokio::test]
async fn another_form_that_may_have_lost_something_is_refused() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    for (pointer, value) in [
        ("/success", "2"),
        ("/success", "1.0"),
        ("/success", r#""yes""#),
        ("/success", r#""True""#),
        ("/status", "200.0"),
        ("/status", "2e2"),
        ("/status", r#""0200""#),
        ("/status", r#""200 ""#),
        ("/result/invoice_number", "1000.0"),
        ("/result/invoice_number", "1e3"),
        ("/result/invoice_number", "true"),
        ("/result/merchant_terminal_number", "1003.0"),
        ("/result/merchant_terminal_number", "-1003"),
        ("/result/merchant_terminal_number", r#""01003""#),
        ("/result/merchant_terminal_number", r#""1003.0""#),
        ("/result/trackid", "7"),
    ] {
        let told = format!("{pointer} {value}");
        let answer = with(&invoice_in("completed"), pointer, json!("HERE"));
        let answer = Answer::of(answer.to_string().replace(r#""HERE""#, value));
        let error = refused(&provider, &zipay, answer, &told).await;
        assert!(error.contains("report it"), "{told}: {error}");
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
