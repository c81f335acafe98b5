//! SOAP: the three forms that an answer may have, faults, of which the code decides what they prove, and XML that means harm.

use std::time::{Duration, Instant};

use paylink_core::{Effect, ErrorKind, Reason};
use paylink_testkit::{Behaviour, FaultServer, Step, Wire};
use serde_json::json;
use sizpay_client::{Error, Expected, PayState, PayStatus, Rial, SizPay, Via, codes};

use crate::provider::{PASSWORD, Provider, xml};
use crate::samples::{day, element, enveloped, new_link, send_id};

async fn provider(content: &str) -> Provider {
    Provider::answering(xml(enveloped(content))).await
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

/// A success in JSON text, beside this.
fn json_beside(other: &str) -> String {
    let json = r#"{"ResCod":1,"PayLinkSendID":1}"#;
    enveloped(&format!(
        "<PayLinkSendSoapResponse><x>{json}</x>{other}</PayLinkSendSoapResponse>"
    ))
}

#[tokio::test]
async fn what_is_no_answer_to_the_call_proves_nothing() {
    let fields = "<ResCod>1</ResCod><PayLinkSendID>1</PayLinkSendID>";
    let good = format!("<PayLinkSendSoapResponse>{fields}</PayLinkSendSoapResponse>");
    let soap_12 = enveloped(&good).replace(
        "http://schemas.xmlsoap.org/soap/envelope/",
        "http://www.w3.org/2003/05/soap-envelope",
    );
    let result_alone = "<PayLinkSendSoapResponse><PayLinkSendSoapResult>1</PayLinkSendSoapResult></PayLinkSendSoapResponse>";
    let refused = enveloped(&good).replace("<ResCod>1", "<ResCod>0");
    let second_id = "<paylinksendid>2</paylinksendid>";
    let second_code = "<PayLinkSendSoapResult>{\"ResCod\":0}</PayLinkSendSoapResult>";
    for text in [
        good.clone(),
        soap_12,
        enveloped(""),
        enveloped(&format!("{good}{good}")),
        enveloped(&good).replace("soap:Body", "soap:Header"),
        enveloped(&good).replace("soap:", "other:"),
        enveloped("<PayLinkSendSoapResponse/>"),
        enveloped(result_alone),
        enveloped(&good).replace("<ResCod>1", "<ResCod>1</ResCod><ResCod>1"),
        enveloped(&good).replace("<ResCod>", "<ResCod xsi:nil='true'>"),
        enveloped(&good).replace("<ResCod>1", "<ResCod>true"),
        enveloped(&good).replace("<ResCod>1", "<ResCod>"),
        enveloped(&good).replace("<PayLinkSendID>1", "<PayLinkSendID>1.0"),
        enveloped(&good).replace("<PayLinkSendID>1</PayLinkSendID>", ""),
        refused.clone(),
        // A refusal that has something else than no id, and what says the same thing twice.
        refused.replace("<PayLinkSendID>1", "<PayLinkSendID><a>1</a>"),
        refused.replace("<PayLinkSendID>", "<PayLinkSendID xsi:nil='true'>"),
        refused.replace("<PayLinkSendID>1", "<PayLinkSendID>"),
        refused.replace("PayLinkSendID>", "Id>"),
        enveloped(&good).replace("<ResCod>1", "<ResCod>1</ResCod><RESCOD>0</RESCOD><ResCod>1"),
        enveloped(&good).replace("<ResCod>1", "<rescod>0</rescod><ResCod>1"),
        enveloped(&good).replace("<PayLinkSendID>", &format!("{second_id}<PayLinkSendID>")),
        enveloped(&good).replace("<ResCod>", &format!("{second_code}<ResCod>")),
        // One byte order mark and one declaration, at the beginning.
        format!("\u{feff}\u{feff}{}", enveloped(&good)),
        format!("{}<?xml version=\"1.0\"?>", enveloped(&good)),
        enveloped(&good).replace("<soap:Body>", "<?xml version=\"1.0\"?><soap:Body>"),
        enveloped("<PayLinkSendSoapResponse><a/><a/><a/></PayLinkSendSoapResponse>"),
        // JSON text beside a field or an element that nobody documents.
        json_beside("<Message>no</Message>"),
        json_beside("<a>1</a>"),
        enveloped(&good).replace("<ResCod>", "<d>{\"ResCod\":0}</d><ResCod>"),
    ] {
        let account = Provider::answering(xml(text.clone())).await;
        let error = account.client_via(Via::Soap).send_link(new_link()).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{text}: {error}");
        assert_eq!(error.effect(), Effect::Unknown, "{text}");
        assert_eq!(account.requests().len(), 1);
    }
    let marked = format!("\u{feff}\n{}", enveloped(&good));
    let account = Provider::answering(xml(marked)).await;
    let sent = account.client_via(Via::Soap).send_link(new_link()).await;
    assert_eq!(sent.unwrap().send_id, send_id(1));
}

#[tokio::test]
async fn json_where_xml_is_due_is_not_read() {
    let json = json!({"ResCod": 1, "PayLinkSendID": 1});
    let account = Provider::answering(json).await;
    let error = account.client_via(Via::Soap).send_link(new_link()).await;
    assert!(error.unwrap_err().to_string().contains("not XML"));
}

async fn fault(status: u16, code: &str, said: &str) -> Error {
    let content = format!(
        "<soap:Fault><faultcode>{code}</faultcode><faultstring>{said}</faultstring><detail /></soap:Fault>"
    );
    let answer = xml(enveloped(&content)).status(status);
    let account = Provider::answering(answer).await;
    let error = account.client_via(Via::Soap).send_link(new_link()).await;
    assert_eq!(account.requests().len(), 1, "sent once");
    error.unwrap_err()
}

#[tokio::test]
async fn a_request_at_fault_was_not_carried_out() {
    for code in [
        "soap:Client",
        "Client",
        "soap:Client.Authentication",
        "soap:VersionMismatch",
        "soap:MustUnderstand",
    ] {
        let said = "Server was unable to read request.";
        for status in [500, 200, 400] {
            let error = fault(status, code, said).await;
            assert_eq!(error.kind(), ErrorKind::Refused, "{code} {status}");
            assert_eq!(error.effect(), Effect::NotExecuted, "{code} {status}");
            let refusal = error.refusal().unwrap();
            assert_eq!(refusal.code(), code);
            assert_eq!(refusal.reason(), Reason::BadRequest);
            assert_eq!(refusal.message(), Some(said));
        }
    }
}

/// ASMX's status for a request at fault is 500: a read ends there as well, instead of being sent again.
#[tokio::test]
async fn a_read_at_fault_is_refused_at_once() {
    let fault = "<soap:Fault><faultcode>soap:Client</faultcode></soap:Fault>";
    let account = Provider::answering(xml(enveloped(fault)).status(500)).await;
    let sizpay = account.client_via(Via::Soap);
    let asked = PayStatus::of_send_ids(day(), [send_id(1)]).unwrap();
    let expected = Expected::new(send_id(1), "1000", Rial::new(1), day()).unwrap();
    let read = sizpay.pay_status(asked).await.unwrap_err();
    let settled = sizpay.settle(&expected).await.unwrap_err();
    for error in [read, settled] {
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        assert_eq!(error.attempts(), 1);
    }
    assert_eq!(account.requests().len(), 2);
}

#[tokio::test]
async fn a_service_at_fault_may_have_sent_the_sms() {
    for code in [
        "soap:Server",
        "Server",
        "soap:Receiver",
        "x",
        "client",
        "soap:client",
        // Of no namespace, of another one than SOAP's, and no names at all.
        "s:Client",
        "xsd:Client",
        "soap:Server soap:Client",
        "soap:Client soap:Server",
        "soap:x:Client",
        "Client Server",
        "soap:Client.x:Server",
        "soap:Client.x Server",
    ] {
        for status in [500, 200] {
            let said = "Server was unable to process request. ---&gt; Timeout expired.";
            let error = fault(status, code, said).await;
            assert_eq!(error.effect(), Effect::Unknown, "{code} {status}");
            assert!(error.handle().is_some());
            let refusal = error.refusal().unwrap();
            assert_eq!(refusal.code(), code);
            let known = codes::catalogue().find(|it| it.code == codes::SERVER_FAULT);
            assert_eq!(refusal.explanation(), known.unwrap().explanation);
        }
    }
}

#[tokio::test]
async fn a_wrong_namespace_points_to_the_option() {
    let said = "System.Web.Services.Protocols.SoapException: Server did not recognize the value of HTTP Header \
        SOAPAction: http://tempuri.org/PayLinkSendSoap.\r\n   at System.Web.Services.Protocols.Soap11ServerProtocolHelper.RouteRequest()\r\n   at X.Y()";
    let error = fault(500, "soap:Client", said).await;
    assert_eq!(error.effect(), Effect::NotExecuted);
    let told = error.to_string();
    for word in ["soap_namespace", "WSDL", "tempuri.org"] {
        assert!(told.contains(word), "{told}");
    }
    assert!(!told.contains("RouteRequest"), "{told}");
    let record = serde_json::to_string(&error.report()).unwrap();
    assert!(record.contains("soap_namespace"), "{record}");
}

#[tokio::test]
async fn a_fault_that_is_none_or_two_proves_nothing() {
    let client = "<faultcode>soap:Client</faultcode>";
    for inside in [
        "<faultstring>x</faultstring>".to_owned(),
        format!("{client}<faultcode>soap:Server</faultcode>"),
        format!("<faultcode>soap:Server</faultcode>{client}"),
        format!("{client}{client}"),
        format!("{client}<soap:faultcode>soap:Server</soap:faultcode>"),
        format!("{client}<FaultCode>soap:Server</FaultCode>"),
        r#"<x:faultcode xmlns:x="urn:x">soap:Client</x:faultcode>"#.to_owned(),
        r#"<faultcode xmlns="urn:x">soap:Client</faultcode>"#.to_owned(),
        "<faultcode><soap:Client/></faultcode>".to_owned(),
        format!("{client}<faultstring>a</faultstring><faultstring>b</faultstring>"),
        // A refusal beside what only an answer has.
        format!("{client}<ResCod>1</ResCod>"),
        format!("{client}<detail><PayLinkSendID>26041</PayLinkSendID></detail>"),
        format!("{client}<detail><x><SendID>26041</SendID></x></detail>"),
    ] {
        for status in [200, 400, 500] {
            let fault = enveloped(&format!("<soap:Fault>{inside}</soap:Fault>"));
            let account = Provider::answering(xml(fault).status(status)).await;
            let error = account.client_via(Via::Soap).send_link(new_link()).await;
            let error = error.unwrap_err();
            assert_eq!(error.effect(), Effect::Unknown, "{inside} {status}");
            assert!(error.handle().is_some() && error.refusal().is_none());
        }
    }
}

#[tokio::test]
async fn a_code_of_a_foreign_namespace_is_not_soap_s() {
    for code in [
        r#"<faultcode xmlns:soap="urn:x">soap:Client</faultcode>"#,
        r#"<faultcode xmlns:a="urn:x">a:Client</faultcode>"#,
        r#"<soap:faultcode xmlns="urn:x">Client</soap:faultcode>"#,
    ] {
        let fault = enveloped(&format!("<soap:Fault>{code}</soap:Fault>"));
        let account = Provider::answering(xml(fault).status(500)).await;
        let error = account.client_via(Via::Soap).send_link(new_link()).await;
        assert_eq!(error.unwrap_err().effect(), Effect::Unknown, "{code}");
    }
    // Another prefix of SOAP's own namespace is as good as the usual one.
    let code =
        r#"<faultcode xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">e:Client</faultcode>"#;
    let fault = enveloped(&format!("<soap:Fault>{code}</soap:Fault>"));
    let account = Provider::answering(xml(fault).status(500)).await;
    let error = account.client_via(Via::Soap).send_link(new_link()).await;
    assert_eq!(error.unwrap_err().effect(), Effect::NotExecuted);
}

#[tokio::test]
async fn a_result_code_is_a_refusal_over_soap_too() {
    let content = "<PayLinkSendSoapResponse><ResCod>0</ResCod><Message>نام لینک نادرست است</Message>\
        <PayLinkSendID>0</PayLinkSendID></PayLinkSendSoapResponse>";
    for (status, effect) in [(200, Effect::NotExecuted), (500, Effect::Unknown)] {
        let answer = xml(enveloped(content)).status(status);
        let account = Provider::answering(answer).await;
        let error = account.client_via(Via::Soap).send_link(new_link()).await;
        let error = error.unwrap_err();
        assert_eq!(error.effect(), effect, "{status}");
        let refusal = error.refusal().unwrap();
        assert_eq!(refusal.message(), Some("نام لینک نادرست است"));
    }
}

#[tokio::test]
async fn a_fault_that_quotes_a_key_is_shown_without_it() {
    let error = fault(500, "soap:Server", &format!("no such password: {PASSWORD}")).await;
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("no such password"), "{shown}");
    assert!(!shown.contains(PASSWORD), "{shown}");
}

async fn assert_harmless(text: String, problem: &str) {
    let account = Provider::answering(xml(text)).await;
    let began = Instant::now();
    let error = account.client_via(Via::Soap).send_link(new_link()).await;
    let error = error.unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(5), "{problem}");
    assert_eq!(error.effect(), Effect::Unknown, "{problem}");
    assert!(error.handle().is_some(), "{problem}");
    assert!(error.to_string().contains(problem), "{error}");
    let requests = account.requests().len();
    assert_eq!(requests, 1, "nothing was fetched, nothing sent again");
}

fn answer_saying(message: &str) -> String {
    enveloped(&format!(
        "<PayLinkSendSoapResponse><ResCod>1</ResCod><PayLinkSendID>1</PayLinkSendID><Message>{message}</Message></PayLinkSendSoapResponse>"
    ))
}

#[tokio::test]
async fn an_entity_bomb_does_not_go_off() {
    let mut bomb = String::from("<!DOCTYPE lolz [<!ENTITY lol0 \"lol\">");
    for level in 1..10 {
        let ten = format!("&lol{};", level - 1).repeat(10);
        bomb.push_str(&format!("<!ENTITY lol{level} \"{ten}\">"));
    }
    let after_declaration = answer_saying("&lol9;").replacen("?>", &format!("?>{bomb}]>"), 1);
    assert_harmless(after_declaration, "document type definition").await;
    assert_harmless(answer_saying("&lol9;"), "entity").await;
}

#[tokio::test]
async fn nothing_outside_is_read() {
    let account = Provider::start().await;
    let elsewhere = account.url("/secret");
    for declared in [
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>".to_owned(),
        format!("<!DOCTYPE a [<!ENTITY x SYSTEM \"{elsewhere}\">]>"),
        format!("<!DOCTYPE a [<!ENTITY % x SYSTEM \"{elsewhere}\"> %x;]>"),
        format!("<!DOCTYPE a SYSTEM \"{elsewhere}\">"),
        format!("<!doctype a PUBLIC \"x\" \"{elsewhere}\">"),
    ] {
        let text = answer_saying("&x;").replacen("?>", &format!("?>{declared}"), 1);
        assert_harmless(text, "document type definition").await;
    }
    assert!(account.requests().is_empty());
}

#[tokio::test]
async fn ten_thousand_elements_in_each_other_overflow_nothing() {
    // 70,000 bytes are beyond the cap already; 6,000 levels are not.
    let nested = |levels: usize| format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels));
    assert_harmless(enveloped(&nested(10_000)), "larger than an answer can be").await;
    assert_harmless(enveloped(&nested(6_000)), "deeper").await;
    assert_harmless(enveloped(&"<a>".repeat(10_000)), "deeper").await;
}

#[tokio::test]
async fn a_body_of_100_megabytes_is_not_read() {
    const CHUNK: usize = 64 * 1024;

    let announced = "HTTP/1.1 200 \r\ncontent-type: text/xml\r\ncontent-length: 104857600\r\n\r\n";
    let unannounced = "HTTP/1.1 200 \r\ncontent-type: text/xml\r\nconnection: close\r\n\r\n";
    for head in [announced, unannounced] {
        let flood = Step::Flood {
            bytes: vec![b'<'; CHUNK].into(),
            pause: Duration::ZERO,
        };
        let steps = [Step::ReadRequest, Step::Write(head.into()), flood];
        let server = FaultServer::start(Wire::Plain, Behaviour::new(steps));
        let server = server.await.unwrap();
        let sizpay = SizPay::builder("k1", "k2", "hosseini").via(Via::Soap);
        let sizpay = sizpay.asmx_url(server.url()).build().unwrap();
        let began = Instant::now();
        let error = sizpay.send_link(new_link()).await.unwrap_err();
        assert!(began.elapsed() < Duration::from_secs(5));
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert_eq!(error.effect(), Effect::Unknown);
        assert_eq!(server.shutdown().await.requests_complete(), 1);
    }
}

#[tokio::test]
async fn a_truncated_answer_proves_nothing_wherever_it_ends() {
    let account = Provider::start().await;
    let sizpay = account.client_via(Via::Soap);
    let whole = answer_saying("انجام شد");
    let ends = (0..whole.len()).filter(|end| whole.is_char_boundary(*end));
    for end in ends.step_by(7) {
        account.answer(xml(&whole.as_bytes()[..end]));
        let error = sizpay.send_link(new_link()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Untrusted, "{end}");
        assert_eq!(error.effect(), Effect::Unknown, "{end}");
    }
    account.answer(xml(whole));
    assert!(sizpay.send_link(new_link()).await.is_ok());
}
