//! What people and programs are told of a new payment.

use std::fs;

use serde_json::json;

use super::{PROVIDERS, create, created};
use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_send_the_payer_to() {
    let shop = Shop::open().await;
    let run = created(&shop, "zipay", "1000");
    insta::assert_snapshot!(shop.tidy(&run.stdout), @r"
    The payment is created.

    Send the payer to this link:

    http://SANDBOX/zipay/invoice_v1/4d27c0ea-b9df-42c7-a66b-5d19b526b2d0

      Order    1000
      Amount   250000 IRT (toman)
      Account  zipay

    Its record is in 1000.json. When it is paid, settle it:

      paylink link settle --record 1000.json --order 1000 --amount 250000 \
        --currency IRT --account zipay
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exact_amount_and_the_cards_to_transfer_it_to() {
    let shop = Shop::open().await;
    let run = created(&shop, "cardpay", "1000");
    let told = shop.tidy(&run.stdout);
    let (told, left) = told.split_once("Time left  ").unwrap();
    let (_, next) = left.split_once("\n\n").unwrap();
    insta::assert_snapshot!(told, @r"
    The payment is created.

    The payer has to transfer exactly:

      ▀▀█     █▀▀ █▀█ █▀█     █▀▀ ▀▀█ █ █
      █▀▀     ▀▀█ █ █ █ █     █▀█ █▀▀ ▀▀█
      ▀▀▀ ▄▀  ▀▀▀ ▀▀▀ ▀▀▀ ▄▀  ▀▀▀ ▀▀▀   ▀

      2,500,624 rial, to the last one

    To one of these cards, whose numbers are masked here:

    CARD              HOLDER        BANK
    ──────────────────────────────────────────────
    621986******0017  سارا آزمایشی  بانک سامان
    610433******0029  سارا آزمایشی  بانک ملت
    603799******0030  سارا آزمایشی  بانک ملی ایران

    Send the payer to this link:

    http://SANDBOX/cardpay/payment/21

      Order      1000
      Account    cardpay
    ");
    insta::assert_snapshot!(next, @r"
    Its record is in 1000.json. When it is paid, settle it:

      paylink link settle --record 1000.json --order 1000 --amount 250000 \
        --currency IRT --account cardpay
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_nobody_stored_is_told_with_the_command_that_takes_it() {
    let shop = Shop::open().await;
    let line = create("zipay", "1000").replace(" --record-to 1000.json", "");
    let run = shop.line(&line);
    assert_eq!((run.status, &*run.stderr), (0, ""), "{run:?}");
    let (_, pasted) = run.stdout.split_once("\npaylink ").unwrap();
    assert!(
        pasted.starts_with("link settle --record - --order 1000 --amount 250000 --currency IRT "),
        "{pasted}"
    );
    let told = shop.pasted(pasted);
    assert_eq!(told.status, 4, "{told:?}");
    assert!(
        told.stderr.starts_with("Not paid: the payment is unpaid"),
        "{told:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_provider_answers_in_the_same_words() {
    let shop = Shop::open().await;
    for (provider, _) in PROVIDERS {
        let run = shop.line(&format!("--json {}", create(provider, "1000")));
        let answer = run.ok();
        assert_eq!(answer["account"], provider);
        let record = &answer["record"];
        assert_eq!(
            (&record["provider"], &record["reference"]),
            (&json!(provider), &json!("1000"))
        );
        let stored = fs::read_to_string(shop.path("1000.json")).unwrap();
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&stored).unwrap(),
            *record
        );
        // Toman is what ZiPay counts in, rial what the others do.
        let amount = match provider {
            "zipay" => json!({"amount": "250000", "currency": "IRT"}),
            _ => json!({"amount": "2500000", "currency": "IRR"}),
        };
        assert_eq!(record["amount"], amount, "{provider}");
        assert!(
            answer["link"]
                .as_str()
                .unwrap()
                .starts_with("http://127.0.0.1"),
            "{answer}"
        );
        assert_eq!(answer.get("transfer").is_some(), provider == "cardpay");
        fs::remove_file(shop.path("1000.json")).unwrap();
    }
    let cards = shop
        .line(&format!("--json {}", create("cardpay", "1001")))
        .ok();
    let number = cards["transfer"]["cards"][0]["number"].as_str().unwrap();
    assert!(number.contains("******"), "{number}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_provider_does_not_take_or_lacks_is_told_before_anything_is_sent() {
    let shop = Shop::open().await;
    for (provider, words, status, said) in [
        (
            "cardpay",
            "--description shoes",
            2,
            "cardpay does not take a description",
        ),
        (
            "pod",
            "--national-id 0499370899",
            2,
            "pod does not take a national id",
        ),
        (
            "sizpay",
            "--notify-url https://shop.example/hook",
            2,
            "sizpay does not take a notify URL",
        ),
        (
            "zipay",
            "--mobile 09123456789",
            2,
            "zipay does not take a mobile number",
        ),
        (
            "zipay",
            "--currency EUR",
            2,
            "--currency \"EUR\" is not known",
        ),
        (
            "cardpay",
            "--order A-7",
            2,
            "--order \"A-7\" is not a number that CardPay takes",
        ),
        ("zipay", "--amount 12,5", 2, "--amount \"12,5\""),
        (
            "zipay",
            "--return-url shop.example",
            2,
            "--return-url \"shop.example\" is not an http or https URL",
        ),
    ] {
        let flag = words.split(' ').next().unwrap();
        let mut line: Vec<String> = create(provider, "1000")
            .split(' ')
            .map(str::to_owned)
            .collect();
        if let Some(place) = line.iter().position(|word| word == flag) {
            line.drain(place..place + 2);
        }
        line.extend(words.split(' ').map(str::to_owned));
        let run = shop.run(&line.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(run.status, status, "{run:?}");
        assert!(run.stderr.contains(said), "{said}: {run:?}");
        assert!(!shop.path("1000.json").exists(), "{words}");
    }
    for (provider, flag) in [("zipay", "--return-url"), ("sizpay", "--mobile")] {
        let (_, needed) = PROVIDERS
            .iter()
            .find(|(name, _)| *name == provider)
            .unwrap();
        let run = shop.line(&create(provider, "1000").replace(&format!("{needed} "), ""));
        assert_eq!(run.status, 2, "{run:?}");
        assert!(
            run.stderr.starts_with(&format!(
                "error: {flag} is missing, and {provider} needs it"
            )),
            "{run:?}"
        );
    }
    assert!(shop.sandbox.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_never_written_over_another() {
    let shop = Shop::open().await;
    fs::write(shop.path("1000.json"), "another record").unwrap();
    let run = shop.line(&create("zipay", "1000"));
    assert_eq!(run.status, 2);
    insta::assert_snapshot!(run.stderr, @r"error: --record-to 1000.json is there already: name another file: this one may hold the only record of another payment");
    assert_eq!(
        fs::read_to_string(shop.path("1000.json")).unwrap(),
        "another record"
    );
    let nowhere = shop.line(&create("zipay", "1000").replace("1000.json", "no/such/place.json"));
    assert_eq!(nowhere.status, 2);
    assert!(
        nowhere
            .stderr
            .contains("--record-to no/such/place.json cannot be written"),
        "{nowhere:?}"
    );
    assert!(shop.sandbox.journal().is_empty());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_the_owners_alone_and_gone_where_there_is_no_payment() {
    use std::os::unix::fs::PermissionsExt;

    let shop = Shop::open().await;
    created(&shop, "zipay", "1000");
    let mode = fs::metadata(shop.path("1000.json"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = create("zipay", "1000").replace("1000.json", "again.json");
    let refused = shop.line(&again);
    assert_eq!(refused.status, 1, "{refused:?}");
    assert!(!shop.path("again.json").exists());
}
