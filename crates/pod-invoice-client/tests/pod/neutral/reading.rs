//! States and lists: views, not proofs.

use paylink_core::provider::{Cursor, ListPayments, PaymentState};
use paylink_core::{Effect, ErrorKind, Field};
use serde_json::{Value, json};

use super::{LIST, chosen, issued, issued_with, record, rial};
use crate::provider::{Provider, good};

#[tokio::test]
async fn every_state_has_a_neutral_name() {
    let provider = Provider::start().await;
    let pod = chosen(&provider);
    let two_steps = |members: Value| {
        let mut members = members;
        members["verificationNeeded"] = json!(false);
        members
    };
    for (members, state) in [
        (two_steps(json!({})), PaymentState::Unpaid),
        (two_steps(json!({"waiting": true})), PaymentState::Paying),
        (json!({}), PaymentState::Unconfirmed),
        (json!({"willBePaid": true}), PaymentState::Promised),
        (json!({"payed": true}), PaymentState::Paid),
        (json!({"canceled": true}), PaymentState::Cancelled),
        (
            json!({"payed": true, "canceled": true}),
            PaymentState::Unclear("unclear".into()),
        ),
    ] {
        provider.answer(LIST, good(json!([issued_with(members)])));
        let payment = pod.state(&record().await).await.unwrap();
        assert_eq!(payment.state(), &state);
        assert_eq!(payment.reported_reference(), Some("1000"));
        assert_eq!(payment.reported_amount(), Some(&rial("1000000")));
        let receipt = (state == PaymentState::Paid).then_some("53133389");
        assert_eq!(payment.reported_receipt(), receipt, "{state}");
        let ids: Vec<_> = payment.known_ids().collect();
        assert_eq!(ids, [("invoiceId", "32157")]);
    }
    assert!(provider.take_called().iter().all(|it| *it == LIST));
}

#[tokio::test]
async fn an_invoice_that_is_not_listed_is_no_state() {
    let provider = Provider::start().await;
    let pod = chosen(&provider);
    for list in [json!([]), json!([issued_with(json!({"id": 9}))])] {
        provider.answer(LIST, good(list));
        let error = pod.state(&record().await).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert!(error.mismatch().unwrap().is_in(Field::Reference));
    }
}

fn counting(list: Value, count: u64) -> Value {
    let mut answer = good(list);
    answer["count"] = json!(count);
    answer
}

#[tokio::test]
async fn a_list_goes_on_until_pod_has_no_more() {
    let provider = Provider::start().await;
    let pod = chosen(&provider);
    let one = |id: u64| issued_with(json!({"id": id}));
    let pages = [
        counting(json!([one(3), one(2)]), 3),
        counting(json!([one(1)]), 3),
    ];
    provider.answers(LIST, pages.map(|page| page.to_string()));
    let first = pod.list(&ListPayments::new()).await.unwrap();
    assert_eq!(first.payments().len(), 2);
    let cursor = first.next().unwrap().clone();
    let second = pod.list(&ListPayments::new().after(cursor)).await.unwrap();
    assert_eq!(second.payments().len(), 1);
    assert_eq!(second.next(), None);
    let bodies: Vec<_> = provider
        .requests()
        .iter()
        .map(httpmock::HttpMockRequest::body_string)
        .collect();
    let list = "scProductId=29813&scApiKey=key-of-the-wire-tests";
    assert_eq!(
        bodies,
        [
            format!("{list}&offset=0&size=100"),
            format!("{list}&offset=2&size=100")
        ]
    );
}

/// POD's count is 0 where it has not counted.
#[tokio::test]
async fn without_a_count_an_empty_page_is_the_end() {
    let provider = Provider::start().await;
    let pod = chosen(&provider);
    provider.answer(LIST, good(json!([issued()])));
    let page = pod.list(&ListPayments::new()).await.unwrap();
    assert_eq!(page.next(), Some(&Cursor::new("1")));
    provider.answer(LIST, good(json!([])));
    let page = pod.list(&ListPayments::new().after(Cursor::new("1"))).await;
    assert_eq!(page.unwrap().next(), None);
}

#[tokio::test]
async fn a_day_is_from_its_first_second_to_its_last() {
    let provider = Provider::start().await;
    provider.answer(LIST, good(json!([])));
    let day = "1403/05/20".parse().unwrap();
    let list = ListPayments::new().day(day);
    let page = chosen(&provider).list(&list).await.unwrap();
    assert_eq!((page.payments().len(), page.next()), (0, None));
    let body = provider.requests()[0].body_string();
    let range = "&fromDate=1403%2F05%2F20+00%3A00%3A00&toDate=1403%2F05%2F20+23%3A59%3A59";
    assert!(body.ends_with(range), "{body}");
}
