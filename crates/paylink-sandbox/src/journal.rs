use std::fmt::Display;
use std::sync::Arc;
use std::time::SystemTime;

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::calendar;
use crate::faults::Fault;
use crate::shelf::Shelf;
use crate::world::{Locked, debug_shows};

/// Entries kept.
const CAPACITY: usize = 10_000;

/// Characters kept of one value.
const LONGEST_VALUE: usize = 500;

const REDACTED: &str = "[redacted]";

/// One request that a provider of the sandbox has received.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[non_exhaustive]
pub struct JournalEntry {
    /// Its number, counted from 1.
    pub number: u64,
    /// The sandbox time at which it arrived.
    #[serde(serialize_with = "calendar::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub at: SystemTime,
    /// The provider's name, such as `zipay`.
    pub provider: &'static str,
    /// The operation's name, such as `invoice-verify`; `unknown` for one the provider does not have.
    pub operation: &'static str,
    /// What it carried, in order. Credentials are named and their values redacted.
    pub parameters: Vec<Parameter>,
    /// The fault it met.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = Option<String>)]
    pub fault: Option<Fault>,
    /// The HTTP status sent back; nothing while it is under way, and nothing if the connection was
    /// closed instead.
    pub answered: Option<u16>,
}

/// One parameter of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Parameter {
    /// Its name on the wire.
    pub name: String,
    /// Its value, or `[redacted]`.
    pub value: String,
}

impl Parameter {
    pub(crate) fn shown(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }

    /// Shows the value if the provider's document has such a parameter, and names it alone otherwise.
    pub(crate) fn shown_if(known: bool, name: impl Into<String>, value: impl Into<String>) -> Self {
        if known {
            Self::shown(name, value)
        } else {
            Self::credential(name)
        }
    }

    /// Names a credential without its value.
    pub(crate) fn credential(name: impl Into<String>) -> Self {
        Self::shown(name, REDACTED)
    }
}

/// A request as it arrives.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) provider: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) parameters: Vec<Parameter>,
}

impl Arrival {
    /// Notes a request for an operation, or for one that the provider does not have.
    pub(crate) fn new(
        provider: &'static str,
        operation: Option<&'static str>,
        parameters: Vec<Parameter>,
    ) -> Self {
        Self {
            provider,
            operation: operation.unwrap_or("unknown"),
            parameters,
        }
    }
}

/// The requests received so far. Clones share the same journal.
#[derive(Clone)]
pub(crate) struct Journal {
    entries: Shelf<JournalEntry>,
    secrets: Arc<Locked<Vec<String>>>,
}

debug_shows!(Journal { entries });

impl Journal {
    pub(crate) fn new() -> Self {
        Self {
            entries: Shelf::holding(CAPACITY),
            secrets: Arc::default(),
        }
    }

    /// Keeps `secret` out of every entry, wherever a client may have put it.
    pub(crate) fn keep_out(&self, secret: &str) {
        if !secret.is_empty() {
            self.secrets.lock().push(secret.to_owned());
        }
    }

    /// Notes a request before anything is done about it, and returns its number.
    pub(crate) fn open(&self, at: SystemTime, arrival: Arrival, fault: Option<Fault>) -> u64 {
        let parameters = arrival.parameters.into_iter().map(|given| Parameter {
            name: self.redact(given.name),
            value: self.redact(given.value),
        });
        let parameters = parameters.collect();
        let entry = self.entries.add(|number| JournalEntry {
            number,
            at,
            provider: arrival.provider,
            operation: arrival.operation,
            parameters,
            fault,
            answered: None,
        });
        entry.number
    }

    /// Notes the status that was sent back.
    pub(crate) fn answered(&self, number: u64, status: u16) {
        self.entries
            .change(number, |entry| entry.answered = Some(status));
    }

    pub(crate) fn entries(&self) -> Vec<JournalEntry> {
        self.entries.entries()
    }

    pub(crate) fn clear(&self) {
        self.entries.clear();
    }

    fn redact(&self, text: String) -> String {
        let secrets = self.secrets.lock();
        let text = secrets
            .iter()
            .fold(text, |text, secret| text.replace(secret, REDACTED));
        text.chars().take(LONGEST_VALUE).collect()
    }
}

fn as_text<T: Display, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_redacted_wherever_it_stands() {
        let journal = Journal::new();
        journal.keep_out("s3cr3t");
        let parameters = vec![
            Parameter::shown("trackid", "before s3cr3t after"),
            Parameter::shown("s3cr3t", ""),
        ];
        let arrival = Arrival::new("zipay", Some("invoice-status"), parameters);
        journal.open(SystemTime::now(), arrival, None);
        let redacted = [
            Parameter::shown("trackid", "before [redacted] after"),
            Parameter::shown("[redacted]", ""),
        ];
        assert_eq!(journal.entries()[0].parameters, redacted);
        assert!(!format!("{journal:?}").contains("s3cr3t"));
    }
}
