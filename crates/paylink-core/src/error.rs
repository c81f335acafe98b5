pub(crate) mod advice;
pub(crate) mod effect;
pub(crate) mod invalid;
pub(crate) mod reason;
pub(crate) mod refusal;

pub use advice::{Advice, Explanation, Party};
pub use effect::{Effect, Idempotency, Lookup};
pub use invalid::{FieldKey, Invalid, Validation};
pub use reason::Reason;
pub use refusal::{CodeEntry, Evidence, Refusal};

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::{Handle, Mismatch};

/// What went wrong with a call, and what that proves about the money.
///
/// Ask [`effect`](Error::effect) first:
///
/// | effect | what it means | what to do |
/// |---|---|---|
/// | [`Effect::NotExecuted`] | proved: the operation was not carried out | correct what [`kind`](Error::kind) names, then try again |
/// | [`Effect::Unknown`] | it may have been carried out | keep [`handle`](Error::handle), ask the client's `resolve`; never send it again blindly |
///
/// It prints as one line of its own facts, and holds no URL, header, body or secret.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    effect: Effect,
    message: Cow<'static, str>,
    provider: Option<&'static str>,
    operation: Option<&'static str>,
    attempts: u32,
    retry_after: Option<Duration>,
    lookup: Option<Lookup>,
    handle: Option<Handle>,
    refusal: Option<Refusal>,
    mismatch: Option<Mismatch>,
    remedy: Option<&'static str>,
    invalids: Vec<Invalid>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of this kind. Adapters of providers make them; programs read them.
    #[must_use]
    pub fn new(kind: ErrorKind, effect: Effect, message: impl Into<Cow<'static, str>>) -> Error {
        Error(Box::new(Inner {
            kind,
            effect,
            message: message.into(),
            provider: None,
            operation: None,
            attempts: 0,
            retry_after: None,
            lookup: None,
            handle: None,
            refusal: None,
            mismatch: None,
            remedy: None,
            invalids: Vec::new(),
            source: None,
        }))
    }

    crate::getters! { self;
        /// What kind of thing went wrong.
        kind: ErrorKind = self.0.kind;
        /// Whether the operation may have been carried out.
        effect: Effect = self.0.effect;
        /// What finds the operation again, where its outcome is unknown. Store it and resolve it.
        handle: Option<&Handle> = self.0.handle.as_ref();
        /// The provider's name, where one was involved.
        provider: Option<&'static str> = self.0.provider;
        /// The operation's name.
        operation: Option<&'static str> = self.0.operation;
        /// What the provider said, where it refused or failed in its own envelope.
        refusal: Option<&Refusal> = self.0.refusal.as_ref();
        /// What differed, where an answer was about something else.
        mismatch: Option<&Mismatch> = self.0.mismatch.as_ref();
        /// What to do about it, where the way to the provider failed: check the clock, correct the proxy's password.
        remedy: Option<&'static str> = self.0.remedy;
        /// The value that was refused before anything was sent; the first, if there are several.
        invalid: Option<&Invalid> = self.0.invalids.first();
        /// All values that were refused before anything was sent: correct each of them.
        invalids: &[Invalid] = &self.0.invalids;
        /// How many times it was tried; 0 if it was refused before the first time.
        attempts: u32 = self.0.attempts;
        /// The time that the provider asked to be left alone for, by a `Retry-After`; ask nothing of the account before it is
        /// over. `None` if it named none.
        retry_after: Option<Duration> = self.0.retry_after;
    }

    /// The facts as a document of a stable form, for an audit log.
    #[must_use]
    pub fn report(&self) -> ErrorReport<'_> {
        ErrorReport::of(self)
    }

    /// Says whose operation it was.
    #[must_use]
    pub fn with_operation(mut self, provider: &'static str, operation: &'static str) -> Error {
        self.0.provider = Some(provider);
        self.0.operation = Some(operation);
        self
    }

    /// Adds what finds the operation again.
    #[must_use]
    pub fn with_handle(mut self, handle: Handle) -> Error {
        self.0.handle = Some(handle);
        self
    }

    /// Adds what the provider said.
    #[must_use]
    pub fn with_refusal(mut self, refusal: Refusal) -> Error {
        self.0.refusal = Some(refusal);
        self
    }

    /// Adds what differed.
    #[must_use]
    pub fn with_mismatch(mut self, mismatch: Mismatch) -> Error {
        self.0.mismatch = Some(mismatch);
        self
    }

    /// Says that looking up the operation of this handle failed, so that its outcome is as unknown as before.
    ///
    /// The look-up may have been a read that proves its own failure harmless; what it was to tell about is not.
    ///
    /// ```
    /// use paylink_core::{Effect, Error, ErrorKind, Handle};
    ///
    /// let handle = Handle::new("example", "create", std::time::SystemTime::now());
    /// let failed_read = Error::new(ErrorKind::Timeout, Effect::NotExecuted, "the time was over");
    /// let error = failed_read.while_resolving(&handle);
    /// assert_eq!(error.effect(), Effect::Unknown);
    /// assert_eq!(error.handle(), Some(&handle));
    /// ```
    #[must_use]
    pub fn while_resolving(mut self, handle: &Handle) -> Error {
        self.0.effect = Effect::Unknown;
        self.with_handle(handle.clone())
    }

    /// Says of a refused value that it is one of the client's configuration, and none of the payment. Its key stays.
    #[must_use]
    pub fn of_configuration(mut self) -> Error {
        if self.0.kind == ErrorKind::Invalid {
            self.0.kind = ErrorKind::Configuration;
        }
        self
    }

    /// Says how the outcome can be found out.
    pub(crate) fn found_out(mut self, lookup: Lookup) -> Error {
        self.0.lookup = Some(lookup);
        self
    }

    /// Adds the time that the provider asked for.
    #[must_use]
    pub fn with_retry_after(mut self, time: Option<Duration>) -> Error {
        self.0.retry_after = time;
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Error {
        self.0.attempts = attempts;
        self
    }

    /// Adds a cause. Only causes that hold no URL, header or body belong here.
    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Error {
        self.0.source = Some(source.into());
        self
    }

    /// Adds what to do about it.
    pub(crate) fn with_remedy(mut self, remedy: &'static str) -> Error {
        self.0.remedy = Some(remedy);
        self
    }

    /// Several values that were refused.
    pub(crate) fn of_invalids(invalids: Vec<Invalid>) -> Error {
        let problems: Vec<String> = invalids.iter().map(Invalid::to_string).collect();
        let mut error = Error::new(ErrorKind::Invalid, Effect::NotExecuted, problems.join("; "));
        error.0.invalids = invalids;
        error
    }

    /// The sentence that says what went wrong, without whose operation it was, what the provider said and what it proves.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Error {
        Error::of_invalids(vec![invalid])
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(provider), Some(operation)) = (self.0.provider, self.0.operation) {
            write!(f, "{provider} {operation}: ")?;
        }
        f.write_str(&self.0.message)?;
        if let Some(refusal) = &self.0.refusal {
            write!(f, " ({refusal})")?;
        }
        if let Some(mismatch) = &self.0.mismatch {
            write!(f, ": {mismatch}")?;
        }
        match (self.0.effect, self.0.lookup) {
            (Effect::NotExecuted, _) => Ok(()),
            (Effect::Unknown, Some(Lookup::Unavailable)) => f.write_str(
                "; the outcome is unknown, and the provider offers no way to look it up",
            ),
            // It was the look-up that is not offered.
            (Effect::Unknown, None) if self.0.kind == ErrorKind::Unsupported => {
                f.write_str("; the outcome stays unknown")
            }
            (Effect::Unknown, _) => {
                f.write_str("; the outcome is unknown, look it up before trying again")
            }
        }
    }
}

/// A few lines for people, as `?` in a `main` prints them; `{:#?}` shows every field.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return f
                .debug_struct("Error")
                .field("kind", &self.0.kind)
                .field("effect", &self.0.effect)
                .field("message", &self.0.message)
                .field("provider", &self.0.provider)
                .field("operation", &self.0.operation)
                .field("attempts", &self.0.attempts)
                .field("refusal", &self.0.refusal)
                .field("mismatch", &self.0.mismatch)
                .field("remedy", &self.0.remedy)
                .field("handle", &self.0.handle)
                .finish_non_exhaustive();
        }
        write!(f, "{self}")?;
        if let Some(source) = &self.0.source {
            write!(f, "\n\nCaused by:\n    {source}")?;
        }
        f.write_str("\n\n")?;
        match self.0.effect {
            Effect::NotExecuted => f.write_str("Nothing was carried out.")?,
            Effect::Unknown => f.write_str("It may have been carried out.")?,
        }
        if let Some(advice) = self.advice() {
            write!(f, " {}", advice.english())?;
        }
        if let Some(remedy) = self.0.remedy {
            write!(f, " What to do: {remedy}.")?;
        }
        let handle = self.0.handle.as_ref().map(serde_json::to_string);
        if let Some(Ok(handle)) = handle {
            write!(f, "\nHandle: {handle}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

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
    /// The proxy did not let the request through. Look at the proxy and at its user and password, not at the provider.
    Proxy,
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
    /// Every kind there is, in a fixed order.
    pub const ALL: &'static [ErrorKind] = &[
        ErrorKind::Invalid,
        ErrorKind::Configuration,
        ErrorKind::Unsupported,
        ErrorKind::Dns,
        ErrorKind::Connect,
        ErrorKind::Proxy,
        ErrorKind::Tls,
        ErrorKind::Timeout,
        ErrorKind::Disconnected,
        ErrorKind::Protocol,
        ErrorKind::Redirected,
        ErrorKind::Status,
        ErrorKind::RateLimited,
        ErrorKind::TooLarge,
        ErrorKind::Untrusted,
        ErrorKind::Mismatch,
        ErrorKind::Indeterminate,
        ErrorKind::Refused,
        ErrorKind::ProviderFailure,
    ];

    /// The kind in one word, as in [`ErrorReport`](crate::ErrorReport) and in the command's JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorKind::Invalid => "invalid",
            ErrorKind::Configuration => "configuration",
            ErrorKind::Unsupported => "unsupported",
            ErrorKind::Dns => "dns",
            ErrorKind::Connect => "connect",
            ErrorKind::Proxy => "proxy",
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

/// An error as a document: fields keep their names and meaning from release to release, and new ones may come.
///
/// ```
/// use paylink_core::{Effect, Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::Timeout, Effect::Unknown, "the time was over").with_operation("zipay", "create-invoice");
/// let line = serde_json::to_string(&error.report())?;
/// assert!(line.contains(r#""effect":"unknown""#));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct ErrorReport<'a> {
    kind: ErrorKind,
    effect: Effect,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'static str>,
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'a Refusal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mismatch: Option<&'a Mismatch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handle: Option<&'a Handle>,
}

impl<'a> ErrorReport<'a> {
    fn of(error: &'a Error) -> ErrorReport<'a> {
        ErrorReport {
            kind: error.kind(),
            effect: error.effect(),
            message: error.message(),
            provider: error.provider(),
            operation: error.operation(),
            attempts: error.attempts(),
            refusal: error.refusal(),
            mismatch: error.mismatch(),
            remedy: error.remedy(),
            handle: error.handle(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn what_main_prints_is_for_people() {
        let connect = Error::new(
            ErrorKind::Connect,
            Effect::NotExecuted,
            "the connection was refused; nothing was sent",
        )
        .with_operation("zipay", "check-invoice")
        .with_source(std::io::Error::from(std::io::ErrorKind::ConnectionRefused))
        .with_remedy("check the address");
        let refused = Error::new(
            ErrorKind::Refused,
            Effect::NotExecuted,
            "the provider refused",
        )
        .with_operation("zipay", "create-invoice")
        .with_refusal(Refusal::new("3", Reason::AmountTooSmall));
        let unknown = Error::new(
            ErrorKind::Timeout,
            Effect::Unknown,
            "no complete answer came in time",
        )
        .with_operation("zipay", "create-invoice")
        .with_handle(Handle::new("zipay", "create-invoice", UNIX_EPOCH));
        let plain = Error::from(Invalid::new(FieldKey::new("amount", "amount"), "is empty"));
        let all = [connect, refused, unknown, plain].map(|error| format!("Error: {error:?}"));
        insta::assert_snapshot!(all.join("\n---\n"), @r#"
        Error: zipay check-invoice: the connection was refused; nothing was sent

        Caused by:
            connection refused

        Nothing was carried out. What to do: check the address.
        ---
        Error: zipay create-invoice: the provider refused (code 3)

        Nothing was carried out. Set right what it names, then repeat the request.
        ---
        Error: zipay create-invoice: no complete answer came in time; the outcome is unknown, look it up before trying again

        It may have been carried out. Look up what became of it before you repeat anything.
        Handle: {"version":"1","provider":"zipay","operation":"create-invoice","prepared_at_ms":0}
        ---
        Error: amount is empty

        Nothing was carried out.
        "#);
    }

    #[test]
    fn every_field_can_still_be_seen() {
        let error =
            Error::new(ErrorKind::Dns, Effect::NotExecuted, "no such name").with_attempts(2);
        let long = format!("{error:#?}");
        assert!(
            long.starts_with("Error {\n") && long.contains("attempts: 2"),
            "{long}"
        );
    }

    #[test]
    fn its_sentence_and_its_cause_can_be_asked_for() {
        let error = Error::new(
            ErrorKind::Connect,
            Effect::NotExecuted,
            "the connection was refused",
        )
        .with_operation("zipay", "check-invoice")
        .with_source(std::io::Error::from(std::io::ErrorKind::ConnectionRefused));
        assert_eq!(error.message(), "the connection was refused");
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        assert_eq!(cause.as_deref(), Some("connection refused"));
    }

    #[test]
    fn a_look_up_that_is_not_offered_leaves_the_outcome_unknown() {
        let error = Error::new(ErrorKind::Unsupported, Effect::Unknown, "there is no list");
        assert_eq!(
            error.to_string(),
            "there is no list; the outcome stays unknown"
        );
    }
}
