//! The API under `/_sandbox`: what [`Sandbox`](crate::Sandbox) offers in Rust, over HTTP.

mod faults;

use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::{FromRequest, Request, State};
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{MethodFilter, get, on};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::{Components, Info, License, OpenApi};

use crate::calendar;
use crate::clock::Clock;
use crate::journal::{Journal, JournalEntry};
use crate::outbox::{Outbox, Webhook};
use crate::random::Random;
use crate::simulated::Simulated;
use crate::sms::{Sms, SmsOutbox};
use crate::world::World;

/// Where the description of this API is served.
pub(crate) const DESCRIPTION: &str = "/_sandbox/openapi.json";

/// Serves the shared part of the API, what each provider adds to it, and their description.
pub(crate) fn router(world: &World, providers: &[Simulated]) -> Router {
    let shared = [
        clock_routes(world),
        seed_routes(world),
        faults::routes(world, providers),
        journal_routes(world),
        webhooks_routes(world),
        sms_routes(world),
    ];
    let of_providers = providers.iter().map(Simulated::admin);
    let mut info = Info::new("paylink sandbox", env!("CARGO_PKG_VERSION"));
    info.description = Some("Moves the clock, pays as the payer, sets faults and shows what the sandboxed providers received and sent.".to_owned());
    info.license = Some(License::new("MIT OR Apache-2.0"));
    let Routes {
        router,
        mut document,
    } = shared
        .into_iter()
        .chain(of_providers)
        .fold(Routes::new(), Routes::merge);
    document.info = info;
    router.route(DESCRIPTION, get(async move || Json(document)))
}

fn clock_routes(world: &World) -> Routes {
    Routes::new()
        .schema::<ClockReading>()
        .schema::<ClockAdvance>()
        .schema::<Problem>()
        .add::<__path_read_clock, _, _>(read_clock)
        .add::<__path_advance_clock, _, _>(advance_clock)
        .with_state(world.clock.clone())
}

/// What the sandbox clock shows.
#[derive(Debug, Serialize, ToSchema)]
struct ClockReading {
    /// The sandbox time.
    #[serde(serialize_with = "calendar::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    now: SystemTime,
    /// The same in seconds since 1970.
    unix: u64,
    /// How far it is ahead of real time.
    advanced_seconds: u64,
}

/// How far to move the clock ahead.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClockAdvance {
    advance_seconds: u64,
}

/// Reads the sandbox clock.
#[utoipa::path(get, path = "/_sandbox/clock", responses((status = 200, body = ClockReading)))]
async fn read_clock(State(clock): State<Clock>) -> Json<ClockReading> {
    let now = clock.now();
    Json(ClockReading {
        now,
        unix: calendar::unix_seconds(now),
        advanced_seconds: clock.advanced().as_secs(),
    })
}

/// Moves the sandbox clock ahead, a hundred years at most in all.
#[utoipa::path(
    post, path = "/_sandbox/clock", request_body = ClockAdvance,
    responses((status = 200, body = ClockReading), (status = 422, body = Problem))
)]
async fn advance_clock(
    State(clock): State<Clock>,
    Input(by): Input<ClockAdvance>,
) -> Json<ClockReading> {
    clock.advance(Duration::from_secs(by.advance_seconds));
    read_clock(State(clock)).await
}

/// A JSON body. It must be declared as JSON, which no form on a foreign page can do.
#[derive(Debug)]
pub(crate) struct Input<T>(pub(crate) T);

/// Why a request to the API was refused.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    #[serde(skip)]
    status: StatusCode,
    /// One sentence for a person.
    error: String,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self {
            status,
            error: error.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(self)).into_response()
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::from_request(request, state).await {
            Ok(Json(input)) => Ok(Self(input)),
            Err(rejection) => Err(Problem::new(rejection.status(), rejection.body_text())),
        }
    }
}

fn journal_routes(world: &World) -> Routes {
    Routes::new()
        .schema::<JournalEntry>()
        .add::<__path_list_journal, _, _>(list_journal)
        .add::<__path_clear_journal, _, _>(clear_journal)
        .with_state(world.journal.clone())
}

/// Lists the requests the providers received, oldest first; the last 10,000 are kept.
#[utoipa::path(get, path = "/_sandbox/journal", responses((status = 200, body = Vec<JournalEntry>)))]
async fn list_journal(State(journal): State<Journal>) -> Json<Vec<JournalEntry>> {
    Json(journal.entries())
}

/// Forgets the requests received so far.
#[utoipa::path(delete, path = "/_sandbox/journal", responses((status = 204)))]
async fn clear_journal(State(journal): State<Journal>) -> StatusCode {
    journal.clear();
    StatusCode::NO_CONTENT
}

/// Routes together with their description, so that neither can be without the other.
#[derive(Clone)]
pub(crate) struct Routes<S = ()> {
    router: Router<S>,
    document: OpenApi,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    pub(crate) fn new() -> Self {
        Self {
            router: Router::new(),
            document: OpenApi::default(),
        }
    }

    /// Serves `handler` at the path and by the method that its description `P` states.
    pub(crate) fn add<P, H, T>(mut self, handler: H) -> Self
    where
        P: utoipa::Path,
        H: Handler<T, S>,
        T: 'static,
    {
        if let Some(methods) = P::methods().iter().map(filter).reduce(MethodFilter::or) {
            self.router = self.router.route(&P::path(), on(methods, handler));
        }
        self.document
            .paths
            .add_path_operation(P::path(), P::methods(), P::operation());
        self
    }

    /// Describes a type that the operations refer to, and what that type refers to.
    pub(crate) fn schema<T: ToSchema>(mut self) -> Self {
        let components = self.document.components.get_or_insert_with(Components::new);
        let mut nested = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut nested);
        components.schemas.extend(nested);
        self
    }

    pub(crate) fn with_state(self, state: S) -> Routes {
        Routes {
            router: self.router.with_state(state),
            document: self.document,
        }
    }
}

impl Routes {
    fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.document.merge(other.document);
        self
    }
}

fn filter(method: &HttpMethod) -> MethodFilter {
    match method {
        HttpMethod::Get => MethodFilter::GET,
        HttpMethod::Put => MethodFilter::PUT,
        HttpMethod::Post => MethodFilter::POST,
        HttpMethod::Delete => MethodFilter::DELETE,
        HttpMethod::Options => MethodFilter::OPTIONS,
        HttpMethod::Head => MethodFilter::HEAD,
        HttpMethod::Patch => MethodFilter::PATCH,
        HttpMethod::Trace => MethodFilter::TRACE,
    }
}

fn seed_routes(world: &World) -> Routes {
    Routes::new()
        .schema::<Seed>()
        .add::<__path_read_seed, _, _>(read_seed)
        .add::<__path_set_seed, _, _>(set_seed)
        .with_state(world.random.clone())
}

/// The seed from which everything random comes.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Seed {
    seed: u64,
}

/// Reads the seed.
#[utoipa::path(get, path = "/_sandbox/seed", responses((status = 200, body = Seed)))]
async fn read_seed(State(random): State<Random>) -> Json<Seed> {
    Json(Seed {
        seed: random.seed(),
    })
}

/// Starts everything random anew; keys and identifiers already given out stay.
#[utoipa::path(
    post, path = "/_sandbox/seed", request_body = Seed,
    responses((status = 200, body = Seed), (status = 422, body = Problem))
)]
async fn set_seed(State(random): State<Random>, Input(wanted): Input<Seed>) -> Json<Seed> {
    random.reseed(wanted.seed);
    Json(wanted)
}

fn sms_routes(world: &World) -> Routes {
    Routes::new()
        .schema::<Sms>()
        .add::<__path_list_sms, _, _>(list_sms)
        .with_state(world.sms.clone())
}

/// Lists the text messages that would have been sent, oldest first; the last 1,000 are kept.
#[utoipa::path(get, path = "/_sandbox/sms", responses((status = 200, body = Vec<Sms>)))]
async fn list_sms(State(outbox): State<SmsOutbox>) -> Json<Vec<Sms>> {
    Json(outbox.messages())
}

fn webhooks_routes(world: &World) -> Routes {
    Routes::new()
        .schema::<Webhook>()
        .add::<__path_list_webhooks, _, _>(list_webhooks)
        .with_state(world.outbox.clone())
}

/// Lists the webhooks the providers wrote and what became of them, oldest first; the last 1,000 are
/// kept.
#[utoipa::path(get, path = "/_sandbox/webhooks", responses((status = 200, body = Vec<Webhook>)))]
async fn list_webhooks(State(outbox): State<Outbox>) -> Json<Vec<Webhook>> {
    Json(outbox.webhooks())
}
