//! The API under `/v1`: every path, its rights, and the document that describes it.

mod accounts;
mod asked;
mod document;
mod events;
mod gate;
mod orders;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use gate::{Gate, buffered, counted, limited_by_address, presented};
pub(crate) use orders::{cursor, read_cursor, to_the_end};

use crate::problem::{Problem, ProblemKind};
use crate::service::Service;

/// The largest body that is read.
pub(crate) const LARGEST_BODY: usize = 64 * 1024;

/// The API, behind its keys, with its description.
pub(crate) fn router(service: &Arc<Service>, gate: &Arc<Gate>) -> Router {
    let (api, document) = OpenApiRouter::with_openapi(document::base())
        .routes(routes!(orders::create, orders::list))
        .routes(routes!(orders::read))
        .routes(routes!(orders::check))
        .routes(routes!(orders::start_over))
        .routes(routes!(orders::acknowledge))
        .routes(routes!(orders::refund))
        .routes(routes!(orders::disable))
        .routes(routes!(orders::resend))
        .routes(routes!(events::list))
        .routes(routes!(events::resend))
        .routes(routes!(events::alarms))
        .routes(routes!(events::resolve))
        .routes(routes!(accounts::list))
        .routes(routes!(accounts::read))
        .routes(routes!(accounts::payments))
        .routes(routes!(accounts::codes))
        .split_for_parts();
    let api = api
        .fallback(nothing_here)
        .method_not_allowed_fallback(other_method)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn(buffered))
        .layer(from_fn_with_state(Arc::clone(gate), gate::authenticated))
        .with_state(Arc::clone(service));
    document::routes(document).merge(api)
}

async fn nothing_here() -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "there is nothing at this path: see /v1/openapi.json, and write a slash in an order's name as %2F",
    )
}

async fn other_method() -> Problem {
    Problem::new(
        ProblemKind::MethodNotAllowed,
        "this path has other methods: see /v1/openapi.json",
    )
}

/// An answer with a document, or a problem.
pub(crate) type Answer<T> = Result<Json<T>, Problem>;

/// A document with a status, and when to ask again.
pub(crate) fn accepted<T: serde::Serialize>(
    document: T,
    again_in: std::time::Duration,
) -> Response {
    let seconds = again_in.as_secs().saturating_add(1).to_string();
    let headers = [(axum::http::header::RETRY_AFTER, seconds)];
    (axum::http::StatusCode::ACCEPTED, headers, Json(document)).into_response()
}
