//! All 17 codes under their documented HTTP statuses, for every operation: bytes in, typed result out.

use cardpay_client::{Code, Effect, ErrorKind, PaymentState};
use paylink_core::{Party, Reason};

use crate::samples::{CREATED, OPERATIONS, call, failure, pay_id};
use crate::script::Script;

/// The document's list: HTTP status, code, what it stands for, which operations answer with it.
const DOCUMENTED: [(u16, Code, Reason, &[&str]); 18] = {
    use Reason::{AlreadyPaid, AmountTooSmall, BadCredentials, BadRequest, Closed};
    use Reason::{DuplicateOrder, Expired, NotFound, NotPaidYet, Other};
    const CREATE: &[&str] = &["create"];
    const CHECK: &[&str] = &["check"];
    const CARD: &[&str] = &["set-card"];
    const SENDS_CARD: &[&str] = &["create", "set-card"];
    const PAY_ID: &[&str] = &["check", "set-card"];
    [
        (404, Code::NO_SUCH_ENDPOINT, NotFound, &OPERATIONS),
        (200, Code::NO_SUCH_ENDPOINT, NotFound, &OPERATIONS),
        (405, Code::WRONG_METHOD, BadRequest, &OPERATIONS),
        (403, Code::TOKEN_REFUSED, BadCredentials, &OPERATIONS),
        (500, Code::PRICE_NOT_NUMERIC, BadRequest, CREATE),
        (500, Code::CARD_MALFORMED, BadRequest, SENDS_CARD),
        (500, Code::CARD_RECORDED_BEFORE, Other, CARD),
        (500, Code::PAYMENT_FINAL, Closed, CARD),
        (500, Code::PRICE_TOO_SMALL, AmountTooSmall, CREATE),
        (500, Code::INVOICE_NUMBER_MISSING, BadRequest, CREATE),
        (500, Code::INVOICE_NUMBER_USED, DuplicateOrder, CREATE),
        (500, Code::PAY_ID_MISSING, BadRequest, PAY_ID),
        (500, Code::PAY_ID_UNKNOWN, NotFound, PAY_ID),
        (500, Code::EXPIRED, Expired, PAY_ID),
        (200, Code::NOT_PAID_YET, NotPaidYet, CHECK),
        (200, Code::PAID_FIRST_VERIFICATION, AlreadyPaid, CHECK),
        (200, Code::PAID_VERIFIED_BEFORE, AlreadyPaid, CHECK),
        (200, Code::PAID_FROM_ANOTHER_CARD, Other, CHECK),
    ]
};

/// About these the payer can do something, about all others the merchant.
const OF_THE_PAYER: [Code; 3] = [Code::CARD_MALFORMED, Code::EXPIRED, Code::NOT_PAID_YET];

/// What a check makes of the codes that tell a state.
const STATES: [(u16, i64, bool, PaymentState); 5] = [
    (200, 7, false, PaymentState::NotPaidYet),
    (500, 6, false, PaymentState::Expired),
    (200, 201, true, PaymentState::FirstVerification),
    (200, 200, true, PaymentState::VerifiedBefore),
    (200, 199, true, PaymentState::PaidFromAnotherCard),
];

#[test]
fn the_constants_are_the_document_s_numbers() {
    let numbers: Vec<i64> = DOCUMENTED.iter().map(|row| row.1.number()).collect();
    let document = [
        404, 404, 405, 403, 0, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 201, 200, 199,
    ];
    assert_eq!(numbers, document);
    for code in Code::documented() {
        let rows = DOCUMENTED.iter().filter(|row| row.1 == code);
        let statuses: Vec<u16> = rows.map(|row| row.0).collect();
        assert_eq!(code.http_statuses(), statuses, "{code}");
    }
}

#[test]
fn every_code_has_its_reason_and_its_party() {
    for (_, code, reason, _) in DOCUMENTED {
        let of_the_payer = OF_THE_PAYER.contains(&code);
        let whose = if of_the_payer {
            Party::Payer
        } else {
            Party::Merchant
        };
        assert_eq!(code.reason(), reason, "{code}");
        assert_eq!(code.explanation().party, whose, "{code}");
    }
    // What speaks of keys, code or configuration is not for the payer.
    let hidden = Code::documented().filter(|code| !code.explanation().visible_to_payer);
    let hidden: Vec<i64> = hidden.map(Code::number).collect();
    assert_eq!(hidden, [404, 405, 403, 0, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_refusal_in_its_place_proves_that_nothing_was_carried_out() {
    let (script, cardpay) = Script::with_client().await;
    for (http, code, reason, places) in DOCUMENTED {
        for operation in places {
            if *operation == "check" && STATES.iter().any(|state| state.1 == code.number()) {
                continue;
            }
            let told = format!("{operation}: HTTP {http}, code {code}");
            for body in [
                failure(code.number()),
                format!(r#"{{"code":"{code}","msg":"no"}}"#),
                format!(r#"{{"code":{code}}}"#),
            ] {
                script.answer(http, &body);
                let error = call(&cardpay, operation).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Refused, "{told}: {error}");
                assert_eq!(error.effect(), Effect::NotExecuted, "{told}");
                let refusal = error.refusal().unwrap();
                assert_eq!(Code::from_refusal(refusal), Some(code), "{told}");
                assert_eq!(refusal.reason(), reason, "{told}");
                assert_eq!(refusal.explanation(), code.explanation(), "{told}");
                assert_eq!(script.requests().len(), 1, "{told}: asked again");
            }
        }
    }
}

#[tokio::test]
async fn a_check_tells_the_states_apart() {
    let (script, cardpay) = Script::with_client().await;
    for (http, code, status, state) in STATES {
        for code in [code.to_string(), format!(r#""{code}""#)] {
            let body = format!(r#"{{"status":{status},"code":{code},"msg":"…"}}"#);
            script.answer(http, &body);
            let found = cardpay.check(pay_id()).await.unwrap();
            assert_eq!(found.state, state, "{code}");
            assert_eq!(found.message.as_deref(), Some("…"), "{code}");
            assert_eq!(script.requests().len(), 1, "{code}");
        }
        assert_eq!(state.code().number(), code);
    }
}

#[tokio::test]
async fn a_code_out_of_place_proves_nothing() {
    let (script, cardpay) = Script::with_client().await;
    for (http, code, _, places) in DOCUMENTED {
        for operation in OPERATIONS.iter().filter(|it| !places.contains(it)) {
            if code == Code::PAID_VERIFIED_BEFORE && *operation != "cards" {
                continue; // To these two, 200 says that it is done.
            }
            script.answer(http, &failure(code.number()));
            let error = call(&cardpay, operation).await.unwrap_err();
            let told = format!("{operation}: HTTP {http}, code {code}: {error}");
            assert_ne!(error.kind(), ErrorKind::Refused, "{told}");
            let refused_with = error.refusal().and_then(Code::from_refusal);
            assert_eq!(refused_with, Some(code), "{told}");
            let read = *operation == "cards";
            assert_eq!(error.effect() == Effect::NotExecuted, read, "{told}");
            let once = matches!(*operation, "create" | "set-card");
            assert!(!once || script.requests().len() == 1, "{told}: sent again");
        }
    }
}

#[tokio::test]
async fn an_unknown_code_is_neither_success_nor_failure() {
    let (script, cardpay) = Script::with_client().await;
    for code in [202, 198, 1000, -4, 8, 500] {
        for operation in ["create", "set-card"] {
            for http in [200, 500] {
                script.answer(http, &failure(code));
                let error = call(&cardpay, operation).await.unwrap_err();
                assert_eq!(error.effect(), Effect::Unknown, "{operation} {http} {code}");
                assert_eq!(error.refusal().unwrap().code(), code.to_string());
                assert_eq!(script.requests().len(), 1);
            }
        }
        script.answer(200, &failure(code));
        let state = cardpay.check(pay_id()).await.unwrap().state;
        assert!(matches!(state, PaymentState::Other(other) if other.number() == code));
        script.answer(500, &failure(code));
        let error = call(&cardpay, "check").await.unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown);
    }
}

#[tokio::test]
async fn the_good_code_is_read_as_text_too() {
    let script = Script::start().await;
    script.answer(200, &CREATED.replace(r#""code":200"#, r#""code":"200""#));
    assert!(call(&script.client(), "create").await.is_ok());
    for done in [
        r#"{"status":true,"code":200}"#,
        r#"{"code":200}"#,
        r#"{"code":"200","msg":"ok"}"#,
    ] {
        script.answer(200, done);
        assert!(call(&script.client(), "set-card").await.is_ok(), "{done}");
    }
}

/// The script's words are for a log; a card's number in them is not.
#[tokio::test]
async fn a_check_tells_what_the_script_says() {
    let script = Script::start().await;
    for (msg, told) in [
        (r#""Payment is complete.""#, Some("Payment is complete.")),
        (
            r#""from 6037-7016-8909-5443\n""#,
            Some("from ****-****-****-5443\\n"),
        ),
        ("null", None),
        ("7", None),
    ] {
        script.answer(200, &format!(r#"{{"status":true,"code":201,"msg":{msg}}}"#));
        let checked = script.client().check(pay_id()).await.unwrap();
        assert_eq!(checked.message.as_deref(), told, "{msg}");
        assert_eq!(checked.state, PaymentState::FirstVerification, "{msg}");
    }
    script.answer(200, r#"{"code":7}"#);
    let checked = script.client().check(pay_id()).await.unwrap();
    let told = (checked.state, checked.message);
    assert_eq!(told, (PaymentState::NotPaidYet, None));
}
