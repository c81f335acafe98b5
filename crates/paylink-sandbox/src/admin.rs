//! The API under `/_sandbox`: what [`Sandbox`](crate::Sandbox) offers in Rust, over HTTP.

mod document;
mod faults;
mod operation;
mod page;
mod problem;
mod record;
mod routes;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::HttpBody;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{Json, Response};
use axum::routing::{any, get};
pub(crate) use problem::Problem;
use problem::require_json;
use routes::ROOT;
pub(crate) use routes::{Described, Routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::calendar;
use crate::simulated::Simulated;
use crate::snapshot::Snapshot;
use crate::world::World;

/// Where the description of this API is served.
pub(crate) const DESCRIPTION: &str = "/_sandbox/openapi.json";

/// Where a snapshot is taken and loaded.
pub(crate) const SNAPSHOT: &str = "/_sandbox/snapshot";

/// Serves the shared part of the API, what each provider adds to it, and their description.
pub(crate) fn router(world: &World, providers: &[Simulated]) -> Router {
    let shared = [
        health(),
        shared(world, providers),
        faults::routes(world),
        record::routes(world),
    ];
    let Described { router, document } = shared
        .into_iter()
        .chain(providers.iter().map(Simulated::admin))
        .fold(Described::default(), Described::merge);
    let document = document::complete(document, providers);
    let page = page::routes(&document, &world.origin);
    let router = router
        .merge(page)
        .route("/openapi.json", get(async move || Json(document)))
        .method_not_allowed_fallback(async || {
            let message = "the path has other methods: take one that the header `Allow` names";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, message)
        })
        .fallback(no_such_path);
    // Nothing is nested at the root with a slash behind it.
    let slash = format!("{ROOT}/");
    Router::new()
        .nest(ROOT, router)
        .route(&slash, any(no_such_path))
}

async fn no_such_path() -> Problem {
    let message = format!("there is no such path: {DESCRIPTION} lists those that there are");
    Problem::new(StatusCode::NOT_FOUND, message).coded("unknown-path")
}

/// Returns whether a path belongs to the API.
pub(crate) fn serves(path: &str) -> bool {
    let below = path.strip_prefix(ROOT);
    below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
}

/// Keeps an answer of the API from pages of other sites, and from being kept.
pub(crate) fn protect(mut answer: Response) -> Response {
    let headers = answer.headers_mut();
    for (name, value) in [
        ("cross-origin-resource-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// Refuses what changes something and has a body, or says that it has one, that is not JSON.
pub(crate) fn require_json_or_nothing(request: &Request) -> Result<(), Problem> {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    let has_type = request.headers().contains_key(header::CONTENT_TYPE);
    if reads || !has_type && request.body().is_end_stream() {
        return Ok(());
    }
    require_json(request)
}

fn health() -> Described {
    Routes::new("", ())
        .get("/health", "Says that the sandbox is there.", |()| Health {
            status: "ok",
            version: env!("CARGO_PKG_VERSION"),
        })
        .done()
}

/// That the sandbox is there.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// Always `ok`.
    #[schema(pattern = "^ok$")]
    status: &'static str,
    /// The version of the sandbox.
    version: &'static str,
}

/// The sandbox, as its routes see it.
#[derive(Debug, Clone)]
struct Shared {
    world: World,
    providers: Arc<[Simulated]>,
}

fn shared(world: &World, providers: &[Simulated]) -> Described {
    let shared = Shared {
        world: world.clone(),
        providers: providers.into(),
    };
    Routes::new("", shared)
        .get("/clock", "Reads the sandbox clock.", ClockReading::of)
        .post(
            "/clock",
            "Moves the sandbox clock ahead, by a hundred years at most in total.",
            |shared, by: ClockAdvance| {
                let clock = &shared.world.clock;
                clock.advance(Duration::from_secs(by.advance_seconds));
                Ok(ClockReading::of(shared))
            },
        )
        .get("/seed", "Reads the seed.", Seed::of)
        .post(
            "/seed",
            "Restarts everything random from this seed; keys and identifiers already given out stay.",
            |shared, wanted: Seed| {
                shared.world.random.reseed(wanted.seed);
                Ok(Seed::of(shared))
            },
        )
        .run(
            "/clock/next-deadline",
            "Moves the sandbox clock to the moment at which the next payment is given back, expires or settles by itself.",
            |shared| {
                let deadlines = shared.providers.iter().filter_map(Simulated::next_deadline);
                let message = "no payment waits for a moment: nothing would change by itself";
                let next = deadlines.min();
                let next = next.ok_or_else(|| Problem::new(StatusCode::CONFLICT, message))?;
                let clock = &shared.world.clock;
                clock.advance(next.duration_since(clock.now()).unwrap_or_default());
                Ok(ClockReading::of(shared))
            },
        )
        .refuses(StatusCode::CONFLICT, "No payment waits for a moment.")
        .run(
            "/reset",
            "Forgets everything that happened, and sets the clock back to real time; keys stay.",
            |shared| {
                Snapshot::reset(&shared.world, &shared.providers);
                Ok(ClockReading::of(shared))
            },
        )
        .get(
            "/snapshot",
            "Takes a snapshot: everything the sandbox remembers, but for keys and the journal.",
            |shared| Snapshot::of(&shared.world, &shared.providers),
        )
        .post(
            "/snapshot",
            "Puts the sandbox into the state of a snapshot, which may take up to 64 MiB; keys stay.",
            |shared, snapshot: Snapshot| {
                let loaded = snapshot.load(&shared.world, &shared.providers);
                loaded.map_err(Problem::unusable)?;
                Ok(ClockReading::of(shared))
            },
        )
        .get(
            "/environment",
            "Lists the variables with which a client uses the sandbox, as `paylink sandbox` prints them.",
            |shared| {
                let variables = shared.providers.iter().flat_map(|provider| {
                    let others = provider.other_variables().unwrap_or_default();
                    provider.variables().into_iter().chain(others)
                });
                Environment(variables.collect())
            },
        )
        .done()
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
    #[schema(example = 1800)]
    advance_seconds: u64,
}

impl ClockReading {
    fn of(shared: &Shared) -> Self {
        let clock = &shared.world.clock;
        let now = clock.now();
        Self {
            now,
            unix: calendar::unix_seconds(now),
            advanced_seconds: clock.advanced().as_secs(),
        }
    }
}

/// The variables with which a client uses the sandbox, by their names.
#[derive(Debug, Serialize, ToSchema)]
#[serde(transparent)]
struct Environment(BTreeMap<String, String>);

/// The seed from which everything random comes.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Seed {
    seed: u64,
}

impl Seed {
    fn of(shared: &Shared) -> Self {
        Self {
            seed: shared.world.random.seed(),
        }
    }
}

/// Checks that a provider has an operation of this name.
pub(crate) fn require_operation(
    provider: &str,
    known: &[&str],
    operation: &str,
) -> Result<(), Problem> {
    if known.contains(&operation) {
        return Ok(());
    }
    let message = format!("{provider} has no such operation");
    let problem = Problem::unusable(message).coded("unknown-operation");
    Err(problem.known(known.iter().copied()))
}
