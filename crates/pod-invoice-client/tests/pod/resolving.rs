//! What became of an operation whose outcome was unknown.

use std::time::Duration;

use paylink_core::{Effect, Error, ErrorKind, Field, Handle, Resolution};
use pod_invoice_client::Invoice;
use serde_json::{Value, json};

use crate::cases;
use crate::provider::{Provider, bad, good};
use crate::samples::{invoice, invoice_with};

/// Loses the answer of an operation, and resolves it against this list after so many seconds.
async fn resolved(name: &str, list: Value, seconds: u64) -> Result<Resolution<Invoice>, Error> {
    let provider = Provider::start().await;
    let pod = provider.client();
    let cases = cases::all();
    let case = cases.iter().find(|it| it.name == name).unwrap();
    provider.answer(case.production, bad(378));
    let error = (case.call)(&pod).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    let stored = serde_json::to_string(error.handle().unwrap()).unwrap();
    let handle: Handle = serde_json::from_str(&stored).unwrap();
    provider.clock.advance(seconds);
    provider.answer(29813, good(list));
    provider.take_called();
    let resolution = pod.resolve(&handle).await;
    assert!(provider.take_called().len() <= 1);
    resolution
}

#[tokio::test]
async fn where_the_operation_leads_it_was_executed() {
    for (name, reached) in [
        ("issue-invoice", json!({})),
        ("pay-any-invoice", json!({"payed": true})),
        ("pay-own-invoice", json!({"payed": true})),
        ("confirm-payment-sms", json!({"payed": true})),
        ("mark-paid", json!({"payed": true, "closed": true})),
        ("pos-payment", json!({"payed": true})),
        ("pay-in-future", json!({"willBePaid": true})),
        ("pay-in-future", json!({"payed": true})),
        (
            "pay-with-invoice",
            json!({"id": 32158, "payed": true, "willBeBlocked": true}),
        ),
        (
            "verify-invoice",
            json!({"payed": true, "verificationNeeded": true}),
        ),
        ("verify-and-close", json!({"payed": true, "closed": true})),
        ("close", json!({"payed": true, "closed": true})),
        ("cancel", json!({"canceled": true})),
        ("cancel", json!({"canceled": true, "payed": true})),
    ] {
        let resolution = resolved(name, json!([invoice_with(reached.clone())]), 0)
            .await
            .unwrap();
        assert!(
            matches!(resolution, Resolution::Executed(_)),
            "{name} {reached}: {resolution:?}"
        );
    }
}

#[tokio::test]
async fn not_there_yet_means_never_only_after_the_settling_time() {
    for (name, list) in [
        ("issue-invoice", json!([])),
        ("pay-any-invoice", json!([invoice()])),
        ("pay-in-future", json!([invoice()])),
        (
            "pay-with-invoice",
            json!([invoice_with(json!({"id": 32158, "payed": true}))]),
        ),
        (
            "verify-invoice",
            json!([invoice_with(json!({"verificationNeeded": true}))]),
        ),
        ("close", json!([invoice_with(json!({"payed": true}))])),
        ("cancel", json!([invoice()])),
    ] {
        let early = resolved(name, list.clone(), 60).await.unwrap();
        let look_again_after = Duration::from_secs(120);
        assert_eq!(
            early,
            Resolution::StillUnknown { look_again_after },
            "{name}"
        );
        let late = resolved(name, list, 180).await.unwrap();
        assert_eq!(late, Resolution::NotExecuted, "{name}");
    }
}

/// A wallet may have paid it: it is not called paid before it is verified, or the money went back.
#[tokio::test]
async fn the_payment_of_a_three_step_invoice_stays_open_for_an_hour() {
    for name in [
        "pay-any-invoice",
        "pay-own-invoice",
        "confirm-payment-sms",
        "pos-payment",
    ] {
        let list = json!([invoice_with(json!({"verificationNeeded": true}))]);
        let early = resolved(name, list.clone(), 3600).await.unwrap();
        assert!(
            matches!(early, Resolution::StillUnknown { .. }),
            "{name} {early:?}"
        );
        let late = resolved(name, list, 3900).await.unwrap();
        assert_eq!(late, Resolution::NotExecuted, "{name}");
    }
}

#[tokio::test]
async fn what_can_no_longer_happen_did_not() {
    for (name, members) in [
        ("pay-any-invoice", json!({"canceled": true})),
        ("pay-in-future", json!({"canceled": true})),
        ("verify-invoice", json!({"canceled": true})),
        ("close", json!({"canceled": true})),
        ("cancel", json!({"payed": true, "closed": true})),
    ] {
        let resolution = resolved(name, json!([invoice_with(members)]), 0)
            .await
            .unwrap();
        assert_eq!(resolution, Resolution::NotExecuted, "{name}");
    }
}

#[tokio::test]
async fn an_invoice_that_is_not_listed_says_nothing() {
    for name in ["pay-any-invoice", "pay-in-future", "mark-paid"] {
        let error = resolved(name, json!([]), 100_000).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{name}");
        assert_eq!(error.effect(), Effect::Unknown, "{name}");
        assert!(error.handle().is_some(), "{name}");
    }
}

#[tokio::test]
async fn nobody_knows_whether_an_sms_went_out() {
    for name in ["send-payment-sms", "share-link"] {
        let error = resolved(name, json!([invoice()]), 0).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{name}");
        assert_eq!(error.effect(), Effect::Unknown, "{name}");
    }
}

#[tokio::test]
async fn another_invoice_under_the_number_is_an_alarm() {
    for (members, field) in [
        (json!({"totalAmount": 5}), Field::Amount),
        (json!({"totalAmount": null}), Field::Amount),
        (json!({"billNumber": "1001"}), Field::Order),
    ] {
        let error = resolved("issue-invoice", json!([invoice_with(members)]), 0)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        assert_eq!(error.effect(), Effect::Unknown);
        assert!(error.mismatch().unwrap().is_in(field), "{error}");
    }
    let other = json!([invoice_with(json!({"id": 5}))]);
    let error = resolved("mark-paid", other, 0).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
}

#[tokio::test]
async fn a_handle_of_something_else_is_refused_before_a_byte() {
    let provider = Provider::start().await;
    let pod = provider.client();
    let now = std::time::SystemTime::now();
    for handle in [
        Handle::new("zipay", "create-invoice", now),
        Handle::new("pod", "invoices", now),
        Handle::new("pod", "issue-invoice", now),
        Handle::new("pod", "issue-invoice", now).reference("1000"),
        Handle::new("pod", "mark-paid", now),
        Handle::new("pod", "mark-paid", now).id("invoiceId", "x"),
    ] {
        let error = pod.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{handle:?}");
    }
    assert!(provider.requests().is_empty());
}
