use axum::http::StatusCode;
use axum::response::Response;
use quick_xml::escape::escape;

use super::soap::Soap;
use super::xml::BadXml;

/// Why a call was not even tried, in the words of ASP.NET.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    code: Code,
    reason: String,
}

#[derive(Debug, Clone, Copy)]
enum Code {
    Sender,
    Receiver,
    VersionMismatch,
}

impl Fault {
    /// No method has this SOAP action, most likely because of another namespace.
    pub(super) fn unknown_action(soap: Soap, action: &str) -> Self {
        Self::sender(match soap {
            Soap::V11 => {
                format!("Server did not recognize the value of HTTP Header SOAPAction: {action}.")
            }
            Soap::V12 => {
                format!("Unable to handle request. The action '{action}' was not recognized.")
            }
        })
    }

    pub(super) fn unreadable(why: &BadXml) -> Self {
        Self::sender(format!("Server was unable to read request. ---> {why}"))
    }

    /// The envelope is one of the other version.
    pub(super) fn version_mismatch(soap: Soap, found: &str) -> Self {
        Self {
            code: Code::VersionMismatch,
            reason: format!(
                "Possible SOAP version mismatch: Envelope namespace {found} was unexpected. \
                 Expecting {}.",
                soap.namespace()
            ),
        }
    }

    /// The model that the method works on is not there.
    pub(super) fn no_model() -> Self {
        Self {
            code: Code::Receiver,
            reason: "Server was unable to process request. ---> \
                     Object reference not set to an instance of an object."
                .to_owned(),
        }
    }

    pub(super) fn respond(&self, soap: Soap) -> Response {
        let reason = escape(self.reason.as_str());
        let code = self.code.name(soap);
        let fault = match soap {
            Soap::V11 => format!(
                "<soap:Fault><faultcode>soap:{code}</faultcode>\
                 <faultstring>{reason}</faultstring><detail /></soap:Fault>"
            ),
            Soap::V12 => format!(
                "<soap:Fault><soap:Code><soap:Value>soap:{code}</soap:Value></soap:Code>\
                 <soap:Reason><soap:Text xml:lang=\"en\">{reason}</soap:Text></soap:Reason>\
                 <soap:Detail /></soap:Fault>"
            ),
        };
        soap.respond(StatusCode::INTERNAL_SERVER_ERROR, &fault)
    }

    fn sender(reason: String) -> Self {
        let code = Code::Sender;
        Self { code, reason }
    }
}

impl Code {
    fn name(self, soap: Soap) -> &'static str {
        match (self, soap) {
            (Self::Sender, Soap::V11) => "Client",
            (Self::Sender, Soap::V12) => "Sender",
            (Self::Receiver, Soap::V11) => "Server",
            (Self::Receiver, Soap::V12) => "Receiver",
            (Self::VersionMismatch, _) => "VersionMismatch",
        }
    }
}
