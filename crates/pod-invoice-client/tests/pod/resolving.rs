//! What became of an operation whose outcome was unknown.

use std::time::Duration;

use paylink_core::{ComparedField, Effect, Error, ErrorKind, Handle, Resolution};
use paylink_testkit::{Answer, FaultServer, MockRequest, Wire, assert_matches, faults};
use pod_invoice_client::{BusinessToken, Environment, Invoice, ListInvoices, Pod};
use serde_json::{Value, json};

use crate::cases;
use crate::provider::{KEY, Provider, TOKEN, bad, good};
use crate::samples::{expected, id, invoice, invoice_with};

/// Loses the answer of an operation, and resolves it against this list after so many seconds.
async fn resolved(name: &str, list: Value, seconds: u64) -> Result<Resolution<Invoice>, Error> {
    let (account, pod, handle) = lost(name, seconds).await;
    account.answer(29813, good(list));
    let resolution = pod.resolve(&handle).await;
    assert!(account.take_called().len() <= 1);
    resolution
}

#[tokio::test]
async fn where_the_operation_leads_it_was_executed() {
    let blocked = json!({"id": 32158, "payed": true, "willBeBlocked": true});
    let verified = json!({"payed": true, "verificationNeeded": true});
    for (name, reached) in [
        ("issue-invoice", json!({})),
        ("pay-any-invoice", json!({"payed": true})),
        ("pay-own-invoice", json!({"payed": true})),
        ("confirm-payment-sms", json!({"payed": true})),
        ("mark-paid", json!({"payed": true, "closed": true})),
        ("pos-payment", json!({"payed": true})),
        ("pay-in-future", json!({"willBePaid": true})),
        ("pay-in-future", json!({"payed": true})),
        ("pay-with-invoice", blocked),
        ("verify-invoice", verified),
        ("verify-and-close", json!({"payed": true, "closed": true})),
        ("close", json!({"payed": true, "closed": true})),
        ("cancel", json!({"canceled": true})),
        ("cancel", json!({"canceled": true, "payed": true})),
    ] {
        let listed = json!([invoice_with(reached.clone())]);
        let resolution = resolved(name, listed, 0).await.unwrap();
        assert_matches!(resolution, Resolution::Executed(_), "{name} {reached}");
    }
}

#[tokio::test]
async fn not_there_yet_means_never_only_after_the_settling_time() {
    let not_blocked = invoice_with(json!({"id": 32158, "payed": true}));
    let unverified = invoice_with(json!({"verificationNeeded": true}));
    for (name, list) in [
        ("issue-invoice", json!([])),
        ("pay-any-invoice", json!([invoice()])),
        ("pay-in-future", json!([invoice()])),
        ("pay-with-invoice", json!([not_blocked])),
        ("verify-invoice", json!([unverified])),
        ("close", json!([invoice_with(json!({"payed": true}))])),
        ("cancel", json!([invoice()])),
    ] {
        let early = resolved(name, list.clone(), 60).await.unwrap();
        let retry_after = Duration::from_secs(120);
        assert_eq!(early, Resolution::StillUnknown { retry_after }, "{name}");
        let late = resolved(name, list, 180).await.unwrap();
        assert_eq!(late, Resolution::NotExecuted, "{name}");
    }
}

/// An operation whose answer was lost so many seconds ago, its stored handle, and the client that sent it.
async fn lost(name: &str, seconds: u64) -> (Provider, Pod, Handle) {
    let (account, pod) = Provider::with_client().await;
    let cases = cases::all();
    let case = cases.iter().find(|it| it.name == name).unwrap();
    account.answer(case.production, bad(378));
    let error = (case.call)(&pod).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    let stored = serde_json::to_string(error.handle().unwrap()).unwrap();
    account.clock().advance(Duration::from_secs(seconds));
    account.take_called();
    (account, pod, serde_json::from_str(&stored).unwrap())
}

/// The same ten seconds before the settling time is over.
async fn lost_before_settling(name: &str) -> (Provider, Pod, Handle) {
    lost(name, 170).await
}

#[tokio::test]
async fn the_settling_time_is_over_when_the_question_begins_and_not_when_it_is_answered() {
    let unverified = invoice_with(json!({"verificationNeeded": true}));
    for (name, list) in [
        ("issue-invoice", json!([])),
        ("pay-any-invoice", json!([invoice()])),
        ("verify-invoice", json!([unverified])),
    ] {
        let (provider, pod, handle) = lost_before_settling(name).await;
        provider.answer(29813, good(list));
        provider.answers_take(Duration::from_secs(12));
        let early = pod.resolve(&handle).await.unwrap();
        assert_eq!(early, still_unknown(10), "{name}");
        let late = pod.resolve(&handle).await.unwrap();
        assert_eq!(late, Resolution::NotExecuted, "{name}");
    }
}

#[tokio::test]
async fn a_handle_that_was_stored_before_sending_counts_from_when_it_had_left_at_the_latest() {
    let account = Provider::start().await;
    account.answer(29813, good(json!([invoice()])));
    let pod = account.client();
    let handle = pod.cancel_invoice(id()).handle();
    // A minute to begin with, 45 s for the call, three minutes to settle.
    account.clock().advance(Duration::from_secs(180));
    let early = pod.resolve(&handle).await.unwrap();
    assert_eq!(early, still_unknown(105));
    account.clock().advance(Duration::from_secs(105));
    let late = pod.resolve(&handle).await.unwrap();
    assert_eq!(late, Resolution::NotExecuted);
}

#[tokio::test]
async fn a_settling_time_shorter_than_a_call_counts_as_long_as_a_call() {
    let account = Provider::start().await;
    let builder = account.builder(Environment::Production).key(KEY);
    let pod = builder.settling_time(Duration::from_secs(30));
    let pod = pod.build().unwrap();
    account.answer(29810, bad(378));
    let error = pod.cancel_invoice(id()).await.unwrap_err();
    account.answer(29813, good(json!([invoice()])));
    account.clock().advance(Duration::from_secs(44));
    let handle = error.handle().unwrap();
    assert_eq!(pod.resolve(handle).await.unwrap(), still_unknown(1));
    account.clock().advance(Duration::from_secs(1));
    let late = pod.resolve(handle).await.unwrap();
    assert_eq!(late, Resolution::NotExecuted);
}

/// Invoices of these ids, whose numbers begin with ours or are another one.
fn numbered(ids: std::ops::Range<u64>, number: impl Fn(u64) -> String) -> Vec<Value> {
    ids.map(|id| invoice_with(json!({"id": id, "billNumber": number(id)})))
        .collect()
}

/// A filter that takes the number for a prefix shows 10001 to 10010 before 1000 itself.
#[tokio::test]
async fn an_invoice_behind_ten_others_is_found() {
    let (provider, pod, handle) = lost_before_settling("issue-invoice").await;
    let others = numbered(1..11, |id| format!("1000{id}"));
    let pages = [json!(others), json!([invoice()])];
    provider.answers(29813, pages.map(good));
    let found = pod.resolve(&handle).await.unwrap();
    let Resolution::Executed(found) = found else {
        panic!("{found:?}");
    };
    assert_eq!(found.id, id());
    let requests = provider.requests();
    let asked: Vec<String> = requests.iter().map(MockRequest::body_string).collect();
    let ends = [
        "&offset=0&size=10&billNumber=1000",
        "&offset=10&size=100&billNumber=1000",
    ];
    for (body, end) in asked.iter().zip(ends) {
        assert!(body.ends_with(end), "{body}");
    }
    assert_eq!(asked.len(), 2);
}

/// An id names one invoice: what POD lists behind it is not read.
#[tokio::test]
async fn an_invoice_that_is_found_by_its_id_ends_the_search() {
    let (provider, pod, handle) = lost_before_settling("mark-paid").await;
    let mut rows = numbered(1..10, |id| id.to_string());
    rows.push(invoice_with(json!({"payed": true, "closed": true})));
    provider.answers(29813, [good(json!(rows)), bad(21)]);
    let found = pod.resolve(&handle).await.unwrap();
    assert_matches!(found, Resolution::Executed(_));
    assert_eq!(provider.take_called(), [29813]);
}

#[tokio::test]
async fn longer_numbers_alone_say_that_ours_is_not_there() {
    let (provider, pod, handle) = lost_before_settling("issue-invoice").await;
    provider.clock().advance(Duration::from_secs(10));
    for others in [
        numbered(1..4, |id| format!("1000{id}")),
        numbered(1..4, |id| format!("{id}1000")),
    ] {
        provider.answer(29813, good(json!(others)));
        let never = pod.resolve(&handle).await.unwrap();
        assert_eq!(never, Resolution::NotExecuted);
    }
}

#[tokio::test]
async fn two_invoices_of_one_number_are_an_alarm_wherever_they_stand() {
    let (provider, pod, handle) = lost_before_settling("issue-invoice").await;
    let ours = numbered(50..52, |_| "1000".to_owned());
    let mut first = numbered(1..10, |id| format!("1000{id}"));
    first.push(ours[0].clone());
    let pages = [json!(first), json!([ours[1]])];
    provider.answers(29813, pages.map(good));
    let error = pod.resolve(&handle).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch, "{error}");
    assert!(error.to_string().contains("several"), "{error}");
}

#[tokio::test]
async fn a_list_that_moves_while_it_is_read_proves_nothing() {
    let (provider, pod, handle) = lost_before_settling("issue-invoice").await;
    provider.clock().advance(Duration::from_secs(10));
    let page = |ids| good(json!(numbered(ids, |id| format!("1000{id}"))));
    for pages in [
        vec![page(1..11), page(11..15), page(2..12), page(12..15)],
        vec![page(1..11), page(10..15)],
    ] {
        provider.answers(29813, pages);
        assert_eq!(pod.resolve(&handle).await.unwrap(), still_unknown(10));
    }
    let whole = [page(1..11), page(11..15), page(1..11), page(11..15)];
    provider.answers(29813, whole);
    let never = pod.resolve(&handle).await.unwrap();
    assert_eq!(never, Resolution::NotExecuted);
    // Settling does not take it for an invoice that is not there, either.
    provider.answers(29813, [page(1..11), page(10..15)]);
    let error = pod.settle(&expected()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Indeterminate, "{error}");
}

#[tokio::test]
async fn a_list_without_end_decides_nothing() {
    let (provider, pod, handle) = lost_before_settling("issue-invoice").await;
    provider.clock().advance(Duration::from_secs(10));
    let page = good(json!(numbered(1..11, |id| format!("1000{id}"))));
    provider.answer(29813, page);
    let error = pod.resolve(&handle).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Indeterminate, "{error}");
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(error.handle(), Some(&handle));
}

#[tokio::test]
async fn a_look_up_that_fails_leaves_everything_unknown() {
    for name in ["issue-invoice", "pay-any-invoice"] {
        let (provider, pod, handle) = lost_before_settling(name).await;
        provider.clock().advance(Duration::from_secs(10));
        provider.answer(29813, bad(21));
        let error = pod.resolve(&handle).await.unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown, "{name}: {error}");
        assert_eq!(error.handle(), Some(&handle), "{name}");
    }
}

/// On a kept connection it would be taken for the answer: an empty list names no question.
#[tokio::test]
async fn a_spare_answer_does_not_say_that_nothing_is_there() {
    let list = |invoices: Value| Answer::json(good(invoices).to_string());
    let spare = faults::late_spare_answer(&list(json!([invoice()])), &list(json!([])));
    let server = FaultServer::start(Wire::Plain, spare).await.unwrap();
    let pod = Pod::builder(BusinessToken::new(TOKEN)).key(KEY);
    let pod = pod.base_url(server.url()).build().unwrap();
    let handle = pod.mark_paid(id()).handle();
    drop(pod.list_invoices(ListInvoices::one(id())).await.unwrap());
    let resolution = pod.resolve(&handle).await.unwrap();
    assert_matches!(resolution, Resolution::StillUnknown { .. });
}

fn still_unknown(seconds: u64) -> Resolution<Invoice> {
    Resolution::StillUnknown {
        retry_after: Duration::from_secs(seconds),
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
        assert_matches!(early, Resolution::StillUnknown { .. }, "{name}");
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
        let listed = json!([invoice_with(members)]);
        let resolution = resolved(name, listed, 0).await.unwrap();
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
        (json!({"totalAmount": 5}), ComparedField::Amount),
        (json!({"totalAmount": null}), ComparedField::Amount),
        (json!({"billNumber": "1001"}), ComparedField::Order),
    ] {
        let listed = json!([invoice_with(members)]);
        let error = resolved("issue-invoice", listed, 0).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        assert_eq!(error.effect(), Effect::Unknown);
        assert!(error.mismatch().unwrap().has(field), "{error}");
    }
    let other = json!([invoice_with(json!({"id": 5}))]);
    let error = resolved("mark-paid", other, 0).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
}

#[tokio::test]
async fn a_handle_of_something_else_is_refused_before_a_byte() {
    let (account, pod) = Provider::with_client().await;
    let now = std::time::SystemTime::now();
    for handle in [
        // Whole but for whose it is: what another provider has is not looked for here.
        Handle::new("zipay", "mark-paid", now).with_id("invoiceId", "7"),
        Handle::new("pod", "invoices", now),
        Handle::new("pod", "issue-invoice", now),
        Handle::new("pod", "issue-invoice", now).with_reference("1000"),
        Handle::new("pod", "mark-paid", now),
        Handle::new("pod", "mark-paid", now).with_id("invoiceId", "x"),
    ] {
        let error = pod.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{handle:?}");
    }
    assert!(account.requests().is_empty());
}
