//! The books against the list of a provider: the sandbox's ZiPay, and one that has none.

use std::fs;
use std::sync::Arc;
use std::time::SystemTime;

use paylink::config::Config;
use paylink::desk::{Desk, StoredOrder};
use paylink::{Account, JalaliDate, Money, NewPayment, Toman, Transport};
use paylink_books::Books;
use paylink_sandbox::{Fault, Sandbox};
use serde_json::{Value, json};

use crate::place::{Run, Shop};

/// A shop at the sandbox's ZiPay, with an order that agrees and one that is not paid.
struct AtTheSandbox {
    shop: Shop,
    sandbox: Sandbox,
    desk: Arc<Desk<Books>>,
    account: Account,
}

/// A reference that a spreadsheet would carry out.
const FORMULA: &str = "=HYPERLINK(\"http://x\",\"a\")";

impl AtTheSandbox {
    async fn open() -> AtTheSandbox {
        let sandbox = Sandbox::start().await.unwrap();
        let shop = Shop::empty();
        let mut accounts = String::new();
        for played in sandbox.providers() {
            accounts.push_str(&format!("[{}]\n", played.name()));
            for (key, value) in played.settings() {
                match value.parse::<u64>() {
                    Ok(number) => accounts.push_str(&format!("{key} = {number}\n")),
                    Err(_) => accounts.push_str(&format!("{key} = {value:?}\n")),
                }
            }
        }
        let path = shop.path("paylink.toml");
        fs::write(&path, accounts).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let transport = Transport::new().unwrap();
        let accounts = Config::load(&path).unwrap().open(&transport).unwrap();
        let account = accounts.get("zipay").unwrap().clone();
        let books = Books::sqlite(&shop.books).await.unwrap();
        let desk = Arc::new(Desk::new(books, accounts));
        let there = AtTheSandbox {
            shop,
            sandbox,
            desk,
            account,
        };
        there.order("1000").await;
        there.pay("1000").await;
        let _ = there.desk.check("1000").await.unwrap();
        there.order("1001").await;
        there
    }

    fn payment(reference: &str) -> NewPayment {
        let price = Money::from(Toman::new(15_000));
        let payment = NewPayment::new(reference, price).unwrap();
        payment
            .with_return_url("https://shop.example/back")
            .unwrap()
    }

    async fn order(&self, name: &str) {
        let order = StoredOrder::new("zipay", AtTheSandbox::payment(name));
        self.desk.store().add(name, &order).await.unwrap();
        let _ = self.desk.open(name).await.unwrap();
    }

    async fn pay(&self, name: &str) {
        let order = self.desk.order(name).await.unwrap();
        let record = order.ledger().created().unwrap().record();
        let id = record.id("trackid").unwrap();
        self.sandbox.zipay().pay(id).unwrap();
    }

    /// An order that is paid and not settled, and a payment of another program.
    async fn differ(&self) {
        self.order("1002").await;
        self.pay("1002").await;
        let other = AtTheSandbox::payment(FORMULA);
        let _ = self.account.create(&other).await.unwrap();
    }

    async fn run(&self, line: &str) -> Run {
        let mut command = self.shop.command();
        let today = JalaliDate::from_system_time(SystemTime::now()).unwrap();
        let line = line.replace("TODAY", &today.to_string());
        command
            .args(["books", "--books", &self.shop.books])
            .args(["--config", "paylink.toml", "reconcile"])
            .args(line.split(' ').filter(|word| !word.is_empty()));
        // The sandbox answers on this thread's runtime.
        tokio::task::block_in_place(|| self.shop.finish(command))
    }
}

/// With fixed words in place of ids and times.
fn told(text: &str) -> String {
    let mut out = Vec::new();
    for line in text.lines() {
        let words: Vec<String> = line
            .split(' ')
            .map(|word| {
                let is_id = word.len() == 36 && word.matches('-').count() == 4;
                let is_date = word.matches('/').count() == 2 && word.starts_with("14");
                let is_time = word.matches(':').count() == 2;
                match (is_id, is_date || is_time) {
                    (true, _) => "ID".to_owned(),
                    (_, true) => "WHEN".to_owned(),
                    _ => word.to_owned(),
                }
            })
            .collect();
        out.push(words.join(" ").trim_end().to_owned());
    }
    out.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_agrees_says_how_much_was_looked_at() {
    let there = AtTheSandbox::open().await;
    let run = there.run("--account zipay --day TODAY").await;
    insta::assert_snapshot!(run.told(), @r"
    Nothing differs.

      Account      zipay at zipay
      Created      from DATE TIME          , before DATE TIME
      Listed       2, of 1 page
      Orders read  2
      Agree        1 paid, 1 not paid
      Paid in all  15000 IRT (toman)
    ");
    let found = there.run("--account zipay --day TODAY --json").await.ok();
    assert_eq!(found["agreed"]["paid"], 1, "{found}");
    let sum = json!([{"amount": "15000", "currency": "IRT"}]);
    assert_eq!(found["agreed"]["sums"], sum);
    assert_eq!(found["agreed"]["unpaid"], 1);
    assert_eq!((&found["listed"], &found["orders"]), (&json!(2), &json!(2)));
    assert_eq!(found["discrepancies"], json!([]));
    let (from, to) = (found["from_ms"].as_u64(), found["to_ms"].as_u64());
    assert_eq!(to.unwrap() - from.unwrap(), 24 * 60 * 60 * 1000);
    // A day is the same as from it to it.
    let same = there.run("--account zipay --from TODAY --to TODAY --json");
    assert_eq!(same.await.ok(), found);
    let csv = there.run("--account zipay --day TODAY --csv -").await;
    assert_eq!((csv.status, &*csv.stderr), (0, ""), "{csv:?}");
    assert_eq!(csv.stdout.lines().count(), 1, "{csv:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_differs_ends_with_1_and_says_what_to_do() {
    let there = AtTheSandbox::open().await;
    there.differ().await;
    let run = there.run("--account zipay --day TODAY").await;
    assert_eq!(run.status, 1, "{run:?}");
    insta::assert_snapshot!(told(&run.stdout), @r#"
    ORDER  WHAT DIFFERS                  HERE             THERE                   REFERENCE                   ID                                    CREATED
    ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    1002   paid there, not settled here  open, 15000 IRT  unconfirmed, 15000 IRT  1002                        ID  WHEN WHEN
    –      of no order here              –                unpaid, 15000 IRT       =HYPERLINK("http://x","a")  ID  WHEN WHEN

    1 paid there, not settled here:
      let the desk check the order, which settles it and hands it out; see that a sweep runs.
    1 of no order here:
      see whether another program takes payments through this account; else look for the order, or give the money back.

      Account      zipay at zipay
      Created      from WHEN WHEN before WHEN WHEN
      Listed       4, of 1 page
      Orders read  3
      Agree        1 paid, 1 not paid
      Paid in all  15000 IRT (toman)
    "#);
    insta::assert_snapshot!(run.stderr, @"error: 2 things differ between the books and what the provider lists: nothing was changed, neither here nor there");
    let error = there
        .run("--account zipay --day TODAY --json")
        .await
        .error(1);
    assert_eq!(
        (&error["kind"], &error["effect"]),
        (&json!("differs"), &json!("not_executed"))
    );
    let rows = error["discrepancies"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "{error}");
    let kinds: Vec<&Value> = rows.iter().map(|row| &row["kind"]).collect();
    assert_eq!(kinds, [&json!("paid_not_settled"), &json!("unknown_here")]);
    let amount = json!({"amount": "15000", "currency": "IRT"});
    assert_eq!(rows[0]["amount_here"], amount);
    assert_eq!(rows[0]["amount_there"], amount);
    assert_eq!(rows[0]["state"], "unconfirmed");
    assert!(rows[0]["created_at_ms"].is_u64() && rows[0]["id"].is_string());
    assert_eq!(rows[1]["reference"], FORMULA);
    assert!(rows[1].get("order").is_none());
    // It was looked at, and stays as it was.
    let order = there.desk.order("1002").await.unwrap();
    assert_eq!(order.ledger().stage().as_str(), "open");
    // Another day has none of it.
    let run = there
        .run("--account zipay --day 1400/01/05 --json")
        .await
        .ok();
    assert_eq!((&run["listed"], &run["orders"]), (&json!(0), &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_for_spreadsheets() {
    let there = AtTheSandbox::open().await;
    there.differ().await;
    let printed = there.run("--account zipay --day TODAY --csv -").await;
    assert_eq!(printed.status, 1, "{printed:?}");
    assert!(printed.stderr.starts_with("error: 2 things differ"));
    let lines: Vec<&str> = printed.stdout.split_terminator("\r\n").collect();
    assert_eq!(
        lines[0],
        "kind,what,to_do,order,stage,reference,id,state,amount_here,currency_here,amount_there,currency_there,created_at,created_at_ms"
    );
    assert_eq!(lines.len(), 3, "{printed:?}");
    assert!(lines[1].starts_with("paid_not_settled,\"paid there, not settled here\","));
    assert!(lines[1].contains(",1002,open,1002,"), "{}", lines[1]);
    assert!(lines[1].contains(",unconfirmed,15000,IRT,15000,IRT,14"));
    let formula = ",,,\"'=HYPERLINK(\"\"http://x\"\",\"\"a\"\")\",";
    assert!(lines[2].contains(formula), "{}", lines[2]);
    assert!(lines[2].contains(",unpaid,,,15000,IRT,"), "{}", lines[2]);

    let stored = there
        .run("--account zipay --day TODAY --csv found.csv")
        .await;
    assert!(stored.status == 1 && stored.stdout.starts_with("ORDER"));
    let path = there.shop.path("found.csv");
    assert_eq!(fs::read_to_string(&path).unwrap(), printed.stdout);
    // What is there stays.
    for line in ["--csv found.csv", "--csv shop.db"] {
        let run = there
            .run(&format!("--account zipay --day TODAY {line}"))
            .await;
        let said = format!("error: {line} is there already: name another file\n");
        assert_eq!(run.failed(2), said);
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), printed.stdout);
    let both = there
        .run("--account zipay --day TODAY --csv - --json")
        .await;
    assert_eq!(both.error(2)["kind"], "usage");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_was_not_read_to_its_end_is_no_agreement() {
    let there = AtTheSandbox::open().await;
    for number in 0..100 {
        let payment = AtTheSandbox::payment(&format!("other-{number}"));
        let _ = there.account.create(&payment).await.unwrap();
    }
    let error = there.run("--account zipay --day TODAY --pages 1 --json");
    let error = error.await.error(1);
    assert_eq!(error["cut_short"], "too_many_pages", "{error}");
    assert_eq!(error["unreached"], 1, "{error}");
    assert_eq!(error["discrepancies"].as_array().unwrap().len(), 100);
    // A page that fails is no difference, and leaves no table behind.
    for _ in 0..5 {
        let faults = there.sandbox.faults();
        faults.next("zipay", "list", Fault::Status(500)).unwrap();
    }
    let failed = there.run("--account zipay --day TODAY --json --csv found.csv");
    let failed = failed.await.error(1);
    assert_eq!(failed["kind"], "status", "{failed}");
    assert!(!there.shop.path("found.csv").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_reconciled_says_why() {
    let there = AtTheSandbox::open().await;
    let run = there
        .run("--account cardpay --day TODAY --csv found.csv")
        .await;
    insta::assert_snapshot!(run.failed(2), @r"
    error: cardpay does not offer a list of payments: The script lists the merchant's cards, and no payments.

    Compare with the provider's panel by hand: `paylink books orders` lists what stands here.
    ");
    assert!(!there.shop.path("found.csv").exists());
    for (line, said) in [
        ("--day TODAY", "--account is missing"),
        ("--account nobody --day TODAY", "nobody"),
        ("--account zipay", "--day"),
        ("--account zipay --day 2026-01-01", "--day"),
        ("--account zipay --from TODAY", "--to"),
        (
            "--account zipay --from 1405/01/02 --to 1405/01/01",
            "ends before it begins",
        ),
        ("--account zipay --day TODAY --pages 0", "--pages"),
    ] {
        let run = there.run(line).await;
        assert!(run.failed(2).contains(said), "{line}: {run:?}");
        assert_eq!(
            there.run(&format!("{line} --json")).await.error(2)["kind"],
            "usage"
        );
    }
}
