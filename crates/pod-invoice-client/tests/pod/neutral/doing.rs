//! Disabling is cancelling, and never a refund.

use paylink_core::{Effect, ErrorKind, Field};
use serde_json::{Value, json};

use super::{CANCEL, LIST, chosen, issued, issued_with, record};
use crate::provider::{Provider, bad, good};

#[tokio::test]
async fn an_invoice_that_is_not_paid_is_cancelled() {
    let provider = Provider::start().await;
    provider.answer(LIST, good(json!([issued()])));
    provider.answer(CANCEL, good(true));
    let done = chosen(&provider).disable(&record().await).await.unwrap();
    assert_eq!(done.said(), Some("reference number 234910992"));
    let cancel = provider.requests().pop().unwrap().body_string();
    assert_eq!(
        cancel,
        "scProductId=29810&scApiKey=key-of-the-wire-tests&id=32157"
    );
    assert_eq!(provider.take_called(), [LIST, CANCEL]);
}

#[tokio::test]
async fn what_is_paid_or_may_be_is_left_as_it_is() {
    for (members, kind) in [
        (json!({"payed": true}), ErrorKind::Invalid),
        (
            json!({"payed": true, "waiting": true, "closed": true}),
            ErrorKind::Indeterminate,
        ),
        (json!({"payed": Value::Null}), ErrorKind::Indeterminate),
    ] {
        let provider = Provider::start().await;
        provider.answer(LIST, good(json!([issued_with(members)])));
        provider.answer(CANCEL, good(true));
        let error = chosen(&provider)
            .disable(&record().await)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert_eq!(provider.take_called(), [LIST]);
    }
}

#[tokio::test]
async fn another_invoice_than_the_records_is_left_as_it_is() {
    for (members, field) in [
        (json!({"billNumber": "1001"}), Field::Order),
        (json!({"payableAmount": 1_000_001}), Field::Amount),
    ] {
        let provider = Provider::start().await;
        provider.answer(LIST, good(json!([issued_with(members)])));
        provider.answer(CANCEL, good(true));
        let error = chosen(&provider)
            .disable(&record().await)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
        assert_eq!(error.effect(), Effect::NotExecuted);
        assert!(error.mismatch().unwrap().is_in(field), "{error}");
        assert_eq!(provider.take_called(), [LIST]);
    }
}

#[tokio::test]
async fn a_cancellation_that_pod_refuses_is_not_executed() {
    let provider = Provider::start().await;
    provider.answer(LIST, good(json!([issued()])));
    provider.answer(CANCEL, bad(45));
    let error = chosen(&provider)
        .disable(&record().await)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(error.effect(), Effect::NotExecuted);
}
