//! Events for the shop: which arrived, and sending one again.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

use super::frame::{Frame, Page, leads_to, shown};
use super::{HOME, Operator, filters};
use crate::api::{cursor, read_cursor};
use crate::store::events::{EventLine, Events, EventsThat};

/// How many events stand on a page.
const PAGE: u16 = 50;

#[derive(Deserialize)]
pub(super) struct Filter {
    /// `dead`, `due`, or all.
    #[serde(default)]
    state: String,
    #[serde(default)]
    after: String,
    /// Whether one was sent again just now.
    sent: Option<String>,
}

#[derive(Template)]
#[template(path = "operator/events.html")]
struct Listed<'a> {
    frame: &'a Frame,
    events: Vec<EventLine>,
    state: &'a str,
    sends_events: bool,
    was_sent: bool,
    next: Option<String>,
}

pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    frame: Frame,
    Query(filter): Query<Filter>,
) -> Page {
    let service = operator.service();
    let (state, standing) = match filter.state.as_str() {
        "dead" => ("dead", EventsThat::AreDead),
        "due" => ("due", EventsThat::Wait),
        _ => ("", EventsThat::Are),
    };
    let before = (!filter.after.is_empty()).then(|| read_cursor(&filter.after));
    let which = Events {
        standing,
        before: before.transpose()?,
        limit: PAGE,
        ..Events::default()
    };
    let events = service.store.events(&which).await?;
    let last = events.last().filter(|_| events.len() >= usize::from(PAGE));
    let next = last.map(|last| {
        let after = cursor(last.created_at, &last.id);
        format!("{HOME}/events?state={state}&after={after}")
    });
    let page = Listed {
        frame: &frame,
        events,
        state,
        sends_events: service.sends_events,
        was_sent: filter.sent.is_some(),
        next,
    };
    Ok(shown(StatusCode::OK, &page))
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    event: String,
}

pub(super) async fn send_again(
    State(operator): State<Arc<Operator>>,
    frame: Frame,
    Form(Chosen { event }): Form<Chosen>,
) -> Page {
    operator.service().send_again(&event, frame.key()?).await?;
    Ok(leads_to(&format!("{HOME}/events?sent")))
}
