//! Logging in with an API key, and out.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::{RequestExt, http};
use serde::Deserialize;

use super::frame::{Frame, Page, leads_to, shown};
use super::{HOME, Operator, filters, session};
use crate::keys::{KeyLine, Right};
use crate::problem::{Problem, ProblemKind};

/// Where people log in, below the home of the pages.
pub(super) const PATH: &str = "/login";

#[derive(Template)]
#[template(path = "operator/login.html")]
struct Login<'a> {
    frame: &'a Frame,
    problem: Option<&'static str>,
    /// Whether another page led here.
    has_ended: bool,
}

pub(super) async fn page(frame: Frame, RawQuery(query): RawQuery) -> Response {
    let page = Login {
        frame: &frame,
        problem: None,
        has_ended: query.is_some_and(|query| query.starts_with("ended")),
    };
    shown(StatusCode::OK, &page)
}

#[derive(Deserialize)]
pub(super) struct Presented {
    #[serde(default)]
    key: String,
}

pub(super) async fn log_in(
    State(operator): State<Arc<Operator>>,
    frame: Frame,
    request: Request,
) -> Page {
    let caller = operator.gate.caller(&request);
    let held = operator
        .cookies
        .secret(request.headers())
        .map(str::to_owned);
    let form = request.extract::<Form<Presented>, _>().await;
    let presented = form.map(|Form(it)| it.key).unwrap_or_default();
    let refused = |problem| {
        let page = Login {
            frame: &frame,
            problem: Some(problem),
            has_ended: false,
        };
        Ok(shown(StatusCode::UNAUTHORIZED, &page))
    };
    let key = match operator.gate.known(caller, presented.trim()).await {
        Ok(key) if key.rights.have(Right::Operate) => key,
        Ok(_) => return refused(frame.t.key_without_right),
        Err(problem) if problem.kind() == ProblemKind::Unauthorized => {
            return refused(frame.t.key_wrong);
        }
        Err(problem) => return Err(problem.into()),
    };
    let store = &operator.service().store;
    if let Some(held) = held {
        session::end(store, &held).await?;
    }
    let secret = session::begin(store, &key).await?;
    note(&operator, &key, "log-in").await?;
    Ok(with_cookie(leads_to(HOME), operator.cookies.hold(&secret)))
}

pub(super) async fn log_out(
    State(operator): State<Arc<Operator>>,
    frame: Frame,
    headers: HeaderMap,
) -> Page {
    if let Some(secret) = operator.cookies.secret(&headers) {
        session::end(&operator.service().store, secret).await?;
    }
    note(&operator, frame.key()?, "log-out").await?;
    let out = leads_to(&format!("{HOME}{PATH}"));
    Ok(with_cookie(out, operator.cookies.forget()))
}

async fn note(operator: &Operator, key: &KeyLine, what: &str) -> Result<(), Problem> {
    let store = &operator.service().store;
    Ok(store.audit(&key.who(), what, None, "done").await?)
}

fn with_cookie(mut response: Response, cookie: String) -> Response {
    if let Ok(cookie) = http::HeaderValue::try_from(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
