//! Servers that are no provider.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

use crate::shop::Shop;

/// A server that answers everybody the same.
pub(super) struct Answering {
    pub(super) url: String,
    asked: Arc<Mutex<String>>,
}

impl Answering {
    /// What it was asked last.
    pub(super) fn asked(&self) -> String {
        self.asked.lock().unwrap().clone()
    }
}

pub(super) fn answering(answer: &'static str) -> Answering {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(String::new()));
    let noted = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
                request.push(byte[0]);
            }
            *noted.lock().unwrap() = String::from_utf8(request).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    Answering { url, asked }
}

/// A server behind TLS, with a certificate that it signed itself.
pub(super) struct BehindTls {
    pub(super) url: String,
    /// Where the certificate is.
    pub(super) certificate: String,
}

pub(super) async fn behind_tls(shop: &Shop) -> BehindTls {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await;
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
            let _ = stream.write_all(answer).await;
        }
    });
    let certificate = shop.path("certificate.pem");
    std::fs::write(&certificate, own.cert.pem()).unwrap();
    BehindTls {
        url: format!("https://localhost:{port}/"),
        certificate: certificate.to_str().unwrap().to_owned(),
    }
}
