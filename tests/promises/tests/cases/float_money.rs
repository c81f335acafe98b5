//! Money is exact.

use paylink_core::{Currency, Money, Rial};

fn main() {
    let _ = Rial::new(1500.5);
    let _ = Money::new(100.99, Currency::Usd);
    let _ = Money::from(100.99);
}
