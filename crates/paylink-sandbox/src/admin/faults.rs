use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Input, Problem, Routes};
use crate::faults::{Fault, Faults, PendingFault};
use crate::simulated::Simulated;
use crate::world::World;

pub(super) fn routes(world: &World, providers: &[Simulated]) -> Routes {
    Routes::new()
        .schema::<PlannedFault>()
        .add::<__path_list_faults, _, _>(list_faults)
        .add::<__path_set_fault, _, _>(set_fault)
        .add::<__path_clear_faults, _, _>(clear_faults)
        .with_state(Desk {
            faults: world.faults.clone(),
            providers: providers.into(),
        })
}

/// The faults to come, and the operations that there are.
#[derive(Debug, Clone)]
struct Desk {
    faults: Faults,
    providers: Arc<[Simulated]>,
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
    let mut providers = desk.providers.iter();
    let Some(provider) = providers.find(|it| it.name() == planned.provider) else {
        return Err(refuse(format!(
            "there is no provider {:?}",
            planned.provider
        )));
    };
    let operations = provider.operations();
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

/// A fault and the requests that are to meet it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlannedFault {
    /// The provider's name.
    #[schema(example = "zipay")]
    provider: String,
    /// The operation's name.
    #[schema(example = "invoice-verify")]
    operation: String,
    /// How many requests meet it.
    #[serde(default = "once")]
    #[schema(default = 1, minimum = 1)]
    times: u32,
    fault: FaultSpec,
}

/// What goes wrong, before or after the operation is executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum FaultSpec {
    /// Nothing is executed, and the connection is closed without a byte.
    DropBefore,
    /// The operation is executed, and the connection is closed without a byte.
    DropAfter,
    /// The sandbox waits, then executes and answers.
    Delay { milliseconds: u64 },
    /// The operation is executed; the sandbox waits, then answers.
    DelayAfter { milliseconds: u64 },
    /// Nothing is executed, and this HTTP status comes with an HTML page.
    Status { status: u16 },
    /// The operation is executed, and this HTTP status comes with an HTML page.
    StatusAfter { status: u16 },
    /// Nothing is executed, and HTTP 200 comes with an HTML page.
    Html,
    /// The operation is executed, and HTTP 200 comes with an HTML page.
    HtmlAfter,
    /// The operation is executed; the whole head and half the body, then the connection is closed.
    Truncated,
}

impl FaultSpec {
    /// Returns the fault, or why it cannot be played.
    fn check(self) -> Result<Fault, &'static str> {
        if let Self::Status { status } | Self::StatusAfter { status } = self
            && !(200..600).contains(&status)
        {
            return Err("`status` must be from 200 to 599");
        }
        Ok(match self {
            Self::DropBefore => Fault::DropBefore,
            Self::DropAfter => Fault::DropAfter,
            Self::Delay { milliseconds } => Fault::Delay(Duration::from_millis(milliseconds)),
            Self::DelayAfter { milliseconds } => {
                Fault::DelayAfter(Duration::from_millis(milliseconds))
            }
            Self::Status { status } => Fault::Status(status),
            Self::StatusAfter { status } => Fault::StatusAfter(status),
            Self::Html => Fault::Html,
            Self::HtmlAfter => Fault::HtmlAfter,
            Self::Truncated => Fault::Truncated,
        })
    }
}

impl From<Fault> for FaultSpec {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::DropBefore => Self::DropBefore,
            Fault::DropAfter => Self::DropAfter,
            Fault::Delay(by) => Self::Delay {
                milliseconds: milliseconds(by),
            },
            Fault::DelayAfter(by) => Self::DelayAfter {
                milliseconds: milliseconds(by),
            },
            Fault::Status(status) => Self::Status { status },
            Fault::StatusAfter(status) => Self::StatusAfter { status },
            Fault::Html => Self::Html,
            Fault::HtmlAfter => Self::HtmlAfter,
            Fault::Truncated => Self::Truncated,
        }
    }
}

impl From<PendingFault> for PlannedFault {
    fn from(pending: PendingFault) -> Self {
        let PendingFault {
            provider,
            operation,
            fault,
            times,
        } = pending;
        Self {
            provider,
            operation,
            times,
            fault: fault.into(),
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn once() -> u32 {
    1
}
