use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;

use super::Routes;
use crate::journal::{Journal, JournalEntry};
use crate::world::World;

pub(super) fn routes(world: &World) -> Routes {
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
