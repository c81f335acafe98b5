//! What was typed, read under the names of the flags.

use std::str::FromStr;

use paylink::Invalid;

use crate::usage_error::{self, UsageError};

/// Reads a value.
pub(super) fn read<T: FromStr<Err = Invalid>>(flag: &str, typed: &str) -> Result<T, UsageError> {
    typed
        .parse()
        .map_err(|invalid: Invalid| invalid.at(flag.to_owned()).into())
}

/// Reads a value that need not be there.
pub(super) fn read_if<T: FromStr<Err = Invalid>>(
    flag: &str,
    typed: Option<&str>,
) -> Result<Option<T>, UsageError> {
    typed.map(|typed| read(flag, typed)).transpose()
}

/// The same value under the name of the flag that it was typed with.
pub(super) fn of_flag(invalid: Invalid) -> UsageError {
    let flag = match invalid.key() {
        "redirect_url" => "--redirect-uri",
        "callback_url" => "--callback-uri",
        "item_description" => "--product-description",
        "item_price" | "amount" => "--price",
        "item_quantity" => "--quantity",
        "tax_rate" => "--preferred-tax-rate",
        _ => return usage_error::of_flag(invalid),
    };
    invalid.at(flag).into()
}
