//! Answers, well formed before a fault damages them.

use bytes::Bytes;

/// An HTTP answer: a status, headers and a body.
///
/// How its end is marked on the wire is not part of it: [`to_bytes`](Self::to_bytes) gives a `Content-Length`,
/// the [`faults`](crate::faults) that need another framing choose it themselves.
///
/// ```
/// use paylink_testkit::Answer;
///
/// let answer = Answer::json(r#"{"success":true}"#).header("x-request-id", "7");
/// assert!(answer.to_bytes().starts_with(b"HTTP/1.1 200 \r\ncontent-type: application/json\r\n"));
/// ```
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Answer {
    /// Creates an answer without headers and without a body.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// Creates a 200 with a body declared as `application/json`.
    #[must_use]
    pub fn json(body: impl Into<Bytes>) -> Self {
        Self::new(200)
            .header("content-type", "application/json")
            .body(body)
    }

    /// Creates a 200 with a body declared as HTML.
    #[must_use]
    pub fn html(body: impl Into<Bytes>) -> Self {
        Self::new(200)
            .header("content-type", "text/html; charset=utf-8")
            .body(body)
    }

    /// Replaces the status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Sets a header; one of the same name is taken away.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let name = name.into();
        self.headers
            .retain(|(present, _)| !present.eq_ignore_ascii_case(&name));
        self.headers.push((name, value.into()));
        self
    }

    /// Replaces the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Returns the status.
    #[must_use]
    pub fn status_code(&self) -> u16 {
        self.status
    }

    /// Returns the headers.
    #[must_use]
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// Returns the body.
    #[must_use]
    pub fn body_bytes(&self) -> &Bytes {
        &self.body
    }

    /// Writes the answer with its `Content-Length`.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        self.with_lengths(&[self.body.len()])
    }

    /// Writes the answer with these `Content-Length` headers, true or not.
    pub(crate) fn with_lengths(&self, lengths: &[usize]) -> Bytes {
        let lengths = lengths
            .iter()
            .map(|length| format!("content-length: {length}\r\n"));
        [self.head(&lengths.collect::<String>()), self.body.to_vec()]
            .concat()
            .into()
    }

    /// Writes the answer as one chunk and the last, empty one.
    pub(crate) fn chunked(&self) -> Bytes {
        let size = format!("{:x}\r\n", self.body.len());
        let head = self.head("transfer-encoding: chunked\r\n");
        [&head, size.as_bytes(), &self.body, b"\r\n0\r\n\r\n"]
            .concat()
            .into()
    }

    /// Writes the answer without any length: it ends where the connection ends.
    pub(crate) fn until_close(&self) -> Bytes {
        [self.head("connection: close\r\n"), self.body.to_vec()]
            .concat()
            .into()
    }

    fn head(&self, framing: &str) -> Vec<u8> {
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"));
        format!(
            "HTTP/1.1 {} \r\n{}{framing}\r\n",
            self.status,
            headers.collect::<String>()
        )
        .into_bytes()
    }
}

impl From<serde_json::Value> for Answer {
    fn from(body: serde_json::Value) -> Self {
        Self::json(body.to_string())
    }
}
