//! Leaves what nobody may see out of bodies.

use quick_xml::escape::escape;
use quick_xml::events::Event;
use quick_xml::{Reader, Writer};
use serde_json::Value;

use super::REDACTED;
use crate::luhn::passes_luhn;

/// Characters shown of a body.
const LONGEST: usize = 16 * 1024;

/// Shows a body by its media type; `shown` says of which fields the values may be seen.
pub(crate) fn body(media_type: &str, body: &[u8], shown: &dyn Fn(&str) -> bool) -> String {
    let unreadable = || format!("[{} bytes that cannot be read]", body.len());
    if body.is_empty() {
        return String::new();
    }
    let Ok(text) = str::from_utf8(body) else {
        return unreadable();
    };
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let written = match essence.to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => Some(form(text, shown)),
        "application/json" => json(text, shown),
        "text/xml" | "application/soap+xml" => xml(text, shown),
        "text/html" | "text/plain" => Some(text.to_owned()),
        _ => None,
    };
    let written = written.unwrap_or_else(unreadable);
    match written.char_indices().nth(LONGEST) {
        Some((end, _)) => written.get(..end).unwrap_or_default().to_owned() + "…",
        None => written,
    }
}

/// Shows a form or a query.
pub(crate) fn form(text: &str, shown: &dyn Fn(&str) -> bool) -> String {
    let pairs = text.split('&').map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decoded = form_urlencoded::parse(name.as_bytes()).next();
        let decoded = decoded
            .map(|(name, _)| name.into_owned())
            .unwrap_or_default();
        match pair.contains('=') {
            true if value.is_empty() || shown(&decoded) => pair.to_owned(),
            true => format!("{name}={REDACTED}"),
            false if shown(&decoded) || pair.is_empty() => pair.to_owned(),
            false => REDACTED.to_owned(),
        }
    });
    pairs.collect::<Vec<_>>().join("&")
}

fn json(text: &str, shown: &dyn Fn(&str) -> bool) -> Option<String> {
    let mut value: Value = serde_json::from_str(text).ok()?;
    let changed = redact(&mut value, None, shown);
    // What is not changed is shown as it was written.
    Some(if changed {
        value.to_string()
    } else {
        text.to_owned()
    })
}

/// Redacts what stands under a name that is not shown, and returns whether anything does.
fn redact(value: &mut Value, name: Option<&str>, shown: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::Object(members) => {
            let each = members.iter_mut();
            each.fold(false, |changed, (name, value)| {
                redact(value, Some(name), shown) | changed
            })
        }
        Value::Array(values) => values
            .iter_mut()
            .fold(false, |changed, value| redact(value, name, shown) | changed),
        Value::Null => false,
        other if name.is_some_and(shown) => {
            let _ = other;
            false
        }
        other => {
            *other = REDACTED.into();
            true
        }
    }
}

fn xml(text: &str, shown: &dyn Fn(&str) -> bool) -> Option<String> {
    let mut reader = Reader::from_str(text);
    let mut writer = Writer::new(Vec::new());
    let mut names: Vec<String> = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Eof => break,
            Event::Start(start) => {
                let name = start.local_name();
                names.push(name.as_ref().to_owned());
                writer.write_event(Event::Start(start)).ok()?;
            }
            Event::End(end) => {
                names.pop();
                writer.write_event(Event::End(end)).ok()?;
            }
            Event::Text(written) => {
                let is_blank = written.trim_ascii().is_empty();
                if is_blank || names.last().is_some_and(|name| shown(name)) {
                    writer.write_event(Event::Text(written)).ok()?;
                } else {
                    writer
                        .get_mut()
                        .extend_from_slice(escape(REDACTED).as_bytes());
                }
            }
            Event::GeneralRef(reference) => {
                if names.last().is_some_and(|name| shown(name)) {
                    writer.write_event(Event::GeneralRef(reference)).ok()?;
                }
            }
            Event::CData(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {
                writer.get_mut().extend_from_slice(REDACTED.as_bytes());
            }
            other => writer.write_event(other).ok()?,
        }
    }
    String::from_utf8(writer.into_inner()).ok()
}

/// Shows six and four digits of what may be a card number: sixteen digits that pass its check.
pub(crate) fn cards(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|letter: char| !letter.is_ascii_digit());
        let (digits, after) = from.split_at(end.unwrap_or(from.len()));
        written.push_str(before);
        match (digits.get(..6), digits.get(12..)) {
            (Some(head), Some(tail)) if digits.len() == 16 && passes_luhn(digits) => {
                written.push_str(head);
                written.push_str("XXXXXX");
                written.push_str(tail);
            }
            _ => written.push_str(digits),
        }
        rest = after;
    }
    written.push_str(rest);
    written
}

/// Returns the first value of a field in JSON or XML, if it is an identifier other than 0.
pub(crate) fn value_of(body: &[u8], name: &str) -> Option<String> {
    let text = str::from_utf8(body).ok()?;
    let json = format!("\"{name}\":");
    let xml = format!("<{name}>");
    let place = |marks: &str| text.find(marks)?.checked_add(marks.len());
    let after = text.get(place(&json).or_else(|| place(&xml))?..)?;
    let after = after.trim_start().trim_start_matches('"');
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let end = after.find(|letter: char| !is_part(letter));
    let value = after.get(..end.unwrap_or(after.len()))?;
    (!matches!(value, "" | "0" | "null")).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(media_type: &str, text: &str) -> String {
        body(media_type, text.as_bytes(), &|name| name == "a")
    }

    #[test]
    fn each_form_of_body_is_shown_without_what_is_not_known() {
        let soap = "<x:E xmlns:x=\"u\"><a>1 &amp; 2</a><b>3 &amp; 4</b><!--5--></x:E>";
        let soap_masked =
            "<x:E xmlns:x=\"u\"><a>1 &amp; 2</a><b>[redacted][redacted]</b>[redacted]</x:E>";
        for (media_type, text, shown) in [
            (
                "application/x-www-form-urlencoded",
                "a=1%20&b=2&c=&d",
                "a=1%20&b=[redacted]&c=&[redacted]",
            ),
            (
                "application/json; charset=utf-8",
                r#"{"a": 1}"#,
                r#"{"a": 1}"#,
            ),
            (
                "application/json",
                r#"{"a":[1],"b":[2,{"a":3}],"c":null}"#,
                r#"{"a":[1],"b":["[redacted]",{"a":3}],"c":null}"#,
            ),
            ("application/json", r#""secret""#, r#""[redacted]""#),
            (
                "application/json",
                "secret",
                "[6 bytes that cannot be read]",
            ),
            ("text/xml", soap, soap_masked),
            ("image/png", "secret", "[6 bytes that cannot be read]"),
            ("", "", ""),
        ] {
            assert_eq!(masked(media_type, text), shown, "{media_type}");
        }
    }

    #[test]
    fn six_and_four_digits_of_a_card_are_shown() {
        for (text, shown) in [
            ("6219861000000017", "621986XXXXXX0017"),
            ("to 6219861000000017, ok", "to 621986XXXXXX0017, ok"),
            ("6219861000000018 is none", "6219861000000018 is none"),
            ("62198610000000170", "62198610000000170"),
            ("", ""),
        ] {
            assert_eq!(cards(text), shown);
        }
    }
}
