//! Where a payment stands, and what there is.

use super::{created, pay};
use crate::shop::Shop;

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
