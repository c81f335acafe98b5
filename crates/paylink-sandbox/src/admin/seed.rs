use axum::extract::State;
use axum::response::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Input, Problem, Routes};
use crate::random::Random;
use crate::world::World;

pub(super) fn routes(world: &World) -> Routes {
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
