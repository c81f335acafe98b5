//! Answers that say success.

use serde_json::{Value, json};
use zipay_client::ErrorKind;

use super::{assert_unknown, created_with};
use crate::provider::{Answer, Provider};
use crate::samples::{TRACKID, create_invoice, with, without};

#[tokio::test]
async fn no_other_status_than_200_is_success() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    let answer = Answer::from(create_invoice());
    let created = created_with(&provider, &zipay, answer).await.unwrap();
    assert_eq!(created.track_id.as_str(), TRACKID);
    for status in [201, 202, 203, 206] {
        let answer = Answer::from(create_invoice()).status(status);
        let error = created_with(&provider, &zipay, answer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{status}");
        assert_unknown(&error, &status.to_string());
    }
}

#[tokio::test]
async fn a_success_status_without_the_whole_answer_proves_nothing() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    let whole = create_invoice().to_string();
    let half = whole.split_at(whole.len() / 2).0.to_owned();
    for (status, body) in [(200, ""), (201, ""), (204, ""), (205, ""), (206, &*half)] {
        let answer = Answer::of(body).status(status);
        let error = created_with(&provider, &zipay, answer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{status}");
        assert_unknown(&error, &status.to_string());
    }
}

#[tokio::test]
async fn success_under_an_error_status_is_a_contradiction() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    for status in [400, 401, 404, 409, 422, 429, 500, 503] {
        let answer = Answer::from(create_invoice()).status(status);
        let error = created_with(&provider, &zipay, answer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{status}");
        assert_unknown(&error, &status.to_string());
    }
}

#[tokio::test]
async fn success_beside_another_status_in_the_envelope_is_a_contradiction() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    for status in [0, 201, 400, 422, 500] {
        let answer = with(&create_invoice(), "/status", json!(status));
        let error = created_with(&provider, &zipay, answer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{status}");
        assert_unknown(&error, &status.to_string());
    }
}

#[tokio::test]
async fn success_without_a_trackid_and_a_link_proves_nothing() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    let mut answers = Vec::new();
    for pointer in [
        "/success",
        "/status",
        "/result",
        "/result/trackid",
        "/result/redirect",
    ] {
        answers.push(without(&create_invoice(), pointer));
        answers.push(with(&create_invoice(), pointer, Value::Null));
        answers.push(with(&create_invoice(), pointer, json!([])));
        answers.push(with(&create_invoice(), pointer, json!(-1)));
    }
    for trackid in ["", "../7", "a/b", "شناسه"] {
        answers.push(with(&create_invoice(), "/result/trackid", json!(trackid)));
    }
    for redirect in [
        "",
        "/invoice_v1/7",
        "//api.zipay.io/invoice_v1/7",
        "api.zipay.io/invoice_v1/7",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://api.zipay.io/7",
        "https://user:word@api.zipay.io/7",
        "https://",
        "https://api.zipay.io/7\n",
    ] {
        answers.push(with(&create_invoice(), "/result/redirect", json!(redirect)));
    }
    for answer in answers {
        let told = answer.to_string();
        let error = created_with(&provider, &zipay, answer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{told}");
        assert_unknown(&error, &told);
    }
}

#[tokio::test]
async fn a_message_beside_success_is_kept_for_the_log() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    let answer = with(&create_invoice(), "/result/message", json!("a\nb"));
    let created = created_with(&provider, &zipay, answer).await.unwrap();
    assert_eq!(created.message.as_deref(), Some("a\\nb"));

    let answer = with(&create_invoice(), "/result/message", json!({"a": 1}));
    let created = created_with(&provider, &zipay, answer).await.unwrap();
    assert_eq!(created.message, None);
}
