//! A raw HTTP/1.1 client: one connection per request, and every byte of the answer.

use std::time::Duration;

use paylink_sandbox::{JournalEntry, Sandbox};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// An answer as it came over the socket.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// A name and a value in a form.
pub(crate) type Param<'a> = (&'a str, &'a str);

pub(crate) const FORM: Param<'_> = ("content-type", "application/x-www-form-urlencoded");
pub(crate) const JSON: Param<'_> = ("content-type", "application/json");

/// Writes a form.
pub(crate) fn form(params: &[Param<'_>]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(params);
    form.finish()
}

/// Parameters with some of them different, and more.
pub(crate) fn with<'a>(mut params: Vec<Param<'a>>, different: &[Param<'a>]) -> Vec<Param<'a>> {
    for (name, value) in different {
        match params.iter_mut().find(|(given, _)| given == name) {
            Some(param) => param.1 = value,
            None => params.push((name, value)),
        }
    }
    params
}

/// Opens a path or a whole address of the sandbox.
pub(crate) async fn get(sandbox: &Sandbox, address: &str) -> Reply {
    let path = address.strip_prefix(sandbox.url()).unwrap_or(address);
    send(sandbox.url(), "GET", path, &[], b"").await
}

/// Reads what the sandbox's API has at a path.
pub(crate) async fn get_json(sandbox: &Sandbox, path: &str) -> Value {
    let reply = get(sandbox, path).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

pub(crate) async fn post_json(sandbox: &Sandbox, path: &str, body: &Value) -> Reply {
    let body = body.to_string();
    send(sandbox.url(), "POST", path, &[JSON], body.as_bytes()).await
}

/// Posts what succeeds, and returns the answer.
pub(crate) async fn answer_to(sandbox: &Sandbox, path: &str, body: &Value) -> Value {
    let reply = post_json(sandbox, path, body).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

/// Posts what must be answered with this status.
pub(crate) async fn posted(sandbox: &Sandbox, path: &str, body: &Value, status: u16) {
    let reply = post_json(sandbox, path, body).await;
    assert_eq!(reply.status, status, "{path} {body}");
}

/// The described routes of one provider, each below its name, in the order of their methods.
pub(crate) async fn routes_of(sandbox: &Sandbox, provider: &str) -> Vec<String> {
    let document = get_json(sandbox, "/_sandbox/openapi.json").await;
    let own = format!("/_sandbox/{provider}/");
    let mut routes = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let Some(path) = path.strip_prefix(&own) else {
            continue;
        };
        let methods = methods.as_object().unwrap().keys();
        routes.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    routes.sort();
    routes
}

/// Holds the settings of one provider to their values at the beginning, changes each to another value, and expects that
/// what is unusable changes nothing.
pub(crate) async fn change_settings(
    sandbox: &Sandbox,
    provider: &str,
    settings: &[(&str, Value, Value)],
    unusable: &[Value],
) {
    let path = format!("/_sandbox/{provider}/settings");
    let at_first = settings
        .iter()
        .map(|(name, value, _)| ((*name).to_owned(), value.clone()));
    let mut expected = Value::Object(at_first.collect());
    assert_eq!(get_json(sandbox, &path).await, expected);
    for (name, _, other) in settings {
        expected[*name] = other.clone();
        let changed = post_json(sandbox, &path, &json!({ *name: other })).await;
        assert_eq!(changed.json(), expected, "{name}");
    }
    for body in unusable {
        posted(sandbox, &path, body, 422).await;
    }
    assert_eq!(get_json(sandbox, &path).await, expected);
}

/// A text that tries to be more than text.
pub(crate) const ATTACK: &str =
    "\"><script>alert(1)</script><img src=x onerror=alert(1)>javascript:alert(1)\u{202e}evil";

/// Opens a page in English.
pub(crate) async fn english(sandbox: &Sandbox, address: &str) -> Reply {
    let mark = if address.contains('?') { '&' } else { '?' };
    let page = get(sandbox, &format!("{address}{mark}lang=en")).await;
    page.shows(r#"<html lang="en" dir="ltr">"#);
    let cookie = "paylink_sandbox_lang=en; Path=/; SameSite=Lax; HttpOnly";
    assert_eq!(page.header("set-cookie"), Some(cookie));
    page
}

/// Tries a failure of a page in English, as somebody whose browser has kept the language.
pub(crate) async fn fail(sandbox: &Sandbox, path: &str, fields: &str) -> Reply {
    let cookie = ("cookie", "paylink_sandbox_lang=en");
    send(
        sandbox.url(),
        "POST",
        path,
        &[FORM, cookie],
        fields.as_bytes(),
    )
    .await
}

/// Submits a form of a page.
pub(crate) async fn post_form(sandbox: &Sandbox, path: &str, body: &str) -> Reply {
    send(sandbox.url(), "POST", path, &[FORM], body.as_bytes()).await
}

pub(crate) async fn delete(sandbox: &Sandbox, path: &str) {
    let reply = send(sandbox.url(), "DELETE", path, &[], b"").await;
    assert_eq!(reply.status, 204, "{reply:?}");
}

/// Sends one request and reads until the server closes.
pub(crate) async fn send(
    origin: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Reply {
    let raw = exchange(origin, method, path, headers, body).await;
    parse(raw)
}

/// Sends one request and returns whatever bytes came back, none included.
pub(crate) async fn exchange(
    origin: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Vec<u8> {
    let authority = origin.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(authority).await.unwrap();
    let mut head =
        format!("{method} {path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    stream.write_all(head.as_bytes()).await.unwrap();
    // A server that has seen enough may close before the last byte.
    let _ = stream.write_all(body).await;
    let mut raw = Vec::new();
    let reading = stream.read_to_end(&mut raw);
    let _ = timeout(Duration::from_secs(30), reading)
        .await
        .expect("the server closes");
    raw
}

pub(crate) fn parse(raw: Vec<u8>) -> Reply {
    let text = String::from_utf8(raw).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").expect("an answer with a head");
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let headers = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    Reply {
        status: status.unwrap().parse().unwrap(),
        headers: headers.collect(),
        body: body.to_owned(),
    }
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Where it redirects to.
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, 303, "{self:?}");
        self.header("location").unwrap()
    }

    /// Asserts that this stands in the body.
    pub(crate) fn shows(&self, text: &str) {
        assert!(self.body.contains(text), "{text}: {}", self.body);
    }

    /// Asserts that this does not stand in the body.
    pub(crate) fn hides(&self, text: &str) {
        assert!(!self.body.contains(text), "{text}: {}", self.body);
    }

    /// Asserts that a page fetches nothing, whatever texts stand in it.
    pub(crate) fn fetches_nothing(&self) {
        // The scripts of all pages and of the dashboard are the last on them.
        let (body, scripts) = self.body.split_once("<script>").unwrap();
        let known = [
            include_str!("../../templates/page.js"),
            include_str!("../../templates/dashboard.js"),
        ];
        for (script, known) in scripts.split("<script>").zip(known) {
            assert_eq!(script.split_once("</script>").unwrap().0, known);
        }
        assert!(scripts.matches("<script").count() < known.len());
        let body = body.replace("img src=x", "");
        for fetching in "<link <script <img src= url( @import style=".split(' ') {
            assert!(!body.contains(fetching), "{fetching}: {body}");
        }
        let languages = [
            r#"<html lang="fa" dir="rtl">"#,
            r#"<html lang="en" dir="ltr">"#,
        ];
        assert!(languages.iter().any(|it| body.contains(it)), "{body}");
        let policy = self.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    }

    /// Asserts that what others typed is text, on a page that fetches nothing.
    pub(crate) fn is_inert(&self) {
        self.fetches_nothing();
        let (_, content) = self.body.split_once("</style>").unwrap();
        let (content, _) = content.split_once("\n<script>").unwrap();
        for active in ["<img", "<script", "\u{202e}", "\"javascript:"] {
            assert!(!content.contains(active), "{active}: {content}");
        }
    }

    /// What a person sees: the page without its style and its script.
    pub(crate) fn content(&self) -> &str {
        let (_, content) = self.body.split_once("</style>").unwrap();
        let (content, _) = content.split_once("<p class=\"said\"").unwrap();
        content
    }

    pub(crate) fn json(&self) -> Value {
        let media_type = self.header("content-type");
        assert_eq!(media_type, Some("application/json"), "{self:?}");
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Lists names and values of a noted request, in order.
pub(crate) fn noted(entry: &JournalEntry) -> Vec<Param<'_>> {
    let parameters = entry.parameters.iter();
    parameters
        .map(|it| (it.name.as_str(), it.value.as_str()))
        .collect()
}

/// Lists the kinds of what has happened to a payment, as the API shows it.
pub(crate) fn kinds(payment: &Value) -> Vec<&Value> {
    let history = payment["history"].as_array().unwrap();
    history.iter().map(|event| &event["kind"]).collect()
}

/// Waits until something has happened.
pub(crate) async fn eventually(happened: impl Fn() -> bool) {
    for _ in 0..1000 {
        if happened() {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not happen");
}

/// Picks fields of an object, in this order.
pub(crate) fn of(object: &Value, names: &[&str]) -> Value {
    names.iter().map(|name| object[name].clone()).collect()
}
