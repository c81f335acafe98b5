//! Answers as the content of a SOAP body.

use quick_xml::escape::escape;

use super::method::{MODEL_OUT, Method};
use crate::sizpay::answer::{Answer, Value};
use crate::sizpay::json::{self, JsonAnswer};
use crate::sizpay::settings::{AnswerShape, Settings};

/// Writes `…Response` in the chosen shape.
pub(super) fn answer(method: Method, answer: &Answer, settings: &Settings) -> String {
    let name = method.name();
    let result = format!("{name}Result");
    let content = match settings.answer_shape {
        AnswerShape::OutParameters if method.takes_model() => element(MODEL_OUT, &values(answer)),
        AnswerShape::OutParameters => values(answer),
        AnswerShape::TypedResult => element(&result, &values(answer)),
        AnswerShape::JsonResult => {
            let text = json::text(&JsonAnswer::new(answer, settings.json));
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
            Value::List(list) => element(name, &escape(json::text(list))),
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
