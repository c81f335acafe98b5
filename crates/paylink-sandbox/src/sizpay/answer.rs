//! Answers, and how they are written as JSON.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::fields::Refusal;
use super::link::{Link, Status};
use super::merchant::{ResultCode, Settings, StatusList, StatusNames};
use crate::view::view;

/// The values of an answer in their documented order, before any wire has shaped them.
#[derive(Debug, Clone)]
pub(super) struct Answer(Vec<(&'static str, Value)>);

/// One value of an answer.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Code(i64),
    Integer(u64),
    Text(String),
    List(Vec<Entry>),
}

view! {
    /// What a status request learns about one link. The names of the fields are the sandbox's own: SizPay's
    /// documents do not show the list.
    #[derive(Debug, Clone, Serialize)]
    pub(super) struct Entry of (link: &Link) {
        #[serde(rename = "PayLinkSendID")]
        send_id: u64 = link.send_id,
        #[serde(rename = "InvoiceNo")]
        invoice_number: String = link.invoice_number.clone(),
        /// 0 unpaid, 1 paid.
        #[serde(rename = "Status")]
        status: u64 = u64::from(link.status == Status::Paid),
        /// Empty unless it is paid.
        #[serde(rename = "RefNo")]
        reference_number: String = link.reference_number.clone().unwrap_or_default(),
    }
}

/// What a status request found.
#[derive(Debug, Clone, Default)]
pub(super) struct PayStatus {
    /// The link that was asked for first, if there is such a link.
    pub(super) first: Option<Entry>,
    pub(super) list: Vec<Entry>,
}

impl Answer {
    /// What the REST send answers.
    pub(super) fn sent_with_url(outcome: &Result<Link, Refusal>) -> Self {
        let sent = outcome.as_ref().ok();
        let url = sent.map(|link| link.url.clone()).unwrap_or_default();
        let [code, message] = verdict(outcome.as_ref().err());
        let url = ("PayLinkURL", Value::Text(url));
        Self(vec![send_id(sent), url, code, message])
    }

    /// What the sends of the ASMX service answer.
    pub(super) fn sent(outcome: &Result<Link, Refusal>) -> Self {
        let [code, message] = verdict(outcome.as_ref().err());
        Self(vec![code, message, send_id(outcome.as_ref().ok())])
    }

    /// What disabling and resending answer; their answers are not documented.
    pub(super) fn done(outcome: &Result<Link, Refusal>) -> Self {
        Self(verdict(outcome.as_ref().err()).into())
    }

    /// What status requests answer.
    pub(super) fn pay_status(outcome: Result<PayStatus, Refusal>) -> Self {
        let [code, message] = verdict(outcome.as_ref().err());
        let PayStatus { first, list } = outcome.unwrap_or_default();
        let (status, reference_number) = first
            .map(|entry| (entry.status, entry.reference_number))
            .unwrap_or_default();
        Self(vec![
            code,
            message,
            ("prmPayLinkFirstStatus", Value::Integer(status)),
            ("prmPayLinkFirstRefNo", Value::Text(reference_number)),
            ("prmPayLinkListStatus", Value::List(list)),
        ])
    }

    pub(super) fn values(&self) -> &[(&'static str, Value)] {
        &self.0
    }
}

/// 1 and no message, or the refusal's.
fn verdict(refusal: Option<&Refusal>) -> [(&'static str, Value); 2] {
    let (code, message) = match refusal {
        None => (1, String::new()),
        Some(refusal) => {
            let (code, message) = refusal.told();
            (code, message.into_owned())
        }
    };
    [
        ("ResCod", Value::Code(code)),
        ("Message", Value::Text(message)),
    ]
}

/// 0 if nothing was sent.
fn send_id(sent: Option<&Link>) -> (&'static str, Value) {
    let number = sent.map(|link| link.send_id).unwrap_or_default();
    ("PayLinkSendID", Value::Integer(number))
}

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
