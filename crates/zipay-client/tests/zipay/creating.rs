//! What an answer to a create proves: that it was carried out, that it was not, or nothing at all.

use paylink_core::Reason;
use serde_json::{Value, json};
use zipay_client::{
    CreatedInvoice, Currency, Effect, Error, ErrorKind, Money, NewInvoice, ZiPay, codes,
};

use crate::provider::Provider;
use crate::samples::{
    OTHER_TRACKID, TRACKID, create_invoice, of_every_kind, track_id, with, without,
};
use paylink_testkit::Answer;

type Outcome = Result<CreatedInvoice, Error>;

/// Creates an invoice that is answered like this. Whatever comes, it is sent once.
async fn created_with(account: &Provider, zipay: &ZiPay, answer: impl Into<Answer>) -> Outcome {
    account.answer("create-invoice", answer);
    let price = Money::new("100.99", Currency::Usd).unwrap();
    let invoice = NewInvoice::new("1000", price, "https://shop.example/back").unwrap();
    let outcome = zipay.create_invoice(invoice).await;
    assert_eq!(account.take_called(), ["create-invoice"]);
    if let Err(error) = &outcome {
        assert_eq!(error.attempts(), 1);
        assert_eq!(error.provider(), Some("zipay"));
        assert_eq!(error.operation(), Some("create-invoice"));
    }
    outcome
}

/// An unknown outcome comes with what finds the invoice again.
fn assert_unknown(error: &Error, told: &str) {
    assert_eq!(error.effect(), Effect::Unknown, "{told}: {error}");
    let handle = error.handle().unwrap_or_else(|| panic!("{told}: {error}"));
    assert_eq!(handle.operation(), "create-invoice", "{told}");
    assert_eq!(handle.reference(), Some("1000"), "{told}");
    assert_eq!(handle.merchant(), Some("1003"), "{told}");
    let price = Money::new("100.99", Currency::Usd).unwrap();
    assert_eq!(handle.amount(), Some(&price), "{told}");
}

// Answers that say success.

#[tokio::test]
async fn under_another_status_than_200_success_proves_nothing() {
    let (account, zipay) = Provider::with_client().await;
    let answer = Answer::from(create_invoice());
    let created = created_with(&account, &zipay, answer).await.unwrap();
    assert_eq!(created.track_id.as_str(), TRACKID);
    for status in [201, 202, 203, 206, 400, 401, 404, 409, 422, 429, 500, 503] {
        let answer = Answer::from(create_invoice()).status(status);
        let error = created_with(&account, &zipay, answer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{status}");
        assert_unknown(&error, &status.to_string());
    }
}

#[tokio::test]
async fn a_success_status_without_the_whole_answer_proves_nothing() {
    let (account, zipay) = Provider::with_client().await;
    let whole = create_invoice().to_string();
    let half = whole.split_at(whole.len() / 2).0;
    for (status, body) in [(200, ""), (201, ""), (204, ""), (205, ""), (206, half)] {
        let answer = Answer::json(body.to_owned()).status(status);
        let error = created_with(&account, &zipay, answer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{status}");
        assert_unknown(&error, &status.to_string());
    }
}

#[tokio::test]
async fn success_beside_another_status_in_the_envelope_is_a_contradiction() {
    let (account, zipay) = Provider::with_client().await;
    for status in [0, 201, 400, 422, 500] {
        let answer = with(&create_invoice(), "/status", json!(status));
        let error = created_with(&account, &zipay, answer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{status}");
        assert_unknown(&error, &status.to_string());
    }
}

#[tokio::test]
async fn success_without_a_trackid_and_a_link_proves_nothing() {
    let (account, zipay) = Provider::with_client().await;
    let mut answers = Vec::new();
    for field in [
        "success",
        "status",
        "result",
        "result/trackid",
        "result/redirect",
    ] {
        let pointer = format!("/{field}");
        answers.push(without(&create_invoice(), &pointer));
        for value in [Value::Null, json!([]), json!(-1)] {
            answers.push(with(&create_invoice(), &pointer, value));
        }
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
        let error = created_with(&account, &zipay, answer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{told}");
        assert_unknown(&error, &told);
    }
}

#[tokio::test]
async fn a_message_beside_success_is_kept_for_the_log() {
    let (account, zipay) = Provider::with_client().await;
    let answer = with(&create_invoice(), "/result/message", json!("a\nb"));
    let created = created_with(&account, &zipay, answer).await.unwrap();
    assert_eq!(created.message.as_deref(), Some("a\\nb"));

    let answer = with(&create_invoice(), "/result/message", json!({"a": 1}));
    let created = created_with(&account, &zipay, answer).await.unwrap();
    assert_eq!(created.message, None);
}

// Answers that say failure, in ZiPay's envelope or in another.

fn refusal(status: u16) -> Value {
    json!({"success": false, "status": status, "message": "no"})
}

#[tokio::test]
async fn a_refusal_in_zipay_s_envelope_proves_that_nothing_was_done() {
    let (account, zipay) = Provider::with_client().await;
    for (code, reason) in [
        (codes::BAD_REQUEST, Reason::BadRequest),
        (codes::UNAUTHORIZED, Reason::BadCredentials),
        (codes::FORBIDDEN, Reason::NotAllowed),
        (codes::NOT_FOUND, Reason::NotFound),
        (codes::UNPROCESSABLE, Reason::BadRequest),
        ("418", Reason::Other),
    ] {
        let status = code.parse().unwrap();
        // Under its own HTTP status, and under 200.
        for http in [status, 200] {
            let answer = Answer::from(refusal(status)).status(http);
            let error = created_with(&account, &zipay, answer).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Refused, "{code} {http}");
            assert_eq!(error.effect(), Effect::NotExecuted, "{code} {http}");
            assert!(error.handle().is_none(), "{code} {http}");
            let refusal = error.refusal().unwrap();
            assert_eq!(refusal.code(), code);
            assert_eq!(refusal.reason(), reason, "{code}");
            assert_eq!(refusal.message(), Some("no"));
        }
    }
}

/// `success` decides; the envelope's status beside it may be 200, absent or null.
#[tokio::test]
async fn success_false_is_a_refusal_whatever_the_rest_says() {
    let (account, zipay) = Provider::with_client().await;
    let answers = [
        json!({"success": false, "status": 200}),
        json!({"success": false}),
        json!({"success": false, "status": null, "result": null}),
        json!({"success": false, "status": 200, "result": []}),
        json!({"success": false, "status": 200, "result": {"trackid": null, "message": null}}),
        json!({"success": false, "status": 200, "result": {"trackid": "", "redirect": "", "status": ""}}),
        json!({"success": false, "status": 200, "result": {"trackid": 0, "redirect": []}}),
        json!({"success": false, "status": 200, "result": {"trackid": []}}),
        json!({"success": false, "status": 200, "errors": {"trackid": ["The trackid field is required."]}}),
        json!({"success": false, "status": "200", "result": {"trackid": null, "redirect": null}}),
        json!({"success": false, "status": 200, "result": {"code": "12ab", "status": "failed"}}),
        json!({"success": false, "status": 200, "result": ["x".repeat(36), "ftp://a.example"]}),
        json!({"success": 0, "status": 200, "errors": {"amount": ["250000"], "status": "failed"}}),
        json!({"success": "false", "status": 200, "request": TRACKID, "docs": "https://docs.zipay.io"}),
    ];
    for answer in answers {
        let told = answer.to_string();
        let error = created_with(&account, &zipay, answer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{told}");
        assert_eq!(error.effect(), Effect::NotExecuted, "{told}");
        assert_eq!(error.refusal().unwrap().code(), "200", "{told}");
        assert_eq!(error.refusal().unwrap().message(), None, "{told}");
    }
}

/// Timing, conflict, overload and ZiPay's own trouble say nothing about what was done, in either place.
#[tokio::test]
async fn a_failure_that_is_no_refusal_proves_nothing() {
    let (account, zipay) = Provider::with_client().await;
    for status in [408, 409, 425, 429, 500, 502, 503, 504, 599] {
        let error = created_with(&account, &zipay, refusal(status)).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ProviderFailure, "{status}");
        assert_unknown(&error, &status.to_string());
        assert_eq!(error.refusal().unwrap().code(), status.to_string());
        assert_eq!(error.refusal().unwrap().message(), Some("no"));

        for (envelope, http) in [(status, status), (status, 422), (422, status)] {
            let told = format!("{envelope} under {http}");
            let answer = Answer::from(refusal(envelope)).status(http);
            let error = created_with(&account, &zipay, answer).await.unwrap_err();
            let kind = match http {
                429 => ErrorKind::RateLimited,
                _ => ErrorKind::Status,
            };
            assert_eq!(error.kind(), kind, "{told}");
            assert_unknown(&error, &told);
            assert_eq!(error.refusal().unwrap().code(), envelope.to_string());
        }
    }
}

/// The same in words, where the status says nothing of its own: a merchant that takes a timeout for a no creates again.
#[tokio::test]
async fn words_of_a_failure_are_no_refusal() {
    let (account, zipay) = Provider::with_client().await;
    for words in ["timeout", "Internal Server Error", "خطا در ارتباط با بانک"] {
        for answer in [
            json!({"success": false, "message": words}),
            json!({"success": false, "status": 200, "message": words}),
            json!({"success": false, "status": 200, "result": {"message": words}}),
            json!({"success": false, "status": 400, "message": words}),
            json!({"success": false, "status": 418, "message": words}),
        ] {
            let told = answer.to_string();
            let error = created_with(&account, &zipay, answer).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ProviderFailure, "{told}");
            assert_unknown(&error, &told);
            let refusal = error.refusal().unwrap();
            assert_eq!(refusal.reason(), Reason::ProviderFailure, "{told}");
            assert_eq!(refusal.message(), Some(words), "{told}");
        }
        let named = json!({"success": false, "status": 403, "message": words});
        let error = created_with(&account, &zipay, named).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{words}");
    }
}

/// Failure beside what only an invoice has, this one's id say, in every place where it could stand.
fn contradictions(id: &str) -> Vec<Value> {
    let link = "https://pay.example/invoice";
    let mut beside = vec![
        json!({"result": {"redirect": link}}),
        json!({"result": [{"redirect": link}]}),
        json!({"result": [[{"trackid": id}]]}),
        json!({"result": {"invoice": {"trackid": id}}}),
        json!({"result": {"trackId": id}}),
        json!({"result": {"track_id": id}}),
        json!({"Result": {"TrackID": id}}),
        json!({"result": id}),
        json!({"result": [id]}),
        json!({"result": link}),
        json!({"result": {"link": link}}),
        json!({"result": {"url": "HTTP://api.zipay.io/7"}}),
        json!({"result": {"status": "completed"}}),
        json!({"result": {"status": "pending"}}),
        json!({"trackid": id}),
        json!({"trackid": 7}),
        json!({"trackid": [id]}),
        json!({"redirect": link}),
        json!({"data": {"redirect": link}}),
        json!({"items": [{"trackid": id}]}),
        json!({"message": format!("pay at http://api.zipay.io/invoice_v1/{id}")}),
    ];
    let every_kind = of_every_kind().into_iter();
    let present = every_kind.filter(|it| !it.is_null() && *it != json!([]));
    beside.extend(present.map(|it| json!({"result": {"trackid": it}})));
    for answer in &mut beside {
        answer["success"] = json!(false);
    }
    beside
}

#[tokio::test]
async fn failure_that_tells_of_an_invoice_is_a_contradiction() {
    let (account, zipay) = Provider::with_client().await;
    let created = contradictions(TRACKID).into_iter();
    // An id is one for a verify and a refund if it is not the one asked about.
    for (mut create, mut other) in created.zip(contradictions(OTHER_TRACKID)) {
        for (envelope, http) in [(200, 200), (422, 200), (422, 422)] {
            create["status"] = json!(envelope);
            other["status"] = json!(envelope);
            let told = format!("{create} under {http}");
            let kind = match http {
                200 => ErrorKind::Untrusted,
                _ => ErrorKind::Status,
            };
            let sent = Answer::from(create.clone()).status(http);
            let error = created_with(&account, &zipay, sent).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{told}");
            assert_unknown(&error, &told);

            let sent = Answer::from(other.clone()).status(http);
            account.answer("invoice-verify", sent.clone());
            let verify = zipay.verify_invoice(&track_id()).await.unwrap_err();
            account.answer("invoice-refund", sent);
            let refund = zipay.refund_invoice(&track_id()).await.unwrap_err();
            for error in [verify, refund] {
                assert_eq!(error.kind(), kind, "{told}");
                assert_eq!(error.effect(), Effect::Unknown, "{told}");
                assert!(error.handle().is_some(), "{told}");
            }
            assert_eq!(account.take_called(), ["invoice-verify", "invoice-refund"]);
        }
    }
}

/// What was asked about is no news; a state or a link of it is.
#[tokio::test]
async fn a_failure_that_repeats_the_id_asked_about_is_a_refusal() {
    let (account, zipay) = Provider::with_client().await;
    let link = format!("http://api.zipay.io/invoice_v1/{TRACKID}");
    let with_state = json!({"result": {"trackid": TRACKID, "status": "completed"}});
    let with_link = json!({"result": {"trackid": TRACKID, "redirect": link}});
    for (beside, is_refusal) in [
        (json!({"trackid": TRACKID}), true),
        (json!({"result": {"trackid": TRACKID}}), true),
        (json!({"result": [TRACKID]}), true),
        (json!({"data": {"trackId": [TRACKID]}}), true),
        (with_state, false),
        (with_link, false),
        (json!({"trackid": [TRACKID, OTHER_TRACKID]}), false),
        (json!({"trackid": {"is": TRACKID}}), false),
    ] {
        let mut answer = refusal(422);
        let fields = beside.as_object().unwrap().clone();
        answer.as_object_mut().unwrap().extend(fields);
        for http in [200, 422] {
            let sent = Answer::from(answer.clone()).status(http);
            for operation in ["invoice-status", "invoice-verify", "invoice-refund"] {
                account.answer(operation, sent.clone());
            }
            let status = zipay.invoice_status(&track_id()).await.unwrap_err();
            let verify = zipay.verify_invoice(&track_id()).await.unwrap_err();
            let refund = zipay.refund_invoice(&track_id()).await.unwrap_err();
            for error in [status, verify, refund] {
                let refused = error.kind() == ErrorKind::Refused;
                assert_eq!(refused, is_refusal, "{answer} {http}: {error}");
            }
        }
    }
}

/// Laravel's answer to a form of which a field is missing.
#[tokio::test]
async fn a_word_about_the_field_trackid_is_no_trackid() {
    let (account, zipay) = Provider::with_client().await;
    let answer = json!({
        "success": false, "status": 422, "message": "The given data was invalid.",
        "errors": {"trackid": ["The trackid field is required."]}
    });
    let sent = Answer::from(answer).status(422);
    let error = created_with(&account, &zipay, sent.clone()).await;
    assert_eq!(error.unwrap_err().effect(), Effect::NotExecuted);
    account.answer("invoice-verify", sent);
    let error = zipay.verify_invoice(&track_id()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(error.effect(), Effect::NotExecuted);
}

/// A member that stands twice is not believed either way.
#[tokio::test]
async fn a_null_does_not_hide_the_link_beside_it() {
    let (account, zipay) = Provider::with_client().await;
    for body in [
        r#"{"success":false,"status":200,"result":null,"x":{"redirect":null,"redirect":"https://a.example"}}"#,
        r#"{"success":false,"status":200,"x":{"trackid":"a","trackid":null}}"#,
    ] {
        let answer = Answer::json(body);
        let error = created_with(&account, &zipay, answer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{body}");
        assert_unknown(&error, body);
    }
}

#[tokio::test]
async fn a_refusal_in_anybody_else_s_form_proves_nothing() {
    let (account, zipay) = Provider::with_client().await;
    let forms = [
        Answer::json(""),
        Answer::json("<html>403 Forbidden</html>").header("content-type", "text/html"),
        Answer::from(refusal(403)).header("content-type", "text/html"),
        Answer::from(json!({"error": "forbidden"})),
        Answer::from(json!({"success": null, "status": 403})),
        Answer::from(json!({"success": "no", "status": 403})),
        Answer::from(json!({"success": false, "status": "forbidden"})),
        Answer::from(json!([false])),
        Answer::json(r#"{"success":true,"success":false,"status":403}"#),
    ];
    for (place, form) in forms.into_iter().enumerate() {
        for status in [400, 401, 403, 404, 413, 422, 431] {
            let told = format!("form {place} under {status}");
            let answer = form.clone().status(status);
            let error = created_with(&account, &zipay, answer).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Status, "{told}");
            assert_unknown(&error, &told);
            assert!(error.refusal().is_none(), "{told}");
        }
    }
}

#[tokio::test]
async fn a_redirect_is_never_followed_and_proves_nothing() {
    let (account, zipay) = Provider::with_client().await;
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = account.url("/api/invoice-status");
        let answer = Answer::from(create_invoice()).status(status);
        let answer = answer.header("location", &elsewhere);
        let error = created_with(&account, &zipay, answer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirected, "{status}");
        assert_unknown(&error, &status.to_string());
    }
}

#[tokio::test]
async fn a_message_is_kept_bounded_and_without_control_characters() {
    let (account, zipay) = Provider::with_client().await;
    let long = "پ".repeat(5_000);
    let kept = format!("{}…", "پ".repeat(200));
    let plain = "شماره فاکتور تکراری است";
    let shown = "no\\r\\n\\u{1b}[31msuch\\u{202e}\\u{0}";
    for (message, kept) in [
        (plain, Some(plain)),
        ("no\r\n\u{1b}[31msuch\u{202e}\0", Some(shown)),
        (&*long, Some(&*kept)),
        ("", None),
        ("  ", None),
    ] {
        let outer = json!({"success": false, "status": 422, "message": message});
        let inner = json!({"success": false, "status": 422, "result": {"message": message}});
        for answer in [outer, inner] {
            let error = created_with(&account, &zipay, answer).await.unwrap_err();
            assert_eq!(error.refusal().unwrap().message(), kept, "{message:?}");
            assert!(!error.to_string().chars().any(char::is_control), "{error}");
        }
    }
}
