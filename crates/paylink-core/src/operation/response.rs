use std::borrow::Cow;
use std::fmt;

use crate::{Mismatch, Refusal};

/// An answer that came whole: its status and its text, already bounded, checked as UTF-8 and freed of a byte order mark.
#[derive(Clone, Copy)]
pub struct Response<'a> {
    status: u16,
    text: &'a str,
}

impl<'a> Response<'a> {
    /// Puts an answer together, as the transport does; tests of an operation do it too.
    #[must_use]
    pub fn new(status: u16, text: &'a str) -> Response<'a> {
        Response {
            status,
            text: text.strip_prefix('\u{feff}').unwrap_or(text),
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The body. It may hold personal data: never log it.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Whether the status says success. What the body says decides all the same.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl fmt::Debug for Response<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}

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
