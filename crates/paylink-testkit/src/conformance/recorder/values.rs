//! The values that a request carries, whatever they are written in.

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// Every value of a request's target and body.
pub(in crate::conformance) fn of(target: &str, body: &str) -> Vec<String> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut values: Vec<String> = path.split('/').map(decoded).collect();
    form(query, &mut values);
    match serde_json::from_str(body) {
        Ok(document) => leaves(&document, &mut values),
        Err(_) if body.trim_start().starts_with('<') => xml(body, &mut values),
        Err(_) => form(body, &mut values),
    }
    values
}

fn form(text: &str, values: &mut Vec<String>) {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    for (_, value) in pairs {
        let value = decoded(&value.replace('+', " "));
        nested(&value, values);
        values.push(value);
    }
}

/// The texts between the tags, and every attribute along with its tag.
fn xml(text: &str, values: &mut Vec<String>) {
    for piece in text.split(['<', '>']) {
        let mut value = piece.to_owned();
        for (entity, character) in [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&apos;", "'"),
            ("&amp;", "&"),
        ] {
            value = value.replace(entity, character);
        }
        nested(&value, values);
        values.push(value);
    }
}

fn leaves(document: &Value, values: &mut Vec<String>) {
    match document {
        Value::Null => {}
        Value::Bool(value) => values.push(value.to_string()),
        Value::Number(value) => values.push(value.to_string()),
        Value::String(value) => {
            nested(value, values);
            values.push(value.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(item, values)),
        Value::Object(members) => members.values().for_each(|item| leaves(item, values)),
    }
}

/// A document that was put into a text.
fn nested(text: &str, values: &mut Vec<String>) {
    if text.starts_with(['{', '['])
        && let Ok(document) = serde_json::from_str(text)
    {
        leaves(&document, values);
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::of;

    fn finds(target: &str, body: &str, value: &str) -> bool {
        of(target, body).iter().any(|one| one == value)
    }

    #[test]
    fn values_are_found_in_every_form_and_names_are_not() {
        let value = "کفش & co <1>";
        for (target, body) in [
            ("/a?q=%DA%A9%D9%81%D8%B4+%26%20co%20%3C1%3E", ""),
            ("/a", "q=%DA%A9%D9%81%D8%B4+%26%20co%20%3C1%3E&r=1"),
            ("/a", r#"{"q":[{"r":"\u06a9\u0641\u0634 & co <1>"}]}"#),
            ("/a", r#"{"q":"{\"r\":\"کفش & co <1>\"}"}"#),
            ("/a", "<a><q x='1'>کفش &amp; co &lt;1&gt;</q></a>"),
            ("/a/%DA%A9%D9%81%D8%B4%20%26%20co%20%3C1%3E", ""),
        ] {
            assert!(finds(target, body, value), "{target} {body}");
            assert!(!finds(target, body, "q"), "{target} {body}");
        }
    }

    #[test]
    fn numbers_are_values_and_an_escaped_entity_stays_one() {
        assert!(finds("/", r#"{"amount":250000}"#, "250000"));
        assert!(finds("/", "<a>&amp;lt;</a>", "&lt;"));
    }
}
