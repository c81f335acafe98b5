use paylink_core::{BaseUrl, Endpoint, Header, Invalid, Media, Request};

use super::envelope;
use crate::descriptor::{NAMESPACE, SOAP_NAMESPACE};
use crate::method::AsmxMethod;
use crate::parameters::Parameters;

/// The ASMX service as SOAP sees it.
pub(crate) struct Service {
    place: Endpoint,
    namespace: String,
    style: Style,
    send: Header,
    pay_status: Header,
}

/// The namespace of the service's elements: it can stand in a header and in an attribute.
pub(crate) struct Namespace(String);

/// How a method takes its parameters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Style {
    /// One by one: the `…Soap` methods.
    Plain,
    /// In one model: the `…Rest` methods.
    Model,
}

impl Service {
    pub(crate) fn new(
        base_url: &BaseUrl,
        namespace: Namespace,
        style: Style,
    ) -> Result<Service, Invalid> {
        let Namespace(namespace) = namespace;
        let action = |method| {
            // ASMX puts a slash between namespace and method, unless there is one.
            let slash = if namespace.ends_with('/') { "" } else { "/" };
            let action = format!("\"{namespace}{slash}{}\"", name(style, method));
            Header::plain("soapaction", &action)
        };
        Ok(Service {
            place: base_url.itself(),
            style,
            send: action(AsmxMethod::Send)?,
            pay_status: action(AsmxMethod::PayStatus)?,
            namespace,
        })
    }

    /// A call of this method.
    pub(crate) fn request(
        &self,
        method: AsmxMethod,
        parameters: &Parameters<'_>,
    ) -> Result<Request, Invalid> {
        let body = envelope::write(&self.namespace, self.name(method), self.style, parameters)?;
        let action = match method {
            AsmxMethod::Send => &self.send,
            AsmxMethod::PayStatus => &self.pay_status,
        };
        Ok(Request::post(&self.place, Media::Xml, body).header(action))
    }

    /// The method's name in the chosen style.
    pub(super) fn name(&self, method: AsmxMethod) -> &'static str {
        name(self.style, method)
    }
}

fn name(style: Style, method: AsmxMethod) -> &'static str {
    match style {
        Style::Plain => method.plain(),
        Style::Model => method.with_model(),
    }
}

impl Namespace {
    pub(crate) fn parse(text: &str) -> Result<Namespace, Invalid> {
        let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'<' | b'>' | b'&');
        if text.is_empty() || !text.bytes().all(plain) {
            return Err(Invalid::new(SOAP_NAMESPACE, "is not one")
                .value(text)
                .remedy(format!(
                    "take the targetNamespace of the service's WSDL, such as {NAMESPACE}"
                )));
        }
        Ok(Namespace(text.to_owned()))
    }
}
