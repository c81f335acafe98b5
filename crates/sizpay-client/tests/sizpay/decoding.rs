//! Every answer that the documents show or describe, on the two ways that speak JSON.

use serde_json::json;
use sizpay_client::{DisableLink, ResendSms, Via};

use crate::provider::{Answer, Provider};
use crate::samples::{carried, day, new_link, send_id, sent};

#[tokio::test]
async fn the_sample_of_section_1() {
    let provider = Provider::answering(sent()).await;
    let sent = provider.client().send_link(new_link()).await.unwrap();
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
        let provider = Provider::answering(answer).await;
        let sizpay = provider.client_via(Via::AsmxJson);
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
        let provider = Provider::answering(answer).await;
        let sizpay = provider.client();
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
            let provider = Provider::answering(answer).await;
            let sent = provider.client_via(*via).send_link(new_link()).await;
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
        let provider = Provider::answering(answer).await;
        let sent = provider.client().send_link(new_link()).await.unwrap();
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
    let provider = Provider::answering(Answer::json(text)).await;
    let sent = provider.client().send_link(new_link()).await.unwrap();
    assert_eq!(sent.send_id, send_id(26041));
}
