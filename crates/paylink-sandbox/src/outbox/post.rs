use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Request, header};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::Parcel;

/// How long the merchant may take for one delivery.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Why a delivery had no answer.
#[derive(Debug, Error)]
pub(super) enum PostError {
    #[error("cannot connect: {0}")]
    Connect(std::io::Error),
    #[error("the connection failed: {0}")]
    Http(#[from] hyper::Error),
    #[error("cannot be written as a request: {0}")]
    Request(#[from] axum::http::Error),
    #[error("no answer within {} s", TIMEOUT.as_secs())]
    Timeout,
}

/// Posts a parcel once, on a connection of its own, and returns the HTTP status of the answer.
///
/// A redirect is an answer like any other: it is not followed.
pub(super) async fn post(parcel: &Parcel) -> Result<u16, PostError> {
    timeout(TIMEOUT, exchange(parcel))
        .await
        .unwrap_or(Err(PostError::Timeout))
}

async fn exchange(parcel: &Parcel) -> Result<u16, PostError> {
    let request = Request::post(&parcel.target.path)
        .header(header::HOST, &parcel.target.authority)
        .header(header::CONTENT_TYPE, parcel.content_type)
        .header(header::USER_AGENT, "paylink-sandbox")
        .header(header::CONNECTION, "close")
        .body(Full::new(Bytes::from(parcel.body.clone())))?;
    let stream = TcpStream::connect(parcel.target.addresses.as_slice())
        .await
        .map_err(PostError::Connect)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Dropping the set ends the connection with this delivery.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let response = sender.send_request(request).await?;
    Ok(response.status().as_u16())
}
