//! The service as a whole: opened, listening, stopped.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use paylink::Accounts;
use paylink::desk::{Desk, Sweep};
use paylink::web::{self, Routes};
use paylink_books::{Books, BooksError};
use secrecy::ExposeSecret;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::api::{self, Gate, counted, limited_by_address};
use crate::events;
use crate::keys::{KeyError, KeyLine, NewKey, Right, Rights};
use crate::limits::Limits;
use crate::listener::{self, GRACE, Listener};
use crate::metrics;
use crate::operator;
use crate::outgoing::{Courier, NotSent};
use crate::problem::{Problem, ProblemKind};
use crate::returns::LeadsToTheShop;
use crate::service::{Service, WaitingAlarms};
use crate::settings::{EventPauses, ServeConfig};
use crate::store::events::TellsTheShop;
use crate::store::{Store, audit::AuditLine};

/// Where the routes for returns and notifications are.
const PAY: &str = "/pay";

/// Between two looks at one order that strangers cause.
const ORDER_PAUSE: Duration = Duration::from_secs(2);

/// How often callers are forgotten who have their whole allowance again.
const FORGET_EVERY: Duration = Duration::from_secs(10);

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The books cannot be opened, or the service's tables beside them not brought up to date.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// Nothing can listen on the address.
    #[error(
        "nothing can listen on {address}: {source}; choose another address, or end what listens there"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The certificate or its key cannot be used.
    #[error("the TLS certificate cannot be used: {0}")]
    Tls(#[source] io::Error),
    /// Events cannot be sent where they are to go.
    #[error("events cannot be sent: {0}")]
    Events(String),
    /// A setting does not fit what it names: the public URL, the lease, or the account of orders that name none.
    #[error(transparent)]
    Invalid(#[from] paylink::Invalid),
}

/// The books of a service, with its own tables beside them: for keys, and to start it.
#[derive(Clone, Debug)]
pub struct Premises {
    store: Store,
}

impl Premises {
    /// Opens the books where the configuration says, and makes or brings up to date what the service keeps beside them.
    ///
    /// # Errors
    ///
    /// As [`Books::open`].
    pub async fn open(config: &ServeConfig) -> Result<Premises, BooksError> {
        let books = Books::open(config.books().expose_secret()).await?;
        Premises::over(books, config).await
    }

    /// The same over books that are open.
    ///
    /// # Errors
    ///
    /// If the tables cannot be brought up to date.
    pub async fn over(books: Books, config: &ServeConfig) -> Result<Premises, BooksError> {
        let books = books
            .keep_private_data(config.keeps_private_data)
            .deliver_with(TellsTheShop {
                is_sent: config.events_url.is_some(),
            });
        Ok(Premises {
            store: Store::open(books).await?,
        })
    }

    /// The books.
    #[must_use]
    pub fn books(&self) -> &Books {
        &self.store.books
    }

    /// Makes an API key, and writes that down.
    ///
    /// # Errors
    ///
    /// If the name is empty or longer than 60 characters, there is no right, or the database fails.
    pub async fn make_key(&self, name: &str, rights: &[Right]) -> Result<NewKey, KeyError> {
        let rights = Rights::of(rights);
        let made = self.store.make_key(name, rights).await?;
        let outcome = format!("{name} ({}): {rights}", made.id);
        self.store
            .audit("command", "make-key", None, &outcome)
            .await?;
        Ok(made)
    }

    /// Lists the API keys, those that were revoked among them.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn keys(&self) -> Result<Vec<KeyLine>, BooksError> {
        self.store.keys().await
    }

    /// Revokes an API key: it counts no more from now on, for all processes. `false` if there is none of this id that counts.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn revoke_key(&self, id: &str) -> Result<bool, BooksError> {
        let revoked = self.store.revoke_key(id).await?;
        if revoked {
            self.store.audit("command", "revoke-key", None, id).await?;
        }
        Ok(revoked)
    }

    /// The newest lines of the audit log, at most so many.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn audit_log(&self, lines: u16) -> Result<Vec<AuditLine>, BooksError> {
        self.store.audit_lines("", None, lines).await
    }

    /// Ends all connections to the database, once what is under way is done.
    pub async fn close(&self) {
        self.store.books.close().await;
    }
}

/// A service that listens, and serves once it [runs](Server::run).
pub struct Server {
    service: Arc<Service>,
    gate: Arc<Gate>,
    alarms: WaitingAlarms,
    courier: Option<Courier>,
    event_pauses: EventPauses,
    listener: Listener,
    address: SocketAddr,
    url: String,
    cors_origins: Vec<String>,
}

impl Server {
    /// Begins to listen for a shop that takes payments through these accounts. Nothing is served yet.
    ///
    /// # Errors
    ///
    /// If nothing can listen on the address, or the certificate or the address for events cannot be used.
    pub async fn bind(
        config: &ServeConfig,
        accounts: Accounts,
        premises: Premises,
    ) -> Result<Server, ServeError> {
        let tls = config.tls.as_ref().map(listener::tls).transpose();
        let tls = tls.map_err(ServeError::Tls)?;
        let courier = courier(config).map_err(|error| ServeError::Events(error.to_string()))?;
        let address = config.listen;
        let failed = |source| ServeError::Listen { address, source };
        let socket = TcpListener::bind(address).await.map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        let url = config.url(address);
        let store = premises.store;
        let mut desk = Desk::new(store.books.clone(), accounts)
            .min_pause(config.look_after)
            .visit_intervals(ORDER_PAUSE, config.account_pause);
        if let Some(lease) = config.lease {
            desk = desk.lease(lease)?;
        }
        if let Some(account) = &config.account {
            desk.accounts().get(account)?;
        }
        let routes = Routes::new(&format!("{url}{PAY}"))?;
        let (service, alarms) = Service::new(desk, store, routes, config);
        let service = Arc::new(service);
        let limits = Limits::new(
            config.requests_per_key,
            config.requests_per_address,
            config.trusted_proxies.clone(),
        );
        let gate = Gate::new(Arc::clone(&service), limits, config.max_requests);
        Ok(Server {
            service,
            gate: Arc::new(gate),
            alarms,
            courier,
            event_pauses: config.event_pauses,
            listener: Listener {
                socket,
                tls,
                connections: config.max_connections,
            },
            address,
            url,
            cors_origins: config.cors_origins.clone(),
        })
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where payers, providers and the shop reach it: `https://pay.shop.example`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Serves until `stop` is over. Then nothing new is taken; requests, looks and events that are under way come to their end,
    /// within 70 seconds, and the database is closed. What is dropped then is taken up by the next start, or by another
    /// process, as after a crash.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        let router = self.router();
        let Server {
            service,
            gate,
            alarms,
            courier,
            event_pauses,
            listener,
            ..
        } = self;
        let (no_more_requests, no_more_work) = (CancellationToken::new(), CancellationToken::new());
        let looks = {
            let seen = Arc::clone(&service);
            let sweep = Sweep::new(Arc::clone(&service.desk));
            let sweep = sweep.on_outcome(move |order, outcome| seen.saw(order, outcome));
            tokio::spawn(sweep.run(no_more_work.clone().cancelled_owned()))
        };
        let sender = courier.map(|courier| {
            let service = Arc::clone(&service);
            let stop = no_more_work.clone();
            tokio::spawn(events::run(service, courier, event_pauses, stop))
        });
        let writer = {
            let service = Arc::clone(&service);
            tokio::spawn(async move { service.write_alarms(alarms).await })
        };
        let forgetter = tokio::spawn(async move {
            loop {
                tokio::time::sleep(FORGET_EVERY).await;
                gate.limits.forget();
            }
        });
        let served = {
            let metrics = Arc::clone(&service);
            let counts = move |by| {
                metrics.metrics.connections.inc_by(by);
            };
            tokio::spawn(listener.serve(router, counts, no_more_requests.clone()))
        };
        stop.await;
        tracing::info!("the service stops");
        no_more_requests.cancel();
        let _ = served.await;
        service.tasks.close();
        let _ = tokio::time::timeout(GRACE, service.tasks.wait()).await;
        no_more_work.cancel();
        let _ = looks.await;
        if let Some(sender) = sender {
            let _ = tokio::time::timeout(GRACE, sender).await;
        }
        writer.abort();
        forgetter.abort();
        service.store.books.close().await;
        tracing::info!("the service has stopped");
    }

    fn router(&self) -> Router {
        let (service, gate) = (&self.service, &self.gate);
        let pages = LeadsToTheShop(Arc::clone(service));
        let pay = web::router(Arc::clone(&service.desk), pages);
        let ready = get(ready).with_state(Arc::clone(gate));
        let for_strangers = Router::new()
            .nest(PAY, pay)
            .route("/readyz", ready)
            .layer(from_fn_with_state(Arc::clone(gate), limited_by_address));
        let state = Router::new()
            .route("/healthz", get(healthy))
            .route("/metrics", get(figures))
            .with_state(Arc::clone(gate));
        api::router(service, gate)
            .layer(self.cors())
            .merge(for_strangers)
            .merge(state)
            .merge(operator::router(gate, &self.url))
            .layer(from_fn_with_state(Arc::clone(gate), counted))
            .layer(CatchPanicLayer::custom(panicked))
    }

    /// No origin but those that are configured.
    fn cors(&self) -> CorsLayer {
        let origins = self.cors_origins.iter();
        let origins = origins.filter_map(|origin| HeaderValue::from_str(origin).ok());
        let layer = CorsLayer::new();
        if self.cors_origins.is_empty() {
            return layer;
        }
        layer
            .allow_origin(AllowOrigin::list(origins))
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// Whether everything that the service needs of this machine and the network is there, without changing anything.
///
/// # Errors
///
/// The first thing that is not.
pub async fn check(config: &ServeConfig, accounts: &Accounts) -> Result<(), ServeError> {
    if let Some(account) = &config.account {
        accounts.get(account)?;
    }
    config
        .tls
        .as_ref()
        .map(listener::tls)
        .transpose()
        .map_err(ServeError::Tls)?;
    courier(config).map_err(|error| ServeError::Events(error.to_string()))?;
    let place = config.books().expose_secret();
    if place.starts_with("postgres://") || place.starts_with("postgresql://") {
        #[cfg(feature = "postgres")]
        Books::are_in_postgres(place).await?;
        #[cfg(not(feature = "postgres"))]
        return Err(BooksError::NotBuiltIn {
            database: "PostgreSQL",
            feature: "postgres",
        }
        .into());
    } else {
        Books::are_in_sqlite(place).await?;
    }
    Ok(())
}

fn courier(config: &ServeConfig) -> Result<Option<Courier>, NotSent> {
    let url = config.events_url.clone();
    url.map(|url| Courier::new(url, config.allows_private_events))
        .transpose()
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    let detail = "the service failed while it was at the request: repeat it";
    Problem::new(ProblemKind::Internal, detail)
        .may_be_executed()
        .into_response()
}

/// The process is there.
async fn healthy() -> StatusCode {
    StatusCode::NO_CONTENT
}

#[derive(Serialize)]
struct Ready {
    ready: bool,
}

/// The database answers, so that orders can be taken.
async fn ready(State(gate): State<Arc<Gate>>) -> Response {
    let answers = tokio::time::timeout(Duration::from_secs(3), gate.service.store.answers()).await;
    let ready = matches!(answers, Ok(Ok(())));
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(Ready { ready })).into_response()
}

/// The figures, for a key that may read.
async fn figures(State(gate): State<Arc<Gate>>, request: Request) -> Response {
    let caller = gate.caller(&request);
    match written(&gate, caller, api::presented(&request)).await {
        Ok(text) => ([(header::CONTENT_TYPE, metrics::FORM)], text).into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn written(gate: &Gate, caller: IpAddr, presented: &str) -> Result<String, Problem> {
    let key = gate.known(caller, presented).await?;
    if !key.rights.have(Right::Read) {
        return Err(Problem::new(
            ProblemKind::Forbidden,
            "the API key has not the right read",
        ));
    }
    let store = &gate.service.store;
    let (books, events) = (store.books.snapshot().await?, store.standing().await?);
    let text = gate.service.metrics.write(books, events);
    text.map_err(|_| Problem::new(ProblemKind::Internal, "the figures cannot be written"))
}
