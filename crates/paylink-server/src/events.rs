//! The sender: tells the shop of each event, at least once, and tries again for three days.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use paylink::desk::MarkedDelivered;
use serde::Serialize;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::metrics::Sent;
use crate::outgoing::{Courier, NotSent};
use crate::problem::Problem;
use crate::service::Service;
use crate::settings::EventPauses;
use crate::signature::signatures;
use crate::store::alarms::Alarms;
use crate::store::events::{DueEvent, EventKind};
use crate::store::later;
use crate::view::{AlarmView, OrderView, Time};

/// How often the events that are due are looked for, where nobody says that there are some.
const INTERVAL: Duration = Duration::from_secs(2);
/// How many are under way at once.
const AT_ONCE: usize = 32;
const LONGEST_RETRY: Duration = Duration::from_secs(60 * 60);
/// How often an acknowledgement is tried at once, where another call holds the order.
const TRIES: u32 = 5;

/// The body of an event.
#[derive(Serialize)]
struct Event<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: Time,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    order: &'a OrderView,
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm: Option<AlarmView>,
}

/// Sends what is due until it is stopped. What is under way then comes to its end.
pub(crate) async fn run(
    service: Arc<Service>,
    courier: Courier,
    pauses: EventPauses,
    stop: CancellationToken,
) {
    let mut under_way = JoinSet::new();
    while !stop.is_cancelled() {
        while under_way.try_join_next().is_some() {}
        let room = AT_ONCE.saturating_sub(under_way.len());
        let taken = match room {
            0 => Ok(Vec::new()),
            room => {
                service
                    .store
                    .take_due_events(SystemTime::now(), pauses.lease, room)
                    .await
            }
        };
        let found = match taken {
            Ok(events) => {
                let found = events.len();
                for event in events {
                    let (service, courier) = (Arc::clone(&service), courier.clone());
                    under_way
                        .spawn(async move { tell(&service, &courier, pauses.retry, &event).await });
                }
                found
            }
            Err(problem) => {
                tracing::error!(%problem, "the events cannot be read");
                0
            }
        };
        if room > 0 && found == room {
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = service.written.notified() => {}
            () = tokio::time::sleep(INTERVAL) => {}
            Some(_) = under_way.join_next() => {}
        }
    }
    while under_way.join_next().await.is_some() {}
}

/// Sends one event, and writes what came of it.
async fn tell(service: &Service, courier: &Courier, retry: Duration, event: &DueEvent) {
    let sent = send(service, courier, event).await;
    let result = if sent.is_ok() { "arrived" } else { "failed" };
    service.metrics.sent(&Sent {
        kind: event.kind.as_str(),
        result,
    });
    let noted = match sent {
        Ok(()) => {
            let waited = SystemTime::now()
                .duration_since(event.created_at)
                .unwrap_or_default();
            tracing::info!(
                event = event.id,
                order = event.order,
                kind = event.kind.as_str(),
                tries = event.attempts,
                waited_ms = waited.as_millis(),
                "an event arrived"
            );
            service.store.event_arrived(&event.id).await
        }
        Err(problem) => {
            let until = later(SystemTime::now(), pause_after(event.failures, retry));
            let put_off = service.store.put_event_off(event, until, &problem).await;
            put_off.map(|is_dead| tell_of_failure(event, &problem, is_dead))
        }
    };
    if let Err(problem) = noted {
        tracing::error!(event = event.id, %problem, "an event comes again once its lease has ended");
    }
}

fn tell_of_failure(event: &DueEvent, problem: &str, is_dead: bool) {
    if is_dead {
        tracing::error!(
            event = event.id,
            order = event.order,
            problem,
            "an event is a dead letter: see to it, and send it again"
        );
    } else {
        tracing::warn!(
            event = event.id,
            order = event.order,
            tries = event.attempts,
            problem,
            "an event did not arrive and is sent again"
        );
    }
}

async fn send(service: &Service, courier: &Courier, event: &DueEvent) -> Result<(), String> {
    let told = |problem: Problem| problem.detail().to_owned();
    let order = service.read(&event.order).await.map_err(told)?;
    let alarm = match &event.alarm {
        None => None,
        Some(id) => {
            let which = Alarms {
                id,
                ..Alarms::default()
            };
            let found = service.store.alarms(which, 1).await;
            found.map_err(|error| error.to_string())?.pop()
        }
    };
    let body = Event {
        id: &event.id,
        kind: event.kind.as_str(),
        timestamp: Time(event.created_at),
        data: Data {
            order: &order,
            alarm: alarm.map(AlarmView::from),
        },
    };
    let body = serde_json::to_string(&body).map_err(|error| error.to_string())?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let timestamp = now.unwrap_or_default().as_secs().to_string();
    let signature = signatures(&service.signing_keys, &event.id, &timestamp, &body);
    let headers = [
        ("webhook-id", event.id.clone()),
        ("webhook-timestamp", timestamp),
        ("webhook-signature", signature),
    ];
    courier
        .send(headers, body)
        .await
        .map_err(|error: NotSent| error.to_string())?;
    if event.kind == EventKind::Paid && service.acknowledged_by_event {
        acknowledged(service, &event.order).await?;
    }
    Ok(())
}

/// Writes that the shop has taken the goods of an order over. Without that the event comes again.
async fn acknowledged(service: &Service, order: &str) -> Result<(), String> {
    let mut problem = String::new();
    for tried in 0..TRIES {
        match service.desk.mark_delivered(order).await {
            Ok(MarkedDelivered::Done { .. }) => return Ok(()),
            Ok(MarkedDelivered::NotAwaitingDelivery) => {
                return Err(
                    "it arrived, and the ledger does not say that the order is paid".to_owned(),
                );
            }
            Ok(MarkedDelivered::Busy { .. }) => {
                "another call holds the order".clone_into(&mut problem);
            }
            Err(error) => problem = error.to_string(),
        }
        tokio::time::sleep(Duration::from_millis(200 << tried)).await;
    }
    Err(format!(
        "it arrived, and that could not be written: {problem}"
    ))
}

/// The pause after a try that failed, as so many did before it.
fn pause_after(failures: i64, first: Duration) -> Duration {
    let doublings = u32::try_from(failures.clamp(0, 16)).unwrap_or_default();
    first.saturating_mul(1 << doublings).min(LONGEST_RETRY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_grow_to_an_hour_and_fill_three_days() {
        let first = EventPauses::default().retry;
        assert_eq!(pause_after(0, first), first);
        assert_eq!(pause_after(1, first), first * 2);
        assert_eq!(pause_after(100, first), LONGEST_RETRY);
        let three_days = crate::store::events::DIES_AFTER;
        let tries = (0..).scan(Duration::ZERO, |sum, failures| {
            *sum += pause_after(failures, first);
            (*sum < three_days).then_some(())
        });
        assert_eq!(tries.count(), 80);
    }
}
