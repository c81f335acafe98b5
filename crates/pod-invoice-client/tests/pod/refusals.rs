//! Every documented code, at every service.

use paylink_core::{Effect, ErrorKind, Idempotency, Party, Reason};
use pod_invoice_client::{PayAnyInvoice, codes};
use serde_json::json;

use crate::cases;
use crate::provider::{Provider, bad};

/// The codes that refuse, and what each stands for.
const REFUSING: [(i64, Reason); 10] = [
    (4, Reason::NotAllowed),
    (21, Reason::BadCredentials),
    (24, Reason::AlreadyPaid),
    (32, Reason::Cancelled),
    (45, Reason::Closed),
    (55, Reason::NotPaidYet),
    (58, Reason::AwaitingConfirmation),
    (72, Reason::AwaitingGateway),
    (99, Reason::NotAllowed),
    (193, Reason::BadRequest),
];

#[tokio::test]
async fn a_refusal_proves_that_nothing_was_done() {
    for case in cases::all() {
        let (account, pod) = Provider::with_client().await;
        for (code, reason) in REFUSING {
            account.answer(case.production, bad(code));
            let error = (case.call)(&pod).await.unwrap_err();
            let what = format!("{} {code}", case.name);
            assert_eq!(error.kind(), ErrorKind::Refused, "{what}");
            assert_eq!(error.effect(), Effect::NotExecuted, "{what}");
            assert_eq!(error.operation(), Some(case.name));
            let asked = account.take_called();
            assert_eq!(asked, [case.production], "asked once: {what}");
            let refusal = error.refusal().unwrap();
            assert_eq!(refusal.code(), code.to_string());
            assert_eq!(refusal.reason(), reason, "{what}");
            assert_eq!(refusal.message(), Some("نشد"));
        }
    }
}

#[tokio::test]
async fn a_timeout_behind_pod_leaves_the_outcome_unknown() {
    for case in cases::all() {
        let (account, pod) = Provider::with_client().await;
        for code in [227, 378, 999] {
            account.answer(case.production, bad(code));
            let error = (case.call)(&pod).await.unwrap_err();
            let what = format!("{} {code}", case.name);
            assert_eq!(error.kind(), ErrorKind::ProviderFailure, "{what}");
            let refusal = error.refusal().unwrap();
            assert_eq!(refusal.reason(), Reason::ProviderFailure);
            assert_eq!(refusal.explanation().party, Party::Provider);
            let asked = account.take_called().len();
            match case.class {
                Idempotency::NonIdempotent => {
                    assert_eq!(error.effect(), Effect::Unknown, "{what}");
                    assert!(error.handle().is_some(), "{what}");
                    assert_eq!(asked, 1, "never sent again: {what}");
                }
                Idempotency::ReadOnly | Idempotency::Idempotent => {
                    assert_eq!(error.effect(), Effect::NotExecuted, "{what}");
                    assert_eq!(asked, 2, "a read may ask once more: {what}");
                }
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_code_refuses_whatever_its_words() {
    let (account, pod) = Provider::with_client().await;
    let blocked = "فاکتور بستانکار آماده برای مسدودی می باشد";
    let no_funds = "اعتبار کافی جهت انجام عملیات مسدودی را ندارید";
    let guaranteed = "فاکتور در انتظار پرداخت توسط  تضمین ارائه شده میباشد";
    for (message, reason) in [
        ("فاکتور بستانکار پرداخت نشده است", Reason::NotPaidYet),
        ("مجوز انجام این عملیات را ندارید", Reason::NotAllowed),
        (blocked, Reason::AlreadyPaid),
        (no_funds, Reason::InsufficientFunds),
        ("اجازه پرداخت این فاکتور را ندارید", Reason::NotAllowed),
        (guaranteed, Reason::NotAllowed),
        ("چیز دیگر", Reason::Other),
        ("", Reason::Other),
    ] {
        let answer = json!({"hasError": true, "errorCode": 887, "message": message});
        account.answer(29799, answer);
        let error = pod.mark_paid(crate::samples::id()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{message}");
        assert_eq!(error.effect(), Effect::NotExecuted, "{message}");
        let refusal = error.refusal().unwrap();
        let told = (refusal.code(), refusal.reason());
        assert_eq!(told, ("887", reason), "{message}");
    }
}

/// The document describes some refusals by their words and leaves the cell of the number empty.
#[tokio::test]
async fn a_refusal_without_a_number_is_one_and_its_words_are_the_code() {
    let (account, pod) = Provider::with_client().await;
    let blocked = "فاکتور بستانکار آماده برای مسدودی می باشد";
    for case in cases::all() {
        for number in [None, Some(json!(0)), Some(json!("0")), Some(json!(null))] {
            for (message, code, reason) in [
                (blocked, blocked, Reason::AlreadyPaid),
                ("چیز دیگر", "چیز دیگر", Reason::Other),
            ] {
                let mut answer = json!({"hasError": true, "message": message, "count": 0});
                if let Some(number) = &number {
                    answer["errorCode"] = number.clone();
                }
                account.answer(case.production, answer);
                let error = (case.call)(&pod).await.unwrap_err();
                let what = format!("{} {number:?}: {error}", case.name);
                assert_eq!(error.kind(), ErrorKind::Refused, "{what}");
                assert_eq!(error.effect(), Effect::NotExecuted, "{what}");
                let refusal = error.refusal().unwrap();
                assert_eq!(refusal.code(), code, "{what}");
                assert_eq!(refusal.reason(), reason, "{what}");
                assert_eq!(refusal.message(), Some(message), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn a_failure_without_a_number_leaves_the_outcome_as_unknown_as_with_one() {
    let (account, pod) = Provider::with_client().await;
    let lost = "ارسال پاسخ از سرویس اصلی به پلتفرم با مشکل مواجه شده است";
    for (message, code) in [
        ("تایم اوت سرویس اصلی", "227"),
        (lost, "378"),
        ("UNKNOWN - خطای داخلی", "999"),
    ] {
        for number in [json!(0), json!(887)] {
            let answer = json!({"hasError": true, "errorCode": number, "message": message});
            account.answer(29821, answer);
            let payment = PayAnyInvoice::new(crate::samples::id());
            let error = pod.pay_any_invoice(payment).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ProviderFailure, "{message}");
            assert_eq!(error.effect(), Effect::Unknown, "{message}");
            let said = error.refusal().unwrap().code();
            assert_eq!(said, if number == 0 { code } else { "887" });
        }
    }
}

/// A merchant that takes a timeout for a no pays again.
#[tokio::test]
async fn words_of_a_failure_are_no_refusal_unless_a_documented_number_says_so() {
    let (account, pod) = Provider::with_client().await;
    for message in [
        "Service timeout",
        "Read timed out",
        "Internal Server Error",
        "خطا در ارتباط با سرویس",
        "&#x62e;&#x637;&#x627; &#x62f;&#x631; &#x627;&#x631;&#x62a;&#x628;&#x627;&#x637;",
        "مجوز انجام این عملیات را ندارید: Timeout",
    ] {
        for (number, kind, effect) in [
            (json!(null), ErrorKind::ProviderFailure, Effect::Unknown),
            (json!(0), ErrorKind::ProviderFailure, Effect::Unknown),
            (json!(887), ErrorKind::ProviderFailure, Effect::Unknown),
            (json!(24), ErrorKind::Refused, Effect::NotExecuted),
        ] {
            let answer = json!({"hasError": true, "errorCode": number, "message": message});
            account.answer(29821, answer);
            let payment = PayAnyInvoice::new(crate::samples::id());
            let error = pod.pay_any_invoice(payment).await.unwrap_err();
            let what = format!("{number} {message}: {error}");
            assert_eq!((error.kind(), error.effect()), (kind, effect), "{what}");
            let can_be_resolved = effect == Effect::Unknown;
            assert_eq!(error.handle().is_some(), can_be_resolved, "{what}");
        }
    }
}

#[tokio::test]
async fn a_number_as_text_is_the_number() {
    let (account, pod) = Provider::with_client().await;
    for (number, kind) in [
        ("24", ErrorKind::Refused),
        ("227", ErrorKind::ProviderFailure),
    ] {
        let mut answer = bad(0);
        answer["errorCode"] = json!(number);
        answer["hasError"] = json!("true");
        account.answer(29799, answer);
        let error = pod.mark_paid(crate::samples::id()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{number}");
        assert_eq!(error.refusal().unwrap().code(), number);
    }
}

#[test]
fn the_table_of_codes_is_the_contract_s() {
    let refusing = REFUSING.iter().map(|(code, _)| *code);
    let all = refusing.chain([227, 378, 999]);
    let mut all: Vec<String> = all.map(|it| it.to_string()).collect();
    let refusals = codes::catalogue().filter(|it| it.field == "errorCode" && it.reason.is_some());
    let mut known: Vec<String> = refusals.map(|it| it.code.to_owned()).collect();
    all.sort_unstable();
    known.sort_unstable();
    assert_eq!(all, known);
}
