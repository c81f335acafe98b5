use std::fmt;
use std::str::FromStr;

use paylink_core::text::check_visible;
use paylink_core::{FieldKey, Invalid};
use serde::Serialize;

use crate::html;

/// The most characters of a name. POD documents no bound; no real name comes near.
const LONGEST: usize = 200;

/// The merchant's own number of an invoice, `billNumber`: unique among the merchant's invoices.
///
/// ```
/// use pod_invoice_client::BillNumber;
///
/// assert!("1000".parse::<BillNumber>().is_ok());
/// assert!(" 1000".parse::<BillNumber>().is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct BillNumber(String);

impl BillNumber {
    /// The number as the merchant wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BillNumber {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<BillNumber, Invalid> {
        checked("bill number", text)?;
        if html::unescape(text) != text {
            return Err(Invalid::new(FieldKey::unkeyed("bill number"), "holds an HTML character reference")
                .value(text)
                .remedy("leave it out: some of POD's answers are escaped that way, and it would not be recognised"));
        }
        Ok(BillNumber(text.to_owned()))
    }
}

/// The code that POD gives an invoice, `uniqueNumber`. Whoever knows it may pay the invoice.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct UniqueNumber(String);

impl UniqueNumber {
    /// The code as POD wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As long as one can be: a link that holds it shows whether there is room for any.
    pub(crate) fn longest() -> UniqueNumber {
        UniqueNumber("0".repeat(LONGEST))
    }
}

impl FromStr for UniqueNumber {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<UniqueNumber, Invalid> {
        checked("unique number", text)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if !text.bytes().all(plain) {
            return Err(Invalid::new(
                FieldKey::unkeyed("unique number"),
                "holds a character that none has",
            )
            .value(text)
            .remedy("give it as POD wrote it, such as 6a8419e0de989b8f"));
        }
        Ok(UniqueNumber(text.to_owned()))
    }
}

/// The code of one of the merchant's guilds, `CLOTHING_GUILD` say, from POD's business panel.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct GuildCode(String);

impl GuildCode {
    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for GuildCode {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<GuildCode, Invalid> {
        checked("guild code", text)?;
        Ok(GuildCode(text.to_owned()))
    }
}

impl fmt::Display for BillNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for UniqueNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for GuildCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Refuses what cannot be a name of anything.
pub(crate) fn checked(field: &'static str, text: &str) -> Result<(), Invalid> {
    let wrong = |problem: &'static str| Invalid::new(FieldKey::unkeyed(field), problem).value(text);
    if text.trim().is_empty() {
        return Err(wrong("is empty"));
    }
    if text.chars().count() > LONGEST {
        return Err(wrong("is longer than 200 characters").remedy("shorten it"));
    }
    check_visible(FieldKey::unkeyed(field), text)?;
    if text.trim() != text {
        return Err(wrong("begins or ends with a space").remedy("trim it"));
    }
    Ok(())
}
