//! Collects everything a test brings forth, and looks for secrets in it.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::{self, Debug, Display, Write};
use std::iter::successors;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, set_default, set_global_default};
use tracing::{Dispatch, Event, Metadata, Subscriber};
use tracing_log::LogTracer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

use crate::canaries::{Canaries, Sighting};

/// Everything a test shows to the outside: errors, values, and what it says to `tracing` and to `log`.
///
/// Clones share what they collected.
///
/// ```should_panic
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use paylink_testkit::{Canaries, Capture};
///
/// let capture = Capture::new(Canaries::new(["canary-of-the-key"])?);
/// {
///     let _listening = capture.listen();
///     tracing::trace!(key = "canary-of-the-key", "signed");
/// }
/// capture.look("an error", &std::io::Error::other("refused"));
/// capture.assert_clean(); // panics: the event told the key
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Capture {
    canaries: Canaries,
    texts: Arc<Mutex<Vec<Text>>>,
}

impl Capture {
    /// Begins a collection in which these secrets must not be.
    #[must_use]
    pub fn new(canaries: Canaries) -> Self {
        Self {
            canaries,
            texts: Arc::default(),
        }
    }

    /// Looks at the `Debug` form of a value, on one line and on many.
    pub fn look(&self, label: &str, value: &(impl Debug + ?Sized)) {
        self.look_text(label, format!("{value:?}"));
        self.look_text(label, format!("{value:#?}"));
    }

    /// Looks at the `Display` form of a value, the alternate one too.
    pub fn look_display(&self, label: &str, value: &(impl Display + ?Sized)) {
        self.look_text(label, value.to_string());
        self.look_text(label, format!("{value:#}"));
    }

    /// Looks at an error and all its sources: `Display` and `Debug`, each also in the alternate form.
    pub fn look_error(&self, label: &str, error: &(dyn Error + 'static)) {
        self.look_text(label, describe_error(error));
    }

    /// Looks at a value as JSON.
    ///
    /// # Errors
    ///
    /// When the value cannot be written as JSON, so that nothing was looked at.
    pub fn look_serialized(
        &self,
        label: &str,
        value: &(impl Serialize + ?Sized),
    ) -> serde_json::Result<()> {
        self.look_text(label, serde_json::to_string(value)?);
        Ok(())
    }

    /// Looks at a text: what a command printed, what a file holds, what an HTTP answer says.
    pub fn look_text(&self, label: &str, text: impl Into<String>) {
        self.texts().push(Text {
            label: label.to_owned(),
            text: text.into(),
        });
    }

    /// Returns all that was looked at or listened to, in order, so that a test can see that it listened at all.
    #[must_use]
    pub fn transcript(&self) -> Vec<String> {
        self.texts().iter().map(ToString::to_string).collect()
    }

    /// Returns every secret that was found.
    #[must_use]
    pub fn leaks(&self) -> Vec<Leak> {
        let texts = self.texts();
        let mut leaks = Vec::new();
        // An HTTP stack says the same thousands of times: each text is searched once.
        let mut searched: HashMap<&str, Vec<Sighting>> = HashMap::new();
        for Text { label, text } in &*texts {
            let found = searched
                .entry(text)
                .or_insert_with(|| self.canaries.find_in(text));
            leaks.extend(found.iter().map(|sighting| Leak {
                label: label.clone(),
                sighting: sighting.clone(),
            }));
        }
        leaks
    }

    /// Asserts that no secret was found.
    ///
    /// # Panics
    ///
    /// If one was, with a list of all; and if nothing was looked at or listened to, for then nothing is proved.
    #[track_caller]
    pub fn assert_clean(&self) {
        assert!(
            !self.texts().is_empty(),
            "nothing was looked at, so nothing is known to be clean"
        );
        let leaks = self.leaks();
        let list: String = leaks.iter().map(|leak| format!("\n- {leak}")).collect();
        assert!(leaks.is_empty(), "secrets leaked:{list}");
    }

    fn texts(&self) -> MutexGuard<'_, Vec<Text>> {
        // A test that panicked while it held the lock has failed already.
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A secret, and what told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// What was looked at, or where an event or span came from.
    pub label: String,
    /// How the secret was seen.
    pub sighting: Sighting,
}

impl Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.label, self.sighting)
    }
}

#[derive(Debug)]
struct Text {
    label: String,
    text: String,
}

impl Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.label, self.text)
    }
}

/// Gives every form of the error and of each of its sources.
fn describe_error(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    for error in successors(Some(error), |&error| error.source()) {
        // Writing to a string fails only if the error's own formatting does: then what it wrote so far is looked at.
        let _ = writeln!(text, "{error}\n{error:#}\n{error:?}\n{error:#?}");
    }
    text
}

/// A layer that gives every event and every span, at every level and with all fields, to a [`Capture`].
#[derive(Clone, Debug)]
pub struct CaptureLayer {
    capture: Capture,
}

impl CaptureLayer {
    fn new(capture: Capture) -> Self {
        Self { capture }
    }

    fn note(&self, what: &str, metadata: &Metadata<'_>, fields: impl FnOnce(&mut Fields)) {
        let mut text = Fields(metadata.name().to_owned());
        fields(&mut text);
        let label = format!("{what} of {}", metadata.target());
        self.capture.look_text(&label, text.0);
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

/// A dispatcher that hears everything and keeps nothing, alive until the process ends.
///
/// As long as there is only one dispatcher, `tracing` asks the thread on which an event is met first whether anybody
/// listens, and remembers the answer for all threads: a capture on one thread would stay deaf to an event that another
/// thread met while nobody listened there. With two it asks them both.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Registry::default()));

impl Capture {
    /// Listens to `tracing` on this thread until what it returns is dropped.
    ///
    /// That covers a test on a current-thread runtime, the default of `#[tokio::test]`. Tasks on other threads need
    /// [`listen_everywhere`](Self::listen_everywhere) or a [`subscriber`](Self::subscriber) of their own.
    pub fn listen(&self) -> Listening {
        Listening {
            _until_dropped: set_default(self.subscriber()),
        }
    }

    /// Listens to `tracing` on all threads which have no subscriber of their own, until the process ends.
    ///
    /// # Errors
    ///
    /// [`AlreadyTaken`] if the process has a global subscriber: give this test a process, that is a test file, of its own.
    pub fn listen_everywhere(&self) -> Result<(), AlreadyTaken> {
        set_global_default(self.subscriber()).map_err(|_| AlreadyTaken {
            what: "tracing subscriber",
        })
    }

    /// Returns a subscriber that gives all to this capture, for `tracing::instrument::WithSubscriber`.
    #[must_use]
    pub fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        LazyLock::force(&SECOND);
        Registry::default().with(self.layer())
    }

    /// Returns a layer that gives all to this capture, to be put on a subscriber which does other things too.
    #[must_use]
    pub fn layer(&self) -> CaptureLayer {
        CaptureLayer::new(self.clone())
    }
}

/// Turns every record of the `log` crate into a `tracing` event, for the rest of the process.
///
/// Libraries beneath an HTTP client speak to `log`. A process has only one logger: this one, once installed, serves all
/// captures, each of which hears the threads it listens on. Calling it again changes nothing.
///
/// # Errors
///
/// [`AlreadyTaken`] if the process has another logger, to which the records go.
pub fn bridge_log() -> Result<(), AlreadyTaken> {
    static BRIDGE: LazyLock<Result<(), AlreadyTaken>> =
        LazyLock::new(|| LogTracer::init().map_err(|_| AlreadyTaken { what: "logger" }));
    BRIDGE.clone()
}

/// Keeps a [`Capture`] listening on the thread it was made on.
#[must_use = "it listens until this is dropped"]
#[derive(Debug)]
pub struct Listening {
    _until_dropped: DefaultGuard,
}

/// The process has another subscriber or logger already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlreadyTaken {
    what: &'static str,
}

impl Display for AlreadyTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.what;
        write!(
            f,
            "this process has a {what} already: give the test a file of its own"
        )
    }
}

impl Error for AlreadyTaken {}
