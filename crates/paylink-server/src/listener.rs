//! The listening side: accepting, TLS, serving and stopping.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::settings::TlsFiles;

/// How long the head of a request may take to arrive, and how long a connection may wait for its next one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
const HEAD_LIMIT: usize = 16 * 1024;
const HEADERS: usize = 64;
/// How long a TLS handshake may take.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long requests under way may still take once the service is stopping.
pub(crate) const GRACE: Duration = Duration::from_secs(20);

/// The address a request came from, among its extensions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PeerAddress(pub(crate) SocketAddr);

/// What is needed to accept connections.
pub(crate) struct Listener {
    pub(crate) socket: TcpListener,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) connections: usize,
}

impl Listener {
    /// Serves `router` until it is stopped; requests that are under way come to their end.
    pub(crate) async fn serve(
        self,
        router: Router,
        count: impl Fn(i64) + Clone + Send + 'static,
        stop: CancellationToken,
    ) {
        let room = Arc::new(Semaphore::new(self.connections.min(Semaphore::MAX_PERMITS)));
        let graceful = GracefulShutdown::new();
        // Dropping the set, as when this task is aborted, closes every connection.
        let mut connections = JoinSet::new();
        loop {
            // While there is no room, new callers wait where the system queues them.
            let next = async {
                let place = Arc::clone(&room).acquire_owned().await.ok();
                (place, self.socket.accept().await)
            };
            tokio::select! {
                (place, accepted) = next => match accepted {
                    Ok((stream, peer)) => {
                        let (router, tls) = (router.clone(), self.tls.clone());
                        let (watcher, count) = (graceful.watcher(), count.clone());
                        connections.spawn(async move {
                            count(1);
                            connection(stream, peer, tls, router, watcher).await;
                            count(-1);
                            drop(place);
                        });
                    }
                    Err(error) => {
                        // Such as no free file descriptor: waiting is all that helps.
                        tracing::warn!(%error, "a connection cannot be accepted");
                        sleep(Duration::from_millis(50)).await;
                    }
                },
                Some(_) = connections.join_next() => {}
                () = stop.cancelled() => break,
            }
        }
        drop(self.socket);
        if timeout(GRACE, graceful.shutdown()).await.is_err() {
            tracing::warn!("requests were still under way when the service stopped");
        }
        connections.shutdown().await;
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    router: Router,
    watcher: Watcher,
) {
    // Small answers must not wait for the acknowledgement of the ones before.
    let _ = stream.set_nodelay(true);
    match tls {
        None => http(stream, peer, router, watcher).await,
        Some(tls) => match timeout(HANDSHAKE_TIMEOUT, tls.accept(stream)).await {
            Ok(Ok(stream)) => http(stream, peer, router, watcher).await,
            Ok(Err(error)) => tracing::debug!(%peer, %error, "a TLS handshake failed"),
            Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
        },
    }
}

async fn http<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    peer: SocketAddr,
    router: Router,
    watcher: Watcher,
) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(PeerAddress(peer));
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_LIMIT)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::trace!(%error, "a connection ended");
    }
}

/// Reads a certificate and its key.
pub(crate) fn tls(files: &TlsFiles) -> Result<TlsAcceptor, io::Error> {
    let failed =
        |path: &Path, problem: String| io::Error::other(format!("{}: {problem}", path.display()));
    let read = |path: &Path| pem(path).map_err(|error| failed(path, error.to_string()));
    let certificates = read(&files.certificate)?;
    let chain = CertificateDer::pem_slice_iter(&certificates)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| failed(&files.certificate, error.to_string()))?;
    let key = PrivateKeyDer::from_pem_slice(&read(&files.key)?)
        .map_err(|error| failed(&files.key, error.to_string()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| failed(&files.certificate, error.to_string()))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Reads a file of PEM, without the mark that some editors put before one.
fn pem(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = fs::read(path)?;
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let problem = "it is written in UTF-16: write it in UTF-8, in PowerShell with `Out-File -Encoding utf8`";
        return Err(io::Error::other(problem));
    }
    if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
        bytes.drain(..3);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use rustls::pki_types::ServerName;
    use rustls::{ClientConfig, RootCertStore};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_rustls::TlsConnector;

    use super::*;

    const ASK: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    async fn read(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> String {
        let mut answer = Vec::new();
        let _ = stream.write_all(ASK).await;
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[tokio::test]
    async fn with_a_certificate_it_speaks_tls_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (certificate, key) = (
            folder.path().join("cert.pem"),
            folder.path().join("key.pem"),
        );
        // An editor put its mark before both.
        let marked = |pem: String| format!("\u{feff}{pem}");
        fs::write(&certificate, marked(made.cert.pem())).unwrap();
        fs::write(&key, marked(made.signing_key.serialize_pem())).unwrap();
        let files = TlsFiles { certificate, key };
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let listener = Listener {
            socket,
            tls: Some(tls(&files).unwrap()),
            connections: 4,
        };
        let stop = CancellationToken::new();
        let router = Router::new().route("/", get(async || "hello"));
        let served = tokio::spawn(listener.serve(router, |_| {}, stop.clone()));

        let mut roots = RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let client = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TlsConnector::from(Arc::new(client))
            .connect(name, stream)
            .await;
        assert!(read(stream.unwrap()).await.ends_with("hello"));
        let plain = read(TcpStream::connect(address).await.unwrap()).await;
        assert!(!plain.contains("hello"), "{plain}");
        stop.cancel();
        served.await.unwrap();

        let odd = TlsFiles {
            key: files.certificate.clone(),
            ..files
        };
        let told = tls(&odd).err().unwrap().to_string();
        assert!(told.contains("cert.pem"), "{told}");
        let pem = format!("\u{feff}{}", made.cert.pem());
        let wide: Vec<u8> = pem.encode_utf16().flat_map(u16::to_le_bytes).collect();
        fs::write(&odd.certificate, wide).unwrap();
        let told = tls(&odd).err().unwrap().to_string();
        assert!(told.contains("cert.pem: it is written in UTF-16"), "{told}");
    }
}
