use std::fmt::Display;

use percent_encoding::percent_encode_byte;

/// A form body in the encoding that ZiPay signs: PHP's `http_build_query`.
///
/// Space is `+`; ASCII letters, digits, `-`, `_` and `.` stand bare; every other byte of the UTF-8 is `%XX` in capitals.
/// Other form encoders leave `*` bare, which makes a wrong signature. Pairs keep the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct Form(String);

impl Form {
    pub(crate) fn new() -> Form {
        Form(String::with_capacity(256))
    }

    pub(crate) fn pair(mut self, name: &str, value: &str) -> Form {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.encode(name);
        self.0.push('=');
        self.encode(value);
        self
    }

    /// Adds the pair if there is a value; PHP leaves out what is null.
    pub(crate) fn optional(self, name: &str, value: Option<impl Display>) -> Form {
        match value {
            Some(value) => self.pair(name, &value.to_string()),
            None => self,
        }
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }

    fn encode(&mut self, text: &str) {
        for byte in text.bytes() {
            match byte {
                b' ' => self.0.push('+'),
                b'-' | b'_' | b'.' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                    self.0.push(char::from(byte));
                }
                _ => self.0.push_str(percent_encode_byte(byte)),
            }
        }
    }
}
