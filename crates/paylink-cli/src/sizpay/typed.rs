//! What was typed, read under the names of the flags.

use std::str::FromStr;

use paylink::Invalid;

use crate::usage_error::{self, UsageError};

/// Reads a value.
pub(super) fn read<T: FromStr<Err = Invalid>>(
    flag: &'static str,
    typed: &str,
) -> Result<T, UsageError> {
    typed
        .parse()
        .map_err(|invalid: Invalid| invalid.at(flag).into())
}

/// Reads one value of a flag that may be repeated: a comma there is rather between two of them than within one.
pub(super) fn read_one<T: FromStr<Err = Invalid>>(
    flag: &'static str,
    typed: &str,
) -> Result<T, UsageError> {
    if typed.contains([',', '،']) {
        return Err(Invalid::new(usage_error::ARGUMENT, "holds a comma")
            .at(flag)
            .with_value(typed)
            .with_remedy("give the flag once for each")
            .into());
    }
    read(flag, typed)
}

/// The same value under the name of the flag that it was typed with.
pub(super) fn of_flag(invalid: Invalid) -> UsageError {
    let flag = match invalid.key() {
        "invoice_number" => "--invoice-no",
        "send_id" => "--pay-link-send-id",
        _ => return usage_error::of_flag(invalid),
    };
    invalid.at(flag).into()
}
