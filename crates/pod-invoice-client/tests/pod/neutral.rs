//! POD behind the neutral API, as far as the conformance suite leaves it open.

mod creating;
mod following;

use paylink_core::provider::{ExpectedPayment, NewPayment, PaymentRecord};
use paylink_core::{Currency, Money, PaymentProvider};
use pod_invoice_client::{Environment, PodBuilder};
use serde_json::{Value, json};

use crate::provider::{KEY, Provider, good};
use crate::samples::{BILL, invoice_with};

const ISSUE: u32 = 29796;
const LIST: u32 = 29813;
const VERIFY: u32 = 29809;
const CANCEL: u32 = 29810;

fn rial(amount: &str) -> Money {
    Money::new(amount, Currency::Irr).unwrap()
}

fn payment() -> NewPayment {
    NewPayment::new(BILL, rial("1000000")).unwrap()
}

fn builder(account: &Provider) -> PodBuilder {
    let builder = account.builder(Environment::Production);
    builder.key(KEY).guild("CLOTHING_GUILD")
}

/// A client of it, chosen at run time.
fn chosen(account: &Provider) -> Box<dyn PaymentProvider> {
    Box::new(builder(account).build().unwrap())
}

/// The invoice of the payment, with these members in place of its own.
fn issued_with(members: Value) -> Value {
    let mut invoice = invoice_with(json!({
        "payableAmount": 1_000_000, "vat": 0, "verificationNeeded": true
    }));
    let Value::Object(members) = members else {
        panic!("members make an object");
    };
    invoice.as_object_mut().unwrap().extend(members);
    invoice
}

fn issued() -> Value {
    issued_with(json!({}))
}

/// What is stored with the order of the sample, as it comes back from the store.
async fn record() -> PaymentRecord {
    let account = Provider::start().await;
    account.answer(ISSUE, good(issued()));
    let created = chosen(&account).create(&payment()).await.unwrap();
    let stored = serde_json::to_string(created.record()).unwrap();
    serde_json::from_str(&stored).unwrap()
}

fn expected(record: PaymentRecord) -> ExpectedPayment {
    ExpectedPayment::new(BILL.parse().unwrap(), rial("1000000"), record)
}
