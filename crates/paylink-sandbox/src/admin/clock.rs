use std::time::{Duration, SystemTime};

use axum::extract::State;
use axum::response::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Input, Problem, Routes};
use crate::calendar;
use crate::clock::Clock;
use crate::world::World;

pub(super) fn routes(world: &World) -> Routes {
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
