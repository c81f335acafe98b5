//! Answers whose code, HTTP status and `status` do not agree: never success, never a proof, never a refusal.

use cardpay_client::{CardPay, Effect, ErrorKind};

use crate::samples::{CARDS, CHECKED, CREATED, call, expected, failure};
use crate::script::Script;

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
    let script = Script::start().await;
    let cardpay = script.client();
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
    let script = Script::start().await;
    let cardpay = script.client();
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
    let script = Script::start().await;
    let cardpay = script.client();
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
        assert_eq!(error.handle().unwrap().known_id("pay_id"), Some("19"));
    }
}
