use paylink_sandbox::Sandbox;
use paylink_sandbox::sizpay::AnswerShape;

use crate::client::send;
use crate::envelope::{NAMESPACE, PATH};

async fn wsdl(sandbox: &Sandbox, query: &str) -> String {
    let reply = send(sandbox.url(), "GET", &format!("{PATH}?{query}"), &[], b"").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(
        reply.header("content-type"),
        Some("text/xml; charset=utf-8")
    );
    reply.body
}

/// The names and types of the elements that are declared under `name`.
fn declared(wsdl: &str, name: &str) -> Vec<String> {
    let (_, rest) = wsdl
        .split_once(&format!(" name=\"{name}\">\n"))
        .expect(name);
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
    assert_eq!(
        text.matches(&address).count(),
        2,
        "one for each version of SOAP"
    );
}

#[tokio::test]
async fn every_reference_leads_to_a_declaration() {
    let sandbox = Sandbox::start().await.unwrap();
    for shape in [
        AnswerShape::OutParameters,
        AnswerShape::TypedResult,
        AnswerShape::JsonResult,
    ] {
        sandbox
            .sizpay()
            .change_settings(|it| it.answer_shape = shape);
        let text = wsdl(&sandbox, "WSDL").await;
        let references: Vec<_> = text
            .split("\"tns:")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
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
        sandbox
            .sizpay()
            .change_settings(|it| it.answer_shape = shape);
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
    sandbox
        .sizpay()
        .change_settings(|it| it.namespace = namespace.parse().unwrap());
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
        let reply = send(sandbox.url(), "GET", &path, &[], b"").await;
        assert_eq!(
            reply.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        let link = format!("{}?WSDL", sandbox.sizpay().asmx_url());
        assert!(reply.body.contains(&link) && reply.body.contains("PayLinkPayStatusRest"));
    }
}
