//! A create, a verify and a refund whose answers were lost.

use std::time::Duration;

use paylink_core::provider::{PaymentState, Resolved};
use paylink_core::{Effect, ErrorKind, Field, Resolution};
use serde_json::{Value, json};
use zipay_client::{Error, Handle};

use super::{books, created, neutral, payment_of, price, record};
use crate::provider::{Answer, Provider};
use crate::samples::{invoice_in, invoice_list, invoice_status, with};

/// The handle of an error, as it comes back from the merchant's store.
fn stored(error: &Error) -> Handle {
    assert_eq!(error.effect(), Effect::Unknown, "{error}");
    let text = serde_json::to_string(error.handle().unwrap()).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn list_of(invoices: &[Value]) -> Value {
    let list = with(&invoice_list(), "/items", json!(invoices));
    with(&list, "/total", json!(invoices.len()))
}

fn lost() -> Answer {
    Answer::of("").status(504)
}

#[tokio::test]
async fn a_lost_create_yields_what_it_would_have_yielded() {
    let provider = Provider::start().await;
    let would_have = created(&provider).await;
    let zipay = neutral(&provider);
    provider.answer("create-invoice", lost());
    let error = zipay.create(&payment_of(price())).await.unwrap_err();
    let prepared = zipay.prepare(&payment_of(price())).unwrap();
    let prepared = prepared.handle().clone();
    provider.take_asked();

    provider.answer(
        "invoice-list",
        list_of(&[invoice_status()["result"].clone()]),
    );
    for handle in [stored(&error), prepared] {
        match zipay.resolve(&handle).await.unwrap() {
            Resolution::Executed(Resolved::Created(found)) => assert_eq!(*found, would_have),
            other => panic!("{other:?}"),
        }
        assert_eq!(provider.take_asked(), ["invoice-list"]);
    }
}

#[tokio::test]
async fn a_create_that_is_not_found_was_not_executed_once_the_time_has_passed() {
    let provider = Provider::start().await;
    provider.answer("create-invoice", lost());
    provider.answer("invoice-list", list_of(&[]));
    let zipay = neutral(&provider);
    let error = zipay.create(&payment_of(price())).await.unwrap_err();
    let handle = stored(&error);
    let resolution = zipay.resolve(&handle).await.unwrap();
    let look_again_after = Duration::from_secs(180);
    assert_eq!(resolution, Resolution::StillUnknown { look_again_after });

    provider.clock.advance(180);
    let resolution = zipay.resolve(&handle).await.unwrap();
    assert_eq!(resolution, Resolution::NotExecuted);
}

#[tokio::test]
async fn a_number_that_another_invoice_took_is_a_mismatch() {
    let provider = Provider::start().await;
    provider.answer("create-invoice", lost());
    let zipay = neutral(&provider);
    let error = zipay.create(&payment_of(price())).await.unwrap_err();
    let other = with(&invoice_status()["result"], "/amount", json!("1.99"));
    provider.answer("invoice-list", list_of(&[other]));
    let error = zipay.resolve(&stored(&error)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert_eq!(error.effect(), Effect::Unknown);
    assert!(error.mismatch().unwrap().is_in(Field::Amount));
}

#[tokio::test]
async fn a_lost_verify_and_a_lost_refund_are_found_as_the_payment_stands() {
    let provider = Provider::start().await;
    let zipay = neutral(&provider);
    provider.answer("invoice-status", invoice_in("pending"));
    provider.answer("invoice-verify", lost());
    let verify = zipay.settle(&books(record())).await.unwrap_err();
    provider.answer("invoice-refund", lost());
    let refund = zipay.refund(&record()).await.unwrap_err();
    for (error, status, state) in [
        (verify, "completed", PaymentState::Paid),
        (refund, "refunded", PaymentState::Refunded),
    ] {
        provider.answer("invoice-status", invoice_in(status));
        match zipay.resolve(&stored(&error)).await.unwrap() {
            Resolution::Executed(Resolved::Changed(payment)) => {
                assert_eq!(payment.state(), &state);
            }
            other => panic!("{status}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_handle_of_another_provider_is_refused() {
    let provider = Provider::start().await;
    let now = std::time::SystemTime::now();
    let handle = Handle::new("cardpay", "create", now).reference("1000");
    let error = neutral(&provider).resolve(&handle).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(provider.asked(), Vec::<String>::new());
}
