//! `paylink cardpay`: what to transfer, whether it came, and no card number whole.

use std::time::Duration;

use paylink_sandbox::Fault;
use paylink_sandbox::cardpay::{Payment, TIME_ALLOWED};
use serde_json::json;

use crate::shop::{Run, Shop, Started};

const CREATE: &str = "cardpay create --price 150000 --invoice-number 1000";

/// The payment that was created last.
fn newest(shop: &Shop) -> Payment {
    let payments = shop.sandbox.cardpay().payments();
    payments.last().expect("one was created").clone()
}

/// Creates a payment through the command, and returns its id.
fn create(shop: &Shop, more: &str) -> u64 {
    let created = shop.line(&format!("--json {CREATE}{more}"));
    created.ok()["pay_id"].as_u64().unwrap()
}

/// A card's number in groups of four, as people type it.
fn grouped(number: &str, separator: &str) -> String {
    let fours = number.as_bytes().chunks(4).map(str::from_utf8);
    fours
        .collect::<Result<Vec<_>, _>>()
        .unwrap()
        .join(separator)
}

/// Puts fixed words in place of how much time is left.
fn timeless(text: &str) -> String {
    let line = |line: &str| match line.split_once("Time left  ") {
        Some((before, _)) => format!("{before}Time left  MM min SS s\n"),
        None => line.to_owned(),
    };
    text.split_inclusive('\n').map(line).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn help_says_what_there_is_and_where_the_account_comes_from() {
    let shop = Shop::open().await;
    insta::assert_snapshot!(shop.line("cardpay -h").told(), @r#"
    Work with CardPay payments, from card to card

    Usage: paylink cardpay [OPTIONS] <OPERATION>

    Operations:
      create    Create a payment, and show what to transfer to which cards
      set-card  Record the card that the payer will transfer from; it can lose the payment
      check     Ask whether a payment is paid; the first time that it is leaves a trace
      cards     List your own cards, to which payers transfer
      help      Print this message or the help of the given subcommand(s)

    Options:
      -h, --help  Print help (see more with '--help')

    Global options:
          --base-url <URL>  Where the script's API stands: https, or http on loopback
          --json            Print one JSON document: {"ok": …} or {"error": …}
          --config <FILE>   Read the configuration from this file
          --proxy <URL>     Call providers by this proxy; `none` goes directly
          --lang <en|fa>    Speak English or Persian, whatever PAYLINK_LANG and the locale say

    The account comes from these variables, or from [cardpay] in the configuration, where
    PAYLINK_CARDPAY_TOKEN is token and so on:
      PAYLINK_CARDPAY_TOKEN, secret
          The script's token, which each request carries.
      PAYLINK_CARDPAY_BASE_URL
          The address of the script's API on the merchant's own host.
      PAYLINK_CARDPAY_CALLBACK_FIELD
          The parameter in which the script reads the callback.
      PAYLINK_CARDPAY_BODY_ENCODING
          What the bodies of requests are written in.

    Card numbers are shown with their first six and last four digits.
    `paylink sandbox` gives an account to try with.
    "#);
    let create = shop.line("cardpay create -h");
    insta::assert_snapshot!(create.stdout, @r#"
    Create a payment, and show what to transfer to which cards

    Usage: paylink cardpay create [OPTIONS] --price <RIAL> --invoice-number <NUMBER>

    Options:
          --price <RIAL>             What the order costs, in rial, 10000 at least; what to transfer can
                                     differ
          --invoice-number <NUMBER>  Your own number of the payment, a whole number never used before
          --mobile <NUMBER>          The payer's mobile number
          --card-number <NUMBER>     The payer's card, 16 digits; only if your bank's messages show the
                                     payer's card, else the payment is lost
          --callback <URL>           Where the payer comes back to, such as
                                     https://shop.example/back?order=1000; without it there is no pay
                                     page
          --callback-app <URL>       The same as an address of an app's own scheme, such as myapp://back
          --qr <WHEN>                When to draw the pay link as a QR code [default: auto] [possible
                                     values: auto, always, never]
          --wait                     Wait until it is paid or its time is over
      -h, --help                     Print help (see more with '--help')

    Global options:
          --base-url <URL>  Where the script's API stands: https, or http on loopback
          --json            Print one JSON document: {"ok": …} or {"error": …}
          --config <FILE>   Read the configuration from this file
          --proxy <URL>     Call providers by this proxy; `none` goes directly
          --lang <en|fa>    Speak English or Persian, whatever PAYLINK_LANG and the locale say
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_state_has_its_words_and_its_status() {
    let shop = Shop::open().await;
    let pay_id = create(&shop, "");
    let line = format!("cardpay check --pay-id {pay_id}");

    insta::assert_snapshot!(shop.line(&line).failed(4), @r#"
      Pay id  856076
      Code    7, not paid yet, and there is still time
      Script  "Payment is waiting."

    Do not deliver. Check again in a while.
    "#);
    shop.sandbox.cardpay().pay(pay_id).unwrap();
    let first = shop.line(&line);
    insta::assert_snapshot!(first.told(), @r#"
      Pay id  856076
      Code    201, paid, and this is the first verification
      Script  "Payment is complete."

    Deliver the order whose own record holds this pay id, unless that record says that
    it was delivered before.
    "#);
    insta::assert_snapshot!(shop.line(&line).told(), @r#"
      Pay id  856076
      Code    200, paid, and verified before
      Script  "Payment is complete."

    Deliver the order whose own record holds this pay id, unless that record says that
    it was delivered before.
    "#);
    assert_eq!(newest(&shop).times_first_verified(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn money_from_another_card_is_for_a_person_to_decide() {
    let shop = Shop::open().await;
    let pay_id = create(&shop, "");
    let cardpay = shop.sandbox.cardpay();
    let set = shop.line(&format!(
        "cardpay set-card --pay-id {pay_id} --card-number {}",
        cardpay.payer_card()
    ));
    insta::assert_snapshot!(set.told(), @r"
    Card 502229******0042 is recorded for payment 856076.
    A deposit that shows another card, or none, is not matched any more.
    ");
    let amount = newest(&shop).amount;
    let other = cardpay.other_payer_card();
    cardpay.transfer(pay_id, amount, Some(other)).unwrap();

    let run = shop.line(&format!("cardpay check --pay-id {pay_id}"));
    insta::assert_snapshot!(run.failed(5), @r#"
      Pay id  856076
      Code    199, paid from another card than the recorded one
      Script  "Payment is complete, but from another card."

    The money is there. A person has to decide whose it is before anything is delivered or
    given back.
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_read_state_and_code() {
    let shop = Shop::open().await;
    let pay_id = create(&shop, "");
    let line = format!("--json cardpay check --pay-id {pay_id}");
    assert_eq!(
        shop.line(&line).error(),
        json!({
            "kind": "not_paid", "effect": "not_executed", "pay_id": pay_id,
            "message": format!("payment {pay_id} is not paid yet, and there is still time"),
            "state": "not_paid_yet", "code": 7, "msg": "Payment is waiting.",
        })
    );
    shop.sandbox.clock().advance(TIME_ALLOWED);
    let late = shop.line(&line);
    late.fails(4, json!({"state": "expired", "code": 6}));

    let created = shop.line("--json cardpay create --price 10000 --invoice-number 1001");
    let pay_id = created.ok()["pay_id"].as_u64().unwrap();
    shop.sandbox.cardpay().pay(pay_id).unwrap();
    for (state, code) in [("first_verification", 201), ("verified_before", 200)] {
        let paid = shop.line(&format!("--json cardpay check --pay-id {pay_id}"));
        let message = "Payment is complete.";
        let expected = json!({"pay_id": pay_id, "state": state, "code": code, "msg": message});
        assert_eq!(paid.ok(), expected);
    }
    let unknown = shop.line("--json cardpay check --pay-id 99999");
    unknown.fails(1, json!({"code": "5"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_first_verification_is_proved_by_the_next_check() {
    let shop = Shop::open().await;
    let pay_id = create(&shop, "");
    shop.sandbox.cardpay().pay(pay_id).unwrap();
    // The client asks three times by itself.
    let faults = shop.sandbox.faults();
    faults
        .times("cardpay", "check", 3, Fault::HtmlAfter)
        .unwrap();
    let lost = shop.line(&format!("cardpay check --pay-id {pay_id}"));
    lost.failed(3);
    lost.complains("Check again: it is safe at any time.");
    let next = shop.line(&format!("cardpay check --pay-id {pay_id}"));
    assert_eq!(next.status, 0);
    assert!(next.stdout.contains("200, paid, and verified before"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_recorded_once() {
    let shop = Shop::open().await;
    let pay_id = create(&shop, "");
    let cardpay = shop.sandbox.cardpay();
    let line = format!(
        "--json cardpay set-card --pay-id {pay_id} --card-number {}",
        cardpay.payer_card()
    );
    let masked = json!({"pay_id": pay_id, "card": "502229******0042"});
    assert_eq!(shop.line(&line).ok(), masked);
    let again = shop.line(line.trim_start_matches("--json "));
    insta::assert_snapshot!(again.failed(1), @r#"
    error: cardpay set-card: the provider refused (code -2, "Card number is already recorded.")

    It is not told which card that is, and it cannot be changed.
    "#);

    let other = shop.line("--json cardpay create --price 10000 --invoice-number 1001");
    shop.fault("cardpay", "set-card", Fault::DropAfter);
    let (id, card) = (&other.ok()["pay_id"], cardpay.payer_card());
    let lost = shop.line(&format!(
        "cardpay set-card --pay-id {id} --card-number {card}"
    ));
    insta::assert_snapshot!(lost.failed(3), @r"
    error: cardpay set-card: the connection broke before a whole answer came; the outcome is unknown, and the provider offers no way to look it up

    CardPay does not tell whether a card is recorded. Set the same card once more: it is done
    then, or code -2 says that a card is recorded.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_merchants_cards_are_listed() {
    let shop = Shop::open().await;
    insta::assert_snapshot!(shop.line("cardpay cards").told(), @r"
    CARD              BANK            HOLDER
    ──────────────────────────────────────────────
    621986******0017  بانک سامان      سارا آزمایشی
    610433******0029  بانک ملت        سارا آزمایشی
    603799******0030  بانک ملی ایران  سارا آزمایشی
    ");
    let cards = shop.line("--json cardpay cards").ok();
    assert_eq!(cards["cards"].as_array().unwrap().len(), 3);
    assert_eq!(cards["cards"][1]["number"], "610433******0029");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exact_amount_stands_out_and_the_price_nowhere() {
    let shop = Shop::open().await;
    let run = shop.line(&format!(
        "{CREATE} --callback https://shop.example/back?order=1000"
    ));
    insta::assert_snapshot!(timeless(&shop.tidy(run.told())), @r"
    The payment is created. The payer has to transfer exactly, to the rial:

      ▄█  █▀▀ █▀█     █▀▀ █▀█ █▀█
       █  ▀▀█ █ █     ▀▀█ ▀▀█ █▀█
      ▀▀▀ ▀▀▀ ▀▀▀ ▄▀  ▀▀▀ ▀▀▀ ▀▀▀

      150,598 rial, which is 15,059.8 toman

    To one of these cards, whose numbers are masked here:

    CARD              BANK            HOLDER
    ──────────────────────────────────────────────
    621986******0017  بانک سامان      سارا آزمایشی
    610433******0029  بانک ملت        سارا آزمایشی
    603799******0030  بانک ملی ایران  سارا آزمایشی

      Invoice    1000
      Pay id     856076
      Time left  MM min SS s

    Send the payer to this link:

    http://SANDBOX/cardpay/payment/856076

    Store the pay id with the order. When the payer has transferred, check it:

      paylink cardpay check --pay-id 856076
    ");
    assert!(!run.stdout.contains("150000") && !run.stdout.contains("150,000"));
    let widest = run.stdout.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(80), "{widest:?} columns");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_typed_is_sent() {
    let shop = Shop::open().await;
    let card = shop.sandbox.cardpay().payer_card();
    let run = shop.line(&format!(
        "--json cardpay create --price ۱۵۰,۰۰۰ --invoice-number ۱۰۰۰ --mobile +989123452730 --card-number {}",
        grouped(card, "-")
    ));
    let created = run.ok();
    let there = newest(&shop);
    assert_eq!((there.price, there.fid), (150_000, 1000));
    assert_eq!(there.phone.as_deref(), Some("09123452730"));
    assert_eq!(there.card.as_ref().unwrap().number(), card);
    assert!(there.callback.is_none());

    assert_eq!(created["link"], json!(null));
    assert_eq!(created["pay_id"], json!(there.pay_id));
    assert_eq!(
        created["transfer_exactly_rial"],
        json!(there.amount.to_string())
    );
    let toman = format!("{}.{}", there.amount / 10, there.amount % 10);
    assert_eq!(created["transfer_exactly_toman"], json!(toman));
    let left = created["seconds_left"].as_u64().unwrap();
    assert!((890..=900).contains(&left), "{left}");
    assert_eq!(created["pay_to"][0]["number"], "621986******0017");
    let record = &created["record"];
    assert_has!(record, {"pay_id": there.pay_id, "fid": 1000, "price_rial": 150_000});
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_drawn_for_a_phone() {
    let shop = Shop::open().await;
    let run = shop.line(&format!(
        "{CREATE} --callback https://shop.example/back --qr always"
    ));
    run.prints("████ ▄▄▄▄▄ █");
    let without = shop.line("cardpay create --price 150000 --invoice-number 1001 --qr always");
    assert_eq!(without.status, 0, "{without:?}");
    assert!(!without.stdout.contains("to this link"), "{without:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_was_used_says_what_exists_and_what_cannot_be_known() {
    let shop = Shop::open().await;
    create(&shop, "");
    insta::assert_snapshot!(shop.line(CREATE).failed(1), @r#"
    error: cardpay create: the provider refused (code 3, "Invoice number is already used.")

    A payment with this number exists. CardPay does not tell its pay id: it is in your own
    record, or lost. If it is lost, nobody was told what to transfer: go on under a new number.
    "#);
    let error = shop.line(&format!("--json {CREATE}")).error();
    assert_has!(error, {"kind": "refused", "effect": "not_executed", "code": "3"});
    assert_eq!(shop.sandbox.cardpay().payments().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_says_that_nothing_finds_it_and_what_to_do() {
    let shop = Shop::open().await;
    let faults = shop.sandbox.faults();
    faults
        .times("cardpay", "create", 2, Fault::DropAfter)
        .unwrap();
    insta::assert_snapshot!(shop.line(CREATE).failed(3), @r"
    error: cardpay create: the connection broke before a whole answer came; the outcome is unknown, and the provider offers no way to look it up

    CardPay finds no payment by its number, so whether 1000 exists cannot be asked. Nobody was
    told what to transfer, so it does no harm: create the payment under a new number. Under
    1000 once more is safe as well: it is created then, or code 3 says that it exists and that
    its pay id is lost.
    ");
    assert_eq!(shop.sandbox.cardpay().payments().len(), 1);

    let json = shop.line("--json cardpay create --price 150000 --invoice-number 1001");
    assert_eq!(json.status, 3);
    let error = json.error();
    assert_has!(error, {"effect": "unknown", "handle/reference": "1001"});

    // As the advice says, the same number once more.
    let again = shop.line(CREATE);
    assert_eq!(again.status, 1);
    again.complains("code 3");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_suggested_checks_the_payment() {
    let shop = Shop::open().await;
    let base_url = shop.sandbox.cardpay().base_url().to_owned();
    let without = "PAYLINK_CARDPAY_BASE_URL";
    let line = format!("{CREATE} --base-url {base_url}");
    let created = shop.line_with(&line, |it| it.env_remove(without));
    shop.sandbox.cardpay().pay(newest(&shop).pay_id).unwrap();
    let (_, suggested) = created.stdout.rsplit_once("\n\n  paylink ").unwrap();
    let checked = shop.pasted_with(suggested, |it| it.env_remove(without));
    assert_eq!(checked.status, 0, "{checked:?}");
}

/// Runs a line that is wrong, as text and as JSON, and returns what it says.
fn refused(shop: &Shop, words: &[&str]) -> String {
    let told = shop.run(words);
    told.failed(2);
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
        let told = shop.line_with("cardpay cards", |it| it.env_remove(variable));
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
    let told = shop.line_with("cardpay cards", |it| {
        it.env("PAYLINK_CARDPAY_TOKEN", "two words")
    });
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
        let never = "Secrets are never taken from flags: set PAYLINK_CARDPAY_TOKEN";
        assert!(told.contains(never), "{told}");
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

    let run = shop.line_with("--json cardpay cards", |it| {
        it.env("PAYLINK_CARDPAY_TOKEN", "an-old-token-of-the-shop")
    });
    assert_eq!(run.status, 1);
    assert_eq!(run.error()["refusal"]["reason"], "bad_credentials");
    assert!(!run.stdout.contains("an-old-token"), "{run:?}");
}

/// Starts a command that waits, and lets its payment come into being.
async fn start(shop: &Shop, more: &str) -> (Started, Payment) {
    let line = format!("{CREATE} --wait{more}");
    let child = shop.start(&line);
    while shop.sandbox.cardpay().payments().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    (child, newest(shop))
}

/// Waits beside the sandbox, which answers in the meantime.
fn ended(shop: &Shop, child: Started) -> Run {
    tokio::task::block_in_place(|| shop.wait(child))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_verification_ends_it_well() {
    let shop = Shop::open().await;
    let (child, payment) = start(&shop, "").await;
    shop.sandbox.cardpay().pay(payment.pay_id).unwrap();
    let run = ended(&shop, child);
    assert_eq!(run.status, 0, "{run:?}");
    let (created, settled) = run.stdout.split_once("\nSettled: ").unwrap();
    assert!(created.contains(" rial, which is "), "{created}");
    let facts = format!(
        "  Amount   {} IRR (rial)\n  Pay id   {}\n",
        payment.amount, payment.pay_id
    );
    assert!(settled.contains(&facts), "{settled}");
    assert!(settled.contains("Deliver, unless your own record says"));
    assert_eq!(run.stderr, "Waiting for the transfer, 15 min left\n");
    assert_eq!(newest(&shop).times_first_verified(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_first_verification_ends_it_well_too() {
    let shop = Shop::open().await;
    let (child, payment) = start(&shop, " --json").await;
    shop.sandbox.cardpay().pay(payment.pay_id).unwrap();
    // More than the client's own attempts: the command asks again by itself.
    let faults = shop.sandbox.faults();
    faults
        .times("cardpay", "check", 4, Fault::DropAfter)
        .unwrap();
    let run = ended(&shop, child);
    let paid = run.ok();
    assert_eq!(paid["settlement"], "already_settled");
    let amount = json!({"amount": payment.amount.to_string(), "currency": "IRR"});
    assert_eq!(paid["proof"]["amount"], amount);
    assert_eq!(paid["payment"]["pay_id"], json!(payment.pay_id));
    // What to transfer was told beside the one document, in time.
    let told = run.stderr.find(" rial, which is ").unwrap();
    let waited = run.stderr.find("Waiting for the transfer").unwrap();
    assert!(told < waited, "{run:?}");
    run.complains("checking again");
}

#[tokio::test(flavor = "multi_thread")]
async fn time_that_is_over_ends_it() {
    let shop = Shop::open().await;
    let (child, payment) = start(&shop, "").await;
    shop.sandbox.clock().advance(TIME_ALLOWED);
    let run = ended(&shop, child);
    assert_eq!(run.status, 4, "{run:?}");
    let over = "Not paid: its time is over.\n\
                Do not deliver. The payer needs a new payment, under a new number.\n";
    assert!(run.stderr.ends_with(over), "{run:?}");
    assert_eq!(newest(&shop).pay_id, payment.pay_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn money_from_another_card_ends_it_as_a_mismatch() {
    let shop = Shop::open().await;
    let card = shop.sandbox.cardpay().payer_card();
    let (child, payment) = start(&shop, &format!(" --json --card-number {card}")).await;
    let other = shop.sandbox.cardpay().other_payer_card();
    shop.sandbox
        .cardpay()
        .transfer(payment.pay_id, payment.amount, Some(other))
        .unwrap();
    let mismatch =
        json!({"kind": "mismatch", "effect": "unknown", "payment/pay_id": payment.pay_id});
    ended(&shop, child).fails(5, mismatch);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_refuses_to_answer_ends_it_unknown() {
    let shop = Shop::open().await;
    let (child, payment) = start(&shop, "").await;
    let faults = shop.sandbox.faults();
    faults
        .times("cardpay", "check", 9, Fault::Status(301))
        .unwrap();
    let run = ended(&shop, child);
    assert_eq!(run.status, 3, "{run:?}");
    let way_on = format!("  paylink cardpay check --pay-id {}\n", payment.pay_id);
    assert!(run.stderr.ends_with(&way_on), "{run:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_leaves_the_payment_and_says_how_to_go_on() {
    let shop = Shop::open().await;
    let (mut child, payment) = start(&shop, " --json").await;
    let mut heard = String::new();
    {
        use std::io::{BufRead, BufReader};
        let mut told = BufReader::new(child.stderr.as_mut().unwrap());
        while !heard.contains("Waiting") {
            told.read_line(&mut heard).unwrap();
        }
    }
    crate::shop::interrupt(&child);
    let interrupted = json!({"kind": "interrupted", "payment/record/pay_id": payment.pay_id});
    ended(&shop, child).fails(3, interrupted);
}
