//! The requests that the providers received, and what was answered.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use serde_json::Value;

use super::texts::TEXTS;
use super::{Asked, Board, Frame, Place, SHOWN, answer, not_found};
use crate::journal::{JournalEntry, Message};
use crate::page::{Reader, bilingual};
use crate::simulated::Simulated;

pub(super) async fn show(State(board): State<Board>, reader: Reader, query: RawQuery) -> Response {
    let asked = Asked::of(&query);
    let provider = asked.get("provider").to_owned();
    let is_wanted =
        |entry: &JournalEntry| provider.is_empty() || entry.provider == provider.as_str();
    let mut rows = board.world.journal.newest(SHOWN + 1, is_wanted);
    let has_more = rows.len() > SHOWN;
    rows.truncate(SHOWN);
    let view = RequestsPage {
        reader: &reader,
        frame: Frame::of(&board, &reader, Place::Requests),
        board: &board,
        rows,
        has_more,
        provider,
    };
    answer(&reader, &view)
}

#[derive(Template)]
#[template(path = "dashboard/requests.html")]
struct RequestsPage<'a> {
    reader: &'a Reader,
    frame: Frame<'a>,
    board: &'a Board,
    rows: Vec<JournalEntry>,
    has_more: bool,
    provider: String,
}

impl RequestsPage<'_> {
    fn providers(&self) -> &[Simulated] {
        &self.board.providers
    }
}

pub(super) async fn show_one(
    State(board): State<Board>,
    Path(number): Path<String>,
    reader: Reader,
) -> Response {
    let entry = number.parse().ok();
    let Some(entry) = entry.and_then(|number| board.world.journal.entry(number)) else {
        let (persian, english) = (TEXTS.persian.no_such_request, TEXTS.english.no_such_request);
        return not_found(&reader, bilingual(persian, english));
    };
    let provider = board.provider(entry.provider);
    let payment = entry.payment.clone();
    let view = RequestPage {
        reader: &reader,
        frame: Frame::of(&board, &reader, Place::Requests),
        title: board.title(entry.provider),
        curl: entry.curl(&board.world.origin),
        payment: payment.filter(|id| provider.is_some_and(|it| it.payment(id).is_some())),
        one: Exchange::of(&entry),
    };
    answer(&reader, &view)
}

#[derive(Template)]
#[template(path = "dashboard/request.html")]
struct RequestPage<'a> {
    reader: &'a Reader,
    frame: Frame<'a>,
    title: &'static str,
    curl: String,
    /// The payment that it is about, if there is such a payment.
    payment: Option<String>,
    one: Exchange,
}

/// A request and its answer, as far as they may be shown.
pub(super) struct Exchange {
    pub(super) entry: JournalEntry,
    pub(super) request: Message,
    pub(super) answer: Option<Message>,
}

impl Exchange {
    pub(super) fn of(entry: &JournalEntry) -> Self {
        let pretty = |message: Message| Message {
            body: pretty(&message.body),
            ..message
        };
        Self {
            request: pretty(entry.request()),
            answer: entry.answer().map(pretty),
            entry: entry.clone(),
        }
    }
}

impl JournalEntry {
    pub(super) fn tone(&self) -> &'static str {
        match self.answered {
            Some(200..=299) => "good",
            Some(_) => "bad",
            None => "waiting",
        }
    }
}

/// Writes JSON in lines; anything else stays as it is.
fn pretty(body: &str) -> String {
    let is_json = body.starts_with(['{', '[']);
    let value: Option<Value> = is_json.then(|| serde_json::from_str(body).ok()).flatten();
    let written = value.and_then(|value| serde_json::to_string_pretty(&value).ok());
    written.unwrap_or_else(|| body.to_owned())
}
