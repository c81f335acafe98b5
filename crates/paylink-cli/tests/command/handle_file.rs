//! `--handle-file`: on disk before anything is sent, and as long as nobody knows the outcome.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use paylink_sandbox::Fault;

use crate::shop::Shop;

const CREATE: &str = "zipay create-invoice --invoice-number 1000 --amount 250000 --currency IRT \
                      --callback https://shop.example/back --handle-file order.json";

#[tokio::test(flavor = "multi_thread")]
async fn is_there_while_the_request_is_under_way_and_gone_when_its_outcome_is_told() {
    let shop = Shop::open().await;
    shop.sandbox.faults().next(
        "zipay",
        "create-invoice",
        Fault::Delay(Duration::from_millis(300)),
    );
    let mut command = shop.command(&CREATE.split(' ').collect::<Vec<_>>());
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while shop.sandbox.journal().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(shop.sandbox.zipay().invoices().is_empty());
    let stored = fs::read_to_string(shop.path("order.json")).unwrap();
    assert!(stored.contains(r#""reference":"1000""#), "{stored}");

    let run = shop.wait(child);
    assert_eq!((run.status, &*run.stderr), (0, ""));
    assert!(!shop.path("order.json").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn is_gone_when_it_was_refused() {
    let shop = Shop::open().await;
    shop.create("1000");
    assert_eq!(shop.line(CREATE).status, 1);
    assert!(!shop.path("order.json").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn stays_when_the_outcome_is_unknown_and_resolves_it() {
    let shop = Shop::open().await;
    shop.sandbox
        .faults()
        .next("zipay", "create-invoice", Fault::DropAfter);
    let lost = shop.line(CREATE);
    assert_eq!(lost.status, 3);
    assert!(
        lost.stderr
            .ends_with("\n\n  paylink zipay resolve order.json\n"),
        "{lost:?}"
    );
    let stored = fs::read_to_string(shop.path("order.json")).unwrap();
    assert!(
        stored.contains("failed_at_ms"),
        "it is the handle with the time of the failure: {stored}"
    );
    assert_eq!(
        fs::read_dir(shop.path("")).unwrap().count(),
        1,
        "nothing else is left"
    );

    let found = shop.line("--json zipay resolve order.json").ok();
    assert_eq!(found["resolution"], "executed");
    assert!(
        shop.path("order.json").exists(),
        "resolving changes nothing"
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn is_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let shop = Shop::open().await;
    shop.sandbox
        .faults()
        .next("zipay", "create-invoice", Fault::DropAfter);
    shop.line(CREATE);
    let mode = fs::metadata(shop.path("order.json"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn never_overwrites_another_and_then_sends_nothing() {
    let shop = Shop::open().await;
    fs::write(shop.path("order.json"), "another handle").unwrap();
    let run = shop.line(CREATE);
    assert_eq!(run.status, 2);
    insta::assert_snapshot!(run.stderr, @r"error: --handle-file order.json is there already: name another file, or find out what this one is about: paylink zipay resolve order.json");
    assert_eq!(
        fs::read_to_string(shop.path("order.json")).unwrap(),
        "another handle"
    );
    assert!(shop.sandbox.journal().is_empty());

    let nowhere = shop.line(&CREATE.replace("order.json", "no/such/place.json"));
    assert_eq!(nowhere.status, 2);
    assert!(
        nowhere
            .stderr
            .contains("--handle-file no/such/place.json cannot be written"),
        "{nowhere:?}"
    );
    assert!(shop.sandbox.journal().is_empty());
}
