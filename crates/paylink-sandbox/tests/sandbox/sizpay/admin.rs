//! The API under `/_sandbox/sizpay`, the journal and faults.

use paylink_sandbox::sizpay::Status;
use paylink_sandbox::{Fault, JournalEntry, Sandbox};
use serde_json::{Value, json};

use crate::client::{
    JSON, answer_to, change_settings, exchange, get_json, kinds, posted, routes_of, send,
};
use crate::sizpay::{NAMESPACE, PATH, Soap, model, new, new_link, open, snapshot};

#[tokio::test]
async fn its_routes_are_described() {
    let sandbox = Sandbox::start().await.unwrap();
    #[rustfmt::skip]
    let routes = [
        "GET links", "GET links/{send_id}", "GET settings", "POST links/{send_id}/decline",
        "POST links/{send_id}/pay", "POST settings",
    ];
    assert_eq!(routes_of(&sandbox, "sizpay").await, routes);
}

#[tokio::test]
async fn its_settings_are_read_and_changed_one_by_one() {
    let sandbox = Sandbox::start().await.unwrap();
    let unusable = [
        json!({"namespace": "no uri"}),
        json!({"answer_shape": "round"}),
    ];
    #[rustfmt::skip]
    let settings = [
        ("namespace", json!("http://tempuri.org/"), json!("https://rt.sizpay.com/")),
        ("answer_shape", json!("out-parameters"), json!("json-result")),
        ("status_list", json!("text"), json!("array")),
        ("status_names", json!("prefixed"), json!("bare")),
        ("result_code", json!("number"), json!("text")),
    ];
    change_settings(&sandbox, "sizpay", &settings, &unusable).await;
}

#[tokio::test]
async fn links_are_listed_paid_and_declined() {
    let (sandbox, shop) = open().await;
    let (paid, declined) = (shop.send("1").await, shop.send("2").await);
    let path = |send_id: u64, act: &str| format!("/_sandbox/sizpay/links/{send_id}{act}");

    let shown = answer_to(&sandbox, &path(paid, "/pay"), &Value::Null).await;
    assert_eq!(shown["status"], "paid");
    assert_eq!(shown["reference_number"].as_str().unwrap().len(), 12);
    let shown = answer_to(&sandbox, &path(declined, "/decline"), &Value::Null).await;
    assert_eq!(shown["status"], "open");
    assert_eq!(kinds(&shown), ["sent", "declined"]);
    for act in ["/pay", "/decline"] {
        posted(&sandbox, &path(paid, act), &Value::Null, 409).await;
        posted(&sandbox, &path(7, act), &Value::Null, 404).await;
    }

    let links = get_json(&sandbox, "/_sandbox/sizpay/links").await;
    assert_eq!(links.as_array().unwrap().len(), 2);
    assert_eq!(links[1], get_json(&sandbox, &path(declined, "")).await);
    let link = snapshot(&sandbox, declined);
    assert_eq!(links[1]["url"], link.url);
    assert_eq!(link.status, Status::Open);
}

fn value<'a>(entry: &'a JournalEntry, name: &str) -> Option<&'a str> {
    let found = entry.parameters.iter().find(|given| given.name == name);
    found.map(|parameter| parameter.value.as_str())
}

#[tokio::test]
async fn calls_are_noted_over_every_wire_with_the_keys_redacted() {
    let (sandbox, shop) = open().await;
    shop.send("99112101").await;
    let parameters = new_link(&sandbox);
    Soap::V11
        .call(&sandbox, "PayLinkSendSoap", &parameters)
        .await;
    Soap::V12
        .call(&sandbox, "PayLinkSendRest", &model(&parameters))
        .await;
    let body = json!({"PayLinkData": shop.with_keys(new(json!({})))}).to_string();
    let path = format!("{PATH}/PayLinkSendRest");
    send(sandbox.url(), "POST", &path, &[JSON], body.as_bytes()).await;

    let journal = sandbox.journal();
    let operations: Vec<_> = journal
        .iter()
        .map(|entry| (entry.provider, entry.operation, entry.answered))
        .collect();
    assert_eq!(
        operations,
        [
            ("sizpay", "send-link", Some(200)),
            ("sizpay", "send-link", Some(200)),
            ("sizpay", "send-link", Some(200)),
            ("sizpay", "send-link", Some(200)),
        ]
    );
    for (entry, link) in journal.iter().zip(sandbox.sizpay().links()) {
        assert_eq!(entry.payment, Some(link.send_id.to_string()));
        let request = entry.request();
        let shown = [
            request.body.contains("99112101"),
            request.body.contains("[redacted]"),
        ];
        assert_eq!(shown, [true; 2], "{request:?}");
    }
    for entry in &journal {
        assert_eq!(value(entry, "UserName"), Some("[redacted]"));
        assert_eq!(value(entry, "Password"), Some("[redacted]"));
        assert_eq!(value(entry, "InvoiceNo"), Some("99112101"));
        assert_eq!(value(entry, "Amount"), Some("10000"));
    }
}

#[tokio::test]
async fn what_no_method_has_is_named_without_its_value() {
    let (sandbox, shop) = open().await;
    let fields = json!({"Token": "hunter2", "Description": sandbox.sizpay().password()});
    shop.call("PayLinkSend", fields.clone()).await;
    shop.call("PayLinkExplode", fields).await;
    for (entry, operation) in sandbox.journal().iter().zip(["send-link", "unknown"]) {
        assert_eq!(entry.operation, operation);
        assert_eq!(value(entry, "Token"), Some("[redacted]"));
        assert_eq!(value(entry, "Description"), Some("[redacted]"));
    }
}

#[tokio::test]
async fn a_fault_is_noted_without_what_was_not_understood() {
    let sandbox = Sandbox::start().await.unwrap();
    let document = Soap::V11.envelope(&new_link(&sandbox));
    let action = format!("{NAMESPACE}PayLinkSendSoap");
    Soap::V11.post(&sandbox, &action, &document).await;
    let [entry] = sandbox.journal().try_into().unwrap();
    assert_eq!((entry.operation, entry.answered), ("unknown", Some(500)));
    assert!(entry.parameters.is_empty());
}

#[tokio::test]
async fn nothing_that_is_printed_holds_a_key() {
    let (sandbox, shop) = open().await;
    shop.send("1").await;
    let sizpay = sandbox.sizpay();
    let printed = format!(
        "{sandbox:?} {sizpay:?} {:?} {:?} {:?} {:?}",
        sizpay.merchant(),
        sizpay.links(),
        sandbox.journal(),
        sandbox.sms()
    );
    assert!(printed.contains("send-link") && printed.contains("hosseini"));
    for merchant in [sizpay.merchant(), sizpay.other_merchant()] {
        for secret in [merchant.user_name(), merchant.password()] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_the_link_and_its_message() {
    let (sandbox, shop) = open().await;
    let body = shop.with_keys(new(json!({}))).to_string();
    let path = "/sizpay/api/PayLinkSend/PayLinkSend";
    for (fault, links) in [(Fault::DropBefore, 0), (Fault::DropAfter, 1)] {
        sandbox.faults().next("sizpay", "send-link", fault).unwrap();
        let raw = exchange(sandbox.url(), "POST", path, &[JSON], body.as_bytes()).await;
        assert_eq!(raw, b"", "{fault}");
        assert_eq!(sandbox.sizpay().links().len(), links, "{fault}");
        assert_eq!(sandbox.sms().len(), links, "{fault}");
    }
}

#[tokio::test]
async fn an_asmx_method_meets_its_fault_whichever_way_it_is_called() {
    let sandbox = Sandbox::start().await.unwrap();
    let (faults, method) = (sandbox.faults(), "PayLinkSendRest");
    faults
        .times("sizpay", "send-link", 2, Fault::Status(503))
        .unwrap();
    let parameters = model(&new_link(&sandbox));
    let soap = Soap::V11.call(&sandbox, method, &parameters).await;
    let path = format!("{PATH}/{method}");
    let script = send(sandbox.url(), "POST", &path, &[JSON], b"{}").await;
    assert_eq!((soap.status, script.status), (503, 503));
    assert!(faults.pending().is_empty());
    assert!(sandbox.sizpay().links().is_empty());
    let soap = Soap::V11.call(&sandbox, method, &parameters).await;
    assert_eq!(soap.status, 200);
}
