//! Answers that cannot be trusted: the outcome of what must happen once is then unknown, and nothing is sent again.

use paylink_core::{Class, Effect, ErrorKind, Field};
use pod_invoice_client::ListInvoices;
use serde_json::{Value, json};

use crate::cases::{self, Case};
use crate::provider::{Provider, good};
use crate::samples::{id, invoice, invoice_with, invoice_without, verified};

/// Asserts that this answer is not believed.
async fn refused(case: &Case, answer: &str) -> paylink_core::Error {
    let provider = Provider::start().await;
    provider.answer(case.production, answer);
    let error = (case.call)(&provider.client()).await.expect_err(case.name);
    let what = format!("{}: {answer}: {error}", case.name);
    let effect = match case.class {
        Class::Once => Effect::Unknown,
        Class::Read | Class::Idempotent => Effect::NotExecuted,
    };
    assert_eq!(error.effect(), effect, "{what}");
    if case.class == Class::Once {
        assert_eq!(provider.take_called().len(), 1, "{what}");
    }
    error
}

fn with(answer: &Value, name: &str, value: Value) -> Value {
    let mut answer = answer.clone();
    answer
        .as_object_mut()
        .unwrap()
        .insert(name.to_owned(), value);
    answer
}

#[tokio::test]
async fn an_envelope_that_contradicts_itself_or_says_too_little() {
    for case in cases::all() {
        let good = good(case.good.clone());
        let mut said_nothing = good.clone();
        said_nothing.as_object_mut().unwrap().remove("hasError");
        let mut answers = vec![
            ("hasError is missing", said_nothing),
            ("hasError is null", with(&good, "hasError", Value::Null)),
            ("hasError is text", with(&good, "hasError", json!("false"))),
            ("hasError is a number", with(&good, "hasError", json!(0))),
            (
                "no error and an errorCode",
                with(&good, "errorCode", json!(24)),
            ),
            (
                "no error and an errorCode",
                with(&good, "errorCode", json!(-1)),
            ),
            ("errorCode is text", with(&good, "errorCode", json!("0"))),
            (
                "errorCode is a fraction",
                with(&good, "errorCode", json!(0.5)),
            ),
            (
                "an error and errorCode 0",
                json!({"hasError": true, "errorCode": 0}),
            ),
            (
                "an error without errorCode",
                json!({"hasError": true, "message": "x"}),
            ),
            (
                "errorCode is text",
                json!({"hasError": true, "errorCode": "24"}),
            ),
        ];
        if case.production != 29816 {
            let both = json!({"hasError": true, "errorCode": 24, "result": case.good});
            answers.push(("an error and holds a result", both));
            answers.push(("result is null", with(&good, "result", Value::Null)));
            answers.push(("result is", with(&good, "result", json!(7))));
        }
        for (problem, answer) in answers {
            let error = refused(&case, &answer.to_string()).await;
            assert_eq!(error.kind(), ErrorKind::Untrusted, "{} {answer}", case.name);
            assert!(
                error.to_string().contains(problem),
                "{}: {error}",
                case.name
            );
        }
    }
}

#[tokio::test]
async fn what_is_not_one_json_object() {
    for case in cases::all() {
        let good = good(case.good.clone()).to_string();
        let twice = good.replacen('{', r#"{"hasError":false,"#, 1);
        for answer in [
            String::new(),
            "true".to_owned(),
            "null".to_owned(),
            format!("[{good}]"),
            format!("{good}{good}"),
            good.strip_suffix('}').unwrap().to_owned(),
            twice,
        ] {
            let error = refused(&case, &answer).await;
            assert_eq!(error.kind(), ErrorKind::Untrusted, "{} {answer}", case.name);
        }
    }
}

#[tokio::test]
async fn false_is_not_done() {
    let done: Vec<Case> = cases::all()
        .into_iter()
        .filter(|it| it.good == json!(true))
        .collect();
    assert_eq!(done.len(), 17);
    for case in done.iter().filter(|it| it.name != "share-link") {
        let error = refused(case, &good(false).to_string()).await;
        assert_eq!(error.kind(), ErrorKind::Untrusted);
    }
}

#[tokio::test]
async fn an_issued_invoice_has_to_be_the_one_that_was_asked_for() {
    let cases = cases::all();
    let issue = cases.iter().find(|it| it.name == "issue-invoice").unwrap();
    for (members, field) in [
        (json!({"billNumber": "1001"}), Field::Order),
        (json!({"totalAmount": 999_999}), Field::Amount),
        (json!({"totalAmount": 1_000_000.5}), Field::Amount),
    ] {
        let answer = good(invoice_with(members));
        let error = refused(issue, &answer.to_string()).await;
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        assert!(error.mismatch().unwrap().is_in(field), "{error}");
        assert_eq!(error.handle().unwrap().own_reference(), Some("1000"));
    }
}

#[tokio::test]
async fn a_verified_invoice_has_to_be_the_one_that_was_asked_for() {
    let cases = cases::all();
    let verifying: Vec<&Case> = cases.iter().filter(|it| it.good == verified()).collect();
    assert_eq!(verifying.len(), 3);
    for case in verifying {
        let other = json!({"id": 32158, "billNumber": "1001", "payed": true});
        let error = refused(case, &good(invoice_with(other)).to_string()).await;
        assert_eq!(error.kind(), ErrorKind::Mismatch, "{}", case.name);
        for not_paid in [
            invoice(),
            invoice_with(json!({"verificationNeeded": true})),
            invoice_with(json!({"payed": true, "canceled": true})),
            invoice_without("payed"),
        ] {
            let error = refused(case, &good(not_paid).to_string()).await;
            assert_eq!(error.kind(), ErrorKind::Untrusted, "{}", case.name);
        }
    }
}

#[tokio::test]
async fn a_field_that_decides_is_of_its_type_or_not_there() {
    let provider = Provider::start().await;
    let pod = provider.client();
    for field in [
        "totalAmount",
        "payableAmount",
        "vat",
        "billNumber",
        "payed",
        "waiting",
        "canceled",
        "closed",
        "verificationNeeded",
        "willBePaid",
        "willBeBlocked",
    ] {
        for left_out in [invoice_with(json!({field: null})), invoice_with(json!({}))] {
            let mut left_out = left_out;
            if left_out[field] != Value::Null || field == "willBePaid" {
                left_out.as_object_mut().unwrap().remove(field);
            }
            provider.answer(29813, good(json!([left_out])));
            let list = ListInvoices::the_one(id());
            pod.list_invoices(list).await.expect(field);
        }
        for wrong in [json!("x1"), json!(-7), json!([]), json!({}), json!([true])] {
            if field == "billNumber" && wrong.is_string() {
                continue;
            }
            provider.answer(29813, good(json!([invoice_with(json!({field: wrong}))])));
            let error = pod
                .list_invoices(ListInvoices::the_one(id()))
                .await
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Untrusted, "{field} {wrong}");
            assert!(error.to_string().contains(field), "{error}");
            assert!(!error.to_string().contains("x1"), "{error}");
        }
    }
    for wrong in [Value::Null, json!(0), json!(-1), json!("32157"), json!(1.5)] {
        provider.answer(29813, good(json!([invoice_with(json!({"id": wrong}))])));
        let error = pod
            .list_invoices(ListInvoices::the_one(id()))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{wrong}");
    }
}
