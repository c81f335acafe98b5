//! The rule for sending an SMS again, kept on this side too.

use std::time::Duration;

use paylink_core::{Effect, ErrorKind, Runtime};
use serde_json::json;
use sizpay_client::{MayResend, ResendRule, ResendSms};

use crate::provider::Provider;
use crate::samples::{day, send_id};
use paylink_testkit::Answer;

const TWO_MINUTES: Duration = Duration::from_secs(120);

fn resend() -> ResendSms {
    ResendSms::by_send_id(send_id(26041), day())
}

#[tokio::test]
async fn too_early_and_too_often_are_refused_before_sending() {
    let account = Provider::answering(json!({"ResCod": 1, "Message": ""})).await;
    let sizpay = account.client();
    let mut rule = ResendRule::new(account.clock().now());

    let error = sizpay
        .resend_by_rule(resend(), &mut rule)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.effect(), Effect::NotExecuted);
    assert!(error.to_string().contains("wait 120 seconds"), "{error}");
    for sent in 1..=3 {
        account.clock().advance(TWO_MINUTES);
        sizpay.resend_by_rule(resend(), &mut rule).await.unwrap();
        assert_eq!(account.requests().len(), sent);
    }
    account.clock().advance(TWO_MINUTES * 100);
    let error = sizpay
        .resend_by_rule(resend(), &mut rule)
        .await
        .unwrap_err();
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
    let error = sizpay
        .resend_by_rule(resend(), &mut rule)
        .await
        .unwrap_err();
    assert_eq!(error.effect(), Effect::NotExecuted);
    assert_eq!(rule.may_resend_at(account.clock().now()), MayResend::Now);
    assert_eq!(rule.resends_left(), 3);

    account.answer(Answer::json("").status(502));
    let error = sizpay
        .resend_by_rule(resend(), &mut rule)
        .await
        .unwrap_err();
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
