//! `paylink pod`: an invoice's life, every way to pay one, and what is refused before a byte is sent.

mod life;
mod links;
mod refused;
mod unknown;
mod ways;

use paylink_sandbox::pod::State;
use serde_json::Value;

use crate::shop::{Run, Shop};

const ISSUE: &str = "pod issue-invoice --bill-number 1000 --guild-code CLOTHING_GUILD \
                     --item-description shoes --item-price 150000 --tax-rate 0";

/// Runs `paylink pod` with these words and `--json`.
fn pod(shop: &Shop, line: &str) -> Run {
    shop.line(&format!("--json pod {line}"))
}

/// Issues an invoice through the command, with more flags if need be.
fn issue(shop: &Shop, more: &str) -> Value {
    shop.line(&format!("--json {ISSUE}{more}")).ok()
}

/// The same, for its id alone.
fn issue_id(shop: &Shop, more: &str) -> u64 {
    issue(shop, more)["id"].as_u64().unwrap()
}

/// What the sandbox knows of an invoice.
fn state(shop: &Shop, id: u64) -> State {
    shop.sandbox.pod().invoice(id).unwrap().state
}

/// An invoice of the other business to this one, issued through the command as well.
fn owed(shop: &Shop) -> u64 {
    let there = shop.sandbox.pod();
    let line = format!("--json {ISSUE} --user-id {}", there.business().user_id());
    let mut command = shop.command(&line.split_whitespace().collect::<Vec<_>>());
    command.env("PAYLINK_POD_TOKEN", there.other_business().token());
    shop.finish(command).ok()["id"].as_u64().unwrap()
}

/// The values of a parameter of the last request, in order.
fn sent(shop: &Shop, name: &str) -> Vec<String> {
    let journal = shop.sandbox.journal();
    let last = journal.last().expect("nothing was sent");
    let all = last.parameters.iter();
    all.filter(|parameter| parameter.name == name)
        .map(|parameter| parameter.value.clone())
        .collect()
}
