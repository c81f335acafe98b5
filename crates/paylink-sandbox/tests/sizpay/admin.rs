use std::collections::BTreeSet;

use paylink_sandbox::sizpay::{AnswerShape, Status};
use paylink_sandbox::{Fault, Sandbox};
use serde_json::{Value, json};

use crate::client::{Reply, send};
use crate::shop::{Shop, list};

async fn get(sandbox: &Sandbox, path: &str) -> Value {
    let reply = send(sandbox.url(), "GET", path, &[], b"").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

async fn post(sandbox: &Sandbox, path: &str, body: &Value) -> Reply {
    let headers = [("content-type", "application/json")];
    let body = body.to_string();
    send(sandbox.url(), "POST", path, &headers, body.as_bytes()).await
}

#[tokio::test]
async fn links_are_listed_paid_and_declined() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    let (paid, declined) = (shop.send("1").await, shop.send("2").await);
    let path = |send_id: u64, act: &str| format!("/_sandbox/sizpay/links/{send_id}{act}");

    let reply = post(&sandbox, &path(paid, "/pay"), &Value::Null)
        .await
        .json();
    assert_eq!(reply["status"], "paid");
    assert_eq!(reply["reference_number"].as_str().unwrap().len(), 12);
    let reply = post(&sandbox, &path(declined, "/decline"), &Value::Null)
        .await
        .json();
    assert_eq!(reply["status"], "open");
    assert_eq!(reply["history"][1]["kind"], "declined");
    for act in ["/pay", "/decline"] {
        assert_eq!(
            post(&sandbox, &path(paid, act), &Value::Null).await.status,
            409
        );
        assert_eq!(
            post(&sandbox, &path(7, act), &Value::Null).await.status,
            404
        );
    }

    let links = get(&sandbox, "/_sandbox/sizpay/links").await;
    assert_eq!(links.as_array().unwrap().len(), 2);
    assert_eq!(links[1], get(&sandbox, &path(declined, "")).await);
    let link = sandbox.sizpay().link(declined).unwrap();
    assert_eq!(links[1]["url"], link.url);
    assert_eq!(link.status, Status::Open);
}

#[tokio::test]
async fn settings_are_read_and_changed() {
    let sandbox = Sandbox::start().await.unwrap();
    let path = "/_sandbox/sizpay/settings";
    let defaults = json!({
        "namespace": "http://tempuri.org/", "answer_shape": "out-parameters",
        "status_list": "text", "status_names": "prefixed", "result_code": "number",
    });
    assert_eq!(get(&sandbox, path).await, defaults);
    let wanted = json!({
        "namespace": "https://rt.sizpay.com/", "answer_shape": "json-result",
        "status_list": "array", "status_names": "bare", "result_code": "text",
    });
    assert_eq!(post(&sandbox, path, &wanted).await.json(), wanted);
    let part =
        json!({"answer_shape": "typed-result", "status_list": "text", "status_names": "prefixed"});
    let reply = post(&sandbox, path, &part).await.json();
    assert_eq!(reply["namespace"], "https://rt.sizpay.com/");

    let answer = Shop::of(&sandbox).status("1399/11/21", 0, "").await;
    assert_eq!(
        (&answer["ResCod"], list(&answer)),
        (&json!("1"), Vec::new())
    );
    sandbox
        .sizpay()
        .change_settings(|it| it.answer_shape = AnswerShape::OutParameters);
    for bad in [
        json!({"namespace": "no uri"}),
        json!({"answer_shape": "round"}),
        json!({"shape": "typed-result"}),
    ] {
        assert_eq!(post(&sandbox, path, &bad).await.status, 422, "{bad}");
    }
    let settings = get(&sandbox, path).await;
    assert_eq!(settings["answer_shape"], "out-parameters");
    assert_eq!(settings["namespace"], "https://rt.sizpay.com/");
}

#[tokio::test]
async fn faults_are_set_for_every_operation() {
    let sandbox = Sandbox::start().await.unwrap();
    for operation in [
        "PayLinkSend",
        "PayLinkDisable",
        "PayLinkReSend",
        "PayLinkPayStatus",
        "PayLinkSendSoap",
        "PayLinkPayStatusSoap",
        "PayLinkSendRest",
        "PayLinkPayStatusRest",
    ] {
        let fault =
            json!({"provider": "sizpay", "operation": operation, "fault": {"kind": "html"}});
        assert_eq!(post(&sandbox, "/_sandbox/faults", &fault).await.status, 201);
    }
    assert_eq!(sandbox.faults().pending().len(), 8);
    let answer = Shop::of(&sandbox).call("PayLinkReSend", json!({})).await;
    assert!(answer.body.contains("<html>"), "{answer:?}");
    assert_eq!(sandbox.journal()[0].fault, Some(Fault::Html));
}

#[tokio::test]
async fn the_description_lists_sizpays_routes() {
    let sandbox = Sandbox::start().await.unwrap();
    let document = get(&sandbox, "/_sandbox/openapi.json").await;
    let mut listed = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            if path.starts_with("/_sandbox/sizpay/") {
                listed.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    let served = [
        "GET /_sandbox/sizpay/links",
        "GET /_sandbox/sizpay/links/{send_id}",
        "GET /_sandbox/sizpay/settings",
        "POST /_sandbox/sizpay/links/{send_id}/decline",
        "POST /_sandbox/sizpay/links/{send_id}/pay",
        "POST /_sandbox/sizpay/settings",
    ];
    assert_eq!(listed, served.into_iter().map(str::to_owned).collect());
    let schemas = &document["components"]["schemas"];
    for schema in ["SizpayLink", "SizpayStatus", "Event_SizpayEventKind"] {
        assert!(schemas[schema].is_object(), "{schema}");
    }
    let kind = &schemas["Event_SizpayEventKind"]["properties"]["kind"];
    assert_eq!(kind["enum"][1], "resent", "{kind}");
}

#[tokio::test]
async fn a_seed_replays_keys_and_addresses() {
    let run = async || {
        let sandbox = Sandbox::builder().seed(7).start().await.unwrap();
        Shop::of(&sandbox).send("1").await;
        let paid = sandbox.sizpay().pay(26_041).unwrap();
        let address = paid.url.rsplit('/').next().unwrap().to_owned();
        let user_name = sandbox.sizpay().user_name().to_owned();
        (user_name, address, paid.reference_number)
    };
    assert_eq!(run().await, run().await);
}
