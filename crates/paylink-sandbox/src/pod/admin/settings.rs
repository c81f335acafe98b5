use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;
use serde_json::{Map, Value, json};

use crate::admin::{Input, Problem, Routes};
use crate::pod::{PodSandbox, Settings};

pub(super) fn add_to(routes: Routes<PodSandbox>) -> Routes<PodSandbox> {
    routes
        .schema::<Settings>()
        .add::<__path_read_settings, _, _>(read_settings)
        .add::<__path_change_settings, _, _>(change_settings)
}

/// Reads how POD behaves where its document is silent.
#[utoipa::path(
    get, path = "/_sandbox/pod/settings", operation_id = "read_pod_settings",
    responses((status = 200, body = Settings))
)]
async fn read_settings(State(pod): State<PodSandbox>) -> Json<Settings> {
    Json(pod.settings())
}

/// Chooses how POD behaves where its document is silent; what is left out stays as it is.
#[utoipa::path(
    post, path = "/_sandbox/pod/settings", operation_id = "change_pod_settings",
    request_body = Settings,
    responses((status = 200, body = Settings), (status = 422, body = Problem))
)]
async fn change_settings(
    State(pod): State<PodSandbox>,
    Input(wanted): Input<Map<String, Value>>,
) -> Result<Json<Settings>, Problem> {
    let mut all = json!(pod.settings());
    if let Value::Object(all) = &mut all {
        all.extend(wanted);
    }
    let refuse = |why: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why);
    let changed: Settings =
        serde_json::from_value(all).map_err(|error| refuse(error.to_string()))?;
    if changed.tax_percent > 100 {
        return Err(refuse("`tax_percent` must be at most 100".to_owned()));
    }
    pod.change_settings(|settings| *settings = changed);
    Ok(Json(changed))
}
