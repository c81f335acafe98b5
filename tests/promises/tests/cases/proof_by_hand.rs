//! Settling alone makes a proof.

use paylink_core::{Money, Proof, Rial};

fn main() {
    let _proof = Proof {
        provider: "zipay",
        amount: Money::from(Rial::new(150_000)),
        checks: Vec::new(),
        receipt: None,
    };
}
