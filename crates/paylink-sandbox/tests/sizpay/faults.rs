use paylink_sandbox::{Fault, Sandbox};
use serde_json::json;

use crate::client::{exchange, send};
use crate::envelope::{PATH, Soap, model, new_link};
use crate::shop::{Shop, new};

#[tokio::test]
async fn a_lost_answer_leaves_the_link_and_its_message() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let body = shop.with_keys(new(json!({}))).to_string();
    let path = "/sizpay/api/PayLinkSend/PayLinkSend";
    let headers = [("content-type", "application/json")];
    for (fault, links) in [(Fault::DropBefore, 0), (Fault::DropAfter, 1)] {
        sandbox.faults().next("sizpay", "PayLinkSend", fault);
        let raw = exchange(sandbox.url(), "POST", path, &headers, body.as_bytes()).await;
        assert_eq!(
            (raw.as_slice(), sandbox.sizpay().links().len()),
            (b"".as_slice(), links)
        );
        assert_eq!(sandbox.sms().len(), links);
    }
}

#[tokio::test]
async fn an_asmx_method_meets_its_fault_whichever_way_it_is_called() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox
        .faults()
        .times("sizpay", "PayLinkSendRest", 2, Fault::Status(503));
    let parameters = model(&new_link(&sandbox));
    let soap = Soap::V11
        .call(&sandbox, "PayLinkSendRest", &parameters)
        .await;
    let headers = [("content-type", "application/json")];
    let path = format!("{PATH}/PayLinkSendRest");
    let script = send(sandbox.url(), "POST", &path, &headers, b"{}").await;
    assert_eq!((soap.status, script.status), (503, 503));
    assert!(sandbox.faults().pending().is_empty());
    assert!(sandbox.sizpay().links().is_empty());
    let soap = Soap::V11
        .call(&sandbox, "PayLinkSendRest", &parameters)
        .await;
    assert_eq!(soap.status, 200);
}

#[tokio::test]
async fn a_truncated_answer_breaks_off_after_sending() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox
        .faults()
        .next("sizpay", "PayLinkSendSoap", Fault::Truncated);
    let reply = Soap::V11
        .call(&sandbox, "PayLinkSendSoap", &new_link(&sandbox))
        .await;
    let promised: usize = reply.header("content-length").unwrap().parse().unwrap();
    assert_eq!(reply.body.len(), promised / 2);
    assert_eq!(sandbox.sizpay().links().len(), 1);
}
