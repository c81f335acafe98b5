use paylink_sandbox::{JournalEntry, Sandbox};
use serde_json::json;

use crate::client::send;
use crate::envelope::{NAMESPACE, PATH, Soap, model, new_link};
use crate::shop::{Shop, new};

fn value<'a>(entry: &'a JournalEntry, name: &str) -> Option<&'a str> {
    let found = entry.parameters.iter().find(|given| given.name == name);
    found.map(|parameter| parameter.value.as_str())
}

#[tokio::test]
async fn calls_are_noted_over_every_wire_with_the_keys_redacted() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    shop.send("99112101").await;
    let parameters = new_link(&sandbox);
    Soap::V11
        .call(&sandbox, "PayLinkSendSoap", &parameters)
        .await;
    Soap::V12
        .call(&sandbox, "PayLinkSendRest", &model(&parameters))
        .await;
    let body = json!({"PayLinkData": shop.with_keys(new(json!({})))}).to_string();
    let headers = [("content-type", "application/json")];
    let path = format!("{PATH}/PayLinkSendRest");
    send(sandbox.url(), "POST", &path, &headers, body.as_bytes()).await;

    let journal = sandbox.journal();
    let operations: Vec<_> = journal
        .iter()
        .map(|entry| (entry.provider, entry.operation, entry.answered))
        .collect();
    assert_eq!(
        operations,
        [
            ("sizpay", "PayLinkSend", Some(200)),
            ("sizpay", "PayLinkSendSoap", Some(200)),
            ("sizpay", "PayLinkSendRest", Some(200)),
            ("sizpay", "PayLinkSendRest", Some(200)),
        ]
    );
    for entry in &journal {
        assert_eq!(value(entry, "UserName"), Some("[redacted]"));
        assert_eq!(value(entry, "Password"), Some("[redacted]"));
        assert_eq!(value(entry, "InvoiceNo"), Some("99112101"));
        assert_eq!(value(entry, "Amount"), Some("10000"));
    }
}

#[tokio::test]
async fn what_no_method_has_is_named_without_its_value() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let fields = json!({"Token": "hunter2", "Description": sandbox.sizpay().password()});
    shop.call("PayLinkSend", fields.clone()).await;
    shop.call("PayLinkExplode", fields).await;
    for (entry, operation) in sandbox.journal().iter().zip(["PayLinkSend", "unknown"]) {
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
    let sandbox = Sandbox::start().await.unwrap();
    Shop::of(&sandbox).send("1").await;
    let sizpay = sandbox.sizpay();
    let printed = format!(
        "{sandbox:?} {sizpay:?} {:?} {:?} {:?} {:?}",
        sizpay.merchant(),
        sizpay.links(),
        sandbox.journal(),
        sandbox.sms()
    );
    assert!(printed.contains("PayLinkSend") && printed.contains("hosseini"));
    for merchant in [sizpay.merchant(), sizpay.other_merchant()] {
        for secret in [merchant.user_name(), merchant.password()] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
}
