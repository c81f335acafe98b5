use std::fmt;

use paylink_core::text::check_visible;
use paylink_core::{FieldKey, Invalid};

use crate::wire_text;

/// The most characters that are sent. SizPay documents no bound; this one is a reading.
const LONGEST: usize = 100;

/// The name that the merchant gave the payment link in SizPay's panel (`PayLinkName`).
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct LinkName(Box<str>);

impl LinkName {
    pub(crate) fn parse(text: &str) -> Result<LinkName, Invalid> {
        const FIELD: FieldKey = FieldKey::unkeyed("link name");

        let wrong = |problem: &'static str| {
            Invalid::new(FIELD, problem)
                .value(text)
                .remedy("write the payment link's name as SizPay's panel shows it")
        };
        wire_text::check(FIELD, text)?;
        check_visible(FIELD, text)?;
        if text.is_empty() {
            return Err(wrong("is empty"));
        }
        if text.trim() != text {
            return Err(wrong("begins or ends with a space"));
        }
        if text.chars().count() > LONGEST {
            return Err(wrong("is longer than 100 characters"));
        }
        Ok(LinkName(text.into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LinkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}
