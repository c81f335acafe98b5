use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{Endpoint, FieldKey, Invalid, text};

/// One request, complete and signed: nothing is added on the way but what HTTP itself needs.
pub struct Request {
    method: Method,
    endpoint: Endpoint,
    headers: HeaderMap,
    body: Bytes,
}

impl Request {
    /// A GET without a body.
    #[must_use]
    pub fn get(endpoint: &Endpoint) -> Request {
        Request {
            method: Method::Get,
            endpoint: endpoint.clone(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// A POST of exactly these bytes.
    #[must_use]
    pub fn post(
        endpoint: &Endpoint,
        content_type: ContentType,
        body: impl Into<Vec<u8>>,
    ) -> Request {
        let mut headers = HeaderMap::with_capacity(8);
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(content_type.content_type()),
        );
        let body = Bytes::from(body.into());
        if body.is_empty() {
            // hyper states the length of a body, not that there is none; some servers refuse a POST without it
            // (RFC 9110, sections 8.6 and 15.5.12).
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Request {
            method: Method::Post,
            endpoint: endpoint.clone(),
            headers,
            body,
        }
    }

    /// Adds a header, in place of one of the same name.
    #[must_use]
    pub fn header(mut self, header: &Header) -> Request {
        self.headers
            .insert(header.name.clone(), header.value.clone());
        self
    }

    crate::getters! { self;
        /// The method.
        method: Method = self.method;
        /// Where it goes.
        endpoint: &Endpoint = &self.endpoint;
        /// The bytes of the body. They may hold credentials and personal data: never log them.
        body: &[u8] = &self.body;
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    pub(crate) fn shared_body(&self) -> Bytes {
        self.body.clone()
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("endpoint", &self.endpoint)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// The HTTP methods that payment providers use.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
}

/// What a body is written in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ContentType {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`.
    Json,
    /// `application/json; charset=utf-8`, as ASP.NET's script services want it.
    JsonUtf8,
    /// `text/xml; charset=utf-8`, the content type of SOAP 1.1.
    Xml,
}

impl ContentType {
    fn content_type(self) -> &'static str {
        match self {
            ContentType::Form => "application/x-www-form-urlencoded",
            ContentType::Json => "application/json",
            ContentType::JsonUtf8 => "application/json; charset=utf-8",
            ContentType::Xml => "text/xml; charset=utf-8",
        }
    }
}

const HEADER: FieldKey = FieldKey::new("header", "header");

/// A header that was checked when it was made; cloning it is cheap.
#[derive(Clone)]
pub struct Header {
    name: HeaderName,
    value: HeaderValue,
}

impl Header {
    /// A header with a secret value: it is marked, so that no layer prints it.
    ///
    /// # Errors
    ///
    /// The value has to be visible ASCII without spaces. It is not shown; say with [`Invalid::under`] which one it was.
    pub fn secret(name: &'static str, value: &str) -> Result<Header, Invalid> {
        text::check_secret(HEADER, value)?;
        let mut header = Header::plain(name, value)?;
        header.value.set_sensitive(true);
        Ok(header)
    }

    /// A header that holds no secret.
    ///
    /// # Errors
    ///
    /// If name or value cannot stand in a header.
    pub fn plain(name: &'static str, value: &str) -> Result<Header, Invalid> {
        let wrong = || Invalid::new(HEADER, "cannot be sent as a header");
        let value = HeaderValue::from_str(value).map_err(|_| wrong())?;
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        Ok(Header { name, value })
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Header({}: …)", self.name)
    }
}
