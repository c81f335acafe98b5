//! Answers as JSON.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::answer::{Answer, Entry, Value};
use super::settings::{JsonStyle, ResultCode, StatusList, StatusNames};

/// An answer as one JSON object, its fields in order.
#[derive(Debug)]
pub(super) struct JsonAnswer<'a> {
    answer: &'a Answer,
    style: JsonStyle,
    type_name: Option<&'a str>,
}

impl<'a> JsonAnswer<'a> {
    pub(super) fn new(answer: &'a Answer, style: JsonStyle) -> Self {
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
