//! The text of a good answer, spoilt as a whole.

use serde_json::json;

use super::refused;
use crate::provider::{Answer, Provider};
use crate::samples::{expected, invoice_in, with};

#[tokio::test]
async fn a_field_that_comes_twice_is_an_error() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    let whole = invoice_in("completed").to_string();
    for (field, twice) in [
        (r#""success":true"#, r#""success":true,"success":true"#),
        (r#""success":true"#, r#""success":false,"success":true"#),
        (r#""status":200"#, r#""status":500,"status":200"#),
        (
            r#""status":"completed""#,
            r#""status":"rejected","status":"completed""#,
        ),
        (r#""amount":"100.99""#, r#""amount":"1","amount":"100.99""#),
        (
            r#""amount":"100.99""#,
            r#""\u0061mount":"1","amount":"100.99""#,
        ),
        (
            r#""currency":"USD""#,
            r#""currency":"IRT","currency":"USD""#,
        ),
        (
            r#""invoice_number":"1000""#,
            r#""invoice_number":"1","invoice_number":"1000""#,
        ),
        (r#""trackid":"#, r#""trackid":"x","trackid":"#),
        (r#""coin":"#, r#""coin":{},"coin":"#),
        (r#""result":"#, r#""result":null,"result":"#),
        (
            r#""merchant_terminal_number":1003"#,
            r#""merchant_terminal_number":1,"merchant_terminal_number":1003"#,
        ),
    ] {
        assert_eq!(whole.matches(field).count(), 1, "{field}");
        let answer = Answer::of(whole.replace(field, twice));
        refused(&provider, &zipay, answer, twice).await;
    }
}

#[tokio::test]
async fn what_is_not_one_json_object_in_utf_8_is_an_error() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    let whole = invoice_in("completed");
    let result = &whole["result"];
    let whole = whole.to_string();
    let cut = whole.strip_suffix('}').unwrap();
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let mut not_utf8 = whole.clone().into_bytes();
    not_utf8.extend_from_slice(b" \xff");
    for (told, body) in [
        ("empty", Vec::new()),
        ("blank", b" \n".to_vec()),
        ("null", b"null".to_vec()),
        ("true", b"true".to_vec()),
        ("a number", b"200".to_vec()),
        ("text", format!("{whole:?}").into()),
        ("an array around it", format!("[{whole}]").into()),
        // serde alone reads an array for a struct, value by value.
        (
            "an array of its values",
            format!("[true,200,{result}]").into(),
        ),
        ("trailing text", format!("{whole} ok").into()),
        ("a second object", format!("{whole}{whole}").into()),
        ("a trailing comma", format!("{cut},}}").into()),
        ("text before it", format!("Notice: {whole}").into()),
        ("cut at the end", cut.into()),
        ("cut in the middle", whole.split_at(200).0.into()),
        ("single quotes", whole.replace('"', "'").into()),
        ("a comment", format!("/* */{whole}").into()),
        (
            "two byte order marks",
            format!("\u{feff}\u{feff}{whole}").into(),
        ),
        ("a lone surrogate", whole.replace("1000", r"\ud800").into()),
        ("a NUL in a text", whole.replace("1000", "1\0").into()),
        ("deeply nested", format!(r#"{{"a":{nested}}}"#).into()),
        ("a page", b"<!doctype html><title>200 OK</title>".to_vec()),
        ("not UTF-8", not_utf8),
    ] {
        refused(&provider, &zipay, Answer::of(body), told).await;
    }
}

#[tokio::test]
async fn a_good_answer_under_another_content_type_is_somebody_else_s() {
    let provider = Provider::start().await;
    let zipay = provider.client();
    for content_type in [
        None,
        Some("text/html"),
        Some("text/html; charset=utf-8"),
        Some("text/plain"),
        Some("application/octet-stream"),
        Some("application/xml"),
        Some("application/x-www-form-urlencoded"),
        Some("application/jsonp"),
    ] {
        let answer = Answer::from(invoice_in("completed")).content_type(content_type);
        let told = format!("{content_type:?}");
        let error = refused(&provider, &zipay, answer, &told).await;
        assert!(error.contains("content type"), "{told}: {error}");
    }
}

#[tokio::test]
async fn a_merchant_may_accept_any_content_type_and_the_form_still_decides() {
    let provider = Provider::start().await;
    let builder = provider.client_builder().terminal(1003);
    let zipay = builder.accept_any_content_type().build().unwrap();

    let answer = Answer::from(invoice_in("completed")).content_type(Some("text/html"));
    provider.answer("invoice-status", answer);
    let settlement = zipay.settle(&expected()).await.unwrap();
    assert!(settlement.proof().is_some(), "{settlement:?}");
    provider.take_asked();

    let page = Answer::of("<html>completed</html>").content_type(Some("text/html"));
    refused(&provider, &zipay, page, "a page").await;
}

#[tokio::test]
async fn an_error_repeats_no_value_of_the_answer() {
    const CANARY: &str = "canary-5022291035";
    let provider = Provider::start().await;
    let zipay = provider.client();
    let whole = invoice_in("completed");
    let malformed = [
        "/success",
        "/status",
        "/result",
        "/result/amount",
        "/result/coin/currency",
        "/result/merchant_terminal_number",
    ];
    let mut answers = malformed
        .map(|it| with(&whole, it, json!(CANARY)).to_string())
        .to_vec();
    answers.push(with(&whole, "/result/trackid", json!([CANARY])).to_string());
    answers.push(
        whole
            .to_string()
            .replace("payer@example.com", &format!("{CANARY}\n")),
    );
    answers.push(format!("{CANARY} {whole}"));
    answers.push(format!("{whole} {CANARY}"));
    for answer in answers {
        let error = refused(&provider, &zipay, Answer::of(answer.clone()), &answer).await;
        assert!(!error.contains(CANARY), "{error}");
    }
}
