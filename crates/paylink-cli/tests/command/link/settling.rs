//! From the order to the proof, with the record in between.

use super::{PROVIDERS, created, pay};
use crate::shop::{Run, Shop};

fn settle(shop: &Shop, provider: &str, more: &str) -> Run {
    shop.line(&format!(
        "--json link settle --account {provider} --record 1000.json {more}"
    ))
}

const BOOKS: &str = "--order 1000 --amount 2500000 --currency IRR";

#[tokio::test(flavor = "multi_thread")]
async fn every_provider_settles_what_was_paid_and_nothing_else() {
    for (provider, _) in PROVIDERS {
        let shop = Shop::open().await;
        created(&shop, provider, "1000");
        let unpaid = settle(&shop, provider, BOOKS);
        assert_eq!(unpaid.status, 4, "{unpaid:?}");
        assert_eq!(unpaid.error()["kind"], "not_paid", "{provider}");
        pay(&shop, provider);

        for (books, field) in [
            ("--order 1000 --amount 25000000 --currency IRR", "amount"),
            ("--order 1001 --amount 2500000 --currency IRR", "order"),
            ("--order 1000 --amount 2500000 --currency USD", "currency"),
        ] {
            let other = settle(&shop, provider, books);
            assert_eq!(other.status, 5, "{other:?}");
            let error = other.error();
            assert_eq!(error["kind"], "mismatch", "{provider} {books}");
            assert_eq!(error["mismatch"][0]["field"], field, "{provider}");
        }
        let settled = settle(&shop, provider, BOOKS).ok();
        let outcome = settled["settlement"].as_str().unwrap();
        assert!(
            outcome == "settled" || outcome == "already_settled",
            "{outcome}"
        );
        let checks = settled["proof"]["checks"].as_array().unwrap();
        assert!(
            checks
                .iter()
                .any(|it| it["field"] == "order" && it["expected"] == "1000")
        );
        let again = settle(&shop, provider, BOOKS).ok();
        assert_eq!(again["settlement"], "already_settled", "{provider}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_that_names_another_payment_settles_nothing() {
    let shop = Shop::open().await;
    created(&shop, "zipay", "999");
    created(&shop, "zipay", "1000");
    pay(&shop, "zipay");
    let [other, own] = &shop.sandbox.zipay().invoices()[..] else {
        panic!("two invoices")
    };
    let came_back = |trackid: &str, number: &str| {
        let query = format!("?trackid={trackid}&invoice_number={number}&success=true");
        settle(&shop, "zipay", &format!("{BOOKS} --return {query}"))
    };
    let replayed = came_back(&other.trackid, "999");
    assert_eq!(replayed.status, 5, "{replayed:?}");
    assert_eq!(replayed.error()["kind"], "mismatch");
    assert_eq!(
        came_back(&own.trackid, "1000").ok()["settlement"],
        "settled"
    );
    let unreadable = settle(&shop, "zipay", &format!("{BOOKS} --return nothing"));
    assert_eq!(unreadable.status, 2, "{unreadable:?}");
    assert_eq!(unreadable.error()["place"], "trackid in --return");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_read_that_it_is_theirs() {
    let shop = Shop::open().await;
    let run = created(&shop, "zipay", "1000");
    pay(&shop, "zipay");
    // The command that was suggested, word by word.
    let (_, suggested) = run.stdout.rsplit_once("  paylink ").unwrap();
    let told = shop.pasted(suggested);
    assert_eq!((told.status, &*told.stderr), (0, ""));
    insta::assert_snapshot!(shop.tidy(&told.stdout), @r"
    Settled: the money is yours.

      Invoice    1000
      Amount     250000 IRT (toman)
      Reference  4d27c0ea-b9df-42c7-a66b-5d19b526b2d0
      Compared   currency, amount, order, merchant, reference

    Deliver, unless your own record says that it was delivered before.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_record_is_refused_without_repeating_it() {
    let shop = Shop::open().await;
    let key = shop.sandbox.zipay().secret_key().to_owned();
    std::fs::write(shop.path("1000.json"), format!("{{\"key\": \"{key}\"}}")).unwrap();
    let run = shop.line(&format!(
        "link settle --account zipay --record 1000.json {BOOKS}"
    ));
    assert_eq!(run.status, 2);
    assert!(
        run.stderr
            .starts_with("error: the record in 1000.json is not a record, as line 1"),
        "{run:?}"
    );

    std::fs::remove_file(shop.path("1000.json")).unwrap();
    created(&shop, "sizpay", "1000");
    shop.sandbox.clear_journal();
    let other = shop.line(&format!(
        "link settle --account zipay --record 1000.json {BOOKS}"
    ));
    assert_eq!(other.status, 2, "{other:?}");
    assert!(
        other
            .stderr
            .starts_with("error: the record in 1000.json \"sizpay\" is of another provider"),
        "{other:?}"
    );
    assert!(shop.sandbox.journal().is_empty());
}
