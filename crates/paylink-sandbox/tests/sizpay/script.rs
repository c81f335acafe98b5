//! The ASMX service as ASP.NET's scripts call it.

use paylink_sandbox::Sandbox;
use paylink_sandbox::sizpay::AnswerShape;
use serde_json::{Value, json};

use crate::client::{Reply, send};
use crate::envelope::PATH;
use crate::shop::{Shop, new};

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
    assert_eq!((reply.status, reply.body.as_str()), (200, expected));

    let number = sandbox.sizpay().pay(26_041).unwrap().reference_number;
    let asked = json!({"PayLinkIdList": "26041"});
    let reply = call(&sandbox, "PayLinkPayStatusRest", asked).await;
    let answer: Value = serde_json::from_str(&reply.body).unwrap();
    let answer = &answer["d"];
    assert_eq!(
        answer["__type"],
        "KimiaPayLinkSend.PayLinkPayStatusResponse"
    );
    assert_eq!(answer["prmPayLinkFirstStatus"], 1);
    assert_eq!(answer["prmPayLinkFirstRefNo"], json!(number));
    assert!(answer["prmPayLinkListStatus"].is_string());
}

#[tokio::test]
async fn json_text_in_d_can_be_chosen() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox
        .sizpay()
        .change_settings(|it| it.answer_shape = AnswerShape::JsonResult);
    let reply = call(&sandbox, "PayLinkSendRest", new(json!({}))).await;
    let expected = r#"{"d":"{\"ResCod\":1,\"Message\":\"\",\"PayLinkSendID\":26041}"}"#;
    assert_eq!((reply.status, reply.body.as_str()), (200, expected));
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
    assert!(
        answer["d"]["Message"]
            .as_str()
            .unwrap()
            .contains("تلفن همراه")
    );
}

/// Asserts that a reply is an exception of ASP.NET, and returns its message.
fn exception(response: &Reply, kind: &str) -> String {
    assert_eq!(response.status, 500, "{response:?}");
    let body: Value = serde_json::from_str(&response.body).unwrap();
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
    let (argument, operation) = (
        "System.ArgumentException",
        "System.InvalidOperationException",
    );
    for (method, media_type, body, kind, about) in [
        ("PayLinkExplode", json, "{}", argument, "Unknown web method"),
        (
            "PayLinkSendSoap",
            json,
            "{}",
            argument,
            "Unknown web method",
        ),
        ("PayLinkSendRest", json, "{", argument, "Invalid JSON"),
        ("PayLinkSendRest", json, "", argument, "Invalid JSON"),
        ("PayLinkSendRest", json, "{}", operation, "'PayLinkData'"),
        (
            "PayLinkSendRest",
            json,
            r#"{"PayLinkData":null}"#,
            operation,
            "'PayLinkData'",
        ),
        (
            "PayLinkSendRest",
            json,
            r#"{"PayLinkData":[]}"#,
            operation,
            "Cannot convert",
        ),
        (
            "PayLinkSendRest",
            json,
            r#"{"PayLinkData":{"Amount":"1"}}"#,
            operation,
            "Cannot convert",
        ),
        (
            "PayLinkSendRest",
            json,
            r#"{"PayLinkData":{"InvoiceNo":1}}"#,
            operation,
            "Cannot convert",
        ),
        (
            "PayLinkSendRest",
            "text/plain",
            "{}",
            operation,
            "format is unrecognized",
        ),
    ] {
        let reply = post(&sandbox, method, media_type, body).await;
        let message = exception(&reply, kind);
        assert!(message.contains(about), "{method} {body}: {message}");
    }
    let path = format!("{PATH}/PayLinkSendRest");
    let reply = send(sandbox.url(), "GET", &path, &[], b"").await;
    assert!(exception(&reply, operation).contains("GET"));
    assert!(sandbox.sizpay().links().is_empty());
}
