//! Whether a sandbox is there, asked where there is no other program to ask with.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::header::HOST;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::console::Console;
use crate::failure::Failure;
use crate::listen::from_here;
use crate::report::Report;

/// How long a sandbox on this machine may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// The most bytes that it says it with.
const LARGEST: usize = 4 * 1024;

/// Asks the sandbox that listens on this address whether it is there.
pub(super) async fn run(address: SocketAddr, console: &Console) -> Result<(), Failure> {
    let address = from_here(address);
    let asked = timeout(PATIENCE, ask(address)).await;
    match asked.unwrap_or(Err("it does not answer within 2 seconds")) {
        Ok(version) => console.done(&Healthy {
            url: format!("http://{address}"),
            version,
        }),
        Err(problem) => {
            let problem = format!("at http://{address} cannot be used: {problem}");
            Err(Failure::local("sandbox", &problem))
        }
    }
}

async fn ask(address: SocketAddr) -> Result<String, &'static str> {
    const NOBODY: &str =
        "nobody listens there; name the address of a running one with --listen, or start it";
    const ANOTHER: &str = "what answers there is no sandbox; name the address of one with --listen";

    let stream = TcpStream::connect(address).await.map_err(|_| NOBODY)?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|_| ANOTHER)?;
    tokio::spawn(connection);
    let request = Request::get("/_sandbox/health")
        .header(HOST, address.to_string())
        .body(Empty::<Bytes>::new())
        .map_err(|_| ANOTHER)?;
    let answer = sender.send_request(request).await.map_err(|_| ANOTHER)?;
    if answer.status() != StatusCode::OK {
        return Err(ANOTHER);
    }
    let body = Limited::new(answer.into_body(), LARGEST).collect().await;
    let body = body.map_err(|_| ANOTHER)?.to_bytes();
    match serde_json::from_slice::<Health>(&body) {
        Ok(health) if health.status == "ok" => Ok(health.version),
        _ => Err(ANOTHER),
    }
}

#[derive(Deserialize)]
struct Health {
    status: String,
    version: String,
}

#[derive(Debug, Serialize)]
struct Healthy {
    url: String,
    version: String,
}

impl Report for Healthy {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "The sandbox at {} is there.", self.url)
    }
}
