//! The ASMX service as ASP.NET's scripts call it, and as it describes itself.

use paylink_sandbox::Sandbox;
use paylink_sandbox::sizpay::AnswerShape;
use serde_json::{Value, json};

use crate::client::{Reply, get, send};
use crate::sizpay::{NAMESPACE, PATH, Shop, as_sampled, new};

async fn post(sandbox: &Sandbox, method: &str, media_type: &str, body: &str) -> Reply {
    let path = format!("{PATH}/{method}");
    let headers = [("content-type", media_type)];
    send(sandbox.url(), "POST", &path, &headers, body.as_bytes()).await
}

async fn call(sandbox: &Sandbox, method: &str, fields: Value) -> Reply {
    let body = json!({"PayLinkData": Shop::of(sandbox).with_keys(fields)});
    let media_type = "application/json; charset=utf-8";
    let reply = post(sandbox, method, media_type, &body.to_string()).await;
    assert_eq!(reply.header("content-type"), Some(media_type));
    reply
}

#[tokio::test]
async fn a_model_is_answered_in_d_with_its_type() {
    let sandbox = Sandbox::start().await.unwrap();
    let reply = call(&sandbox, "PayLinkSendRest", new(json!({}))).await;
    let expected = r#"{"d":{"__type":"KimiaPayLinkSend.PayLinkSendResponse","ResCod":1,"Message":"","PayLinkSendID":26041}}"#;
    let body = as_sampled(&sandbox, &reply.body);
    assert_eq!((reply.status, body.as_str()), (200, expected));

    let [link] = sandbox.sizpay().links().try_into().unwrap();
    let number = sandbox.sizpay().pay(link.send_id).unwrap().reference_number;
    let asked = json!({"PayLinkIdList": link.send_id.to_string()});
    let reply = call(&sandbox, "PayLinkPayStatusRest", asked).await;
    let answer: Value = serde_json::from_str(&reply.body).unwrap();
    let answer = &answer["d"];
    let model = "KimiaPayLinkSend.PayLinkPayStatusResponse";
    assert_eq!(answer["__type"], model);
    assert_eq!(answer["prmPayLinkFirstStatus"], 1);
    assert_eq!(answer["prmPayLinkFirstRefNo"], json!(number));
    assert!(answer["prmPayLinkListStatus"].is_string());
}

#[tokio::test]
async fn json_text_in_d_can_be_chosen() {
    let sandbox = Sandbox::start().await.unwrap();
    let sizpay = sandbox.sizpay();
    sizpay.change_settings(|it| it.answer_shape = AnswerShape::JsonResult);
    let reply = call(&sandbox, "PayLinkSendRest", new(json!({}))).await;
    let expected = r#"{"d":"{\"ResCod\":1,\"Message\":\"\",\"PayLinkSendID\":26041}"}"#;
    let body = as_sampled(&sandbox, &reply.body);
    assert_eq!((reply.status, body.as_str()), (200, expected));
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_no_error() {
    let sandbox = Sandbox::start().await.unwrap();
    let reply = call(&sandbox, "PayLinkSendRest", new(json!({"MobileNo": "1"}))).await;
    let answer: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(
        (reply.status, &answer["d"]["PayLinkSendID"]),
        (200, &json!(0))
    );
    let message = answer["d"]["Message"].as_str().unwrap();
    assert!(message.contains("تلفن همراه"), "{message}");
}

/// Asserts that a reply is an exception of ASP.NET, and returns its message.
fn exception(reply: &Reply, kind: &str) -> String {
    assert_eq!(reply.status, 500, "{reply:?}");
    let body: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(body["ExceptionType"], kind, "{body}");
    let trace = body["StackTrace"].as_str().unwrap();
    assert!(trace.starts_with("   at System.Web.Script."), "{body}");
    let message = body["Message"].as_str().unwrap();
    assert!(!message.contains("   at "), "{body}");
    message.to_owned()
}

#[tokio::test]
async fn what_is_no_call_is_an_exception_with_a_stack_trace() {
    let sandbox = Sandbox::start().await.unwrap();
    let json = "application/json";
    let argument = "System.ArgumentException";
    let operation = "System.InvalidOperationException";
    #[rustfmt::skip]
    let cases = [
        ("PayLinkExplode", json, "{}", argument, "Unknown web method"),
        ("PayLinkSendSoap", json, "{}", argument, "Unknown web method"),
        ("PayLinkSendRest", json, "{", argument, "Invalid JSON"),
        ("PayLinkSendRest", json, "", argument, "Invalid JSON"),
        ("PayLinkSendRest", json, "{}", operation, "'PayLinkData'"),
        ("PayLinkSendRest", json, r#"{"PayLinkData":null}"#, operation, "'PayLinkData'"),
        ("PayLinkSendRest", json, r#"{"PayLinkData":[]}"#, operation, "Cannot convert"),
        ("PayLinkSendRest", json, r#"{"PayLinkData":{"Amount":"1"}}"#, operation, "Cannot convert"),
        ("PayLinkSendRest", json, r#"{"PayLinkData":{"InvoiceNo":1}}"#, operation, "Cannot convert"),
        ("PayLinkSendRest", "text/plain", "{}", operation, "format is unrecognized"),
    ];
    for (method, media_type, body, kind, about) in cases {
        let reply = post(&sandbox, method, media_type, body).await;
        let message = exception(&reply, kind);
        assert!(message.contains(about), "{method} {body}: {message}");
    }
    let path = format!("{PATH}/PayLinkSendRest");
    let reply = get(&sandbox, &path).await;
    assert!(exception(&reply, operation).contains("GET"));
    assert!(sandbox.sizpay().links().is_empty());
}

async fn wsdl(sandbox: &Sandbox, query: &str) -> String {
    let reply = get(sandbox, &format!("{PATH}?{query}")).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let media_type = reply.header("content-type");
    assert_eq!(media_type, Some("text/xml; charset=utf-8"));
    reply.body
}

/// The names and types of the elements that are declared under `name`.
fn declared(wsdl: &str, name: &str) -> Vec<String> {
    let begin = format!(" name=\"{name}\">\n");
    let (_, rest) = wsdl.split_once(&begin).expect(name);
    let (sequence, _) = rest.split_once("</s:sequence>").unwrap();
    let attribute = |line: &str, name: &str| {
        let (_, rest) = line.split_once(&format!(" {name}=\"")).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let elements = sequence.lines().filter(|line| line.contains("<s:element"));
    elements
        .map(|line| format!("{} {}", attribute(line, "name"), attribute(line, "type")))
        .collect()
}

#[tokio::test]
async fn the_service_describes_itself() {
    let sandbox = Sandbox::start().await.unwrap();
    let text = wsdl(&sandbox, "WSDL").await;
    insta::assert_snapshot!(text.replace(sandbox.url(), "http://SANDBOX"));
    assert_eq!(wsdl(&sandbox, "wsdl").await, text);
    let address = format!(r#"address location="{}""#, sandbox.sizpay().asmx_url());
    let versions_of_soap = 2;
    assert_eq!(text.matches(&address).count(), versions_of_soap);
}

#[tokio::test]
async fn every_reference_leads_to_a_declaration() {
    let sandbox = Sandbox::start().await.unwrap();
    for shape in [
        AnswerShape::OutParameters,
        AnswerShape::TypedResult,
        AnswerShape::JsonResult,
    ] {
        let sizpay = sandbox.sizpay();
        sizpay.change_settings(|it| it.answer_shape = shape);
        let text = wsdl(&sandbox, "WSDL").await;
        let references = text.split("\"tns:").skip(1);
        let references = references.map(|rest| rest.split('"').next().unwrap());
        let references: Vec<_> = references.collect();
        assert!(references.len() >= 20, "{text}");
        for name in references {
            let declaration = format!(" name=\"{name}\"");
            assert!(text.contains(&declaration), "{shape:?}: {name}");
        }
    }
}

#[tokio::test]
async fn it_agrees_with_the_shape_of_the_answers() {
    let sandbox = Sandbox::start().await.unwrap();
    let values = ["ResCod s:int", "Message s:string", "PayLinkSendID s:long"];
    for (shape, of_soap, of_rest) in [
        (
            AnswerShape::OutParameters,
            values.to_vec(),
            vec!["PayLinkResp tns:PayLinkSendResponse"],
        ),
        (
            AnswerShape::TypedResult,
            vec!["PayLinkSendSoapResult tns:PayLinkSendResponse"],
            vec!["PayLinkSendRestResult tns:PayLinkSendResponse"],
        ),
        (
            AnswerShape::JsonResult,
            vec!["PayLinkSendSoapResult s:string"],
            vec!["PayLinkSendRestResult s:string"],
        ),
    ] {
        let sizpay = sandbox.sizpay();
        sizpay.change_settings(|it| it.answer_shape = shape);
        let text = wsdl(&sandbox, "WSDL").await;
        assert_eq!(declared(&text, "PayLinkSendSoapResponse"), of_soap);
        assert_eq!(declared(&text, "PayLinkSendRestResponse"), of_rest);
        if shape == AnswerShape::TypedResult {
            assert_eq!(declared(&text, "PayLinkSendResponse"), values);
        }
    }
}

#[tokio::test]
async fn it_is_in_the_chosen_namespace() {
    let sandbox = Sandbox::start().await.unwrap();
    let namespace = "urn:a\"&<b>";
    let sizpay = sandbox.sizpay();
    sizpay.change_settings(|it| it.namespace = namespace.parse().unwrap());
    let text = wsdl(&sandbox, "WSDL").await;
    assert!(!text.contains(NAMESPACE));
    let escaped = "urn:a&#34;&#38;&#60;b&#62;";
    for attribute in [
        format!(r#"targetNamespace="{escaped}""#),
        format!(r#"xmlns:tns="{escaped}""#),
        format!(r#"soapAction="{escaped}/PayLinkSendSoap""#),
    ] {
        assert!(text.contains(&attribute), "{attribute}");
    }
}

#[tokio::test]
async fn people_see_a_page() {
    let sandbox = Sandbox::start().await.unwrap();
    for path in [PATH.to_owned(), format!("{PATH}?op=PayLinkSendSoap")] {
        let reply = get(&sandbox, &path).await;
        let media_type = reply.header("content-type");
        assert_eq!(media_type, Some("text/html; charset=utf-8"));
        let link = format!("{}?WSDL", sandbox.sizpay().asmx_url());
        assert!(reply.body.contains(&link) && reply.body.contains("PayLinkPayStatusRest"));
    }
}
