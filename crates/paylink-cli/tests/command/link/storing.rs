//! Records that are to be kept, and places that do not keep them.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use paylink_sandbox::Fault;
use serde_json::Value;

use super::{create, pay};
use crate::shop::{PAYLINK, Run, Shop};

/// Runs the command in a shell whose files may have no content, as on a full disk.
#[cfg(unix)]
fn on_a_full_disk(shop: &Shop, line: &str) -> Run {
    let account = shop.command(&[]);
    let variables = account.get_envs();
    let mut shell = Command::new("sh");
    shell
        .args([
            "-c",
            &format!("trap '' XFSZ; ulimit -f 0; exec '{PAYLINK}' {line}"),
        ])
        .env_clear()
        .envs(variables.filter_map(|(name, value)| Some((name, value?))))
        .current_dir(shop.path(""))
        .stdin(Stdio::null());
    shop.finish(shell)
}

/// What is in the merchant's home.
fn names(shop: &Shop) -> Vec<String> {
    let entries = fs::read_dir(shop.path("")).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_by_the_status_and_the_record_by_standard_output() {
    let shop = Shop::open().await;
    let run = on_a_full_disk(&shop, &create("zipay", "1000"));
    assert_eq!(run.status, 6, "{run:?}");
    assert!(
        run.stderr
            .starts_with("error: the record cannot be written to 1000.json: "),
        "{run:?}"
    );
    assert!(names(&shop).is_empty(), "no empty record stays");
    // What is printed is a command that holds the record.
    pay(&shop, "zipay");
    let (_, pasted) = run.stdout.split_once("\npaylink ").unwrap();
    let settled = shop.pasted(pasted);
    assert_eq!(settled.status, 0, "{settled:?}");

    let json = on_a_full_disk(&shop, &format!("--json {}", create("zipay", "1001")));
    assert_eq!(json.status, 6, "{json:?}");
    let error = json.error();
    assert_eq!(
        (&error["kind"], &error["effect"]),
        (&"not_stored".into(), &"executed".into())
    );
    assert_eq!(error["record"]["reference"], "1001");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_handle_that_cannot_be_kept_stops_the_request() {
    let shop = Shop::open().await;
    let line = create("zipay", "1000").replace("--record-to 1000.json", "--handle-file h.json");
    let run = on_a_full_disk(&shop, &line);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(shop.sandbox.journal().is_empty() && names(&shop).is_empty());
}

/// What looks the payment up stays where its record could not be kept.
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_goes_away_under_way_leaves_the_record_on_standard_output() {
    let shop = Shop::open().await;
    fs::create_dir(shop.path("records")).unwrap();
    shop.sandbox.faults().next(
        "zipay",
        "create-invoice",
        Fault::Delay(Duration::from_millis(500)),
    );
    let line = create("zipay", "1000").replace("1000.json", "records/1000.json");
    let line = format!("{line} --handle-file handle.json");
    let mut command = shop.command(&line.split(' ').collect::<Vec<_>>());
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while shop.sandbox.journal().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    fs::remove_dir_all(shop.path("records")).unwrap();
    let run = shop.wait(child);
    assert_eq!(run.status, 6, "{run:?}");
    assert!(run.stdout.contains("<<'RECORD'\n{"), "{run:?}");
    let found = shop.line("--json link resolve --account zipay handle.json --record-to again.json");
    assert_eq!(found.ok()["resolution"], "executed");
    let stored: Value =
        serde_json::from_slice(&fs::read(shop.path("again.json")).unwrap()).unwrap();
    assert_eq!(stored["reference"], "1000");
}

/// A record is dated by the handle that its create was sent with.
#[tokio::test(flavor = "multi_thread")]
async fn the_handle_that_is_stored_is_the_one_that_is_sent() {
    let shop = Shop::open().await;
    let read = |name: &str| -> Value {
        serde_json::from_slice(&fs::read(shop.path(name)).unwrap()).unwrap()
    };
    for (provider, operation) in [
        ("cardpay", "create"),
        ("pod", "issue-invoice"),
        ("sizpay", "PayLinkSend"),
        ("zipay", "create-invoice"),
    ] {
        let before = shop.sandbox.journal().len();
        shop.sandbox.faults().next(
            provider,
            operation,
            Fault::Delay(Duration::from_millis(300)),
        );
        let line = format!("{} --handle-file handle.json", create(provider, "1000"));
        let mut command = shop.command(&line.split(' ').collect::<Vec<_>>());
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while shop.sandbox.journal().len() == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let handle = read("handle.json");
        let run = shop.wait(child);
        assert_eq!(run.status, 0, "{run:?}");
        let record = read("1000.json");
        assert_eq!(
            record["created_at_ms"], handle["prepared_at_ms"],
            "{provider}"
        );
        fs::remove_file(shop.path("1000.json")).unwrap();
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_found_again_is_kept_or_told_alike() {
    let shop = Shop::open().await;
    shop.sandbox
        .faults()
        .next("zipay", "create-invoice", Fault::DropAfter);
    let lost = shop.line(&format!("{} --handle-file h.json", create("zipay", "1000")));
    assert_eq!(lost.status, 3, "{lost:?}");
    let resolve = "link resolve --account zipay h.json --record-to found.json";
    let told = on_a_full_disk(&shop, resolve);
    assert_eq!(told.status, 6, "{told:?}");
    assert!(told.stdout.contains("<<'RECORD'\n{"), "{told:?}");
    let json = on_a_full_disk(&shop, &format!("--json {resolve}"));
    assert_eq!(
        (json.status, &json.error()["resolution"]),
        (6, &"executed".into())
    );
    assert_eq!(names(&shop), ["h.json"]);
    assert_eq!(shop.line(resolve).status, 0);
}

/// A file that an earlier run left, or that somebody planted, is neither in the way nor written through.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_lies_beside_the_record_does_not_matter() {
    let shop = Shop::open().await;
    fs::write(shop.path("1000.json.new"), "stale").unwrap();
    fs::write(shop.path("victim"), "kept").unwrap();
    std::os::unix::fs::symlink(shop.path("victim"), shop.path("1001.json.new")).unwrap();
    for order in ["1000", "1001"] {
        let run = shop.line(&create("zipay", order));
        assert_eq!((run.status, &*run.stderr), (0, ""), "{run:?}");
        let stored = fs::read(shop.path(&format!("{order}.json"))).unwrap();
        let stored: Value = serde_json::from_slice(&stored).unwrap();
        assert_eq!(stored["reference"], order);
    }
    // Even a link to nowhere is something that is there.
    std::os::unix::fs::symlink(shop.path("nowhere"), shop.path("1002.json")).unwrap();
    let planted = shop.line(&create("zipay", "1002"));
    assert_eq!(planted.status, 2, "{planted:?}");
    assert!(!shop.path("nowhere").exists());
    assert_eq!(fs::read(shop.path("victim")).unwrap(), b"kept");
}

/// A reader that went away is no reason to end with 0 where nothing else keeps the record.
#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_nobody_reads_is_told_by_the_status() {
    let shop = Shop::open().await;
    let printed = create("zipay", "1001").replace(" --record-to 1001.json", "");
    for (line, status) in [
        (&*create("zipay", "1000"), 0),
        (&*printed, 3),
        (
            "zipay create-invoice --invoice-number 1 --amount 1 --currency IRT --callback https://shop.example/",
            3,
        ),
        ("cardpay create --price 10000 --invoice-number 1", 3),
        (
            "sizpay send-link --amount 10000 --mobile 09122272730 --invoice-number 1",
            3,
        ),
        (
            "pod issue-invoice --bill-number 1 --guild-code CLOTHING_GUILD --item-description shoes --item-price 10000 \
             --tax-rate 0",
            3,
        ),
    ] {
        let mut command = shop.command(&line.split(' ').collect::<Vec<_>>());
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let run = shop.wait(child);
        assert_eq!(run.status, status, "{run:?}");
    }
}
