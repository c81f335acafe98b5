//! An answer in which anything that decides is missing, malformed or doubtful never leads to a proof, nor to a verify.

use paylink_core::ComparedField;
use serde_json::{Value, json};
use zipay_client::{Currency, Effect, ErrorKind, Expected, Money, Settlement, ZiPay};

use crate::provider::Provider;
use crate::samples::{
    expected, invoice_in, invoice_verify, of_every_kind, track_id, with, without,
};
use paylink_testkit::Answer;

/// Settles against this answer; it has to fail without a verify. Returns what the error says.
async fn refused(account: &Provider, zipay: &ZiPay, answer: Answer, told: &str) -> String {
    account.answer("invoice-status", answer);
    let error = match zipay.settle(&expected()).await {
        Ok(settlement) => panic!("{told}: {settlement:?}"),
        Err(error) => error,
    };
    assert_eq!(error.kind(), ErrorKind::Untrusted, "{told}: {error}");
    assert_eq!(error.effect(), Effect::NotExecuted, "{told}: only read");
    let asked = account.take_called();
    assert!(asked.iter().all(|it| it == "invoice-status"), "{asked:?}");
    error.to_string()
}

#[tokio::test]
async fn the_answer_that_is_spoilt_below_settles_when_it_is_whole() {
    let account = Provider::start().await;
    account.answer("invoice-status", invoice_in("completed"));
    let settlement = account.client().settle(&expected()).await.unwrap();
    assert!(settlement.proof().is_some(), "{settlement:?}");
}

// One field of a good answer, spoilt.

/// The kind of JSON value that a deciding field has to be.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Due {
    Truth,
    Number,
    Text,
    /// Text, or a whole number in its place.
    Label,
    /// An amount as text, or as a number.
    Amount,
    Object,
}

impl Due {
    fn is_kind_of(self, value: &Value) -> bool {
        match self {
            Due::Truth => value.is_boolean(),
            Due::Number => value.is_u64(),
            Due::Text => value.is_string(),
            Due::Label => value.is_string() || value.is_i64(),
            Due::Amount => value.is_string() || value.is_number(),
            Due::Object => value.is_object(),
        }
    }
}

pub(crate) const DECIDING: [(&str, Due); 10] = [
    ("/success", Due::Truth),
    ("/status", Due::Number),
    ("/result", Due::Object),
    ("/result/trackid", Due::Text),
    ("/result/status", Due::Text),
    ("/result/amount", Due::Amount),
    ("/result/coin", Due::Object),
    ("/result/coin/currency", Due::Text),
    ("/result/invoice_number", Due::Label),
    ("/result/merchant_terminal_number", Due::Number),
];

#[tokio::test]
async fn a_deciding_field_that_is_absent_is_missing() {
    let (account, zipay) = Provider::with_client().await;
    for (pointer, _) in DECIDING {
        for status in ["pending", "completed"] {
            let answer = without(&invoice_in(status), pointer);
            let error = refused(&account, &zipay, answer.into(), pointer).await;
            let field = pointer.rsplit('/').next().unwrap();
            assert!(error.contains(&format!("{field} is missing")), "{error}");
        }
    }
}

#[tokio::test]
async fn a_deciding_field_of_the_wrong_type_is_an_error_that_names_it() {
    let (account, zipay) = Provider::with_client().await;
    for (pointer, due) in DECIDING {
        let wrong = of_every_kind().into_iter();
        for value in wrong.filter(|value| !due.is_kind_of(value)) {
            for status in ["pending", "completed"] {
                let told = format!("{pointer} {value}");
                let answer = with(&invoice_in(status), pointer, value.clone());
                let error = refused(&account, &zipay, answer.into(), &told).await;
                let field = pointer.rsplit('/').next().unwrap();
                assert!(error.contains(&format!("{field} is ")), "{told}: {error}");
                let changed = error.contains("the provider changed its form; report it");
                assert_eq!(changed, !value.is_null(), "{told}: {error}");
            }
        }
    }
}

/// A number that is text, a text that is a number: what a loosely typed server does.
#[tokio::test]
async fn another_form_that_holds_the_same_settles() {
    let account = Provider::start().await;
    for (pointer, value) in [
        ("/success", json!(1)),
        ("/success", json!("1")),
        ("/success", json!("true")),
        ("/status", json!("200")),
        ("/result/amount", json!(100.99)),
        ("/result/invoice_number", json!(1000)),
        ("/result/merchant_terminal_number", json!("1003")),
    ] {
        let told = format!("{pointer} {value}");
        let spelled = |answer: Value| Answer::from(with(&answer, pointer, value.clone()));
        account.answer("invoice-status", spelled(invoice_in("pending")));
        account.answer("invoice-verify", spelled(invoice_verify()));
        let settlement = account.client().settle(&expected()).await;
        assert!(matches!(settlement, Ok(Settlement::Settled(_))), "{told}");

        let another = Expected::new(track_id(), "1001", Money::new("5", Currency::Usd).unwrap());
        let settlement = account.client().settle(&another.unwrap()).await;
        let found = match settlement {
            Ok(Settlement::Mismatch(found)) => found,
            other => panic!("{told}: {other:?}"),
        };
        assert!(found.has(ComparedField::Order), "{told}");
        assert!(found.has(ComparedField::Amount), "{told}");
    }
}

/// What is compared to the letter is so in any form: a number has lost the zeros before it, and so it differs.
#[tokio::test]
async fn another_form_is_compared_to_the_letter() {
    let account = Provider::start().await;
    let as_number = with(
        &invoice_in("completed"),
        "/result/invoice_number",
        json!(1000),
    );
    account.answer("invoice-status", as_number);
    let price = Money::new("100.99", Currency::Usd).unwrap();
    let padded = Expected::new(track_id(), "01000", price).unwrap();
    let settlement = account.client().settle(&padded).await.unwrap();
    assert!(matches!(settlement, Settlement::Mismatch(found) if found.has(ComparedField::Order)));
}

#[tokio::test]
async fn another_form_that_may_have_lost_something_is_refused() {
    let (account, zipay) = Provider::with_client().await;
    for (pointer, value) in [
        ("/success", "2"),
        ("/success", "1.0"),
        ("/success", r#""yes""#),
        ("/success", r#""True""#),
        ("/status", "200.0"),
        ("/status", "2e2"),
        ("/status", r#""0200""#),
        ("/status", r#""200 ""#),
        ("/result/invoice_number", "1000.0"),
        ("/result/invoice_number", "1e3"),
        ("/result/invoice_number", "true"),
        ("/result/merchant_terminal_number", "1003.0"),
        ("/result/merchant_terminal_number", "-1003"),
        ("/result/merchant_terminal_number", r#""01003""#),
        ("/result/merchant_terminal_number", r#""1003.0""#),
        ("/result/trackid", "7"),
    ] {
        let told = format!("{pointer} {value}");
        let answer = with(&invoice_in("completed"), pointer, json!("HERE"));
        let answer = Answer::json(answer.to_string().replace(r#""HERE""#, value));
        let error = refused(&account, &zipay, answer, &told).await;
        assert!(error.contains("report it"), "{told}: {error}");
    }
}

#[tokio::test]
async fn a_deciding_field_with_an_impossible_value_is_an_error() {
    let (account, zipay) = Provider::with_client().await;
    for (pointer, value) in [
        ("/status", json!(0)),
        ("/status", json!(201)),
        ("/status", json!(422)),
        ("/status", json!(500)),
        ("/result/amount", json!("")),
        ("/result/amount", json!("-100.99")),
        ("/result/amount", json!("+100.99")),
        ("/result/amount", json!("100,99")),
        ("/result/amount", json!("1,000")),
        ("/result/amount", json!("0100.99")),
        ("/result/amount", json!(" 100.99")),
        ("/result/amount", json!("1.0099e2")),
        ("/result/amount", json!("100.99 USD")),
        ("/result/amount", json!("NaN")),
        ("/result/amount", json!("100.99000000000000000000000000001")),
        ("/result/coin/currency", json!("")),
        ("/result/coin/currency", json!("EUR")),
        ("/result/coin/currency", json!("USD ")),
        ("/result/trackid", json!("")),
        ("/result/trackid", json!("../7")),
        ("/result/trackid", json!("de7d44ae 9df9")),
        ("/result/trackid", json!("x".repeat(65))),
    ] {
        let told = format!("{pointer} {value}");
        let answer = with(&invoice_in("completed"), pointer, value);
        refused(&account, &zipay, answer.into(), &told).await;
    }
}

// The text of a good answer, spoilt as a whole.

#[tokio::test]
async fn a_field_that_comes_twice_is_an_error() {
    let (account, zipay) = Provider::with_client().await;
    let whole = invoice_in("completed").to_string();
    for (field, before) in [
        (r#""success":true"#, r#""success":true"#),
        (r#""success":true"#, r#""success":false"#),
        (r#""status":200"#, r#""status":500"#),
        (r#""status":"completed""#, r#""status":"rejected""#),
        (r#""amount":"100.99""#, r#""amount":"1""#),
        (r#""amount":"100.99""#, r#""\u0061mount":"1""#),
        (r#""currency":"USD""#, r#""currency":"IRT""#),
        (r#""invoice_number":"1000""#, r#""invoice_number":"1""#),
        (r#""trackid":"#, r#""trackid":"x""#),
        (r#""coin":"#, r#""coin":{}"#),
        (r#""result":"#, r#""result":null"#),
        (
            r#""merchant_terminal_number":1003"#,
            r#""merchant_terminal_number":1"#,
        ),
    ] {
        assert_eq!(whole.matches(field).count(), 1, "{field}");
        let answer = Answer::json(whole.replace(field, &format!("{before},{field}")));
        refused(&account, &zipay, answer, before).await;
    }
}

#[tokio::test]
async fn what_is_not_one_json_object_in_utf_8_is_an_error() {
    let (account, zipay) = Provider::with_client().await;
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
        refused(&account, &zipay, Answer::json(body), told).await;
    }
}

#[tokio::test]
async fn a_good_answer_under_another_content_type_proves_nothing() {
    let (account, zipay) = Provider::with_client().await;
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
        let body = invoice_in("completed").to_string();
        let answer = match content_type {
            Some(content_type) => Answer::json(body).header("content-type", content_type),
            None => Answer::new(200).body(body),
        };
        let told = format!("{content_type:?}");
        let error = refused(&account, &zipay, answer, &told).await;
        assert!(error.contains("content type"), "{told}: {error}");
    }
}

#[tokio::test]
async fn a_merchant_may_accept_any_content_type_and_the_form_still_decides() {
    let account = Provider::start().await;
    let builder = account.client_builder().terminal(1003);
    let zipay = builder.accept_any_content_type().build().unwrap();

    let answer = Answer::from(invoice_in("completed")).header("content-type", "text/html");
    account.answer("invoice-status", answer);
    let settlement = zipay.settle(&expected()).await.unwrap();
    assert!(settlement.proof().is_some(), "{settlement:?}");
    account.take_called();

    let page = Answer::json("<html>completed</html>").header("content-type", "text/html");
    refused(&account, &zipay, page, "a page").await;
}

#[tokio::test]
async fn an_error_repeats_no_value_of_the_answer() {
    const CANARY: &str = "canary-5022291035";
    let (account, zipay) = Provider::with_client().await;
    let whole = invoice_in("completed");
    let malformed = [
        "/success",
        "/status",
        "/result",
        "/result/amount",
        "/result/coin/currency",
        "/result/merchant_terminal_number",
    ];
    let malformed = malformed.map(|it| with(&whole, it, json!(CANARY)).to_string());
    let text = whole.to_string();
    let others = [
        with(&whole, "/result/trackid", json!([CANARY])).to_string(),
        text.replace("payer@example.com", &format!("{CANARY}\n")),
        format!("{CANARY} {text}"),
        format!("{text} {CANARY}"),
    ];
    for answer in malformed.into_iter().chain(others) {
        let error = refused(&account, &zipay, Answer::json(answer.clone()), &answer).await;
        assert!(!error.contains(CANARY), "{error}");
    }
}
