use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use quick_xml::escape::escape;

use super::method::{MODEL_OUT, Method};
use crate::headers::MediaType;
use crate::sizpay::answer::{self, Answer, JsonAnswer, Value};
use crate::sizpay::merchant::{AnswerShape, Settings};

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

/// Writes `…Response` in the chosen shape.
pub(super) fn answer(method: &Method, answer: &Answer, settings: &Settings) -> String {
    let name = method.name;
    let result = format!("{name}Result");
    let content = match settings.answer_shape {
        AnswerShape::OutParameters if method.takes_model => element(MODEL_OUT, &values(answer)),
        AnswerShape::OutParameters => values(answer),
        AnswerShape::TypedResult => element(&result, &values(answer)),
        AnswerShape::JsonResult => {
            let text = answer::text(&JsonAnswer::new(answer, settings));
            element(&result, &escape(text))
        }
    };
    let namespace = escape(settings.namespace.as_str());
    format!("<{name}Response xmlns=\"{namespace}\">{content}</{name}Response>")
}

fn values(answer: &Answer) -> String {
    let values = answer.values().iter();
    values
        .map(|(name, value)| match value {
            Value::Code(code) => element(name, &code.to_string()),
            Value::Integer(number) => element(name, &number.to_string()),
            Value::Text(text) => element(name, &escape(text.as_str())),
            Value::List(list) => element(name, &escape(answer::text(list))),
        })
        .collect()
}

fn element(name: &str, content: &str) -> String {
    if content.is_empty() {
        format!("<{name} />")
    } else {
        format!("<{name}>{content}</{name}>")
    }
}
