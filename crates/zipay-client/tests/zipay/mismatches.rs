//! An invoice that is not the one of the merchant's record is a mismatch, whatever its status, and is never verified.

use paylink_core::{Difference, Field};
use serde_json::{Value, json};
use zipay_client::{Currency, Effect, Error, ErrorKind, Expected, Money, Settlement};

use crate::provider::Provider;
use crate::samples::{OTHER_TRACKID, TRACKID, expected, invoice_in, track_id, with};

/// Each row: a place in a good answer, what stands there instead, and the one field that then differs.
fn differences() -> Vec<(&'static str, Value, Field)> {
    vec![
        ("/result/amount", json!("100.98"), Field::Amount),
        ("/result/amount", json!("1"), Field::Amount),
        ("/result/amount", json!("101"), Field::Amount),
        ("/result/amount", json!("10099"), Field::Amount),
        ("/result/amount", json!("0"), Field::Amount),
        (
            "/result/amount",
            json!("100.99000000000000000001"),
            Field::Amount,
        ),
        ("/result/coin/currency", json!("USDT"), Field::Currency),
        ("/result/coin/currency", json!("IRT"), Field::Currency),
        ("/result/coin/currency", json!("IRR"), Field::Currency),
        (
            "/result/merchant_terminal_number",
            json!(1004),
            Field::Merchant,
        ),
        (
            "/result/merchant_terminal_number",
            json!(0),
            Field::Merchant,
        ),
        ("/result/invoice_number", json!("1001"), Field::Order),
        ("/result/invoice_number", json!("01000"), Field::Order),
        ("/result/invoice_number", json!("1000 "), Field::Order),
        ("/result/invoice_number", json!("۱۰۰۰"), Field::Order),
        ("/result/invoice_number", json!(""), Field::Order),
        ("/result/trackid", json!(OTHER_TRACKID), Field::Reference),
        (
            "/result/trackid",
            json!(TRACKID.to_uppercase()),
            Field::Reference,
        ),
    ]
}

#[tokio::test]
async fn an_invoice_that_differs_in_one_field_is_a_mismatch_in_that_field() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    for (pointer, value, field) in differences() {
        // Whatever its status says: the money may be there, but it is not this order's.
        for status in ["pending", "completed", "generated", "paid"] {
            let told = format!("{pointer} {value} {status}");
            let answer = with(&invoice_in(status), pointer, value.clone());
            provider.answer("invoice-status", answer);
            let settlement = zipay.settle(&expected()).await.unwrap();
            let Settlement::Mismatch(mismatch) = settlement else {
                panic!("{told}: {settlement:?}")
            };
            let fields = mismatch.differences().iter().map(Difference::field);
            assert_eq!(fields.collect::<Vec<_>>(), [field], "{told}");
            let asked = provider.take_asked();
            assert!(asked.iter().all(|it| it == "invoice-status"), "{asked:?}");
        }
    }
}

#[tokio::test]
async fn a_mismatch_says_what_was_expected_and_what_was_found() {
    let provider = Provider::start().await;
    let answer = with(&invoice_in("pending"), "/result/amount", json!("7"));
    let answer = with(&answer, "/result/invoice_number", json!("line\nbreak"));
    provider.answer("invoice-status", answer);
    let settlement = provider.client().settle(&expected()).await.unwrap();
    let Settlement::Mismatch(mismatch) = settlement else {
        panic!("{settlement:?}")
    };
    let mut found: Vec<_> = mismatch
        .differences()
        .iter()
        .map(|it| (it.field().as_str(), it.expected(), it.found()))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [("amount", "100.99", "7"), ("order", "1000", "line\\nbreak")]
    );
}

/// Another terminal, amount or number in the merchant's own record is a mismatch just as well.
#[tokio::test]
async fn the_record_decides_what_is_expected() {
    let provider = Provider::start().await;
    provider.answer("invoice-status", invoice_in("completed"));
    let zipay = provider.client();
    let usd = |amount| Money::new(amount, Currency::Usd).unwrap();
    let at = |number: &str, amount| Expected::new(track_id(), number, amount).unwrap();
    let irt = Money::new("100.99", Currency::Irt).unwrap();
    for (record, field) in [
        (at("1000", usd("5000")), Field::Amount),
        (at("1000", irt), Field::Currency),
        (at("2000", usd("100.99")), Field::Order),
        (
            at("1000", usd("100.99")).terminal(7).unwrap(),
            Field::Merchant,
        ),
    ] {
        let settlement = zipay.settle(&record).await.unwrap();
        let Settlement::Mismatch(mismatch) = settlement else {
            panic!("{field:?}: {settlement:?}")
        };
        assert!(mismatch.is_in(field) && mismatch.differences().len() == 1);
    }
}

#[tokio::test]
async fn equal_amounts_may_be_written_differently() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    for amount in ["100.99", "100.990", "100.99000000000000000000"] {
        let answer = with(&invoice_in("completed"), "/result/amount", json!(amount));
        provider.answer("invoice-status", answer);
        let settlement = zipay.settle(&expected()).await.unwrap();
        assert!(settlement.proof().is_some(), "{amount}: {settlement:?}");
    }
}

/// Each operation binds the answer to what it asked, also where nobody compares afterwards.
#[tokio::test]
async fn an_answer_about_another_invoice_is_an_error_of_every_operation() {
    let about_another = |status| with(&invoice_in(status), "/result/trackid", json!(OTHER_TRACKID));
    let provider = Provider::start().await;
    provider.answer("invoice-status", about_another("pending"));
    provider.answer("invoice-verify", about_another("completed"));
    provider.answer("invoice-refund", about_another("refunded"));
    let zipay = provider.client();
    let differs = |error: &Error, effect| {
        assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
        assert_eq!(error.effect(), effect, "{error}");
        assert!(error.mismatch().unwrap().is_in(Field::Reference), "{error}");
    };

    let error = zipay.invoice_status(&track_id()).await.unwrap_err();
    differs(&error, Effect::NotExecuted);
    // A read is tried once more, in case it was another's answer.
    assert_eq!(provider.take_asked(), ["invoice-status", "invoice-status"]);

    let error = zipay.verify_invoice(&track_id()).await.unwrap_err();
    differs(&error, Effect::Unknown);
    let error = zipay.refund_invoice(&track_id()).await.unwrap_err();
    differs(&error, Effect::Unknown);
    assert_eq!(provider.asked(), ["invoice-verify", "invoice-refund"]);
}
