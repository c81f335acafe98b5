//! SOAP 1.1, document/literal wrapped, as .NET's ASMX does it.
//!
//! Written and read by events. XML from the service is untrusted: no DTD, no entity but the five of XML itself, a bounded
//! depth, and the 64 KiB that an answer may have at all.

mod answer;
mod envelope;
mod fault;
mod fields;
mod service;
mod xml;

pub(crate) use answer::read;
pub(crate) use service::{Namespace, Service, Style};

/// The namespace of SOAP 1.1's own elements.
const SOAP_NAMESPACE: &str = "http://schemas.xmlsoap.org/soap/envelope/";
