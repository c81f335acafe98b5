//! A number says nothing of its unit.

use paylink_core::Money;
use paylink_core::provider::NewPayment;

fn main() {
    let _ = NewPayment::new("1000", 150_000);
    let _ = Money::from(150_000_u64);
}
