//! The journal in forms that other tools read: HAR and `curl`.

use std::time::{Duration, UNIX_EPOCH};

use axum::http::header;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::message::{is_shown, mask, media_type};
use super::{JournalEntry, Parameter, REDACTED};

/// Headers that curl writes by itself.
const OF_CURL: [header::HeaderName; 4] = [
    header::HOST,
    header::CONTENT_LENGTH,
    header::CONNECTION,
    header::USER_AGENT,
];

/// Writes a request as a command for a shell.
pub(super) fn curl(entry: &JournalEntry, origin: &str) -> String {
    let exchange = &entry.exchange;
    let request = &exchange.request;
    let line = entry.request().line;
    let target = line.split_once(' ').map(|(_, target)| target);
    let url = format!("{origin}{}", target.unwrap_or_default());
    // A method may hold marks that a shell carries out.
    let method = request.method.as_str();
    let is_plain = method.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let method = if is_plain {
        method.to_owned()
    } else {
        quoted(method)
    };
    let mut words = vec![format!("curl -X {method} {}", quoted(&url))];
    for (name, value) in &request.headers {
        if OF_CURL.contains(name) || name.as_str().starts_with("sandbox-repeats") {
            continue;
        }
        let mut computed = exchange.computed.iter();
        let word = match computed.find(|(computed, _)| name == computed) {
            Some((_, how)) => [quoted(&format!("{name}: ")), format!("\"{how}\"")].concat(),
            None => {
                let marked = entry.marked(value.to_str().unwrap_or(REDACTED));
                // An unknown header may hold anything; a known secret has become a variable.
                let known = is_shown(name) || marked.starts_with(MARK);
                let value = if known { marked.as_str() } else { REDACTED };
                word(&format!("{name}: {value}"))
            }
        };
        words.push(format!("-H {word}"));
    }
    let body = body(entry);
    if body.is_empty() {
        return words.join(" \\\n  ");
    }
    words.push("--data-binary \"$body\"".to_owned());
    format!("body={}\n{}", word(&body), words.join(" \\\n  "))
}

/// The body, in which credentials are marked variables and what else nobody may see is redacted.
fn body(entry: &JournalEntry) -> String {
    let request = &entry.exchange.request;
    let Ok(text) = str::from_utf8(&request.body) else {
        return entry.request().body;
    };
    let marked = entry.marked(text);
    let shown = |name: &str| entry.shows(name) || is_variable(&marked, name);
    mask::cards(&mask::body(
        media_type(&request.headers),
        marked.as_bytes(),
        &shown,
    ))
}

impl JournalEntry {
    /// Writes credentials as the names of their variables, between two marks.
    fn marked(&self, text: &str) -> String {
        let text = text.replace(MARK, "\u{fffd}");
        self.exchange
            .secrets
            .replaced(&text, |variable| match variable {
                Some(variable) => format!("{MARK}{variable}{MARK}"),
                None => REDACTED.to_owned(),
            })
    }
}

/// Stands around the names of variables, and nowhere else.
const MARK: char = '\u{e000}';

/// Returns whether a field's value is a variable: `name=MARK`, `"name":"MARK` or `<name>MARK`.
fn is_variable(text: &str, name: &str) -> bool {
    let forms = [
        format!("{name}={MARK}"),
        format!("\"{name}\":\"{MARK}"),
        format!("{name}>{MARK}"),
    ];
    forms.iter().any(|form| text.contains(form.as_str()))
}

/// Writes a word of a shell in which the marked variables are read.
fn word(marked: &str) -> String {
    let parts = marked.split(MARK).enumerate();
    let words = parts.map(|(place, part)| match place % 2 {
        0 if part.is_empty() && place > 0 => String::new(),
        0 => quoted(part),
        _ => format!("\"${part}\""),
    });
    words.collect()
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Writes entries as an HTTP archive, version 1.2.
pub(crate) fn har(entries: &[JournalEntry], origin: &str) -> Value {
    let entries: Vec<Value> = entries
        .iter()
        .map(|entry| har_entry(entry, origin))
        .collect();
    json!({"log": {
        "version": "1.2",
        "creator": {"name": "paylink-sandbox", "version": env!("CARGO_PKG_VERSION")},
        "entries": entries,
    }})
}

fn har_entry(entry: &JournalEntry, origin: &str) -> Value {
    let request = entry.request();
    let (method, target) = request.line.split_once(' ').unwrap_or_default();
    let query = target
        .split_once('?')
        .map(|(_, query)| query)
        .unwrap_or_default();
    let query = form_urlencoded::parse(query.as_bytes());
    let query: Vec<Value> = query
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    let took = entry.milliseconds.unwrap_or_default();
    let mut har = json!({
        "startedDateTime": started(entry),
        "time": took,
        "request": {
            "method": method,
            "url": format!("{origin}{target}"),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": headers(&request.headers),
            "queryString": query,
            "headersSize": -1,
            "bodySize": entry.exchange.request.body.len(),
        },
        "response": har_answer(entry),
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
        "comment": entry.fault.map(|fault| format!("fault: {fault}")).unwrap_or_default(),
    });
    if !request.body.is_empty()
        && let Some(Value::Object(members)) = har.get_mut("request")
    {
        let media_type = media_type(&entry.exchange.request.headers);
        let data = json!({"mimeType": media_type, "text": request.body});
        members.insert("postData".to_owned(), data);
    }
    har
}

/// The answer; a connection that was closed instead has the status 0, as browsers write it.
fn har_answer(entry: &JournalEntry) -> Value {
    let (answer, sent) = (entry.answer(), entry.exchange.answer.as_ref());
    let line = answer
        .as_ref()
        .map(|it| it.line.as_str())
        .unwrap_or_default();
    let reason = line
        .split_once(' ')
        .map(|(_, reason)| reason)
        .unwrap_or_default();
    let body = answer
        .as_ref()
        .map(|it| it.body.as_str())
        .unwrap_or_default();
    json!({
        "status": entry.answered.unwrap_or_default(),
        "statusText": reason,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(answer.as_ref().map(|it| it.headers.as_slice()).unwrap_or_default()),
        "content": {
            "size": body.len(),
            "mimeType": sent.map(|it| media_type(&it.headers)).unwrap_or_default(),
            "text": body,
        },
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": body.len(),
    })
}

fn headers(headers: &[Parameter]) -> Vec<Value> {
    let each = headers.iter();
    each.map(|it| json!({"name": it.name, "value": it.value}))
        .collect()
}

/// The time at which it came, to the millisecond.
fn started(entry: &JournalEntry) -> String {
    let since = entry
        .at
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    let milliseconds = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    let at = Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX);
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
