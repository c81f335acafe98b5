//! What the providers of one sandbox share, and how a request passes through it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::watch;

use crate::admin::Problem;
use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::faults::{FAULT_HEADER, Fault, Faults, GATEWAY, InvalidFault};
use crate::journal::{Arrival, Journal};
use crate::outbox::{Outbox, Targets};
use crate::random::{Random, RandomState};
use crate::server::connection;
use crate::sms::SmsOutbox;

/// What every provider of one sandbox shares. Clones share the same world.
#[derive(Debug, Clone)]
pub(crate) struct World {
    /// `http://127.0.0.1:PORT`, without a slash at its end.
    pub(crate) origin: Arc<str>,
    /// The address it listens on.
    pub(crate) address: SocketAddr,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    /// How far chance had come when the sandbox had started.
    pub(crate) started: Arc<Locked<RandomState>>,
    pub(crate) credentials: Arc<Credentials>,
    /// How many payments each provider keeps.
    pub(crate) capacity: usize,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    pub(crate) outbox: Outbox,
    pub(crate) sms: SmsOutbox,
    pub(crate) changes: Changes,
    pub(crate) targets: Targets,
    pub(crate) stopping: Stopping,
}

/// Counts what has changed, so that a page can wait for it. Clones count together.
#[derive(Debug, Clone)]
pub(crate) struct Changes(watch::Sender<u64>);

impl Changes {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    pub(crate) fn count(&self) -> u64 {
        *self.0.borrow()
    }

    pub(crate) fn add(&self) {
        self.0.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Waits until the count is another than `seen`, at most for so long, and returns it.
    pub(crate) async fn since(&self, seen: u64, at_most: Duration) -> u64 {
        let mut changes = self.0.subscribe();
        let changed = changes.wait_for(|count| *count != seen);
        match tokio::time::timeout(at_most, changed).await {
            Ok(Ok(count)) => *count,
            _ => seen,
        }
    }
}

impl World {
    /// Returns the address of a path below a provider's root.
    pub(crate) fn url(&self, provider: &str, path: &str) -> String {
        format!("{}/{provider}{path}", self.origin)
    }

    /// Notes that something has changed, for whoever watches.
    pub(crate) fn changed(&self) {
        self.changes.add();
    }
}

/// A value that threads share.
///
/// A thread that panics leaves it as it stands: each change is made at once, so that it is whole.
#[derive(Debug, Default)]
pub(crate) struct Locked<T>(Mutex<T>);

impl<T> Locked<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Locked<T> {
    pub(crate) fn set(&self, value: T) {
        *self.lock() = value;
    }
}

impl<T: Clone> Locked<T> {
    pub(crate) fn get(&self) -> T {
        self.lock().clone()
    }

    /// Changes the value; it is not locked meanwhile, so that `change` may look at anything.
    pub(crate) fn update(&self, change: impl FnOnce(&mut T)) {
        let mut value = self.get();
        change(&mut value);
        *self.lock() = value;
    }
}

/// Stops every [`Stopping`] when it is dropped.
#[derive(Debug)]
pub(crate) struct StopSignal {
    _alive: watch::Sender<()>,
}

/// Learns that the sandbox is being shut down.
#[derive(Debug, Clone)]
pub(crate) struct Stopping(watch::Receiver<()>);

/// The sandbox was shut down before the wait was over.
#[derive(Debug)]
pub(crate) struct Stopped;

pub(crate) fn pair() -> (StopSignal, Stopping) {
    let (sender, receiver) = watch::channel(());
    (StopSignal { _alive: sender }, Stopping(receiver))
}

impl Stopping {
    /// Waits until the sandbox is shut down.
    pub(crate) async fn wait(&mut self) {
        while self.0.changed().await.is_ok() {}
    }

    /// Waits for `duration` of real time, or until the sandbox is shut down.
    pub(crate) async fn sleep(&mut self, duration: Duration) -> Result<(), Stopped> {
        tokio::select! {
            () = tokio::time::sleep(duration) => Ok(()),
            () = self.wait() => Err(Stopped),
        }
    }
}

impl World {
    /// Carries one provider request through the journal and through the fault that is set for it: by
    /// the request's own header, or else by a rule.
    ///
    /// `execute` runs on a task of its own: a client that gives up does not stop a server that has
    /// the request.
    pub(crate) async fn exchange<F>(&self, arrival: Arrival, execute: F) -> Response
    where
        F: FnOnce() -> Response + Send + 'static,
    {
        let (provider, operation, names) = (arrival.provider, arrival.operation, arrival.names);
        let own = match arrival.received.headers.get(FAULT_HEADER).map(own_fault) {
            Some(Ok(fault)) => Some(fault),
            Some(Err(refusal)) => return refusal.into_response(),
            None => None,
        };
        let fault = own.or_else(|| self.faults.take(provider, operation));
        let number = self.journal.open(self.clock.now(), &arrival, fault);
        let (world, stopping) = (self.clone(), self.stopping.clone());
        let answering = tokio::spawn(async move {
            let started = Instant::now();
            let response = answer(fault, stopping, execute).await;
            if connection::hangs_up(&response) {
                world.changed();
                return response;
            }
            let took = started.elapsed();
            let response = world.journal.answered(number, names, took, response).await;
            world.changed();
            match fault {
                Some(Fault::Truncated) => connection::truncate(response).await,
                _ => response,
            }
        });
        let response = answering.await.unwrap_or_else(|_| connection::hang_up());
        let status = response.status().as_u16();
        tracing::debug!(provider, operation, number, status, ?fault, "request");
        response
    }
}

/// Reads the fault that a request sets for itself.
fn own_fault(header: &HeaderValue) -> Result<Fault, Problem> {
    let refuse = |error: String| Problem::new(StatusCode::BAD_REQUEST, error);
    let text = header.to_str().unwrap_or_default();
    let fault: Fault = text
        .parse()
        .map_err(|error: InvalidFault| refuse(error.to_string()))?;
    if fault.is_of_webhooks() {
        let error =
            format!("{fault} befalls webhooks, not this request: set it under /_sandbox/faults");
        return Err(refuse(error));
    }
    Ok(fault)
}

async fn answer<F>(fault: Option<Fault>, mut stopping: Stopping, execute: F) -> Response
where
    F: FnOnce() -> Response,
{
    let Some(fault) = fault else { return execute() };
    match fault {
        Fault::DropBefore => connection::hang_up(),
        Fault::DropAfter => {
            execute();
            connection::hang_up()
        }
        Fault::Delay(by) => match stopping.sleep(by).await {
            Ok(()) => execute(),
            Err(_) => connection::hang_up(),
        },
        Fault::DelayAfter(by) => {
            let response = execute();
            match stopping.sleep(by).await {
                Ok(()) => response,
                Err(_) => connection::hang_up(),
            }
        }
        Fault::Status(status) => gateway_page(status),
        Fault::StatusAfter(status) => {
            execute();
            gateway_page(status)
        }
        Fault::Html => portal_page(),
        Fault::HtmlAfter => {
            execute();
            portal_page()
        }
        Fault::Truncated
        | Fault::WebhookTwice
        | Fault::WebhookLate(_)
        | Fault::WebhookBeforeAnswer
        | Fault::WebhookLost => execute(),
    }
}

fn gateway_page(status: u16) -> Response {
    let status = StatusCode::from_u16(status)
        .ok()
        .filter(|status| GATEWAY.contains(&status.as_u16()))
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    html(
        status,
        format!("<html><body><center><h1>{status}</h1></center></body></html>\n"),
    )
}

fn portal_page() -> Response {
    let page = "<!DOCTYPE html><html><body><h1>Welcome</h1><p>Please sign in to use this network.</p></body></html>\n";
    html(StatusCode::OK, page.to_owned())
}

fn html(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html")], body).into_response()
}

/// Lets `Debug` show these fields alone: the others are secrets, or hold some.
macro_rules! debug_shows {
    ($Type:ident { $($field:ident),* }) => {
        impl std::fmt::Debug for $Type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut shown = f.debug_struct(stringify!($Type));
                $(shown.field(stringify!($field), &self.$field);)*
                shown.finish_non_exhaustive()
            }
        }
    };
}
pub(crate) use debug_shows;
