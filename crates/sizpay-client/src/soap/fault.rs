use paylink_core::{Rejection, Untrusted};

use super::fields::Leaves;
use super::xml::{Element, Space};
use crate::account::SizPayAccount;
use crate::answer::without_stack_trace;
use crate::codes;

/// What ASMX says, among else, to a `SOAPAction` in a namespace that is not its own.
const UNKNOWN_ACTION: &str = "did not recognize the value of HTTP Header SOAPAction";

/// What a SOAP fault amounts to (SOAP 1.1, section 4.4.1).
///
/// `Client`, `VersionMismatch` and `MustUnderstand` say that the request was not processed: a refusal. `Server` says that
/// processing failed, and ASMX says it of every exception, also of one after the SMS: that proves nothing. Neither does a
/// fault that says two things.
pub(super) fn rejection(account: &SizPayAccount, fault: Element) -> Rejection {
    read(account, fault).unwrap_or_else(Rejection::from)
}

fn read(account: &SizPayAccount, fault: Element) -> Result<Rejection, Untrusted> {
    let code = only(&fault, "faultcode")?
        .ok_or_else(|| Untrusted::new("the SOAP fault holds no faultcode"))?;
    let is_soap_s = matches!(code.space, Space::None | Space::Soap) && code.children.is_empty();
    if !is_soap_s {
        return Err(Untrusted::new(
            "the SOAP fault holds no faultcode of SOAP's",
        ));
    }
    let known = known(code);
    let mut refusal = codes::fault(known, code.text.trim());
    if let Some(said) = only(&fault, "faultstring")? {
        let said = without_stack_trace(&said.text);
        if said.contains(UNKNOWN_ACTION) {
            refusal = refusal.remedy(
                "the SOAP namespace is another one: set it with .soap_namespace(…) to the targetNamespace of the WSDL",
            );
        }
        refusal = refusal.message_from_provider(&account.without_keys(said));
    }
    if known == codes::SERVER_FAULT {
        return Ok(Rejection::Failed(Box::new(refusal)));
    }
    let beside = Leaves::of(fault)?.contents;
    if !beside.is_empty() || beside.strays {
        return Err(Untrusted::new(
            "the SOAP fault holds fields of an answer, and contradicts itself",
        ));
    }
    Ok(Rejection::Refused(Box::new(refusal)))
}

/// The child of this name, whatever its namespace and letter case; two of them contradict each other.
fn only<'f>(fault: &'f Element, name: &str) -> Result<Option<&'f Element>, Untrusted> {
    let mut named = fault
        .children
        .iter()
        .filter(|child| child.name.eq_ignore_ascii_case(name));
    match (named.next(), named.next()) {
        (child, None) => Ok(child),
        _ => Err(Untrusted::new(format!("the SOAP fault holds {name} twice"))),
    }
}

/// What a code stands for, without regard to what a dot adds to it.
///
/// It is a qualified name, and only one in SOAP's own namespace says what SOAP's codes say. Some services leave the prefix
/// out.
fn known(code: &Element) -> &'static str {
    if !matches!(code.text_space, Space::None | Space::Soap) {
        return codes::SERVER_FAULT;
    }
    let name = code.text.trim();
    let local = name.split_once(':').map_or(name, |(_, local)| local);
    match local.split('.').next() {
        _ if local.contains(|c: char| c == ':' || c.is_whitespace()) => codes::SERVER_FAULT,
        Some("Client") => codes::CLIENT_FAULT,
        Some("VersionMismatch") => codes::VERSION_MISMATCH,
        Some("MustUnderstand") => codes::MUST_UNDERSTAND,
        _ => codes::SERVER_FAULT,
    }
}
