//! SOAP 1.1, document/literal wrapped, as .NET's ASMX does it.
//!
//! Written and read by events. XML from the service is untrusted: no DTD, no entity but the five of XML itself, a bounded
//! depth, and the 64 KiB that an answer may have at all.

mod xml;

use std::convert::Infallible;
use std::io;

use paylink_core::json::{FromJson, Wire};
use paylink_core::{
    BaseUrl, ContentType, DecodeError, Endpoint, Header, Invalid, Request, Response, Untrusted,
};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::answer::{Contents, Value, without_stack_trace};
use crate::config::{AsmxMethod, MODEL, Method, Parameter, Parameters, REQUEST, SizPayConfig};
use crate::descriptor::{NAMESPACE, SOAP_NAMESPACE};
use crate::fields::{AnswerField, Field, LinkField, whole};
use crate::{answer, codes};

use xml::{Element, Space};

/// The namespace of SOAP 1.1's own elements.
const ENVELOPE_NAMESPACE: &str = "http://schemas.xmlsoap.org/soap/envelope/";

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

impl Namespace {
    pub(crate) fn parse(text: &str) -> Result<Namespace, Invalid> {
        let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'<' | b'>' | b'&');
        if text.is_empty() || !text.bytes().all(plain) {
            return Err(Invalid::new(SOAP_NAMESPACE, "is not one")
                .with_value(text)
                .with_remedy(format!(
                    "take the targetNamespace of the service's WSDL, such as {NAMESPACE}"
                )));
        }
        Ok(Namespace(text.to_owned()))
    }
}

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
            place: base_url.to_endpoint(),
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
        let body = write_envelope(&self.namespace, self.name(method), self.style, parameters)?;
        let action = match method {
            AsmxMethod::Send => &self.send,
            AsmxMethod::PayStatus => &self.pay_status,
        };
        Ok(Request::post(&self.place, ContentType::Xml, body).header(action))
    }

    /// The method's name in the chosen style.
    fn name(&self, method: AsmxMethod) -> &'static str {
        name(self.style, method)
    }
}

fn name(style: Style, method: AsmxMethod) -> &'static str {
    match style {
        Style::Plain => method.plain(),
        Style::Model => method.with_model(),
    }
}

/// Writes a call: the method's element in the service's namespace, each parameter an element of its own.
fn write_envelope(
    namespace: &str,
    method: &'static str,
    style: Style,
    parameters: &Parameters<'_>,
) -> Result<Vec<u8>, Invalid> {
    let mut writer = Writer::new(Vec::with_capacity(1024));
    let written = writer
        .write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))
        .and_then(|()| {
            writer
                .create_element("soap:Envelope")
                .with_attribute(("xmlns:soap", ENVELOPE_NAMESPACE))
                .write_inner_content(|writer| {
                    inside(writer, "soap:Body", |writer| {
                        let call = writer
                            .create_element(method)
                            .with_attribute(("xmlns", namespace));
                        call.write_inner_content(|writer| match style {
                            Style::Plain => elements(writer, parameters),
                            Style::Model => {
                                inside(writer, MODEL, |writer| elements(writer, parameters))
                            }
                        })?;
                        Ok(())
                    })
                })?;
            Ok(())
        });
    match written {
        Ok(()) => Ok(writer.into_inner()),
        Err(_) => Err(Invalid::new(REQUEST, "cannot be written as XML")),
    }
}

fn inside(
    writer: &mut Writer<Vec<u8>>,
    name: &'static str,
    content: impl FnOnce(&mut Writer<Vec<u8>>) -> io::Result<()>,
) -> io::Result<()> {
    writer.create_element(name).write_inner_content(content)?;
    Ok(())
}

fn elements(writer: &mut Writer<Vec<u8>>, parameters: &Parameters<'_>) -> io::Result<()> {
    for (name, value) in parameters.iter() {
        let number;
        let text = match value {
            Parameter::Text(text) => text.as_ref(),
            Parameter::Number(value) => {
                number = value.to_string();
                &number
            }
        };
        writer
            .create_element(name)
            .write_text_content(BytesText::new(text))?;
    }
    Ok(())
}

/// Reads an answer in any of the three forms it may have, none of which the document shows: parameters side by side, a
/// typed element, or JSON text in the result. All three are readings.
pub(crate) fn read(
    config: &SizPayConfig,
    response: Response<'_>,
    method: Method,
) -> Result<Contents, DecodeError> {
    let content = content(xml::read(response.text())?)?;
    if content.is_soap_s("Fault") {
        return Err(fault_rejection(config, content));
    }
    let asked = config.soap().zip(AsmxMethod::of(method));
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
        (Wire::Absent, Some(text)) if contents.is_empty() && strays == 0 => {
            Ok(answer::bare(&text)?)
        }
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

/// What the elements of an answer hold, wherever they lie: so parameters side by side and a typed element around them are
/// read alike.
#[derive(Default)]
struct Leaves {
    contents: Contents,
    /// JSON text in an element that is none of an answer's fields, a result say.
    json: Option<String>,
    /// How many other elements hold no others.
    strays: usize,
}

impl Leaves {
    /// Takes an element apart. A name that comes twice is refused: which of the two counts is anybody's guess.
    fn of(answer: Element) -> Result<Leaves, Untrusted> {
        let mut leaves = Leaves::default();
        let mut inner = answer.children;
        while let Some(element) = inner.pop() {
            match AnswerField::named(&element.name) {
                Some(field) if field != AnswerField::Wrapped => {
                    let Ok(()) = leaves.contents.hear(field, &element);
                }
                _ => leaves.hear(&element)?,
            }
            inner.extend(element.children);
        }
        leaves.contents.each_once()?;
        Ok(leaves)
    }

    /// Takes in what is none of an answer's fields.
    fn hear(&mut self, element: &Element) -> Result<(), Untrusted> {
        let text = element.text.trim();
        let about = LinkField::named(&element.name);
        if matches!(about, Some(LinkField::SendId | LinkField::Url)) {
            self.contents.strays |= !text.bytes().all(|byte| byte == b'0');
        }
        if text.starts_with(['{', '[']) {
            if self.json.is_some() {
                return Err(Untrusted::new("the answer holds two JSON texts"));
            }
            self.json = Some(element.text.clone());
        } else if element.children.is_empty() {
            self.strays += 1;
        }
        Ok(())
    }
}

impl<'de> Value<'de> for &Element {
    type Error = Infallible;

    fn read<T: FromJson<'de>>(self) -> Result<Wire<T>, Infallible> {
        Ok(wire(self, T::from_text))
    }

    fn read_number(self) -> Result<Wire<u64>, Infallible> {
        Ok(wire(self, |text| whole(text)?.try_into().ok()))
    }
}

/// A field as it came; what XML says and JSON says are told apart in the same words.
fn wire<T>(element: &Element, read: impl FnOnce(&str) -> Option<T>) -> Wire<T> {
    let is_empty = element.children.is_empty() && element.text.trim().is_empty();
    if element.is_nil && is_empty {
        Wire::Null
    } else if element.is_nil {
        Wire::Wrong("nil and a value")
    } else if !element.children.is_empty() {
        Wire::Wrong("elements")
    } else {
        read(&element.text).map_or(Wire::Wrong("text"), Wire::Is)
    }
}

/// What ASMX says, among else, to a `SOAPAction` in a namespace that is not its own.
const UNKNOWN_ACTION: &str = "did not recognize the value of HTTP Header SOAPAction";

/// What a SOAP fault amounts to (SOAP 1.1, section 4.4.1).
///
/// `Client`, `VersionMismatch` and `MustUnderstand` say that the request was not processed: a refusal. `Server` says that
/// processing failed, and ASMX says it of every exception, also of one after the SMS: that proves nothing. Neither does a
/// fault that says two things.
fn fault_rejection(config: &SizPayConfig, fault: Element) -> DecodeError {
    read_fault(config, fault).unwrap_or_else(DecodeError::from)
}

fn read_fault(config: &SizPayConfig, fault: Element) -> Result<DecodeError, Untrusted> {
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
            refusal = refusal.with_remedy(
                "the SOAP namespace is another one: set it with .soap_namespace(…) to the targetNamespace of the WSDL",
            );
        }
        refusal = refusal.with_message(&config.without_keys(said));
    }
    if known == codes::SERVER_FAULT {
        return Ok(DecodeError::ProviderFailure(Box::new(refusal)));
    }
    let beside = Leaves::of(fault)?.contents;
    if !beside.is_empty() || beside.strays {
        return Err(Untrusted::new(
            "the SOAP fault holds fields of an answer, and contradicts itself",
        ));
    }
    Ok(DecodeError::Refused(Box::new(refusal)))
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
