use std::time::SystemTime;

use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::header::{DATE, HOST, USER_AGENT};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use super::place::Place;

/// What a server says of its page without the page.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    /// The server's clock, where it tells.
    pub(super) date: Option<SystemTime>,
    /// This machine's clock at that moment.
    pub(super) came_at: SystemTime,
}

/// Asks for the head of a page: no credentials, no body, nothing that could change anything.
pub(super) async fn ask<S>(place: &Place, stream: S) -> Option<Head>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .ok()?;
    tokio::spawn(connection);
    let request = Request::builder()
        .method(Method::HEAD)
        .uri(&place.path)
        .header(HOST, authority(place))
        .header(USER_AGENT, concat!("paylink/", env!("CARGO_PKG_VERSION")))
        .body(Empty::<Bytes>::new())
        .ok()?;
    let response = sender.send_request(request).await.ok()?;
    let date = response
        .headers()
        .get(DATE)
        .and_then(|date| date.to_str().ok());
    Some(Head {
        status: response.status().as_u16(),
        date: date.and_then(|date| httpdate::parse_http_date(date).ok()),
        came_at: SystemTime::now(),
    })
}

fn authority(place: &Place) -> String {
    match (place.tls, place.port) {
        (true, 443) | (false, 80) => place.host().to_owned(),
        (_, port) => format!("{}:{port}", place.host()),
    }
}
