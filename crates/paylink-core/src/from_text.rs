use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserializer, Error, Visitor};

use crate::Invalid;

/// Reads a value from its serialised text by the value's own parser, without copying the text.
pub fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr<Err = Invalid>,
    D: Deserializer<'de>,
{
    deserializer.deserialize_str(Text(PhantomData))
}

struct Text<T>(PhantomData<T>);

impl<T: FromStr<Err = Invalid>> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// Stores such a value as the text that it displays, and reads it back by its own parser.
#[doc(hidden)]
#[macro_export]
macro_rules! serde_as_text {
    ($type:ty) => {
        impl ::serde::Serialize for $type {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<$type, D::Error> {
                $crate::from_text::deserialize(deserializer)
            }
        }
    };
}

/// Lets a constructor take the text of such a value as it takes the value: `impl TryInto<T, Error: Into<Invalid>>`.
#[doc(hidden)]
#[macro_export]
macro_rules! try_from_text {
    ($($type:ty),+) => {$(
        impl TryFrom<&str> for $type {
            type Error = $crate::Invalid;

            fn try_from(text: &str) -> Result<$type, $crate::Invalid> {
                text.parse()
            }
        }

        impl TryFrom<&String> for $type {
            type Error = $crate::Invalid;

            fn try_from(text: &String) -> Result<$type, $crate::Invalid> {
                text.parse()
            }
        }
    )+};
}

/// Declares a name of a merchant's or a provider's: text that a check has let through, with the field under which it is
/// refused. It is read by `FromStr` and shown as it was written.
#[doc(hidden)]
#[macro_export]
macro_rules! checked_name {
    ($(#[$doc:meta])+ $name:ident($key:literal, $label:literal), $check:expr) => {
        $(#[$doc])+
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(Box<str>);

        impl $name {
            /// The field under which it is refused.
            pub const KEY: $crate::FieldKey = $crate::FieldKey::new($key, $label);

            /// The text as it was written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::Invalid;

            fn from_str(text: &str) -> Result<$name, $crate::Invalid> {
                let check: fn(&str) -> Result<(), $crate::Invalid> = $check;
                check(text)?;
                Ok($name(text.into()))
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        $crate::try_from_text!($name);
        $crate::serde_as_text!($name);
    };
}

/// Reads such a value by its `parse`.
macro_rules! from_str_by_parse {
    ($($type:ident),+) => {$(
        impl FromStr for crate::$type {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<crate::$type, Invalid> {
                crate::$type::parse(text)
            }
        }
    )+};
}

from_str_by_parse! { CardNumber, Currency, JalaliDate, JalaliDateTime, Mobile, NationalId }

try_from_text!(
    crate::CardNumber,
    crate::Mobile,
    crate::NationalId,
    crate::ReturnUrl,
    crate::WebUrl
);

#[cfg(test)]
mod tests {
    use crate::provider::OrderReference;
    use crate::{Money, WebUrl};

    #[test]
    fn another_form_is_told_with_the_right_one() {
        fn told<T: serde::de::DeserializeOwned>() -> String {
            let read = serde_json::from_str::<T>("5");
            read.err().unwrap().to_string()
        }
        let texts = [told::<WebUrl>(), told::<OrderReference>()];
        assert!(
            texts.iter().all(|it| it.contains("expected text at")),
            "{texts:?}"
        );
        let money = told::<Money>();
        assert!(
            money.contains("expected an object with amount and currency"),
            "{money}"
        );
    }
}
