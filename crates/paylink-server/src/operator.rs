//! The operator's page: what needs a person, in Persian and English, without a script.
//!
//! A person logs in with an API key that has the right `operate`. What is done here goes through the same methods as the
//! API, which write the audit log.

mod action;
mod alarms;
mod audit;
mod events;
mod frame;
mod language;
mod login;
mod order;
mod orders;
mod overview;
mod reconcile;
mod session;
mod texts;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use url::Url;

use self::frame::Trouble;
use self::session::Cookies;
use crate::api::{Gate, LARGEST_BODY, buffered};
use crate::problem::{Problem, ProblemKind};
use crate::service::Service;

/// Where the pages are.
const HOME: &str = "/operator";

/// What all pages are made with.
struct Operator {
    gate: Arc<Gate>,
    cookies: Cookies,
    /// The service's own origin, as its users see it.
    origin: String,
    /// One at a time: each reads a provider's whole list.
    reconciliations: Semaphore,
}

impl Operator {
    fn service(&self) -> &Arc<Service> {
        &self.gate.service
    }
}

/// The pages of a service that is reached at this URL.
pub(crate) fn router(gate: &Arc<Gate>, url: &str) -> Router {
    let origin = Url::parse(url).map(|url| url.origin().ascii_serialization());
    let operator = Arc::new(Operator {
        gate: Arc::clone(gate),
        cookies: Cookies {
            is_secure: url.starts_with("https://"),
        },
        origin: origin.unwrap_or_default(),
        reconciliations: Semaphore::new(1),
    });
    let pages = Router::new()
        .route("/", get(overview::page))
        .route(login::PATH, get(login::page).post(login::log_in))
        .route("/logout", post(login::log_out))
        .route("/orders", get(orders::list))
        .route("/orders/{order}", get(order::page))
        .route(
            "/orders/{order}/{action}",
            get(action::ask).post(action::carry_out),
        )
        .route("/alarms", get(alarms::list))
        .route("/alarms/{alarm}", get(alarms::page).post(alarms::resolve))
        .route("/events", get(events::list).post(events::send_again))
        .route("/reconcile", get(reconcile::page).post(reconcile::run))
        .route("/audit", get(audit::list))
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn_with_state(Arc::clone(&operator), frame::visited))
        .layer(from_fn(buffered))
        .with_state(operator);
    let home = async || frame::leads_to(HOME);
    Router::new()
        .route(&format!("{HOME}/"), get(home))
        .nest(HOME, pages)
}

async fn nothing_here() -> Trouble {
    Problem::new(ProblemKind::NotFound, "there is nothing at this address").into()
}

/// The path of an order's page. A slash in its name is no slash of the path.
fn path_of(order: &str) -> String {
    format!("{HOME}/orders/{}", encoded(order))
}

/// A text as one part of a path, or one value of a query.
fn encoded(text: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    encoded.replace('+', "%20")
}

/// The filters of the templates.
mod filters {
    #![expect(unreachable_pub, reason = "the macro of askama writes it so")]

    /// Shows text of others: what cannot be seen is written as an escape, and nothing is endless.
    #[askama::filter_fn]
    pub(super) fn seen(
        text: impl std::fmt::Display,
        _: &dyn askama::Values,
    ) -> askama::Result<String> {
        Ok(paylink::core::text::excerpt(&text.to_string(), 1_000))
    }
}
