mod spec;

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;

use super::{Input, Problem, Routes};
use crate::faults::Faults;
use crate::provider::Provider;
use crate::world::World;
use spec::PlannedFault;

pub(super) fn routes(world: &World, providers: &[Provider]) -> Routes {
    let known = providers
        .iter()
        .map(|provider| (provider.name, provider.operations))
        .collect();
    Routes::new()
        .schema::<PlannedFault>()
        .add::<__path_list_faults, _, _>(list_faults)
        .add::<__path_set_fault, _, _>(set_fault)
        .add::<__path_clear_faults, _, _>(clear_faults)
        .with_state(Desk {
            faults: world.faults.clone(),
            known,
        })
}

/// The faults to come, and the operations that there are.
#[derive(Debug, Clone)]
struct Desk {
    faults: Faults,
    known: Arc<[(&'static str, &'static [&'static str])]>,
}

/// Lists the faults that no request has met yet, in the order in which they will come.
#[utoipa::path(get, path = "/_sandbox/faults", responses((status = 200, body = Vec<PlannedFault>)))]
async fn list_faults(State(desk): State<Desk>) -> Json<Vec<PlannedFault>> {
    Json(
        desk.faults
            .pending()
            .into_iter()
            .map(PlannedFault::from)
            .collect(),
    )
}

/// Sets a fault for the next requests of one operation.
#[utoipa::path(
    post, path = "/_sandbox/faults", request_body = PlannedFault,
    responses((status = 201, body = PlannedFault), (status = 422, body = Problem))
)]
async fn set_fault(
    State(desk): State<Desk>,
    Input(planned): Input<PlannedFault>,
) -> Result<(StatusCode, Json<PlannedFault>), Problem> {
    let refuse = |why: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why);
    let known = desk
        .known
        .iter()
        .find(|(provider, _)| *provider == planned.provider);
    let Some((_, operations)) = known else {
        return Err(refuse(format!(
            "there is no provider {:?}",
            planned.provider
        )));
    };
    if !operations.contains(&planned.operation.as_str()) {
        let known = operations.join(", ");
        return Err(refuse(format!(
            "{} has these operations: {known}",
            planned.provider
        )));
    }
    let fault = planned
        .fault
        .check()
        .map_err(|why| refuse(why.to_owned()))?;
    if planned.times == 0 {
        return Err(refuse("`times` must be at least 1".to_owned()));
    }
    desk.faults
        .times(&planned.provider, &planned.operation, planned.times, fault);
    Ok((StatusCode::CREATED, Json(planned)))
}

/// Forgets the faults that are still to come.
#[utoipa::path(delete, path = "/_sandbox/faults", responses((status = 204)))]
async fn clear_faults(State(desk): State<Desk>) -> StatusCode {
    desk.faults.clear();
    StatusCode::NO_CONTENT
}
