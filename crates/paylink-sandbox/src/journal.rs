use std::collections::VecDeque;
use std::fmt::Display;
use std::sync::{Arc, MutexGuard};
use std::time::SystemTime;

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::calendar;
use crate::faults::Fault;
use crate::world::{Locked, debug_shows};

/// Entries kept; the oldest make room for new ones.
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

/// The requests received so far. Clones share the same journal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Journal(Arc<Locked<Book>>);

#[derive(Default)]
struct Book {
    entries: VecDeque<JournalEntry>,
    last: u64,
    secrets: Vec<String>,
}

impl Journal {
    /// Keeps `secret` out of every entry, wherever a client may have put it.
    pub(crate) fn keep_out(&self, secret: &str) {
        if !secret.is_empty() {
            self.book().secrets.push(secret.to_owned());
        }
    }

    /// Notes a request before anything is done about it, and returns its number.
    pub(crate) fn open(&self, at: SystemTime, arrival: Arrival, fault: Option<Fault>) -> u64 {
        let mut book = self.book();
        book.last = book.last.saturating_add(1);
        let Arrival {
            provider,
            operation,
            parameters,
        } = arrival;
        let parameters = parameters
            .into_iter()
            .map(|given| book.redact(given))
            .collect();
        let entry = JournalEntry {
            number: book.last,
            at,
            provider,
            operation,
            parameters,
            fault,
            answered: None,
        };
        if book.entries.len() >= CAPACITY {
            book.entries.pop_front();
        }
        book.entries.push_back(entry);
        book.last
    }

    /// Notes the status that was sent back.
    pub(crate) fn answered(&self, number: u64, status: u16) {
        let mut book = self.book();
        if let Ok(place) = book
            .entries
            .binary_search_by_key(&number, |entry| entry.number)
            && let Some(entry) = book.entries.get_mut(place)
        {
            entry.answered = Some(status);
        }
    }

    pub(crate) fn entries(&self) -> Vec<JournalEntry> {
        self.book().entries.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.book().entries.clear();
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock()
    }
}

impl Book {
    fn redact(&self, given: Parameter) -> Parameter {
        let clean = |text: String| {
            let text = self
                .secrets
                .iter()
                .fold(text, |text, secret| text.replace(secret, REDACTED));
            text.chars().take(LONGEST_VALUE).collect()
        };
        Parameter {
            name: clean(given.name),
            value: clean(given.value),
        }
    }
}

debug_shows!(Book { entries });

fn as_text<T: Display, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrival(parameters: Vec<Parameter>) -> Arrival {
        Arrival {
            provider: "zipay",
            operation: "invoice-status",
            parameters,
        }
    }

    #[test]
    fn a_secret_is_redacted_wherever_it_stands() {
        let journal = Journal::default();
        journal.keep_out("s3cr3t");
        let given = vec![
            Parameter::shown("trackid", "before s3cr3t after"),
            Parameter::shown("s3cr3t", ""),
        ];
        journal.open(SystemTime::now(), arrival(given), None);

        let entry = &journal.entries()[0];
        assert_eq!(
            entry.parameters[0],
            Parameter::shown("trackid", "before [redacted] after")
        );
        assert_eq!(entry.parameters[1], Parameter::shown("[redacted]", ""));
        assert!(!format!("{journal:?}").contains("s3cr3t"));
    }

    #[test]
    fn the_oldest_entries_make_room() {
        let journal = Journal::default();
        for _ in 0..CAPACITY + 2 {
            journal.open(SystemTime::now(), arrival(Vec::new()), None);
        }
        journal.answered(1, 200);
        journal.answered(3, 404);
        let entries = journal.entries();
        assert_eq!(entries.len(), CAPACITY);
        assert_eq!((entries[0].number, entries[0].answered), (3, Some(404)));
        assert_eq!(entries[1].answered, None);
    }

    #[test]
    fn numbers_go_on_after_clearing() {
        let journal = Journal::default();
        journal.open(SystemTime::now(), arrival(Vec::new()), None);
        journal.clear();
        assert_eq!(
            journal.open(SystemTime::now(), arrival(Vec::new()), None),
            2
        );
    }
}
