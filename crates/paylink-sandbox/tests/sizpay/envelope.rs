//! A merchant who calls the ASMX service with SOAP.

use paylink_sandbox::Sandbox;

use crate::client::{Reply, send};

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
