//! Order, record, hint and invoice have to agree before anything is confirmed.

use paylink_core::provider::{ExpectedPayment, Hint, Payment, PaymentState};
use paylink_core::{Difference, Field, Settlement};
use serde_json::{Value, json};
use zipay_client::{Currency, Error, ErrorKind};

use super::{books, money, neutral, payment_of, price, record, record_with};
use crate::provider::Provider;
use crate::samples::{OTHER_TRACKID, TRACKID, create_invoice, invoice_in, invoice_verify, with};

type Outcome = Result<Settlement<Payment>, Error>;

fn differs_in(outcome: Outcome) -> Vec<Field> {
    match outcome {
        Ok(Settlement::Mismatch(mismatch)) => mismatch
            .differences()
            .iter()
            .map(Difference::field)
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_paid_invoice_is_confirmed_and_later_found_confirmed() {
    let provider = Provider::start().await;
    let zipay = neutral(&provider);
    provider.answer("invoice-status", invoice_in("pending"));
    provider.answer("invoice-verify", invoice_verify());
    let outcome = zipay.settle(&books(record())).await.unwrap();
    assert!(matches!(outcome, Settlement::Settled(_)), "{outcome:?}");
    assert_eq!(provider.take_asked(), ["invoice-status", "invoice-verify"]);
    let proof = outcome.proof().unwrap();
    assert_eq!((proof.order(), proof.reference()), ("1000", TRACKID));
    assert_eq!(proof.amount(), &price());

    provider.answer("invoice-status", invoice_in("completed"));
    let outcome = zipay.settle(&books(record())).await.unwrap();
    assert!(
        matches!(outcome, Settlement::AlreadySettled(_)),
        "{outcome:?}"
    );
    assert_eq!(provider.take_asked(), ["invoice-status"]);
}

#[tokio::test]
async fn what_is_not_paid_is_viewed_in_the_shared_words() {
    let provider = Provider::start().await;
    for (status, state) in [
        ("generated", PaymentState::Unpaid),
        ("waiting", PaymentState::Paying),
        ("rejected", PaymentState::Failed),
        ("refunded", PaymentState::Refunded),
    ] {
        provider.answer("invoice-status", invoice_in(status));
        match neutral(&provider).settle(&books(record())).await.unwrap() {
            Settlement::NotPaid(payment) => {
                assert_eq!(payment.state(), &state);
                assert_eq!(payment.provider_state(), status);
            }
            other => panic!("{status}: {other:?}"),
        }
        assert_eq!(provider.take_asked(), ["invoice-status"]);
    }
    provider.answer("invoice-status", invoice_in("paid"));
    let error = neutral(&provider)
        .settle(&books(record()))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Indeterminate);
}

#[tokio::test]
async fn books_that_disagree_are_a_mismatch_and_nothing_is_asked() {
    let provider = Provider::start().await;
    provider.answer("invoice-status", invoice_in("pending"));
    let zipay = neutral(&provider);
    let order =
        |reference: &str, price| ExpectedPayment::new(reference.parse().unwrap(), price, record());
    let hinted = |hint| books(record()).hinted(hint);
    let dearer = record_with("/amount", json!(money("100.98", Currency::Usd)));
    for (expected, field) in [
        (order("1000", money("100.98", Currency::Usd)), Field::Amount),
        (
            order("1000", money("100.99", Currency::Usdt)),
            Field::Currency,
        ),
        (order("1001", price()), Field::Order),
        (books(dearer), Field::Amount),
        (
            books(record_with("/reference", json!("1001"))),
            Field::Order,
        ),
        (
            books(record_with("/merchant", json!("1004"))),
            Field::Merchant,
        ),
        (
            books(record_with("/merchant", Value::Null)),
            Field::Merchant,
        ),
        (
            hinted(Hint::new("zipay").id("trackid", OTHER_TRACKID)),
            Field::Reference,
        ),
        (hinted(Hint::new("zipay").reference("1001")), Field::Order),
        (hinted(Hint::new("sizpay")), Field::Reference),
    ] {
        let told = format!("{expected:?}");
        assert_eq!(differs_in(zipay.settle(&expected).await), [field], "{told}");
    }
    let other = books(record_with("/provider", json!("sizpay")));
    let error = zipay.settle(&other).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(provider.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn an_invoice_that_differs_from_the_record_is_a_mismatch_and_not_confirmed() {
    let provider = Provider::start().await;
    let zipay = neutral(&provider);
    for (pointer, value, field) in [
        ("/result/amount", json!("100.98"), Field::Amount),
        ("/result/coin/currency", json!("USDT"), Field::Currency),
        ("/result/invoice_number", json!("1001"), Field::Order),
        (
            "/result/merchant_terminal_number",
            json!(1004),
            Field::Merchant,
        ),
        ("/result/trackid", json!(OTHER_TRACKID), Field::Reference),
    ] {
        provider.answer(
            "invoice-status",
            with(&invoice_in("pending"), pointer, value),
        );
        let outcome = zipay.settle(&books(record())).await;
        assert_eq!(differs_in(outcome), [field], "{pointer}");
        // An answer about another invoice is asked for once more; nothing else is.
        let asked = provider.take_asked();
        assert!(asked.iter().all(|it| it == "invoice-status"), "{asked:?}");
    }
}

/// Without a terminal of its own the client goes by the record's, and the invoice still has to be of that one.
#[tokio::test]
async fn a_client_of_all_terminals_holds_the_invoice_against_the_record_s() {
    let provider = Provider::start().await;
    let zipay: Box<dyn paylink_core::PaymentProvider> =
        Box::new(provider.client_builder().build().unwrap());
    let elsewhere = books(record_with("/merchant", json!("1004")));
    provider.answer("invoice-status", invoice_in("completed"));
    assert_eq!(
        differs_in(zipay.settle(&elsewhere).await),
        [Field::Merchant]
    );
    let outcome = zipay.settle(&books(record())).await.unwrap();
    assert!(outcome.proof().is_some(), "{outcome:?}");
    for nowhere in [Value::Null, json!("a"), json!("0")] {
        let record = record_with("/merchant", nowhere);
        let error = zipay.settle(&books(record)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
    assert_eq!(provider.asked(), ["invoice-status"; 2]);
}

#[tokio::test]
async fn an_order_in_rial_is_settled_by_its_payment_in_toman() {
    let provider = Provider::start().await;
    provider.answer("create-invoice", create_invoice());
    let zipay = neutral(&provider);
    let price = money("15000", Currency::Irr);
    let created = zipay.create(&payment_of(price)).await.unwrap();
    let expected = ExpectedPayment::new("1000".parse().unwrap(), price, created.record().clone());

    let toman = with(
        &invoice_in("completed"),
        "/result/coin/currency",
        json!("IRT"),
    );
    provider.answer(
        "invoice-status",
        with(&toman, "/result/amount", json!("1500")),
    );
    let outcome = zipay.settle(&expected).await.unwrap();
    let proof = outcome.proof().unwrap();
    assert_eq!(proof.amount(), &money("1500", Currency::Irt));

    provider.answer(
        "invoice-status",
        with(&toman, "/result/amount", json!("15000")),
    );
    assert_eq!(differs_in(zipay.settle(&expected).await), [Field::Amount]);
}
