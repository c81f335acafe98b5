//! What people and programs are told of a new payment.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use paylink::{Capability, Currency};
use paylink_sandbox::Fault;
use serde_json::{Value, json};

use super::{capabilities, create, created, needed, providers};
use crate::shop::{PAYLINK, Run, Shop};

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

      ▀▀█     █▀▀ █▀█ █▀█     █▀▀ █▀█ █▀█
      █▀▀     ▀▀█ █ █ █ █     ▀▀█ ▀▀█ █▀█
      ▀▀▀ ▄▀  ▀▀▀ ▀▀▀ ▀▀▀ ▄▀  ▀▀▀ ▀▀▀ ▀▀▀

      2,500,598 rial, to the last one

    To one of these cards, whose numbers are masked here:

    CARD              HOLDER        BANK
    ──────────────────────────────────────────────
    621986******0017  سارا آزمایشی  بانک سامان
    610433******0029  سارا آزمایشی  بانک ملت
    603799******0030  سارا آزمایشی  بانک ملی ایران

    Send the payer to this link:

    http://SANDBOX/cardpay/payment/856076

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
    for provider in providers() {
        let run = shop.line(&format!("--json {}", create(provider, "1000")));
        let answer = run.ok();
        assert_eq!(answer["account"], provider);
        let record = &answer["record"];
        assert_eq!(
            (&record["provider"], &record["reference"]),
            (&json!(provider), &json!("1000"))
        );
        let stored = fs::read_to_string(shop.path("1000.json")).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&stored).unwrap(), *record);
        // A provider that does not count in toman counts in rial.
        let amount = if capabilities(provider).currencies().contains(&Currency::Irt) {
            json!({"amount": "250000", "currency": "IRT"})
        } else {
            json!({"amount": "2500000", "currency": "IRR"})
        };
        assert_eq!(record["amount"], amount, "{provider}");
        assert!(
            answer["link"]
                .as_str()
                .unwrap()
                .starts_with("http://127.0.0.1"),
            "{answer}"
        );
        let transfers = capabilities(provider).support(Capability::ExactTransfer);
        assert_eq!(answer.get("transfer").is_some(), transfers.is_supported());
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
        let needed = format!("{} ", needed(provider));
        let run = shop.line(&create(provider, "1000").replace(&needed, ""));
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

/// Runs the command in a shell whose files may have no content, as on a full disk.
#[cfg(unix)]
fn on_a_full_disk(shop: &Shop, line: &str) -> Run {
    let account = shop.command(&[]);
    let variables = account.get_envs();
    let mut shell = Command::new("sh");
    shell
        .args([
            "-c",
            &format!("trap '' XFSZ; ulimit -f 0; exec '{PAYLINK}' {line}"),
        ])
        .env_clear()
        .envs(variables.filter_map(|(name, value)| Some((name, value?))))
        .current_dir(shop.path(""))
        .stdin(Stdio::null());
    shop.finish(shell)
}

/// What is in the merchant's home.
fn names(shop: &Shop) -> Vec<String> {
    let entries = fs::read_dir(shop.path("")).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_by_the_status_and_the_record_by_standard_output() {
    let shop = Shop::open().await;
    let run = on_a_full_disk(&shop, &create("zipay", "1000"));
    assert_eq!(run.status, 6, "{run:?}");
    assert!(
        run.stderr
            .starts_with("error: the record cannot be written to 1000.json: "),
        "{run:?}"
    );
    assert!(names(&shop).is_empty(), "no empty record stays");
    // What is printed is a command that holds the record.
    let invoice = shop.sandbox.zipay().invoices().pop().unwrap();
    shop.sandbox.zipay().pay(&invoice.trackid).unwrap();
    let (_, pasted) = run.stdout.split_once("\npaylink ").unwrap();
    let settled = shop.pasted(pasted);
    assert_eq!(settled.status, 0, "{settled:?}");

    // Nobody waits while the only record is on standard output.
    let waiting = on_a_full_disk(&shop, &format!("{} --wait", create("zipay", "1002")));
    assert_eq!(waiting.status, 6, "{waiting:?}");
    let json = on_a_full_disk(&shop, &format!("--json {} --wait", create("zipay", "1001")));
    assert_eq!(json.status, 6, "{json:?}");
    let error = json.error();
    assert_eq!(
        (&error["kind"], &error["effect"]),
        (&"not_stored".into(), &"executed".into())
    );
    assert_eq!(error["record"]["reference"], "1001");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_handle_that_cannot_be_kept_stops_the_request() {
    let shop = Shop::open().await;
    let line = create("zipay", "1000").replace("--record-to 1000.json", "--handle-file h.json");
    let run = on_a_full_disk(&shop, &line);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(shop.sandbox.journal().is_empty() && names(&shop).is_empty());
}

/// What looks the payment up stays where its record could not be kept.
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_goes_away_under_way_leaves_the_record_on_standard_output() {
    let shop = Shop::open().await;
    fs::create_dir(shop.path("records")).unwrap();
    shop.sandbox
        .faults()
        .next(
            "zipay",
            "create-invoice",
            Fault::Delay(Duration::from_millis(500)),
        )
        .unwrap();
    let line = create("zipay", "1000").replace("1000.json", "records/1000.json");
    let line = format!("{line} --handle-file handle.json");
    let mut command = shop.command(&line.split(' ').collect::<Vec<_>>());
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while shop.sandbox.journal().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    fs::remove_dir_all(shop.path("records")).unwrap();
    let run = shop.wait(child);
    assert_eq!(run.status, 6, "{run:?}");
    assert!(run.stdout.contains("<<'RECORD'\n{"), "{run:?}");
    let found = shop.line("--json link resolve --account zipay handle.json --record-to again.json");
    assert_eq!(found.ok()["resolution"], "executed");
    let stored: Value =
        serde_json::from_slice(&fs::read(shop.path("again.json")).unwrap()).unwrap();
    assert_eq!(stored["reference"], "1000");
}

/// A record is dated by the handle that its create was sent with.
#[tokio::test(flavor = "multi_thread")]
async fn the_handle_that_is_stored_is_the_one_that_is_sent() {
    let shop = Shop::open().await;
    let read = |name: &str| -> Value {
        serde_json::from_slice(&fs::read(shop.path(name)).unwrap()).unwrap()
    };
    for (provider, operation) in [
        ("cardpay", "create"),
        ("pod", "issue-invoice"),
        ("sizpay", "send-link"),
        ("zipay", "create-invoice"),
    ] {
        let before = shop.sandbox.journal().len();
        shop.sandbox
            .faults()
            .next(
                provider,
                operation,
                Fault::Delay(Duration::from_millis(300)),
            )
            .unwrap();
        let line = format!("{} --handle-file handle.json", create(provider, "1000"));
        let mut command = shop.command(&line.split(' ').collect::<Vec<_>>());
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while shop.sandbox.journal().len() == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let handle = read("handle.json");
        let run = shop.wait(child);
        assert_eq!(run.status, 0, "{run:?}");
        let record = read("1000.json");
        assert_eq!(
            record["created_at_ms"], handle["prepared_at_ms"],
            "{provider}"
        );
        fs::remove_file(shop.path("1000.json")).unwrap();
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_found_again_is_kept_or_told_alike() {
    let shop = Shop::open().await;
    shop.sandbox
        .faults()
        .next("zipay", "create-invoice", Fault::DropAfter)
        .unwrap();
    let lost = shop.line(&format!("{} --handle-file h.json", create("zipay", "1000")));
    assert_eq!(lost.status, 3, "{lost:?}");
    let resolve = "link resolve --account zipay h.json --record-to found.json";
    let told = on_a_full_disk(&shop, resolve);
    assert_eq!(told.status, 6, "{told:?}");
    assert!(told.stdout.contains("<<'RECORD'\n{"), "{told:?}");
    let json = on_a_full_disk(&shop, &format!("--json {resolve}"));
    assert_eq!(
        (json.status, &json.error()["resolution"]),
        (6, &"executed".into())
    );
    assert_eq!(names(&shop), ["h.json"]);
    assert_eq!(shop.line(resolve).status, 0);
}

/// A file that an earlier run left, or that was planted, is neither in the way nor written through.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_lies_beside_the_record_does_not_matter() {
    let shop = Shop::open().await;
    fs::write(shop.path("1000.json.new"), "stale").unwrap();
    fs::write(shop.path("victim"), "kept").unwrap();
    std::os::unix::fs::symlink(shop.path("victim"), shop.path("1001.json.new")).unwrap();
    for order in ["1000", "1001"] {
        let run = shop.line(&create("zipay", order));
        assert_eq!((run.status, &*run.stderr), (0, ""), "{run:?}");
        let stored = fs::read(shop.path(&format!("{order}.json"))).unwrap();
        let stored: Value = serde_json::from_slice(&stored).unwrap();
        assert_eq!(stored["reference"], order);
    }
    // Even a link to nowhere is something that is there.
    std::os::unix::fs::symlink(shop.path("nowhere"), shop.path("1002.json")).unwrap();
    let planted = shop.line(&create("zipay", "1002"));
    assert_eq!(planted.status, 2, "{planted:?}");
    assert!(!shop.path("nowhere").exists());
    assert_eq!(fs::read(shop.path("victim")).unwrap(), b"kept");
}

/// A reader that went away is no reason to end with 0 where nothing else keeps the record. If it went away before anything
/// was sent, nothing is.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_nobody_reads_is_told_by_the_status() {
    let shop = Shop::open().await;
    let there = &shop.sandbox;
    let payments = || {
        there.zipay().invoices().len()
            + there.cardpay().payments().len()
            + there.sizpay().links().len()
            + there.pod().invoices().len()
    };
    let printed = create("zipay", "1001").replace(" --record-to 1001.json", "");
    for (line, operation) in [
        (&*create("zipay", "1000"), None),
        (&*printed, Some(("zipay", "create-invoice"))),
        (
            "zipay create-invoice --invoice-number 1 --amount 1 --currency IRT --callback https://shop.example/",
            Some(("zipay", "create-invoice")),
        ),
        (
            "cardpay create --price 10000 --invoice-number 1",
            Some(("cardpay", "create")),
        ),
        (
            "sizpay send-link --amount 10000 --mobile 09122272730 --invoice-number 1",
            Some(("sizpay", "send-link")),
        ),
        (
            "pod issue-invoice --bill-number 1 --guild-code CLOTHING_GUILD --item-description shoes --item-price 10000 \
             --tax-rate 0",
            Some(("pod", "issue-invoice")),
        ),
    ] {
        let before = payments();
        let mut child = shop.start(line);
        drop(child.stdout.take());
        let run = shop.wait(child);
        let Some((provider, operation)) = operation else {
            // Its record is in a file.
            assert_eq!((run.status, payments()), (0, before + 1), "{run:?}");
            continue;
        };
        assert_eq!((run.status, payments()), (2, before), "{run:?}");

        let delay = Fault::DelayAfter(Duration::from_secs(2));
        shop.fault(provider, operation, delay);
        let mut child = shop.start(line);
        while payments() == before {
            assert_eq!(child.try_wait().unwrap(), None, "{line}");
            std::thread::sleep(Duration::from_millis(20));
        }
        drop(child.stdout.take());
        let run = shop.wait(child);
        assert_eq!((run.status, payments()), (3, before + 1), "{run:?}");
        run.complains("the result cannot be written");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn resolving_brings_the_record_back() {
    let shop = Shop::open().await;
    for (provider, operation) in [
        ("zipay", "create-invoice"),
        ("sizpay", "send-link"),
        ("pod", "issue-invoice"),
    ] {
        shop.sandbox
            .faults()
            .next(provider, operation, Fault::DropAfter)
            .unwrap();
        let line = format!("{} --handle-file handle.json", create(provider, "1000"));
        let lost = shop.line(&line);
        assert_eq!((lost.status, &*lost.stdout), (3, ""), "{lost:?}");
        assert!(
            !shop.path("1000.json").exists(),
            "nobody knows a record yet"
        );
        let (_, suggested) = lost.stderr.rsplit_once("  paylink ").unwrap();
        let found = shop.pasted(suggested);
        assert_eq!((found.status, &*found.stderr), (0, ""), "{found:?}");
        assert!(
            found
                .stdout
                .starts_with("It was carried out. This is the payment:\n"),
            "{found:?}"
        );
        let settle = format!(
            "link settle --account {provider} --record 1000.json --order 1000 --amount 250000 --currency IRT"
        );
        let unpaid = shop.line(&settle);
        assert!(unpaid.stderr.starts_with("Not paid: "), "{unpaid:?}");
        fs::remove_file(shop.path("handle.json")).unwrap();
        fs::remove_file(shop.path("1000.json")).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_payment_from_card_to_card_cannot_be_asked_for() {
    let shop = Shop::open().await;
    shop.sandbox
        .faults()
        .next("cardpay", "create", Fault::DropAfter)
        .unwrap();
    let lost = shop.line(&format!(
        "{} --handle-file handle.json",
        create("cardpay", "1000")
    ));
    insta::assert_snapshot!(lost.failed(3), @r"
    error: cardpay create: the connection broke before a whole answer came; the outcome is unknown, and the provider offers no way to look it up

    CardPay finds no payment by its invoice number, so whether 1000 exists stands in the script's own panel alone; creating 1000 once more cannot make a second one, and code 3 to it means that it exists and its pay_id is lost, so that the order needs a new number.
    ");
    let asked = shop.line("link resolve handle.json --account cardpay --record-to 1000.json");
    insta::assert_snapshot!(asked.failed(3), @r"Still unknown: CardPay finds no payment by its invoice number, so whether 1000 exists stands in the script's own panel alone; creating 1000 once more cannot make a second one, and code 3 to it means that it exists and its pay_id is lost, so that the order needs a new number.");
    assert!(!shop.path("1000.json").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_sent_leaves_nothing_behind() {
    let shop = Shop::open().await;
    let mut command = shop.command(&create("zipay", "1000").split(' ').collect::<Vec<_>>());
    command.env("PAYLINK_ZIPAY_BASE_URL", "http://127.0.0.1:1/");
    let run = shop.finish(command);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(!shop.path("1000.json").exists());
}
