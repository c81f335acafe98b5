//! What was typed, read under the names of the flags.

use std::str::FromStr;

use paylink::{CardNumber, Invalid};
use secrecy::{ExposeSecret, SecretString};

use crate::usage_error::{self, UsageError};

/// Reads a value that is not a card.
///
/// What cannot be read is repeated in the error, unless it is a card number that was typed in the wrong place.
pub(super) fn read<T: FromStr<Err = Invalid>>(
    flag: &'static str,
    typed: &str,
) -> Result<T, UsageError> {
    typed.parse().map_err(|invalid: Invalid| {
        if CardNumber::parse(typed).is_ok() {
            return Invalid::new(usage_error::ARGUMENT, "is the number of a card")
                .at(flag)
                .with_remedy("cards are given with --card")
                .into();
        }
        invalid.at(flag).into()
    })
}

/// Reads a card. No error repeats it, and the arguments that hold it do not show it either.
pub(super) fn card(typed: &SecretString) -> Result<CardNumber, UsageError> {
    CardNumber::parse(typed.expose_secret()).map_err(|invalid| invalid.at("--card").into())
}

/// The same value under the name of the flag that it was typed with.
pub(super) fn of_flag(invalid: Invalid) -> UsageError {
    let flag = match invalid.key() {
        "invoice_number" => "--fid",
        "price" => "--price",
        "callback" => "--callback-url",
        _ => return usage_error::of_flag(invalid),
    };
    invalid.at(flag).into()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::cli::Cli;

    #[test]
    fn the_arguments_do_not_show_a_card() {
        let card = "5022290000000042";
        for line in [
            format!("paylink cardpay create --price 10000 --fid 1 --card {card}"),
            format!("paylink cardpay set-card --pay-id 19 --card {card}"),
        ] {
            let cli = Cli::try_parse_from(line.split(' ')).unwrap();
            assert!(!format!("{cli:?}").contains(card));
        }
    }
}
