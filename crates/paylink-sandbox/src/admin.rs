//! The API under `/_sandbox`: what [`Sandbox`](crate::Sandbox) offers in Rust, over HTTP.

mod clock;
mod faults;
mod input;
mod journal;
mod routes;
mod seed;
mod sms;
mod webhooks;

use axum::Router;
use axum::response::Json;
use axum::routing::get;
use utoipa::openapi::{Info, License};

use crate::provider::Provider;
use crate::world::World;

pub(crate) use input::{Input, Problem};
pub(crate) use routes::Routes;

/// Where the description of this API is served.
pub(crate) const DESCRIPTION: &str = "/_sandbox/openapi.json";

/// Serves the shared part of the API, what each provider adds to it, and their description.
pub(crate) fn router(world: &World, providers: &[Provider]) -> Router {
    let shared = [
        clock::routes(world),
        seed::routes(world),
        faults::routes(world, providers),
        journal::routes(world),
        webhooks::routes(world),
        sms::routes(world),
    ];
    let of_providers = providers.iter().map(|provider| provider.admin.clone());
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
