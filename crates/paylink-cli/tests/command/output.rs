//! Standard output that does not take what there is to say.

use std::process::{Command, Stdio};

use serde_json::json;

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

#[tokio::test(flavor = "multi_thread")]
async fn every_shell_gets_a_script_that_knows_the_operations() {
    let shop = Shop::open().await;
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = shop.line(&format!("completions {shell}"));
        run.told();
        run.prints("create-invoice");
        run.prints("invoice-number");
        let json = shop.line(&format!("--json completions {shell}")).ok();
        assert_eq!(json["script"], run.stdout.as_str());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bash_completes_an_operation_and_its_values() {
    let shop = Shop::open().await;
    // The script is longer than one argument may be.
    let script = shop.line("completions bash").stdout;
    std::fs::write(shop.path("completions"), script).unwrap();
    let ask = |words: &[&str]| {
        let line = words.join(" ");
        let last = words.len() - 1;
        let quoted: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
        let asked = format!(
            "source ./completions\nCOMP_LINE='{line}' COMP_POINT={} COMP_CWORD={last}\nCOMP_WORDS=({})\n\
             _paylink paylink '{}' '{}'\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"",
            line.len(),
            quoted.join(" "),
            words[last],
            words[last - 1],
        );
        let output = Command::new("bash")
            .args(["--norc", "-c", &asked])
            .current_dir(shop.path(""))
            .stderr(Stdio::null())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let created = ask(&["paylink", "zipay", "create"]);
    assert_eq!(created.trim(), "create-invoice");
    let currencies = ask(&["paylink", "zipay", "create-invoice", "--currency", ""]);
    assert!(currencies.split_whitespace().eq(["USD", "USDT", "IRT"]));
}
