//! Absent is not null is not a default, and what contradicts itself proves nothing.

use paylink_core::{Effect, ErrorKind};
use serde_json::{Value, json};
use sizpay_client::{DisableLink, Error, ResendSms, Via};

use crate::provider::{Answer, Provider};
use crate::samples::{day, new_link, send_id, sent};

fn assert_untrusted(error: &Error, about: &str) {
    assert_eq!(error.kind(), ErrorKind::Untrusted, "{about}: {error}");
    assert_eq!(error.effect(), Effect::Unknown, "{about}");
    assert!(error.handle().is_some(), "{about}");
    assert_eq!(error.attempts(), 1, "{about}");
}

/// The answer of a send in which one field holds another value, or none.
fn sent_with(field: &str, value: Option<Value>) -> Value {
    let mut answer = sent();
    match value {
        Some(value) => answer[field] = value,
        None => {
            answer.as_object_mut().unwrap().remove(field);
        }
    }
    answer
}

#[tokio::test]
async fn every_deciding_field_of_a_send_is_strict() {
    let anything_else = |but: &[Value]| {
        let all = [
            Value::Null,
            json!(true),
            json!(1.5),
            json!(-7),
            json!(""),
            json!("x"),
            json!("26041"),
            json!([]),
            json!({}),
        ];
        let rest = all.into_iter().filter(|value| !but.contains(value));
        rest.map(Some).chain([None]).collect::<Vec<_>>()
    };
    // Other whole numbers in `ResCod` are failures, and beside an id they contradict it.
    let cases = anything_else(&[])
        .into_iter()
        .map(|value| ("ResCod", value));
    let ids = anything_else(&[])
        .into_iter()
        .map(|value| ("PayLinkSendID", value));
    for (field, value) in cases.chain(ids) {
        let answer = sent_with(field, value);
        for via in [Via::Rest, Via::AsmxJson] {
            let provider = Provider::answering(answer.clone()).await;
            let error = provider.client_via(via).send_link(new_link()).await;
            assert_untrusted(&error.unwrap_err(), &answer.to_string());
        }
    }
}

#[tokio::test]
async fn success_without_an_id_and_failure_with_one_prove_nothing() {
    for (answer, problem) in [
        (sent_with("PayLinkSendID", Some(json!(0))), "says success"),
        (sent_with("ResCod", Some(json!(0))), "says failure"),
        (sent_with("ResCod", Some(json!("-1"))), "says failure"),
    ] {
        let provider = Provider::answering(answer.clone()).await;
        let error = provider.client().send_link(new_link()).await.unwrap_err();
        assert_untrusted(&error, &answer.to_string());
        assert!(error.to_string().contains(problem), "{error}");
    }
}

#[tokio::test]
async fn a_disable_and_a_resend_need_a_result_code() {
    for answer in [
        json!({}),
        json!({"ResCod": null}),
        json!({"ResCod": true}),
        json!({"Message": "1"}),
    ] {
        let provider = Provider::answering(answer.clone()).await;
        let sizpay = provider.client();
        let disable = DisableLink::by_send_id(send_id(1), day());
        assert_untrusted(&sizpay.disable_link(disable).await.unwrap_err(), "disable");
        let resend = ResendSms::by_send_id(send_id(1), day());
        assert_untrusted(&sizpay.resend_sms(resend).await.unwrap_err(), "resend");
    }
}

#[tokio::test]
async fn what_is_not_the_documented_form_proves_nothing() {
    let good = sent().to_string();
    for (text, via) in [
        ("[]".to_owned(), Via::Rest),
        (format!("[{good}]"), Via::Rest),
        (format!("{good}{good}"), Via::Rest),
        (good.replacen('{', "{\"ResCod\":1,", 1), Via::Rest),
        (good.trim_end_matches('}').to_owned(), Via::Rest),
        ("null".to_owned(), Via::AsmxJson),
        (json!({"d": null}).to_string(), Via::AsmxJson),
        (json!({"d": 1}).to_string(), Via::AsmxJson),
        (json!({"d": [sent()]}).to_string(), Via::AsmxJson),
        (json!({"d": "1"}).to_string(), Via::AsmxJson),
        (json!({"d": {"d": sent()}}).to_string(), Via::AsmxJson),
        (json!({"d": sent()}).to_string(), Via::Rest),
    ] {
        let provider = Provider::answering(Answer::json(text.clone())).await;
        let error = provider.client_via(via).send_link(new_link()).await;
        assert_untrusted(&error.unwrap_err(), &text);
    }
}

#[tokio::test]
async fn success_under_an_error_status_proves_nothing() {
    for status in [400, 404, 500] {
        let provider = Provider::answering(Answer::from(sent()).status(status)).await;
        let error = provider.client().send_link(new_link()).await.unwrap_err();
        assert_untrusted(&error, &status.to_string());
    }
}
