use std::fmt;

use paylink_core::Invalid;
use paylink_core::text::check_visible;

use crate::descriptor::PAY_LINK_NAME;
use crate::wire_text;

/// The most characters that are sent. SizPay documents no bound; this one is a reading.
const LONGEST: usize = 100;

/// The name that the merchant gave the payment link in SizPay's panel (`PayLinkName`).
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct LinkName(Box<str>);

impl LinkName {
    pub(crate) fn parse(text: &str) -> Result<LinkName, Invalid> {
        let wrong = |problem: &'static str| {
            Invalid::new(PAY_LINK_NAME, problem)
                .value(text)
                .remedy("write the payment link's name as SizPay's panel shows it")
        };
        wire_text::check(PAY_LINK_NAME, text)?;
        check_visible(PAY_LINK_NAME, text)?;
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
