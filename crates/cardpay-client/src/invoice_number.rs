use std::fmt;
use std::str::FromStr;

use paylink_core::{FieldKey, Invalid, digits};
use serde::{Deserialize, Deserializer, Serialize};

const FIELD: FieldKey = FieldKey::unkeyed("invoice number");
const REMEDY: &str =
    "give the order's own number, a whole number above zero that was not used before";

/// The largest number that the script's language counts to.
const LARGEST: u64 = i64::MAX.unsigned_abs();

/// The merchant's own number of a payment (`fid`): a whole number above zero, never used before.
///
/// The document calls it an integer. Zero is refused, since the script's language takes it for "missing" (a reading). As
/// text it is read by [`digits::whole`].
///
/// ```
/// use cardpay_client::InvoiceNumber;
///
/// assert_eq!("۱۰۰۰".parse::<InvoiceNumber>()?, InvoiceNumber::new(1000)?);
/// assert!(InvoiceNumber::new(0).is_err());
/// # Ok::<(), cardpay_client::Invalid>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct InvoiceNumber(u64);

impl InvoiceNumber {
    /// Takes an order's own number.
    ///
    /// # Errors
    ///
    /// Zero, and what is larger than 9,223,372,036,854,775,807.
    pub fn new(number: u64) -> Result<InvoiceNumber, Invalid> {
        if (1..=LARGEST).contains(&number) {
            Ok(InvoiceNumber(number))
        } else {
            Err(wrong("is out of range").value(&number.to_string()))
        }
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl FromStr for InvoiceNumber {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<InvoiceNumber, Invalid> {
        let number = digits::whole(FIELD, text).map_err(|invalid| invalid.remedy(REMEDY))?;
        InvoiceNumber::new(number)
    }
}

impl fmt::Display for InvoiceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl<'de> Deserialize<'de> for InvoiceNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<InvoiceNumber, D::Error> {
        InvoiceNumber::new(u64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

fn wrong(problem: &'static str) -> Invalid {
    Invalid::new(FIELD, problem).remedy(REMEDY)
}
