//! What the documents show, and what their answers look like where they only describe them.

use serde_json::{Value, json};
use sizpay_client::{JalaliDate, NewLink, Rial, SendId};

/// The day of the samples.
pub(crate) fn day() -> JalaliDate {
    JalaliDate::new(1399, 11, 21).unwrap()
}

pub(crate) fn send_id(id: u64) -> SendId {
    SendId::new(id).unwrap()
}

/// The link of the document's section 1.
pub(crate) fn new_link() -> NewLink {
    let mobile = "09122272730".parse().unwrap();
    NewLink::new("99112101", Rial::new(10_000), mobile).unwrap()
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

/// A SOAP envelope around this.
#[cfg(feature = "soap")]
pub(crate) fn enveloped(content: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>{content}</soap:Body></soap:Envelope>"#
    )
}
