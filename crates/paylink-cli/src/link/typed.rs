//! What was typed, read under the names of the flags.

use paylink::{Currency, Error, Money};

use crate::call_error::CallError;
use crate::failure::Failure;
use crate::suggested::Suggested;
use crate::usage_error::{self, UsageError};

/// The currencies that one provider or another counts in.
pub(super) const CURRENCIES: Suggested = Suggested(&["IRR", "IRT", "USD", "USDT"]);

/// Reads what was typed as `--amount` and `--currency`.
pub(super) fn price(amount: &str, currency: &str) -> Result<Money, UsageError> {
    let known = Currency::parse(currency).map_err(|unknown| {
        unknown
            .at("--currency")
            .with_remedy("use IRR, which is rial, IRT, which is toman, USD or USDT")
    })?;
    Money::parse(amount, known).map_err(usage_error::of_flag)
}

/// What was refused before anything was sent, under the name of its flag.
pub(super) fn unsent(error: Error) -> Failure {
    match usage_error::refused_value(&error) {
        Some(invalid) => usage_error::of_flag(invalid).into(),
        None => CallError::of(error).into(),
    }
}

/// The same for a query that was typed with `--return`, of which a part was refused.
pub(super) fn of_return(error: Error) -> Failure {
    match usage_error::refused_value(&error) {
        Some(invalid) => {
            let part = format!("{} in --return", invalid.label());
            let whole = "give the whole query that the browser came back with, or leave it out";
            UsageError::from(invalid.at(part).with_remedy(whole)).into()
        }
        None => CallError::of(error).into(),
    }
}
