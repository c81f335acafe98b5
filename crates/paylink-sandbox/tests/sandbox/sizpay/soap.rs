//! The ASMX service over SOAP: calls, faults, and the shapes of answers.

use std::time::Duration;

use paylink_sandbox::Sandbox;
use paylink_sandbox::sizpay::{AnswerShape, InvalidNamespace, Namespace};

use crate::client::{Reply, send};
use crate::sizpay::{NAMESPACE, PATH, Soap, as_sampled, ids, keys, model, new_link};

/// The code, the message and the id of a send's answer.
fn sent(reply: &Reply) -> (&str, &str, &str) {
    assert_eq!(reply.status, 200, "{reply:?}");
    (
        element(&reply.body, "ResCod"),
        element(&reply.body, "Message"),
        element(&reply.body, "PayLinkSendID"),
    )
}

fn element<'a>(body: &'a str, name: &str) -> &'a str {
    if body.contains(&format!("<{name} />")) {
        return "";
    }
    let (_, rest) = body.split_once(&format!("<{name}>")).expect(body);
    rest.split_once(&format!("</{name}>")).expect(body).0
}

#[tokio::test]
async fn both_versions_send_and_ask() {
    let sandbox = Sandbox::start().await.unwrap();
    for (soap, media_type) in [
        (Soap::V11, "text/xml; charset=utf-8"),
        (Soap::V12, "application/soap+xml; charset=utf-8"),
    ] {
        let parameters = new_link(&sandbox);
        let one = soap.call(&sandbox, "PayLinkSendSoap", &parameters).await;
        assert_eq!(one.header("content-type"), Some(media_type));
        let newest = || sandbox.sizpay().links().last().unwrap().send_id;
        let first = newest();
        assert_eq!(sent(&one), ("1", "", first.to_string().as_str()));
        let in_model = model(&parameters);
        let other = soap.call(&sandbox, "PayLinkSendRest", &in_model).await;
        let second = newest();
        assert_eq!(sent(&other).2, second.to_string());

        let paid = sandbox.sizpay().pay(first).unwrap();
        let number = paid.reference_number.unwrap();
        let asked = ids(&sandbox, &format!("{first},{second}"));
        let by_values = soap.call(&sandbox, "PayLinkPayStatusSoap", &asked).await;
        let in_model = model(&asked);
        let by_model = soap.call(&sandbox, "PayLinkPayStatusRest", &in_model).await;
        for answer in [by_values, by_model] {
            let body = answer.body.replace("&quot;", "\"");
            assert_eq!(element(&body, "ResCod"), "1");
            assert_eq!(element(&body, "prmPayLinkFirstStatus"), "1");
            assert_eq!(element(&body, "prmPayLinkFirstRefNo"), number);
            let list = format!(
                r#"[{{"PayLinkSendID":{first},"InvoiceNo":"99112101","Status":1,"RefNo":"{number}"}},{{"PayLinkSendID":{second},"InvoiceNo":"99112101","Status":0,"RefNo":""}}]"#
            );
            assert_eq!(element(&body, "prmPayLinkListStatus"), list);
        }
    }
    let link = sandbox.sizpay().links().pop().unwrap();
    assert_eq!(link.customer_name, "خانم <رضایی>");
    assert_eq!(link.description, "a]]>b");
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_no_fault() {
    let sandbox = Sandbox::start().await.unwrap();
    let parameters = new_link(&sandbox).replace("10000", "0");
    let reply = Soap::V11
        .call(&sandbox, "PayLinkSendSoap", &parameters)
        .await;
    let (code, message, send_id) = sent(&reply);
    assert_ne!(code, "1");
    assert!(message.contains("مبلغ"), "{message}");
    assert_eq!(send_id, "0");

    // A value type that is missing has its default: no amount is an amount of 0.
    let without = parameters.replace("<Amount>0</Amount>", "");
    let reply = Soap::V11.call(&sandbox, "PayLinkSendSoap", &without).await;
    assert!(sent(&reply).1.contains("مبلغ"), "{reply:?}");

    let nobody = ids(&sandbox, "1").replace(sandbox.sizpay().password(), "x");
    let reply = Soap::V11
        .call(&sandbox, "PayLinkPayStatusSoap", &nobody)
        .await;
    reply.shows("نام کاربری");
    let nothing = ids(&sandbox, "");
    let reply = Soap::V11
        .call(&sandbox, "PayLinkPayStatusSoap", &nothing)
        .await;
    reply.shows("فیلتر");
    assert!(sandbox.sizpay().links().is_empty());
}

#[tokio::test]
async fn the_status_by_ids_needs_no_day() {
    let sandbox = Sandbox::start().await.unwrap();
    let reply = Soap::V11
        .call(&sandbox, "PayLinkSendSoap", &new_link(&sandbox))
        .await;
    let send_id = sent(&reply).2;
    let clock = sandbox.clock();
    clock.advance(Duration::from_secs(3 * 86_400));
    let reply = Soap::V11
        .call(&sandbox, "PayLinkPayStatusSoap", &ids(&sandbox, send_id))
        .await;
    assert_eq!(element(&reply.body, "ResCod"), "1");
    assert_eq!(element(&reply.body, "prmPayLinkFirstStatus"), "0");
}

#[tokio::test]
async fn prefixes_blanks_and_unknown_elements_make_no_difference() {
    let sandbox = Sandbox::start().await.unwrap();
    let prefixed = keys(&sandbox)
        .replace("</", "</t:")
        .replace('<', "<t:")
        .replace("<t:/t:", "</t:");
    let call = format!(
        "<!-- a call -->\n<t:PayLinkSendSoap xmlns:t=\"{NAMESPACE}\">{prefixed}\n\
         <t:MobileNo>09122272730</t:MobileNo><t:Later>x</t:Later>\
         <t:Amount> 10000\n</t:Amount><t:InvoiceNo>1</t:InvoiceNo></t:PayLinkSendSoap>"
    );
    let action = format!("{NAMESPACE}PayLinkSendSoap");
    let reply = Soap::V11
        .post(&sandbox, &action, &Soap::V11.envelope(&call))
        .await;
    assert_eq!(sent(&reply).0, "1");
    // An element in no namespace is not the parameter of the same name.
    let foreign = call.replace("t:Amount", "Amount");
    let reply = Soap::V11
        .post(&sandbox, &action, &Soap::V11.envelope(&foreign))
        .await;
    assert!(sent(&reply).1.contains("مبلغ"), "{reply:?}");
}

#[tokio::test]
async fn the_action_of_soap_1_2_may_be_missing() {
    let sandbox = Sandbox::start().await.unwrap();
    let element = format!(
        r#"<PayLinkSendSoap xmlns="{NAMESPACE}">{}</PayLinkSendSoap>"#,
        new_link(&sandbox)
    );
    let document = Soap::V12.envelope(&element);
    let headers = [("content-type", "application/soap+xml; charset=utf-8")];
    let reply = send(sandbox.url(), "POST", PATH, &headers, document.as_bytes()).await;
    assert_eq!(sent(&reply).0, "1");
}

#[tokio::test]
async fn the_namespace_can_be_chosen() {
    let sandbox = Sandbox::start().await.unwrap();
    let sizpay = sandbox.sizpay();
    assert_eq!("no uri".parse::<Namespace>(), Err(InvalidNamespace));
    sizpay.change_settings(|it| it.namespace = "https://rt.sizpay.com/".parse().unwrap());
    let old = Soap::V11
        .call(&sandbox, "PayLinkSendSoap", &new_link(&sandbox))
        .await;
    assert_eq!(old.status, 500, "{old:?}");

    let element = format!(
        r#"<PayLinkSendSoap xmlns="https://rt.sizpay.com/">{}</PayLinkSendSoap>"#,
        new_link(&sandbox)
    );
    let action = "https://rt.sizpay.com/PayLinkSendSoap";
    let reply = Soap::V11
        .post(&sandbox, action, &Soap::V11.envelope(&element))
        .await;
    assert_eq!(sent(&reply).0, "1");
    let response = r#"<PayLinkSendSoapResponse xmlns="https://rt.sizpay.com/">"#;
    reply.shows(response);
}

/// Asserts that a reply is a fault of the sender, and returns its reason.
fn reason(soap: Soap, reply: &Reply) -> String {
    assert_eq!(reply.status, 500, "{reply:?}");
    let (before, after) = match soap {
        Soap::V11 => (
            "<soap:Fault><faultcode>soap:Client</faultcode><faultstring>",
            "</faultstring><detail /></soap:Fault>",
        ),
        Soap::V12 => (
            "<soap:Fault><soap:Code><soap:Value>soap:Sender</soap:Value></soap:Code>\
             <soap:Reason><soap:Text xml:lang=\"en\">",
            "</soap:Text></soap:Reason><soap:Detail /></soap:Fault>",
        ),
    };
    let (head, rest) = reply.body.split_once(before).expect(&reply.body);
    let (reason, tail) = rest.split_once(after).expect(&reply.body);
    assert_eq!(soap.answered(""), format!("{head}{tail}"));
    reason.to_owned()
}

fn call_of(sandbox: &Sandbox, namespace: &str) -> String {
    let parameters = new_link(sandbox);
    format!(r#"<PayLinkSendSoap xmlns="{namespace}">{parameters}</PayLinkSendSoap>"#)
}

#[tokio::test]
async fn an_unknown_action_is_told() {
    let sandbox = Sandbox::start().await.unwrap();
    for action in [
        "https://rt.sizpay.com/PayLinkSendSoap",
        "http://tempuri.org/PayLinkExplode",
        "http://tempuri.orgPayLinkSendSoap",
        "<&>",
        "",
    ] {
        let escaped = action
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        #[rustfmt::skip]
        let cases = [
            (Soap::V11, format!("Server did not recognize the value of HTTP Header SOAPAction: {escaped}.")),
            (Soap::V12, format!("Unable to handle request. The action &apos;{escaped}&apos; was not recognized.")),
        ];
        for (soap, told) in cases {
            let document = soap.envelope(&call_of(&sandbox, NAMESPACE));
            let reply = soap.post(&sandbox, action, &document).await;
            assert_eq!(reason(soap, &reply), told);
        }
    }
    let headers = [("content-type", "text/xml")];
    let reply = send(sandbox.url(), "POST", PATH, &headers, b"").await;
    assert!(reason(Soap::V11, &reply).ends_with("SOAPAction: ."));
    assert!(sandbox.sizpay().links().is_empty());
}

#[tokio::test]
async fn an_element_of_another_namespace_or_method_is_told_like_an_action() {
    let sandbox = Sandbox::start().await.unwrap();
    let post = async |action: &str, element: &str| {
        let document = Soap::V11.envelope(element);
        let reply = Soap::V11.post(&sandbox, action, &document).await;
        reason(Soap::V11, &reply)
    };
    let send = format!("{NAMESPACE}PayLinkSendSoap");
    let foreign = call_of(&sandbox, "https://rt.sizpay.com/");
    let told = "Server did not recognize the value of HTTP Header SOAPAction";
    let action = "https://rt.sizpay.com/PayLinkSendSoap";
    assert_eq!(post(&send, &foreign).await, format!("{told}: {action}."));
    let status = format!("{NAMESPACE}PayLinkPayStatusSoap");
    let call = call_of(&sandbox, NAMESPACE);
    assert_eq!(post(&status, &call).await, format!("{told}: {send}."));
    assert!(sandbox.sizpay().links().is_empty());
}

/// Asserts that the document of a send is refused with a reason about `about`.
async fn unreadable(sandbox: &Sandbox, document: &str, about: &str) {
    let action = format!("{NAMESPACE}PayLinkSendSoap");
    let reply = Soap::V11.post(sandbox, &action, document).await;
    let told = reason(Soap::V11, &reply);
    assert!(told.contains(about), "{about}: {told}");
    assert!(sandbox.sizpay().links().is_empty(), "{about}");
}

#[tokio::test]
async fn documents_that_attack_are_faults() {
    let sandbox = Sandbox::start().await.unwrap();
    let call = call_of(&sandbox, NAMESPACE);
    let document = Soap::V11.envelope(&call.replace("99112101", "&b;"));
    for entities in [
        r#"<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">"#,
        r#"<!ENTITY b SYSTEM "file:///etc/passwd">"#,
    ] {
        let declared = format!("?><!DOCTYPE a [{entities}]>");
        let document = document.replacen("?>", &declared, 1);
        unreadable(&sandbox, &document, "DTD is prohibited").await;
    }
    unreadable(&sandbox, &document, "undeclared entity").await;
    let deep = format!("{}{}", "<a>".repeat(9_000), "</a>".repeat(9_000));
    unreadable(&sandbox, &deep, "nested too deeply").await;

    let huge = Soap::V11.envelope(&call.replace("99112101", &"9".repeat(64 * 1024)));
    let action = format!("{NAMESPACE}PayLinkSendSoap");
    let reply = Soap::V11.post(&sandbox, &action, &huge).await;
    assert_eq!(reply.status, 413);
}

#[tokio::test]
async fn documents_that_are_no_call_are_faults() {
    let sandbox = Sandbox::start().await.unwrap();
    let call = call_of(&sandbox, NAMESPACE);
    let amount = "Amount was not in a correct format";
    for (part, other, about) in [
        ("99112101", "\u{1}", "not allow"),
        ("10000", "ten", amount),
        ("10000", "9223372036854775808", amount),
        ("10000", "10000.0", amount),
        ("</Amount>", "", "error in XML document"),
    ] {
        let document = Soap::V11.envelope(&call.replace(part, other));
        unreadable(&sandbox, &document, about).await;
    }
    let empty = Soap::V11.envelope("");
    for document in [&empty, &empty.replace("Body", "Belly"), &call] {
        unreadable(&sandbox, document, "no call was found").await;
    }
    unreadable(&sandbox, "", "error in XML document").await;
}

#[tokio::test]
async fn versions_are_not_mixed() {
    let sandbox = Sandbox::start().await.unwrap();
    let call = call_of(&sandbox, NAMESPACE);
    let action = format!("{NAMESPACE}PayLinkSendSoap");
    for (soap, other) in [(Soap::V11, Soap::V12), (Soap::V12, Soap::V11)] {
        let reply = soap.post(&sandbox, &action, &other.envelope(&call)).await;
        assert_eq!(reply.status, 500);
        for told in ["soap:VersionMismatch", soap.namespace(), other.namespace()] {
            reply.shows(told);
        }
    }
    let headers = [("content-type", "application/octet-stream")];
    let reply = send(sandbox.url(), "POST", PATH, &headers, call.as_bytes()).await;
    assert_eq!(reply.status, 500);
    assert_eq!(reply.body, "Request format is invalid.\n");
}

#[tokio::test]
async fn a_method_without_its_model_fails_inside() {
    let sandbox = Sandbox::start().await.unwrap();
    let reply = Soap::V11
        .call(&sandbox, "PayLinkSendRest", &new_link(&sandbox))
        .await;
    assert_eq!(reply.status, 500);
    reply.shows("<faultcode>soap:Server</faultcode>");
    let wrapped = model(&new_link(&sandbox));
    let reply = Soap::V11.call(&sandbox, "PayLinkSendRest", &wrapped).await;
    assert_eq!(reply.status, 200);
}

/// The whole answer to a send in a shape, as SOAP 1.1.
async fn send_in(shape: AnswerShape, method: &str) -> String {
    let sandbox = Sandbox::start().await.unwrap();
    let sizpay = sandbox.sizpay();
    sizpay.change_settings(|it| it.answer_shape = shape);
    let mut parameters = new_link(&sandbox);
    if method.ends_with("Rest") {
        parameters = model(&parameters);
    }
    let reply = Soap::V11.call(&sandbox, method, &parameters).await;
    as_sampled(&sandbox, &reply.body)
}

fn response(method: &str, content: &str) -> String {
    Soap::V11.answered(&format!(
        r#"<{method}Response xmlns="{NAMESPACE}">{content}</{method}Response>"#
    ))
}

const VALUES: &str = "<ResCod>1</ResCod><Message /><PayLinkSendID>26041</PayLinkSendID>";

#[tokio::test]
async fn out_parameters_stand_side_by_side() {
    let shape = AnswerShape::OutParameters;
    let method = "PayLinkSendSoap";
    assert_eq!(send_in(shape, method).await, response(method, VALUES));
    // The one output parameter of this method is a model.
    let method = "PayLinkSendRest";
    let model = format!("<PayLinkResp>{VALUES}</PayLinkResp>");
    assert_eq!(send_in(shape, method).await, response(method, &model));
}

#[tokio::test]
async fn a_typed_result_holds_the_values() {
    for method in ["PayLinkSendSoap", "PayLinkSendRest"] {
        let result = format!("<{method}Result>{VALUES}</{method}Result>");
        let answer = send_in(AnswerShape::TypedResult, method).await;
        assert_eq!(answer, response(method, &result));
    }
}

#[tokio::test]
async fn a_json_result_is_text() {
    let json =
        "{&quot;ResCod&quot;:1,&quot;Message&quot;:&quot;&quot;,&quot;PayLinkSendID&quot;:26041}";
    for method in ["PayLinkSendSoap", "PayLinkSendRest"] {
        let result = format!("<{method}Result>{json}</{method}Result>");
        let answer = send_in(AnswerShape::JsonResult, method).await;
        assert_eq!(answer, response(method, &result));
    }
}

#[tokio::test]
async fn a_list_within_json_text_is_text_once_more() {
    let sandbox = Sandbox::start().await.unwrap();
    let method = "PayLinkPayStatusSoap";
    Soap::V11
        .call(&sandbox, "PayLinkSendSoap", &new_link(&sandbox))
        .await;
    let sizpay = sandbox.sizpay();
    sizpay.change_settings(|it| it.answer_shape = AnswerShape::JsonResult);
    let [link] = sizpay.links().try_into().unwrap();
    let asked = ids(&sandbox, &link.send_id.to_string());
    let reply = Soap::V11.call(&sandbox, method, &asked).await;
    let list =
        r#"[{\"PayLinkSendID\":26041,\"InvoiceNo\":\"99112101\",\"Status\":0,\"RefNo\":\"\"}]"#;
    let json = format!(
        r#"{{"ResCod":1,"Message":"","prmPayLinkFirstStatus":0,"prmPayLinkFirstRefNo":"","prmPayLinkListStatus":"{list}"}}"#
    );
    let json = json.replace('"', "&quot;");
    let result = format!("<{method}Result>{json}</{method}Result>");
    assert_eq!(as_sampled(&sandbox, &reply.body), response(method, &result));
}
