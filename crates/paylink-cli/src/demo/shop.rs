//! The merchant's own server: the page the payer comes back to, and the address a webhook is sent to.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::browser;
use super::journey::{Ended, Problem};
use crate::failure::Failure;

const CLOSED: &str = "the shop has closed";
/// The most bytes of a webhook.
const LARGEST: usize = 64 * 1024;

/// A shop that listens on loopback until it is dropped.
#[derive(Debug)]
pub(crate) struct Shop {
    address: SocketAddr,
    returns: UnboundedReceiver<String>,
    webhooks: UnboundedReceiver<Bytes>,
    server: JoinHandle<()>,
}

impl Shop {
    /// Opens the shop on a free port.
    pub(crate) async fn open() -> Result<Shop, Ended> {
        let cannot = |error: io::Error| {
            Ended::Failed(Failure::local("shop", &format!("cannot open: {error}")))
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let (heard_return, returns) = unbounded_channel();
        let (heard_webhook, webhooks) = unbounded_channel();
        let ears = Ears {
            heard_return,
            heard_webhook,
        };
        Ok(Shop {
            address,
            returns,
            webhooks,
            server: tokio::spawn(serve(listener, ears)),
        })
    }

    /// Where the payer's browser is to come back to.
    pub(crate) fn callback(&self) -> String {
        format!("http://{}/back", self.address)
    }

    /// Where a payment is to be reported to.
    pub(crate) fn webhook(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// What to call an address: the shop, if it is the callback with whatever was added to its query.
    pub(crate) fn place(&self, url: &str) -> Option<&'static str> {
        let rest = url.strip_prefix(&self.callback())?;
        (rest.is_empty() || rest.starts_with('?')).then_some("the shop")
    }

    /// Goes where the payer's browser was sent, and takes the query that it brings to the shop.
    pub(crate) async fn follow(&mut self, back: &str) -> Result<String, Problem> {
        browser::open(back).await?;
        Ok(self.returns.recv().await.ok_or(CLOSED)?)
    }

    /// Waits for a webhook, and takes its body.
    pub(crate) async fn webhook_arrived(&mut self) -> Result<Bytes, Problem> {
        Ok(self.webhooks.recv().await.ok_or(CLOSED)?)
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[derive(Clone, Debug)]
struct Ears {
    heard_return: UnboundedSender<String>,
    heard_webhook: UnboundedSender<Bytes>,
}

async fn serve(listener: TcpListener, ears: Ears) {
    while let Ok((stream, _)) = listener.accept().await {
        let ears = ears.clone();
        let service = service_fn(move |request| answer(request, ears.clone()));
        tokio::spawn(
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service),
        );
    }
}

async fn answer(
    request: Request<Incoming>,
    ears: Ears,
) -> Result<Response<Full<Bytes>>, Infallible> {
    // Nobody listens any more only when the demo is over.
    let status = match (request.method(), request.uri().path()) {
        (&Method::GET, "/back") => {
            let _ = ears
                .heard_return
                .send(request.uri().query().unwrap_or_default().to_owned());
            StatusCode::OK
        }
        (&Method::POST, "/hook") => {
            match Limited::new(request.into_body(), LARGEST).collect().await {
                Ok(body) => {
                    let _ = ears.heard_webhook.send(body.to_bytes());
                    StatusCode::NO_CONTENT
                }
                Err(_) => StatusCode::BAD_REQUEST,
            }
        }
        _ => StatusCode::NOT_FOUND,
    };
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    Ok(response)
}
