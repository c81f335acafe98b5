//! A deciding field that is absent, null or of the wrong type is an error of its own, and never a success.

use cardpay_client::{CardPay, Effect, ErrorKind, Expiry, PaymentState, Rial, Settlement};
use paylink_testkit::assert_matches;
use serde_json::{Value, json};

use crate::samples::{
    CARDS, CHECKED, CREATED, call, expected, failure, of_every_kind, pay_id, payment, record, with,
    without,
};
use crate::script::{Script, answer};

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
            let remedy = "the provider changed its form; report it";
            assert!(error.contains(remedy), "{error}");
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
    script.answers([answer(200, CHECKED).header("content-type", "text/html; charset=UTF-8")]);
    let error = call(&script.client(), "check").await.unwrap_err();
    assert!(error.to_string().contains("content type"), "{error}");

    let cardpay = script.builder().accept_any_content_type().build().unwrap();
    assert!(call(&cardpay, "check").await.is_ok());
    script.answers([answer(200, "<html>paid</html>").header("content-type", "text/html")]);
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
        assert_matches!(settlement, Settlement::AlreadySettled(_));
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
        assert_matches!(settlement, Settlement::NotPaid(PaymentState::NotPaidYet));
    }
}

// Answers whose code, HTTP status and `status` do not agree: never success, never a proof, never a refusal.

/// Every contradiction: the operation, the HTTP status, and the body.
fn contradictions() -> Vec<(&'static str, u16, String)> {
    let told = |status: bool, code: i64| format!(r#"{{"status":{status},"code":{code}}}"#);
    let mut all = vec![
        // The good code, and a status that says otherwise.
        ("create", 200, CREATED.replace("true", "false")),
        ("set-card", 200, told(false, 200)),
        ("check", 200, told(false, 200)),
        ("check", 200, told(false, 201)),
        // A refusal that says that it is none.
        ("create", 500, told(true, 3)),
        ("create", 500, told(true, 1)),
        ("set-card", 500, told(true, -2)),
        ("check", 500, told(true, 5)),
        ("check", 500, told(true, 6)),
        ("check", 403, told(true, 403)),
        ("cards", 404, told(true, 404)),
    ];
    // The good answers under an error status, and under a good one that the document does not have.
    for http in [201, 202, 206, 400, 403, 404, 405, 409, 500, 502, 503] {
        all.push(("create", http, CREATED.to_owned()));
        all.push(("set-card", http, told(true, 200)));
        all.push(("check", http, CHECKED.to_owned()));
        all.push(("check", http, told(true, 201)));
        all.push(("check", http, told(true, 199)));
        all.push(("check", http, told(false, 7)));
        all.push(("cards", http, CARDS.to_owned()));
    }
    all.extend(refusals_beside_a_payment());
    // Refusals under a status that is not theirs.
    for (operation, code, theirs) in [
        ("create", 0, 500),
        ("create", 1, 500),
        ("create", 2, 500),
        ("create", 3, 500),
        ("create", -3, 500),
        ("set-card", -1, 500),
        ("set-card", -2, 500),
        ("set-card", -3, 500),
        ("check", 4, 500),
        ("check", 5, 500),
        ("check", 6, 500),
        ("create", 403, 403),
        ("check", 405, 405),
    ] {
        for http in [200, 201, 400, 403, 404, 405, 422, 500] {
            if http != theirs {
                all.push((operation, http, failure(code)));
            }
        }
    }
    all
}

/// The id of a payment, wherever it stands.
const IDS: [&str; 6] = [
    r#""pay_id":19"#,
    r#""pay_id":"19""#,
    r#""payId":19"#,
    r#""data":{"pay_id":19}"#,
    r#""data":[{"payment":[{"pay_id":19}]}]"#,
    r#""data":{"pay_id":19,"pay_id":null}"#,
];

/// Refusals beside what only a payment has, wherever it stands.
fn refusals_beside_a_payment() -> Vec<(&'static str, u16, String)> {
    let mut all = Vec::new();
    for (operation, http, code) in [
        ("create", 500, 3),
        ("create", 500, 1),
        ("create", 403, 403),
        ("set-card", 500, -2),
        ("set-card", 500, 6),
        ("check", 500, 5),
        ("check", 404, 404),
        ("cards", 403, 403),
    ] {
        // Everywhere else it may be the one that was asked about.
        let creates = operation == "create";
        let ids = IDS.iter().filter(|_| creates).copied();
        let others = [
            r#""amount":11385"#,
            r#""expire":1735237765"#,
            r#""link":"http:\/\/localhost\/payment\/19""#,
            r#""cart":[{"number":"****"}]"#,
            r#""data":{"link":"http:\/\/localhost\/payment\/19"}"#,
        ];
        for beside in ids.chain(others) {
            let body = format!(r#"{{"status":false,"code":{code},"msg":"no",{beside}}}"#);
            all.push((operation, http, body));
        }
    }
    all
}

/// A script that fills one form for every answer leaves these empty: that tells of nothing.
#[tokio::test]
async fn a_refusal_with_empty_fields_of_a_payment_is_a_refusal() {
    let (script, cardpay) = Script::with_client().await;
    for empty in [
        r#""expire":null,"pay_id":null,"amount":null,"link":null,"cart":[]"#,
        r#""expire":0,"pay_id":0,"amount":0,"link":"","cart":[]"#,
        r#""expire":"0","pay_id":"0","amount":"","link":" ","cart":[null]"#,
    ] {
        let body = format!(r#"{{"status":false,"code":3,"msg":"pay_id 19",{empty}}}"#);
        script.answer(500, &body);
        let error = call(&cardpay, "create").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{body}");
        assert_eq!(error.effect(), Effect::NotExecuted, "{body}");
    }
}

#[tokio::test]
async fn a_refusal_that_repeats_the_id_asked_about_is_a_refusal() {
    let (script, cardpay) = Script::with_client().await;
    for (operation, http, code) in [
        ("set-card", 500, -2),
        ("check", 500, 5),
        ("check", 404, 404),
    ] {
        for id in IDS {
            let body = format!(r#"{{"status":false,"code":{code},"msg":"no",{id}}}"#);
            script.answer(http, &body);
            let error = call(&cardpay, operation).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Refused, "{operation} {body}");
            let code = code.to_string();
            assert_eq!(error.refusal().unwrap().code(), code, "{operation} {body}");
        }
    }
}

#[tokio::test]
async fn none_is_a_success_or_a_refusal() {
    let (script, cardpay) = Script::with_client().await;
    let all = contradictions();
    assert!(all.len() >= 100, "{}", all.len());
    for (operation, http, body) in all {
        script.answer(http, &body);
        let told = format!("{operation}: HTTP {http} {body}");
        let Err(error) = call(&cardpay, operation).await else {
            panic!("{told}: a success");
        };
        let kind = if http < 300 {
            ErrorKind::Untrusted
        } else {
            ErrorKind::Status
        };
        assert_eq!(error.kind(), kind, "{told}: {error}");
        let read = operation == "cards";
        assert_eq!(error.effect() == Effect::NotExecuted, read, "{told}");
        let sent = script.requests().len();
        let once = matches!(operation, "create" | "set-card");
        assert!(if once { sent == 1 } else { sent <= 3 }, "{told}: {sent}");
    }
}

#[tokio::test]
async fn none_settles_a_payment() {
    let script = Script::start().await;
    let cardpay: CardPay = script.client();
    let expected = expected(&script).await;
    for (_, http, body) in contradictions().iter().filter(|it| it.0 == "check") {
        script.answer(*http, body);
        let told = format!("HTTP {http} {body}");
        let error = cardpay.settle(&expected).await.expect_err(&told);
        assert_eq!(error.effect(), Effect::Unknown, "{told}");
        assert_eq!(error.handle().unwrap().id("pay_id"), Some("19"));
    }
}
