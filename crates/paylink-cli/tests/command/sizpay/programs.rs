//! What programs read.

use serde_json::json;

use super::{SEND, WAYS, sent};
use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn every_way_sends_and_asks() {
    let shop = Shop::open().await;
    for via in WAYS {
        let number = format!("invoice-{via}");
        let sent = shop
            .line(&format!(
                "--json {SEND} --invoice-number {number} --via {via}"
            ))
            .ok();
        let links = shop.sandbox.sizpay().links();
        let link = links.last().unwrap();
        assert_eq!(link.invoice_number, number);
        assert_eq!((link.amount, &*link.mobile), (250_000, "09122272730"));
        assert_eq!(sent["send_id"], json!(link.send_id));
        assert_eq!(sent["send_date"], json!(link.sent_on()));
        let url = (via == "rest").then_some(&link.url);
        assert_eq!(sent["url"], json!(url), "{via}");

        let reference = shop.sandbox.sizpay().pay(link.send_id).unwrap();
        let status = shop.line(&format!(
            "--json sizpay status --send-id {} --via {via}",
            link.send_id
        ));
        let payment = &status.ok()["payments"][0];
        assert_eq!(payment["state"], "paid", "{via}");
        assert_eq!(payment["reference"], json!(reference.reference_number));
    }
    let methods: Vec<_> = shop
        .sandbox
        .journal()
        .iter()
        .map(|entry| entry.operation)
        .collect();
    assert_eq!(
        methods,
        [
            "PayLinkSend",
            "PayLinkPayStatus",
            "PayLinkSendSoap",
            "PayLinkPayStatusSoap",
            "PayLinkSendRest",
            "PayLinkPayStatusRest",
            "PayLinkSendRest",
            "PayLinkPayStatusRest"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_rest_alone_offers_is_refused_before_sending() {
    let shop = Shop::open().await;
    for words in [
        "disable --send-id 1",
        "resend --invoice-number 1",
        "status --invoice-number 1",
        "status",
        "resolve -",
    ] {
        for via in ["soap", "soap-model", "asmx-json"] {
            let mut command = shop.command(&["--json", "sizpay", "--via", via]);
            command.args(words.split(' '));
            let run = shop.finish(command);
            assert_eq!((run.status, &run.error()["place"]), (2, &json!("--via")));
        }
    }
    assert!(shop.sandbox.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn several_links_are_asked_about_at_once() {
    let shop = Shop::open().await;
    for number in ["1000", "1001", "1002"] {
        sent(&shop, number);
    }
    let numbers = |line: &str| -> Vec<String> {
        let line = format!("--json sizpay status {line}");
        let payments = shop.line(line.trim()).ok();
        let payments = payments["payments"].as_array().unwrap().clone();
        let number = |it: &serde_json::Value| it["invoice_number"].as_str().unwrap().to_owned();
        payments.iter().map(number).collect()
    };
    assert_eq!(numbers("--send-id 26043 --send-id 26041"), ["1002", "1000"]);
    assert_eq!(
        numbers("--invoice-number 1001 --invoice-number 1002"),
        ["1001", "1002"]
    );
    assert_eq!(numbers(""), ["1000", "1001", "1002"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_names_its_flag() {
    let shop = Shop::open().await;
    let long = "x".repeat(51);
    let pairs = [
        ("--amount", "0"),
        ("--amount", "1.5"),
        ("--mobile", "0912227273"),
        ("--invoice-number", "1,2"),
        ("--customer-name", &long),
        ("--description", &long),
        ("--via", "soap12"),
    ];
    for (flag, value) in pairs {
        let mut words = vec!["--json", "sizpay", "send-link"];
        for (usual, given) in [
            ("--amount", "10"),
            ("--mobile", "09122272730"),
            ("--invoice-number", "1"),
        ] {
            if usual != flag {
                words.extend([usual, given]);
            }
        }
        words.extend([flag, value]);
        let run = shop.run(&words);
        assert_eq!(run.status, 2, "{run:?}");
        assert_eq!(run.error()["place"], flag, "{run:?}");
    }
    for (line, field) in [
        ("status --send-date 1399/13/01", "--send-date"),
        ("status --send-id 0", "--send-id"),
        ("disable --send-id x", "--send-id"),
        ("resend --invoice-number 1,2", "--invoice-number"),
    ] {
        let run = shop.line(&format!("--json sizpay {line}"));
        assert_eq!((run.status, &run.error()["place"]), (2, &json!(field)));
    }
    assert!(shop.sandbox.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_not_whole_says_what_is_missing() {
    let shop = Shop::open().await;
    for name in ["USER_NAME", "PASSWORD", "PAY_LINK_NAME"] {
        let variable = format!("PAYLINK_SIZPAY_{name}");
        let mut command = shop.command(&["--json", "sizpay", "status"]);
        command.env_remove(&variable);
        let run = shop.finish(command);
        assert_eq!((run.status, &run.error()["place"]), (2, &json!(variable)));
    }
    let secret = shop.line("sizpay status --password 123");
    assert_eq!(secret.status, 2);
    assert!(
        secret.stderr.contains("PAYLINK_SIZPAY_PASSWORD"),
        "{secret:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_refused_and_not_told() {
    let shop = Shop::open().await;
    let mut command = shop.command(&["--json", "sizpay", "status"]);
    command.env("PAYLINK_SIZPAY_PASSWORD", "an-old-key-of-the-merchant");
    let run = shop.finish(command);
    assert_eq!((run.status, &run.error()["kind"]), (1, &json!("refused")));
    assert!(!run.stdout.contains("an-old-key"), "{run:?}");
}
