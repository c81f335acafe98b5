//! Answers as JSON.

use axum::http::{HeaderMap, header};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::answer::{Answer, Entry, Value};
use super::merchant::{ResultCode, Settings, StatusList, StatusNames};

/// An answer as one JSON object, its fields in order.
#[derive(Debug)]
pub(super) struct JsonAnswer<'a> {
    answer: &'a Answer,
    style: &'a Settings,
    type_name: Option<&'a str>,
}

impl<'a> JsonAnswer<'a> {
    pub(super) fn new(answer: &'a Answer, style: &'a Settings) -> Self {
        Self {
            answer,
            style,
            type_name: None,
        }
    }

    /// Names the model, as ASP.NET does before the fields.
    pub(super) fn typed(self, type_name: &'a str) -> Self {
        Self {
            type_name: Some(type_name),
            ..self
        }
    }
}

/// Writes JSON text, fields in their order. Nothing that is written here can fail.
pub(super) fn text<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl Serialize for JsonAnswer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let style = self.style;
        let mut map = serializer.serialize_map(None)?;
        if let Some(type_name) = self.type_name {
            map.serialize_entry("__type", type_name)?;
        }
        for (name, value) in self.answer.values() {
            let name = match style.status_names {
                StatusNames::Prefixed => name,
                StatusNames::Bare => name.strip_prefix("prm").unwrap_or(name),
            };
            match value {
                Value::Code(code) => match style.result_code {
                    ResultCode::Number => map.serialize_entry(name, code)?,
                    ResultCode::Text => map.serialize_entry(name, &code.to_string())?,
                },
                Value::Integer(number) => map.serialize_entry(name, number)?,
                Value::Text(content) => map.serialize_entry(name, content)?,
                Value::List(list) => match style.status_list {
                    StatusList::Text => map.serialize_entry(name, &text(list))?,
                    StatusList::Array => map.serialize_entry(name, list)?,
                },
            }
        }
        map.end()
    }
}

/// The names of the fields are the sandbox's own: SizPay's documents do not show the list.
impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("PayLinkSendID", &self.send_id)?;
        map.serialize_entry("InvoiceNo", &self.invoice_number)?;
        map.serialize_entry("Status", &self.status)?;
        map.serialize_entry("RefNo", &self.reference_number)?;
        map.end()
    }
}

/// The `Content-Type` of a request, empty if it has none.
#[derive(Debug, Clone, Copy)]
pub(super) struct MediaType<'a>(&'a str);

impl<'a> MediaType<'a> {
    pub(super) fn of(headers: &'a HeaderMap) -> Self {
        let value = headers.get(header::CONTENT_TYPE);
        Self(
            value
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default(),
        )
    }

    /// Tells whether it is this type, whatever its parameters.
    pub(super) fn is(self, essence: &str) -> bool {
        let written = self.0.split(';').next().unwrap_or_default();
        written.trim().eq_ignore_ascii_case(essence)
    }

    /// Returns the value of a parameter, without quotation marks.
    pub(super) fn parameter(self, name: &str) -> Option<&'a str> {
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
