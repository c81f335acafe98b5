//! The sandbox's books beside a merchant's, for tests in which the merchant dies.

use std::collections::{BTreeMap, BTreeSet};

use paylink_sandbox::pod::State;
use paylink_sandbox::{Fault, FaultRule, Sandbox};

use crate::chance::Chance;
use crate::selling::{ACCOUNTS, order_of};

/// The operations that may be lost on the way, by their providers.
const LOST: [(&str, &str); 4] = [
    ("zipay", "create-invoice"),
    ("zipay", "verify"),
    ("pod", "issue-invoice"),
    ("pod", "verify-invoice"),
];

/// A configuration of the sandbox's accounts that are sold through in tests of crashes, with these lines of TOML in each.
#[must_use]
pub fn configuration(sandbox: &Sandbox, more: &str) -> String {
    configuration_of(sandbox, &ACCOUNTS, more)
}

/// The same of the accounts of these names.
#[must_use]
pub fn configuration_of(sandbox: &Sandbox, names: &[&str], more: &str) -> String {
    let mut accounts = String::new();
    for played in sandbox.providers() {
        if names.contains(&played.name()) {
            accounts.push_str(&format!("[{}]\n{more}", played.name()));
            for (key, value) in played.settings() {
                match value.parse::<u64>() {
                    Ok(number) => accounts.push_str(&format!("{key} = {number}\n")),
                    Err(_) => accounts.push_str(&format!("{key} = {value:?}\n")),
                }
            }
        }
    }
    accounts
}

/// Loses requests or answers that are to come: of each operation one in so many times.
pub fn lose(sandbox: &Sandbox, chance: &mut Chance, one_in: u64) {
    for (provider, operation) in LOST {
        if chance.below(one_in) == 0 {
            let rule = FaultRule::new(chance.fault()).of(provider).on(operation);
            set(sandbox, rule.times(1));
        }
    }
}

#[expect(
    clippy::expect_used,
    reason = "a test that names no operation ends here"
)]
fn set(sandbox: &Sandbox, rule: FaultRule) {
    let set = sandbox.faults().set(rule);
    set.expect("providers and operations exist");
}

/// Lets the next requests to each provider wait, whatever they ask.
pub fn delay(sandbox: &Sandbox, requests: u32, fault: Fault) {
    for played in sandbox.providers() {
        if ACCOUNTS.contains(&played.name()) {
            for operation in played.operations() {
                let rule = FaultRule::new(fault).of(played.name()).on(operation);
                set(sandbox, rule.times(requests));
            }
        }
    }
}

/// The payers pay whatever there is to pay, if they are willing.
pub fn pay(sandbox: &Sandbox, mut is_willing: impl FnMut(&str) -> bool) {
    for invoice in sandbox.zipay().invoices() {
        if is_willing(&invoice.invoice_number) {
            // What is paid already is refused.
            let _ = sandbox.zipay().pay(&invoice.trackid);
        }
    }
    for invoice in sandbox.pod().invoices() {
        let reference = invoice.bill_number.as_deref().unwrap_or_default();
        if invoice.state == State::Unpaid && is_willing(reference) {
            let _ = sandbox.pod().pay_by_card(invoice.id);
        }
    }
}

/// What is wrong between the sandbox's books and the goods that went out, so often for each order; the goods have to be
/// counted before. It must be nothing at every moment, whatever is still under way.
#[must_use]
pub fn wrongs(sandbox: &Sandbox, goods: &BTreeMap<String, i64>) -> Vec<String> {
    let mut wrongs = Vec::new();
    for (order, times) in goods.iter().filter(|(_, times)| **times != 1) {
        wrongs.push(format!("order {order} was handed out {times} times"));
    }
    let zipay = sandbox.zipay().invoices().into_iter();
    let zipay = zipay.map(|it| (it.times_verified() > 0, it.invoice_number));
    let pod = sandbox.pod().invoices().into_iter();
    let pod = pod.map(|it| (it.state == State::Paid, it.bill_number.unwrap_or_default()));
    let mut created = BTreeMap::new();
    let mut confirmed = BTreeSet::new();
    for (is_confirmed, reference) in zipay.chain(pod) {
        match order_of(&reference) {
            Some(order) if is_confirmed => drop(confirmed.insert(order.to_string())),
            Some(_) => {}
            None => wrongs.push(format!("nobody asked for {reference:?}")),
        }
        *created.entry(reference).or_insert(0) += 1;
    }
    for order in goods.keys().filter(|order| !confirmed.contains(*order)) {
        wrongs.push(format!("order {order} is out and not paid"));
    }
    for (reference, times) in created.iter().filter(|(_, times)| **times != 1) {
        wrongs.push(format!("{reference} was created {times} times"));
    }
    wrongs
}
