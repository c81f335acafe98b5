//! Settling holds SizPay's report against the merchant's record, and says of each field how it was checked.

use std::time::{Duration, SystemTime};

use paylink_core::{Checked, Effect, ErrorKind, Field};
use serde_json::{Value, json};
use sizpay_client::{Error, Expected, PayState, Rial, Settlement, Via};

use crate::provider::{Answer, Provider};
use crate::samples::{day, element, listed, send_id};

fn expected() -> Expected {
    Expected::new(send_id(26041), "99112101", Rial::new(10_000), day()).unwrap()
}

async fn settle(answer: Value) -> Result<Settlement, Error> {
    let provider = Provider::answering(answer).await;
    provider.client().settle(&expected()).await
}

fn checked(settlement: &Settlement, field: Field) -> Checked {
    let checks = settlement.proof().unwrap().checks();
    let check = checks.iter().find(|check| check.field() == field).unwrap();
    check.checked()
}

#[tokio::test]
async fn a_paid_link_is_settled_every_time_and_never_as_if_it_were_the_first() {
    let paid = json!({"PayLinkSendID": 26041, "InvoiceNo": "99112101", "Status": 1, "RefNo": "880012345678"});
    let provider = Provider::answering(listed(json!([paid]))).await;
    let sizpay = provider.client();
    for _ in 0..2 {
        let settlement = sizpay.settle(&expected()).await.unwrap();
        assert!(matches!(settlement, Settlement::AlreadySettled(_)));
        let proof = settlement.proof().unwrap();
        assert_eq!(proof.amount().to_string(), "10000 IRR");
        assert_eq!(proof.order(), "99112101");
        assert_eq!(proof.reference(), "26041");
        assert_eq!(proof.receipt(), Some("880012345678"));
        for (field, how) in [
            (Field::Reference, Checked::Equal),
            (Field::Order, Checked::Equal),
            (Field::Amount, Checked::NotReported),
            (Field::Currency, Checked::NotReported),
            (Field::Merchant, Checked::NotReported),
        ] {
            assert_eq!(checked(&settlement, field), how, "{field:?}");
        }
    }
}

#[tokio::test]
async fn what_an_answer_leaves_out_is_not_called_equal() {
    let settlement = settle(listed(json!([element(26041, 1, "77")])))
        .await
        .unwrap();
    assert_eq!(checked(&settlement, Field::Reference), Checked::Equal);
    assert_eq!(checked(&settlement, Field::Order), Checked::NotReported);

    let first = json!({"ResCod": 1, "PayLinkFirstStatus": 1, "PayLinkFirstRefNo": "77"});
    let settlement = settle(first).await.unwrap();
    assert_eq!(checked(&settlement, Field::Reference), Checked::NotReported);
}

#[tokio::test]
async fn an_unpaid_link_is_not_paid() {
    let settlement = settle(listed(json!([element(26041, 0, "")])))
        .await
        .unwrap();
    let Settlement::NotPaid(payment) = settlement else {
        panic!("{settlement:?}");
    };
    assert_eq!(payment.state, PayState::Unpaid);
}

#[tokio::test]
async fn another_link_or_another_invoice_is_a_mismatch() {
    let stranger = listed(json!([element(9, 1, "77")]));
    let Settlement::Mismatch(mismatch) = settle(stranger).await.unwrap() else {
        panic!("settled by another link");
    };
    assert!(mismatch.is_in(Field::Reference));

    let paid = json!({"PayLinkSendID": 26041, "InvoiceNo": "7", "Status": 1, "RefNo": "77"});
    let Settlement::Mismatch(mismatch) = settle(listed(json!([paid]))).await.unwrap() else {
        panic!("settled by another invoice");
    };
    assert!(mismatch.is_in(Field::Order) && !mismatch.is_in(Field::Reference));
}

#[tokio::test]
async fn what_does_not_decide_is_neither_paid_nor_unpaid() {
    for (element, problem) in [
        (element(26041, 1, ""), "no reference number"),
        (element(26041, 1, "0"), "no reference number"),
        (element(26041, 0, "77"), "gives a reference number"),
        (element(26041, 2, "77"), "unknown state"),
    ] {
        let error = settle(listed(json!([element]))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Indeterminate, "{error}");
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert!(error.to_string().contains(problem), "{error}");
    }
    let error = settle(listed(json!([]))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Indeterminate);
    assert!(error.to_string().contains("1399/11/21"), "{error}");
}

#[tokio::test]
async fn around_midnight_both_days_are_looked_at() {
    // 1399/11/21 00:00:10 in Tehran by the merchant's clock; SizPay's was a little behind.
    let midnight = SystemTime::UNIX_EPOCH + Duration::from_secs(1_612_816_210);
    let expected = Expected::sent_at(send_id(26041), "99112101", Rial::new(10_000), midnight);
    let provider = Provider::start().await;
    let nothing = || Answer::from(listed(json!([])));
    // An empty list is asked for once more, on a connection of its own.
    provider.answers([
        nothing(),
        nothing(),
        Answer::from(listed(json!([element(26041, 1, "77")]))),
    ]);
    let settlement = provider.client().settle(&expected.unwrap()).await.unwrap();
    assert!(settlement.proof().is_some());
    let days: Vec<Value> = provider
        .bodies()
        .iter()
        .map(|body| body["PayLinkSendDate"].clone())
        .collect();
    assert_eq!(days, ["1399/11/20", "1399/11/20", "1399/11/21"]);
}

#[tokio::test]
async fn the_asmx_service_settles_by_send_id_alone() {
    let answer = json!({"d": {
        "ResCod": 1, "Message": "", "prmPayLinkFirstStatus": 1, "prmPayLinkFirstRefNo": "77",
        "prmPayLinkListStatus": json!([element(26041, 1, "77")]).to_string()
    }});
    let provider = Provider::answering(answer).await;
    let sizpay = provider.client_via(Via::AsmxJson);
    let settlement = sizpay.settle(&expected()).await.unwrap();
    assert_eq!(settlement.proof().unwrap().receipt(), Some("77"));
    assert_eq!(provider.requests().len(), 1);
}

/// An answer that came too many, on a connection that was kept, would say "paid" of whatever is asked next.
#[tokio::test]
async fn an_answer_to_nobody_s_question_finds_nobody() {
    use paylink_testkit::{Answer, FaultServer, Wire, faults};
    use sizpay_client::SizPay;

    let nameless = (
        Answer::json(r#"{"ResCod":1,"PayLinkFirstStatus":0}"#),
        Answer::json(r#"{"ResCod":1,"PayLinkFirstStatus":1,"PayLinkFirstRefNo":"77"}"#),
    );
    let another_link = (
        Answer::json(listed(json!([element(26041, 0, "")])).to_string()),
        Answer::json(listed(json!([element(9, 1, "77")])).to_string()),
    );
    for (unpaid, spare) in [nameless, another_link] {
        let server = FaultServer::start(Wire::Plain, faults::late_spare_answer(&unpaid, &spare));
        let server = server.await.unwrap();
        let sizpay = SizPay::builder("k1", "k2", "hosseini").base_url(server.url());
        let sizpay = sizpay.build().unwrap();
        for _ in 0..3 {
            let settlement = sizpay.settle(&expected()).await.unwrap();
            assert!(
                matches!(settlement, Settlement::NotPaid(_)),
                "{settlement:?}"
            );
        }
        assert!(server.shutdown().await.connections() >= 3);
    }
}
