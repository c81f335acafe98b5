use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{FieldKey, Invalid, from_text, text};

/// The most characters that any provider takes.
const LONGEST: usize = 200;

/// The merchant's own reference of an order: what a payment is created under and found again by.
///
/// It has 1 to 200 characters, none of them a control character or one that cannot be seen, and no space at either end. A
/// provider may want less: CardPay takes numbers alone.
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
    /// The field under which a reference is refused.
    pub const KEY: FieldKey = FieldKey::new("order", "order reference");

    /// The reference as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrderReference {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<OrderReference, Invalid> {
        let wrong = |problem: &'static str| Invalid::new(OrderReference::KEY, problem).value(text);
        if text.is_empty() {
            return Err(wrong("is empty").remedy("give the order's own number"));
        }
        if text.chars().count() > LONGEST {
            return Err(wrong("is longer than 200 characters").remedy("shorten it"));
        }
        text::check_visible(OrderReference::KEY, text)?;
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
        from_text::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        let error = text.parse::<OrderReference>().unwrap_err();
        assert_eq!(error.key(), "order");
        assert!(error.how_to_mend().is_some(), "{error}");
        error.problem().to_owned()
    }

    #[test]
    fn a_reference_is_what_people_can_see_and_type() {
        let longest = "ش".repeat(200);
        for text in [
            "1",
            "order 7/a",
            "سفارش ۱۰۰۰",
            "می\u{200c}خواهم-1",
            &longest,
        ] {
            let reference: OrderReference = text.parse().unwrap();
            assert_eq!((reference.as_str(), &*reference.to_string()), (text, text));
            let stored = serde_json::to_string(&reference).unwrap();
            assert_eq!(
                serde_json::from_str::<OrderReference>(&stored).unwrap(),
                reference
            );
        }
        assert_eq!(problem(""), "is empty");
        assert_eq!(
            problem(&format!("{longest}x")),
            "is longer than 200 characters"
        );
        assert_eq!(problem("10\n00"), "holds the control character U+000A");
        assert_eq!(
            problem("1000\u{200f}"),
            "holds the invisible character U+200F"
        );
        assert_eq!(
            problem("10\u{200b}00"),
            "holds the invisible character U+200B"
        );
        assert_eq!(problem(" 1000"), "begins or ends with a space");
        assert_eq!(problem("1000\u{a0}"), "begins or ends with a space");
        for document in ["7", "null", "\"\"", "\"1\\u202e\""] {
            assert!(
                serde_json::from_str::<OrderReference>(document).is_err(),
                "{document}"
            );
        }
    }
}
