use axum::http::HeaderMap;
use serde_json::Value;

use super::fault::Fault;
use super::method::{Kind, MODEL_IN, Method};
use super::soap::Soap;
use super::xml::{BadXml, Element};
use crate::sizpay::fields::Fields;
use crate::sizpay::namespace::{self, Namespace};

/// A SOAP call that names a method of the service.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) fields: Fields,
}

impl Call {
    /// Reads a call: the action first, then what it is called with.
    ///
    /// ASP.NET reads an element of a foreign namespace as a call without parameters. That leaves
    /// everybody puzzled, so it is refused here in the same words as a foreign action.
    pub(super) fn read(
        soap: Soap,
        headers: &HeaderMap,
        body: &[u8],
        namespace: &Namespace,
    ) -> Result<Self, Fault> {
        let by_action = match soap.action(headers) {
            Some(action) => Some(
                Method::ALL
                    .into_iter()
                    .find(|method| namespace.action(method.name()) == action)
                    .ok_or_else(|| Fault::unknown_action(soap, action))?,
            ),
            None => None,
        };
        let document = Element::read(body).map_err(|why| Fault::unreadable(&why))?;
        let element = element_of(soap, &document)?;
        let by_element = Method::named(&element.name)
            .filter(|_| element.namespace == namespace.as_str())
            .filter(|method| by_action.is_none_or(|named| named == *method));
        let method = by_element.ok_or_else(|| {
            let action = namespace::action(&element.namespace, &element.name);
            Fault::unknown_action(soap, &action)
        })?;
        let parameters = if method.takes_model() {
            element
                .child(namespace.as_str(), MODEL_IN)
                .ok_or_else(Fault::no_model)?
        } else {
            element
        };
        let fields = fields_of(method, parameters, namespace)?;
        Ok(Self { method, fields })
    }
}

/// Returns the element in the body of an envelope.
fn element_of(soap: Soap, envelope: &Element) -> Result<&Element, Fault> {
    if envelope.name == "Envelope" && envelope.namespace != soap.namespace() {
        return Err(Fault::version_mismatch(soap, &envelope.namespace));
    }
    Some(envelope)
        .filter(|envelope| envelope.name == "Envelope")
        .and_then(|envelope| envelope.child(soap.namespace(), "Body"))
        .and_then(|body| body.children.first())
        .ok_or_else(|| Fault::unreadable(&BadXml::NotACall))
}

/// Reads the parameters; as in ASP.NET, elements that are none are passed over.
fn fields_of(method: Method, parameters: &Element, namespace: &Namespace) -> Result<Fields, Fault> {
    let mut fields = Vec::new();
    for member in method.request().members {
        let Some(element) = parameters.child(namespace.as_str(), member.name) else {
            continue;
        };
        let value = match member.kind {
            Kind::String => Value::from(element.text.as_str()),
            Kind::Int | Kind::Long => element
                .text
                .trim()
                .parse::<i64>()
                .map(Value::from)
                .map_err(|_| Fault::unreadable(&BadXml::NotANumber(member.name)))?,
        };
        fields.push((member.name.to_owned(), value));
    }
    Ok(Fields::new(fields))
}
