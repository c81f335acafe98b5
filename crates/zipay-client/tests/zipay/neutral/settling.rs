//! Order, record, hint and invoice have to agree before anything is confirmed.

use std::time::Duration;

use paylink_core::provider::{ExpectedPayment, Payment, PaymentState, Resolved};
use paylink_core::{ComparedField, Effect, Resolution, Settlement, without_rate_limit_retries};
use serde_json::{Value, json};
use zipay_client::{Currency, Error, ErrorKind, Handle};

use super::{books, created, money, neutral, payment_of, price, record, record_with};
use crate::provider::Provider;
use crate::samples::{
    OTHER_TRACKID, TRACKID, create_invoice, invoice_in, invoice_list, invoice_status, with,
};
use paylink_testkit::Answer;

fn differs_in(outcome: &Settlement<Payment>, field: ComparedField) -> bool {
    matches!(outcome, Settlement::Mismatch(mismatch) if mismatch.has(field))
}

/// Without a terminal of its own the client goes by the record's, and the invoice still has to be of that one.
#[tokio::test]
async fn a_client_of_all_terminals_holds_the_invoice_against_the_record_s() {
    let account = Provider::start().await;
    let zipay: Box<dyn paylink_core::PaymentProvider> =
        Box::new(account.client_builder().build().unwrap());
    let elsewhere = books(record_with("/merchant", json!("1004")));
    account.answer("invoice-status", invoice_in("completed"));
    let outcome = zipay.settle(&elsewhere).await.unwrap();
    assert!(differs_in(&outcome, ComparedField::Merchant));
    let outcome = zipay.settle(&books(record())).await.unwrap();
    assert!(outcome.proof().is_some(), "{outcome:?}");
    for nowhere in [Value::Null, json!("a"), json!("0")] {
        let record = record_with("/merchant", nowhere);
        let error = zipay.settle(&books(record)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
    assert_eq!(account.called(), ["invoice-status"; 2]);
}

#[tokio::test]
async fn an_order_in_rial_is_settled_by_its_payment_in_toman() {
    let account = Provider::start().await;
    account.answer("create-invoice", create_invoice());
    let zipay = neutral(&account);
    let price = money("15000", Currency::Irr);
    let created = zipay.create(&payment_of(price)).await.unwrap();
    let expected = ExpectedPayment::new("1000".parse().unwrap(), price, created.record().clone());

    let toman = with(
        &invoice_in("completed"),
        "/result/coin/currency",
        json!("IRT"),
    );
    account.answer(
        "invoice-status",
        with(&toman, "/result/amount", json!("1500")),
    );
    let outcome = zipay.settle(&expected).await.unwrap();
    let proof = outcome.proof().unwrap();
    assert_eq!(proof.amount(), &money("1500", Currency::Irt));

    account.answer(
        "invoice-status",
        with(&toman, "/result/amount", json!("15000")),
    );
    let outcome = zipay.settle(&expected).await.unwrap();
    assert!(differs_in(&outcome, ComparedField::Amount));
}

// Reading a payment's state, and giving its money back.

fn assert_is_the_sample(payment: &Payment) {
    assert_eq!(payment.provider(), "zipay");
    assert_eq!(payment.reference(), Some("1000"));
    assert_eq!(payment.amount(), Some(&price()));
    assert_eq!(payment.receipt(), None);
    let ids: Vec<_> = payment.ids().collect();
    assert_eq!(ids, [("trackid", TRACKID)]);
}

#[tokio::test]
async fn every_state_has_its_shared_word() {
    let account = Provider::start().await;
    for (status, state) in [
        ("generated", PaymentState::Unpaid),
        ("waiting", PaymentState::Paying),
        ("pending", PaymentState::Unconfirmed),
        ("completed", PaymentState::Paid),
        ("rejected", PaymentState::Failed),
        ("refunded", PaymentState::Refunded),
        ("paid", PaymentState::Unclear("paid".into())),
    ] {
        account.answer("invoice-status", invoice_in(status));
        let payment = neutral(&account).state(&record()).await.unwrap();
        assert_is_the_sample(&payment);
        assert_eq!(payment.state(), &state);
        assert_eq!(payment.provider_state(), status);
        assert_eq!(account.take_called(), ["invoice-status"]);
    }
}

/// Work that strangers cause spends no more of the quota the less is left of it.
#[tokio::test]
async fn being_turned_away_is_not_tried_again_where_nobody_may_insist() {
    let account = Provider::start().await;
    let (zipay, record) = (neutral(&account), record());
    for (status, asked, is_turned_away) in [
        (429, None, true),
        (429, Some(7), true),
        (503, Some(7), true),
        (503, None, false),
    ] {
        let mut answer = Answer::new(status).body("no");
        if let Some(seconds) = asked {
            answer = answer.header("retry-after", seconds.to_string());
        }
        account.answer("invoice-status", answer);
        let error = without_rate_limit_retries(zipay.state(&record)).await;
        let error = error.unwrap_err();
        assert_eq!(error.retry_after(), asked.map(Duration::from_secs));
        let tried = account.take_called().len();
        assert_eq!(
            tried,
            if is_turned_away { 1 } else { 3 },
            "{status} {asked:?}"
        );
        // Whoever answers for the quota goes on as ever.
        zipay.state(&record).await.unwrap_err();
        assert_eq!(account.take_called().len(), 3, "{status} {asked:?}");
    }
}

#[tokio::test]
async fn the_payer_s_data_stay_behind() {
    let account = Provider::start().await;
    account.answer("invoice-status", invoice_in("completed"));
    let payment = neutral(&account).state(&record()).await.unwrap();
    let shown = format!("{payment:?} {}", serde_json::to_string(&payment).unwrap());
    for personal in ["payer@example.com", "10025", "نام"] {
        assert!(!shown.contains(personal), "{shown}");
    }
}

#[tokio::test]
async fn a_refund_names_the_payment_of_the_record() {
    let account = Provider::start().await;
    account.answer("invoice-status", invoice_in("completed"));
    account.answer("invoice-refund", invoice_in("refunded"));
    let done = neutral(&account).refund(&record()).await.unwrap();
    let payment = done.payment().unwrap();
    assert_is_the_sample(payment);
    assert_eq!(payment.state(), &PaymentState::Refunded);
    let requests = account.requests();
    assert_eq!(account.called(), ["invoice-status", "invoice-refund"]);
    assert_eq!(requests[1].body_string(), format!("trackid={TRACKID}"));
}

#[tokio::test]
async fn an_invoice_that_differs_from_the_record_is_not_given_back() {
    let account = Provider::start().await;
    account.answer("invoice-status", invoice_in("completed"));
    account.answer("invoice-refund", invoice_in("refunded"));
    let cheaper = json!({"amount": "1", "currency": "USD"});
    for (pointer, value, field) in [
        ("/amount", cheaper, ComparedField::Amount),
        ("/reference", json!("1001"), ComparedField::Order),
    ] {
        let altered = record_with(pointer, value);
        let error = neutral(&account).refund(&altered).await.unwrap_err();
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert!(error.mismatch().unwrap().has(field), "{error}");
        assert_eq!(account.take_called(), ["invoice-status"]);
    }
}

#[tokio::test]
async fn a_record_without_a_trackid_is_not_acted_on() {
    let account = Provider::start().await;
    let zipay = neutral(&account);
    for wrong in [
        record_with("/ids", json!([])),
        record_with("/ids/0/name", json!("id")),
        record_with("/ids/0/value", json!("../7")),
    ] {
        let error = zipay.refund(&wrong).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{wrong:?}");
        assert_eq!(error.invalid().unwrap().key(), "record", "{wrong:?}");
        assert!(zipay.state(&wrong).await.is_err(), "{wrong:?}");
    }
    assert_eq!(account.called(), Vec::<String>::new());
}

#[tokio::test]
async fn an_answer_about_another_invoice_is_no_state() {
    let account = Provider::start().await;
    let other = with(
        &invoice_in("completed"),
        "/result/trackid",
        json!(OTHER_TRACKID),
    );
    account.answer("invoice-status", other);
    let error = neutral(&account).state(&record()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
}

// A create, a verify and a refund whose answers were lost.

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
    Answer::json("").status(504)
}

#[tokio::test]
async fn a_lost_create_yields_what_it_would_have_yielded() {
    let account = Provider::start().await;
    let would_have = created(&account).await;
    let zipay = neutral(&account);
    account.answer("create-invoice", lost());
    let error = zipay.create(&payment_of(price())).await.unwrap_err();
    let prepared = zipay.prepare(&payment_of(price())).unwrap();
    let prepared = prepared.handle().clone();
    account.take_called();

    account.answer(
        "invoice-list",
        list_of(&[invoice_status()["result"].clone()]),
    );
    for handle in [stored(&error), prepared] {
        match zipay.resolve(&handle).await.unwrap() {
            Resolution::Executed(Resolved::Created(found)) => assert_eq!(*found, would_have),
            other => panic!("{other:?}"),
        }
        assert_eq!(account.take_called(), ["invoice-list"]);
    }
}

#[tokio::test]
async fn a_number_that_another_invoice_took_is_a_mismatch() {
    let account = Provider::start().await;
    account.answer("create-invoice", lost());
    let zipay = neutral(&account);
    let error = zipay.create(&payment_of(price())).await.unwrap_err();
    let other = with(&invoice_status()["result"], "/amount", json!("1.99"));
    account.answer("invoice-list", list_of(&[other]));
    let error = zipay.resolve(&stored(&error)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert_eq!(error.effect(), Effect::Unknown);
    assert!(error.mismatch().unwrap().has(ComparedField::Amount));
}

#[tokio::test]
async fn a_lost_verify_and_a_lost_refund_are_found_as_the_payment_stands() {
    let account = Provider::start().await;
    let zipay = neutral(&account);
    account.answer("invoice-status", invoice_in("pending"));
    account.answer("invoice-verify", lost());
    let verify = zipay.settle(&books(record())).await.unwrap_err();
    account.answer("invoice-refund", lost());
    let refund = zipay.refund(&record()).await.unwrap_err();
    for (error, status, state) in [
        (verify, "completed", PaymentState::Paid),
        (refund, "refunded", PaymentState::Refunded),
    ] {
        account.answer("invoice-status", invoice_in(status));
        match zipay.resolve(&stored(&error)).await.unwrap() {
            Resolution::Executed(Resolved::Changed(payment)) => {
                assert_eq!(payment.state(), &state);
            }
            other => panic!("{status}: {other:?}"),
        }
    }
}
