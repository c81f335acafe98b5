use paylink_core::{Rejection, Untrusted};

use super::xml::Element;
use crate::account::SizPayAccount;
use crate::answer::without_stack_trace;
use crate::codes;

/// What ASMX says, among else, to a `SOAPAction` in a namespace that is not its own.
const UNKNOWN_ACTION: &str = "did not recognize the value of HTTP Header SOAPAction";

/// What a SOAP fault amounts to (SOAP 1.1, section 4.4.1).
///
/// `Client`, `VersionMismatch` and `MustUnderstand` say that the request was not processed: a refusal. `Server` says that
/// processing failed, and ASMX says it of every exception, also of one after the SMS: that proves nothing.
pub(super) fn rejection(account: &SizPayAccount, fault: &Element) -> Rejection {
    let child = |name: &str| fault.children.iter().find(|child| child.name == name);
    let Some(code) = child("faultcode").map(|code| code.text.trim()) else {
        return Untrusted::new("the SOAP fault holds no faultcode").into();
    };
    let known = known(code);
    let mut refusal = codes::fault(known, code);
    if let Some(said) = child("faultstring") {
        let said = without_stack_trace(&said.text);
        if said.contains(UNKNOWN_ACTION) {
            refusal = refusal.remedy(
                "the SOAP namespace is another one: set it with .soap_namespace(…) to the targetNamespace of the WSDL",
            );
        }
        refusal = refusal.message_from_provider(&account.without_keys(said));
    }
    match known {
        codes::CLIENT_FAULT | codes::VERSION_MISMATCH | codes::MUST_UNDERSTAND => {
            Rejection::Refused(Box::new(refusal))
        }
        _ => Rejection::Failed(Box::new(refusal)),
    }
}

/// The code without regard to the prefix, nor to what a dot adds to it.
fn known(code: &str) -> &'static str {
    let local = code.rsplit_once(':').map_or(code, |(_, local)| local);
    match local.split('.').next() {
        Some("Client") => codes::CLIENT_FAULT,
        Some("VersionMismatch") => codes::VERSION_MISMATCH,
        Some("MustUnderstand") => codes::MUST_UNDERSTAND,
        _ => codes::SERVER_FAULT,
    }
}
