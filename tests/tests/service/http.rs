//! Requests to a service that may die at any moment.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than the service takes for anything.
const PATIENCE: Duration = Duration::from_secs(40);

/// A whole answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) again_in: Option<Duration>,
    /// Null if it is no JSON.
    pub(super) body: Value,
}

/// Asks once, over a connection of its own.
pub(super) async fn ask(
    node: SocketAddr,
    method: &str,
    path: &str,
    key: &str,
    body: &Value,
) -> Result<Answer> {
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {node}\r\nconnection: close\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = async {
        let mut stream = TcpStream::connect(node).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        read(&answer).ok_or_else(|| Error::from(ErrorKind::UnexpectedEof))
    };
    timeout(PATIENCE, answer).await?
}

/// Reads an answer; `None` if it is not whole.
fn read(answer: &str) -> Option<Answer> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let mut length = 0;
    let mut again_in = None;
    for (name, value) in head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
    {
        match name {
            "content-length" => length = value.parse().ok()?,
            "retry-after" => again_in = Some(Duration::from_secs(value.parse().ok()?)),
            _ => {}
        }
    }
    (body.len() == length).then_some(())?;
    Some(Answer {
        status: head.get(9..12)?.parse().ok()?,
        again_in,
        body: serde_json::from_str(body).unwrap_or_default(),
    })
}
