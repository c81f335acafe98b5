use std::io;

use paylink_core::Invalid;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::SOAP_NAMESPACE;
use super::service::Style;
use crate::method::MODEL;
use crate::parameters::{Parameters, REQUEST, Value};

/// Writes a call: the method's element in the service's namespace, each parameter an element of its own.
pub(super) fn write(
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
                .with_attribute(("xmlns:soap", SOAP_NAMESPACE))
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
            Value::Text(text) => text.as_ref(),
            Value::Number(value) => {
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
