use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::body::Bytes;
use axum::http::{Request, header};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::timeout;
use url::{Host, Position, Url};
use utoipa::ToSchema;

use crate::calendar;
use crate::clock::Clock;
use crate::faults::{Fault, Faults};
use crate::server::is_localhost;
use crate::shelf::{Shelf, Weighed};
use crate::simulated;
use crate::world::{Changes, Locked, Stopping};

/// Webhooks kept.
const CAPACITY: usize = 1_000;

/// The bytes of webhooks kept.
const HEAVIEST: usize = 8 * 1024 * 1024;

/// A message from a provider to the merchant, and what became of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[non_exhaustive]
pub struct Webhook {
    /// Its number, counted from 1.
    pub number: u64,
    /// The sandbox time at which it was written.
    #[serde(with = "calendar::moment")]
    #[schema(value_type = String, format = DateTime)]
    pub at: SystemTime,
    /// The provider's name, such as `zipay`.
    #[serde(deserialize_with = "simulated::read_name")]
    pub provider: simulated::Name,
    /// The provider's identifier of the payment that it is about.
    pub payment: String,
    /// Where it goes.
    pub url: String,
    /// The media type of the body.
    pub content_type: Cow<'static, str>,
    /// The body, to the byte.
    pub body: String,
    /// What became of it.
    pub state: WebhookState,
    /// Why it was not sent at all, if it was refused.
    pub refusal: Option<String>,
    /// The fault it met.
    #[schema(value_type = Option<String>)]
    #[serde(
        serialize_with = "crate::journal::as_text",
        deserialize_with = "read_fault"
    )]
    pub fault: Option<Fault>,
    /// The deliveries tried so far.
    pub attempts: Vec<Attempt>,
}

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WebhookState {
    /// It is being delivered, or waits for another attempt.
    Waiting,
    /// The merchant answered with a 2xx status.
    Delivered,
    /// Every attempt failed.
    GivenUp,
    /// It was not sent: its address is not plain `http` on loopback or on a host that was allowed.
    Refused,
    /// It was not sent: a fault lost it.
    Lost,
}

fn read_fault<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Fault>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    let fault = text.map(|text| text.parse().map_err(D::Error::custom));
    fault.transpose()
}

impl Weighed for Webhook {
    fn weight(&self) -> usize {
        let tries = self.attempts.iter();
        let tries: usize = tries
            .map(|it| 64 + it.failure.as_ref().map_or(0, String::len))
            .sum();
        size_of::<Self>() + self.url.len() + self.body.len() + tries
    }
}

/// One delivery of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[non_exhaustive]
pub struct Attempt {
    /// The sandbox time at which it ended.
    #[serde(with = "calendar::moment")]
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
    faults: Faults,
    changes: Changes,
    targets: Targets,
    courier: mpsc::UnboundedSender<Parcel>,
}

tokio::task_local! {
    /// What the request under way waits for: its own webhooks. A merchant who asks the sandbox before
    /// answering one is not held up by it.
    static OWN: Locked<Vec<oneshot::Receiver<()>>>;
}

/// Runs a request, and waits for those of its webhooks that come before its answer.
pub(crate) async fn before_answer<T>(request: impl Future<Output = T>) -> T {
    let whole = async {
        let answer = request.await;
        let own = OWN.with(|own| std::mem::take(&mut *own.lock()));
        for answered in own {
            // It is tried for no longer than that.
            let _ = timeout(TIMEOUT, answered).await;
        }
        answer
    };
    OWN.scope(Locked::default(), whole).await
}

/// A webhook on its way to a place the sandbox may reach.
#[derive(Debug)]
pub(crate) struct Parcel {
    target: Target,
    webhook: Webhook,
    /// What is still to happen to it; not when it is sent again.
    fault: Option<Fault>,
    /// Dropped once it was tried: the request that waits for it goes on.
    waited_for: Option<oneshot::Sender<()>>,
}

impl Outbox {
    /// Makes an outbox, and the end from which [`run`] takes what is to be delivered.
    pub(crate) fn new(
        clock: Clock,
        faults: Faults,
        changes: Changes,
        targets: Targets,
    ) -> (Self, UnboundedReceiver<Parcel>) {
        let (courier, parcels) = mpsc::unbounded_channel();
        let outbox = Self {
            shelf: Shelf::holding(CAPACITY, HEAVIEST),
            clock,
            faults,
            changes,
            targets,
            courier,
        };
        (outbox, parcels)
    }

    /// Writes a webhook down and hands it to the courier, or notes why it must not be sent.
    pub(crate) fn send(
        &self,
        provider: &'static str,
        payment: &str,
        url: &Url,
        content_type: &'static str,
        body: String,
    ) {
        let target = self.targets.read(url);
        let fault = self.faults.take_of_webhook(provider);
        let state = match (&target, fault) {
            (Err(_), _) => WebhookState::Refused,
            (Ok(_), Some(Fault::WebhookLost)) => WebhookState::Lost,
            (Ok(_), _) => WebhookState::Waiting,
        };
        let webhook = self.shelf.add(|number| Webhook {
            number,
            at: self.clock.now(),
            provider,
            payment: payment.to_owned(),
            url: url.to_string(),
            content_type: content_type.into(),
            body,
            state,
            refusal: target.as_ref().err().map(ToString::to_string),
            fault,
            attempts: Vec::new(),
        });
        if let (Ok(target), WebhookState::Waiting) = (target, state) {
            let waited_for = (fault == Some(Fault::WebhookBeforeAnswer)).then(|| {
                let (tried, answered) = oneshot::channel();
                // A payer of a test's own process has no request that could wait.
                let _ = OWN.try_with(|own| own.lock().push(answered));
                tried
            });
            self.hand_over(target, webhook, fault, waited_for);
        }
        self.changes.add();
    }

    /// Sends a webhook again, and returns whether it can be.
    pub(crate) fn resend(&self, number: u64) -> Option<Webhook> {
        let webhook = self.shelf.get(number)?;
        let target = Url::parse(&webhook.url).ok()?;
        let target = self.targets.read(&target).ok()?;
        self.shelf
            .change(number, |webhook| webhook.state = WebhookState::Waiting);
        self.hand_over(target, webhook, None, None);
        self.shelf.get(number)
    }

    fn hand_over(
        &self,
        target: Target,
        webhook: Webhook,
        fault: Option<Fault>,
        waited_for: Option<oneshot::Sender<()>>,
    ) {
        // The courier is gone only when the sandbox is stopping.
        let _ = self.courier.send(Parcel {
            target,
            webhook,
            fault,
            waited_for,
        });
    }

    pub(crate) fn webhooks(&self) -> Vec<Webhook> {
        self.shelf.entries()
    }

    /// Lists the newest webhooks of a kind, newest first.
    pub(crate) fn newest(
        &self,
        count: usize,
        is_wanted: impl Fn(&Webhook) -> bool,
    ) -> Vec<Webhook> {
        self.shelf.newest(count, is_wanted)
    }

    /// Takes these webhooks in place of those that there are. None of them is sent again by itself.
    pub(crate) fn fill(&self, webhooks: Vec<Webhook>) {
        let settled = webhooks.into_iter().map(|webhook| match webhook.state {
            WebhookState::Waiting => Webhook {
                state: WebhookState::GivenUp,
                ..webhook
            },
            _ => webhook,
        });
        self.shelf
            .fill(settled.map(|webhook| (webhook.number, webhook)));
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
        self.changes.add();
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

async fn deliver(outbox: Outbox, parcel: Parcel) {
    let Parcel {
        target,
        webhook,
        fault,
        mut waited_for,
    } = parcel;
    if let Some(Fault::WebhookLate(by)) = fault {
        tokio::time::sleep(by).await;
    }
    let mut deliveries = if fault == Some(Fault::WebhookTwice) {
        2
    } else {
        1
    };
    let number = webhook.number;
    let mut pauses = PAUSES.into_iter();
    loop {
        let answer = post(&outbox.targets, &target, &webhook).await;
        drop(waited_for.take());
        tracing::debug!(number, ?answer, "webhook");
        if matches!(answer, Ok(200..=299)) {
            outbox.note(number, answer, WebhookState::Delivered);
            deliveries -= 1;
            if deliveries == 0 {
                return;
            }
            continue;
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
async fn post(targets: &Targets, target: &Target, webhook: &Webhook) -> Result<u16, PostError> {
    let exchanged = timeout(TIMEOUT, exchange(targets, target, webhook)).await;
    exchanged.unwrap_or(Err(PostError::Timeout))
}

async fn exchange(targets: &Targets, target: &Target, webhook: &Webhook) -> Result<u16, PostError> {
    let request = Request::post(&target.path)
        .header(header::HOST, &target.authority)
        .header(header::CONTENT_TYPE, webhook.content_type.as_ref())
        .header(header::USER_AGENT, "paylink-sandbox")
        .header(header::CONNECTION, "close")
        .body(Full::new(Bytes::from(webhook.body.clone())))?;
    let stream = targets.connect(target).await.map_err(PostError::Connect)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Dropping the set ends the connection with this delivery.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let response = sender.send_request(request).await?;
    Ok(response.status().as_u16())
}

/// Where webhooks and payers may be sent: to this machine, and to the hosts that were allowed. Clones
/// share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Targets(Arc<[String]>);

/// A place that a webhook may be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    host: Place,
    port: u16,
    /// The `Host` header.
    authority: String,
    path: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// The addresses to try, in this order.
    Loopback(Vec<IpAddr>),
    /// A host that was allowed.
    Allowed(String),
}

/// Why a webhook is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Refused {
    #[error("the sandbox delivers over plain http only")]
    NotHttp,
    #[error("the sandbox calls this machine alone: start it with this host as an allowed target")]
    NotAllowed,
    #[error("the sandbox sends no user name or password")]
    UserInfo,
}

impl Targets {
    /// Allows these hosts beside this machine.
    pub(crate) fn and(hosts: Vec<String>) -> Self {
        Self(hosts.into_iter().map(|host| host.to_lowercase()).collect())
    }

    /// Returns whether a payer's browser may be sent there.
    pub(crate) fn allow(&self, url: &Url) -> bool {
        self.place(url).is_ok()
    }

    /// Reads where `url` leads without asking any resolver.
    pub(crate) fn read(&self, url: &Url) -> Result<Target, Refused> {
        if url.scheme() != "http" {
            return Err(Refused::NotHttp);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::UserInfo);
        }
        Ok(Target {
            host: self.place(url)?,
            port: url.port_or_known_default().unwrap_or(80),
            authority: url[Position::BeforeHost..Position::AfterPort].to_owned(),
            path: url[Position::BeforePath..Position::AfterQuery].to_owned(),
        })
    }

    fn place(&self, url: &Url) -> Result<Place, Refused> {
        let host = url.host().ok_or(Refused::NotAllowed)?;
        let written = url.host_str().unwrap_or_default();
        match host {
            Host::Domain(name) if is_localhost(name) => Ok(Place::Loopback(vec![
                Ipv4Addr::LOCALHOST.into(),
                Ipv6Addr::LOCALHOST.into(),
            ])),
            Host::Ipv4(address) if address.is_loopback() => {
                Ok(Place::Loopback(vec![address.into()]))
            }
            Host::Ipv6(address) if address.is_loopback() => {
                Ok(Place::Loopback(vec![address.into()]))
            }
            _ if self.0.iter().any(|allowed| allowed == written) => {
                Ok(Place::Allowed(written.to_owned()))
            }
            _ => Err(Refused::NotAllowed),
        }
    }

    async fn connect(&self, target: &Target) -> std::io::Result<TcpStream> {
        match &target.host {
            Place::Loopback(addresses) => {
                let addresses: Vec<_> = addresses
                    .iter()
                    .map(|ip| (*ip, target.port).into())
                    .collect();
                TcpStream::connect(addresses.as_slice()).await
            }
            Place::Allowed(host) => {
                let host = host.trim_start_matches('[').trim_end_matches(']');
                TcpStream::connect((host, target.port)).await
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<Target, Refused> {
        let targets = Targets::and(vec!["Shop.internal".to_owned(), "10.0.0.2".to_owned()]);
        targets.read(&Url::parse(url).unwrap())
    }

    #[test]
    fn loopback_is_reached_by_address_or_by_name() {
        let target = read("http://127.0.0.1:8080/hook?a=1&b=%20").unwrap();
        let here = IpAddr::from(Ipv4Addr::LOCALHOST);
        assert_eq!(target.host, Place::Loopback(vec![here]));
        assert_eq!(
            (target.port, target.authority.as_str()),
            (8080, "127.0.0.1:8080")
        );
        assert_eq!(target.path, "/hook?a=1&b=%20");

        let target = read("http://shop.localhost").unwrap();
        assert_eq!(
            target.host,
            Place::Loopback(vec![here, Ipv6Addr::LOCALHOST.into()])
        );
        assert_eq!(
            (target.port, target.authority.as_str()),
            (80, "shop.localhost")
        );
        assert_eq!(target.path, "/");

        assert_eq!(read("http://[::1]:81/").unwrap().authority, "[::1]:81");
    }

    #[test]
    fn nothing_else_is_reached_but_what_was_allowed() {
        let hosts = "shop.example 10.0.0.1 0.0.0.0 169.254.169.254 [::ffff:10.0.0.1] [::] \
                     localhost.example 127.0.0.1.example shop.internal.example internal";
        for host in hosts.split(' ') {
            let refused = read(&format!("http://{host}/hook"));
            assert_eq!(refused, Err(Refused::NotAllowed), "{host}");
        }
        for host in ["shop.internal", "SHOP.internal", "10.0.0.2"] {
            let allowed = read(&format!("http://{host}:81/hook")).unwrap();
            assert_eq!(allowed.host, Place::Allowed(host.to_lowercase()));
        }
        assert_eq!(read("https://127.0.0.1/"), Err(Refused::NotHttp));
        assert_eq!(read("http://user:pass@127.0.0.1/"), Err(Refused::UserInfo));
    }
}
