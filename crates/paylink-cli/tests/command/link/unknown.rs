//! A create whose answer is lost, and the way back to its record.

use std::fs;

use paylink_sandbox::Fault;

use super::create;
use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn resolving_brings_the_record_back() {
    let shop = Shop::open().await;
    for (provider, operation) in [
        ("zipay", "create-invoice"),
        ("sizpay", "PayLinkSend"),
        ("pod", "issue-invoice"),
    ] {
        shop.sandbox
            .faults()
            .next(provider, operation, Fault::DropAfter);
        let line = format!("{} --handle-file handle.json", create(provider, "1000"));
        let lost = shop.line(&line);
        assert_eq!((lost.status, &*lost.stdout), (3, ""), "{lost:?}");
        assert!(
            !shop.path("1000.json").exists(),
            "nobody knows a record yet"
        );
        let suggested = format!("  paylink link resolve handle.json --account {provider}\n");
        assert!(lost.stderr.ends_with(&suggested), "{lost:?}");

        let line = format!("link resolve handle.json --account {provider} --record-to 1000.json");
        let found = shop.line(&line);
        assert_eq!((found.status, &*found.stderr), (0, ""), "{found:?}");
        assert!(
            found
                .stdout
                .starts_with("It was carried out. This is the payment:\n"),
            "{found:?}"
        );
        let settle = format!(
            "link settle --account {provider} --record 1000.json --order 1000 --amount 250000 --currency IRT"
        );
        let unpaid = shop.line(&settle);
        assert!(unpaid.stderr.starts_with("Not paid: "), "{unpaid:?}");
        fs::remove_file(shop.path("handle.json")).unwrap();
        fs::remove_file(shop.path("1000.json")).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_payment_from_card_to_card_cannot_be_asked_for() {
    let shop = Shop::open().await;
    shop.sandbox
        .faults()
        .next("cardpay", "create", Fault::DropAfter);
    let lost = shop.line(&format!(
        "{} --handle-file handle.json",
        create("cardpay", "1000")
    ));
    assert_eq!(lost.status, 3, "{lost:?}");
    let asked = shop.line("link resolve handle.json --account cardpay --record-to 1000.json");
    assert_eq!((asked.status, &*asked.stdout), (3, ""), "{asked:?}");
    assert!(
        asked
            .stderr
            .starts_with("Still unknown: looking it up cannot tell"),
        "{asked:?}"
    );
    assert!(!shop.path("1000.json").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_sent_leaves_nothing_behind() {
    let shop = Shop::open().await;
    let mut command = shop.command(&create("zipay", "1000").split(' ').collect::<Vec<_>>());
    command.env("PAYLINK_ZIPAY_BASE_URL", "http://127.0.0.1:1/");
    let run = shop.finish(command);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(!shop.path("1000.json").exists());
}
