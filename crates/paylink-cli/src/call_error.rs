use std::io::{self, Write};

use paylink::{Effect, Error, ErrorKind, ErrorReport, Refusal};
use serde::{Serialize, Serializer};

use crate::failure::Failure;
use crate::report::Report;
use crate::status::Status;
use crate::text::shown;
use crate::usage_error::{self, UsageError};

/// A call that did not succeed, as its client tells it.
#[derive(Debug)]
pub(crate) struct CallError {
    error: Error,
    advice: Option<String>,
    /// What the shell is told, where that is more than the effect.
    status: Option<Status>,
}

impl CallError {
    pub(crate) fn of(error: Error) -> CallError {
        CallError {
            error,
            advice: None,
            status: None,
        }
    }

    /// Says what to do next, in whole lines.
    pub(crate) fn advice(mut self, advice: String) -> CallError {
        self.advice = Some(advice);
        self
    }

    /// Tells the shell this, in place of what the error alone comes to.
    pub(crate) fn status(self, status: Option<Status>) -> CallError {
        CallError { status, ..self }
    }

    /// Writes what went wrong and why, as far as the client knows.
    pub(crate) fn write_error(error: &Error, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {error}")?;
        // Where the provider says something itself, that is more to the point.
        if let Some(refusal) = error
            .refusal()
            .filter(|refusal| refusal.message().is_none())
        {
            writeln!(out, "{}", refusal.explanation().english)?;
        }
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            writeln!(out, "  because: {}", shown(&cause.to_string()))?;
            source = cause.source();
        }
        Ok(())
    }
}

/// The client's own record, with the provider's code at the top where scripts look for it.
#[derive(Serialize)]
pub(crate) struct ErrorDocument<'a> {
    #[serde(flatten)]
    record: ErrorReport<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
}

impl<'a> ErrorDocument<'a> {
    pub(crate) fn of(error: &'a Error) -> ErrorDocument<'a> {
        ErrorDocument {
            record: error.report(),
            code: error.refusal().map(Refusal::code),
        }
    }
}

impl Serialize for CallError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ErrorDocument::of(&self.error).serialize(serializer)
    }
}

impl Report for CallError {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        CallError::write_error(&self.error, out)?;
        match (&self.advice, self.error.advice()) {
            (Some(advice), _) => writeln!(out, "\n{advice}"),
            (None, Some(advice)) => writeln!(out, "\n{}", advice.english()),
            (None, None) => Ok(()),
        }
    }
}

impl From<CallError> for Failure {
    /// A value that the client refused was typed wrongly, and so was what the provider does not offer or has no place for;
    /// a payment that is not the one of the record is an alarm; anything else is told by its effect.
    fn from(told: CallError) -> Failure {
        let error = &told.error;
        let status = match (told.status, error.effect(), error.kind()) {
            (Some(status), _, _) => status,
            (None, Effect::NotExecuted, ErrorKind::Unsupported) => Status::Usage,
            (None, Effect::NotExecuted, ErrorKind::Mismatch) => Status::Mismatch,
            (None, effect, _) => Status::from(effect),
        };
        match (usage_error::refused_value(error), error.effect()) {
            (Some(invalid), Effect::NotExecuted) => UsageError::from(invalid).into(),
            _ => Failure::new(status, told),
        }
    }
}
