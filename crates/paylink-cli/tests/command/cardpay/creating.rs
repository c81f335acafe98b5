use paylink_sandbox::Fault;
use serde_json::json;

use super::{CREATE, create, grouped, newest, timeless};
use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn the_exact_amount_stands_out_and_the_price_nowhere() {
    let shop = Shop::open().await;
    let run = shop.line(&format!(
        "{CREATE} --callback https://shop.example/back?order=1000"
    ));
    assert_eq!((run.status, &*run.stderr), (0, ""));
    insta::assert_snapshot!(timeless(&shop.tidy(&run.stdout)), @r"
    The payment is created. The payer has to transfer exactly, to the rial:

      ▄█  █▀▀ █▀█     █▀▀ ▀▀█ █ █
       █  ▀▀█ █ █     █▀█ █▀▀ ▀▀█
      ▀▀▀ ▀▀▀ ▀▀▀ ▄▀  ▀▀▀ ▀▀▀   ▀

      150,624 rial, which is 15,062.4 toman

    To one of these cards, whose numbers are masked here:

    CARD              BANK            HOLDER
    ──────────────────────────────────────────────
    621986******0017  بانک سامان      سارا آزمایشی
    610433******0029  بانک ملت        سارا آزمایشی
    603799******0030  بانک ملی ایران  سارا آزمایشی

      Invoice    1000
      Pay id     21
      Time left  MM min SS s

    Send the payer to this link:

    http://SANDBOX/cardpay/payment/21

    Store the pay id with the order. When the payer has transferred, check it:

      paylink cardpay check --pay-id 21
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
    assert_eq!(created["transfer_exactly_rial"], json!(there.amount));
    let toman = format!("{}.{}", there.amount / 10, there.amount % 10);
    assert_eq!(created["transfer_exactly_toman"], json!(toman));
    let left = created["seconds_left"].as_u64().unwrap();
    assert!((890..=900).contains(&left), "{left}");
    assert_eq!(created["pay_to"][0]["number"], "621986******0017");
    let record = &created["record"];
    assert_eq!(
        (&record["pay_id"], &record["fid"], &record["price_rial"]),
        (&json!(there.pay_id), &json!(1000), &json!(150_000))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_drawn_for_a_phone() {
    let shop = Shop::open().await;
    let run = shop.line(&format!(
        "{CREATE} --callback https://shop.example/back --qr always"
    ));
    assert!(run.stdout.contains("████ ▄▄▄▄▄ █"), "{run:?}");
    let without = shop.line("cardpay create --price 150000 --invoice-number 1001 --qr always");
    assert_eq!(without.status, 0, "{without:?}");
    assert!(!without.stdout.contains("to this link"), "{without:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_was_used_says_what_exists_and_what_cannot_be_known() {
    let shop = Shop::open().await;
    create(&shop, "");
    let run = shop.line(CREATE);
    assert_eq!((run.status, &*run.stdout), (1, ""));
    insta::assert_snapshot!(run.stderr, @r#"
    error: cardpay create: the provider refused (code 3, "Invoice number is already used.")

    A payment with this number exists. CardPay does not tell its pay id: it is in your own
    record, or lost. If it is lost, nobody was told what to transfer: go on under a new number.
    "#);
    let error = shop.line(&format!("--json {CREATE}")).error();
    assert_eq!(
        [&error["kind"], &error["effect"], &error["code"]],
        [&json!("refused"), &json!("not_executed"), &json!("3")]
    );
    assert_eq!(shop.sandbox.cardpay().payments().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_says_that_nothing_finds_it_and_what_to_do() {
    let shop = Shop::open().await;
    let faults = shop.sandbox.faults();
    faults.times("cardpay", "create", 2, Fault::DropAfter);
    let run = shop.line(CREATE);
    assert_eq!((run.status, &*run.stdout), (3, ""));
    insta::assert_snapshot!(run.stderr, @r"
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
    assert_eq!(
        (&error["effect"], &error["handle"]["reference"]),
        (&json!("unknown"), &json!("1001"))
    );

    // As the advice says, the same number once more.
    let again = shop.line(CREATE);
    assert_eq!(again.status, 1);
    assert!(again.stderr.contains("code 3"), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_suggested_checks_the_payment() {
    let shop = Shop::open().await;
    let base_url = shop.sandbox.cardpay().base_url().to_owned();
    let mut command = shop.command(
        &format!("{CREATE} --base-url {base_url}")
            .split(' ')
            .collect::<Vec<_>>(),
    );
    command.env_remove("PAYLINK_CARDPAY_BASE_URL");
    let created = shop.finish(command).stdout;
    shop.sandbox.cardpay().pay(newest(&shop).pay_id).unwrap();
    let suggested = created.rsplit("\n\n").next().unwrap().replace("\\\n", " ");
    let words: Vec<&str> = suggested.split_whitespace().collect();
    assert_eq!(words[0], "paylink");
    let mut command = shop.command(&words[1..]);
    command.env_remove("PAYLINK_CARDPAY_BASE_URL");
    let checked = shop.finish(command);
    assert_eq!(checked.status, 0, "{checked:?}");
}
