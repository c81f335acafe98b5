//! Secrets that must not appear anywhere, and the many ways in which they could.

mod needles;
mod views;

use std::fmt;

use crate::canaries::needles::{Needle, needles};
use crate::canaries::views::views;

pub use needles::Encoding;
pub use views::View;

/// The shortest secret that is not found by chance.
const SHORTEST: usize = 8;

/// Secrets planted in a test, to be looked for in everything it brings forth.
///
/// A secret is found as it is, in base64 (both alphabets, at any place in the encoded text), in hex, and as a list of
/// bytes; each of them also behind escapes (of JSON, of `Debug`, of byte strings, up to three layers of them), behind
/// percent and form encoding, and with blanks between. A piece of a secret is not found.
///
/// ```
/// # fn main() -> Result<(), paylink_testkit::SecretTooShort> {
/// use paylink_testkit::Canaries;
///
/// let canaries = Canaries::new(["s3cr3t/canary"])?;
/// assert!(canaries.find_in("https://api.example/?key=s3cr3t%2Fcanary").len() == 1);
/// assert!(canaries.find_in("https://api.example/?key=…").is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Canaries {
    needles: Vec<Needle>,
}

impl Canaries {
    /// Plants these secrets.
    ///
    /// # Errors
    ///
    /// [`SecretTooShort`] for one of less than 8 bytes, which would be found where it did not leak: take a longer one.
    pub fn new<S: AsRef<str>>(
        secrets: impl IntoIterator<Item = S>,
    ) -> Result<Self, SecretTooShort> {
        let mut all = Vec::new();
        for (place, secret) in secrets.into_iter().enumerate() {
            let secret = secret.as_ref();
            if secret.len() < SHORTEST {
                return Err(SecretTooShort { place });
            }
            all.extend(needles(place, secret));
        }
        Ok(Self { needles: all })
    }

    /// Looks for every secret in a text, and tells of each the plainest way in which it is there.
    #[must_use]
    pub fn find_in(&self, text: &str) -> Vec<Sighting> {
        let mut sightings: Vec<Sighting> = Vec::new();
        for (view, seen) in views(text) {
            for needle in &self.needles {
                let known = sightings
                    .iter()
                    .any(|sighting| sighting.secret == needle.secret);
                if !known && let Some(at) = seen.find(&needle.text) {
                    sightings.push(Sighting::new(needle, view, &seen, at));
                }
            }
        }
        sightings
    }
}

impl fmt::Debug for Canaries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Canaries").finish_non_exhaustive()
    }
}

/// A secret, seen in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Which secret, counted from 0 in the order of planting.
    pub secret: usize,
    /// How the secret itself was encoded.
    pub encoding: Encoding,
    /// What had to be taken off the text before it showed.
    pub view: View,
    /// Some of the text around it.
    pub excerpt: String,
}

impl Sighting {
    fn new(needle: &Needle, view: View, text: &str, at: usize) -> Self {
        const AROUND: usize = 60;

        let (before, from) = text.split_at_checked(at).unwrap_or(("", text));
        let skipped = before.chars().count().saturating_sub(AROUND);
        let before = before.chars().skip(skipped);
        let excerpt = before
            .chain(from.chars().take(needle.text.len() + AROUND))
            .collect();
        Self {
            secret: needle.secret,
            encoding: needle.encoding,
            view,
            excerpt,
        }
    }
}

impl fmt::Display for Sighting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            secret,
            encoding,
            view,
            excerpt,
        } = self;
        write!(
            f,
            "secret {secret} as {encoding:?} in {view:?} text: {excerpt:?}"
        )
    }
}

/// A secret is too short to be told from other text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretTooShort {
    place: usize,
}

impl fmt::Display for SecretTooShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place;
        write!(
            f,
            "secret {place} has less than {SHORTEST} bytes and would be found by chance: take a longer one"
        )
    }
}

impl std::error::Error for SecretTooShort {}
