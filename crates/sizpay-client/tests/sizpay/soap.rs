//! The three forms that a SOAP answer may have.

use serde_json::json;
use sizpay_client::{PayState, PayStatus, Via};

use paylink_core::{Effect, ErrorKind};

use crate::provider::{Answer, Provider};
use crate::samples::{day, element, enveloped, new_link, send_id};

async fn provider(content: &str) -> Provider {
    Provider::answering(Answer::xml(enveloped(content))).await
}

fn escaped(json: &serde_json::Value) -> String {
    json.to_string().replace('"', "&quot;")
}

#[tokio::test]
async fn a_send_is_read_in_each_form() {
    let json = json!({"ResCod": "1", "Message": "انجام شد", "PayLinkSendID": 26041});
    let fields =
        "<ResCod>1</ResCod><Message>انجام شد</Message><PayLinkSendID>26041</PayLinkSendID>";
    for content in [
        // Parameters side by side.
        format!(
            r#"<PayLinkSendSoapResponse xmlns="http://tempuri.org/">{fields}</PayLinkSendSoapResponse>"#
        ),
        // Beside a result of their own, in another namespace and under a prefix.
        format!(
            r#"<n:PayLinkSendSoapResponse xmlns:n="https://rt.sizpay.com/"><PayLinkSendSoapResult>true</PayLinkSendSoapResult>{fields}</n:PayLinkSendSoapResponse>"#
        ),
        // A typed element in the result, or under the name that the document gives it.
        format!(
            "<PayLinkSendSoapResponse><PayLinkSendSoapResult>{fields}</PayLinkSendSoapResult></PayLinkSendSoapResponse>"
        ),
        format!(
            "<PayLinkSendSoapResponse><PayLinkResp>{fields}</PayLinkResp></PayLinkSendSoapResponse>"
        ),
        // JSON text in the result, escaped or not.
        format!(
            "<PayLinkSendSoapResponse><PayLinkSendSoapResult>{}</PayLinkSendSoapResult></PayLinkSendSoapResponse>",
            escaped(&json)
        ),
        format!(
            "<PayLinkSendSoapResponse><PayLinkSendSoapResult><![CDATA[ {json} ]]></PayLinkSendSoapResult></PayLinkSendSoapResponse>"
        ),
    ] {
        let provider = provider(&content).await;
        let sizpay = provider.client_via(Via::Soap);
        let sent = sizpay.send_link(new_link()).await.unwrap();
        assert_eq!(sent.send_id, send_id(26041), "{content}");
        assert_eq!(sent.message.as_deref(), Some("انجام شد"));
        assert_eq!(sent.url, None);
    }
}

#[tokio::test]
async fn the_model_s_method_answers_under_its_own_name() {
    let content = "<PayLinkSendRestResponse><PayLinkSendRestResult><ResCod> 1 </ResCod><Message/>\
        <PayLinkSendID>7</PayLinkSendID></PayLinkSendRestResult></PayLinkSendRestResponse>";
    let provider = provider(content).await;
    let model = provider.client_via(Via::SoapModel);
    let sent = model.send_link(new_link()).await.unwrap();
    assert_eq!(sent.send_id, send_id(7));
    // Under the other method's name it is an answer to another question.
    let plain = provider.client_via(Via::Soap);
    let error = plain.send_link(new_link()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Untrusted);
    assert_eq!(error.effect(), Effect::Unknown);
}

#[tokio::test]
async fn states_are_read_in_each_form() {
    let list = json!([element(134, 1, "880012345678"), element(125, 0, "")]);
    let fields = format!(
        "<ResCod>1</ResCod><Message/><prmPayLinkFirstStatus>1</prmPayLinkFirstStatus>\
         <prmPayLinkFirstRefNo>880012345678</prmPayLinkFirstRefNo>\
         <prmPayLinkListStatus>{}</prmPayLinkListStatus>",
        escaped(&list)
    );
    let json = json!({
        "ResCod": 1, "Message": "", "prmPayLinkFirstStatus": 1,
        "prmPayLinkFirstRefNo": "880012345678", "prmPayLinkListStatus": list.to_string()
    });
    for inside in [
        fields.clone(),
        format!("<PayLinkPayStatusSoapResult>{fields}</PayLinkPayStatusSoapResult>"),
        format!(
            "<PayLinkPayStatusSoapResult>{}</PayLinkPayStatusSoapResult>",
            escaped(&json)
        ),
    ] {
        let content =
            format!("<PayLinkPayStatusSoapResponse>{inside}</PayLinkPayStatusSoapResponse>");
        let provider = provider(&content).await;
        let ids = [134, 125, 1001].map(send_id);
        let asked = PayStatus::of_send_ids(day(), ids).unwrap();
        let payments = provider.client_via(Via::Soap).pay_status(asked).await;
        let payments = payments.unwrap();
        assert_eq!(payments.len(), 2, "{content}");
        assert_eq!(payments[0].state, PayState::Paid);
        assert_eq!(payments[0].reference.as_deref(), Some("880012345678"));
        assert_eq!(payments[1].send_id, Some(send_id(125)));
        assert_eq!(payments[1].state, PayState::Unpaid);
    }
}

#[tokio::test]
async fn what_is_no_answer_to_the_call_proves_nothing() {
    let fields = "<ResCod>1</ResCod><PayLinkSendID>1</PayLinkSendID>";
    let good = format!("<PayLinkSendSoapResponse>{fields}</PayLinkSendSoapResponse>");
    let soap_12 = enveloped(&good).replace(
        "http://schemas.xmlsoap.org/soap/envelope/",
        "http://www.w3.org/2003/05/soap-envelope",
    );
    for text in [
        good.clone(),
        soap_12,
        enveloped(""),
        enveloped(&format!("{good}{good}")),
        enveloped(&good).replace("soap:Body", "soap:Header"),
        enveloped(&good).replace("soap:", "other:"),
        enveloped("<PayLinkSendSoapResponse/>"),
        enveloped(
            "<PayLinkSendSoapResponse><PayLinkSendSoapResult>1</PayLinkSendSoapResult></PayLinkSendSoapResponse>",
        ),
        enveloped(&good).replace("<ResCod>1", "<ResCod>1</ResCod><ResCod>1"),
        enveloped(&good).replace("<ResCod>", "<ResCod xsi:nil='true'>"),
        enveloped(&good).replace("<ResCod>1", "<ResCod>true"),
        enveloped(&good).replace("<ResCod>1", "<ResCod>"),
        enveloped(&good).replace("<PayLinkSendID>1", "<PayLinkSendID>1.0"),
        enveloped(&good).replace("<PayLinkSendID>1</PayLinkSendID>", ""),
        enveloped(&good).replace("<ResCod>1", "<ResCod>0"),
        // A refusal that has something else than no id, and what says the same thing twice.
        enveloped(&good)
            .replace("<ResCod>1", "<ResCod>0")
            .replace("<PayLinkSendID>1", "<PayLinkSendID><a>1</a>"),
        enveloped(&good)
            .replace("<ResCod>1", "<ResCod>0")
            .replace("<PayLinkSendID>", "<PayLinkSendID xsi:nil='true'>"),
        enveloped(&good)
            .replace("<ResCod>1", "<ResCod>0")
            .replace("<PayLinkSendID>1", "<PayLinkSendID>"),
        enveloped(&good)
            .replace("<ResCod>1", "<ResCod>0")
            .replace("PayLinkSendID>", "Id>"),
        enveloped(&good).replace("<ResCod>1", "<ResCod>1</ResCod><RESCOD>0</RESCOD><ResCod>1"),
        enveloped(&good).replace("<ResCod>1", "<rescod>0</rescod><ResCod>1"),
        enveloped(&good).replace(
            "<PayLinkSendID>",
            "<paylinksendid>2</paylinksendid><PayLinkSendID>",
        ),
        enveloped(&good).replace(
            "<ResCod>",
            "<PayLinkSendSoapResult>{\"ResCod\":0}</PayLinkSendSoapResult><ResCod>",
        ),
        // One byte order mark and one declaration, at the beginning.
        format!("\u{feff}\u{feff}{}", enveloped(&good)),
        format!("{}<?xml version=\"1.0\"?>", enveloped(&good)),
        enveloped(&good).replace("<soap:Body>", "<?xml version=\"1.0\"?><soap:Body>"),
        enveloped(&format!(
            "<PayLinkSendSoapResponse>{}</PayLinkSendSoapResponse>",
            "<a/>".repeat(3)
        )),
    ] {
        let provider = Provider::answering(Answer::xml(text.clone())).await;
        let error = provider.client_via(Via::Soap).send_link(new_link()).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{text}: {error}");
        assert_eq!(error.effect(), Effect::Unknown, "{text}");
        assert_eq!(provider.requests().len(), 1);
    }
    let marked = format!("\u{feff}\n{}", enveloped(&good));
    let provider = Provider::answering(Answer::xml(marked)).await;
    let sent = provider.client_via(Via::Soap).send_link(new_link()).await;
    assert_eq!(sent.unwrap().send_id, send_id(1));
}

#[tokio::test]
async fn json_where_xml_is_due_is_not_read() {
    let json = json!({"ResCod": 1, "PayLinkSendID": 1});
    let provider = Provider::answering(json).await;
    let error = provider.client_via(Via::Soap).send_link(new_link()).await;
    assert!(error.unwrap_err().to_string().contains("not XML"));
}
