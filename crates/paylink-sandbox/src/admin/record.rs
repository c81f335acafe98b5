//! What was received and sent: requests, webhooks, text messages.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Request, StatusCode};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use utoipa::ToSchema;

use super::{Described, Problem, Routes};
use crate::journal::{JournalEntry, Message, REPEATS_HEADER, Received, har};
use crate::world::World;

pub(super) fn routes(world: &World) -> Described {
    Routes::new("", world.clone())
        .list(
            "/journal",
            "Lists the requests the providers received, oldest first. The last 10,000 are kept, of which all bodies together take at most 32 MiB.",
            |world| world.journal.entries(),
        )
        .delete("/journal", "Forgets the requests received so far.", |world| {
            world.journal.clear();
        })
        .find(
            "/journal/{number}",
            "Shows one request, its answer, and a `curl` that sends it again from a shell.",
            |world, number: u64| Ok(EntryView::of(world, entry(world, number)?)),
        )
        .act_later(
            "/journal/{number}/resend",
            "Sends a request again as it came, and shows what came of it.",
            async |world: World, number: u64| resend(&world, number).await,
        )
        .refuses(
            StatusCode::CONFLICT,
            "`no-answer`: the connection was closed without one, as by a fault; the journal has the request.",
        )
        .get(
            "/journal.har",
            "Writes the requests as an HTTP archive (HAR 1.2), which browsers and other tools open.",
            |world| Archive(har(&world.journal.entries(), &world.origin)),
        )
        .list(
            "/webhooks",
            "Lists the webhooks the providers wrote and what became of them, oldest first; the last 1,000 are kept.",
            |world| world.outbox.webhooks(),
        )
        .act(
            "/webhooks/{number}/resend",
            "Sends a webhook again.",
            |world, number: u64| {
                let message = "there is no such webhook, or it goes where the sandbox sends none";
                let sent = world.outbox.resend(number);
                sent.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, message))
            },
        )
        .list(
            "/sms",
            "Lists the text messages that would have been sent, oldest first; the last 1,000 are kept.",
            |world| world.sms.messages(),
        )
        .find_later(
            "/changes/{seen}",
            "Waits until something changes, at most 20 seconds, and answers how many changes there were.",
            async |world: World, seen: u64| {
                let count = world.changes.since(seen, PATIENCE).await;
                Ok(Changed { count })
            },
        )
        .done()
}

/// How long a request for changes waits.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many changes there were since the sandbox started.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChangeCount)]
struct Changed {
    count: u64,
}

/// An HTTP archive.
#[derive(Debug, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(as = HttpArchive, value_type = Object)]
struct Archive(Value);

/// One request with everything that may be shown of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JournalEntryWhole)]
struct EntryView {
    entry: JournalEntry,
    request: Message,
    /// Without it the request is under way, or the connection was closed instead.
    answer: Option<Message>,
    /// A command for a shell in which the lines are set that `paylink sandbox` prints.
    curl: String,
}

impl EntryView {
    fn of(world: &World, entry: JournalEntry) -> Self {
        Self {
            request: entry.request(),
            answer: entry.answer(),
            curl: entry.curl(&world.origin),
            entry,
        }
    }
}

fn entry(world: &World, number: u64) -> Result<JournalEntry, Problem> {
    let message = "there is no such request: the journal keeps the newest ones";
    let entry = world.journal.entry(number);
    entry.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, message))
}

/// How long a request that is sent again may take.
const TIMEOUT: Duration = Duration::from_secs(60);

async fn resend(world: &World, number: u64) -> Result<EntryView, Problem> {
    let first = entry(world, number)?;
    let sent = timeout(TIMEOUT, send(world.address, first.raw(), number)).await;
    if !matches!(sent, Ok(Ok(()))) {
        let message = "the connection was closed without an answer: look at the journal";
        return Err(Problem::new(StatusCode::CONFLICT, message).coded("no-answer"));
    }
    let repeated = world
        .journal
        .newest(1, |entry| entry.repeats == Some(number));
    let repeated = repeated.into_iter().next();
    let message = "the request was forgotten meanwhile";
    let repeated = repeated.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, message))?;
    Ok(EntryView::of(world, repeated))
}

/// Sends a request to the sandbox itself, to the byte as it came.
async fn send(address: SocketAddr, raw: &Received, number: u64) -> Result<(), SendError> {
    let mut request = Request::builder().method(&raw.method).uri(&raw.target);
    for (name, value) in &raw.headers {
        if name != REPEATS_HEADER {
            request = request.header(name, value);
        }
    }
    let request = request.header(REPEATS_HEADER, number);
    let request = request.body(Full::new(Bytes::clone(&raw.body)))?;
    let stream = TcpStream::connect(reachable(address)).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Dropping the set ends the connection.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    sender.send_request(request).await?;
    Ok(())
}

type SendError = Box<dyn std::error::Error + Send + Sync>;

/// The unspecified address can be listened on and not called.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip: IpAddr = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
