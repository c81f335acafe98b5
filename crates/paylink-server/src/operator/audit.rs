//! The audit log, the newest lines first.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

use super::frame::{Frame, Page, shown};
use super::{HOME, Operator, filters};
use crate::api::{cursor, read_cursor};
use crate::store::audit::AuditLine;

/// How many lines stand on a page.
const PAGE: u16 = 50;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    after: String,
}

#[derive(Template)]
#[template(path = "operator/audit.html")]
struct Listed<'a> {
    frame: &'a Frame,
    lines: Vec<AuditLine>,
    next: Option<String>,
}

pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> Page {
    let before = (!asked.after.is_empty()).then(|| read_cursor(&asked.after));
    let store = &operator.service().store;
    let lines = store.audit_lines("", before.transpose()?, PAGE).await?;
    let last = lines.last().filter(|_| lines.len() >= usize::from(PAGE));
    let next = last.map(|last| format!("{HOME}/audit?after={}", cursor(last.at, &last.id)));
    let page = Listed {
        frame: &frame,
        lines,
        next,
    };
    Ok(shown(StatusCode::OK, &page))
}
