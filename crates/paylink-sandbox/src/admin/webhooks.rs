use axum::extract::State;
use axum::response::Json;

use super::Routes;
use crate::outbox::{Outbox, Webhook};
use crate::world::World;

pub(super) fn routes(world: &World) -> Routes {
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
