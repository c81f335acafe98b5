use paylink::{Currency, Invalid, Money};

use crate::suggested::Suggested;

/// The currencies that ZiPay takes.
pub(super) const CURRENCIES: Suggested = Suggested(&["USD", "USDT", "IRT"]);

/// Reads what was typed as `--amount` and `--currency`.
pub(super) fn price(amount: &str, currency: &str) -> Result<Money, Invalid> {
    // The shared vocabulary knows currencies that ZiPay does not take.
    let known = Currency::parse(currency)
        .map_err(|unknown| unknown.with_remedy("use USD, USDT or IRT, which is toman"))?;
    Money::parse(amount, known)
}
