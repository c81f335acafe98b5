//! From the order to the proof, with the record in between.

use std::time::Duration;

use paylink_sandbox::Fault;
use serde_json::{Value, json};

use super::{age, created, pay, providers};
use crate::shop::{Run, Shop};

fn settle(shop: &Shop, provider: &str, more: &str) -> Run {
    shop.line(&format!(
        "--json link settle --account {provider} --record 1000.json {more}"
    ))
}

const BOOKS: &str = "--order 1000 --amount 2500000 --currency IRR";

#[tokio::test(flavor = "multi_thread")]
async fn every_provider_settles_what_was_paid_and_nothing_else() {
    for provider in providers() {
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

      Order      1000
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
    insta::assert_snapshot!(other.stderr, @r"error: the record in 1000.json is of an account of sizpay, and zipay is an account of zipay: give --account sizpay");
    // The one that the record is of need not be configured.
    let only = format!("link settle --record 1000.json {BOOKS}");
    let mut command = shop.bare(&only.split(' ').collect::<Vec<_>>());
    let zipay = shop.sandbox.zipay();
    command
        .env("PAYLINK_ZIPAY_API_KEY", zipay.api_key())
        .env("PAYLINK_ZIPAY_SECRET_KEY", zipay.secret_key());
    insta::assert_snapshot!(shop.finish(command).failed(2), @r"error: the record in 1000.json is of an account of sizpay, and zipay is an account of zipay: configure an account of sizpay");
    assert!(shop.sandbox.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_in_the_words_that_all_share() {
    let shop = Shop::open().await;
    created(&shop, "zipay", "1000");
    let run = shop.line("link status --account zipay --record 1000.json");
    assert_eq!((run.status, &*run.stderr), (0, ""));
    insta::assert_snapshot!(shop.tidy(&run.stdout), @r#"
    Order         1000
    State         unpaid, nobody has paid it yet
    In its words  zipay says "generated"
    Amount        250000 IRT (toman)
    trackid       4d27c0ea-b9df-42c7-a66b-5d19b526b2d0
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_state_of_a_payment_is_read_and_not_changed() {
    let shop = Shop::open().await;
    for (provider, unpaid, paid) in [
        // POD's flags do not tell the two apart before the merchant has verified.
        ("pod", "unconfirmed", "unconfirmed"),
        ("sizpay", "unpaid", "paid"),
        ("zipay", "unpaid", "unconfirmed"),
    ] {
        created(&shop, provider, "1000");
        let line = format!("--json link status --account {provider} --record 1000.json");
        assert_eq!(shop.line(&line).ok()["state"], unpaid, "{provider}");
        pay(&shop, provider);
        for _ in 0..2 {
            assert_eq!(shop.line(&line).ok()["state"], paid, "{provider}");
        }
        std::fs::remove_file(shop.path("1000.json")).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_how_to_see_the_next_one() {
    let shop = Shop::open().await;
    for order in 1..=60 {
        shop.create(&order.to_string());
    }
    let mut seen = Vec::new();
    let mut words = "link list --account zipay".to_owned();
    loop {
        let page = shop.line(&words);
        assert_eq!(page.status, 0, "{page:?}");
        let rows = page.stdout.lines().filter(|line| line.contains(" unpaid "));
        seen.extend(rows.map(|row| row.split_whitespace().next().unwrap().to_owned()));
        match page.stdout.split_once("There are more:\n\n  paylink ") {
            Some((_, next)) => words = next.trim().to_owned(),
            None => break,
        }
    }
    seen.sort_unstable_by_key(|order| order.parse::<u32>().unwrap());
    let all: Vec<String> = (1..=60).map(|order: u32| order.to_string()).collect();
    assert_eq!(seen, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_is_none_is_refused() {
    let shop = Shop::open().await;
    let run = shop.line("link list --account sizpay --day 1403/13/01");
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.starts_with("error: --day \"1403/13/01\""),
        "{run:?}"
    );
    let missing = shop.line("link list --account sizpay");
    assert_eq!(missing.status, 2);
    assert!(
        missing
            .stderr
            .starts_with("error: --day is missing, and sizpay needs it"),
        "{missing:?}"
    );
    assert!(shop.sandbox.journal().is_empty());
}

const BY_BOOKS: &str = "--order 1000 --amount 250000 --currency IRT";

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
    shop.line(&format!("--json {} {BY_BOOKS}", change("zipay", "settle")))
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
    shop.sandbox.clear_journal();
    let early = shop.line(&format!("--json {again}"));
    early.fails(1, json!({"kind": "too_soon", "effect": "not_executed"}));
    assert!(shop.sandbox.journal().is_empty());

    let minutes = Duration::from_secs(180);
    let pass = || {
        shop.sandbox.clock().advance(minutes);
        age(&shop, "1000.json", minutes);
    };
    for number in 1..=3 {
        pass();
        let sent = shop.line(&again);
        assert_eq!(
            sent.told(),
            "The payer is sent the link once more.\n",
            "{number}"
        );
        assert_eq!(shop.sandbox.sms().len(), number + 1);
        // The next run reads it there.
        let kind = if number < 3 { "too_soon" } else { "too_many" };
        shop.line(&format!("--json {again}"))
            .fails(1, json!({"kind": kind}));
    }
    pass();
    shop.sandbox.clear_journal();
    insta::assert_snapshot!(shop.line(&again).failed(1), @r"
    error: the message was sent again three times, and SizPay sends no more; disable the link and send a new one

    Nothing was sent.
    ");
    assert!(shop.sandbox.journal().is_empty());
    // It settles like the record that was created.
    let settle = format!("link settle --account sizpay --record 1000.json {BY_BOOKS}");
    assert_eq!(shop.line(&settle).status, 4);
}

/// A message that was surely not sent does not count; one that may have been sent does.
#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_been_sent_counts() {
    let shop = Shop::open().await;
    created(&shop, "sizpay", "1000");
    age(&shop, "1000.json", Duration::from_secs(180));
    shop.sandbox.clock().advance(Duration::from_secs(180));
    let record = || std::fs::read_to_string(shop.path("1000.json")).unwrap();
    let before: Value = serde_json::from_str(&record()).unwrap();
    let again = change("sizpay", "resend");
    let refused = shop.line_with(&again, |it| it.env("PAYLINK_SIZPAY_PASSWORD", "another"));
    assert_eq!(refused.status, 1, "{refused:?}");
    assert_eq!(serde_json::from_str::<Value>(&record()).unwrap(), before);

    shop.fault("sizpay", "resend", Fault::DropAfter);
    assert_eq!(shop.line(&again).status, 3);
    assert!(record().contains(r#"\"resends\":1"#), "{}", record());
    // A record on standard input is counted nowhere: SizPay refuses by itself.
    let given = again.replace("1000.json", "-");
    let given = shop.given(&format!("--json {given}"), &before);
    given.fails(1, json!({"kind": "refused"}));
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
        .next("zipay", "refund", Fault::DropAfter)
        .unwrap();
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
async fn without_an_account_every_provider_is_named() {
    let shop = Shop::open().await;
    let named = shop.line("link list");
    assert_eq!(named.status, 2);
    let names = providers().join(", ");
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
          --proxy <URL>     Call providers by this proxy; `none` goes directly
          --lang <en|fa>    Speak English or Persian, whatever PAYLINK_LANG and the locale say
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
    let refunded = shop.line(&format!("{refund} {BY_BOOKS}")).ok();
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
