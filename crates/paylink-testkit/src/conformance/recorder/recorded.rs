use std::fmt;

use super::values;
use crate::request::head_length;

/// One request as it was on the wire.
///
/// `Debug` shows the request line without its query alone: the rest holds credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct Recorded {
    head: String,
    body: Vec<u8>,
}

impl Recorded {
    pub(super) fn new(bytes: &[u8]) -> Recorded {
        let end = head_length(bytes).unwrap_or(bytes.len());
        let (head, body) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
        Recorded {
            head: String::from_utf8_lossy(head).trim_end().to_owned(),
            body: body.to_vec(),
        }
    }

    /// The request line and the headers.
    #[must_use]
    pub fn head(&self) -> &str {
        &self.head
    }

    /// The request line: method, target and version.
    #[must_use]
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    /// The body as it was sent.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Whether it asks for the same thing as the other: the line and the body are equal to the byte.
    #[must_use]
    pub fn repeats(&self, other: &Recorded) -> bool {
        self.line() == other.line() && self.body == other.body
    }

    /// Every value in query and body, decoded: of a form, of JSON (and of JSON within JSON) or of XML.
    #[must_use]
    pub fn values(&self) -> Vec<String> {
        values::of(self.target(), &String::from_utf8_lossy(&self.body))
    }

    /// Whether one of its values holds this text.
    #[must_use]
    pub fn mentions(&self, text: &str) -> bool {
        self.values().iter().any(|value| value.contains(text))
    }

    /// Whether one of its values is this text.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        self.values().iter().any(|value| value == text)
    }

    fn target(&self) -> &str {
        self.line().split(' ').nth(1).unwrap_or_default()
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line().split('?').next().unwrap_or_default();
        f.debug_struct("Recorded")
            .field("line", &line)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
