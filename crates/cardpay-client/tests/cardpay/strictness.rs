//! A deciding field that is absent, null or of the wrong type is an error of its own, and never a success.

use cardpay_client::{Effect, ErrorKind, Expiry, PaymentState, Rial, Settlement};
use serde_json::{Value, json};

use crate::samples::{
    CHECKED, CREATED, call, expected, of_every_kind, pay_id, payment, record, with, without,
};
use crate::script::{Answer, Script};

type IsDue = fn(&Value) -> bool;

/// Each row: an operation, its good answer, a field that decides, and the values that are of its type.
const DECIDING: [(&str, &str, &str, IsDue); 7] = [
    ("create", CREATED, "status", Value::is_boolean),
    ("create", CREATED, "code", Value::is_i64),
    ("create", CREATED, "pay_id", Value::is_u64),
    // A number that is read and is no amount of this price is a mismatch: see `creating`.
    ("create", CREATED, "amount", Value::is_u64),
    ("check", CHECKED, "status", Value::is_boolean),
    ("check", CHECKED, "code", Value::is_i64),
    ("set-card", r#"{"code":200}"#, "code", Value::is_i64),
];

async fn refused(script: &Script, operation: &str, body: &str) -> String {
    script.answer(200, body);
    let Err(error) = call(&script.client(), operation).await else {
        panic!("{operation}: {body}");
    };
    assert_eq!(error.kind(), ErrorKind::Untrusted, "{operation}: {body}");
    assert_eq!(error.effect(), Effect::Unknown, "{operation}: {body}");
    error.to_string()
}

#[tokio::test]
async fn the_answers_that_are_spoilt_below_are_good_when_they_are_whole() {
    let script = Script::start().await;
    for (operation, body, _, _) in DECIDING {
        script.answer(200, body);
        assert!(call(&script.client(), operation).await.is_ok(), "{body}");
    }
}

#[tokio::test]
async fn absent_null_and_a_wrong_type_are_told_apart() {
    let script = Script::start().await;
    for (operation, body, field, is_due) in DECIDING {
        let error = refused(&script, operation, &without(body, field)).await;
        assert!(error.contains(&format!("{field} is missing")), "{error}");

        let error = refused(&script, operation, &with(body, field, Value::Null)).await;
        assert!(error.contains(&format!("{field} is null")), "{error}");

        for value in of_every_kind() {
            if is_due(&value) || value.is_null() {
                continue;
            }
            let error = refused(&script, operation, &with(body, field, value)).await;
            assert!(error.contains(&format!("{field} is ")), "{error}");
            assert!(
                error.contains("the provider changed its form; report it"),
                "{error}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_not_the_plain_spelling_of_a_number_or_a_truth_is_refused() {
    let script = Script::start().await;
    for (operation, body, field, value) in [
        ("create", CREATED, "status", json!("True")),
        ("create", CREATED, "status", json!("yes")),
        ("create", CREATED, "status", json!("")),
        ("create", CREATED, "status", json!(2)),
        ("create", CREATED, "status", json!(1.0)),
        ("create", CREATED, "code", json!("0200")),
        ("create", CREATED, "code", json!("+200")),
        ("create", CREATED, "code", json!(" 200")),
        ("create", CREATED, "code", json!("۲۰۰")),
        ("create", CREATED, "code", json!(200.0)),
        ("create", CREATED, "pay_id", json!("019")),
        ("create", CREATED, "pay_id", json!("+19")),
        ("create", CREATED, "pay_id", json!("19 ")),
        ("create", CREATED, "pay_id", json!("19.0")),
        ("create", CREATED, "pay_id", json!("1e1")),
        ("create", CREATED, "pay_id", json!("")),
        ("create", CREATED, "pay_id", json!("0")),
        ("create", CREATED, "pay_id", json!("18446744073709551616")),
        ("create", CREATED, "pay_id", json!(0)),
        ("create", CREATED, "pay_id", json!(-19)),
        ("create", CREATED, "pay_id", json!(19.0)),
        ("create", CREATED, "amount", json!("11,385")),
        ("create", CREATED, "amount", json!("11385.00")),
        ("create", CREATED, "amount", json!(11385.0)),
        ("create", CREATED, "amount", json!(-11385)),
        ("check", CHECKED, "code", json!("201.0")),
        ("check", CHECKED, "code", json!("2e2")),
        ("check", CHECKED, "status", json!("TRUE")),
    ] {
        refused(&script, operation, &with(body, field, value)).await;
    }
}

#[tokio::test]
async fn what_is_not_one_json_object_is_an_error() {
    let script = Script::start().await;
    for body in [
        String::new(),
        "null".to_owned(),
        "200".to_owned(),
        "true".to_owned(),
        format!("[{CHECKED}]"),
        format!("{CHECKED} ok"),
        format!("{CHECKED}{CHECKED}"),
        format!("Notice: {CHECKED}"),
        CHECKED.strip_suffix('}').unwrap().to_owned(),
        CHECKED.replace(r#""code":200"#, r#""code":7,"code":200"#),
        CHECKED.replace(r#""status":true"#, r#""status":false,"status":true"#),
        CHECKED.replace(r#""code":200"#, r#""code":"a-canary-of-6037701689095443""#),
    ] {
        let error = refused(&script, "check", &body).await;
        assert!(!error.contains("canary"), "{error}");
    }
}

#[tokio::test]
async fn another_content_type_is_somebody_else_s_unless_the_merchant_says_so() {
    let script = Script::start().await;
    script.answers([Answer::new(200, CHECKED).labelled("text/html; charset=UTF-8")]);
    let error = call(&script.client(), "check").await.unwrap_err();
    assert!(error.to_string().contains("content type"), "{error}");

    let cardpay = script.builder().accept_any_content_type().build().unwrap();
    assert!(call(&cardpay, "check").await.is_ok());
    script.answers([Answer::new(200, "<html>paid</html>").labelled("text/html")]);
    assert!(call(&cardpay, "check").await.is_err());
}

/// What a script in PHP makes of its numbers, which come from its database as text.
const AS_TEXT: &str = concat!(
    r#"{"status":true,"code":"200","pay_id":"19","amount":"11385","expire":"1735237765","#,
    r#""link":null,"cart":[]}"#
);

#[tokio::test]
async fn numbers_and_truths_as_text_are_read_as_what_they_are() {
    let script = Script::start().await;
    for body in [
        AS_TEXT.to_owned(),
        with(AS_TEXT, "status", json!(1)),
        with(AS_TEXT, "status", json!("1")),
        with(AS_TEXT, "status", json!("true")),
    ] {
        script.answer(200, &body);
        let created = script.client().create(payment()).await.unwrap();
        assert_eq!(created.pay_id, pay_id(), "{body}");
        assert_eq!(created.transfer_exactly.rial(), Rial::new(11_385), "{body}");
        let expires = created.expires.map(Expiry::unix_seconds);
        assert_eq!(expires, Some(1_735_237_765), "{body}");
        assert_eq!(created.unreadable, Vec::<&str>::new(), "{body}");
        assert_eq!(created.record(), &record(&script).await, "{body}");
    }
}

#[tokio::test]
async fn a_state_is_read_beside_a_truth_as_text() {
    let script = Script::start().await;
    let expected = expected(&script).await;
    for truth in [json!(1), json!("1"), json!("true")] {
        script.answer(200, &with(CHECKED, "status", truth));
        let settlement = script.client().settle(&expected).await.unwrap();
        assert!(matches!(settlement, Settlement::AlreadySettled(_)));
    }
    for untruth in [json!(0), json!("0"), json!("false")] {
        // A contradiction beside 200, a refusal beside 5, a state beside 7.
        let error = refused(&script, "check", &with(CHECKED, "status", untruth.clone())).await;
        assert!(error.contains("contradicts"), "{error}");
        script.answer(500, &with(r#"{"code":5}"#, "status", untruth.clone()));
        let error = call(&script.client(), "check").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        script.answer(200, &with(r#"{"code":"7"}"#, "status", untruth));
        let settlement = script.client().settle(&expected).await.unwrap();
        assert!(matches!(
            settlement,
            Settlement::NotPaid(PaymentState::NotPaidYet)
        ));
    }
}
