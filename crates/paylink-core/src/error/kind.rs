use std::fmt;

use serde::Serialize;

/// What kind of thing went wrong.
///
/// It tells where to look; whether money may have moved is told by [`Error::effect`](crate::Error::effect) alone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value was refused here, before anything was sent. Correct it.
    Invalid,
    /// The client cannot work as it is configured. Correct the configuration.
    Configuration,
    /// The provider does not offer this.
    Unsupported,
    /// The provider's name could not be resolved.
    Dns,
    /// No connection came about.
    Connect,
    /// The server could not prove who it is, or does not speak TLS. Raise an alarm; do not retry.
    Tls,
    /// The time was over.
    Timeout,
    /// The connection broke.
    Disconnected,
    /// What came was not HTTP, or broken HTTP.
    Protocol,
    /// The answer pointed elsewhere; redirects are never followed.
    Redirected,
    /// An HTTP error status without the provider's own envelope.
    Status,
    /// The provider asked for fewer requests.
    RateLimited,
    /// The answer was larger than an answer can be.
    TooLarge,
    /// The answer cannot be trusted: incomplete, of the wrong form, or in contradiction with itself.
    Untrusted,
    /// The answer is about another payment. Treat it as a security event.
    Mismatch,
    /// The provider reported a state that this release does not know. Ask again later, or look at its panel.
    Indeterminate,
    /// The provider refused, in its own envelope.
    Refused,
    /// The provider failed inside, in its own envelope.
    ProviderFailure,
}

impl ErrorKind {
    /// The kind in one word, as in [`Record`](crate::Record) and in the command's JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorKind::Invalid => "invalid",
            ErrorKind::Configuration => "configuration",
            ErrorKind::Unsupported => "unsupported",
            ErrorKind::Dns => "dns",
            ErrorKind::Connect => "connect",
            ErrorKind::Tls => "tls",
            ErrorKind::Timeout => "timeout",
            ErrorKind::Disconnected => "disconnected",
            ErrorKind::Protocol => "protocol",
            ErrorKind::Redirected => "redirected",
            ErrorKind::Status => "status",
            ErrorKind::RateLimited => "rate_limited",
            ErrorKind::TooLarge => "too_large",
            ErrorKind::Untrusted => "untrusted",
            ErrorKind::Mismatch => "mismatch",
            ErrorKind::Indeterminate => "indeterminate",
            ErrorKind::Refused => "refused",
            ErrorKind::ProviderFailure => "provider_failure",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
