//! States of sent links, in every form that an answer may have.

use std::sync::LazyLock;

use paylink_core::{ComparedField, Effect, ErrorKind};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use sizpay_client::{Error, Invalid, NewLink, PayState, PayStatus, Payment, Rial, SizPay, Via};

use crate::provider::Provider;
use crate::samples::{day, element, listed, send_id};

async fn by_ids(answer: Value, ids: &[u64]) -> Result<Vec<Payment>, Error> {
    let account = Provider::answering(answer).await;
    let asked = PayStatus::of_send_ids(day(), ids.iter().copied().map(send_id)).unwrap();
    account.client().pay_status(asked).await
}

async fn by_numbers(answer: Value, numbers: &[&str]) -> Result<Vec<Payment>, Error> {
    let account = Provider::answering(answer).await;
    let asked = PayStatus::of_invoice_numbers(day(), numbers.iter().copied()).unwrap();
    account.client().pay_status(asked).await
}

fn brief(payments: &[Payment]) -> Vec<(Option<u64>, &PayState, Option<&str>)> {
    let id = |payment: &Payment| payment.send_id.map(sizpay_client::SendId::get);
    let payments = payments.iter();
    payments
        .map(|it| (id(it), &it.state, it.reference.as_deref()))
        .collect()
}

#[tokio::test]
async fn a_list_may_be_an_array_or_text_under_either_name() {
    let list = json!([element(26040, 1, "880012345678"), element(26041, 0, "")]);
    for (name, list) in [
        ("PayLinkListStatus", list.clone()),
        ("PayLinkListStatus", Value::from(list.to_string())),
        ("prmPayLinkListStatus", list.clone()),
        ("prmPayLinkListStatus", Value::from(list.to_string())),
    ] {
        let answer = json!({"ResCod": "1", "Message": null, name: list});
        for via in [Via::Rest, Via::AsmxJson] {
            let account = Provider::answering(answer.clone()).await;
            let ids = [26040, 26041].map(send_id);
            let asked = PayStatus::of_send_ids(day(), ids).unwrap();
            let payments = account.client_via(via).pay_status(asked).await.unwrap();
            let paid = (Some(26040), &PayState::Paid, Some("880012345678"));
            let unpaid = (Some(26041), &PayState::Unpaid, None);
            assert_eq!(brief(&payments), [paid, unpaid]);
            let raw: Value = serde_json::from_str(payments[0].raw.as_deref().unwrap()).unwrap();
            assert_eq!(raw, element(26040, 1, "880012345678"));
        }
    }
}

#[tokio::test]
async fn under_both_names_the_same_has_to_stand() {
    let paid = json!([element(1, 1, "77")]);
    for (prm, bare) in [
        (paid.clone(), json!(paid.to_string())),
        (paid.clone(), json!(null)),
        (json!(null), paid.clone()),
    ] {
        let answer = json!({"ResCod": 1, "prmPayLinkListStatus": prm, "PayLinkListStatus": bare});
        let payments = by_ids(answer, &[1]).await.unwrap();
        assert_eq!(payments[0].state, PayState::Paid);
    }
    let unpaid = json!([element(1, 0, "")]);
    for (name, prm, bare) in [
        ("PayLinkListStatus", paid.clone(), unpaid.clone()),
        ("PayLinkListStatus", unpaid, paid.clone()),
        ("PayLinkListStatus", paid, json!({})),
        ("PayLinkFirstStatus", json!(1), json!(0)),
        ("PayLinkFirstRefNo", json!("77"), json!("78")),
    ] {
        let prefixed = format!("prm{name}");
        let mut answer = json!({"ResCod": 1, "PayLinkFirstStatus": 1, "PayLinkFirstRefNo": "77"});
        answer[name] = bare;
        answer[prefixed] = prm;
        let error = by_ids(answer.clone(), &[1]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{answer}");
    }
}

#[tokio::test]
async fn the_first_state_alone_answers_a_question_about_one() {
    for prefix in ["prm", ""] {
        let answer = json!({
            "ResCod": 1,
            format!("{prefix}PayLinkFirstStatus"): "1",
            format!("{prefix}PayLinkFirstRefNo"): 880012345678_u64
        });
        let payments = by_ids(answer.clone(), &[26040]).await.unwrap();
        let paid = (Some(26040), &PayState::Paid, Some("880012345678"));
        assert_eq!(brief(&payments), [paid]);
        assert_eq!(payments[0].raw, None);

        let error = by_ids(answer, &[26040, 26041]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "of which of the two?");
    }
}

#[tokio::test]
async fn nothing_found_is_an_empty_list_and_nothing_less() {
    for list in [json!([]), json!("[]"), json!(" [ ] ")] {
        assert!(by_ids(listed(list), &[1]).await.unwrap().is_empty());
    }
    for answer in [
        json!({"ResCod": 1}),
        listed(json!(null)),
        listed(json!("")),
        listed(json!("null")),
        listed(json!("{}")),
        listed(json!("nothing found")),
        listed(json!({})),
        listed(json!(0)),
    ] {
        let error = by_ids(answer.clone(), &[1]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{answer}");
        assert_eq!(error.effect(), Effect::NotExecuted, "it was a read");
        let error = by_ids(answer.clone(), &[1, 2]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{answer}");
    }
}

#[tokio::test]
async fn what_decides_nothing_is_kept_as_it_came() {
    let odd = json!([
        {"PayLinkSendID": 1, "Status": 2, "RefNo": "5"},
        {"PayLinkSendID": 2},
        7,
        {"PayLinkSendID": 3, "status": "true", "REFNO": 9}
    ]);
    let payments = by_ids(listed(odd), &[1, 2, 3]).await.unwrap();
    assert_eq!(payments.len(), 4);
    assert_eq!(payments[0].state, PayState::Other("2".into()));
    assert!(matches!(payments[1].state, PayState::Other(_)));
    assert!(matches!(payments[2].state, PayState::Other(_)));
    assert_eq!(payments[2].raw.as_deref(), Some("7"));
    assert_eq!(payments[3].state, PayState::Paid);
}

#[tokio::test]
async fn an_answer_about_another_link_is_a_security_event() {
    let stranger = listed(json!([element(26040, 1, "77"), element(9, 1, "78")]));
    let error = by_ids(stranger, &[26040, 26041]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    let difference = &error.mismatch().unwrap().differences()[0];
    let told = (difference.field(), difference.found());
    assert_eq!(told, (ComparedField::Reference, "9"));
    let asked = "one of the 2 that were asked about";
    assert_eq!(difference.expected(), asked);

    let stranger = listed(json!([{"InvoiceNo": "8", "Status": 1, "RefNo": "77"}]));
    let error = by_numbers(stranger, &["7"]).await.unwrap_err();
    let mismatch = error.mismatch().unwrap();
    assert!(mismatch.has(ComparedField::Order));
    assert_eq!(mismatch.differences()[0].expected(), "7");
}

#[tokio::test]
async fn answers_that_contradict_themselves_are_not_believed() {
    for answer in [
        // Two elements about one id.
        listed(json!([element(1, 0, ""), element(1, 1, "77")])),
        listed(json!([element(1, 1, "77"), element(1, 1, "78")])),
        // The first state, against the list.
        json!({"ResCod": 1, "PayLinkFirstStatus": 1, "PayLinkListStatus": [element(1, 0, "")]}),
        json!({"ResCod": 1, "PayLinkFirstStatus": 0, "PayLinkListStatus": [element(1, 1, "7")]}),
        json!({"ResCod": 1, "PayLinkFirstStatus": 1, "PayLinkListStatus": []}),
        json!({"ResCod": 1, "PayLinkFirstStatus": 2, "PayLinkListStatus": [element(1, 1, "7")]}),
        json!({"ResCod": 1, "PayLinkFirstStatus": [1], "PayLinkListStatus": [element(1, 1, "7")]}),
        json!({"ResCod": 1, "PayLinkFirstStatus": 1.0, "PayLinkListStatus": [element(1, 1, "7")]}),
        json!({"ResCod": 1, "PayLinkFirstRefNo": "8", "PayLinkListStatus": [element(1, 1, "7")]}),
        json!({"ResCod": 1, "PayLinkFirstRefNo": "", "PayLinkListStatus": [element(1, 1, "7")]}),
        json!({"ResCod": 1, "PayLinkFirstRefNo": [7], "PayLinkListStatus": [element(1, 1, "7")]}),
        json!({"ResCod": 1, "PayLinkFirstRefNo": "7", "PayLinkListStatus": []}),
        json!({"ResCod": 1, "PayLinkFirstStatus": 1, "PayLinkListStatus": [element(2, 0, "")]}),
        // One id, and two orders.
        listed(json!([
            {"PayLinkSendID": 1, "InvoiceNo": "7", "Status": 1, "RefNo": "7"},
            {"PayLinkSendID": 1, "InvoiceNo": "8", "Status": 1, "RefNo": "7"}
        ])),
        listed(json!([
            {"PayLinkSendID": 1, "InvoiceNo": "7", "Status": 1, "RefNo": "7"},
            {"PayLinkSendID": 2, "Status": 0},
            {"PayLinkSendID": 1, "InvoiceNo": 7.5, "Status": 1, "RefNo": "7"}
        ])),
    ] {
        let error = by_ids(answer.clone(), &[1, 2]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{answer}");
    }
    let same_twice = listed(json!([element(1, 1, "77"), element(1, 1, "77")]));
    assert_eq!(by_ids(same_twice, &[1]).await.unwrap().len(), 1);
    let in_any_order = listed(json!([
        element(2, 0, ""),
        element(1, 1, "77"),
        element(3, 0, ""),
        element(2, 0, ""),
        element(1, 1, "77"),
        element(2, 0, "")
    ]));
    let payments = by_ids(in_any_order, &[1, 2, 3]).await.unwrap();
    let ids = brief(&payments);
    let ids: Vec<_> = ids.iter().map(|(id, ..)| id.unwrap()).collect();
    assert_eq!(ids, [2, 1, 3], "each once, where it stood first");
    // Zero is also what the field holds when nothing was found.
    let nothing = json!({"ResCod": 1, "PayLinkFirstStatus": 0, "PayLinkListStatus": []});
    assert!(by_ids(nothing, &[1]).await.unwrap().is_empty());
}

/// The first link is the one that was asked about first, wherever it stands in the list.
#[tokio::test]
async fn the_first_state_is_held_against_the_link_that_was_asked_about_first() {
    let with_first = |list: Value| {
        json!({
            "ResCod": 1, "PayLinkFirstStatus": 1, "PayLinkFirstRefNo": "77",
            "PayLinkListStatus": list
        })
    };
    let last = json!([element(2, 0, ""), element(1, 1, "77")]);
    let payments = by_ids(with_first(last), &[1, 2]).await.unwrap();
    assert_eq!(payments[1].state, PayState::Paid);
    let numbered =
        json!([{"InvoiceNo": "8", "Status": 0}, {"InvoiceNo": "7", "Status": 1, "RefNo": "77"}]);
    let payments = by_numbers(with_first(numbered), &["7", "8"]).await;
    assert_eq!(payments.unwrap()[1].state, PayState::Paid);
    // It may be about the element without a name, and does not decide what the list leaves undecided.
    let nameless = json!([element(2, 0, ""), {"Status": 1, "RefNo": "77"}]);
    let payments = by_ids(with_first(nameless), &[1, 2]).await.unwrap();
    assert_eq!(payments[1].send_id, None);
    let undecided = json!([element(1, 2, "77")]);
    let payments = by_ids(with_first(undecided), &[1]).await.unwrap();
    assert_eq!(payments[0].state, PayState::Other("2".into()));
}

#[tokio::test]
async fn a_single_element_without_a_name_answers_a_question_about_one() {
    let nameless = listed(json!([{"Status": 1, "RefNo": "77"}]));
    let payments = by_ids(nameless.clone(), &[26040]).await.unwrap();
    assert_eq!(payments[0].send_id, Some(send_id(26040)));
    let payments = by_numbers(nameless.clone(), &["۷"]).await.unwrap();
    assert_eq!(payments[0].invoice_number.as_ref().unwrap().as_str(), "7");
    assert_eq!(payments[0].send_id, None);

    let payments = by_ids(nameless, &[26040, 26041]).await.unwrap();
    assert_eq!(payments[0].send_id, None, "of which of the two?");
}

#[tokio::test]
async fn a_day_lists_whatever_was_sent() {
    let account = Provider::answering(listed(json!([
        {"PayLinkSendID": 1, "InvoiceNo": "۷", "Status": 1, "RefNo": "77"},
        {"PayLinkSendID": 2, "InvoiceNo": 8, "Status": 0, "RefNo": null}
    ])))
    .await;
    let asked = PayStatus::of_day(day());
    let payments = account.client().pay_status(asked).await.unwrap();
    let numbers: Vec<&str> = payments
        .iter()
        .map(|payment| payment.invoice_number.as_ref().unwrap().as_str())
        .collect();
    assert_eq!(numbers, ["7", "8"]);
    assert_eq!(payments[0].state, PayState::Paid);
}

/// Any text there is, and what is known to make trouble more often than by chance.
fn any_text() -> impl Strategy<Value = String> {
    let trouble = vec![
        "]]>",
        "<![CDATA[",
        "&amp;",
        "&#x41;",
        "<",
        ">",
        "&",
        "\"",
        "'",
        "\\",
        "\\u0000",
        "</",
        "سلام",
        "عربي",
        "ي",
        "ك",
        "ی",
        "ک",
        "\u{200c}",
        "\u{200f}",
        "\u{202e}",
        "\u{1f4b3}",
        "\u{1f468}\u{200d}\u{1f469}",
        "\u{301}",
        "\u{feff}",
        "\u{2028}",
        "\n",
        "\r\n",
        "\t",
        "\0",
        "\u{1b}",
        "\u{7f}",
        "\u{85}",
        "\u{fffe}",
        "\u{ffff}",
        "\u{10ffff}",
        " ",
        "  ",
    ];
    let piece = prop_oneof![
        4 => select(trouble).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        2 => "[a-z0-9]{1,8}",
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Whether a text may be written in one line that XML 1.0 can carry.
fn can_travel(text: &str) -> bool {
    !text
        .chars()
        .any(|c| c.is_control() || c == '\u{fffe}' || c == '\u{ffff}')
}

/// A client for each way.
static CLIENTS: LazyLock<Vec<(Via, SizPay)>> = LazyLock::new(|| {
    let client = |via: &Via| {
        let builder = SizPay::builder("k1", "k2", "hosseini").via(*via);
        builder.build().map(|sizpay| (*via, sizpay))
    };
    Via::ALL.iter().flat_map(client).collect()
});

fn body(sizpay: &SizPay, link: NewLink) -> String {
    let prepared = sizpay
        .send_link(link)
        .prepare()
        .map(|prepared| prepared.body().to_vec());
    String::from_utf8(prepared.unwrap_or_default()).unwrap_or_default()
}

/// What a reader of the body finds in a field.
fn found(via: Via, body: &str, field: &str) -> String {
    match via {
        Via::Rest => json_text(body, &format!("/{field}")),
        Via::AsmxJson => json_text(body, &format!("/PayLinkData/{field}")),
        _ => xml_text(body, field),
    }
}

fn json_text(body: &str, pointer: &str) -> String {
    let body: Value = serde_json::from_str(body).unwrap();
    body.pointer(pointer).unwrap().as_str().unwrap().to_owned()
}

/// Reads an element's text by hand: no reader of the client's own is asked.
fn xml_text(body: &str, field: &str) -> String {
    let (_, rest) = body.split_once(&format!("<{field}>")).unwrap();
    let (text, _) = rest.split_once(&format!("</{field}>")).unwrap();
    assert!(!text.contains('<') && !text.contains("]]>"), "{text}");
    let mut read = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (name, after) = after.split_once(';').unwrap();
        read.push_str(before);
        read.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            other => panic!("&{other};"),
        });
        rest = after;
    }
    read + rest
}

fn new_link(number: &str) -> Result<NewLink, Invalid> {
    NewLink::new(number, Rial::new(1), "09122272730")
}

/// Holds that a field survives on every way, or that its text had a reason not to.
fn survives_or_is_refused(
    text: &str,
    field: &str,
    link: Result<NewLink, Invalid>,
    reasons: &[bool],
) -> Result<(), TestCaseError> {
    match link {
        Ok(link) => {
            prop_assert!(can_travel(text) && !reasons.contains(&true), "{:?}", text);
            prop_assert_eq!(CLIENTS.len(), Via::ALL.len());
            for (via, sizpay) in CLIENTS.iter() {
                let body = body(sizpay, link.clone());
                let there = found(*via, &body, field);
                prop_assert_eq!(there.as_bytes(), text.as_bytes(), "over {}", via);
            }
        }
        Err(refused) => {
            prop_assert!(!can_travel(text) || reasons.contains(&true), "{}", refused);
            let told = refused.problem();
            let named = told.contains("U+") || can_travel(text);
            prop_assert!(named && refused.remedy().is_some(), "{}", refused);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn names_and_descriptions_survive_or_are_refused(text in any_text()) {
        let reasons = [text.chars().count() > 50, text.trim().is_empty()];
        let named = new_link("1").and_then(|link| link.with_customer_name(&text));
        survives_or_is_refused(&text, "CustomerName", named, &reasons)?;
        let described = new_link("1").and_then(|link| link.with_description(&text));
        survives_or_is_refused(&text, "Description", described, &reasons)?;
    }

    #[test]
    fn invoice_numbers_survive_or_are_refused(text in any_text()) {
        let reasons = [
            text.chars().count() > 100,
            text.trim() != text,
            text.is_empty(),
            text.contains(','),
            can_travel(&text) && paylink_core::text::hidden(&text).is_some(),
        ];
        let latin = paylink_core::digits::latin(&text);
        survives_or_is_refused(&latin, "InvoiceNo", new_link(&text), &reasons)?;
    }
}
