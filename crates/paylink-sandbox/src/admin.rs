//! The API under `/_sandbox`: what [`Sandbox`](crate::Sandbox) offers in Rust, over HTTP.

mod operation;
mod problem;
mod routes;

use std::time::{Duration, SystemTime};

use axum::Router;
use axum::http::StatusCode;
use axum::response::Json;
use axum::routing::get;
pub(crate) use problem::Problem;
pub(crate) use routes::{Described, Routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::{Info, License};

use crate::calendar;
use crate::faults::{FaultError, FaultRule, Faults, SetFault};
use crate::simulated::Simulated;
use crate::world::World;

/// Where the description of this API is served.
pub(crate) const DESCRIPTION: &str = "/_sandbox/openapi.json";

/// Serves the shared part of the API, what each provider adds to it, and their description.
pub(crate) fn router(world: &World, providers: &[Simulated]) -> Router {
    let mut info = Info::new("paylink sandbox", env!("CARGO_PKG_VERSION"));
    info.description = Some("Moves the clock, pays as the payer, sets faults and shows what the sandboxed providers received and sent.".to_owned());
    info.license = Some(License::new("MIT OR Apache-2.0"));
    let shared = [shared(world), routes(world)];
    let Described {
        router,
        mut document,
    } = shared
        .into_iter()
        .chain(providers.iter().map(Simulated::admin))
        .fold(Described::default(), Described::merge);
    document.info = info;
    router.route(DESCRIPTION, get(async move || Json(document)))
}

fn shared(world: &World) -> Described {
    Routes::new("", world.clone())
        .get("/clock", "Reads the sandbox clock.", clock)
        .post(
            "/clock",
            "Moves the sandbox clock ahead, by a hundred years at most in total.",
            |world, by: ClockAdvance| {
                world
                    .clock
                    .advance(Duration::from_secs(by.advance_seconds));
                Ok(clock(world))
            },
        )
        .get("/seed", "Reads the seed.", seed)
        .post(
            "/seed",
            "Restarts everything random from this seed; keys and identifiers already given out stay.",
            |world, wanted: Seed| {
                world.random.reseed(wanted.seed);
                Ok(seed(world))
            },
        )
        .list(
            "/journal",
            "Lists the requests the providers received, oldest first; the last 10,000 are kept.",
            |world| world.journal.entries(),
        )
        .delete("/journal", "Forgets the requests received so far.", |world| {
            world.journal.clear();
        })
        .list(
            "/webhooks",
            "Lists the webhooks the providers wrote and what became of them, oldest first; the last 1,000 are kept.",
            |world| world.outbox.webhooks(),
        )
        .list(
            "/sms",
            "Lists the text messages that would have been sent, oldest first; the last 1,000 are kept.",
            |world| world.sms.messages(),
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
    advance_seconds: u64,
}

fn clock(world: &World) -> ClockReading {
    let now = world.clock.now();
    ClockReading {
        now,
        unix: calendar::unix_seconds(now),
        advanced_seconds: world.clock.advanced().as_secs(),
    }
}

/// The seed from which everything random comes.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Seed {
    seed: u64,
}

fn seed(world: &World) -> Seed {
    Seed {
        seed: world.random.seed(),
    }
}

fn routes(world: &World) -> Described {
    Routes::new("", world.faults.clone())
        .list("/faults", "Lists the faults in force.", Faults::pending)
        .post(
            "/faults",
            "Sets a fault for an operation, for all of a provider, or for all providers.",
            |faults, rule: FaultRule| {
                let number = faults.set(rule.clone())?;
                Ok(SetFault { number, rule })
            },
        )
        .delete("/faults", "Removes every fault.", Faults::clear)
        .act(
            "/faults/{number}/remove",
            "Removes one fault.",
            None,
            |faults, number: u64| match faults.remove(number) {
                true => Ok(faults.pending()),
                false => Err(Problem::new(
                    StatusCode::NOT_FOUND,
                    "there is no such fault",
                )),
            },
        )
        .done()
}

impl From<FaultError> for Problem {
    fn from(error: FaultError) -> Self {
        Self::unusable(error)
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
    let known = known.join(", ");
    Err(Problem::unusable(format!(
        "{provider} has these operations: {known}"
    )))
}
