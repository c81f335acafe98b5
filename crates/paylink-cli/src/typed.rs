//! What was typed. A flag is the key of its field with dashes: `return_url` is typed with `--return-url`.

use std::ffi::OsStr;
use std::str::FromStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use paylink::core::digits;
use paylink::{CardNumber, Currency, Error, FieldKey, Invalid, Money};
use secrecy::{ExposeSecret, SecretString};

use crate::failure::{CallError, Failure, UsageError};

/// The flag of a field.
fn flag(key: &str) -> String {
    format!("--{}", key.replace('_', "-"))
}

/// Reads what was typed with the flag of this field.
pub(crate) fn read<T: FromStr<Err = Invalid>>(
    field: FieldKey,
    typed: &str,
) -> Result<T, UsageError> {
    typed
        .parse()
        .map_err(|invalid: Invalid| of_flag(invalid.under(field)))
}

/// Reads a value that need not be there.
pub(crate) fn read_if<T: FromStr<Err = Invalid>>(
    field: FieldKey,
    typed: Option<&str>,
) -> Result<Option<T>, UsageError> {
    typed.map(|typed| read(field, typed)).transpose()
}

/// Reads one value of a flag that may be repeated: a comma there is rather between two of them than within one.
pub(crate) fn read_one<T: FromStr<Err = Invalid>>(
    field: FieldKey,
    typed: &str,
) -> Result<T, UsageError> {
    if typed.contains([',', '،']) {
        return Err(of_flag(
            Invalid::new(field, "holds a comma")
                .with_value(typed)
                .with_remedy("give the flag once for each"),
        ));
    }
    read(field, typed)
}

/// Reads a card. No error repeats it, and the arguments that hold it do not show it either.
pub(crate) fn card(field: FieldKey, typed: &SecretString) -> Result<CardNumber, UsageError> {
    CardNumber::parse(typed.expose_secret()).map_err(|invalid| of_flag(invalid.under(field)))
}

/// Reads what was typed with `--amount` and `--currency`; `remedy` names the currencies that are taken.
pub(crate) fn price(
    amount: &str,
    currency: &str,
    remedy: &'static str,
) -> Result<Money, UsageError> {
    let known =
        Currency::parse(currency).map_err(|unknown| of_flag(unknown.with_remedy(remedy)))?;
    Money::parse(amount, known).map_err(of_flag)
}

/// What was refused, at the flag with which it was typed, where no other place is named already.
pub(crate) fn of_flag(invalid: Invalid) -> UsageError {
    if invalid.place().is_some() {
        return invalid.into();
    }
    let flag = flag(invalid.key());
    invalid.at(flag).into()
}

/// What a client refused before anything was sent, at its flag; any other error as it is.
pub(crate) fn unsent(error: Error) -> Failure {
    match error.invalid() {
        Some(invalid) => of_flag(invalid.clone()).into(),
        None => CallError::of(error).into(),
    }
}

/// Reads a whole number that was typed, in digits of any of the three scripts, with thousands marks or without.
///
/// The words are put behind the flag and the value by clap.
pub(crate) fn whole<T: TryFrom<u64>>(typed: &str) -> Result<T, String> {
    let number =
        digits::whole(FieldKey::new("number", "number"), typed).map_err(|invalid| match invalid
            .remedy()
        {
            Some(remedy) => format!("it {}: {remedy}", invalid.problem()),
            None => format!("it {}", invalid.problem()),
        })?;
    T::try_from(number).map_err(|_| "it is too large".to_owned())
}

/// The same between two bounds.
pub(crate) fn within<const FIRST: u32, const LAST: u32>(typed: &str) -> Result<u32, String> {
    let number: u32 = whole(typed)?;
    if (FIRST..=LAST).contains(&number) {
        return Ok(number);
    }
    Err(match LAST {
        u32::MAX => format!("it is below {FIRST}"),
        _ => format!("{number} is not in {FIRST}..={LAST}"),
    })
}

/// Takes any text, and lets help and completions name the usual values.
///
/// A wrong one is refused later by the client's own words, which know more than "invalid value".
#[derive(Clone, Debug)]
pub(crate) struct Suggested(pub(crate) &'static [&'static str]);

impl TypedValueParser for Suggested {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(PossibleValue::new)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use clap::{CommandFactory, Parser};
    use paylink::core::provider::OrderReference;
    use paylink::{Cursor, Input, JalaliDate, Mobile, NationalId, PaymentRecord};

    use super::*;
    use crate::cli::Cli;

    /// The flags of a group of commands, with the flags of each of its operations.
    fn flags(group: &clap::Command) -> BTreeSet<String> {
        let own = group.get_arguments().filter_map(clap::Arg::get_long);
        let own = own.map(|long| format!("--{long}"));
        own.chain(group.get_subcommands().flat_map(flags)).collect()
    }

    fn group(name: &str) -> BTreeSet<String> {
        let cli = Cli::command();
        flags(
            cli.find_subcommand(name)
                .expect("each provider has a group"),
        )
    }

    /// The text of every source file below a folder, without its tests.
    fn source(folder: &Path) -> String {
        let mut text = String::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                text.push_str(&source(&path));
            } else if path.file_stem().is_some_and(|stem| stem != "tests") {
                let file = std::fs::read_to_string(&path).unwrap();
                text.push_str(file.split("#[cfg(test)]").next().unwrap());
            }
        }
        text
    }

    /// The keys that a client declares, by themselves or in a table of types.
    fn declared(client: &Path) -> BTreeSet<String> {
        let text = source(&client.join("src"));
        let is_key = |word: &&str| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte == b'_' || byte.is_ascii_lowercase())
        };
        let literal = |code: &str| {
            let code = code.trim_start().strip_prefix('"')?;
            code.split('"').next().filter(is_key).map(str::to_owned)
        };
        let alone = text.split("FieldKey::new(").skip(1).filter_map(literal);
        let in_tables = text.lines().filter_map(|line| {
            let (name, rest) = line.trim_start().split_once('(')?;
            let is_type = name.starts_with(char::is_uppercase) && rest.contains("\", \"");
            is_type.then(|| literal(rest))?
        });
        alone.chain(in_tables).collect()
    }

    #[test]
    fn a_key_that_a_client_refuses_is_a_flag_of_its_group_or_is_never_typed() {
        // What comes back, what a program hands over, and what is read by the program alone.
        let never_typed = [
            ("cardpay", vec![]),
            (
                "pod",
                vec![
                    "error_result",
                    "link",
                    "masked_card_number",
                    "one_time_token",
                    "payment",
                    "payment_bill_number",
                    "query",
                    "rrn",
                    "service",
                    "terminal_id",
                    "tref",
                    "webhook",
                ],
            ),
            ("sizpay", vec!["operation", "request", "resend"]),
            ("zipay", vec!["redirect", "request"]),
        ];
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for (provider, never_typed) in never_typed {
            let client = std::fs::read_dir(crates).unwrap().find_map(|entry| {
                let name = entry.unwrap().file_name().into_string().unwrap();
                (name.starts_with(provider) && name.ends_with("-client")).then_some(name)
            });
            let mut keys = declared(&crates.join(client.unwrap()));
            let descriptor = paylink::providers().iter().find(|it| it.name() == provider);
            for setting in descriptor.unwrap().settings() {
                keys.remove(setting.key());
            }
            let flags = group(provider);
            keys.retain(|key| !flags.contains(&flag(key)));
            assert_eq!(keys.iter().collect::<Vec<_>>(), never_typed, "{provider}");
        }
    }

    #[test]
    fn each_shared_key_is_a_flag_where_it_is_typed() {
        let mut neutral: Vec<FieldKey> = Input::ALL.iter().map(|input| input.key()).collect();
        neutral.extend([OrderReference::KEY, PaymentRecord::KEY, Cursor::KEY]);
        neutral.extend([Money::KEY, Currency::KEY, NationalId::KEY]);
        for (name, keys) in [
            ("link", neutral),
            ("cardpay", vec![Mobile::KEY, CardNumber::KEY]),
            ("pod", vec![Mobile::KEY, JalaliDate::KEY]),
            ("sizpay", vec![Mobile::KEY, Money::KEY]),
            ("zipay", vec![Money::KEY, Currency::KEY, NationalId::KEY]),
        ] {
            let flags = group(name);
            for key in keys {
                assert!(flags.contains(&flag(key.as_str())), "{name}: {key:?}");
            }
        }
    }

    #[test]
    fn the_arguments_do_not_show_a_card() {
        let card = "5022290000000042";
        for line in [
            "cardpay create --price 10000 --invoice-number 1 --card-number",
            "cardpay set-card --pay-id 19 --card-number",
            "link create --order 1 --amount 10000 --currency IRR --payer-card",
        ] {
            let words = ["paylink"].into_iter().chain(line.split(' ')).chain([card]);
            let cli = Cli::try_parse_from(words).unwrap();
            assert!(!format!("{cli:?}").contains(card));
        }
    }
}

#[cfg(test)]
mod number_tests {
    use super::{whole, within};

    #[test]
    fn digits_of_every_script_are_read_and_nothing_is_guessed() {
        for typed in ["1500", "۱۵۰۰", "١٥٠٠", "1,500", "۱٬۵۰۰", "۱،۵۰۰"] {
            assert_eq!(whole(typed), Ok(1500_u64), "{typed}");
            assert_eq!(within::<1, 2000>(typed), Ok(1500), "{typed}");
        }
        for typed in ["", "1,5", "-1", "1.5", "x", "01", " 1"] {
            assert!(whole::<u64>(typed).is_err(), "{typed:?}");
        }
        assert_eq!(
            whole::<u32>("4294967296"),
            Err("it is too large".to_owned())
        );
        assert_eq!(
            within::<1, 500>("۵۰۱"),
            Err("501 is not in 1..=500".to_owned())
        );
        assert_eq!(within::<1, 500>("0"), Err("0 is not in 1..=500".to_owned()));
        assert_eq!(
            within::<1, { u32::MAX }>("0"),
            Err("it is below 1".to_owned())
        );
        let error = whole::<u64>("1,5").unwrap_err();
        assert!(
            error.starts_with("it is not a whole number: write digits only"),
            "{error}"
        );
    }
}
