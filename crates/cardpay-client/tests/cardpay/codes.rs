//! All 17 codes under their documented HTTP statuses, for every operation: bytes in, typed result out.

use cardpay_client::{Code, Effect, ErrorKind, PaymentState};
use paylink_core::{Party, Reason};

use crate::samples::{CREATED, OPERATIONS, call, failure, pay_id};
use crate::script::Script;

/// The document's list: HTTP status, code, what it stands for, who can do something, which operations answer with it.
const DOCUMENTED: [(u16, Code, Reason, Party, &[&str]); 18] = {
    use Party::{Merchant, Payer};
    const CREATE: &[&str] = &["create"];
    const CHECK: &[&str] = &["check"];
    const PAY_ID: &[&str] = &["check", "set-card"];
    [
        (
            404,
            Code::NO_SUCH_ENDPOINT,
            Reason::NotFound,
            Merchant,
            &OPERATIONS,
        ),
        (
            200,
            Code::NO_SUCH_ENDPOINT,
            Reason::NotFound,
            Merchant,
            &OPERATIONS,
        ),
        (
            405,
            Code::WRONG_METHOD,
            Reason::BadRequest,
            Merchant,
            &OPERATIONS,
        ),
        (
            403,
            Code::TOKEN_REFUSED,
            Reason::BadCredentials,
            Merchant,
            &OPERATIONS,
        ),
        (
            500,
            Code::PRICE_NOT_NUMERIC,
            Reason::BadRequest,
            Merchant,
            CREATE,
        ),
        (
            500,
            Code::CARD_MALFORMED,
            Reason::BadRequest,
            Payer,
            &["create", "set-card"],
        ),
        (
            500,
            Code::CARD_RECORDED_BEFORE,
            Reason::Other,
            Merchant,
            &["set-card"],
        ),
        (
            500,
            Code::PAYMENT_FINAL,
            Reason::Closed,
            Merchant,
            &["set-card"],
        ),
        (
            500,
            Code::PRICE_TOO_SMALL,
            Reason::AmountTooSmall,
            Merchant,
            CREATE,
        ),
        (
            500,
            Code::INVOICE_NUMBER_MISSING,
            Reason::BadRequest,
            Merchant,
            CREATE,
        ),
        (
            500,
            Code::INVOICE_NUMBER_USED,
            Reason::DuplicateOrder,
            Merchant,
            CREATE,
        ),
        (
            500,
            Code::PAY_ID_MISSING,
            Reason::BadRequest,
            Merchant,
            PAY_ID,
        ),
        (
            500,
            Code::PAY_ID_UNKNOWN,
            Reason::NotFound,
            Merchant,
            PAY_ID,
        ),
        (500, Code::EXPIRED, Reason::Expired, Payer, PAY_ID),
        (200, Code::NOT_PAID_YET, Reason::NotPaidYet, Payer, CHECK),
        (
            200,
            Code::PAID_FIRST_VERIFICATION,
            Reason::AlreadyPaid,
            Merchant,
            CHECK,
        ),
        (
            200,
            Code::PAID_VERIFIED_BEFORE,
            Reason::AlreadyPaid,
            Merchant,
            CHECK,
        ),
        (
            200,
            Code::PAID_FROM_ANOTHER_CARD,
            Reason::Other,
            Merchant,
            CHECK,
        ),
    ]
};

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
    for (_, code, reason, whose, _) in DOCUMENTED {
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
    let script = Script::start().await;
    let cardpay = script.client();
    for (http, code, reason, _, places) in DOCUMENTED {
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
    let script = Script::start().await;
    let cardpay = script.client();
    for (http, code, status, state) in STATES {
        for code in [code.to_string(), format!(r#""{code}""#)] {
            script.answer(
                http,
                &format!(r#"{{"status":{status},"code":{code},"msg":"…"}}"#),
            );
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
    let script = Script::start().await;
    let cardpay = script.client();
    for (http, code, _, _, places) in DOCUMENTED {
        for operation in OPERATIONS.iter().filter(|it| !places.contains(it)) {
            if code == Code::PAID_VERIFIED_BEFORE && *operation != "cards" {
                continue; // To these two, 200 says that it is done.
            }
            script.answer(http, &failure(code.number()));
            let error = call(&cardpay, operation).await.unwrap_err();
            let told = format!("{operation}: HTTP {http}, code {code}: {error}");
            assert_ne!(error.kind(), ErrorKind::Refused, "{told}");
            assert_eq!(
                error.refusal().and_then(Code::from_refusal),
                Some(code),
                "{told}"
            );
            let read = *operation == "cards";
            assert_eq!(error.effect() == Effect::NotExecuted, read, "{told}");
            let once = matches!(*operation, "create" | "set-card");
            assert!(!once || script.requests().len() == 1, "{told}: sent again");
        }
    }
}

#[tokio::test]
async fn an_unknown_code_is_neither_success_nor_failure() {
    let script = Script::start().await;
    let cardpay = script.client();
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
    assert_eq!(
        (checked.state, checked.message),
        (PaymentState::NotPaidYet, None)
    );
}
