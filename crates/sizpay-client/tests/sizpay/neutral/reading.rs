//! States and lists: views, not proofs.

use paylink_core::provider::{ListPayments, PaymentState};
use paylink_core::{ErrorKind, Field};
use serde_json::json;

use super::{over_rest, record};
use crate::provider::Provider;
use crate::samples::{day, element, listed};

#[tokio::test]
async fn a_state_is_read_and_only_what_agrees_with_itself_is_clear() {
    let unclear = |text: &str| PaymentState::Unclear(text.into());
    for (status, number, state) in [
        (0, "", PaymentState::Unpaid),
        (1, "77", PaymentState::Paid),
        (1, "", unclear("paid, and without a reference number")),
        (0, "77", unclear("unpaid, and with a reference number")),
        (2, "77", unclear("2")),
    ] {
        let provider = Provider::answering(listed(json!([element(26041, status, number)]))).await;
        let payment = over_rest(&provider).state(&record().await).await.unwrap();
        assert_eq!(payment.state(), &state);
        assert_eq!(payment.reported_amount(), None, "SizPay reports none");
        let receipt = Some(number).filter(|number| !number.is_empty());
        assert_eq!(payment.reported_receipt(), receipt);
        let ids: Vec<_> = payment.known_ids().collect();
        assert_eq!(ids, [("PayLinkSendID", "26041")]);
        assert_eq!(provider.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_link_that_sizpay_does_not_report_is_neither_paid_nor_unpaid() {
    let provider = Provider::answering(listed(json!([]))).await;
    let error = over_rest(&provider)
        .state(&record().await)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Indeterminate);

    provider.answer(listed(json!([element(9, 1, "77")])));
    let error = over_rest(&provider)
        .state(&record().await)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert!(error.mismatch().unwrap().is_in(Field::Reference));
}

#[tokio::test]
async fn a_day_is_listed_in_one_page() {
    let paid = json!({"PayLinkSendID": 7, "InvoiceNo": "1000", "Status": 1, "RefNo": "77"});
    let provider = Provider::answering(listed(json!([paid, element(8, 0, "")]))).await;
    let list = ListPayments::new().day(day());
    let page = over_rest(&provider).list(&list).await.unwrap();
    assert_eq!(page.next(), None);
    let [first, second] = page.payments() else {
        panic!("{page:?}");
    };
    assert_eq!(first.reported_reference(), Some("1000"));
    assert_eq!(first.state(), &PaymentState::Paid);
    assert_eq!(second.reported_reference(), None);
    assert_eq!(second.state(), &PaymentState::Unpaid);
    let asked = provider.bodies().pop().unwrap();
    assert_eq!(asked["PayLinkSendDate"], "1399/11/21");
    assert_eq!(asked["PayLinkFilterList"], "");
}
