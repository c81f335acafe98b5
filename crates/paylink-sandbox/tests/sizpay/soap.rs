use paylink_sandbox::Sandbox;
use paylink_sandbox::sizpay::{InvalidNamespace, Namespace};

use crate::client::{Reply, send};
use crate::envelope::{NAMESPACE, PATH, Soap, ids, keys, model, new_link};

/// The code, the message and the id of a send's answer.
fn sent(response: &Reply) -> (&str, &str, &str) {
    assert_eq!(response.status, 200, "{response:?}");
    (
        element(&response.body, "ResCod"),
        element(&response.body, "Message"),
        element(&response.body, "PayLinkSendID"),
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
    for (soap, media_type, first) in [
        (Soap::V11, "text/xml; charset=utf-8", 26_041),
        (Soap::V12, "application/soap+xml; charset=utf-8", 26_043),
    ] {
        let parameters = new_link(&sandbox);
        let one = soap.call(&sandbox, "PayLinkSendSoap", &parameters).await;
        assert_eq!(one.header("content-type"), Some(media_type));
        assert_eq!(sent(&one), ("1", "", first.to_string().as_str()));
        let other = soap
            .call(&sandbox, "PayLinkSendRest", &model(&parameters))
            .await;
        assert_eq!(sent(&other).2, (first + 1).to_string());

        let paid = sandbox.sizpay().pay(first).unwrap();
        let number = paid.reference_number.unwrap();
        let asked = ids(&sandbox, &format!("{first},{}", first + 1));
        let by_values = soap.call(&sandbox, "PayLinkPayStatusSoap", &asked).await;
        let by_model = soap
            .call(&sandbox, "PayLinkPayStatusRest", &model(&asked))
            .await;
        for answer in [by_values, by_model] {
            let body = answer.body.replace("&quot;", "\"");
            assert_eq!(element(&body, "ResCod"), "1");
            assert_eq!(element(&body, "prmPayLinkFirstStatus"), "1");
            assert_eq!(element(&body, "prmPayLinkFirstRefNo"), number);
            let list = format!(
                r#"[{{"PayLinkSendID":{first},"InvoiceNo":"99112101","Status":1,"RefNo":"{number}"}},{{"PayLinkSendID":{},"InvoiceNo":"99112101","Status":0,"RefNo":""}}]"#,
                first + 1
            );
            assert_eq!(element(&body, "prmPayLinkListStatus"), list);
        }
    }
    let link = sandbox.sizpay().link(26_044).unwrap();
    assert_eq!(
        (link.customer_name.as_str(), link.description.as_str()),
        ("خانم <رضایی>", "a]]>b")
    );
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
    assert!(reply.body.contains("نام کاربری"), "{reply:?}");
    let nothing = ids(&sandbox, "");
    let reply = Soap::V11
        .call(&sandbox, "PayLinkPayStatusSoap", &nothing)
        .await;
    assert!(reply.body.contains("فیلتر"), "{reply:?}");
    assert!(sandbox.sizpay().links().is_empty());
}

#[tokio::test]
async fn the_status_by_ids_needs_no_day() {
    let sandbox = Sandbox::start().await.unwrap();
    let reply = Soap::V11
        .call(&sandbox, "PayLinkSendSoap", &new_link(&sandbox))
        .await;
    let send_id = sent(&reply).2;
    sandbox
        .clock()
        .advance(std::time::Duration::from_secs(3 * 86_400));
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
    assert!(reply.body.contains(response), "{reply:?}");
}
