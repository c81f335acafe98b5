//! What the documents show, and what their answers look like where they only describe them.

use serde_json::{Value, json};
use sizpay_client::{JalaliDate, NewLink, Rial, SendId, Via};

use paylink_testkit::Answer;

/// The day of the samples.
pub(crate) fn day() -> JalaliDate {
    JalaliDate::new(1399, 11, 21).unwrap()
}

pub(crate) fn send_id(id: u64) -> SendId {
    SendId::new(id).unwrap()
}

/// The link of the document's section 1.
pub(crate) fn new_link() -> NewLink {
    NewLink::new("99112101", Rial::new(10_000), "09122272730").unwrap()
}

/// The answer that section 1 shows.
pub(crate) fn sent() -> Value {
    json!({
        "PayLinkSendID": 26041,
        "PayLinkURL": "https://me.sizpay.ir/hosseini/0200260411",
        "ResCod": 1,
        "Message": ""
    })
}

/// An answer about states, with this list.
pub(crate) fn listed(list: impl Into<Value>) -> Value {
    json!({"ResCod": 1, "Message": "", "PayLinkListStatus": list.into()})
}

/// An element of such a list.
pub(crate) fn element(id: u64, status: u64, reference: &str) -> Value {
    json!({"PayLinkSendID": id, "PayLinkStatus": status, "PayLinkRefNo": reference})
}

/// An answer to this method as it comes on one of the ways.
#[cfg_attr(
    not(feature = "soap"),
    expect(unused_variables, reason = "SOAP alone names the method in its answer")
)]
pub(crate) fn carried(via: Via, method: &str, answer: &Value) -> Answer {
    match via {
        Via::Rest => answer.clone().into(),
        Via::AsmxJson => json!({"d": answer}).into(),
        #[cfg(feature = "soap")]
        Via::Soap | Via::SoapModel => {
            let style = if via == Via::Soap { "Soap" } else { "Rest" };
            let response = format!("{method}{style}Response");
            crate::provider::xml(enveloped(&elements(&response, answer)))
        }
        other => panic!("{other}"),
    }
}

/// A JSON value as an element of this name; nothing but objects hold elements.
#[cfg(feature = "soap")]
fn elements(name: &str, value: &Value) -> String {
    let inside = match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| elements(name, value))
            .collect(),
        Value::Null => return format!(r#"<{name} xsi:nil="true" />"#),
        Value::String(text) => text.replace('&', "&amp;").replace('<', "&lt;"),
        other => other.to_string(),
    };
    format!("<{name}>{inside}</{name}>")
}

/// A SOAP envelope around this.
#[cfg(feature = "soap")]
pub(crate) fn enveloped(content: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>{content}</soap:Body></soap:Envelope>"#
    )
}
