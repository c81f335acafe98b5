//! An outcome that nobody knows: exit 3, a handle, and the way to find out.

use std::fs;
use std::time::Duration;

use paylink_sandbox::Fault;
use serde_json::{Value, json};

use crate::shop::{Run, Shop};

const CREATE: &str = "zipay create-invoice --invoice-number 1000 --amount 250000 --currency IRT \
                      --callback https://shop.example/back";

/// The same, with the handle on disk as long as nobody knows the outcome.
const CREATE_STORED: &str = "zipay create-invoice --invoice-number 1000 --amount 250000 --currency IRT \
                             --callback https://shop.example/back --handle-file order.json";

/// Gives a handle on standard input to `resolve`.
fn resolve(shop: &Shop, handle: &Value, words: &str) -> Run {
    shop.given(&["zipay resolve -", words].join(" "), handle)
}

fn lose_the_answer(shop: &Shop) -> Run {
    shop.fault("zipay", "create-invoice", Fault::DropAfter);
    let run = shop.line(&format!("--json {CREATE}"));
    assert_eq!((run.status, &*run.stderr), (3, ""), "{run:?}");
    run
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_is_found_again() {
    let shop = Shop::open().await;
    let error = lose_the_answer(&shop).error();
    assert_has!(error, {"effect": "unknown", "attempts": 1});
    assert_eq!(shop.sandbox.zipay().invoices().len(), 1);

    let found = resolve(&shop, &error["handle"], "--json").ok();
    let trackid = &shop.sandbox.zipay().invoices()[0].trackid;
    assert_has!(found, {"resolution": "executed", "invoice/track_id": trackid});
    let link = format!("{}/zipay/invoice_v1/{trackid}", shop.sandbox.url());
    assert_eq!(found["redirect"], json!(link));

    let told = resolve(&shop, &error["handle"], "");
    insta::assert_snapshot!(shop.tidy(told.told()), @r"
    It was carried out. This is the invoice:

      Invoice      1000
      Status       generated, the payer was not there yet
      Amount       250000 IRT (toman)
      Terminal     1003
      Trackid      4d27c0ea-b9df-42c7-a66b-5d19b526b2d0
      Created      DD/MM/YYYY HH:MM UTC
      Transaction  196

    Send the payer to this link:

    http://SANDBOX/zipay/invoice_v1/4d27c0ea-b9df-42c7-a66b-5d19b526b2d0
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_are_told_can_be_pasted() {
    let shop = Shop::open().await;
    shop.fault("zipay", "create-invoice", Fault::DropAfter);
    // The number needs quoting in a shell, and the account is named by a flag.
    let base_url = shop.sandbox.zipay().base_url().to_owned();
    let line = CREATE.replace("1000", &format!("NUMBER --base-url {base_url}"));
    let (before, after) = line.split_once("NUMBER ").unwrap();
    let run = shop.line_with(before.trim_end(), |it| {
        it.arg("it's $1000")
            .args(after.split(' '))
            .env_remove("PAYLINK_ZIPAY_BASE_URL")
    });
    let (told, pasted) = run.failed(3).split_once("\npaylink ").unwrap();
    insta::assert_snapshot!(told, @r"
    error: zipay create-invoice: the connection broke before a whole answer came; the outcome is unknown, look it up before trying again

    Do not repeat it before you know what became of it. This command finds out
    and holds the handle, so keep it:
    ");

    let found = shop.pasted_with(pasted, |it| it.env_remove("PAYLINK_ZIPAY_BASE_URL"));
    assert_eq!(found.status, 0, "{found:?}");
    found.prints("it's $1000");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_to_be_seen_yet_stays_unknown_until_the_settling_time_is_over() {
    let shop = Shop::open().await;
    shop.fault("zipay", "create-invoice", Fault::DropBefore);
    let run = shop.line(&format!("--json {CREATE}"));
    assert_eq!(run.status, 3);
    assert!(shop.sandbox.zipay().invoices().is_empty());
    let mut handle = run.error()["handle"].clone();

    let unknown = json!({"kind": "still_unknown", "effect": "unknown", "handle": handle});
    let error = resolve(&shop, &handle, "--json").fails(3, unknown);
    let wait = error["retry_after_seconds"].as_u64().unwrap();
    assert!((1..=180).contains(&wait), "{wait}");
    let told = resolve(&shop, &handle, "");
    assert!(told.failed(3).starts_with("Still unknown: "), "{told:?}");

    for time in ["prepared_at_ms", "failed_at_ms"] {
        handle[time] = json!(handle[time].as_u64().unwrap() - 200_000);
    }
    assert_eq!(
        resolve(&shop, &handle, "--json").ok(),
        json!({"resolution": "not_executed"})
    );
    let done = "It was not carried out. It may be done again.\n";
    assert_eq!(resolve(&shop, &handle, "").stdout, done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_up_that_fails_does_not_say_that_nothing_was_done() {
    let shop = Shop::open().await;
    let handle = lose_the_answer(&shop).error()["handle"].clone();
    let failed = resolve(&shop, &handle, "--json --base-url http://127.0.0.1:1/");
    failed.fails(
        3,
        json!({"kind": "connect", "effect": "unknown", "handle": handle}),
    );
    let told = resolve(&shop, &handle, "--base-url http://127.0.0.1:1/");
    let failed = told
        .failed(3)
        .starts_with("Still unknown: looking it up failed");
    assert!(failed, "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_handle_is_refused_without_repeating_it() {
    let shop = Shop::open().await;
    let key = shop.sandbox.zipay().secret_key();
    // The harness looks for the key in what is said.
    for (given, problem) in [
        (json!(key), "is not a handle, as line 1"),
        (json!({ "provider": key }), "is not a handle, as line 1"),
        (
            json!({"version": "1", "provider": "other", "operation": "x", "prepared_at_ms": 1}),
            "is of an operation with other, not with zipay: give the handle that was printed",
        ),
        (
            json!({"version": "1", "provider": "pod", "operation": "x", "prepared_at_ms": 1}),
            "is of an operation with pod, not with zipay: use `paylink link resolve --account pod`",
        ),
        (
            json!({"version": "1", "provider": "zipay", "operation": "list", "prepared_at_ms": 1}),
            "changes nothing",
        ),
    ] {
        let run = resolve(&shop, &given, "");
        run.failed(2);
        run.complains("the handle on standard input");
        run.complains(problem);
    }
    let error = shop
        .line("--json zipay resolve nowhere.json")
        .fails(2, json!({}));
    let message = error["message"].as_str().unwrap();
    assert!(message.starts_with("the handle in nowhere.json cannot be read"));
    assert!(shop.sandbox.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verify_that_is_lost_in_a_settle_is_settled_by_the_next_one() {
    let shop = Shop::open().await;
    let trackid = shop.paid("1000");
    let settle = format!(
        "zipay settle --trackid {trackid} --invoice-number 1000 --amount 250000 --currency IRT"
    );
    shop.fault("zipay", "verify", Fault::DropAfter);
    let lost = shop.line(&settle);
    lost.failed(3);
    lost.complains("Settle again, with the same words");
    let settled = shop.line(&settle);
    assert_eq!(settled.status, 0, "{settled:?}");
    assert_eq!(shop.times_verified(&trackid), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_and_refund_are_found_again_too() {
    let shop = Shop::open().await;
    let trackid = shop.paid("1000");
    for (operation, yes, status) in [
        ("verify", "", "completed"),
        ("refund", " --yes", "refunded"),
    ] {
        shop.fault("zipay", operation, Fault::DropAfter);
        let lost = shop.line(&format!(
            "--json zipay {operation} --trackid {trackid}{yes}"
        ));
        assert_eq!(lost.status, 3, "{lost:?}");
        let found = resolve(&shop, &lost.error()["handle"], "--json").ok();
        assert_eq!(found["invoice"]["status"], status);
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_while_the_request_is_under_way_leaves_a_handle() {
    let shop = Shop::open().await;
    let delay = Fault::DelayAfter(Duration::from_secs(60));
    shop.fault("zipay", "create-invoice", delay);
    let child = shop.start(&format!("--json {CREATE}"));
    while shop.sandbox.zipay().invoices().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    crate::shop::interrupt(&child);
    let run = shop.wait(child);
    let error = run.fails(3, json!({"kind": "interrupted", "effect": "unknown"}));
    let found = resolve(&shop, &error["handle"], "--json").ok();
    assert_eq!(found["resolution"], "executed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handle_file_is_there_while_the_request_is_under_way_and_gone_when_its_outcome_is_told() {
    let shop = Shop::open().await;
    let delay = Fault::Delay(Duration::from_millis(300));
    shop.fault("zipay", "create-invoice", delay);
    let child = shop.start(CREATE_STORED);
    while shop.sandbox.journal().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(shop.sandbox.zipay().invoices().is_empty());
    let stored = fs::read_to_string(shop.path("order.json")).unwrap();
    assert!(stored.contains(r#""reference":"1000""#), "{stored}");

    shop.wait(child).told();
    assert!(!shop.path("order.json").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handle_file_is_gone_when_it_was_refused() {
    let shop = Shop::open().await;
    shop.create("1000");
    assert_eq!(shop.line(CREATE_STORED).status, 1);
    assert!(!shop.path("order.json").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handle_file_stays_when_the_outcome_is_unknown_and_resolves_it() {
    let shop = Shop::open().await;
    shop.fault("zipay", "create-invoice", Fault::DropAfter);
    let lost = shop.line(CREATE_STORED);
    let way_on = "\n\n  paylink zipay resolve order.json\n";
    assert!(lost.failed(3).ends_with(way_on), "{lost:?}");
    let stored = fs::read_to_string(shop.path("order.json")).unwrap();
    // It is the handle with the time of the failure, and nothing else is left.
    assert!(stored.contains("failed_at_ms"), "{stored}");
    assert_eq!(fs::read_dir(shop.path("")).unwrap().count(), 1);

    let found = shop.line("--json zipay resolve order.json").ok();
    assert_eq!(found["resolution"], "executed");
    // Resolving changes nothing.
    assert!(shop.path("order.json").exists());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_handle_file_is_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let shop = Shop::open().await;
    shop.fault("zipay", "create-invoice", Fault::DropAfter);
    shop.line(CREATE_STORED);
    let file = fs::metadata(shop.path("order.json")).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handle_file_never_overwrites_another_and_then_sends_nothing() {
    let shop = Shop::open().await;
    fs::write(shop.path("order.json"), "another handle").unwrap();
    insta::assert_snapshot!(shop.line(CREATE_STORED).failed(2), @r"error: --handle-file order.json is there already: name another file, or find out what this one is about: paylink zipay resolve order.json");
    let kept = fs::read_to_string(shop.path("order.json")).unwrap();
    assert_eq!(kept, "another handle");
    assert!(shop.sandbox.journal().is_empty());

    let nowhere = shop.line(&CREATE_STORED.replace("order.json", "no/such/place.json"));
    assert_eq!(nowhere.status, 2);
    nowhere.complains("--handle-file no/such/place.json cannot be written");
    assert!(shop.sandbox.journal().is_empty());
}
