//! Answers that cannot be trusted: the outcome of what must happen once is then unknown, and nothing is sent again.

use paylink_core::{ComparedField, Effect, ErrorKind, Idempotency, Rial};
use paylink_testkit::{Answer, assert_matches};
use pod_invoice_client::{Expected, ListInvoices, Money, Pod, Return, Settlement};
use serde_json::{Value, json};

use crate::cases::{self, Case};
use crate::provider::{Provider, bad, good};
use crate::samples::{BILL, id, invoice, invoice_with, invoice_without, unverified, verified};

/// Asserts that this answer is not believed.
async fn refused(
    (provider, pod): &(Provider, Pod),
    case: &Case,
    answer: &str,
) -> paylink_core::Error {
    provider.take_called();
    provider.answer(case.production, Answer::json(answer.to_owned()));
    let error = (case.call)(pod).await.expect_err(case.name);
    let what = format!("{}: {answer}: {error}", case.name);
    let effect = match case.class {
        Idempotency::NonIdempotent => Effect::Unknown,
        Idempotency::ReadOnly | Idempotency::Idempotent => Effect::NotExecuted,
    };
    assert_eq!(error.effect(), effect, "{what}");
    if case.class == Idempotency::NonIdempotent {
        assert_eq!(provider.take_called().len(), 1, "{what}");
    }
    error
}

fn with(answer: &Value, name: &str, value: Value) -> Value {
    let mut answer = answer.clone();
    answer[name] = value;
    answer
}

#[tokio::test]
async fn an_envelope_that_contradicts_itself_or_says_too_little() {
    let against = Provider::with_client().await;
    for case in cases::all() {
        let good = good(case.good.clone());
        let mut said_nothing = good.clone();
        said_nothing.as_object_mut().unwrap().remove("hasError");
        let flag = |value| with(&good, "hasError", value);
        let code = |value| with(&good, "errorCode", value);
        let (contradiction, nothing) =
            ("no error and an errorCode", "neither errorCode nor message");
        let blank = json!({"hasError": true, "errorCode": 0, "message": " "});
        let padded = json!({"hasError": true, "errorCode": "024", "message": "x"});
        let mut answers = vec![
            ("hasError is missing", said_nothing),
            ("hasError is null", flag(Value::Null)),
            ("hasError is text", flag(json!("no"))),
            ("hasError is a number", flag(json!(2))),
            (contradiction, code(json!(24))),
            (contradiction, code(json!(-1))),
            (contradiction, code(json!("24"))),
            ("errorCode is text", code(json!("x"))),
            ("errorCode is a fraction", code(json!(0.5))),
            (nothing, blank),
            (nothing, json!({"hasError": true})),
            (nothing, json!({"hasError": true, "message": 24})),
            ("errorCode is text", padded),
        ];
        if case.production != 29816 {
            answers.push(("result is null", with(&good, "result", Value::Null)));
            answers.push(("result is", with(&good, "result", json!(7))));
        }
        for (problem, answer) in answers {
            let error = refused(&against, &case, &answer.to_string()).await;
            assert_eq!(error.kind(), ErrorKind::Untrusted, "{} {answer}", case.name);
            let told = error.to_string();
            assert!(told.contains(problem), "{}: {told}", case.name);
        }
    }
}

/// POD would not name a payment that it refused: nobody knows what an answer means that does both.
#[tokio::test]
async fn a_refusal_beside_a_success_proves_nothing() {
    let against = Provider::with_client().await;
    let results = [
        json!(true),
        json!("true"),
        json!("TRUE"),
        json!(1),
        json!("https://pay.pod.ir/?h=1"),
        json!("انجام شد"),
        json!({}),
        json!({"id": 32157}),
        json!([{"id": 32157}]),
        json!(1.5),
    ];
    let named = [
        json!({"id": 32157}),
        json!({"invoiceId": "32157"}),
        json!({"data": [{"uniqueNumber": "6a8419e0de989b8f"}]}),
        json!({"paymentBillNumber": "1029779"}),
        json!({"link": "https://pay.pod.ir/?h=1"}),
        json!({"more": {"url": "https://pay.pod.ir/?h=1"}}),
        json!({"ID": 32157}),
        json!({"more": {"InvoiceID": 32157}}),
        json!({"invoice_id": 32157}),
    ];
    let results = results.into_iter().map(|result| json!({"result": result}));
    let beside: Vec<Value> = results.chain(named).collect();
    for case in cases::all() {
        for said in [bad(24), json!({"hasError": true, "message": "نشد"})] {
            for beside in &beside {
                let mut answer = said.clone();
                let beside = beside.as_object().unwrap().clone();
                answer.as_object_mut().unwrap().extend(beside);
                let error = refused(&against, &case, &answer.to_string()).await;
                assert_eq!(error.kind(), ErrorKind::Untrusted, "{} {answer}", case.name);
                let what = error.to_string();
                assert!(what.contains("says an error and"), "{}: {what}", case.name);
            }
        }
    }
}

#[tokio::test]
async fn a_refusal_beside_an_empty_result_is_a_refusal() {
    let (provider, pod) = Provider::with_client().await;
    for result in [Value::Null, json!(false), json!(""), json!(" "), json!([])] {
        for case in cases::all() {
            let answer = with(&bad(24), "result", result.clone());
            provider.answer(case.production, answer);
            let error = (case.call)(&pod).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Refused, "{} {result}", case.name);
            assert_eq!(error.effect(), Effect::NotExecuted, "{}", case.name);
        }
    }
}

/// A script that has one form for every answer fills it with zeros and blanks.
#[tokio::test]
async fn a_refusal_with_empty_fields_of_a_payment_is_a_refusal() {
    let (provider, pod) = Provider::with_client().await;
    for (name, filler) in [
        ("id", json!(0)),
        ("invoiceId", json!("0")),
        ("link", json!("")),
        ("uniqueNumber", json!([null])),
        ("result", json!([])),
    ] {
        for case in cases::all() {
            provider.answer(case.production, with(&bad(24), name, filler.clone()));
            let error = (case.call)(&pod).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Refused, "{} {name}", case.name);
        }
    }
}

#[tokio::test]
async fn what_is_not_one_json_object() {
    let against = Provider::with_client().await;
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
            let error = refused(&against, &case, &answer).await;
            assert_eq!(error.kind(), ErrorKind::Untrusted, "{} {answer}", case.name);
        }
    }
}

#[tokio::test]
async fn an_issued_invoice_has_to_be_the_one_that_was_asked_for() {
    let against = Provider::with_client().await;
    let cases = cases::all();
    let issue = cases.iter().find(|it| it.name == "issue-invoice").unwrap();
    for (members, field) in [
        (json!({"billNumber": "1001"}), ComparedField::Order),
        (json!({"totalAmount": 999_999}), ComparedField::Amount),
        (json!({"totalAmount": 1_000_000.5}), ComparedField::Amount),
    ] {
        let answer = good(invoice_with(members));
        let error = refused(&against, issue, &answer.to_string()).await;
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        assert!(error.mismatch().unwrap().has(field), "{error}");
        assert_eq!(error.handle().unwrap().reference(), Some("1000"));
    }
}

#[tokio::test]
async fn a_verified_invoice_has_to_be_the_one_that_was_asked_for() {
    let against = Provider::with_client().await;
    let cases = cases::all();
    let verifying: Vec<&Case> = cases.iter().filter(|it| it.good == verified()).collect();
    assert_eq!(verifying.len(), 3);
    for case in verifying {
        let other = json!({"id": 32158, "billNumber": "1001", "payed": true});
        let error = refused(&against, case, &good(invoice_with(other)).to_string()).await;
        assert_eq!(error.kind(), ErrorKind::Mismatch, "{}", case.name);
        for not_paid in [
            invoice(),
            invoice_with(json!({"verificationNeeded": true})),
            invoice_with(json!({"payed": true, "canceled": true})),
            invoice_without("payed"),
        ] {
            let error = refused(&against, case, &good(not_paid).to_string()).await;
            assert_eq!(error.kind(), ErrorKind::Untrusted, "{}", case.name);
        }
    }
}

#[tokio::test]
async fn a_field_that_decides_is_of_its_type_or_not_there() {
    let (account, pod) = Provider::with_client().await;
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
        let mut absent = invoice();
        absent.as_object_mut().unwrap().remove(field);
        for left_out in [invoice_with(json!({field: null})), absent] {
            account.answer(29813, good(json!([left_out])));
            let list = ListInvoices::one(id());
            pod.list_invoices(list).await.expect(field);
        }
        for wrong in [json!("x1"), json!(-7), json!([]), json!({}), json!([true])] {
            if field == "billNumber" && (wrong.is_string() || wrong.is_number()) {
                continue;
            }
            account.answer(29813, good(json!([invoice_with(json!({field: wrong}))])));
            let read = pod.list_invoices(ListInvoices::one(id())).await;
            let error = read.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Untrusted, "{field} {wrong}");
            assert!(error.to_string().contains(field), "{error}");
            assert!(!error.to_string().contains("x1"), "{error}");
        }
    }
    let wrong = json!([null, 0, -1, "032157", "+32157", 32157.0, 1.5, [32157]]);
    for wrong in wrong.as_array().unwrap() {
        account.answer(29813, good(json!([invoice_with(json!({"id": wrong}))])));
        let read = pod.list_invoices(ListInvoices::one(id())).await;
        let error = read.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{wrong}");
    }
}

/// Settles the order 1000 for 1,090,000 rial with the invoice that a return names.
async fn settled_by(query: &str, list: Value) -> (Settlement, Vec<u32>) {
    let account = Provider::start().await;
    account.answer(29813, good(list));
    account.answer(29809, good(invoice_with(json!({"payed": true}))));
    let Return::Payment(back) = Return::from_query(query).unwrap() else {
        panic!("{query}");
    };
    let amount = Money::from(Rial::new(1_090_000));
    let expected = Expected::new(back.invoice_id, BILL, amount).unwrap();
    let settlement = account.client().settle(&expected).await.unwrap();
    (settlement, account.take_called())
}

#[tokio::test]
async fn paid_is_what_pod_says_and_not_the_return() {
    let query = "invoiceId=32157&billNumber=1000&paid=true&rrn=1&tref=2";
    let (settlement, called) = settled_by(query, json!([invoice()])).await;
    assert_matches!(settlement, Settlement::NotPaid(_));
    assert_eq!(called, [29813]);
}

#[tokio::test]
async fn another_user_s_invoice_is_not_in_the_merchant_s_list() {
    let (settlement, called) = settled_by("invoiceId=5&paid=true", json!([])).await;
    assert_matches!(settlement, Settlement::Mismatch(found) if found.has(ComparedField::Reference));
    assert_eq!(called, [29813], "nothing is verified");
}

#[tokio::test]
async fn a_list_that_answers_another_invoice_is_not_believed() {
    let paid = invoice_with(json!({"payed": true}));
    let (settlement, called) = settled_by("invoiceId=5&paid=true", json!([paid])).await;
    assert_matches!(settlement, Settlement::Mismatch(_));
    assert_eq!(called, [29813]);
}

#[tokio::test]
async fn another_order_s_paid_invoice_does_not_pay_this_one() {
    for members in [
        json!({"id": 5, "billNumber": "999", "payed": true}),
        json!({"id": 5, "billNumber": "999", "verificationNeeded": true}),
        json!({"id": 5, "billNumber": null, "payed": true}),
        json!({"id": 5, "billNumber": "1000 ", "payed": true}),
    ] {
        let query = "invoiceId=5&billNumber=1000&paid=true";
        let (settlement, called) = settled_by(query, json!([invoice_with(members)])).await;
        assert_matches!(settlement, Settlement::Mismatch(found) if found.has(ComparedField::Order));
        assert_eq!(called, [29813], "nothing is verified");
    }
}

#[tokio::test]
async fn a_cheap_invoice_does_not_settle_a_higher_order() {
    for cheap in [
        invoice_with(json!({"payableAmount": 10_000, "payed": true})),
        invoice_with(json!({"payableAmount": 1_089_999.99, "payed": true})),
        invoice_with(json!({"payableAmount": 10_900_000, "payed": true})),
        invoice_with(json!({"payableAmount": 10_000, "verificationNeeded": true})),
    ] {
        let query = "invoiceId=32157&billNumber=1000&paid=true";
        let (settlement, called) = settled_by(query, json!([cheap])).await;
        assert_matches!(settlement, Settlement::Mismatch(found) if found.has(ComparedField::Amount));
        assert_eq!(called, [29813], "nothing is verified");
    }
}

#[tokio::test]
async fn the_control_an_honest_return_does_lead_to_one() {
    let query = "invoiceId=32157&billNumber=1000&paid=false";
    let (settlement, called) = settled_by(query, json!([unverified()])).await;
    assert_matches!(settlement, Settlement::Settled(_));
    assert_eq!(called, [29813, 29809]);
}
