//! A round of every command there is, once as it should be and once refused: each document is of its schema's form.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

use paylink_sandbox::Fault;
use serde_json::Value;

use crate::documents::{self, Called};
use crate::shop::{Run, Shop};

/// What was run so far.
struct Round<'a> {
    shop: &'a Shop,
    good: BTreeSet<String>,
    refused: BTreeSet<String>,
}

impl Round<'_> {
    /// A run that is refused for the keys of its account, and the same as it should be.
    fn both(&mut self, line: &str) -> Value {
        let json = format!("--json {line}");
        let wrong = |shop: &Shop| shop.line_with(&json, |it| shop.lock_out(it));
        let wrong = tokio::task::block_in_place(|| wrong(self.shop));
        self.refused(line, &wrong);
        self.good(line)
    }

    /// The same of a command that asks no provider, and is refused for a flag that there is not.
    fn local(&mut self, line: &str) -> Value {
        let wrong = self.shop.line(&format!("--json {line} --no-such-flag"));
        self.refused(line, &wrong);
        self.good(line)
    }

    fn good(&mut self, line: &str) -> Value {
        let run = tokio::task::block_in_place(|| self.shop.line(&format!("--json {line}")));
        self.good.insert(name(line));
        run.ok()
    }

    fn refused(&mut self, line: &str, run: &Run) -> Value {
        self.refused.insert(name(line));
        run.error()
    }

    /// The first line of a command that goes on until it is stopped.
    fn begun(&mut self, line: &str) {
        let line = format!("--json {line}");
        let wrong = self.shop.line(&format!("{line} --no-such-flag"));
        self.refused(&line, &wrong);
        let mut command = self.shop.command(&line.split(' ').collect::<Vec<_>>());
        let command = command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut running = Running(command.spawn().unwrap());
        let mut first = String::new();
        let mut out = BufReader::new(running.0.stdout.as_mut().unwrap());
        out.read_line(&mut first).unwrap();
        assert!(
            first.starts_with(r#"{"version":1,"ok":"#),
            "{line}: {first}"
        );
        documents::check(&Called::line(&line), &first);
        self.good.insert(name(&line));
    }

    /// What finds an operation again whose answer is lost, in a file.
    fn lost(&mut self, provider: &str, operation: &str, line: &str) -> String {
        self.shop.fault(provider, operation, Fault::DropAfter);
        let lost = self.shop.line(&format!("--json {line}"));
        let handle = &self.refused(line, &lost)["handle"];
        let file = format!("{}-handle.json", name(line));
        fs::write(self.shop.path(&file), handle.to_string()).unwrap();
        file
    }

    fn zipay(&mut self) {
        let create = "zipay create-invoice --amount 250000 --currency IRT --callback https://shop.example/ --invoice-number";
        let books = "--invoice-number z1 --amount 250000 --currency IRT";
        let created = self.both(&format!("{create} z1"));
        let id = created["track_id"].as_str().unwrap().to_owned();
        self.both(&format!("zipay status --trackid {id}"));
        self.shop.sandbox.zipay().pay(&id).unwrap();
        self.both(&format!("zipay verify --trackid {id}"));
        self.both(&format!("zipay settle --trackid {id} {books}"));
        self.both(&format!("zipay refund --trackid {id} {books}"));
        self.both("zipay list");
        self.good("zipay list --all");
        let handle = self.lost("zipay", "create-invoice", &format!("{create} z2"));
        self.both(&format!("zipay resolve {handle}"));
    }

    fn sizpay(&mut self) {
        let send = "sizpay send-link --amount 10000 --mobile 09122272730 --invoice-number";
        let sent = self.both(&format!("{send} s1"));
        let id = sent["send_id"].as_u64().unwrap();
        self.both(&format!("sizpay status --send-id {id}"));
        self.shop.sandbox.clock().advance(Duration::from_secs(150));
        self.both(&format!("sizpay resend --send-id {id}"));
        self.both(&format!("sizpay disable --send-id {id} --yes"));
        let handle = self.lost("sizpay", "send-link", &format!("{send} s2"));
        self.both(&format!("sizpay resolve {handle}"));
    }

    fn cardpay(&mut self) {
        let created = self.both("cardpay create --price 150000 --invoice-number 71");
        let id = created["pay_id"].as_u64().unwrap();
        let card = self.shop.sandbox.cardpay().payer_card().to_owned();
        self.both(&format!(
            "cardpay set-card --pay-id {id} --card-number {card}"
        ));
        let check = format!("cardpay check --pay-id {id}");
        let unpaid = self.shop.line(&format!("--json {check}"));
        assert_eq!(self.refused(&check, &unpaid)["kind"], "not_paid");
        self.shop.sandbox.cardpay().pay(id).unwrap();
        self.both(&check);
        self.both("cardpay cards");
    }

    /// An invoice of POD that this business has issued.
    fn invoice(&mut self, number: &str, more: &str) -> u64 {
        let issued = self.both(&format!("{ISSUE} --bill-number {number}{more}"));
        issued["id"].as_u64().unwrap()
    }

    /// One that the other business has issued to this one.
    fn owed(&self) -> u64 {
        let there = self.shop.sandbox.pod();
        let user = there.business().user_id();
        let line = format!("--json {ISSUE} --bill-number owed --user-id {user}");
        let token = there.other_business().token();
        let issued = self
            .shop
            .line_with(&line, |it| it.env("PAYLINK_POD_TOKEN", token));
        issued.ok()["id"].as_u64().unwrap()
    }

    fn pod(&mut self) {
        let there = self.shop.sandbox.pod();
        let (user, other) = (there.user().user_id(), there.other_user().user_id());
        for (number, confirm) in [("p1", "verify-invoice"), ("p2", "verify-and-close")] {
            let id = self.invoice(number, " --verification-needed");
            there.pay_by_wallet(id).unwrap();
            self.both(&format!("pod {confirm} --invoice-id {id}"));
            if confirm == "verify-invoice" {
                self.both(&format!("pod close --invoice-id {id}"));
            }
        }
        self.both("pod invoices");
        self.local("pod link-by-unique-number --unique-number 6a8419e0de989b8f");
        let id = self.invoice("p3", "");
        self.local(&format!("pod link-by-invoice --invoice-id {id}"));
        self.both(&format!("pod payment-link --invoice-id {id}"));
        self.both(&format!("pod cancel --invoice-id {id} --yes"));
        for (number, pays) in [("p4", "pay-any-invoice"), ("p5", "mark-paid")] {
            let id = self.invoice(number, "");
            self.both(&format!("pod {pays} --invoice-id {id}"));
        }
        let id = self.invoice("p6", &format!(" --user-id {user}"));
        self.both(&format!(
            "pod share-link --invoice-id {id} --user-id {other} --as-user"
        ));
        self.both(&format!(
            "pod pay-own-invoice --invoice-id {id} --wallet --as-user"
        ));
        let id = self.invoice("p7", &format!(" --user-id {user}"));
        self.both(&format!(
            "pod send-payment-sms --invoice-id {id} --sms-content-type 1"
        ));
        let text = self.shop.sandbox.sms().last().unwrap().text.clone();
        let code = text
            .split_once("کد ")
            .unwrap()
            .1
            .split_whitespace()
            .next()
            .unwrap();
        self.both(&format!(
            "pod confirm-payment-sms --invoice-id {id} --code {code}"
        ));
        let (creditor, debtor) = (self.owed(), self.invoice("p8", ""));
        there.pay_by_card(debtor).unwrap();
        let invoices = format!("--creditor-invoice-id {debtor} --debtor-invoice-id {creditor}");
        let refused = self
            .shop
            .line(&format!("--json pod pay-with-invoice {invoices}"));
        self.refused("pod pay-with-invoice", &refused);
        let invoices = format!("--creditor-invoice-id {creditor} --debtor-invoice-id {debtor}");
        self.both(&format!("pod pay-with-invoice {invoices}"));
        let id = self.invoice("p9", &format!(" --user-id {user}"));
        self.both(&format!(
            "pod pay-in-future --invoice-id {id} --date 1499/12/29 --wallet --as-user"
        ));
        let id = self.invoice("p10", "");
        let slip = there.pos_purchase(id).unwrap();
        let words = format!(
            "pod pos-payment --invoice-id {id} --terminal-number {} --merchant-code {} --reference-number {} --tracking-number",
            slip.terminal_number, slip.merchant_code, slip.reference_number
        );
        let date = ["--transaction-date", &slip.transaction_date];
        let report = |tracking: &str| {
            let line = format!("--json {words} {tracking}");
            self.shop.line_with(&line, |it| it.args(date))
        };
        let (wrong, right) = (report("1"), report(&slip.tracking_number));
        self.refused("pod pos-payment", &wrong);
        right.ok();
        self.good.insert(name("pod pos-payment"));
        let handle = self.lost(
            "pod",
            "issue-invoice",
            &format!("{ISSUE} --bill-number p11"),
        );
        self.both(&format!("pod resolve {handle}"));
    }

    fn link(&mut self) {
        let books = "--amount 250000 --currency IRT";
        let create = |account: &str, order: &str, more: &str| {
            format!(
                "link create --account {account} --order {order} {books} --record-to {order}.json{more}"
            )
        };
        let back = " --return-url https://shop.example/back";
        let created = self.both(&create("zipay", "l1", back));
        let zipay = "--account zipay --record l1.json";
        self.both(&format!("link status {zipay}"));
        let settle = format!("link settle {zipay} --order l1 {books}");
        let unpaid = self.shop.line(&format!("--json {settle}"));
        assert_eq!(self.refused(&settle, &unpaid)["kind"], "not_paid");
        let id = created["record"]["ids"][0]["value"].as_str().unwrap();
        self.shop.sandbox.zipay().pay(id).unwrap();
        self.both(&settle);
        let other = self
            .shop
            .line(&format!("--json {settle}0").replace("IRT0", "USD"));
        assert_eq!(self.refused(&settle, &other)["kind"], "mismatch");
        self.both(&format!("link refund {zipay} --yes"));
        self.both("link list --account zipay");
        self.both(&create("sizpay", "l2", " --mobile 09123456789"));
        self.shop.sandbox.clock().advance(Duration::from_secs(150));
        crate::link::age(self.shop, "l2.json", Duration::from_secs(150));
        let sizpay = "--account sizpay --record l2.json";
        self.both(&format!("link resend {sizpay}"));
        self.both(&format!("link disable {sizpay} --yes"));
        self.both(&create("cardpay", "73", ""));
        let handle = self.lost("zipay", "create-invoice", &create("zipay", "l3", back));
        self.both(&format!(
            "link resolve --account zipay {handle} --record-to found.json"
        ));
    }

    #[cfg(feature = "books")]
    async fn books(&mut self) {
        use paylink::desk::StoredOrder;
        use paylink::{Money, NewPayment, Rial};

        let books = self.shop.path("shop.db").display().to_string();
        let books = |line: &str| format!("books {line} --books {books}");
        self.local(&books("init"));
        let order = NewPayment::new("1000", Money::from(Rial::new(150_000))).unwrap();
        let there = paylink_books::Books::sqlite(self.shop.path("shop.db"))
            .await
            .unwrap();
        there
            .add("1000", &StoredOrder::new("zipay", order))
            .await
            .unwrap();
        there.close().await;
        for line in [
            "orders",
            "order 1000",
            "due",
            "outbox",
            "retry --all",
            "check",
            "export",
        ] {
            self.local(&books(line));
        }
        self.both(&books("reconcile --account zipay --day 1400/01/01"));
        for line in ["order 2000", "retry 1000"] {
            let none = self.shop.line(&format!("--json {}", books(line)));
            self.refused(&books(line), &none);
        }
    }

    #[cfg(feature = "serve")]
    fn serve(&mut self) {
        let books = self.shop.path("paylink.db");
        let section = format!("[serve]\nbooks = {books:?}\nlisten = \"127.0.0.1:0\"\n");
        fs::write(self.shop.path("paylink.toml"), section).unwrap();
        let serve = |line: &str| format!("--config paylink.toml serve{line}");
        self.local(&serve(" migrate"));
        self.local(&serve(" secret"));
        let made = self.local(&serve(" keys create shop --right read"));
        let id = made["id"].as_str().unwrap();
        self.local(&serve(" keys list"));
        self.local(&serve(&format!(" keys revoke {id}")));
        self.local(&serve(" --check"));
        self.begun(&serve(""));
        self.begun("serve --sandbox");
    }
}

const ISSUE: &str = "pod issue-invoice --guild-code CLOTHING_GUILD --item-description shoes --item-price 150000 --tax-rate 0";

/// The command of a line, as its schema is called.
fn name(line: &str) -> String {
    let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    documents::name_of(&words).unwrap_or_else(|| panic!("{line} has no schema"))
}

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_document_is_of_its_schemas_form() {
    let shop = Shop::open().await;
    let mut round = Round {
        shop: &shop,
        good: BTreeSet::new(),
        refused: BTreeSet::new(),
    };
    round.link();
    round.zipay();
    round.sizpay();
    round.cardpay();
    round.pod();
    #[cfg(feature = "books")]
    round.books().await;
    #[cfg(feature = "serve")]
    round.serve();
    round.begun("sandbox");
    let port = shop.sandbox.address().port();
    round.local(&format!("sandbox --probe --listen {port}"));
    for line in [
        "demo",
        "doctor",
        "completions bash",
        "config example",
        "config path",
        "config show",
        "explain zipay 422",
        "man",
        "schema",
        "schema link settle",
    ] {
        round.local(line);
    }

    #[cfg(feature = "serve")]
    crate::leaks::hold_files(&shop);

    let listed = shop.line("--json schema").ok();
    let all = listed["commands"].as_array().unwrap().iter();
    let all: BTreeSet<String> = all
        .map(|it| it.as_str().unwrap().replace(' ', "-"))
        .collect();
    let without = |some: &BTreeSet<String>| all.difference(some).cloned().collect::<Vec<_>>();
    assert_eq!(without(&round.good), [""; 0], "commands that were not run");
    assert_eq!(
        without(&round.refused),
        [""; 0],
        "commands that were not refused"
    );
}
