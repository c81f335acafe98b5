//! The books against what a provider lists for a day.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use paylink::{Account, Capability, JalaliDate};
use paylink_books::{Reconciled, Reconciliation};
use serde::Deserialize;
use tokio::time::timeout;

use super::frame::{Frame, Page, shown};
use super::language::read_day;
use super::{Operator, filters};
use crate::service::not_found;

/// A reconciliation that takes longer is stopped: proxies give up as well.
const LONGEST: Duration = Duration::from_secs(50);

#[derive(Template)]
#[template(path = "operator/reconcile.html")]
struct Shown<'a> {
    frame: &'a Frame,
    accounts: Vec<&'a str>,
    account: &'a str,
    day: String,
    problem: Option<&'static str>,
    /// What the provider or the books said, in English.
    detail: String,
    report: Option<Reconciled>,
}

pub(super) async fn page(State(operator): State<Arc<Operator>>, frame: Frame) -> Response {
    let today = JalaliDate::from_system_time(SystemTime::now());
    let page = Shown {
        frame: &frame,
        accounts: listing(&operator),
        account: "",
        day: today.map(|day| frame.lang.day(day)).unwrap_or_default(),
        problem: None,
        detail: String::new(),
        report: None,
    };
    shown(StatusCode::OK, &page)
}

/// The accounts whose provider lists payments.
fn listing(operator: &Operator) -> Vec<&str> {
    let accounts = operator.service().accounts().iter();
    let lists = |it: &&Account| it.capabilities().support(Capability::List).is_supported();
    accounts.filter(lists).map(Account::name).collect()
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    account: String,
    #[serde(default)]
    day: String,
}

pub(super) async fn run(
    State(operator): State<Arc<Operator>>,
    frame: Frame,
    Form(chosen): Form<Chosen>,
) -> Page {
    let service = operator.service();
    let mut page = Shown {
        frame: &frame,
        accounts: listing(&operator),
        account: &chosen.account,
        day: chosen.day.clone(),
        problem: None,
        detail: String::new(),
        report: None,
    };
    let account = service.accounts().get(&chosen.account);
    let account = account.map_err(|unknown| not_found(&unknown))?;
    let day = read_day(&chosen.day).map(Reconciliation::of_day);
    let Some(Ok(day)) = day else {
        page.problem = Some(frame.t.day_wrong);
        return Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let Ok(_place) = operator.reconciliations.try_acquire() else {
        page.problem = Some(frame.t.reconcile_busy);
        return Ok(shown(StatusCode::CONFLICT, &page));
    };
    let work = service.store.books.reconcile(account, &day);
    let status = match timeout(LONGEST, work).await {
        Ok(Ok(report)) => {
            page.report = Some(report);
            StatusCode::OK
        }
        Ok(Err(error)) => {
            page.problem = Some(frame.t.reconcile_failed);
            page.detail = error.to_string();
            StatusCode::BAD_GATEWAY
        }
        Err(_) => {
            page.problem = Some(frame.t.reconcile_slow);
            StatusCode::GATEWAY_TIMEOUT
        }
    };
    Ok(shown(status, &page))
}
