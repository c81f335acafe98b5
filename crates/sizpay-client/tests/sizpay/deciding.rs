//! What decides about money and is there, but cannot be read, is never taken for something that was left out.

use paylink_core::{ErrorKind, Field};
use serde_json::{Value, json};
use sizpay_client::{Expected, PayStatus, Rial, Settlement, Via};

use crate::provider::{Answer, Provider};
use crate::samples::{carried, day, listed, send_id};

/// An answer with this list, in each form that it may have on each way.
fn in_each_form(list: &str) -> Vec<(Via, Answer)> {
    let as_text = json!({"ResCod": 1, "prmPayLinkListStatus": list});
    let as_array = format!(r#"{{"ResCod":1,"PayLinkListStatus":{list}}}"#);
    let wrapped = format!(r#"{{"d":{as_array}}}"#);
    let mut forms = vec![
        (Via::Rest, Answer::json(as_array)),
        (Via::AsmxJson, Answer::json(wrapped)),
    ];
    let carried = |via: &Via| (*via, carried(*via, "PayLinkPayStatus", &as_text));
    forms.extend(Via::ALL.iter().map(carried));
    forms
}

/// A paid link in which one field is written as this, name and all.
fn paid_but(field: &str, written: &str) -> String {
    let fields = [
        ("PayLinkSendID", r#""PayLinkSendID":26041"#),
        ("InvoiceNo", r#""InvoiceNo":"1000""#),
        ("Status", r#""Status":1"#),
        ("RefNo", r#""RefNo":"880012345678""#),
    ];
    let fields = fields.map(|(name, usual)| if name == field { written } else { usual });
    format!("[{{{}}}]", fields.join(","))
}

fn expected() -> Expected {
    Expected::new(send_id(26041), "1000", Rial::new(10_000), day()).unwrap()
}

#[tokio::test]
async fn an_id_of_a_wrong_type_is_a_mismatch_on_every_way() {
    let provider = Provider::start().await;
    for (names, field, values) in [
        (
            ["InvoiceNo", "invoiceno", "INVOICE_NO"],
            Field::Order,
            [
                "1001.0",
                "1e3",
                "1000.0",
                "[1001]",
                r#"{"n":1001}"#,
                "[]",
                "true",
                r#""""#,
                r#"" ""#,
                r#""1,000""#,
                "1001",
                r#""01000""#,
            ],
        ),
        (
            ["PayLinkSendID", "paylinksendid", "ID"],
            Field::Reference,
            [
                "26041.0",
                "2.6041e4",
                "[26041]",
                r#"{"n":26041}"#,
                "{}",
                "true",
                r#""""#,
                r#""x""#,
                "0",
                "-26041",
                "26042",
                r#""26042""#,
            ],
        ),
    ] {
        for value in values {
            for name in names {
                let list = paid_but(names[0], &format!(r#""{name}":{value}"#));
                for (via, answer) in in_each_form(&list) {
                    provider.answer(answer);
                    let settlement = provider.client_via(via).settle(&expected()).await;
                    let Ok(Settlement::Mismatch(mismatch)) = settlement else {
                        panic!("{via} {list}: {settlement:?}");
                    };
                    assert!(mismatch.is_in(field), "{via} {list}: {mismatch}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_state_or_a_number_of_a_wrong_type_decides_nothing() {
    let provider = Provider::start().await;
    for (field, value) in [
        ("Status", "1.0"),
        ("Status", "[1]"),
        ("Status", r#"{"x":1}"#),
        ("Status", "2"),
        ("Status", "null"),
        ("Status", r#""""#),
        ("Status", r#"1,"STATUS":0"#),
        ("RefNo", "[880012345678]"),
        ("RefNo", "8.8e11"),
        ("RefNo", "true"),
        ("RefNo", r#"{"n":"880012345678"}"#),
        ("RefNo", r#""1","REFNO":"2""#),
    ] {
        for status in ["1", "0"] {
            let list = paid_but(field, &format!(r#""{field}":{value}"#));
            let list = list.replace(r#""Status":1,"#, &format!(r#""Status":{status},"#));
            for (via, answer) in in_each_form(&list) {
                provider.answer(answer);
                let error = provider.client_via(via).settle(&expected()).await;
                let error = error.expect_err(&list);
                assert_eq!(error.kind(), ErrorKind::Indeterminate, "{via} {list}");
            }
        }
    }
}

/// Two letter cases of one name that contradict each other are no way to a proof, whichever comes first.
#[tokio::test]
async fn two_letter_cases_that_contradict_each_other_are_a_mismatch() {
    let provider = Provider::start().await;
    for (twice, field) in [
        (r#""InvoiceNo":"1000","invoiceno":"9","#, Field::Order),
        (r#""invoiceno":"9","InvoiceNo":"1000","#, Field::Order),
        (r#""InvoiceNo":"1000","PayLinkFactorNo":[9],"#, Field::Order),
        (r#""SendID":26041,"sendid":9,"#, Field::Reference),
        (r#""SendID":[9],"sendid":26041,"#, Field::Reference),
    ] {
        let list = format!(r#"[{{{twice}"Status":1,"RefNo":"77"}}]"#);
        for (via, answer) in in_each_form(&list) {
            provider.answer(answer);
            let settlement = provider.client_via(via).settle(&expected()).await;
            let Ok(Settlement::Mismatch(mismatch)) = settlement else {
                panic!("{via} {list}: {settlement:?}");
            };
            assert!(mismatch.is_in(field), "{via} {list}: {mismatch}");
        }
    }
    let same = r#"[{"SendID":26041,"sendid":"26041","InvoiceNo":"1000","invoiceno":1000,"Status":1,"STATUS":"1","RefNo":77,"refno":"77"}]"#;
    for (via, answer) in in_each_form(same) {
        provider.answer(answer);
        let settlement = provider.client_via(via).settle(&expected()).await;
        assert!(settlement.unwrap().proof().is_some(), "{via}");
    }
}

/// Where one link is asked about, an element whose key cannot be read is not taken for the answer to it.
#[tokio::test]
async fn an_element_with_an_unreadable_key_answers_no_question_about_one() {
    for number in [json!([1000]), json!(1000.5), json!(""), json!({"n": 1000})] {
        let paid: Value = json!([{"InvoiceNo": number, "Status": 1, "RefNo": "77"}]);
        let provider = Provider::answering(listed(paid)).await;
        let asked = PayStatus::of_invoice_numbers(day(), ["1000"]).unwrap();
        let error = provider.client().pay_status(asked).await.unwrap_err();
        assert!(error.mismatch().unwrap().is_in(Field::Order), "{error}");
    }
    for whole in [json!(7), json!([1]), json!(null), json!("1")] {
        let provider = Provider::answering(listed(json!([whole]))).await;
        let asked = PayStatus::of_send_ids(day(), [send_id(26041)]).unwrap();
        let error = provider.client().pay_status(asked).await.unwrap_err();
        assert!(error.mismatch().unwrap().is_in(Field::Reference), "{error}");
    }
}
