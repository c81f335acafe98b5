//! `paylink link`: the same words with every provider.

mod accounts;
mod changing;
mod creating;
mod listing;
mod settling;
mod storing;
mod unknown;

use crate::shop::{Run, Shop};

/// The providers, with what each needs beside order and price.
const PROVIDERS: [(&str, &str); 4] = [
    ("cardpay", "--return-url https://shop.example/back"),
    ("pod", "--return-url https://shop.example/back"),
    ("sizpay", "--mobile 09123456789"),
    ("zipay", "--return-url https://shop.example/back"),
];

/// The words that create a payment of 250,000 toman, and write its record to `NUMBER.json`.
fn create(provider: &str, order: &str) -> String {
    let (_, needed) = PROVIDERS
        .iter()
        .find(|(name, _)| *name == provider)
        .unwrap();
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

/// Pays the newest payment of a provider as its payer would.
fn pay(shop: &Shop, provider: &str) {
    let sandbox = &shop.sandbox;
    match provider {
        "cardpay" => {
            let payment = sandbox.cardpay().payments().pop().unwrap();
            sandbox.cardpay().pay(payment.pay_id).unwrap();
        }
        "pod" => {
            let invoice = sandbox.pod().invoices().pop().unwrap();
            sandbox.pod().pay_by_card(invoice.id).unwrap();
        }
        "sizpay" => {
            let link = sandbox.sizpay().links().pop().unwrap();
            sandbox.sizpay().pay(link.send_id).unwrap();
        }
        _ => {
            let invoice = sandbox.zipay().invoices().pop().unwrap();
            sandbox.zipay().pay(&invoice.trackid).unwrap();
        }
    }
}
