use std::fmt;

/// An answer that came whole: its status and its text, already bounded, checked as UTF-8 and freed of a byte order mark.
#[derive(Clone, Copy)]
pub struct Response<'a> {
    status: u16,
    text: &'a str,
}

impl<'a> Response<'a> {
    /// Puts an answer together, as the transport does; tests of an operation do it too.
    #[must_use]
    pub fn new(status: u16, text: &'a str) -> Response<'a> {
        Response {
            status,
            text: text.strip_prefix('\u{feff}').unwrap_or(text),
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The body. It may hold personal data: never log it.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Whether the status says success. What the body says decides all the same.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl fmt::Debug for Response<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}
