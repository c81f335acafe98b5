//! SizPay behind the neutral API.

mod creating;
mod doing;
mod handing_out;
mod reading;
mod refusing;
mod resolving;
mod settling;

use paylink_core::provider::{ExpectedPayment, NewPayment, PaymentRecord};
use paylink_core::{Currency, Money, PaymentProvider};
use sizpay_client::Via;

use crate::provider::Provider;
use crate::samples::sent;

/// The order's reference, and the number of the document's section 1.
const ORDER: &str = "99112101";

fn rial(amount: &str) -> Money {
    Money::new(amount, Currency::Irr).unwrap()
}

/// The link of the document's section 1.
pub(crate) fn payment() -> NewPayment {
    payment_of(ORDER, rial("10000"))
}

fn payment_of(reference: &str, price: Money) -> NewPayment {
    let mobile = "09122272730".parse().unwrap();
    NewPayment::new(reference, price).unwrap().mobile(mobile)
}

/// A client of it, chosen at run time.
fn chosen(provider: &Provider, via: Via) -> Box<dyn PaymentProvider> {
    Box::new(provider.client_via(via))
}

fn over_rest(provider: &Provider) -> Box<dyn PaymentProvider> {
    chosen(provider, Via::Rest)
}

/// What is stored with the order of the sample, as it comes back from the store; `at` is what the clock showed.
async fn record_at(seconds_later: u64) -> PaymentRecord {
    let provider = Provider::answering(sent()).await;
    let later = std::time::Duration::from_secs(seconds_later);
    provider.clock.advance(later);
    let created = over_rest(&provider).create(&payment()).await.unwrap();
    let stored = serde_json::to_string(created.record()).unwrap();
    serde_json::from_str(&stored).unwrap()
}

async fn record() -> PaymentRecord {
    record_at(0).await
}

fn expected(record: PaymentRecord) -> ExpectedPayment {
    ExpectedPayment::new(ORDER.parse().unwrap(), rial("10000"), record)
}

/// From the samples' clock to midnight in Tehran, but for ten seconds.
const ALMOST_MIDNIGHT: u64 = 9 * 3600 + 54 * 60 + 41;
