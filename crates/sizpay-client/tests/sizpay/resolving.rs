//! An unknown send is looked up by the merchant's own number, on every day that it may have been.

use std::time::Duration;

use paylink_core::{ComparedField, Effect, ErrorKind, Handle, Mismatch, Resolution, Runtime};
use paylink_testkit::Answer;
use serde_json::{Value, json};
use sizpay_client::{
    DisableLink, Error, Found, MayResend, PayState, ResendRule, ResendSms, SizPay,
};

use crate::provider::{LINK_NAME, Provider};
use crate::samples::{day, listed, new_link, send_id};

const SETTLING: Duration = Duration::from_secs(180);

/// A send whose answer was lost, and the client that sent it.
async fn lost() -> (Provider, SizPay, Handle) {
    lost_after(Duration::ZERO).await
}

/// From the clock of these tests to five seconds before midnight in Tehran.
const TO_MIDNIGHT: Duration = Duration::from_secs(9 * 3600 + 54 * 60 + 46);

/// One that was lost just before midnight in Tehran.
async fn lost_around_midnight() -> (Provider, SizPay, Handle) {
    lost_after(TO_MIDNIGHT).await
}

async fn lost_after(time: Duration) -> (Provider, SizPay, Handle) {
    let account = Provider::answering(Answer::json("").status(503)).await;
    account.clock().advance(time);
    let sizpay = account.client();
    let error = sizpay.send_link(new_link()).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    // The handle goes through the shop's store.
    let stored = serde_json::to_string(error.handle().unwrap()).unwrap();
    (account, sizpay, serde_json::from_str(&stored).unwrap())
}

fn ours(status: u64) -> Value {
    json!({"PayLinkSendID": 26041, "InvoiceNo": "99112101", "Status": status, "RefNo": ""})
}

fn still_unknown(retry_after: Duration) -> Resolution<Found> {
    Resolution::StillUnknown { retry_after }
}

fn executed(resolution: Resolution<Found>) -> Found {
    let Resolution::Executed(found) = resolution else {
        panic!("{resolution:?}");
    };
    found
}

#[tokio::test]
async fn a_link_that_was_sent_is_found() {
    let (provider, sizpay, handle) = lost().await;
    provider.answer(listed(json!([ours(0)])));
    let found = executed(sizpay.resolve(&handle).await.unwrap());
    assert_eq!(found.payment.send_id, Some(send_id(26041)));
    assert_eq!(found.payment.state, PayState::Unpaid);
    assert_eq!(found.sent_on, day());
    let asked = provider.bodies().pop().unwrap();
    assert_eq!(asked["PayLinkSendDate"], "1399/11/21");
    assert_eq!(asked["PayLinkFilterTyp"], 1);
    assert_eq!(asked["PayLinkFilterList"], "99112101");
    assert_eq!(provider.requests().len(), 2, "one send, one question");
}

#[tokio::test]
async fn a_link_that_was_never_sent_is_known_after_the_settling_time() {
    let (provider, sizpay, handle) = lost().await;
    provider.answer(listed(json!([])));
    let early = sizpay.resolve(&handle).await.unwrap();
    assert_eq!(early, still_unknown(SETTLING));
    provider.clock().advance(SETTLING);
    let late = sizpay.resolve(&handle).await.unwrap();
    assert_eq!(late, Resolution::NotExecuted);
}

#[tokio::test]
async fn the_settling_time_is_over_when_the_question_begins_and_not_when_it_is_answered() {
    let (provider, sizpay, handle) = lost().await;
    provider.answer(listed(json!([])));
    provider.clock().advance(Duration::from_secs(170));
    provider.answers_take(Duration::from_secs(12));
    let early = sizpay.resolve(&handle).await.unwrap();
    assert_eq!(early, still_unknown(Duration::from_secs(10)));
    provider.answer(listed(json!([ours(0)])));
    drop(executed(sizpay.resolve(&handle).await.unwrap()));
}

/// The first of two days is asked about before the settling time is over, the second one after.
#[tokio::test]
async fn the_first_of_several_questions_is_what_counts() {
    let (provider, sizpay, handle) = lost_around_midnight().await;
    provider.clock().advance(Duration::from_secs(170));
    provider.answer(listed(json!([])));
    provider.answers_take(Duration::from_secs(12));
    let before = provider.requests().len();
    let early = sizpay.resolve(&handle).await.unwrap();
    assert_eq!(early, still_unknown(Duration::from_secs(10)));
    assert_eq!(provider.requests().len(), before + 2);
    let late = sizpay.resolve(&handle).await.unwrap();
    assert_eq!(late, Resolution::NotExecuted);
}

#[tokio::test]
async fn a_handle_that_was_stored_before_sending_counts_from_when_it_had_left_at_the_latest() {
    let account = Provider::answering(listed(json!([]))).await;
    let sizpay = account.client();
    let handle = sizpay.send_link(new_link()).handle();
    // A minute to begin with, 45 s for the call.
    let left = Duration::from_secs(105);
    account.clock().advance(SETTLING);
    let early = sizpay.resolve(&handle).await.unwrap();
    assert_eq!(early, still_unknown(left));
    account.clock().advance(left);
    let late = sizpay.resolve(&handle).await.unwrap();
    assert_eq!(late, Resolution::NotExecuted);
}

#[tokio::test]
async fn a_settling_time_shorter_than_a_call_counts_as_long_as_a_call() {
    let (provider, _, handle) = lost().await;
    provider.answer(listed(json!([])));
    let builder = provider.builder().settling_time(Duration::from_secs(30));
    let sizpay = builder.build().unwrap();
    provider.clock().advance(Duration::from_secs(44));
    let second = Duration::from_secs(1);
    let early = sizpay.resolve(&handle).await.unwrap();
    assert_eq!(early, still_unknown(second));
    provider.clock().advance(second);
    let late = sizpay.resolve(&handle).await.unwrap();
    assert_eq!(late, Resolution::NotExecuted);
}

#[tokio::test]
async fn around_midnight_both_days_are_asked() {
    let account = Provider::start().await;
    account.clock().advance(TO_MIDNIGHT);
    let sizpay = account.client();
    let handle = sizpay.send_link(new_link()).handle();
    account.answers([listed(json!([])).into(), listed(json!([ours(1)])).into()]);
    let found = executed(sizpay.resolve(&handle).await.unwrap());
    assert_eq!(found.sent_on.to_string(), "1399/11/22");
    assert_eq!(account.asked_days(), ["1399/11/21", "1399/11/22"]);
}

#[tokio::test]
async fn one_link_under_two_days_is_one_link() {
    let account = Provider::answering(listed(json!([ours(0)]))).await;
    account.clock().advance(TO_MIDNIGHT);
    let sizpay = account.client();
    let handle = sizpay.send_link(new_link()).handle();
    let found = executed(sizpay.resolve(&handle).await.unwrap());
    assert_eq!(found.sent_on, day());
    assert_eq!(account.requests().len(), 2);
}

#[tokio::test]
async fn what_does_not_decide_leaves_it_unknown() {
    let (provider, sizpay, handle) = lost().await;
    provider.clock().advance(SETTLING * 10);
    let numbered = json!({"InvoiceNo": "99112101", "Status": 0});
    let two_links = json!([ours(0), {"PayLinkSendID": 9, "InvoiceNo": "99112101", "Status": 0}]);
    let two_nameless = json!([numbered, numbered]);
    let no_invoice = json!([{"PayLinkSendID": 8, "Status": 0}, {"PayLinkSendID": 9, "Status": 0}]);
    let another = json!([{"InvoiceNo": "7", "Status": 0}]);
    // "Not paid" is also what is said of a link that was never sent.
    let not_paid = json!({"ResCod": 1, "PayLinkFirstStatus": 0});
    // A refusal of the question says nothing about the link.
    let refused = json!({"ResCod": 0, "Message": "یافت نشد"});
    for (answer, kind) in [
        (listed(two_links), ErrorKind::Indeterminate),
        (listed(two_nameless), ErrorKind::Indeterminate),
        (listed(no_invoice), ErrorKind::Indeterminate),
        (not_paid, ErrorKind::Indeterminate),
        (refused, ErrorKind::Refused),
        (json!({"ResCod": 1}), ErrorKind::Untrusted),
        (listed(another), ErrorKind::Mismatch),
    ] {
        provider.answer(answer.clone());
        let error = sizpay.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{answer}: {error}");
        assert_eq!(error.effect(), Effect::Unknown, "{answer}");
        assert_eq!(error.handle(), Some(&handle), "{answer}");
    }
    provider.answer(Answer::json("").status(503));
    let error = sizpay.resolve(&handle).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown, "asking failed");
    assert_eq!(error.attempts(), 3);
}

#[tokio::test]
async fn a_paid_link_certainly_exists() {
    let (provider, sizpay, handle) = lost().await;
    provider.answer(json!({"ResCod": 1, "PayLinkFirstStatus": 1, "PayLinkFirstRefNo": "77"}));
    let found = executed(sizpay.resolve(&handle).await.unwrap());
    assert_eq!(found.payment.reference.as_deref(), Some("77"));
}

#[tokio::test]
async fn a_disable_and_a_resend_cannot_be_looked_up() {
    let account = Provider::start().await;
    let sizpay = account.client();
    let disable = DisableLink::by_send_id(send_id(1), day());
    let resend = ResendSms::by_send_id(send_id(1), day());
    for handle in [
        sizpay.disable_link(disable).handle(),
        sizpay.resend_sms(resend).handle(),
    ] {
        let error = sizpay.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert_eq!(error.effect(), Effect::Unknown);
        assert_eq!(error.operation(), Some(handle.operation()));
        assert_eq!(error.handle(), Some(&handle));
    }
    assert!(account.requests().is_empty());
}

#[tokio::test]
async fn another_merchant_s_handle_is_refused() {
    let account = Provider::start().await;
    let sizpay = account.client();
    let now = std::time::SystemTime::now();
    for handle in [
        // Whole but for whose it is: what another provider has is not looked for here.
        Handle::new("zipay", "send-link", now)
            .with_reference("7")
            .with_merchant(LINK_NAME),
        Handle::new("sizpay", "status", now),
        Handle::new("sizpay", "send-link", now),
        Handle::new("sizpay", "send-link", now)
            .with_reference("7")
            .with_merchant("another link"),
    ] {
        let error = sizpay.resolve(&handle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{handle:?}");
        let order = |it: &Mismatch| it.has(ComparedField::Order);
        assert!(!error.mismatch().is_some_and(order));
    }
    assert!(account.requests().is_empty());
}

const TWO_MINUTES: Duration = Duration::from_secs(120);

fn resend() -> ResendSms {
    ResendSms::by_send_id(send_id(26041), day())
}

async fn refused_by_rule(sizpay: &SizPay, rule: &mut ResendRule) -> Error {
    sizpay.resend_by_rule(resend(), rule).await.unwrap_err()
}

#[tokio::test]
async fn too_early_and_too_often_are_refused_before_sending() {
    let account = Provider::answering(json!({"ResCod": 1, "Message": ""})).await;
    let sizpay = account.client();
    let mut rule = ResendRule::new(account.clock().now());

    let error = refused_by_rule(&sizpay, &mut rule).await;
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.effect(), Effect::NotExecuted);
    assert!(error.to_string().contains("wait 120 seconds"), "{error}");
    for sent in 1..=3 {
        account.clock().advance(TWO_MINUTES);
        sizpay.resend_by_rule(resend(), &mut rule).await.unwrap();
        assert_eq!(account.requests().len(), sent);
    }
    account.clock().advance(TWO_MINUTES * 100);
    let error = refused_by_rule(&sizpay, &mut rule).await;
    assert!(error.to_string().contains("three times"), "{error}");
    assert_eq!(account.requests().len(), 3);
}

#[tokio::test]
async fn an_sms_counts_unless_it_is_proved_that_none_was_sent() {
    let account = Provider::start().await;
    let sizpay = account.client();
    let mut rule = ResendRule::new(account.clock().now());
    account.clock().advance(TWO_MINUTES);

    account.answer(json!({"ResCod": 0, "Message": "لینک غیرفعال است"}));
    let error = refused_by_rule(&sizpay, &mut rule).await;
    assert_eq!(error.effect(), Effect::NotExecuted);
    assert_eq!(rule.may_resend_at(account.clock().now()), MayResend::Now);
    assert_eq!(rule.resends_left(), 3);

    account.answer(Answer::json("").status(502));
    let error = refused_by_rule(&sizpay, &mut rule).await;
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(rule.resends_left(), 2);
    let now = account.clock().now();
    assert_eq!(rule.may_resend_at(now), MayResend::After(TWO_MINUTES));
}

#[tokio::test]
async fn a_call_that_is_dropped_in_flight_counts() {
    let account = Provider::start().await;
    let sizpay = account.client();
    let mut rule = ResendRule::new(account.clock().now());
    account.clock().advance(TWO_MINUTES);
    {
        let mut call = Box::pin(sizpay.resend_by_rule(resend(), &mut rule));
        let once = std::future::poll_fn(|context| {
            std::task::Poll::Ready(call.as_mut().poll(context).is_pending())
        });
        assert!(once.await, "it was under way");
    }
    assert_eq!(rule.resends_left(), 2);
}
