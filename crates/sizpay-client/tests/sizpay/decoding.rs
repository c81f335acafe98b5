//! Every answer that the documents show or describe, and what proves nothing: absent is not null is not a default, what
//! contradicts itself is not believed, and what decides about money and cannot be read is never taken for left out.

use paylink_core::{ComparedField, Effect, ErrorKind};
use serde_json::{Value, json};
use sizpay_client::{DisableLink, Error, Expected, PayStatus, ResendSms, Rial, Settlement, Via};

use crate::provider::Provider;
use crate::samples::{carried, day, element, listed, new_link, send_id, sent};
use paylink_testkit::Answer;

#[tokio::test]
async fn the_sample_of_section_1() {
    let account = Provider::answering(sent()).await;
    let sent = account.client().send_link(new_link()).await.unwrap();
    assert_eq!(sent.send_id, send_id(26041));
    let url = sent.url.unwrap();
    assert_eq!(url.as_str(), "https://me.sizpay.ir/hosseini/0200260411");
    assert_eq!(sent.message, None);
    assert!(sent.unreadable.is_empty());
}

#[tokio::test]
async fn asp_net_json_is_unwrapped() {
    for answer in [
        json!({"d": {"__type": "KimiaPayLinkSend+PayLinkSendResponse", "ResCod": 1, "Message": "", "PayLinkSendID": 26041}}),
        json!({"d": "{\"ResCod\":\"1\",\"Message\":null,\"PayLinkSendID\":26041}"}),
        json!({"ResCod": 1, "Message": "", "PayLinkSendID": 26041}),
        json!({"resCod": 1, "message": "", "payLinkSendId": 26041}),
        json!({"D": {"RESCOD": 1, "MESSAGE": "", "PAYLINKSENDID": 26041}}),
    ] {
        let account = Provider::answering(answer).await;
        let sizpay = account.client_via(Via::AsmxJson);
        let sent = sizpay.send_link(new_link()).await.unwrap();
        assert_eq!(sent.send_id, send_id(26041));
        assert_eq!(sent.url, None, "the ASMX service brings no address");
        assert!(sent.unreadable.is_empty());
    }
}

#[tokio::test]
async fn success_may_be_a_number_or_text() {
    let disable = || DisableLink::by_send_id(send_id(26040), day());
    let resend = || ResendSms::by_send_id(send_id(26040), day());
    for code in [json!(1), json!("1"), json!("01"), json!(" 1 "), json!("۱")] {
        let answer = json!({"ResCod": code, "Message": "عملیات موفق"});
        let account = Provider::answering(answer).await;
        let sizpay = account.client();
        let disabled = sizpay.disable_link(disable()).await.unwrap();
        assert_eq!(disabled.message.as_deref(), Some("عملیات موفق"));
        sizpay.resend_sms(resend()).await.unwrap();
    }
}

/// SizPay's own samples have a number; other services of the kind write text.
#[tokio::test]
async fn an_id_may_be_a_number_or_the_same_in_text() {
    for id in [json!(26041), json!("26041")] {
        let mut answer = sent();
        answer["PayLinkSendID"] = id;
        for via in Via::ALL {
            let answer = carried(*via, "PayLinkSend", &answer);
            let account = Provider::answering(answer).await;
            let sent = account.client_via(*via).send_link(new_link()).await;
            assert_eq!(sent.unwrap().send_id, send_id(26041), "{via}");
        }
    }
}

#[tokio::test]
async fn a_link_that_cannot_be_shown_does_not_hide_that_it_was_sent() {
    for (url, unreadable) in [
        (json!("javascript:alert(1)"), true),
        (json!("https://user:secret@me.sizpay.ir/x"), true),
        (json!("me.sizpay.ir/x"), true),
        (json!("https://me.sizpay.ir/\"><script>"), true),
        (json!("https://me.sizpay.ir/x\u{202e}"), true),
        (json!("https://me.sizpay.ir/x\u{2067}"), true),
        (json!("https://me.sizpay.ir/a b"), true),
        (json!(7), true),
        (json!(""), false),
        (json!(null), false),
    ] {
        let mut answer = sent();
        answer["PayLinkURL"] = url;
        let account = Provider::answering(answer).await;
        let sent = account.client().send_link(new_link()).await.unwrap();
        assert_eq!(sent.send_id, send_id(26041));
        assert_eq!(sent.url, None);
        assert_eq!(!sent.unreadable.is_empty(), unreadable, "{sent:?}");
    }
}

#[tokio::test]
async fn a_byte_order_mark_and_unknown_fields_do_not_matter() {
    let more = sent()
        .to_string()
        .replacen('{', r#"{"New":[{"a":null}],"#, 1);
    let text = format!("\u{feff} {more}");
    let account = Provider::answering(Answer::json(text)).await;
    let sent = account.client().send_link(new_link()).await.unwrap();
    assert_eq!(sent.send_id, send_id(26041));
}

fn assert_untrusted(error: &Error, about: &str) {
    assert_eq!(error.kind(), ErrorKind::Untrusted, "{about}: {error}");
    assert_eq!(error.effect(), Effect::Unknown, "{about}");
    assert!(error.handle().is_some(), "{about}");
    assert_eq!(error.attempts(), 1, "{about}");
}

/// The answer of a send in which one field holds another value, or none.
fn sent_with(field: &str, value: Option<Value>) -> Value {
    let mut answer = sent();
    match value {
        Some(value) => answer[field] = value,
        None => {
            answer.as_object_mut().unwrap().remove(field);
        }
    }
    answer
}

#[tokio::test]
async fn every_deciding_field_of_a_send_is_strict() {
    let values = json!([null, true, 1.5, -7, "", "x", "026041", "26041.0", [], {}]);
    let values = values.as_array().unwrap().iter().cloned().map(Some);
    for value in values.chain([None]) {
        // Other whole numbers in `ResCod` are failures, and beside an id they contradict it.
        for field in ["ResCod", "PayLinkSendID"] {
            let answer = sent_with(field, value.clone());
            for via in [Via::Rest, Via::AsmxJson] {
                let account = Provider::answering(answer.clone()).await;
                let error = account.client_via(via).send_link(new_link()).await;
                assert_untrusted(&error.unwrap_err(), &answer.to_string());
            }
        }
    }
}

#[tokio::test]
async fn success_without_an_id_and_failure_with_one_prove_nothing() {
    for (field, value, problem) in [
        ("PayLinkSendID", json!(0), "nothing was sent"),
        ("PayLinkSendID", json!(1_u64 << 63), "says success"),
        ("ResCod", json!(0), "says failure"),
        ("ResCod", json!("-1"), "says failure"),
    ] {
        let answer = sent_with(field, Some(value));
        let account = Provider::answering(answer.clone()).await;
        let error = account.client().send_link(new_link()).await.unwrap_err();
        assert_untrusted(&error, &answer.to_string());
        assert!(error.to_string().contains(problem), "{error}");
    }
}

/// The document on the ASMX service says it: an id of 0 means that nothing was sent.
#[tokio::test]
async fn success_with_the_id_0_is_a_refusal_on_every_way() {
    let account = Provider::start().await;
    for id in [json!(0), json!("0")] {
        for url in [None, Some(json!(null)), Some(json!("")), Some(json!(" "))] {
            let mut answer =
                json!({"ResCod": 1, "Message": "سقف پیامک پر است", "PayLinkSendID": id});
            if let Some(url) = url {
                answer["PayLinkURL"] = url;
            }
            for via in Via::ALL {
                let answer = carried(*via, "PayLinkSend", &answer);
                for (status, effect) in [
                    (200, Effect::NotExecuted),
                    (400, Effect::NotExecuted),
                    (502, Effect::Unknown),
                ] {
                    account.answer(answer.clone().status(status));
                    let error = account.client_via(*via).send_link(new_link()).await;
                    let error = error.unwrap_err();
                    assert_eq!(error.effect(), effect, "{via} {status}: {error}");
                    assert_eq!(error.handle().is_some(), effect == Effect::Unknown);
                    let refusal = error.refusal().unwrap();
                    assert_eq!(refusal.code(), "0");
                    assert_eq!(refusal.message(), Some("سقف پیامک پر است"));
                    assert!(refusal.explanation().english.contains("sent no link"));
                }
            }
        }
    }
}

/// A failure, and beside it what only a success has: it proves nothing, on every way and for every operation.
#[tokio::test]
async fn a_refusal_that_contradicts_itself_proves_nothing() {
    let account = Provider::start().await;
    let refused = || json!({"ResCod": 0, "Message": "no", "PayLinkSendID": 0, "PayLinkURL": ""});
    let besides = [
        json!({"PayLinkSendID": 26041}),
        json!({"PayLinkSendID": "26041"}),
        json!({"PayLinkSendID": [26041]}),
        json!({"PayLinkSendID": true}),
        json!({"PayLinkURL": "https://me.sizpay.ir/hosseini/0200260411"}),
        json!({"PayLinkURL": {"x": "https://me.sizpay.ir/hosseini/0200260411"}}),
        json!({"PayLinkURL": 7}),
        json!({"prmPayLinkFirstStatus": 1}),
        json!({"PayLinkFirstRefNo": "880012345678"}),
        json!({"PayLinkListStatus": [element(26041, 1, "77")]}),
        json!({"prmPayLinkListStatus": "[{}]"}),
        json!({"SendID": 26041}),
        json!({"Link": "https://me.sizpay.ir/hosseini/0200260411"}),
        json!({"Result": {"PayLinkSendID": 26041}}),
        json!({"Result": {"ResCod": 1}}),
    ];
    for beside in besides {
        for success in [0, -105] {
            let mut answer = refused();
            answer["ResCod"] = json!(success);
            for (field, value) in beside.as_object().unwrap() {
                answer[field] = value.clone();
            }
            for via in Via::ALL {
                account.answer(carried(*via, "PayLinkSend", &answer));
                let error = account.client_via(*via).send_link(new_link()).await;
                assert_untrusted(&error.unwrap_err(), &format!("{via} {answer}"));
            }
            account.answer(answer.clone());
            let sizpay = account.client();
            let disable = DisableLink::by_send_id(send_id(26041), day());
            let error = sizpay.disable_link(disable).await.unwrap_err();
            assert_untrusted(&error, &answer.to_string());
            let resend = ResendSms::by_send_id(send_id(26041), day());
            let error = sizpay.resend_sms(resend).await.unwrap_err();
            assert_untrusted(&error, &answer.to_string());
            let asked = PayStatus::of_send_ids(day(), [send_id(26041)]).unwrap();
            let error = sizpay.pay_status(asked).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Untrusted, "{answer}");
        }
    }
}

/// What only JSON can say: the same field in two letter cases, an array of answers, an answer beside its wrapping.
#[tokio::test]
async fn an_answer_that_says_two_things_is_not_believed_for_either() {
    let plain = [
        r#"{"ResCod":1,"rescod":0,"PayLinkSendID":5}"#,
        r#"{"ResCod":0,"RESCOD":1,"PayLinkSendID":0}"#,
        r#"{"ResCod":0,"PayLinkSendID":0,"payLinkSendId":5}"#,
        r#"{"ResCod":0,"PayLinkSendID":null,"payLinkSendId":5}"#,
        r#"{"ResCod":0,"PayLinkSendID":0,"PayLinkURL":"","payLinkUrl":"https://a.example/"}"#,
        r#"{"ResCod":0,"PayLinkSendID":0,"Data":[{"Id":5}]}"#,
        r#"{"ResCod":0,"PayLinkSendID":0,"Data":[[{"x":{"paylink_send_id":"5"}}]]}"#,
        r#"{"ResCod":0,"PayLinkSendID":0,"d":{"ResCod":1,"PayLinkSendID":5}}"#,
        r#"{"ResCod":1,"PayLinkSendID":5,"d":{"ResCod":0,"PayLinkSendID":0}}"#,
        r#"{"ResCod":1,"PayLinkSendID":0,"Data":{"PayLinkSendID":5}}"#,
    ];
    let wrapped = [
        r#"{"d":{"ResCod":0,"PayLinkSendID":0},"ResCod":1,"PayLinkSendID":5}"#,
        r#"{"d":{"ResCod":1,"PayLinkSendID":5},"Message":"no"}"#,
        r#"{"d":{"ResCod":1,"PayLinkSendID":5},"PayLinkFirstStatus":0}"#,
        r#"{"d":{"ResCod":1,"PayLinkSendID":5},"prmPayLinkFirstRefNo":null}"#,
        r#"{"d":{"ResCod":1,"PayLinkSendID":5},"PayLinkListStatus":[]}"#,
        r#"{"d":{"ResCod":0,"PayLinkSendID":0},"Result":{"PayLinkSendID":5}}"#,
        r#"{"d":{"ResCod":0,"PayLinkSendID":0},"D":{"ResCod":1,"PayLinkSendID":5}}"#,
        r#"{"d":"{\"ResCod\":0,\"PayLinkSendID\":0}","x":[{"PayLinkUrl":"y"}]}"#,
        r#"{"d":"{\"ResCod\":0,\"x\":{\"SendID\":5}}"}"#,
        r#"{"d":"{\"ResCod\":0,\"d\":{\"ResCod\":1}}"}"#,
    ];
    let plain = plain.map(|text| (text, Via::Rest));
    for (text, via) in plain
        .into_iter()
        .chain(wrapped.map(|text| (text, Via::AsmxJson)))
    {
        let account = Provider::answering(Answer::json(text)).await;
        let error = account.client_via(via).send_link(new_link()).await;
        assert_untrusted(&error.unwrap_err(), text);
    }
}

/// A refusal may say more than the document shows, as long as nothing of it speaks of a link.
#[tokio::test]
async fn a_refusal_with_more_to_say_is_still_one() {
    for more in [
        json!({"Errors": ["شماره موبایل نادرست است"], "TraceNo": 7}),
        json!({"Data": null, "PayLinkURL": null, "Results": []}),
        json!({"PayLinkFirstStatus": 0, "PayLinkListStatus": [], "prmPayLinkListStatus": ""}),
        json!({"Details": {"PayLinkSendID": 0.to_string(), "PayLinkURL": "", "Link": null}}),
        json!({"Details": {"PayLinkSendID": 0, "PayLinkURL": [], "Link": [""]}}),
    ] {
        let mut answer = json!({"ResCod": 0, "Message": "no", "PayLinkSendID": 0});
        for (field, value) in more.as_object().unwrap() {
            answer[field] = value.clone();
        }
        for (via, answer) in [
            (Via::Rest, answer.clone()),
            (Via::AsmxJson, json!({"d": answer})),
            (Via::AsmxJson, json!({"d": answer.to_string()})),
        ] {
            let account = Provider::answering(answer.clone()).await;
            let error = account.client_via(via).send_link(new_link()).await;
            let error = error.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Refused, "{answer}: {error}");
            assert_eq!(error.effect(), Effect::NotExecuted);
        }
    }
}

#[tokio::test]
async fn a_disable_and_a_resend_need_a_result_code() {
    for answer in [
        json!({}),
        json!({"ResCod": null}),
        json!({"ResCod": true}),
        json!({"Message": "1"}),
    ] {
        let account = Provider::answering(answer.clone()).await;
        let sizpay = account.client();
        let disable = DisableLink::by_send_id(send_id(1), day());
        assert_untrusted(&sizpay.disable_link(disable).await.unwrap_err(), "disable");
        let resend = ResendSms::by_send_id(send_id(1), day());
        assert_untrusted(&sizpay.resend_sms(resend).await.unwrap_err(), "resend");
    }
}

#[tokio::test]
async fn what_is_not_the_documented_form_proves_nothing() {
    let good = sent().to_string();
    for (text, via) in [
        ("[]".to_owned(), Via::Rest),
        (format!("[{good}]"), Via::Rest),
        (format!("{good}{good}"), Via::Rest),
        (format!("\u{feff}\u{feff}{good}"), Via::Rest),
        (format!("\u{feff}\u{feff}{good}"), Via::AsmxJson),
        (format!(" \u{feff}{good}"), Via::Rest),
        (good.replacen('{', "{\"ResCod\":1,", 1), Via::Rest),
        (good.trim_end_matches('}').to_owned(), Via::Rest),
        ("null".to_owned(), Via::AsmxJson),
        (json!({"d": null}).to_string(), Via::AsmxJson),
        (json!({"d": 1}).to_string(), Via::AsmxJson),
        (json!({"d": [sent()]}).to_string(), Via::AsmxJson),
        (json!({"d": "1"}).to_string(), Via::AsmxJson),
        (json!({"d": {"d": sent()}}).to_string(), Via::AsmxJson),
        (json!({"d": sent()}).to_string(), Via::Rest),
    ] {
        let account = Provider::answering(Answer::json(text.clone())).await;
        let error = account.client_via(via).send_link(new_link()).await;
        assert_untrusted(&error.unwrap_err(), &text);
    }
}

#[tokio::test]
async fn success_under_an_error_status_proves_nothing() {
    for status in [400, 404, 500] {
        let account = Provider::answering(Answer::from(sent()).status(status)).await;
        let error = account.client().send_link(new_link()).await.unwrap_err();
        assert_untrusted(&error, &status.to_string());
    }
}

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

/// Settles against this list in each form: it has to differ in this field.
async fn assert_differs(account: &Provider, list: &str, field: ComparedField) {
    for (via, answer) in in_each_form(list) {
        account.answer(answer);
        let settlement = account.client_via(via).settle(&expected()).await;
        let Ok(Settlement::Mismatch(mismatch)) = settlement else {
            panic!("{via} {list}: {settlement:?}");
        };
        assert!(mismatch.has(field), "{via} {list}: {mismatch}");
    }
}

fn expected() -> Expected {
    Expected::new(send_id(26041), "1000", Rial::new(10_000), day()).unwrap()
}

#[tokio::test]
async fn an_id_of_a_wrong_type_is_a_mismatch_on_every_way() {
    let account = Provider::start().await;
    let orders = r#"1001.0|1e3|1000.0|[1001]|{"n":1001}|[]|true|""|" "|"1,000"|1001|"01000""#;
    let references =
        r#"26041.0|2.6041e4|[26041]|{"n":26041}|{}|true|""|"x"|0|-26041|26042|"26042""#;
    let order_names = ["InvoiceNo", "invoiceno", "INVOICE_NO"];
    let reference_names = ["PayLinkSendID", "paylinksendid", "ID"];
    for (names, field, values) in [
        (order_names, ComparedField::Order, orders),
        (reference_names, ComparedField::Reference, references),
    ] {
        for value in values.split('|') {
            for name in names {
                let list = paid_but(names[0], &format!(r#""{name}":{value}"#));
                assert_differs(&account, &list, field).await;
            }
        }
    }
}

#[tokio::test]
async fn a_state_or_a_number_of_a_wrong_type_decides_nothing() {
    let account = Provider::start().await;
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
                account.answer(answer);
                let error = account.client_via(via).settle(&expected()).await;
                let error = error.expect_err(&list);
                assert_eq!(error.kind(), ErrorKind::Indeterminate, "{via} {list}");
            }
        }
    }
}

/// Two letter cases of one name that contradict each other are no way to a proof, whichever comes first.
#[tokio::test]
async fn two_letter_cases_that_contradict_each_other_are_a_mismatch() {
    let account = Provider::start().await;
    use ComparedField::{Order, Reference};
    for (twice, field) in [
        (r#""InvoiceNo":"1000","invoiceno":"9""#, Order),
        (r#""invoiceno":"9","InvoiceNo":"1000""#, Order),
        (r#""InvoiceNo":"1000","PayLinkFactorNo":[9]"#, Order),
        (r#""SendID":26041,"sendid":9"#, Reference),
        (r#""SendID":[9],"sendid":26041"#, Reference),
    ] {
        let list = format!(r#"[{{{twice},"Status":1,"RefNo":"77"}}]"#);
        assert_differs(&account, &list, field).await;
    }
    let same = r#"[{"SendID":26041,"sendid":"26041","InvoiceNo":"1000","invoiceno":1000,"Status":1,"STATUS":"1","RefNo":77,"refno":"77"}]"#;
    for (via, answer) in in_each_form(same) {
        account.answer(answer);
        let settlement = account.client_via(via).settle(&expected()).await;
        assert!(settlement.unwrap().proof().is_some(), "{via}");
    }
}

/// Where one link is asked about, an element whose key cannot be read is not taken for the answer to it.
#[tokio::test]
async fn an_element_with_an_unreadable_key_answers_no_question_about_one() {
    for number in [json!([1000]), json!(1000.5), json!(""), json!({"n": 1000})] {
        let paid: Value = json!([{"InvoiceNo": number, "Status": 1, "RefNo": "77"}]);
        let account = Provider::answering(listed(paid)).await;
        let asked = PayStatus::of_invoice_numbers(day(), ["1000"]).unwrap();
        let error = account.client().pay_status(asked).await.unwrap_err();
        let mismatch = error.mismatch().unwrap();
        assert!(mismatch.has(ComparedField::Order), "{error}");
    }
    for whole in [json!(7), json!([1]), json!(null), json!("1")] {
        let account = Provider::answering(listed(json!([whole]))).await;
        let asked = PayStatus::of_send_ids(day(), [send_id(26041)]).unwrap();
        let error = account.client().pay_status(asked).await.unwrap_err();
        let mismatch = error.mismatch().unwrap();
        assert!(mismatch.has(ComparedField::Reference), "{error}");
    }
}
