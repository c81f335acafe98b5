//! The ASMX service: SOAP 1.1 and 1.2, its description, and ASP.NET's JSON.

mod description;
mod method;
mod script;
mod soap;
mod xml;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Extension, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use quick_xml::escape::escape;
use serde_json::Value;
use soap::Soap;

use self::method::{Kind, METHODS, MODEL_IN, Method, Model};
use self::xml::{BadXml, Element};
use super::fields::Fields;
use super::merchant::{self, Namespace};
use super::{NAME, NAMES, SizpaySandbox, noted};
use crate::headers::MediaType;
use crate::journal::{Arrival, Received};
use crate::page::Reader;

/// Where the service is, relative to the provider's root.
pub(super) const PATH: &str = "/KimiaPayLinkSend.asmx";

pub(super) fn routes(sizpay: SizpaySandbox) -> Router {
    let script = post(script::receive).fallback(script::wrong_verb);
    Router::new()
        .route(PATH, get(describe).post(receive))
        .route(&format!("{PATH}/{{method}}"), script)
        .with_state(sizpay)
}

async fn describe(
    State(sizpay): State<SizpaySandbox>,
    RawQuery(query): RawQuery,
    reader: Reader,
) -> Response {
    if query.is_some_and(|query| query.eq_ignore_ascii_case("wsdl")) {
        description::wsdl(&sizpay)
    } else {
        description::page(&sizpay, &reader)
    }
}

async fn receive(
    State(sizpay): State<SizpaySandbox>,
    Extension(received): Extension<Arc<Received>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let media_type = MediaType::of(&headers);
    let soap = Soap::of(media_type);
    let settings = sizpay.settings();
    let call = soap.map(|soap| Call::read(soap, &headers, &body, &settings.namespace));
    let understood = call.as_ref().and_then(|call| call.as_ref().ok());
    let (operation, parameters) = understood
        .map(|call| (call.method.operation.name, noted(&call.fields)))
        .unzip();
    let parameters = parameters.unwrap_or_default();
    let arrival = Arrival::new(NAME, operation, parameters, received, &NAMES);
    let world = sizpay.0.world.clone();
    let execute = move || match (soap, call) {
        (Some(soap), Some(Ok(call))) => {
            let answer = (call.method.operation.execute)(&sizpay, &call.fields);
            soap.respond(
                StatusCode::OK,
                &soap::answer(call.method, &answer, &settings),
            )
        }
        (Some(soap), Some(Err(fault))) => fault.respond(soap),
        _ => not_soap(),
    };
    world.exchange(arrival, execute).await
}

/// What ASP.NET says to a body that is in no format it knows.
fn not_soap() -> Response {
    let text = "Request format is invalid.\n";
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (StatusCode::INTERNAL_SERVER_ERROR, plain, text).into_response()
}

/// A SOAP call that names a method of the service.
#[derive(Debug)]
struct Call {
    method: &'static Method,
    fields: Fields,
}

impl Call {
    /// Reads a call: the action first, then what it is called with.
    ///
    /// ASP.NET reads an element of a foreign namespace as a call without parameters. That puzzles
    /// its callers, so it is refused here in the same words as a foreign action.
    fn read(
        soap: Soap,
        headers: &HeaderMap,
        body: &[u8],
        namespace: &Namespace,
    ) -> Result<Self, Fault> {
        let named = |action| {
            let mut methods = METHODS.iter();
            let method = methods.find(|method| namespace.action(method.name) == action);
            method.ok_or_else(|| Fault::unknown_action(soap, action))
        };
        let by_action = soap.action(headers).map(named).transpose()?;
        let document = Element::read(body).map_err(|why| Fault::unreadable(&why))?;
        let element = element_of(soap, &document)?;
        let by_element = Method::named(&element.name)
            .filter(|_| element.namespace == namespace.as_str())
            .filter(|method| by_action.is_none_or(|named| named.name == method.name));
        let method = by_element.ok_or_else(|| {
            let action = merchant::action(&element.namespace, &element.name);
            Fault::unknown_action(soap, &action)
        })?;
        let parameters = if method.takes_model {
            element.child(namespace.as_str(), MODEL_IN)
        } else {
            Some(element)
        };
        let parameters = parameters.ok_or_else(Fault::no_model)?;
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
fn fields_of(
    method: &Method,
    parameters: &Element,
    namespace: &Namespace,
) -> Result<Fields, Fault> {
    let mut fields = Vec::new();
    let Model(_, members) = method.operation.request;
    for &(name, kind) in members {
        let Some(element) = parameters.child(namespace.as_str(), name) else {
            continue;
        };
        let value = match kind {
            Kind::String => Value::from(element.text.as_str()),
            Kind::Int | Kind::Long => element
                .text
                .trim()
                .parse::<i64>()
                .map(Value::from)
                .map_err(|_| Fault::unreadable(&BadXml::NotANumber(name)))?,
        };
        fields.push((name.to_owned(), value));
    }
    Ok(Fields::new(fields))
}

/// Why a call was not even tried, in the words of ASP.NET.
#[derive(Debug, Clone)]
struct Fault {
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
    fn unknown_action(soap: Soap, action: &str) -> Self {
        Self::sender(match soap {
            Soap::V11 => {
                format!("Server did not recognize the value of HTTP Header SOAPAction: {action}.")
            }
            Soap::V12 => {
                format!("Unable to handle request. The action '{action}' was not recognized.")
            }
        })
    }

    fn unreadable(why: &BadXml) -> Self {
        Self::sender(format!("Server was unable to read request. ---> {why}"))
    }

    /// The envelope is one of the other version.
    fn version_mismatch(soap: Soap, found: &str) -> Self {
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
    fn no_model() -> Self {
        Self {
            code: Code::Receiver,
            reason: "Server was unable to process request. ---> \
                     Object reference not set to an instance of an object."
                .to_owned(),
        }
    }

    fn respond(&self, soap: Soap) -> Response {
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
