use paylink_core::json::Wire;
use paylink_core::{Rejection, Reply, Untrusted};

use super::fault;
use super::fields::Leaves;
use super::xml::{self, Element};
use crate::account::SizPayAccount;
use crate::answer::{Contents, json};
use crate::method::{AsmxMethod, Method};

/// Reads an answer in any of the three forms it may have, none of which the document shows: parameters side by side, a
/// typed element, or JSON text in the result. All three are readings.
pub(crate) fn read(
    account: &SizPayAccount,
    reply: Reply<'_>,
    method: Method,
) -> Result<Contents, Rejection> {
    let content = content(xml::read(reply.text())?)?;
    if content.is_soap_s("Fault") {
        return Err(fault::rejection(account, content));
    }
    let asked = account.soap().zip(AsmxMethod::of(method));
    let answers = asked.is_some_and(|(service, method)| {
        content.name.strip_suffix("Response") == Some(service.name(method))
    });
    if !answers {
        return Err(Untrusted::new("the answer is not to the method that was called").into());
    }
    let Leaves {
        contents,
        json: text,
        strays,
    } = Leaves::of(content)?;
    match (&contents.res_cod, text) {
        (Wire::Absent, Some(text)) if contents.is_empty() && strays == 0 => Ok(json::bare(&text)?),
        (Wire::Absent, _) => Err(Untrusted::new("the answer holds no ResCod").into()),
        (_, Some(_)) => {
            Err(Untrusted::new("the answer holds fields, and JSON text beside them").into())
        }
        (_, None) => Ok(contents),
    }
}

/// The one element in the envelope's body.
fn content(mut envelope: Element) -> Result<Element, Untrusted> {
    if !envelope.is_soap_s("Envelope") {
        return Err(Untrusted::new("the answer is not a SOAP 1.1 envelope"));
    }
    let header = envelope.children.first();
    if header.is_some_and(|first| first.is_soap_s("Header")) {
        envelope.children.remove(0);
    }
    let mut children = envelope.children.into_iter();
    let (Some(body), None) = (children.next(), children.next()) else {
        return Err(Untrusted::new("the SOAP envelope does not hold one body"));
    };
    if !body.is_soap_s("Body") {
        return Err(Untrusted::new("the SOAP envelope does not hold one body"));
    }
    let mut inside = body.children.into_iter();
    match (inside.next(), inside.next()) {
        (Some(content), None) => Ok(content),
        _ => Err(Untrusted::new("the SOAP body does not hold one answer")),
    }
}
