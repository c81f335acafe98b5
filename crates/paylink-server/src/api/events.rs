//! Events and alarms: what the shop was told, and what needs a person.

#![expect(
    unused_qualifications,
    reason = "the macro of utoipa writes whole paths"
)]

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use paylink::core::text::check_name;
use paylink::{FieldKey, Invalid};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Answer;
use super::asked::{Asked, Body, Named};
use super::gate::{Held, Operate, Read, TakePayments};
use super::orders::{cursor, limit, read_cursor};
use crate::keys::KeyLine;
use crate::problem::{Problem, ProblemKind};
use crate::service::Service;
use crate::store::alarms::{Alarm, Alarms};
use crate::store::events::{EventLine, Events, EventsThat};
use crate::view::{AlarmView, EventView};

const STATE: FieldKey = FieldKey::new("state", "state");
const NOTE: FieldKey = FieldKey::new("note", "note");

/// List events, the newest first.
#[utoipa::path(
    get, path = "/v1/events", tag = "events", operation_id = "listEvents", params(Filter),
    responses((status = 200, description = "A page of them.", body = EventList)),
)]
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    _: Held<Read>,
    Asked(filter): Asked<Filter>,
) -> Answer<EventList> {
    let limit = limit(filter.limit.as_deref())?;
    let which = Events {
        id: String::new(),
        order: filter.order.unwrap_or_default(),
        standing: standing(filter.state.as_deref())?,
        before: filter.after.as_deref().map(read_cursor).transpose()?,
        limit,
    };
    let events = service.store.events(&which).await?;
    let last = events.last().filter(|_| events.len() >= usize::from(limit));
    let next = last.map(|last| cursor(last.created_at, &last.id));
    let events = events.into_iter().map(EventView::from).collect();
    Ok(Json(EventList { events, next }))
}

fn standing(state: Option<&str>) -> Result<EventsThat, Invalid> {
    match state {
        None => Ok(EventsThat::Are),
        Some("dead") => Ok(EventsThat::AreDead),
        Some(other) => Err(Invalid::new(STATE, "is not known")
            .with_value(other)
            .with_remedy("use dead, or leave it out")),
    }
}

/// Send an event again, at once, and for three more days if that fails: a dead letter, or one that the shop has lost.
#[utoipa::path(
    post, path = "/v1/events/{event}/resend", tag = "events", operation_id = "resendEvent",
    params(("event" = String, Path, description = "The event's id.")),
    responses((status = 200, description = "It is due.", body = EventView)),
)]
pub(super) async fn resend(
    State(service): State<Arc<Service>>,
    Held { key, .. }: Held<TakePayments>,
    Named(id): Named,
) -> Answer<EventView> {
    Ok(Json(service.send_again(&id, &key).await?.into()))
}

/// List what needs a person, the oldest first: payments that are not the order's, and lost ones.
#[utoipa::path(
    get, path = "/v1/alarms", tag = "events", operation_id = "listAlarms", params(AlarmFilter),
    responses((status = 200, description = "The alarms, at most 100.", body = AlarmList)),
)]
pub(super) async fn alarms(
    State(service): State<Arc<Service>>,
    _: Held<Read>,
    Asked(filter): Asked<AlarmFilter>,
) -> Answer<AlarmList> {
    let which = Alarms {
        id: "",
        order: filter.order.as_deref().unwrap_or_default(),
        open_only: filter.order.is_none(),
        newest_first: false,
    };
    let alarms = service.store.alarms(which, super::orders::MOST).await?;
    let alarms = alarms.into_iter().map(AlarmView::from).collect();
    Ok(Json(AlarmList { alarms }))
}

/// Say that a person has seen to an alarm. The order stays as it is.
#[utoipa::path(
    post, path = "/v1/alarms/{alarm}/resolve", tag = "events", operation_id = "resolveAlarm",
    params(("alarm" = String, Path, description = "The alarm's id.")),
    request_body = Resolve,
    responses((status = 200, description = "It is written.", body = AlarmView)),
)]
pub(super) async fn resolve(
    State(service): State<Arc<Service>>,
    Held { key, .. }: Held<Operate>,
    Named(id): Named,
    Body(resolve): Body<Resolve>,
) -> Answer<AlarmView> {
    Ok(Json(
        service.resolve(&id, &resolve.note, &key).await?.into(),
    ))
}

/// Which events are listed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Only those of this order.
    order: Option<String>,
    /// `dead`: only dead letters.
    #[param(inline, value_type = Option<DeadWord>)]
    state: Option<String>,
    /// The page behind the one that gave this as `next`.
    after: Option<String>,
    /// At most so many: 50, if it is not given.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 100)]
    limit: Option<String>,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes the word above")]
enum DeadWord {
    Dead,
}

/// Which alarms are listed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AlarmFilter {
    /// Those of this order, whether somebody has seen to them or not. Without it, those that nobody has seen to.
    order: Option<String>,
}

/// How an alarm was seen to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Resolve {
    /// What was found and done, for whoever reads it later: 1 to 1,000 characters.
    #[schema(min_length = 1, max_length = 1000)]
    note: String,
}

/// A page of events.
#[derive(Serialize, ToSchema)]
pub(super) struct EventList {
    events: Vec<EventView>,
    /// Give it back as `after` for the next page; null on the last one.
    next: Option<String>,
}

/// Alarms.
#[derive(Serialize, ToSchema)]
pub(super) struct AlarmList {
    alarms: Vec<AlarmView>,
}

impl Service {
    /// Makes an event due again, for whoever holds this key.
    pub(crate) async fn send_again(&self, id: &str, who: &KeyLine) -> Result<EventLine, Problem> {
        let none = || Problem::new(ProblemKind::NotFound, "there is no event of this id");
        if id.is_empty() {
            return Err(none());
        }
        if !self.sends_events {
            let detail = "the service has no address to send events to: set events_url";
            return Err(Problem::new(ProblemKind::Kept, detail));
        }
        if !self.store.resend_event(id).await? {
            return Err(none());
        }
        self.written.notify_one();
        let which = Events {
            id: id.to_owned(),
            limit: 1,
            ..Events::default()
        };
        let event = self.store.events(&which).await?.pop().ok_or_else(none)?;
        let outcome = format!("{id} is due");
        self.store
            .audit(&who.who(), "resend-event", Some(&event.order), &outcome)
            .await?;
        Ok(event)
    }

    /// Writes that a person has seen to an alarm.
    pub(crate) async fn resolve(
        &self,
        id: &str,
        note: &str,
        who: &KeyLine,
    ) -> Result<Alarm, Problem> {
        check_name(NOTE, note.trim(), 1_000)?;
        let which = Alarms {
            id,
            ..Alarms::default()
        };
        let none = || Problem::new(ProblemKind::NotFound, "there is no alarm of this id");
        let by = who.who();
        let is_new = !id.is_empty() && self.store.resolve_alarm(id, &by, note.trim()).await?;
        let found = if id.is_empty() {
            None
        } else {
            self.store.alarms(which, 1).await?.pop()
        };
        let alarm = found.ok_or_else(none)?;
        if is_new {
            let audit = self
                .store
                .audit(&by, "resolve-alarm", Some(&alarm.order), note.trim());
            audit.await?;
        }
        Ok(alarm)
    }
}
