use axum::extract::State;
use axum::response::Json;

use super::Routes;
use crate::sms::{Sms, SmsOutbox};
use crate::world::World;

pub(super) fn routes(world: &World) -> Routes {
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
