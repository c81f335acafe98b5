use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::sizpay::media_type::MediaType;

/// A version of SOAP, as the media type chooses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Soap {
    V11,
    V12,
}

impl Soap {
    pub(super) fn of(media_type: MediaType<'_>) -> Option<Self> {
        [Self::V11, Self::V12]
            .into_iter()
            .find(|soap| media_type.is(soap.media_type()))
    }

    /// The namespace of the envelope.
    pub(super) fn namespace(self) -> &'static str {
        match self {
            Self::V11 => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::V12 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }

    /// Returns the SOAP action: version 1.1 has a header for it, 1.2 an optional parameter of the
    /// media type.
    pub(super) fn action(self, headers: &HeaderMap) -> Option<&str> {
        match self {
            Self::V11 => {
                let value = headers.get("soapaction");
                let text = value.and_then(|value| value.to_str().ok());
                Some(text.unwrap_or_default().trim().trim_matches('"'))
            }
            Self::V12 => MediaType::of(headers).parameter("action"),
        }
    }

    /// Answers with an envelope around `body`.
    pub(super) fn respond(self, status: StatusCode, body: &str) -> Response {
        let envelope = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
             <soap:Envelope xmlns:soap=\"{}\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">\
             <soap:Body>{body}</soap:Body></soap:Envelope>",
            self.namespace()
        );
        let content_type = format!("{}; charset=utf-8", self.media_type());
        (status, [(header::CONTENT_TYPE, content_type)], envelope).into_response()
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::V11 => "text/xml",
            Self::V12 => "application/soap+xml",
        }
    }
}
