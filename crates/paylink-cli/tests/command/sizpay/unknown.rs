//! An SMS of which nobody knows whether it went out.

use std::fs;
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use paylink_sandbox::Fault;
use serde_json::{Value, json};

use super::{SEND, WAYS, sent};
use crate::shop::Shop;

/// Moves the sandbox to noon in Tehran: around midnight a look-up asks about two days.
fn move_to_noon(shop: &Shop) {
    const NOON: u64 = 8 * 3600 + 30 * 60;
    const DAY: u64 = 24 * 3600;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let to_noon = (NOON + DAY - now.unwrap().as_secs() % DAY) % DAY;
    shop.sandbox.clock().advance(Duration::from_secs(to_noon));
}

/// The handle as it would be if the command had gone by the sandbox's clock.
fn moved(shop: &Shop, mut handle: Value) -> Value {
    let by = u64::try_from(shop.sandbox.clock().advanced().as_millis()).unwrap();
    for time in ["prepared_at_ms", "failed_at_ms"] {
        let at = handle[time].as_u64().unwrap();
        handle[time] = json!(at + by);
    }
    handle
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_whose_answer_is_lost_is_found_by_rest() {
    let methods = [
        "PayLinkSend",
        "PayLinkSendSoap",
        "PayLinkSendRest",
        "PayLinkSendRest",
    ];
    for (via, method) in WAYS.into_iter().zip(methods) {
        let shop = Shop::open().await;
        move_to_noon(&shop);
        shop.sandbox
            .faults()
            .next("sizpay", method, Fault::DropAfter);
        let lost = shop.line(&format!("--json {SEND} --invoice-number 1000 --via {via}"));
        assert_eq!(lost.status, 3, "{lost:?}");
        let error = lost.error();
        assert_eq!(error["effect"], "unknown", "{via}");

        let mut command = shop.command(&["--json", "sizpay", "resolve"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let handle = moved(&shop, error["handle"].clone());
        write!(child.stdin.take().unwrap(), "{handle}").unwrap();
        let found = shop.wait(child).ok();
        assert_eq!(found["resolution"], "executed", "{via}");
        assert_eq!(found["payment"]["send_id"], json!(26041));
        assert_eq!(found["payment"]["invoice_number"], "1000");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_that_is_suggested_finds_it() {
    let shop = Shop::open().await;
    move_to_noon(&shop);
    shop.sandbox
        .faults()
        .next("sizpay", "PayLinkSendSoap", Fault::Truncated);
    let file = shop.path("handle.json");
    let lost = shop.line(&format!(
        "{SEND} --invoice-number 1000 --via soap --handle-file handle.json"
    ));
    assert_eq!(lost.status, 3, "{lost:?}");
    let stored = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    fs::write(&file, moved(&shop, stored).to_string()).unwrap();
    let (_, suggested) = lost.stderr.rsplit_once("paylink ").unwrap();
    let found = shop.line(suggested.trim());
    assert_eq!((found.status, &*found.stderr), (0, ""), "{suggested}");
    assert!(
        found.stdout.contains("26041    1000     unpaid"),
        "{found:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_looked_up_says_what_to_do_instead() {
    let shop = Shop::open().await;
    sent(&shop, "1000");
    for (operation, method, advice) in [
        ("disable --yes", "PayLinkDisable", "Disable it again"),
        ("resend", "PayLinkReSend", "Count it as sent"),
    ] {
        shop.sandbox
            .faults()
            .next("sizpay", method, Fault::DropAfter);
        let run = shop.line(&format!("sizpay {operation} --invoice-number 1000"));
        assert_eq!((run.status, &*run.stdout), (3, ""), "{run:?}");
        assert!(run.stderr.contains(advice), "{run:?}");
    }
}
