//! What cannot be right, and cards in the wrong place.

use super::grouped;
use crate::shop::Shop;

/// Runs a line that is wrong, as text and as JSON, and returns what it says.
fn refused(shop: &Shop, words: &[&str]) -> String {
    let told = shop.run(words);
    assert_eq!((told.status, &*told.stdout), (2, ""), "{told:?}");
    let json = shop.run(&[words, &["--json"]].concat());
    assert_eq!((json.status, &*json.stderr), (2, ""), "{json:?}");
    let error = json.error();
    assert_eq!(error["kind"], "usage");
    let message = error["message"].as_str().unwrap();
    assert!(told.stderr.contains(message), "{told:?} {error}");
    assert!(shop.sandbox.journal().is_empty(), "something was sent");
    told.stderr
}

#[tokio::test(flavor = "multi_thread")]
async fn each_value_is_named_with_its_remedy() {
    let shop = Shop::open().await;
    for (line, said) in [
        (
            "create --price 9999 --invoice-number 1",
            "--price \"9999 rial\" is below CardPay's minimum: give at least 10000 rial",
        ),
        (
            "create --price 12,5x --invoice-number 1",
            "--price \"12,5x\" is not a whole number: write digits only",
        ),
        (
            "create --price 10000 --invoice-number 0",
            "--invoice-number \"0\" is out of range: give the order's own number",
        ),
        (
            "create --price 10000 --invoice-number a7",
            "--invoice-number \"a7\" is not a whole number",
        ),
        (
            "create --price 10000 --invoice-number 1 --callback shop.example",
            "--callback \"shop.example\" is not an http or https URL: write it whole",
        ),
        (
            "create --price 10000 --invoice-number 1 --mobile 0212345678",
            "--mobile does not have the length",
        ),
        (
            "create --price 10000 --invoice-number 1 --card-number 5022290000000043",
            "--card-number does not pass the check of a card number",
        ),
        (
            "set-card --pay-id 19 --card-number 5022",
            "--card-number has fewer than 16 digits",
        ),
        (
            "check --pay-id x19",
            "--pay-id \"x19\" is not a whole number: give the number that creating",
        ),
        ("check --pay-id 0", "--pay-id is zero"),
        (
            "cards --base-url http://shop.example/api/",
            "--base-url \"http://shop.example/api/\"",
        ),
    ] {
        let line = format!("cardpay {line}");
        let told = refused(&shop, &line.split(' ').collect::<Vec<_>>());
        assert!(told.contains(said), "{line}: {told}");
        assert!(!told.contains("0212345678"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_in_the_wrong_place_is_not_repeated() {
    let shop = Shop::open().await;
    let card = shop.sandbox.cardpay().payer_card();
    let grouped = grouped(card, " ");
    // The harness looks for the card in what is said.
    for words in [
        &["check", card][..],
        &["check", "--pay-id", "19", &grouped],
        &["check", "--pay-id", &grouped],
        &["set-card", "--pay-id", &grouped, "--card-number", "19"],
        &["create", "--price", "10000", "--invoice-number", &grouped],
        &["create", "--price", &grouped, "--invoice-number", "1"],
        &[card],
    ] {
        refused(&shop, &[&["cardpay"], words].concat());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_not_whole() {
    let shop = Shop::open().await;
    for variable in ["PAYLINK_CARDPAY_TOKEN", "PAYLINK_CARDPAY_BASE_URL"] {
        let mut command = shop.command(&["cardpay", "cards"]);
        command.env_remove(variable);
        let told = shop.finish(command);
        assert_eq!(told.status, 2, "{told:?}");
        let key = variable
            .trim_start_matches("PAYLINK_CARDPAY_")
            .to_lowercase();
        assert_eq!(
            shop.tidy(&told.stderr),
            format!(
                "error: {variable} is missing: set it, or write {key} under [cardpay] in \
                 ~/.config/paylink/config.toml; `paylink sandbox` gives one to try with\n"
            )
        );
    }
    let mut command = shop.command(&["cardpay", "cards"]);
    command.env("PAYLINK_CARDPAY_TOKEN", "two words");
    let told = shop.finish(command);
    assert_eq!(told.status, 2);
    assert!(
        told.stderr.starts_with("error: PAYLINK_CARDPAY_TOKEN ")
            && !told.stderr.contains("two words"),
        "{told:?}"
    );
    assert!(shop.sandbox.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_not_taken_from_a_flag() {
    let shop = Shop::open().await;
    let token = shop.sandbox.cardpay().token().to_owned();
    for flag in ["--token", "--token=x"] {
        let told = refused(&shop, &["cardpay", "cards", flag, &token]);
        assert!(
            told.contains("Secrets are never taken from flags: set PAYLINK_CARDPAY_TOKEN"),
            "{told}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_may_stand_in_the_file() {
    let shop = Shop::open().await;
    let cardpay = shop.sandbox.cardpay();
    let text = format!(
        "[cardpay]\ntoken = \"{}\"\nbase_url = \"{}\"\n",
        cardpay.token(),
        cardpay.base_url()
    );
    std::fs::write(shop.path("paylink.toml"), text).unwrap();
    let run = shop.finish(shop.bare(&["cardpay", "cards", "--config", "paylink.toml"]));
    assert_eq!(run.status, 0, "{run:?}");

    let mut command = shop.command(&["--json", "cardpay", "cards"]);
    command.env("PAYLINK_CARDPAY_TOKEN", "an-old-token-of-the-shop");
    let run = shop.finish(command);
    assert_eq!(run.status, 1);
    assert_eq!(run.error()["refusal"]["reason"], "bad_credentials");
    assert!(!run.stdout.contains("an-old-token"), "{run:?}");
}
