use paylink_sandbox::Sandbox;

use crate::client::{Reply, send};
use crate::envelope::{NAMESPACE, PATH, Soap, model, new_link};

/// Asserts that a reply is a fault of the sender, and returns its reason.
fn reason(soap: Soap, response: &Reply) -> String {
    assert_eq!(response.status, 500, "{response:?}");
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
    let (head, rest) = response.body.split_once(before).expect(&response.body);
    let (reason, tail) = rest.split_once(after).expect(&response.body);
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
        for (soap, told) in [
            (
                Soap::V11,
                format!("Server did not recognize the value of HTTP Header SOAPAction: {escaped}."),
            ),
            (
                Soap::V12,
                format!(
                    "Unable to handle request. The action &apos;{escaped}&apos; was not recognized."
                ),
            ),
        ] {
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
    assert_eq!(
        post(&send, &foreign).await,
        "Server did not recognize the value of HTTP Header SOAPAction: https://rt.sizpay.com/PayLinkSendSoap."
    );
    let status = format!("{NAMESPACE}PayLinkPayStatusSoap");
    let call = call_of(&sandbox, NAMESPACE);
    assert!(
        post(&status, &call)
            .await
            .ends_with(&format!("SOAPAction: {send}."))
    );
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
    for (part, other, about) in [
        ("99112101", "\u{1}", "not allow"),
        ("10000", "ten", "Amount was not in a correct format"),
        (
            "10000",
            "9223372036854775808",
            "Amount was not in a correct format",
        ),
        ("10000", "10000.0", "Amount was not in a correct format"),
        ("</Amount>", "", "error in XML document"),
    ] {
        let document = Soap::V11.envelope(&call.replace(part, other));
        unreadable(&sandbox, &document, about).await;
    }
    let empty = Soap::V11.envelope("");
    unreadable(&sandbox, &empty, "no call was found").await;
    unreadable(
        &sandbox,
        &empty.replace("Body", "Belly"),
        "no call was found",
    )
    .await;
    unreadable(&sandbox, &call, "no call was found").await;
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
            assert!(reply.body.contains(told), "{told}: {reply:?}");
        }
    }
    let headers = [("content-type", "application/octet-stream")];
    let reply = send(sandbox.url(), "POST", PATH, &headers, call.as_bytes()).await;
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (500, "Request format is invalid.\n")
    );
}

#[tokio::test]
async fn a_method_without_its_model_fails_inside() {
    let sandbox = Sandbox::start().await.unwrap();
    let reply = Soap::V11
        .call(&sandbox, "PayLinkSendRest", &new_link(&sandbox))
        .await;
    assert_eq!(reply.status, 500);
    assert!(
        reply.body.contains("<faultcode>soap:Server</faultcode>"),
        "{reply:?}"
    );
    let wrapped = model(&new_link(&sandbox));
    let reply = Soap::V11.call(&sandbox, "PayLinkSendRest", &wrapped).await;
    assert_eq!(reply.status, 200);
}
