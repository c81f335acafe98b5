//! A client that does nothing on its own: it connects, sends bytes and tells what comes back.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use paylink_testkit::{Answer, Behaviour, FaultServer, Wire};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

pub(crate) const REQUEST: &[u8] =
    b"POST /pay HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n0123456789";
pub(crate) const WIRES: [Wire; 2] = [Wire::Plain, Wire::Tls];

/// How long nothing comes before it counts as silence, where silence is expected.
pub(crate) const PATIENCE: Duration = Duration::from_millis(80);

/// How long to wait for what must come, on a machine however busy.
pub(crate) const LONG: Duration = Duration::from_secs(10);

const MORE_THAN_ANY_ANSWER: usize = 128 * 1024;

pub(crate) fn good() -> Answer {
    Answer::json(r#"{"success":true,"result":{"status":"pending"}}"#)
}

/// How a connection looked when the client stopped reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Closed in order.
    Closed,
    /// Reset.
    Reset,
    /// Open, and nothing more came in time.
    Silent,
    /// Open, and as much came as was wanted.
    Enough,
    /// Some other error, as of TLS.
    Broken,
}

pub(crate) struct Client {
    stream: Box<dyn Stream>,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Client {
    /// Connects; over TLS, if the server speaks it, trusting the testkit's authority.
    pub(crate) async fn connect(server: &FaultServer) -> io::Result<Self> {
        let tcp = TcpStream::connect(server.address()).await?;
        if server.url().starts_with("http:") {
            let stream = Box::new(tcp);
            return Ok(Self { stream });
        }
        let mut roots = RootCertStore::empty();
        let authority = CertificateDer::from_pem_slice(server.ca_pem()?.as_bytes());
        roots.add(authority.unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::IpAddress(server.address().ip().into());
        let tls = TlsConnector::from(Arc::new(config));
        let stream = Box::new(tls.connect(name, tcp).await?);
        Ok(Self { stream })
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// Reads until nothing comes for so long, or at least this many bytes have come.
    pub(crate) async fn hear_up_to(&mut self, enough: usize, patience: Duration) -> (Vec<u8>, End) {
        let mut heard = Vec::new();
        let end = loop {
            if heard.len() >= enough {
                break End::Enough;
            }
            match timeout(patience, self.stream.read_buf(&mut heard)).await {
                Err(_) => break End::Silent,
                Ok(Ok(0)) => break End::Closed,
                Ok(Ok(_)) => {}
                Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionReset => {
                    break End::Reset;
                }
                Ok(Err(_)) => break End::Broken,
            }
        };
        (heard, end)
    }

    /// Reads until the server ends the connection, or sends more than any answer is long.
    pub(crate) async fn hear_to_end(&mut self) -> (Vec<u8>, End) {
        self.hear_up_to(MORE_THAN_ANY_ANSWER, LONG).await
    }

    /// Makes sure that the connection stays open and nothing comes.
    pub(crate) async fn hear_nothing(&mut self) {
        let heard = self.hear_up_to(1, PATIENCE).await;
        assert_eq!(heard, (Vec::new(), End::Silent));
    }

    /// Reads exactly the bytes of this answer.
    pub(crate) async fn hear_answer(&mut self, answer: &Answer) {
        self.hear_exactly(&answer.to_bytes()).await;
    }

    /// Reads exactly these bytes.
    pub(crate) async fn hear_exactly(&mut self, expected: &[u8]) {
        let mut heard = vec![0; expected.len()];
        let read = timeout(LONG, self.stream.read_exact(&mut heard)).await;
        read.unwrap().unwrap();
        let heard = String::from_utf8_lossy(&heard);
        assert_eq!(heard, String::from_utf8_lossy(expected));
    }
}

/// Connects to a server that plays this.
pub(crate) async fn connected(
    wire: Wire,
    script: impl Into<paylink_testkit::Script>,
) -> (Client, FaultServer) {
    let server = FaultServer::start(wire, script).await.unwrap();
    (Client::connect(&server).await.unwrap(), server)
}

/// Sends [`REQUEST`] to a server that plays this.
pub(crate) async fn sent(wire: Wire, behaviour: Behaviour) -> (Client, FaultServer) {
    let (mut client, server) = connected(wire, behaviour).await;
    client.send(REQUEST).await.unwrap();
    (client, server)
}

/// Tells the answer to [`REQUEST`], which has a length, after making sure that the request came once and whole.
pub(crate) async fn answered(wire: Wire, behaviour: Behaviour) -> String {
    let (mut client, server) = sent(wire, behaviour).await;
    let mut heard = Vec::new();
    while !is_whole(&heard) {
        let (more, end) = client.hear_up_to(1, LONG).await;
        assert_eq!(end, End::Enough);
        heard.extend(more);
    }
    came_once_and_whole(&server);
    String::from_utf8_lossy(&heard).into_owned()
}

/// Tells what came for [`REQUEST`] and how it ended, after making sure that the request came once and whole.
pub(crate) async fn ended(wire: Wire, behaviour: Behaviour) -> (String, End) {
    let (mut client, server) = sent(wire, behaviour).await;
    let (heard, end) = client.hear_to_end().await;
    came_once_and_whole(&server);
    (String::from_utf8_lossy(&heard).into_owned(), end)
}

#[track_caller]
fn came_once_and_whole(server: &FaultServer) {
    let tally = server.tally();
    assert_eq!(tally.received()[0].bytes(), REQUEST);
    assert_eq!((tally.requests_begun(), tally.requests_complete()), (1, 1));
}

fn is_whole(answer: &[u8]) -> bool {
    let answer = String::from_utf8_lossy(answer);
    answer.split_once("\r\n\r\n").is_some_and(|(head, body)| {
        let (_, length) = head.split_once("content-length: ").unwrap();
        body.len() >= length.parse().unwrap()
    })
}
