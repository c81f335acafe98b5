use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Invalid;

/// The most characters that any provider takes.
const LONGEST: usize = 200;

/// The merchant's own reference of an order: what a payment is created under and found again by.
///
/// It has 1 to 200 characters, none of them a control character, and no space at either end. A provider may want less:
/// CardPay takes numbers alone.
///
/// ```
/// use paylink_core::provider::OrderReference;
///
/// let reference: OrderReference = "1000".parse()?;
/// assert_eq!(reference.as_str(), "1000");
/// assert!(" 1000".parse::<OrderReference>().is_err());
/// # Ok::<(), paylink_core::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OrderReference(String);

impl OrderReference {
    /// The reference as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrderReference {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<OrderReference, Invalid> {
        let wrong = |problem: &'static str| Invalid::new("order reference", problem).value(text);
        if text.is_empty() {
            return Err(wrong("is empty").remedy("give the order's own number"));
        }
        if text.chars().count() > LONGEST {
            return Err(wrong("is longer than 200 characters").remedy("shorten it"));
        }
        if text.chars().any(char::is_control) {
            return Err(wrong("holds a control character").remedy("leave it out"));
        }
        if text.trim() != text {
            return Err(wrong("begins or ends with a space").remedy("take the space off"));
        }
        Ok(OrderReference(text.to_owned()))
    }
}

impl fmt::Display for OrderReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for OrderReference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for OrderReference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OrderReference, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
