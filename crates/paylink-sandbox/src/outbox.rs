use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, SystemTime};

use axum::body::Bytes;
use axum::http::{Request, header};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio::time::timeout;
use url::{Host, Position, Url};
use utoipa::ToSchema;

use crate::calendar;
use crate::clock::Clock;
use crate::server::is_localhost;
use crate::shelf::Shelf;
use crate::world::Stopping;

/// Webhooks kept.
const CAPACITY: usize = 1_000;

/// A message from a provider to the merchant, and what became of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[non_exhaustive]
pub struct Webhook {
    /// Its number, counted from 1.
    pub number: u64,
    /// The sandbox time at which it was written.
    #[serde(serialize_with = "calendar::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub at: SystemTime,
    /// The provider's name, such as `zipay`.
    pub provider: &'static str,
    /// Where it goes.
    pub url: String,
    /// The media type of the body.
    pub content_type: &'static str,
    /// The body, to the byte.
    pub body: String,
    /// What became of it.
    pub state: WebhookState,
    /// Why it was not sent at all, if it was refused.
    pub refusal: Option<String>,
    /// The deliveries tried so far.
    pub attempts: Vec<Attempt>,
}

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WebhookState {
    /// It is being delivered, or waits for another attempt.
    Waiting,
    /// The merchant answered with a 2xx status.
    Delivered,
    /// Every attempt failed.
    GivenUp,
    /// It was not sent: its address is not plain `http` on loopback.
    Refused,
}

/// One delivery of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[non_exhaustive]
pub struct Attempt {
    /// The sandbox time at which it ended.
    #[serde(serialize_with = "calendar::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub at: SystemTime,
    /// The HTTP status the merchant answered with.
    pub answered: Option<u16>,
    /// Why there was no answer.
    pub failure: Option<String>,
}

/// The webhooks written so far. Clones share the same outbox.
#[derive(Debug, Clone)]
pub(crate) struct Outbox {
    shelf: Shelf<Webhook>,
    clock: Clock,
    courier: mpsc::UnboundedSender<Parcel>,
}

/// A webhook on its way to a place the sandbox may reach.
pub(crate) type Parcel = (Target, Webhook);

impl Outbox {
    /// Makes an outbox, and the end from which [`run`] takes what is to be delivered.
    pub(crate) fn new(clock: Clock) -> (Self, UnboundedReceiver<Parcel>) {
        let (courier, parcels) = mpsc::unbounded_channel();
        let outbox = Self {
            shelf: Shelf::holding(CAPACITY),
            clock,
            courier,
        };
        (outbox, parcels)
    }

    /// Writes a webhook down and hands it to the courier, or notes why it must not be sent.
    pub(crate) fn send(
        &self,
        provider: &'static str,
        url: &Url,
        content_type: &'static str,
        body: String,
    ) {
        let target = Target::parse(url);
        let webhook = self.shelf.add(|number| Webhook {
            number,
            at: self.clock.now(),
            provider,
            url: url.to_string(),
            content_type,
            body,
            state: match target {
                Ok(_) => WebhookState::Waiting,
                Err(_) => WebhookState::Refused,
            },
            refusal: target.as_ref().err().map(ToString::to_string),
            attempts: Vec::new(),
        });
        if let Ok(target) = target {
            // The courier is gone only when the sandbox is stopping.
            let _ = self.courier.send((target, webhook));
        }
    }

    pub(crate) fn webhooks(&self) -> Vec<Webhook> {
        self.shelf.entries()
    }

    /// Notes one attempt, and what it means for the webhook.
    fn note(&self, number: u64, answer: Result<u16, PostError>, state: WebhookState) {
        let attempt = Attempt {
            at: self.clock.now(),
            answered: answer.as_ref().ok().copied(),
            failure: answer.err().map(|error| error.to_string()),
        };
        self.shelf.change(number, |webhook| {
            webhook.attempts.push(attempt);
            webhook.state = state;
        });
    }
}

/// The waits between attempts, in real time: the first failure is followed by three more tries.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
];

/// Delivers what is sent through `outbox` until the sandbox stops; what is under way then is dropped.
pub(crate) async fn run(
    outbox: Outbox,
    mut parcels: UnboundedReceiver<Parcel>,
    mut stopping: Stopping,
) {
    let mut deliveries = JoinSet::new();
    loop {
        tokio::select! {
            Some(parcel) = parcels.recv() => {
                deliveries.spawn(deliver(outbox.clone(), parcel));
            }
            Some(_) = deliveries.join_next() => {}
            () = stopping.wait() => break,
        }
    }
    deliveries.shutdown().await;
}

async fn deliver(outbox: Outbox, (target, webhook): Parcel) {
    let number = webhook.number;
    let mut pauses = PAUSES.into_iter();
    loop {
        let answer = post(&target, &webhook).await;
        tracing::debug!(number, ?answer, "webhook");
        if matches!(answer, Ok(200..=299)) {
            return outbox.note(number, answer, WebhookState::Delivered);
        }
        let Some(pause) = pauses.next() else {
            return outbox.note(number, answer, WebhookState::GivenUp);
        };
        outbox.note(number, answer, WebhookState::Waiting);
        tokio::time::sleep(pause).await;
    }
}

/// How long the merchant may take for one delivery.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Why a delivery had no answer.
#[derive(Debug, Error)]
enum PostError {
    #[error("cannot connect: {0}")]
    Connect(std::io::Error),
    #[error("the connection failed: {0}")]
    Http(#[from] hyper::Error),
    #[error("cannot be written as a request: {0}")]
    Request(#[from] axum::http::Error),
    #[error("no answer within {} s", TIMEOUT.as_secs())]
    Timeout,
}

/// Posts a webhook once, on a connection of its own, and returns the HTTP status of the answer.
///
/// A redirect is an answer like any other: it is not followed.
async fn post(target: &Target, webhook: &Webhook) -> Result<u16, PostError> {
    let exchanged = timeout(TIMEOUT, exchange(target, webhook)).await;
    exchanged.unwrap_or(Err(PostError::Timeout))
}

async fn exchange(target: &Target, webhook: &Webhook) -> Result<u16, PostError> {
    let request = Request::post(&target.path)
        .header(header::HOST, &target.authority)
        .header(header::CONTENT_TYPE, webhook.content_type)
        .header(header::USER_AGENT, "paylink-sandbox")
        .header(header::CONNECTION, "close")
        .body(Full::new(Bytes::from(webhook.body.clone())))?;
    let stream = TcpStream::connect(target.addresses.as_slice())
        .await
        .map_err(PostError::Connect)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Dropping the set ends the connection with this delivery.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let response = sender.send_request(request).await?;
    Ok(response.status().as_u16())
}

/// A place on loopback that a webhook may be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// The addresses to try, in this order.
    addresses: Vec<SocketAddr>,
    /// The `Host` header.
    authority: String,
    path: String,
}

/// Why a webhook is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Refused {
    #[error("the sandbox delivers over plain http only")]
    NotHttp,
    #[error("the sandbox never leaves this machine, and this address is not on loopback")]
    NotLoopback,
    #[error("the sandbox sends no user name or password")]
    UserInfo,
}

impl Target {
    /// Reads where `url` leads without asking any resolver.
    pub(crate) fn parse(url: &Url) -> Result<Self, Refused> {
        if url.scheme() != "http" {
            return Err(Refused::NotHttp);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::UserInfo);
        }
        let port = url.port_or_known_default().unwrap_or(80);
        let host = url.host().ok_or(Refused::NotLoopback)?;
        let addresses = loopback(&host)?.into_iter();
        Ok(Self {
            addresses: addresses.map(|ip| SocketAddr::new(ip, port)).collect(),
            authority: url[Position::BeforeHost..Position::AfterPort].to_owned(),
            path: url[Position::BeforePath..Position::AfterQuery].to_owned(),
        })
    }
}

fn loopback(host: &Host<&str>) -> Result<Vec<IpAddr>, Refused> {
    match host {
        Host::Domain(name) if is_localhost(name) => {
            Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()])
        }
        Host::Ipv4(address) if address.is_loopback() => Ok(vec![(*address).into()]),
        Host::Ipv6(address) if address.is_loopback() => Ok(vec![(*address).into()]),
        _ => Err(Refused::NotLoopback),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Target, Refused> {
        Target::parse(&Url::parse(url).unwrap())
    }

    #[test]
    fn loopback_is_reached_by_address_or_by_name() {
        let target = parse("http://127.0.0.1:8080/hook?a=1&b=%20").unwrap();
        assert_eq!(target.addresses, ["127.0.0.1:8080".parse().unwrap()]);
        assert_eq!(target.authority, "127.0.0.1:8080");
        assert_eq!(target.path, "/hook?a=1&b=%20");

        let target = parse("http://shop.localhost").unwrap();
        let both = ["127.0.0.1:80", "[::1]:80"].map(|address| address.parse().unwrap());
        assert_eq!(target.addresses, both);
        assert_eq!(target.authority, "shop.localhost");
        assert_eq!(target.path, "/");

        assert_eq!(parse("http://[::1]:81/").unwrap().authority, "[::1]:81");
    }

    #[test]
    fn nothing_else_is_reached() {
        let hosts = "shop.example 10.0.0.1 0.0.0.0 169.254.169.254 [::ffff:10.0.0.1] [::] \
                     localhost.example 127.0.0.1.example";
        for host in hosts.split(' ') {
            let refused = parse(&format!("http://{host}/hook"));
            assert_eq!(refused, Err(Refused::NotLoopback), "{host}");
        }
        assert_eq!(parse("https://127.0.0.1/"), Err(Refused::NotHttp));
        assert_eq!(parse("http://user:pass@127.0.0.1/"), Err(Refused::UserInfo));
    }
}
