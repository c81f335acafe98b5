//! The reference number: in every answer, in every refusal, and in an event.

use paylink_testkit::{Canaries, Capture};
use serde_json::json;

use crate::cases;
use crate::provider::{Provider, bad, good};

#[tokio::test]
async fn every_answer_keeps_it() {
    for case in cases::all() {
        let provider = Provider::start().await;
        let pod = provider.client();
        for (sent, kept) in [
            (json!("234910992"), Some("234910992")),
            (json!(234910992), Some("234910992")),
            (json!(null), None),
            (json!(""), None),
            (json!({}), None),
        ] {
            let mut answer = good(case.good.clone());
            answer["referenceNumber"] = sent.clone();
            provider.answer(case.production, answer);
            let said = (case.call)(&pod).await.unwrap();
            assert_eq!(
                said.reference_number.as_deref(),
                kept,
                "{} {sent}",
                case.name
            );
            assert!(!said.value.is_empty());
        }
    }
}

#[tokio::test]
async fn every_refusal_keeps_it() {
    for case in cases::all() {
        let provider = Provider::start().await;
        let pod = provider.client();
        for code in [24, 227] {
            let mut answer = bad(code);
            answer["referenceNumber"] = json!("234910992");
            provider.answer(case.production, answer);
            let error = (case.call)(&pod).await.unwrap_err();
            assert_eq!(error.refusal().unwrap().reference(), Some("234910992"));
            assert!(error.to_string().contains("reference 234910992"), "{error}");
        }
    }
}

#[tokio::test(flavor = "current_thread")]
async fn an_event_tells_it_even_where_the_answer_is_not_believed() {
    // The search for leaks is turned around: what it finds is what was told.
    let capture = Capture::new(Canaries::new(["234910992"]).unwrap());
    let provider = Provider::start().await;
    let pod = provider.client();
    let id = crate::samples::id();
    for answer in [good(true), good(false), {
        let mut refused = bad(24);
        refused["referenceNumber"] = json!("234910992");
        refused
    }] {
        provider.answer(29799, answer);
        let listening = capture.listen();
        let before = capture.leaks().len();
        let _ = pod.mark_paid(id).await;
        assert!(capture.leaks().len() > before, "{:?}", capture.transcript());
        drop(listening);
    }
}
