//! Reading a payment's state, and giving its money back.

use std::time::Duration;

use paylink_core::provider::{Payment, PaymentState};
use paylink_core::{Effect, Field, without_rate_limit_retries};
use serde_json::json;
use zipay_client::ErrorKind;

use super::{neutral, price, record, record_with};
use crate::provider::{Answer, Provider};
use crate::samples::{OTHER_TRACKID, TRACKID, invoice_in, with};

fn assert_is_the_sample(payment: &Payment) {
    assert_eq!(payment.provider(), "zipay");
    assert_eq!(payment.reported_reference(), Some("1000"));
    assert_eq!(payment.reported_amount(), Some(&price()));
    assert_eq!(payment.reported_receipt(), None);
    let ids: Vec<_> = payment.known_ids().collect();
    assert_eq!(ids, [("trackid", TRACKID)]);
}

#[tokio::test]
async fn every_state_has_its_shared_word() {
    let provider = Provider::start().await;
    for (status, state) in [
        ("generated", PaymentState::Unpaid),
        ("waiting", PaymentState::Paying),
        ("pending", PaymentState::Unconfirmed),
        ("completed", PaymentState::Paid),
        ("rejected", PaymentState::Failed),
        ("refunded", PaymentState::Refunded),
        ("paid", PaymentState::Unclear("paid".into())),
    ] {
        provider.answer("invoice-status", invoice_in(status));
        let payment = neutral(&provider).state(&record()).await.unwrap();
        assert_is_the_sample(&payment);
        assert_eq!(payment.state(), &state);
        assert_eq!(payment.provider_state(), status);
        assert_eq!(provider.take_asked(), ["invoice-status"]);
    }
}

/// Work that strangers cause spends no more of the quota the less is left of it.
#[tokio::test]
async fn being_turned_away_is_not_tried_again_where_nobody_may_insist() {
    let provider = Provider::start().await;
    let (zipay, record) = (neutral(&provider), record());
    for (status, asked, is_turned_away) in [
        (429, None, true),
        (429, Some(7), true),
        (503, Some(7), true),
        (503, None, false),
    ] {
        let mut answer = Answer::of("no").content_type(None).status(status);
        if let Some(seconds) = asked {
            answer = answer.header("retry-after", &format!("{seconds}"));
        }
        provider.answer("invoice-status", answer);
        let error = without_rate_limit_retries(zipay.state(&record)).await;
        let error = error.unwrap_err();
        assert_eq!(error.retry_after(), asked.map(Duration::from_secs));
        let tried = provider.take_asked().len();
        assert_eq!(
            tried,
            if is_turned_away { 1 } else { 3 },
            "{status} {asked:?}"
        );
        // Whoever answers for the quota goes on as ever.
        zipay.state(&record).await.unwrap_err();
        assert_eq!(provider.take_asked().len(), 3, "{status} {asked:?}");
    }
}

#[tokio::test]
async fn the_payer_s_data_stay_behind() {
    let provider = Provider::start().await;
    provider.answer("invoice-status", invoice_in("completed"));
    let payment = neutral(&provider).state(&record()).await.unwrap();
    let shown = format!("{payment:?} {}", serde_json::to_string(&payment).unwrap());
    for personal in ["payer@example.com", "10025", "نام"] {
        assert!(!shown.contains(personal), "{shown}");
    }
}

#[tokio::test]
async fn a_refund_names_the_payment_of_the_record() {
    let provider = Provider::start().await;
    provider.answer("invoice-status", invoice_in("completed"));
    provider.answer("invoice-refund", invoice_in("refunded"));
    let done = neutral(&provider).refund(&record()).await.unwrap();
    let payment = done.stands().unwrap();
    assert_is_the_sample(payment);
    assert_eq!(payment.state(), &PaymentState::Refunded);
    let requests = provider.requests();
    assert_eq!(provider.asked(), ["invoice-status", "invoice-refund"]);
    assert_eq!(requests[1].body_string(), format!("trackid={TRACKID}"));
}

#[tokio::test]
async fn a_lost_refund_is_unknown_and_tells_which_payment_it_was() {
    let provider = Provider::start().await;
    provider.answer("invoice-status", invoice_in("completed"));
    provider.answer("invoice-refund", Answer::of("").status(502));
    let error = neutral(&provider).refund(&record()).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(error.handle().unwrap().known_id("trackid"), Some(TRACKID));
    let asked = provider.asked();
    assert_eq!(
        asked,
        ["invoice-status", "invoice-refund"],
        "and not sent again"
    );
}

#[tokio::test]
async fn an_invoice_that_differs_from_the_record_is_not_given_back() {
    let provider = Provider::start().await;
    provider.answer("invoice-status", invoice_in("completed"));
    provider.answer("invoice-refund", invoice_in("refunded"));
    let cheaper = json!({"amount": "1", "currency": "USD"});
    for (pointer, value, field) in [
        ("/amount", cheaper, Field::Amount),
        ("/reference", json!("1001"), Field::Order),
    ] {
        let altered = record_with(pointer, value);
        let error = neutral(&provider).refund(&altered).await.unwrap_err();
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert!(error.mismatch().unwrap().is_in(field), "{error}");
        assert_eq!(provider.take_asked(), ["invoice-status"]);
    }
}

#[tokio::test]
async fn a_record_of_another_terminal_or_provider_is_not_acted_on() {
    let provider = Provider::start().await;
    let zipay = neutral(&provider);
    let elsewhere = record_with("/merchant", json!("1004"));
    for error in [
        zipay.state(&elsewhere).await.unwrap_err(),
        zipay.refund(&elsewhere).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert!(error.mismatch().unwrap().is_in(Field::Merchant));
    }
    for wrong in [
        record_with("/provider", json!("sizpay")),
        record_with("/ids", json!([])),
        record_with("/ids/0/name", json!("id")),
        record_with("/ids/0/value", json!("../7")),
    ] {
        let error = zipay.refund(&wrong).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{wrong:?}");
        assert!(zipay.state(&wrong).await.is_err(), "{wrong:?}");
    }
    assert_eq!(provider.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn an_answer_about_another_invoice_is_no_state() {
    let provider = Provider::start().await;
    let other = with(
        &invoice_in("completed"),
        "/result/trackid",
        json!(OTHER_TRACKID),
    );
    provider.answer("invoice-status", other);
    let error = neutral(&provider).state(&record()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
}
