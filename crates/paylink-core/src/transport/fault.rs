use std::borrow::Cow;
use std::time::Duration;

use crate::{Effect, Error, ErrorKind, Mismatch, Refusal};

/// Why one attempt failed, what that proves, and whether a read may be tried again.
#[derive(Debug)]
pub(super) struct Fault {
    kind: ErrorKind,
    proof: Proof,
    again: Again,
    message: Cow<'static, str>,
    refusal: Option<Box<Refusal>>,
    mismatch: Option<Mismatch>,
    remedy: Option<&'static str>,
    source: Option<std::io::Error>,
}

/// What a failed attempt proves about the request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Proof {
    /// Not one byte left.
    Unsent,
    /// The provider refused in its own envelope.
    Refused,
    /// It may have been carried out.
    Nothing,
}

/// Whether trying again makes sense, where it is allowed at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Again {
    Never,
    /// One more time, in case it was an accident.
    Once,
    /// Within the limits.
    Yes,
    /// After the time that the provider asked for.
    After(Duration),
}

impl Fault {
    pub(super) fn new(
        kind: ErrorKind,
        proof: Proof,
        again: Again,
        message: impl Into<Cow<'static, str>>,
    ) -> Fault {
        Fault {
            kind,
            proof,
            again,
            message: message.into(),
            refusal: None,
            mismatch: None,
            remedy: None,
            source: None,
        }
    }

    pub(super) fn with_refusal(mut self, refusal: Box<Refusal>) -> Fault {
        self.refusal = Some(refusal);
        self
    }

    pub(super) fn with_mismatch(mut self, mismatch: Mismatch) -> Fault {
        self.mismatch = Some(mismatch);
        self
    }

    pub(super) fn with_remedy(mut self, remedy: &'static str) -> Fault {
        self.remedy = Some(remedy);
        self
    }

    pub(super) fn with_source(mut self, source: Option<std::io::Error>) -> Fault {
        self.source = source;
        self
    }

    pub(super) fn kind(&self) -> ErrorKind {
        self.kind
    }

    pub(super) fn again(&self) -> Again {
        self.again
    }

    /// The time that the provider asked for, if it named one.
    fn asked_for(&self) -> Option<Duration> {
        match self.again {
            Again::After(asked) => Some(asked),
            Again::Never | Again::Once | Again::Yes => None,
        }
    }

    /// Whether the provider asked for fewer requests, or for time.
    pub(super) fn asks_for_time(&self) -> bool {
        self.kind == ErrorKind::RateLimited || self.asked_for().is_some()
    }

    /// Whether the request was proved unsent, so that even what must happen once may be sent again.
    pub(super) fn is_unsent(&self) -> bool {
        self.proof == Proof::Unsent
    }

    /// Whether the request may have been carried out.
    pub(super) fn is_ambiguous(&self) -> bool {
        self.proof == Proof::Nothing
    }

    pub(super) fn into_error(self, effect: Effect) -> Error {
        let asked = self.asked_for();
        let mut error = Error::new(self.kind, effect, self.message).with_retry_after(asked);
        if let Some(refusal) = self.refusal {
            error = error.with_refusal(*refusal);
        }
        if let Some(mismatch) = self.mismatch {
            error = error.with_mismatch(mismatch);
        }
        if let Some(remedy) = self.remedy {
            error = error.with_remedy(remedy);
        }
        if let Some(source) = self.source {
            error = error.with_source(source);
        }
        error
    }
}
