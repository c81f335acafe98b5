//! SizPay, called by a merchant over REST and SOAP.

mod admin;
mod asmx;
mod links;
mod pages;
mod soap;
mod status;

use paylink_sandbox::Sandbox;
use paylink_sandbox::sizpay::{Link, Merchant, SizpaySandbox};
use serde_json::{Value, json};

use crate::client::{JSON, Reply, send};

/// A merchant of the sandbox.
pub(crate) struct Shop {
    origin: String,
    merchant: Merchant,
    sizpay: SizpaySandbox,
}

impl Shop {
    pub(crate) fn of(sandbox: &Sandbox) -> Self {
        Self::of_merchant(sandbox, sandbox.sizpay().merchant())
    }

    pub(crate) fn other_of(sandbox: &Sandbox) -> Self {
        Self::of_merchant(sandbox, sandbox.sizpay().other_merchant())
    }

    fn of_merchant(sandbox: &Sandbox, merchant: &Merchant) -> Self {
        Self {
            origin: sandbox.url().to_owned(),
            merchant: merchant.clone(),
            sizpay: sandbox.sizpay().clone(),
        }
    }

    /// Calls a method with the merchant's keys and these fields, of which a null is left out.
    pub(crate) async fn call(&self, method: &str, fields: Value) -> Reply {
        let body = self.with_keys(fields).to_string();
        let path = format!("/sizpay/api/PayLinkSend/{method}");
        send(&self.origin, "POST", &path, &[JSON], body.as_bytes()).await
    }

    /// Calls a method and returns the answer, which comes with HTTP 200 whatever it says.
    pub(crate) async fn answer(&self, method: &str, fields: Value) -> Value {
        let reply = self.call(method, fields).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()
    }

    /// Sends a link and returns its id.
    pub(crate) async fn send(&self, invoice_number: &str) -> u64 {
        self.send_with(json!({"InvoiceNo": invoice_number})).await
    }

    /// Sends a link that differs from [`new`] and returns its id.
    pub(crate) async fn send_with(&self, different: Value) -> u64 {
        let answer = self.answer("PayLinkSend", new(different)).await;
        assert_eq!(answer["ResCod"], 1, "{answer}");
        answer["PayLinkSendID"].as_u64().unwrap()
    }

    /// Disables or resends by the send id.
    pub(crate) async fn by_id(&self, method: &str, send_id: u64) -> Value {
        let day = self.sizpay.link(send_id).unwrap().sent_on();
        self.answer(method, selected(send_id, "", &day)).await
    }

    /// Asks for the status of links sent on a day.
    pub(crate) async fn status(&self, day: &str, kind: u8, list: &str) -> Value {
        let fields =
            json!({"PayLinkSendDate": day, "PayLinkFilterTyp": kind, "PayLinkFilterList": list});
        self.answer("PayLinkPayStatus", fields).await
    }

    pub(crate) fn with_keys(&self, fields: Value) -> Value {
        let keys = json!({
            "UserName": self.merchant.user_name(),
            "Password": self.merchant.password(),
            "PayLinkName": self.merchant.pay_link_name(),
        });
        over(keys, fields)
    }
}

/// A sandbox and a merchant of it.
pub(crate) async fn open() -> (Sandbox, Shop) {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = Shop::of(&sandbox);
    (sandbox, shop)
}

pub(crate) fn snapshot(sandbox: &Sandbox, send_id: u64) -> Link {
    sandbox.sizpay().link(send_id).unwrap()
}

/// An answer about the only link, with the id of the document's sample in place of the drawn one.
pub(crate) fn as_sampled(sandbox: &Sandbox, body: &str) -> String {
    let [link] = sandbox.sizpay().links().try_into().unwrap();
    body.replace(&link.send_id.to_string(), "26041")
}

/// The fields of a send: those of the document's sample, with some of them different.
pub(crate) fn new(different: Value) -> Value {
    let sample = json!({
        "Amount": 10000,
        "MobileNo": "09122272730",
        "InvoiceNo": "99112101",
        "CustomerName": "",
        "Description": "",
    });
    over(sample, different)
}

/// The fields that select one link.
pub(crate) fn selected(send_id: u64, invoice_number: &str, day: &str) -> Value {
    json!({"PayLinkSendID": send_id, "PayLinkFactorNo": invoice_number, "PayLinkFactorDate": day})
}

/// Reads the list of a status answer.
pub(crate) fn list(answer: &Value) -> Vec<Value> {
    let text = answer["prmPayLinkListStatus"].as_str();
    serde_json::from_str(text.expect("a string that holds the list")).unwrap()
}

/// Asserts that an answer is a refusal in SizPay's form, and returns its message.
pub(crate) fn refused(answer: &Value) -> &str {
    let code = answer["ResCod"].as_i64().expect("a number");
    assert_ne!(code, 1, "{answer}");
    let message = answer["Message"].as_str().unwrap();
    let is_persian = |character: char| ('\u{600}'..'\u{700}').contains(&character);
    assert!(message.chars().any(is_persian), "{answer}");
    message
}

fn over(fields: Value, others: Value) -> Value {
    let (Value::Object(mut fields), Value::Object(others)) = (fields, others) else {
        panic!("not objects");
    };
    fields.extend(others);
    fields.retain(|_, value| !value.is_null());
    fields.into()
}

pub(crate) const PATH: &str = "/sizpay/KimiaPayLinkSend.asmx";
pub(crate) const NAMESPACE: &str = "http://tempuri.org/";

/// A version of SOAP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Soap {
    V11,
    V12,
}

impl Soap {
    pub(crate) fn namespace(self) -> &'static str {
        match self {
            Self::V11 => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::V12 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }

    /// Posts a document with an action.
    pub(crate) async fn post(self, sandbox: &Sandbox, action: &str, document: &str) -> Reply {
        let quoted = format!("\"{action}\"");
        let with_action = format!("application/soap+xml; charset=utf-8; action={quoted}");
        let headers = match self {
            Self::V11 => vec![
                ("content-type", "text/xml; charset=utf-8"),
                ("SOAPAction", quoted.as_str()),
            ],
            Self::V12 => vec![("content-type", with_action.as_str())],
        };
        send(sandbox.url(), "POST", PATH, &headers, document.as_bytes()).await
    }

    /// Calls a method of the service in its namespace.
    pub(crate) async fn call(self, sandbox: &Sandbox, method: &str, parameters: &str) -> Reply {
        let action = format!("{NAMESPACE}{method}");
        let element = format!(r#"<{method} xmlns="{NAMESPACE}">{parameters}</{method}>"#);
        self.post(sandbox, &action, &self.envelope(&element)).await
    }

    pub(crate) fn envelope(self, body: &str) -> String {
        let namespace = self.namespace();
        format!(
            r#"<?xml version="1.0" encoding="utf-8"?><soapenv:Envelope xmlns:soapenv="{namespace}"><soapenv:Header/><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"#
        )
    }

    /// What an answer has around its body.
    pub(crate) fn answered(self, body: &str) -> String {
        let namespace = self.namespace();
        format!(
            r#"<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>{body}</soap:Body></soap:Envelope>"#
        )
    }
}

/// The parameters of a send, with the keys of the merchant.
pub(crate) fn new_link(sandbox: &Sandbox) -> String {
    format!(
        "{}<InvoiceNo>99112101</InvoiceNo><Amount>10000</Amount><MobileNo>09122272730</MobileNo>\
         <CustomerName>خانم &lt;رضایی&gt;</CustomerName><Description><![CDATA[a]]]]><![CDATA[>b]]></Description>",
        keys(sandbox)
    )
}

/// The parameters of a status request.
pub(crate) fn ids(sandbox: &Sandbox, list: &str) -> String {
    format!("{}<PayLinkIdList>{list}</PayLinkIdList>", keys(sandbox))
}

pub(crate) fn keys(sandbox: &Sandbox) -> String {
    let sizpay = sandbox.sizpay();
    format!(
        "<UserName>{}</UserName><Password>{}</Password><PayLinkName>{}</PayLinkName>",
        sizpay.user_name(),
        sizpay.password(),
        sizpay.pay_link_name()
    )
}

/// Puts parameters into the model that the methods ending in `Rest` take.
pub(crate) fn model(parameters: &str) -> String {
    format!("<PayLinkData>{parameters}</PayLinkData>")
}
