//! The examples in the help: each is pasted into a shell, as a newcomer would.

use std::time::Duration;
use std::{fs, thread};

use paylink::desk::StoredOrder;
use paylink::{Money, NewPayment, Toman};
use paylink_books::Books;
use paylink_sandbox::Fault;

use crate::help::commands;
use crate::shop::{Shop, interrupt};

/// The examples of a command, each in one line.
pub(crate) fn examples(shop: &Shop, path: &str) -> Vec<String> {
    let help = shop.line(&format!("{path} --help")).stdout;
    let (_, rest) = help
        .split_once("\nExamples")
        .unwrap_or_else(|| panic!("{path}: {help}"));
    let block = rest.split("\n\n").next().unwrap().replace(" \\\n", " ");
    let lines = block.lines().skip(1).map(|line| line.trim().to_owned());
    lines.collect()
}

/// What has to be there before a command can be tried.
fn prepare(shop: &Shop, path: &str) {
    if let Some(group) = path.strip_suffix(" resolve") {
        let create = match group {
            "zipay" => {
                "zipay create-invoice --invoice-number 1000 --amount 250000 --currency IRT --callback https://shop.example/"
            }
            "sizpay" => {
                "sizpay send-link --amount 250000 --mobile 09120000001 --invoice-number 1000"
            }
            "pod" => {
                "pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD --item-description shoes --item-price 250000"
            }
            "link" => {
                "link create --account zipay --order 1000 --amount 250000 --currency IRT --return-url https://shop.example/"
            }
            other => panic!("{other} resolves"),
        };
        let (provider, operation) = match group {
            "sizpay" => ("sizpay", "send-link"),
            "pod" => ("pod", "issue-invoice"),
            _ => ("zipay", "create-invoice"),
        };
        shop.fault(provider, operation, Fault::DropAfter);
        shop.line(&format!("{create} --handle-file 1000.handle"))
            .failed(3);
    }
    if path.starts_with("serve") {
        let zipay = shop.sandbox.zipay();
        let config = format!(
            "[zipay]\napi_key = \"{}\"\nsecret_key = \"{}\"\nterminal = {}\nbase_url = \"{}\"\n\
             [serve]\nbooks = \"shop.db\"\nlisten = \"127.0.0.1:0\"\npublic_url = \"https://pay.shop.example/\"\n",
            zipay.api_key(),
            zipay.secret_key(),
            zipay.terminal(),
            zipay.base_url(),
        );
        let path = shop.path("paylink.toml");
        fs::write(&path, config).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
}

/// Books with an order in them.
async fn add_order(shop: &Shop) {
    let path = shop.path("shop.db");
    let books = Books::sqlite(path.to_str().unwrap()).await.unwrap();
    let payment = NewPayment::new("1001", Money::from(Toman::new(25_000))).unwrap();
    let order = StoredOrder::new("zipay", payment);
    books.add("1001", &order).await.unwrap();
    books.close().await;
}

/// Lets the payer pay all that can be paid, where the next line is about what is paid.
fn pay_before(shop: &Shop, line: &str) {
    let sandbox = &shop.sandbox;
    if line.contains("resend") {
        let wait = Duration::from_secs(180);
        sandbox.clock().advance(wait);
        if line.starts_with("paylink link") {
            crate::link::age(shop, "1000.json", wait);
        }
    }
    let words = [
        " settle",
        " verify",
        " refund",
        " check ",
        " close",
        "verify-and-close",
        "pay-with-invoice",
    ];
    if !words.iter().any(|word| line.contains(word)) || line.contains("books") {
        return;
    }
    // What is paid already cannot be paid twice.
    for invoice in sandbox.zipay().invoices() {
        let _ = sandbox.zipay().pay(&invoice.trackid);
    }
    for payment in sandbox.cardpay().payments() {
        let _ = sandbox.cardpay().pay(payment.pay_id);
    }
    let others = |id: u64| line.contains("pay-with-invoice") && id != FIRST_INVOICE;
    for invoice in sandbox.pod().invoices() {
        if !others(invoice.id) {
            let _ = sandbox.pod().pay_by_card(invoice.id);
        }
    }
}

/// The id of POD's first invoice, by the seed of the tests and of the examples.
const FIRST_INVOICE: u64 = 3_418_549;

/// What differs from day to day, or from run to run.
fn fitted(shop: &Shop, line: &str) -> String {
    if line.contains("pos-payment") {
        let slip = shop.sandbox.pod().pos_purchase(FIRST_INVOICE).unwrap();
        return line.replace("1405/08/30 12:00:00", &slip.transaction_date);
    }
    if line.contains("keys revoke") {
        let made = shop.line("serve keys create shop --right read --json --config paylink.toml");
        return line.replace("5f2e7c1a", made.ok()["id"].as_str().unwrap());
    }
    // The port may be taken here.
    match line.contains("--probe") {
        true => line.to_owned(),
        false => line.replace("--listen 8080", "--listen 0"),
    }
}

/// Those that go on until somebody ends them.
pub(crate) fn goes_on(line: &str) -> bool {
    line.ends_with("serve --sandbox")
        || (line.contains("paylink sandbox") && !line.contains("--probe"))
}

/// What is wrong with a line, if it does not do what it shows.
fn wrong(shop: &Shop, line: &str) -> Option<String> {
    pay_before(shop, line);
    let line = fitted(shop, line);
    if goes_on(&line) {
        let child = shop.start(line.strip_prefix("paylink ").unwrap());
        // It listens for Ctrl-C before it says anything.
        thread::sleep(Duration::from_secs(2));
        interrupt(&child);
        // It shows the keys that it has made up.
        let output = child.unread();
        let is_good = output.status.code() == Some(0);
        return (!is_good).then(|| format!("{line}: {output:?}"));
    }
    // The harness writes `paylink` before it; an example may begin with a variable.
    let other = shop.sandbox.pod().other_business().token();
    let line = line.replace("$PAYLINK_ACCOUNT_POD_OTHER_TOKEN", other);
    let run = shop.pasted(&format!("-V > version; {line}"));
    // No sandbox runs where the probe asks, and the machine of a test may have no network.
    let may_find_fault = line.contains("--probe") || line.starts_with("paylink doctor");
    let is_good = run.status == 0 || (may_find_fault && run.status == 1);
    let is_json = line
        .contains("--json")
        .then(|| run.stdout.starts_with("{\"version\":1,\"ok\":"));
    (!is_good || is_json == Some(false)).then(|| format!("{line}: {run:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_works_when_it_is_pasted() {
    let first = Shop::open().await;
    let commands = commands(&first);
    assert!(commands.len() > 50, "{commands:?}");
    let mut found = Vec::new();
    for path in &commands {
        let shop = Shop::open().await;
        prepare(&shop, path);
        if path.starts_with("books") {
            add_order(&shop).await;
        }
        found.extend(
            examples(&shop, path)
                .iter()
                .filter_map(|line| wrong(&shop, line)),
        );
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The same order everywhere, so that a reader knows where to look.
#[tokio::test(flavor = "multi_thread")]
async fn sections_stand_in_one_order() {
    const ORDER: [&str; 7] = [
        "Usage",
        "Commands",
        "Operations",
        "Arguments",
        "Options",
        "Global options",
        "Examples",
    ];
    let shop = Shop::open().await;
    let all = commands(&shop);
    for path in all.iter().map(String::as_str).chain([""]) {
        let help = shop.line(format!("{path} --help").trim()).stdout;
        let places = help.lines().filter_map(|line| {
            ORDER.iter().position(|section| {
                line.strip_prefix(section)
                    .is_some_and(|rest| rest.starts_with([':', ',']))
            })
        });
        let places: Vec<usize> = places.collect();
        assert!(places.is_sorted(), "{path}: {help}");
        assert!(path.is_empty() || places.contains(&6), "{path}: {help}");
    }
}
