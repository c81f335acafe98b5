//! The statuses of every group side by side: the same situation ends alike, whichever command meets it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::time::Duration;

use paylink_sandbox::pod::VERIFY_WITHIN;
use paylink_sandbox::{Fault, Preset};
use serde_json::Value;

use crate::link::{create, descriptor, providers};
use crate::shop::{Run, Shop};

/// What was seen, in the order of the situations: of each group, the operations with the statuses they end with.
#[derive(Default)]
struct Table(Vec<(&'static str, BTreeMap<&'static str, Vec<String>>)>);

impl Table {
    fn situation(&mut self, situation: &'static str) {
        self.0.push((situation, BTreeMap::new()));
    }

    fn saw(&mut self, group: &'static str, operation: &str, run: &Run) {
        let (_, groups) = self.0.last_mut().unwrap();
        let seen = format!("{operation} {}", run.status);
        groups.entry(group).or_default().push(seen);
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (situation, groups) in &self.0 {
            writeln!(text, "{situation}").unwrap();
            for (group, seen) in groups {
                writeln!(text, "  {group:8} {}", seen.join(", ")).unwrap();
            }
        }
        text
    }
}

/// A shop with a payment at each provider, whose records are in files of the providers' names.
struct Payments {
    shop: Shop,
}

const BOOKS: &str = "--order 1000 --amount 250000 --currency IRT";
const INVOICE: &str = "--invoice-number 1000 --amount 250000 --currency IRT";

impl Payments {
    async fn open() -> Payments {
        let payments = Payments {
            shop: Shop::open().await,
        };
        for provider in providers() {
            let line = create(provider, "1000").replace("1000.json", &format!("{provider}.json"));
            assert_eq!(payments.shop.line(&line).status, 0, "{provider}");
        }
        payments
    }

    /// The provider's id of its payment.
    fn id(&self, provider: &str) -> String {
        let path = self.shop.path(&format!("{provider}.json"));
        let record: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        record["ids"][0]["value"].as_str().unwrap().to_owned()
    }

    fn pay(&self) {
        for simulated in self.shop.sandbox.providers() {
            simulated.pay(&self.id(simulated.name()), None).unwrap();
        }
    }

    fn link(&self, table: &mut Table, provider: &str, operation: &str, more: &str) {
        self.link_with(table, provider, operation, more, |it| it);
    }

    fn link_with(
        &self,
        table: &mut Table,
        provider: &str,
        operation: &str,
        more: &str,
        change: impl FnOnce(&mut Command) -> &mut Command,
    ) {
        let line = format!("link {operation} --account {provider} --record {provider}.json {more}");
        let run = self.shop.line_with(line.trim_end(), change);
        table.saw("link", &format!("{operation} {provider}"), &run);
    }

    /// Settles the payment of each provider.
    fn settle(&self, table: &mut Table) {
        for provider in providers() {
            self.link(table, provider, "settle", BOOKS);
        }
    }

    /// Runs an operation on a provider's own payment.
    fn own(&self, table: &mut Table, provider: &'static str, operation: &str, more: &str) {
        let id = self.id(provider);
        self.own_of(table, provider, operation, &id, more, |it| it);
    }

    fn own_of(
        &self,
        table: &mut Table,
        provider: &'static str,
        operation: &str,
        id: &str,
        more: &str,
        change: impl FnOnce(&mut Command) -> &mut Command,
    ) {
        let flag = match provider {
            "zipay" => "--trackid",
            "cardpay" => "--pay-id",
            "sizpay" => "--send-id",
            "pod" => "--invoice-id",
            other => panic!("{other} has no group"),
        };
        let line = format!("{provider} {operation} {flag} {id} {more}");
        let run = self.shop.line_with(line.trim_end(), change);
        table.saw(provider, operation, &run);
    }

    fn card(&self) -> String {
        format!("--card-number {}", self.shop.sandbox.cardpay().payer_card())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_on_its_way() {
    let mut table = Table::default();
    let there = Payments::open().await;

    table.situation("not paid yet");
    there.settle(&mut table);
    there.link(&mut table, "zipay", "refund", BOOKS);
    there.own(&mut table, "zipay", "status", "");
    there.own(&mut table, "zipay", "settle", INVOICE);
    there.own(&mut table, "zipay", "verify", "");
    there.own(&mut table, "zipay", "refund", "--yes");
    there.own(&mut table, "cardpay", "check", "");
    there.own(&mut table, "sizpay", "status", "");
    there.own(&mut table, "pod", "invoices", "");
    there.own(&mut table, "pod", "verify-invoice", "");
    there.own(&mut table, "pod", "verify-and-close", "");
    there.own(&mut table, "pod", "close", "");

    table.situation("books that are not the payment's");
    there.pay();
    let other = "--order 1000 --amount 25000 --currency IRT";
    for provider in providers() {
        there.link(&mut table, provider, "settle", other);
    }
    there.link(&mut table, "zipay", "refund", other);
    there.link(&mut table, "sizpay", "disable", other);
    let other = "--invoice-number 1000 --amount 25000 --currency IRT";
    there.own(&mut table, "zipay", "settle", other);
    there.own(&mut table, "zipay", "refund", other);

    table.situation("paid");
    there.settle(&mut table);
    there.own(&mut table, "zipay", "status", "");
    there.own(&mut table, "cardpay", "check", "");
    there.own(&mut table, "sizpay", "status", "");
    there.own(&mut table, "pod", "close", "");

    table.situation("done before");
    there.settle(&mut table);
    there.own(&mut table, "zipay", "settle", INVOICE);
    there.own(&mut table, "zipay", "verify", "");
    there.own(&mut table, "cardpay", "check", "");
    there.own(&mut table, "pod", "verify-invoice", "");
    there.own(&mut table, "pod", "verify-and-close", "");
    there.own(&mut table, "pod", "close", "");
    there.link(
        &mut Table(vec![("", BTreeMap::new())]),
        "zipay",
        "refund",
        BOOKS,
    );
    there.link(&mut table, "zipay", "refund", BOOKS);
    there.own(&mut table, "zipay", "refund", "--yes");

    table.situation("given back, and to be settled");
    there.link(&mut table, "zipay", "settle", BOOKS);
    there.own(&mut table, "zipay", "settle", INVOICE);
    there.own(&mut table, "zipay", "verify", "");

    table.situation("paid, and to be withdrawn");
    for provider in ["pod", "sizpay"] {
        there.link(&mut table, provider, "disable", "--yes");
    }
    there.own(&mut table, "sizpay", "disable", "--yes");
    there.own(&mut table, "pod", "cancel", "--yes");

    table.situation("withdrawn before");
    let there = Payments::open().await;
    for provider in ["pod", "sizpay"] {
        let mut first = Table(vec![("", BTreeMap::new())]);
        there.link(&mut first, provider, "disable", "--yes");
        there.link(&mut table, provider, "disable", "--yes");
        there.link(&mut table, provider, "settle", BOOKS);
    }
    // Nobody can tell whether SizPay's link is withdrawn.
    there.own(&mut table, "sizpay", "disable", "--yes");
    there.own(&mut table, "sizpay", "resend", "");
    there.own(&mut table, "pod", "cancel", "--yes");
    let card = there.card();
    there.own(
        &mut Table(vec![("", BTreeMap::new())]),
        "cardpay",
        "set-card",
        &card,
    );
    there.own(&mut table, "cardpay", "set-card", &card);

    table.situation("its time is over");
    let there = Payments::open().await;
    for provider in ["pod", "zipay"] {
        let simulated = there.shop.sandbox.providers().iter();
        let simulated = simulated.clone().find(|it| it.name() == provider);
        simulated.unwrap().pay(&there.id(provider), None).unwrap();
    }
    there
        .shop
        .sandbox
        .clock()
        .advance(VERIFY_WITHIN + Duration::from_secs(60));
    for provider in ["cardpay", "pod", "zipay"] {
        there.link(&mut table, provider, "settle", BOOKS);
    }
    there.link(&mut table, "zipay", "refund", "--yes");
    there.own(&mut table, "zipay", "settle", INVOICE);
    there.own(&mut table, "zipay", "verify", "");
    there.own(&mut table, "zipay", "refund", "--yes");
    there.own(&mut table, "cardpay", "check", "");
    there.own(&mut table, "cardpay", "set-card", &card);
    there.own(&mut table, "pod", "verify-invoice", "");

    table.situation("paid from another card");
    let there = Payments::open().await;
    there.own(&mut table, "cardpay", "set-card", &card);
    let cardpay = there.shop.sandbox.cardpay();
    let (id, amount) = (
        there.id("cardpay").parse().unwrap(),
        cardpay.payments()[0].amount,
    );
    cardpay
        .transfer(id, amount, Some(cardpay.other_payer_card()))
        .unwrap();
    there.link(&mut table, "cardpay", "settle", BOOKS);
    there.own(&mut table, "cardpay", "check", "");

    insta::assert_snapshot!(table.text(), @r"
    not paid yet
      cardpay  check 4
      link     settle cardpay 4, settle pod 4, settle sizpay 4, settle zipay 4, refund zipay 4
      pod      invoices 0, verify-invoice 4, verify-and-close 4, close 4
      sizpay   status 0
      zipay    status 0, settle 4, verify 4, refund 4
    books that are not the payment's
      link     settle cardpay 5, settle pod 5, settle sizpay 5, settle zipay 5, refund zipay 5, disable sizpay 5
      zipay    settle 5, refund 5
    paid
      cardpay  check 0
      link     settle cardpay 0, settle pod 0, settle sizpay 0, settle zipay 0
      pod      close 0
      sizpay   status 0
      zipay    status 0
    done before
      cardpay  check 0
      link     settle cardpay 0, settle pod 0, settle sizpay 0, settle zipay 0, refund zipay 0
      pod      verify-invoice 0, verify-and-close 0, close 0
      zipay    settle 0, verify 0, refund 0
    given back, and to be settled
      link     settle zipay 4
      zipay    settle 4, verify 4
    paid, and to be withdrawn
      link     disable pod 1, disable sizpay 1
      pod      cancel 1
      sizpay   disable 1
    withdrawn before
      cardpay  set-card 1
      link     disable pod 0, settle pod 4, disable sizpay 1, settle sizpay 4
      pod      cancel 0
      sizpay   disable 1, resend 1
    its time is over
      cardpay  check 4, set-card 1
      link     settle cardpay 4, settle pod 4, settle zipay 4, refund zipay 4
      pod      verify-invoice 4
      zipay    settle 4, verify 4, refund 4
    paid from another card
      cardpay  set-card 0, check 5
      link     settle cardpay 5
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_goes_wrong() {
    let mut table = Table::default();
    let there = Payments::open().await;
    let shop = &there.shop;

    table.situation("called wrongly");
    for provider in providers() {
        let run = shop.line(&format!(
            "link create --account {provider} --order 1 --amount x --currency IRT"
        ));
        table.saw("link", &format!("create {provider}"), &run);
        there.own_of(&mut table, provider, malformed(provider), "x", "", |it| it);
    }
    let other = shop.line(&format!(
        "link settle --account pod --record zipay.json {BOOKS}"
    ));
    table.saw("link", "settle pod's with zipay's record", &other);

    table.situation("not offered");
    there.link(&mut table, "cardpay", "refund", "--yes");
    there.link(&mut table, "zipay", "disable", "--yes");
    there.link(&mut table, "pod", "resend", "");
    there.link(&mut table, "cardpay", "status", "");
    there.own(&mut table, "sizpay", "resend", "--via soap");
    there.own(
        &mut table,
        "pod",
        "share-link",
        "--user-id 7 --environment sandbox",
    );

    table.situation("no such payment");
    for provider in providers() {
        let path = shop.path(&format!("{provider}.json"));
        let record = fs::read_to_string(&path).unwrap();
        fs::write(shop.path("kept.json"), &record).unwrap();
        fs::write(
            &path,
            record.replace(&there.id(provider), nobodys(provider)),
        )
        .unwrap();
        there.link(&mut table, provider, "settle", BOOKS);
        fs::rename(shop.path("kept.json"), &path).unwrap();
    }
    for (provider, operations) in [
        ("zipay", &["status", "verify", "refund --yes"][..]),
        ("cardpay", &["check"]),
        ("sizpay", &["status", "disable --yes", "resend"]),
        (
            "pod",
            &["invoices", "verify-invoice", "close", "cancel --yes"],
        ),
    ] {
        for operation in operations {
            let (operation, more) = operation.split_once(' ').unwrap_or((operation, ""));
            there.own_of(
                &mut table,
                provider,
                operation,
                nobodys(provider),
                more,
                |it| it,
            );
        }
    }

    table.situation("a key that the provider does not accept");
    for (provider, variable) in [
        ("cardpay", "PAYLINK_CARDPAY_TOKEN"),
        ("pod", "PAYLINK_POD_TOKEN"),
        ("sizpay", "PAYLINK_SIZPAY_PASSWORD"),
        ("zipay", "PAYLINK_ZIPAY_SECRET_KEY"),
    ] {
        let key = "0123456789abcdef0123456789abcdef";
        there.link_with(&mut table, provider, "settle", BOOKS, |it| {
            it.env(variable, key)
        });
        let id = there.id(provider);
        there.own_of(&mut table, provider, reads(provider), &id, "", |it| {
            it.env(variable, key)
        });
    }

    table.situation("nobody listens at the address");
    for provider in providers() {
        let variable = format!("PAYLINK_{}_BASE_URL", provider.to_uppercase());
        let address = "http://127.0.0.1:1/";
        // CardPay's record is of the script's address.
        if provider != "cardpay" {
            there.link_with(&mut table, provider, "settle", BOOKS, |it| {
                it.env(&variable, address)
            });
        }
        let line = create(provider, "1001");
        let run = shop.line_with(&line, |it| it.env(&variable, address));
        table.saw("link", &format!("create {provider}"), &run);
        let id = there.id(provider);
        there.own_of(&mut table, provider, reads(provider), &id, "", |it| {
            it.env(&variable, address)
        });
    }

    table.situation("the provider is down: 503");
    shop.sandbox
        .faults()
        .turn_on(Preset::ProviderDown, None)
        .unwrap();
    for provider in providers() {
        there.link(&mut table, provider, "settle", BOOKS);
        let run = shop.line(&create(provider, "1002"));
        table.saw("link", &format!("create {provider}"), &run);
        there.own(&mut table, provider, reads(provider), "");
    }
    there.own(&mut table, "zipay", "verify", "");
    there.own(&mut table, "pod", "cancel", "--yes");
    there.own(&mut table, "sizpay", "disable", "--yes");
    shop.sandbox.faults().turn_off(Preset::ProviderDown);

    table.situation("the answer is lost");
    for (provider, operation) in [
        ("cardpay", "create"),
        ("pod", "issue-invoice"),
        ("sizpay", "send-link"),
        ("zipay", "create-invoice"),
    ] {
        shop.fault(provider, operation, Fault::DropAfter);
        let line = format!(
            "{} --handle-file {provider}.handle",
            create(provider, "1003")
        );
        table.saw("link", &format!("create {provider}"), &shop.line(&line));
        let line = format!("link resolve --account {provider} {provider}.handle");
        table.saw("link", &format!("resolve {provider}"), &shop.line(&line));
    }
    for (provider, operation, more) in [
        ("zipay", "verify", ""),
        ("zipay", "refund", "--yes"),
        ("sizpay", "disable", "--yes"),
        ("sizpay", "resend", ""),
        ("pod", "verify-invoice", ""),
        ("pod", "close", ""),
        ("pod", "cancel", "--yes"),
    ] {
        if provider == "zipay" && operation == "verify" {
            shop.sandbox.zipay().pay(&there.id("zipay")).unwrap();
        }
        shop.fault(provider, operation, Fault::DropAfter);
        there.own(&mut table, provider, operation, more);
    }

    insta::assert_snapshot!(table.text(), @r"
    called wrongly
      cardpay  check 2
      link     create cardpay 2, create pod 2, create sizpay 2, create zipay 2, settle pod's with zipay's record 2
      pod      close 2
      sizpay   status 2
      zipay    refund 2
    not offered
      link     refund cardpay 2, disable zipay 2, resend pod 2, status cardpay 2
      pod      share-link 2
      sizpay   resend 2
    no such payment
      cardpay  check 1
      link     settle cardpay 1, settle pod 5, settle sizpay 1, settle zipay 1
      pod      invoices 1, verify-invoice 1, close 1, cancel 1
      sizpay   status 1, disable 1, resend 1
      zipay    status 1, verify 1, refund 1
    a key that the provider does not accept
      cardpay  check 1
      link     settle cardpay 1, settle pod 1, settle sizpay 1, settle zipay 1
      pod      invoices 1
      sizpay   status 1
      zipay    status 1
    nobody listens at the address
      cardpay  check 1
      link     create cardpay 1, settle pod 1, create pod 1, settle sizpay 1, create sizpay 1, settle zipay 1, create zipay 1
      pod      invoices 1
      sizpay   status 1
      zipay    status 1
    the provider is down: 503
      cardpay  check 3
      link     settle cardpay 3, create cardpay 3, settle pod 1, create pod 3, settle sizpay 1, create sizpay 3, settle zipay 1, create zipay 3
      pod      invoices 1, cancel 3
      sizpay   status 1, disable 3
      zipay    status 1, verify 3
    the answer is lost
      link     create cardpay 3, resolve cardpay 3, create pod 3, resolve pod 0, create sizpay 3, resolve sizpay 0, create zipay 3, resolve zipay 0
      pod      verify-invoice 3, close 3, cancel 3
      sizpay   disable 3, resend 3
      zipay    verify 3, refund 3
    ");
}

/// An operation that a wrong id, or a missing yes, keeps from being sent.
fn malformed(provider: &str) -> &'static str {
    match provider {
        "zipay" => "refund",
        "pod" => "close",
        other => reads(other),
    }
}

/// The operation of a group that asks about a payment.
fn reads(provider: &str) -> &'static str {
    match provider {
        "cardpay" => "check",
        "pod" => "invoices",
        _ => "status",
    }
}

/// An id that no payment has.
fn nobodys(provider: &str) -> &'static str {
    assert!(!descriptor(provider).id_name().is_empty());
    match provider {
        "zipay" => "de7d44ae-9df9-487f-a175-ade1ecfab28b",
        _ => "99999",
    }
}
