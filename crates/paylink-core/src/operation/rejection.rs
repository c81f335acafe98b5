use std::borrow::Cow;

use crate::{Mismatch, Refusal};

/// Why an operation's decoding did not yield its output.
#[derive(Debug)]
#[non_exhaustive]
pub enum DecodeError {
    /// The provider said no in its own envelope: the operation was not carried out.
    Refused(Box<Refusal>),
    /// The provider reported a failure of its own that proves nothing, a timeout inside say.
    ProviderFailure(Box<Refusal>),
    /// The answer cannot be trusted: something is missing, of the wrong type, or contradicts itself.
    Untrusted(Untrusted),
    /// The answer is about another payment than the one that was asked about.
    Mismatch(Mismatch),
}

impl From<Untrusted> for DecodeError {
    fn from(untrusted: Untrusted) -> DecodeError {
        DecodeError::Untrusted(untrusted)
    }
}

impl From<Mismatch> for DecodeError {
    fn from(mismatch: Mismatch) -> DecodeError {
        DecodeError::Mismatch(mismatch)
    }
}

/// What makes an answer untrustworthy. It names fields and kinds, never values.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{problem}")]
pub struct Untrusted {
    problem: Cow<'static, str>,
    /// The real answer seems to have been lost on the way, so that a read may ask again.
    was_lost: bool,
}

impl Untrusted {
    /// Says what is wrong: "result.amount is missing".
    #[must_use]
    pub fn new(problem: impl Into<Cow<'static, str>>) -> Untrusted {
        Untrusted {
            problem: problem.into(),
            was_lost: false,
        }
    }

    /// Says that a field came in a form that is not documented: "amount", "is an object, not text".
    ///
    /// A person has to hear of it: as long as the form stays, no answer of this kind is believed.
    ///
    /// ```
    /// use paylink_core::Untrusted;
    ///
    /// assert_eq!(
    ///     Untrusted::unexpected_form("amount", "is not an exact amount").to_string(),
    ///     "amount is not an exact amount: the provider changed its form; report it with this message",
    /// );
    /// ```
    #[must_use]
    pub fn unexpected_form(field: &str, problem: &str) -> Untrusted {
        Untrusted::new(format!(
            "{field} {problem}: the provider changed its form; report it with this message"
        ))
    }

    /// The text ended before its value did: the rest was lost on the way, and a read may ask again.
    #[must_use]
    pub fn truncated() -> Untrusted {
        Untrusted {
            problem: Cow::Borrowed("the answer was cut short"),
            was_lost: true,
        }
    }

    /// Another server seems to have answered: a captive portal, a firewall, a maintenance page.
    pub(crate) fn foreign(problem: impl Into<Cow<'static, str>>) -> Untrusted {
        Untrusted {
            problem: problem.into(),
            was_lost: true,
        }
    }

    pub(crate) fn was_lost(&self) -> bool {
        self.was_lost
    }
}
