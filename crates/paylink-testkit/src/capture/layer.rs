//! Listens to `tracing`.

use std::error::Error;
use std::fmt::Debug;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use crate::Capture;
use crate::capture::describe::describe_error;

/// A layer that gives every event and every span, at every level and with all fields, to a [`Capture`].
#[derive(Clone, Debug)]
pub struct CaptureLayer {
    capture: Capture,
}

impl CaptureLayer {
    pub(super) fn new(capture: Capture) -> Self {
        Self { capture }
    }

    fn note(&self, what: &str, metadata: &Metadata<'_>, fields: impl FnOnce(&mut Fields)) {
        let mut text = Fields(metadata.name().to_owned());
        fields(&mut text);
        self.capture
            .look_text(&format!("{what} of {}", metadata.target()), text.0);
    }
}

impl<S> Layer<S> for CaptureLayer
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, _id: &Id, _context: Context<'_, S>) {
        self.note("span", attributes.metadata(), |fields| {
            attributes.record(fields);
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(metadata) = context.metadata(id) {
            self.note("span", metadata, |fields| values.record(fields));
        }
    }

    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        self.note("event", event.metadata(), |fields| event.record(fields));
    }
}

/// Fields as text; what is text already is not escaped once more.
struct Fields(String);

impl Fields {
    fn push(&mut self, field: &Field, value: &str) {
        self.0.extend([" ", field.name(), "=", value]);
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.push(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.push(field, value);
    }

    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        self.push(field, &String::from_utf8_lossy(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.push(field, &describe_error(value));
    }
}
