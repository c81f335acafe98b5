//! The wire between a provider under test and its server: everything on it is recorded, and some of it goes wrong.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fmt, io};

use percent_encoding::percent_decode_str;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet, yield_now};
use url::Url;

use crate::request::{head_length, request_length};

/// Something that goes wrong with one request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// The request is read whole and the connection closed: the server never sees it.
    LostRequest,
    /// The server answers, and the connection is closed before a byte of the answer.
    LostAnswer,
    /// The server answers, and a page of HTML comes in place of its answer, with status 200.
    PageInstead,
}

/// Stands on loopback between a provider and its server, and keeps every request.
///
/// A [`Subject`](super::Subject) gives its provider addresses that lead [`through`](Recorder::through) it. What is
/// counted is what was on the wire, and not what anybody says of it.
///
/// Each request goes out on a connection of its own, with `connection: close`; nothing else is changed.
pub struct Recorder {
    ledger: Arc<Ledger>,
    doors: Mutex<Vec<Door>>,
    is_shut: bool,
}

impl Recorder {
    /// One that forwards.
    #[must_use]
    pub fn new() -> Recorder {
        Recorder {
            ledger: Arc::default(),
            doors: Mutex::default(),
            is_shut: false,
        }
    }

    /// One at which every connection is refused.
    #[must_use]
    pub fn shut() -> Recorder {
        Recorder {
            is_shut: true,
            ..Recorder::new()
        }
    }

    /// The address that leads to this one through the recorder: the path stays, host and port change.
    ///
    /// Addresses on one host and port share a door, and may be asked for again.
    ///
    /// # Errors
    ///
    /// If it is not a plain `http` URL, or the system gives no port.
    pub fn through(&self, upstream: &str) -> io::Result<String> {
        let mut url = Url::parse(upstream).map_err(io::Error::other)?;
        if url.scheme() != "http" {
            return Err(io::Error::other("the recorder forwards plain http alone"));
        }
        let target = (
            url.host_str().unwrap_or_default().to_owned(),
            url.port_or_known_default().unwrap_or(80),
        );
        let address = self.door(target)?;
        url.set_ip_host(address.ip())
            .and_then(|()| url.set_port(Some(address.port())))
            .map_err(|()| io::Error::other("the URL cannot lead to another host"))?;
        Ok(url.into())
    }

    /// Every request so far, in the order in which they came.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.ledger.requests()
    }

    /// How many requests came so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.ledger.count()
    }

    /// Lets this happen to the `nth` request from now on; 1 is the next one.
    pub fn trouble(&self, nth: usize, trouble: Trouble) {
        self.ledger.plan(nth, trouble);
    }

    /// Forgets the troubles that did not happen yet.
    pub fn recover(&self) {
        self.ledger.recover();
    }

    fn door(&self, target: (String, u16)) -> io::Result<SocketAddr> {
        let mut doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = doors.iter().find(|door| door.target == target) {
            return Ok(known.address);
        }
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let address = socket.local_addr()?;
        let state = if self.is_shut {
            // Bound and not listening: the system refuses each connection, and gives the port to nobody else.
            State::Shut { _port: socket }
        } else {
            let listener = socket.listen(64)?;
            let accepting = accept(listener, target.clone(), Arc::clone(&self.ledger));
            State::Open(tokio::spawn(accepting))
        };
        doors.push(Door {
            target,
            address,
            state,
        });
        Ok(address)
    }
}

impl Default for Recorder {
    fn default() -> Recorder {
        Recorder::new()
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("count", &self.count())
            .field("is_shut", &self.is_shut)
            .finish_non_exhaustive()
    }
}

/// A port of the recorder's that leads to one server.
struct Door {
    target: (String, u16),
    address: SocketAddr,
    state: State,
}

enum State {
    Open(JoinHandle<()>),
    Shut { _port: TcpSocket },
}

impl Drop for Door {
    fn drop(&mut self) {
        if let State::Open(accepting) = &self.state {
            accepting.abort();
        }
    }
}

/// One request as it was on the wire.
///
/// `Debug` shows the request line without its query alone: the rest holds credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct Recorded {
    head: String,
    body: Vec<u8>,
}

impl Recorded {
    fn new(bytes: &[u8]) -> Recorded {
        let end = head_length(bytes).unwrap_or(bytes.len());
        let (head, body) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
        Recorded {
            head: String::from_utf8_lossy(head).trim_end().to_owned(),
            body: body.to_vec(),
        }
    }

    /// The request line and the headers.
    #[must_use]
    pub fn head(&self) -> &str {
        &self.head
    }

    /// The request line: method, target and version.
    #[must_use]
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    /// The body as it was sent.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Whether it asks for the same thing as the other: the line and the body are equal to the byte.
    #[must_use]
    pub fn repeats(&self, other: &Recorded) -> bool {
        self.line() == other.line() && self.body == other.body
    }

    /// Every value in query and body, decoded: of a form, of JSON (and of JSON within JSON) or of XML.
    #[must_use]
    pub fn values(&self) -> Vec<String> {
        values_of(self.target(), &String::from_utf8_lossy(&self.body))
    }

    /// Whether one of its values holds this text.
    #[must_use]
    pub fn mentions(&self, text: &str) -> bool {
        self.values().iter().any(|value| value.contains(text))
    }

    /// Whether one of its values is this text.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        self.values().iter().any(|value| value == text)
    }

    fn target(&self) -> &str {
        self.line().split(' ').nth(1).unwrap_or_default()
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line().split('?').next().unwrap_or_default();
        f.debug_struct("Recorded")
            .field("line", &line)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// What came, and what is still to go wrong; shared by the doors of one recorder.
#[derive(Default)]
struct Ledger(Mutex<Pages>);

#[derive(Default)]
struct Pages {
    requests: Vec<Recorded>,
    /// Which request, counted from 1 over all, meets which trouble.
    plan: Vec<(usize, Trouble)>,
}

impl Ledger {
    /// Keeps a request, and says what happens to it.
    fn note(&self, bytes: &[u8]) -> Option<Trouble> {
        let mut pages = self.pages();
        pages.requests.push(Recorded::new(bytes));
        let number = pages.requests.len();
        let planned = pages.plan.iter().find(|(nth, _)| *nth == number);
        planned.map(|(_, trouble)| *trouble)
    }

    fn plan(&self, nth: usize, trouble: Trouble) {
        let mut pages = self.pages();
        let number = pages.requests.len() + nth;
        pages.plan.push((number, trouble));
    }

    fn recover(&self) {
        self.pages().plan.clear();
    }

    fn requests(&self) -> Vec<Recorded> {
        self.pages().requests.clone()
    }

    fn count(&self) -> usize {
        self.pages().requests.len()
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const PAGE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 37\r\nconnection: close\r\n\r\n\
    <html><body>Maintenance</body></html>";

/// Serves each client that connects; the connections end with it.
async fn accept(listener: TcpListener, target: (String, u16), ledger: Arc<Ledger>) {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((client, _)) => {
                let (target, ledger) = (target.clone(), Arc::clone(&ledger));
                connections.spawn(async move {
                    // An error is one side's going away, which the other side then sees.
                    let _ = serve(client, &target, &ledger).await;
                });
            }
            Err(_) => yield_now().await,
        }
        while connections.try_join_next().is_some() {}
    }
}

/// Reads one request, and closes the connection after its answer.
async fn serve(mut client: TcpStream, target: &(String, u16), ledger: &Ledger) -> io::Result<()> {
    let mut request = Vec::new();
    while request_length(&request).is_none() {
        if client.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let trouble = ledger.note(&request);
    if trouble == Some(Trouble::LostRequest) {
        return Ok(());
    }
    let answer = exchange(target, &request).await?;
    match trouble {
        Some(Trouble::LostAnswer | Trouble::LostRequest) => return Ok(()),
        Some(Trouble::PageInstead) => client.write_all(PAGE).await?,
        None => client.write_all(&answer).await?,
    }
    client.shutdown().await
}

/// Asks the server to close the connection, so that its answer ends where the connection does.
async fn exchange((host, port): &(String, u16), request: &[u8]) -> io::Result<Vec<u8>> {
    let line_end = request
        .windows(2)
        .position(|window| window == b"\r\n")
        .ok_or(io::ErrorKind::InvalidData)?;
    let (line, rest) = request.split_at(line_end);
    let mut server = TcpStream::connect((host.as_str(), *port)).await?;
    let asked = [line, b"\r\nconnection: close".as_slice(), rest].concat();
    server.write_all(&asked).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    Ok(answer)
}

/// Every value of a request's target and body.
pub(super) fn values_of(target: &str, body: &str) -> Vec<String> {
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
    use super::values_of;

    fn finds(target: &str, body: &str, value: &str) -> bool {
        values_of(target, body).iter().any(|one| one == value)
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
