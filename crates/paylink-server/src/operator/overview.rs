//! The first page: what needs a person, and how many orders stand where.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use paylink::desk::{OrderStore, Stage};
use paylink_books::{Deliveries, Snapshot};

use super::frame::{Frame, Page, shown};
use super::{HOME, Operator, encoded, filters};
use crate::problem::Problem;
use crate::service::Service;
use crate::store::later;

/// After how much time a shop that takes goods over is late.
const LATE: Duration = Duration::from_secs(15 * 60);
/// For how long orders may be due before their provider is taken for sick.
const SICK: Duration = Duration::from_secs(2 * 60);
/// How long before its money may go back an order is urgent that nobody looks at.
const URGENT: Duration = Duration::from_secs(10 * 60);
/// How many late orders are counted.
const COUNTED: u16 = 100;
/// How many of them are named.
const NAMED: usize = 5;

/// Something that needs a person.
struct Need {
    title: &'static str,
    text: &'static str,
    /// Where to see to it.
    path: String,
    count: u64,
    /// Whether there may be more.
    is_at_least: bool,
    /// The account whose provider is sick.
    account: Option<String>,
    oldest: Option<Duration>,
    orders: Vec<String>,
}

#[derive(Template)]
#[template(path = "operator/overview.html")]
struct Overview<'a> {
    frame: &'a Frame,
    needs: Vec<Need>,
    /// How many orders are in each stage.
    stages: Vec<(Stage, u64)>,
    sends_events: bool,
}

pub(super) async fn page(State(operator): State<Arc<Operator>>, frame: Frame) -> Page {
    let service = operator.service();
    let books = service.store.books.snapshot().await?;
    let page = Overview {
        frame: &frame,
        needs: needs(service, &frame, &books).await?,
        stages: Stage::ALL
            .iter()
            .filter_map(|stage| Some((*stage, *books.orders.get(stage.as_str())?)))
            .collect(),
        sends_events: service.sends_events,
    };
    Ok(shown(StatusCode::OK, &page))
}

async fn needs(service: &Service, frame: &Frame, books: &Snapshot) -> Result<Vec<Need>, Problem> {
    let (t, store) = (frame.t, &service.store);
    let now = SystemTime::now();
    let late = now.checked_sub(LATE).unwrap_or(SystemTime::UNIX_EPOCH);
    let standing = store.standing().await?;
    let need = |title, text, path: &str, count| Need {
        title,
        text,
        path: format!("{HOME}{path}"),
        count,
        is_at_least: false,
        account: None,
        oldest: None,
        orders: Vec::new(),
    };
    let mut needs = vec![
        need(
            t.need_alarms,
            t.need_alarms_text,
            "/alarms",
            standing.alarms,
        ),
        need(
            t.need_dead,
            t.need_dead_text,
            "/events?state=dead",
            standing.dead,
        ),
        need(
            t.need_late_events,
            t.need_late_events_text,
            "/events?state=due",
            store.late_events(late).await?,
        ),
    ];
    let mut open = store
        .books
        .outbox(&Deliveries::open().limit(COUNTED))
        .await?;
    open.retain(|delivery| delivery.created_at < late);
    let waiting = "/orders?stage=awaiting_delivery";
    let count = u64::try_from(open.len()).unwrap_or(u64::MAX);
    needs.push(Need {
        is_at_least: count == u64::from(COUNTED),
        oldest: open
            .first()
            .and_then(|oldest| now.duration_since(oldest.created_at).ok()),
        orders: open.into_iter().map(|it| it.order).take(NAMED).collect(),
        ..need(t.need_late_orders, t.need_late_orders_text, waiting, count)
    });
    for (account, since) in &books.longest_due_by_account {
        if *since < SICK {
            continue;
        }
        let count = books.due_by_account.get(account).copied().unwrap_or(1);
        let path = format!("/orders?account={}", encoded(account));
        needs.push(Need {
            account: Some(account.clone()),
            oldest: Some(*since),
            ..need(t.need_account, t.need_account_text, &path, count)
        });
    }
    let urgent = urgent(service, now).await?;
    let count = u64::try_from(urgent.len()).unwrap_or(u64::MAX);
    needs.push(Need {
        orders: urgent.into_iter().take(NAMED).collect(),
        ..need(
            t.need_urgent,
            t.need_urgent_text,
            "/orders?stage=open",
            count,
        )
    });
    needs.retain(|need| need.count > 0);
    Ok(needs)
}

/// The orders that nobody looks at though they are due, and whose money goes back soon if a payer has paid: at a provider
/// that gives back what is not settled in time. While all is well, the desk settles them long before.
async fn urgent(service: &Service, now: SystemTime) -> Result<Vec<String>, Problem> {
    let books = &service.store.books;
    let due_before = now.checked_sub(SICK).unwrap_or(SystemTime::UNIX_EPOCH);
    let mut urgent = Vec::new();
    for name in books.due(due_before, usize::from(COUNTED)).await? {
        let Some(order) = books.load(&name).await? else {
            continue;
        };
        let account = service.accounts().get(order.account()).ok();
        let window = account.and_then(|account| account.capabilities().settlement_window());
        let ledger = order.ledger();
        let created = ledger
            .created()
            .map(|created| created.record().created_at());
        let deadline = ledger.active_since().or(created).zip(window);
        let deadline = deadline.and_then(|(since, window)| since.checked_add(window));
        if deadline.is_some_and(|deadline| later(now, URGENT) >= deadline) {
            urgent.push(name);
        }
    }
    Ok(urgent)
}
