//! `paylink sizpay`.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, SystemTime};

use paylink_sandbox::Fault;
use serde_json::{Value, json};

use crate::shop::{Run, Shop};

/// The ways in which a link can be sent.
const WAYS: [&str; 4] = ["rest", "soap", "soap-model", "asmx-json"];

const SEND: &str = "sizpay send-link --amount 250000 --mobile 09122272730";

/// Sends a link for this invoice, and takes its send id.
fn sent(shop: &Shop, number: &str) -> u64 {
    let sent = shop.line(&format!("--json {SEND} --invoice-number {number}"));
    sent.ok()["send_id"].as_u64().unwrap()
}

/// Puts a fixed word in place of the day.
fn tidy(shop: &Shop, run: &Run) -> String {
    let out = shop.tidy(&run.stdout);
    let day = &shop.sandbox.sizpay().links()[0].sent_on();
    out.replace(day, "TODAY")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sent_link_and_what_comes_next() {
    let shop = Shop::open().await;
    let run = shop.line(&format!("{SEND} --invoice-number 1000"));
    run.told();
    insta::assert_snapshot!(tidy(&shop, &run), @r"
    SizPay sends the payer an SMS with this link:

    http://SANDBOX/sizpay/hosseini/0204773750

      Invoice    1000
      Amount     250,000 rial
      Send id    477375
      Send date  TODAY

    Store the send id and the date with the order. Nobody tells you when it is paid: ask.

      paylink sizpay status --send-id 477375 --send-date TODAY
    ");
    let (_, suggested) = run.stdout.rsplit_once("paylink ").unwrap();
    shop.line(suggested.trim())
        .prints("477375   1000     unpaid");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_sms_leaves_out_is_told_before_it_is_sent() {
    let shop = Shop::open().await;
    let words: Vec<&str> = SEND.split(' ').collect();
    let send = |number, description| {
        let more = ["--invoice-number", number, "--description", description];
        let run = shop.run(&[&words[..], &more].concat());
        assert_eq!(run.status, 0, "{run:?}");
        run.stderr
    };
    assert_eq!(
        send("1", "two tickets for the night train"),
        "warning: the SMS shows 25 characters of the description and leaves out \" train\"\n"
    );
    assert_eq!(send("2", "two tickets for the night"), "");
    let sms = shop.sandbox.sms();
    assert!(
        sms[0].text.contains("\ntwo tickets for the night\n"),
        "{sms:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn states_are_a_table() {
    let shop = Shop::open().await;
    let first = sent(&shop, "1000");
    sent(&shop, "1001");
    let paid = shop.sandbox.sizpay().pay(first).unwrap();
    let reference = paid.reference_number.unwrap();
    insta::assert_snapshot!(shop.line("sizpay status").told().replace(&reference, "999999999999"), @r"
    SEND ID  INVOICE  STATE   REFERENCE
    ──────────────────────────────────────
    477375   1000     paid    999999999999
    697355   1001     unpaid  -
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_without_links_says_so() {
    let shop = Shop::open().await;
    let run = shop.line("sizpay status --send-date ۱۳۹۹/۱۱/۲۱");
    assert_eq!(run.told(), "SizPay reports no links.\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_disabled_and_an_sms_sent_again() {
    let shop = Shop::open().await;
    sent(&shop, "1000");
    let resend = || shop.line("sizpay resend --invoice-number 1000");
    let early = resend();
    early.failed(1);
    early.complains("۲ دقیقه");
    shop.sandbox
        .clock()
        .advance(paylink_sandbox::sizpay::RESEND_AFTER);
    assert_eq!(
        resend().stdout,
        "The SMS of the link of invoice 1000 is sent again. The next one has to wait two minutes.\n"
    );
    assert_eq!(shop.sandbox.sms().len(), 2);

    let unasked = shop.line("sizpay disable --send-id 477375");
    assert_eq!(unasked.status, 2, "{unasked:?}");
    let disable = shop.line("sizpay disable --send-id 477375 --yes");
    let done = "Disabled: nobody can pay link 477375 any more.\n";
    assert_eq!(disable.told(), done);
    assert!(shop.sandbox.sizpay().pay(477_375).is_err());
    let again = shop.line("sizpay disable --send-id 477375 --yes");
    assert_eq!(again.status, 1);
    again.complains("این لینک غیرفعال شده است");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_namespace_is_told_as_one() {
    let shop = Shop::open().await;
    let run = shop.line(&format!(
        "{SEND} --invoice-number 1 --via soap --soap-namespace https://rt.sizpay.com/"
    ));
    assert_eq!(run.status, 1);
    run.complains("the SOAP namespace is another one");
    assert!(shop.sandbox.sizpay().links().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_sends_and_asks() {
    let shop = Shop::open().await;
    for via in WAYS {
        let number = format!("invoice-{via}");
        let send = format!("--json {SEND} --invoice-number {number} --via {via}");
        let sent = shop.line(&send).ok();
        let links = shop.sandbox.sizpay().links();
        let link = links.last().unwrap();
        assert_eq!(link.invoice_number, number);
        assert_eq!((link.amount, &*link.mobile), (250_000, "09122272730"));
        assert_eq!(sent["send_id"], json!(link.send_id));
        assert_eq!(sent["send_date"], json!(link.sent_on()));
        let url = (via == "rest").then_some(&link.url);
        assert_eq!(sent["url"], json!(url), "{via}");

        let reference = shop.sandbox.sizpay().pay(link.send_id).unwrap();
        let status = shop.line(&format!(
            "--json sizpay status --send-id {} --via {via}",
            link.send_id
        ));
        let payment = &status.ok()["payments"][0];
        assert_eq!(payment["state"], "paid", "{via}");
        assert_eq!(payment["reference"], json!(reference.reference_number));
    }
    let journal = shop.sandbox.journal();
    let asked = journal.iter().map(|entry| entry.operation);
    assert!(asked.eq(["send-link", "status"].repeat(4)), "{journal:?}");
    let ways = [
        "/PayLinkSend",
        "<PayLinkSendSoap ",
        "<PayLinkSendRest ",
        ".asmx/PayLinkSendRest",
    ];
    for (entry, way) in journal.iter().step_by(2).zip(ways) {
        let request = entry.request();
        let sent = request.line.ends_with(way) || request.body.contains(way);
        assert!(sent, "{way}: {request:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_rest_alone_offers_is_refused_before_sending() {
    let shop = Shop::open().await;
    for words in [
        "disable --send-id 1",
        "resend --invoice-number 1",
        "status --invoice-number 1",
        "status",
        "resolve -",
    ] {
        for via in ["soap", "soap-model", "asmx-json"] {
            let run = shop.line(&format!("--json sizpay --via {via} {words}"));
            run.fails(2, json!({"place": "--via"}));
        }
    }
    assert!(shop.sandbox.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn several_links_are_asked_about_at_once() {
    let shop = Shop::open().await;
    let [first, _, third] = ["1000", "1001", "1002"].map(|number| sent(&shop, number));
    let numbers = |line: &str| -> Vec<String> {
        let line = format!("--json sizpay status {line}");
        let payments = shop.line(line.trim()).ok();
        let payments = payments["payments"].as_array().unwrap().clone();
        let number = |it: &Value| it["invoice_number"].as_str().unwrap().to_owned();
        payments.iter().map(number).collect()
    };
    let by_ids = format!("--send-id {third} --send-id {first}");
    assert_eq!(numbers(&by_ids), ["1002", "1000"]);
    assert_eq!(
        numbers("--invoice-number 1001 --invoice-number 1002"),
        ["1001", "1002"]
    );
    assert_eq!(numbers(""), ["1000", "1001", "1002"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_names_its_flag() {
    let shop = Shop::open().await;
    let long = "x".repeat(51);
    let pairs = [
        ("--amount", "0"),
        ("--amount", "1.5"),
        ("--mobile", "0912227273"),
        ("--invoice-number", "1,2"),
        ("--customer-name", &long),
        ("--description", &long),
        ("--via", "soap12"),
    ];
    for (flag, value) in pairs {
        let mut flags = BTreeMap::from([
            ("--amount", "10"),
            ("--mobile", "09122272730"),
            ("--invoice-number", "1"),
        ]);
        flags.insert(flag, value);
        let typed = flags.iter().flat_map(|(flag, value)| [flag, value]);
        let run = shop.line_with("--json sizpay send-link", |it| it.args(typed));
        run.fails(2, json!({"place": flag}));
    }
    for (line, field) in [
        ("status --send-date 1399/13/01", "--send-date"),
        ("status --send-id 0", "--send-id"),
        ("disable --send-id x", "--send-id"),
        ("resend --invoice-number 1,2", "--invoice-number"),
    ] {
        shop.line(&format!("--json sizpay {line}"))
            .fails(2, json!({"place": field}));
    }
    assert!(shop.sandbox.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_not_whole_says_what_is_missing() {
    let shop = Shop::open().await;
    for name in ["USER_NAME", "PASSWORD", "PAY_LINK_NAME"] {
        let variable = format!("PAYLINK_SIZPAY_{name}");
        let run = shop.line_with("--json sizpay status", |it| it.env_remove(&variable));
        run.fails(2, json!({"place": variable}));
    }
    let secret = shop.line("sizpay status --password 123");
    assert_eq!(secret.status, 2);
    secret.complains("PAYLINK_SIZPAY_PASSWORD");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_refused_and_not_told() {
    let shop = Shop::open().await;
    let run = shop.line_with("--json sizpay status", |it| {
        it.env("PAYLINK_SIZPAY_PASSWORD", "an-old-key-of-the-merchant")
    });
    run.fails(1, json!({"kind": "refused"}));
    assert!(!run.stdout.contains("an-old-key"), "{run:?}");
}

/// Moves the sandbox to noon in Tehran: around midnight a look-up asks about two days.
fn move_to_noon(shop: &Shop) {
    const NOON: u64 = 8 * 3600 + 30 * 60;
    const DAY: u64 = 24 * 3600;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let to_noon = (NOON + DAY - now.unwrap().as_secs() % DAY) % DAY;
    shop.sandbox.clock().advance(Duration::from_secs(to_noon));
}

/// The handle as it would be if the command had gone by the sandbox's clock.
fn moved(shop: &Shop, mut handle: Value) -> Value {
    let by = u64::try_from(shop.sandbox.clock().advanced().as_millis()).unwrap();
    for time in ["prepared_at_ms", "failed_at_ms"] {
        let at = handle[time].as_u64().unwrap();
        handle[time] = json!(at + by);
    }
    handle
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_whose_answer_is_lost_is_found_by_rest() {
    for via in WAYS {
        let shop = Shop::open().await;
        move_to_noon(&shop);
        shop.fault("sizpay", "send-link", Fault::DropAfter);
        let lost = shop.line(&format!("--json {SEND} --invoice-number 1000 --via {via}"));
        let error = lost.fails(3, json!({"effect": "unknown"}));

        let handle = moved(&shop, error["handle"].clone());
        let found = shop.given("--json sizpay resolve", &handle).ok();
        assert_eq!(found["resolution"], "executed", "{via}");
        assert_eq!(found["payment"]["send_id"], json!(477_375));
        assert_eq!(found["payment"]["invoice_number"], "1000");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_that_is_suggested_finds_it() {
    let shop = Shop::open().await;
    move_to_noon(&shop);
    shop.fault("sizpay", "send-link", Fault::Truncated);
    let file = shop.path("handle.json");
    let lost = shop.line(&format!(
        "{SEND} --invoice-number 1000 --via soap --handle-file handle.json"
    ));
    assert_eq!(lost.status, 3, "{lost:?}");
    let stored = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    fs::write(&file, moved(&shop, stored).to_string()).unwrap();
    let (_, suggested) = lost.stderr.rsplit_once("paylink ").unwrap();
    let found = shop.line(suggested.trim());
    assert_eq!((found.status, &*found.stderr), (0, ""), "{suggested}");
    found.prints("477375   1000     unpaid");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_looked_up_says_what_to_do_instead() {
    let shop = Shop::open().await;
    sent(&shop, "1000");
    for (operation, method, advice) in [
        ("disable --yes", "disable", "Disable it again"),
        ("resend", "resend", "Count it as sent"),
    ] {
        shop.fault("sizpay", method, Fault::DropAfter);
        let run = shop.line(&format!("sizpay {operation} --invoice-number 1000"));
        run.failed(3);
        run.complains(advice);
    }
}

/// A file counts the messages of a link from run to run, as the library does.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_counts_the_messages() {
    let shop = Shop::open().await;
    let file = shop.path("resend.json");
    let rule = || -> Value { serde_json::from_slice(&fs::read(&file).unwrap()).unwrap() };
    let send = format!("{SEND} --resend-file resend.json --invoice-number");
    let sent = shop.line(&format!("--json {send} 1000")).ok();
    assert_eq!(rule()["resends"], 0);
    let other = shop.line(&format!("{send} 1001"));
    insta::assert_snapshot!(other.failed(2), @r"error: --resend-file resend.json is there already: name another file: this one counts the messages of another link");
    let missing = shop.line("sizpay resend --invoice-number 1000 --resend-file other.json");
    insta::assert_snapshot!(missing.failed(2), @r"error: --resend-file other.json is not there: name the one that `send-link --resend-file` wrote, or leave it out: SizPay keeps the rule by itself");

    shop.sandbox.clear_journal();
    let resend = format!(
        "--json sizpay resend --send-id {} --resend-file resend.json",
        sent["send_id"]
    );
    let early = shop.line(&resend).fails(1, json!({"kind": "too_soon"}));
    let wait = early["retry_after_seconds"].as_u64().unwrap();
    assert!((1..=120).contains(&wait), "{wait}");
    assert!(shop.sandbox.journal().is_empty());

    let pass = |resends: u8| {
        let minutes = Duration::from_secs(180);
        shop.sandbox.clock().advance(minutes);
        let mut rule = rule();
        assert_eq!(rule["resends"], resends);
        let at = rule["last_sms_at_ms"].as_u64().unwrap();
        rule["last_sms_at_ms"] = json!(at - 180_000);
        fs::write(&file, rule.to_string()).unwrap();
    };
    pass(0);
    shop.line(&resend).ok();
    pass(1);
    // What may have gone out counts, and what surely did not go out does not.
    shop.fault("sizpay", "resend", Fault::DropBefore);
    assert_eq!(shop.line(&resend).status, 3);
    pass(2);
    let refused = shop.line_with(&resend, |it| it.env("PAYLINK_SIZPAY_PASSWORD", "another"));
    refused.fails(1, json!({"kind": "refused"}));
    assert_eq!(rule()["resends"], 2);
    shop.line(&resend).ok();
    pass(3);
    shop.line(&resend).fails(1, json!({"kind": "too_many"}));

    let refused = shop.line_with(
        &format!("{send} 1002").replace("resend.json", "new.json"),
        |it| it.env("PAYLINK_SIZPAY_PASSWORD", "another"),
    );
    assert_eq!(refused.status, 1, "{refused:?}");
    assert!(!shop.path("new.json").exists());
}
