//! Standard output that does not take what there is to say.

use std::process::Stdio;

use serde_json::json;

#[cfg(target_os = "linux")]
use crate::shop::PAYLINK;
use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_goes_away_is_no_error() {
    let shop = Shop::open().await;
    for line in [
        "zipay list",
        "--json zipay list",
        "completions bash",
        "--help",
        "zipay --json status --trackid ../7",
    ] {
        let mut child = shop.start(line);
        drop(child.stdout.take());
        let run = shop.wait(child);
        let expected = if line.contains("status") { 2 } else { 0 };
        assert_eq!(
            (run.status, &*run.stderr),
            (expected, ""),
            "{line}: {run:?}"
        );
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_is_lost_on_a_full_disk_leaves_the_outcome_unknown() {
    let shop = Shop::open().await;
    let line = "zipay create-invoice --invoice-number 1000 --amount 1 --currency USD --callback https://shop.example/ \
                --handle-file order.json";
    let mut command = shop.command(&line.split(' ').collect::<Vec<_>>());
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let child = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let run = shop.wait(child);
    assert_eq!(run.status, 3);
    run.complains("the result cannot be written");
    // Nobody has read the result: the handle stays.
    assert!(shop.path("order.json").exists());
    assert_eq!(shop.sandbox.zipay().invoices().len(), 1);
}

/// What is only told on standard output when it is done, for each group that sends.
#[cfg(target_os = "linux")]
const ONLY_COPIES: [&str; 5] = [
    "link create --account zipay --order 1000 --amount 250000 --currency IRT --return-url https://shop.example/",
    "zipay create-invoice --invoice-number 1000 --amount 250000 --currency IRT --callback https://shop.example/",
    "cardpay create --price 2500000 --invoice-number 1000",
    "sizpay send-link --amount 250000 --mobile 09120000001 --invoice-number 1000",
    "pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD --item-description shoes --item-price 250000",
];

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_whose_only_copy_would_go_nowhere() {
    let shop = Shop::open().await;
    for line in ONLY_COPIES {
        for closed in [">&-", ">&- <&-", "1<>/dev/null", "--json >&-"] {
            let run = shop.pasted(&format!("{line} {closed}"));
            assert_eq!(run.status, 2, "{line} {closed}: {run:?}");
            if closed == ">&-" {
                insta::allow_duplicates! {
                    insta::assert_snapshot!(run.failed(2), @"error: standard output is closed, and what this command prints stands nowhere else: nothing was sent; let it go to a terminal, a file or a pipe");
                }
            }
        }
        // A pipe whose reader has gone.
        let run = shop.pasted(&format!(
            "-V >/dev/null; (sleep 0.3; {PAYLINK} {line}; echo $? >status) | true"
        ));
        assert_eq!(run.status, 0);
        let told = std::fs::read_to_string(shop.path("status")).unwrap();
        assert_eq!(told, "2\n", "{line}: {run:?}");
    }
    assert!(shop.sandbox.journal().is_empty());
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_elsewhere_or_thrown_away_on_purpose_is_sent() {
    let shop = Shop::open().await;
    for (number, (more, output)) in [
        (" --record-to 0.json", ">&-"),
        (" --record-to 1.json", ">/dev/null"),
        ("", ">/dev/null"),
        ("", "| cat >/dev/null"),
    ]
    .into_iter()
    .enumerate()
    {
        let line = ONLY_COPIES[0].replace("1000", &number.to_string());
        let run = shop.pasted(&format!("{line}{more} {output}"));
        assert_eq!((run.status, &*run.stderr), (0, ""), "{more} {output}");
    }
    assert!(shop.path("0.json").exists() && shop.path("1.json").exists());
    assert_eq!(shop.sandbox.zipay().invoices().len(), 4);
    // Where the status says it all, it may be said to nobody.
    let trackid = shop.paid("1000");
    let settled = shop.pasted(&format!(
        "zipay settle --trackid {trackid} --invoice-number 1000 --amount 250000 --currency IRT >&-"
    ));
    assert_eq!(settled.status, 0);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn an_only_copy_that_a_full_disk_does_not_take_is_printed_beside_it() {
    let shop = Shop::open().await;
    for (number, line) in ONLY_COPIES.into_iter().enumerate() {
        let order = format!("123{number}");
        let line = line.replace(" 1000", &format!(" {order}"));
        let run = shop.pasted(&format!("{line} >/dev/full"));
        assert_eq!(run.status, 3, "{line}: {run:?}");
        run.complains(&order);
        run.complains("the result cannot be written");
    }
    assert_eq!(shop.sandbox.zipay().invoices().len(), 2);
    let run = shop.pasted(&format!(
        "--json {} >/dev/full",
        ONLY_COPIES[0].replace("1000", "1001")
    ));
    assert_eq!(run.status, 3);
    assert!(run.stderr.starts_with("{\"version\":1,\"ok\":"), "{run:?}");
}

fn settle(trackid: &str, amount: &str) -> String {
    format!(
        "--json zipay settle --trackid {trackid} --invoice-number 1000 --amount {amount} --currency IRT"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn create_invoice() {
    let shop = Shop::open().await;
    let trackid = shop.create("1000");
    let invoice = &shop.sandbox.zipay().invoices()[0];
    assert_eq!(trackid, invoice.trackid);
    let again = shop.line(
        "zipay create-invoice --invoice-number 1000 --amount 250000 --currency IRT --callback https://shop.example/back --json",
    );
    let refused = json!({"kind": "refused", "effect": "not_executed", "code": "422"});
    let error = again.fails(1, refused);
    assert_has!(error, {"operation": "create-invoice", "attempts": 1});
    // What was refused needs no looking up.
    assert!(error.get("handle").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn status_verify_and_refund() {
    let shop = Shop::open().await;
    let price = json!({"amount": "250000", "currency": "IRT"});
    let trackid = shop.paid("1000");
    for (operation, status) in [
        ("status", "pending"),
        ("verify", "completed"),
        ("refund --yes", "refunded"),
    ] {
        let run = shop.line(&format!("--json zipay {operation} --trackid {trackid}"));
        assert_has!(run.ok(), {"status": status, "track_id": trackid, "amount": price});
        let invoice = shop.sandbox.zipay().invoice(&trackid).unwrap();
        assert_eq!(invoice.status.as_str(), status);
    }
    let unknown = shop.line("--json zipay status --trackid none-such");
    unknown.fails(1, json!({"code": "404"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn settle_in_all_its_outcomes() {
    let shop = Shop::open().await;
    let trackid = shop.create("1000");
    let unpaid = shop.line(&settle(&trackid, "250000"));
    let error = unpaid.fails(4, json!({"kind": "not_paid", "effect": "not_executed"}));
    assert_eq!(error["invoice"]["status"], "generated");

    shop.sandbox.zipay().pay(&trackid).unwrap();
    let higher = shop.line(&settle(&trackid, "2500000"));
    let differs = json!([{"field": "amount", "expected": "2500000", "found": "250000"}]);
    higher.fails(5, json!({"kind": "mismatch", "mismatch": differs}));

    let settled = shop.line(&settle(&trackid, "250000")).ok();
    let price = json!({"amount": "250000", "currency": "IRT"});
    assert_has!(settled, {"settlement": "settled", "proof/amount": price});
    let again = shop.line(&settle(&trackid, "250000")).ok();
    assert_eq!(again["settlement"], "already_settled");
    assert_eq!(shop.times_verified(&trackid), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn list() {
    let shop = Shop::open().await;
    for number in ["1000", "1001", "1002"] {
        shop.create(number);
    }
    let page = shop
        .line("--json zipay list --limit 2 --page 2 --sort asc")
        .ok();
    assert_has!(page, {"page": 2, "total": 3, "limit": 2, "sort": "asc"});
    assert_eq!(page["invoices"].as_array().unwrap().len(), 1);
    assert_eq!(page["invoices"][0]["invoice_number"], "1002");

    let all = shop.line("--json zipay list --all --limit 1").ok();
    let invoices = all["invoices"].as_array().unwrap().iter();
    assert!(
        invoices
            .map(|it| &it["invoice_number"])
            .eq(&["1000", "1001", "1002"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_refused_and_not_told() {
    let shop = Shop::open().await;
    let run = shop.line_with("--json zipay list", |it| {
        it.env("PAYLINK_ZIPAY_API_KEY", "an-old-key-of-the-merchant")
    });
    run.fails(1, json!({"refusal/reason": "bad_credentials"}));
    assert!(!run.stdout.contains("an-old-key"), "{run:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listens() {
    let shop = Shop::open().await;
    let run = shop.line("--json zipay list --base-url http://127.0.0.1:1/");
    run.fails(1, json!({"kind": "connect", "effect": "not_executed"}));
}
