//! `paylink link`: the same words with every provider.

mod creating;
mod settling;
mod waiting;

use std::fs;
use std::time::Duration;

use paylink::core::provider::Descriptor;
use paylink::{Capabilities, Input, InputRule, PaymentRecord};
use serde_json::{Value, json};

use crate::shop::{Run, Shop, make_private};

/// The name of each provider.
pub(crate) fn providers() -> Vec<&'static str> {
    paylink::providers().iter().map(|it| it.name()).collect()
}

pub(crate) fn descriptor(provider: &str) -> &'static Descriptor {
    let mut all = paylink::providers().iter().copied();
    all.find(|it| it.name() == provider).unwrap()
}

/// What a provider can do, over its first way.
fn capabilities(provider: &str) -> &'static Capabilities {
    descriptor(provider).variants()[0].capabilities()
}

/// What a provider's payment is given beside order and price: where payers come back to, if they do, and the mobile number if
/// it is required.
fn needed(provider: &str) -> String {
    let rule = |input| capabilities(provider).input(input);
    let mut flags = Vec::new();
    if !matches!(rule(Input::ReturnUrl), InputRule::Unsupported(_)) {
        flags.push("--return-url https://shop.example/back");
    }
    if rule(Input::Mobile) == InputRule::Required {
        flags.push("--mobile 09123456789");
    }
    flags.join(" ")
}

/// The words that create a payment of 250,000 toman, and write its record to `NUMBER.json`.
pub(crate) fn create(provider: &str, order: &str) -> String {
    let needed = needed(provider);
    format!(
        "link create --account {provider} --order {order} --amount 250000 --currency IRT {needed} \
         --record-to {order}.json"
    )
}

/// Creates such a payment.
fn created(shop: &Shop, provider: &str, order: &str) -> Run {
    let run = shop.line(&create(provider, order));
    assert_eq!((run.status, &*run.stderr), (0, ""), "{run:?}");
    run
}

/// Pays the payment of the record in `1000.json` as its payer would.
fn pay(shop: &Shop, provider: &str) {
    let record = fs::read_to_string(shop.path("1000.json")).unwrap();
    let record: PaymentRecord = serde_json::from_str(&record).unwrap();
    let id = record.require_id(descriptor(provider).id_name()).unwrap();
    let mut simulated = shop.sandbox.providers().iter();
    let simulated = simulated.find(|it| it.name() == provider).unwrap();
    simulated.pay(id, None).unwrap();
}

/// Writes a file with two accounts at CardPay's script, their tokens in files of their own.
fn two_accounts(shop: &Shop) {
    let cardpay = shop.sandbox.cardpay();
    fs::write(shop.path("token"), format!("{}\n", cardpay.token())).unwrap();
    make_private(&shop.path("token"));
    let account = format!(
        "provider = \"cardpay\"\nbase_url = \"{}\"\ntoken_file = \"token\"\n",
        cardpay.base_url()
    );
    let text = format!("[accounts.main]\n{account}[accounts.branch]\n{account}");
    fs::write(shop.path("paylink.toml"), text).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_with_a_name_of_its_own_and_its_secret_in_a_file() {
    let shop = Shop::open().await;
    two_accounts(&shop);
    let words = create("cardpay", "1000").replace(
        "--account cardpay",
        "--account branch --config paylink.toml",
    );
    let run = shop.finish(shop.bare(&words.split(' ').collect::<Vec<_>>()));
    assert_eq!((run.status, &*run.stderr), (0, ""), "{run:?}");
    assert_eq!(shop.sandbox.cardpay().payments().len(), 1);
    // What is suggested leads to the same account.
    assert!(
        run.stdout.contains("--account branch") && run.stdout.contains("--config paylink.toml"),
        "{run:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_account_need_not_be_named() {
    let shop = Shop::open().await;
    let zipay = shop.sandbox.zipay();
    let words = create("zipay", "1000").replace("--account zipay ", "");
    let mut command = shop.bare(&words.split(' ').collect::<Vec<_>>());
    command
        .env("PAYLINK_ZIPAY_BASE_URL", zipay.base_url())
        .env("PAYLINK_ZIPAY_API_KEY", zipay.api_key())
        .env("PAYLINK_ZIPAY_SECRET_KEY", zipay.secret_key())
        .env("PAYLINK_ZIPAY_TERMINAL", zipay.terminal().to_string());
    let run = shop.finish(command);
    assert_eq!((run.status, &*run.stderr), (0, ""), "{run:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_cannot_be_told_is_asked_for() {
    let shop = Shop::open().await;
    two_accounts(&shop);
    for (words, said) in [
        (
            "link list --config paylink.toml",
            "error: --account is missing: choose one of branch, main\n",
        ),
        (
            "link list --config paylink.toml --account mian",
            "error: --account \"mian\" is not known: choose one of branch, main\n",
        ),
        (
            "link list",
            "error: account is missing: none is configured: see the help of a provider's commands for what to set; \
             `paylink sandbox` gives some to try with\n",
        ),
    ] {
        let run = shop.finish(shop.bare(&words.split(' ').collect::<Vec<_>>()));
        assert_eq!((run.status, &*run.stdout), (2, ""), "{run:?}");
        assert_eq!(run.stderr, said);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_with_it_is_told_at_once() {
    let shop = Shop::open().await;
    let mut command = shop.bare(&["--json", "link", "list", "--account", "zipay"]);
    command.env("PAYLINK_ZIPAY_BASE_URL", "api.zipay.io");
    let run = shop.finish(command);
    assert_eq!(run.status, 2);
    let error = run.error();
    assert_eq!(error["place"], "PAYLINK_ZIPAY_TERMINAL");
    let problems = error["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 4, "{error}");
    assert_eq!(problems[0]["message"], error["message"]);
    for problem in problems {
        assert_eq!(problem["account"], "zipay", "{problem}");
        for member in ["field", "place", "remedy"] {
            assert!(problem[member].is_string(), "no {member}: {problem}");
        }
    }
    let mut command = shop.bare(&["link", "list", "--account", "zipay"]);
    command.env("PAYLINK_ZIPAY_BASE_URL", "api.zipay.io");
    let run = shop.finish(command);
    assert_eq!(
        run.stderr
            .lines()
            .filter(|line| line.starts_with("error: PAYLINK_ZIPAY_"))
            .count(),
        4
    );
}

/// Makes the time of the last message in a record earlier: the command has no other clock than the machine's.
pub(crate) fn age(shop: &Shop, record: &str, by: Duration) {
    let path = shop.path(record);
    let mut record: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let mut rule = match record["detail"].as_str() {
        Some(kept) => serde_json::from_str(kept).unwrap(),
        None => json!({"resends": 0, "last_sms_at_ms": record["created_at_ms"]}),
    };
    let by = u64::try_from(by.as_millis()).unwrap();
    rule["last_sms_at_ms"] = json!(rule["last_sms_at_ms"].as_u64().unwrap() - by);
    record["detail"] = json!(rule.to_string());
    fs::write(path, record.to_string()).unwrap();
}
