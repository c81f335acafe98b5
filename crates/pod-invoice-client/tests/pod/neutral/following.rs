//! Settling holds order, record, hint and invoice against one another, and verifies only then.

use paylink_core::provider::{ExpectedPayment, Hint, Payment, PaymentState};
use paylink_core::{Currency, Field, Money, PaymentProvider, Settlement};
use serde_json::{Value, json};

use super::{LIST, VERIFY, builder, chosen, expected, issued, issued_with, record, rial};
use crate::provider::{Provider, bad, good};
use crate::samples::BILL;

fn verified() -> Value {
    issued_with(json!({"payed": true}))
}

/// POD with a three-step invoice that its payer has paid.
async fn paid() -> Provider {
    let provider = Provider::start().await;
    provider.answer(LIST, good(json!([issued()])));
    provider.answer(VERIFY, good(verified()));
    provider
}

#[track_caller]
fn assert_mismatch(settlement: &Settlement<Payment>, field: Field) {
    let Settlement::Mismatch(mismatch) = settlement else {
        panic!("{settlement:?}");
    };
    assert!(mismatch.is_in(field), "{mismatch}");
    assert_eq!(mismatch.differences().len(), 1, "{mismatch}");
}

#[tokio::test]
async fn it_lists_compares_and_verifies() {
    let provider = paid().await;
    let pod = chosen(&provider);
    let toman = Money::new("100000", Currency::Irt).unwrap();
    let in_toman = ExpectedPayment::new(BILL.parse().unwrap(), toman, record().await);
    for expected in [expected(record().await), in_toman] {
        let settlement = pod.settle(&expected).await.unwrap();
        let Settlement::Settled(proof) = settlement else {
            panic!("{settlement:?}");
        };
        assert_eq!(proof.order(), BILL);
        assert_eq!(proof.reference(), "32157");
        assert_eq!(proof.amount(), &rial("1000000"));
        assert_eq!(provider.take_called(), [LIST, VERIFY]);
    }
    provider.answer(LIST, good(json!([verified()])));
    let again = pod.settle(&expected(record().await)).await.unwrap();
    assert!(matches!(again, Settlement::AlreadySettled(_)), "{again:?}");
    assert_eq!(provider.take_called(), [LIST]);
}

/// An invoice of three steps reads `unverified` from the start, so its flags alone would call every unpaid order likely paid.
#[tokio::test]
async fn what_pod_refuses_to_verify_as_unpaid_is_unpaid() {
    let provider = paid().await;
    let pod = chosen(&provider);
    for (code, state) in [(55, PaymentState::Unpaid), (72, PaymentState::Paying)] {
        provider.answer(VERIFY, bad(code));
        let settlement = pod.settle(&expected(record().await)).await;
        let Ok(Settlement::NotPaid(payment)) = settlement else {
            panic!("{settlement:?}");
        };
        assert_eq!(payment.state(), &state, "{code}");
        assert_eq!(payment.provider_state(), "unverified");
    }
    // Reading it verifies nothing, and proves no more than before.
    let read = pod.state(&record().await).await.unwrap();
    assert_eq!(read.state(), &PaymentState::Unconfirmed);
}

#[tokio::test]
async fn books_that_differ_are_a_mismatch_without_asking() {
    let provider = paid().await;
    let pod = chosen(&provider);
    let record = record().await;
    let settle = async |reference: &str, price: Money| {
        let expected = ExpectedPayment::new(reference.parse().unwrap(), price, record.clone());
        pod.settle(&expected).await.unwrap()
    };
    assert_mismatch(&settle(BILL, rial("1000001")).await, Field::Amount);
    let toman = Money::new("1000000", Currency::Irt).unwrap();
    assert_mismatch(&settle(BILL, toman).await, Field::Amount);
    let dollars = Money::new("1000000", Currency::Usd).unwrap();
    assert_mismatch(&settle(BILL, dollars).await, Field::Currency);
    assert_mismatch(&settle("1001", rial("1000000")).await, Field::Order);

    let another = Hint::new("pod").id("invoiceId", "32158");
    let hinted = expected(record.clone()).hinted(another);
    assert_mismatch(&pod.settle(&hinted).await.unwrap(), Field::Reference);

    let elsewhere = builder(&provider).business(7867).build().unwrap();
    let elsewhere: Box<dyn PaymentProvider> = Box::new(elsewhere);
    let foreign = expected(record.merchant("7868"));
    assert_mismatch(&elsewhere.settle(&foreign).await.unwrap(), Field::Merchant);
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn an_invoice_that_differs_is_a_mismatch_and_is_not_verified() {
    for (listed, field) in [
        (json!({"payableAmount": 1_000_001}), Field::Amount),
        (json!({"billNumber": "1001"}), Field::Order),
        (json!({"id": 32158}), Field::Reference),
        (json!({"business": {"id": 7868}}), Field::Merchant),
    ] {
        let provider = paid().await;
        provider.answer(LIST, good(json!([issued_with(listed)])));
        let pod = builder(&provider).business(7867).build().unwrap();
        let pod: Box<dyn PaymentProvider> = Box::new(pod);
        let settlement = pod.settle(&expected(record().await)).await.unwrap();
        assert_mismatch(&settlement, field);
        assert_eq!(provider.take_called(), [LIST]);
    }
}
