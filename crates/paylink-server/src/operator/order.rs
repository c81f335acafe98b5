//! One order: how it stands, what happened to it, and what can be done.

use std::sync::Arc;
use std::time::SystemTime;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use paylink::desk::StoredOrder;
use serde::Deserialize;

use super::action::Action;
use super::frame::{Frame, Page, shown};
use super::language::Lang;
use super::{Operator, filters, path_of};
use crate::problem::Problem;
use crate::service::Service;
use crate::store::alarms::{Alarm, Alarms};
use crate::store::audit::AuditLine;
use crate::store::events::{EventLine, Events};
use crate::store::orders::Beside;
use crate::store::refunds::Refund;

/// How many events, alarms and lines of the audit log are shown.
const MOST: u16 = 100;

/// Everything that is kept of an order.
struct Kept {
    order: StoredOrder,
    beside: Option<Beside>,
    refund: Option<Refund>,
    alarms: Vec<Alarm>,
    events: Vec<EventLine>,
    audit: Vec<AuditLine>,
}

impl Kept {
    async fn read(service: &Service, name: &str) -> Result<Kept, Problem> {
        let order = service.desk.order(name).await?;
        let store = &service.store;
        let of_order = Alarms {
            order: name,
            ..Alarms::default()
        };
        let events = Events {
            order: name.to_owned(),
            limit: MOST,
            ..Events::default()
        };
        Ok(Kept {
            order,
            beside: store.beside(name).await?,
            refund: store.refund(name).await?,
            alarms: store.alarms(of_order, MOST).await?,
            events: store.events(&events).await?,
            audit: store.audit_lines(name, None, MOST).await?,
        })
    }
}

/// Something that happened to an order.
struct Step {
    at: SystemTime,
    title: String,
    /// In the words of others: each is kept apart.
    said: Vec<String>,
    tone: &'static str,
}

#[derive(Template)]
#[template(path = "operator/order.html")]
struct Shown<'a> {
    frame: &'a Frame,
    name: &'a str,
    kept: &'a Kept,
    provider: Option<&'static str>,
    actions: Vec<Action>,
    steps: Vec<Step>,
    done: Option<Action>,
}

impl Shown<'_> {
    fn path(&self, action: Action) -> String {
        format!("{}/{}", path_of(self.name), action.as_str())
    }
}

#[derive(Deserialize)]
pub(super) struct Asked {
    /// What was done just now.
    #[serde(default)]
    done: String,
}

pub(super) async fn page(
    State(operator): State<Arc<Operator>>,
    frame: Frame,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Page {
    let service = operator.service();
    let kept = Kept::read(service, &name).await?;
    let account = service.accounts().get(kept.order.account()).ok();
    let rights = frame.key()?.rights;
    let actions = Action::ALL.into_iter().filter(|action| {
        let refund = kept.refund.as_ref();
        action.is_offered(&kept.order, refund, service.accounts(), rights)
    });
    let page = Shown {
        frame: &frame,
        name: &name,
        provider: account.map(|account| title(frame.lang, account.capabilities().provider())),
        actions: actions.collect(),
        steps: steps(&frame, &kept),
        done: Action::ALL.into_iter().find(|it| it.as_str() == asked.done),
        kept: &kept,
    };
    Ok(shown(StatusCode::OK, &page))
}

/// A provider's title, where this build knows it.
fn title(lang: Lang, provider: &'static str) -> &'static str {
    let known = paylink::providers().iter();
    let known = known.copied().find(|known| known.name() == provider);
    known.map_or(provider, |known| match lang {
        Lang::Persian => known.persian_title(),
        Lang::English => known.title(),
    })
}

/// Everything that happened to an order, in the order of time.
fn steps(frame: &Frame, kept: &Kept) -> Vec<Step> {
    let (t, lang) = (frame.t, frame.lang);
    let mut steps = Vec::new();
    let mut step = |at, title: &str, said: Vec<String>, tone| {
        steps.push(Step {
            at,
            title: title.to_owned(),
            said,
            tone,
        });
    };
    let ledger = kept.order.ledger();
    if let Some(beside) = &kept.beside {
        step(beside.created_at, t.step_created, vec![], "plain");
    }
    let own = kept.order.payment().reference();
    for attempt in ledger.attempts() {
        if let Some(created) = attempt.created() {
            let reference = attempt.reference(own).to_string();
            let at = created.record().created_at();
            step(at, t.step_payment, vec![reference], "plain");
        }
    }
    if let Some(delivery) = ledger.delivery() {
        let amount = lang.money(delivery.amount());
        step(delivery.settled_at(), t.step_paid, vec![amount], "good");
    }
    if let Some(at) = ledger.delivered_at() {
        step(at, t.step_acknowledged, vec![], "good");
    }
    for alarm in &kept.alarms {
        let title = format!("{}: {}", t.step_alarm, lang.alarm(alarm.kind).title);
        step(alarm.raised_at, &title, vec![alarm.detail.clone()], "bad");
    }
    for event in &kept.events {
        let said = |title| format!("{title}: {}", lang.event(&event.kind));
        let tries = format!("{}: {}", t.tries, lang.count(event.attempts));
        let tries = Some(tries).filter(|_| event.attempts > 0);
        let details = tries.into_iter().chain(event.problem.clone()).collect();
        step(event.created_at, &said(t.step_event), details, "plain");
        if let Some(at) = event.arrived_at {
            step(at, &said(t.step_event_arrived), vec![], "good");
        }
        if let Some(at) = event.dead_at {
            step(at, &said(t.step_event_dead), vec![], "bad");
        }
    }
    if let Some(refund) = &kept.refund {
        step(refund.asked_at, t.step_refund_asked, vec![], "plain");
        if let Some(at) = refund.done_at {
            step(at, t.step_refund_done, vec![], "good");
        }
    }
    steps.extend(kept.audit.iter().map(|line| Step {
        at: line.at,
        title: lang.deed(&line.what),
        said: vec![lang.outcome(&line.outcome), line.who.clone()],
        tone: "plain",
    }));
    steps.sort_by_key(|step| step.at);
    steps
}
