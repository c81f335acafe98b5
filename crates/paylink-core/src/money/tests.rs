mod currency;
mod decimal;
mod iranian;
mod serial;
mod sums;
mod typed;
mod whole;

use super::Money;
use super::currency::Currency;

/// A decimal without the zeros that do not change its value, for comparing numbers as text.
fn trimmed(decimal: &str) -> &str {
    if decimal.contains('.') {
        decimal.trim_end_matches('0').trim_end_matches('.')
    } else {
        decimal
    }
}

fn usd(amount: &str) -> Money {
    Money::new(amount, Currency::Usd).unwrap()
}
