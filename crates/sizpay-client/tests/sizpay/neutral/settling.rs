//! Settling holds order, record, hint and SizPay's report against one another.

use paylink_core::provider::{ExpectedPayment, Hint, Payment, PaymentState};
use paylink_core::{Currency, ErrorKind, Field, Money, Settlement};
use serde_json::json;
use sizpay_client::{SizPay, Via};

use super::{ALMOST_MIDNIGHT, ORDER, chosen, expected, over_rest, record, record_at, rial};
use crate::provider::{Answer, PASSWORD, Provider, USER_NAME};
use crate::samples::{element, listed};

fn paid() -> serde_json::Value {
    listed(
        json!([{"PayLinkSendID": 26041, "InvoiceNo": ORDER, "Status": 1, "RefNo": "880012345678"}]),
    )
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
async fn a_paid_link_is_settled_every_time_in_either_unit() {
    let provider = Provider::answering(paid()).await;
    let sizpay = over_rest(&provider);
    let toman = Money::new("1000", Currency::Irt).unwrap();
    let in_toman = ExpectedPayment::new(ORDER.parse().unwrap(), toman, record().await);
    for expected in [expected(record().await), in_toman] {
        let settlement = sizpay.settle(&expected).await.unwrap();
        assert!(matches!(settlement, Settlement::AlreadySettled(_)));
        let proof = settlement.proof().unwrap();
        assert_eq!(proof.order(), ORDER);
        assert_eq!(proof.reference(), "26041");
        assert_eq!(proof.amount(), &rial("10000"));
        assert_eq!(proof.receipt(), Some("880012345678"));
    }
    let asked = provider.bodies().pop().unwrap();
    assert_eq!(asked["PayLinkFilterList"], "26041");
    assert_eq!(asked["PayLinkSendDate"], "1399/11/21");
}

#[tokio::test]
async fn an_unpaid_link_is_shown_as_it_stands() {
    let provider = Provider::answering(listed(json!([element(26041, 0, "")]))).await;
    let settlement = over_rest(&provider).settle(&expected(record().await)).await;
    let Ok(Settlement::NotPaid(payment)) = settlement else {
        panic!("{settlement:?}");
    };
    assert_eq!(payment.state(), &PaymentState::Unpaid);
    assert_eq!(payment.provider_state(), "unpaid");
}

#[tokio::test]
async fn books_that_differ_are_a_mismatch_without_asking() {
    let provider = Provider::answering(paid()).await;
    let sizpay = over_rest(&provider);
    let record = record().await;
    let settle = async |reference: &str, price: Money| {
        let expected = ExpectedPayment::new(reference.parse().unwrap(), price, record.clone());
        sizpay.settle(&expected).await.unwrap()
    };
    let dear = settle(ORDER, rial("100000")).await;
    assert_mismatch(&dear, Field::Amount);
    let toman = settle(ORDER, Money::new("10000", Currency::Irt).unwrap()).await;
    assert_mismatch(&toman, Field::Amount);
    let dollars = settle(ORDER, Money::new("10000", Currency::Usd).unwrap()).await;
    assert_mismatch(&dollars, Field::Currency);
    assert_mismatch(&settle("99112102", rial("10000")).await, Field::Order);

    let another = Hint::new("sizpay").id("PayLinkSendID", "26042");
    let hinted = expected(record.clone()).hinted(another);
    assert_mismatch(&sizpay.settle(&hinted).await.unwrap(), Field::Reference);

    let elsewhere = SizPay::builder(USER_NAME, PASSWORD, "ahmadi")
        .base_url(provider.url("/api/PayLinkSend/"))
        .build()
        .unwrap();
    let elsewhere: Box<dyn paylink_core::PaymentProvider> = Box::new(elsewhere);
    let settlement = elsewhere.settle(&expected(record)).await.unwrap();
    assert_mismatch(&settlement, Field::Merchant);
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn a_report_that_differs_is_a_mismatch() {
    let another_order =
        json!({"PayLinkSendID": 26041, "InvoiceNo": "7", "Status": 1, "RefNo": "1"});
    for (answer, field) in [
        (listed(json!([another_order])), Field::Order),
        (listed(json!([element(9, 1, "77")])), Field::Reference),
    ] {
        let provider = Provider::answering(answer).await;
        let settlement = over_rest(&provider).settle(&expected(record().await)).await;
        assert_mismatch(&settlement.unwrap(), field);
    }
}

#[tokio::test]
async fn another_provider_s_record_is_refused() {
    let provider = Provider::answering(paid()).await;
    let text = serde_json::to_string(&record().await).unwrap();
    let foreign = serde_json::from_str(&text.replace("\"sizpay\"", "\"zipay\"")).unwrap();
    let error = over_rest(&provider).settle(&expected(foreign)).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Invalid);
    assert!(provider.requests().is_empty());
}

/// "Not paid" is also what SizPay says of a link that it does not have under that day.
#[tokio::test]
async fn around_midnight_a_doubtful_report_does_not_hide_a_certain_one() {
    let provider = Provider::start().await;
    let unpaid = || Answer::from(json!({"ResCod": 1, "PayLinkFirstStatus": 0}));
    provider.answers([
        // Once to learn that it names no link, and once on a connection of its own.
        unpaid(),
        unpaid(),
        Answer::from(json!({"ResCod": 1, "PayLinkFirstStatus": 1, "PayLinkFirstRefNo": "77"})),
    ]);
    let at_night = expected(record_at(ALMOST_MIDNIGHT).await);
    let settlement = over_rest(&provider).settle(&at_night).await.unwrap();
    assert_eq!(settlement.proof().unwrap().receipt(), Some("77"));
    assert_eq!(provider.requests().len(), 3);
}

#[tokio::test]
async fn the_asmx_service_settles_as_well() {
    let answer = json!({"d": {
        "ResCod": 1, "Message": "", "prmPayLinkFirstStatus": 1, "prmPayLinkFirstRefNo": "77",
        "prmPayLinkListStatus": json!([element(26041, 1, "77")]).to_string()
    }});
    let provider = Provider::answering(answer).await;
    let sizpay = chosen(&provider, Via::AsmxJson);
    let settlement = sizpay.settle(&expected(record().await)).await.unwrap();
    assert_eq!(settlement.proof().unwrap().receipt(), Some("77"));
}
