//! What was typed. A flag is the key of its field with dashes: `return_url` is typed with `--return-url`.

use std::ffi::OsStr;
use std::str::FromStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use paylink::core::digits;
use paylink::{CardNumber, Currency, Error, FieldKey, Invalid, Money};
use secrecy::{ExposeSecret, SecretString};

use crate::failure::{CallError, Failure, UsageError};

/// The flag of the field with this key.
pub(crate) fn flag(key: &str) -> String {
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
