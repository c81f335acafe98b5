//! Refund, disable and resend, where the provider has them.

use std::time::Duration;

use paylink_sandbox::Fault;

use super::{PROVIDERS, created, pay};
use crate::shop::Shop;

fn change(provider: &str, operation: &str) -> String {
    format!("link {operation} --account {provider} --record 1000.json")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_provider_has_is_done() {
    let shop = Shop::open().await;
    created(&shop, "zipay", "1000");
    pay(&shop, "zipay");
    let books = "--order 1000 --amount 250000 --currency IRT";
    shop.line(&format!("--json {} {books}", change("zipay", "settle")))
        .ok();
    let refunded = shop.line(&change("zipay", "refund"));
    assert_eq!(refunded.status, 0, "{refunded:?}");
    insta::assert_snapshot!(shop.tidy(&refunded.stdout), @r"
    The money goes back to the payer.

      Order    1000
      State    refunded, given back by you
      Amount   250000 IRT (toman)
      trackid  70aa48e0-881a-4ba0-b39b-50c191d342ac
    ");
    let status = shop
        .line(&format!("--json {}", change("zipay", "status")))
        .ok();
    assert_eq!(status["state"], "refunded");

    for provider in ["sizpay", "pod"] {
        std::fs::remove_file(shop.path("1000.json")).unwrap();
        created(&shop, provider, "1000");
        let disabled = shop.line(&change(provider, "disable"));
        assert_eq!(disabled.status, 0, "{disabled:?}");
        assert!(
            disabled.stdout.starts_with("Nobody can pay it any more.\n"),
            "{disabled:?}"
        );
    }
    let payer = shop.sandbox.sizpay();
    let link = payer.links()[0].send_id;
    assert!(payer.pay(link).is_err(), "it cannot be paid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_sent_again_where_its_provider_lets_it() {
    let shop = Shop::open().await;
    created(&shop, "sizpay", "1000");
    let again = change("sizpay", "resend");
    let early = shop.line(&again);
    assert_eq!((early.status, &*early.stdout), (1, ""), "{early:?}");
    shop.sandbox.clock().advance(Duration::from_secs(180));
    let sent = shop.line(&again);
    assert_eq!(sent.status, 0, "{sent:?}");
    assert!(
        sent.stdout
            .starts_with("The payer is sent the link once more.\n"),
        "{sent:?}"
    );
    assert_eq!(shop.sandbox.sms().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_lacks_is_told_before_anything_is_sent() {
    let shop = Shop::open().await;
    for (provider, operations) in [
        ("cardpay", &["status", "refund", "disable", "resend"][..]),
        ("pod", &["refund", "resend"]),
        ("sizpay", &["refund"]),
        ("zipay", &["disable", "resend"]),
    ] {
        created(&shop, provider, "1000");
        shop.sandbox.clear_journal();
        for operation in operations {
            let run = shop.line(&format!("--json {}", change(provider, operation)));
            assert_eq!(run.status, 2, "{run:?}");
            assert_eq!(run.error()["kind"], "unsupported", "{provider} {operation}");
        }
        assert!(shop.sandbox.journal().is_empty(), "{provider}");
        std::fs::remove_file(shop.path("1000.json")).unwrap();
    }
    let listed = shop.line("--json link list --account cardpay");
    assert_eq!(listed.error()["kind"], "unsupported");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_whose_answer_is_lost_is_found_by_its_handle() {
    let shop = Shop::open().await;
    created(&shop, "zipay", "1000");
    pay(&shop, "zipay");
    let books = "--order 1000 --amount 250000 --currency IRT";
    shop.line(&format!("--json {} {books}", change("zipay", "settle")))
        .ok();
    shop.sandbox
        .faults()
        .next("zipay", "invoice-refund", Fault::DropAfter);
    let lost = shop.line(&change("zipay", "refund"));
    assert_eq!(lost.status, 3, "{lost:?}");
    let (_, pasted) = lost.stderr.split_once("\npaylink ").unwrap();
    assert!(
        pasted.starts_with("link resolve --account zipay <<'HANDLE'\n"),
        "{pasted}"
    );
    let found = shop.pasted(pasted);
    assert_eq!(found.status, 0, "{found:?}");
    assert!(
        found.stdout.contains("refunded, given back by you"),
        "{found:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_providers_are_those_that_the_tests_know() {
    let shop = Shop::open().await;
    let named = shop.line("link list");
    assert_eq!(named.status, 2);
    let names = PROVIDERS.map(|(name, _)| name).join(", ");
    assert_eq!(
        named.stderr,
        format!("error: --account is missing: choose one of {names}\n")
    );
}
