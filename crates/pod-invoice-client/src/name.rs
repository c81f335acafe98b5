use std::fmt;
use std::str::FromStr;

use paylink_core::text::check_visible;
use paylink_core::{FieldKey, Invalid};
use serde::Serialize;

use crate::html;

/// The most characters of a name. POD documents no bound; no real name comes near.
const LONGEST: usize = 200;

/// Declares names: bounded text that can be seen, which a check of its own may narrow.
macro_rules! names {
    ($($(#[$doc:meta])+ $name:ident($key:literal, $label:literal) $check:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The field under which it is refused.
            pub const KEY: FieldKey = FieldKey::new($key, $label);

            /// The text as it was written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<$name, Invalid> {
                checked($name::KEY, text)?;
                $check(text)?;
                Ok($name(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        paylink_core::try_from_text!($name);
    )+};
}

names! {
    /// The merchant's own number of an invoice, `billNumber`: unique among the merchant's invoices.
    ///
    /// ```
    /// use pod_invoice_client::BillNumber;
    ///
    /// assert!("1000".parse::<BillNumber>().is_ok());
    /// assert!(" 1000".parse::<BillNumber>().is_err());
    /// ```
    BillNumber("bill_number", "bill number") unescaped;

    /// The code that POD gives an invoice, `uniqueNumber`. Whoever knows it may pay the invoice.
    UniqueNumber("unique_number", "unique number") plain;

    /// The code of one of the merchant's guilds, such as `CLOTHING_GUILD`, from POD's business panel.
    GuildCode("guild_code", "guild code") any;
}

impl UniqueNumber {
    /// As long as one can be: a link that holds it shows whether there is room for any.
    pub(crate) fn longest() -> UniqueNumber {
        UniqueNumber("0".repeat(LONGEST))
    }
}

/// Refuses what cannot be a name of anything.
pub(crate) fn checked(field: FieldKey, text: &str) -> Result<(), Invalid> {
    let wrong = |problem: &'static str| Invalid::new(field, problem).value(text);
    if text.trim().is_empty() {
        return Err(wrong("is empty"));
    }
    if text.chars().count() > LONGEST {
        return Err(wrong("is longer than 200 characters").remedy("shorten it"));
    }
    check_visible(field, text)?;
    if text.trim() != text {
        return Err(wrong("begins or ends with a space").remedy("trim it"));
    }
    Ok(())
}

fn unescaped(number: &str) -> Result<(), Invalid> {
    if html::unescape(number) == number {
        return Ok(());
    }
    Err(
        Invalid::new(BillNumber::KEY, "holds an HTML character reference")
            .value(number)
            .remedy(
                "leave it out: some of POD's answers are escaped that way, and it would not be recognised",
            ),
    )
}

fn plain(number: &str) -> Result<(), Invalid> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if number.bytes().all(plain) {
        return Ok(());
    }
    Err(
        Invalid::new(UniqueNumber::KEY, "holds a character that none has")
            .value(number)
            .remedy("give it as POD wrote it, such as 6a8419e0de989b8f"),
    )
}

fn any(_: &str) -> Result<(), Invalid> {
    Ok(())
}
