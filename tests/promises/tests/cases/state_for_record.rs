//! Where a payment stands does not bind it to an order: the record does.

use paylink_core::provider::{ExpectedPayment, OrderReference, PaymentState};
use paylink_core::{Money, Rial};

fn main() {
    let reference: OrderReference = "1000".parse().unwrap();
    let price = Money::from(Rial::new(150_000));
    let _ = ExpectedPayment::new(reference, price, PaymentState::Paid);
}
