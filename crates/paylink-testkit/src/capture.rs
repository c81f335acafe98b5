//! Collects everything a test brings forth, and looks for secrets in it.

mod describe;
mod layer;
mod listen;

use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use crate::canaries::{Canaries, Sighting};
use crate::capture::describe::describe_error;

pub use layer::CaptureLayer;
pub use listen::{AlreadyTaken, Listening, bridge_log};

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
        let mut leaks = Vec::new();
        for Text { label, text } in &*self.texts() {
            let found = self.canaries.find_in(text).into_iter();
            leaks.extend(found.map(|sighting| Leak {
                label: label.clone(),
                sighting,
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
