//! The list of orders, the newest first, and the search.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use paylink::desk::{OrderStore, Stage};
use paylink_books::{Orders, Reconciliation, WholeOrder};
use serde::Deserialize;

use super::frame::{Frame, Page, leads_to, shown};
use super::language::read_day;
use super::{HOME, Operator, encoded, filters, path_of};
use crate::api::{cursor, read_cursor};
use crate::problem::Problem;
use crate::service::Service;

/// How many orders stand on a page.
const PAGE: u16 = 50;

/// What is asked for. An empty field asks for nothing.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Filter {
    stage: String,
    account: String,
    day: String,
    after: String,
    /// A name or a reference.
    q: String,
}

#[derive(Template)]
#[template(path = "operator/orders.html")]
struct Listed<'a> {
    frame: &'a Frame,
    filter: &'a Filter,
    stages: &'static [Stage],
    accounts: Vec<&'a str>,
    orders: Vec<WholeOrder>,
    day_is_wrong: bool,
    found_nothing: bool,
    next: Option<String>,
}

pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    frame: Frame,
    Query(filter): Query<Filter>,
) -> Page {
    let service = operator.service();
    let searched = filter.q.trim();
    if let Some(name) = found(service, searched).await? {
        return Ok(leads_to(&path_of(&name)));
    }
    let which = filter.orders()?;
    let day_is_wrong = which.is_none();
    let orders = match which {
        Some(which) => service.store.books.whole_orders(&which).await?,
        None => Vec::new(),
    };
    let last = orders.last().filter(|_| orders.len() >= usize::from(PAGE));
    let next = last.map(|last| filter.next(&cursor(last.created_at, &last.name)));
    let page = Listed {
        frame: &frame,
        filter: &filter,
        stages: Stage::ALL,
        accounts: service.accounts().names().collect(),
        orders,
        day_is_wrong,
        found_nothing: !searched.is_empty(),
        next,
    };
    Ok(shown(StatusCode::OK, &page))
}

/// The order of exactly this name or reference.
async fn found(service: &Service, text: &str) -> Result<Option<String>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    let books = &service.store.books;
    if books.load(text).await?.is_some() {
        return Ok(Some(text.to_owned()));
    }
    Ok(books.order_of_reference(text).await?)
}

impl Filter {
    /// `None` if the day is none.
    fn orders(&self) -> Result<Option<Orders>, Problem> {
        let mut orders = Orders::all().newest_first().limit(PAGE);
        let stage = Stage::ALL.iter().find(|it| it.as_str() == self.stage);
        if let Some(stage) = stage {
            orders = orders.in_stage(*stage);
        }
        orders = orders.of_account(&self.account);
        if !self.day.trim().is_empty() {
            let day = read_day(&self.day).map(Reconciliation::of_day);
            let Some(Ok(day)) = day else { return Ok(None) };
            orders = orders.created_since(day.from()).created_until(day.to());
        }
        if !self.after.is_empty() {
            let (at, name) = read_cursor(&self.after)?;
            orders = orders.after_order(at, &name);
        }
        Ok(Some(orders))
    }

    /// Where the page behind this cursor is.
    fn next(&self, after: &str) -> String {
        let pairs = [
            ("stage", self.stage.as_str()),
            ("account", &self.account),
            ("day", &self.day),
            ("after", after),
        ];
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let pairs = pairs.map(|(key, value)| format!("{key}={}", encoded(value)));
        format!("{HOME}/orders?{}", pairs.collect::<Vec<_>>().join("&"))
    }
}
