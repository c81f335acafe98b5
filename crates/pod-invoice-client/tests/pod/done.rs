//! Answers that say no more than that something was done.

use paylink_core::{Effect, ErrorKind};
use pod_invoice_client::{PayAnyInvoice, ShareLink, UserId};
use serde_json::{Value, json};

use crate::cases::{self, Case};
use crate::provider::{Provider, good};
use crate::samples::id;

/// The document's tables say text, for two services a link; its words and the vendor's SDKs say `true`.
#[tokio::test]
async fn what_was_carried_out_says_true_or_anything_but_false() {
    let provider = Provider::start().await;
    let pod = provider.client();
    let done: Vec<Case> = cases::all().into_iter().filter(is_done).collect();
    assert_eq!(done.len(), 15);
    for case in &done {
        for (result, message) in [
            (json!(true), None),
            (json!("true"), None),
            (json!(" True "), None),
            (json!(1), None),
            (json!("1"), None),
            (
                json!("https://pay.pod.ir/v1/pbc/?h=1&amp;"),
                Some("https://pay.pod.ir/v1/pbc/?h=1&"),
            ),
            (
                json!("&#x627;&#x646;&#x62c;&#x627;&#x645; شد"),
                Some("انجام شد"),
            ),
        ] {
            provider.answer(case.production, good(result.clone()));
            let said = (case.call)(&pod).await.expect(case.name).value;
            let kept = format!("Confirmation {{ message: {message:?} }}");
            assert_eq!(said, kept, "{} {result}", case.name);
        }
        for result in [
            json!(false),
            json!("false"),
            json!(" FALSE"),
            json!(0),
            json!("0"),
            json!(""),
            json!(" "),
            json!(2),
            json!({"ok": true}),
            Value::Null,
        ] {
            provider.answer(case.production, good(result.clone()));
            let error = (case.call)(&pod).await.expect_err(case.name);
            assert_eq!(error.kind(), ErrorKind::Untrusted, "{} {result}", case.name);
            assert_eq!(error.effect(), Effect::Unknown, "{} {result}", case.name);
        }
    }
}

/// Whether it answers that it is done, and nothing else.
fn is_done(case: &Case) -> bool {
    case.good == json!(true) && case.name != "share-link"
}

#[tokio::test]
async fn words_are_kept_whole_and_show_what_cannot_be_seen() {
    let provider = Provider::start().await;
    let link = format!("https://pay.pod.ir/?h={}", "a".repeat(1000));
    for (result, kept) in [(&*link, &*link), ("a\u{202e}b\n", "a\\u{202e}b")] {
        provider.answer(29821, good(result));
        let payment = PayAnyInvoice::new(id());
        let answered = provider.client().pay_any_invoice(payment).await.unwrap();
        assert_eq!(answered.value.message.as_deref(), Some(kept));
    }
}

#[tokio::test]
async fn a_shared_link_was_sent_or_not() {
    let provider = Provider::start().await;
    let pod = provider.client();
    for (result, sent) in [
        (json!(true), true),
        (json!("true"), true),
        (json!("ارسال شد"), true),
        (json!(false), false),
        (json!("false"), false),
        (json!(0), false),
    ] {
        provider.answer(1113426, good(result));
        let share = ShareLink::new(id(), UserId::new(1).unwrap());
        assert_eq!(pod.share_link(share).await.unwrap().value, sent);
    }
}
