//! `paylink sizpay`.

mod people;
mod programs;
mod unknown;

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
