//! What the providers read from the headers of requests.

use axum::http::{HeaderMap, HeaderValue, header};

/// The media type of forms.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// Returns a header that was sent exactly once.
pub(crate) fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

/// The `Content-Type` of a request, empty if it has none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MediaType<'a>(&'a str);

impl<'a> MediaType<'a> {
    pub(crate) fn of(headers: &'a HeaderMap) -> Self {
        let value = headers.get(header::CONTENT_TYPE);
        Self(
            value
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default(),
        )
    }

    /// Returns whether it is this type, whatever its parameters.
    pub(crate) fn is(self, essence: &str) -> bool {
        let written = self.0.split(';').next().unwrap_or_default();
        written.trim().eq_ignore_ascii_case(essence)
    }

    /// Returns the value of a parameter, without quotation marks.
    pub(crate) fn parameter(self, name: &str) -> Option<&'a str> {
        self.0.split(';').skip(1).find_map(|parameter| {
            let (given, value) = parameter.split_once('=')?;
            let value = value.trim();
            let unquoted = value
                .strip_prefix('"')
                .and_then(|value| value.strip_suffix('"'));
            given
                .trim()
                .eq_ignore_ascii_case(name)
                .then_some(unquoted.unwrap_or(value))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_with_and_without_quotation_marks() {
        let quoted =
            MediaType(r#"Application/SOAP+xml;charset=utf-8 ; action="http://tempuri.org/Do""#);
        assert!(quoted.is("application/soap+xml"));
        assert_eq!(quoted.parameter("ACTION"), Some("http://tempuri.org/Do"));
        assert_eq!(quoted.parameter("charset"), Some("utf-8"));
        assert_eq!(quoted.parameter("boundary"), None);
        assert_eq!(MediaType("a/b; action=x").parameter("action"), Some("x"));
        assert!(!MediaType("").is("text/xml"));
    }
}
