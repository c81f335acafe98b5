use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::admin::{Input, Problem, Routes};
use crate::pod::failures::{Executed, Failure};
use crate::pod::{PodSandbox, service};

pub(super) fn add_to(routes: Routes<PodSandbox>) -> Routes<PodSandbox> {
    routes
        .schema::<PlannedFailure>()
        .add::<__path_list_failures, _, _>(list_failures)
        .add::<__path_plan_failure, _, _>(plan_failure)
        .add::<__path_clear_failures, _, _>(clear_failures)
}

/// A failure in POD's own envelope that the next request for an operation is to meet.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PodFailure)]
struct PlannedFailure {
    #[schema(example = "pay-any-invoice")]
    operation: String,
    /// 227 the service timed out, 378 its answer was lost, 999 an internal error.
    #[schema(example = 227)]
    code: u16,
    /// Whether the service is executed all the same.
    executed: bool,
}

/// Lists the failures of POD that no request has met yet.
#[utoipa::path(
    get, path = "/_sandbox/pod/failures",
    responses((status = 200, body = Vec<PlannedFailure>))
)]
async fn list_failures(State(pod): State<PodSandbox>) -> Json<Vec<PlannedFailure>> {
    let failures = pod.failures();
    let planned = failures.pending().map(|pending| PlannedFailure {
        operation: pending.operation.clone(),
        code: pending.failure.code(),
        executed: pending.executed == Executed::Yes,
    });
    Json(planned.collect())
}

/// Lets the next request for an operation of POD fail in POD's own envelope.
#[utoipa::path(
    post, path = "/_sandbox/pod/failures", request_body = PlannedFailure,
    responses((status = 201, body = PlannedFailure), (status = 422, body = Problem))
)]
async fn plan_failure(
    State(pod): State<PodSandbox>,
    Input(planned): Input<PlannedFailure>,
) -> Result<(StatusCode, Json<PlannedFailure>), Problem> {
    let refuse = |why: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why);
    let operation = planned.operation.as_str();
    if !service::NAMES.contains(&operation) {
        let known = service::NAMES.join(", ");
        return Err(refuse(format!("pod has these operations: {known}")));
    }
    let failure = Failure::from_code(planned.code)
        .ok_or_else(|| refuse("`code` must be 227, 378 or 999".to_owned()))?;
    if planned.executed {
        pod.fail_after(operation, failure);
    } else {
        pod.fail_before(operation, failure);
    }
    Ok((StatusCode::CREATED, Json(planned)))
}

/// Forgets the failures of POD that are still to come.
#[utoipa::path(delete, path = "/_sandbox/pod/failures", responses((status = 204)))]
async fn clear_failures(State(pod): State<PodSandbox>) -> StatusCode {
    pod.failures().clear();
    StatusCode::NO_CONTENT
}
