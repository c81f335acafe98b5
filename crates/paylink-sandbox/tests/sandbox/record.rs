//! What the sandbox remembers: requests and answers, and all of it in a snapshot.

use std::time::Duration;

use paylink_sandbox::cardpay::Status;
use paylink_sandbox::{Fault, FaultRule, Sandbox, Snapshot, zipay};
use serde_json::{Value, json};

use crate::client::{JSON, Reply, get, get_json, of, post_json, posted, send};
use crate::zipay::Shop;
use crate::{cardpay, pod, sizpay};

#[tokio::test]
async fn a_request_is_shown_with_its_answer_and_a_curl() {
    let (sandbox, shop) = crate::zipay::open().await;
    let trackid = shop.create("1").await;
    let shown = get_json(&sandbox, "/_sandbox/journal/1").await;
    assert_eq!(shown["entry"]["payment"], json!(trackid));
    assert_eq!(shown["request"]["line"], "POST /zipay/api/create-invoice");
    assert_eq!(shown["answer"]["line"], "200 OK");
    let answer = shown["answer"]["body"].as_str().unwrap();
    assert!(answer.contains(&trackid), "{answer}");
    let curl = shown["curl"].as_str().unwrap();
    for part in ["$PAYLINK_ZIPAY_API_KEY", "openssl dgst", "invoice_number=1"] {
        assert!(curl.contains(part), "{curl}");
    }
    for secret in [&shop.api_key, &shop.secret_key] {
        assert!(!shown.to_string().contains(secret), "{shown}");
    }
    assert_eq!(get(&sandbox, "/_sandbox/journal/2").await.status, 404);
}

#[tokio::test]
async fn a_request_is_sent_again_as_it_came() {
    let (sandbox, shop) = crate::zipay::open().await;
    let trackid = shop.create("1").await;
    shop.call("invoice-status", &[("trackid", &trackid)]).await;
    let path = "/_sandbox/journal/2/resend";
    let again = post_json(&sandbox, path, &json!({})).await.json();
    let entry = &again["entry"];
    let noted = of(entry, &["number", "operation", "answered", "repeats"]);
    assert_eq!(noted, json!([3, "status", 200, 2]));
    // The same create is refused by its number, as the first one would be.
    let again = post_json(&sandbox, "/_sandbox/journal/1/resend", &json!({})).await;
    assert_eq!(again.json()["entry"]["answered"], 422);

    let lost = FaultRule::new(Fault::DropAfter).of("zipay");
    sandbox.faults().set(lost).unwrap();
    let lost = post_json(&sandbox, path, &json!({})).await;
    assert_eq!(
        (lost.status, &lost.json()["error"]["code"]),
        (409, &json!("no-answer"))
    );
    assert_eq!(sandbox.journal().len(), 5);
}

#[tokio::test]
async fn requests_can_be_taken_along_as_an_archive() {
    let (sandbox, shop) = crate::zipay::open().await;
    let trackid = shop.create("1").await;
    sandbox
        .faults()
        .next("zipay", "status", Fault::DropAfter)
        .unwrap();
    let headers = [("api_key", shop.api_key.as_str())];
    let path = "/zipay/api/invoice-status";
    let form = format!("trackid={trackid}");
    let lost =
        crate::client::exchange(sandbox.url(), "POST", path, &headers, form.as_bytes()).await;
    assert!(lost.is_empty());
    let har = get_json(&sandbox, "/_sandbox/journal.har").await;
    let entries = har["log"]["entries"].as_array().unwrap();
    let statuses: Vec<_> = entries.iter().map(|it| &it["response"]["status"]).collect();
    assert_eq!(statuses, [200, 0]);
    assert_eq!(har["log"]["version"], "1.2");
    assert_eq!(entries[1]["comment"], "fault: drop-after");
    let url = format!("{}/zipay/api/create-invoice", sandbox.url());
    assert_eq!(entries[0]["request"]["url"], json!(url));
    assert!(!har.to_string().contains(&shop.api_key), "{har}");
}

#[tokio::test]
async fn whoever_waits_learns_of_a_change() {
    let (sandbox, shop) = crate::zipay::open().await;
    let count = get_json(&sandbox, "/_sandbox/changes/0").await["count"].clone();
    let waits = format!("/_sandbox/changes/{count}");
    let (changed, _) = tokio::join!(get_json(&sandbox, &waits), shop.create("1"));
    assert!(changed["count"].as_u64() > count.as_u64(), "{changed}");
}

#[tokio::test]
async fn one_request_alone_meets_the_fault_in_its_header() {
    let sandbox = Sandbox::start().await.unwrap();
    let cardpay = sandbox.cardpay();
    let asks = async |fault: &str| {
        let headers = [("token", cardpay.token()), ("sandbox-fault", fault)];
        send(sandbox.url(), "GET", "/cardpay/api/carts", &headers, b"").await
    };
    assert_eq!(asks("status 503").await.status, 503);
    assert!(asks("html").await.body.contains("sign in"));
    for (bad, about) in [
        ("lost", "drop-after"),
        ("webhook-twice", "/_sandbox/faults"),
    ] {
        let refused = asks(bad).await;
        assert_eq!(refused.status, 400);
        let message = refused.json()["error"]["message"].to_string();
        assert!(message.contains(about), "{message}");
    }
    let headers = [("token", cardpay.token())];
    let plain = send(sandbox.url(), "GET", "/cardpay/api/carts", &headers, b"").await;
    assert_eq!(plain.status, 200);
}

#[tokio::test]
async fn presets_are_switched_by_their_names() {
    let sandbox = Sandbox::start().await.unwrap();
    let on = json!({"on": true, "provider": "zipay"});
    let down = "/_sandbox/presets/provider-down";
    posted(&sandbox, down, &on, 200).await;
    let shop = Shop::of(&sandbox);
    assert_eq!(shop.call("invoice-list", &[]).await.status, 503);
    assert_eq!(cardpay::Shop::of(&sandbox).get("carts").await.status, 200);
    let listed = get_json(&sandbox, "/_sandbox/presets").await;
    let listed = listed
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["on"] == true);
    let listed: Vec<_> = listed.map(|it| of(it, &["name", "provider"])).collect();
    assert_eq!(listed, [json!(["provider-down", "zipay"])]);
    posted(&sandbox, down, &json!({"on": false}), 200).await;
    assert_eq!(shop.call("invoice-list", &[]).await.status, 200);

    for on in [true, false] {
        let unknown = json!({"on": on, "provider": "paypal"});
        posted(&sandbox, down, &unknown, 422).await;
    }
    let unknown = post_json(&sandbox, "/_sandbox/presets/earthquake", &on).await;
    assert_eq!(unknown.status, 404);
    let known = unknown.json()["error"]["known"].to_string();
    assert!(known.contains("slow-bank"), "{known}");
}

/// A sandbox in which each provider has a payment, and something has happened to it.
async fn busy() -> (Sandbox, String) {
    let (sandbox, shop) = crate::zipay::open().await;
    // Keys stay those of the first seed.
    sandbox.reseed(9);
    let trackid = shop.create("1").await;
    sandbox.zipay().pay(&trackid).unwrap();
    sizpay::Shop::of(&sandbox).send("1").await;
    let issued = pod::Shop::of(&sandbox).issue(&[]).await;
    let id = issued["id"].as_u64().unwrap();
    sandbox.pod().pay_by_wallet(id).unwrap();
    let card = sandbox.cardpay().payer_card();
    let created = cardpay::Shop::of(&sandbox)
        .create_with("1", &[("card", card)])
        .await;
    sandbox
        .cardpay()
        .transfer(created.pay_id, 77, None)
        .unwrap();
    sandbox
        .zipay()
        .change_settings(|it| it.second_verify = zipay::SecondVerify::Refuses);
    let rule = FaultRule::new(Fault::Html).of("pod").percent(50);
    sandbox.faults().set(rule).unwrap();
    sandbox.clock().advance(Duration::from_secs(60));
    (sandbox, trackid)
}

/// Everything but the journal, in which the requests that ask for it stand.
async fn all(sandbox: &Sandbox) -> Vec<Value> {
    let mut all = Vec::new();
    for path in [
        "zipay/invoices",
        "sizpay/links",
        "pod/invoices",
        "pod/accounts",
        "cardpay/payments",
        "cardpay/deposits",
        "zipay/settings",
        "faults",
        "webhooks",
        "sms",
        "seed",
        "environment",
    ] {
        let value = get(sandbox, &format!("/_sandbox/{path}")).await;
        let value = value.body.replace(sandbox.url(), "ORIGIN");
        all.push(serde_json::from_str(&value).unwrap());
    }
    all
}

#[tokio::test]
async fn a_sandbox_goes_on_where_another_was() {
    let (sandbox, trackid) = busy().await;
    let before = all(&sandbox).await;
    let written = serde_json::to_string(&sandbox.snapshot()).unwrap();
    for secret in [
        sandbox.zipay().api_key(),
        sandbox.pod().token(),
        sandbox.cardpay().payer_card(),
    ] {
        assert!(!written.contains(secret), "{written}");
    }
    let draw = async |sandbox: &Sandbox| Shop::of(sandbox).create("2").await;
    let next = draw(&sandbox).await;
    sandbox.shutdown().await;

    let read: Snapshot = serde_json::from_str(&written).unwrap();
    let sandbox = Sandbox::builder().snapshot(read).start().await.unwrap();
    assert_eq!(all(&sandbox).await, before);
    assert_eq!(draw(&sandbox).await, next);
    assert_eq!(sandbox.clock().advanced(), Duration::from_secs(60));
    // What was to happen happens, and what was paid can be confirmed.
    sandbox.clock().advance(Duration::from_secs(30 * 60));
    let given_back = sandbox.zipay().invoice(&trackid).unwrap();
    assert_eq!(given_back.status, zipay::Status::Rejected);
    let expired = sandbox.cardpay().payments().remove(0);
    assert_eq!(expired.status, Status::Expired);
}

#[tokio::test]
async fn a_snapshot_is_loaded_over_http_and_a_bad_one_changes_nothing() {
    let (sandbox, _) = busy().await;
    let snapshot = get_json(&sandbox, "/_sandbox/snapshot").await;
    let before = all(&sandbox).await;
    posted(&sandbox, "/_sandbox/reset", &json!({}), 200).await;
    assert!(sandbox.zipay().invoices().is_empty() && sandbox.sms().is_empty());
    assert!(sandbox.faults().pending().is_empty() && sandbox.journal().is_empty());
    assert_eq!(sandbox.clock().advanced(), Duration::ZERO);

    let mut bad = snapshot.clone();
    bad["providers"]["pod"]["store"]["invoices"] = json!(7);
    let mut newer = snapshot.clone();
    newer["version"] = json!(2);
    for bad in [bad, newer, json!({})] {
        assert_eq!(load(&sandbox, &bad).await.status, 422);
        assert!(sandbox.zipay().invoices().is_empty());
    }
    assert_eq!(load(&sandbox, &snapshot).await.status, 200);
    let mut after = all(&sandbox).await;
    // The rules are numbered anew.
    let faults = &mut after[7][0];
    assert_eq!(faults["percent"], 50);
    faults["number"] = before[7][0]["number"].clone();
    assert_eq!(after, before);
}

async fn load(sandbox: &Sandbox, snapshot: &Value) -> Reply {
    let body = snapshot.to_string();
    let path = "/_sandbox/snapshot";
    send(sandbox.url(), "POST", path, &[JSON], body.as_bytes()).await
}

#[tokio::test]
async fn a_reset_sandbox_does_the_same_again() {
    let sandbox = Sandbox::builder().seed(7).start().await.unwrap();
    let run = async || {
        let trackid = Shop::of(&sandbox).create("1").await;
        let link = sizpay::Shop::of(&sandbox).send("1").await;
        let invoice = pod::Shop::of(&sandbox).issue(&[]).await;
        let payment = cardpay::Shop::of(&sandbox).create("1").await;
        let issued = of(&invoice, &["id", "uniqueNumber"]);
        (trackid, link, issued, payment.pay_id, payment.amount)
    };
    let first = run().await;
    sandbox.reset();
    assert_eq!(run().await, first);
}

#[tokio::test]
async fn the_oldest_payments_make_room() {
    let sandbox = Sandbox::builder().keep_payments(2).start().await.unwrap();
    let (zipay, sizpay) = (Shop::of(&sandbox), sizpay::Shop::of(&sandbox));
    let (pod, cardpay) = (pod::Shop::of(&sandbox), cardpay::Shop::of(&sandbox));
    let mut first = Vec::new();
    for number in ["1", "2", "3"] {
        let trackid = zipay.create(number).await;
        sandbox.zipay().pay(&trackid).unwrap();
        first.push(trackid);
        sizpay.send(number).await;
        pod.issue(&[("billNumber", number)]).await;
        let payment = cardpay.create(number).await;
        sandbox.cardpay().pay(payment.pay_id).unwrap();
    }
    let kept = [
        sandbox.zipay().invoices().len(),
        sandbox.sizpay().links().len(),
        sandbox.pod().invoices().len(),
        sandbox.cardpay().payments().len(),
        sandbox.cardpay().deposits().len(),
    ];
    assert_eq!(kept, [2; 5]);

    assert!(sandbox.zipay().invoice(&first[0]).is_none());
    // Its number is free again, and what is kept goes back in time.
    zipay.create("1").await;
    cardpay.create("1").await;
    sandbox.clock().advance(Duration::from_secs(30 * 60));
    let status = sandbox.zipay().invoice(&first[2]).unwrap().status;
    assert_eq!(status, zipay::Status::Rejected);
}

#[tokio::test]
async fn a_hundred_sandboxes_run_at_once() {
    let started = (0..100).map(|_| Sandbox::start());
    let mut all = Vec::new();
    for start in started {
        all.push(start.await.unwrap());
    }
    for (number, sandbox) in all.iter().enumerate() {
        Shop::of(sandbox).create(&number.to_string()).await;
    }
    for sandbox in &all {
        assert_eq!(sandbox.zipay().invoices().len(), 1);
    }
    for sandbox in all {
        sandbox.shutdown().await;
    }
}

/// Only the variables to export hold keys.
#[tokio::test]
async fn no_answer_of_the_api_but_the_environment_holds_a_key() {
    let (sandbox, _) = busy().await;
    let document = get_json(&sandbox, "/_sandbox/openapi.json").await;
    let paths = document["paths"].as_object().unwrap().iter();
    let read = paths.filter(|(path, item)| item["get"].is_object() && !path.contains('{'));
    let read: Vec<_> = read.map(|(path, _)| path.as_str()).collect();
    assert!(read.len() > 15, "{read:?}");
    let providers = sandbox.providers().iter();
    let accounts = providers.flat_map(|it| [Some(it.settings()), it.other_settings()]);
    let settings: Vec<_> = accounts.flatten().flatten().collect();
    let secret = |key: &str| {
        [
            "api_key",
            "secret_key",
            "user_name",
            "password",
            "token",
            "user_token",
        ]
        .contains(&key)
    };
    let secrets: Vec<_> = settings.iter().filter(|(key, _)| secret(key)).collect();
    let card = sandbox.cardpay().payer_card();
    for path in read
        .iter()
        .chain(&["/_sandbox/journal/1", "/accounts", "/requests/1"])
    {
        let reply = get(&sandbox, path).await;
        assert_eq!(reply.status, 200, "{path}");
        assert!(!reply.body.contains(card), "{path}");
        for (key, value) in &secrets {
            let is_there = reply.body.contains(value);
            assert_eq!(is_there, *path == "/_sandbox/environment", "{path} {key}");
        }
    }
}
