use serde::Serialize;

use crate::{Effect, Error, ErrorKind, Handle, Mismatch, Refusal};

/// An error as a document: fields keep their names and meaning from release to release, and new ones may come.
///
/// ```
/// use paylink_core::{Effect, Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::Timeout, Effect::Unknown, "the time was over").of("zipay", "create-invoice");
/// let line = serde_json::to_string(&error.record())?;
/// assert!(line.contains(r#""effect":"unknown""#));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct Record<'a> {
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
    handle: Option<&'a Handle>,
}

impl<'a> Record<'a> {
    pub(super) fn of(error: &'a Error) -> Record<'a> {
        Record {
            kind: error.kind(),
            effect: error.effect(),
            message: error.message(),
            provider: error.provider(),
            operation: error.operation(),
            attempts: error.attempts(),
            refusal: error.refusal(),
            mismatch: error.mismatch(),
            handle: error.handle(),
        }
    }
}
