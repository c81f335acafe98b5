//! Refund, disable and resend, where the provider has them.

use std::time::Duration;

use paylink_sandbox::Fault;

use super::{PROVIDERS, created, pay};
use crate::shop::Shop;

const BOOKS: &str = "--order 1000 --amount 250000 --currency IRT";

fn change(provider: &str, operation: &str) -> String {
    let agreed = match operation {
        "refund" | "disable" => " --yes",
        _ => "",
    };
    format!("link {operation} --account {provider} --record 1000.json{agreed}")
}

/// A payment that was created, paid and settled at ZiPay.
fn settled(shop: &Shop) {
    created(shop, "zipay", "1000");
    pay(shop, "zipay");
    shop.line(&format!("--json {} {BOOKS}", change("zipay", "settle")))
        .ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_provider_has_is_done() {
    let shop = Shop::open().await;
    settled(&shop);
    let refunded = shop.line(&change("zipay", "refund"));
    assert_eq!(refunded.status, 0, "{refunded:?}");
    insta::assert_snapshot!(shop.tidy(&refunded.stdout), @r"
    The money goes back to the payer.

      Order    1000
      State    refunded, given back by you
      Amount   250000 IRT (toman)
      trackid  4d27c0ea-b9df-42c7-a66b-5d19b526b2d0
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
    settled(&shop);
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

#[tokio::test(flavor = "multi_thread")]
async fn help_says_how_to_agree() {
    let shop = Shop::open().await;
    let run = shop.line("link refund -h");
    assert_eq!((run.status, &*run.stderr), (0, ""));
    insta::assert_snapshot!(run.stdout, @r#"
    Give the money of a settled payment back to its payer

    Usage: paylink link refund [OPTIONS] --record <FILE>

    Options:
          --record <FILE>        The payment's record, as `create` printed or wrote it; standard input
                                 if it is -
          --order <REFERENCE>    The order's reference, by your own books; with --amount and --currency
                                 it stands for a yes
          --amount <AMOUNT>      What the order costs, by your own books
          --currency <CURRENCY>  In which currency; IRR is rial and IRT toman [possible values: IRR,
                                 IRT, USD, USDT]
          --yes                  Do it without asking at the terminal
      -h, --help                 Print help (see more with '--help')

    Global options:
          --account <NAME>  Which account; it need not be said where there is but one
          --json            Print one JSON document: {"ok": …} or {"error": …}
          --config <FILE>   Read the configuration from this file
    "#);
}

/// A script that names the wrong file, or a terminal on which nobody answers, gives nothing back.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_taken_back_is_asked_for_twice() {
    let shop = Shop::open().await;
    settled(&shop);
    shop.sandbox.clear_journal();
    let refund = "--json link refund --account zipay --record 1000.json";
    let unasked = shop.line(refund);
    assert_eq!(unasked.status, 2, "{unasked:?}");
    assert_eq!(unasked.error()["place"], "--yes");
    for (books, status) in [
        ("--order 1001 --amount 250000 --currency IRT", 5),
        ("--order 1000 --amount 250001 --currency IRT", 5),
        ("--order 1000 --amount 250000 --currency IRR", 5),
        ("--order 1000", 2),
        ("--order 1000 --amount 250000", 2),
        ("--amount 250000 --currency IRT --yes", 2),
    ] {
        let refused = shop.line(&format!("{refund} {books}"));
        assert_eq!(refused.status, status, "{books}: {refused:?}");
    }
    assert!(shop.sandbox.journal().is_empty());
    let wrong = "--order 1001 --amount 250000 --currency IRT";
    let wrong = shop.line(&format!("{} {wrong}", refund.replace("--json ", "")));
    insta::assert_snapshot!(wrong.stderr, @r"
    Mismatch: the payment is not the one of your record.

      order: expected 1001, found 1000

    Nothing was changed. Take the record or the id that was stored with this order.
    ");
    let refunded = shop.line(&format!("{refund} {BOOKS}")).ok();
    assert_eq!(refunded["payment"]["state"], "refunded");
}

/// The same in rial, which the books of another shop are kept in.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_withdrawn_by_the_books_too() {
    let shop = Shop::open().await;
    created(&shop, "sizpay", "1000");
    let disable = "link disable --account sizpay --record 1000.json";
    assert_eq!(shop.line(disable).status, 2);
    let other = format!("{disable} --order 1000 --amount 2500001 --currency IRR");
    assert_eq!(shop.line(&other).status, 5);
    let run = shop.line(&format!(
        "{disable} --order 1000 --amount 2500000 --currency IRR"
    ));
    assert_eq!(run.status, 0, "{run:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn zipays_own_refund_is_held_against_the_books_or_wants_a_yes() {
    let shop = Shop::open().await;
    let trackid = shop.paid("1000");
    let refund = format!("--json zipay refund --trackid {trackid}");
    shop.sandbox.clear_journal();
    let unasked = shop.line(&refund);
    assert_eq!(
        (unasked.status, &unasked.error()["place"]),
        (2, &"--yes".into())
    );
    assert!(shop.sandbox.journal().is_empty());
    for other in [
        "--invoice-number 1001 --amount 250000 --currency IRT",
        "--invoice-number 1000 --amount 25000 --currency IRT",
        "--invoice-number 1000 --amount 250000 --currency USD",
    ] {
        let refused = shop.line(&format!("{refund} {other}"));
        assert_eq!(refused.status, 5, "{refused:?}");
        assert_eq!(refused.error()["kind"], "mismatch");
    }
    let state = || shop.sandbox.zipay().invoice(&trackid).unwrap().status;
    assert_eq!(state().as_str(), "pending");
    shop.line(&format!("zipay verify --trackid {trackid}"));
    let own = "--invoice-number 1000 --amount 250000 --currency IRT";
    assert_eq!(
        shop.line(&format!("{refund} {own}")).ok()["status"],
        "refunded"
    );
}
