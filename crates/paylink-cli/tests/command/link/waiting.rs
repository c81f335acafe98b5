//! `link create --wait` and `link settle --wait`: until it is paid, or until nobody waits any longer.

use std::time::Duration;

use paylink_sandbox::cardpay::TIME_ALLOWED;
use paylink_sandbox::{Fault, Preset};
use serde_json::json;

use super::{create, created, pay, providers};
use crate::shop::{Run, Shop, Started};

/// Starts a create that waits, and lets its record come into being.
async fn start(shop: &Shop, provider: &str, more: &str) -> Started {
    let child = shop.start(&format!("{} --wait{more}", create(provider, "1000")));
    let record = shop.path("1000.json");
    while std::fs::metadata(&record).map_or(0, |file| file.len()) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    child
}

/// Waits beside the sandbox, which answers in the meantime.
fn ended(shop: &Shop, child: Started) -> Run {
    tokio::task::block_in_place(|| shop.wait(child))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_provider_is_waited_for() {
    for provider in providers() {
        let shop = Shop::open().await;
        let child = start(&shop, provider, "").await;
        pay(&shop, provider);
        let run = ended(&shop, child);
        assert_eq!(run.status, 0, "{run:?}");
        let (created, settled) = run.stdout.split_once("\nSettled").unwrap();
        assert!(created.starts_with("The payment is created.\n"), "{run:?}");
        assert!(settled.contains("  Order      1000\n"), "{run:?}");
        let minutes = if provider == "cardpay" { "16" } else { "30" };
        let waited = format!("Waiting for the payment, {minutes} min left\n");
        assert!(run.stderr.starts_with(&waited), "{run:?}");
    }
}

/// What the payer needs is told beside the document, which holds all at the end.
#[tokio::test(flavor = "multi_thread")]
async fn a_program_reads_record_and_settlement_in_one_document() {
    let shop = Shop::open().await;
    let child = start(&shop, "zipay", " --json --handle-file handle.json").await;
    pay(&shop, "zipay");
    let run = ended(&shop, child);
    let done = run.ok();
    assert_has!(done, {
        "settlement": "settled", "proof/checks/2/expected": "1000", "created/record/reference": "1000", "created/account": "zipay"
    });
    let told = run.stderr.find("Send the payer to this link").unwrap();
    assert!(told < run.stderr.find("Waiting for").unwrap(), "{run:?}");
    assert!(!shop.path("handle.json").exists());
    // The whole of it is taken where the record is due.
    std::fs::write(shop.path("all.json"), &run.stdout).unwrap();
    let again = shop.line(
        "link settle --account zipay --record all.json --order 1000 --amount 250000 --currency IRT",
    );
    assert_eq!(again.status, 0, "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn time_that_is_over_ends_it() {
    let shop = Shop::open().await;
    let child = start(&shop, "cardpay", "").await;
    shop.sandbox.clock().advance(TIME_ALLOWED);
    let run = ended(&shop, child);
    assert_eq!(run.status, 4, "{run:?}");
    let over = "Not paid: the payment is expired, its time was over before it was paid.\n\
                Do not deliver. The payer needs a new payment, under a new reference.\n";
    assert!(run.stderr.ends_with(over), "{run:?}");

    let shop = Shop::open().await;
    let child = start(&shop, "cardpay", " --json").await;
    shop.sandbox.clock().advance(TIME_ALLOWED);
    ended(&shop, child).fails(
        4,
        json!({"kind": "not_paid", "payment/state": "expired", "created/record/reference": "1000"}),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_longer_than_was_said() {
    let shop = Shop::open().await;
    created(&shop, "sizpay", "1000");
    let books = "--record 1000.json --order 1000 --amount 250000 --currency IRT";
    let line = format!("link settle --account sizpay {books} --wait --wait-minutes 0");
    insta::assert_snapshot!(shop.line(&line).failed(4), @r"
    Not paid: the payment is unpaid, nobody has paid it yet.
    Do not deliver. Settle it again when it is paid.

    This command goes on waiting:

      paylink link settle --wait --record 1000.json --order 1000 --amount 250000 \
        --currency IRT --account sizpay
    ");
    let json = shop.line(&format!("--json {line}"));
    json.fails(4, json!({"kind": "not_paid", "payment/state": "unpaid"}));
    pay(&shop, "sizpay");
    shop.line(&line).told();
    let other = line.replace("--amount 250000", "--amount 25000");
    let other = shop.line(&format!("--json {other}"));
    other.fails(5, json!({"kind": "mismatch", "mismatch/0/field": "amount"}));
    let alone = shop.line(
        "link settle --record 1000.json --order 1 --amount 1 --currency IRT --wait-minutes 1",
    );
    alone.failed(2);
    alone.complains("--wait");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_is_asked_again() {
    let shop = Shop::open().await;
    let child = start(&shop, "zipay", "").await;
    let down = shop.sandbox.faults();
    down.turn_on(Preset::ProviderDown, None).unwrap();
    pay(&shop, "zipay");
    let before = shop.sandbox.journal().len();
    while shop.sandbox.journal().len() == before {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // A verification whose answer is lost is looked up by the next question.
    down.turn_off(Preset::ProviderDown);
    shop.fault("zipay", "verify", Fault::DropAfter);
    let run = ended(&shop, child);
    assert_eq!(run.status, 0, "{run:?}");
    run.complains("asking again");
    let invoice = shop.sandbox.zipay().invoices().pop().unwrap();
    assert_eq!(shop.times_verified(&invoice.trackid), 1);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_leaves_the_payment_and_says_how_to_go_on() {
    use std::io::{BufRead, BufReader};

    let shop = Shop::open().await;
    let mut child = start(&shop, "pod", "").await;
    let mut heard = String::new();
    let mut told = BufReader::new(child.stderr.take().unwrap());
    while !heard.contains("Waiting") {
        told.read_line(&mut heard).unwrap();
    }
    crate::shop::interrupt(&child);
    let run = ended(&shop, child);
    assert_eq!(run.status, 3, "{run:?}");
    let mut said = String::new();
    std::io::Read::read_to_string(&mut told, &mut said).unwrap();
    insta::assert_snapshot!(said, @r"
    error: interrupted while waiting for the payment

    Whether it is paid is not known.

    This command goes on waiting:

      paylink link settle --wait --record 1000.json --order 1000 --amount 250000 \
        --currency IRT --account pod
    ");
    pay(&shop, "pod");
    let (_, suggested) = said.rsplit_once("  paylink ").unwrap();
    let settled = shop.pasted(suggested);
    assert_eq!(settled.status, 0, "{settled:?}");
}
